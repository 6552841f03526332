# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Functions that the scripts share. Source it; it sets only functions and the
# variables REX_TOP (the source tree) and REX_CACHE (downloads and files made
# from them; keyed by version, safe to delete).
#
# REX_CACHE is ~/.cache/rex, unless make cannot work in there: the headers of
# kernels are in it. Then it is a folder of this user in /var/tmp.

REX_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# Print a line of progress in kbuild's form. It goes to stderr, since stdout is
# a script's result.
say() { # say VERB TEXT...
	printf '  %-7s %s\n' "$1" "${*:2}" >&2
}

warn() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	warn "$@"
	exit 1
}

# Succeed if make and kbuild can work with PATH.
good_path() { # good_path PATH
	case $1 in
	*[[:space:]:\#%\$\'\"\\]* | *[]\[\(\)\*\?\;\&\|\<\>]*) return 1 ;;
	esac
}

if [ -z "${REX_CACHE:-}" ]; then
	REX_CACHE=${XDG_CACHE_HOME:-${HOME:-/}/.cache}/rex
	if ! good_path "$REX_CACHE"; then
		REX_CACHE=/var/tmp/rex-$(id -u)
		mkdir -m 700 "$REX_CACHE" 2>/dev/null || true
		if [ ! -O "$REX_CACHE" ] || [ -L "$REX_CACHE" ]; then
			die "$REX_CACHE is not a folder of yours: set REX_CACHE to one"
		fi
	fi
fi
good_path "$REX_CACHE" ||
	die "REX_CACHE must have no space, colon or other special character: '$REX_CACHE'"
export REX_TOP REX_CACHE

# Copy the source tree to the folder DIR: files that are committed or new, and not ignored.
copy_tree() { # copy_tree DIR
	mkdir -p "$1"
	(cd "$REX_TOP" && git ls-files -zco --exclude-standard |
		while IFS= read -rd '' file; do
			[ ! -e "$file" ] || printf '%s\0' "$file"
		done | tar -c --null -T -) | tar -x -C "$1"
}

# Print the last lines of a log, for a step that failed.
show_tail() { # show_tail FILE [LINES]
	printf -- '--- the end of %s ---\n' "$1" >&2
	tail -n "${2:-30}" "$1" >&2
}

# Print the rows of the table FILE, without comments and empty lines.
rows_of() { # rows_of FILE
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1"
}

# Print the rows of kernels.txt: name, role, suites, toolchain, flavour.
kernels_table() {
	rows_of "$REX_TOP/kernels.txt"
}

# Print the rows of scripts/company.txt: name, slower, cpus, cpu, tool, without, since,
# arguments.
company_rows() {
	rows_of "$REX_TOP/scripts/company.txt"
}

company_row() { # company_row NAME
	company_rows | awk -v name="$1" '$1 == name'
}

# Succeed if FILE exists and is younger than SECONDS.
younger_than() { # younger_than SECONDS FILE
	[ -e "$2" ] && [ $(($(date +%s) - $(stat -c %Y "$2"))) -lt "$1" ]
}

# Run COMMAND. After five seconds, print lines of progress: the output of the
# command MEASURE, which may be empty, and the seconds so far. They are lines,
# not a bar, since several steps run at the same time.
with_progress() { # with_progress VERB TEXT MEASURE COMMAND [ARGUMENT]...
	local verb=$1 text=$2 measure=$3 pid status=0
	shift 3
	# shellcheck disable=SC2086 # MEASURE is a command with arguments
	(
		start=$SECONDS pause=5
		trap 'kill "$sleeper" 2>/dev/null; exit 0' TERM
		while sleep $pause 2>/dev/null & sleeper=$!; wait $sleeper; do
			pause=10
			kill -0 $$ 2>/dev/null || exit 0 # interrupted
			say "$verb" "$text: ${measure:+$($measure 2>/dev/null), }$((SECONDS - start)) s"
		done
	) </dev/null >/dev/null 9>&- & # 9 is a lock, in scripts that have one
	pid=$!
	"$@" || status=$?
	kill "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	return $status
}

# Print the size of FOLDERs so far, of TOTAL bytes (0: unknown), for
# with_progress.
megabytes_in() { # megabytes_in TOTAL FOLDER...
	local total=$1 bytes
	shift
	bytes=$(du -cbs "$@" 2>/dev/null | awk 'END { print $1 + 0 }')
	[ "$total" = 0 ] && total='' || total=" of $((total / 1000000))"
	echo "$((bytes / 1000000))$total MB"
}

logged() { # logged FILE COMMAND [ARGUMENT]...
	local file=$1
	shift
	"$@" >"$file" 2>&1
}

# Print the number of KTAP results in FILE, for with_progress.
results_in() { # results_in FILE
	echo "$("$REX_TOP/build/host/ktap" results "$1") results"
}
