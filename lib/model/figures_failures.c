/* SPDX-License-Identifier: MIT */
/* From a status down to the process that it began with. A failure went on if whoever waited for it failed as well, in a way
 * that it explains: by the status, and by what was still started afterwards. */
#include "model/figures_failures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "model/figures_parts.h"
#include "model/figures_program.h"
#include "model/list.h"

/* Whoever gives up may clean up before he goes: so many processes may follow the one that made him. */
#define CLEANING_MAX 2u

/* So many of those are looked at; it bounds the time that this takes. */
#define LOOKS_MAX 64

/* A process that is to be looked into. */
struct lead {
    uint32_t row; /* as in struct figures_failure */
    uint32_t depth;
    bool sure;
};

struct search {
    struct figures *f;
    struct figures_failures *out;
    struct lead *leads; /* the next one last */
    size_t len, cap;
    int64_t went_on;
};

/* Those among whom the cause of a failure is looked for, by start. */
struct suspects {
    const struct figures_row *failed; /* who failed: a last row, a task, or the run */
    const uint32_t *lives;
    uint32_t len;
};

static const struct figures_row *last_row(const struct figures *f, uint32_t life)
{
    return &f->rows[figures_last(f, life)];
}

/* It counts, failed, and did so for the program that failed, and not for one that was in its place before an exec. */
static bool is_suspect(const struct figures *f, const struct suspects *s, uint32_t life)
{
    const struct figures_row *last = last_row(f, life);
    return f->rows[life].flags & FIGURES_COUNTED && figures_failed(last) && last->end_ns >= s->failed->start_ns;
}

/* How many were started after that one's end, counted up to a few: marks are no part of the job. */
static uint32_t followers(const struct figures *f, const struct suspects *s, uint32_t life)
{
    int64_t end_ns = last_row(f, life)->end_ns;
    uint32_t low = 0, high = s->len;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (f->rows[s->lives[middle]].start_ns <= end_ns)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t count = 0;
    for (uint32_t i = low; i < s->len && i - low < LOOKS_MAX && count <= CLEANING_MAX; i++)
        count += figures_program(&f->rows[s->lives[i]]) != FIGURES_OURS;
    return s->len - low < LOOKS_MAX ? count : CLEANING_MAX + 1;
}

static int push(struct search *s, uint32_t row, uint32_t depth, bool sure)
{
    int err = list_grow(&s->leads, s->len, &s->cap, sizeof *s->leads);
    if (!err)
        s->leads[s->len++] = (struct lead){row, depth, sure};
    return err;
}

static int accuse(struct search *s, uint32_t life, uint32_t depth, bool sure)
{
    struct figures_row *first = &s->f->rows[life];
    if (first->flags & FIGURES_WENT_ON)
        return 0;
    first->flags |= FIGURES_WENT_ON;
    s->went_on += figures_failed(last_row(s->f, life));
    return push(s, figures_last(s->f, life), depth, sure);
}

/* Whoever goes on after a failure may fail for several: all of them, or all after which nothing was started. */
static int accuse_all(struct search *s, const struct suspects *of, uint32_t depth, uint32_t followers_max, bool sure)
{
    int err = 0;
    for (uint32_t i = of->len; i-- > 0 && !err;)
        if (is_suspect(s->f, of, of->lives[i]) && followers(s->f, of, of->lives[i]) <= followers_max)
            err = accuse(s, of->lives[i], depth, sure);
    return err;
}

static int accuse_collected(struct search *s, const struct suspects *of, uint32_t depth)
{
    size_t before = s->len;
    bool keeps_going = of->failed->flags & FIGURES_KEEPS_GOING || figures_program(of->failed) == FIGURES_XARGS;
    int err = accuse_all(s, of, depth, keeps_going ? UINT32_MAX : 0, true);
    if (!err && s->len == before) /* told to by its environment */
        err = accuse_all(s, of, depth, UINT32_MAX, false);
    return err;
}

/* What timeout ended, however that took it. */
static int accuse_last(struct search *s, const struct suspects *of, uint32_t depth)
{
    uint32_t last = of->len ? of->lives[of->len - 1] : FIGURES_RUN;
    return last && last_row(s->f, last)->end_ns >= of->failed->start_ns ? accuse(s, last, depth, true) : 0;
}

/* The last one started whose status is the reason, and after which nothing was started but what cleans up; a status that is
 * not everybody's may be told from further away. A status of its own may stand for that of whom nothing followed. */
static int accuse_one(struct search *s, const struct suspects *of, uint32_t depth)
{
    const struct figures *f = s->f;
    uint32_t guess = FIGURES_RUN;
    for (uint32_t i = of->len; i-- > 0;) {
        uint32_t life = of->lives[i];
        if (!is_suspect(f, of, life))
            continue;
        uint32_t after = followers(f, of, life);
        bool is_usual = !of->failed->signal && of->failed->exit_code == 1;
        if (figures_explains(of->failed, last_row(f, life)) && (after <= CLEANING_MAX || !is_usual))
            return accuse(s, life, depth, !after);
        if (!guess && !after)
            guess = life;
    }
    return guess ? accuse(s, guess, depth, false) : 0;
}

static bool collects(const struct figures_row *failed)
{
    switch (figures_program(failed)) {
    case FIGURES_MAKE:
        return failed->exit_code == 2;
    case FIGURES_XARGS:
        return failed->exit_code >= 123 && failed->exit_code <= 125;
    case FIGURES_COLLECTOR:
        return !failed->signal;
    default:
        return false;
    }
}

static int find_causes(struct search *s, const struct suspects *of, uint32_t depth)
{
    if (of->failed->flags & FIGURES_TASK || of->failed == s->f->rows)
        return accuse_one(s, of, depth);
    if (collects(of->failed))
        return accuse_collected(s, of, depth);
    if (figures_program(of->failed) == FIGURES_TIMEOUT &&
        (of->failed->exit_code == 124 || of->failed->exit_code == 137))
        return accuse_last(s, of, depth);
    return accuse_one(s, of, depth);
}

static int note(struct search *s, const struct lead *lead, bool began)
{
    struct figures_failures *out = s->out;
    if (!out->list)
        out->list = malloc(FIGURES_FAILURES_MAX * sizeof *out->list);
    if (!out->list)
        return -ENOMEM;
    if (out->len == FIGURES_FAILURES_MAX)
        out->left_out++;
    else
        out->list[out->len++] = (struct figures_failure){lead->row, lead->depth, began, lead->sure};
    return 0;
}

/* Follow leads until there are none: the entry of each comes before those of its causes. */
static int follow(struct search *s, const struct suspects *of_head)
{
    const struct figures *f = s->f;
    int err = 0;
    for (bool is_head = true; s->len && !err; is_head = false) {
        struct lead lead = s->leads[--s->len];
        struct suspects of = {.failed = &f->rows[lead.row]};
        size_t before = s->len;
        if (is_head)
            of = *of_head;
        else
            of.lives = figures_children(f, f->rows[lead.row].life, &of.len);
        err = figures_failed(of.failed) || is_head ? find_causes(s, &of, lead.depth + 1) : 0;
        if (!err)
            err = note(s, &lead, s->len == before);
    }
    return err;
}

/* A run that nobody gave a status failed if what it consists of did. */
static bool run_failed(const struct figures *f, const struct suspects *of)
{
    if (f->rows[FIGURES_RUN].flags & FIGURES_STATUS)
        return figures_failed(&f->rows[FIGURES_RUN]);
    for (uint32_t i = 0; i < of->len && !f->is_running; i++)
        if (is_suspect(f, of, of->lives[i]))
            return true;
    return false;
}

static int search_run(struct search *s)
{
    struct suspects of = {.failed = &s->f->rows[FIGURES_RUN]};
    of.lives = figures_children(s->f, FIGURES_RUN, &of.len);
    if (!run_failed(s->f, &of))
        return 0;
    int err = push(s, FIGURES_RUN, 0, true);
    return err ? err : follow(s, &of);
}

/* The uppermost processes of a task. */
static uint32_t top_of_task(const struct figures *f, uint32_t row)
{
    const struct figures_row *r = &f->rows[row];
    if (r->flags & FIGURES_TASK || r->life != row || !r->task)
        return UINT32_MAX;
    return f->rows[r->parent].task == r->task ? UINT32_MAX : r->task;
}

static int by_start(const void *a, const void *b, void *ctx)
{
    const struct figures *f = ctx;
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int64_t p = f->rows[x].start_ns, q = f->rows[y].start_ns;
    return p != q ? (p > q) - (p < q) : (x > y) - (x < y);
}

static int search_tasks(struct search *s)
{
    struct figures *f = s->f;
    auto_free uint32_t *tops = malloc(f->len * sizeof *tops);
    auto_free uint32_t *tops_at = malloc((f->len + 1) * sizeof *tops_at);
    if (!tops || !tops_at)
        return -ENOMEM;
    figures_bucket(f, top_of_task, tops_at, tops);
    int err = 0;
    for (uint32_t i = 1; i < f->len && !err; i++) {
        if (!(f->rows[i].flags & FIGURES_TASK) || !figures_failed(&f->rows[i]))
            continue;
        struct suspects of = {&f->rows[i], tops + tops_at[i], tops_at[i + 1] - tops_at[i]};
        qsort_r(tops + tops_at[i], of.len, sizeof *tops, by_start, f);
        err = push(s, i, 0, true);
        if (!err)
            err = follow(s, &of);
    }
    return err;
}

static bool has_failed_task(const struct figures *f)
{
    for (uint32_t i = 1; f->tasks && i < f->len; i++)
        if (f->rows[i].flags & FIGURES_TASK && figures_failed(&f->rows[i]))
            return true;
    return false;
}

int figures_failures(struct figures *f, struct figures_failures *out)
{
    struct search s = {.f = f, .out = out};
    *out = (struct figures_failures){0};
    for (uint32_t i = 0; i < f->len; i++)
        f->rows[i].flags &= (uint16_t)~FIGURES_WENT_ON;
    int err = search_run(&s);
    if (!err && has_failed_task(f))
        err = search_tasks(&s);
    for (uint32_t i = 1; i < f->order_len; i++)
        out->failed += figures_failed(last_row(f, f->order[i]));
    out->handled = out->failed - s.went_on;
    free(s.leads);
    return err;
}

void figures_failures_release(struct figures_failures *failures)
{
    free(failures->list);
    *failures = (struct figures_failures){0};
}
