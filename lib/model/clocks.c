/* SPDX-License-Identifier: MIT */
/* Signs of other clocks, what becomes of them, and what follows for the times that were written. */
#include "model/clocks.h"

#include <errno.h>
#include <stdlib.h>

#include "model/list.h"

#define SIGNS_MAX 65536
#define SLOW_NS INT64_C(1000000000) /* an exec that takes longer is a sign; a clock ahead by less is not noticed */
#define EXEC_NS INT64_C(1000000)    /* usual between an exec call and the program */
#define SLACK_NS INT64_C(5000000)   /* times of one clock may contradict each other by so much, and no more */

void clocks_release(struct clocks *c)
{
    free(c->signs);
    free(c->list);
    free(c->own);
    free(c->without.to);
    *c = (struct clocks){0};
}

static bool is_foreign(const struct clocks *c, int64_t ns)
{
    return ns && (ns < c->from_ns || ns > c->until_ns);
}

static int add_sign(struct clocks *c, struct clock_sign sign)
{
    if (c->signs_len == SIGNS_MAX) {
        c->signs_left_out++;
        return 0;
    }
    int err = list_grow(&c->signs, c->signs_len, &c->signs_cap, sizeof sign);
    if (!err)
        c->signs[c->signs_len++] = sign;
    return err;
}

/* When the image was there: soon after the exec call that it was told of; else, for all that is known, with
 * the run. */
static int64_t image_made(const struct clocks *c, const struct spool_image *image)
{
    if (image->head.flags & SPOOL_IMAGE_DOUBTED)
        return image->doubted_ns + EXEC_NS;
    return image->head.flags & SPOOL_IMAGE_START_SEEN ? image->start_ns + EXEC_NS : c->start_ns;
}

int clocks_see_image(struct clocks *c, const struct spool_image *image, uint32_t ref)
{
    if (image->head.flags & (SPOOL_IMAGE_UNSEEN | SPOOL_IMAGE_FORKED))
        return 0;
    bool is_slow = image->head.flags & SPOOL_IMAGE_START_SEEN && image->ready_ns - image->start_ns > SLOW_NS;
    if (!is_slow && !(image->head.flags & SPOOL_IMAGE_DOUBTED) && !is_foreign(c, image->ready_ns) &&
        !is_foreign(c, image->end.end_ns))
        return 0;
    bool leads = image->pid == c->leader_pid && !image->ns;
    int64_t left_ns = image->end.left ? image->end.end_ns : 0;
    return add_sign(c, (struct clock_sign){.ref = ref,
                                           .ns = image->ns,
                                           .pid = image->pid,
                                           .made_ns = image_made(c, image),
                                           .first_ns = image->ready_ns,
                                           .last_ns = MAX(image->ready_ns, MAX(image->end.exec_ns, left_ns)),
                                           .reaped_ns = leads ? c->over_ns : INT64_MAX});
}

/* The reaping of the fork child at `at`, where its block has it. */
static int64_t reaped_in(const struct spool_block *block, uint32_t at)
{
    for (uint32_t i = at + 1; i < block->cells; i++)
        if (block->cell[i].pid == block->cell[at].pid && spool_cell_is_reap(&block->cell[i]))
            return block->cell[i].reap.end_ns;
    return INT64_MAX;
}

/* A child that worked for long before it exec'd, or left, is no sign: there would be too many. */
static int see_fork(struct clocks *c, const struct spool_block *block, uint32_t at, uint32_t ref)
{
    const struct spool_born *born = &block->cell[at].born;
    int64_t own_ns = born->end.exec_ns ? born->end.exec_ns : born->end.left ? born->end.end_ns : 0;
    int64_t reaped_ns = reaped_in(block, at);
    if (!own_ns || (own_ns >= born->start_ns && own_ns <= reaped_ns && !is_foreign(c, own_ns) &&
                    (!born->end.exec_ns || own_ns - born->start_ns <= SLOW_NS)))
        return 0;
    /* A child that only left did so shortly before it was reaped. */
    bool has_left = !born->end.exec_ns && reaped_ns != INT64_MAX;
    return add_sign(c, (struct clock_sign){.ref = ref,
                                           .ns = block->ns,
                                           .pid = block->cell[at].pid,
                                           .made_ns = has_left ? reaped_ns : born->start_ns,
                                           .first_ns = own_ns,
                                           .last_ns = own_ns,
                                           .reaped_ns = reaped_ns});
}

int clocks_see_block(struct clocks *c, const struct spool_block *block, uint32_t ref)
{
    int err = 0;
    for (uint32_t i = 0; i < block->cells && !err; i++)
        if (block->cell[i].kind == SPOOL_CELL_BORN)
            err = see_fork(c, block, i, ref + 1 + i);
    return err;
}

static int pid_order(const void *a, const void *b)
{
    const struct clock_sign *x = a, *y = b;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

static int ref_order(const void *a, const void *b)
{
    const struct clock_sign *x = a, *y = b;
    return (x->ref > y->ref) - (x->ref < y->ref);
}

void clocks_begin_reaps(struct clocks *c)
{
    if (c->signs_len)
        qsort(c->signs, c->signs_len, sizeof *c->signs, pid_order);
}

uint64_t clocks_see_reap(struct clocks *c, uint32_t ns, const struct spool_cell *cell, uint64_t steps)
{
    const struct clock_sign key = {.pid = cell->pid}, *end = c->signs_len ? c->signs + c->signs_len : NULL;
    struct clock_sign *s = end ? bsearch(&key, c->signs, c->signs_len, sizeof *s, pid_order) : NULL;
    uint64_t left = steps;
    for (; s && s > c->signs && s[-1].pid == key.pid && left; left--)
        s--;
    for (; s && s < end && s->pid == key.pid && left; s++, left--)
        if (s->ns == ns && cell->reap.end_ns >= s->made_ns)
            s->reaped_ns = MIN(s->reaped_ns, cell->reap.end_ns);
    return steps - left;
}

/* Whether all that it wrote can be by its maker's clock, which is ahead of the run's by so much. */
static bool is_possible(const struct clocks *c, const struct clock_sign *s, int64_t ahead_ns)
{
    if (is_foreign(c, s->first_ns - ahead_ns) || is_foreign(c, s->last_ns - ahead_ns))
        return false;
    bool is_early = s->first_ns < s->made_ns - SLACK_NS;
    bool is_late = s->reaped_ns != INT64_MAX && s->last_ns > s->reaped_ns + SLACK_NS;
    return !is_early && !is_late;
}

/* One word a link for the moves, and one for the ways up to them. */
static int begin_moves(struct clocks *c)
{
    c->own = calloc(c->lineage->links_len + 1, sizeof *c->own);
    return c->own ? lineage_skips_init(&c->without, c->lineage) : -ENOMEM;
}

static int add_move(struct clocks *c, struct clock_move move)
{
    int err = list_grow(&c->list, c->len, &c->cap, sizeof *c->list);
    if (!err && !c->len)
        err = begin_moves(c);
    if (err)
        return err;
    c->list[c->len++] = move;
    c->own[lineage_index(c->lineage, move.ref)] = (uint32_t)c->len;
    return 0;
}

/* Makers are recorded before what they make, so by rising references each one's clock is known before its
 * children's. */
int clocks_decide(struct clocks *c, uint32_t first)
{
    int err = 0;
    if (c->signs_len)
        qsort(c->signs, c->signs_len, sizeof *c->signs, ref_order);
    for (size_t i = 0; i < c->signs_len && !err; i++) {
        const struct clock_sign *s = &c->signs[i];
        int64_t ahead = clocks_ahead(c, lineage_up(c->lineage, s->ref));
        if (s->ref != first && !is_possible(c, s, ahead))
            err = add_move(c, (struct clock_move){s->ref, ahead + s->first_ns - s->made_ns});
    }
    c->signs_len = 0;
    return err;
}

/* The move that `ref` lives by: its own or that of its nearest ancestor with one; NULL: the run's clock. */
static const struct clock_move *find(const struct clocks *c, uint32_t ref)
{
    if (!c->len)
        return NULL;
    while ((ref = lineage_skips_next(&c->without, c->lineage, ref))) {
        uint32_t own = c->own[lineage_index(c->lineage, ref)];
        if (own)
            return &c->list[own - 1];
        lineage_skips_pass(&c->without, c->lineage, ref);
    }
    return NULL;
}

bool clocks_is_moved(const struct clocks *c, uint32_t ref)
{
    return find(c, ref) != NULL;
}

int64_t clocks_ahead(const struct clocks *c, uint32_t ref)
{
    const struct clock_move *move = find(c, ref);
    return move ? move->ahead_ns : 0;
}

static int64_t by_run(int64_t ns, int64_t ahead_ns)
{
    return ahead_ns ? MIN(MAX(ns - ahead_ns, 0), CLOCK_NEVER - 1) : ns;
}

int64_t clocks_mend(const struct clocks *c, uint32_t ref, int64_t ns)
{
    return by_run(ns, clocks_ahead(c, ref));
}

static void mend_end(struct spool_end *end, int64_t ahead_ns)
{
    end->end_ns = by_run(end->end_ns, ahead_ns);
    if (end->exec_ns)
        end->exec_ns = by_run(end->exec_ns, ahead_ns);
}

void clocks_mend_image(const struct clocks *c, struct spool_image *image, uint32_t ref)
{
    if (!c->len)
        return;
    int64_t own = clocks_ahead(c, ref), makers = clocks_ahead(c, lineage_up(c->lineage, ref));
    mend_end(&image->end, own);
    image->ready_ns = by_run(image->ready_ns, own);
    if (image->head.flags & SPOOL_IMAGE_DOUBTED) { /* it was told, but by its own clock that was still to come */
        image->start_ns = MIN(by_run(image->doubted_ns, makers), image->ready_ns);
        image->head.flags |= SPOOL_IMAGE_START_SEEN;
    } else {
        image->start_ns = by_run(image->start_ns, image->head.flags & SPOOL_IMAGE_START_SEEN ? makers : own);
        image->ready_ns = MAX(image->ready_ns, image->start_ns);
    }
}

void clocks_mend_cell(const struct clocks *c, struct spool_cell *cell, uint32_t ref, uint32_t owner)
{
    if (!c->len)
        return;
    if (spool_cell_is_reap(cell)) {
        cell->reap.end_ns = clocks_mend(c, owner, cell->reap.end_ns);
        return;
    }
    cell->born.start_ns = clocks_mend(c, owner, cell->born.start_ns);
    mend_end(&cell->born.end, clocks_ahead(c, ref));
}
