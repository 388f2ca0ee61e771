// SPDX-License-Identifier: MIT
// An HTTP proxy in front of one server that fails on order. It keeps a list of faults; each request uses up the
// first whose `match` (a pattern for "METHOD URL") fits, or the first without one. A request with no fault is passed.
//
//   {status, code, headers}  answer so, without asking the server
//   {status, after: true}    answer so, after the server has done the work
//   {reset: 'before' | 'body' | 'after'}
//                            break the connection before the body, amid it, or after the server has done the work
//   {hang: true}             never answer; with `after` the server has done the work
//   {raw: text, then: 'end' | 'hang' | 'repeat'}
//                            these bytes instead of an answer, and then the end of the connection, silence, or the same
//                            again without end; with `after` the server has done the work
//   {connect: 'reset'}       break each connection as it is made
//   {delay: ms, slowly: true}
//                            pass the answer later, and byte by byte
//   {corrupt: true}          change the first byte of the request's body
//   {truncate: N}            break the connection after N bytes of the answer's body
//   {first: function}        do this before the server is asked
//   {meanwhile: function}    do this before the client sees anything, after the server has done its work
//
// A fault strikes once, or `times` times.
// Run as a program it takes the server's URL, prints its own, and is told by POST /__faults and asked by GET /__log.
'use strict';

const http = require('http');
const https = require('https');

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding'];

function answer(response, fault) {
  const code = fault.code || 'InjectedFault';
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>injected</Message></Error>`;
  const own = fault.noCode ? {} : { 'x-ms-error-code': code };
  response.writeHead(fault.status, { ...own, 'content-type': 'application/xml', ...fault.headers });
  response.end(fault.body === undefined ? body : fault.body);
}

// Resolves to the body, or to null when the fault broke the connection meanwhile.
function readBody(request, fault) {
  return new Promise((resolve) => {
    const pieces = [];
    request.on('data', (piece) => {
      pieces.push(piece);
      if (fault.reset === 'body') resolve(null);
    });
    request.on('error', () => resolve(null));
    request.on('end', () => resolve(Buffer.concat(pieces)));
  });
}

function ask(upstream, request, body) {
  return new Promise((resolve, reject) => {
    const { method, url: path, headers } = request;
    const options = { host: upstream.hostname, port: upstream.port, method, path, headers, setHost: false, agent: false };
    const asked = http.request(options, (reply) => {
      const pieces = [];
      reply.on('data', (piece) => pieces.push(piece));
      reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, body: Buffer.concat(pieces) }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

// Bytes that need not be HTTP.
function answerRaw(socket, fault) {
  const bytes = Buffer.from(fault.raw, 'latin1');
  const repeat = () => { while (!socket.destroyed && socket.write(bytes)) ; };
  if (fault.then === 'repeat') { socket.on('drain', repeat); return repeat(); }
  return fault.then === 'hang' ? socket.write(bytes) : socket.end(bytes);
}

async function passSlowly(response, body) {
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Buffer.from([byte]));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  response.end();
}

function pass(request, response, reply, fault) {
  const headers = { ...reply.headers };
  for (const name of HOP_BY_HOP) delete headers[name];
  if (request.method !== 'HEAD' && reply.status !== 204 && reply.status !== 304) headers['content-length'] = reply.body.length;
  response.writeHead(reply.status, headers);
  if (fault.slowly) return passSlowly(response, reply.body);
  if (fault.truncate === undefined) return response.end(reply.body);
  response.write(reply.body.subarray(0, fault.truncate), () => setTimeout(() => request.socket.resetAndDestroy(), 20));
}

async function serve(upstream, fault, request, response, entry) {
  const isOwn = (fault.status || fault.hang || fault.raw !== undefined) && !fault.after;
  const body = fault.reset === 'before' ? null : await readBody(request, fault);
  if (body === null) return request.socket.resetAndDestroy();
  if (fault.corrupt) body[0] ^= 1;
  if (fault.first) await fault.first();
  const reply = isOwn ? null : await ask(upstream, request, body);
  if (reply) entry.status = reply.status;
  if (fault.meanwhile) await fault.meanwhile();
  if (fault.delay) await new Promise((resolve) => setTimeout(resolve, fault.delay));
  if (fault.reset) return request.socket.resetAndDestroy();
  if (fault.hang) return undefined;
  if (fault.raw !== undefined) return answerRaw(request.socket, fault);
  return fault.status ? answer(response, fault) : pass(request, response, reply, fault);
}

// Start a proxy for the server at `upstream`; options: port (0 = any), tls ({key, cert}). Resolves to an object with
// url, faults (assign a list), log (what arrived: method, url, headers, port of the client, and the status that the
// server answered, if it was asked), lift() which ends all faults and the connections that suffer from them, and close().
function startProxy(upstream, options = {}) {
  const proxy = { faults: [], log: [] };
  const take = (line) => {
    const index = proxy.faults.findIndex((fault) => !fault.match || new RegExp(fault.match).test(line));
    if (index < 0) return {};
    const fault = proxy.faults[index];
    fault.times = (fault.times || 1) - 1;
    if (!fault.times) proxy.faults.splice(index, 1);
    return fault;
  };
  const onRequest = (request, response) => {
    if (request.url.startsWith('/__')) return control(proxy, request, response);
    const { method, url, headers } = request;
    const entry = { method, url, headers, port: request.socket.remotePort };
    proxy.log.push(entry);
    return serve(new URL(upstream), take(`${method} ${url}`), request, response, entry)
      .catch((reason) => { response.writeHead(502); response.end(String(reason)); });
  };
  const server = options.tls ? https.createServer(options.tls, onRequest) : http.createServer(onRequest);
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    if (proxy.faults.some((fault) => fault.connect)) { proxy.log.push({ method: 'CONNECT', url: '' }); take('CONNECT'); socket.resetAndDestroy(); }
  });
  proxy.lift = () => { proxy.faults = []; sockets.forEach((socket) => socket.destroy()); };
  proxy.close = () => { proxy.lift(); server.close(); };
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(options.port || 0, '127.0.0.1', () => {
      proxy.url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`;
      resolve(proxy);
    });
  });
}

async function control(proxy, request, response) {
  const body = await readBody(request, {});
  if (request.url === '/__faults') proxy.faults = JSON.parse(body.toString() || '[]');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(request.url === '/__log' ? proxy.log : {}));
}

if (require.main === module) startProxy(process.argv[2]).then((proxy) => console.log(proxy.url));

module.exports = { startProxy };
