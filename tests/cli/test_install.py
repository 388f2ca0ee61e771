# SPDX-License-Identifier: MIT
"""test_install.py BUILD : installs into a folder of its own, and records a job from there."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import tap

BUILD = sys.argv[1]


def installed(folder):
    """Install under FOLDER. The paths of the library, dtrack and dtrack-mark there."""
    subprocess.run(['meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet', '--destdir', folder], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = {os.path.basename(path): path for path in glob.glob(f'{folder}/**', recursive=True) if os.path.isfile(path)}
    tap.check({'libdtrack.so', 'dtrack', 'dtrack-mark', 'dtrack.sh'} <= set(found), f'installed: {sorted(found)}')
    return found


def environment(folder, **more):
    """Without any run around, with spool and store in FOLDER."""
    env = {name: value for name, value in os.environ.items() if not name.startswith('DTRACK_')}
    return dict(env, XDG_STATE_HOME=f'{folder}/state', **more)


def the_library_finds_its_program_where_it_was_installed():
    with tempfile.TemporaryDirectory() as folder:
        found = installed(folder)
        env = environment(folder, LD_PRELOAD=found['libdtrack.so'], PATH=f"{os.path.dirname(found['dtrack'])}:{os.environ['PATH']}")
        script = 'dtrack-mark start step; /bin/true; dtrack-mark end step; exit 5'
        done = subprocess.run(['sh', '-c', script], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        tap.same((done.returncode, done.stdout), (5, b''), 'the job')
        shown = subprocess.run([found['dtrack'], 'show'], env=environment(folder), stdout=subprocess.PIPE, check=True)
        tap.check(b'exit 5' in shown.stdout and b'step' in shown.stdout, shown.stdout.decode())


def the_program_finds_its_library_where_it_was_installed():
    with tempfile.TemporaryDirectory() as folder:
        found = installed(folder)
        env = environment(folder)
        done = subprocess.run([found['dtrack'], 'run', '--name', 'wrapped', '--', 'sh', '-c', '/bin/true; exit 4'], env=env,
                              check=False)
        tap.same(done.returncode, 4, 'status')
        shown = subprocess.run([found['dtrack'], 'show', '--all'], env=env, stdout=subprocess.PIPE, check=True)
        tap.check(b'wrapped' in shown.stdout and b'true' in shown.stdout, shown.stdout.decode())


def a_shell_finds_the_functions_by_their_name():
    with tempfile.TemporaryDirectory() as folder:
        found = installed(folder)
        env = environment(folder, PATH=f"{os.path.dirname(found['dtrack'])}:{os.environ['PATH']}")
        for shell in filter(shutil.which, ('sh', 'bash', 'zsh')):
            script = '. dtrack.sh; dtrack_start step; dtrack_set answer 42; dtrack_end step'
            done = subprocess.run([found['dtrack'], 'run', '--', shell, '-c', script], env=env, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
            tap.same((done.returncode, done.stdout), (0, b''), f'the job in {shell}')
            shown = subprocess.run([found['dtrack'], 'show'], env=env, stdout=subprocess.PIPE, check=True)
            tap.check(re.search(rb'Tasks\n.* step\n', shown.stdout) and b'answer = 42' in shown.stdout, shown.stdout.decode())


tap.run([the_library_finds_its_program_where_it_was_installed, the_program_finds_its_library_where_it_was_installed,
         a_shell_finds_the_functions_by_their_name])
