// SPDX-License-Identifier: MIT
// The timeline: lanes of processes, the critical path and the tasks above them. What it costs to draw grows with its pixels, not
// with the run: each lane is sorted, and what is less than a pixel apart is drawn once.
'use strict';

const LANE = 18, AXIS = 22, STRIP = 16, GAP = 4;

dt.Timeline = class {
    /** `view` has from, to, selected, range, colour, lanes, found; `on` has select(i), zoom(from, to), range(a, b). */
    constructor(element, run, view, on) {
        this.run = run;
        this.view = view;
        this.on = on;
        this.scroll = 0;
        this.canvas = new dt.Canvas(element, (context, width, height) => this.paint(context, width, height));
        this.tasks = dt.taskLanes(run);
        this.arrange();
        this.listen(element);
    }

    arrange() {
        this.layout = dt.layOut(this.run, this.view.lanes);
        this.scroll = 0;
        this.canvas.ask();
    }

    x(t) {
        return (t - this.view.from) / (this.view.to - this.view.from) * this.canvas.width;
    }

    t(x) {
        return this.view.from + x / this.canvas.width * (this.view.to - this.view.from);
    }

    /** Where the lanes begin. */
    top() {
        return AXIS + STRIP + GAP + this.tasks.length * (LANE + 1) + (this.tasks.length ? GAP : 0);
    }

    paint(context, width, height) {
        const theme = dt.theme();
        context.font = '11px system-ui, sans-serif';
        context.textBaseline = 'middle';
        this.paintLanes(context, width, height, theme);
        context.fillStyle = theme.back;
        context.fillRect(0, 0, width, this.top());
        this.paintAxis(context, width, height, theme);
        this.paintPath(context, theme);
        this.tasks.forEach((lane, k) => this.paintLane(context, lane, AXIS + STRIP + GAP + k * (LANE + 1), theme));
        this.paintRange(context, height, theme);
    }

    paintAxis(context, width, height, theme) {
        context.strokeStyle = theme.line;
        context.fillStyle = theme.dim;
        context.beginPath();
        for (const at of dt.ticks(this.view.from, this.view.to, width / 90)) {
            const x = Math.round(this.x(at)) + 0.5;
            context.moveTo(x, 0);
            context.lineTo(x, height);
            context.fillText(dt.time(at), x + 3, AXIS / 2);
        }
        context.stroke();
    }

    /** What the run waited for: pieces without gaps from its start to its end. */
    paintPath(context, theme) {
        const { pathAt, pathSpan } = this.run, y = AXIS;
        if (!pathAt || !pathAt.length)
            return;
        let last = -1;
        for (let k = Math.max(0, dt.lastAtOrBefore(pathAt, this.view.from)); k < pathAt.length && pathAt[k] <= this.view.to; k++) {
            const from = this.x(pathAt[k]), to = this.x(k + 1 < pathAt.length ? pathAt[k + 1] : this.run.length);
            if (to - last < 1)
                continue;
            const i = pathSpan[k], left = Math.max(from, last);
            context.fillStyle = i < 0 ? theme.fill : this.fillOf(i, theme);
            context.fillRect(left, y, Math.max(1, to - left - 0.5), STRIP - 2);
            context.fillStyle = theme.path;
            context.fillRect(left, y + STRIP - 3, Math.max(1, to - left), 2);
            context.fillStyle = theme.ink;
            if (to - left > 30)
                dt.fit(context, i < 0 ? this.run.head.name : this.run.command(i), left + 3, y + 7, to - left - 6);
            last = to;
        }
    }

    fillOf(i, theme) {
        const by = this.view.colour === 'task' && this.run.kind[i] === dt.PROCESS ? this.run.text('task', i) : this.run.command(i);
        return by ? dt.colour(by, theme.isDark) : theme.fill;
    }

    paintLanes(context, width, height, theme) {
        const top = this.top() - this.scroll, lanes = this.layout.lanes;
        const first = Math.max(0, Math.floor((this.top() - top) / LANE) - 1);
        for (let k = first; k < lanes.length && top + k * LANE < height; k++)
            this.paintLane(context, lanes[k], top + k * LANE, theme);
        if (this.view.lanes !== 'task')
            return;
        for (const band of this.layout.bands) {
            const y = top + band.lane * LANE;
            if (y < this.top() - LANE || y > height)
                continue;
            context.strokeStyle = theme.dim;
            context.strokeRect(-1, y - 0.5, width + 2, 0);
            context.fillStyle = theme.ink;
            context.font = 'bold 11px system-ui, sans-serif';
            context.fillText(band.name, 4, y + LANE / 2);
            context.font = '11px system-ui, sans-serif';
        }
    }

    paintLane(context, spans, y, theme) {
        const { start, end } = this.run;
        let k = Math.max(0, dt.lastStartingBefore(spans, start, this.view.from) - 1), last = -1;
        for (; k < spans.length && start[spans[k]] <= this.view.to; k++) {
            const i = spans[k], from = this.x(start[i]), to = Math.max(this.x(end[i]), from + 1);
            if (to - last < 1 && i !== this.view.selected)
                continue;
            const left = Math.max(from, -2, Math.min(last, to - 1)), right = Math.min(to, this.canvas.width + 2);
            this.paintSpan(context, i, left, y, right - left, theme);
            last = to;
        }
    }

    paintSpan(context, i, x, y, width, theme) {
        const height = LANE - 2, isFound = !this.view.found || this.view.found.has(i);
        context.globalAlpha = isFound ? 1 : 0.2;
        context.fillStyle = this.fillOf(i, theme);
        context.fillRect(x, y, Math.max(1, width - (width > 3 ? 0.5 : 0)), height);
        if (this.run.failed(i) && width > 2)
            dt.hatch(context, x, y, width, height, theme.bad);
        if (width > 30) {
            context.fillStyle = theme.ink;
            const sign = this.run.failed(i) ? '✗ ' : '';
            dt.fit(context, sign + (this.run.kind[i] === dt.TASK ? this.run.command(i) : dt.label(this.run, i)), x + 3, y + height / 2 + 1, width - 6);
        }
        context.globalAlpha = 1;
        if (i === this.view.selected) {
            context.strokeStyle = theme.ink;
            context.lineWidth = 2;
            context.strokeRect(x + 1, y + 1, Math.max(1, width - 2), height - 2);
            context.lineWidth = 1;
        }
    }

    paintRange(context, height, theme) {
        if (!this.view.range)
            return;
        const [a, b] = this.view.range.map(t => this.x(t));
        context.globalAlpha = 0.12;
        context.fillStyle = theme.path;
        context.fillRect(a, 0, b - a, height);
        context.globalAlpha = 1;
        context.fillRect(a, 0, 1, height);
        context.fillRect(b, 0, 1, height);
    }

    /** The span at a place of the canvas, or -1. */
    at(x, y) {
        let spans = null;
        const tasksTop = AXIS + STRIP + GAP;
        if (y >= AXIS && y < AXIS + STRIP && this.run.pathAt) {
            const k = dt.lastAtOrBefore(this.run.pathAt, this.t(x));
            return k < 0 ? -1 : this.run.pathSpan[k];
        }
        if (y >= tasksTop && y < this.top())
            spans = this.tasks[Math.floor((y - tasksTop) / (LANE + 1))];
        else if (y >= this.top())
            spans = this.layout.lanes[Math.floor((y - this.top() + this.scroll) / LANE)];
        if (!spans)
            return -1;
        const t = this.t(x), slack = this.t(x + 2) - t;
        for (let k = dt.lastStartingBefore(spans, this.run.start, t + slack); k >= 0 && k > dt.lastStartingBefore(spans, this.run.start, t) - 3; k--)
            if (this.run.end[spans[k]] + slack >= t)
                return spans[k];
        return -1;
    }

    /** Bring a span into sight. */
    show(i) {
        const { start, end } = this.run, lane = this.layout.lane[i], height = this.canvas.height || 300;
        if (end[i] < this.view.from || start[i] > this.view.to) {
            const width = this.view.to - this.view.from;
            this.on.zoom(Math.max(0, start[i] - width / 4), Math.max(0, start[i] - width / 4) + width);
        }
        if (lane >= 0) {
            const y = lane * LANE;
            this.scroll = Math.max(0, Math.min(Math.max(this.scroll, y + 2 * LANE - (height - this.top())), y - LANE));
        }
        this.canvas.ask();
    }

    scrollBy(pixels) {
        const most = Math.max(0, this.layout.lanes.length * LANE - (this.canvas.height - this.top()) + LANE);
        const before = this.scroll;
        this.scroll = Math.max(0, Math.min(most, this.scroll + pixels));
        this.canvas.ask();
        return this.scroll !== before;
    }

    listen(element) {
        let drag = null;
        element.addEventListener('wheel', event => {
            const rect = element.getBoundingClientRect();
            if (event.ctrlKey || event.metaKey)
                this.on.zoomAt(this.t(event.clientX - rect.left), Math.exp(event.deltaY / 300));
            else if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
                this.on.pan(event.deltaX / rect.width);
            else if (!this.scrollBy(event.deltaY))
                return; // the page goes on
            event.preventDefault();
        }, { passive: false });
        element.addEventListener('pointerdown', event => {
            drag = { x: event.offsetX, y: event.offsetY, from: this.view.from, to: this.view.to, scroll: this.scroll,
                isRange: event.shiftKey || event.offsetY < AXIS, moved: false };
            element.setPointerCapture(event.pointerId);
        });
        element.addEventListener('pointermove', event => {
            if (!drag) {
                element.title = this.titleAt(event.offsetX, event.offsetY);
                return;
            }
            const dx = event.offsetX - drag.x;
            drag.moved ||= Math.abs(dx) + Math.abs(event.offsetY - drag.y) > 3;
            if (!drag.moved)
                return;
            if (drag.isRange)
                this.on.range(...[this.t(drag.x), this.t(event.offsetX)].sort((a, b) => a - b));
            else {
                const shift = -dx / this.canvas.width * (drag.to - drag.from);
                this.on.zoom(drag.from + shift, drag.to + shift);
                this.scroll = drag.scroll;
                this.scrollBy(drag.y - event.offsetY);
            }
        });
        element.addEventListener('pointerup', event => {
            if (drag && !drag.moved)
                this.on.select(this.at(event.offsetX, event.offsetY));
            drag = null;
        });
        element.addEventListener('pointercancel', () => { drag = null; });
        element.addEventListener('dblclick', event => {
            const i = this.at(event.offsetX, event.offsetY);
            if (i >= 0)
                this.on.zoomTo(i);
        });
    }

    titleAt(x, y) {
        const i = this.at(x, y);
        return i < 0 ? '' : `${dt.label(this.run, i)}\n${dt.time(this.run.end[i] - this.run.start[i])}, ${dt.ending(this.run, i)}`;
    }
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

/** What a span is called: its command line, or the fork of one. */
dt.label = function (run, i) {
    if (run.kind[i] !== dt.PROCESS)
        return run.command(i);
    if (run.forked[i])
        return `${run.command(i)} (subshell or fork)`;
    const args = run.args(i);
    return args.length > 1 ? `${run.command(i)} ${args.slice(1).join(' ')}` : run.command(i);
};
