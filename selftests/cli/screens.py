# SPDX-License-Identifier: GPL-2.0-only
"""What a full-screen command draws on a real terminal, tmux's, on captured trees.

A file of scenes (*.screens) has commands, what is done while they run, and after each the screen that
must be there, without blanks at the ends of lines:

    $ 80x24 a command for the shell, in a copy of the trees
    | lines of the screen
    ! key NAME...       press keys, as tmux calls them
    ! resize 20x5       the terminal gets another size
    ! signal NAME       send a signal
    ! colours           look again, with escape sequences, each ESC as \\e
    | lines of the screen
    ! run COMMAND       run a command for the shell; no screen follows, for nothing has changed yet

At the end of the command the terminal must be as it was: its settings are compared, and there must be
the screen from before it. A screen has some seconds to become what it must be, and has to stay so.
"""

import difflib
import glob
import os
import shutil
import signal
import subprocess
import tempfile
import time

from trees import HERE

SCENES = sorted(glob.glob(os.path.join(HERE, '*.screens')))
PATIENCE = 15       # seconds
STAYS = 0.2         # so long has what is expected to be there
SETTLED = 1.0       # with no change for so long, what is there is taken for what is to be

# The shell that the command is started from: what it says comes back when the command has gone.
SHELL = r"""
echo 'before'
settings=$(stty -g)
%s &&
ended=0 || ended=$?
echo "ended with $ended"
[ "$settings" = "$(stty -g)" ] || echo 'the settings of the terminal are others'
exec sleep 1000
"""


class Terminal:
    """A command in a terminal of a size."""

    def __init__(self, trees, size, command):
        self.trees = trees
        self.columns, self.lines = size.split('x')
        # A place of its own: one that has been told to end may still be there.
        place = tempfile.mkdtemp(dir=trees.scratch)
        self.server = ['tmux', '-u', '-S', os.path.join(place, 'socket'), '-f', '/dev/null']
        script = os.path.join(place, 'script')
        with open(script, 'w', encoding='utf-8') as file:
            file.write(SHELL % command)
        self.tmux('new-session', '-d', '-x', self.columns, '-y', self.lines, f'bash {script}')

    def tmux(self, *args):
        done = subprocess.run([*self.server, *args], cwd=self.trees.directory, check=True,
                              env=self.trees.env | {'LC_ALL': 'C.UTF-8'}, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def close(self):
        # By SIGHUP the check for leaks could lose the process that it waits for, and wait for ever.
        for pid in self.children():
            os.kill(pid, signal.SIGKILL)
        self.tmux('kill-server')

    def screen(self, escapes=False):
        text = self.tmux('capture-pane', '-p', *(['-e'] if escapes else []))
        text = text.replace('\x1b[39m\x1b[49m', '').replace('\x1b', r'\e')
        lines = [line.rstrip() for line in text.splitlines()]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def settle(self, expected=None, escapes=False):
        """The screen, once it is as expected, or when it does not change any more."""
        end = time.monotonic() + PATIENCE
        lines, since = None, time.monotonic()
        while time.monotonic() < end:
            now = self.screen(escapes)
            if now != lines:
                lines, since = now, time.monotonic()
            elif expected is None and lines != ['before'] and time.monotonic() - since > SETTLED:
                break
            elif now == expected and time.monotonic() - since > STAYS:
                break
            time.sleep(0.05)
        return lines

    def children(self):
        """Of the shell: the command, unless it has ended."""
        shell = self.tmux('display-message', '-p', '#{pane_pid}').strip()
        with open(f'/proc/{shell}/task/{shell}/children', encoding='ascii') as file:
            return [int(pid) for pid in file.read().split()]

    def act(self, what):
        verb, _, rest = what.partition(' ')
        if verb == 'key':
            self.tmux('send-keys', *rest.split())
        elif verb == 'resize':
            self.tmux('resize-window', '-x', rest.split('x')[0], '-y', rest.split('x')[1])
        elif verb == 'run':
            self.trees.run(rest)
        elif verb == 'signal':
            os.kill(self.children()[0], signal.Signals[f'SIG{rest}'])
        elif verb != 'colours':
            raise ValueError(f'what is "{what}"?')
        return verb == 'colours'


def steps(path):
    """The pieces of a file: (text between steps, step, its screen); the last one has no step."""
    text, step, screen = '', None, []
    with open(path, encoding='utf-8') as file:
        for line in file:
            if line.startswith('|'):
                screen.append(line[1:].strip('\n')[1:])
                continue
            if step is not None:
                yield text, step, screen
                text, step, screen = '', None, []
            if line.startswith(('$ ', '! ')):
                step = line.rstrip('\n')
            else:
                text += line
    yield text, step, screen


def play(trees, path, expect):
    """Goes through a file: yields (text, step, expected screen, screen)."""
    terminal = None
    try:
        for text, step, expected in steps(path):
            if step is None:
                yield text, None, [], []
                continue
            escapes = False
            if step.startswith('$ '):
                if terminal:
                    terminal.close()
                trees.renew()
                terminal = Terminal(trees, *step[2:].split(' ', 1))
            else:
                escapes = terminal.act(step[2:])
            screen = []
            if not step.startswith('! run '):
                screen = terminal.settle(expected if expect else None, escapes)
            yield text, step, expected, screen
    finally:
        if terminal:
            terminal.close()
        trees.renew()


def test_screens(tap, trees, path):
    if not shutil.which('tmux'):
        tap.result(os.path.basename(path), skip='tmux is missing')
        return
    scene = ''
    for _, step, expected, screen in play(trees, path, True):
        if step is None or step.startswith('! run '):
            continue
        if step.startswith('$'):
            scene = step[2:]
        diff = difflib.unified_diff(expected, screen, 'expected', 'seen', lineterm='')
        tap.result(scene if step.startswith('$') else f'{scene}: {step[2:]}', '\n'.join(diff))


def update(trees, path):
    pieces = list(play(trees, path, False))
    with open(path, 'w', encoding='utf-8') as file:
        for text, step, _, screen in pieces:
            file.write(text)
            if step is not None:
                file.write(step + '\n' + ''.join(f'| {line}'.rstrip() + '\n' for line in screen))
