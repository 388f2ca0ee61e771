/* SPDX-License-Identifier: MIT */
/* Calls sorted by owner and time, so that a script which makes a hundred thousand of them is no harder than one which
 * makes ten. */
#include "model/systems.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "model/list.h"
#include "spool/reader.h"

#define SYSTEMS_TRIED 1000 /* calls of one process that were going on at once */

void systems_release(struct systems *s)
{
    free(s->list);
    *s = (struct systems){0};
}

int systems_add(struct systems *s, uint32_t owner, const struct spool_cell *cell)
{
    const struct spool_end *said = &cell->born.end;
    int err = list_grow(&s->list, s->len, &s->cap, sizeof *s->list);
    if (!err)
        s->list[s->len++] = (struct system_call){.owner = owner,
                                                 .start_ns = cell->born.start_ns,
                                                 .end_ns = said->end_ns,
                                                 .status = said->returned,
                                                 .key = said->exec_ns,
                                                 .closes = cell->kind == SPOOL_CELL_SYSTEM && said->exec_ns};
    return err;
}

static int by_stream(const void *a, const void *b)
{
    const struct system_call *x = a, *y = b;
    if (x->owner != y->owner)
        return x->owner < y->owner ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
}

static int by_start(const void *a, const void *b)
{
    const struct system_call *x = a, *y = b;
    if (x->owner != y->owner)
        return x->owner < y->owner ? -1 : 1;
    return (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
}

/* A stream's pclose comes next after its popen, for only then it can be used again. */
static void join_streams(struct systems *s)
{
    size_t kept = 0;
    qsort(s->list, s->len, sizeof *s->list, by_stream);
    for (size_t i = 0; i < s->len; i++) {
        const struct system_call *call = &s->list[i];
        struct system_call *last = kept ? &s->list[kept - 1] : NULL;
        if (!call->closes) {
            s->list[kept++] = *call;
        } else if (last && last->owner == call->owner && last->key == call->key && !last->end_ns) {
            last->end_ns = call->end_ns;
            last->status = call->status;
        }
    }
    s->len = kept;
}

void systems_complete(struct systems *s)
{
    if (!s->len)
        return;
    join_streams(s);
    qsort(s->list, s->len, sizeof *s->list, by_start);
    for (size_t i = 0; i < s->len; i++) {
        struct system_call *call = &s->list[i];
        bool first = !i || call[-1].owner != call->owner;
        call->latest_ns = first || call[-1].latest_ns < call->end_ns ? call->end_ns : call[-1].latest_ns;
    }
}

/* How many calls are of an earlier owner than the shell's parent, or began before the shell. */
static size_t count_before(const struct systems *s, const struct system_shell *shell)
{
    size_t low = 0, high = s->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct system_call *call = &s->list[middle];
        if (call->owner < shell->parent || (call->owner == shell->parent && call->start_ns <= shell->start_ns))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether what the call returned can be the status of a shell that says this of its own end. */
static bool agrees(const struct system_call *call, const struct system_shell *shell)
{
    if (!wait_status_is_known(call->status))
        return true;
    struct wait_status said = spool_end_status(&shell->end);
    return wait_status_is_known(said) ? wait_status_is_same(call->status, said)
                                      : shell->end.left || wait_status_is_signal(call->status);
}

const struct system_call *systems_find(struct systems *s, const struct system_shell *shell)
{
    struct system_call *found = NULL;
    int tries = 0;
    for (size_t i = count_before(s, shell); i-- > 0 && tries < SYSTEMS_TRIED; tries++) {
        struct system_call *call = &s->list[i];
        if (call->owner != shell->parent || call->latest_ns < shell->start_ns)
            break;
        if (!call->taken && call->end_ns >= shell->start_ns && agrees(call, shell))
            found = call;
    }
    if (found)
        found->taken = true;
    return found;
}
