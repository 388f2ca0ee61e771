// SPDX-License-Identifier: MIT
// node test_planted.js DTRACK : markup and control bytes in every string of a run. The page with them has the elements
// of the same run without them, and shows no control and no direction character.
'use strict';

const fs = require('fs');
const { launch, missing, open } = require('./browser');
const { folder, known, report, store } = require('./make_page');
const { check, run, same, skipAll } = require('../store/tap');

const dtrack = process.argv[2];
const BAD = ['</script><script>planted()</script>', '<img src=x onerror=planted()>', '<!--', '-->', ']]>', '<![CDATA[', '</style>', '</title>', '"\' onclick="planted()"',
  '`${planted()}`', '&lt;b&gt;&amp;', '&#60;i&#62;', '</td></table>', '{{planted()}}', '\\u003cscript>', 'javascript:planted()', '\u0001\u001b[31m\u007f\u0085', '\u202e\u2066\u200f\u2028',
  '\ufeff\uffff', '__proto__', 'constructor'].join(' ');
const RAW = Buffer.from([0xff, 0xfe, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0x80, 0xf5]);

// Strings that are the format's own words, or what names a run and ties its rows together.
const WORDS = new Set(['run_id', 'kind', 'end_by', 'schema', 'object', 'span_id', 'parent_id']);

// The same value with something planted in each string below it; '@raw' is what becomes invalid UTF-8.
function planted(value, key) {
  if (typeof value === 'string') return WORDS.has(key) ? value : `${value} ${BAD} @raw`;
  if (Array.isArray(value)) return value.map((one) => planted(one, key));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, planted(one, name)]));
  return value;
}

// A line of JSON with its numbers as they are: those beyond a double's are kept aside.
function plant(line, isRaw, ids = (id) => id) {
  const kept = [], text = line.toString().replace(/:(\d{16,})/g, (_, digits) => `:"@${kept.push(digits) - 1}"`);
  const object = JSON.parse(text);
  for (const key of ['span_id', 'parent_id']) if (object[key] && object[key] !== 'run') object[key] = ids(object[key]);
  const numbers = Object.entries(object).filter(([, value]) => /^@\d+$/.test(value));
  const result = JSON.stringify({ ...planted(object), ...Object.fromEntries(numbers) }).replace(/"@(\d+)"/g, (_, n) => kept[n]);
  const pieces = result.split('@raw').map((piece) => Buffer.from(piece));
  return Buffer.concat(pieces.flatMap((piece, k) => (k && isRaw ? [RAW, piece] : [piece])));
}

let browser, place;

function pageOf(name, change) {
  const { rows, summary } = known();
  store(place, change(summary, false), rows.map((row) => change(row, true)));
  return report(dtrack, place, `${name}.html`);
}

// Every element, in order; attributes by name, and the values of those that matter.
const shape = (page) => page.evaluate(() => [...document.querySelectorAll('*')].map((element) => [element.localName,
  ...[...element.attributes].map(({ name, value }) => (['href', 'src', 'class', 'type', 'role', 'id'].includes(name) ? `${name}=${value}` : name))].join(' ')));

async function shapes(file, options = {}) {
  const page = await open(browser, file, options);
  try {
    if (options.javaScriptEnabled !== false)
      await page.evaluate(() => {
        dt.page.select(dt.page.run.childrenOf(-1)[0]);
        dt.tip.show(dt.saying(dt.page.run, 5), 10, 10);
      });
    const text = await page.evaluate(() => document.documentElement.textContent.replace(document.getElementById('data').textContent, ''));
    return { shape: await shape(page), faults: page.faults, text, planted: await page.evaluate(() => typeof globalThis.planted) };
  } finally {
    await page.context().close();
  }
}

const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

async function compare(options) {
  const plain = await shapes(pageOf('plain', (line) => line), options);
  const bad = await shapes(pageOf('bad', (line) => plant(line, false, (id) => `${id}"><s>`)), options);
  same(bad.faults, [], 'what the browser had against it');
  same(bad.shape.length, plain.shape.length, 'the number of elements');
  bad.shape.forEach((one, k) => same(one, plain.shape[k], `element ${k}`));
  const script = bad.text.indexOf('use strict');
  check(!CONTROLS.test(bad.text.slice(0, script)), 'a control character is in the page');
  check(bad.text.includes('</script><script>planted()</script>') && bad.text.includes('<img src=x onerror=planted()>'), 'the text is not there as a text');
}

const tests = {
  nothing_planted_is_markup_in_the_plain_page: () => compare({ javaScriptEnabled: false }),
  nothing_planted_is_markup_in_the_document_that_scripts_made: () => compare({}),
  a_row_that_is_no_utf_8_is_refused_with_a_reason: () => {
    let why = '';
    try {
      pageOf('raw', (line, isRow) => plant(line, isRow));
    } catch (error) {
      why = String(error.stderr);
    }
    check(why.startsWith('dtrack report: cannot make a page of run'), why || 'it was taken');
    check(!fs.existsSync(`${place}/raw.html`), 'there is a page');
  },

  a_file_with_them_is_utf_8_and_has_one_data_block: () => {
    const bytes = fs.readFileSync(pageOf('bad', (line) => plant(line, false)));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    same([text.split('<script').length - 1, text.split('</script').length - 1, text.split('<!--').length - 1], [2, 2, 0], 'scripts and comments');
  },

  words_that_objects_have_are_only_words: async () => {
    const rename = (line) => Buffer.from(line.toString().replace(/"(cc|as|ld|build)"/g, (_, name) => JSON.stringify({ cc: '__proto__', as: 'constructor', ld: 'toString', build: 'hasOwnProperty' }[name])));
    const page = await open(browser, pageOf('words', rename));
    same(page.faults, [], 'faults');
    const names = await page.$$eval('#command-table th button', (all) => all.map((one) => one.textContent));
    for (const name of ['__proto__', 'constructor', 'toString']) check(names.includes(name), `${name} is not in the table`);
    await page.context().close();
  },
};

async function main() {
  if (missing()) return skipAll(missing());
  place = folder();
  browser = await launch();
  try {
    return await run(tests);
  } finally {
    await browser.close();
    fs.rmSync(place, { recursive: true });
  }
}

main();
