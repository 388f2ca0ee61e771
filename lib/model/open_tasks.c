/* SPDX-License-Identifier: MIT */
/* A table of chains. Each open task stands in it twice: by its name, and by its name with the process that started it; the
 * latest ones come first in each chain. */
#include "model/open_tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHAINS_LEAST 64
#define WAYS 2 /* by name, by name and process */

/* A place in a chain: a task, and by which of the two ways it stands there. */
static size_t place_of(size_t task, size_t way)
{
    return task * WAYS + way;
}

static struct task_link *link_of(const struct tasks *t, size_t place)
{
    return &t->list[place / WAYS].open[place % WAYS];
}

/* FNV-1a, folded: chains are picked by the low bits. */
static size_t *chain_of(const struct tasks *t, const char *name, int32_t ppid, size_t way)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ way;
    for (const char *at = name; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    if (way)
        hash = (hash ^ (uint32_t)ppid) * UINT64_C(0x100000001b3);
    return &t->chains[(hash ^ hash >> 32) & (t->chains_len - 1)];
}

static void put_first(struct tasks *t, size_t place)
{
    const struct task *task = &t->list[place / WAYS];
    size_t *chain = chain_of(t, task->name, task->ppid, place % WAYS);
    *link_of(t, place) = (struct task_link){.next = *chain, .before = TASKS_NONE};
    if (*chain != TASKS_NONE)
        link_of(t, *chain)->before = place;
    *chain = place;
}

static void put_task(struct tasks *t, size_t task)
{
    for (size_t way = 0; way < WAYS; way++)
        put_first(t, place_of(task, way));
}

/* More chains, so that each stays short; of the tasks that were there. */
static int grow(struct tasks *t, size_t len)
{
    size_t *chains = malloc(len * sizeof *chains);
    if (!chains)
        return -ENOMEM;
    free(t->chains);
    t->chains = chains;
    t->chains_len = len;
    for (size_t i = 0; i < len; i++)
        chains[i] = TASKS_NONE;
    for (size_t i = 0; i + 1 < t->len; i++)
        if (t->list[i].is_open)
            put_task(t, i);
    return 0;
}

int open_tasks_add(struct tasks *t)
{
    if (t->len * WAYS > t->chains_len) {
        int err = grow(t, t->chains_len ? t->chains_len * 2 : CHAINS_LEAST);
        if (err)
            return err;
    }
    t->list[t->len - 1].is_open = true;
    put_task(t, t->len - 1);
    return 0;
}

static size_t find(const struct tasks *t, const struct mark *mark, size_t way)
{
    size_t place = *chain_of(t, mark->name, mark->ppid, way);
    for (; place != TASKS_NONE; place = link_of(t, place)->next) {
        const struct task *task = &t->list[place / WAYS];
        if (place % WAYS == way && (!way || task->ppid == mark->ppid) && !strcmp(task->name, mark->name))
            return place / WAYS;
    }
    return TASKS_NONE;
}

size_t open_tasks_find(const struct tasks *t, const struct mark *mark)
{
    if (!t->chains_len)
        return TASKS_NONE;
    size_t own = mark->ppid ? find(t, mark, 1) : TASKS_NONE;
    return own != TASKS_NONE ? own : find(t, mark, 0);
}

void open_tasks_remove(struct tasks *t, size_t task)
{
    struct task *gone = &t->list[task];
    for (size_t way = 0; way < WAYS; way++) {
        const struct task_link *link = &gone->open[way];
        if (link->before == TASKS_NONE)
            *chain_of(t, gone->name, gone->ppid, way) = link->next;
        else
            link_of(t, link->before)->next = link->next;
        if (link->next != TASKS_NONE)
            link_of(t, link->next)->before = link->before;
    }
    gone->is_open = false;
}
