/* SPDX-License-Identifier: MIT */
/* Texts by number: one block of text, an array of places, a hash table over both. */
#include "model/figures_names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/list.h"

#define TEXT_MAX ((size_t)64 << 20)
#define SLOTS_LEAST 64u
#define OTHER 1u

/* FNV-1a, folded: slots are picked by the low bits. */
static uint32_t hash_of(const char *text, size_t len)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static bool is_name(const struct figures_names *names, uint32_t number, const char *text, size_t len)
{
    const char *name = names->text + names->at[number];
    return !strncmp(name, text, len) && !name[len];
}

/* The slot that holds the text, or the free one where it would go. */
static uint32_t *slot_of(const struct figures_names *names, const char *text, size_t len)
{
    for (uint32_t i = hash_of(text, len);; i++) {
        uint32_t *slot = &names->slots[i & names->mask];
        if (!*slot || is_name(names, *slot - 1, text, len))
            return slot;
    }
}

/* At most half of the slots are taken. */
static int grow_slots(struct figures_names *names)
{
    if (names->slots && names->len * 2 <= names->mask)
        return 0;
    uint32_t size = names->slots ? (names->mask + 1) * 2 : SLOTS_LEAST;
    uint32_t *slots = calloc(size, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    free(names->slots);
    names->slots = slots;
    names->mask = size - 1;
    for (uint32_t i = 0; i < names->len; i++)
        *slot_of(names, names->text + names->at[i], strlen(names->text + names->at[i])) = i + 1;
    return 0;
}

static int grow_text(struct figures_names *names, size_t more)
{
    if (names->text_cap - names->text_len >= more)
        return 0;
    size_t cap = names->text_cap + names->text_cap / 2 + more + 256;
    char *text = realloc(names->text, cap);
    if (!text)
        return -ENOMEM;
    names->text = text;
    names->text_cap = cap;
    return 0;
}

static int append(struct figures_names *names, const char *text, size_t len)
{
    size_t cap = names->cap;
    int err = grow_slots(names);
    if (!err)
        err = list_grow(&names->at, names->len, &cap, sizeof *names->at);
    names->cap = (uint32_t)cap;
    if (!err)
        err = grow_text(names, len + 1);
    if (err)
        return err;
    uint32_t *slot = slot_of(names, text, len);
    names->at[names->len] = (uint32_t)names->text_len;
    memcpy(names->text + names->text_len, text, len);
    names->text[names->text_len + len] = '\0';
    names->text_len += len + 1;
    *slot = ++names->len;
    return 0;
}

int figures_names_init(struct figures_names *names, uint32_t max)
{
    *names = (struct figures_names){.max = max};
    int err = append(names, "", 0);
    return err ? err : append(names, "(other)", strlen("(other)"));
}

int figures_names_put(struct figures_names *names, const char *text, uint32_t *out)
{
    size_t len = text ? strnlen(text, FIGURES_NAME_MAX) : 0;
    uint32_t slot = *slot_of(names, text ? text : "", len);
    if (slot) {
        *out = slot - 1;
        return 0;
    }
    *out = OTHER;
    if (names->len >= names->max || names->text_len + len >= TEXT_MAX)
        return 0;
    int err = append(names, text, len);
    if (!err)
        *out = names->len - 1;
    return err;
}

const char *figures_names_text(const struct figures_names *names, uint32_t number)
{
    return number < names->len ? names->text + names->at[number] : "";
}

void figures_names_release(struct figures_names *names)
{
    free(names->text);
    free(names->at);
    free(names->slots);
    *names = (struct figures_names){0};
}
