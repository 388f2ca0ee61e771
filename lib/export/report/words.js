// SPDX-License-Identifier: MIT
// Figures in words, and colours. No document here.
'use strict';

/** Microseconds as people say it. */
dt.time = function (us) {
    if (us < 0)
        return '';
    if (us < 1000)
        return `${Math.round(us)} µs`;
    if (us < 1e6)
        return `${(us / 1e3).toPrecision(us < 1e4 ? 2 : 3)} ms`.replace(/(\d{3})\.? ms/, '$1 ms');
    if (us < 6e7)
        return `${(us / 1e6).toFixed(us < 1e7 ? 2 : 1)} s`;
    const seconds = Math.round(us / 1e6), minutes = Math.floor(seconds / 60);
    if (minutes < 60)
        return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
    return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
};

/** The same as the tables without scripts have it: never rounded up, for a time that is shown has really passed. */
dt.duration = function (us) {
    const ms = Math.floor(us / 1000), s = Math.floor(ms / 1000), two = n => String(Math.floor(n)).padStart(2, '0');
    if (us < 0)
        return '';
    if (!ms)
        return us ? '<1 ms' : '0 ms';
    if (ms < 1000)
        return `${ms} ms`;
    if (s < 10)
        return `${s}.${two(ms % 1000 / 10)} s`;
    if (s < 60)
        return `${s}.${Math.floor(ms % 1000 / 100)} s`;
    if (s < 3600)
        return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
    return s < 86400 ? `${Math.floor(s / 3600)}h ${two(s / 60 % 60)}m` : `${Math.floor(s / 86400)}d ${two(s / 3600 % 24)}h`;
};

/** A count with its thousands. */
dt.count = n => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** How long a span lasted, which may be a lower bound. */
dt.lasts = (run, i) => (run.isLeast(i) ? '≥ ' : '') + (dt.time(run.end[i] - run.start[i]) || '0 µs');

dt.share = part => part > 0 && part < 0.005 ? '<1 %' : `${Math.round(100 * part)} %`;

dt.kilobytes = function (kb) {
    if (kb < 0)
        return '';
    return kb < 10240 ? `${Math.round(kb)} KiB` : kb < 10 << 20 ? `${Math.round(kb / 1024)} MiB` : `${(kb / (1 << 20)).toFixed(1)} GiB`;
};

/** Steps of a time axis: about `count` of them between two moments, at round figures. */
dt.ticks = function (from, to, count) {
    const raw = Math.max((to - from) / count, 1e-3), power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map(times => times * power).find(candidate => candidate >= raw);
    const out = [];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step)
        out.push(at);
    return out;
};

const HUES = 24;

/** Which of the hues a word would have: always the same. */
dt.hash = function (word) {
    let hash = 2166136261;
    for (let i = 0; i < word.length; i++)
        hash = Math.imul(hash ^ word.charCodeAt(i), 16777619);
    return (hash >>> 0) % HUES;
};

dt.hues = new Map();

/** Words, those first that matter most: each gets the hue that it would have, or one away from those that are taken. */
dt.giveHues = function (words) {
    const taken = new Set(), beside = hue => [hue, (hue + 1) % HUES, (hue + HUES - 1) % HUES];
    dt.hues.clear();
    dt.colours.forEach(known => known.clear());
    for (const word of words.slice(0, HUES)) {
        const tries = Array.from({ length: HUES }, (_, k) => (dt.hash(word) + 7 * k) % HUES);
        const hue = tries.find(one => !beside(one).some(near => taken.has(near))) ?? tries.find(one => !taken.has(one));
        taken.add(hue);
        dt.hues.set(word, hue);
    }
};

dt.colours = [new Map(), new Map()];

/** Red, green and blue, 0 to 255, of a hue in degrees, with a saturation and a lightness from 0 to 1. */
dt.rgb = (hue, saturation, lightness) => [0, 8, 4].map(n => {
    const k = (n + hue / 30) % 12, a = saturation * Math.min(lightness, 1 - lightness);
    return Math.round(255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
});

/** The colour of a word, light enough, or dark enough, for the page's ink. */
dt.colour = (word, isDark) => dt.tint(word, isDark).css;

/** The same as `css` and as a `pixel` of image data. */
dt.tint = function (word, isDark) {
    const known = dt.colours[isDark ? 1 : 0];
    let tint = known.get(word);
    if (!tint) {
        const [r, g, b] = dt.rgb((dt.hues.get(word) ?? dt.hash(word)) * 360 / HUES, isDark ? 0.45 : 0.62, isDark ? 0.32 : 0.8);
        known.set(word, tint = { css: `rgb(${r} ${g} ${b})`, pixel: (0xff000000 | b << 16 | g << 8 | r) >>> 0 });
    }
    return tint;
};

/** How a process ended. */
dt.ending = function (run, i) {
    const code = run.code[i], word = run.head.ends[run.endBy[i]];
    if (code >= 256)
        return `signal ${code - 256}`;
    if (code >= 0)
        return `exit ${code}`;
    if (run.kind[i] === dt.MARK)
        return run.value && run.value[i] >= 0 ? 'value' : 'event';
    if (run.kind[i] === dt.TASK)
        return word === 'run' ? 'never ended' : word === 'running' ? 'still running' : 'ended';
    return word === 'exec' ? 'became another program' : word === 'running' ? 'still running' : word;
};

/** What a span is called: its command line, or the fork of one. */
dt.label = function (run, i) {
    if (run.kind[i] === dt.MARK && run.value && run.value[i] >= 0)
        return `${run.command(i)} = ${run.text('value', i)}`;
    if (run.kind[i] !== dt.PROCESS)
        return run.command(i);
    if (run.forked[i])
        return `${run.command(i)} (subshell or fork)`;
    const args = run.args(i);
    return args.length > 1 ? `${run.command(i)} ${args.slice(1).join(' ')}` : run.command(i);
};

/** All that a tooltip says of a span. */
dt.saying = function (run, i) {
    if (run.kind[i] === dt.MARK)
        return `${dt.label(run, i)}\n${dt.time(run.start[i]) || '0'} into the run`;
    const label = dt.label(run, i);
    return `${label.length > 300 ? `${label.slice(0, 300)}…` : label}\n${dt.lasts(run, i)}, ${dt.ending(run, i)}${run.failed(i) ? ' ✗' : ''}`;
};
