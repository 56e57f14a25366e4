# SPDX-License-Identifier: GPL-2.0-only
"""Where output goes, and what is opened for it."""

import fcntl
import os
import pty
import struct
import termios

from trees import COMMAND, run_or_skip


def on_terminal(trees, command, columns, locale='C'):
    """Output of a command on a terminal of so many columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    done = trees.run(command, locale, stdout=slave)
    os.close(slave)
    output = b''
    try:
        while piece := os.read(master, 65536):
            output += piece
    except OSError:         # the end of a terminal's output
        pass
    os.close(master)
    return output.decode().replace('\r\n', '\n'), done


def test_terminal(tap, trees):
    """A figure is never cut: on a narrow terminal, lines are wrapped by the terminal."""
    for command in 'list', 'ps -o +command_line', 'show', 'show -J':
        for locale in 'C', 'C.UTF-8':
            expected = trees.run(f'ttmem {command} -s mesh', locale).stdout.decode()
            for columns in 1, 20, 200:
                output, done = on_terminal(trees, f'ttmem {command} -s mesh', columns, locale)
                problem = '' if output == expected and done.returncode == 0 else output
                tap.result(f'{locale}: {command}: the same on a terminal of {columns} columns',
                           problem)


def test_width(tap, trees):
    """What people see by default fits into 100 columns."""
    for command in 'list', 'ps', 'show':
        for tree in 'n300-in-use', 'p150-idle', 'unknown-chip', 'mesh':
            lines = trees.run(f'ttmem {command} -s {tree}', 'C.UTF-8').stdout.decode().splitlines()
            tap.result(f'{command} -s {tree} fits into 100 columns',
                       '\n'.join(line for line in lines if len(line) > 100))


def test_lines_of_a_tree(tap, trees):
    wanted = {'C': "tt0\n`-tt0r1\ntt2\ntt10\n", 'C.UTF-8': 'tt0\n└─tt0r1\ntt2\ntt10\n'}
    for locale, tree in wanted.items():
        got = trees.run('ttmem -s mesh -n -o chip', locale).stdout.decode()
        tap.result(f'{locale}: lines of a tree', '' if got == tree else got)


def test_closed_pipe(tap, trees):
    for command in 'list', 'list -J', 'ps', 'show', 'show -J', 'show --help', 'metrics':
        reader, writer = os.pipe()
        os.close(reader)
        done = trees.run(f'exec ttmem {command} -s mesh tt0', stdout=writer)
        os.close(writer)
        # The reason is lost where output does not fit into the buffer of stdio.
        expected = [(1, 'ttmem: write error: Broken pipe\n'), (1, 'ttmem: write error\n')]
        got = (done.returncode, done.stderr.decode())
        tap.result(f'{command}: a closed pipe is a write error',
                   '' if got in expected[:1 + (command == 'metrics')] else f'{got}')


def test_opened_files(tap, trees):
    """Looking costs one open for each chip, and opens no device."""
    log = os.path.join(trees.scratch, 'strace')
    skip = run_or_skip(trees, f'strace -f -o {log} true')

    def opened(arguments, *names):
        """How often files with these names were opened."""
        trees.run(f'strace -f -e trace=%file -o {log} {COMMAND} {arguments}')
        with open(log, encoding='utf-8') as file:
            lines = [line for line in file if 'open' in line]
        return [sum(name in line for line in lines) for name in names]

    def check(name, wanted, arguments, *names):
        got = wanted if skip else opened(arguments, *names)
        tap.result(name, '' if got == wanted else f'{got} is not {wanted}', skip)

    check('opens mem/stat of each chip once, and no device', [4, 0], '-s mesh', 'mem/stat', '/dev/')
    check('looks for clients only where somebody holds the chip', [1, 0], '-s p150-idle',
          'proc/driver/tenstorrent/0/pids', 'clients')
    trees.run('mkdir -p mesh/dev/tenstorrent/by-id && touch mesh/dev/tenstorrent/10 &&'
              ' ln -s ../10 mesh/dev/tenstorrent/by-id/blue')
    for command in 'list', 'ps', 'show', 'metrics':
        check(f'{command}: a name of a node opens no device', [0],
              f'{command} -s mesh blue 0 02:00.0 /dev/tenstorrent/2', '/dev/')
    trees.renew()
