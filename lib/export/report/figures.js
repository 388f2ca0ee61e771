// SPDX-License-Identifier: MIT
// Figures of a selected range, for the tables and the flame graph. No document here.
'use strict';

/** Value below which `share` of the sorted numbers are. */
dt.quantile = (sorted, share) => sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : -1;

/** Spans of processes that live in a range, as indices. */
dt.within = function (run, from, to) {
    const out = [];
    for (let i = 0; i < run.n; i++)
        if (run.kind[i] === dt.PROCESS && run.start[i] <= to && run.end[i] >= from)
            out.push(i);
    return out;
};

/** CPU of span `i` in a range, taken to be spread evenly over its life; unknown counts as 0. */
dt.cpuWithin = function (run, i, from, to) {
    const cpu = Math.max(0, run.user[i]) + Math.max(0, run.sys[i]), life = run.end[i] - run.start[i];
    const inside = Math.min(to, run.end[i]) - Math.max(from, run.start[i]);
    return life > 0 ? cpu * Math.max(0, Math.min(1, inside / life)) : cpu;
};

/** One line for each word that `by(i)` gives: { name, count, failed, cpu, own, p50, p95, longest, at }, by CPU. */
dt.tabulate = function (run, spans, by, from, to) {
    const lines = new Map();
    for (const i of spans) {
        const name = by(i);
        let line = lines.get(name);
        if (!line)
            lines.set(name, line = { name, count: 0, failed: 0, cpu: 0, own: 0, lives: [], longest: -1, at: -1 });
        const life = run.end[i] - run.start[i];
        line.count++;
        line.failed += run.failed(i) ? 1 : 0;
        line.cpu += dt.cpuWithin(run, i, from, to);
        line.own += run.ownBetween(i, from, to);
        line.lives.push(life);
        if (life > line.longest)
            line.longest = life, line.at = i;
    }
    for (const line of lines.values()) {
        const lives = Float64Array.from(line.lives).sort();
        line.p50 = dt.quantile(lives, 0.5);
        line.p95 = dt.quantile(lives, 0.95);
        delete line.lives;
    }
    return [...lines.values()].sort((a, b) => b.cpu - a.cpu || b.own - a.own);
};

/** Calls `each(span, from, to)` for the pieces of the critical path in a range; a piece of no process has the span -1. */
dt.pathPieces = function (run, from, to, each) {
    const at = run.pathAt || [];
    for (let k = Math.max(0, dt.lastAtOrBefore(at, from)); k < at.length && at[k] < to; k++) {
        const end = k + 1 < at.length ? at[k + 1] : run.length;
        each(run.pathSpan[k], Math.max(from, at[k]), Math.min(to, end));
    }
};

/** What a range waited for: { name, time, count, longest, at } for each command, by time; `name` is '' for no process. */
dt.pathShares = function (run, from, to) {
    const lines = new Map();
    dt.pathPieces(run, from, to, (i, a, b) => {
        const name = i < 0 ? '' : run.command(i);
        let line = lines.get(name);
        if (!line)
            lines.set(name, line = { name, time: 0, count: 0, longest: -1, at: -1 });
        line.time += b - a;
        line.count++;
        if (b - a > line.longest)
            line.longest = b - a, line.at = i;
    });
    return [...lines.values()].sort((a, b) => b.time - a.time);
};

/** Which of the words have all of `part` in them. */
dt.having = (words, part) => Uint8Array.from(words, word => word.toLowerCase().includes(part) ? 1 : 0);

/** Spans whose command line, task, folder, value or pid has all the words of the query. What is long is looked at once: the
 *  tables of words, not the spans. */
dt.search = function (run, query) {
    const wanted = query.toLowerCase().split(/\s+/).filter(Boolean), out = [];
    const tests = wanted.map(word => ({ word, strings: dt.having(run.strings, word), words: dt.having(run.words, word) }));
    const has = (i, test) => {
        for (const column of [run.name, run.task, run.cwd, run.value])
            if (column && column[i] >= 0 && test.strings[column[i]])
                return true;
        for (let at = run.firstArg[i]; at < run.firstArg[i + 1]; at++)
            if (test.words[run.arg[at]])
                return true;
        return String(run.pid[i]) === test.word;
    };
    for (let i = 0; tests.length && i < run.n; i++)
        if (tests.every(test => has(i, test)))
            out.push(i);
    return out;
};
