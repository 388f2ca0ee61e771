// SPDX-License-Identifier: MIT
// The two tables of the plain page that are about all of the run: for a part of it they are computed anew, in the same form.
'use strict';

const LINES = 40;

dt.Tables = class {
    /** `choose(command)` is told of a command that was asked for. */
    constructor(run, choose) {
        this.run = run;
        this.choose = choose;
        this.whole = ['path-table', 'command-table'].map(id => ({ table: dt.$(id), body: dt.$(id).tBodies[0] }));
        for (const { body } of this.whole)
            for (const row of body.rows)
                this.addButton(row.querySelector('th'));
    }

    /** A command's name becomes a button. */
    addButton(cell) {
        if (!cell || !this.run.strings.includes(cell.textContent))
            return;
        const name = cell.textContent, button = dt.element('button', { type: 'button', class: 'link' }, name);
        button.addEventListener('click', () => this.choose(name));
        cell.replaceChildren(button);
    }

    /** `range` is null, or two moments; `spans` are those in it. */
    set(range, spans) {
        const bodies = range ? [this.pathBody(...range), this.commandBody(spans, ...range)] : this.whole.map(({ body }) => body);
        this.whole.forEach(({ table }, k) => table.tBodies[0].replaceWith(bodies[k]));
        for (const about of document.querySelectorAll('[data-about]'))
            about.textContent = range ? `: ${dt.time(range[0]) || '0'} to ${dt.time(range[1])}` : '';
        for (const note of document.querySelectorAll('[data-whole]'))
            note.hidden = Boolean(range);
    }

    row(cells) {
        const row = dt.element('tr', {}, ...cells.map(([text, kind]) => kind === 'name' ? dt.element('th', { scope: 'row' }, text) :
            dt.element('td', kind ? { class: kind } : {}, kind === 'line' ? dt.element('code', { title: text }, text) : text)));
        this.addButton(row.querySelector('th'));
        return row;
    }

    pathBody(from, to) {
        const run = this.run, body = dt.element('tbody');
        for (const line of dt.pathShares(run, from, to).slice(0, LINES)) {
            const percent = Math.round(100 * line.time / (to - from));
            const row = this.row([['', 'share'], [dt.duration(line.time), 'number'], [line.name || '(no process of the run)', 'name'],
                [line.name ? `× ${line.count}` : '', 'number'], [line.at < 0 ? '' : dt.label(run, line.at), 'line']]);
            row.cells[0].append(dt.element('meter', { min: 0, max: 100, value: percent, 'aria-hidden': 'true' }), ` ${dt.share(line.time / (to - from))}`);
            body.append(row);
        }
        return body;
    }

    commandBody(spans, from, to) {
        const run = this.run;
        const lines = dt.tabulate(run, spans, i => run.command(i), from, to).slice(0, LINES);
        return dt.element('tbody', {}, ...lines.map(line => this.row([
            [line.name, 'name'], [dt.count(line.count), 'number'], [line.failed ? `✗ ${dt.count(line.failed)}` : '', 'number'],
            [dt.duration(line.cpu), 'number'], [dt.duration(line.own), 'number'], [dt.duration(line.p50), 'number'],
            [dt.duration(line.p95), 'number'], [dt.duration(line.longest), 'number'], [dt.label(run, line.at), 'line'],
        ])));
    }
};
