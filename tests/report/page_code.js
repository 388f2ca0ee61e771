// SPDX-License-Identifier: MIT
// The report's own modules, loaded as the page has them but without a document, and a writer of its block of data.
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');

const folder = path.join(__dirname, '../../lib/export/report');

// The modules without those that need a document, as one object.
function load(...files) {
  const context = vm.createContext({ TextDecoder, Blob, Response, DecompressionStream, atob, console });
  for (const file of ['data.js', 'words.js', 'run.js', 'lanes.js', 'figures.js', 'flames.js', ...files])
    vm.runInContext(fs.readFileSync(path.join(folder, file), 'utf8'), context, { filename: file });
  return vm.runInContext('globalThis.dt', context);
}

function leb(value) {
  let rest = BigInt(value) < 0n ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
  const out = [];
  do {
    out.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest);
  return out;
}

// A block of data with these columns: name -> numbers; `head` has what else the head shall have.
function encode(columns, head) {
  const bodies = [], list = [];
  for (const [name, numbers] of Object.entries(columns)) {
    const body = Buffer.from(numbers.flatMap((value, i) => leb(name === 'start' && i ? value - numbers[i - 1] : value)));
    bodies.push(body);
    list.push({ name, count: numbers.length, bytes: body.length, delta: name === 'start' });
  }
  const text = Buffer.from(JSON.stringify({ ...head, columns: list }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return new Uint8Array(Buffer.concat([length, text, ...bodies]));
}

const ENDS = ['self', 'parent', 'exec', 'inferred', 'running', 'mark', 'run'];

// A run from spans written as { id, name, parent, from, to, … }, times in ms.
function runOf(dt, spans, length) {
  const strings = [], word = (text) => (text === undefined ? -1 : strings.includes(text) ? strings.indexOf(text) : strings.push(text) - 1);
  const column = (get) => spans.map(get);
  const columns = {
    owner: column((s) => (s.parent === undefined ? -1 : spans.findIndex((other) => other.id === s.parent))),
    isNext: column((s) => (s.isNext ? 1 : 0)),
    start: column((s) => s.from * 1000), dur: column((s) => (s.to === undefined ? -1 : (s.to - s.from) * 1000)),
    kind: column((s) => s.kind ?? 1), endBy: column((s) => ENDS.indexOf(s.endBy ?? 'self')), code: column((s) => s.code ?? 0),
    name: column((s) => word(s.name)), task: column((s) => word(s.task)), spanId: column((s) => word(s.id)),
    pid: column((s, i) => s.pid ?? i + 100), user: column((s) => s.cpu ?? -1), sys: column((s) => (s.cpu === undefined ? -1 : 0)),
    argc: column(() => 0), cwd: column(() => -1),
  };
  const data = dt.decode(encode(columns, { spans: spans.length, length: length * 1000, name: 'job', ends: ENDS, strings, words: [] }));
  data.cols.arg = new Float64Array(0);
  return new dt.Run(data);
}

module.exports = { encode, load, runOf, ENDS };
