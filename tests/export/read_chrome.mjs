// SPDX-License-Identifier: MIT
// read_chrome.mjs MODULES FILE: what the trace engine of Chromium's DevTools finds in a trace. Prints {lanes: {"pid tid": [entries,
// deepest]}, flows, names}. Status 77 when it is not installed.
import fs from 'node:fs';
import path from 'node:path';

const [modules, file] = process.argv.slice(2);
const engine = path.resolve(modules, '@paulirish/trace_engine/models/trace/trace.js');
if (!fs.existsSync(engine)) {
    console.error('@paulirish/trace_engine is not installed');
    process.exit(77);
}
// What the engine wants of a browser, and of a newer Node than Debian 12's.
URL.parse ??= (text) => {
    try {
        return new URL(text);
    } catch {
        return null;
    }
};
globalThis.DOMRect ??= class DOMRect {
    static fromRect() {
        return new DOMRect();
    }
};
const say = console.log;
console.log = console.warn = () => {};
const Trace = await import(engine);
const model = Trace.TraceModel.Model.createWithAllHandlers();
await model.parse(JSON.parse(fs.readFileSync(file, 'utf8')).traceEvents);
const { data } = model.parsedTrace();
const lanes = {};
const names = {};
for (const [pid, process] of data.Renderer.processes) {
    for (const [tid, thread] of process.threads) {
        lanes[`${pid} ${tid}`] = [thread.entries.length, thread.tree?.maxDepth ?? 0];
        for (const entry of thread.entries) {
            names[entry.name] = (names[entry.name] ?? 0) + 1;
        }
    }
}
say(JSON.stringify({ lanes, names, max: data.Meta.traceBounds.max }));
