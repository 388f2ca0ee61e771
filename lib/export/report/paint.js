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

/** The page's colours of now, for canvases. */
dt.theme = function () {
    const style = getComputedStyle(document.documentElement), value = name => style.getPropertyValue(name).trim();
    return { ink: value('--ink'), dim: value('--dim'), line: value('--line'), back: value('--back'), bad: value('--bad'),
        path: value('--path'), mark: value('--mark'), fill: value('--fill'), isDark: value('--is-dark') === '1' };
};

/** Write a text that is cut to fit. */
dt.fit = function (context, text, x, y, room) {
    if (room < 14)
        return;
    const most = Math.floor(room / 6.2);
    context.fillText(text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text, x, y);
};

/** A failed one is hatched, not only red. */
dt.hatch = function (context, x, y, width, height, colour) {
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    for (let at = x - height; at < x + width; at += 6) {
        context.moveTo(at, y + height);
        context.lineTo(at + height, y);
    }
    context.stroke();
    context.restore();
};
