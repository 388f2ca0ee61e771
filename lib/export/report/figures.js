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

/** One line for each word that `by(i)` gives: { name, count, failed, cpu, own, p50, p95, longest, at }, by own time. */
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
    return [...lines.values()].sort((a, b) => b.own - a.own || b.count - a.count);
};

/** A tree of frames: { name, value, count, at, children: Map }. */
dt.frame = (name, at) => ({ name, value: 0, count: 0, at, children: new Map() });

dt.addFrame = function (frame, name, value, at) {
    let child = frame.children.get(name);
    if (!child)
        frame.children.set(name, child = dt.frame(name, at));
    child.value += value;
    child.count++;
    return child;
};

/** Own time of all processes in the range, merged by the commands that led there: a flame graph, heaviest first. */
dt.flame = function (run, spans, from, to) {
    const root = dt.frame(run.head.name, -1), frames = new Array(run.n);
    for (const i of spans) { // owners come before what they started
        const above = run.owner[i] >= 0 && frames[run.owner[i]] || root;
        frames[i] = dt.addFrame(above, run.command(i), 0, i);
        frames[i].above = above;
    }
    for (const i of spans) {
        const own = run.ownBetween(i, from, to);
        for (let frame = frames[i]; frame; frame = frame.above)
            frame.value += own;
    }
    return root;
};

/** Who starts a command, and what it starts: two such trees, of the time that is spent in and below it. */
dt.sandwich = function (run, spans, command, from, to) {
    const callers = dt.frame(command, -1), callees = dt.frame(command, -1), inside = new Array(run.n);
    for (const i of spans) {
        const own = run.ownBetween(i, from, to), above = run.owner[i] >= 0 ? inside[run.owner[i]] : undefined;
        const isOne = run.command(i) === command;
        if (above) {
            inside[i] = dt.addFrame(above, run.command(i), 0, i);
            inside[i].above = above;
        } else if (isOne) {
            inside[i] = callees;
            callees.count++;
        }
        for (let frame = inside[i]; frame; frame = frame.above)
            frame.value += own;
        if (!isOne)
            continue;
        const whole = Math.max(0, Math.min(to, run.end[i]) - Math.max(from, run.start[i]));
        let frame = callers;
        callers.value += whole;
        for (let p = run.owner[i]; p >= 0; p = run.owner[p])
            frame = dt.addFrame(frame, run.command(p), whole, p);
    }
    return { callers, callees };
};

/** Spans whose command line, task or folder has the words. */
dt.search = function (run, query) {
    const wanted = query.toLowerCase().split(/\s+/).filter(Boolean), out = [];
    if (!wanted.length)
        return out;
    for (let i = 0; i < run.n; i++) {
        const text = `${run.command(i)} ${run.args(i).join(' ')} ${run.text('task', i)} ${run.text('cwd', i)} ${run.pid[i]}`.toLowerCase();
        if (wanted.every(word => text.includes(word)))
            out.push(i);
    }
    return out;
};
