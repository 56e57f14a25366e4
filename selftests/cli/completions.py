# SPDX-License-Identifier: GPL-2.0-only
"""Completions of shells: they offer what there is, and nothing else."""

import os
import re
import shlex

from trees import USERSPACE, run_or_skip

PLACE = os.path.realpath(os.path.join(USERSPACE, 'completions'))
CHIPS = ['tt0', 'tt0r1', 'tt2', 'tt10']

BASH = '''
. {place}/ttmem.bash
complete -p ttmem > /dev/null || exit
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_ttmem
printf '%s\\n' "${{COMPREPLY[@]}}"
'''
# What it calls of zsh's own says what it was called with: the words, without what they mean.
ZSH = '''
words=({words}) CURRENT=$#words PREFIX=$words[-1]
_describe() {{ [[ $1 = -* ]] && shift; print -l -- ${{${{(P)2}}%%:*}}; }}
_files() {{ print files; }}
compset() {{ [[ $PREFIX = ${{~2}}* ]]; }}
_ttmem() {{ . {place}/_ttmem; }}
_ttmem
'''
FISH = '''
source {place}/ttmem.fish
complete -C {line} | string replace -r '\\t.*' ''
'''


def offered(trees, shell, *words):
    """What a shell offers for the last of the words."""
    quoted = ' '.join(shlex.quote(word) for word in ('ttmem',) + words)
    line = shlex.quote('ttmem ' + ' '.join(words))
    script = {'bash': BASH, 'zsh': ZSH, 'fish': FISH}[shell].format(place=PLACE, words=quoted,
                                                                  line=line)
    flags = {'bash': '--norc', 'zsh': '-f', 'fish': '--no-config'}[shell]
    done = trees.run_at('mesh', f'HOME={trees.scratch} {shell} {flags} -c {shlex.quote(script)}')
    # A shell that says something on stderr offers it, too: nothing is to be said there.
    said = (done.stdout + done.stderr).decode().splitlines()
    return sorted(word for word in said if word and word.startswith(words[-1]))


def real_options(trees, command):
    """What getopt takes: it lists all options for one of which all can be meant."""
    errors = trees.run(f'ttmem {command} --=').stderr.decode()
    return sorted(re.findall(r"'(--[a-z-]+)'", errors.partition('possibilities:')[2]))


def columns(trees, command):
    text = trees.run(f'ttmem {command} --help').stdout.decode()
    return sorted(re.findall(r'^  ([A-Z][A-Z0-9_]+) ', text.partition('\nColumns:')[2], re.M))


def test_shell(tap, trees, shell):
    skip = run_or_skip(trees, f'{shell} -c true')

    def check(name, wanted, *words):
        got = wanted if skip else offered(trees, shell, *words)
        tap.result(f'{shell}: {name}', '' if got == sorted(wanted) else f'{got}\nis not\n{wanted}',
                   skip)

    commands = trees.commands()
    check('commands', commands, '')
    check('options without a command', real_options(trees, 'list'), '--')
    for command in commands:
        check(f'options of {command}', real_options(trees, command), command, '--')
        if columns(trees, command):
            check(f'columns of {command}', columns(trees, command), command, '-o', '')
    check('further columns', ['CHIP,' + name for name in columns(trees, 'ps')] if shell != 'zsh'
          else [], 'ps', '--output', 'CHIP,')
    trees.run('touch figures.prom')
    for command, option in ('metrics', '--output'), ('cdi', '-o'):
        check(f'files for {command}', ['files' if shell == 'zsh' else 'figures.prom'],
              command, option, 'f')
    check('chips', CHIPS, 'show', '')
    check('chips after an option', CHIPS, 'show', '--bytes', 'tt')
    check('pools', ['l1', 'l1_small', 'dram', 'trace'], 'why', 'tt0', '')
    check('nothing for an unknown command', [], 'frobs', '--')


def test_all(tap, trees):
    for shell in 'bash', 'zsh', 'fish':
        test_shell(tap, trees, shell)
