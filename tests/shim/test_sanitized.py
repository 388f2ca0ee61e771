# SPDX-License-Identifier: MIT
"""In a build with sanitizers: what they find in a guardian, which nobody sees, is found by scripts/test."""
import glob
import os

import shim
import tap


def told(sandbox, more=''):
    """Have what runs in the sandbox report to it; the pattern of the files."""
    for name, options in tap.SANITIZER.items():
        sandbox.variables[name] = f'{options}:log_path={sandbox.path}/report{more}'
    return f'{sandbox.path}/report.*'


def the_report(pattern):
    """The text of the only one."""
    path, = glob.glob(pattern)
    with open(path, encoding='utf-8') as text:
        return text.read()


def a_finding_in_a_guardian_is_reported_to_the_folder_that_it_was_told():
    """What it allocates to read a spool is made a finding. Nothing else can be: it has no bug that is known."""
    with shim.Sandbox() as sandbox:
        reports = told(sandbox, ':max_allocation_size_mb=1')
        outcome = sandbox.run('sh', '-c', 'exit 7')
        tap.same((outcome.status, outcome.summaries), (7, []), 'status and runs in the store')
        tap.check('exceeds maximum supported size' in the_report(reports), 'it is about something else')


def found(kind, words):
    """A claim about a program that does something of this kind."""
    def body():
        with shim.Sandbox() as sandbox:
            reports = told(sandbox)
            outcome = sandbox.run(shim.victim('findings'), kind, preload=False)
            tap.check(outcome.status != 0, 'the program goes on')
            tap.check(words in the_report(reports), f'the report is {the_report(reports)}')
    return f'{kind}_is_reported_to_the_folder', body


def this_suite_is_told_a_folder():
    """By tests/meson.build."""
    for options in tap.SANITIZER.values():
        tap.check(f'log_path={os.environ["DTRACK_BUILD"]}/findings/' in options, f'the options are {options}')
    tap.same(len(tap.SANITIZER), 2, 'the number of variables that say so')


tap.run([this_suite_is_told_a_folder, found('overflow', 'signed integer overflow'), found('overrun', 'heap-buffer-overflow'),
         found('leak', 'LeakSanitizer'), a_finding_in_a_guardian_is_reported_to_the_folder_that_it_was_told])
