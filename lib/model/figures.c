/* SPDX-License-Identifier: MIT */
/* Spans -> compact rows. Until they are linked, times are Unix ns and words hold what the spans said. */
#include "model/figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/figures_ids.h"
#include "model/figures_left.h"
#include "model/figures_program.h"
#include "model/list.h"

#define NS_MAX ((INT64_C(1) << 62) - 1) /* two of them can be added */
#define TASK_NAMES_MAX 200000u
#define IDS_MAX 4000000u

/* Packed CPU: the highest bit says that the rest are ms. */

int figures_init(struct figures *f, const struct figures_options *options)
{
    *f = (struct figures){.options = options ? *options : (struct figures_options){0}};
    if (!f->options.rows_max || f->options.rows_max > FIGURES_ROWS_MAX)
        f->options.rows_max = FIGURES_ROWS_MAX;
    if (!f->options.keys_max || f->options.keys_max > FIGURES_KEYS_MAX)
        f->options.keys_max = FIGURES_KEYS_MAX;
    size_t cap = 0;
    int err = list_grow(&f->rows, 0, &cap, sizeof *f->rows);
    f->cap = (uint32_t)cap;
    f->ids = calloc(1, sizeof *f->ids);
    if (err || !f->ids)
        return -ENOMEM;
    f->rows[f->len++] = (struct figures_row){.start_ns = SPAN_NONE, .end_ns = SPAN_NONE, .flags = FIGURES_RUNS};
    err = figures_names_init(&f->ids->texts, IDS_MAX);
    if (!err)
        err = figures_names_init(&f->keys, f->options.keys_max);
    return err ? err : figures_names_init(&f->task_names, TASK_NAMES_MAX);
}

void figures_release(struct figures *f)
{
    if (f->ids)
        figures_names_release(&f->ids->texts);
    free(f->ids);
    figures_names_release(&f->keys);
    figures_names_release(&f->task_names);
    free(f->rows);
    free(f->left);
    free(f->children);
    free(f->children_at);
    free(f->waited);
    free(f->waited_at);
    free(f->order);
    *f = (struct figures){0};
}

static uint32_t cpu_pack(int64_t us)
{
    if (us < FIGURES_CPU_IN_MS)
        return (uint32_t)MAX(us, 0);
    return (uint32_t)(MIN(us / 1000, FIGURES_CPU_IN_MS - 1)) | FIGURES_CPU_IN_MS;
}

/* Both, or what is known of them. */
static int64_t cpu_of(const struct span *span)
{
    int64_t user = MIN(MAX(span->user_us, 0), NS_MAX), sys = MIN(MAX(span->sys_us, 0), NS_MAX);
    return user + sys;
}

static uint8_t small(int64_t status)
{
    return (uint8_t)(status == SPAN_NONE ? 0 : status < 0 || status > 255 ? 255 : status);
}

/* Who has an account of a process with its descendants, or saw it end, is one who waited; the rest are as they say. */
static uint16_t flags_of(const struct span *span)
{
    unsigned flags = span->kind == SPAN_TASK ? FIGURES_TASK : figures_program_flags(span);
    if (span->kind == SPAN_PROCESS && span->forked)
        flags |= FIGURES_FORKED;
    if (span->end_by == SPAN_END_EXEC)
        flags |= FIGURES_EXECED;
    if (span->end_by == SPAN_END_INFERRED || span->end_by == SPAN_END_RUN)
        flags |= FIGURES_LEAST;
    if (span->dur_ns == SPAN_NONE || span->end_by == SPAN_END_RUNNING)
        flags |= FIGURES_RUNS;
    if (span->exit_code != SPAN_NONE || span->signal != SPAN_NONE)
        flags |= FIGURES_STATUS;
    if (span->reaped_ns != SPAN_NONE || span->tree_user_us != SPAN_NONE || span->end_by == SPAN_END_PARENT)
        flags |= FIGURES_REAPED;
    if (span->user_us != SPAN_NONE || span->sys_us != SPAN_NONE)
        flags |= FIGURES_CPU;
    return (uint16_t)flags;
}

/* Whole microseconds between the end and the reaping. */
static uint32_t reap_us(const struct span *span, int64_t end_ns)
{
    if (span->reaped_ns == SPAN_NONE || span->reaped_ns <= end_ns)
        return 0;
    int64_t us = (MIN(span->reaped_ns, NS_MAX) - end_ns) / 1000;
    return (uint32_t)MIN(us, (int64_t)UINT32_MAX);
}

/* Rows may be damaged, or forged: times are brought to where they can be calculated with. */
static struct figures_row row_of(const struct span *span)
{
    int64_t start = MIN(MAX(span->start_ns, 0), NS_MAX / 2);
    int64_t dur = span->dur_ns == SPAN_NONE ? 0 : MIN(MAX(span->dur_ns, 0), NS_MAX / 2);
    int64_t pid = span->kind == SPAN_TASK ? span->ppid : span->pid; /* of a task that of its owner */
    return (struct figures_row){
        .start_ns = start,
        .end_ns = start + dur,
        .cpu = cpu_pack(cpu_of(span)),
        .flags = flags_of(span),
        .reap_us = reap_us(span, start + dur),
        .pid = (uint32_t)(pid > 0 && pid <= INT32_MAX ? pid : 0),
        .exit_code = small(span->exit_code),
        .signal = small(span->signal),
    };
}

/* A task's key is its name; the others' task is known by name only, so far. */
static int name_row(struct figures *f, struct figures_row *row, const struct span *span, const char *key)
{
    int err = figures_ids_number(f->ids, span->span_id, &row->id);
    if (!err)
        err = figures_ids_number(f->ids, span->parent_id, &row->parent_id);
    if (!err && span->kind == SPAN_TASK)
        return figures_names_put(&f->task_names, span->name, &row->key);
    if (!err)
        err = figures_names_put(&f->task_names, span->task, &row->task);
    return err ? err : figures_names_put(&f->keys, key ? key : span->name, &row->key);
}

static int append(struct figures *f, const struct figures_row *row)
{
    size_t cap = f->cap;
    int err = f->len > f->options.rows_max ? figures_leave_out(f) : 0;
    if (!err && f->len > f->options.rows_max)
        return figures_leave_row_out(f, row);
    if (!err)
        err = list_grow(&f->rows, f->len, &cap, sizeof *f->rows);
    if (err)
        return err;
    f->cap = (uint32_t)cap;
    f->rows[f->len++] = *row;
    f->tasks += row->flags & FIGURES_TASK;
    return 0;
}

int figures_add(struct figures *f, const struct span *span, const char *key)
{
    struct figures_row row = row_of(span);
    if (span->kind == SPAN_MARK)
        return 0;
    if (span->kind == SPAN_RUN) {
        f->rows[FIGURES_RUN] = row;
        return 0;
    }
    int err = name_row(f, &row, span, key);
    if (!err)
        err = append(f, &row);
    if (!err && span->load_ns != SPAN_NONE && span->load_ns >= 0 && span->load_ns < NS_MAX - f->exec_ns) {
        f->exec_count++;
        f->exec_ns += span->load_ns;
    }
    return err;
}

const char *figures_key(const struct figures *f, uint32_t row)
{
    const struct figures_names *names = f->rows[row].flags & FIGURES_TASK ? &f->task_names : &f->keys;
    return row == FIGURES_RUN ? "" : figures_names_text(names, f->rows[row].key);
}

uint32_t figures_last(const struct figures *f, uint32_t life)
{
    while (f->rows[life].next && !(f->rows[life].flags & FIGURES_TASK))
        life = f->rows[life].next;
    return life;
}

const uint32_t *figures_children(const struct figures *f, uint32_t life, uint32_t *len)
{
    *len = f->children_at[life + 1] - f->children_at[life];
    return f->children + f->children_at[life];
}

const uint32_t *figures_waited(const struct figures *f, uint32_t life, uint32_t *len)
{
    *len = f->waited_at[life + 1] - f->waited_at[life];
    return f->waited + f->waited_at[life];
}

int64_t figures_wait_ns(const struct figures *f, uint32_t life)
{
    const struct figures_row *last = &f->rows[figures_last(f, life)];
    if (!(f->rows[life].flags & FIGURES_LATE))
        return last->end_ns;
    int64_t parent_end = f->rows[figures_last(f, figures_parent_life(f, life))].end_ns;
    return MIN(last->end_ns + (int64_t)last->reap_us * 1000, parent_end);
}

uint32_t figures_parent_life(const struct figures *f, uint32_t life)
{
    return f->rows[f->rows[life].parent].life;
}
