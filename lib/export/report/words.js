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

/** A hue that is always the same for a word. */
dt.hue = function (word) {
    let hash = 2166136261;
    for (let i = 0; i < word.length; i++)
        hash = Math.imul(hash ^ word.charCodeAt(i), 16777619);
    return (hash >>> 0) % 24 * 15;
};

dt.colour = (word, isDark) => `hsl(${dt.hue(word)} ${isDark ? '45% 38%' : '60% 74%'})`;

/** How a process ended. */
dt.ending = function (run, i) {
    const code = run.code[i], word = run.head.ends[run.endBy[i]];
    if (code >= 256)
        return `signal ${code - 256}`;
    if (code >= 0)
        return `exit ${code}`;
    return word === 'exec' ? 'became another program' : word === 'running' ? 'still running' : word;
};
