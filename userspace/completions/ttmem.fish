# SPDX-License-Identifier: GPL-2.0-only
#
# Completes ttmem in fish. What there is to choose from is what --help shows, so that it is never out
# of date.

function __ttmem_section --argument-names title
    sed -n "/^$title:/,/^\$/s/^  \([A-Za-z][A-Za-z0-9_]*\) *\(.*\)/\1\t\2/p"
end

function __ttmem_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l command list
    if set -q words[2]; and not string match -q -- '-*' $words[2]
        set command $words[2]
    end
    set -l help (ttmem $command --help 2>/dev/null | string collect)
    set -l takes (printf '%s\n' $help |
        sed -n 's/^  \(-.\), \(--[a-z-]*\) \([A-Z]*\)  .*/\1 \3\n\2 \3/p' |
        string replace -f -r -- "^$words[-1] " '')

    if test "$takes" = DIR
        __fish_complete_directories $current
    else if test "$takes" = FILE
        __fish_complete_path $current
    else if test "$takes" = LIST
        set -l before (string match -r -- '^(?:.*,|\+)' $current)
        printf '%s\n' $help | __ttmem_section Columns | string replace -r '^' -- "$before"
    else if string match -q -- '-*' $current
        printf '%s\n' $help | sed -n 's/^  -., \(--[a-z-]*\)\( [A-Z]*\)\{0,1\}  *\(.*\)/\1\t\3/p'
    else if not set -q words[2]
        ttmem --help 2>/dev/null | __ttmem_section Commands
    else if string match -q -r -- '^Usage:.*POOL' $help; and string match -q -r -- '^tt[0-9]' $words[-1]
        printf '%s\n' $help | __ttmem_section Pools
    else
        set -l usage (string split -m 1 \n -- $help)[1]
        string match -q '*FILE*' -- $usage; and __fish_complete_path $current
        string match -q '*CHIP*' -- $usage; and ttmem list -r -n -o CHIP 2>/dev/null
    end
end

complete -c ttmem -f -a '(__ttmem_complete)'
