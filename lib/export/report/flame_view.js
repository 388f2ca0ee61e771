// SPDX-License-Identifier: MIT
// A flame graph on a canvas, heaviest first; it grows downwards. A click, or Enter, makes a frame the whole width; again, all of it.
// Arrows go through the frames.
'use strict';

const FRAME = 18, LEVELS_MAX = 60;

dt.Flame = class {
    /** `choose(frame)` is told of a click; `say(text)` of the frame that arrows have come to. */
    constructor(element, choose, say) {
        this.element = element;
        this.choose = choose;
        this.say = say;
        this.boxes = [];
        this.root = this.zoomed = this.focused = null;
        this.canvas = new dt.Canvas(element, (context, width) => this.paint(context, width));
        element.addEventListener('click', event => this.open(this.at(event.offsetX, event.offsetY)));
        element.addEventListener('pointermove', event => {
            const box = this.at(event.offsetX, event.offsetY);
            element.style.cursor = box ? 'pointer' : 'default';
            box ? dt.tip.show(this.saying(box.frame), event.clientX, event.clientY) : dt.tip.hide();
        });
        element.addEventListener('pointerleave', () => dt.tip.hide());
        element.addEventListener('keydown', event => this.key(event));
        element.addEventListener('blur', () => { this.focus(null); dt.tip.hide(); });
    }

    set(root) {
        this.root = this.zoomed = root;
        this.focused = null;
        this.element.style.height = `${FRAME * Math.min(LEVELS_MAX, dt.depthOf(root))}px`; // by script: the policy forbids it in markup only
        this.canvas.ask();
    }

    saying(frame) {
        return `${frame.name}\n${dt.time(frame.value) || '0'}, ${dt.share(frame.value / (this.root.value || 1))}` +
            (frame.count ? ` · × ${dt.count(frame.count)}` : '');
    }

    open(box) {
        if (!box)
            return;
        this.zoomed = box.frame === this.zoomed ? this.root : box.frame;
        this.choose(box.frame);
        this.canvas.ask();
    }

    at(x, y) {
        return this.boxes.find(box => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + FRAME - 1);
    }

    boxOf(frame) {
        return this.boxes.find(box => box.frame === frame);
    }

    focus(frame) {
        this.focused = frame;
        this.canvas.ask();
    }

    /** From frame to frame: above, the heaviest below, beside. */
    key(event) {
        const at = this.focused || this.zoomed, above = at && at.above, beside = above ? dt.heaviest(above) : [at], k = beside.indexOf(at);
        const to = { ArrowUp: above, ArrowDown: at && dt.heaviest(at)[0], ArrowLeft: beside[k - 1], ArrowRight: beside[k + 1] };
        if (event.key === 'Enter')
            this.open(this.boxOf(at));
        else if (!(event.key in to))
            return;
        event.preventDefault();
        event.stopPropagation();
        const frame = to[event.key] || at;
        if (!this.boxOf(frame))
            this.zoomed = this.root; // what lies outside of what is shown
        this.focus(frame);
        this.say(this.saying(frame).replace('\n', ', '));
        requestAnimationFrame(() => requestAnimationFrame(() => this.tell(frame)));
    }

    tell(frame) {
        const box = this.boxOf(frame), place = this.element.getBoundingClientRect();
        if (box && this.focused === frame)
            dt.tip.show(this.saying(frame), place.left + box.x, place.top + box.y + FRAME);
    }

    paint(context, width) {
        this.boxes = [];
        if (!this.root || !this.root.value)
            return;
        const theme = dt.theme(), waiting = [[this.zoomed, 0, width, 0]];
        context.font = dt.FONT;
        context.textBaseline = 'middle';
        while (waiting.length) {
            const [frame, x, room, level] = waiting.pop();
            if (room < 1 || level * FRAME > this.canvas.height)
                continue;
            this.paintFrame(context, { frame, x, y: level * FRAME, width: room }, theme);
            let left = x;
            for (const child of dt.heaviest(frame)) {
                const wide = frame.value ? child.value / frame.value * room : 0;
                waiting.push([child, left, wide, level + 1]);
                left += wide;
            }
        }
    }

    paintFrame(context, box, theme) {
        const { frame, x, y, width } = box;
        this.boxes.push(box);
        context.fillStyle = frame.above ? dt.colour(frame.name, theme.isDark) : theme.fill;
        context.fillRect(x, y, Math.max(1, width - 0.5), FRAME - 1);
        context.fillStyle = theme.ink;
        dt.fit(context, `${frame.name} ${dt.time(frame.value)}`, x + 3, y + FRAME / 2, width - 6);
        if (frame !== this.focused)
            return;
        context.strokeStyle = theme.ink;
        context.lineWidth = 2;
        context.strokeRect(x + 1, y + 1, Math.max(1, width - 2), FRAME - 3);
        context.lineWidth = 1;
    }
};
