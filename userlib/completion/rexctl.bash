# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of rexctl's verbs, options and arguments in bash. rexctl itself knows
# them.

_rexctl() {
	local line cur=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=()
	while IFS= read -r line; do
		if [ "$line" = @file ]; then
			compopt -o filenames 2>/dev/null
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
		else
			COMPREPLY+=("$line")
		fi
	done < <("${COMP_WORDS[0]}" _complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _rexctl rexctl
