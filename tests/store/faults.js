// SPDX-License-Identifier: MIT
// The ways in which a blob service, or the way to it, fails: one table for the store and for the whole job. Knows no test.
//
//   claim: {fault, first}         `fault` is for fault_proxy.js
//   claim: {server, first}        no proxy at all, but 'closed', 'blackhole' or 'deaf'
//
// `first` is what becomes of an object that meets the fault once: 'stored' because a retry gets over it, 'later' because
// only another attempt will do, 'refused' because only somebody's help will. `brief` gives the first attempt a short
// deadline: it has nothing to wait for.
'use strict';

const REPEATED = 'x-padding: 0123456789abcdef\r\n'.repeat(32);
const ok = (headers, body) => `HTTP/1.1 201 Created\r\nx-ms-request-id: 1\r\n${headers}\r\n\r\n${body}`;
const portal = '<html><title>Please sign in</title></html>';
const inTwoHours = () => new Date(Date.now() + 7200e3).toUTCString();
const soon = () => new Date(Date.now() + 2000).toUTCString();
const asked = (value, status = 503) => ({ status, headers: { 'Retry-After': value } });

const stored = (fault) => ({ fault, first: 'stored' });
const later = (fault) => ({ fault, first: 'later' });
const silent = (fault) => ({ fault, first: 'later', brief: true });
const refused = (fault) => ({ fault, first: 'refused' });

module.exports = {
  port_closed: { server: 'closed', first: 'later', brief: true },
  host_silent: { server: 'blackhole', first: 'later', brief: true },
  never_accepted: { server: 'deaf', first: 'later', brief: true },

  slow_answer: stored({ delay: 700 }),
  answer_by_the_byte: stored({ match: '^HEAD|^GET|^PUT', slowly: true }),
  no_answer: silent({ hang: true }),
  no_answer_after_commit: silent({ hang: true, after: true }),
  headers_then_silence: silent({ raw: ok('Content-Length: 9', ''), then: 'hang' }),
  headers_then_silence_after_commit: silent({ raw: ok('Content-Length: 9', ''), then: 'hang', after: true }),
  half_a_header_then_silence: silent({ raw: 'HTTP/1.1 201 Crea', then: 'hang' }),

  reset_on_connect: stored({ connect: 'reset' }),
  reset_before_body: stored({ reset: 'before' }),
  reset_amid_body: stored({ reset: 'body' }),
  reset_after_commit: stored({ reset: 'after' }),
  closed_without_a_word: stored({ raw: '' }),
  closed_without_a_word_after_commit: stored({ raw: '', after: true }),

  throttled_429: stored({ status: 429 }),
  busy_for_a_second: stored(asked('1')),
  busy_until_a_date: stored({ status: 503, get headers() { return { 'Retry-After': soon() }; } }),
  busy_for_hours: later(asked('7200')),
  busy_until_a_date_in_hours: later({ status: 503, get headers() { return { 'Retry-After': inTwoHours() }; } }),
  busy_for_ever: later(asked('99999999999999999999999999')),
  busy_since_long: stored(asked('Sun, 06 Nov 1994 08:49:37 GMT')),
  busy_for_minus_one: stored(asked('-1')),
  busy_for_nonsense: stored(asked('\x01soon')),
  error_500: stored({ status: 500 }),
  error_500_after_commit: stored({ status: 500, after: true }),
  error_502_page: stored({ status: 502, noCode: true, body: portal }),
  error_503_after_commit: stored({ status: 503, after: true }),
  error_504_after_commit: stored({ status: 504, noCode: true, after: true }),
  timeout_408: stored({ status: 408 }),

  error_400: refused({ status: 400, code: 'InvalidHeaderValue' }),
  error_401: refused({ status: 401, code: 'NoAuthenticationInformation' }),
  error_403: refused({ status: 403, code: 'AuthenticationFailed' }),
  error_404_container: stored({ status: 404, code: 'ContainerNotFound' }),
  error_404_account: refused({ status: 404, code: 'ResourceNotFound' }),
  error_407_proxy: refused({ status: 407, noCode: true }),
  error_409_container_deleted: later({ status: 409, code: 'ContainerBeingDeleted' }),
  error_409_immutable: refused({ status: 409, code: 'BlobImmutableDueToPolicy' }),
  error_409_lease: refused({ status: 409, code: 'LeaseAlreadyPresent' }),
  error_409_exists_without_an_object: later({ status: 409, code: 'BlobAlreadyExists' }),
  error_412_without_an_object: later({ status: 412, code: 'ConditionNotMet' }),
  error_412_lease: refused({ status: 412, code: 'LeaseIdMissing' }),
  redirect_301: refused({ status: 301, headers: { Location: 'http://127.0.0.1:9/' } }),
  redirect_307: refused({ status: 307, headers: { Location: 'http://127.0.0.1:9/' } }),

  short_body: stored({ raw: ok('Content-Length: 100', 'short') }),
  short_body_after_commit: stored({ raw: ok('Content-Length: 100', 'short'), after: true }),
  broken_chunks: stored({ raw: ok('Transfer-Encoding: chunked', '5\r\nabc') }),
  broken_chunks_after_commit: stored({ raw: ok('Transfer-Encoding: chunked', 'zz\r\nabc'), after: true }),

  not_http: stored({ raw: 'SSH-2.0-OpenSSH_9.2\r\n' }),
  not_http_after_commit: stored({ raw: 'SSH-2.0-OpenSSH_9.2\r\n', after: true }),
  binary: stored({ raw: '\x16\x03\x01\x00\xff\x00\x00\xfe\r\n\r\n' }),
  http_0_9: stored({ raw: portal }),
  status_line_nonsense: stored({ raw: 'HTTP/1.1 2x1 Created\r\n\r\n' }),
  header_of_a_megabyte: stored({ raw: ok(`x-big: ${'a'.repeat(1 << 20)}\r\nContent-Length: 0`, '') }),
  headers_without_end: stored({ raw: `HTTP/1.1 201 Created\r\n${REPEATED}`, then: 'repeat' }),
  interim_answers_without_end: stored({ raw: 'HTTP/1.1 100 Continue\r\n\r\n', then: 'repeat' }),
  body_without_end: stored({ raw: ok('X: ', 'x'.repeat(60000)), then: 'repeat' }),
  body_of_an_error_without_end: stored({ raw: `HTTP/1.1 500 Oops\r\n\r\n${'x'.repeat(60000)}`, then: 'repeat' }),
  sign_in_page: stored({ status: 200, noCode: true, body: portal }),
  somebody_s_201: stored({ status: 201, noCode: true, body: '' }),
};
