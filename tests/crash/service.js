// SPDX-License-Identifier: MIT
// A real blob service for a test in another language. Prints its connection string; then, for each container that is named
// on a line of stdin, one line of JSON with what the official client finds in it. Ends with its input.
'use strict';

const readline = require('readline');
const zlib = require('zlib');
const { officialClient, pathStyle, startAzurite } = require('../store/azurite.js');

// What one object says: an object of JSON, the rows of spans.
function content(name, bytes) {
  if (name.endsWith('.gz')) return { rows: zlib.gunzipSync(bytes).toString().trim().split('\n').map((row) => JSON.parse(row)) };
  return { json: JSON.parse(bytes.toString()) };
}

async function look(client, name) {
  const container = client.getContainerClient(name), found = {};
  if (!await container.exists()) return found;
  for await (const blob of container.listBlobsFlat()) {
    const bytes = await container.getBlobClient(blob.name).downloadToBuffer();
    found[blob.name] = { size: bytes.length, ...content(blob.name, bytes) };
  }
  return found;
}

async function main() {
  const service = await startAzurite();
  const client = officialClient(service.url);
  console.log(JSON.stringify(pathStyle(service.url)));
  for await (const name of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await look(client, name).catch((error) => ({ error: { json: String(error) } }))));
  }
  await service.stop();
}

main();
