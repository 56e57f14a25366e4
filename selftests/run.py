#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""usage: run.py check|test|test-long|selftest

Runs stages of tests, each a target of the Makefile beside it that writes TAP, and adds them up.
STAGES="name ..." in the environment selects some; TESTS="name ..." programs of the
stages that run in the virtual machine, of which it selects vm if STAGES does not say which.
"""

import os
import signal
import subprocess
import sys
import time

from tap import Tap

HERE = os.path.dirname(os.path.abspath(__file__))
LOGS = os.path.join(HERE, '..', 'build', 'logs')

# What to run, as part of what, and the seconds after which it hangs.
STAGES = [
    ('runner', 'check test', 60),
    ('style', 'check test', 300),
    ('static', 'test', 900),
    ('pure', 'check test', 300),
    ('kunit', 'test', 1800),
    ('lib', 'check test', 300),
    ('runtime', 'check test', 600),
    ('cli', 'check test', 900),
    ('metrics', 'test', 300),
    ('kubernetes', 'test', 300),
    ('fuzz', 'test', 3600),
    ('vm_quick', 'check', 1800),
    ('vm', 'test', 3600),
    ('containers', 'test-long', 1800),
    ('model', 'test', 3600),
    ('storm', 'test', 3600),
    ('debug', 'test', 3600),
    ('faults', 'test', 3600),
    ('fuzz_vm', 'test', 3600),
    ('packaging', 'test-long', 3600),
    ('prometheus', 'test-long', 3600),
    ('kernels', 'test-long', 7200),
    ('kernels_vm', 'test-long', 28800),
    ('debug_long', 'test-long', 7200),
    ('debug_storm', 'test-long', 3600),
    ('kcsan', 'test-long', 7200),
    ('faults_long', 'test-long', 7200),
    ('model_long', 'test-long', 7200),
    ('storm_long', 'test-long', 7200),
    ('fuzz_long', 'test-long', 7200),
    ('fuzz_vm_long', 'test-long', 7200),
]

# Output of a stage that must not pass, and why.
BAD = [
    ('nothing at all', ''),
    ('only a plan', '1..2'),
    ('a plan of nothing', '1..0'),
    ('no plan', 'ok 1 - a'),
    ('cut off', '1..2\nok 1 - a'),
    ('more than planned', '1..1\nok 1 - a\nok 2 - b'),
    ('one twice', '1..2\nok 1 - a\nok 1 - a'),
    ('a failure', '1..1\nnot ok 1 - a'),
    ('bail out', '1..1\nok 1 - a\nBail out! no memory'),
    ('cut off in a second run', 'TAP version 13\n1..1\nok 1 - a\nTAP version 13\n1..2\nok 1 - b'),
    ('second run cut off', '1..1\nok 1 - a\n1..2\nok 1 - b'),
    ('first run cut off', '1..2\nok 1 - a\n1..1\nok 1 - b'),
    ('a failure further in', '1..1\n    1..1\n    not ok 1 - a\nok 1 - b'),
    ('cut off further in', '1..1\n    1..2\n    ok 1 - a\nok 1 - b'),
    ('a silent subtest', '1..1\n    # Subtest: a\nok 1 - a'),
    ('a subtest without a result', '1..1\n    1..1\n    ok 1 - a'),
    ('a subtest that fails for itself', '1..1\n    1..1\n    ok 1 - a\nnot ok 1 - b'),
]
# Some tests say why before they fail, some after.
WHY = '1..2\n# b\nnot ok 1 - a\n# c\nok 2 - a\n# d'
GOOD = """\
TAP version 13
1..3
    # Subtest: a
    1..2
    # figure: 3 inputs
    ok 1 - b
    ok 2 c # SKIP no card
ok 1 - a
ok 2 - d
not ok 3 - e # SKIP no clock
TAP version 13
ok 1 - f
1..1
1..0 # SKIP no machine
"""


def read(text, status=0):
    tap = Tap()
    for line in text.splitlines():
        tap.line(line)
    tap.end(status)
    return tap


def selftest():
    """The runner notices what it must not let pass."""
    good = read(GOOD)
    checks = [(f'{why} fails', bool(read(text).failed)) for why, text in BAD]
    checks += [
        ('an exit code fails', bool(read(GOOD, 1).failed)),
        ('a failure has the lines around it', read(WHY).failed == [('a', ['# b', '# c'])]),
        ('good output passes', not good.failed),
        ('a figure is kept', good.figures == ['3 inputs']),
        ('each result is counted once', good.passed == 3 and len(good.skipped) == 3),
    ]
    print(f'TAP version 13\n1..{len(checks)}')
    for number, (name, ok) in enumerate(checks, 1):
        print('ok' if ok else 'not ok', number, '-', name)
    return all(ok for _, ok in checks)


def run(stage, limit):
    """Runs one stage: the sum of its results."""
    # What the caller's make told its own children is not for this one.
    env = {k: v for k, v in os.environ.items() if k not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')}
    tap = Tap()
    with open(os.path.join(LOGS, stage + '.log'), 'wb') as log:
        child = subprocess.Popen(['make', '-s', '-C', HERE, stage], env=env, start_new_session=True,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT)

        def hangs(*_):
            os.killpg(child.pid, signal.SIGKILL)
            tap.fail(f'no end after {limit} s')

        signal.signal(signal.SIGALRM, hangs)
        signal.alarm(limit)
        for line in child.stdout:
            log.write(line)
            log.flush()
            tap.line(line.decode(errors='replace'))
        status = child.wait()
        signal.alarm(0)
    tap.end(status)
    return tap


def show(tap, seconds):
    print(f'{tap.passed:5} passed {len(tap.failed):4} failed {len(tap.skipped):4} skipped'
          f' {seconds:7.1f} s')
    for figure in tap.figures:
        print('   ', figure)
    for name, reason in tap.skipped:
        print(f'    skipped: {name}: {reason or "no reason given"}')
    for name, context in tap.failed:
        print(f'    FAILED: {name}')
        for line in context[-30:]:
            print('       ', line)
    sys.stdout.flush()


def main(target):
    os.makedirs(LOGS, exist_ok=True)
    wanted = os.environ.get('STAGES', '').split()
    if not wanted and os.environ.get('TESTS'):
        wanted = ['vm']
    unknown = set(wanted) - {name for name, _, _ in STAGES}
    if unknown:
        sys.exit(f'no such stage: {" ".join(unknown)}')

    passed = failed = skipped = 0
    for name, targets, limit in STAGES:
        if name not in wanted if wanted else target not in targets.split():
            continue
        print(f'{name:12}', end='', flush=True)
        start = time.monotonic()
        tap = run(name, limit)
        show(tap, time.monotonic() - start)
        passed += tap.passed
        failed += len(tap.failed)
        skipped += len(tap.skipped)

    if failed:
        print('Whole logs are in build/logs.')
    summary = f'{passed} passed, {failed} failed, {skipped} skipped'
    with open(os.path.join(LOGS, 'summary'), 'w', encoding='ascii') as file:
        print(summary, file=file)
    print(summary)
    return not failed and passed


if __name__ == '__main__':
    if len(sys.argv) != 2 or sys.argv[1] not in ('check', 'test', 'test-long', 'selftest'):
        sys.exit(__doc__)
    sys.exit(not (selftest() if sys.argv[1] == 'selftest' else main(sys.argv[1])))
