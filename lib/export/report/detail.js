// SPDX-License-Identifier: MIT
// All that is known of one span, as a list of names and texts.
'use strict';

/** Pairs of a name and a text; without those of which nothing is known. */
dt.facts = function (run, i) {
    const isProcess = run.kind[i] === dt.PROCESS, life = run.end[i] - run.start[i], text = column => run[column] ? run.text(column, i) : '';
    const cpu = Math.max(0, run.user[i]) + Math.max(0, run.sys[i]), since = `${dt.time(run.start[i]) || '0'} into the run`;
    if (run.kind[i] === dt.MARK)
        return [[dt.ending(run, i) === 'value' ? 'Value' : 'Event', dt.label(run, i)], ['At', since], ['Task', text('task')]].filter(fact => fact[1]);
    return [
        [isProcess ? 'Command' : 'Task', isProcess ? [run.command(i), ...run.args(i).slice(1)].join(' ') + (run.cut[i] ? ' … (cut)' : '') : run.command(i)],
        ['Kind', run.forked[i] ? 'a fork that runs what its parent ran, such as a subshell' : ''],
        ['Program', text('exe')], ['Folder', text('cwd')], ['In task', text('task')],
        ['End', dt.ending(run, i) + (run.failed(i) ? ' ✗' : '')],
        ['End seen by', dt.witness(run, i)],
        ['Start', since],
        ['Lasts', dt.lasts(run, i) + (run.until[i] >= 0 ? `, at most ${dt.time(run.until[i] - run.start[i])}` : '')],
        ['Own time', isProcess ? `${dt.time(run.ownBetween(i, 0, run.length)) || '0'}, in which no child of it lived` : ''],
        ['Critical path', run.onPath(i) ? `${dt.time(run.onPath(i))} of it` : ''],
        ['Reaped', run.waited[i] < 0 ? '' : `by its parent ${dt.time(run.waited[i]) || '0 µs'} after its end`],
        ['CPU', run.user[i] < 0 ? '' : `${dt.time(run.user[i]) || '0'} user, ${dt.time(Math.max(0, run.sys[i])) || '0'} system` +
            (life > 0 && cpu < life ? `; ${dt.share(1 - cpu / life)} of its time waiting` : '')],
        ['Memory', run.rss[i] < 0 ? '' : `${dt.kilobytes(run.rss[i])} at most`], ['Process id', run.pid[i] < 0 ? '' : String(run.pid[i])],
        ['Span id', run.id(i)],
    ].filter(fact => fact[1]);
};

/** Who saw the end, in words. */
dt.witness = function (run, i) {
    const words = { self: 'the process itself', parent: "its parent's wait", exec: 'the program that it became',
        inferred: 'nobody: inferred', running: '', mark: 'a mark', run: 'nobody: the end of the run' };
    return words[run.head.ends[run.endBy[i]]] ?? '';
};

/** The panel below the timeline. `on.select` is told where to go. */
dt.Detail = class {
    constructor(run, on) {
        this.run = run;
        this.on = on;
        dt.$('close').addEventListener('click', () => on.select(-1));
        dt.$('fit').addEventListener('click', () => this.at >= 0 && on.zoomTo(this.at));
        dt.$('parent').addEventListener('click', () => on.select(run.owner[this.at]));
        dt.$('first-child').addEventListener('click', () => on.select(run.childrenOf(this.at)[0]));
    }

    show(i) {
        const run = this.run;
        this.at = i;
        dt.$('detail').hidden = i < 0;
        dt.$('said').textContent = i < 0 ? '' : dt.saying(run, i).replace('\n', ', ');
        if (i < 0)
            return;
        const isProcess = run.kind[i] === dt.PROCESS, children = isProcess ? run.childrenOf(i).length : 0;
        dt.$('detail-title').textContent = isProcess ? 'Process' : run.kind[i] === dt.TASK ? 'Task' : 'Mark';
        dt.$('facts').replaceChildren(...dt.facts(run, i).flatMap(([name, text]) => [dt.element('dt', {}, name), dt.element('dd', {}, text)]));
        dt.$('parent').hidden = !isProcess || run.owner[i] < 0;
        dt.$('parent').textContent = isProcess && run.owner[i] >= 0 ? `Started by ${run.command(run.owner[i])}` : '';
        dt.$('first-child').hidden = !children;
        dt.$('first-child').textContent = children === 1 ? 'Its child' : `First of ${dt.count(children)} children`;
    }
};
