// SPDX-License-Identifier: MIT
// The timeline: lanes of processes; above them the critical path, the tasks, and the values and events. What it costs to draw grows
// with its pixels, not with the run: each lane is sorted, and what is less than a pixel behind another is passed over at once.
'use strict';

const LANE = 18, AXIS = 22, STRIP = 16, GAP = 4, MARKS = 14, NARROW = 5;

dt.Timeline = class {
    /** `view` has from, to, selected, range, colour, lanes, found; what `on` has is told in timeline_input.js. */
    constructor(element, run, view, on) {
        this.element = element;
        this.run = run;
        this.view = view;
        this.on = on;
        this.scroll = 0;
        this.dots = new dt.Dots();
        this.canvas = new dt.Canvas(element, (context, width, height) => this.paint(context, width, height));
        this.tasks = dt.taskLanes(run);
        this.marks = [];
        for (let i = 0; i < run.n; i++)
            if (run.kind[i] === dt.MARK)
                this.marks.push(i);
        this.arrange();
        this.listen();
    }

    /** Lanes anew; as high as they need, up to where one scrolls in them. */
    arrange() {
        this.layout = dt.layOut(this.run, this.view.lanes);
        this.scroll = 0;
        const height = this.top() + this.layout.lanes.length * LANE + LANE / 2;
        this.element.parentNode.style.height = `${Math.max(120, Math.min(460, height))}px`; // by script: the policy forbids it in markup only
        this.canvas.ask();
    }

    x(t) {
        return (t - this.view.from) / (this.view.to - this.view.from) * this.canvas.width;
    }

    t(x) {
        return this.view.from + x / this.canvas.width * (this.view.to - this.view.from);
    }

    /** Where the marks, and where the lanes begin. */
    marksTop() {
        return AXIS + STRIP + GAP + this.tasks.length * (LANE + 1);
    }

    top() {
        return this.marksTop() + (this.marks.length ? MARKS : 0) + GAP;
    }

    paint(context, width, height) {
        const theme = dt.theme();
        context.font = dt.FONT;
        context.textBaseline = 'middle';
        this.paintAxis(context, height, theme);
        this.paintLanes(context, width, height, theme);
        context.fillStyle = theme.back;
        context.fillRect(0, 0, width, this.top());
        this.paintAxis(context, this.top(), theme);
        this.paintPath(context, theme);
        this.paintRows(context, this.tasks, k => AXIS + STRIP + GAP + k * (LANE + 1), theme);
        this.paintMarks(context, theme);
        this.paintRange(context, height, theme);
    }

    paintAxis(context, height, theme) {
        context.strokeStyle = theme.line;
        context.fillStyle = theme.dim;
        context.beginPath();
        for (const at of dt.ticks(this.view.from, this.view.to, this.canvas.width / 90)) {
            const x = Math.round(this.x(at)) + 0.5;
            context.moveTo(x, 0);
            context.lineTo(x, height);
            context.fillText(dt.time(at) || '0', x + 3, AXIS / 2);
        }
        context.stroke();
    }

    /** What the run waited for: pieces without gaps from its start to its end. */
    paintPath(context, theme) {
        const { pathAt, pathSpan } = this.run, y = AXIS;
        if (!pathAt || !pathAt.length)
            return;
        let last = -1, k = Math.max(0, dt.lastAtOrBefore(pathAt, this.view.from));
        for (; k < pathAt.length && pathAt[k] <= this.view.to; k++) {
            const from = this.x(pathAt[k]), to = this.x(k + 1 < pathAt.length ? pathAt[k + 1] : this.run.length);
            if (to - last < 1) {
                k = Math.max(k, dt.lastAtOrBefore(pathAt, this.t(last + 1)) - 1);
                continue;
            }
            const i = pathSpan[k], left = Math.max(from, last);
            context.fillStyle = i < 0 ? theme.fill : this.fillOf(i, theme);
            context.fillRect(left, y, Math.max(1, to - left - 0.5), STRIP - 3);
            context.fillStyle = theme.ink;
            if (to - left > 30)
                dt.fit(context, i < 0 ? this.run.head.name : this.run.command(i), left + 3, y + 7, to - left - 6);
            last = to;
        }
        context.fillStyle = theme.path;
        context.fillRect(this.x(0), y + STRIP - 3, this.x(this.run.length) - this.x(0), 2);
    }

    /** What a span's colour stands for. */
    wordOf(i) {
        return this.view.colour === 'task' && this.run.kind[i] === dt.PROCESS ? this.run.text('task', i) : this.run.command(i);
    }

    fillOf(i, theme) {
        const word = this.wordOf(i);
        return word ? dt.colour(word, theme.isDark) : theme.fill;
    }

    paintLanes(context, width, height, theme) {
        const top = this.top() - this.scroll, lanes = this.layout.lanes, first = Math.max(0, Math.floor(this.scroll / LANE) - 1);
        const shown = lanes.slice(first, first + Math.ceil(height / LANE) + 1);
        this.paintRows(context, shown, k => top + (first + k) * LANE, theme);
        if (this.view.lanes !== 'task')
            return;
        for (const band of this.layout.bands) {
            const y = top + band.lane * LANE;
            if (y < this.top() - LANE || y > height)
                continue;
            context.strokeStyle = theme.dim;
            context.strokeRect(-1, y - 0.5, width + 2, 0);
            context.font = `bold ${dt.FONT}`;
            context.fillStyle = theme.ink;
            context.fillText(band.name, 4, y + LANE / 2);
            context.font = dt.FONT;
        }
    }

    /** Some lanes, each at its height: the narrow slices of all of them together, then the others. */
    paintRows(context, lanes, yOf, theme) {
        const wide = [];
        this.dots.begin(this.canvas.width, lanes.length);
        lanes.forEach((spans, k) => this.sortOut(spans, k, wide, theme));
        this.dots.end();
        lanes.forEach((_, k) => this.dots.draw(context, k, yOf(k), LANE - 2));
        for (const { i, k, x, width } of wide)
            this.paintSpan(context, i, x, yOf(k), width, theme);
    }

    /** Which slices of a lane are to be seen: narrow ones become dots, the others, and what stands out, are put into `wide`. */
    sortOut(spans, k, wide, theme) {
        const { start, end } = this.run, { from: first, to: until, selected, found } = this.view;
        let last = -1;
        for (let at = dt.firstEndingAfter(spans, end, 0, first); at < spans.length && start[spans[at]] <= until; at++) {
            const i = spans[at], from = this.x(start[i]), to = Math.max(this.x(end[i]), from + 1);
            if (to - last < 1) {
                at = dt.firstEndingAfter(spans, end, at + 1, this.t(last + 1)) - 1;
                continue;
            }
            const x = Math.max(from, -2, Math.min(last, to - 1)), width = Math.min(to, this.canvas.width + 2) - x;
            if (width < NARROW && !this.run.failed(i))
                this.dots.put(k, x, width, this.pixelOf(i, theme, !found || found.has(i)));
            else
                wide.push({ i, k, x, width });
            last = to;
        }
        if (selected >= 0 && spans === this.layout.lanes[this.layout.lane[selected]]) {
            const x = Math.max(-2, this.x(start[selected]));
            wide.push({ i: selected, k, x, width: Math.max(2, Math.min(this.canvas.width + 2, this.x(end[selected])) - x) });
        }
    }

    pixelOf(i, theme, isFound) {
        const word = this.wordOf(i), pixel = word ? dt.tint(word, theme.isDark).pixel : theme.fillPixel;
        return isFound ? pixel : (pixel & 0xffffff | 0x33000000) >>> 0;
    }

    paintSpan(context, i, x, y, width, theme) {
        const height = LANE - 2, run = this.run;
        context.globalAlpha = !this.view.found || this.view.found.has(i) ? 1 : 0.2;
        context.fillStyle = this.fillOf(i, theme);
        context.fillRect(x, y, Math.max(1, width - (width > 3 ? 0.5 : 0)), height);
        if (run.failed(i))
            dt.hatch(context, x, y, width, height, theme.bad);
        if (width > 6 && run.isLeast(i))
            dt.fade(context, x + width, y, Math.min(24, width), height, theme.back);
        if (width > 30) {
            context.fillStyle = theme.ink;
            dt.fit(context, (run.failed(i) ? '✗ ' : '') + dt.label(run, i), x + 3, y + height / 2 + 1, width - 6);
        }
        context.globalAlpha = 1;
        if (i === this.view.selected) {
            context.strokeStyle = theme.ink;
            context.lineWidth = 2;
            context.strokeRect(x + 1, y + 1, Math.max(1, width - 2), height - 2);
            context.lineWidth = 1;
        }
    }

    /** Values are full, events hollow. */
    paintMarks(context, theme) {
        const y = this.marksTop() + MARKS / 2, run = this.run;
        for (const i of this.marks) {
            const x = this.x(run.start[i]);
            if (x < -5 || x > this.canvas.width + 5)
                continue;
            context.globalAlpha = !this.view.found || this.view.found.has(i) ? 1 : 0.25;
            dt.diamond(context, x, y, i === this.view.selected ? 6 : 4.5, theme.mark, run.value && run.value[i] >= 0);
        }
        context.globalAlpha = 1;
    }

    /** With a handle on each side. */
    paintRange(context, height, theme) {
        if (!this.view.range)
            return;
        const [a, b] = this.view.range.map(t => this.x(t));
        context.fillStyle = theme.path;
        context.globalAlpha = 0.12;
        context.fillRect(a, 0, b - a, height);
        context.globalAlpha = 1;
        for (const x of [a, b]) {
            context.fillRect(x - 0.5, 0, 1.5, height);
            context.fillRect(x - 3, 3, 6, AXIS - 8);
        }
    }

    /** The span at a place of the canvas, or -1. */
    at(x, y) {
        const strips = AXIS + STRIP + GAP, t = this.t(x), slack = this.t(x + 2) - t, { start, end } = this.run;
        let spans = null;
        if (y >= AXIS && y < AXIS + STRIP && this.run.pathAt) {
            const k = dt.lastAtOrBefore(this.run.pathAt, t);
            return k < 0 ? -1 : this.run.pathSpan[k];
        }
        if (y >= strips && y < this.marksTop())
            spans = this.tasks[Math.floor((y - strips) / (LANE + 1))];
        else if (y >= this.marksTop() && y < this.top())
            return this.marks.find(i => Math.abs(this.x(start[i]) - x) < 6) ?? -1;
        else if (y >= this.top())
            spans = this.layout.lanes[Math.floor((y - this.top() + this.scroll) / LANE)];
        if (!spans)
            return -1;
        const last = dt.lastStartingBefore(spans, start, t);
        for (let k = Math.min(spans.length - 1, last + 1); k >= 0 && k > last - 3; k--)
            if (start[spans[k]] - slack <= t && end[spans[k]] + slack >= t)
                return spans[k];
        return -1;
    }

    /** Where a span is on the canvas: its left upper corner. */
    placeOf(i) {
        const lane = this.layout.lane[i];
        const y = lane >= 0 ? this.top() + lane * LANE - this.scroll : this.run.kind[i] === dt.MARK ? this.marksTop() : AXIS + STRIP;
        return { x: Math.max(0, Math.min(this.canvas.width, this.x(this.run.start[i]))), y };
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

    /** Whether there was anything to scroll. */
    scrollBy(pixels) {
        const most = Math.max(0, this.layout.lanes.length * LANE - (this.canvas.height - this.top()) + LANE / 2);
        const before = this.scroll;
        this.scroll = Math.max(0, Math.min(most, this.scroll + pixels));
        this.canvas.ask();
        return this.scroll !== before;
    }
};
