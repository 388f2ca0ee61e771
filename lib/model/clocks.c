/* SPDX-License-Identifier: MIT */
/* Signs of other clocks, amounts from bounds, and what follows for the times that were written. */
#include "model/clocks.h"

#include <stdlib.h>

#include "model/list.h"

#define SLOW_NS                                                                                              \
    INT64_C(1000000000) /* longer between an exec call and the program is a sign; shorter is not looked at   \
                         */
#define NEAR_NS INT64_C(20000000) /* a place known to this is none to warn of */
#define EXEC_NS                                                                                              \
    INT64_C(1000000) /* usual between an exec call and the program, or between an end and its reaping */
#define AHEAD_MAX (INT64_C(1) << 60)

static int signs_add(struct clock_signs *s, uint32_t ref)
{
    int err = list_grow(&s->list, s->len, &s->cap, sizeof *s->list);
    if (!err)
        s->list[s->len++] = ref;
    return err;
}

static bool is_foreign(const struct clock_signs *s, int64_t ns)
{
    return ns && (ns < s->from_ns || ns > s->until_ns);
}

bool clock_is_odd(const struct spool_image *image)
{
    if (!image->origin || image->head.flags & (SPOOL_IMAGE_UNSEEN | SPOOL_IMAGE_FORKED))
        return false;
    /* What it was told lay in its future, so that it did not believe it. */
    if (!(image->head.flags & SPOOL_IMAGE_START_SEEN))
        return true;
    return image->ready_ns - image->start_ns > SLOW_NS;
}

int clock_signs_image(struct clock_signs *s, const struct spool_image *image, uint32_t ref)
{
    bool is_sign = clock_is_odd(image) || is_foreign(s, image->ready_ns) || is_foreign(s, image->end.end_ns);
    int64_t ran_ns = image->end.exec_ns ? image->end.exec_ns - image->ready_ns : 0;
    int err = is_sign ? signs_add(s, ref) : 0;
    /* Short-lived is who changes its clock by setns and then execs; so far, or by so little. */
    return err || (ran_ns >= 0 && ran_ns <= SLOW_NS) ? err : signs_add(s, ref | CLOCK_SIGN_MAKER);
}

static bool is_reaped_earlier(const struct spool_block *block, uint32_t at)
{
    const struct spool_cell *born = &block->cell[at];
    for (uint32_t i = at + 1; i < block->cells; i++) {
        const struct spool_cell *cell = &block->cell[i];
        if (cell->pid == born->pid && spool_cell_is_reap(cell))
            return cell->reap.end_ns < born->born.end.end_ns;
    }
    return false;
}

static bool is_sign(const struct clock_signs *s, const struct spool_block *block, uint32_t at)
{
    const struct spool_born *born = &block->cell[at].born;
    if (is_foreign(s, born->start_ns) || is_foreign(s, born->end.exec_ns) || is_foreign(s, born->end.end_ns))
        return true;
    if (born->end.exec_ns && (born->end.exec_ns < born->start_ns || born->end.exec_ns - born->start_ns > SLOW_NS))
        return true;
    return born->end.left && (born->end.end_ns < born->start_ns || is_reaped_earlier(block, at));
}

int clock_signs_block(struct clock_signs *s, const struct spool_block *block, uint32_t ref)
{
    int err = 0;
    for (uint32_t i = 0; i < block->cells && !err; i++)
        if (block->cell[i].kind == SPOOL_CELL_BORN && is_sign(s, block, i))
            err = signs_add(s, ref + 1 + i);
    return err;
}

void clocks_release(struct clocks *c)
{
    free(c->list);
    free(c->own);
    free(c->without.to);
    *c = (struct clocks){.lineage = c->lineage};
}

/* With the first move: one word a link for the moves, and one for the ways up to them. */
static int clocks_begin(struct clocks *c)
{
    c->own = calloc(c->lineage->links_len + 1, sizeof *c->own);
    return c->own ? lineage_skips_init(&c->without, c->lineage) : -ENOMEM;
}

int clocks_add(struct clocks *c, struct clock_move move)
{
    int err = list_grow(&c->list, c->len, &c->cap, sizeof *c->list);
    if (!err && !c->len)
        err = clocks_begin(c);
    if (err)
        return err;
    c->list[c->len++] = move;
    c->own[lineage_index(c->lineage, move.ref)] = (uint32_t)c->len;
    return 0;
}

int clocks_refresh(struct clocks *c)
{
    if (!c->len)
        return 0;
    free(c->without.to);
    return lineage_skips_init(&c->without, c->lineage);
}

const struct clock_move *clocks_find(const struct clocks *c, uint32_t ref)
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

int64_t clocks_ahead(const struct clocks *c, uint32_t ref)
{
    const struct clock_move *move = clocks_find(c, ref);
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

void clocks_mend_end(const struct clocks *c, struct spool_end *end, uint32_t ref)
{
    int64_t ahead = clocks_ahead(c, ref);
    end->end_ns = by_run(end->end_ns, ahead);
    if (end->exec_ns)
        end->exec_ns = by_run(end->exec_ns, ahead);
}

void clocks_mend_image(const struct clocks *c, struct spool_image *image, uint32_t ref)
{
    if (!c->len)
        return;
    bool was_told = image->head.flags & SPOOL_IMAGE_START_SEEN;
    int64_t own = clocks_ahead(c, ref), told = was_told ? clocks_ahead(c, lineage_up(c->lineage, ref)) : own;
    bool was_prompt = image->ready_ns - image->start_ns <= SLOW_NS;
    image->ready_ns = by_run(image->ready_ns, own);
    int64_t start = by_run(image->start_ns, told);
    /* It changed its clock itself, by setns: before it exec'd this image, or after somebody else had started
     * it. */
    bool is_late = start > image->ready_ns + CLOCK_SLACK_NS || start < image->ready_ns - SLOW_NS;
    if (is_late && was_prompt && image->origin_pid == image->pid)
        start = by_run(image->start_ns, own);
    image->start_ns = start;
    image->ready_ns = MAX(image->ready_ns, image->start_ns);
    clocks_mend_end(c, &image->end, ref);
}

static int birth_order(const void *a, const void *b)
{
    const struct clock_child *x = a, *y = b;
    if (x->birth_ns != y->birth_ns)
        return x->birth_ns < y->birth_ns ? -1 : 1;
    return (x->ref > y->ref) - (x->ref < y->ref);
}

/* What children with the same clock know of it together. */
struct group {
    int64_t least_ns, most_ns;
    bool reaped, prompt;
};

/* Whether the child can have that clock; then the group knows what it knows. */
static bool group_takes(struct group *g, const struct clock_child *child)
{
    int64_t least = MAX(g->least_ns, child->least_ns), most = MIN(g->most_ns, child->most_ns);
    if (least > most + CLOCK_SLACK_NS)
        return false;
    *g = (struct group){least, most, g->reaped || child->reaped, g->prompt || child->prompt};
    return true;
}

static bool is_at(const struct clock_child *child, int64_t ahead_ns)
{
    struct group g = {.least_ns = ahead_ns, .most_ns = ahead_ns};
    return group_takes(&g, child);
}

static struct clock_move group_move(const struct group *g)
{
    int64_t room = g->most_ns - g->least_ns;
    /* Starting a program takes several times as long as ending it. */
    if (room <= NEAR_NS)
        return (struct clock_move){.ahead_ns = g->least_ns + room / 5};
    if (g->prompt) /* whoever reaped it may have had other things to do */
        return (struct clock_move){.ahead_ns = g->most_ns - EXEC_NS};
    return (struct clock_move){.guessed = true, .ahead_ns = g->reaped ? g->least_ns + EXEC_NS : g->most_ns};
}

/* Those from the first one on that have a clock in common: how many. */
static size_t settle_group(struct clock_child *list, size_t len, int64_t ahead_ns)
{
    size_t n = 0;
    while (n < len && is_at(&list[n], ahead_ns))
        n++;
    if (n)
        return n;
    struct group g = {.least_ns = -AHEAD_MAX, .most_ns = AHEAD_MAX};
    while (n < len && group_takes(&g, &list[n]))
        n++;
    struct clock_move move = group_move(&g);
    for (size_t i = 0; i < n; i++) {
        list[i].moved = true;
        list[i].move = move;
        list[i].move.ref = list[i].ref;
    }
    return n;
}

void clocks_settle(struct clock_child *list, size_t len, int64_t ahead_ns)
{
    for (size_t i = 0; i < len; i++) {
        struct clock_child *child = &list[i];
        child->moved = false;
        child->least_ns = MIN(MAX(child->least_ns, -AHEAD_MAX), AHEAD_MAX);
        /* One that changed its clock itself, by setns: what it wrote last counts, and its children read. */
        child->most_ns = MIN(MAX(child->most_ns, child->least_ns), AHEAD_MAX);
    }
    if (len)
        qsort(list, len, sizeof *list, birth_order);
    for (size_t i = 0; i < len;)
        i += settle_group(list + i, len - i, ahead_ns);
}
