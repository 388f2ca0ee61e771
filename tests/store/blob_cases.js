// SPDX-License-Identifier: MIT
// What the Azure backend promises when the service does its part. `world` is made by world.js.
'use strict';

const crypto = require('crypto');
const http = require('http');
const { accounts, hostStyle, pathStyle } = require('./azurite');
const { startProxy } = require('./fault_proxy');
const { Skip, check, same } = require('./tap');
const { OK, EXISTS, MISSING, CHANGED, RETRY, REFUSED } = require('./tool');

// Names that tell a right encoder from a wrong one, in byte order.
const ODD_NAMES = ['a b/c d.json', 'dt=2026-11-23/run+1.json', 'per%cent/100%25', 'q?a&b=c#d', "quote'\"<x>", 'tilde~_-.x', 'ü/€/😀.json'];

module.exports = (world) => {
  const { tool, file, freshContainer, read, names } = world;
  const dev = pathStyle(world.url);

  return {
    async path_style_object_is_what_the_official_client_reads() {
      const c = freshContainer();
      same((await tool(dev, c.store, 'put', 'runs/r 1.json', file('{"a":1}'), 'application/json')).status, OK, 'put');
      const blob = await read(c, 'runs/r 1.json');
      same([blob.text, blob.type], ['{"a":1}', 'application/json'], 'blob');
      same(blob.md5, crypto.createHash('md5').update('{"a":1}').digest('base64'), 'its MD5');
    },

    async host_style_object_is_what_the_official_client_reads() {
      const c = freshContainer('acct1');
      const host = hostStyle(world.port);
      same((await tool(host, c.store, 'put', 'r=1 ü.json', file('two'))).status, OK, 'put');
      same((await read(c, 'r=1 ü.json')).text, 'two', 'blob');
      same((await tool(host, c.store, 'get', 'r=1 ü.json')).text, 'two', 'get');
      same((await tool(host, c.store, 'list')).text, '3 r=1 ü.json\n', 'list');
    },

    async empty_object_is_an_object() {
      const c = freshContainer();
      same((await tool(dev, c.store, 'put', 'empty', file(''))).status, OK, 'put');
      same((await read(c, 'empty')).text, '', 'blob');
      same((await tool(dev, c.store, 'get', 'empty')).status, OK, 'get');
    },

    async object_of_the_official_client_reads_back() {
      const c = freshContainer();
      await c.client.create();
      await c.client.getBlockBlobClient('theirs').upload('from there', 10);
      same((await tool(dev, c.store, 'get', 'theirs')).text, 'from there', 'get');
    },

    async missing_things_are_missing_and_an_absent_container_is_empty() {
      const c = freshContainer();
      same((await tool(dev, c.store, 'get', 'a')).status, MISSING, 'get without a container');
      const listed = await tool(dev, c.store, 'list');
      same([listed.status, listed.text], [OK, ''], 'list without a container');
      check(!await c.client.exists(), 'reading created the container');
      await c.client.create();
      same((await tool(dev, c.store, 'get', 'a')).status, MISSING, 'get without a blob');
    },

    async writers_that_both_create_the_container_both_succeed() {
      const c = freshContainer();
      const puts = ['a', 'b', 'c', 'd'].map((name) => tool(dev, c.store, 'put', name, file(name)));
      same((await Promise.all(puts)).map((put) => put.status), [OK, OK, OK, OK], 'puts');
      same(await names(c), ['a', 'b', 'c', 'd'], 'names');
    },

    async second_create_leaves_the_first_alone() {
      const c = freshContainer();
      await tool(dev, c.store, 'put', 'a', file('first'));
      const second = await tool(dev, c.store, 'put', 'a', file('second'));
      same(second.status, EXISTS, 'second');
      check(second.why.includes("'a'") && second.why.includes('exists'), second.why);
      same((await read(c, 'a')).text, 'first', 'blob');
    },

    async one_of_many_creators_wins() {
      const c = freshContainer();
      const puts = Array.from({ length: 20 }, (_, i) => tool(dev, c.store, 'put', 'a', file(`writer ${i}`)));
      const statuses = (await Promise.all(puts)).map((put) => put.status);
      same(statuses.filter((status) => status === OK).length, 1, 'winners');
      same(statuses.filter((status) => status === EXISTS).length, 19, 'losers');
      same((await read(c, 'a')).text, `writer ${statuses.indexOf(OK)}`, 'blob');
    },

    async replace_needs_the_current_tag() {
      const c = freshContainer();
      await tool(dev, c.store, 'put', 'a', file('first'));
      const etag = (await tool(dev, c.store, 'tag', 'a')).text;
      same((await tool(dev, c.store, 'replace', 'a', file('second'), etag)).status, OK, 'replace');
      same((await tool(dev, c.store, 'replace', 'a', file('third'), etag)).status, CHANGED, 'stale replace');
      same((await tool(dev, c.store, 'replace', 'none', file('x'), etag)).status, CHANGED, 'replace of nothing');
      same((await read(c, 'a')).text, 'second', 'blob');
    },

    async parallel_counters_lose_nothing() {
      const c = freshContainer();
      const loops = Array.from({ length: 20 }, () => tool(dev, c.store, 'count', 'statistics.json', 3));
      same((await Promise.all(loops)).filter((loop) => loop.status !== OK).map((loop) => loop.why), [], 'failures');
      same(JSON.parse((await read(c, 'statistics.json')).text), { count: 60 }, 'counter');
    },

    async large_object_goes_in_blocks_with_bounded_memory() {
      const c = freshContainer();
      const bytes = crypto.randomBytes(20 * 1024 * 1024 + 3);
      const small = await tool(dev, c.store, 'put', 'small', file('x'));
      const large = await tool(dev, c.store, 'put', 'large', file(bytes), 'application/gzip');
      same(large.status, OK, 'put');
      const blob = await read(c, 'large');
      check(blob.bytes.equals(bytes), 'the bytes differ');
      same([blob.type, blob.md5], ['application/gzip', crypto.createHash('md5').update(bytes).digest('base64')], 'blob');
      const blocks = await c.client.getBlockBlobClient('large').getBlockList('committed');
      same(blocks.committedBlocks.map((block) => block.size), [8388608, 8388608, 4194307], 'blocks');
      check(small.peak > 0 && large.peak < small.peak + 4096, `it took ${large.peak - small.peak} KiB more than a small one`);
      check((await tool(dev, c.store, 'get', 'large')).out.equals(bytes), 'the bytes read back differ');
      same((await tool(dev, c.store, 'put', 'large', file(bytes))).status, EXISTS, 'second put');
    },

    async object_of_one_block_s_size_goes_in_one_request() {
      const c = freshContainer();
      const bytes = Buffer.alloc(8 * 1024 * 1024, 'x');
      same((await tool(dev, c.store, 'put', 'a', file(bytes))).status, OK, 'put');
      same((await c.client.getBlockBlobClient('a').getBlockList('committed')).committedBlocks, [], 'blocks');
    },

    async large_object_creates_the_container_too() {
      const c = freshContainer();
      same((await tool(dev, c.store, 'put', 'large', file(Buffer.alloc(9 << 20)))).status, OK, 'put');
      same((await read(c, 'large')).bytes.length, 9 << 20, 'bytes');
    },

    async large_creators_of_one_name_do_not_mix() {
      const c = freshContainer();
      const bodies = ['a', 'b', 'c'].map((letter) => Buffer.alloc(9 * 1024 * 1024, letter));
      const puts = await Promise.all(bodies.map((body) => tool(dev, c.store, 'put', 'big', file(body))));
      const statuses = puts.map((put) => put.status);
      same([...statuses].sort(), [OK, EXISTS, EXISTS], 'results');
      check((await read(c, 'big')).bytes.equals(bodies[statuses.indexOf(OK)]), 'the bytes are not the winner\'s');
    },

    async odd_names_survive_in_both_directions() {
      const ours = freshContainer(), theirs = freshContainer();
      for (const name of ODD_NAMES) same((await tool(dev, ours.store, 'put', name, file(name))).status, OK, `put of ${name}`);
      same((await names(ours)).sort(), [...ODD_NAMES].sort(), 'names the client sees');
      await theirs.client.create();
      for (const name of ODD_NAMES) await theirs.client.getBlockBlobClient(name).upload(name, Buffer.byteLength(name));
      const lines = ODD_NAMES.map((name) => `${Buffer.byteLength(name)} ${name}\n`);
      same((await tool(dev, theirs.store, 'list')).text, lines.join(''), 'listing');
      for (const name of ODD_NAMES) same((await tool(dev, theirs.store, 'get', name)).text, name, `get of ${name}`);
    },

    async listing_goes_through_all_pages_in_order() {
      const c = freshContainer();
      const all = Array.from({ length: 7 }, (_, i) => `p/${i}`);
      await c.client.create();
      for (const name of [...all, 'o', 'q']) await c.client.getBlockBlobClient(name).upload('', 0);
      const listed = await tool(dev, c.store, 'list', 'p/', { STORE_TOOL_PAGE: '2' });
      same(listed.text, all.map((name) => `0 ${name}\n`).join(''), 'listing');
    },

    async prefix_of_the_url_is_in_front_of_every_name() {
      const c = freshContainer();
      const inside = `${c.store}/team%20a/x/`;
      await tool(dev, c.store, 'put', 'outside', file('1'));
      await tool(dev, c.store, 'put', 'team a/xy', file('1'));
      same((await tool(dev, inside, 'put', 'runs/a', file('1'))).status, OK, 'put');
      same(await names(c), ['outside', 'team a/x/runs/a', 'team a/xy'], 'names');
      same((await tool(dev, inside, 'list')).text, '1 runs/a\n', 'listing');
      same((await tool(dev, inside, 'list', 'runs')).text, '1 runs/a\n', 'listing of a part');
      same((await tool(dev, inside, 'get', 'runs/a')).text, '1', 'get');
    },

    async wrong_key_is_refused_and_not_shown() {
      const c = freshContainer();
      const wrong = Buffer.from('another key').toString('base64');
      const put = await tool(pathStyle(world.url, 'devstoreaccount1', wrong), c.store, 'put', 'a', file('x'));
      same(put.status, REFUSED, 'put');
      check(put.why.includes(c.name) && put.why.includes('devstoreaccount1') && /403 Auth\w+/.test(put.why), put.why);
      check(!put.why.includes(wrong), 'the key is shown');
    },

    async unknown_account_is_refused() {
      const c = freshContainer();
      const put = await tool(pathStyle(world.url, 'nobody', accounts.acct1), c.store, 'put', 'a', file('x'));
      same(put.status, REFUSED, 'put');
      check(put.why.includes('account nobody'), put.why);
      same((await tool(pathStyle(world.url, 'nobody', accounts.acct1), c.store, 'get', 'a')).status, REFUSED, 'get');
    },

    async sas_needs_no_key() {
      const c = freshContainer();
      await c.client.create();
      const sas = world.sas(c, 'rcwl', 3600);
      const connection = `BlobEndpoint=${world.url}/devstoreaccount1;SharedAccessSignature=${sas}`;
      same((await tool(connection, c.store, 'put', 'a b', file('x'))).status, OK, 'put');
      same((await tool(connection, c.store, 'get', 'a b')).text, 'x', 'get');
      same((await tool(connection, c.store, 'list')).text, '1 a b\n', 'list');
      same((await tool(connection, c.store, 'count', 'n', 2)).status, OK, 'count');
    },

    async sas_that_does_not_permit_it_is_refused_and_not_shown() {
      const c = freshContainer();
      await c.client.create();
      for (const sas of [world.sas(c, 'r', 3600), world.sas(c, 'rcw', -60)]) {
        const connection = `BlobEndpoint=${world.url}/devstoreaccount1;SharedAccessSignature=${sas}`;
        const put = await tool(connection, c.store, 'put', 'a', file('x'));
        same(put.status, REFUSED, 'put');
        check(/403 Auth/.test(put.why) && !put.why.includes('sig='), put.why);
      }
    },

    async sas_that_may_not_overwrite_still_finds_what_is_there() {
      const c = freshContainer();
      await c.client.create();
      const connection = `BlobEndpoint=${world.url}/devstoreaccount1;SharedAccessSignature=${world.sas(c, 'rc', 3600)}`;
      same((await tool(connection, c.store, 'once', 'a', file('x'))).status, OK, 'first');
      same((await tool(connection, c.store, 'once', 'a', file('x'))).status, OK, 'the same again');
      const other = await tool(connection, c.store, 'once', 'a', file('y'));
      same([other.status, other.why.includes('other content')], [EXISTS, true], `other bytes (${other.why})`);
      same((await read(c, 'a')).text, 'x', 'blob');
    },

    async sas_that_only_creates_stores_large_objects_too() {
      const c = freshContainer();
      await c.client.create();
      const bytes = crypto.randomBytes((20 << 20) + 1);
      const connection = `BlobEndpoint=${world.url}/devstoreaccount1;SharedAccessSignature=${world.sas(c, 'c', 3600)}`;
      const small = await tool(connection, c.store, 'put', 'small', file('x'));
      const large = await tool(connection, c.store, 'put', 'large', file(bytes));
      same([small.status, large.status, large.why], [OK, OK, ''], 'puts');
      check((await read(c, 'large')).bytes.equals(bytes), 'the bytes differ');
      check(large.peak < small.peak + 4096, `it took ${large.peak - small.peak} KiB more than a small one`);
      same((await tool(connection, c.store, 'put', 'large', file(bytes))).status, REFUSED, 'again, and unable to look');
    },

    async endpoint_of_a_container_serves_that_one_only() {
      const c = freshContainer(), other = freshContainer();
      await c.client.create();
      for (const base of [`${world.url}/devstoreaccount1`, `http://devstoreaccount1.blob.localhost:${world.port}`]) {
        const connection = `SharedAccessSignature=${world.sas(c, 'rcwl', 3600)};BlobEndpoint=${base}/${c.name}/;`;
        same((await tool(connection, c.store, 'once', 'a', file('x'))).status, OK, 'put');
        same((await tool(connection, c.store, 'list')).text, '1 a\n', 'list');
        const elsewhere = await tool(connection, other.store, 'put', 'a', file('x'));
        same([elsewhere.status, elsewhere.why.includes(`'${c.name}'`)], [REFUSED, true], `another container (${elsewhere.why})`);
      }
      same(await names(c), ['a'], 'names');
    },

    async containers_of_the_service_s_own_are_containers() {
      for (const name of ['$web', '$root']) {
        same((await tool(dev, `azure://${name}/ci`, 'once', 'a', file('x'))).status, OK, name);
        same((await tool(dev, `azure://${name}/ci`, 'list')).text, '1 a\n', name);
      }
      same((await tool(dev, 'azure://$other', 'put', 'a', file('x'))).status, REFUSED, 'no such name');
    },

    async line_breaks_around_a_credential_do_not_count() {
      const c = freshContainer();
      await c.client.create();
      const host = `EndpointSuffix=localhost:${world.port};DefaultEndpointsProtocol=http`;
      const connection = `AccountName= acct1\n;AccountKey=${accounts.acct1}\r\n;BlobEndpoint=;${host};QueueEndpoint=\n`;
      same((await tool(connection, world.freshContainer('acct1').store, 'put', 'a', file('x'))).status, OK, 'put');
      const proxy = http.createServer().on('connect', (request, socket) => socket.end('HTTP/1.1 403 No\r\n\r\n'));
      await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const put = await tool(' \n', 'azure://runs', 'put', 'a', file('x'), { AZURE_STORAGE_ACCOUNT: 'acct1\n', STORE_TOOL_DEADLINE: '300',
        AZURE_STORAGE_KEY: `${accounts.acct1}\n`, https_proxy: `http://127.0.0.1:${proxy.address().port}` });
      proxy.close();
      check(put.why.includes('account acct1)'), put.why);
    },

    // As on a FIPS host: the crypto library has no MD5. Nor has this one anything else, so that it is a SAS that must do.
    async objects_go_without_a_digest_where_there_is_no_md5() {
      const c = freshContainer(), bytes = crypto.randomBytes((8 << 20) + 1);
      await c.client.create();
      const connection = `BlobEndpoint=${world.url}/devstoreaccount1;SharedAccessSignature=${world.sas(c, 'rcwl', 3600)}`;
      const env = { OPENSSL_CONF: file('openssl_conf = init\n[init]\nalg_section = algs\n[algs]\ndefault_properties = fips=yes\n') };
      for (const [name, body] of [['small', Buffer.from('x')], ['large', bytes]]) {
        const put = await tool(connection, c.store, 'once', name, file(body), env);
        same([put.status, put.why], [OK, ''], name);
        check((await read(c, name)).bytes.equals(body), 'the bytes differ');
      }
    },

    async a_proxy_is_not_told_a_wrong_password_twice() {
      const asked = [];
      const proxy = http.createServer().on('connect', (request, socket) => {
        asked.push(request.url);
        socket.end('HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="corp"\r\nContent-Length: 0\r\n\r\n');
      });
      await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const port = proxy.address().port, begun = Date.now();
      const put = await tool('AccountName=acct1;AccountKey=a2V5', 'azure://runs', 'once', 'a', file('x'),
        { https_proxy: `http://user:wrong@127.0.0.1:${port}` });
      proxy.close();
      same([put.status, asked.length, Date.now() - begun < 5000], [RETRY, 1, true], 'result, times asked, soon');
      check(put.why.includes(`port ${port} answered 407`) && !put.why.includes('wrong'), put.why);
    },

    async clear_text_for_this_host_goes_by_no_proxy() {
      const c = freshContainer(), seen = [];
      const proxy = http.createServer((request, response) => { seen.push(request.url); response.end(); });
      await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${proxy.address().port}`;
      const put = await tool(dev, c.store, 'put', 'a', file('x'), { http_proxy: url, ALL_PROXY: url, all_proxy: url });
      proxy.close();
      same([put.status, seen], [OK, []], 'result, what the proxy was asked');
    },

    async account_and_key_variables_name_the_public_cloud_by_way_of_the_proxy() {
      const asked = [];
      const proxy = http.createServer().on('connect', (request, socket) => {
        asked.push(request.url);
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      });
      await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const https_proxy = `http://127.0.0.1:${proxy.address().port}`;
      const put = await tool('', 'azure://runs', 'put', 'a', file('x'),
        { AZURE_STORAGE_ACCOUNT: 'acct1', AZURE_STORAGE_KEY: accounts.acct1, https_proxy, STORE_TOOL_DEADLINE: '300' });
      proxy.close();
      check(put.status !== OK && put.why.includes('account acct1'), put.why);
      same(asked[0], 'acct1.blob.core.windows.net:443', 'host');
    },

    async emulator_shorthand_finds_another_host() {
      const c = freshContainer();
      const connection = `UseDevelopmentStorage=true;DevelopmentStorageProxyUri=${world.url}`;
      same((await tool(connection, c.store, 'put', 'a', file('x'))).status, OK, 'put');
      same((await read(c, 'a')).text, 'x', 'blob');
    },

    async emulator_shorthand_finds_port_10000() {
      const c = freshContainer();
      const proxy = await startProxy(world.url, { port: 10000 }).catch(() => { throw new Skip('port 10000 is taken'); });
      const put = await tool('UseDevelopmentStorage=true', c.store, 'put', 'a', file('x'));
      proxy.close();
      same(put.status, OK, 'put');
      same((await read(c, 'a')).text, 'x', 'blob');
    },
  };
};
