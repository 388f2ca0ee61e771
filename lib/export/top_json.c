/* SPDX-License-Identifier: MIT */
/* A frame as an object of JSON. */
#include "base/json_write.h"
#include "export/top_page.h"

static void put_key(struct buf *out, const char *key)
{
    if (out->len && out->data[out->len - 1] != '{')
        buf_char(out, ',');
    json_put_string(out, key);
    buf_char(out, ':');
}

static void put_string(struct buf *out, const char *key, const char *value)
{
    put_key(out, key);
    json_put_string(out, value);
}

static void put_int(struct buf *out, const char *key, int64_t value)
{
    put_key(out, key);
    json_put_int_or_null(out, value);
}

static void put_end(struct buf *out, const struct live *l)
{
    put_key(out, "goes_on");
    json_put_bool(out, l->goes_on);
    put_key(out, "status");
    buf_char(out, '{');
    put_string(out, "end_by", span_end_word(l->end_by));
    put_int(out, "exit_code", l->exit_code);
    put_int(out, "signal", l->signal);
    buf_char(out, '}');
}

static void put_estimate(struct buf *out, const struct estimate *e)
{
    put_key(out, "estimate");
    if (!e->runs) {
        buf_str(out, "null");
        return;
    }
    buf_char(out, '{');
    put_int(out, "runs", e->runs);
    put_int(out, "usual_ns", e->usual_ns);
    put_int(out, "total_ns", e->total_ns);
    put_int(out, "left_ns", e->left_ns);
    buf_char(out, '}');
}

static void put_tasks(struct buf *out, const struct live *l)
{
    put_key(out, "tasks");
    buf_char(out, '[');
    for (size_t i = 0; i < l->tasks_len; i++) {
        buf_str(out, i ? ",{" : "{");
        put_string(out, "name", l->tasks[i].name);
        put_int(out, "start_ns", l->tasks[i].start_ns);
        put_int(out, "depth", l->tasks[i].depth);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void put_running(struct buf *out, const struct live *l)
{
    put_key(out, "running");
    buf_char(out, '[');
    for (size_t i = 0; i < l->running_len; i++) {
        const struct live_process *p = &l->running[i];
        buf_str(out, i ? ",{" : "{");
        put_int(out, "pid", p->pid);
        put_int(out, "start_ns", p->start_ns);
        put_string(out, "command", p->command);
        put_string(out, "task", p->task);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

void top_json(struct buf *out, const struct live *l, const struct estimate *e, const struct top_options *options)
{
    auto_buf text = BUF_EMPTY;
    buf_char(&text, '{');
    put_string(&text, "schema", "dtrack.top/1");
    put_string(&text, "run_id", l->run_id);
    put_string(&text, "name", l->name);
    put_int(&text, "start_ns", l->start_ns);
    put_int(&text, "as_of_ns", l->as_of_ns);
    put_end(&text, l);
    put_int(&text, "processes", l->processes);
    put_int(&text, "at_work", (int64_t)l->running_len);
    put_int(&text, "waiting", (int64_t)l->waiting);
    put_int(&text, "failed", l->failed);
    put_int(&text, "cpu_us", l->cpu_us);
    put_int(&text, "unseen", l->unseen);
    put_int(&text, "missed", l->missed);
    put_int(&text, "cuts", l->cuts);
    put_int(&text, "tasks_open", l->tasks_open);
    put_int(&text, "tasks_ended", l->tasks_ended);
    put_int(&text, "others", options->others);
    put_estimate(&text, e);
    put_tasks(&text, l);
    put_running(&text, l);
    buf_char(&text, '}');
    json_put_visible(out, buf_text(&text), text.len);
    buf_char(out, '\n');
    if (buf_error(&text))
        out->error = buf_error(&text);
}
