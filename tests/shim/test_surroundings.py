#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Jobs in places that are not as usual: what is recorded there, where it is put, and what is said if it can't be."""
import glob
import json
import os
import signal
import subprocess
import tempfile

import shim
import tap

NOBODY = 65534
MESSAGE_AT = 168  # in struct spool_header


def settled_in(sandbox, **variables):
    """A sandbox without DTRACK_SPOOL, or without what else is None here."""
    env = dict(sandbox.environment(), DTRACK_SPOOL=None, XDG_STATE_HOME=None, **variables)
    return {name: value for name, value in env.items() if value is not None}


def everything_below(folder):
    """The paths of all that is there."""
    return sorted(os.path.join(place, name) for place, folders, files in os.walk(folder) for name in folders + files)


def own_root(command):
    """The words that run a shell command with folders of its own in place of /tmp and /var/tmp."""
    if os.geteuid() != 0 or subprocess.run(['unshare', '-m', 'true'], check=False).returncode:
        raise tap.Skip('needs root, and a mount namespace')
    return ['unshare', '-m', 'sh', '-c', f'mount -t tmpfs none /var/tmp && {command}']


def a_home_that_is_not_there_is_not_made():
    """The run waits elsewhere, and it is said that it has no store."""
    with shim.Sandbox() as sandbox:
        home = os.path.join(sandbox.path, 'none')
        outcome = sandbox.run(*own_root('LD_PRELOAD=$L sh -c "/bin/true; exit 3"; st=$?; ls /var/tmp/*; exit $st'),
                              env=settled_in(sandbox, HOME=home, LD_PRELOAD=None, L=shim.LIBRARY, DTRACK_STORE=None))
        tap.same((outcome.status, outcome.summaries, os.path.exists(home)), (3, [], False), 'status, runs, home')
        tap.check(outcome.stderr.startswith('dtrack: no store is named: DTRACK_STORE is not set, and HOME'), outcome.stderr)
        tap.check('run-' in outcome.stdout, f'the run waits: {outcome.stdout!r}')


def a_run_without_home_and_store_waits_for_either():
    """One flush with a store takes it, and one without it leaves it; nothing is set aside."""
    for setting in ('HOME={}', 'DTRACK_STORE=file://{}'):
        with shim.Sandbox() as sandbox:
            home = os.path.join(sandbox.path, 'home')
            os.mkdir(home)
            later = setting.format(home)
            flush = f'{shim.DTRACK} flush; ls /var/tmp/dtrack-*; {later} {shim.DTRACK} flush; ls /var/tmp/dtrack-*'
            outcome = sandbox.run(*own_root(f'LD_PRELOAD=$L sh -c "/bin/true; exit 3" 2>/dev/null; {flush}'),
                                  env=settled_in(sandbox, HOME=None, LD_PRELOAD=None, L=shim.LIBRARY, DTRACK_STORE=None))
            first, *rest = outcome.stdout.splitlines()
            tap.check(first.startswith('run-') and [line[:7] for line in rest] == ['stored '], outcome.stdout)
            tap.same(len([path for path in everything_below(home) if path.endswith('.json')]), 1, f'runs stored with {later}')


def sanitized_program(folder):
    """One that refuses to run when the library is loaded before the sanitizer's own; it leaves with 7."""
    source, program = os.path.join(folder, 'view.c'), os.path.join(folder, 'view')
    with open(source, 'w', encoding='utf-8') as text:
        text.write('int main(void)\n{\n    return 7;\n}\n')
    if subprocess.run(['gcc', '-fsanitize=address', source, '-o', program], stderr=subprocess.DEVNULL, check=False).returncode:
        raise tap.Skip('no AddressSanitizer here')
    return program


def where_nothing_is_recorded_what_cant_stand_the_library_goes_without_it():
    """There is no place for a run, but programs are judged all the same."""
    with shim.Sandbox() as sandbox:
        program = sanitized_program(sandbox.path)
        sandbox.spool = '/dev/null/nowhere'
        for script in ('{}; exit $?', '(exec {})', 'env {}'):
            outcome = sandbox.run('sh', '-c', script.format(program))
            tap.same((outcome.status, outcome.stderr.count('AddressSanitizer') + outcome.stderr.count('ASan')), (7, 0), script)


def below_a_process_that_has_no_record_either():
    """The run's file may not grow any more: what starts then has no room for itself, and is counted."""
    with shim.Sandbox() as sandbox:
        program = sanitized_program(sandbox.path)
        fill = 'ulimit -f 0; for i in 1 2 3 4 5 6 7 8; do for j in $(seq 100); do /bin/true; done; done'
        for script in ('{}; exit $?', 'exec {}', 'env {}'):
            outcome = sandbox.run('sh', '-c', f'{fill}; sh -c "$0"', script.format(program))
            tap.same((outcome.status, outcome.stderr), (7, ''), script)


def a_home_in_a_work_tree_shows_nothing_of_ours():
    """Neither while the job runs, nor when it is stored there; also below the top of the tree."""
    for below in ('.', 'build/home'):
        with shim.Sandbox() as sandbox:
            tree = os.path.join(sandbox.path, 'tree')
            home = os.path.join(tree, below)
            os.makedirs(home)
            subprocess.run(['git', 'init', '-q', tree], check=True)
            job = f'cd {tree}; git status --porcelain; ls -A {home}'
            env = settled_in(sandbox, HOME=home, LD_PRELOAD=None, DTRACK_STORE=None)
            plain = subprocess.run(['sh', '-c', job], env=env, stdout=subprocess.PIPE, text=True, check=True).stdout
            outcome = sandbox.run(*own_root(f'LD_PRELOAD={shim.LIBRARY} sh -c "{job}"'), env=env)
            tap.same((outcome.stdout, outcome.stderr), (plain, ''), 'what the job saw, and was told')
            after = subprocess.run(['git', 'status', '--porcelain'], cwd=tree, stdout=subprocess.PIPE, text=True, check=True)
            tap.same(after.stdout, '', 'what git says of the tree afterwards')
            tap.same(len([path for path in everything_below(home) if path.endswith('.json')]), 1, 'runs in the store there')


def root_leaves_nothing_in_the_home_of_a_user():
    """Folders there would be his no more."""
    with shim.Sandbox() as sandbox:
        home = os.path.join(sandbox.path, 'home')
        words = own_root(f'LD_PRELOAD={shim.LIBRARY} sh -c "/bin/true; ls -A {home}"')
        os.mkdir(home)
        os.chown(home, NOBODY, NOBODY)
        outcome = sandbox.run(*words, env=settled_in(sandbox, HOME=home, LD_PRELOAD=None))
        tap.same((outcome.stdout, len(outcome.summaries), os.listdir(home)), ('', 1, []), 'the home, runs, the home afterwards')
        words = own_root(f'LD_PRELOAD={shim.LIBRARY} sh -c "/bin/true; exit 3"; {shim.DTRACK} collection set a 1; ls /var/tmp/dtrack-0')
        outcome = sandbox.run(*words, env=settled_in(sandbox, HOME=home, LD_PRELOAD=None, DTRACK_STORE=None))
        tap.same(os.listdir(home), [], 'the home, without a store that is named')
        tap.check('no store is named' in outcome.stderr and 'run-' in outcome.stdout, f'{outcome.stderr!r}, {outcome.stdout!r}')


def a_place_that_others_may_write_to_is_left():
    """The run is recorded elsewhere, found there, and its leader is told; not of a group that is the user's own."""
    for way in ('LD_PRELOAD=$L', '$D run --'):
        for mode, group, open_to in ((0o777, 0, 'everybody'), (0o1777, NOBODY, ''), (0o775, NOBODY, 'its group'), (0o775, 0, '')):
            with shim.Sandbox() as sandbox:
                local = os.path.join(sandbox.path, 'home', '.local')
                os.makedirs(local)
                os.chown(local, 0, group)
                os.chmod(local, mode)
                job = f'{way} sh -c "/bin/true; printenv DTRACK_RUN; exit 3"; st=$?; $D flush; exit $st'
                outcome = sandbox.run(*own_root(job), env=settled_in(sandbox, HOME=os.path.dirname(local), LD_PRELOAD=None,
                                                                     L=shim.LIBRARY, D=shim.DTRACK))
                place = f'{local}/state/dtrack/spool' if mode == 0o1777 else '/var/tmp/dtrack-0'
                told = f"dtrack: '{local}' may be written to by {open_to}: this run was recorded in '{place}'\n" if open_to else ''
                tap.same((outcome.status, outcome.stderr, len(outcome.summaries)), (3, told, 1), f'{way}, {oct(mode)} of {group}')
                tap.check(outcome.stdout.startswith(place + '/run-'), f'{outcome.stdout!r} in {place}')


def no_place(sandbox, name):
    """A spool that can't be, in a mount namespace of its own: the shell's words that make it so, its path, what is said of it."""
    place = os.path.join(sandbox.path, 'p')
    os.mkdir(place)
    return {'open': (f'chmod 777 {place}', f'{place}/sp', f"others may write to '{place}'"),
            'of another user': (f'chown {NOBODY} {place}', f'{place}/sp', f"others may write to '{place}'"),
            'a link of another user': (f'ln -s /root {place}/l && chown -h {NOBODY} {place}/l', f'{place}/l/sp',
                                       f"others may write to '{place}/l'"),
            'read-only': (f'mount -t tmpfs -o ro none {place}', f'{place}/sp', f"read-only: '{place}/sp'"),
            'full': (f'mount -t tmpfs -o size=4k none {place} && mkdir -m 700 {place}/sp && head -c 4096 /dev/zero >{place}/f',
                     f'{place}/sp', f"no room in '{place}/sp'"),
            'steering': ('', '/proc/\33[31m\u202e\u2028\x9b\u00e9', "cannot use '/proc/?[31m????????\u00e9'")}[name]


def a_leader_without_a_place_says_so_once():
    """None of the processes below it repeats that, whether libc starts them or they know nothing of their parents."""
    job = "/bin/true; (/bin/true); python3 -c 'import os; os.system(\"true; true\"); os.popen(\"true\").read()'; $AGAIN; exit 3"
    ways = ('LD_PRELOAD=$L', '$D run --', 'LD_PRELOAD=$L $D run --')
    for name in ('open', 'of another user', 'a link of another user', 'read-only', 'full', 'steering'):
        for way, quiet in [(way, quiet) for way in ways for quiet in ('', '1')]:
            with shim.Sandbox() as sandbox:
                before, spool, said = no_place(sandbox, name)
                env = dict(sandbox.environment(preload=False), L=shim.LIBRARY, D=shim.DTRACK, DTRACK_SPOOL=spool, DTRACK_QUIET=quiet,
                           JOB=job, AGAIN=f'env -i LD_PRELOAD={shim.LIBRARY} true' if way == ways[0] else '')
                outcome = sandbox.run(*own_root(f'{before or ":"} && {way} sh -c "$JOB"'), env=env)
                want = '' if quiet else f'dtrack: this run is not recorded: {said}\n'
                tap.same((outcome.status, outcome.stderr, outcome.summaries), (3, want, []), f'{name}, {way}')


def a_user_namespace_without_root_has_places_all_the_same():
    """There, what root owns is nobody's."""
    if subprocess.run(['unshare', '-U', '--map-user=1000', 'true'], check=False).returncode:
        raise tap.Skip('needs user namespaces')
    with shim.Sandbox() as sandbox:
        if os.geteuid() == 0: # root's own files would be nobody's as well
            os.chown(sandbox.path, NOBODY, NOBODY)
        as_user = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups'] if os.geteuid() == 0 else []
        env = dict(sandbox.environment(preload=False), L=shim.LIBRARY)
        outcome = sandbox.run(*as_user, 'unshare', '-U', '--map-user=1000', 'sh', '-c', 'LD_PRELOAD=$L sh -c "/bin/true; exit 3"', env=env)
    tap.same((outcome.status, outcome.stderr, len(outcome.summaries)), (3, '', 1), 'status, stderr, runs')


def what_is_written_for_a_leader_steers_no_terminal():
    """Neither in the header, which others may read, and where a whole character is the last, nor on the leader's stderr."""
    for way in ([], [shim.DTRACK, 'run', '--']):
        with shim.Sandbox(DTRACK_STORE='file:///proc/\33[31m\u202e\x9b/' + '\u00e9' * 200) as sandbox:
            job = subprocess.Popen([*way, 'sh', '-c', 'echo; read line; exit 3'], env=sandbox.environment(preload=not way),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            job.stdout.readline()
            path, = glob.glob(f'{sandbox.spool}/run-*/spool')
            with open(path, 'rb') as spool:  # which is gone when the run is folded
                said = job.communicate(b'\n')[1].decode().rstrip('\n')
                message = spool.read()[MESSAGE_AT:MESSAGE_AT + 256].partition(b'\0')[0].decode()
        for text in (message, said):
            tap.check(text and not [c for c in text if c < ' ' or c in '\x7f\x9b\u202e'], f'{way}: {text!r}')


def runs_in_a_place_that_was_opened_are_spoken_of():
    """No command takes them for gone."""
    with shim.Sandbox(DTRACK_STORE='file:///proc/nothing') as sandbox:
        sandbox.run('sh', '-c', 'exit 3')
        tap.same(len(sandbox.outcome().left), 1, 'runs that wait')
        os.chmod(sandbox.path, 0o777)
        for words in (('flush',), ('show',), ('runs',)):
            done = sandbox.run(shim.DTRACK, *words, preload=False)
            told = f"dtrack {words[0]}: '{sandbox.path}' may be written to by everybody: what is in '{sandbox.spool}' is left alone\n"
            tap.check(done.stderr.startswith(told), done.stderr)


def long_paths_are_recorded_elsewhere():
    """Whichever variable names them, and up to the last byte that fits."""
    with shim.Sandbox() as sandbox:
        for length in (150, 178, 179, 180, 200, 205, 215, 216, 217, 218, 219, 220, 221, 230, 255, 300):
            for variable in ('HOME', 'DTRACK_SPOOL', 'XDG_STATE_HOME'):
                place = tempfile.mkdtemp(dir=sandbox.path)
                while len(place) < length:
                    place += '/' + 'l' * max(min(length - len(place) - 1, 100), 1)
                os.makedirs(place)
                os.chmod(place, 0o700)
                before = len(sandbox.outcome().summaries)
                env = settled_in(sandbox, LD_PRELOAD=None, DTRACK_WAIT='60')
                env.update({'HOME': '/nowhere', variable: place})
                outcome = sandbox.run(*own_root(f'LD_PRELOAD={shim.LIBRARY} sh -c "/bin/true; exit 3"'), env=env)
                tap.same((outcome.status, outcome.stderr), (3, ''), f'status and stderr with {variable} of {length} bytes')
                tap.same(len(outcome.summaries), before + 1, f'runs with {variable} of {length} bytes')


def jobs_without_proc_are_recorded():
    """By either way to record one. The leader can't tell that it is alone, and does not wait."""
    for start in ('LD_PRELOAD=$L', '$D run --'):
        with shim.Sandbox() as sandbox:
            env = dict(sandbox.environment(preload=False), L=shim.LIBRARY, D=shim.DTRACK)
            done = sandbox.run(*own_root(f'umount -l /proc && {start} sh -c "/bin/true; exit 3"'), env=env)
            outcome = sandbox.settled()
            tap.same((done.status, done.stderr, len(outcome.summaries)), (3, '', 1), f'status, stderr and runs with {start}')
            rows = [(row['name'], row['exit_code']) for row in shim.processes(outcome)]
            tap.same(sorted(rows), [('sh', 3), ('true', 0)], 'the processes')


def no_umask_shuts_anybody_out():
    """Not the job's own processes, nor the next job."""
    with shim.Sandbox() as sandbox:
        sandbox.spool = os.path.join(sandbox.path, 'of', 'nobody', 'spool')
        os.chmod(sandbox.path, 0o777 | 0o1000)
        mark = os.path.join(os.path.dirname(shim.DTRACK), 'dtrack-mark')
        words = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups'] if os.geteuid() == 0 else []
        for mask in ('777', '0277', '0700', '0222', '000', '077'):
            env = sandbox.environment(preload=False)
            job = f'umask {mask}; LD_PRELOAD={shim.LIBRARY} sh -c "{mark} set a 1; {mark} set b 2; /bin/true; exit 3"'
            before = len(sandbox.outcome().summaries)
            outcome = sandbox.run(*words, 'sh', '-c', job, env=env)
            tap.same((outcome.status, outcome.stderr), (3, ''), f'status and stderr with umask {mask}')
            tap.same(len(outcome.summaries), before + 1, f'runs with umask {mask}')
            tap.same(outcome.summaries[-1]['totals']['processes'], 4, f'processes with umask {mask}')
            tap.same(len([row for row in outcome.rows if row['kind'] == 'mark']), 2 * (before + 1), f'marks with umask {mask}')


def listed(sandbox, *words, **variables):
    """What `dtrack runs` prints about the runs that a sandbox's spool has, without times."""
    env = {name: value for name, value in dict(sandbox.environment(preload=False), **variables).items() if value}
    done = subprocess.run([shim.DTRACK, 'runs', *words], env=env, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


def what_waits_is_listed_as_waiting_where_it_is_meant_for():
    """In no other store, unless none is named; and one that is going on does not wait."""
    with shim.Sandbox() as sandbox:
        os.mkdir(sandbox.store)
        blocked, other = f'file://{sandbox.store}/blocked', f'file://{sandbox.store}/other'
        with open(f'{sandbox.store}/blocked', 'w', encoding='utf-8') as file:
            file.write('no folder')
        sandbox.run('sh', '-c', '/bin/true; exit 3', env=dict(sandbox.environment(), DTRACK_STORE=blocked, DTRACK_NAME='late'))
        os.unlink(f'{sandbox.store}/blocked')
        tap.same([line[70:].split() for line in listed(sandbox, DTRACK_STORE=blocked)[1:]],
                 [['2', 'exit', '3,', 'waits', 'late']], 'its own store')
        tap.same(listed(sandbox, DTRACK_STORE=other), [], 'another store')
        tap.same(len(listed(sandbox, DTRACK_STORE=None, HOME=sandbox.path)), 2, 'lines without a store')
        line, = listed(sandbox, '--json', DTRACK_STORE=blocked)
        tap.check(json.loads(line)['waiting'] is True, line)
        subprocess.run([shim.DTRACK, 'flush'], env=dict(sandbox.environment(preload=False), DTRACK_STORE=blocked), check=True,
                       stdout=subprocess.DEVNULL)
        line, = listed(sandbox, '--json', DTRACK_STORE=blocked)
        tap.check('waiting' not in json.loads(line), line)
        job = f'LD_PRELOAD= {shim.DTRACK} runs | tail -n 1'
        tap.check('still running  ' in sandbox.run('sh', '-c', job).stdout, 'one that is going on')


def looking_at_a_waiting_run_leaves_nothing_behind():
    """Whoever ends the command, and when: here while it waits for a reader."""
    with shim.Sandbox() as sandbox:
        job = 'i=0; while [ $i -lt 400 ]; do /bin/true; i=$((i + 1)); done'
        sandbox.run('sh', '-c', job, env=dict(sandbox.environment(), DTRACK_STORE='file://nohost/x'))
        env = settled_in(sandbox, LD_PRELOAD=None, DTRACK_STORE=None, HOME=sandbox.path)
        env['DTRACK_SPOOL'] = sandbox.spool
        for ended_by in (signal.SIGKILL, signal.SIGTERM, None):
            before = set(os.listdir('/tmp'))
            with subprocess.Popen([shim.DTRACK, 'export', '--format', 'ndjson', 'latest'], env=env,
                                  stdout=subprocess.PIPE) as command:
                tap.check(command.stdout.readline().startswith(b'{'), 'it prints rows')
                new = set(os.listdir('/tmp')) - before
                if ended_by:
                    command.send_signal(ended_by)
                command.stdout.close()
            tap.same([name for name in new if 'preview' in name], [], f'what lies in /tmp with {ended_by}')


def ci_names_the_whole_branch_and_of_a_pull_request_its_source():
    """Each provider says it in its own variables; those that don't apply may be empty."""
    for variables, branch in (
            ({'GITHUB_ACTIONS': 'true', 'GITHUB_REF_NAME': 'feature/x', 'GITHUB_HEAD_REF': ''}, 'feature/x'),
            ({'GITHUB_ACTIONS': 'true', 'GITHUB_REF_NAME': '7/merge', 'GITHUB_HEAD_REF': 'fix/y'}, 'fix/y'),
            ({'TF_BUILD': 'True', 'BUILD_SOURCEBRANCH': 'refs/heads/feature/x', 'BUILD_SOURCEBRANCHNAME': 'x'}, 'feature/x'),
            ({'TF_BUILD': 'True', 'BUILD_SOURCEBRANCH': 'refs/pull/1/merge', 'BUILD_SOURCEBRANCHNAME': 'merge',
              'SYSTEM_PULLREQUEST_SOURCEBRANCH': 'refs/heads/fix/y'}, 'fix/y'),
            ({'TF_BUILD': 'True', 'BUILD_SOURCEBRANCH': 'refs/tags/v1/2', 'BUILD_SOURCEBRANCHNAME': '2'}, 'v1/2'),
            ({'GITLAB_CI': 'true', 'CI_COMMIT_REF_NAME': 'feature/x'}, 'feature/x'),
            ({'GITLAB_CI': 'true', 'CI_COMMIT_REF_NAME': 'refs/merge-requests/1/head',
              'CI_MERGE_REQUEST_SOURCE_BRANCH_NAME': 'fix/y'}, 'fix/y'),
            ({'JENKINS_URL': 'u', 'BRANCH_NAME': 'PR-3', 'CHANGE_BRANCH': 'fix/y', 'CHANGE_TARGET': 'main'}, 'fix/y'),
            ({'JENKINS_URL': 'u', 'GIT_BRANCH': 'origin/feature/x'}, 'feature/x'),
            ({'CIRCLECI': 'true', 'BRANCH_NAME': 'mine', 'CIRCLE_BRANCH': 'feature/x'}, 'feature/x'),
            ({'BUILDKITE': 'true', 'BUILDKITE_BRANCH': 'feature/x', 'BUILDKITE_PULL_REQUEST_BASE_BRANCH': 'main'}, 'feature/x'),
            ({'TRAVIS': 'true', 'TRAVIS_BRANCH': 'main', 'TRAVIS_PULL_REQUEST_BRANCH': 'fix/y'}, 'fix/y'),
            ({'BITBUCKET_BUILD_NUMBER': '5', 'BITBUCKET_BRANCH': 'feature/x'}, 'feature/x'),
            ({'GITHUB_REF_NAME': 'of no CI'}, None)):
        with shim.Sandbox(**variables) as sandbox:
            summary, = sandbox.run('true').summaries
            tap.same((summary['ci'] or {}).get('branch'), branch, f'the branch with {variables}')


tap.run([a_home_that_is_not_there_is_not_made, where_nothing_is_recorded_what_cant_stand_the_library_goes_without_it,
         below_a_process_that_has_no_record_either, a_run_without_home_and_store_waits_for_either,
         a_home_in_a_work_tree_shows_nothing_of_ours, root_leaves_nothing_in_the_home_of_a_user,
         a_place_that_others_may_write_to_is_left, a_leader_without_a_place_says_so_once,
         a_user_namespace_without_root_has_places_all_the_same,
         what_is_written_for_a_leader_steers_no_terminal, runs_in_a_place_that_was_opened_are_spoken_of,
         long_paths_are_recorded_elsewhere,
         jobs_without_proc_are_recorded, no_umask_shuts_anybody_out,
         what_waits_is_listed_as_waiting_where_it_is_meant_for, looking_at_a_waiting_run_leaves_nothing_behind,
         ci_names_the_whole_branch_and_of_a_pull_request_its_source])
