# SPDX-License-Identifier: GPL-2.0
#
# awk -f librex.awk librex.h: makes librex(3) of the comments of the header.

function roff(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	sub(/^[.']/, "\\\\\\&&", text)
	return text
}

# The text without what matches.
function without(regex, text) {
	gsub(regex, "", text)
	return text
}

function say(text) {
	print roff(text)
}

# Of the comment: a paragraph begins at the next line of text.
function comment_text(text) {
	if (new_paragraph)
		print ".PP"
	new_paragraph = 0
	say(text)
}

function section(name) {
	printf ".SH %s\n", toupper(name)
}

# A line of a comment that belongs to a function or a struct, without the " * ".
function comment_line(text) {
	if (text == "") {
		new_paragraph = 1
	} else if (match(text, /^@[a-z_]+:[ \t]*/)) {
		new_paragraph = 0
		printf ".TP\n.I %s\n", roff(substr(text, 2, index(text, ":") - 2))
		say(substr(text, RLENGTH + 1))
	} else if (match(text, /^  ?-?[0-9A-Z][A-Z0-9, ]*\t+/)) {
		new_paragraph = 0
		printf ".TP\n.B %s\n", roff(without("^ +|\t+$", substr(text, 1, RLENGTH)))
		say(substr(text, RLENGTH + 1))
	} else {
		gsub(/^[ \t]+/, "", text)
		comment_text(text)
	}
}

# What the file begins with: paragraphs, and an example.
function head_line(text) {
	if (text == "")
		print ".PP"
	else if (text ~ /^\t/)
		printf ".nf\n%s\n.fi\n", roff(substr(text, 2))
	else
		say(text)
}

BEGIN {
	print "'\\\" t"
	print ".\\\" SPDX-License-Identifier: GPL-2.0"
	print ".\\\" Made by librex.awk."
	print ".TH LIBREX 3 2026-11-27 Rex \"Library Functions\""
}

NR == 3 {
	sub(/^ \* librex - /, "")
	section("name")
	printf "librex \\- %s\n", roff($0)
	section("synopsis")
	print ".nf\n.B #include <librex.h>\n.PP\nCompile and link with \\fI\\-lrex \\-lbpf \\-lelf\\fR;" \
		" \\fBpkg\\-config librex\\fR says so.\n.fi"
	section("description")
	head = 1
	next
}
head && /^ \*\/$/ {
	head = 0
}
head && NR > 4 {
	sub(/^ \* ?/, "")
	head_line($0)
}

/^\/\* ---- / {
	section(without("^[/][*] ---- | -+ [*][/]$", $0))
}

/^\/\*\*/ {
	comment = 1
	summary = ""
	rest = ""
}
comment {
	line = without("^ [*][/]$|^/[*][*] ?| [*][/]$", $0)
	sub(/^ \* ?/, "", line)
	if (summary == "")
		summary = line
	else
		rest = rest line "\n"
	if (/\*\/$/) {
		comment = 0
		prototype = ""
		wanted = 1
	}
	next
}
wanted {
	prototype = prototype without("LIBREX_(API|NODISCARD) ?", $0) "\n"
	if (/^};$/ || (prototype !~ /^struct [a-z_]+ \{/ && /;$/)) {
		wanted = 0
		printf ".SS %s\n", roff(without(" - .*", summary))
		print roff(without("^[^-]* - ", summary)) "."
		printf ".PP\n.nf\n"
		n = split(prototype, lines, "\n")
		for (i = 1; i < n; i++)
			printf "\\&%s\n", roff(lines[i])
		print ".fi"
		new_paragraph = 1
		n = split(rest, lines, "\n")
		while (n && lines[n] == "")
			n--
		for (i = 1; i <= n; i++)
			comment_line(lines[i])
	}
}

END {
	section("see also")
	print ".BR rexctl (8),\n.BR rex (4)"
}
