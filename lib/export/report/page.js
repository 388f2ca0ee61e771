// SPDX-License-Identifier: MIT
// The page itself: what is shown, what is chosen, what the address says. Everything else is told through `view` and `on`.
'use strict';

dt.Page = class {
    constructor(run) {
        this.run = run;
        this.view = { from: 0, to: run.length, selected: -1, range: null, colour: 'command', lanes: 'tree', found: null };
        const on = this.on = {
            select: i => this.select(i), zoom: (from, to) => this.zoom(from, to), zoomAt: (t, factor) => this.zoomAt(t, factor),
            zoomTo: i => this.zoomTo(i), pan: share => this.pan(share), range: (a, b) => this.choose(a, b),
        };
        const say = text => { dt.$('said').textContent = text; };
        this.timeline = new dt.Timeline(dt.$('timeline'), run, this.view, on);
        this.curve = new dt.Curve(dt.$('curve'), run, this.view, on);
        this.legend = new dt.Legend(run, this.timeline, word => this.showOnly(word));
        this.detail = new dt.Detail(run, on);
        this.tables = new dt.Tables(run, command => this.turnTo(command));
        this.flame = new dt.Flame(dt.$('flame'), frame => frame.above && this.turnTo(frame.name), say);
        this.callers = new dt.Flame(dt.$('callers'), frame => this.turnTo(frame.name), say);
        this.callees = new dt.Flame(dt.$('callees'), frame => this.turnTo(frame.name), say);
        this.list = new dt.SpanList(dt.$('spans'), run, on);
        this.command = '';
        this.spans = []; // of the range
        this.listen();
        dt.listenToKeys(this);
        this.follow();
        this.later = setTimeout(() => this.recount(), 0); // what lies below the first sight
    }

    listen() {
        addEventListener('hashchange', () => this.follow());
        for (const query of ['(prefers-color-scheme: dark)', 'print'])
            matchMedia(query).addEventListener('change', () => this.repaint());
        dt.$('query').addEventListener('input', event => this.search(event.target.value));
        for (const name of ['colour', 'lanes'])
            dt.$(name).addEventListener('change', event => this.arrange(name, event.target.value));
        const buttons = { closer: () => this.zoomAt(this.middle(), 0.5), further: () => this.zoomAt(this.middle(), 2),
            whole: () => this.reset(), part: () => this.choose(this.view.from, this.view.to), clear: () => this.choose(0, 0) };
        for (const [name, act] of Object.entries(buttons))
            dt.$(name).addEventListener('click', act);
    }

    arrange(name, value) {
        this.view[name] = value;
        if (name === 'lanes')
            this.timeline.arrange();
        else
            this.legend.fill();
        this.find(null);
        this.timeline.canvas.ask();
    }

    middle() {
        return (this.view.from + this.view.to) / 2;
    }

    repaint() {
        dt.themeChanged();
        this.legend.paint();
        for (const part of [this.timeline, this.curve, this.flame, this.callers, this.callees])
            part.canvas.ask();
    }

    zoom(from, to) {
        const least = 10, width = Math.max(least, Math.min(this.run.length, to - from));
        this.view.from = Math.max(0, Math.min(from, this.run.length - width));
        this.view.to = this.view.from + width;
        dt.tip.hide();
        this.timeline.canvas.ask();
        this.curve.canvas.ask();
    }

    zoomAt(t, factor) {
        this.zoom(t - (t - this.view.from) * factor, t + (this.view.to - t) * factor);
    }

    zoomTo(i) {
        const life = Math.max(20, this.run.end[i] - this.run.start[i]);
        this.zoom(this.run.start[i] - life * 0.1, this.run.end[i] + life * 0.1);
    }

    pan(share) {
        const width = this.view.to - this.view.from;
        this.zoom(this.view.from + share * width, this.view.to + share * width);
    }

    reset() {
        this.zoom(0, this.run.length);
        this.choose(0, 0);
    }

    /** The tables and the flame graph are about this part of the run; about all of it when it is empty. */
    choose(a, b) {
        const from = Math.max(0, a), to = Math.min(this.run.length, b);
        this.view.range = to > from && to - from < this.run.length ? [from, to] : null;
        dt.$('about').textContent = this.view.range ? `${dt.time(from) || '0'} to ${dt.time(to)} (${dt.time(to - from)}), ` +
            `${this.run.busyBetween(from, to).toFixed(1)} processes at work on average` : '';
        dt.$('clear').disabled = !this.view.range;
        this.timeline.canvas.ask();
        this.recountSoon(80);
    }

    recountSoon(ms) {
        clearTimeout(this.later);
        this.later = setTimeout(() => this.recount(), ms);
    }

    recount() {
        const [from, to] = this.view.range || [0, this.run.length], run = this.run;
        this.spans = dt.within(run, from, to);
        this.tables.set(this.view.range, this.spans);
        const flame = dt.flame(run, this.spans, from, to);
        this.flame.set(flame);
        this.command ||= run.n ? dt.mostOf(flame) : '';
        this.paintSandwich();
        this.fillList();
        performance.mark('dtrack-counted');
    }

    fillList() {
        this.list.set(this.view.found ? this.spans.filter(i => this.view.found.has(i)) : this.spans);
    }

    /** Who starts a command, and what it starts. */
    turnTo(command) {
        this.command = command;
        this.paintSandwich();
        dt.$('said').textContent = `Who starts ${command}, and what it starts`;
    }

    paintSandwich() {
        const [from, to] = this.view.range || [0, this.run.length];
        const { callers, callees } = dt.sandwich(this.run, this.spans, this.command, from, to);
        dt.$('sandwich-of').textContent = this.command;
        this.callers.set(callers);
        this.callees.set(callees);
    }

    search(query) {
        this.find(query.trim() ? dt.search(this.run, query) : null);
    }

    /** One colour alone. */
    showOnly(word) {
        const spans = [];
        for (let i = 0; word && i < this.run.n; i++)
            if (this.timeline.wordOf(i) === word)
                spans.push(i);
        dt.$('query').value = '';
        this.find(word ? spans : null);
    }

    /** Spans that stand out from all others; null is all. */
    find(spans) {
        this.view.found = spans && new Set(spans);
        dt.$('found').textContent = spans ? `${dt.count(spans.length)} found` : '';
        this.timeline.canvas.ask();
        this.fillList();
    }

    /** Show a span's facts; -1 is none. */
    select(i) {
        const selected = i >= 0 ? i : -1;
        if (selected < 0 && this.view.selected < 0)
            return;
        this.view.selected = selected;
        this.timeline.canvas.ask();
        this.detail.show(selected);
        if (selected < 0) {
            dt.tip.hide();
            history.replaceState(null, '', location.pathname + location.search);
            return;
        }
        this.timeline.show(selected);
        this.timeline.tell();
        this.list.mark(selected);
        history.replaceState(null, '', `#span=${encodeURIComponent(this.run.id(selected))}`);
    }

    /** What the address asks for: #span=ID. */
    follow() {
        const match = /^#span=(.+)$/.exec(location.hash);
        let i = -1;
        try {
            i = match ? this.run.find(decodeURIComponent(match[1])) : -1;
        } catch { // not well written: of nothing
        }
        if (i >= 0 && i !== this.view.selected) {
            this.zoomTo(i);
            this.select(i);
        }
    }
};

/** The command with most time in a flame graph. */
dt.mostOf = function (root) {
    const sums = new Map(), waiting = [root];
    while (waiting.length) {
        const frame = waiting.pop();
        let below = 0;
        for (const child of frame.children.values()) {
            below += child.value;
            waiting.push(child);
        }
        if (frame.above)
            sums.set(frame.name, (sums.get(frame.name) || 0) + frame.value - below);
    }
    return [...sums].reduce((most, one) => one[1] > most[1] ? one : most, ['', -1])[0];
};

/** Begin: decode, draw, and only then show what needs a script. */
dt.begin = async function () {
    const note = dt.$('note');
    try {
        const bytes = await dt.gunzip(dt.fromBase64(dt.$('data').textContent));
        const run = new dt.Run(dt.decode(bytes));
        for (const part of document.querySelectorAll('[data-script]'))
            part.hidden = false;
        dt.page = new dt.Page(run);
        note.hidden = true;
        requestAnimationFrame(() => performance.mark('dtrack-shown'));
    } catch (error) {
        note.textContent = `The timeline can't be shown: ${error.message}. All else is complete without it.`;
    }
};

if (typeof document !== 'undefined')
    dt.begin();
