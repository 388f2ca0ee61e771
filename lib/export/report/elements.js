// SPDX-License-Identifier: MIT
// Elements; and the one tooltip of the page. It says nothing that is not also said in the details below the timeline and in the live region.
'use strict';

dt.tip = {
    /** Beside a place of the window. */
    show(text, x, y) {
        const tip = dt.$('tip');
        tip.textContent = text;
        tip.hidden = false;
        const box = tip.getBoundingClientRect(), wide = document.documentElement.clientWidth, high = window.innerHeight;
        tip.style.left = `${Math.max(4, Math.min(x + 12, wide - box.width - 4))}px`;
        tip.style.top = `${y + 16 + box.height > high ? Math.max(4, y - box.height - 8) : y + 16}px`;
    },

    hide() {
        dt.$('tip').hidden = true;
    },
};

/** An element with a text and attributes; text is never taken for markup. */
dt.element = function (name, attributes = {}, ...content) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes))
        element.setAttribute(key, value);
    element.append(...content);
    return element;
};

dt.$ = id => document.getElementById(id);
