// SPDX-License-Identifier: MIT
// Flame graphs as trees of frames: time, merged by the commands that led there. No document here.
'use strict';

const CALLERS_MAX = 64; // levels

/** A tree of frames: { name, value, count, at, above, children: Map }. `at` is the first span of it. */
dt.frame = (name, at, above = null) => ({ name, value: 0, count: 0, at, above, children: new Map() });

/** The frame of that name below `frame`. One that is new is put behind those of `all`. */
dt.below = function (frame, name, at, all) {
    let child = frame.children.get(name);
    if (!child) {
        frame.children.set(name, child = dt.frame(name, at, frame));
        all.push(child);
    }
    child.count++;
    return child;
};

/** Own times -> with those below: `all` has each frame behind the one above it. */
dt.addUp = function (all) {
    for (let k = all.length - 1; k >= 0; k--)
        if (all[k].above)
            all[k].above.value += all[k].value;
};

/** Own time of all processes in the range, merged by the commands that led there: a flame graph, heaviest first. */
dt.flame = function (run, spans, from, to) {
    const root = dt.frame(run.head.name, -1), frames = new Array(run.n), all = [root];
    for (const i of spans) { // owners come before what they started
        const above = run.owner[i] >= 0 && frames[run.owner[i]] || root;
        frames[i] = dt.below(above, run.command(i), i, all);
        frames[i].value += run.ownBetween(i, from, to);
    }
    dt.addUp(all);
    return root;
};

/** Who starts a command, and what it starts: two such trees, of the time that is spent in and below it. */
dt.sandwich = function (run, spans, command, from, to) {
    const callers = dt.frame(command, -1), callees = dt.frame(command, -1), inside = new Array(run.n), all = [callees];
    for (const i of spans) {
        const isOne = run.command(i) === command, above = run.owner[i] >= 0 ? inside[run.owner[i]] : undefined;
        if (above)
            inside[i] = dt.below(above, run.command(i), i, all);
        else if (isOne) {
            inside[i] = callees;
            callees.count++;
        }
        if (inside[i])
            inside[i].value += run.ownBetween(i, from, to);
        if (isOne)
            dt.addCallers(run, callers, i, Math.max(0, Math.min(to, run.end[i]) - Math.max(from, run.start[i])));
    }
    dt.addUp(all);
    return { callers, callees };
};

/** The time of span `i` to all that led to it. */
dt.addCallers = function (run, callers, i, time) {
    let frame = callers, level = 0;
    callers.value += time;
    callers.count++;
    for (let p = run.owner[i]; p >= 0 && level < CALLERS_MAX; p = run.owner[p], level++) {
        frame = dt.below(frame, run.command(p), p, []);
        frame.value += time;
    }
};

/** How deep a tree of frames is. */
dt.depthOf = function (root) {
    let depth = 0;
    const waiting = [[root, 1]];
    while (waiting.length) {
        const [frame, level] = waiting.pop();
        depth = Math.max(depth, level);
        for (const child of frame.children.values())
            waiting.push([child, level + 1]);
    }
    return depth;
};

/** Frames below one, heaviest first. */
dt.heaviest = frame => [...frame.children.values()].sort((a, b) => b.value - a.value || a.at - b.at);
