// SPDX-License-Identifier: MIT
// What the Azure backend promises about whom it talks to. `world` is made by world.js.
'use strict';

const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');
const { pathStyle } = require('./azurite');
const { startProxy } = require('./fault_proxy');
const { check, same } = require('./tap');
const { OK, RETRY, REFUSED } = require('./tool');

module.exports = (world) => {
  const { tool, file, freshContainer } = world;

  // Put an object to a service with this certificate; `trusted` is the file of certificates to believe in, if any.
  // Resolves to {status, why, arrived: number of requests}.
  async function putOver(tls, trusted) {
    const proxy = await startProxy(world.url, { tls });
    const env = { STORE_TOOL_DEADLINE: '60000', ...(trusted && { SSL_CERT_FILE: trusted }) };
    const put = await tool(pathStyle(proxy.url), freshContainer().store, 'put', 'a', file('x'), env);
    proxy.close();
    return { status: put.status, why: put.why, arrived: proxy.log.length };
  }

  // Nobody may learn even what we would have asked for.
  async function isRefused(tls, trusted, reason) {
    const put = await putOver(tls, trusted);
    same([put.status, put.arrived], [REFUSED, 0], `result and requests that arrived (${put.why})`);
    check(reason.test(put.why), put.why);
  }

  return {
    async certificate_that_nobody_vouches_for_is_refused() {
      await isRefused(world.certificate(), undefined, /certificate/i);
    },

    async certificate_is_believed_when_the_file_says_so() {
      const c = freshContainer(), tls = world.certificate();
      const proxy = await startProxy(world.url, { tls });
      const put = await tool(pathStyle(proxy.url), c.store, 'put', 'a', file('x'), { SSL_CERT_FILE: tls.path });
      const got = await tool(pathStyle(proxy.url), c.store, 'get', 'a', { CURL_CA_BUNDLE: tls.path });
      proxy.close();
      same([put.status, got.text], [OK, 'x'], 'with the certificate at hand');
    },

    async variables_for_certificates_are_read_as_curl_reads_them() {
      const c = freshContainer(), tls = world.certificate(), none = world.certificate();
      const proxy = await startProxy(world.url, { tls });
      const folder = fs.mkdtempSync(path.join(world.scratch, 'certs-'));
      fs.copyFileSync(tls.path, path.join(folder, 'ca.pem'));
      execFileSync('openssl', ['rehash', folder]);
      const put = async (env) => (await tool(pathStyle(proxy.url), c.store, 'once', 'a', file('x'), env)).status;
      same(await put({ CURL_CA_BUNDLE: tls.path, SSL_CERT_FILE: none.path }), OK, 'the bundle comes first');
      same(await put({ CURL_CA_BUNDLE: none.path, SSL_CERT_FILE: tls.path }), REFUSED, 'the bundle stands alone');
      same(await put({ SSL_CERT_DIR: folder }), OK, 'a folder');
      proxy.close();
    },

    async certificate_for_another_host_is_refused() {
      const tls = world.certificate('DNS:acct1.blob.core.windows.net');
      await isRefused(tls, tls.path, /127\.0\.0\.1|subject name/i);
    },

    async certificate_that_has_expired_is_refused() {
      const tls = world.certificate('IP:127.0.0.1', -1);
      await isRefused(tls, tls.path, /expired/i);
    },

    async file_of_certificates_that_is_missing_is_refused() {
      await isRefused(world.certificate(), '/nonexistent/ca.pem', /ca\.pem/);
    },

    async clear_text_on_a_port_for_https_gets_nothing() {
      const proxy = await startProxy(world.url);
      const connection = pathStyle(proxy.url.replace('http:', 'https:'));
      const put = await tool(connection, freshContainer().store, 'put', 'a', file('x'), { STORE_TOOL_DEADLINE: '500' });
      proxy.close();
      same([put.status, proxy.log.length], [RETRY, 0], `result and requests that arrived (${put.why})`);
    },

    async old_tls_gets_nothing() {
      const tls = world.certificate();
      const old = { ...tls, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };
      const proxy = await startProxy(world.url, { tls: old });
      const put = await tool(pathStyle(proxy.url), freshContainer().store, 'put', 'a', file('x'),
        { SSL_CERT_FILE: tls.path, STORE_TOOL_DEADLINE: '500' });
      proxy.close();
      same([put.status, proxy.log.length], [RETRY, 0], `result and requests that arrived (${put.why})`);
    },
  };
};
