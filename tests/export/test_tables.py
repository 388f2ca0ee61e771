#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_tables.py DTRACK : csv, markdown, junit and openmetrics, by rules of ours and by the readers they are for."""
import csv
import html
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import openmetrics
import tap
import world

DTRACK = sys.argv[1]
XSD = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'junit.xsd')
CASES = {'hostile': (world.hostile_rows, {}), 'extreme': (world.extreme_rows, {'start_ns': -5}),
         'build': (world.build_rows, world.FAILED),
         'derived': (world.derived_rows, world.DERIVED), 'named': (lambda: [], {'name': '::error::<b>"\n|`x` ##[x]\x1b{', 'host': {}}),
         'none': (lambda: [], {})}
COMMANDS = re.compile(r'::|##\[|##vso\[')
CONTROLS = re.compile('[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\ufeff]')
STORES = {}
csv.field_size_limit(1 << 24)


def export(case, form, suffix):
    """The path of that case's run in that format."""
    if case not in STORES:
        rows, summary = CASES[case]
        STORES[case] = world.write_run(rows(), **summary)
    return world.export(DTRACK, STORES[case], form, suffix)


def read(path):
    """The text of a file, line ends as they are."""
    with open(path, encoding='utf-8', newline='') as file:
        return file.read()


def line_of(text):
    """What a text is as part of a line: blanks for ASCII's controls, a question mark for others."""
    return CONTROLS.sub('?', re.sub('[\x00-\x1f\x7f]', ' ', text))


def csv_is_rows_of_one_length_and_says_what_the_rows_say():
    """Python's reader as it is for RFC 4180, strict."""
    for case, (rows, _) in CASES.items():
        text = read(export(case, 'csv', '.csv'))
        lines = list(csv.reader(text.splitlines(keepends=True), strict=True))
        tap.same(lines[0][:len(world.KEYS)], world.KEYS, 'the header') # keys are only ever added, at the end
        tap.same({len(line) for line in lines}, {len(lines[0])}, f'lengths of the rows of {case}')
        tap.check(text.count('\n') == text.count('\r\n') == len(lines), 'a line that does not end with CRLF')
        for row, line in zip(rows(), lines[2:], strict=True):
            found = dict(zip(lines[0], line, strict=True))
            for key, value in row.items():
                want = json.loads(found[key]) if key in ('args', 'args_raw') and found[key] else found[key]
                if key in ('name', 'exe', 'cwd', 'task', 'value') and value is not None:
                    tap.same(re.sub('[\ufffd?]', '?', want), re.sub('[\ufffd?\U000e0041]', '?', line_of(value)).replace('##', '# #'), key)
                elif isinstance(value, list):
                    tap.same(want, value, key)
                else:
                    tap.same(want, '' if value is None else str(value).lower() if isinstance(value, bool) else str(value), key)


def csv_text_is_quoted_and_numbers_are_not():
    """So that no reader takes a quote for a part of the text."""
    for line in read(export('build', 'csv', '.csv')).split('\r\n')[1:-1]:
        for field in re.findall(r'(?:^|,)("(?:[^"]|"")*"|[^",]*)', line):
            tap.check(re.fullmatch(r'"(?:[^"]|"")*"|-?\d+|true|false|', field), f'{field!r} in {line!r}')


def duckdb_finds_out_the_dialect_and_reads_every_row():
    """Also where the first lines that it samples have nothing to quote, and quotes come later."""
    rows = [world.row(f'p{i}', dur_ns=5, args=['plain']) for i in range(30000)]
    rows += [world.row('quoted', name='a "b", c', dur_ns=7, args=['x "y"', 'z,\n'], cwd=None)]
    path = world.export(DTRACK, world.write_run(rows), 'csv', '.csv')
    sql = ("select count(*), sum(dur_ns)::bigint from FILE where kind = 'process' union all "
           "select count(*), sum(json_array_length(args))::bigint from FILE where name = 'a \"b\", c' and cwd is null")
    tap.same(world.ask_node('read_csv.js', path, sql), [['30001', '150007'], ['1', '2']], 'counts and sums')
    sql = "select args->>1, typeof(start_ns), typeof(args_cut) from FILE where span_id = 'quoted'"
    tap.same(world.ask_node('read_csv.js', path, sql), [['z,\n', 'BIGINT', 'BOOLEAN']], 'a list, and types')


def duckdb_reads_hostile_text():
    """Every row, and no value of a row in another's place."""
    path = export('hostile', 'csv', '.csv')
    rows = [row for row in world.hostile_rows() if row['kind'] == 'process']
    sql = "select span_id, lower(hex(args->>0)) from FILE where kind = 'process' order by start_ns, span_id"
    want = sorted([row['start_ns'], row['span_id'], row['args'][0].encode().hex()] for row in rows)
    tap.same(world.ask_node('read_csv.js', path, sql), [line[1:] for line in want], 'ids and first arguments')


def markdown_is_short_and_holds_no_command():
    """Neither markup but its own, nor what an agent would take for its own, whatever the record holds."""
    for case in CASES:
        text = read(export(case, 'markdown', '.md'))
        tap.check(len(text.encode()) <= 900 * 1024 and not CONTROLS.search(text), f'{len(text)} bytes')
        tap.check(not COMMANDS.search(text), f'{COMMANDS.search(text)} in {case}')
        tap.same(set(re.findall('<[^>]*>?', text)), {'<code>', '</code>'}, 'markup')
        tables = [line for line in text.splitlines() if line.startswith('|')]
        tap.check(all(line.endswith('|') for line in tables), 'a row that is cut')
        tap.check('`' not in text and '\\' not in text, 'other ways to quote')


def markdown_shows_the_recorded_text_and_nothing_else():
    """As marked renders it: tables, headings and code, and in the code what was recorded."""
    found = world.ask_node('read_markdown.mjs', export('hostile', 'markdown', '.md'))
    allowed = {'h3', 'h4', 'p', 'ul', 'li', 'code', 'table', 'thead', 'tbody', 'tr', 'th', 'td'}
    tap.same(set(found['tags']) - allowed, set(), 'other markup')
    shown = {code.strip().rstrip('\u2026') for code in found['codes']}
    for text in world.HOSTILE[:40]:
        want = line_of(text).strip()[:250]
        tap.check(any(code.startswith(want) for code in shown), f'{want!r} is not shown')
    found = world.ask_node('read_markdown.mjs', export('build', 'markdown', '.md'))
    tap.check({'nightly', 'build', 'cc -c 0.c', 'ctest -j1', 'coverage', '81.25'} <= set(found['codes']), f"{found['codes']}")


def parts_of(case):
    """The page's parts, by their titles: rows of tables as lists of cells, other lines as they are."""
    parts, rows = {}, []
    for line in html.unescape(re.sub('</?code>', '', read(export(case, 'markdown', '.md')))).splitlines()[1:]:
        if line.startswith('#### '):
            rows = parts[line[5:]] = []
        elif line.startswith('|') and not line.startswith('|-'):
            rows.append([cell.strip('\xa0 ') for cell in line[1:-1].split('|')])
        elif line and not line.startswith('|'):
            rows.append(line)
    return parts


def markdown_has_the_parts_of_the_page_in_their_order():
    """Known answers: the chain down to where it began, what was handled as one figure, shares of the critical path."""
    parts = parts_of('build')
    tap.same(list(parts), ['What failed', 'Tasks', 'What the time waited for', 'By command', 'At work', 'Marks', 'Coverage'], 'parts')
    tap.same(parts['What failed'][1:-1], [['sh ci.sh', 'exit 2', '1m 40s', '', ''], ['ctest -j1', 'exit 8', '7.00 s', 'test', 'here it began']],
             'what failed')
    tap.same([task[:6] for task in parts['Tasks'][1:]], [
        ['build', '50.0 s', '50 %', '30.0 s', '', '1'], ['link', '11.0 s', '11 %', '0 ms', '', '1'],
        ['test', '28.0 s', '28 %', '0 ms', '', '2']], 'tasks')
    tap.same(parts['What the time waited for'][1], ['sh', '44 %', '44.0 s', '1', 'sh ci.sh'], 'the largest share')
    tap.same(parts['By command'][1][:3], ['cc', '10', '30.0 s'], 'the command with most CPU')
    tap.same(parts['What failed'][-1], 'Handled: 1 failure that went on to nobody', 'what was handled')
    tap.same(parts['Coverage'], ['- Coverage  all ends seen \xb7 none missed'], 'coverage')


def markdown_says_the_same_as_show():
    """Of the page's figures those of `show --json`."""
    done = subprocess.run([DTRACK, 'show', '--json', '--store', STORES['build']], stdout=subprocess.PIPE, check=True)
    shown, parts = json.loads(done.stdout), parts_of('build')
    tap.same([row[0] for row in parts['What failed'][1:-1]], [f['command'] for f in shown['failed'] if f['kind'] != 'run'], 'the chain')
    tap.same(sorted(row[0] for row in parts['Tasks'][1:]), sorted(task['name'] for task in shown['tasks']), 'tasks')
    tap.same([row[0] for row in parts['By command'][1:]], [group['name'] for group in shown['commands']], 'commands')
    shares = [share for share in shown['path'] if share['path_ns'] >= world.SECOND]
    tap.same([row[0] for row in parts['What the time waited for'][1:-1]], [share['name'] for share in shares], 'shares')


def derived_tasks_are_told_apart():
    """A part of their own; no case, and in no figure of those that somebody marked."""
    parts = parts_of('derived')
    tap.same([task[:6] for task in parts['Tasks'][1:]], [['build', '50.0 s', '50 %', '0 ms', 'ok', '1'],
                                                         ['wait', '\u226540.0 s', '40 %', '0 ms', 'never ended', '1']], 'marked')
    tap.same(parts['Recognised tasks, which nobody marked'][1:], [['build', '30.0 s', '<1 ms', '1', '1', '30.0 s']], 'derived')
    tap.same([name for name, _, _ in cases_of(export('derived', 'junit', '.junit.xml'))[1]], ['run', 'build', 'wait'], 'cases')
    found = openmetrics.read(read(export('derived', 'openmetrics', '.prom')))
    marked = ('run', 'run'), ('task', 'build')
    done = subprocess.run([DTRACK, 'show', '--json', '--store', STORES['derived']], stdout=subprocess.PIPE, check=True)
    shown = json.loads(done.stdout)
    tap.same((shown['failed'], [(task['name'], task['count'], task['failed']) for task in shown['tasks']]),
             ([], [('build', 1, 0), ('wait', 1, 0)]), 'what show says')
    tap.same((found['dtrack_task_repeats'][marked], found['dtrack_task_failed'][marked]), ('1', '0'), 'figures')
    tap.same(found['dtrack_task_open'][('run', 'run'), ('task', 'wait')], '1', 'open')


def markdown_has_a_limit_for_the_page():
    """With every cell of every table as long as it gets, of signs that take six bytes each; what is left out is counted."""
    long = '|' * 5000
    rows = [world.row(f't{i}', 'run', 'task', name=f'{i}' + long, dur_ns=5) for i in range(500)]
    rows += [world.row('make', name='make', args=['make', '-k'], exit_code=2, dur_ns=1000)]
    rows += [world.row(f'p{i}', 'make', name=f'{i}' + long, task=f'1{long}', exit_code=1, dur_ns=5, at=i) for i in range(500)]
    rows += [world.row(f'm{i}', 'run', 'mark', name=long, value=json.dumps(long)) for i in range(500)]
    text = read(world.export(DTRACK, world.write_run(rows, **dict(world.FAILED, name=long)), 'markdown', '.md'))
    tap.check(150000 < len(text) < 900 * 1024, f'{len(text)} bytes')
    tap.same(re.findall('and ([0-9]+) more', text), ['481', '450', '491', '480'], 'what is left out')


def cases_of(path):
    """The suite's attributes, and of its cases what they say."""
    suite = ElementTree.parse(path).getroot().find('testsuite')
    return suite.attrib, [(case.get('name'), case.get('time'), case.find('failure')) for case in suite.iter('testcase')]


def junit_keeps_to_the_schema():
    """By xmllint, with names that are unique."""
    for case in CASES:
        path = export(case, 'junit', '.junit.xml')
        done = subprocess.run([world.program('xmllint'), '--noout', '--huge', '--schema', XSD, path], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        tap.same(done.returncode, 0, f'status of xmllint ({done.stdout[:600]})')
        text = read(path)
        tap.check(not COMMANDS.search(text) and not CONTROLS.search(text), f'a command or a control in {case}')


def junit_counts_what_is_there_and_names_are_unique():
    """Repeats have a number; a name that looks like one keeps it."""
    for case in CASES:
        suite, cases = cases_of(export(case, 'junit', '.junit.xml'))
        names = [name for name, _, _ in cases]
        tap.same((suite['tests'], suite['failures']), (str(len(cases)), str(sum(c[2] is not None for c in cases))), f'counts of {case}')
        tap.same(len(set(names)), len(names), 'unique names')
        tap.check(all(0 < len(name) <= 512 for name in names), 'a name too long for Azure')
    names = [name for name, _, _ in cases_of(export('hostile', 'junit', '.junit.xml'))[1]]
    tap.check({'a', 'a #2', 'a #3', 'a #2 #2'} <= set(names), f'{[name for name in names if name.startswith("a")]}')


def junit_says_which_tasks_failed_and_why():
    """The run's own time is what no task covers, so that times add up where tasks do not nest."""
    suite, cases = cases_of(export('build', 'junit', '.junit.xml'))
    tap.same((suite['name'], suite['timestamp'], suite['hostname'], suite['time']), ('nightly', '2026-11-23T08:36:22', 'agent', '100.000'),
             'the suite')
    classes = re.findall(' classname="([^"]*)"', read(export('build', 'junit', '.junit.xml')) + read(world.export(
        DTRACK, world.write_run([], name='deploy.v2.sh'), 'junit', '.junit.xml')))
    tap.same(set(classes), {'dtrack.nightly', 'dtrack.deploy_v2_sh'}, 'classes')
    tap.same([(name, time) for name, time, _ in cases], [('nightly', '22.000'), ('build', '50.000'), ('link', '11.000'), ('test', '20.000'),
                                                         ('test #2', '8.000')], 'cases')
    why = {name: failure.get('message') for name, _, failure in cases if failure is not None}
    chain = next(failure.text for name, _, failure in cases if name == 'nightly')
    tap.same(chain.splitlines(), ['exit 2: sh ci.sh', 'exit 8: ctest -j1, here it began'], 'the chain of the run')
    tap.same(why, {'nightly': 'exit 8: ctest -j1', 'test #2': 'exit 8: ctest -j1'}, 'failures')


def openmetrics_is_what_its_specification_says():
    """Whatever names hold; a label that cutting makes equal to another comes once."""
    for case in CASES:
        text = read(export(case, 'openmetrics', '.prom'))
        openmetrics.read(text)
        tap.check(not COMMANDS.search(text) and not CONTROLS.search(text), f'a command or a control in {case}')


def openmetrics_has_the_runs_and_the_tasks_figures():
    """Known answers."""
    found = openmetrics.read(read(export('build', 'openmetrics', '.prom')))
    run = ('run', 'nightly')
    tap.same(found['dtrack_run_duration_seconds'], {(run,): '100.000'}, 'duration')
    tap.same(found['dtrack_run_exit_code'], {(run,): '2'}, 'exit code')
    tap.same(found['dtrack_task_duration_seconds'], {(run, ('task', 'build')): '50.000', (run, ('task', 'link')): '11.000',
                                                     (run, ('task', 'test')): '28.000'}, 'tasks')
    tap.same(found['dtrack_task_repeats'][run, ('task', 'test')], '2', 'repeats')
    tap.same(found['dtrack_task_failed'][run, ('task', 'test')], '1', 'failed')
    tap.same(found['dtrack_task_path_seconds'][run, ('task', 'build')], '50.000', 'share of a task')
    tap.same(found['dtrack_command_path_seconds'][('command', 'sh'), run], '44.000', 'share of a command')
    whole = sum(float(value) for value in found['dtrack_command_path_seconds'].values())
    tap.check(abs(whole - 100) < 0.01, f'shares add up to {whole}')
    tap.same(found['dtrack_run_handled_failures'], {(run,): '1'}, 'handled')
    tap.same(found['dtrack_run_parallelism'], {(run,): '1.20'}, 'parallelism')
    tap.same(found['dtrack_mark_value'], {(('name', 'coverage'), run): '81.25'}, 'values')


def no_text_format_holds_a_command_of_an_agent():
    """On a job's log, where `##` works anywhere and `::` at the beginning of a line."""
    for form in ('ndjson', 'chrome', 'speedscope', 'collapsed', 'csv', 'markdown', 'junit', 'openmetrics'):
        for case in ('hostile', 'named'):
            found = re.search(r'##\[|##vso|^\s*::', read(export(case, form, '.x')), re.M)
            tap.check(not found, f'{found} in {form}')


def a_format_is_chosen_by_its_name_or_by_the_files():
    """The option goes first; without either it is rows."""
    for path, start in (('x.csv', '"run_id"'), ('x.md', '### '), ('x.prom', '# TYPE'), ('x.junit.xml', '<?xml'), ('x', '{"run_id"'),
                        ('x.trace.json', '{"displayTimeUnit"')):
        path = os.path.join(world.FOLDER.name, path)
        subprocess.run([DTRACK, 'export', '-o', path, '--store', STORES['build']], check=True)
        tap.check(read(path).startswith(start), f'{path} is {read(path)[:40]!r}')


if __name__ == '__main__':
    tap.run([csv_is_rows_of_one_length_and_says_what_the_rows_say, csv_text_is_quoted_and_numbers_are_not,
             duckdb_finds_out_the_dialect_and_reads_every_row, duckdb_reads_hostile_text, markdown_is_short_and_holds_no_command,
             markdown_shows_the_recorded_text_and_nothing_else, markdown_has_the_parts_of_the_page_in_their_order, markdown_says_the_same_as_show,
             derived_tasks_are_told_apart, markdown_has_a_limit_for_the_page, junit_keeps_to_the_schema,
             junit_counts_what_is_there_and_names_are_unique, junit_says_which_tasks_failed_and_why,
             openmetrics_is_what_its_specification_says, openmetrics_has_the_runs_and_the_tasks_figures,
             no_text_format_holds_a_command_of_an_agent, a_format_is_chosen_by_its_name_or_by_the_files])
