// SPDX-License-Identifier: MIT
// node test_collection.js STORE_TOOL DTRACK SHIM MARK : a run is stored whatever its collection does. What the collection
// refuses for good is given up, said once and counted; what may pass later waits by itself.
'use strict';

const fs = require('fs');
const path = require('path');
const { pathStyle } = require('./azurite');
const { startProxy } = require('./fault_proxy');
const { environment, execute, settle, storedRuns, waiting } = require('./jobs');
const { check, run, same } = require('./tap');
const { withWorld } = require('./world');

const [toolPath, dtrack, shim, mark] = process.argv.slice(2).map((program) => path.resolve(program));
const COLLECTION = 'pathmetrics/statistics.json';
const inSpool = (job, prefix) => fs.readdirSync(job.spool).filter((name) => name.startsWith(prefix));

// A job that sets a value. Resolves to what execute() says.
const setValue = (job, connection, value = '1', more = {}) => execute('sh', ['-c', '"$0" set v "$1"; exit 3', mark, value],
  environment(job, connection, { LD_PRELOAD: shim, DTRACK_WAIT: '30', ...more }));

// A store in a folder with this text as its collection: {spool, store, text()}.
function folderJob(world, name, collection) {
  const top = fs.mkdtempSync(path.join(world.scratch, `${name}-`));
  const file = path.join(top, 'store', COLLECTION);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.mkdirSync(path.join(top, 'spool'), { mode: 0o700 });
  fs.writeFileSync(file, collection);
  return { top, spool: path.join(top, 'spool'), store: `file://${top}/store`, text: () => fs.readFileSync(file, 'utf8') };
}

const storedIn = (job) => fs.readdirSync(path.join(job.top, 'store/runs'), { recursive: true }).filter((name) => /\.json$/.test(name)).length;

// What stands there, and what is the value of `v` afterwards; undefined: it stays as it is.
const taken = { empty: '', blank: '\n', python: '{"loss": NaN}\n', long: `{"a":"${'y'.repeat((8 << 20) + 9)}"}` };
const refused = { list: '[1]', page: '<html>', cut: '{"a":1', full: `{"a":"${'y'.repeat((16 << 20) - 20)}"}`,
  longer: `{"a":"${'y'.repeat(16 << 20)}"}`, deep: `{"a":${'['.repeat(64)}${']'.repeat(64)}}` };

async function isTaken(world, name) {
  const job = folderJob(world, name, taken[name]);
  const done = await setValue(job, '');
  same([done.status, done.err, storedIn(job), inSpool(job, '')], [3, '', 1, []], 'status, stderr, stored, what is left');
  check(/"v":1}$/.test(job.text()), 'the value is not there');
}

// One line in the job, and one for who flushes next, once.
async function isGivenUp(world, job, connection, value, help) {
  const done = await setValue(job, connection, value);
  same([done.status, waiting(job), inSpool(job, 'values-')], [3, [], []], `status, what waits (${done.err})`);
  check(/^dtrack: the run is stored without its values in the collection: [^\n]+\n$/.test(done.err), done.err);
  check(!help || done.err.includes("'dtrack collection repair'"), `no help in ${done.err}`);
  await settle(job);
  const flushed = await execute(dtrack, ['flush'], environment(job, connection));
  check(/dropped 'values of run \S+': [^\n]+\n$/.test(flushed.err) && flushed.status === 1, `flush: ${flushed.err}`);
  same((await execute(dtrack, ['flush'], environment(job, connection))).status, 0, 'the flush after it');
}

async function isRefused(world, name) {
  const job = folderJob(world, name, refused[name]);
  await isGivenUp(world, job, '', 'x'.repeat(100), name !== 'full');
  same([storedIn(job), job.text() === refused[name]], [1, true], 'stored, the collection as it was');
}

// The collection of a service, repaired.
async function isRepaired(world) {
  const c = world.freshContainer();
  await c.client.create();
  const job = { spool: fs.mkdtempSync(path.join(world.scratch, 'repair-')), store: c.store };
  const variables = environment(job, pathStyle(world.url), { DTRACK_COLLECTION: `${c.name}/v/all.json` });
  const blob = c.client.getBlockBlobClient('v/all.json');
  for (const text of ['{"a":1,"b":', '[2]']) {
    await blob.upload(text, text.length);
    const done = await execute(dtrack, ['collection', 'repair', '--json'], variables);
    const said = JSON.parse(done.out || '{}');
    same([done.err, done.status, said.result], ['', 0, 'repaired'], 'stderr, status, result');
    same((await world.read(c, 'v/all.json')).text, text[0] === '[' ? '{}' : '{"a":1}', 'the collection');
    check(said.old.startsWith(`${c.name}/v/all.json.broken-`), said.old);
    same((await world.read(c, said.old.slice(c.name.length + 1))).text, text, 'what was there');
    same((await execute(dtrack, ['collection', 'set', 'v', '1'], variables)).err, '', 'stderr of a value after it');
    await new Promise((resolve) => { setTimeout(resolve, 1100); });
  }
}

const claims = (world) => ({
  a_collection_of_a_service_is_repaired: () => isRepaired(world),
  ...Object.fromEntries(Object.keys(taken).map((name) => [`${name}_takes_a_value`, () => isTaken(world, name)])),
  ...Object.fromEntries(Object.keys(refused).map((name) => [`${name}_holds_no_run_back`, () => isRefused(world, name)])),
  async a_value_too_deep_spoils_no_other() {
    const job = folderJob(world, 'nested', '{"a":1}');
    await isGivenUp(world, job, '', '['.repeat(64) + ']'.repeat(64));
    same((await setValue(job, '', '2')).err, '', 'stderr of the next job');
    same(job.text(), '{"a":1,"v":2}', 'the collection');
  },
  async a_credential_for_the_runs_only_stores_them() {
    const c = world.freshContainer();
    await c.client.create();
    const job = { spool: fs.mkdtempSync(path.join(world.scratch, 'sas-')), store: c.store };
    const connection = `BlobEndpoint=${world.url}/devstoreaccount1;SharedAccessSignature=${world.sas(c, 'rcw', 3600)}`;
    await isGivenUp(world, job, connection);
    same((await storedRuns(c.client)).ids.length, 1, 'runs in the container');
    const done = await setValue(job, connection, '1', { DTRACK_COLLECTION: `${c.name}/values.json` });
    same([done.err, (await world.read(c, 'values.json')).text], ['', '{"v":1}'], 'stderr, the collection in their own container');
  },
  async values_wait_by_themselves_and_may_go_elsewhere() {
    const c = world.freshContainer();
    await c.client.create();
    const proxy = await startProxy(world.url);
    proxy.faults = [{ status: 503, headers: { 'retry-after': '3600' }, match: '/never/', times: Infinity }];
    const job = { spool: fs.mkdtempSync(path.join(world.scratch, 'busy-')), store: c.store };
    const connection = pathStyle(proxy.url), more = { DTRACK_COLLECTION: 'never/values.json' };
    const done = await setValue(job, connection, '7', more);
    await settle(job);
    same([done.status, done.err, (await storedRuns(c.client)).ids.length], [3, '', 1], 'status, stderr, runs stored');
    same([waiting(job), inSpool(job, 'values-').length], [[], 1], 'runs that wait, values that do');
    const busy = await execute(dtrack, ['flush'], environment(job, connection));
    check(busy.status === 1 && busy.err.includes('wait for their collection'), `flush while it is busy: ${busy.err}`);
    const first = await execute(dtrack, ['flush'], environment(job, connection, { DTRACK_COLLECTION: `${c.name}/v.json` }));
    same([first.status, inSpool(job, 'run-').length + inSpool(job, 'values-').length], [0, 0], `flush to elsewhere (${first.err})`);
    same((await world.read(c, 'v.json')).text, '{"v":7}', 'the collection that was named later');
    same((await storedRuns(c.client)).ids.length, 1, 'runs');
    proxy.close();
  },
});

withWorld(toolPath, (world) => run(claims(world)));
