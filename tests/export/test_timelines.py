#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_timelines.py DTRACK : chrome, perfetto, speedscope and collapsed, by rules of ours and by the readers they are for."""
import json
import os
import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import perfetto
import tap
import world
from world import START

DTRACK = sys.argv[1]
DEEP = 100000
CONTROLS = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u202a-\u202e\ufeff]')
CASES = {'hostile': world.hostile_rows, 'extreme': world.extreme_rows, 'siblings': world.sibling_rows, 'build': world.build_rows,
         'execs': lambda: world.exec_rows(3000), 'forks': lambda: world.fork_rows(3000)}
CASES.update({f'random {seed}': lambda seed=seed: world.random_rows(seed) for seed in range(8)})
STORES = {}


def export(case, form, suffix):
    """The path of that case's run in that format."""
    if case not in STORES:
        STORES[case] = world.write_run(CASES[case]())
    return world.export(DTRACK, STORES[case], form, suffix)


def chrome_events(path):
    """The events of a trace, numbers exact."""
    with open(path, encoding='utf-8') as file:
        trace = json.load(file, parse_float=Decimal)
    tap.same(trace['displayTimeUnit'], 'ms', 'the unit shown')
    return trace['traceEvents']


def check_lane(bars):
    """Complete events of one lane, as Perfetto takes them: by time, the file's order where that is equal; each lies within the last one that
    goes on, or behind it."""
    bars.sort(key=lambda bar: bar['ts'])
    stack = []
    for bar in bars:
        while stack and stack[-1] <= bar['ts']:
            stack.pop()
        end = bar['ts'] + bar['dur']
        tap.check(not stack or end <= stack[-1], f'{bar} overlaps')
        stack.append(end)
        tap.check(len(stack) < 512, 'deeper than Perfetto takes')


def check_flows(events):
    """Each arrow begins in the bar of the child's parent and ends in the child's own. Perfetto takes the topmost bar of the lane that it has
    read by then; one that is over is taken off only when the next one comes."""
    lanes, flows = {}, {}
    order = sorted(range(len(events)), key=lambda i: events[i].get('ts', -1))
    for i in order:
        event = events[i]
        lane = lanes.setdefault((event['pid'], event['tid']), [])
        if event['ph'] == 'X':
            while lane and lane[-1]['ts'] + lane[-1]['dur'] <= event['ts']:
                lane.pop()
            lane.append(event)
        elif event['ph'] in 'sf':
            tap.check(isinstance(event['id'], int), 'an id that is no integer')
            tap.check(lane[-1]['ts'] <= event['ts'] <= lane[-1]['ts'] + lane[-1]['dur'], f'{event} is not within its bar')
            flows.setdefault((event['cat'], event['name'], event['id']), []).append((event['ph'], lane[-1]['args']))
    for ends in flows.values():
        tap.same([end[0] for end in ends], ['s', 'f'], 'the ends of an arrow')
        tap.same(ends[0][1]['span_id'], ends[1][1]['parent_id'], 'where an arrow begins')
    return flows


def chrome_bars_nest_in_lanes_from_one_and_arrows_meet_theirs():
    """By the rules of Perfetto's importer."""
    for case, rows in CASES.items():
        events = chrome_events(export(case, 'chrome', '.trace.json'))
        bars = [event for event in events if event['ph'] == 'X']
        tap.same(len(bars), 1 + sum(row['kind'] != 'mark' for row in rows()), f'bars of {case}')
        lanes = {}
        for bar in bars:
            tap.check(0 < bar['tid'] < 2**32 and bar['pid'] in (1, 2) and bar['ts'] >= 0 and bar['dur'] >= 0, f'{bar}')
            lanes.setdefault((bar['pid'], bar['tid']), []).append(bar)
        for lane in lanes.values():
            check_lane(lane)
        tap.same(sorted({event['ph'] for event in events} - set('XMisf')), [], 'other phases')
        tap.check(check_flows(events) or case not in ('siblings', 'build'), 'no arrows')


def chrome_times_are_exact_microseconds_from_the_runs_start():
    """Three decimals: nanoseconds. The run's own start is text, as it does not fit into a double."""
    path = export('siblings', 'chrome', '.trace.json')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    tap.same(json.loads(text)['otherData']['start_ns'], str(START), 'the start')
    tap.check(all(re.fullmatch(r'\d+\.\d{3}', at) for at in re.findall(r'"(?:ts|dur)":([^,}]+)', text)), 'a time without three decimals')
    found = {bar['args']['span_id']: (bar['ts'], bar['dur']) for bar in chrome_events(path) if bar['ph'] == 'X'}
    for row in CASES['siblings']():
        want = (Decimal(row['start_ns'] - START) / 1000, Decimal(row['dur_ns']) / 1000)
        tap.same(found[row['span_id']], want, f"time of {row['span_id']}")


def chrome_says_lanes_marks_and_what_ran():
    """Names of lanes and their order; a mark with its value; the real pid among the arguments."""
    events = chrome_events(export('build', 'chrome', '.trace.json'))
    named = Counter((event['name'], *event['args']) for event in events if event['ph'] == 'M')
    tap.check(named['thread_name', 'name'] == named['thread_sort_index', 'sort_index'] > 3, f'{named}')
    marks = [(event['name'], event['args']['value'], event['s']) for event in events if event['ph'] == 'i']
    tap.same(marks, [('coverage', '81.25', 'p'), ('artifact', '"out.tar.gz"', 'p')], 'the marks')
    compiler = next(event for event in events if event.get('args', {}).get('span_id') == 'cc3')
    tap.same([compiler['args'][key] for key in ('command', 'pid', 'task', 'user_us')], ['cc -c 3.c', 203, 'build', 3000000], 'arguments')
    forks = [event['args']['span_id'] for event in events if event.get('args', {}).get('forked')]
    tap.same(forks, ['make'], 'forks')
    tap.check(compiler['cat'] == 'process' and compiler['name'] == 'cc', f'{compiler}')


def chromes_own_trace_engine_reads_all_lanes():
    """Every bar, in the lane it was put in."""
    for case in CASES:
        path = export(case, 'chrome', '.trace.json')
        if case == 'extreme':
            continue # beyond what a double holds
        found = world.ask_node('read_chrome.mjs', path)
        bars = Counter(f"{event['pid']} {event['tid']}" for event in chrome_events(path) if event['ph'] == 'X')
        tap.same({lane: entries for lane, (entries, _) in found['lanes'].items()}, dict(bars), f'lanes of {case}')


def perfetto_packets_have_their_numbers_and_slices_nest():
    """Exact nanoseconds for all of it; what protoc knows no name for is refused."""
    for case, rows in CASES.items():
        packets = perfetto.decode(export(case, 'perfetto', '.pftrace'))
        perfetto.check_packets(packets)
        keys = perfetto.names_of(packets)
        found = {}
        for _, begin, end, event, depth in perfetto.slices(packets):
            notes = {keys[note['name_iid']]: note for note in event['debug_annotations']}
            found[notes['span_id']['string_value']] = (begin, end)
            tap.check(depth < 512 and end >= begin >= START, f'{event}')
        bars = [row for row in rows() if row['kind'] != 'mark']
        tap.same(len(found), 1 + len(bars), f'slices of {case}')
        if case in ('siblings', 'build', 'execs'):
            want = {row['span_id']: (row['start_ns'], row['start_ns'] + row['dur_ns']) for row in bars}
            tap.same({key: found[key] for key in want}, want, f'times of {case}')
        tap.same(sum(p.get('track_event', {}).get('type') == 'TYPE_INSTANT' for p in packets), len(rows()) - len(bars), 'marks')
        notes = [keys[n['name_iid']] for p in packets for n in p.get('track_event', {}).get('debug_annotations', []) if 'bool_value' in n]
        tap.same(notes, ['forked'] * sum(row['forked'] for row in rows()), 'what is true')


def perfetto_tracks_are_a_tree_and_arrows_have_two_ends():
    """Lanes below their group below the run, by rank."""
    packets = perfetto.decode(export('siblings', 'perfetto', '.pftrace'))
    known = perfetto.tracks(packets)
    top = [track for track in known.values() if 'parent_uuid' not in track]
    tap.same([track['name'] for track in top], ['run'], 'tracks without a parent')
    groups = [t['name'] for t in known.values() if t.get('parent_uuid') == top[0]['uuid']]
    tap.same(groups, ['marks', 'tasks', 'processes'], 'the groups')
    processes = next(t['uuid'] for t in known.values() if t['name'] == 'processes')
    ranks = [int(t['sibling_order_rank']) for t in known.values() if t.get('parent_uuid') == processes]
    tap.same(ranks, list(range(1, len(ranks) + 1)), 'ranks of lanes')
    for case in CASES:
        packets = perfetto.decode(export(case, 'perfetto', '.pftrace'))
        begun, ended = set(), set()
        for packet in sorted((p for p in packets if 'track_event' in p), key=lambda p: int(p['timestamp'])):
            for flow in packet['track_event'].get('flow_ids', []):
                tap.check(flow not in begun, f'an arrow of {case} begins twice')
                begun.add(flow)
            for flow in packet['track_event'].get('terminating_flow_ids', []):
                tap.check(flow in begun and flow not in ended, f'an arrow of {case} ends before it begins, or twice')
                ended.add(flow)
        tap.same(len(begun), len(ended), f'ends of arrows of {case}')
        tap.check(begun or case not in ('siblings', 'build'), 'no arrows')


def perfetto_is_not_for_a_terminal():
    """It is refused there, with a word about -o; a pipe gets it."""
    leader, terminal = os.openpty()
    command = [DTRACK, 'export', '--format', 'perfetto', '--store', world.write_run([])]
    done = subprocess.run(command, stdout=terminal, stderr=subprocess.PIPE, text=True, check=False)
    os.close(terminal)
    os.close(leader)
    tap.check(done.returncode == 2 and '-o' in done.stderr, f'{done.returncode} {done.stderr}')
    tap.check(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.startswith(b'\n'), 'no packet')


def speedscope_profiles_are_balanced_and_in_order():
    """What its importer throws at: times that go back, a close of what is not on top."""
    for case in CASES:
        with open(export(case, 'speedscope', '.speedscope.json'), encoding='utf-8') as file:
            data = json.load(file, parse_float=Decimal)
        frames = data['shared']['frames']
        tap.check(len(frames) == len({frame['name'] for frame in frames}) or case == 'hostile', 'a frame twice')
        for profile in data['profiles']:
            if profile['type'] == 'sampled':
                tap.same(len(profile['samples']), len(profile['weights']), 'samples and weights')
                tap.same(profile['endValue'], min(sum(profile['weights']), 2**63 - 1), 'the sum of weights')
                continue
            stack, last = [], profile['startValue']
            for event in profile['events']:
                tap.check(last <= event['at'] <= profile['endValue'] and 0 <= event['frame'] < len(frames), f'{event}')
                last = event['at']
                if event['type'] == 'O':
                    stack.append(event['frame'])
                else:
                    tap.same(stack.pop(), event['frame'], 'what is closed')
            tap.check(not stack, 'something stays open')


def speedscopes_own_importer_reads_every_profile():
    """With the CPU time of the rows, and the lanes of the build."""
    for case, rows in CASES.items():
        if case == 'extreme':
            continue # sums beyond what a double holds
        found = world.ask_node('read_speedscope.js', export(case, 'speedscope', '.speedscope.json'))
        cpu = sum((row['user_us'] or 0) + (row['sys_us'] or 0) for row in rows())
        tap.same((found[0]['name'], found[0]['weight']), ('CPU time', cpu), f'the first profile of {case}')
        tap.check(len(found) > 1 and all(profile['weight'] > 0 for profile in found[1:]), f'profiles of {case}')
    found = world.ask_node('read_speedscope.js', export('build', 'speedscope', '.speedscope.json'))
    tap.same({name: us for name, us in found[0]['frames'].items() if us}, {'cc': 30010000}, 'CPU time by name')


def collapsed(case):
    """The lines of that case as [(frames, microseconds)]."""
    with open(export(case, 'collapsed', '.collapsedstack.txt'), encoding='utf-8', newline='') as file:
        text = file.read()
    tap.check(not text.startswith('{') and not CONTROLS.search(text.replace('\n', '')), 'a control')
    lines = []
    for line in text.split('\n')[:-1]:
        match = re.fullmatch(r'(.*) (\d+)', line)
        tap.check(match and all(match[1].split(';')), f'{line!r}')
        tap.check(not re.search('::|##', line), f'{line!r} is a command')
        lines.append((match[1].split(';'), int(match[2])))
    return lines


def collapsed_lines_are_stacks_with_known_sums():
    """Own microseconds: of the shell, of make, of what they started; tasks between."""
    for case in CASES:
        collapsed(case)
    found = {';'.join(frames): value for frames, value in collapsed('build')}
    want = {'run;sh': 44000000, 'run;sh;[test];ctest': 7000000, 'run;sh;[build];make;[link];ld': 8000000}
    tap.same({key: found.get(key) for key in want}, want, 'stacks of the build')
    tap.same(found['run;sh;[build];make;cc'], 39999999, 'microseconds of the compilers')


def collapsed_and_speedscope_agree():
    """The importer that reads both finds the same frames."""
    found = world.ask_node('read_speedscope.js', export('build', 'collapsed', '.collapsedstack.txt'))
    tap.same(found[0]['weight'], sum(value for _, value in collapsed('build')), 'the sum')


def a_run_without_end_in_depth_is_written_without_recursion():
    """100,000 images of one process, and 100,000 children each of the other, on a stack of 256 KiB."""
    for rows in (world.exec_rows(DEEP), world.fork_rows(DEEP)):
        store = world.write_run(rows)
        for form in ('chrome', 'perfetto', 'speedscope', 'collapsed', 'csv', 'markdown', 'junit', 'openmetrics'):
            path = world.export(DTRACK, store, form, '.x')
            if form == 'collapsed':
                with open(path, encoding='utf-8') as file:
                    tap.check(max(line.count(';') for line in file) <= 251, 'a stack that is too deep')


if __name__ == '__main__':
    tap.run([chrome_bars_nest_in_lanes_from_one_and_arrows_meet_theirs, chrome_times_are_exact_microseconds_from_the_runs_start,
             chrome_says_lanes_marks_and_what_ran, chromes_own_trace_engine_reads_all_lanes,
             perfetto_packets_have_their_numbers_and_slices_nest, perfetto_tracks_are_a_tree_and_arrows_have_two_ends,
             perfetto_is_not_for_a_terminal,
             speedscope_profiles_are_balanced_and_in_order, speedscopes_own_importer_reads_every_profile,
             collapsed_lines_are_stacks_with_known_sums, collapsed_and_speedscope_agree,
             a_run_without_end_in_depth_is_written_without_recursion])
