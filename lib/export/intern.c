/* SPDX-License-Identifier: MIT */
/* A table of strings by hashing. */
#include "export/intern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export/hash.h"

static uint32_t *slot_of(const struct intern *in, const char *text, size_t len)
{
    for (uint64_t i = hash_bytes(text, len);; i++) {
        uint32_t *slot = &in->slots[i & (in->cap * 2 - 1)];
        if (!*slot)
            return slot;
        const char *there = intern_text(in, *slot - 1);
        if (!strncmp(there, text, len) && !there[len])
            return slot;
    }
}

/* Twice the room, and every string in its new place. */
static int grow(struct intern *in)
{
    struct intern more = *in;
    more.cap = in->cap ? in->cap * 2 : 64;
    more.slots = calloc((size_t)more.cap * 2, sizeof *more.slots);
    uint32_t *offsets = realloc(in->offsets, more.cap * sizeof *offsets);
    if (offsets)
        in->offsets = more.offsets = offsets;
    if (!offsets || !more.slots) {
        free(more.slots);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < in->len; i++) {
        const char *text = intern_text(in, i);
        *slot_of(&more, text, strlen(text)) = i + 1;
    }
    free(in->slots);
    *in = more;
    return 0;
}

int intern_put(struct intern *in, const char *text, size_t len, uint32_t *number)
{
    int err = in->len < in->cap ? 0 : grow(in);
    if (err)
        return err;
    uint32_t *slot = slot_of(in, text, len);
    if (!*slot) {
        in->offsets[in->len] = (uint32_t)in->text.len;
        buf_add(&in->text, text, len);
        buf_char(&in->text, '\0');
        err = buf_error(&in->text);
        if (err)
            return err;
        *slot = ++in->len;
    }
    *number = *slot - 1;
    return 0;
}

const char *intern_text(const struct intern *in, uint32_t number)
{
    return in->text.data + in->offsets[number];
}

void intern_release(struct intern *in)
{
    buf_release(&in->text);
    free(in->offsets);
    free(in->slots);
    *in = INTERN_EMPTY;
}
