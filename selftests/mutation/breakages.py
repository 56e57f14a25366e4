# SPDX-License-Identifier: GPL-2.0-only
"""The tables of breakages, *.toml beside this file, and how one is applied."""

import glob
import os
import subprocess
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.realpath(os.path.join(HERE, '..', '..'))


def make(*arguments):
    """What it says is in the exception, if it fails."""
    subprocess.run(['make', '-s', *arguments], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


class Breakage:
    """One small mistake in a source.

    A table has for each: the file; the old text, which has to be there once, and the new one, or
    lists of both; and the tests that have to notice it, the fastest first. A test is `pure`, a unit
    test of userspace such as `test_page`, or programs of the virtual machine, of the usual kernel
    or, as in `kasan: events`, of a debugging one.
    """

    def __init__(self, name, file, old, new, tests):
        self.name = name
        self.file = file
        self.changes = [(old, new)] if isinstance(old, str) else list(zip(old, new, strict=True))
        self.tests = tests
        self.killer = ''        # what noticed it
        self.seconds = 0.0      # how long its tests took

    def text(self):
        """The broken source, or None if the breakage does not apply any more."""
        with open(os.path.join(TOP, self.file), encoding='utf-8') as source:
            text = source.read()
        for old, new in self.changes:
            if old == new or text.count(old) != 1:
                return None
            text = text.replace(old, new)
        return text


def load(names):
    """Those with the names, or all."""
    breakages = []
    for path in sorted(glob.glob(os.path.join(HERE, '*.toml'))):
        with open(path, 'rb') as table:
            breakages += [Breakage(name, **row) for name, row in tomllib.load(table).items()]
    unknown = set(names) - {breakage.name for breakage in breakages}
    if unknown:
        raise SystemExit(f'no such breakage: {" ".join(sorted(unknown))}')
    return [breakage for breakage in breakages if not names or breakage.name in names]
