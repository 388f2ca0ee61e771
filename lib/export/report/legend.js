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
        const { run, timeline } = this, sums = new Float64Array(run.strings.length), column = timeline.view.colour === 'task' ? run.task : run.name;
        for (let i = 0; i < run.n; i++)
            if (run.kind[i] === dt.PROCESS && column[i] >= 0)
                sums[column[i]] += run.own[i] + 1e-3; // what took no time at all is there as well
        const words = Array.from(sums.keys()).filter(word => sums[word]);
        return words.sort((a, b) => sums[b] - sums[a]).map(word => run.strings[word]);
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
