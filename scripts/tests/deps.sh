#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of scripts/deps, with stand-ins for dpkg-query, apt-get and sudo on a
# PATH that has no other sudo.
# shellcheck source=scripts/tests/lib.sh
. "$(dirname "$0")/lib.sh"

all_packages() {
	sed -e 's/#.*//' -e '/^\[/d' -e '/^[[:space:]]*$/d' "$TOP/scripts/packages.txt"
}

# Make a machine where only PACKAGEs are missing. Calls are logged in $T/calls.
prepare() { # prepare PACKAGE...
	mkdir tools bin home
	ln -s /usr/bin/* tools/
	ln -sf /bin/* /usr/sbin/* /sbin/* tools/
	rm -f tools/sudo tools/apt-get tools/dpkg-query
	: >calls
	all_packages | grep -vxF "$(printf '%s\n' "$@")" | sed 's/$/ installed/' >installed
	echo "cat $T/installed" | script bin/dpkg-query
	echo "echo \"apt-get \$*, \$(id -u)\" >>$T/calls; [ ! -e $T/apt-fails ]" | script bin/apt-get
	chmod -R a+rX .
	chmod a+rw calls
	export PATH=$T/bin:$T/tools HOME=$T/home
	unset REX_CACHE XDG_CACHE_HOME
}

with_sudo() { # with_sudo SCRIPT
	{ echo "echo \"sudo \$*\" >>$T/calls"; cat; } | script bin/sudo
}

nothing_missing_is_nothing_done() {
	prepare ''
	try as_nobody "$TOP/scripts/deps"
	same "$status:$output" "0:"
	same "$(cat calls)" ""
}

root_installs_what_is_missing() {
	prepare valgrind bc
	with_sudo <<<'exit 1'
	try as_root "$TOP/scripts/deps"
	same "$status" 0
	same "$(cat calls)" "$(printf '%s\n' "apt-get -q update, 0" \
		"apt-get install -y --no-install-recommends bc valgrind, 0")"
	has "$output" "installing 2 packages: bc valgrind"
}

sudo_runs_apt_and_nothing_else() {
	prepare bc
	with_sudo <<<'[ "$1" = -v ] || exec "$@"'
	try as_nobody "$TOP/scripts/deps"
	same "$status" 0
	same "$(grep -c '^apt-get' calls)" 2
	lacks "$(sed -e '/^apt-get/d' -e '/^sudo -v$/d' \
		-e '/^sudo env DEBIAN_FRONTEND=noninteractive apt-get /d' calls)" sudo
}

run_requires_fewer_packages() {
	prepare valgrind clang-format-14 shellcheck debootstrap linux-headers-amd64
	try as_root "$TOP/scripts/deps" run
	same "$status:$output:$(cat calls)" "0::"
	try as_root "$TOP/scripts/deps"
	has "$(cat calls)" valgrind
}

# The exact command to run is printed, and nothing changes.
without_root_and_sudo_the_command_is_printed() {
	prepare bc cpio
	copy_tree tree
	open_to_all tree home
	find tree home | sort >before
	try as_nobody make -C tree run
	same "$status" 2
	has "$output" "this is neither root nor is there sudo"
	has "$output" "    apt-get update && apt-get install -y --no-install-recommends bc cpio"
	same "$(cat calls)" ""
	find tree home | sort >after
	same "$(diff before after)" ""
	# The same command does it.
	try as_root sh -c "$(grep -o 'apt-get update && .*' <<<"$output")"
	same "$(cat calls)" "$(printf '%s\n' "apt-get update, 0" \
		"apt-get install -y --no-install-recommends bc cpio, 0")"
}

sudo_that_refuses_ends_with_the_command() {
	prepare bc
	with_sudo <<<'exit 1'
	try as_nobody "$TOP/scripts/deps"
	same "$status" 1
	has "$output" "sudo does not let $(as_nobody id -un) do that"
	has "$output" "    apt-get update && apt-get install -y --no-install-recommends bc"
	same "$(cat calls)" "sudo -v"
}

apt_that_fails_ends_with_the_command() {
	prepare bc
	touch apt-fails
	try as_root "$TOP/scripts/deps"
	same "$status" 1
	has "$output" "apt-get update fails"
	has "$output" "    apt-get update && apt-get install"
}

other_distributions_get_a_message() {
	prepare ''
	rm bin/dpkg-query
	try as_root "$TOP/scripts/deps"
	same "$status" 1
	has "$output" "this machine does not run Debian"
}

run_tests nothing_missing_is_nothing_done root_installs_what_is_missing \
	sudo_runs_apt_and_nothing_else run_requires_fewer_packages \
	without_root_and_sudo_the_command_is_printed \
	sudo_that_refuses_ends_with_the_command apt_that_fails_ends_with_the_command \
	other_distributions_get_a_message
