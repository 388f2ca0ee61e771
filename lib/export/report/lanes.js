// SPDX-License-Identifier: MIT
// Which lane of the timeline each span lies in. No document here.
'use strict';

/** First lane from `from` on that is free at `start`: a tree of the least end in each range of lanes. */
dt.Lanes = class {
    constructor() {
        this.size = 64;
        this.least = new Float64Array(2 * this.size).fill(-Infinity);
    }

    grow() {
        const old = this.least, size = this.size;
        this.size *= 2;
        this.least = new Float64Array(2 * this.size).fill(-Infinity);
        for (let lane = 0; lane < size; lane++)
            this.take(lane, old[size + lane]);
    }

    /** Lane `lane` is taken until `end`. */
    take(lane, end) {
        while (lane >= this.size)
            this.grow();
        let at = this.size + lane;
        this.least[at] = end;
        for (at >>= 1; at >= 1; at >>= 1)
            this.least[at] = Math.min(this.least[2 * at], this.least[2 * at + 1]);
    }

    /** The first free lane, `from` or higher. */
    find(from, start) {
        while (from >= this.size)
            this.grow();
        let at = this.size + from;
        while (this.least[at] > start) {
            while (at & 1) { // the right one of two: on to what is right of both
                if (at === 1 || (at & (at + 1)) === 0) {
                    this.grow();
                    return this.find(from, start);
                }
                at >>= 1;
            }
            at++;
            while (at < this.size && this.least[at] <= start)
                at *= 2;
        }
        while (at < this.size) {
            at *= 2;
            if (this.least[at] > start)
                at++;
        }
        return at - this.size;
    }
};

/** Puts spans into lanes: below who started them, and where nobody is. `by` is 'tree' or 'task'. Returns { lane, lanes: [Int32Array of spans by start], bands: [{ name, lane }] }. */
dt.layOut = function (run, by) {
    const lane = new Int32Array(run.n).fill(-1), groups = new Map();
    for (let i = 0; i < run.n; i++) {
        if (run.kind[i] !== dt.PROCESS)
            continue;
        const key = by === 'task' ? run.task[i] : -1;
        if (!groups.has(key))
            groups.set(key, []);
        groups.get(key).push(i);
    }
    const bands = [], lanes = [];
    for (const [key, spans] of groups) {
        bands.push({ name: key < 0 ? (by === 'task' ? 'in no task' : '') : run.strings[key], lane: lanes.length });
        if (by === 'task')
            lanes.push([]); // for the name
        const free = new dt.Lanes(), base = lanes.length;
        for (const i of spans) {
            const before = run.before[i], p = run.owner[i]; // the next program of a process takes its lane
            const beside = before >= 0 && lane[before] >= base ? lane[before] - base : p >= 0 && lane[p] >= base ? lane[p] - base + 1 : 0;
            const mine = free.find(beside, run.start[i]);
            free.take(mine, Math.max(run.end[i], run.start[i] + 1));
            lane[i] = base + mine;
            while (lanes.length <= lane[i])
                lanes.push([]);
            lanes[lane[i]].push(i);
        }
    }
    return { lane, lanes: lanes.map(list => Int32Array.from(list)), bands };
};

/** The tasks in lanes, those that overlap below each other; at most eight lanes. */
dt.taskLanes = function (run) {
    const lanes = [], until = [];
    for (let i = 0; i < run.n; i++) {
        if (run.kind[i] !== dt.TASK)
            continue;
        let lane = until.findIndex(end => end <= run.start[i]);
        if (lane < 0)
            lane = Math.min(lanes.length, 7);
        (lanes[lane] ||= []).push(i);
        until[lane] = run.end[i];
    }
    return lanes;
};

/** Index in `spans`, sorted by start, of the last one that starts at or before `t`; -1 when there is none. */
dt.lastStartingBefore = function (spans, start, t) {
    let low = 0, high = spans.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (start[spans[middle]] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
};

/** Index in `spans`, of which none overlaps the next, of the first one from `k` on that ends behind `t`. Near ones are found at once. */
dt.firstEndingAfter = function (spans, end, k, t) {
    let step = 1, high = k;
    while (high < spans.length && end[spans[high]] <= t) {
        k = high + 1;
        high += step;
        step *= 2;
    }
    high = Math.min(high, spans.length);
    while (k < high) {
        const middle = (k + high) >> 1;
        if (end[spans[middle]] <= t)
            k = middle + 1;
        else
            high = middle;
    }
    return k;
};
