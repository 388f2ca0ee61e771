// SPDX-License-Identifier: MIT
// node test_azure.js DTRACK MAKE_RUN : the reading commands and the collection against a real blob service. How the
// store itself behaves is for tests/store; here it is what commands make of it.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const zlib = require('zlib');
const { execFileSync, spawn } = require('child_process');
const { modules, officialClient, pathStyle, startAzurite } = require('../store/azurite');
const { check, run, same, sanitizer, skipAll } = require('../store/tap');

const [dtrackPath, makeRunPath] = process.argv.slice(2);
const runIds = ['20251231T235959.999Z-00000001', '20261123T083622.123Z-0a1b2c3d'];
const collectionName = 'statistics.json';

// Run dtrack on a store: dtrack(url, ...arguments) resolves to {status, out, err}.
const makeDtrack = (service) => (url, ...args) => new Promise((resolve, reject) => {
  const env = { PATH: process.env.PATH, DTRACK_STORE: url, AZURE_STORAGE_CONNECTION_STRING: pathStyle(service.url), ...sanitizer };
  const child = spawn(dtrackPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = [], err = [];
  child.stdout.on('data', (piece) => out.push(piece));
  child.stderr.on('data', (piece) => err.push(piece));
  child.on('error', reject);
  child.on('close', (status, signal) => resolve(
    { status: signal || status, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }));
});

// Put the runs into a container with the official client, below `prefix`. Resolves to the rows of the last one.
async function uploadRuns(account, container, prefix) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dtrack-runs-'));
  await account.getContainerClient(container).createIfNotExists();
  for (const id of runIds) execFileSync(makeRunPath, [folder, id, '5']);
  let rows;
  for (const name of fs.readdirSync(folder, { recursive: true }).sort()) {
    const file = path.join(folder, name);
    if (!fs.statSync(file).isFile()) continue;
    if (name.endsWith('.gz')) rows = zlib.gunzipSync(fs.readFileSync(file)).toString();
    await account.getContainerClient(container).getBlockBlobClient(prefix + name).uploadFile(file);
  }
  fs.rmSync(folder, { recursive: true });
  return rows;
}

function commands(account, dtrack) {
  const metrics = account.getContainerClient('pathmetrics');
  const collection = metrics.getBlockBlobClient(collectionName);
  const works = async (...args) => {
    const done = await dtrack(...args);
    same([done.status, done.err], [0, ''], `status and stderr of ${args}`);
    return done.out;
  };
  const stored = async () => (await collection.downloadToBuffer()).toString();

  return {
    async runs_are_listed_and_found_in_a_container() {
      await uploadRuns(account, 'runs', '');
      const lines = (await works('azure://runs', 'runs', '--json')).trim().split('\n').map(JSON.parse);
      same(lines.map((line) => line.run_id), [...runIds].reverse(), 'ids');
      check((await works('azure://runs', 'show', '2025')).includes(runIds[0]), 'the start of an id does not find its run');
    },
    async runs_are_shown_and_exported_below_a_prefix() {
      const rows = await uploadRuns(account, 'shared', 'team/a/');
      check((await works('azure://shared/team/a', 'show')).includes('all ends seen'), 'the page is not whole');
      same(await works('azure://shared/team/a', 'export'), rows, 'the export');
      const done = await dtrack('azure://shared/team', 'show');
      same([done.status, done.out], [1, ''], 'another prefix');
    },
    async an_empty_container_has_no_runs_and_an_empty_collection() {
      same(await works('azure://nothing', 'runs'), '', 'runs');
      same(await works('azure://nothing', 'collection', 'show'), '{}\n', 'collection');
    },
    async the_collection_has_a_container_of_its_own() {
      same(await works('azure://runs/any/prefix', 'collection', 'set', 'build', '1234'), '', 'output');
      same(await stored(), '{"build":1234}', 'the blob');
      same((await collection.getProperties()).contentType, 'application/json', 'its type');
      same(await works('azure://elsewhere', 'collection', 'get', 'build'), '1234\n', 'the value');
    },
    async what_another_program_wrote_is_kept() {
      const before = JSON.stringify({ deploy: 17.5, note: 'by hand' });
      await collection.upload(before, before.length);
      await works('azure://runs', 'collection', 'set', 'build', 'ok');
      same(await stored(), '{"deploy":17.5,"note":"by hand","build":"ok"}', 'the blob');
    },
    async jobs_that_set_values_at_once_lose_none() {
      await collection.deleteIfExists();
      const jobs = [0, 1, 2, 3, 4, 5];
      await Promise.all(jobs.map((job) => works('azure://runs', 'collection', 'set', `job${job}`, String(job))));
      same(Object.keys(JSON.parse(await stored())).sort(), jobs.map((job) => `job${job}`), 'the values');
    },
    async what_is_no_object_is_not_touched() {
      await collection.upload('<html>', 6);
      const done = await dtrack('azure://runs', 'collection', 'set', 'a', '1');
      same(done.status, 1, 'status');
      check(done.err.includes('it holds no JSON object') && done.err.includes('collection repair'), done.err);
      same(await stored(), '<html>', 'the blob');
    },
  };
}

async function main() {
  if (!modules) return skipAll('DTRACK_NODE_MODULES is not set');
  const service = await startAzurite();
  const good = await run(commands(officialClient(service.url), makeDtrack(service)));
  await service.stop();
  process.exitCode = good ? 0 : 1;
}

main();
