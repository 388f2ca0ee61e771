# SPDX-License-Identifier: MIT
"""As test_steps.py, with a real blob service as the store: its requests may be cut off anywhere."""
import atexit
import json
import os
import random
import subprocess
import sys
import time

import crash
import shim
import tap

HERE = os.path.dirname(os.path.abspath(__file__))
TRIES = 100000 if crash.ALL else 24
LOTS = 300 if crash.ALL else 24
TABLE = crash.Table()


class Service:
    """The service, and a look into it by the official client."""

    def __init__(self):
        self.process = subprocess.Popen(['node', f'{HERE}/service.js'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.stop)
        self.connection = json.loads(self.process.stdout.readline())

    def look(self, container):
        """Name to content of each object in a container."""
        self.process.stdin.write(f'{container}\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        """It ends with its input."""
        self.process.stdin.close()
        self.process.wait(timeout=crash.WAIT_S)


class Place(crash.Workplace):
    """A left-over run, brought back for a container of its own at each try."""

    def __init__(self, service):
        super().__init__(sys.argv[1], DTRACK_STORE='azure://none', DTRACK_WAIT='0',
                         AZURE_STORAGE_CONNECTION_STRING=service.connection)
        self.service = service

    def reset_for(self, container):
        """The run as the job left it, meant for this container."""
        self.reset()
        self.sandbox.variables['DTRACK_STORE'] = f'azure://{container}'
        crash.change_context(self.folder, 'azure://none', f'azure://{container}')

    def settle(self, fault, container):
        """What is wrong after a crash and one flush."""
        wrong = damage(self.service.look(container))
        flush = crash.dtrack(self.sandbox, 'flush')
        found = self.service.look(container)
        bad = damage(found)
        summaries = len([name for name in found if name.startswith('runs/')])
        TABLE.count(fault, 1, summaries, max(len(found) - 2, 0), len(bad), False)
        if flush.returncode or flush.stderr:
            wrong.append(f'flush: {flush.returncode} {flush.stderr}')
        if len(found) != 2 or summaries != 1:
            wrong.append(f'objects after the flush: {sorted(found)}')
        left = os.listdir(self.sandbox.spool)
        return wrong + bad + [f'left in the spool: {left}'] * bool(left)


def damage(found):
    """Where a summary is, its spans are there, of the same fold."""
    if 'error' in found:
        return [found['error']['json']]
    wrong = []
    for summary in (entry['json'] for name, entry in found.items() if name.startswith('runs/')):
        spans = found.get(summary['spans']['object'])
        if not spans or (len(spans['rows']), spans['size']) != (summary['spans']['rows'], summary['spans']['bytes']):
            wrong.append(f'spans are not what their summary says: {summary["spans"]}')
    return wrong


def at_calls(service):
    """As many calls as there is patience for, evenly spread over all of them."""
    fault = 'dtrack finish to a service, at calls'
    place = Place(service)
    with place.sandbox:
        place.reset_for('whole')
        place.step(0, place.folder, 'finish', place.folder)
        calls = place.calls
        tap.check(calls > 100, f'only {calls} calls in all')
        tried = sorted({1 + number * (calls - 1) // (TRIES - 1) for number in range(TRIES)})
        wrong = []
        for at in tried:
            place.reset_for(f'call-{at}')
            place.step(at, place.folder, 'finish', place.folder)
            wrong += [f'{at}: {line}' for line in place.settle(fault, f'call-{at}')]
        TABLE.remark(fault, f'of {calls} calls')
        tap.check(not wrong, '\n'.join(wrong[:20]))


def by_lot(service):
    """At moments."""
    fault, lot, wrong = 'dtrack finish to a service, by lot', random.Random(3), []
    place = Place(service)
    with place.sandbox:
        for number in range(LOTS):
            place.reset_for(f'lot-{number}')
            program = subprocess.Popen([shim.DTRACK, 'finish', place.folder], env=place.environment(),
                                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(lot.uniform(0, 0.15))
            program.kill()
            program.wait()
            wrong += [f'{number}: {line}' for line in place.settle(fault, f'lot-{number}')]
        values = service.look('pathmetrics').get('statistics.json', {}).get('json', {})
        tap.same((sorted(values), values.get('answer')), (['answer', 'compile'], 42), 'the collection')
        tap.check(not wrong, '\n'.join(wrong[:20]))


def the_table():
    """Printed last."""
    TABLE.print()
    for fault, row in TABLE.rows.items():
        tap.same(row[1:], [row[1], row[1], 0, 0, 0], f'the row of {fault}')


def claims():
    """All of them need the service."""
    if not os.environ.get('DTRACK_NODE_MODULES'):
        def skipped():
            raise tap.Skip('DTRACK_NODE_MODULES is not set')
        return [('finish_may_be_killed_at_any_call_to_a_service', skipped)]
    service = Service()
    return [('finish_may_be_killed_at_any_call_to_a_service', lambda: at_calls(service)),
            ('finish_may_be_killed_at_any_moment_of_a_request', lambda: by_lot(service)),
            ('nothing_was_lost_doubled_or_damaged_in_the_service', the_table)]


tap.run(claims())
