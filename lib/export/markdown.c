/* SPDX-License-Identifier: MIT */
/* A run on a page of Markdown, for the job summaries of CI systems and comments: what happened, tasks,
 * failures, what took long. Short by its making; and never beyond what those systems take, as they drop the
 * whole of what is longer. */
#include <string.h>

#include "export/formats.h"
#include "export/tally.h"
#include "export/escape.h"

#define PAGE_MAX_BYTES (900 * 1024)
#define CELL_MAX_BYTES 300
#define TASKS_SHOWN 50
#define FAILURES_SHOWN 20
#define LONGEST_SHOWN 10
#define MARKS_SHOWN 20

/* Of each byte of a cell a reference may have been made, of six bytes; the rest of a row is short. */
#define ROW_MAX_BYTES(cells) ((cells) * (CELL_MAX_BYTES + 3) * 6 + 300)
_Static_assert(ROW_MAX_BYTES(2) * (1 + TASKS_SHOWN + FAILURES_SHOWN + LONGEST_SHOWN + MARKS_SHOWN) <
                   PAGE_MAX_BYTES,
               "GitHub takes 1 MiB");

/* A cell, or part of a line, that holds recorded text. Code is not searched for mentions and links. */
static void put_code(struct buf *out, const char *text)
{
    auto_buf cut = BUF_EMPTY;
    text_put_cut(&cut, text, CELL_MAX_BYTES);
    buf_str(out, "<code>");
    text_put_markdown(out, buf_text(&cut));
    buf_str(out, "</code>");
}

/* Also "<1 ms", whose first sign is one of HTML's. */
static void put_duration(struct buf *out, int64_t ns)
{
    auto_buf text = BUF_EMPTY;
    words_duration(&text, ns);
    text_put_markdown(out, buf_text(&text));
}

static void put_head(const struct export *e)
{
    const struct summary *s = e->summary;
    struct buf *out = e->out;
    const struct words_end end = {s->end_by, s->exit_code, s->signal};
    buf_str(out, "### ");
    put_code(out, s->name);
    buf_str(out, words_failed(&end) ? ": failed, " : ": ");
    words_status(out, &end);
    buf_str(out, " after ");
    put_duration(out, s->dur_ns);
    buf_str(out, "\n\n");
    words_counted(out, s->processes, "process|processes");
    buf_str(out, ", ");
    words_counted(out, s->tasks, "task");
    buf_str(out, ", CPU ");
    int64_t us = MAX(s->user_us, 0);
    tree_add_up(&us, MAX(s->sys_us, 0));
    put_duration(out, us > INT64_MAX / 1000 ? INT64_MAX : us * 1000);
    buf_str(out, "; started ");
    words_time(out, s->start_ns);
    buf_str(out, " UTC; run ");
    put_code(out, s->run_id);
    buf_char(out, '\n');
}

/* A row for what the table leaves out. */
static void put_left_out(struct buf *out, uint32_t count, const char *cells)
{
    if (!count)
        return;
    buf_str(out, "| and ");
    words_count(out, count);
    buf_printf(out, " more |%s\n", cells);
}

static void put_tasks(const struct export *e)
{
    const struct tally *tally = e->state;
    struct buf *out = e->out;
    uint32_t shown = MIN(tally->tasks_len, TASKS_SHOWN);
    if (!shown)
        return;
    buf_str(out, "\n#### Tasks\n\n| task | times | in all | longest | failed |\n|---|--:|--:|--:|--:|\n");
    for (uint32_t i = 0; i < shown; i++) {
        const struct tally_task *task = &tally->tasks[i];
        buf_str(out, "| ");
        put_code(out, tree_text(&tally->tree, task->label));
        buf_str(out, " | ");
        words_count(out, task->count);
        buf_str(out, " | ");
        put_duration(out, task->ns);
        buf_str(out, " | ");
        put_duration(out, task->longest_ns);
        buf_str(out, " | ");
        if (task->failed)
            words_count(out, task->failed);
        buf_str(out, " |\n");
    }
    put_left_out(out, tally->tasks_len - shown, " | | | |");
}

static void put_failures(const struct export *e)
{
    const struct tally *tally = e->state;
    struct buf *out = e->out;
    uint32_t count = 0;
    for (uint32_t i = 1; i < tally->tree.len; i++) {
        const struct tree_node *node = &tally->tree.nodes[i];
        if (!tally_process_failed(node) || count++ >= FAILURES_SHOWN)
            continue;
        if (count == 1)
            buf_str(out, "\n#### Failed\n\n| command | how | after | task |\n|---|---|--:|---|\n");
        buf_str(out, "| ");
        put_code(out, tree_text(&tally->tree, node->label));
        buf_str(out, " | ");
        words_status(out, &node->end);
        buf_str(out, " | ");
        put_duration(out, node->dur_ns);
        buf_str(out, " | ");
        if (node->task)
            put_code(out, tree_text(&tally->tree, node->task));
        buf_str(out, " |\n");
    }
    put_left_out(out, count > FAILURES_SHOWN ? count - FAILURES_SHOWN : 0, " | | |");
}

static int64_t own_time(const struct tree_node *node)
{
    return node->is_task ? -1 : node->own_ns;
}

static void put_longest(const struct export *e)
{
    const struct tally *tally = e->state;
    struct buf *out = e->out;
    uint32_t top[LONGEST_SHOWN], len = tally_top(tally, own_time, top, LONGEST_SHOWN);
    if (!len)
        return;
    buf_str(out, "\n#### Longest by themselves, without the time of their children\n\n"
                 "| command | own time | CPU | task |\n|---|--:|--:|---|\n");
    for (uint32_t i = 0; i < len; i++) {
        const struct tree_node *node = &tally->tree.nodes[top[i]];
        buf_str(out, "| ");
        put_code(out, tree_text(&tally->tree, node->label));
        buf_str(out, " | ");
        put_duration(out, node->own_ns);
        buf_str(out, " | ");
        put_duration(out, node->cpu_us > INT64_MAX / 1000 ? SPAN_NONE : node->cpu_us * 1000);
        buf_str(out, " | ");
        if (node->task)
            put_code(out, tree_text(&tally->tree, node->task));
        buf_str(out, " |\n");
    }
}

static void put_marks(const struct export *e)
{
    const struct tree *tree = &((const struct tally *)e->state)->tree;
    struct buf *out = e->out;
    size_t shown = MIN(tree->marks_len, (size_t)MARKS_SHOWN);
    if (!shown)
        return;
    buf_str(out, "\n#### Marks\n\n| mark | value |\n|---|---|\n");
    for (size_t i = 0; i < shown; i++) {
        buf_str(out, "| ");
        put_code(out, tree_text(tree, tree->marks[i].name));
        buf_str(out, " | ");
        if (tree->marks[i].value)
            put_code(out, tree_text(tree, tree->marks[i].value));
        buf_str(out, " |\n");
    }
    put_left_out(out, (uint32_t)MIN(tree->marks_seen - (int64_t)shown, (int64_t)UINT32_MAX), " |");
}

static int end(struct export *e)
{
    int err = tally_finish(e->state);
    if (err)
        return err;
    put_head(e);
    put_tasks(e);
    put_failures(e);
    put_longest(e);
    put_marks(e);
    return 0;
}

const struct export_format format_markdown = {
    .name = "markdown",
    .help = "a page for the job summaries of CI systems",
    .suffix = ".md",
    .state_bytes = sizeof(struct tally),
    .init = tally_init,
    .plan = tally_plan,
    .end = end,
    .release = tally_release,
};
