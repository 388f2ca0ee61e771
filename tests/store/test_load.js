// SPDX-License-Identifier: MIT
// node test_load.js STORE_TOOL DTRACK SHIM MARK : many jobs that end at the same moment, with one spool and one service,
// each with a value of its own for the shared collection. DTRACK_LOAD_RUNS says how many; 50 if it does not.
// With DTRACK_LOAD_KILL the agent is torn down two seconds later, guardians and all, and one flush has the rest to do.
'use strict';

const path = require('path');
const { pathStyle } = require('./azurite');
const { startProxy } = require('./fault_proxy');
const { environment, execute, flush, killGuardians, settle, storedRuns, waiting } = require('./jobs');
const { note, run, same } = require('./tap');
const { withWorld } = require('./world');

const [toolPath, dtrack, shim, mark] = process.argv.slice(2).map((program) => path.resolve(program));
const RUNS = Number(process.env.DTRACK_LOAD_RUNS || 50);
const isTornDown = Boolean(process.env.DTRACK_LOAD_KILL);
const seconds = (since) => ((Date.now() - since) / 1000).toFixed(1);

// Start all jobs, let all of them end at once, and wait for all. Resolves to how each ended, and when the end began.
async function endTogether(env) {
  const children = [], ready = [], done = [];
  for (let i = 0; i < RUNS; i += 1) {
    const script = `'${mark}' set job_${i} ${i} || exit 1; echo ready; read line; exit 0`;
    ready.push(new Promise((resolve) => {
      done.push(execute('sh', ['-c', script], env, (child) => { children.push(child); child.stdout.once('data', resolve); child.once('close', resolve); }));
    }));
    if (i % 10 === 9) await Promise.all(ready);
  }
  await Promise.all(ready);
  const began = Date.now();
  children.forEach((child) => child.stdin.end('\n'));
  return { jobs: await Promise.all(done), began };
}

async function collection(account) {
  const blob = account.getContainerClient('pathmetrics').getBlockBlobClient('statistics.json');
  return JSON.parse((await blob.downloadToBuffer()).toString());
}

withWorld(toolPath, async (world) => {
  const c = world.freshContainer();
  const job = { spool: path.join(world.scratch, 'spool'), store: c.store };
  const connection = pathStyle(world.url);
  const { jobs, began } = await endTogether(environment(job, connection, { LD_PRELOAD: shim, DTRACK_WAIT: isTornDown ? '2' : '10' }));
  note(`${RUNS} runs ended at once; the last job was let go after ${seconds(began)} s, with ${waiting(job).length} runs still on disk`);
  if (isTornDown) killGuardians(job);
  await settle(job);
  note(`the last guardian ended after ${seconds(began)} s and left ${waiting(job).length} runs on disk`);
  const calls = await flush(dtrack, job, connection);
  const seen = await storedRuns(c.client);
  const found = new Set(seen.ids).size;
  note(`expected ${RUNS}, found ${found}, doubled ${seen.ids.length - found + seen.strays.length}, damaged ${seen.faults.length}, flushes ${calls}`);
  return run({
    async every_job_keeps_its_status() {
      same(jobs.filter((one) => one.status !== 0).map((one) => [one.status, one.err]), [], 'jobs that failed');
    },
    async every_run_is_stored_once_and_whole() {
      same([found, seen.ids.length, seen.strays, seen.faults], [RUNS, RUNS, [], []], 'found, stored, strays and damaged ones');
      same(waiting(job), [], 'runs left on disk');
    },
    async the_collection_has_every_run_s_value() {
      const values = await collection(world.account());
      const wrong = Array.from({ length: RUNS }, (_, i) => i).filter((i) => values[`job_${i}`] !== i);
      same([Object.keys(values).length, wrong], [RUNS, []], 'number of values, and those lost');
    },
    // As it is for the last of very many: the run is stored, the collection always changed by others, the agent gone.
    async a_value_that_could_not_be_merged_is_merged_by_flush() {
      const late = { spool: path.join(world.scratch, 'late'), store: world.freshContainer().store };
      const proxy = await startProxy(world.url);
      proxy.faults = [{ match: 'PUT.*/statistics.json$', status: 412, code: 'ConditionNotMet', times: Infinity }];
      const env = environment(late, pathStyle(proxy.url), { LD_PRELOAD: shim, DTRACK_WAIT: '1' });
      const done = await execute('sh', ['-c', `'${mark}' set late 1`], env);
      killGuardians(late);
      same([done.status, waiting(late).length, 'late' in await collection(world.account())], [0, 1, false], 'status, runs kept, value');
      proxy.lift();
      await flush(dtrack, late, connection);
      proxy.close();
      same([waiting(late), (await collection(world.account())).late], [[], 1], 'runs left, value');
    },
  });
});
