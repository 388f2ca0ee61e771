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

/* Eight bytes at a time, as command lines are long; mixed so that the low bits, by which slots are picked, depend on all. */
static uint32_t hash_of(const char *text, size_t len)
{
    uint64_t hash = len * UINT64_C(0x9E3779B97F4A7C15), eight;
    for (; len >= sizeof eight; text += sizeof eight, len -= sizeof eight) {
        memcpy(&eight, text, sizeof eight);
        hash = (hash ^ eight) * UINT64_C(0xBF58476D1CE4E5B9);
        hash ^= hash >> 29;
    }
    eight = 0;
    memcpy(&eight, text, len);
    hash = (hash ^ eight) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)(hash ^ hash >> 32);
}

static bool is_name(const struct figures_names *names, uint32_t number, const char *text, size_t len)
{
    const char *name = names->text + names->at[number];
    return !strncmp(name, text, len) && !name[len];
}

/* The slot that holds the text, or the free one where it would go. */
static uint64_t *slot_of(const struct figures_names *names, const char *text, size_t len, uint32_t hash)
{
    for (uint32_t i = hash;; i++) {
        uint64_t *slot = &names->slots[i & names->mask];
        if (!*slot || (*slot >> 32 == hash && is_name(names, (uint32_t)*slot - 1, text, len)))
            return slot;
    }
}

/* At most half of the slots are taken. */
static int grow_slots(struct figures_names *names)
{
    if (names->slots && names->len * 2 <= names->mask)
        return 0;
    uint32_t old = names->slots ? names->mask + 1 : 0, size = old ? old * 2 : SLOTS_LEAST;
    uint64_t *slots = calloc(size, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    for (uint32_t i = 0; i < old; i++) {
        uint32_t at = (uint32_t)(names->slots[i] >> 32);
        while (names->slots[i] && slots[at & (size - 1)])
            at++;
        if (names->slots[i])
            slots[at & (size - 1)] = names->slots[i];
    }
    free(names->slots);
    names->slots = slots;
    names->mask = size - 1;
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

static int append(struct figures_names *names, const char *text, size_t len, uint32_t hash)
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
    uint64_t *slot = slot_of(names, text, len, hash);
    names->at[names->len] = (uint32_t)names->text_len;
    memcpy(names->text + names->text_len, text, len);
    names->text[names->text_len + len] = '\0';
    names->text_len += len + 1;
    *slot = (uint64_t)hash << 32 | ++names->len;
    return 0;
}

int figures_names_init(struct figures_names *names, uint32_t max)
{
    *names = (struct figures_names){.max = max};
    int err = append(names, "", 0, hash_of("", 0));
    return err ? err : append(names, "(other)", strlen("(other)"), hash_of("(other)", strlen("(other)")));
}

int figures_names_put(struct figures_names *names, const char *text, uint32_t *out)
{
    *out = 0;
    if (!text || !*text)
        return 0;
    size_t len = strnlen(text, FIGURES_NAME_MAX);
    uint32_t hash = hash_of(text, len), found = (uint32_t)*slot_of(names, text, len, hash);
    if (found) {
        *out = found - 1;
        return 0;
    }
    *out = OTHER;
    if (names->len >= names->max || names->text_len + len >= TEXT_MAX)
        return 0;
    int err = append(names, text, len, hash);
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
