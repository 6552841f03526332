#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The public header stands alone, in strict C and in C++.
#
# Usage: check-header.sh HEADER UAPI
set -u

failed=0
report()
{
	if [ "$1" -eq 0 ]; then
		echo "ok librex: header: $2"
	else
		failed=1
		echo "not ok librex: header: $2"
	fi
}

${CC:-cc} -std=c11 -Wall -Wextra -Werror -I"$2" -fsyntax-only -x c "$1"
report $? compiles_alone_as_c11

if command -v "${CXX:-c++}" >/dev/null; then
	${CXX:-c++} -std=c++17 -Wall -Wextra -Werror -I"$2" -fsyntax-only \
		-x c++ "$1"
	report $? compiles_alone_as_cxx17
else
	echo "ok librex: header: compiles_alone_as_cxx17 # SKIP no C++ compiler"
fi
exit $failed
