// SPDX-License-Identifier: MIT
// node test_jobs.js STORE_TOOL DTRACK SHIM : each fault of faults.js against a whole job. The fault lasts as long as the
// job does: its status stays, its run is kept on disk, and when the fault has gone the run is in the store, once. Where
// there is no service at all, the guardian is killed as well, as it is when an agent is torn down.
'use strict';

const path = require('path');
const { pathStyle } = require('./azurite');
const faults = require('./faults');
const { environment, execute, flush, killGuardians, settle, storedRuns, waiting } = require('./jobs');
const { claimsOf, printTable, startRows, startServer } = require('./matrix');
const { check, note, run, same } = require('./tap');
const { withWorld } = require('./world');

const [toolPath, dtrack, shim] = process.argv.slice(2).map((program) => path.resolve(program));
const STATUS = 7, WAIT_S = 1;

// The fault as long as the job lasts, whatever is asked for.
const forEver = (fault) => [{ ...fault, match: fault.connect ? undefined : '', times: Infinity }];

async function suffer(world, claim, row) {
  const c = world.freshContainer();
  const job = { spool: path.join(world.scratch, `spool-${claim}`), store: c.store };
  await c.client.create();
  const server = await startServer(row, world.url, forEver);
  const env = environment(job, pathStyle(server.url), { LD_PRELOAD: shim, DTRACK_WAIT: String(WAIT_S) });
  const done = await execute('sh', ['-c', `/bin/true; exit ${STATUS}`], env);
  const kept = waiting(job).length;
  if (!row.fault) killGuardians(job);
  server.lift();
  const good = row.fault ? server.url : world.url;
  const calls = await flush(dtrack, job, pathStyle(good));
  await settle(job);
  server.close();
  const seen = await storedRuns(c.client);
  return { ...done, kept, calls, expected: 1, found: new Set(seen.ids).size, doubled: seen.ids.length - new Set(seen.ids).size + seen.strays.length,
    damaged: seen.faults.length, tried: server.log.length, faults: seen.faults.concat(seen.strays), left: waiting(job) };
}

function judge(seen) {
  same([seen.status, seen.out], [STATUS, ''], 'status and output of the job');
  check(seen.err === '' || /^dtrack: [^\n]*\n$/.test(seen.err), `it said ${seen.err}`);
  check(!/AccountKey|SharedKey|[A-Za-z0-9+/]{80}==/.test(seen.err), `a secret in ${seen.err}`);
  same(seen.left, [], 'runs left on disk');
  same([seen.found, seen.doubled, seen.damaged], [1, 0, 0], `found, doubled, damaged (${seen.faults})`);
}

withWorld(toolPath, async (world) => {
  const results = [];
  const plain = await execute('sh', ['-c', `/bin/true; exit ${STATUS}`], { PATH: process.env.PATH });
  const begun = startRows(faults, 10, (claim, row) => suffer(world, claim, row));
  const good = await run(claimsOf(begun, 'costs_no_status_and_no_run', results, judge));
  note(`DTRACK_WAIT=${WAIT_S}; the job alone takes ${plain.ms} ms`);
  printTable(results.map(({ fault, ms, tried, kept, calls, expected, found, doubled, damaged }) => (
    { fault, 'job ms': ms, requests: tried, 'kept on disk': kept, flushes: calls, expected, found, doubled, damaged })));
  return good;
});
