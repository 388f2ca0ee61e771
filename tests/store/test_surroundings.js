// SPDX-License-Identifier: MIT
// node test_surroundings.js STORE_TOOL DTRACK SHIM : what a job's surroundings say about its network counts as it does for
// the job, although the guardian works in another folder.
'use strict';

const fs = require('fs');
const path = require('path');
const { accounts, pathStyle } = require('./azurite');
const { startProxy } = require('./fault_proxy');
const { environment, execute, settle, storedRuns, waiting } = require('./jobs');
const { run, same } = require('./tap');
const { withWorld } = require('./world');

const [toolPath, dtrack, shim] = process.argv.slice(2).map((program) => path.resolve(program));

// A job in a folder with the authority's certificate in it, which `variable` names from there.
async function findsCertificate(world, variable, command) {
  const c = world.freshContainer(), tls = world.certificate();
  await c.client.create();
  const proxy = await startProxy(world.url, { tls });
  const top = fs.mkdtempSync(path.join(world.scratch, 'folder-'));
  const job = { spool: path.join(top, 'spool'), store: c.store };
  fs.mkdirSync(job.spool, { mode: 0o700 });
  fs.copyFileSync(tls.path, path.join(top, 'ca.pem'));
  const env = environment(job, pathStyle(proxy.url, 'devstoreaccount1', accounts.devstoreaccount1), { DTRACK_WAIT: '30' });
  const done = await execute('sh', ['-c', `cd "$0" && exec env ${variable}=./ca.pem ${command}`, top], env);
  await settle(job);
  proxy.close();
  same([done.status, done.err, waiting(job)], [3, '', []], 'status, stderr, runs that wait');
  same((await storedRuns(c.client)).ids.length, 1, 'runs stored');
}

const JOB = "sh -c 'sleep 0.3; exit 3'";

withWorld(toolPath, (world) => run({
  a_library_s_job_names_certificates_from_its_folder: () => findsCertificate(world, 'CURL_CA_BUNDLE', `LD_PRELOAD=${shim} ${JOB}`),
  a_wrapped_job_names_certificates_from_its_folder: () => findsCertificate(world, 'SSL_CERT_FILE', `${dtrack} run -- ${JOB}`),
}));
