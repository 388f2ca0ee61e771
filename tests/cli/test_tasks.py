#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_tasks.py SHIM DTRACK : what becomes of tasks that say how they did, from the job to the rows, the summary, the page and
the formats."""
import os
import re
import sys

import job as shell_job
import tap

SHIM, DTRACK = map(os.path.abspath, sys.argv[1:])

JOB = r'''
dtrack-mark run good -- true
dtrack-mark run bad -- sh -c 'exit 3'
dtrack-mark start outer
dtrack-mark start inner
sleep 0.1; false
dtrack-mark end inner --status $? rows=5 version=1.10
dtrack-mark run bad -- sh -c 'exit 4'
dtrack-mark run killed -- sh -c 'kill -9 $$'
sh -c 'dtrack-mark end outer --status 0; dtrack-mark end outer --status 9'
printf '%s\tstart\tby hand\n' "$(date +%s.%N)" >>"$(dtrack-mark where)"
printf '%s\tend\tby hand\t{"n":1}\tcolour=red\tstatus=7\n' "$(date +%s.%N)" >>"$(dtrack-mark where)"
dtrack-mark start mute
dtrack-mark end mute
dtrack-mark start never
dtrack-mark run stopped -- sh -c 'kill -9 $PPID; sleep 0.1'
dtrack-mark start past --at 1700000000
dtrack-mark end past --at "$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)"
true
'''


JOBS = {}


def job():
    """The script above, run at first use."""
    if not JOBS:
        JOBS['it'] = shell_job.Job(SHIM, DTRACK, JOB)
        tap.same(JOBS['it'].status, 0, 'status of the job')
    return JOBS['it']


def rows_have_the_status_and_the_values():
    """Of repeated tasks each its own; none where nobody said one; the first word of two stands."""
    got = [(row['name'], row['exit_code'], row['signal'], row['value'], row['end_by']) for row in job().rows()]
    tap.same(got, [
        ('good', 0, None, None, 'mark'), ('bad', 3, None, None, 'mark'), ('outer', 0, None, None, 'mark'),
        ('inner', 1, None, '{"rows":5,"version":"1.10"}', 'mark'), ('bad', 4, None, None, 'mark'), ('killed', None, 9, None, 'mark'),
        ('by hand', 7, None, '{"n":1}', 'mark'), ('mute', None, None, None, 'mark'), ('never', None, None, None, 'run'),
        ('stopped', None, None, None, 'run'), ('past', None, None, None, 'mark')], 'tasks')
    tap.same(job().summary()['coverage']['bad_marks'], 1, 'bad marks')


def a_span_after_the_fact_begins_with_the_run_at_the_earliest():
    """It said 2023."""
    run, = job().rows('run')
    past = job().rows()[-1]
    tap.same(past['start_ns'], run['start_ns'], 'its start')
    tap.check(0 < past['dur_ns'] <= run['dur_ns'], f"it took {past['dur_ns']} of {run['dur_ns']} ns")


def the_summary_counts_what_failed():
    """By name."""
    failed = {task['name']: (task['count'], task['failed']) for task in job().summary()['tasks']}
    tap.same(failed, {'good': (1, 0), 'bad': (2, 2), 'outer': (1, 0), 'inner': (1, 1), 'killed': (1, 1), 'by hand': (1, 1),
                      'mute': (1, 0), 'never': (1, 0), 'stopped': (1, 0), 'past': (1, 0)}, 'tasks of the summary')


def the_page_shows_a_status():
    """Where the table has the task, and in the tree."""
    page = job().dtrack('show')
    tap.check(re.search(r'^ +inner .*(✗|!) exit 1', page, re.M), f'the table has no status of a task that failed: {page}')
    page = job().dtrack('show', '--tree')
    tap.check(re.search('exit 1 .*inner', page), f'the tree has no status of a task that failed: {page}')


def junit_and_markdown_go_by_the_status():
    """A task that says it went well did, whatever failed within."""
    text = job().dtrack('export', '--format', 'junit')
    failed = re.findall(r'<testcase name="([^"]*)"[^>]*>\s*<failure type="(\w+)" message="([^"]*)', text)
    tap.same([(name, kind) for name, kind, _ in failed if not name.startswith(('never', 'past', 'stopped'))],
             [('bad', 'exit'), ('inner', 'exit'), ('bad &#35;2', 'exit'), ('killed', 'signal'), ('by hand', 'exit')], 'failures')
    page = job().dtrack('export', '--format', 'markdown')
    rows = re.findall(r'^\| <code>(bad|outer|inner|by hand)</code> \|(?:[^|]*\|){3} ([^|]*?) \|', page, re.M)
    tap.same(sorted(rows), [('bad', '2 failed'), ('by hand', 'exit 7'), ('inner', 'exit 1'), ('outer', 'ok')], 'how tasks ended')


if __name__ == '__main__':
    tap.run([rows_have_the_status_and_the_values, a_span_after_the_fact_begins_with_the_run_at_the_earliest,
             the_summary_counts_what_failed, the_page_shows_a_status, junit_and_markdown_go_by_the_status])
