# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completes ttmem in bash. What there is to choose from is what --help shows, so that it is never
# out of date: commands, options "  -o, --output LIST  ..." with what they take, columns and pools.

# _ttmem_section TITLE: the words at the beginning of the lines of a section of --help
_ttmem_section()
{
	sed -n "/^$1:/,/^\$/s/^  \\([A-Za-z][A-Za-z0-9_]*\\) .*/\\1/p"
}

# What the option in front of the cursor takes: DIR, LIST, ...; nothing if it takes nothing.
_ttmem_takes()
{
	sed -n "s/^  \\(-.\\), \\(--[a-z-]*\\) \\([A-Z]*\\)  .*/\\1 \\3\\n\\2 \\3/p" |
		sed -n "s/^$1 //p"
}

_ttmem()
{
	local command=list help usage cur=${COMP_WORDS[COMP_CWORD]} takes='' before=''

	[ "$COMP_CWORD" = 1 ] || [ "${COMP_WORDS[1]#-}" != "${COMP_WORDS[1]}" ] ||
		command=${COMP_WORDS[1]}
	help=$(ttmem "$command" --help 2> /dev/null)
	usage=${help%%$'\n'*}
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-*) takes=$(_ttmem_takes "${COMP_WORDS[COMP_CWORD - 1]}" <<< "$help") ;;
	esac

	COMPREPLY=()
	if [ "$takes" = DIR ]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
	elif [ "$takes" = FILE ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	elif [ "$takes" = LIST ]; then
		# Behind the last comma, or a plus; columns have capital letters.
		case $cur in
		*,*) before=${cur%,*}, ;;
		+*) before=+ ;;
		esac
		cur=${cur#"$before"}
		mapfile -t COMPREPLY < <(compgen -P "$before" \
			-W "$(_ttmem_section Columns <<< "$help")" -- "${cur^^}")
	elif [ "${cur:0:1}" = - ]; then
		mapfile -t COMPREPLY < <(compgen \
			-W "$(sed -n 's/^  -., \(--[a-z-]*\).*/\1/p' <<< "$help")" -- "$cur")
	elif [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen \
			-W "$(ttmem --help 2> /dev/null | _ttmem_section Commands)" -- "$cur")
	elif [[ $usage = *POOL* && ${COMP_WORDS[COMP_CWORD - 1]} = tt[0-9]* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_ttmem_section Pools <<< "$help")" -- "$cur")
	else
		[[ $usage != *FILE* ]] || mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		[[ $usage != *CHIP* ]] || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen \
			-W "$(ttmem list -r -n -o CHIP 2> /dev/null)" -- "$cur")
	fi
}

complete -o filenames -F _ttmem ttmem
