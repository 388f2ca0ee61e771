#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The judge, on records with one thing wrong: one that overlooks something would let everything pass."""
import judge
import tap
from strace_log import Process

SECOND = 1_000_000_000


def process(pid, parent, images=(), end=('exit', 0), start=1):
    """A process as strace would tell of it, that lived for a second."""
    one = Process(pid)
    one.parent, one.images, one.end = parent, [list(words) for words in images], end
    one.born_ns = start * SECOND if parent else None
    one.exec_ns = [start * SECOND + index for index, _ in enumerate(images)]
    one.left_ns = (start + 1) * SECOND
    return one


def row(pid, parent, **other):
    """A row as dtrack would write it, of the same."""
    return {'span_id': f'p{pid}', 'parent_id': parent, 'kind': 'process', 'pid': pid, 'name': 'a', 'args': ['a'],
            'args_cut': False, 'start_ns': SECOND, 'dur_ns': SECOND, 'end_by': 'self', 'exit_code': 0, 'signal': None,
            **other}


def complaints(processes, rows, witness=None, missing=0):
    """Everything the judge says against these rows."""
    found, said = judge.pairs(processes, rows, missing)
    return (said + list(judge.ends(found)) + list(judge.witnesses(found, witness or {})) +
            list(judge.parents(found, rows)) + list(judge.images(found, rows)) +
            list(judge.moments(found, rows, processes)))


ROOT, CHILD = process(1, None, [['a']]), process(2, 1, [['b', 'x']], ('exit', 3))
ROOT_ROW, CHILD_ROW = row(1, 'run'), row(2, 'p1', name='b', args=['b', 'x'], exit_code=3)


def a_true_record_is_accepted():
    """Otherwise the rest would prove nothing."""
    tap.same(complaints([ROOT, CHILD], [ROOT_ROW, CHILD_ROW]), [], 'complaints')


def each_wrong_detail_is_noticed():
    """One at a time."""
    for wrong in ({'exit_code': 4}, {'exit_code': None}, {'exit_code': None, 'signal': 9}, {'end_by': 'parent'},
                  {'parent_id': 'run'}, {'args': ['b', 'y']}, {'end_by': 'exec'}, {'start_ns': SECOND * 9 // 10},
                  {'start_ns': 3 * SECOND}, {'dur_ns': 2 * SECOND}, {'pid': 3}):
        tap.check(complaints([ROOT, CHILD], [ROOT_ROW, {**CHILD_ROW, **wrong}]), f'no complaint about {wrong}')


def missing_and_invented_processes_are_noticed():
    """Also when fewer are missing than may be."""
    tap.check(complaints([ROOT, CHILD], [ROOT_ROW]), 'no complaint about a missing one')
    tap.check(complaints([ROOT], [ROOT_ROW, CHILD_ROW]), 'no complaint about an invented one')
    tap.same(complaints([ROOT, CHILD], [ROOT_ROW], missing=1), [], 'complaints about one that may be missing')
    tap.check(complaints([ROOT, CHILD], [ROOT_ROW, CHILD_ROW], missing=1), 'no complaint though nothing is missing')


def witnesses_are_as_the_table_says():
    """By default an exit is seen by itself, a signal by the parent, the root's by nobody."""
    killed, killed_row = process(2, 1, [], ('signal', 9)), row(2, 'p1', exit_code=None, signal=9, end_by='parent')
    tap.same(complaints([ROOT, killed], [ROOT_ROW, killed_row]), [], 'complaints about a killed child')
    tap.check(complaints([ROOT, killed], [ROOT_ROW, killed_row], {':SIGKILL': 'inferred'}),
              'the table is not looked at')
    root = process(1, None, [['a']], ('signal', 9))
    tap.same(complaints([root], [{**killed_row, **row(1, 'run', end_by='inferred', exit_code=None, signal=9)}]), [],
             'complaints about a killed root')


def images_of_one_life_are_told_apart():
    """Both are there, in their order, and the second one starts later."""
    chain = process(1, None, [['a'], ['b']])
    first, second = row(1, 'run', end_by='exec', dur_ns=1), row(1, 'run', span_id='q', args=['b'], start_ns=SECOND + 1)
    tap.same(complaints([chain], [first, second]), [], 'complaints')
    tap.check(complaints([chain], [second]), 'no complaint about a missing image')
    tap.check(complaints([chain], [first, {**second, 'start_ns': SECOND}]), 'no complaint about images at once')
    tap.check(complaints([chain], [{**first, 'end_by': 'self'}, second]), 'no complaint about two lives')


def namespaces_are_compared_by_likeness():
    """Pids say nothing there."""
    tap.same(list(judge.likeness([ROOT, CHILD], [ROOT_ROW, {**CHILD_ROW, 'pid': 1000}], {})), [], 'complaints')
    for wrong in ({'exit_code': 4}, {'parent_id': 'run'}, {'args': ['c', 'x']}):
        tap.check(list(judge.likeness([ROOT, CHILD], [ROOT_ROW, {**CHILD_ROW, **wrong}], {})),
                  f'no complaint about {wrong}')


def rows_by_other_clocks_have_their_place():
    """Within the run and not before who started them; and it is said."""
    run = {'span_id': 'run', 'parent_id': None, 'kind': 'run', 'start_ns': SECOND, 'dur_ns': 3 * SECOND}
    said = [{'coverage': {'blind_spots': [{'cause': 'clock'}]}}]
    tap.same(list(judge.places([run, ROOT_ROW, CHILD_ROW], said)), [], 'complaints')
    tap.check(list(judge.places([run, ROOT_ROW, CHILD_ROW], [{'coverage': {'blind_spots': []}}])), 'silence is accepted')
    for start in (SECOND - 1, 4 * SECOND + 1):
        tap.check(list(judge.places([run, ROOT_ROW, {**CHILD_ROW, 'start_ns': start}], said)), f'{start} is accepted')


if __name__ == '__main__':
    tap.run([a_true_record_is_accepted, each_wrong_detail_is_noticed, missing_and_invented_processes_are_noticed,
             witnesses_are_as_the_table_says, images_of_one_life_are_told_apart, namespaces_are_compared_by_likeness,
             rows_by_other_clocks_have_their_place])
