// SPDX-License-Identifier: MIT
// Jobs under the shim with a blob service as their store, each with a spool of its own, and what of them arrived.
'use strict';

const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const { spawn } = require('child_process');
const { sanitizer } = require('./tap');

const PATIENCE_MS = 150e3; // until left-over runs are sent: longer than any deadline of the product
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Only what a job gets: nothing of the machine's own credentials and proxies, no run of dtrack's around it.
function environment(job, connection, more = {}) {
  return { PATH: process.env.PATH, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH || '', HOME: job.spool, LC_ALL: 'C',
    ...sanitizer, DTRACK_SPOOL: job.spool, DTRACK_STORE: job.store, AZURE_STORAGE_CONNECTION_STRING: connection, ...more };
}

// Run a program. Resolves to {status, out, err, ms}; `begun` is called with the child.
function execute(program, args, env, begun) {
  const start = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: [begun ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
    const out = [], err = [];
    child.stdout.on('data', (piece) => out.push(piece));
    child.stderr.on('data', (piece) => err.push(piece));
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status: signal || status, out: Buffer.concat(out).toString(),
      err: Buffer.concat(err).toString(), ms: Number((process.hrtime.bigint() - start) / 1000000n) }));
    if (begun) begun(child);
  });
}

// The folders of runs that wait in the spool.
function waiting(job) {
  const all = fs.existsSync(job.spool) ? fs.readdirSync(job.spool) : [];
  return all.filter((name) => name.startsWith('run-'));
}

// The processes of dtrack that look after runs of this spool: [{pid, words}].
function guardians(job) {
  const words = (pid) => { try { return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0'); } catch (gone) { return []; } };
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => ({ pid: Number(pid), words: words(pid) }))
    .filter((found) => found.words.includes('finish') && found.words.some((word) => word.startsWith(job.spool)));
}

function killGuardians(job) {
  for (const { pid } of guardians(job)) try { process.kill(pid, 'SIGKILL'); } catch (gone) { /* so much the better */ }
}

// Give `dtrack flush` a chance until nothing waits any more. Resolves to how many calls that took.
async function flush(dtrack, job, connection) {
  const end = Date.now() + PATIENCE_MS;
  let calls = 0;
  while (waiting(job).length && Date.now() < end) {
    calls += 1;
    await execute(dtrack, ['flush'], environment(job, connection));
    await pause(waiting(job).length ? 300 : 0);
  }
  return calls;
}

// A guardian that still looks for left-over runs ends by itself.
async function settle(job) {
  const end = Date.now() + PATIENCE_MS;
  while (guardians(job).length && Date.now() < end) await pause(50);
}

// What is wrong with a summary and the spans it speaks of, or ''.
function fault(summary, spans) {
  if (!spans) return `no object '${summary.spans.object}'`;
  const rows = zlib.gunzipSync(spans).toString().split('\n').filter((line) => line).map(JSON.parse);
  if (rows.some((row) => row.run_id !== summary.run_id)) return 'rows of another run';
  if (spans.length !== summary.spans.bytes) return `${spans.length} bytes of spans, not ${summary.spans.bytes}`;
  return rows.length === summary.spans.rows ? '' : `${rows.length} rows, not ${summary.spans.rows}`;
}

// The runs in a container, as the official client sees them: {ids, faults (texts), strays (spans without a run)}.
async function storedRuns(container) {
  const blobs = {};
  for await (const blob of container.listBlobsFlat()) blobs[blob.name] = await container.getBlobClient(blob.name).downloadToBuffer();
  const seen = { ids: [], faults: [], strays: [] };
  const summaries = Object.keys(blobs).filter((name) => name.startsWith('runs/'));
  const spoken = new Set();
  for (const name of summaries) {
    try {
      const summary = JSON.parse(blobs[name].toString());
      seen.ids.push(summary.run_id);
      spoken.add(summary.spans.object);
      const text = fault(summary, blobs[summary.spans.object]);
      if (text) seen.faults.push(`${name}: ${text}`);
    } catch (reason) { seen.faults.push(`${name}: ${reason.message}`); }
  }
  seen.strays = Object.keys(blobs).filter((name) => name.startsWith('spans/') && !spoken.has(name));
  return seen;
}

module.exports = { environment, execute, flush, guardians, killGuardians, settle, storedRuns, waiting };
