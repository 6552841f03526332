#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Loading and unloading of rex.ko.
# shellcheck source=kselftests/lib.sh
. "$REX_TESTS/lib.sh"

module_is_loaded_once() {
	rex_loaded
	refused insmod "$REX_KO" 2>/dev/null
	rex_loaded
}

device_is_for_root_only() {
	[ -c /dev/rex ]
	[ "$(stat -c '%a %u %g' /dev/rex)" = "600 0 0" ]
}

device_goes_with_the_module() {
	unload_rex
	[ ! -e /dev/rex ]
	load_rex
	[ -c /dev/rex ]
}

open_device_holds_the_module() {
	exec 5</dev/rex
	refused rmmod_rex
	exec 5>&-
	unload_rex
	load_rex
}

module_loads_and_unloads_20_times() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		unload_rex
		load_rex
	done
}

run_tests module_is_loaded_once device_is_for_root_only device_goes_with_the_module \
	open_device_holds_the_module module_loads_and_unloads_20_times
