# SPDX-License-Identifier: GPL-2.0-only
"""Tests of broken code that need no virtual machine: pure code of the driver, parts of userspace."""

import os
import shutil

from breakages import TOP, make

SOURCES = shutil.ignore_patterns('*.o', '*.a', '*.so*', '__pycache__')


def copy(breakage, directory, part):
    """A copy of a directory of the sources, with the breakage in it."""
    shutil.copytree(os.path.join(TOP, part), os.path.join(directory, part), ignore=SOURCES,
                    dirs_exist_ok=True)
    if breakage.file.startswith(part + '/'):
        with open(os.path.join(directory, breakage.file), 'w', encoding='utf-8') as source:
            source.write(breakage.text())


def pure(breakage, directory):
    """The unit tests of the driver, by one compiler."""
    copy(breakage, directory, 'driver')
    make('-C', os.path.join(TOP, 'selftests/pure'), f'DRIVER={directory}/driver',
         f'OUT={directory}/out', f'{directory}/out/gcc')
    return os.path.join(directory, 'out'), './gcc'


def cmocka(breakage, directory, test):
    """A unit test of userspace."""
    copy(breakage, directory, 'uapi')
    copy(breakage, directory, 'userspace')
    os.symlink(os.path.join(TOP, 'selftests'), os.path.join(directory, 'selftests'))
    userspace = os.path.join(directory, 'userspace')
    if os.path.exists(os.path.join(userspace, 'tests', test)):
        os.unlink(os.path.join(userspace, 'tests', test))
    make('-C', userspace, f'tests/{test}')
    return userspace, f'tests/{test}'


def command(breakage, test, directory):
    """Builds a test with the breakage in it: the command that runs it."""
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    where, program = pure(breakage, directory) if test == 'pure' else \
        cmocka(breakage, directory, test)
    # A breakage may make it go on for ever.
    return ['env', '-C', where, 'timeout', '60', program]
