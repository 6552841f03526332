#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# TEST-DEADLINE: 300
#
# The projects that `rexctl new` makes, one of each type of program: their loaders load
# and attach them, they run at their events, and end with Ctrl-C.
# shellcheck source=kselftests/lib.sh
. "$REX_TESTS/lib.sh"

FOLDER=$REX_TESTS/projects

# The event that a type's program is for. Applets of the shell do not run a program, but
# the file of busybox does; that has no shared C library, but rexctl does.
event() { # event TYPE
	case $1 in
	kprobe | kretprobe | tracepoint) cat /proc/version >/dev/null ;;
	raw_tracepoint | tp_btf) /bin/busybox true ;;
	uprobe | uretprobe | usdt) rexctl show >/dev/null ;;
	timer) sleep 2 ;;
	request | iter) ;; # the loader asks
	# A folder cannot be removed as a file is.
	kprobe_session) mkdir -p folder && ! unlink folder 2>/dev/null ;;
	perf_event) timeout 1 sh -c 'while :; do :; done' || true ;;
	fentry | fexit | lsm) : >removed && rm removed ;;
	xdp | tc | cgroup_skb_*) ping -c 1 127.0.0.1 >/dev/null ;;
	cgroup_device) : >/dev/null ;;
	*) fail "no event for type $1" ;;
	esac
}

# Print the loader's argument: where to attach.
argument() { # argument TYPE
	case $1 in
	xdp* | tc) echo lo ;;
	cgroup_*) echo "$CGROUP" ;;
	esac
}

# The map in which the program counts.
counter() { # counter TYPE
	case $1 in
	xdp | tc | cgroup_skb_*) echo PACKETS ;;
	cgroup_device | request) echo ASKED ;;
	timer) echo TICKS ;;
	iter) echo LINES ;;
	*) echo COUNTS ;;
	esac
}

has_counted() { # has_counted TYPE
	rexctl --json map dump "$(counter "$1")" >counts || return 1
	grep -q '"value[^:]*": *[^0]*[1-9]' counts
}

is_alone() {
	[ "$(rexctl list | tail -n +2 | wc -l)" = 1 ]
}

is_running() {
	grep -q '^running' said
}

# Only a program for an entry of a map of interfaces has no event by itself.
runs() { # runs TYPE
	cd /tmp
	case $1,$KERNEL in
	kprobe_session,6.1 | kprobe_session,*-6.1) skip "sessions came with 6.10" ;;
	usdt,*) skip "the VM has no C++ library, whose probe this is: see usdt.c" ;;
	esac
	# The shell empties the file after it has started the loader, too late for the wait.
	: >said
	# shellcheck disable=SC2046 # none or one
	"$FOLDER/$1" $(argument "$1") >said 2>&1 &
	pid=$!
	trap 'kill "$pid" 2>/dev/null || true' EXIT
	wait_until 20 eval "is_running || ! kill -0 $pid 2>/dev/null"
	is_running || fail "$(cat said)"
	# The kernel frees that of the loader before a moment after its end.
	wait_until 10 is_alone
	if [ "$1" != xdp_devmap ]; then
		event "$1"
		has_counted "$1" || fail "it has counted nothing: $(cat counts)"
	fi
	kill -INT "$pid"
	wait "$pid" || fail "its status is $?: $(cat said)"
}

CGROUP=/sys/fs/cgroup
mkdir -p $CGROUP
grep -q " $CGROUP cgroup2 " /proc/mounts || mount -t cgroup2 none $CGROUP
ip link set lo up

number=0
echo "KTAP version 1"
echo "1..$(wc -l <"$FOLDER/types")"
result() { # result NAME COMMAND...
	number=$((number + 1))
	name=$1
	shift
	(
		set -e
		"$@"
	)
	case $? in
	0) echo "ok $number $name" ;;
	4) echo "ok $number $name # SKIP" ;;
	*) echo "not ok $number $name" ;;
	esac
}
while read -r type; do
	result "${type}_runs" runs "$type" </dev/null
done <"$FOLDER/types"
