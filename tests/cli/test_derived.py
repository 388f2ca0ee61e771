#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_derived.py SHIM DTRACK : tasks that nobody marked, recognised in jobs of real and of made-up tools, and by rules."""
import os
import shutil
import subprocess
import sys

import job
import tap

SHIM, DTRACK = map(os.path.abspath, sys.argv[1:])

BEGIN = 'set -e; mkdir bin; PATH=$PWD/bin:$PATH\n'
FAKES = BEGIN + r'''
for tool in terraform kubectl helm az ansible-playbook; do printf '#!/bin/sh\nexit 0\n' >bin/$tool; done
printf '#!/bin/sh -e\nexit 3\n' >bin/helm
chmod +x bin/*
terraform -chdir=x apply -auto-approve
terraform workspace select prod
kubectl -n prod rollout status deploy/web
helm --namespace x upgrade --install web ./c || true
sh bin/az storage blob upload --account-name x
ansible-playbook -i hosts.yml play/site.yml
dtrack-mark run 'terraform apply' -- false || true
terraform --help
'''


def run(script, **more):
    """A job of that script."""
    return job.Job(SHIM, DTRACK, script, **more)


def derived(done):
    """Names of the derived tasks, in the order of their starts, with how they ended."""
    rows = [row for row in done.rows() if row['end_by'] == 'derived']
    return [(row['name'], row['exit_code'] if row['signal'] is None else -row['signal']) for row in sorted(rows, key=lambda row: row['start_ns'])]


def names(done):
    """Their names alone."""
    return [name for name, _ in derived(done)]


def need(tool):
    """Skip where a tool is not installed."""
    if not shutil.which(tool, path='/usr/bin:/bin'):
        raise tap.Skip(f'no {tool}')


def verbs_of_tools_are_tasks():
    """With the status of their process."""
    tap.same(derived(run(FAKES)), [
        ('terraform apply', 0), ('terraform workspace select', 0), ('kubectl rollout status', 0), ('helm upgrade', 3),
        ('az storage blob upload', 0), ('ansible-playbook site.yml', 0)], 'tasks')


def a_derived_task_is_its_process_and_is_not_mixed_up_with_a_named_one():
    """Of one name there are both: each in its own list; Markdown has a part for those that nobody marked, other formats have none of them."""
    done = run(FAKES)
    rows = [row for row in done.rows() if row['name'] == 'terraform apply']
    named, = [row for row in rows if row['end_by'] == 'mark']
    found, = [row for row in rows if row['end_by'] == 'derived']
    process, = [row for row in done.rows('process') if row['span_id'] == found['parent_id']]
    for key in ('start_ns', 'dur_ns', 'exit_code', 'signal', 'pid', 'tree_user_us', 'tree_sys_us', 'task'):
        tap.same(found[key], process[key], f'{key} of the task')
    tap.same((named['exit_code'], found['exit_code']), (1, 0), 'statuses')
    summary = done.summary()
    tap.same([(task['name'], task['count'], task['failed']) for task in summary['tasks']], [('terraform apply', 1, 1)], 'named tasks')
    counted = {task['name']: (task['count'], task['failed'], task['total_ns']) for task in summary['derived_tasks']}
    tap.same(counted['terraform apply'], (1, 0, found['dur_ns']), 'the derived one')
    tap.same(counted['helm upgrade'][:2], (1, 1), 'one that failed')
    tap.same(summary['totals']['tasks'], 1, 'tasks in all')
    tap.same(summary['spans']['rows'], len(done.dtrack('export', '--format', 'ndjson').splitlines()), 'rows')
    for form in ('junit', 'markdown', 'chrome', 'collapsed', 'openmetrics'):
        parts = done.dtrack('export', '--format', form).split('\n#### ')
        own, others = [part for part in parts if part.startswith('Recognised')], [part for part in parts if not part.startswith('Recognised')]
        tap.same('kubectl rollout status' in ''.join(own), form == 'markdown', f'{form} has a part for them')
        text = ''.join(others).replace('kubectl -n prod rollout status', '')
        tap.check('kubectl rollout status' not in text, f'{form} has a derived task')
    tap.check('"derived"' in done.dtrack('export', '--format', 'csv'), 'csv has no derived task')


def goals_of_make_are_tasks():
    """Of each make that says one; what target a recipe works for is said nowhere."""
    need('make')
    script = r'''mkdir d; printf 'all: b\n\t$(MAKE) -C d inner\nb:\n\ttrue\n' >Makefile; printf 'inner:\n\tfalse\n' >d/Makefile
        make -j 2 all V=1; make; true'''
    tap.same(derived(run(script)), [('make all', 2), ('make -C d inner', 2), ('make -C d inner', 2)], 'tasks')


def a_leader_may_be_a_task():
    """Nobody waited for it, so that its CPU is its own."""
    need('make')
    done = run(r"printf 'all:\n\ttrue\n' >Makefile; exec make all")
    tap.same(derived(done), [('make all', 0)], 'tasks')
    found, = done.summary()['derived_tasks']
    tap.check(found['cpu_us'] > 0, f'no CPU in {found}')


def scripts_of_npm_are_tasks():
    """Over the exec of env, and once."""
    need('npm')
    script = r'''echo '{"name":"x","version":"1.0.0","scripts":{"build":"echo built","lint":"exit 4"}}' >package.json
        npm run --silent build; npm run --silent lint; npm --version; true'''
    done = run(script)
    tap.same(derived(done), [('npm run build', 0), ('npm run lint', 4)], f'tasks {done.err}')
    first, = [row for row in done.rows() if row['name'] == 'npm run build']
    images = [row for row in done.rows('process') if row['pid'] == first['pid']]
    tap.same(first['start_ns'], min(row['start_ns'] for row in images), 'its start is that of the first image')
    tap.same(first['start_ns'] + first['dur_ns'], max(row['start_ns'] + row['dur_ns'] for row in images), 'its end')


def edges_of_ninja_are_tasks_by_their_output():
    """Where their command names it."""
    need('ninja')
    script = r'''printf '#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done; : >"$2"\n' >cc; chmod +x cc
        printf 'rule cc\n command = ./cc -c $in -o $out\nrule cp\n command = cp $in $out\n' >build.ninja
        printf 'build a.o: cc a.c\nbuild d/b.o: cc b.c\nbuild c.txt: cp a.c\n' >>build.ninja
        touch a.c b.c; ninja; ./cc -o alone'''
    tap.same(sorted(derived(run(script))), [('ninja a.o', 0), ('ninja d/b.o', 0)], 'tasks')


def tests_of_ctest_are_tasks():
    """By their command."""
    need('ctest')
    script = r'''printf 'add_test(one "true" "x")\nadd_test(two "false")\n' >CTestTestfile.cmake; ctest; true'''
    tap.same(derived(run(script)), [('ctest true x', 0), ('ctest false', 1)], 'tasks')


def a_task_lives_on_over_exec_and_ends_as_its_process():
    """A wrapper and what it wraps, by exec or as a child, are one task."""
    script = BEGIN + r'''mkdir real; printf '#!/bin/sh\nsleep 0.05; kill -9 $$\n' >real/terraform
        printf '#!/bin/sh\nexec "$PWD/real/terraform" "$@"\n' >bin/terraform
        printf '#!/bin/sh\n"$PWD/real/helm" "$@"\n' >bin/helm; printf '#!/bin/sh\nexit 7\n' >real/helm; chmod +x bin/* real/*
        terraform plan || helm install x || true'''
    done = run(script)
    tap.same(derived(done), [('terraform plan', -9), ('helm install', 7)], 'tasks')
    tap.check([row for row in done.rows() if row['name'] == 'terraform plan'][0]['dur_ns'] >= 50000000, 'the task ended with the wrapper')


RULES = '''# the job's own
deploy.sh | --env * * -> deploy $1
* | *--quiet* -> -
*/bin/check | * | */d -> check in $3
kubectl -> -
terraform | apply* -> infrastructure
this is no rule
'''
RULED = BEGIN + r'''mkdir d
for tool in deploy.sh check kubectl terraform helm; do printf '#!/bin/sh\n' >bin/$tool; done; chmod +x bin/*
deploy.sh --env prod web; deploy.sh --env test web --quiet; check; (cd d; check); kubectl apply; terraform apply; helm list --quiet
terraform plan
'''


def rules_name_tasks_and_come_first():
    """The folder that a star stands for is what is before /d; a bad line is counted."""
    done = run('cd w; ' + RULED, files={'w/old': '', 'rules': RULES}, DTRACK_RULES='rules')
    tap.same(names(done), ['deploy prod', 'deploy test', f'check in {done.folder}/w', 'infrastructure', 'terraform plan'], 'tasks')
    tap.same(done.summary()['coverage']['bad_rules'], 1, 'bad rules')
    tap.same((done.status, done.err), (0, ''), 'what the job saw of it')


def off_is_off():
    """No rows, and an empty list."""
    done = run(FAKES, DTRACK_RULES='off')
    tap.same((names(done), done.summary()['derived_tasks']), ([], []), 'tasks')


def rules_that_cannot_be_read_are_no_matter_to_the_job():
    """What tools say is still recognised."""
    done = run(FAKES, DTRACK_RULES='missing')
    tap.same((done.status, done.err), (0, ''), 'what the job saw of it')
    tap.same((len(names(done)), done.summary()['coverage']['bad_rules']), (6, 1), 'tasks and bad rules')


def dtrack_run_says_what_is_wrong_with_the_rules():
    """In one line, and runs the command; not when it is to be quiet."""
    done = run('true', files={'rules': RULES})
    for quiet, want in ((None, 1), ('1', 0)):
        environment = {**done.environment, 'DTRACK_RULES': 'rules', **({'DTRACK_QUIET': quiet} if quiet else {})}
        got = subprocess.run([DTRACK, 'run', '--', 'sh', '-c', 'exit 3'], env=environment, cwd=done.folder, text=True,
                             stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        tap.same((got.returncode, got.stderr.count('\n')), (3, want), f'status and lines: {got.stderr}')
        tap.check(not want or "'rules': line 7 is no rule" in got.stderr, got.stderr)


def secrets_are_out_of_derived_names():
    """A rule may name what is one."""
    done = run(BEGIN + "printf '#!/bin/sh\\n' >bin/deploy; chmod +x bin/deploy; deploy --password hunter2 https://me:hunter2@h/",
               files={'rules': 'deploy | * -> deploy $1\n'}, DTRACK_RULES='rules')
    tap.same(names(done), ['deploy --password *** https://me:***@h/'], 'tasks')


if __name__ == '__main__':
    tap.run([verbs_of_tools_are_tasks, a_derived_task_is_its_process_and_is_not_mixed_up_with_a_named_one, goals_of_make_are_tasks, a_leader_may_be_a_task,
             scripts_of_npm_are_tasks, edges_of_ninja_are_tasks_by_their_output, tests_of_ctest_are_tasks,
             a_task_lives_on_over_exec_and_ends_as_its_process, rules_name_tasks_and_come_first, off_is_off,
             rules_that_cannot_be_read_are_no_matter_to_the_job, dtrack_run_says_what_is_wrong_with_the_rules,
             secrets_are_out_of_derived_names])
