// SPDX-License-Identifier: MIT
// Running the table of faults.js: servers that suffer from a fault, many rows at once, and the table of what came of it.
'use strict';

const path = require('path');
const { spawn } = require('child_process');
const { startProxy } = require('./fault_proxy');
const { note } = require('./tap');

// Start bad_server.py. Resolves to {port, close()}.
function startBadServer(kind) {
  const child = spawn('python3', [path.join(__dirname, 'bad_server.py'), kind], { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.stdout.once('data', (text) => resolve({ port: Number(text), close: () => child.stdin.end() }));
  });
}

// What stands between the client and the service in this row: {url, log, lift(), close()}. `faultsOf` makes the list of
// faults out of the row's one.
async function startServer(row, upstream, faultsOf) {
  if (row.fault) {
    const proxy = await startProxy(upstream);
    proxy.faults = faultsOf(row.fault);
    return proxy;
  }
  const bad = await startBadServer(row.server);
  return { url: `http://127.0.0.1:${bad.port}`, log: [], lift() {}, close: bad.close };
}

// Begin `body(claim, row)` for each row, `limit` of them at a time. An object of claim: promise.
function startRows(rows, limit, body) {
  const waiting = [], begun = {};
  let running = 0;
  const next = () => {
    while (running < limit && waiting.length) {
      running += 1;
      waiting.shift()().finally(() => { running -= 1; next(); });
    }
  };
  for (const [claim, row] of Object.entries(rows)) {
    begun[claim] = new Promise((resolve) => {
      waiting.push(() => body(claim, row).then((value) => resolve({ value }), (reason) => resolve({ reason })));
    });
  }
  next();
  return begun;
}

// Tests for tap.run(), one a row: each waits for its row, keeps what it returns in `results`, and lets `judge` have it.
function claimsOf(begun, suffix, results, judge) {
  const tests = {};
  for (const [claim, promise] of Object.entries(begun)) {
    tests[`${claim}_${suffix}`] = async () => {
      const { value, reason } = await promise;
      if (reason) throw reason;
      results.push({ fault: claim, ...value });
      judge(value);
    };
  }
  return tests;
}

// Print rows, all with the same keys, as a table.
function printTable(rows) {
  if (!rows.length) return;
  const keys = Object.keys(rows[0]);
  const widths = keys.map((key) => Math.max(key.length, ...rows.map((row) => String(row[key]).length)));
  const line = (cells) => cells.map((cell, i) => (i ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i]))).join('  ');
  note(line(keys));
  rows.forEach((row) => note(line(keys.map((key) => row[key]))));
}

module.exports = { claimsOf, printTable, startBadServer, startRows, startServer };
