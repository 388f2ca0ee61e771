// SPDX-License-Identifier: MIT
// Slices too narrow for a text, and there may be a hundred thousand: pixels of one image, of which each row becomes a lane.
'use strict';

dt.Dots = class {
    constructor() {
        this.canvas = document.createElement('canvas');
        this.context = this.canvas.getContext('2d');
    }

    /** Empty rows. */
    begin(width, rows) {
        this.width = Math.max(1, Math.ceil(width));
        this.rows = Math.max(1, rows);
        if (this.canvas.width !== this.width || this.canvas.height !== this.rows || !this.image) {
            this.canvas.width = this.width;
            this.canvas.height = this.rows;
            this.image = this.context.createImageData(this.width, this.rows);
            this.pixels = new Uint32Array(this.image.data.buffer);
        } else {
            this.pixels.fill(0);
        }
    }

    /** A slice from `x` on. */
    put(row, x, width, pixel) {
        const last = Math.min(this.width, Math.max(Math.floor(x) + 1, Math.round(x + width)));
        for (let at = Math.max(0, Math.floor(x)); at < last; at++)
            this.pixels[row * this.width + at] = pixel;
    }

    end() {
        this.context.putImageData(this.image, 0, 0);
    }

    /** A row, as high as a lane. */
    draw(context, row, y, height) {
        context.imageSmoothingEnabled = false;
        context.drawImage(this.canvas, 0, row, this.width, 1, 0, y, this.width, height);
    }
};
