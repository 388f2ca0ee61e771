// SPDX-License-Identifier: MIT
// The page itself: what is shown, what keys do, what the address says. Everything else is told through `view` and `on`.
'use strict';

dt.Page = class {
    constructor(run) {
        this.run = run;
        this.view = { from: 0, to: run.length, selected: -1, range: null, colour: 'command', lanes: 'tree', found: null };
        const on = {
            select: i => this.select(i), zoom: (from, to) => this.zoom(from, to), zoomAt: (t, factor) => this.zoomAt(t, factor),
            zoomTo: i => this.zoomTo(i), pan: share => this.pan(share), range: (a, b) => this.choose(a, b),
        };
        this.timeline = new dt.Timeline(dt.$('timeline'), run, this.view, on);
        this.curve = new dt.Curve(dt.$('curve'), run, this.view, on);
        this.flame = new dt.Flame(dt.$('flame'), frame => frame.at >= 0 && this.select(frame.at));
        this.callers = new dt.Flame(dt.$('callers'), () => {});
        this.callees = new dt.Flame(dt.$('callees'), () => {});
        this.list = new dt.SpanList(dt.$('spans'), run, on);
        this.command = '';
        this.listen();
        this.choose(0, 0);
        this.follow();
    }

    listen() {
        addEventListener('keydown', event => this.key(event));
        addEventListener('hashchange', () => this.follow());
        for (const query of ['(prefers-color-scheme: dark)', 'print'])
            matchMedia(query).addEventListener('change', () => this.repaint());
        dt.$('query').addEventListener('input', event => this.search(event.target.value));
        for (const name of ['colour', 'lanes'])
            dt.$(name).addEventListener('change', event => {
                this.view[name] = event.target.value;
                if (name === 'lanes')
                    this.timeline.arrange();
                this.repaint();
            });
        const buttons = { closer: () => this.zoomAt(this.middle(), 0.5), further: () => this.zoomAt(this.middle(), 2),
            whole: () => this.reset(), part: () => this.choose(this.view.from, this.view.to), clear: () => this.choose(0, 0) };
        for (const [name, act] of Object.entries(buttons))
            dt.$(name).addEventListener('click', act);
    }

    middle() {
        return (this.view.from + this.view.to) / 2;
    }

    repaint() {
        for (const part of [this.timeline, this.curve, this.flame, this.callers, this.callees])
            part.canvas.ask();
    }

    zoom(from, to) {
        const least = 10, width = Math.max(least, Math.min(this.run.length, to - from));
        this.view.from = Math.max(0, Math.min(from, this.run.length - width));
        this.view.to = this.view.from + width;
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
        this.view.range = to > from ? [from, to] : null;
        dt.$('about').textContent = this.view.range ? `${dt.time(from) || '0'} to ${dt.time(to)}, ` +
            `${this.run.busyBetween(from, to).toFixed(1)} processes at work on average` : 'the whole run';
        dt.$('clear').disabled = !this.view.range;
        this.timeline.canvas.ask();
        clearTimeout(this.later);
        this.later = setTimeout(() => this.recount(), 60);
    }

    recount() {
        const [from, to] = this.view.range || [0, this.run.length], run = this.run;
        const spans = this.spans = dt.within(run, from, to);
        const lines = dt.tabulate(run, spans, i => run.command(i), from, to), total = lines.reduce((sum, line) => sum + line.own, 0) || 1;
        dt.fillTable(dt.$('commands'), [
            { title: 'Command', text: line => line.name },
            { title: 'Count', text: line => String(line.count), number: true },
            { title: 'Failed', text: line => line.failed ? `✗ ${line.failed}` : '', number: true },
            { title: 'Own time', text: line => `${dt.time(line.own)} · ${dt.share(line.own / total)}`, number: true },
            { title: 'CPU', text: line => dt.time(line.cpu), number: true },
            { title: 'p50', text: line => dt.time(line.p50), number: true },
            { title: 'p95', text: line => dt.time(line.p95), number: true },
            { title: 'Longest', text: line => dt.time(line.longest), number: true },
        ], lines.slice(0, 40), line => {
            this.command = line.name;
            this.select(line.at);
            this.paintSandwich();
        });
        this.flame.set(dt.flame(run, spans, from, to));
        this.command ||= lines.length ? lines[0].name : '';
        this.paintSandwich();
        this.list.set(this.view.found ? spans.filter(i => this.view.found.has(i)) : spans);
    }

    paintSandwich() {
        const [from, to] = this.view.range || [0, this.run.length];
        const { callers, callees } = dt.sandwich(this.run, this.spans, this.command, from, to);
        dt.$('sandwich-of').textContent = this.command;
        this.callers.set(callers);
        this.callees.set(callees);
    }

    search(query) {
        const found = dt.search(this.run, query);
        this.view.found = query.trim() ? new Set(found) : null;
        dt.$('found').textContent = query.trim() ? `${found.length} found` : '';
        this.timeline.canvas.ask();
        clearTimeout(this.later);
        this.later = setTimeout(() => this.recount(), 150);
    }

    /** Show a span's facts; -1 is none. */
    select(i) {
        const run = this.run;
        this.view.selected = i;
        this.timeline.canvas.ask();
        dt.$('detail').hidden = i < 0;
        if (i < 0)
            return;
        this.timeline.show(i);
        const life = run.end[i] - run.start[i], above = run.owner[i];
        const facts = [
            ['Command', [run.command(i), ...run.args(i).slice(1)].join(' ') + (run.cut[i] ? ' …' : '')],
            ['Program', run.text('exe', i)], ['Folder', run.text('cwd', i)], ['Task', run.text('task', i)],
            ['End', dt.ending(run, i) + (run.failed(i) ? ' ✗' : '')], ['Seen by', run.head.ends[run.endBy[i]]],
            ['Start', `${dt.time(run.start[i]) || '0'} into the run`],
            ['Lasts', `${run.dur[i] < 0 ? '≥ ' : ''}${dt.time(life)}, own ${dt.time(run.ownBetween(i, 0, run.length))}`],
            ['Waited for', run.reaped[i] < 0 ? '' : `${dt.time(Math.max(0, run.reaped[i] - run.end[i]))} after its end`],
            ['CPU', run.user[i] < 0 ? '' : `${dt.time(run.user[i])} user, ${dt.time(run.sys[i])} system`],
            ['Memory', dt.kilobytes(run.rss[i])], ['Process', run.pid[i] < 0 ? '' : `${run.pid[i]}`],
            ['Started by', above < 0 ? '' : dt.label(run, above)], ['Children', String(run.childrenOf(i).length || '')],
        ].filter(([, text]) => text);
        dt.$('facts').replaceChildren(...facts.flatMap(([name, text]) => [dt.element('dt', {}, name), dt.element('dd', {}, text)]));
        dt.$('said').textContent = `${dt.label(run, i)}, ${dt.time(life)}, ${dt.ending(run, i)}`;
        history.replaceState(null, '', `#span=${encodeURIComponent(run.id(i))}`);
    }

    /** What the address asks for: #span=ID. */
    follow() {
        const match = /^#span=(.+)$/.exec(location.hash);
        const i = match ? this.run.find(decodeURIComponent(match[1])) : -1;
        if (i >= 0 && i !== this.view.selected) {
            this.select(i);
            this.zoomTo(i);
        }
    }

    /** From the selected span to another one: its owner, its first child, the one before or behind it. */
    step(key) {
        const run = this.run, i = this.view.selected;
        if (i < 0)
            return this.select(run.childrenOf(-1)[0] ?? -1);
        const beside = run.childrenOf(run.owner[i]), k = beside.indexOf(i);
        const to = { ArrowUp: run.owner[i], ArrowDown: run.childrenOf(i)[0], ArrowLeft: beside[k - 1], ArrowRight: beside[k + 1] }[key];
        return to >= 0 ? this.select(to) : undefined;
    }

    key(event) {
        const isTyping = event.target.matches('input, select, textarea');
        if (event.key === 'Escape') {
            event.target.blur();
            this.select(-1);
            return;
        }
        if (isTyping || event.altKey || event.ctrlKey || event.metaKey)
            return;
        const acts = { w: () => this.zoomAt(this.middle(), 0.7), s: () => this.zoomAt(this.middle(), 1.4), a: () => this.pan(-0.2),
            d: () => this.pan(0.2), '+': () => this.zoomAt(this.middle(), 0.5), '-': () => this.zoomAt(this.middle(), 2),
            0: () => this.reset(), '/': () => dt.$('query').focus(), f: () => this.view.selected >= 0 && this.zoomTo(this.view.selected) };
        if (event.key in acts)
            acts[event.key]();
        else if (event.key.startsWith('Arrow') && event.target === dt.$('timeline'))
            this.step(event.key);
        else
            return;
        event.preventDefault();
    }
};

dt.$ = id => document.getElementById(id);

/** Begin: decode, draw, and only then show what needs a script. */
dt.begin = async function () {
    const note = dt.$('note');
    try {
        const bytes = await dt.gunzip(dt.fromBase64(dt.$('data').textContent));
        const run = new dt.Run(dt.decode(bytes));
        dt.$('app').hidden = false;
        dt.page = new dt.Page(run);
        note.hidden = true;
        performance.mark('dtrack-shown');
    } catch (error) {
        note.textContent = `The timeline can't be shown: ${error.message}. The tables below are complete without it.`;
    }
};

if (typeof document !== 'undefined')
    dt.begin();
