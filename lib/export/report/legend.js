// SPDX-License-Identifier: MIT
// What the colours stand for: the commands, or tasks, with most time. Each is a button that shows only these.
'use strict';

const LEGEND = 12;

dt.Legend = class {
    /** `choose(word)` is told of the word to show alone, or of '' for all. */
    constructor(run, timeline, choose) {
        this.run = run;
        this.timeline = timeline;
        this.choose = choose;
        this.word = '';
        this.fill();
    }

    /** Words by own time. */
    words() {
        const { run, timeline } = this, sums = new Map();
        for (let i = 0; i < run.n; i++)
            if (run.kind[i] === dt.PROCESS)
                sums.set(timeline.wordOf(i), (sums.get(timeline.wordOf(i)) || 0) + run.ownBetween(i, 0, run.length));
        return [...sums].filter(([word]) => word).sort((a, b) => b[1] - a[1]).map(([word]) => word);
    }

    fill() {
        const words = this.words(), list = dt.$('legend');
        this.word = '';
        dt.giveHues(words);
        list.replaceChildren(...words.slice(0, LEGEND).map(word => dt.element('li', {}, this.button(word))));
        if (words.length > LEGEND)
            list.append(dt.element('li', { class: 'dim' }, `${dt.count(words.length - LEGEND)} more`));
        this.paint();
    }

    button(word) {
        const button = dt.element('button', { type: 'button', 'aria-pressed': 'false' }, dt.element('span', { class: 'swatch' }), word);
        button.addEventListener('click', () => this.press(this.word === word ? '' : word));
        return button;
    }

    press(word) {
        this.word = word;
        this.paint();
        this.choose(word);
    }

    paint() {
        for (const button of dt.$('legend').querySelectorAll('button')) {
            button.setAttribute('aria-pressed', String(button.textContent === this.word));
            button.firstChild.style.background = dt.colour(button.textContent, dt.theme().isDark);
        }
    }
};
