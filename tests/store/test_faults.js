// SPDX-License-Identifier: MIT
// node test_faults.js STORE_TOOL : each fault of faults.js against the store. Three objects meet it, each once; what a
// first attempt does not get over, another one does when the fault has gone. Nothing is lost, doubled or damaged.
'use strict';

const { pathStyle } = require('./azurite');
const faults = require('./faults');
const { claimsOf, printTable, startRows, startServer } = require('./matrix');
const { check, run, same } = require('./tap');
const { OK, RETRY, REFUSED } = require('./tool');
const { withWorld } = require('./world');

const NAMES = ['run-1', 'run-2', 'run-3'];
const OUTCOMES = { [OK]: 'stored', [RETRY]: 'later', [REFUSED]: 'refused' };

// Each object meets the fault once; a connection does not know yet for which object it is.
const strikeEach = (fault) => (fault.connect ? [{ ...fault, times: NAMES.length }]
  : NAMES.map((name) => ({ ...fault, match: `^PUT.*/${name}$` })));

// How often objects were written beyond the once that each was to be.
function countDoubles(log) {
  const written = (name) => log.filter((entry) => entry.method === 'PUT' && entry.url.endsWith(`/${name}`) && entry.status === 201).length;
  return NAMES.reduce((sum, name) => sum + Math.max(written(name) - 1, 0), 0);
}

async function strike(world, claim, row) {
  const { tool, file, freshContainer, read, names } = world;
  const c = freshContainer(), text = (name) => `${claim} ${name}`;
  await c.client.create();
  const server = await startServer(row, world.url, strikeEach);
  const env = row.brief ? { STORE_TOOL_DEADLINE: '1000' } : {};
  const put = (url, name, more) => tool(pathStyle(url), c.store, 'once', name, file(text(name)), more);
  const first = await Promise.all(NAMES.map((name) => put(server.url, name, env)));
  server.lift();
  const again = NAMES.filter((name, i) => first[i].status !== OK);
  const last = await Promise.all(again.map((name) => put(row.fault ? server.url : world.url, name, {})));
  server.close();
  const found = await names(c);
  const contents = await Promise.all(found.map((name) => read(c, name)));
  return {
    first: [...new Set(first.map((put) => OUTCOMES[put.status] || put.status))].join(),
    tried: server.log.filter((entry) => entry.method === 'PUT' || entry.method === 'CONNECT').length,
    expected: NAMES.length,
    found: found.length,
    doubled: countDoubles(server.log),
    damaged: found.filter((name, i) => contents[i].text !== text(name)).length,
    why: first.concat(last).map((put) => put.why).join('\n'),
    want: row.first,
    last: last.map((put) => put.status),
  };
}

function judge(seen) {
  same(seen.last.filter((status) => status !== OK), [], `results of the second attempt (${seen.why})`);
  same([seen.found, seen.doubled, seen.damaged], [seen.expected, 0, 0], 'found, doubled, damaged');
  same(seen.first, seen.want, `result of the first attempt (${seen.why})`);
  check(!/AccountKey|SharedKey|[A-Za-z0-9+/]{80}==/.test(seen.why), `a secret in ${seen.why}`);
}

withWorld(process.argv[2], async (world) => {
  const results = [];
  const begun = startRows(faults, 10, (claim, row) => strike(world, claim, row));
  const good = await run(claimsOf(begun, 'loses_and_doubles_nothing', results, judge));
  printTable(results.map(({ fault, first, tried, expected, found, doubled, damaged }) => (
    { fault, first, tried, expected, found, doubled, damaged })));
  return good;
});
