// SPDX-License-Identifier: MIT
// A run of any size in a store: make compiles files, eight at a time, each by sh > gcc > cc1, as. No two of them have the same times,
// names or arguments. The same size gives the same run.
'use strict';

const { once } = require('events');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const { RUN, SPANS, SUMMARY, blank, store, summaryOf } = require('./make_page');

const START_NS = 1795422982123000000n, WORKERS = 8;

// A number from 0 to 1, always the same ones.
function dice(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
}

const nanoseconds = (us) => START_NS + BigInt(Math.round(us * 1000));

// A row from `begin` to `end`, microseconds from the run's start.
function line(id, parent, args, begin, end, more = {}) {
  const row = { ...blank, span_id: id, parent_id: parent, kind: 'process', name: args[0], start_ns: '@s', dur_ns: Math.round((end - begin) * 1000), end_by: 'self',
    exit_code: 0, exe: `/usr/bin/${args[0]}`, args, uid: 0, ppid: 1, tree_user_us: 1, tree_sys_us: 1, reaped_ns: '@r', ...more };
  return `${JSON.stringify(row).replace('"@s"', nanoseconds(begin)).replace('"@r"', nanoseconds(end + 90))}\n`;
}

// One file: its four processes from `from` on. `chance` is a dice.
function unit(k, from, chance) {
  const life = 400 + 30000 * chance() ** 6, name = `part${k % 97}/file_${k}`, scratch = `/tmp/cc${(k * 7919).toString(36)}.s`;
  const more = (i, share) => ({ pid: 1000 + (4 * k + i) % 60000, cwd: `/srv/job/part${k % 97}`, task: 'build', maxrss_kb: 3000 + Math.round(60000 * chance()),
    user_us: Math.round(life * share * chance()), sys_us: Math.round(200 * chance()), exit_code: k % 5000 === 77 ? 1 : 0 });
  const text = line(`a${k}`, 'make', ['sh', '-c', `gcc -O2 -c ${name}.c`], from, from + life, more(0, 0.05)) +
    line(`b${k}`, `a${k}`, ['gcc', '-O2', '-Iinclude', '-c', `${name}.c`, '-o', `${name}.o`], from + life * 0.02, from + life * 0.98, more(1, 0.05)) +
    line(`c${k}`, `b${k}`, ['cc1', '-quiet', '-O2', `${name}.c`, '-o', scratch], from + life * 0.05, from + life * 0.85, more(2, 0.7)) +
    line(`d${k}`, `b${k}`, ['as', '-o', `${name}.o`, scratch], from + life * 0.86, from + life * 0.95, more(3, 0.08));
  return { text, end: from + life };
}

// Put a run of about so many spans into the store at `place`.
async function build(place, spans) {
  const chance = dice(7), free = new Array(WORKERS).fill(3000);
  store(place, {}, []); // its folders
  const gzip = zlib.createGzip({ level: 1 }), file = fs.createWriteStream(path.join(place, SPANS));
  gzip.pipe(file);
  for (let k = 0; 4 * k < spans - 4; k++) {
    const worker = free.indexOf(Math.min(...free)), { text, end } = unit(k, free[worker], chance);
    free[worker] = end + 50 * chance();
    if (!gzip.write(text)) await once(gzip, 'drain');
  }
  const end = Math.max(...free) + 1000;
  gzip.end(line('make', 'run', ['make', '-j8'], 1000, end, { pid: 2 }) +
    line('t1', 'run', ['build'], 2000, end - 500, { kind: 'task', name: 'build', end_by: 'mark', exe: null, args: [], exit_code: null, reaped_ns: null }));
  await once(file, 'close');
  fs.writeFileSync(path.join(place, SUMMARY), Buffer.concat([summaryOf([], Math.round(end / 1000), { totals: { processes: spans, failed: 0, tasks: 1, marks: 0,
    user_us: 1, sys_us: 1, maxrss_kb: 1, execs: 0, exec_ns: 0 } }), Buffer.from('\n')]));
}

module.exports = { RUN, build };
