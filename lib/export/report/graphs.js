// SPDX-License-Identifier: MIT
// The smaller canvases: parallelism over the whole run with the window that is shown, and flame graphs.
'use strict';

/** The whole run at a glance: how many processes were at work. Dragging in it chooses what the timeline shows. */
dt.Curve = class {
    constructor(element, run, view, on) {
        this.run = run;
        this.view = view;
        this.canvas = new dt.Canvas(element, (context, width, height) => this.paint(context, width, height));
        let from = null;
        const t = event => event.offsetX / this.canvas.width * run.length;
        element.addEventListener('pointerdown', event => {
            from = t(event);
            element.setPointerCapture(event.pointerId);
        });
        element.addEventListener('pointermove', event => {
            if (from !== null && Math.abs(t(event) - from) > run.length / 200)
                on.zoom(...[from, t(event)].sort((a, b) => a - b));
        });
        element.addEventListener('pointerup', event => {
            if (from !== null && Math.abs(t(event) - from) <= run.length / 200)
                on.pan((t(event) - (view.from + view.to) / 2) / (view.to - view.from));
            from = null;
        });
    }

    paint(context, width, height) {
        const theme = dt.theme(), { run, view } = this, top = Math.max(run.mostBusy, run.head.cpus || 1);
        context.fillStyle = theme.path;
        context.globalAlpha = 0.55;
        for (let x = 0; x < width; x++) {
            const busy = run.busyBetween(x / width * run.length, (x + 1) / width * run.length), tall = busy / top * (height - 14);
            context.fillRect(x, height - tall, 1, tall);
        }
        context.globalAlpha = 1;
        context.font = '11px system-ui, sans-serif';
        context.textBaseline = 'middle';
        if (run.head.cpus) {
            const y = Math.round(height - run.head.cpus / top * (height - 14)) + 0.5;
            context.strokeStyle = theme.dim;
            context.setLineDash([3, 3]);
            context.strokeRect(0, y, width, 0);
            context.setLineDash([]);
            context.fillStyle = theme.dim;
            context.fillText(`${run.head.cpus} CPUs`, 3, y - 6);
        }
        const a = view.from / run.length * width, b = view.to / run.length * width;
        context.fillStyle = theme.back;
        context.globalAlpha = 0.7;
        context.fillRect(0, 0, a, height);
        context.fillRect(b, 0, width - b, height);
        context.globalAlpha = 1;
        context.strokeStyle = theme.ink;
        context.strokeRect(a + 0.5, 0.5, Math.max(2, b - a - 1), height - 1);
    }
};

/** A flame graph of frames, heaviest first; it grows downwards. A click makes a frame the whole width. */
dt.Flame = class {
    /** `choose(frame)` is told of a click. */
    constructor(element, choose) {
        this.element = element;
        this.boxes = [];
        this.root = null;
        this.canvas = new dt.Canvas(element, (context, width) => this.paint(context, width));
        element.addEventListener('click', event => {
            const box = this.at(event.offsetX, event.offsetY);
            if (!box)
                return;
            this.zoomed = box.frame === this.zoomed ? this.root : box.frame;
            choose(box.frame);
            this.canvas.ask();
        });
        element.addEventListener('pointermove', event => {
            const box = this.at(event.offsetX, event.offsetY);
            element.title = box ? `${box.frame.name}\n${dt.time(box.frame.value)}, ${dt.share(box.frame.value / this.root.value)} · ${box.frame.count} ×` : '';
        });
    }

    set(root) {
        this.root = this.zoomed = root;
        this.depth = dt.Flame.depthOf(root);
        this.element.style.height = `${18 * Math.min(60, this.depth)}px`; // by script: the page's policy forbids it in markup only
        this.canvas.ask();
    }

    /** How deep a tree of frames is. */
    static depthOf(root) {
        let depth = 0;
        const waiting = [[root, 1]];
        while (waiting.length) {
            const [frame, level] = waiting.pop();
            depth = Math.max(depth, level);
            for (const child of frame.children.values())
                waiting.push([child, level + 1]);
        }
        return depth;
    }

    at(x, y) {
        return this.boxes.find(box => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + 17);
    }

    paint(context, width) {
        this.boxes = [];
        if (!this.root || !this.root.value)
            return;
        const theme = dt.theme(), waiting = [[this.zoomed, 0, width, 0]];
        context.font = '11px system-ui, sans-serif';
        context.textBaseline = 'middle';
        while (waiting.length) {
            const [frame, x, room, level] = waiting.pop(), y = level * 18;
            if (room < 1 || y > this.canvas.height)
                continue;
            this.boxes.push({ frame, x, y, width: room });
            context.fillStyle = level ? dt.colour(frame.name, theme.isDark) : theme.fill;
            context.fillRect(x, y, Math.max(1, room - 0.5), 17);
            context.fillStyle = theme.ink;
            dt.fit(context, `${frame.name} ${dt.time(frame.value)}`, x + 3, y + 9, room - 6);
            let left = x;
            for (const child of [...frame.children.values()].sort((a, b) => b.value - a.value)) {
                const wide = child.value / frame.value * room;
                waiting.push([child, left, wide, level + 1]);
                left += wide;
            }
        }
    }
};
