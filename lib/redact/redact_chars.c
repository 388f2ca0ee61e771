/* SPDX-License-Identifier: MIT */
/* Character kinds, and scanning text by them. Contains no rules. */
#include "redact/redact_parts.h"

/* In rows of 16. */
const char redact_kinds[128] = "rrrrrrrrreffffrr"
                               "rrrrrrrrrrrrrrrr"
                               "eriprolinnromddr"
                               "aaaaaaaaaagknhnr"
                               "rbbbbbbbbbbbbbbb"
                               "bbbbbbbbbbbrqnrd"
                               "jccccccccccccccc"
                               "cccccccccccrknrr";

unsigned redact_kind(char c)
{
    return (signed char)c < 0 ? 0 : 1U << (redact_kinds[(unsigned char)c] - 'a');
}

const char *redact_skip(const char *from, const char *to, unsigned set)
{
    while (from < to && redact_kind(*from) & set)
        from++;
    return from;
}

/* Compare ignoring case. Some other characters, which don't matter, compare equal, too; among them blank and NUL, so that no text
 * to be found may end with a blank. */
static bool same_letter(char a, char b)
{
    return !((a ^ b) & ~0x20);
}

const char *redact_starts(const char *from, const char *text)
{
    for (; *text; text++)
        if (!same_letter(*from++, *text))
            return NULL;
    return from;
}

struct redact_found redact_find(const char *list, const char *from, const char *to)
{
    while (*list) {
        const char *word = list, *at = from;
        while ((signed char)*list > ',')
            list++;
        uint8_t class = (uint8_t)*list;
        if ((class & LIST_GLUED) == LIST_GLUED && to - from > list - word)
            at = to - (list - word);
        while (word < list && at < to && same_letter(*at, *word))
            word++, at++;
        if (word == list && (at == to || (class & LIST_OPEN) == LIST_OPEN))
            return (struct redact_found){class, at};
        list += *list != '\0';
    }
    return (struct redact_found){0, NULL};
}
