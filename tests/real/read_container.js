// SPDX-License-Identifier: MIT
// read_container.js CONNECTION-STRING CONTAINER : print, as one JSON object, the name of each blob in the container
// and what it holds, as the official Azure client reads it: parsed for *.json, lines parsed for *.ndjson.gz.
'use strict';
const path = require('path');
const zlib = require('zlib');
const {BlobServiceClient} = require(path.join(process.env.DTRACK_NODE_MODULES, '@azure/storage-blob'));

function parse(name, bytes) {
    if (name.endsWith('.ndjson.gz')) {
        const text = zlib.gunzipSync(bytes).toString('utf8');
        return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    }
    return JSON.parse(bytes.toString('utf8'));
}

async function main(connectionString, containerName) {
    const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(containerName);
    const blobs = {};
    if (await container.exists()) {
        for await (const {name} of container.listBlobsFlat()) {
            blobs[name] = parse(name, await container.getBlobClient(name).downloadToBuffer());
        }
    }
    process.stdout.write(JSON.stringify(blobs));
}

main(...process.argv.slice(2)).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
});
