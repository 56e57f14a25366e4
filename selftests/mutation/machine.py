# SPDX-License-Identifier: GPL-2.0-only
"""Broken modules, and the virtual machines that they are tested in."""

import glob
import os
import shutil
import subprocess

from breakages import TOP, make

SELFTESTS = os.path.join(TOP, 'selftests')
VM = os.path.join(SELFTESTS, 'vm')


class Kernel:
    """A kernel, and modules for it, a source of which can be broken for a while."""

    def __init__(self, name, work):
        self.name = name
        self.build = os.path.join(work, name)
        self.env = {}
        self.flags = []
        self.options = []
        # A breakage may make a test wait for ever; but a machine may be slow.
        self.seconds = 300
        if name == 'usual':
            self.directory = os.environ['KDIR']
        else:
            self.directory = subprocess.run([os.path.join(VM, 'debug_kernel'), name], check=True,
                                            stdout=subprocess.PIPE, text=True).stdout.strip()
            self.options += ['--kernel', self.directory + '/arch/x86/boot/bzImage']
        if name == 'kasan':
            self.env = {'TTMEM_DEBUG': name, 'TTMEM_SLOWNESS': '10'}
            self.flags = ['UBSAN_SANITIZE=y']
            self.options += os.environ['DEBUG_OPTIONS'].split()
            self.options += ['--last', os.path.join(VM, 'checkers')]
            self.seconds = 900
        elif name == 'gcov':
            # It is there for the programs that make calls fail.
            self.env = {'TTMEM_FAULTS': '1'}

    def prepare(self):
        """Modules without a breakage."""
        make('-C', SELFTESTS, 'modules', f'KDIR={self.directory}', f'BUILD={self.build}', 'KMD=',
             f'KFLAGS={" ".join(self.flags)}')

    def modules(self, breakage):
        return os.path.join(self.build, 'modules', breakage.name) if breakage.file else \
            os.path.join(self.build, 'modules')

    def break_module(self, breakage):
        """Builds the module with one of its sources broken, into a place of its own."""
        source = os.path.join(self.build, breakage.file)
        os.unlink(source)
        with open(source, 'w', encoding='utf-8') as file:
            file.write(breakage.text())
        try:
            make('-C', self.directory, f'M={self.build}', *self.flags, 'modules')
        finally:
            os.unlink(source)
            os.symlink(os.path.join(TOP, breakage.file), source)
            self.forget(source)
        place = self.modules(breakage)
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        shutil.copy(os.path.join(self.build, 'ttmem.ko'), place)
        for name in 'tenstorrent.ko', 'ttsim_pci.ko':
            os.symlink(os.path.join('..', name), os.path.join(place, name))

    @staticmethod
    def forget(source):
        """The objects of a source that is as it was: it looks older than they are."""
        objects = '*.o' if source.endswith('.h') else os.path.basename(source)[:-1] + 'o'
        for path in glob.glob(os.path.join(os.path.dirname(source), objects)):
            os.unlink(path)

    def command(self, breakage, programs):
        """The command that tests a module which was built before, and its environment."""
        env = os.environ | self.env | {'TTMEM_MODULES': self.modules(breakage)}
        if programs == ['reboot']:
            return [os.path.join(VM, 'reboot')], env
        paths = [os.path.join(SELFTESTS if program.endswith('.sh') else
                              os.environ['TTMEM_PROGRAMS'], program) for program in programs]
        log = f'mutation-{breakage.name}-{self.name}'
        # Without a breakage it is the tests of all of them.
        seconds = self.seconds if breakage.file else 3600
        return [os.path.join(VM, 'run'), log, *self.options, '--timeout', str(seconds), '--',
                *paths], env
