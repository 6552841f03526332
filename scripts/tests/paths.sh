#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of the places of the source tree, the home folder and the cache.
# shellcheck source=scripts/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# Run make in a tree in FOLDER.
make_in() { # make_in FOLDER
	mkdir -p "$1/scripts"
	cp "$TOP/Makefile" "$1/"
	cp "$TOP"/scripts/{lib.sh,deps} "$1/scripts/"
	try make -C "$1" -n clean
}

folders_that_make_cannot_handle_are_refused() {
	local name
	for name in 'a b' 'a	b' 'a:b' 'a#b' 'a%b' 'a$b' "a'b" 'a"b' 'a;b' 'a&b' 'a(b' 'a*b' 'a[b'; do
		make_in "$T/$name"
		[ "$status" = 2 ] || fail "make works in a folder named \"$name\": $output"
		has "$output" "The path of this folder has a space or another character that make"
		has "$output" "$name"
		lacks "$output" "rm -rf"
	done
}

other_folders_are_fine() {
	local name
	for name in plain a-b_c.d+e a~b a@b,c=d größe; do
		make_in "$T/$name"
		same "$status" 0
		has "$output" "rm -rf $T/$name/build"
	done
}

link_to_the_tree_is_the_tree() {
	make_in "$T/real"
	ln -s real link
	try bash -c '. link/scripts/lib.sh; echo "$REX_TOP"'
	same "$output" "$T/real"
}

# What users set on make's command line is set in each makefile below, whatever that says.
parameters_are_no_variables_of_other_makefiles() {
	local name set
	for name in ROUNDS EVENTS SEQUENCES OBJECTS SEED COMPANY KERNEL T; do
		set=$(cd "$TOP" && grep -nE "^$name *:?=" ./*/Makefile ./*/*/Makefile) || continue
		fail "make $name=... changes another variable of that name: $set"
	done
}

cache_of() { # cache_of HOME
	try env -u REX_CACHE -u XDG_CACHE_HOME HOME="$1" \
		bash -c '. "$1/scripts/lib.sh"; echo "$REX_CACHE"' bash "$TOP"
}

cache_is_at_home() {
	cache_of "$T/home"
	same "$status:$output" "0:$T/home/.cache/rex"
	ln -s home link
	cache_of "$T/link"
	same "$status:$output" "0:$T/link/.cache/rex"
}

# Run COMMAND as a user without a folder there.
as_user() { # as_user ID COMMAND...
	setpriv --reuid="$1" --regid="$1" --clear-groups "${@:2}"
}

home_with_a_space_has_its_cache_elsewhere() {
	local user=61234 cache=/var/tmp/rex-61234
	[ "$(id -u)" = 0 ] || skip "needs root, to be another user"
	rm -rf "$cache"
	try as_user "$user" env -u REX_CACHE -u XDG_CACHE_HOME HOME="$T/a b" \
		bash -c '. "$1/scripts/lib.sh"; echo "$REX_CACHE"' bash "$TOP"
	same "$status:$output" "0:$cache"
	same "$(stat -c '%a %u' "$cache")" "700 $user"
	# A folder of another user is not used.
	chown 0 "$cache"
	try as_user "$user" env -u REX_CACHE -u XDG_CACHE_HOME HOME="$T/a b" \
		bash -c '. "$1/scripts/lib.sh"; echo "$REX_CACHE"' bash "$TOP"
	rm -rf "$cache"
	same "$status" 1
	has "$output" "$cache is not a folder of yours: set REX_CACHE"
}

# make, the scripts and the compiler's wrapper have one cache.
make_exports_the_cache() {
	copy_tree tree
	printf 'show:\n\t@echo "cache is $$REX_CACHE"\n' >>tree/Makefile
	try env -u REX_CACHE -u XDG_CACHE_HOME HOME="$T/home" make -s -C tree show
	same "$output" "cache is $T/home/.cache/rex"
}

cache_with_a_space_is_refused() {
	local name
	for name in 'a b' 'a:b' 'a#b' 'a$b' "a'b" 'a(b' 'a]b' 'a[b' 'a;b' 'a*b'; do
		try env REX_CACHE="$T/$name" "$TOP/scripts/kernel" names
		[ "$status" = 1 ] || fail "\"$name\" is taken"
		has "$output" "REX_CACHE must have no space"
	done
	try env REX_CACHE="$T/a b" make -C "$TOP" -n clean
	same "$status" 2
	has "$output" "REX_CACHE must have no space"
}

run_tests folders_that_make_cannot_handle_are_refused other_folders_are_fine \
	link_to_the_tree_is_the_tree cache_is_at_home \
	parameters_are_no_variables_of_other_makefiles \
	home_with_a_space_has_its_cache_elsewhere make_exports_the_cache \
	cache_with_a_space_is_refused
