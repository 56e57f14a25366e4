# SPDX-License-Identifier: GPL-2.0-only
"""Reads TAP and KTAP, strictly: what should be there and is not counts as a failure."""

import re

RESULT = re.compile(r'(not )?ok (\d+)\b\s*(?:- )?([^#]*)(?:#\s*(.*))?$')
PLAN = re.compile(r'1\.\.(\d+)(?:\s*#\s*SKIP\b\s*(.*))?$', re.I)
FIGURE = re.compile(r'#.*\bfigure: (.*)')
HEADER = re.compile(r'(K?TAP version \d+|# Subtest: .*)$')
SKIP = re.compile(r'SKIP\b\s*(.*)', re.I)


class Level:
    """One run of results: the outermost, or a subtest, which is indented further."""

    def __init__(self, indent):
        self.indent = indent
        self.plan = None
        self.seen = 0
        self.bad = False        # something in it has failed


class Tap:
    """The sum of all runs of results in one output."""

    def __init__(self):
        self.passed = 0
        self.skipped = []       # (name, reason)
        self.failed = []        # (name, the lines around it)
        self.figures = []       # what was measured or counted
        self.levels = []        # those not yet complete, outermost first
        self.before = []        # lines since the last result
        self.after = []         # where they go, too: some tests say why before they fail, some after

    def line(self, line):
        text = line.strip()
        indent = len(line) - len(line.lstrip(' '))
        if match := RESULT.match(text):
            self.result(indent, *match.groups())
        elif match := PLAN.match(text):
            self.plan(indent, int(match[1]), match[2])
        elif HEADER.match(text):
            self.begin(indent)
        elif text.startswith('Bail out!'):
            self.fail(text)
        elif match := FIGURE.match(text):
            self.figures.append(match[1])
        elif text:
            self.before.append(line.rstrip())
            self.after.append(line.rstrip())

    def end(self, status):
        """After the last line; status is the exit code of what wrote them."""
        while self.levels:
            self.close()
        if not self.passed and not self.skipped and not self.failed:
            self.fail('no tests were run')
        if status and not self.failed:
            self.fail(f'exit code {status} although nothing failed')

    def fail(self, name):
        self.after = self.before
        self.before = []
        self.failed.append((name, self.after))
        for level in self.levels:
            level.bad = True

    def close(self):
        level = self.levels[-1]
        if level.plan is None:
            self.fail(f'{level.seen} tests without a plan')
        elif level.plan != level.seen:
            self.fail(f'{level.plan} tests were planned, {level.seen} were run')
        return self.levels.pop()

    def at(self, indent):
        """The level of a line, and the subtest that the line ends, if any."""
        subtest = None
        while self.levels and self.levels[-1].indent > indent:
            if subtest:
                self.fail('a subtest without a result of its own')
            subtest = self.close()
        if not self.levels or self.levels[-1].indent < indent:
            self.levels.append(Level(indent))
        return self.levels[-1], subtest

    def begin(self, indent):
        level, subtest = self.at(indent)
        if subtest:
            self.fail('a subtest without a result of its own')
        if level.plan is not None or level.seen:
            self.close()
            level = Level(indent)
            self.levels.append(level)
        return level

    def plan(self, indent, count, skip):
        level, subtest = self.at(indent)
        # A plan may come last, and a second run of results may follow a first one.
        if subtest or level.plan is not None:
            level = self.begin(indent)
        level.plan = count
        if count == 0 and skip:
            self.skipped.append(('all of it', skip))
        elif count == 0:
            self.fail('no tests were planned')

    def result(self, indent, negative, number, name, directive):
        level, subtest = self.at(indent)
        level.seen += 1
        if int(number) != level.seen:
            self.fail(f'result {number} in the place of {level.seen}')
            level.seen = int(number)
        name = name.strip()
        self.after = []

        # The results of a subtest were counted; its own can only add a failure that has no other.
        skip = SKIP.match(directive or '')
        if subtest and subtest.bad:
            level.bad = True
        elif negative and not skip:
            self.fail(f'{name} # {directive}' if directive else name)
        elif not subtest and skip:
            self.skipped.append((name, skip[1]))
        elif not subtest:
            self.passed += 1
        self.before = []
