/* SPDX-License-Identifier: MIT */
/* speedscope's JSON: CPU time by stack first, then each lane as a profile of its own. A frame is a name: with
 * arguments in it, nothing would add up. */
#include "base/json_write.h"
#include "base/own.h"
#include "export/flame.h"
#include "export/formats.h"
#include "export/escape.h"

static int init(struct export *e)
{
    return timeline_init(e->state, e->summary, true);
}

static int plan(struct export *e, const struct span *span)
{
    return timeline_add(e->state, span);
}

/* Names of processes and of tasks alike: a frame's number is the name's. */
static int put_frames(struct export *e, const struct timeline *t)
{
    int err = 0;
    buf_str(e->out, "\"shared\":{\"frames\":[");
    for (uint32_t i = 0; !err && i < t->names.len; i++) {
        buf_str(e->out, i ? ",\n{\"name\":" : "\n{\"name\":");
        if (i)
            text_put_json(e->out, intern_text(&t->names, i));
        else
            buf_str(e->out, "\"-\"");
        buf_char(e->out, '}');
        err = export_spill(e);
    }
    buf_str(e->out, "]}");
    return err;
}

/* A stack without its first frame, the run, which would be on all of them. */
static void put_sample(struct buf *out, const struct flame *flame, uint32_t frame, bool first)
{
    uint32_t stack[FLAME_DEPTH_MAX + 2], len = flame_stack(flame, frame, stack);
    buf_str(out, first ? "\n[" : ",\n[");
    for (uint32_t i = 1; i < len; i++) {
        if (i > 1)
            buf_char(out, ',');
        json_put_int(out, flame->frames[stack[i]].name);
    }
    buf_char(out, ']');
}

/* The same frames twice, once for their stacks and once for their weights. Returns the sum in *total. */
static int put_samples(struct export *e, const struct flame *flame, int64_t *total)
{
    int err = 0;
    bool first = true;
    buf_str(e->out, ",\"samples\":[");
    for (uint32_t i = 1; !err && i < flame->len; i++) {
        if (!flame->frames[i].cpu_us)
            continue;
        put_sample(e->out, flame, i, first);
        first = false;
        err = export_spill(e);
    }
    buf_str(e->out, "],\"weights\":[");
    *total = 0;
    for (uint32_t i = 1; !err && i < flame->len; i++) {
        if (!flame->frames[i].cpu_us)
            continue;
        if (*total)
            buf_char(e->out, ',');
        json_put_int(e->out, flame->frames[i].cpu_us);
        if (__builtin_add_overflow(*total, flame->frames[i].cpu_us, total))
            *total = INT64_MAX;
        err = export_spill(e);
    }
    buf_char(e->out, ']');
    return err;
}

static int put_cpu(struct export *e)
{
    struct flame flame;
    int64_t total = 0;
    int err = flame_init(&flame, e->state);
    if (!err) {
        buf_str(e->out, "{\"type\":\"sampled\",\"name\":\"CPU time\",\"unit\":\"microseconds\"");
        err = put_samples(e, &flame, &total);
    }
    buf_str(e->out, ",\"startValue\":0,\"endValue\":");
    json_put_int(e->out, total);
    buf_char(e->out, '}');
    flame_release(&flame);
    return err;
}

/* One lane being written. */
struct writing {
    struct export *e;
    const struct timeline *t;
    uint32_t top; /* the bar that is open, with others below it */
    bool any;
};

static void put_event(struct writing *w, char type, uint32_t at, int64_t at_ns)
{
    struct buf *out = w->e->out;
    buf_printf(out, "%s{\"type\":\"%c\",\"frame\":%u,\"at\":", w->any ? ",\n" : "\n", type, w->t->bars[at].name);
    timeline_put_us(out, timeline_offset(w->t, at_ns));
    buf_char(out, '}');
    w->any = true;
}

/* Close what has ended by then, from the top on. */
static void close_until(struct writing *w, int64_t now_ns)
{
    for (; w->top && w->t->bars[w->top].end_ns <= now_ns; w->top = w->t->bars[w->top].below)
        put_event(w, 'C', w->top, w->t->bars[w->top].end_ns);
}

/* `bars` are those of the lane by their starts. */
static int put_lane(struct export *e, const uint32_t *bars, uint32_t len, uint32_t lane)
{
    const struct timeline *t = e->state;
    struct writing w = {.e = e, .t = t};
    int64_t last_ns = t->start_ns;
    int err = 0;
    buf_printf(e->out, ",\n{\"type\":\"evented\",\"name\":\"%s, lane %u\",\"unit\":\"microseconds\",\"events\":[",
               t->bars[bars[0]].is_task ? "tasks" : "processes", lane);
    for (uint32_t i = 0; !err && i < len; i++) {
        const struct timeline_bar *bar = &t->bars[bars[i]];
        close_until(&w, bar->start_ns);
        put_event(&w, 'O', bars[i], bar->start_ns);
        w.top = bars[i];
        last_ns = MAX(last_ns, bar->end_ns);
        err = export_spill(e);
    }
    close_until(&w, INT64_MAX);
    buf_str(e->out, "],\"startValue\":0,\"endValue\":");
    timeline_put_us(e->out, timeline_offset(t, last_ns));
    buf_char(e->out, '}');
    return err;
}

/* The bars of one lane after those of another, each by start: sorted by counting. `ends` has where each
 * lane's end. */
static void sort_by_lane(const struct timeline *t, enum timeline_group group, uint32_t *bars, uint32_t *ends)
{
    for (uint32_t i = 1; i < t->len; i++)
        if (timeline_group_of(&t->bars[i]) == group)
            ends[t->bars[i].lane]++;
    for (uint32_t lane = 1; lane <= t->lanes[group]; lane++)
        ends[lane] += ends[lane - 1];
    for (uint32_t i = t->len - 1; i-- > 0;) {
        const struct timeline_bar *bar = &t->bars[t->order[i]];
        if (timeline_group_of(bar) == group)
            bars[--ends[bar->lane]] = t->order[i];
    }
}

/* After the sort an entry of `ends` is where the lane begins. */
static int put_group(struct export *e, enum timeline_group group)
{
    const struct timeline *t = e->state;
    uint32_t lanes = t->lanes[group];
    auto_free uint32_t *bars = calloc(t->len, sizeof *bars);
    auto_free uint32_t *starts = calloc(lanes + 2, sizeof *starts);
    if (!bars || !starts)
        return -ENOMEM;
    sort_by_lane(t, group, bars, starts);
    uint32_t all = 0;
    for (uint32_t i = 1; i < t->len; i++)
        all += timeline_group_of(&t->bars[i]) == group;
    starts[lanes + 1] = all;
    int err = 0;
    for (uint32_t lane = 1; !err && lane <= lanes; lane++)
        err = put_lane(e, bars + starts[lane], starts[lane + 1] - starts[lane], lane);
    return err;
}

static int end(struct export *e)
{
    int err = timeline_link(e->state);
    if (!err)
        err = timeline_assign_lanes(e->state);
    if (err)
        return err;
    auto_buf name = BUF_EMPTY;
    text_put_cut(&name, e->summary->name, 256);
    buf_str(e->out, "{\"$schema\":\"https://www.speedscope.app/"
                    "file-format-schema.json\",\"exporter\":\"dtrack\",\"name\":");
    text_put_json(e->out, buf_text(&name));
    buf_char(e->out, ',');
    err = put_frames(e, e->state);
    buf_str(e->out, ",\"profiles\":[\n");
    if (!err)
        err = put_cpu(e);
    if (!err)
        err = put_group(e, TIMELINE_TASKS);
    if (!err)
        err = put_group(e, TIMELINE_PROCESSES);
    buf_str(e->out, "\n]}\n");
    return err;
}

static void release(struct export *e)
{
    timeline_release(e->state);
}

const struct export_format format_speedscope = {
    .name = "speedscope",
    .help = "CPU by stack, and each lane, for speedscope.app",
    .suffix = ".speedscope.json",
    .state_bytes = sizeof(struct timeline),
    .init = init,
    .plan = plan,
    .end = end,
    .release = release,
};
