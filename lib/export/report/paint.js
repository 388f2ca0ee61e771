// SPDX-License-Identifier: MIT
// What all canvases share: sharp pixels, the page's colours, texts that fit.
'use strict';

dt.Canvas = class {
    /** `draw(context, width, height)` is called when there is something new to see, once a frame at most. */
    constructor(element, draw) {
        this.element = element;
        this.context = element.getContext('2d');
        this.draw = draw;
        this.asked = false;
        new ResizeObserver(() => this.ask()).observe(element);
    }

    ask() {
        if (this.asked)
            return;
        this.asked = true;
        requestAnimationFrame(() => this.now());
    }

    now() {
        const box = this.element.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
        this.asked = false;
        this.width = box.width;
        this.height = box.height;
        if (!box.width || !box.height)
            return;
        if (this.element.width !== Math.round(box.width * ratio) || this.element.height !== Math.round(box.height * ratio)) {
            this.element.width = Math.round(box.width * ratio);
            this.element.height = Math.round(box.height * ratio);
        }
        this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
        this.context.clearRect(0, 0, box.width, box.height);
        this.draw(this.context, box.width, box.height);
    }
};

dt.FONT = '11px system-ui, sans-serif';

/** The page's colours of now, for canvases; dt.themeChanged() has them looked up again. */
dt.theme = () => dt.themeNow ||= dt.findTheme();

dt.themeChanged = () => { dt.themeNow = null; };

dt.findTheme = function () {
    const style = getComputedStyle(document.documentElement), value = name => style.getPropertyValue(name).trim();
    const fill = value('--fill').match(/\w\w/g).map(part => parseInt(part, 16)); // #rrggbb
    return { ink: value('--ink'), dim: value('--dim'), line: value('--line'), back: value('--back'), bad: value('--bad'),
        path: value('--path'), mark: value('--mark'), fill: value('--fill'), isDark: value('--is-dark') === '1',
        fillPixel: (0xff000000 | fill[2] << 16 | fill[1] << 8 | fill[0]) >>> 0 };
};

/** Write a text that is cut to fit. */
dt.fit = function (context, text, x, y, room) {
    if (room < 14)
        return;
    const most = Math.floor(room / 6.2);
    context.fillText(text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text, x, y);
};

/** An end that nobody saw fades out. */
dt.fade = function (context, right, y, width, height, back) {
    const shade = context.createLinearGradient(right - width, 0, right, 0);
    shade.addColorStop(0, `${back}00`); // the same without any of it: 'transparent' is a black
    shade.addColorStop(1, back);
    context.fillStyle = shade;
    context.fillRect(right - width, y, width, height);
};

dt.diamond = function (context, x, y, size, colour, isFull) {
    context.beginPath();
    context.moveTo(x, y - size);
    context.lineTo(x + size, y);
    context.lineTo(x, y + size);
    context.lineTo(x - size, y);
    context.closePath();
    context.fillStyle = context.strokeStyle = colour;
    if (isFull)
        context.fill();
    context.stroke();
};

/** A failed one is underlined and hatched, not only red; the hatching leaves a text readable. */
dt.hatch = function (context, x, y, width, height, colour) {
    const left = Math.max(x, -2), wide = Math.max(1, width);
    context.fillStyle = context.strokeStyle = colour;
    context.fillRect(left, y + height - 3, wide, 3);
    if (width < 6)
        return;
    context.save();
    context.globalAlpha *= 0.4;
    context.beginPath();
    context.rect(left, y, wide, height - 3);
    context.clip();
    context.beginPath();
    for (let at = left - height; at < left + wide; at += 9) {
        context.moveTo(at, y + height);
        context.lineTo(at + height, y);
    }
    context.stroke();
    context.restore();
};
