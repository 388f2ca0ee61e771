// SPDX-License-Identifier: MIT
// What a test against a real blob service has at hand: the service, the tool, the official client, files. All of it is
// gone when the test is.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync } = require('child_process');
const { modules, accounts, officialClient, startAzurite } = require('./azurite');
const { makeTool } = require('./tool');
const { Skip, skipAll } = require('./tap');

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'dtrack-store-'));
let serial = 0;

// The path of a file with this content.
function file(content) {
  const where = path.join(scratch, `file-${serial += 1}`);
  fs.writeFileSync(where, content);
  return where;
}

// A key and certificate that nobody vouches for, made for this name and days from now: {key, cert, path}.
function certificate(name = 'IP:127.0.0.1', days = 2) {
  const number = serial += 1;
  const at = (end) => path.join(scratch, `tls-${number}-${end}`);
  fs.writeFileSync(at('ext'), `subjectAltName=${name}\n`);
  try {
    execFileSync('openssl', ['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=dtrack test', '-keyout', at('key'),
      '-out', at('csr')], { stdio: 'ignore' });
    execFileSync('openssl', ['x509', '-req', '-in', at('csr'), '-signkey', at('key'), '-days', String(days),
      '-extfile', at('ext'), '-out', at('cert')], { stdio: 'ignore' });
  } catch (reason) {
    throw new Skip('there is no openssl command to make a certificate with');
  }
  return { key: fs.readFileSync(at('key')), cert: fs.readFileSync(at('cert')), path: at('cert') };
}

// A name that no container has yet, with the official client for it: {name, store, client}.
function freshContainer(url, account) {
  const name = `c-${serial += 1}`;
  return { name, store: `azure://${name}`, client: officialClient(url, account).getContainerClient(name) };
}

// What the official client reads of a blob.
async function read(container, name) {
  const blob = container.client.getBlobClient(name);
  const bytes = await blob.downloadToBuffer();
  const { contentType, contentMD5 } = await blob.getProperties();
  return { bytes, text: bytes.toString(), type: contentType, md5: Buffer.from(contentMD5 || '').toString('base64') };
}

async function names(container) {
  const all = [];
  for await (const blob of container.client.listBlobsFlat()) all.push(blob.name);
  return all;
}

// A SAS for the container that ends in `seconds` (less than 0: has ended).
function sas(container, permissions, seconds, account = 'devstoreaccount1') {
  const sdk = require(path.join(modules, '@azure/storage-blob'));
  const values = {
    containerName: container.name,
    permissions: sdk.ContainerSASPermissions.parse(permissions),
    startsOn: new Date(Date.now() - 3600e3),
    expiresOn: new Date(Date.now() + seconds * 1000),
  };
  const credential = new sdk.StorageSharedKeyCredential(account, accounts[account]);
  return sdk.generateBlobSASQueryParameters(values, credential).toString();
}

// Start the service, and let `body` have the world; its result is whether all went well. Without the official client
// there is nothing to run.
async function withWorld(toolPath, body) {
  if (!modules) return skipAll('DTRACK_NODE_MODULES is not set');
  const azurite = await startAzurite();
  const good = await body({
    tool: makeTool(toolPath),
    toolPath,
    url: azurite.url,
    port: azurite.port,
    scratch,
    account: () => officialClient(azurite.url),
    freshContainer: (account) => freshContainer(azurite.url, account),
    file, read, names, sas, certificate,
  }).catch((reason) => { console.log(`Bail out! ${reason.stack}`); });
  await azurite.stop();
  process.exitCode = good ? 0 : 1;
}

// A run that is cut short cleans up as well: exit handlers do not run by themselves then.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));

module.exports = { withWorld };
