# SPDX-License-Identifier: GPL-2.0
#
# Makes a C header of a program's names.rs: the constants that its test uses too.
BEGIN { print "enum {" }
!/^pub\(crate\) const / { next }
!/^pub\(crate\) const [A-Z][A-Z0-9_]*: [a-z0-9]+ = [0-9a-fx_]+;$/ {
	print FILENAME ":" FNR ": not a constant with a number: " $0 >"/dev/stderr"
	exit failed = 1
}
{
	sub(/:$/, "", $3)
	gsub(/[_;]/, "", $6)
	print "\t" $3 " = " $6 ","
}
END { if (!failed) print "};" }
