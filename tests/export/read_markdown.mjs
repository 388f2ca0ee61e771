// SPDX-License-Identifier: MIT
// read_markdown.mjs MODULES FILE: the page as marked renders GitHub's Markdown. Prints {tags: {name: count}, codes: [text]}, where codes are
// the texts of <code>. Status 77 when it is not installed.
import fs from 'node:fs';
import path from 'node:path';

const [modules, file] = process.argv.slice(2);
const place = path.resolve(modules, 'marked/lib/marked.esm.js');
if (!fs.existsSync(place)) {
    console.error('marked is not installed');
    process.exit(77);
}
const { marked } = await import(place);
const html = marked.parse(fs.readFileSync(file, 'utf8'), { gfm: true });
const named = { lt: '<', gt: '>', amp: '&', quot: '"' };
const plain = (text) => text.replace(/&(?:#(\d+)|(\w+));/g, (all, number, name) => (number ? String.fromCodePoint(+number) : named[name]));
const tags = {};
for (const [, name] of html.matchAll(/<(\w+)/g)) {
    tags[name] = (tags[name] ?? 0) + 1;
}
const codes = [...html.matchAll(/<code>(.*?)<\/code>/gs)].map((match) => plain(match[1]));
process.stdout.write(JSON.stringify({ tags, codes }));
