// SPDX-License-Identifier: MIT
// node test_credentials.js STORE_TOOL DTRACK SHIM MARK MEMORY_AT_EXIT : where a credential is to be found while a job is
// recorded and stored, and afterwards: nowhere but in the environment that the user gave.
'use strict';

const fs = require('fs');
const path = require('path');
const { spawn } = require('child_process');
const { accounts, pathStyle } = require('./azurite');
const { startProxy } = require('./fault_proxy');
const { environment, execute, guardians, killGuardians, settle, waiting } = require('./jobs');
const { Skip, check, needsPlainBuild, run, same } = require('./tap');
const { withWorld } = require('./world');

const [toolPath, dtrack, shim, , memoryAtExit] = process.argv.slice(2).map((program) => path.resolve(program));
const ACCOUNT = 'acct1', KEY = accounts[ACCOUNT];
const NOBODY = 65534;
const decoded = `hex:${Buffer.from(KEY, 'base64').toString('hex')}`;
const read = (file) => { try { return fs.readFileSync(file, 'latin1'); } catch (gone) { return ''; } };
const once = (child) => new Promise((resolve) => child.stdout.once('data', resolve));

// Every file and folder below `top`, and what a link says: [{name, mode, text}].
function everything(top) {
  return fs.readdirSync(top, { recursive: true }).concat('').map((name) => {
    const where = path.join(top, name), stat = fs.lstatSync(where);
    if (stat.isSymbolicLink()) return { name, mode: 0, text: fs.readlinkSync(where) };
    return { name, mode: stat.mode & 0o777, text: stat.isFile() ? fs.readFileSync(where, 'latin1') : '' };
  });
}

// Run `body` with a job whose run waits on disk because nobody answered; all of it is gone afterwards.
async function withLeftover(world, body) {
  const c = world.freshContainer(ACCOUNT);
  const job = { spool: fs.mkdtempSync(path.join(world.scratch, 'spool-')), store: c.store };
  fs.chmodSync(job.spool, 0o700);
  const proxy = await startProxy(world.url);
  proxy.faults = [{ hang: true, times: Infinity }];
  const connection = pathStyle(proxy.url, ACCOUNT);
  const done = await execute('sh', ['-c', 'exit 3'], environment(job, connection, { LD_PRELOAD: shim, DTRACK_WAIT: '1' }));
  same([done.status, waiting(job).length], [3, 1], 'status of the job, runs on disk');
  try {
    await body({ job, container: c, said: done.err });
  } finally {
    killGuardians(job);
    proxy.close();
  }
}

// Send the left-over run, and look at the memory of the program that did.
const leavesNothing = (world, connectionOf, words, more = {}) => withLeftover(world, async ({ job, container }) => {
  killGuardians(job);
  await settle(job);
  const { connection, close } = await connectionOf(container);
  const done = await search(words, ['flush'], environment(job, connection, more)).finally(close);
  same([done.status, waiting(job)], [0, []], `status of flush, and what it left (${done.err})`);
  const found = [...done.err.matchAll(/^word \d+: (\d+) outside, (\d+) inside$/gm)].map((line) => line.slice(1).map(Number));
  same(found.length, words.length, `words looked for (${done.err})`);
  same(found.map(([outside]) => outside), words.map(() => 0), 'times each word is in memory outside of the environment');
  check(found[0][1] > 0, 'the search finds it not even where it must be');
});

async function sasLeavesNothing(world, tls) {
  const words = [];
  const bySas = async (container) => {
    const proxy = await startProxy(world.url, { tls });
    const sas = world.sas(container, 'rcwl', 3600, ACCOUNT);
    await container.client.createIfNotExists();
    words.push(/sig=([^&]+)/.exec(sas)[1]);
    return { connection: `BlobEndpoint=${proxy.url}/${ACCOUNT};SharedAccessSignature=${sas}`, close: proxy.close };
  };
  await leavesNothing(world, bySas, words, tls && { SSL_CERT_FILE: tls.path });
}

const plain = (world) => async () => ({ connection: pathStyle(world.url, ACCOUNT), close() {} });

// Run dtrack, and search its memory as it exits. Resolves to what execute() says.
async function search(words, args, env) {
  needsPlainBuild('they keep a copy of the environment');
  const done = await execute(memoryAtExit, [...words, '--', dtrack, ...args], env);
  if (done.status === 125) throw new Skip('the memory of another process cannot be read here');
  return done;
}

// Run a program as a user without rights for as long as `body` takes, which has the child and who that user is.
async function asUser(program, args, env, body) {
  const as = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(program, args, { ...as, env, cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] });
  const failed = new Promise((resolve) => child.once('error', resolve));
  try {
    const reason = await Promise.race([failed, body(child, as)]);
    if (reason instanceof Error) throw new Skip(`cannot run ${program} as user ${NOBODY}: ${reason.code}`);
  } finally {
    child.kill('SIGKILL');
  }
}

// Whether that user may read a file.
async function mayRead(file, as) {
  const child = spawn('cat', [file], { ...as, cwd: '/', stdio: 'ignore' });
  return new Promise((resolve) => child.on('close', (status) => resolve(status === 0)));
}

const claims = (world) => ({
  async credential_is_in_no_argument_no_file_and_no_message() {
    await withLeftover(world, async ({ job, said }) => {
      const found = guardians(job);
      same(found.length, 1, 'guardians');
      same(found.filter(({ pid }) => !read(`/proc/${pid}/environ`).includes(KEY)), [], 'guardians without the key in their environment');
      const commands = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => read(`/proc/${pid}/cmdline`));
      same(commands.filter((command) => command.includes(KEY)), [], 'command lines with the key');
      const files = everything(job.spool);
      check(files.some((file) => file.name.endsWith('/context')), 'the run has no context');
      same(files.filter((file) => file.mode & 0o077).map((file) => file.name), [], 'what others may read');
      same(files.filter((file) => file.text.includes(KEY) || file.text.includes('AccountKey')).map((file) => file.name), [], 'files with the key');
      check(!said.includes(KEY), said);
    });
  },

  async key_is_not_in_memory_after_the_upload() {
    await leavesNothing(world, plain(world), [KEY, decoded]);
  },

  async key_is_not_in_memory_after_an_upload_over_tls() {
    const tls = world.certificate();
    const over = async () => {
      const proxy = await startProxy(world.url, { tls });
      return { connection: pathStyle(proxy.url, ACCOUNT), close: proxy.close };
    };
    await leavesNothing(world, over, [KEY, decoded], { SSL_CERT_FILE: tls.path });
  },

  async sas_is_not_in_memory_after_the_upload() {
    await sasLeavesNothing(world);
  },

  async sas_is_not_in_memory_after_an_upload_over_tls() {
    await sasLeavesNothing(world, world.certificate());
  },

  async refused_credential_is_not_in_memory_either() {
    const wrong = Buffer.from('a key that opens nothing at all').toString('base64');
    const env = environment({ spool: world.scratch, store: 'azure://runs' }, pathStyle(world.url, ACCOUNT, wrong));
    const done = await search([wrong], ['runs'], env);
    check(/403/.test(done.err) && / 0 outside, [1-9]/.test(done.err), done.err);
  },

  async password_of_a_proxy_is_not_shown() {
    for (const https_proxy of ['nonsense://user:hunter2secret@127.0.0.1:9', 'http://user:hunter2secret@127.0.0.1:bad', 'http://user:hunter2secret@[::1']) {
      const put = await world.tool('', 'azure://runs', 'put', 'a', world.file('x'), { AZURE_STORAGE_ACCOUNT: ACCOUNT,
        AZURE_STORAGE_KEY: KEY, https_proxy, STORE_TOOL_DEADLINE: '300' });
      check(put.status !== 0 && put.why.includes('account acct1') && !put.why.includes('hunter2'), put.why);
    }
  },

  // A process that waits for a service is looked at by another one of the same user.
  async another_process_of_the_user_cannot_look_into_dtrack() {
    const proxy = await startProxy(world.url);
    proxy.faults = [{ hang: true, times: Infinity }];
    const env = environment({ spool: '/nonexistent', store: 'azure://runs' }, pathStyle(proxy.url, ACCOUNT));
    await asUser(dtrack, ['runs'], env, async (child, as) => {
      while (!proxy.log.length && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
      same(child.exitCode, null, 'status of dtrack, which was to wait');
      for (const name of ['environ', 'mem']) same(await mayRead(`/proc/${child.pid}/${name}`, as), false, `reading ${name}`);
    }).finally(proxy.close);
  },

  async command_that_dtrack_runs_can_be_looked_into_as_ever() {
    const env = environment({ spool: '/nonexistent', store: 'null:' }, '');
    await asUser(dtrack, ['run', '--', 'sh', '-c', 'echo $$; read line'], env, async (child, as) => {
      const pid = String(await once(child)).trim();
      same(await mayRead(`/proc/${pid}/environ`, as), true, 'reading the environment of the job');
    });
  },
});

withWorld(toolPath, (world) => run(claims(world)));
