# SPDX-License-Identifier: GPL-2.0-only
"""What goes wrong while ttmem looks: a clear line or a sane screen, and never a crash.

A sanitizer that has found something ends ttmem with a code of its own, see Trees."""

import os
import threading

from trees import CLASS, COMMAND, SANITIZER, run_or_skip

COMMANDS = ('list', 'list -J', 'ps', 'ps -J', 'show', 'show -J', 'metrics -cg')


# What it asks about fits, or is unknown, for which it has an exit code of its own.
WHY = 'why tt0 l1 1K'


def odd(done):
    """Is it neither success nor a failure that was explained?"""
    codes = (0, 1, 4) if b': unknown. ' in done.stdout else (0, 1)
    return done.returncode not in codes or (done.returncode == 1 and not done.stderr)


def test_truncation(tap, trees):
    """A file that ends anywhere: all figures before, or a message."""
    for name in f'{CLASS}/tt0/mem/stat', f'{CLASS}/tt0/clients/1/stat', 'proc/stat', \
            'proc/driver/tenstorrent/0/pids', 'proc/uptime', 'proc/4242/comm':
        path = os.path.join(trees.directory, 'n300-in-use', name)
        with open(path, 'rb') as file:
            whole = file.read()
        problems = ''
        for length in sorted({*range(0, len(whole), 97), *range(min(len(whole), 4))}):
            with open(path, 'wb') as file:
                file.write(whole[:length])
            for command in 'list', 'ps', 'show', 'metrics -cg', WHY:
                done = trees.run(f'ttmem {command} -s n300-in-use')
                if odd(done):
                    problems += f'{command}: {length} bytes: {done}\n'
        tap.result(f'{name} is cut off anywhere', problems)
        trees.renew()


def test_permission(tap, trees):
    """What cannot be read is said to be so, or unknown."""
    user = 'setpriv --reuid=65534 --regid=65534 --clear-groups '
    skip = '' if os.geteuid() == 0 and not run_or_skip(trees, user + 'true') else \
        'cannot become another user'
    os.chmod(trees.scratch, 0o755)
    for name, message, readers in (
            (f'{CLASS}/tt0/mem/stat', 'tt0: mem/stat', 'list show metrics'),
            (f'{CLASS}/tt0/clients', 'tt0: clients', 'ps show metrics'),
            (f'{CLASS}/tt0/clients/1/stat', 'tt0: stat of a client', 'ps show metrics'),
            (CLASS, f'n300-in-use/{CLASS}', 'list ps show metrics'),
            ('proc/driver/tenstorrent/0/pids', '', ''), ('proc/4242', '', ''), ('proc/stat', '', ''),
            ('proc/uptime', '', '')):
        os.chmod(os.path.join(trees.directory, 'n300-in-use', name), 0)
        problems = ''
        for command in COMMANDS:
            done = trees.run(f'{user} ttmem {command} -s n300-in-use')
            fails = command.split()[0] in readers.split()
            if not skip and (odd(done) or done.returncode != fails or
                             fails and f'{message}: Permission denied' not in done.stderr.decode()):
                problems += f'{command}: {done}\n'
        tap.result(f'no permission for {name}', problems, skip)
        trees.renew()


def test_vanishing(tap, trees):
    """Chips and clients that come and go while they are read."""
    ended = threading.Event()

    def shake():
        names = ['tt0', 'tt0r1', 'tt2/clients/20', 'tt10/clients', 'tt10/mem']
        paths = [os.path.join(trees.directory, 'mesh', CLASS, name) for name in names]
        while not ended.is_set():
            for path in paths:
                os.rename(path, path + '.gone')
            for path in paths:
                os.rename(path + '.gone', path)

    shaker = threading.Thread(target=shake)
    shaker.start()
    problems = ''
    for i in range(60):
        command = (COMMANDS + (WHY,))[i % (len(COMMANDS) + 1)]
        done = trees.run(f'ttmem {command} -s mesh')
        if odd(done):
            problems += f'{command}: {done}\n'
    ended.set()
    shaker.join()
    tap.result('chips and clients come and go', problems)
    trees.renew()


def test_valgrind(tap, trees):
    """The command as it is installed, without sanitizers: no error, and nothing is lost."""
    tool = f'valgrind --quiet --error-exitcode={SANITIZER} --leak-check=full --track-fds=no '
    skip = run_or_skip(trees, tool + 'true')
    for arguments in ('list -s mesh', 'list -J -s mesh 0 01:00.0 tt0r1', 'ps -s mesh',
                      'ps -J -s mesh', 'show -s mesh', 'show -J -s mesh', 'list -s broken',
                      'why -s mesh tt10', 'why -J -s mesh tt10', 'show -J -s broken', 'list -s mesh tt1', 'list -s mesh -o +frobs',
                      'metrics -cg -s mesh', 'metrics -cgt -s broken', 'list -s no-ttmem',
                      'cdi -s mesh', 'cdi -s mesh -o cdi.json', 'cdi -s no-ttmem -o cdi.json',
                      'ps -r -s mesh -o +pid', 'show -h'):
        done = trees.run(f'{tool} {COMMAND} {arguments}') if not skip else None
        problem = done.stderr.decode() if done and done.returncode == SANITIZER else ''
        tap.result(f'valgrind: {arguments}', problem, skip)


def test_all(tap, trees):
    test_truncation(tap, trees)
    test_permission(tap, trees)
    test_vanishing(tap, trees)
    test_valgrind(tap, trees)
