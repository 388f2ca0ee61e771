// SPDX-License-Identifier: MIT
// A run as the views want it: spans by index, their children, lanes, own time, parallelism. No document here.
'use strict';

dt.PROCESS = 1; // kinds of spans, as in model/span.h
dt.TASK = 2;
dt.MARK = 3;

const PIDS = 2 ** 23, INDICES = 2 ** 17; // more than there are

/** Indices in the order of their numbers; what is equal keeps its order. Numbers that fit beside an index are sorted without calls. */
dt.order = function (numbers, indices) {
    const largest = indices.reduce((most, i) => Math.max(most, numbers[i], i), 0);
    if (largest >= 2 ** 36 || numbers.length > INDICES)
        return indices.slice().sort((a, b) => numbers[a] - numbers[b] || a - b);
    const keys = Float64Array.from(indices, i => numbers[i] * INDICES + i).sort();
    return Int32Array.from(keys, key => key % INDICES);
};

/** Everything the views need to know of a run. */
dt.Run = class {
    constructor(data) {
        Object.assign(this, data.cols);
        this.head = data.head;
        this.n = data.n;
        this.strings = data.strings;
        this.words = data.words;
        this.length = Math.max(1, data.head.length);
        this.endsRun = data.head.ends.indexOf('run');
        this.until ||= new Float64Array(this.n).fill(-1);
        this.findEnds();
        this.findOwners();
        this.findChildren();
        this.findOwn();
        this.findSteps();
        this.findArguments();
    }

    /** What is still running lasts as long as the run. */
    findEnds() {
        this.end = new Float64Array(this.n);
        for (let i = 0; i < this.n; i++)
            this.end[i] = this.dur[i] < 0 && this.kind[i] !== dt.MARK ? this.length : this.start[i] + Math.max(0, this.dur[i]);
    }

    /** Who started each span (`owner`, given). A process that executes another program goes on as the next span, which has the same
     *  owner: so a life is a row of spans beside each other, each with its own time. A row behind its child is damaged: nobody's. */
    findOwners() {
        for (let i = 0; i < this.n; i++)
            if (this.owner[i] >= i)
                this.owner[i] = -1;
        this.before = new Int32Array(this.n).fill(-1); // of what a process became, what it was
        for (let i = 0, last = new Map(); i < this.n; i++) {
            const key = (this.owner[i] + 1) * PIDS + this.pid[i];
            if (this.kind[i] !== dt.PROCESS)
                continue;
            if (this.isNext[i] && last.has(key))
                this.before[i] = last.get(key);
            last.set(key, i);
        }
    }

    /** Children of each span, by start: child[first[i]] to child[first[i + 1] - 1]; of the run, those of -1. */
    findChildren() {
        const n = this.n, first = this.first = new Int32Array(n + 2), child = this.child = new Int32Array(n);
        for (let i = 0; i < n; i++)
            if (this.kind[i] === dt.PROCESS)
                first[this.owner[i] + 2]++;
        for (let i = 1; i < n + 2; i++)
            first[i] += first[i - 1];
        const at = first.slice();
        for (let i = 0; i < n; i++)
            if (this.kind[i] === dt.PROCESS)
                child[at[this.owner[i] + 1]++] = i;
    }

    /** Own time of each span: when none of its children lived. */
    findOwn() {
        const { start, end, owner, n } = this, own = this.own = new Float64Array(n), until = Float64Array.from(start);
        for (let i = 0; i < n; i++) {
            const p = owner[i];
            own[i] += end[i] - start[i];
            if (this.kind[i] !== dt.PROCESS || p < 0)
                continue;
            const to = Math.min(end[i], end[p]);
            own[p] -= Math.max(0, to - Math.max(start[i], until[p]));
            until[p] = Math.max(until[p], to);
        }
    }

    /** Children of span `i`; -1 is the run. */
    childrenOf(i) {
        return this.child.subarray(this.first[i + 1], this.first[i + 2]);
    }

    /** Where each span's arguments begin among all. */
    findArguments() {
        this.firstArg = new Float64Array(this.n + 1);
        for (let i = 0; i < this.n; i++)
            this.firstArg[i + 1] = this.firstArg[i] + this.argc[i];
    }

    args(i) {
        const out = [];
        for (let at = this.firstArg[i]; at < this.firstArg[i + 1]; at++)
            out.push(this.words[this.arg[at]]);
        return out;
    }

    /** The span's id in the record. */
    id(i) {
        return this.strings[this.spanId[i]];
    }

    /** The span of that id, or -1. */
    find(id) {
        const wanted = this.strings.indexOf(id);
        return wanted < 0 ? -1 : this.spanId.indexOf(wanted);
    }

    text(column, i) {
        return this[column][i] < 0 ? '' : this.strings[this[column][i]];
    }

    /** Command, for grouping: the program's name. */
    command(i) {
        return this.strings[this.name[i]];
    }

    failed(i) {
        return this.code[i] > 0;
    }

    /** Whether its end was not seen: it lasted at least so long. */
    isLeast(i) {
        return this.kind[i] !== dt.MARK && (this.dur[i] < 0 || this.until[i] >= 0 || this.endBy[i] === this.endsRun);
    }

    /** Time of span `i` on the critical path. */
    onPath(i) {
        if (!this.pathOf) {
            this.pathOf = new Float64Array(this.n);
            dt.pathPieces(this, 0, this.length, (span, from, to) => { if (span >= 0) this.pathOf[span] += to - from; });
        }
        return this.pathOf[i];
    }

    /** Processes at work, which have no child that lives, over time: `at` and `busy`, and `area`, the sum up to there. */
    findSteps() {
        const n = this.n, events = [];
        for (let i = 0; i < n; i++)
            if (this.kind[i] === dt.PROCESS && this.end[i] > this.start[i])
                events.push(i);
        const starts = Int32Array.from(events);
        const ends = dt.order(this.end, starts);
        const live = new Int32Array(n + 1), up = new Uint8Array(n + 1), at = [0], busy = [0];
        let now = 0, s = 0, e = 0;
        while (e < ends.length) {
            const isStart = s < starts.length && this.start[starts[s]] < this.end[ends[e]];
            const i = isStart ? starts[s++] : ends[e++];
            const parent = this.owner[i] + 1, when = isStart ? this.start[i] : this.end[i];
            if (isStart) {
                up[i + 1] = 1;
                now += live[i + 1] ? 0 : 1;
                if (!live[parent]++ && up[parent])
                    now--;
            } else {
                up[i + 1] = 0;
                now -= live[i + 1] ? 0 : 1;
                if (!--live[parent] && up[parent])
                    now++;
            }
            if (at[at.length - 1] === when)
                busy[busy.length - 1] = now;
            else
                at.push(when), busy.push(now);
        }
        this.stepAt = Float64Array.from(at);
        this.stepBusy = Int32Array.from(busy);
        this.stepArea = new Float64Array(at.length);
        for (let i = 1; i < at.length; i++)
            this.stepArea[i] = this.stepArea[i - 1] + busy[i - 1] * (at[i] - at[i - 1]);
        this.mostBusy = busy.reduce((a, b) => Math.max(a, b), 1);
    }

    /** Sum of processes at work up to a moment. */
    areaUntil(t) {
        const i = dt.lastAtOrBefore(this.stepAt, t);
        return i < 0 ? 0 : this.stepArea[i] + this.stepBusy[i] * (t - this.stepAt[i]);
    }

    /** How many processes were at work from a to b, on average. */
    busyBetween(a, b) {
        return b > a ? (this.areaUntil(b) - this.areaUntil(a)) / (b - a) : 0;
    }

    /** Own time of span `i` between two moments: when none of its children lived. */
    ownBetween(i, from, to) {
        const a = Math.max(from, this.start[i]), b = Math.min(to, this.end[i]);
        if (a === this.start[i] && b === this.end[i])
            return this.own[i];
        let own = 0, at = a;
        for (let k = this.first[i + 1]; k < this.first[i + 2]; k++) {
            const c = this.child[k];
            if (this.start[c] >= b)
                break;
            if (this.end[c] <= at)
                continue;
            own += Math.max(0, this.start[c] - at);
            at = this.end[c];
        }
        return Math.max(0, own + Math.max(0, b - at));
    }
};

/** Index of the last element of a sorted array that is not larger than `value`; -1 when there is none. */
dt.lastAtOrBefore = function (sorted, value) {
    let low = 0, high = sorted.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle] <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
};
