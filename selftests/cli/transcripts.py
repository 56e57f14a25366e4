# SPDX-License-Identifier: GPL-2.0-only
"""Commands and what they must answer, character by character; see `run`."""

import difflib
import glob
import os
import re
import sys

import schema
from trees import HERE

TRANSCRIPTS = sorted(glob.glob(os.path.join(HERE, '*.txt')))
# Lines of a tree, and what LANG=C has for them.
LINES = {'├─': '|-', '└─': '`-', '│ ': '| '}


def versionless(text):
    """Transcripts are the same for all versions: what the right one is, userspace/tests/install knows."""
    return re.sub(r'^ttmem \d+\.\d+\.\d+$', 'ttmem VERSION', text, flags=re.MULTILINE)


def answer(trees, command, locale):
    """What a transcript says of a command."""
    done = trees.run(command, locale)
    output = done.stdout.decode()
    for line, plain in LINES.items():
        output = output.replace(line, plain)
    errors = ''.join(f'2> {line}' for line in done.stderr.decode().splitlines(True))
    return output + errors + f'=> {done.returncode}\n'


def transcript(path):
    """The pieces of a transcript: (text between commands, command, answer)."""
    text, command, lines = '', None, ''
    with open(path, encoding='utf-8') as file:
        for line in file:
            if command is None and line.startswith('$ '):
                command = line[2:].rstrip('\n')
            elif command is None:
                text += line
            else:
                lines += line
                if line.startswith('=> '):
                    yield text, command, lines
                    text, command, lines = '', None, ''
    if command is not None:
        sys.exit(f'{path}: no exit code for: {command}')
    yield text, None, None


def test_transcript(tap, trees, path):
    for locale in 'C', 'C.UTF-8':
        trees.renew()
        for _, command, expected in transcript(path):
            if command is None:
                continue
            got = answer(trees, command, locale)
            diff = difflib.unified_diff(versionless(expected).splitlines(True),
                                        versionless(got).splitlines(True),
                                        'expected', 'answered')
            tap.result(f'{locale}: {command}', ''.join(diff))
    trees.renew()


def json_in_transcripts():
    """All JSON of ours that a command has answered, a text or several lines: (command, JSON)."""
    for path in TRANSCRIPTS:
        for _, command, expected in transcript(path):
            if command and expected.startswith('{') and 'ttmem cdi' not in command:
                text = ''.join(line for line in expected.splitlines(True)
                               if not line.startswith(('2> ', '=> ')))
                for piece in text.splitlines() if 'watch' in command else [text]:
                    yield command, piece


def test_schema(tap):
    """What transcripts have of JSON, for what ttmem answers is compared with them."""
    problems = ''
    for command, text in json_in_transcripts():
        problems += ''.join(f'{command}: {problem}\n' for problem in schema.problems(text))
    tap.result('JSON in transcripts is as the schema says', problems, schema.MISSING)
    schema.test_damage(tap, [text for _, text in json_in_transcripts()])


def update(trees, path):
    pieces = list(transcript(path))
    trees.renew()
    with open(path, 'w', encoding='utf-8') as file:
        for text, command, _ in pieces:
            file.write(text)
            if command is not None:
                file.write(f'$ {command}\n{answer(trees, command, "C")}')
