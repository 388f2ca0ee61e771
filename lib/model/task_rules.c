/* SPDX-License-Identifier: MIT */
/* Rules for tasks without marks: parsed, matched, and their names filled in. Knows no process and no file. */
#include "model/task_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

#define BLANKS " \t\r"
#define STARS_MAX 9
#define NAME_BYTES_MAX 255

/* What the stars of a rule stand for, so far. */
struct stars {
    const char *at[STARS_MAX];
    size_t len[STARS_MAX];
    size_t count;
};

static char *trim(char *text)
{
    text += strspn(text, BLANKS);
    size_t len = strlen(text);
    while (len && strchr(BLANKS, text[len - 1]))
        len--;
    text[len] = '\0';
    return text;
}

/* Cut at the divider, which has a blank on either side. What is behind it, or NULL. */
static char *cut(char *text, const char *divider)
{
    char *at = strstr(text, divider);
    if (!at)
        return NULL;
    *at = '\0';
    return at + strlen(divider);
}

static size_t stars_in(const char *glob)
{
    size_t count = 0;
    for (; glob && *glob; glob++)
        count += *glob == '*';
    return count;
}

/* A dollar stands before a digit of a star that there is, or before another one. */
static bool name_is_good(const char *name, size_t stars)
{
    for (const char *at = name; *at; at++) {
        if (*at != '$')
            continue;
        at++;
        if (*at != '$' && (*at < '1' || *at > '9' || (size_t)(*at - '0') > stars))
            return false;
    }
    return *name && strlen(name) <= NAME_BYTES_MAX;
}

static bool parse_line(char *line, struct task_rule *out)
{
    size_t stars = 0, parts = 0;
    char *name = cut(line, " -> ");
    if (!name)
        return false;
    *out = (struct task_rule){.name = trim(name)};
    for (char *part = line, *next; part; part = next, parts++) {
        next = cut(part, " | ");
        if (parts == ARRAY_LEN(out->globs))
            return false;
        out->globs[parts] = trim(part);
        stars += stars_in(out->globs[parts]);
    }
    return *out->globs[0] && stars <= STARS_MAX && name_is_good(out->name, stars);
}

int task_rules_parse(const char *text, struct task_rules *out)
{
    *out = (struct task_rules){.text = strdup(text), .list = calloc(TASK_RULES_MAX, sizeof *out->list)};
    if (!out->text || !out->list)
        return -ENOMEM;
    char *rest = out->text, *line;
    for (size_t number = 1; (line = strsep(&rest, "\n")); number++) {
        size_t len = strlen(line);
        line = trim(line);
        if (!*line || *line == '#')
            continue;
        if (len <= TASK_RULE_BYTES_MAX && out->len < TASK_RULES_MAX && parse_line(line, &out->list[out->len])) {
            out->len++;
        } else {
            out->first_bad = out->bad ? out->first_bad : number;
            out->bad++;
        }
    }
    return 0;
}

void task_rules_release(struct task_rules *rules)
{
    free(rules->text);
    free(rules->list);
    *rules = (struct task_rules){0};
}

/* The last star takes a byte more whenever what follows it does not fit: that is enough, and the time is bounded by the product
 * of both lengths. */
static bool glob_match(const char *glob, const char *text, struct stars *stars)
{
    const char *behind_star = NULL, *from = NULL;
    size_t base = stars->count, last = base;
    while (*text || *glob == '*') {
        if (*glob == '*') {
            last = stars->count++;
            behind_star = ++glob;
            stars->at[last] = from = text;
            stars->len[last] = 0;
        } else if (*glob && (*glob == '?' || *glob == *text)) {
            glob++;
            text++;
        } else if (behind_star) {
            glob = behind_star;
            text = ++from;
            stars->len[last]++;
        } else {
            return false;
        }
    }
    return !*glob;
}

static bool rule_match(const struct task_rule *rule, const struct task_subject *subject, struct stars *stars)
{
    const char *const texts[] = {strchr(rule->globs[0], '/') ? subject->path : subject->name, subject->args,
                                 subject->folder};
    *stars = (struct stars){0};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (rule->globs[i] && !glob_match(rule->globs[i], texts[i] ? texts[i] : "", stars))
            return false;
    return true;
}

/* A name never gets longer than a mark's: what a star stands for may be any text. */
static void fill_in(const char *name, const struct stars *stars, struct buf *out)
{
    for (; *name; name++) {
        if (*name == '$' && *++name != '$') {
            size_t star = (size_t)(*name - '1');
            buf_add(out, stars->at[star], stars->len[star]);
        } else {
            buf_char(out, *name);
        }
    }
    if (!buf_error(out) && out->len > NAME_BYTES_MAX) {
        out->len = NAME_BYTES_MAX;
        out->data[out->len] = '\0';
    }
}

enum task_match task_rules_match(const struct task_rules *rules, const struct task_subject *subject, struct buf *name)
{
    struct stars stars;
    for (size_t i = 0; i < rules->len; i++) {
        if (!rule_match(&rules->list[i], subject, &stars))
            continue;
        if (!strcmp(rules->list[i].name, "-"))
            return TASK_MATCH_NEVER;
        fill_in(rules->list[i].name, &stars, name);
        return name->len ? TASK_MATCH_NAMED : TASK_MATCH_NEVER;
    }
    return TASK_MATCH_NONE;
}
