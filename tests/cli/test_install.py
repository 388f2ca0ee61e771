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


def vendors_of(program):
    """The names of the libraries that the program needs beside libc and the loader."""
    told = subprocess.run(['ldd', program], stdout=subprocess.PIPE, check=True, text=True).stdout
    names = [line.split()[0] for line in told.splitlines() if '=>' in line]
    return [name for name in names if not re.match(r'lib(c|m|dl|pthread|rt|resolv)\.so|ld-|libc\.musl', name)]


def a_job_s_own_libraries_are_not_taken_for_ours():
    """LD_LIBRARY_PATH leads to libraries of the same names, in which there is nothing of what dtrack needs."""
    if 'musl' in subprocess.run(['ldd', f'{BUILD}/lib/cmd/dtrack'], stdout=subprocess.PIPE, check=True, text=True).stdout:
        raise tap.Skip("musl's loader looks at LD_LIBRARY_PATH before all else")
    with tempfile.TemporaryDirectory() as folder:
        found = installed(folder)
        os.mkdir(f'{folder}/foreign')
        for name in vendors_of(found['dtrack']):
            shutil.copy(found['libdtrack.so'], f'{folder}/foreign/{name}')
        env = environment(folder, LD_LIBRARY_PATH=f'{folder}/foreign', AZURE_STORAGE_CONNECTION_STRING='AccountName=a;AccountKey=a2V5')
        for words, more in (([found['dtrack'], 'run', '--'], {}), ([], {'LD_PRELOAD': found['libdtrack.so']})):
            done = subprocess.run([*words, '/bin/sh', '-c', 'exit 5'], env=dict(env, **more), stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
            tap.same((done.returncode, done.stdout), (5, b''), f'the job by {words or more}')
        shown = subprocess.run([found['dtrack'], 'runs', '--json'], env=env, stdout=subprocess.PIPE, check=True)
        tap.same(shown.stdout.count(b'\n'), 2, 'runs')


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
            tap.check(re.search(rb'Tasks .*\n  step ', shown.stdout) and b'answer=42' in shown.stdout, shown.stdout.decode())


tap.run([the_library_finds_its_program_where_it_was_installed, the_program_finds_its_library_where_it_was_installed,
         a_job_s_own_libraries_are_not_taken_for_ours, a_shell_finds_the_functions_by_their_name])
