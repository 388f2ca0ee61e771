// SPDX-License-Identifier: MIT
// What keys do, anywhere on the page; arrows only on the timeline.
'use strict';

dt.listenToKeys = function (page) {
    const { view } = page, chosen = act => () => view.selected >= 0 && act(view.selected);
    const acts = {
        w: () => page.zoomAt(page.middle(), 0.7), s: () => page.zoomAt(page.middle(), 1.4),
        '+': () => page.zoomAt(page.middle(), 0.5), '-': () => page.zoomAt(page.middle(), 2),
        a: () => page.pan(-0.2), d: () => page.pan(0.2), 0: () => page.reset(), '/': () => dt.$('query').focus(),
        f: chosen(i => page.zoomTo(i)), p: () => page.choose(view.from, view.to),
    };
    const onTimeline = {
        PageDown: () => page.timeline.scrollBy(5 * LANE), PageUp: () => page.timeline.scrollBy(-5 * LANE),
        ArrowUp: () => dt.step(page, 'ArrowUp'), ArrowDown: () => dt.step(page, 'ArrowDown'),
        ArrowLeft: () => dt.step(page, 'ArrowLeft'), ArrowRight: () => dt.step(page, 'ArrowRight'),
    };
    addEventListener('keydown', event => {
        if (event.key === 'Escape')
            return dt.escape(page, event.target);
        if (event.target.matches('input, select, textarea') || event.altKey || event.ctrlKey || event.metaKey)
            return;
        const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key] || (event.target === dt.$('timeline') && onTimeline[event.key]);
        if (!act)
            return;
        act();
        event.preventDefault();
    });
    dt.$('timeline').addEventListener('focus', () => page.timeline.tell());
    dt.$('timeline').addEventListener('blur', () => dt.tip.hide());
};

/** Out of one thing after the other: the search, what is selected, the range. */
dt.escape = function (page, target) {
    dt.tip.hide();
    if (target === dt.$('query'))
        target.blur();
    else if (page.view.selected >= 0)
        page.select(-1);
    else
        page.choose(0, 0);
};

/** From the selected span to another one: its owner, its first child, the one before or behind it. */
dt.step = function (page, key) {
    const { run, view } = page, i = view.selected;
    if (i < 0 || run.kind[i] !== dt.PROCESS)
        return page.select(run.childrenOf(-1)[0] ?? -1);
    const beside = run.childrenOf(run.owner[i]), k = beside.indexOf(i);
    const to = { ArrowUp: run.owner[i], ArrowDown: run.childrenOf(i)[0], ArrowLeft: beside[k - 1], ArrowRight: beside[k + 1] }[key];
    return to >= 0 ? page.select(to) : undefined;
};
