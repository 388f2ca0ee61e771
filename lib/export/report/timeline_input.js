// SPDX-License-Identifier: MIT
// What a mouse, a pen and a finger do on the timeline. They tell `on`: select(i), zoom(from, to), zoomAt(t, factor), zoomTo(i),
// pan(share of the window), range(a, b).
'use strict';

const HANDLE = 6; // pixels beside an edge of the range that still take it

dt.Timeline.prototype.listen = function () {
    const on = { pointerdown: event => this.press(event), pointermove: event => this.drag ? this.move(event) : this.hover(event),
        pointerup: event => this.release(event), pointercancel: () => { this.drag = null; }, pointerleave: () => dt.tip.hide() };
    for (const [name, act] of Object.entries(on))
        this.element.addEventListener(name, act);
    this.element.addEventListener('wheel', event => this.turn(event), { passive: false });
    this.element.addEventListener('dblclick', event => {
        const i = this.at(event.offsetX, event.offsetY);
        if (i >= 0)
            this.on.zoomTo(i);
    });
};

/** The wheel scrolls lanes, and the page where there are no more; with ctrl it zooms; sideways it moves in time. */
dt.Timeline.prototype.turn = function (event) {
    const rect = this.element.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey)
        this.on.zoomAt(this.t(event.clientX - rect.left), Math.exp(event.deltaY / 300));
    else if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
        this.on.pan(event.deltaX / rect.width);
    else if (!this.scrollBy(event.deltaY))
        return;
    event.preventDefault();
};

/** Which edge of the range is there: 0, 1, or -1. */
dt.Timeline.prototype.edgeAt = function (x, y) {
    return this.view.range && y < AXIS ? this.view.range.findIndex(t => Math.abs(this.x(t) - x) <= HANDLE) : -1;
};

dt.Timeline.prototype.press = function (event) {
    const edge = this.edgeAt(event.offsetX, event.offsetY);
    this.drag = { x: event.offsetX, y: event.offsetY, from: this.view.from, to: this.view.to, scroll: this.scroll, moved: false,
        isRange: event.shiftKey || event.offsetY < AXIS, fixed: edge < 0 ? this.t(event.offsetX) : this.view.range[1 - edge] };
    dt.tip.hide();
    this.element.setPointerCapture(event.pointerId);
};

dt.Timeline.prototype.move = function (event) {
    const drag = this.drag, dx = event.offsetX - drag.x;
    drag.moved ||= Math.abs(dx) + Math.abs(event.offsetY - drag.y) > 3;
    if (!drag.moved)
        return;
    if (drag.isRange) {
        this.on.range(...[drag.fixed, this.t(event.offsetX)].sort((a, b) => a - b));
        return;
    }
    const shift = -dx / this.canvas.width * (drag.to - drag.from);
    this.on.zoom(drag.from + shift, drag.to + shift);
    this.scroll = drag.scroll;
    this.scrollBy(drag.y - event.offsetY);
};

dt.Timeline.prototype.release = function (event) {
    if (this.drag && !this.drag.moved)
        this.on.select(this.at(event.offsetX, event.offsetY));
    this.drag = null;
};

dt.Timeline.prototype.hover = function (event) {
    const i = this.at(event.offsetX, event.offsetY), isEdge = this.edgeAt(event.offsetX, event.offsetY) >= 0;
    this.element.style.cursor = isEdge ? 'ew-resize' : event.offsetY < AXIS ? 'crosshair' : i >= 0 ? 'pointer' : 'grab';
    if (i >= 0)
        dt.tip.show(dt.saying(this.run, i), event.clientX, event.clientY);
    else
        dt.tip.hide();
};

/** The same for somebody at the keyboard: beside the selected span. */
dt.Timeline.prototype.tell = function () {
    const i = this.view.selected, box = this.element.getBoundingClientRect();
    if (i < 0 || document.activeElement !== this.element)
        return;
    const place = this.placeOf(i);
    dt.tip.show(dt.saying(this.run, i), box.left + place.x, box.top + place.y + LANE);
};
