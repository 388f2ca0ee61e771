// SPDX-License-Identifier: MIT
// The data of the page: one block of bytes -> columns of numbers and two tables of words.
//
// The block is gzip in base64. Inside: the length of the head (4 bytes, little-endian), the head (JSON), and the columns behind each
// other, each so many bytes long as the head says. A column is a sequence of LEB128 numbers in zigzag form; one marked as delta
// holds differences to the number before. Times are microseconds from the start of the run. Absent is -1.
'use strict';

const dt = globalThis.dt ||= {};

/** A reader of the numbers in `bytes` from `at` to `end`. */
dt.numbers = function (bytes, at, end, count, isDelta) {
    const out = new Float64Array(count);
    let before = 0;
    for (let i = 0; i < count; i++) {
        let value = 0, scale = 1, byte;
        do {
            if (at >= end)
                throw new Error('a column is too short');
            byte = bytes[at++];
            value += (byte & 127) * scale;
            scale *= 128;
        } while (byte & 128);
        value = value % 2 ? -(value + 1) / 2 : value / 2;
        before = out[i] = isDelta ? before + value : value;
    }
    return out;
};

/** The plain bytes of the block -> { head, cols: name -> Float64Array, n, strings, words }. */
dt.decode = function (bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = view.getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const cols = {};
    let at = 4 + length;
    for (const column of head.columns) {
        cols[column.name] = dt.numbers(bytes, at, at + column.bytes, column.count, column.delta);
        at += column.bytes;
    }
    return { head, cols, n: head.spans, strings: head.strings, words: head.words };
};

/** Base64 text -> its bytes. */
dt.fromBase64 = function (text) {
    const plain = atob(text.trim());
    const bytes = new Uint8Array(plain.length);
    for (let i = 0; i < plain.length; i++)
        bytes[i] = plain.charCodeAt(i);
    return bytes;
};

/** Compressed bytes -> plain ones. */
dt.gunzip = async function (bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
};
