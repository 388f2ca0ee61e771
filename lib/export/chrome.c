/* SPDX-License-Identifier: MIT */
/* Chrome's JSON trace events, for chrome://tracing, DevTools' performance panel, Perfetto and the Firefox
 * profiler. Times are microseconds from the run's start: as Unix time they would not fit into a reader's
 * double. */
#include "base/json_write.h"
#include "export/formats.h"
#include "export/escape.h"
#include "export/timeline.h"

#define NAME_MAX_BYTES 256
#define COMMAND_MAX_BYTES 4096

/* Made-up processes, one for each group of lanes: readers lay lanes out by process and thread. */
static const struct {
    int pid;
    const char *name;
} groups[] = {[TIMELINE_TASKS] = {1, "tasks"}, [TIMELINE_PROCESSES] = {2, "processes"}};

struct chrome {
    struct timeline timeline;
    uint32_t at; /* the bar of the latest row */
};

static int init(struct export *e)
{
    struct chrome *c = e->state;
    return timeline_init(&c->timeline, e->summary, false);
}

static int plan(struct export *e, const struct span *span)
{
    struct chrome *c = e->state;
    return timeline_add(&c->timeline, span);
}

/* A line that names, or sorts, a process or a thread. */
static void put_metadata(struct buf *out, const char *what, int pid, uint32_t tid, const char *key)
{
    buf_printf(out, ",\n{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%d,\"tid\":%u,\"args\":{\"%s\":", what, pid, tid, key);
}

static int put_lanes(struct export *e, enum timeline_group group)
{
    const struct chrome *c = e->state;
    int pid = groups[group].pid, err = 0;
    put_metadata(e->out, "process_name", pid, 0, "name");
    buf_printf(e->out, "\"%s\"}}", groups[group].name);
    put_metadata(e->out, "process_sort_index", pid, 0, "sort_index");
    buf_printf(e->out, "%d}}", pid);
    for (uint32_t lane = 1; !err && lane <= c->timeline.lanes[group]; lane++) {
        put_metadata(e->out, "thread_name", pid, lane, "name");
        buf_printf(e->out, "\"lane %u\"}}", lane);
        put_metadata(e->out, "thread_sort_index", pid, lane, "sort_index");
        buf_printf(e->out, "%u}}", lane);
        err = export_spill(e);
    }
    return err;
}

/* The first line holds an event, too, so that all others can begin with a comma. */
static int begin(struct export *e)
{
    struct chrome *c = e->state;
    int err = timeline_link(&c->timeline);
    if (!err)
        err = timeline_assign_lanes(&c->timeline);
    if (err)
        return err;
    buf_str(e->out, "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"run_id\":");
    text_put_json(e->out, e->summary->run_id);
    buf_str(e->out, ",\"name\":");
    text_put_json(e->out, e->summary->name);
    buf_str(e->out, ",\"start_ns\":\"");
    json_put_int(e->out, e->summary->start_ns);
    buf_str(e->out, "\"},\"traceEvents\":[\n{\"ph\":\"M\",\"name\":\"process_labels\",\"pid\":1,\"tid\":0,\"args\":{"
                    "\"labels\":\"dtrack\"}}");
    err = put_lanes(e, TIMELINE_TASKS);
    return err ? err : put_lanes(e, TIMELINE_PROCESSES);
}

static void put_text(struct buf *out, const char *key, const char *text)
{
    if (!text)
        return;
    buf_printf(out, ",\"%s\":", key);
    text_put_json(out, text);
}

static void put_number(struct buf *out, const char *key, int64_t number)
{
    if (number == SPAN_NONE)
        return;
    buf_printf(out, ",\"%s\":", key);
    json_put_int(out, number);
}

static void put_cut_string(struct buf *out, const char *text, size_t max)
{
    auto_buf cut = BUF_EMPTY;
    text_put_cut(&cut, text, max);
    text_put_json(out, buf_text(&cut));
}

static void put_cut_text(struct buf *out, const char *key, const char *text, size_t max)
{
    buf_printf(out, ",\"%s\":", key);
    put_cut_string(out, text, max);
}

/* What is known of it beside its time; absent ones are left out. */
static void put_args(struct buf *out, const struct span *span)
{
    buf_str(out, ",\"args\":{\"span_id\":");
    text_put_json(out, span->span_id);
    put_text(out, "parent_id", span->parent_id);
    put_text(out, "end_by", span_end_word(span->end_by));
    if (span->kind == SPAN_PROCESS) {
        auto_buf command = BUF_EMPTY;
        text_put_command(&command, span, COMMAND_MAX_BYTES);
        put_text(out, "command", buf_text(&command));
    }
    if (span->cwd)
        put_cut_text(out, "cwd", span->cwd, COMMAND_MAX_BYTES);
    if (span->task)
        put_cut_text(out, "task", span->task, NAME_MAX_BYTES);
    put_number(out, "pid", span->pid);
    put_number(out, "ppid", span->ppid);
    put_number(out, "exit_code", span->exit_code);
    put_number(out, "signal", span->signal);
    put_number(out, "user_us", span->user_us);
    put_number(out, "sys_us", span->sys_us);
    put_number(out, "maxrss_kb", span->maxrss_kb);
    if (span->forked)
        buf_str(out, ",\"forked\":true");
    buf_str(out, "}}");
}

/* How each event begins: what, where, when. */
static void put_event(struct buf *out, const char *phase, int pid, uint32_t lane, int64_t at_ns)
{
    buf_printf(out, ",\n{\"ph\":\"%s\",\"pid\":%d,\"tid\":%u,\"ts\":", phase, pid, lane);
    timeline_put_us(out, at_ns);
}

/* An arrow from the starter's bar to one in another lane. Readers tie an end to the bar that they have read
 * last of the lane, also when that is over: so the arrow leaves where the starter begins, before all that
 * lies on it, and arrives behind its own bar. Where the starter is still to come, or something begins with
 * it, there is no arrow. */
static void put_flow(struct buf *out, const struct timeline *t, uint32_t at, int pid)
{
    const struct timeline_bar *bar = &t->bars[at], *parent = &t->bars[bar->parent];
    if (!bar->parent || bar->head != at || bar->lane == parent->lane || bar->parent > at || parent->capped ||
        bar->start_ns < parent->start_ns || parent->start_ns == parent->end_ns)
        return;
    put_event(out, "s", pid, parent->lane, timeline_offset(t, parent->start_ns));
    buf_printf(out, ",\"id\":%u,\"cat\":\"start\",\"name\":\"starts\"}", at);
    put_event(out, "f", pid, bar->lane, timeline_offset(t, bar->start_ns));
    buf_printf(out, ",\"id\":%u,\"cat\":\"start\",\"name\":\"starts\",\"bp\":\"e\"}", at);
}

static void put_bar(struct buf *out, const struct timeline *t, uint32_t at, const struct span *span)
{
    const struct timeline_bar *bar = &t->bars[at];
    int pid = groups[timeline_group_of(bar)].pid;
    put_event(out, "X", pid, bar->lane, timeline_offset(t, bar->start_ns));
    buf_str(out, ",\"dur\":");
    timeline_put_us(out, bar->end_ns - bar->start_ns);
    put_text(out, "cat", span_kind_word(span->kind));
    put_cut_text(out, "name", span->name, NAME_MAX_BYTES);
    put_args(out, span);
    put_flow(out, t, at, pid);
}

/* A mark is a moment of the whole run. */
static void put_mark(struct buf *out, const struct timeline *t, const struct span *span)
{
    put_event(out, "i", groups[TIMELINE_TASKS].pid, 1, timeline_offset(t, span->start_ns));
    buf_str(out, ",\"s\":\"p\",\"cat\":\"mark\"");
    put_cut_text(out, "name", span->name, NAME_MAX_BYTES);
    buf_str(out, ",\"args\":{\"value\":");
    if (span->value)
        put_cut_string(out, span->value, COMMAND_MAX_BYTES);
    else
        buf_str(out, "null");
    buf_str(out, "}}");
}

static int span(struct export *e, const struct span *span)
{
    struct chrome *c = e->state;
    if (!timeline_is_bar(span))
        put_mark(e->out, &c->timeline, span);
    else if (++c->at < c->timeline.len)
        put_bar(e->out, &c->timeline, c->at, span);
    return 0;
}

static int end(struct export *e)
{
    buf_str(e->out, "\n]}\n");
    return 0;
}

static void release(struct export *e)
{
    struct chrome *c = e->state;
    timeline_release(&c->timeline);
}

const struct export_format format_chrome = {
    .name = "chrome",
    .help = "trace events for DevTools, chrome://tracing, Perfetto, Firefox",
    .suffix = ".trace.json",
    .state_bytes = sizeof(struct chrome),
    .init = init,
    .plan = plan,
    .begin = begin,
    .span = span,
    .end = end,
    .release = release,
};
