// SPDX-License-Identifier: MIT
// The list of the range's processes, of which only the rows in sight are in the document.
'use strict';

const ROW = 22;

/** The spans of a list, as a grid of which only what is in sight exists. Arrows move between rows; Enter selects. */
dt.SpanList = class {
    constructor(element, run, on) {
        this.element = element;
        this.run = run;
        this.on = on;
        this.spans = [];
        this.at = 0;
        this.body = dt.element('div', { role: 'presentation', class: 'rows' });
        this.spacer = dt.element('div', { class: 'spacer', role: 'presentation' });
        this.spacer.append(this.body);
        const titles = ['Start', 'Lasts', 'End', 'Process'];
        const head = dt.element('div', { role: 'rowgroup' }, dt.element('div', { role: 'row', 'aria-rowindex': '1', class: 'head' },
            ...titles.map(title => dt.element('span', { role: 'columnheader' }, title))));
        this.view = dt.element('div', { class: 'view', tabindex: '0', role: 'rowgroup', 'aria-label': 'Processes' }, this.spacer);
        element.replaceChildren(head, this.view);
        this.view.addEventListener('scroll', () => this.paint());
        this.view.addEventListener('keydown', event => this.key(event));
        this.view.addEventListener('click', event => {
            const row = event.target.closest('[data-at]');
            if (row)
                this.choose(Number(row.dataset.at));
        });
    }

    set(spans) {
        this.spans = spans;
        this.at = 0;
        this.element.setAttribute('aria-rowcount', spans.length + 1);
        this.spacer.style.height = `${spans.length * ROW}px`;
        this.view.scrollTop = 0;
        this.paint();
    }

    paint() {
        const first = Math.max(0, Math.floor(this.view.scrollTop / ROW) - 2);
        const last = Math.min(this.spans.length, first + Math.ceil((this.view.clientHeight || 400) / ROW) + 4);
        const rows = [];
        for (let k = first; k < last; k++) {
            const i = this.spans[k], run = this.run;
            const cells = [dt.time(run.start[i]) || '0', dt.lasts(run, i), dt.ending(run, i), dt.label(run, i)];
            rows.push(dt.element('div', { role: 'row', 'aria-rowindex': k + 2, 'data-at': k, class: k === this.at ? 'row at' : 'row',
                'aria-selected': k === this.at, ...(run.failed(i) && { 'data-failed': '' }) },
            ...cells.map(text => dt.element('span', { role: 'gridcell' }, text))));
        }
        this.body.style.transform = `translateY(${first * ROW}px)`;
        this.body.replaceChildren(...rows);
    }

    /** A span that was selected elsewhere. */
    mark(i) {
        const k = this.spans.indexOf(i);
        if (k >= 0 && k !== this.at)
            this.goTo(k);
    }

    goTo(k) {
        this.at = Math.max(0, Math.min(this.spans.length - 1, k));
        const top = this.at * ROW, view = this.view;
        if (top < view.scrollTop)
            view.scrollTop = top;
        else if (top + ROW > view.scrollTop + view.clientHeight)
            view.scrollTop = top + ROW - view.clientHeight;
        this.paint();
    }

    choose(k) {
        this.goTo(k);
        if (this.spans.length)
            this.on.select(this.spans[this.at]);
    }

    key(event) {
        const page = Math.floor(this.view.clientHeight / ROW) - 1;
        const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.spans.length, End: this.spans.length };
        if (!(event.key in steps))
            return;
        this.choose(this.at + steps[event.key]);
        event.preventDefault();
    }
};
