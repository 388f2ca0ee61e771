// SPDX-License-Identifier: MIT
// Runs store_tool: the product's store in a process of its own.
'use strict';

const { spawn } = require('child_process');
const { sanitizer } = require('./tap');

// Exit statuses of store_tool, as enum store_result has them.
const OK = 0, EXISTS = 1, MISSING = 2, CHANGED = 3, RETRY = 4, REFUSED = 5;

// Only what a test gives: proxies and credentials of the machine must not matter.
const cleanEnv = (more) => ({ PATH: process.env.PATH, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH || '',
  ...sanitizer, ...more });

// A function that runs store_tool at `program`: tool(connection string, url, ...args, {more variables}). Resolves to
// {status, out (a Buffer), text, why, peak (KiB)}.
const makeTool = (program) => (connection, url, ...rest) => new Promise((resolve, reject) => {
  const more = typeof rest[rest.length - 1] === 'object' ? rest.pop() : {};
  const env = cleanEnv({ AZURE_STORAGE_CONNECTION_STRING: connection, ...more });
  const child = spawn(program, [url, ...rest.map(String)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = [], err = [];
  child.stdout.on('data', (piece) => out.push(piece));
  child.stderr.on('data', (piece) => err.push(piece));
  child.on('error', reject);
  child.on('close', (status, signal) => {
    const bytes = Buffer.concat(out), said = Buffer.concat(err).toString();
    const peak = Number((/peak (\d+) KiB/.exec(said) || [])[1]);
    const why = said.replace(/peak \d+ KiB\n$/, '').trim();
    resolve({ status: signal || status, out: bytes, text: bytes.toString(), why, peak });
  });
});

module.exports = { OK, EXISTS, MISSING, CHANGED, RETRY, REFUSED, makeTool };
