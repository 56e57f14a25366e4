# SPDX-License-Identifier: GPL-2.0-only
"""A copy of the captured trees, in which ttmem can be called, and results as TAP."""

import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TREES = os.path.join(HERE, '..', 'data', 'trees')
TOP = os.path.join(HERE, '..', '..')
USERSPACE = os.path.join(TOP, 'userspace')
# ttmem as it is installed; the one that is called by its name is sanitized.
COMMAND = os.path.realpath(os.path.join(USERSPACE, 'ttmem/ttmem'))
CLASS = 'sys/class/tenstorrent'
# Exit code if a sanitizer has found something.
SANITIZER = 99
# Looks at a captured tree as at the running system.
WRAPPER = '''#!/bin/sh
case $1 in -*|'') exec {command} "$@" --sysroot {tree} ;; esac
command=$1
shift
exec {command} "$command" --sysroot {tree} "$@"
'''


class Tap:
    """Results so far."""

    def __init__(self):
        self.number = 0
        self.failed = False

    def result(self, name, problem='', skip=''):
        """No problem is success; a problem may have several lines."""
        self.number += 1
        print('not ok' if problem else 'ok', self.number, '-', name + (skip and f' # SKIP {skip}'))
        for line in problem.splitlines():
            print('#', line)
        self.failed |= bool(problem)

    def end(self):
        print(f'1..{self.number}')
        return self.failed


class Trees:
    """A copy of the trees, in which a sanitized ttmem can be called."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.directory = os.path.join(scratch, 'trees')
        subprocess.run(['make', '-s', '-C', USERSPACE, 'ttmem/ttmem', 'ttmem/ttmem-sanitized'],
                       check=True, stdout=sys.stderr)
        os.mkdir(os.path.join(scratch, 'bin'))
        os.symlink(COMMAND + '-sanitized', os.path.join(scratch, 'bin', 'ttmem'))
        self.env = {k: v for k, v in os.environ.items()
                    if k not in ('COLUMNS', 'LANG', 'LANGUAGE') and not k.startswith('LC_')}
        for name in 'ASAN_OPTIONS', 'UBSAN_OPTIONS':
            self.env[name] = f'exitcode={SANITIZER}'
        self.env['PATH'] = os.path.join(scratch, 'bin') + ':' + self.env['PATH']

    def renew(self):
        """Tests may change the trees."""
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.copytree(TREES, self.directory, symlinks=True)

    def run(self, command, locale='C', **options):
        return subprocess.run(['bash', '-c', command], cwd=self.directory, check=False,
                              env=self.env | {'LC_ALL': locale}, stdin=subprocess.DEVNULL,
                              **{'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE} | options)

    def run_at(self, tree, command, **options):
        """Runs a command for which a captured tree is the running system."""
        place = os.path.join(self.scratch, 'wrapped')
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, 'ttmem'), 'w', encoding='utf-8') as wrapper:
            wrapper.write(WRAPPER.format(command=os.path.join(self.scratch, 'bin/ttmem'),
                                         tree=os.path.join(self.directory, tree)))
        os.chmod(wrapper.name, 0o755)
        return self.run(f'PATH={place}:$PATH; {command}', **options)

    def commands(self):
        """The subcommands that there are."""
        text = self.run('ttmem --help').stdout.decode()
        section = text.partition('Commands:')[2].partition('\n\n')[0]
        return re.findall(r'^  ([a-z]+) ', section, re.M)

    def json(self, command):
        return json.loads(self.run(command).stdout)


def run_or_skip(trees, command):
    """Why a tool cannot be used here, or ''."""
    return '' if trees.run(command).returncode == 0 else f'{command.split()[0]} does not run here'
