// SPDX-License-Identifier: MIT
// node test_page_code.js : the report's modules without a browser: decoding, lanes, own time, parallelism, flame graphs.
'use strict';

const zlib = require('zlib');
const { encode, load, runOf } = require('./page_code');
const { check, run, same } = require('../store/tap');

const dt = load();

// The known answer of the critical path's tests: a make of which all times are known.
const make = [
  { id: 'sh', name: 'sh', from: 0, to: 100 },
  { id: 'make', name: 'make', parent: 'sh', from: 5, to: 95, cpu: 100 },
  { id: 'spy', name: 'spy', parent: 'sh', from: 6, to: 99 },
  { id: 'gen', name: 'gen', parent: 'make', from: 7, to: 20, task: 'build' },
  { id: 'cc-a', name: 'cc', parent: 'make', from: 21, to: 50, task: 'build', cpu: 20000 },
  { id: 'cc-b', name: 'cc', parent: 'make', from: 21, to: 70, task: 'build' },
  { id: 'as-b', name: 'as', parent: 'cc-b', from: 40, to: 68, task: 'build' },
  { id: 'cc-c', name: 'cc', parent: 'make', from: 51, to: 60, code: 1, task: 'build' },
  { id: 'ld', name: 'ld', parent: 'make', from: 72, to: 94, task: 'link' },
];

run({
  numbers_come_back() {
    const numbers = [0, -1, 1, 63, 64, -64, -65, 2 ** 40, -(2 ** 40), 2 ** 52];
    const data = dt.decode(encode({ some: numbers, start: [5, 5, 7, 2 ** 50] }, { spans: 1, strings: ['a'], words: [] }));
    same([...data.cols.some], numbers, 'numbers');
    same([...data.cols.start], [5, 5, 7, 2 ** 50], 'differences');
  },

  async a_block_is_compressed_base64() {
    const bytes = encode({ some: [1, 2, 3] }, { spans: 3, strings: [], words: [] });
    const plain = await dt.gunzip(dt.fromBase64(`\n${zlib.gzipSync(bytes).toString('base64')}\n`));
    same([...plain], [...bytes], 'bytes');
  },

  a_column_that_is_too_short_is_an_error() {
    let said = '';
    try {
      dt.numbers(new Uint8Array([128, 128]), 0, 2, 1, false);
    } catch (error) {
      said = error.message;
    }
    same(said, 'a column is too short', 'error');
  },

  own_time_is_when_no_child_lives() {
    const r = runOf(dt, make, 100);
    const own = (id) => r.ownBetween(r.find(id), 0, r.length) / 1000;
    same(['sh', 'make', 'gen', 'cc-a', 'cc-b', 'as-b'].map(own), [6, 6, 13, 29, 21, 28], 'own ms');
    same(r.ownBetween(r.find('cc-b'), 30000, 45000) / 1000, 10, 'own ms in a range');
  },

  at_work_are_processes_without_a_living_child() {
    const r = runOf(dt, make, 100);
    same([3, 10, 25, 45, 65, 71, 97, 99.5].map((t) => r.busyBetween(t * 1000 - 1, t * 1000)), [1, 2, 3, 3, 2, 2, 1, 1], 'at work');
    const sum = make.reduce((all, s) => all + r.ownBetween(r.find(s.id), 0, r.length), 0);
    same(Math.round(r.areaUntil(r.length)), Math.round(sum), 'the area is all own time');
  },

  a_process_that_executes_another_program_goes_on_beside_itself() {
    const r = runOf(dt, [
      { id: 'sh', name: 'sh', from: 0, to: 50 },
      { id: 'fork', name: 'sh', parent: 'sh', from: 10, to: 12, pid: 7, endBy: 'exec' },
      { id: 'cc', name: 'cc', parent: 'sh', from: 12, to: 40, pid: 7, isNext: true },
      { id: 'as', name: 'as', parent: 'cc', from: 20, to: 30 },
    ], 50);
    same(r.ownBetween(0, 0, r.length) / 1000, 20, 'own ms of the shell');
    same([...r.owner], [-1, 0, 0, 2], 'owners');
    const { lane } = dt.layOut(r, 'tree');
    same(lane[1] === lane[2] && lane[3] > lane[2], true, 'the program takes the lane of its fork');
  },

  lanes_never_overlap_and_lie_below_who_started_them() {
    let seed = 7;
    const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
    const spans = [{ id: 's0', name: 'p', from: 0, to: 10000 }];
    for (let i = 1; i < 800; i++) {
      const p = random(spans.length), from = spans[p].from + random(1 + spans[p].to - spans[p].from);
      spans.push({ id: `s${i}`, name: 'p', parent: `s${p}`, from, to: from + random(1 + spans[p].to - from) });
    }
    spans.sort((a, b) => a.from - b.from || Number(a.id.slice(1)) - Number(b.id.slice(1)));
    const r = runOf(dt, spans, 10000);
    for (const by of ['tree', 'task']) {
      const { lane, lanes } = dt.layOut(r, by);
      for (const list of lanes)
        for (let k = 1; k < list.length; k++)
          check(r.end[list[k - 1]] <= r.start[list[k]], `spans ${list[k - 1]} and ${list[k]} overlap`);
      same(lanes.reduce((n, list) => n + list.length, 0), r.n, 'spans in lanes');
      for (let i = 1; i < r.n; i++)
        check(r.owner[i] < 0 || lane[i] > lane[r.owner[i]], `span ${i} lies above its owner`);
    }
  },

  tables_add_up() {
    const r = runOf(dt, make, 100);
    const lines = dt.tabulate(r, dt.within(r, 0, r.length), (i) => r.command(i), 0, r.length);
    const cc = lines.find((line) => line.name === 'cc');
    same([cc.count, cc.failed, cc.own / 1000, cc.longest / 1000, cc.p50 / 1000], [3, 1, 59, 49, 29], 'cc');
    same(lines.reduce((all, line) => all + line.own, 0), r.areaUntil(r.length), 'all own time');
    same(dt.cpuWithin(r, r.find('cc-a'), 21000, 35500), 10000, 'CPU of half a life');
  },

  a_flame_graph_has_all_own_time_once() {
    const r = runOf(dt, make, 100);
    const flame = dt.flame(r, dt.within(r, 0, r.length), 0, r.length);
    const sh = flame.children.get('sh');
    same([flame.value / 1000, sh.children.get('make').children.get('cc').value / 1000], [227, 87], 'ms');
    same(sh.children.get('make').children.get('cc').count, 3, 'count');
  },

  a_sandwich_has_who_starts_it_and_what_it_starts() {
    const r = runOf(dt, make, 100);
    const { callers, callees } = dt.sandwich(r, dt.within(r, 0, r.length), 'cc', 0, r.length);
    same([callers.value / 1000, callers.children.get('make').children.get('sh').value / 1000], [87, 87], 'above');
    same([callees.value / 1000, callees.children.get('as').value / 1000, callees.count], [87, 28, 3], 'below');
  },

  damaged_rows_hang_on_the_run() {
    const r = runOf(dt, [
      { id: 'a', name: 'a', parent: 'b', from: 0, to: 9 },
      { id: 'b', name: 'b', parent: 'b', from: 3, to: 5 },
      { id: 'c', name: 'c', from: 8 },
    ], 10);
    same([...r.owner], [-1, -1, -1], 'owners');
    same(r.end[2] / 1000, 10, 'what is running lasts as long as the run');
  },

  times_are_said_as_people_say_them() {
    const said = { 0: '0 µs', 999: '999 µs', 1000: '1.0 ms', 31400: '31.4 ms', 431000: '431 ms', 2410000: '2.41 s', 24400000: '24.4 s',
      192000000: '3m 12s', 3660000000: '1h 01m' };
    same(Object.keys(said).map((us) => dt.time(Number(us))), Object.values(said), 'times');
    same(dt.ticks(0, 100, 5), [0, 20, 40, 60, 80, 100], 'ticks');
  },

  words_find_spans() {
    const r = runOf(dt, make, 100);
    same(dt.search(r, 'cc build').length, 3, 'found');
    same(dt.search(r, ' ').length, 0, 'nothing asked');
  },
});
