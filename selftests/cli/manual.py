# SPDX-License-Identifier: GPL-2.0-only
"""The manual page and the README: what they say of ttmem is what it does.

An example is a line that begins with '$ ', and what is below it is the answer. A comment before the
block names the captured tree that it is about ("tree: mesh"), or says that it is not run, and why
("not run: it waits for changes").
"""

import os
import re

from transcripts import LINES
from trees import TOP

MANUAL = os.path.join(TOP, 'Documentation/man/ttmem.1')
README = os.path.join(TOP, 'README.md')
ROFF = {r'\-': '-', r'\(ga': '`', r'\(aq': "'", r'\(dq': '"', r'\e': '\\', r'\&': ''}


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def blocks(path):
    """Blocks of examples: (the comment before it or '', its lines)."""
    text = read(path)
    if path == README:
        for comment, block in re.findall(r'(?:<!-- (.*) -->\n\n)?((?:^    .*\n|^\n)+)', text, re.M):
            yield comment, [line[4:] for line in block.splitlines()]
    else:
        for comment, block in re.findall(r'(?:^\.\\" (.*)\n)?^\.EX\n((?:.*\n)*?)\.EE$', text, re.M):
            yield comment, [re.sub(r'\\(\(..|.)', lambda escape: ROFF[escape[0]], line)
                            for line in block.splitlines()]


def examples(path):
    """(comment, command, answer)"""
    for comment, lines in blocks(path):
        command, answer = None, []
        for line in lines + ['$ ']:
            if not line.startswith('$ '):
                answer.append(line)
                continue
            if command is not None:
                yield comment, command, '\n'.join(answer).strip()
            command, answer = line[2:], []


def run_example(trees, tree, command):
    """What a command prints, with the tree in the place of the running system."""
    done = trees.run_at(tree, re.sub(r'(?<=\s)/(sys|proc|etc)/', rf'{tree}/\1/', command))
    return (done.stdout + done.stderr).decode().strip()


def test_examples(tap, trees, path):
    number = 0
    for comment, command, answer in examples(path):
        kind, _, rest = comment.partition(': ')
        number += kind == 'tree'
        if kind == 'not run':
            tap.result(f'{os.path.basename(path)}: {command}', skip=rest)
            continue
        for line, plain in LINES.items():
            answer = answer.replace(line, plain)
        problem = 'no comment says of which tree it is, or why it is not run'
        if kind == 'tree':
            got = run_example(trees, rest, command)
            problem = '' if got == answer else f'It prints:\n{got}'
        tap.result(f'{os.path.basename(path)}: {command}', problem)
    tap.result(f'{os.path.basename(path)} has examples', '' if number else 'none has been found')


def test_completeness(tap, trees):
    """The manual has each command, option and column that --help has."""
    text = re.sub(r'\\-', '-', read(MANUAL))
    missing = ''
    for command in trees.commands():
        shown = trees.run(f'ttmem {command} --help').stdout.decode()
        names = re.findall(r'^  -\w, (--[a-z-]+)', shown, re.M)
        names += re.findall(r'^  ([A-Z][A-Z0-9_]+) ', shown, re.M)
        if not re.search(rf'^\.SS "?(ttmem )?{command} ', text, re.M):
            missing += f'ttmem {command}\n'
        missing += ''.join(f'{command}: {name}\n' for name in names
                           if not re.search(rf'(?<![\w-]){name}(?![\w-])', text))
    tap.result('the manual has all commands, options and columns', missing)


def test_all(tap, trees):
    test_examples(tap, trees, MANUAL)
    test_examples(tap, trees, README)
    test_completeness(tap, trees)
