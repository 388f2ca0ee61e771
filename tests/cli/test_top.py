#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_top.py DTRACK DTRACK_MARK : dtrack top, as a frame for scripts and on real pseudo-terminals: what it shows, and that the
terminal is afterwards what it was before, whatever ends it."""
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

import tap

DTRACK, MARK = (os.path.abspath(path) for path in sys.argv[1:])
PATIENCE = 20  # seconds until something has not come
TAKEN, GIVEN_BACK = '\x1b[?1049h', '\x1b[?1049l'


class Place:
    """A home with its spool and its store, and the jobs that run in it; all of them end with it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='dtrack-top-')
        self.environment = {'HOME': self.folder, 'XDG_STATE_HOME': f'{self.folder}/state', 'PATH': '/usr/bin:/bin',
                            'LC_ALL': 'C.UTF-8', 'TERM': 'xterm', 'PS1': '$ ', 'MARK': MARK, 'DTRACK_QUIET': '1', **tap.SANITIZER}
        self.jobs = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for job, gate in self.jobs:
            self.release(job, gate)
        wait_for(self.is_removed, 'the folder removed')

    def is_removed(self):
        """Guardians may still be at work in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        return not os.path.exists(self.folder)

    def start(self, script='', name='demo', after='true'):
        """A job that does the script, waits at a gate in `cat GATE`, and ends with `after`."""
        gate = f'{self.folder}/gate{len(self.jobs)}'
        os.mkfifo(gate)
        words = ['run', '--name', name, '--', 'sh', '-c', f'{script}\ncat {gate}\n{after}']
        # pylint: disable-next=consider-using-with
        job = subprocess.Popen([DTRACK, *words], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
        self.jobs.append((job, gate))
        wait_for(lambda: any(f'cat {gate}' == row['command'] for row in self.looks_at(name)), f'{name} at its gate')
        return job, gate

    def looks_at(self, name):
        """The processes at work of the latest run, if it has that name."""
        done = self.top('--json')
        seen = json.loads(done.stdout) if done.returncode == 0 else {'name': None}
        return seen['running'] if seen['name'] == name else []

    def release(self, job, gate):
        """Open the gate, if the job is at it, and wait for its end."""
        try:
            os.close(os.open(gate, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            pass  # it has passed it
        try:
            job.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(job.pid, signal.SIGKILL)
            job.wait()

    def top(self, *words, **more):
        """Run dtrack top without a terminal."""
        return subprocess.run([DTRACK, 'top', *words], env={**self.environment, **more}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8', check=False)


def wait_for(holds, what):
    """Until it does."""
    until = time.monotonic() + PATIENCE
    while not holds():
        tap.check(time.monotonic() < until, f'{what}: not within {PATIENCE} s')
        time.sleep(0.05)


class Terminal:
    """A pseudo-terminal with a program that leads its session."""

    def __init__(self, place, words, rows=24, columns=80):
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.text = ''
        # pylint: disable-next=consider-using-with,subprocess-popen-preexec-fn
        self.child = subprocess.Popen(words, env=place.environment, stdin=self.slave, stdout=self.slave, stderr=self.slave,
                                      start_new_session=True,
                                      preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        os.close(self.slave)
        if self.master >= 0:
            os.close(self.master)

    def resize(self, rows, columns):
        """The kernel tells the programs."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def read(self, most_s=0.1):
        """Take in what has been written; what is there now."""
        while select.select([self.master], [], [], most_s)[0]:
            self.text += os.read(self.master, 1 << 16).decode('utf-8', 'replace')
            most_s = 0
        return self.text

    def expect(self, pattern, start=0):
        """Wait for it to be written behind `start`; where it ends."""
        until = time.monotonic() + PATIENCE
        while not (found := re.compile(pattern).search(self.read(), start)):
            tap.check(time.monotonic() < until, f'{pattern!r} is not in {self.text[start:]!r}')
        return found.end()

    def type(self, keys):
        """As a user does."""
        os.write(self.master, keys.encode())

    def ends(self, status):
        """The program ends so, and the terminal is as it was."""
        until = time.monotonic() + PATIENCE
        while self.child.poll() is None:
            self.read()
            tap.check(time.monotonic() < until, f'it goes on: {self.text!r}')
        self.read()
        tap.same(self.child.returncode, status, 'the status of dtrack top')
        self.is_given_back()

    def is_given_back(self):
        """Modes, screen, cursor, wrapping and colour are what they were."""
        tap.check(termios.tcgetattr(self.slave) == self.before, 'the modes of the terminal are others')
        taken, back = self.text.rfind(TAKEN), self.text.rfind(GIVEN_BACK)
        tap.check(back > taken, f'the screen is not given back: {self.text!r}')
        for on, off in (('\x1b[?25h', '\x1b[?25l'), ('\x1b[?7h', '\x1b[?7l')):
            tap.check(self.text.rfind(on) > self.text.rfind(off), f'{off!r} is not taken back')

    def frame(self):
        """The lines of the last whole frame, without what steers the terminal."""
        frames = re.findall(r'\x1b\[H(.*?)\x1b\[J', self.read(), re.DOTALL)
        return re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', '', frames[-1]).replace('\r', '').split('\n')


def watching(place, *words, rows=24, columns=80):
    """dtrack top on a terminal, once it has drawn something."""
    terminal = Terminal(place, [DTRACK, 'top', *words], rows, columns)
    terminal.expect(r'q quits.*\x1b\[J')
    return terminal


def wrong_command_lines_are_status_2_and_no_run_is_status_1():
    """Each in one line."""
    with Place() as place:
        for words, status, says in ((('a', 'b'), 2, "not 'b' as well"), (('--interval', '0'), 2, "'0' is no number of seconds"),
                                    (('-i', '1x'), 2, "'1x'"), ((), 1, 'no run goes on here'),
                                    (('--once',), 1, 'no run goes on here'), (('2026',), 1, "matches '2026'"),
                                    (('../x',), 1, "matches '../x'")):
            done = place.top(*words)
            tap.same((done.returncode, done.stdout), (status, ''), f'status and output of {words}')
            tap.check(re.fullmatch(r'dtrack top: [^\n]+\n', done.stderr) and says in done.stderr, f'{words}: {done.stderr!r}')


def once_says_what_a_job_at_a_fifo_does():
    """A known answer: what runs, in which tasks, what failed."""
    with Place() as place:
        _, gate = place.start('$MARK start build\n/bin/false\n$MARK start "link it"\n/bin/true')
        done = place.top('--once')
        tap.same((done.returncode, done.stderr), (0, ''), 'status and stderr')
        lines = re.sub(r'[0-9.]+ m?s\b', 'T', done.stdout).split('\n')
        for at, want in ((0, r'demo  goes on since T'), (1, r'run       2\d{7}T\d{6}\.\d{3}Z-[0-9a-f]{8}'),
                         (2, r'progress  no estimate: no earlier run of this name went well'),
                         (3, r'work      6 processes · 1 at work · CPU T .*'),
                         (4, r'failed    1 process · last false, exit 1, T ago'), (6, 'open tasks'), (7, r' +T  ▸ build'),
                         (8, r' +T    ▸ link it'), (10, r' +since +pid  task +at work now'),
                         (11, fr' +T +\d+  link it +cat {gate}')):
            tap.check(re.fullmatch(want, lines[at]), f'line {at} is {lines[at]!r}, not {want!r}')
        seen = json.loads(place.top('--json').stdout)
        tap.same([seen[key] for key in ('processes', 'at_work', 'waiting', 'failed', 'tasks_open', 'goes_on', 'estimate')],
                 [6, 1, 1, 1, 2, True, None], 'what --json says')
        tap.same([(task['name'], task['depth']) for task in seen['tasks']], [('build', 0), ('link it', 1)], 'its tasks')
        tap.same([(row['command'], row['task']) for row in seen['running']], [(f'cat {gate}', 'link it')], 'what runs')


def earlier_runs_make_an_estimate():
    """Those of the name that went well."""
    with Place() as place:
        for name, after in (('demo', 'true'), ('demo', 'true'), ('demo', 'false'), ('other', 'true')):
            place.release(*place.start(name=name, after=after))
        place.start()
        seen = json.loads(place.top('--json').stdout)['estimate']
        tap.same(seen['runs'], 2, 'earlier runs')
        tap.same(seen['total_ns'], seen['usual_ns'], 'without tasks')
        tap.check('(of 2 earlier runs)\n' in place.top('--once').stdout, 'it is not in the frame')
        done = place.top('--once', '--store', 'nonsense:')
        tap.same(done.returncode, 0, 'status without a store')
        tap.check("no estimate: the store can't be opened" in done.stdout, done.stdout)


def of_two_runs_the_latest_or_the_one_that_is_named():
    """The other one is counted."""
    with Place() as place:
        place.start(name='one')
        one = json.loads(place.top('--json').stdout)
        place.start(name='two')
        two = json.loads(place.top('--json').stdout)
        tap.same((two['name'], two['others'], one['others']), ('two', 1, 0), 'the latest')
        tap.same(json.loads(place.top('--json', one['run_id']).stdout)['name'], 'one', 'the one that is named')
        tap.same(json.loads(place.top('--json', 'latest').stdout)['name'], 'two', 'latest')
        tap.check('matches 2 runs' in place.top('2').stderr, 'an ambiguous start is no error')


def without_a_terminal_it_is_one_frame():
    """Also on one that can't be steered."""
    with Place() as place:
        place.start()
        tap.check(place.top().stdout.startswith('demo  goes on since '), 'into a pipe')
        place.environment['TERM'] = 'dumb'
        with Terminal(place, [DTRACK, 'top']) as terminal:
            terminal.expect('at work now')
            tap.same(terminal.child.wait(PATIENCE), 0, 'status')
            tap.check('\x1b' not in terminal.read(), repr(terminal.text))


def it_goes_on_until_q():
    """Frames follow each other, and show what has changed."""
    with Place() as place:
        place.start()
        with watching(place) as terminal:
            at = len(terminal.text)
            tap.check(termios.tcgetattr(terminal.slave) != terminal.before, 'the terminal is not taken')
            place.start(name='second')
            for _ in range(2):
                at = terminal.expect(r'q quits.*\x1b\[J', at)
            terminal.type('x')
            terminal.type('q')
            terminal.ends(0)
            tap.check(terminal.text.endswith(GIVEN_BACK), 'something stays behind')


def new_processes_and_tasks_come_into_view():
    """A second script starts below the same job."""
    with Place() as place:
        flag = f'{place.folder}/flag'
        _, gate = place.start(after=f'$MARK start late\ncat {flag}\n:')
        os.mkfifo(flag)
        with watching(place) as terminal:
            os.close(os.open(gate, os.O_WRONLY))
            terminal.expect('open tasks')
            wait_for(lambda: any(re.search(f'late +cat {flag}$', line) for line in terminal.frame()), 'the second cat')
            os.close(os.open(flag, os.O_WRONLY))
            terminal.ends(0)


def whatever_signal_ends_it_the_terminal_is_as_it_was():
    """And the status is that of the signal."""
    with Place() as place:
        place.start()
        crashes = () if os.environ.get('DTRACK_SANITIZED') else ('SEGV', 'ABRT', 'BUS', 'FPE')
        for name in ('INT', 'QUIT', 'TERM', 'HUP', 'USR1', 'ALRM', 'PIPE') + crashes:
            number = getattr(signal, f'SIG{name}')
            with watching(place) as terminal:
                os.kill(terminal.child.pid, number)
                terminal.ends(-number)
        for key, number in (('\x03', signal.SIGINT), ('\x1c', signal.SIGQUIT)):
            with watching(place) as terminal:
                terminal.type(key)
                terminal.ends(-number)


def a_terminal_that_goes_ends_it():
    """Its window was closed."""
    with Place() as place:
        place.start()
        with watching(place) as terminal:
            os.close(terminal.master)
            terminal.master = -1
            tap.check(terminal.child.wait(PATIENCE) in (0, -signal.SIGHUP), terminal.child.returncode)


def shell_modes(shell):
    """What stty says when the shell has the terminal."""
    at = len(shell.read())
    shell.type('stty -g; echo do"ne"\n')
    shell.expect(r'done\r\n', at)
    return re.findall(r'[0-9a-f]+(?::[0-9a-f]+)+', shell.text[at:])[-1]


def in_shell(place):
    """A shell with job control, at its prompt."""
    shell = Terminal(place, ['/bin/bash', '--norc', '--noprofile', '--noediting', '-i'])
    shell.expect(r'\$ ')
    return shell


def it_stops_and_goes_on_as_programs_do():
    """By its key and by a signal that it can't catch."""
    with Place() as place:
        place.start()
        with in_shell(place) as shell:
            modes = shell_modes(shell)
            shell.type(f'{DTRACK} top\n')
            at = shell.expect(r'q quits.*\x1b\[J')
            shell.type('\x1a')
            at = shell.expect(r'Stopped', at)
            shell.is_given_back()
            tap.same(shell_modes(shell), modes, 'modes while it is stopped')
            shell.type('fg\n')
            at = shell.expect(r'\x1b\[\?1049h.*q quits.*\x1b\[J'.replace('.*', r'[\s\S]*'), at)
            shell.type('kill\n')  # keys, not a command
            at = shell.expect(r'q quits.*\x1b\[J', at)
            shell.type('q')
            shell.expect(r'\$ $', at)
            tap.same(shell_modes(shell), modes, 'modes afterwards')
            shell.is_given_back()


def who_stops_it_by_force_gets_it_back_all_the_same():
    """SIGSTOP leaves no time; the shell sets its own modes."""
    with Place() as place:
        place.start()
        with in_shell(place) as shell:
            modes = shell_modes(shell)
            shell.type(f'{DTRACK} top & echo pid $!; fg\n')
            at = shell.expect(r'q quits.*\x1b\[J')
            pid = int(re.search(r'pid (\d+)', shell.text)[1])
            os.kill(pid, signal.SIGSTOP)
            at = shell.expect('Stopped', at)
            shell.type('fg\n')
            at = shell.expect(r'\x1b\[\?1049h[\s\S]*q quits', at)
            shell.type('q')
            shell.expect(r'\$ $', at)
            tap.same(shell_modes(shell), modes, 'modes afterwards')
            shell.is_given_back()


def in_the_background_it_touches_nothing():
    """Until it comes to the front."""
    with Place() as place:
        place.start()
        with in_shell(place) as shell:
            modes = shell_modes(shell)
            shell.type(f'{DTRACK} top &\n')
            time.sleep(1.5)
            tap.check(TAKEN not in shell.read(), 'it took the terminal')
            tap.same(shell_modes(shell), modes, 'modes')
            at = len(shell.text)
            shell.type('fg\n')
            at = shell.expect(r'q quits.*\x1b\[J', at)
            shell.type('q')
            shell.expect(r'\$ $', at)
            tap.same(shell_modes(shell), modes, 'modes afterwards')


def a_new_size_is_used_at_once():
    """Whatever COLUMNS says."""
    with Place() as place:
        place.start('$MARK start "a task with a name that is rather long"')
        place.environment['COLUMNS'] = '100'
        with watching(place, '--interval', '3000', rows=24, columns=100) as terminal:
            for rows, columns in ((10, 50), (6, 31), (40, 132), (1, 40)):
                at = len(terminal.text)
                terminal.resize(rows, columns)
                terminal.expect(r'\x1b\[J', at)
                frame = terminal.frame()
                tap.check(len(frame) <= rows and max(map(len, frame)) <= columns, f'{rows} x {columns}: {frame}')
            terminal.type('q')
            terminal.ends(0)


def the_last_frame_of_a_run_that_ends_stays():
    """And says how it ended; its status is not that of dtrack top."""
    with Place() as place:
        job, gate = place.start(after='exit 3')
        with watching(place) as terminal:
            place.release(job, gate)
            terminal.ends(0)
            left = terminal.text[terminal.text.rfind(GIVEN_BACK):]
            tap.check('has ended: exit 3 after' in left and 'the run has ended' in left, left)


def a_run_whose_folder_is_taken_away_is_lost():
    """What was seen last stays."""
    with Place() as place:
        place.start()
        with watching(place) as terminal:
            spool = subprocess.run(['find', place.folder, '-name', 'run-*', '-type', 'd'], stdout=subprocess.PIPE, check=True,
                                   encoding='utf-8').stdout.split()
            shutil.rmtree(spool[0])
            terminal.ends(1)
            tap.check('the folder of the run is gone' in terminal.text, terminal.text)
        place.release(*place.jobs[0])
        store = f'{place.folder}/state/dtrack/store/runs'
        wait_for(lambda: any(files for _, _, files in os.walk(store)), 'the run in the store, by a guardian that nobody waits for')
        time.sleep(0.5)  # it has a folder to look for


def a_record_that_is_cut_is_said_and_outlived():
    """Its guardian puts it back, and it goes on."""
    with Place() as place:
        place.start()
        with watching(place) as terminal:
            paths = subprocess.run(['find', place.folder, '-name', 'spool', '-type', 'f'], stdout=subprocess.PIPE, check=True,
                                   encoding='utf-8').stdout.split()
            os.truncate(paths[0], 0)
            terminal.expect("the record was cut short 1 time", len(terminal.text))
            terminal.type('q')
            terminal.ends(0)


def no_name_reaches_the_terminal_as_it_is():
    """Whatever a job calls its tasks and gives its programs."""
    with Place() as place:
        evil = r"$(printf '\033]0;owned\007\033[31mred\302\233')"
        place.start(f'sh -c "exit 2" "{evil}"\nsleep 60 "{evil}" 2>&- &\n$MARK start "x{evil}"')
        for words in (('--once',), ('--json',)):
            text = place.top(*words).stdout
            tap.check(not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f]', text), repr(text))
        with watching(place) as terminal:
            tap.check('\x1b]' not in terminal.text and '\x07' not in terminal.text and '\x1b[31m' not in terminal.text,
                      repr(terminal.text))
            terminal.type('q')
            terminal.ends(0)


if __name__ == '__main__':
    tap.run([wrong_command_lines_are_status_2_and_no_run_is_status_1, once_says_what_a_job_at_a_fifo_does,
              earlier_runs_make_an_estimate, of_two_runs_the_latest_or_the_one_that_is_named,
              without_a_terminal_it_is_one_frame, it_goes_on_until_q, new_processes_and_tasks_come_into_view,
              whatever_signal_ends_it_the_terminal_is_as_it_was, a_terminal_that_goes_ends_it,
              it_stops_and_goes_on_as_programs_do, who_stops_it_by_force_gets_it_back_all_the_same,
              in_the_background_it_touches_nothing, a_new_size_is_used_at_once, the_last_frame_of_a_run_that_ends_stays,
              a_run_whose_folder_is_taken_away_is_lost, a_record_that_is_cut_is_said_and_outlived,
              no_name_reaches_the_terminal_as_it_is])
