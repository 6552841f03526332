#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs librex's host tests: as they are, under valgrind, and built with
# sanitizers. Prints one "ok" or "not ok" line for each test case, and one for
# each run under valgrind or sanitizers.
#
# Usage: run.sh TEST... -- SANITIZED-TEST... -- SCRIPT...
set -u

log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0
skipped=0

# report OK NAME [SKIP REASON]
report()
{
	case "$1${3:+ skip}" in
	"0 skip") skipped=$((skipped + 1)); echo "ok $2 # SKIP $3" ;;
	0) passed=$((passed + 1)); echo "ok $2" ;;
	*) failed=$((failed + 1)); echo "not ok $2" ;;
	esac
}

# The test's own lines, renamed to "librex: <file>: <case>".
relay()
{
	while IFS= read -r line; do
		case "$line" in
		"ok "*" # SKIP "*)
			name=${line#ok * }
			report 0 "librex: $1: ${name%% # SKIP *}" \
				"${line##* # SKIP }" ;;
		"ok "*) report 0 "librex: $1: ${line#ok * }" ;;
		"not ok "*) report 1 "librex: $1: ${line#not ok * }" ;;
		"#"*) echo "$line" ;;
		esac
	done <"$log"
}

run_plain()
{
	"$1" >"$log" 2>&1
	status=$?
	relay "${1##*/}"
	planned=$(sed -n 's/^1\.\.//p' "$log")
	done=$(grep -cE '^(not )?ok ' "$log")
	if [ "$status" -gt 1 ] || [ "${planned:-0}" -ne "$done" ]; then
		sed 's/^/# /' "$log"
		report 1 "librex: ${1##*/}: ended with status $status after $done of ${planned:-?} cases"
	fi
}

run_valgrind()
{
	name="librex: ${1##*/}: valgrind"
	if ! command -v valgrind >/dev/null; then
		report 0 "$name" "valgrind is not installed"
		return
	fi
	valgrind -q --error-exitcode=99 --leak-check=full \
		--show-leak-kinds=all --errors-for-leak-kinds=all \
		--suppressions="$(dirname "$0")/valgrind.supp" \
		"$1" >"$log" 2>&1
	status=$?
	[ "$status" -eq 0 ] || sed 's/^/# /' "$log"
	report "$status" "$name"
}

run_sanitized()
{
	"$1" >"$log" 2>&1
	status=$?
	[ "$status" -eq 0 ] || sed 's/^/# /' "$log"
	report "$status" "librex: ${1##*/}: sanitizers"
}

part=plain
for test in "$@"; do
	case $part,$test in
	plain,--) part=sanitized ;;
	sanitized,--) part=script ;;
	plain,*)
		run_plain "$test"
		run_valgrind "$test" ;;
	sanitized,*) run_sanitized "$test" ;;
	*) run_plain "$test" ;;
	esac
done

echo "# librex: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
