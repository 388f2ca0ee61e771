// SPDX-License-Identifier: MIT
// The whole run at a glance, above the timeline: how many processes were at work, with the window that is shown.
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
        context.font = dt.FONT;
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
