// SPDX-License-Identifier: MIT
// What the Azure backend promises when the service, or the way to it, fails. `world` is made by world.js.
'use strict';

const crypto = require('crypto');
const execFile = require('util').promisify(require('child_process').execFile);
const { pathStyle } = require('./azurite');
const { startProxy } = require('./fault_proxy');
const { startBadServer } = require('./matrix');
const { check, same } = require('./tap');
const { OK, EXISTS, CHANGED, RETRY, REFUSED } = require('./tool');

// The answers that arrived for blobs, as METHODs.
const methods = (log) => log.map((entry) => entry.method).join(' ');
const ofBlob = (log, name) => log.filter((entry) => entry.url.includes(`/${name}`));

module.exports = (world) => {
  const { tool, file, freshContainer, read, names } = world;

  // Run `body` with a proxy that has these faults, and a container that is there. Every fault must have struck.
  async function withFaults(faults, body) {
    const c = freshContainer();
    await c.client.create();
    const proxy = await startProxy(world.url);
    proxy.faults = faults;
    try {
      await body({ c, proxy, log: proxy.log, through: pathStyle(proxy.url) });
      same(proxy.faults, [], 'faults that did not strike');
    } finally {
      proxy.close();
    }
  }

  // A create under one fault ends well, with the object there once and whole.
  const createSurvives = (faults, want) => withFaults(faults, async ({ c, log, through }) => {
    const put = await tool(through, c.store, 'put', 'a', file('whole'));
    same([put.status, put.why], [OK, ''], 'put');
    same(await names(c), ['a'], 'names');
    same((await read(c, 'a')).text, 'whole', 'blob');
    same(methods(log), want, 'requests');
  });

  return {
    create_survives_a_busy_service: () => createSurvives([{ status: 503, headers: { 'Retry-After': '1' } }], 'PUT PUT'),
    create_survives_throttling: () => createSurvives([{ status: 429 }, { status: 503 }], 'PUT PUT PUT'),
    create_survives_a_reset_before_the_body: () => createSurvives([{ reset: 'before' }], 'PUT PUT'),
    create_survives_a_reset_amid_the_body: () => createSurvives([{ reset: 'body' }], 'PUT PUT'),
    create_knows_its_own_object_after_a_500: () => createSurvives([{ status: 500, after: true }], 'PUT PUT HEAD'),
    create_knows_its_own_object_after_a_reset: () => createSurvives([{ reset: 'after' }], 'PUT PUT HEAD'),
    create_knows_its_own_object_when_the_check_fails_too: () =>
      createSurvives([{ reset: 'after' }, {}, { status: 503 }], 'PUT PUT HEAD HEAD'),

    // As under a policy that lets nobody overwrite: the answer to our own first write was lost.
    create_knows_its_own_object_under_a_policy: () => createSurvives(
      [{ reset: 'after' }, { status: 409, code: 'BlobImmutableDueToPolicy' }], 'PUT PUT HEAD'),

    async once_knows_what_is_there_under_a_policy() {
      await withFaults([{ status: 409, code: 'BlobImmutableDueToPolicy' }], async ({ c, through }) => {
        await c.client.getBlockBlobClient('a').upload('whole', 5);
        same((await tool(through, c.store, 'once', 'a', file('whole'))).status, OK, 'once');
      });
    },

    async create_tells_another_s_object_from_its_own() {
      await withFaults([{ status: 500 }], async ({ c, through }) => {
        await c.client.getBlockBlobClient('a').upload('whole', 5); // same name, same bytes
        same((await tool(through, c.store, 'put', 'a', file('whole'))).status, EXISTS, 'put');
      });
    },

    async a_listing_takes_markers_of_any_length() {
      const marker = 'm'.repeat(3000);
      const page = (name, next) => `<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>${name}</Name><Properties>`
        + `<Content-Length>1</Content-Length></Properties></Blob></Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
      const faults = [{ status: 200, body: page('a', marker) }, { match: `marker=${marker}(&|$)`, status: 200, body: page('b', '') }];
      await withFaults(faults, async ({ c, through }) => {
        same((await tool(through, c.store, 'list')).text, '1 a\n1 b\n', 'listing');
      });
    },

    async replace_knows_its_own_object_after_a_reset() {
      await withFaults([{ match: '^PUT', reset: 'after' }], async ({ c, log, through }) => {
        await c.client.getBlockBlobClient('a').upload('old', 3);
        const etag = (await tool(through, c.store, 'tag', 'a')).text;
        same((await tool(through, c.store, 'replace', 'a', file('new'), etag)).status, OK, 'replace');
        same((await read(c, 'a')).text, 'new', 'blob');
        same(methods(log), 'GET PUT PUT HEAD', 'requests');
      });
    },

    async replace_does_not_take_another_s_object_for_its_own() {
      await withFaults([{ match: '^PUT', status: 500 }], async ({ c, through }) => {
        const blob = c.client.getBlockBlobClient('a');
        await blob.upload('old', 3);
        const etag = (await tool(through, c.store, 'tag', 'a')).text;
        await blob.upload('other', 5);
        same((await tool(through, c.store, 'replace', 'a', file('new'), etag)).status, CHANGED, 'replace');
        same((await read(c, 'a')).text, 'other', 'blob');
      });
    },

    async replace_of_what_is_gone_is_a_change() {
      await withFaults([{ match: '^PUT', status: 404, code: 'BlobNotFound' }], async ({ c, log, through }) => {
        same((await tool(through, c.store, 'replace', 'a', file('x'), '"0x1"')).status, CHANGED, 'replace');
        same(methods(log), 'PUT', 'requests');
      });
    },

    async counters_lose_nothing_on_a_bad_line() {
      const faults = ['after', 'before', 'after', 'body', 'after'].map((reset) => ({ match: '^PUT', reset }));
      await withFaults(faults, async ({ c, through }) => {
        const loops = Array.from({ length: 4 }, () => tool(through, c.store, 'count', 'n', 3));
        same((await Promise.all(loops)).map((loop) => loop.status), [OK, OK, OK, OK], 'loops');
        const { count } = JSON.parse((await read(c, 'n')).text);
        check(count >= 12, `the counter is ${count}`); // more only where a lost answer could not be told from a loss
      });
    },

    async blocks_survive_faults_anywhere() {
      const faults = [{ match: 'comp=block$', status: 503 }, { match: 'comp=block$', reset: 'body' },
        { match: 'comp=block$', reset: 'after' }, { match: 'comp=blocklist', reset: 'after' }];
      await withFaults(faults, async ({ c, log, through }) => {
        const bytes = crypto.randomBytes(17 * 1024 * 1024);
        const put = await tool(through, c.store, 'put', 'large', file(bytes));
        same([put.status, put.why], [OK, ''], 'put');
        check((await read(c, 'large')).bytes.equals(bytes), 'the bytes differ');
        same(log.filter((entry) => entry.url.includes('comp=blocklist')).length, 2, 'times the blocks were joined');
      });
    },

    async blocks_of_two_writers_are_never_joined() {
      const [mine, theirs] = ['a', 'b'].map((letter) => Buffer.alloc(9 << 20, letter));
      const other = await startProxy(world.url);
      other.faults = [{ match: 'comp=blocklist$', status: 403 }]; // it sends its blocks and gets no further
      const faults = [{ match: 'comp=blocklist$' }];
      await withFaults(faults, async ({ c, through }) => {
        faults[0].first = () => tool(pathStyle(other.url), c.store, 'put', 'large', file(theirs));
        same((await tool(through, c.store, 'put', 'large', file(mine))).status, OK, 'put');
        check((await read(c, 'large')).bytes.equals(mine), 'the bytes are not the writer\'s');
      });
      same(other.faults, [], 'faults of the other that did not strike');
      other.close();
    },

    async damage_on_the_way_is_noticed_and_not_stored() {
      await withFaults([{ corrupt: true }, { match: 'comp=block$', corrupt: true }], async ({ c, through }) => {
        const put = await tool(through, c.store, 'put', 'a', file('whole'));
        same(put.status, RETRY, 'put');
        check(put.why.includes('Md5Mismatch'), put.why);
        same((await tool(through, c.store, 'put', 'b', file(Buffer.alloc(9 << 20)))).status, RETRY, 'put in blocks');
        same(await names(c), [], 'names');
      });
    },

    async each_try_is_dated_anew_under_one_request_id() {
      await withFaults([{ status: 503, headers: { 'Retry-After': '1' } }], async ({ c, log, through }) => {
        same((await tool(through, c.store, 'put', 'a', file('x'))).status, OK, 'put');
        const ids = log.map((entry) => entry.headers['x-ms-client-request-id']);
        check(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(ids[0]), ids[0]);
        same(ids[1], ids[0], 'request id of the second try');
        const dates = log.map((entry) => entry.headers['x-ms-date']);
        check(dates[0] !== dates[1], `both tries are dated ${dates[0]}`);
        for (const date of dates) check(Math.abs(Date.parse(date) - Date.now()) < 900e3, `${date} is not now`);
      });
    },

    async requests_carry_what_the_service_asks_for() {
      await withFaults([], async ({ c, log, through }) => {
        await tool(through, c.store, 'put', 'a b', file('x'), 'text/plain', ',', 'get', 'a b', ',', 'list');
        const [put, get] = log;
        same(put.url.split('/').pop(), 'a%20b', 'path');
        same([put.headers['x-ms-version'], put.headers['if-none-match']], ['2021-12-02', '*'], 'put');
        check(!('expect' in put.headers), 'it waits for 100-continue');
        check(/^dtrack libcurl\//.test(get.headers['user-agent']), get.headers['user-agent']);
        check(log.every((entry) => entry.headers.authorization.startsWith('SharedKey ')), 'a request is not signed');
      });
    },

    // libcurl would send it again by itself, and the second answer would hide the first.
    async conditional_write_never_goes_over_a_kept_connection() {
      await withFaults([{ match: '^PUT', reset: 'after' }], async ({ c, log, through }) => {
        await c.client.getBlockBlobClient('a').upload('x', 1);
        const both = await tool(through, c.store, 'get', 'a', ',', 'put', 'b', file('y'), ',', 'get', 'b');
        same([both.status, both.text], [OK, 'xy'], 'results');
        same(methods(log), 'GET PUT PUT HEAD GET', 'requests');
        same(new Set(log.slice(0, 3).map((entry) => entry.port)).size, 3, 'connections of the first three');
      });
    },

    async broken_read_goes_on_where_it_stopped() {
      await withFaults([{ match: '^GET', truncate: 700000 }, { match: '^GET', truncate: 0 }], async ({ c, log, through }) => {
        const bytes = crypto.randomBytes(1500000);
        const { etag } = await c.client.getBlockBlobClient('a').upload(bytes, bytes.length);
        check((await tool(through, c.store, 'get', 'a')).out.equals(bytes), 'the bytes differ');
        const [first, , third] = ofBlob(log, 'a');
        same(first.headers['x-ms-range'], undefined, 'range of the first');
        check(/^bytes=[1-9]\d*-$/.test(third.headers['x-ms-range']), third.headers['x-ms-range']);
        same(third.headers['if-match'], etag, 'condition of the third');
      });
    },

    async broken_read_of_an_object_that_changed_is_not_mixed() {
      const faults = [{ match: '^GET', truncate: 700000 }];
      await withFaults(faults, async ({ c, through }) => {
        const write = (letter) => c.client.getBlockBlobClient('a').upload(Buffer.alloc(1500000, letter), 1500000);
        await write('o');
        faults[0].meanwhile = () => write('n');
        const got = await tool(through, c.store, 'get', 'a');
        same(got.status, RETRY, 'get');
        check(!got.out.includes('n'), 'bytes of two objects');
      });
    },

    async answer_from_the_start_is_not_taken_for_the_rest() {
      const faults = [{ match: '^GET', truncate: 700000 }, { match: '^GET', status: 200, body: 'n'.repeat(1500000) }];
      await withFaults(faults, async ({ c, through }) => {
        await c.client.getBlockBlobClient('a').upload(Buffer.alloc(1500000, 'o'), 1500000);
        const got = await tool(through, c.store, 'get', 'a');
        same(got.status, REFUSED, 'get');
        check(!got.out.includes('n'), 'bytes of two answers');
      });
    },

    // Whoever pages through it is no fault of the service's.
    async slow_reader_gets_all_of_it_after_the_deadline() {
      await withFaults([], async ({ c, through }) => {
        const bytes = crypto.randomBytes(6 << 20);
        await c.client.getBlockBlobClient('a').upload(bytes, bytes.length);
        const script = '"$0" "$1" get a | (sleep 2; sha256sum)';
        const env = { ...process.env, AZURE_STORAGE_CONNECTION_STRING: through, STORE_TOOL_DEADLINE: '1000' };
        const { stdout } = await execFile('sh', ['-c', script, world.toolPath, c.store], { env });
        same(stdout.split(' ')[0], crypto.createHash('sha256').update(bytes).digest('hex'), 'digest');
      });
    },

    async broken_listing_is_asked_for_again() {
      await withFaults([{ match: 'comp=list', truncate: 200 }, { match: 'comp=list', status: 500 }], async ({ c, through }) => {
        for (const name of ['a', 'b', 'c']) await c.client.getBlockBlobClient(name).upload('', 0);
        same((await tool(through, c.store, 'list', { STORE_TOOL_PAGE: '2' })).text, '0 a\n0 b\n0 c\n', 'listing');
      });
    },

    async silent_service_is_left_at_the_deadline() {
      await withFaults([{ hang: true }], async ({ c, log, through }) => {
        const put = await tool(through, c.store, 'put', 'a', file('x'), { STORE_TOOL_DEADLINE: '700' });
        same([put.status, methods(log)], [RETRY, 'PUT'], 'put');
        check(/time/i.test(put.why) && put.why.includes("'a'"), put.why);
        same(await names(c), [], 'names');
        same((await tool(through, c.store, 'put', 'a', file('x'))).status, OK, 'later put');
      });
    },

    async service_that_stays_busy_is_left_at_the_deadline() {
      await withFaults(Array(15).fill({ status: 503, code: 'ServerBusy' }), async ({ c, proxy, log, through }) => {
        const put = await tool(through, c.store, 'put', 'a', file('x'), { STORE_TOOL_DEADLINE: '1500' });
        same(put.status, RETRY, 'put');
        check(put.why.includes('503 ServerBusy'), put.why);
        check(log.length > 1 && log.length < 15, `${log.length} tries`);
        proxy.faults = [];
      });
    },

    async pause_beyond_the_deadline_is_not_begun() {
      await withFaults([{ status: 503, headers: { 'Retry-After': '3600' } }], async ({ c, log, through }) => {
        const put = await tool(through, c.store, 'put', 'a', file('x'), { STORE_TOOL_DEADLINE: '20000' });
        same([put.status, log.length], [RETRY, 1], 'put');
      });
    },

    async nobody_listening_asks_to_come_back() {
      const { port, close } = await startBadServer('closed');
      const at = pathStyle(`http://127.0.0.1:${port}`);
      const put = await tool(at, 'azure://runs', 'put', 'a', file('x'), { STORE_TOOL_DEADLINE: '500' });
      close();
      same(put.status, RETRY, 'put');
      check(put.why.includes(`127.0.0.1 port ${port}`), put.why);
    },

    async refusal_is_final() {
      for (const status of [400, 401, 403, 501]) {
        await withFaults([{ status, code: 'SomeReason' }], async ({ c, log, through }) => {
          const put = await tool(through, c.store, 'put', 'a', file('x'));
          same([put.status, methods(log)], [REFUSED, status === 403 ? 'PUT HEAD' : 'PUT'], `put that was answered ${status}`);
          check(put.why.includes(`${status} SomeReason`), put.why);
        });
      }
    },

    async error_code_is_read_from_the_body_too() {
      await withFaults([{ status: 403, code: 'OnlyInTheBody', noCode: true }], async ({ c, through }) => {
        const put = await tool(through, c.store, 'put', 'a', file('x'));
        check(put.why.includes('403 OnlyInTheBody'), put.why);
      });
    },

    async redirect_is_not_followed() {
      await withFaults([{ status: 302, noCode: true, headers: { Location: `${world.url}/elsewhere` } }], async ({ c, log, through }) => {
        same([(await tool(through, c.store, 'put', 'a', file('x'))).status, log.length], [REFUSED, 1], 'put');
      });
    },

    async page_that_is_no_listing_is_refused() {
      await withFaults([{ status: 200, body: '<html>Please sign in</html>' }], async ({ c, through }) => {
        const listed = await tool(through, c.store, 'list');
        same(listed.status, REFUSED, 'list');
        check(listed.why.includes('not a list of blobs'), listed.why);
      });
    },
  };
};
