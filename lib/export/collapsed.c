/* SPDX-License-Identifier: MIT */
/* Collapsed stacks, one line each: frames with semicolons between, a blank, a number. For flamegraph.pl,
 * inferno, speedscope and the Firefox profiler. The number is microseconds of own time: in which none of a
 * process's children ran. */
#include "base/json_write.h"
#include "export/flame.h"
#include "export/formats.h"
#include "export/escape.h"

#define NAME_MAX_BYTES 200

static int init(struct export *e)
{
    return timeline_init(e->state, e->summary, true);
}

static int plan(struct export *e, const struct span *span)
{
    return timeline_add(e->state, span);
}

/* Semicolons part frames. A line that begins with a brace would be taken for JSON. */
static void put_frame(struct buf *out, const char *name, bool is_task)
{
    auto_buf frame = BUF_EMPTY;
    text_put_broken(&frame, name);
    for (size_t i = 0; i < frame.len; i++)
        if (frame.data[i] == ';')
            frame.data[i] = ',';
    buf_printf(out, is_task ? "[%s]" : "%s", frame.len ? frame.data : "-");
}

static void put_run(struct buf *out, const char *name)
{
    auto_buf cut = BUF_EMPTY;
    size_t at = out->len;
    text_put_cut(&cut, name, NAME_MAX_BYTES);
    put_frame(out, buf_text(&cut), false);
    if (!buf_error(out) && (out->data[at] == '{' || out->data[at] == '#'))
        out->data[at] = '(';
}

static void put_line(struct buf *out, const struct export *e, const struct flame *flame, uint32_t frame)
{
    const struct timeline *t = e->state;
    uint32_t stack[FLAME_DEPTH_MAX + 2], len = flame_stack(flame, frame, stack);
    put_run(out, e->summary->name);
    for (uint32_t i = 1; i < len; i++) {
        const struct flame_frame *at = &flame->frames[stack[i]];
        buf_char(out, ';');
        put_frame(out, intern_text(&t->names, at->name), at->is_task);
    }
    buf_char(out, ' ');
    json_put_int(out, flame->frames[frame].own_ns / 1000);
    buf_char(out, '\n');
}

static int put_lines(struct export *e, const struct flame *flame)
{
    int err = 0;
    for (uint32_t i = 1; !err && i < flame->len; i++) {
        if (flame->frames[i].own_ns < 1000)
            continue;
        put_line(e->out, e, flame, i);
        err = export_spill(e);
    }
    return err;
}

static int end(struct export *e)
{
    struct flame flame;
    int err = timeline_link(e->state);
    if (err)
        return err;
    err = flame_init(&flame, e->state);
    if (!err)
        err = put_lines(e, &flame);
    flame_release(&flame);
    return err;
}

static void release(struct export *e)
{
    timeline_release(e->state);
}

const struct export_format format_collapsed = {
    .name = "collapsed",
    .help = "stacks with their own microseconds, for flame graphs",
    .suffix = ".collapsedstack.txt",
    .state_bytes = sizeof(struct timeline),
    .init = init,
    .plan = plan,
    .end = end,
    .release = release,
};
