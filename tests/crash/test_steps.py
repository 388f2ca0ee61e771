# SPDX-License-Identifier: MIT
"""Whatever stores a run is killed: at each of its system calls, and at moments drawn by lot. One flush later the run is in
the store, once and whole, and nothing of it is left in the spool."""
import concurrent.futures
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time

import crash
import shim
import tap

WORKERS = 2
LOTS = 1000 if crash.ALL else 40
TABLE = crash.Table()


def collection(store):
    """The names and values in it."""
    with open(f'{store}/pathmetrics/statistics.json', encoding='utf-8') as text:
        return json.load(text)


def settle(fault, place):
    """What is wrong after a crash: before the flush no half object, after it one whole run and an empty spool."""
    store = place.sandbox.store
    wrong = [f'before the flush: {line}' for line in crash.damage(store)]
    flush = crash.dtrack(place.sandbox, 'flush')
    wrong += TABLE.add(fault, 1, store)
    if flush.returncode or flush.stderr:
        wrong.append(f'flush: {flush.returncode} {flush.stderr}')
    left = os.listdir(place.sandbox.spool)
    if left:
        wrong.append(f'left in the spool: {left}')
    if not wrong and (sorted(collection(store)) != ['answer', 'compile'] or collection(store)['answer'] != 42):
        wrong.append(f'the collection is {collection(store)}')
    rests = [name for _, _, names in os.walk(store) for name in names if name.startswith('.dtrack-new')]
    return wrong + [f'left in the store: {rests}'] * bool(rests)


def in_turns(try_one):
    """Try 1, 2, 3 ... in two places until a try says that there is no more; complaints of all tries."""
    numbers, wrong = itertools.count(1), []

    def work():
        place = crash.Workplace(sys.argv[1])
        with place.sandbox:
            for number in numbers:
                place.reset()
                more, complaints = try_one(place, number)
                wrong.extend(f'{number}: {line}' for line in complaints)
                if not more:
                    return

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for future in [pool.submit(work) for _ in range(WORKERS)]:
            future.result()
    return wrong


def every_call(fault, words, prepare=None, mend=None):
    """Kill dtrack at each of its system calls."""
    def try_one(place, number):
        if prepare:
            prepare(place)
        folder = place.sandbox.spool if words == ['flush'] else place.folder
        killed, _ = place.step(number, folder, *[place.folder if word is None else word for word in words])
        if mend:
            mend(place)
        return killed, settle(fault, place)

    wrong = in_turns(try_one)
    tap.check(not wrong, '\n'.join(wrong[:20]))
    tap.check(TABLE.rows[fault][0] > 50, f'only {TABLE.rows[fault][0]} calls were tried')


def close_store(place):
    """A file where the store's folder should be."""
    with open(place.sandbox.store, 'w', encoding='utf-8'):
        pass


def open_store(place):
    """Now it works."""
    os.unlink(place.sandbox.store)


def finish_may_be_killed_at_any_call():
    every_call('dtrack finish, each call', ['finish', None])


def a_guardian_may_be_killed_at_any_call():
    every_call('guardian, each call', ['finish', '--guard', None])


def a_flush_may_be_killed_at_any_call():
    every_call('dtrack flush, each call', ['flush'])


def keeping_a_run_for_later_may_be_killed_at_any_call():
    every_call('no store, each call', ['finish', None], close_store, open_store)


def giving_a_run_up_may_be_killed_at_any_call():
    """Here a run may be gone afterwards, but never without a word."""
    fault = 'giving up, each call'

    def try_one(place, number):
        close_store(place)
        killed, said = place.step(number, place.sandbox.spool, 'flush', DTRACK_KEEP_RUNS='0')
        open_store(place)
        flush = crash.dtrack(place.sandbox, 'flush')
        wrong = TABLE.add(fault, 0 if 'dropped' in said + flush.stderr else 1, place.sandbox.store)
        if ('dropped' in flush.stderr) != (flush.returncode == 1):
            wrong.append(f'flush: {flush.returncode} {flush.stderr}')
        left = os.listdir(place.sandbox.spool)
        return killed, wrong + [f'left in the spool: {left}'] * bool(left)

    wrong = in_turns(try_one)
    tap.check(not wrong, '\n'.join(wrong[:20]))


def finish_may_be_killed_at_any_moment():
    fault, lot = 'dtrack finish, by lot', random.Random(1)

    def try_one(place, number):
        program = subprocess.Popen([shim.DTRACK, 'finish', place.folder], env=place.environment(), stdin=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(lot.uniform(0, 0.02))
        program.kill()
        program.wait()
        return number < LOTS, settle(fault, place)

    wrong = in_turns(try_one)
    tap.check(not wrong, '\n'.join(wrong[:20]))


def a_guardian_may_be_killed_at_any_moment():
    fault, lot = 'guardian of a job, by lot', random.Random(2)

    def try_one(place, number):
        shutil.rmtree(place.sandbox.spool)
        job = subprocess.Popen(['bash', '-c', f'{crash.JOB}; exit 7'], env=place.sandbox.environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        crash.wait_until(lambda: crash.runs_in(place.sandbox.spool) or job.poll() is not None, 'the run')
        time.sleep(lot.uniform(0, 0.04))
        for guardian in shim.guardians_in(place.sandbox.spool):
            os.kill(guardian, 9)
        said = job.communicate()[1]
        crash.wait_until(lambda: not shim.guardians_in(place.sandbox.spool), 'the end of the guardian')
        wrong = settle(fault, place)
        if job.returncode != 7:
            wrong.append(f'status of the job: {job.returncode}, it said {said!r}')
        return number < LOTS, wrong

    wrong = in_turns(try_one)
    tap.check(not wrong, '\n'.join(wrong[:20]))


def many_runs(sandbox, count):
    """Leave copies of one run under ids of their own: the id stands in the spool, too."""
    folder = crash.leave_run(sandbox)
    name = os.path.basename(folder)
    with open(f'{folder}/spool', 'rb') as spool:
        bytes_of_it = spool.read()
    for number in range(1, count):
        other = f'{name[:-8]}{number:08x}'
        crash.copy_tree(folder, f'{sandbox.spool}/{other}')
        with open(f'{sandbox.spool}/{other}/spool', 'r+b') as spool:
            spool.write(bytes_of_it.replace(name[4:].encode(), other[4:].encode(), 1))


def flushes_at_once(count, runs=12):
    """So many flushes at the same time over the same runs."""
    fault = f'{count} flushes at once'
    with shim.Sandbox() as sandbox:
        many_runs(sandbox, runs)
        env = sandbox.environment(preload=False)
        flushes = [subprocess.Popen([shim.DTRACK, 'flush'], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                   for _ in range(count)]
        said = [flush.communicate() for flush in flushes]
        wrong = TABLE.add(fault, runs, sandbox.store)
        tap.check(not wrong, '\n'.join(wrong))
        tap.same([flush.returncode for flush in flushes], [0] * count, f'statuses; they said {said}')
        tap.same(sum(out.count('stored ') for out, _ in said), runs, 'runs that a flush says it stored')
        tap.same(os.listdir(sandbox.spool), [], 'left in the spool')


def two_flushes_at_once_do_the_work_once():
    flushes_at_once(2)


def eight_flushes_at_once_do_the_work_once():
    flushes_at_once(8)


def spoil(place):
    """The run is none any more: it has to be set aside."""
    with open(f'{place.folder}/spool', 'wb') as spool:
        spool.write(b'nothing')


def held(place, number, meanwhile):
    """Hold a flush at its call of that number, and call `meanwhile`. What that returned, None when the flush did not come so
    far; and the flush's status, stdout and stderr."""
    command = [place.stepper, f'hold:{number}', place.sandbox.spool, shim.DTRACK, 'flush']
    with subprocess.Popen(command, env=place.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as flush:
        first = flush.stdout.readline()
        came = first == 'held\n'
        value = meanwhile() if came else None
        out, err = flush.communicate()
    return value, (flush.returncode, out if came else first + out, err)


def one_is_overtaken(fault, done, prepare=None):
    """At each call of a flush: another one does the whole work meanwhile. Both together do it once; `done` is what the one
    that did it says, with its status. The other one says nothing, but for what was set aside before it came."""
    def try_one(place, number):
        if prepare:
            prepare(place)
        other, said = held(place, number, lambda: crash.dtrack(place.sandbox, 'flush'))
        said = [said] + ([(other.returncode, other.stdout, other.stderr)] if other else [])
        texts = [(status, (out + err).strip()) for status, out, err in said]
        did = [text for text in texts if done[1] in text[1]]
        rest = [text for text in texts if text not in did and not text[1].startswith('set aside earlier: ')]
        wrong = TABLE.add(fault, 0 if prepare else 1, place.sandbox.store)
        if len(did) != 1 or did[0][0] != done[0] or rest not in ([], [(0, '')]):
            wrong.append(f'they said {said}')
        crash.dtrack(place.sandbox, 'flush')  # takes the link to a run that was set aside
        return other, wrong + [f'left: {name}' for name in os.listdir(place.sandbox.spool) if not name.startswith('bad-')]

    wrong = in_turns(try_one)
    tap.check(not wrong, '\n'.join(wrong[:20]))
    tap.check(TABLE.rows[fault][0] > 20, f'only {TABLE.rows[fault][0]} calls were tried')


def a_flush_may_be_overtaken_by_another_at_any_call():
    one_is_overtaken('flush overtaken, each call', (0, 'stored '))


def setting_aside_may_be_overtaken_at_any_call():
    one_is_overtaken('setting aside overtaken', (1, 'it is set aside as '), spoil)


def whoever_comes_late_to_the_lock_disturbs_no_removal():
    """He had the folder open, and makes the lock's file anew in what is being removed."""
    fault = 'late to the lock, each call'
    late = []

    def come_late(place):
        folders = [name for name in os.listdir(place.sandbox.spool) if name.startswith('done-')]
        for name in folders:
            with open(f'{place.sandbox.spool}/{name}/lock', 'w', encoding='utf-8'):
                late.append(name)
        return True

    def try_one(place, number):
        came, (status, out, err) = held(place, number, lambda: come_late(place))
        wrong = TABLE.add(fault, 1, place.sandbox.store)
        if (status, out.count('stored '), err) != (0, 1, '') or os.listdir(place.sandbox.spool):
            wrong.append(f'{status} {out!r} {err!r}, left: {os.listdir(place.sandbox.spool)}')
        return came, wrong

    wrong = in_turns(try_one)
    tap.check(not wrong, '\n'.join(wrong[:20]))
    tap.check(len(late) > 5, f'nobody came late: {late}')


def the_table():
    """Printed last; nothing doubled, damaged, or lost in any row."""
    TABLE.print()
    for fault, row in TABLE.rows.items():
        tap.same(row[1:], [row[1], row[1], 0, 0, 0], f'found, doubled, damaged, changed of {fault}')


tap.run([finish_may_be_killed_at_any_call, a_guardian_may_be_killed_at_any_call, a_flush_may_be_killed_at_any_call,
         keeping_a_run_for_later_may_be_killed_at_any_call, giving_a_run_up_may_be_killed_at_any_call,
         finish_may_be_killed_at_any_moment, a_guardian_may_be_killed_at_any_moment,
         a_flush_may_be_overtaken_by_another_at_any_call, setting_aside_may_be_overtaken_at_any_call,
         whoever_comes_late_to_the_lock_disturbs_no_removal,
         two_flushes_at_once_do_the_work_once, eight_flushes_at_once_do_the_work_once,
         ('nothing_was_lost_doubled_or_damaged', the_table)])
