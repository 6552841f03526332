#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of the check of commit messages.
# shellcheck source=scripts/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# Commit MESSAGE in the repository of the test.
commit() { # commit MESSAGE
	git -C "$T/tree" commit -q --allow-empty -m "$1"
}

repository() {
	git init -q "$T/tree"
	git -C "$T/tree" config user.name Somebody
	git -C "$T/tree" config user.email somebody@example.org
	commit "first"
}

# Check the last commit, or those of RANGE.
check() { # check [RANGE]
	try env REX_COMMITS="$T/tree" "$TOP/scripts/commits" "${1:-HEAD~1..HEAD}"
}

refused() { # refused MESSAGE WORDS
	commit "$1"
	check
	same "$status" 1
	has "$output" "$2"
}

accepted() { # accepted MESSAGE
	commit "$1"
	check
	same "$status:$output" "0:"
}

subject_commands() {
	local verb
	repository
	for verb in the a an comments names looked looking adds Add no each; do
		refused "kmod: $verb thing"$'\n\nIt was there.' "\"$verb\" is no imperative"
	done
	for verb in add look pass address process bypass need feed embed bring focus; do
		accepted "kmod: watchdog: $verb thing"$'\n\nIt was not there.'
	done
}

subject_names_the_part() {
	repository
	refused "add a thing"$'\n\nIt was not there.' "does not name the part"
	accepted "kmod, uapi: add a thing"$'\n\nIt was not there.'
	accepted "rex: map/hash: add a thing"$'\n\nIt was not there.'
}

subject_is_short() {
	repository
	refused "kmod: add $(printf 'x%.0s' {1..90})"$'\n\nIt was not there.' "more than"
}

body_says_why() {
	repository
	refused "kmod: add a thing" "the body does not say why"
	refused "kmod: add a thing"$'\n\nSigned-off-by: Somebody <somebody@example.org>' "the body does not say why"
}

fixes_name_an_earlier_commit() {
	local first
	repository
	first=$(git -C "$T/tree" rev-parse --short=12 HEAD)
	accepted "kmod: mend a thing"$'\n\nIt broke.\n\n'"Fixes: $first (\"first\")"
	refused "kmod: mend a thing"$'\n\nIt broke.\n\n'"Fixes: $first (\"second\")" "the subject of $first is not"
	refused "kmod: mend a thing"$'\n\nIt broke.\n\nFixes: 0123456789ab ("first")' "is no commit before this one"
	refused "kmod: mend a thing"$'\n\nIt broke.\n\n'"Fixes: first" "is not 'Fixes: <12 digits"
}

every_commit_of_the_range_is_checked() {
	repository
	commit "kmod: the thing"
	commit "kmod: add a thing"$'\n\nIt was not there.'
	check HEAD~2..HEAD
	same "$status" 1
	has "$output" "kmod: the thing"
	lacks "$output" "kmod: add"
}

shallow_clone_is_said() {
	repository
	try env REX_COMMITS="$T/tree" "$TOP/scripts/commits"
	same "$status" 0
	has "$output" "not checked"
}

run_tests subject_commands subject_names_the_part subject_is_short body_says_why \
	fixes_name_an_earlier_commit every_commit_of_the_range_is_checked shallow_clone_is_said
