// SPDX-License-Identifier: MIT
// A real blob service for the length of a test, and the official client to look at it from the other side.
'use strict';

const path = require('path');
const fs = require('fs');
const os = require('os');
const { spawn } = require('child_process');

const modules = process.env.DTRACK_NODE_MODULES;

// The emulator's public account, and one whose name can be part of a host name.
const accounts = {
  devstoreaccount1: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  acct1: Buffer.from('the key of the second account').toString('base64'),
};

// Start Azurite on a free port with its data in memory. Resolves to {url, port, stop()}.
function startAzurite() {
  const home = path.join(modules, 'azurite');
  const main = path.join(home, JSON.parse(fs.readFileSync(path.join(home, 'package.json'))).bin['azurite-blob']);
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'dtrack-azurite-'));
  const env = { ...process.env, AZURITE_ACCOUNTS: Object.entries(accounts).map(([name, key]) => `${name}:${key}`).join(';') };
  const flags = ['--blobHost', '127.0.0.1', '--blobPort', '0', '--inMemoryPersistence', '--disableTelemetry'];
  const child = spawn(process.execPath, [main, ...flags], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const remove = () => fs.rmSync(cwd, { recursive: true, force: true });
  const stop = () => new Promise((resolve) => { child.once('exit', () => { remove(); resolve(); }); child.kill(); });
  process.on('exit', () => { child.kill(); remove(); });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece) => {
      if (text === null) return;
      text += piece;
      const found = /successfully listens on (http:\/\/127\.0\.0\.1:(\d+))/.exec(text);
      if (found) { text = null; resolve({ url: found[1], port: found[2], stop }); }
    });
    child.on('exit', (status) => reject(new Error(`azurite ended with ${status}: ${text}`)));
  });
}

// Connection strings for an account: through an endpoint with a path, and with the account in the host name.
const pathStyle = (url, account = 'devstoreaccount1', key = accounts[account]) =>
  `AccountName=${account};AccountKey=${key};BlobEndpoint=${url}/${account}`;
const hostStyle = (port, account = 'acct1') =>
  `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accounts[account]};EndpointSuffix=localhost:${port}`;

// The official client's view of an account.
function officialClient(url, account = 'devstoreaccount1') {
  const { BlobServiceClient, StorageSharedKeyCredential } = require(path.join(modules, '@azure/storage-blob'));
  return new BlobServiceClient(`${url}/${account}`, new StorageSharedKeyCredential(account, accounts[account]));
}

module.exports = { accounts, hostStyle, modules, officialClient, pathStyle, startAzurite };
