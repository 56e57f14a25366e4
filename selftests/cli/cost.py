# SPDX-License-Identifier: GPL-2.0-only
"""How many instructions of userspace ttmem takes for many chips."""

import os
import re
import shutil

from trees import CLASS, COMMAND, run_or_skip

PCI = 'sys/devices/pci0000:00'
# Of the list of a chip that has a client, in LANG=C. It takes about 111,000, and what is for all
# chips together 580,000.
PER_CHIP = 130000


def make_chips(trees, name, number):
    """A tree with so many chips as that of n300-in-use is, each of which somebody holds."""
    root = os.path.join(trees.directory, name)
    one = os.path.join(trees.directory, 'n300-in-use')
    chip = os.path.join(one, PCI, '0000:00:01.0/0000:01:00.0/tenstorrent/tenstorrent!0/tt0')
    os.makedirs(os.path.join(root, CLASS))
    for n in range(number):
        place = f'{PCI}/0000:{n + 1:02x}:00.0/tenstorrent/tenstorrent!{n}/tt{n}'
        shutil.copytree(chip, os.path.join(root, place))
        os.symlink(os.path.join('../..', place.removeprefix('sys/')),
                   os.path.join(root, CLASS, f'tt{n}'))
        os.makedirs(os.path.join(root, f'proc/driver/tenstorrent/{n}'))
        with open(os.path.join(root, f'proc/driver/tenstorrent/{n}/pids'), 'w',
                  encoding='ascii') as pids:
            pids.write('4242\n')
    shutil.copy(os.path.join(one, 'proc/uptime'), os.path.join(root, 'proc'))


def instructions(trees, command):
    done = trees.run(f'valgrind --tool=callgrind --callgrind-out-file=/dev/null {command}')
    return int(re.search(r'Collected : (\d+)', done.stderr.decode())[1])


def test_cost(tap, trees):
    skip = run_or_skip(trees, 'valgrind --tool=callgrind --callgrind-out-file=/dev/null true')
    problem = ''
    if not skip:
        make_chips(trees, 'two', 2)
        make_chips(trees, 'many', 32)
        two, many = (instructions(trees, f'{COMMAND} -s {tree}') for tree in ('two', 'many'))
        each = (many - two) // 30
        print(f'# {many} instructions for 32 chips, {each} for each chip')
        problem = f'{each} instructions for a chip' if each > PER_CHIP else ''
    tap.result(f'a chip takes less than {PER_CHIP} instructions of userspace', problem, skip)
    trees.renew()
