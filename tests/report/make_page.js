// SPDX-License-Identifier: MIT
// Runs in a folder of a test's own, and their pages.
'use strict';

const { execFileSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const zlib = require('zlib');
const { sanitizer } = require('../store/tap');

const RUN = '20261130T000000.000Z-0000000a';
const SPANS = `spans/v=1/dt=2026-11-30/run-${RUN}.ndjson.gz`, SUMMARY = `runs/v=1/dt=2026-11-30/run-${RUN}.json`;
const MS = 1e6, START = 1795422982123; // ms, Unix

const folder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'dtrack-report-'));

// Put a run into a store: `rows` are objects, or lines as bytes.
function store(place, summary, rows) {
  for (const name of [SPANS, SUMMARY]) fs.mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
  const lines = rows.map((row) => (Buffer.isBuffer(row) ? row : Buffer.from(JSON.stringify(row))));
  const bytes = zlib.gzipSync(Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
  fs.writeFileSync(path.join(place, SPANS), bytes);
  const text = Buffer.isBuffer(summary) ? summary : Buffer.from(JSON.stringify(summary));
  fs.writeFileSync(path.join(place, SUMMARY), Buffer.concat([text, Buffer.from('\n')]));
}

// Write the page of the run in a store, and return where.
function report(dtrack, place, name = 'page.html') {
  const file = path.join(place, name);
  const env = { PATH: process.env.PATH, HOME: place, XDG_STATE_HOME: place, ...sanitizer };
  execFileSync(dtrack, ['report', RUN, '--store', `file://${place}`, '-o', file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  return file;
}

const blank = { run_id: RUN, parent_id: null, exit_code: null, signal: null, pid: null, ppid: null, uid: null, exe: null, args: [],
  args_cut: false, args_raw: null, cwd: null, user_us: null, sys_us: null, tree_user_us: null, tree_sys_us: null, maxrss_kb: null,
  minflt: null, majflt: null, inblock: null, oublock: null, nvcsw: null, nivcsw: null, task: null, reaped_ns: null, forked: false,
  ended_by_ns: null, value: null };

const at = (ms) => Number(BigInt(START) + BigInt(ms)); // in ms: a row's nanoseconds are no double

// A row; times in ms from the run's start. JSON.stringify can't write nanoseconds exactly, so that whole lines are made here.
function row({ from, to, until, reaped, ...rest }) {
  const text = JSON.stringify({ ...blank, start_ns: '@s', dur_ns: to === undefined ? null : (to - from) * MS, ...rest,
    reaped_ns: reaped === undefined ? null : '@r', ended_by_ns: until === undefined ? null : '@u' });
  return Buffer.from(text.replace('"@s"', `${at(from)}000000`).replace('"@r"', `${at(reaped || 0)}000000`).replace('"@u"', `${at(until || 0)}000000`));
}

// A process; its times and ids as row() has them.
const process_ = (id, parent, args, from, to, more = {}) => row({ span_id: id, parent_id: parent, kind: 'process', name: path.basename(args[0]),
  exe: `/usr/bin/${path.basename(args[0])}`, args, cwd: '/srv/job', end_by: 'self', exit_code: 0, pid: 100 + Number(id.replace(/\D/g, '')), from, to,
  reaped: to, user_us: (to - from) * 500, sys_us: (to - from) * 100, tree_user_us: 1, tree_sys_us: 1, maxrss_kb: 4096, ...more });
const task = (id, name, from, to, more = {}) => row({ span_id: id, parent_id: 'run', kind: 'task', name, end_by: 'mark', from, to, ...more });
const mark = (id, name, value, when) => row({ span_id: id, parent_id: 'run', kind: 'mark', name, value, end_by: 'mark', from: when });

const summaryOf = (rows, ms, more = {}) => Buffer.from(JSON.stringify({ schema: 'dtrack.run/1', run_id: RUN, name: 'job', command: ['sh', 'job.sh'],
  cwd: '/srv/job', start_ns: '@s', dur_ns: ms * MS, status: { end_by: 'self', exit_code: 2, signal: null }, unsettled: false,
  host: { hostname: 'agent-7', cpus: '4' }, ci: { provider: 'azure-pipelines', build: '812' },
  totals: { processes: 9, failed: 3, tasks: 2, marks: 2, user_us: 1, sys_us: 1, maxrss_kb: 1, execs: 0, exec_ns: 0 },
  coverage: { by_end: { self: 9, parent: 0, exec: 0, inferred: 0, running: 0 }, unpreloaded: 0, missed: 0, bad_marks: 0, damaged_bytes: 0,
    explained_ns: null, explained_percent: 97, blind_spots: [] },
  cost: { shim_ns: 1, finish_ns: 1, spool_bytes: 1 }, spans: { object: SPANS, rows: rows.length, bytes: 1 }, ...more })
  .replace('"@s"', `${at(0)}000000`));

// The make of which all times are known (as in test_page_code.js), with what a page can have besides: it fails in ld.
function known() {
  const rows = [
    row({ span_id: 'run', kind: 'run', name: 'job', end_by: 'self', exit_code: 2, from: 0, to: 100 }),
    task('t1', 'build', 6, 71), task('t2', 'link', 71, 95, { end_by: 'run' }),
    process_('p1', 'run', ['sh', 'job.sh'], 0, 100, { exit_code: 2 }),
    process_('p2', 'p1', ['make', '-j2'], 5, 95, { exit_code: 2 }),
    process_('p3', 'p2', ['gen'], 7, 20, { task: 'build' }),
    process_('p4', 'p2', ['cc', '-c', 'a.c'], 21, 50, { task: 'build' }),
    process_('p5', 'p2', ['cc', '-c', 'b.c'], 21, 70, { task: 'build' }),
    process_('p6', 'p5', ['as', 'b.s'], 40, 68, { task: 'build' }),
    process_('p7', 'p2', ['cc', '-c', 'c.c'], 51, 60, { task: 'build' }),
    process_('p8', 'p2', ['ld', '-o', 'out'], 72, 94, { task: 'link', exit_code: 1 }),
    mark('m1', 'coverage', '81.25', 30), mark('m2', 'cache warm', null, 60),
    process_('p9', 'p1', ['spy'], 6, 60, { end_by: 'inferred', exit_code: null, until: 99, reaped: undefined, tree_user_us: null, tree_sys_us: null }),
  ];
  return { rows, summary: summaryOf(rows, 100) };
}

// The same up to 60 ms, when it goes on.
function live() {
  const still = { end_by: 'running', exit_code: null, reaped: undefined };
  const rows = [
    row({ span_id: 'run', kind: 'run', name: 'job', end_by: 'running', from: 0 }),
    process_('p1', 'run', ['sh', 'job.sh'], 0, undefined, { ...still, user_us: 1, sys_us: 1 }),
    process_('p2', 'p1', ['gen'], 5, 20),
    process_('p3', 'p1', ['cc', '-c', 'a.c'], 20, undefined, { ...still, user_us: 1, sys_us: 1 }),
  ];
  return { rows, summary: summaryOf(rows, 60, { status: { end_by: 'running', exit_code: null, signal: null } }) };
}

module.exports = { RUN, SPANS, SUMMARY, blank, folder, known, live, report, store, summaryOf };
