#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What rexctl does without a module: its help, its manual, completion, objects, and
# what is installed. run.sh starts it; OUT is the folder of what was built.
set -u

SRC=$(cd "$(dirname "$0")/.." && pwd)
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
PATH=$OUT:$PATH
tests=()

# Print the error, and fail the test.
wrong() {
	echo "# $*"
	return 1
}

verbs() {
	rexctl -h | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

options() { # options VERB
	rexctl "$1" -h | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u
}

# The part of the manual on VERB.
manual() { # manual VERB
	sed -n "/^\.SS \"\?$1\b/,/^\.S[SH]/p" "$SRC/man/rexctl.8" | sed 's/\\-/-/g'
}

tests+=(manual_has_each_verb_and_option)
manual_has_each_verb_and_option() {
	local verb option common=' --help --json --debug --version --usage '
	[ "$(verbs | wc -l)" -ge 10 ] || wrong "verbs: $(verbs)" || return
	for verb in $(verbs); do
		[ -n "$(manual "$verb")" ] || wrong "no $verb in rexctl(8)" || return
		for option in $(options "$verb"); do
			[[ $common != *" $option "* ]] || continue
			manual "$verb" | grep -q -e "$option\b" ||
				wrong "no $verb $option in rexctl(8)" || return
		done
	done
	for option in --help --json --debug --version; do
		sed 's/\\-/-/g' "$SRC/man/rexctl.8" | grep -q -e "$option" ||
			wrong "no $option in rexctl(8)" || return
	done
}

tests+=(summaries_of_verbs_are_a_line)
summaries_of_verbs_are_a_line() {
	local lines
	lines=$(rexctl -h | sed -n '/^Verbs:/,/^$/p' | sed -e 1d -e '$d' | grep -vc '^  [a-z]')
	[ "$lines" = 0 ] || wrong "$(rexctl -h | sed -n '/^Verbs:/,/^$/p')"
}

tests+=(manual_has_no_other_verb_or_option)
manual_has_no_other_verb_or_option() {
	local verb option
	while read -r verb; do
		verbs | grep -qx "$verb" || wrong "rexctl(8) has verb $verb" || return
		for option in $(manual "$verb" | grep '^\.BR -' | grep -oE -- '--[a-z-]+'); do
			options "$verb" | grep -qx -e "$option" ||
				wrong "rexctl(8) has $verb $option" || return
		done
	done < <(sed -n '/^\.SH VERBS/,/^\.SH EXIT/s/^\.SS "\?\([a-z]*\).*/\1/p' "$SRC/man/rexctl.8")
}

tests+=(manual_has_no_mistakes)
manual_has_no_mistakes() {
	local said page tool
	for tool in groff mandoc lexgrog; do
		command -v "$tool" >/dev/null || { echo "SKIP $tool is not installed"; return 4; }
	done
	for page in "$SRC/man/rexctl.8" "$SRC/man/rex.4" "$OUT/librex.3"; do
		said=$(groff -t -man -Tutf8 -ww "$page" 2>&1 >/dev/null)
		[ -z "$said" ] || wrong "$page: $said" || return
		# Long lines are a matter of style, which is below a warning.
		said=$(mandoc -Tlint -Wwarning "$page" 2>&1)
		[ -z "$said" ] || wrong "$page: $said" || return
		said=$(lexgrog "$page" 2>&1)
		[[ $said == *": \"$(basename "${page%.*}") - "* ]] ||
			wrong "$page has no description for whatis: $said" || return
	done
}

# For each symbol that the library exports: a sentence, and its prototype.
tests+=(library_manual_has_each_function)
library_manual_has_each_function() {
	local symbol part symbols
	symbols=$(sed -n 's/^\t\t\(rex_[a-z_]*\);/\1/p' "$SRC/librex.map")
	[ "$(wc -l <<<"$symbols")" -ge 40 ] || wrong "symbols: $symbols" || return
	for symbol in $symbols; do
		part=$(sed -n "/^\.SS $symbol()/,/^\.S[SH]/p" "$OUT/librex.3")
		[ "$(sed -n 2p <<<"$part" | wc -w)" -ge 3 ] ||
			wrong "no sentence on $symbol in librex(3)" || return
		grep -q "\b$symbol(.*[,;]$" <<<"$part" ||
			wrong "no prototype of $symbol in librex(3): $part" || return
	done
}

# The parameters that the source describes are those of rex(4); so are those of a module
# that was built.
tests+=(module_manual_has_each_parameter)
module_manual_has_each_parameter() {
	local module said named
	named=$(sed -n '/^\.SH PARAMETERS/,/^\.SH FILES/p' "$SRC/man/rex.4" |
		grep -oE '^\.B[RI]? +[a-z_]+[ =]' | grep -oE '[a-z_]+[ =]$' | tr -d ' =' | sort)
	said=$(cat "$SRC"/../kmod/*.c | sed -n -e 's/^MODULE_PARM_DESC(\([a-z_]*\),.*/\1/p' \
		-e '/^MODULE_INFO($/,/;$/s/^\t"\([a-z_]*\):.*/\1/p' | sort)
	[ "$(wc -l <<<"$said")" -ge 8 ] || wrong "parameters: $said" || return
	[ "$named" = "$said" ] || wrong "the source has $said; rex(4) has $named" || return
	for module in "$OUT"/../kmod/*/rex.ko; do
		[ -e "$module" ] || continue
		said=$(/sbin/modinfo -F parm "$module" | sed 's/:.*//' | sort)
		[ "$named" = "$said" ] || wrong "$module has $said; rex(4) has $named" || return
	done
}

# -h is all of it; what is not there is wrong usage, and prints nothing else.
tests+=(verbs_have_help_and_refuse_options_that_are_not_there)
verbs_have_help_and_refuse_options_that_are_not_there() {
	local verb said status
	for verb in $(verbs); do
		said=$(rexctl "$verb" -h 2>&1)
		status=$?
		[ "$status" = 0 ] || wrong "$verb -h: status $status: $said" || return
		[[ $said == "Usage: rexctl $verb"* && $said == *--json* ]] ||
			wrong "$verb -h: $said" || return
		said=$(rexctl "$verb" --frobnicate 2>"$T/said")
		status=$?
		[[ $status = 64 && -z $said ]] ||
			wrong "$verb --frobnicate: status $status: $said" || return
		grep -q "^rexctl $verb: .*frobnicate" "$T/said" ||
			wrong "$verb --frobnicate: $(cat "$T/said")" || return
	done
}

is_json() { # is_json FILE
	perl -MJSON::PP -0777 -ne 'JSON::PP->new->allow_nonref->decode($_)' "$1"
}

# A command for each verb that takes the module, with what it needs; each of the others has
# one in the next test.
tests+=(verbs_without_the_module_say_so)
verbs_without_the_module_say_so() {
	local verb said status args
	[ ! -e /dev/rex ] || { echo "SKIP the module is loaded"; return 4; }
	"$OUT/tests/mkobj" "$T/hello.rex.o"
	for verb in $(verbs); do
		case $verb in
		new | inspect | gen | types | sign | rebuild) continue ;;
		run | load) args=$T/hello.rex.o ;;
		call) args="$T/hello.rex.o hello" ;;
		attach) args='1 dev:lo' ;;
		detach | unload) args=1 ;;
		pin) args='1 /sys/fs/bpf/rex-test' ;;
		map) args='dump COUNTS' ;;
		trace | faults | list | show | top | metrics | version) args= ;;
		*)	wrong "the test does not know $verb" || return ;;
		esac
		# shellcheck disable=SC2086 # words
		said=$(timeout 20 rexctl --json "$verb" $args 2>&1 >"$T/out" </dev/null)
		status=$?
		[ "$verb" != version ] || is_json "$T/out" || wrong "version: $(cat "$T/out")" || return
		[[ $status = 4 && ( ! -s $T/out || $verb = version ) ]] ||
			wrong "$verb $args: status $status: $said $(cat "$T/out")" || return
		grep -q 'is the module rex loaded' <<<"$said" || wrong "$verb: $said" || return
	done
}

tests+=(verbs_without_a_kernel_print_json)
verbs_without_a_kernel_print_json() {
	local verb
	"$OUT/tests/mkobj" "$T/hello.rex.o"
	for verb in "inspect $T/hello.rex.o" "gen skeleton $T/hello.rex.o" \
		"gen loader $T/hello.rex.o" 'types task_struct.pid' 'new --list' "new made"; do
		[[ $verb != types* || -e /sys/kernel/btf/vmlinux ]] || continue
		# shellcheck disable=SC2086 # words
		(cd "$T" && REX_SDK=$SRC/.. rexctl --json $verb) >"$T/said" 2>"$T/errors" ||
			wrong "$verb: $(cat "$T/errors")" || return
		is_json "$T/said" || wrong "$verb: $(cat "$T/said")" || return
	done
}

complete_bash() { # complete_bash WORD...
	bash -c '. "$1"; shift; COMP_WORDS=(rexctl "$@"); COMP_CWORD=$#; _rexctl
		printf "%s\n" "${COMPREPLY[@]}"' bash "$SRC/completion/rexctl.bash" "$@"
}

tests+=(bash_completes_verbs_options_words_and_files)
bash_completes_verbs_options_words_and_files() {
	local verb
	for verb in $(verbs); do
		complete_bash "${verb:0:2}" | grep -qx "$verb" || wrong "no $verb" || return
		[ "$(complete_bash "$verb" -- | grep '^--' | sort)" = \
			"$(options "$verb" | grep -vE '^--(usage|version)$')" ] ||
			wrong "options of $verb: $(complete_bash "$verb" --)" || return
	done
	[ "$(complete_bash map l)" = lookup ] || wrong "map l" || return
	[ "$(complete_bash gen l)" = loader ] || wrong "gen l" || return
	[ "$(complete_bash top --sort t)" = time ] || wrong "top --sort t" || return
	[ "$(REX_SDK=$SRC/.. complete_bash new --type cgroup_d)" = cgroup_device ] ||
		wrong "new --type cgroup_d" || return
	[ "$(complete_bash new --loader n)" = none ] || wrong "new --loader n" || return
	: >"$T/some file.rex.o"
	[ "$(complete_bash load --heap 3 "$T/so")" = "$T/some file.rex.o" ] ||
		wrong "load: $(complete_bash load --heap 3 "$T/so")" || return
	complete_bash run x.rex.o tcx:lo | grep -qx tcx:lo/egress || wrong "targets"
}

tests+=(zsh_completes_verbs)
zsh_completes_verbs() {
	local said
	command -v zsh >/dev/null || { echo "SKIP zsh is not installed"; return 4; }
	said=$(zsh -fc 'words=(rexctl ins) CURRENT=2
		compadd() { shift; print -l -- ${(P)1}; }
		_files() { print files; }
		. "$1"' zsh "$SRC/completion/_rexctl")
	[ "$said" = inspect ] || wrong "$said" || return
	said=$(zsh -fc 'words=(rexctl inspect "") CURRENT=3
		compadd() { :; }
		_files() { print files; }
		. "$1"' zsh "$SRC/completion/_rexctl")
	[ "$said" = files ] || wrong "$said"
}

tests+=(objects_are_inspected_without_a_kernel)
objects_are_inspected_without_a_kernel() {
	local text
	"$OUT/tests/mkobj" "$T/hello.rex.o"
	text=$(rexctl inspect "$T/hello.rex.o") || wrong "status $?" || return
	grep -qE '^ABI +1$' <<<"$text" || wrong "$text" || return
	grep -qE '^hello +tracepoint .* tracepoint/' <<<"$text" || wrong "$text" || return
	grep -qE '^counts +hash ' <<<"$text" || wrong "$text" || return
	grep -qE "^SHA-256 +$(sha256sum "$T/hello.rex.o" | cut -c-64)$" <<<"$text" ||
		wrong "$text" || return
	head -c 200 "$T/hello.rex.o" >"$T/cut.rex.o"
	text=$(rexctl inspect "$T/cut.rex.o" 2>&1) && wrong "cut: $text" && return
	grep -q "$T/cut.rex.o: " <<<"$text" || wrong "$text"
}

tests+=(features_of_the_cpu_are_shown)
features_of_the_cpu_are_shown() {
	local text
	"$OUT/tests/mkobj" "$T/hello.rex.o"
	text=$(rexctl inspect "$T/hello.rex.o") || wrong "status $?" || return
	! grep -q 'CPU features' <<<"$text" || wrong "$text" || return
	"$OUT/tests/mkobj" "$T/hello.rex.o" 0x80000015
	text=$(rexctl inspect "$T/hello.rex.o") || wrong "status $?" || return
	grep -qE '^CPU features +popcnt, bmi1, movbe, bit 31$' <<<"$text" || wrong "$text" || return
	text=$(rexctl --json inspect "$T/hello.rex.o" | tr -d ' \n')
	[[ $text == *'"cpu_features":["popcnt","bmi1","movbe","bit31"]'* ]] || wrong "$text" || return
	text=$(rexctl inspect --check "$T/hello.rex.o" 2>&1) && wrong "status 0" && return
	[[ $text == *'does not know: bit 31'* ]] || wrong "$text"
}

# The kernel's tool is a part of its headers.
tests+=(objects_are_signed_as_by_sign_file)
objects_are_signed_as_by_sign_file() {
	local tool said
	tool=$(find /usr/lib/linux-kbuild-*/scripts ~/.cache/rex/kernels/*/root/usr/lib/*/scripts \
		-maxdepth 1 -name sign-file 2>/dev/null | head -n1)
	[ -n "$tool" ] || { echo "SKIP no sign-file: the headers of a kernel have it"; return 4; }
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/key" -out "$T/cert" -days 2 \
		-subj "/CN=somebody" 2>/dev/null || wrong "openssl: status $?" || return
	"$OUT/tests/mkobj" "$T/hello.rex.o"
	cp "$T/hello.rex.o" "$T/theirs.rex.o"
	"$tool" sha256 "$T/key" "$T/cert" "$T/theirs.rex.o" || wrong "sign-file: status $?" || return
	rexctl sign --key "$T/key" --cert "$T/cert" "$T/hello.rex.o" >/dev/null ||
		wrong "status $?" || return
	cmp "$T/hello.rex.o" "$T/theirs.rex.o" || wrong "another signature" || return
	said=$(rexctl inspect "$T/hello.rex.o")
	grep -qE '^signature +somebody' <<<"$said" || wrong "$said" || return
	said=$(rexctl sign --key "$T/key" --cert "$T/cert" "$T/hello.rex.o" 2>&1) &&
		wrong "signed twice" && return
	cmp "$T/hello.rex.o" "$T/theirs.rex.o" || wrong "changed by a refusal: $said"
}

# Bytes of the file are changed. The sanitizers would end rexctl with another status.
tests+=(broken_objects_are_refused_or_shown)
broken_objects_are_refused_or_shown() {
	local i size status
	"$OUT/tests/mkobj" "$T/hello.rex.o"
	size=$(stat -c %s "$T/hello.rex.o")
	for ((i = 0; i < size; i += 7)); do
		cp "$T/hello.rex.o" "$T/broken"
		printf '\377' | dd of="$T/broken" bs=1 seek="$i" conv=notrunc status=none
		"$OUT/sanitized/userlib/rexctl" inspect "$T/broken" >"$T/said" 2>&1
		status=$?
		[ "$status" -le 2 ] || wrong "byte $i: status $status: $(cat "$T/said")" || return
		! grep -q Sanitizer "$T/said" || wrong "byte $i: $(cat "$T/said")" || return
	done
}

# A line of text, and an error, with ESC and with CSI in UTF-8.
tests+=(names_do_not_control_the_terminal)
names_do_not_control_the_terminal() {
	local said name=$'\e[2J\302\2332J'
	"$OUT/tests/mkobj" "$T/$name.rex.o"
	for said in "$(rexctl inspect "$T/$name.rex.o")" \
		"$(rexctl inspect "$T/$name.none" 2>&1)" \
		"$(rexctl --json inspect "$T/$name.rex.o")"; do
		[[ $said == *2J* ]] || wrong "$said" || return
		[[ $said != *[$'\e']* && $said != *$'\302\233'* ]] || wrong "$said" || return
	done
}

tests+=(skeleton_compiles_as_c_and_opens)
skeleton_compiles_as_c_and_opens() {
	"$OUT/tests/mkobj" "$T/hello.rex.o"
	rexctl gen skeleton "$T/hello.rex.o" >"$T/hello.skel.h" || wrong "status $?" || return
	cat >"$T/main.c" <<-'END'
		#include "hello.skel.h"
		#include <stdio.h>
		int main(void)
		{
			struct hello *skel = hello__open();
			size_t size;
			if (!skel || !skel->progs.hello || !skel->maps.counts ||
			    !hello__elf_bytes(&size))
				return 1;
			printf("%s %s %zu\n", bpf_program__name(skel->progs.hello),
			       bpf_map__name(skel->maps.config), size);
			if (hello__load(skel) && !*rex_last_error())
				return 1;
			hello__destroy(skel);
			return 0;
		}
	END
	"$CC" -Wall -Wextra -Werror -std=gnu11 -I"$SRC" -I"$SRC/../uapi" -I"$T" -o "$T/main" \
		"$T/main.c" "$OUT/librex.a" -lbpf -lelf 2>&1 | sed 's/^/# /'
	[ "$("$T/main")" = "hello config $(stat -c %s "$T/hello.rex.o")" ] ||
		wrong "$("$T/main" 2>&1)" || return
	rexctl gen skeleton --name int "$T/hello.rex.o" >/dev/null 2>&1
	[ $? = 64 ] || wrong "--name int"
}

# With a plain compiler of the machine, and warnings denied: it needs no crate.
tests+=(loader_in_rust_compiles_and_says_why_not)
loader_in_rust_compiles_and_says_why_not() {
	local said rustc
	rustc=$(command -v /usr/bin/rustc rustc | head -n1)
	[ -n "$rustc" ] || { echo "SKIP there is no rustc"; return 4; }
	[ ! -e /dev/rex ] || { echo "SKIP the module is loaded"; return 4; }
	"$OUT/tests/mkobj" "$T/hello.rex.o"
	rexctl gen loader "$T/hello.rex.o" >"$T/loader.rs" || wrong "status $?" || return
	said=$("$rustc" --edition 2021 -D warnings -L "$OUT" -o "$T/loader" "$T/loader.rs" \
		--allow dead_code 2>&1) || wrong "$said" || return
	said=$(LD_LIBRARY_PATH=$OUT "$T/loader" 2>&1) && wrong "no error: $said" && return
	[[ $said == "hello: "*/dev/rex* ]] || wrong "$said"
}

tests+=(configurations_name_file_and_line)
configurations_name_file_and_line() {
	local said
	printf '# comment\n\nfile = %s\n frob = 1\n' "$T/x.rex.o" >"$T/x.conf"
	said=$(rexctl run --config "$T/x.conf" 2>&1)
	[ $? = 64 ] || wrong "$said" || return
	grep -q "x.conf:4: .*frob" <<<"$said" || wrong "$said" || return
	printf 'file = %s\nheap=12\n' "$T/x.rex.o" >"$T/x.conf"
	said=$(rexctl run --config "$T/x.conf" 2>&1)
	[ $? = 2 ] || wrong "$said" || return
	[[ $said == *"$T/x.rex.o"* ]] || wrong "$said"
}

tests+=(units_call_rexctl_as_it_is)
units_call_rexctl_as_it_is() {
	local line verb='' words word
	while read -r line; do
		read -ra words <<<"${line#*rexctl }"
		verb=${words[0]}
		verbs | grep -qx "$verb" || wrong "$line" || return
		for word in "${words[@]:1}"; do
			[[ $word == --* ]] || continue
			options "$verb" | grep -qx -e "$word" || wrong "$line" || return
		done
	done < <(grep -h '^ExecStart=' "$SRC"/../packaging/systemd/*.in)
	[ -n "$verb" ] || wrong "no unit"
}

# A kernel may have no module: then the unit succeeds, and the others start nonetheless.
tests+=(module_is_loaded_before_units_that_call_rexctl)
module_is_loaded_before_units_that_call_rexctl() {
	local unit units="$SRC/../packaging/systemd"
	grep -qx 'ExecStart=-/sbin/modprobe -q rex' "$units/rex-module.service" ||
		wrong "$(cat "$units/rex-module.service")" || return
	[ ! -e "$SRC/../packaging/debian/modules-load.d" ] || wrong "modules-load.d" || return
	for unit in "$units"/*.in; do
		grep -q '^ExecStart=.*/rexctl ' "$unit" || wrong "$unit" || return
		grep -q '^After=.*\brex-module\.service' "$unit" || wrong "$unit" || return
		! grep -q '^Requires=' "$unit" || wrong "$unit" || return
	done
}

tests+=(units_are_valid)
units_are_valid() {
	local said
	command -v systemd-analyze >/dev/null ||
		{ echo "SKIP systemd-analyze is not installed"; return 4; }
	make -C "$SRC" -s O="$OUT/.." DESTDIR="$T/units" PREFIX=/usr install >/dev/null 2>&1
	# The path of rexctl is that of the installed one.
	sed -i "s|/usr/bin/rexctl|$OUT/rexctl|" "$T"/units/usr/lib/systemd/system/*
	said=$(SYSTEMD_UNIT_PATH="$T/units/usr/lib/systemd/system:" systemd-analyze verify \
		--man=no "$T"/units/usr/lib/systemd/system/rex-* \
		"$T/units/usr/lib/systemd/system/rex@first.service" 2>&1)
	! grep -q rex <<<"$said" || wrong "$said"
}

tests+=(install_puts_all_in_place)
install_puts_all_in_place() {
	local file said
	said=$(make -C "$SRC" -s O="$OUT/.." DESTDIR="$T/root" PREFIX=/usr install 2>&1) ||
		wrong "$said" || return
	for file in bin/rexctl share/man/man8/rexctl.8 share/bash-completion/completions/rexctl \
		share/zsh/vendor-completions/_rexctl lib/systemd/system/rex@.service \
		lib/systemd/system/rex-module.service \
		lib/systemd/system/rex-metrics.timer lib/systemd/system/rex-metrics.service; do
		[ -s "$T/root/usr/$file" ] || wrong "no $file" || return
	done
	grep -q '^ExecStart=/usr/bin/rexctl run ' "$T/root/usr/lib/systemd/system/rex@.service" ||
		wrong "rex@.service: $(cat "$T/root/usr/lib/systemd/system/rex@.service")"
}

echo "1..${#tests[@]}"
failed=0 number=0
for name in "${tests[@]}"; do
	number=$((number + 1))
	said=$("$name")
	case $? in
	0)	echo "ok $number $name" ;;
	4)	echo "ok $number $name # $said" ;;
	*)	printf '%s\n' "$said"
		echo "not ok $number $name"
		failed=1 ;;
	esac
done
exit $failed
