/* SPDX-License-Identifier: MIT */
/* Collecting spans in bounded memory, and writing them as columns. */
#include "export/report_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json_write.h"
#include "base/own.h"
#include "base/utf8.h"
#include "export/gzip.h"

#define ROOM 2             /* so many times `max` spans are held before some are left out */
#define ARGS_MAX 256       /* words of one command line */
#define ARGS_BYTES 1024    /* and bytes: what is longer is cut */
#define WORDS_MAX 2000000u /* different ones */
#define BLOCK_BYTES ((size_t)512 << 20)
#define MARKS_OF_ALL 20 /* at most a twentieth of the spans are marks */
#define CODE_SIGNAL 256
#define UNTIL_FINISHED INT64_MAX /* how long the run took is in its figures */

static int64_t micro(int64_t ns)
{
    return ns == SPAN_NONE ? -1 : ns / 1000;
}

static int64_t or_none(int64_t value)
{
    return value == SPAN_NONE || value < 0 ? -1 : value;
}

/* Empty lists of spans, arguments and words. */
static int make_room(struct report_data *d, uint32_t spans, size_t args)
{
    d->cap = spans;
    d->args_cap = args;
    d->spans = calloc(d->cap, sizeof *d->spans);
    d->args = calloc(d->args_cap, sizeof *d->args);
    if (!d->spans || !d->args || figures_names_init(&d->strings, WORDS_MAX))
        return -ENOMEM;
    return figures_names_init(&d->words, WORDS_MAX);
}

int report_data_init(struct report_data *d, const struct summary *s, uint32_t max)
{
    *d = (struct report_data){.run_ns = s->start_ns,
                              .run_us = s->dur_ns == SPAN_NONE ? UNTIL_FINISHED : MAX(micro(s->dur_ns), INT64_C(1)),
                              .max = max};
    return make_room(d, ROOM * max, ARGS_MAX);
}

/* How much a span matters: long ones, and before them those that failed, still run, or are tasks. */
static int64_t weight(const struct report_span *span)
{
    int64_t life = span->dur < 0 ? INT64_MAX / 4 : MIN(span->dur, INT64_MAX / 4);
    bool is_first = span->kind != SPAN_PROCESS || span->code > 0;
    return is_first ? life + INT64_MAX / 4 : life;
}

static int by_weight(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

/* Words that nobody needs any more go as well. */
static int copy_span(struct report_data *to, const struct report_data *from, const struct report_span *span)
{
    struct report_span *copy = &to->spans[to->len];
    uint32_t *const words[] = {&copy->id, &copy->name, &copy->exe, &copy->cwd, &copy->task, &copy->value};
    *copy = *span;
    copy->first_arg = (uint32_t)to->args_len;
    int err = 0;
    for (size_t i = 0; !err && i < sizeof words / sizeof *words; i++)
        if (*words[i] != REPORT_NONE)
            err = figures_names_put(&to->strings, figures_names_text(&from->strings, *words[i]), words[i]);
    for (uint32_t i = 0; !err && i < span->argc; i++)
        err = figures_names_put(&to->words, figures_names_text(&from->words, from->args[span->first_arg + i]),
                                &to->args[to->args_len++]);
    to->len += !err;
    return err;
}

static void leave_out(struct report_data *d, const struct report_span *span)
{
    d->folded += span->kind == SPAN_PROCESS;
    d->folded_us += MAX(span->user, 0) + MAX(span->sys, 0);
}

/* Keep the `max` spans that matter most. */
static int leave_out_the_least(struct report_data *d)
{
    auto_free int64_t *weights = malloc((d->len + 1) * sizeof *weights);
    struct report_data kept = {.run_ns = d->run_ns,
                               .run_us = d->run_us,
                               .max = d->max,
                               .folded = d->folded,
                               .folded_us = d->folded_us,
                               .marks = d->marks};
    int err = weights ? make_room(&kept, d->cap, d->args_cap) : -ENOMEM;
    for (uint32_t i = 0; !err && i < d->len; i++)
        weights[i] = weight(&d->spans[i]);
    if (!err)
        qsort(weights, d->len, sizeof *weights, by_weight);
    for (uint32_t i = 0; !err && i < d->len; i++) {
        if (kept.len < d->max && weight(&d->spans[i]) >= weights[d->max - 1])
            err = copy_span(&kept, d, &d->spans[i]);
        else
            leave_out(&kept, &d->spans[i]);
    }
    struct report_data old = *d;
    *d = err ? old : kept;
    report_data_release(err ? &kept : &old);
    return err;
}

/* Room for a command line's words. */
static int more_args(struct report_data *d)
{
    if (d->args_len + ARGS_MAX <= d->args_cap)
        return 0;
    size_t cap = 2 * d->args_cap + ARGS_MAX;
    uint32_t *args = realloc(d->args, cap * sizeof *args);
    if (!args)
        return -ENOMEM;
    d->args = args;
    d->args_cap = cap;
    return 0;
}

static int take_args(struct report_data *d, struct report_span *to, const struct span *span)
{
    size_t bytes = 0;
    int err = more_args(d);
    to->first_arg = (uint32_t)d->args_len;
    for (size_t i = 0; !err && i < span->argc; i++) {
        bytes += strlen(span->args[i]);
        if (i == ARGS_MAX || (i && bytes > ARGS_BYTES)) {
            to->cut = true;
            break;
        }
        err = figures_names_put(&d->words, span->args[i], &d->args[d->args_len]);
        d->args_len += !err;
        to->argc += !err;
    }
    return err;
}

static int32_t code_of(const struct span *span)
{
    if (span->signal != SPAN_NONE)
        return CODE_SIGNAL + (int32_t)(span->signal & 0x7f);
    return span->exit_code == SPAN_NONE ? -1 : (int32_t)(span->exit_code & 0xff);
}

/* Microseconds from the run's start to a Unix time, within the run; -1 for none. */
static int64_t since(const struct report_data *d, int64_t unix_ns)
{
    int64_t ns = 0;
    if (unix_ns == SPAN_NONE || __builtin_sub_overflow(unix_ns, d->run_ns, &ns))
        return -1;
    return MIN(MAX(micro(ns), INT64_C(0)), d->run_us);
}

int report_data_add(struct report_data *d, const struct span *span, uint32_t row)
{
    int err = 0;
    if (span->kind == SPAN_RUN || (span->kind == SPAN_MARK && d->marks >= d->max / MARKS_OF_ALL))
        return 0;
    if (d->len == d->cap)
        err = leave_out_the_least(d);
    if (err)
        return err;
    struct report_span *to = &d->spans[d->len];
    *to = (struct report_span){.row = row,
                               .kind = (uint8_t)span->kind,
                               .end_by = (uint8_t)span->end_by,
                               .forked = span->forked,
                               .cut = span->args_cut,
                               .pid = (int32_t)or_none(span->pid),
                               .code = code_of(span),
                               .user = or_none(span->user_us),
                               .sys = or_none(span->sys_us),
                               .rss = or_none(span->maxrss_kb),
                               .dur = span->dur_ns == SPAN_NONE ? -1 : MAX(micro(span->dur_ns), INT64_C(0)),
                               .start = MAX(since(d, span->start_ns), INT64_C(0)),
                               .reaped = since(d, span->reaped_ns),
                               .until = since(d, span->ended_by_ns)};
    const char *const texts[] = {span->span_id, span->name, span->exe, span->cwd, span->task, span->value};
    uint32_t *const words[] = {&to->id, &to->name, &to->exe, &to->cwd, &to->task, &to->value};
    for (size_t i = 0; !err && i < sizeof words / sizeof *words; i++) {
        *words[i] = REPORT_NONE;
        err = texts[i] ? figures_names_put(&d->strings, texts[i], words[i]) : 0;
    }
    if (!err && !span->forked) /* a fork has those of its parent */
        err = take_args(d, to, span);
    d->len += !err;
    d->marks += span->kind == SPAN_MARK;
    return err;
}

/* Which span each row is. */
static int index_rows(struct report_data *d, const struct figures *f)
{
    free(d->by_row);
    d->rows = f->len;
    d->by_row = malloc((f->len + 1) * sizeof *d->by_row);
    if (!d->by_row)
        return -ENOMEM;
    for (uint32_t row = 0; row < f->len; row++)
        d->by_row[row] = REPORT_NONE;
    for (uint32_t i = 0; i < d->len; i++)
        if (d->spans[i].row < f->len)
            d->by_row[d->spans[i].row] = i;
    return 0;
}

/* The nearest one that is here of those who started a process. Figures have no circles. */
static uint32_t owner_of(const struct report_data *d, const struct figures *f, uint32_t row)
{
    uint32_t at = f->rows[f->rows[row].life].parent;
    while (at != FIGURES_RUN && d->by_row[at] == REPORT_NONE)
        at = f->rows[f->rows[at].life].parent;
    return at == FIGURES_RUN ? REPORT_NONE : d->by_row[at];
}

/* What the spans are ordered by: a process comes before those that it started, also at the same moment. */
struct rank {
    int64_t start;
    uint32_t place, span;
};

static int by_rank(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return (x->span > y->span) - (x->span < y->span);
}

/* Places of processes in the figures' order, in which parents come first. NULL when memory is short. */
static uint32_t *places_of(const struct figures *f)
{
    uint32_t *places = calloc(f->len + 1, sizeof *places);
    for (uint32_t i = 0; places && i < f->order_len; i++)
        places[f->order[i]] = i + 1;
    return places;
}

int report_data_finish(struct report_data *d, const struct figures *f)
{
    int err = d->len > d->max ? leave_out_the_least(d) : 0;
    auto_free struct rank *ranks = malloc((d->len + 1) * sizeof *ranks);
    auto_free struct report_span *sorted = malloc((d->len + 1) * sizeof *sorted);
    auto_free uint32_t *places = places_of(f);
    if (err || !ranks || !sorted || !places)
        return err ? err : -ENOMEM;
    if (d->run_us == UNTIL_FINISHED)
        d->run_us = MAX(micro(f->dur_ns), INT64_C(1));
    for (uint32_t i = 0; i < d->len; i++) {
        uint32_t row = d->spans[i].row, life = row < f->len ? f->rows[row].life : 0;
        ranks[i] = (struct rank){d->spans[i].start, places[life], i};
    }
    qsort(ranks, d->len, sizeof *ranks, by_rank);
    for (uint32_t i = 0; i < d->len; i++)
        sorted[i] = d->spans[ranks[i].span];
    memcpy(d->spans, sorted, d->len * sizeof *sorted);
    err = index_rows(d, f);
    for (uint32_t i = 0; !err && i < d->len; i++) {
        struct report_span *span = &d->spans[i];
        bool is_process = span->kind == SPAN_PROCESS && span->row < f->len;
        span->owner = is_process ? owner_of(d, f, span->row) : REPORT_NONE;
        span->is_next = is_process && f->rows[span->row].life != span->row;
    }
    return err;
}

/* A number in zigzag form, LEB128: see report/data.js. */
static void put_number(struct buf *out, int64_t value)
{
    uint64_t rest = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
    char bytes[10];
    size_t len = 0;
    do {
        bytes[len] = (char)((rest & 127) | (rest > 127 ? 128 : 0));
        rest >>= 7;
        len++;
    } while (rest);
    buf_add(out, bytes, len);
}

/* The columns of spans: a name, and how to read it. */
struct column {
    const char *name;
    int64_t (*value)(const struct report_span *span, uint32_t i);
    bool delta;
};

static int64_t word_number(uint32_t word)
{
    return word == REPORT_NONE ? -1 : (int64_t)word;
}

#define COLUMN_OF(member, expression)                                          \
    static int64_t column_##member(const struct report_span *span, uint32_t i) \
    {                                                                          \
        (void)i;                                                               \
        return expression;                                                     \
    }
COLUMN_OF(owner, word_number(span->owner))
COLUMN_OF(is_next, span->is_next)
COLUMN_OF(start, span->start)
COLUMN_OF(dur, span->dur)
COLUMN_OF(kind, span->kind)
COLUMN_OF(end_by, span->end_by)
COLUMN_OF(code, span->code)
COLUMN_OF(name, word_number(span->name))
COLUMN_OF(id, word_number(span->id))
COLUMN_OF(exe, word_number(span->exe))
COLUMN_OF(cwd, word_number(span->cwd))
COLUMN_OF(task, word_number(span->task))
COLUMN_OF(pid, span->pid)
COLUMN_OF(user, span->user)
COLUMN_OF(sys, span->sys)
COLUMN_OF(rss, span->rss)
COLUMN_OF(waited, span->reaped < 0 || span->dur < 0 ? -1 : MAX(span->reaped - span->start - span->dur, INT64_C(0)))
COLUMN_OF(until, span->until)
COLUMN_OF(value, word_number(span->value))
COLUMN_OF(forked, span->forked)
COLUMN_OF(cut, span->cut)
COLUMN_OF(argc, span->argc)

static const struct column columns[] = {
    {"owner", column_owner, true},  {"isNext", column_is_next, false}, {"start", column_start, true},
    {"dur", column_dur, false},     {"kind", column_kind, false},      {"endBy", column_end_by, false},
    {"code", column_code, false},   {"name", column_name, false},      {"spanId", column_id, true},
    {"exe", column_exe, false},     {"cwd", column_cwd, false},        {"task", column_task, false},
    {"pid", column_pid, true},      {"user", column_user, false},      {"sys", column_sys, false},
    {"rss", column_rss, false},     {"waited", column_waited, false},  {"until", column_until, false},
    {"value", column_value, false}, {"forked", column_forked, false},  {"cut", column_cut, false},
    {"argc", column_argc, false},
};

static void put_column_head(struct buf *head, const char *name, size_t count, size_t bytes, bool delta)
{
    buf_printf(head, "%s{\"name\":\"%s\",\"count\":%zu,\"bytes\":%zu,\"delta\":%s}",
               head->data[head->len - 1] == '[' ? "" : ",", name, count, bytes, delta ? "true" : "false");
}

static void put_columns(struct buf *head, struct buf *body, const struct report_data *d)
{
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        size_t from = body->len;
        int64_t before = 0;
        for (uint32_t i = 0; i < d->len; i++) {
            int64_t value = columns[k].value(&d->spans[i], i);
            put_number(body, columns[k].delta ? value - before : value);
            before = value;
        }
        put_column_head(head, columns[k].name, d->len, body->len - from, columns[k].delta);
    }
    size_t from = body->len;
    for (uint32_t i = 0; i < d->len; i++)
        for (uint32_t k = 0; k < d->spans[i].argc; k++)
            put_number(body, d->args[d->spans[i].first_arg + k]);
    size_t words = 0;
    for (uint32_t i = 0; i < d->len; i++)
        words += d->spans[i].argc;
    put_column_head(head, "arg", words, body->len - from, false);
}

/* A piece of somebody who was left out counts as the run's. */
static uint32_t span_of(const struct report_data *d, uint32_t row)
{
    return row == FIGURES_RUN || row >= d->rows ? REPORT_NONE : d->by_row[row];
}

static void put_path(struct buf *head, struct buf *body, const struct report_data *d, const struct figures_path *path)
{
    size_t from = body->len;
    int64_t before = 0;
    for (size_t i = 0; i < path->len; i++) {
        put_number(body, micro(path->pieces[i].from_ns) - before);
        before = micro(path->pieces[i].from_ns);
    }
    put_column_head(head, "pathAt", path->len, body->len - from, true);
    from = body->len;
    before = 0;
    for (size_t i = 0; i < path->len; i++) {
        int64_t span = word_number(span_of(d, path->pieces[i].row));
        put_number(body, span - before);
        before = span;
    }
    put_column_head(head, "pathSpan", path->len, body->len - from, true);
}

/* A word that no terminal and no page shows otherwise than it is. */
static void put_word(struct buf *out, const char *word)
{
    auto_buf line = BUF_EMPTY;
    utf8_put_line(&line, word, strlen(word));
    json_put_string(out, buf_text(&line));
}

static void put_words(struct buf *head, const char *name, const struct figures_names *t)
{
    buf_printf(head, ",\"%s\":[", name);
    for (uint32_t i = 0; i < t->len; i++) {
        buf_str(head, i ? "," : "");
        put_word(head, figures_names_text(t, i));
    }
    buf_char(head, ']');
}

static void put_ends(struct buf *head)
{
    buf_str(head, ",\"ends\":[");
    for (int end = SPAN_END_SELF; end <= SPAN_END_RUN; end++)
        buf_printf(head, "%s\"%s\"", end ? "," : "", span_end_word((enum span_end)end));
    buf_char(head, ']');
}

int report_data_put(struct buf *out, const struct report_data *d, const struct summary *s,
                    const struct figures_path *path)
{
    auto_buf head = {.limit = BLOCK_BYTES}, body = {.limit = BLOCK_BYTES}, all = {.limit = BLOCK_BYTES};
    const char *cpus = summary_fact(s->host, s->host_len, "cpus");
    buf_printf(&head, "{\"spans\":%u,\"length\":%lld,\"cpus\":%ld,\"name\":", d->len, (long long)d->run_us,
               cpus ? strtol(cpus, NULL, 10) : 0);
    put_word(&head, s->name ? s->name : s->run_id);
    put_ends(&head);
    put_words(&head, "strings", &d->strings);
    put_words(&head, "words", &d->words);
    buf_str(&head, ",\"columns\":[");
    put_columns(&head, &body, d);
    put_path(&head, &body, d, path);
    buf_str(&head, "]}");
    const unsigned char length[] = {(unsigned char)head.len, (unsigned char)(head.len >> 8),
                                    (unsigned char)(head.len >> 16), (unsigned char)(head.len >> 24)};
    buf_add(&all, length, sizeof length);
    buf_add(&all, buf_text(&head), head.len);
    buf_add(&all, buf_text(&body), body.len);
    auto_buf packed = {.limit = BLOCK_BYTES};
    int err = buf_error(&head) ? buf_error(&head) : buf_error(&body) ? buf_error(&body) : buf_error(&all);
    if (!err)
        err = gzip_put(&packed, all.data, all.len);
    if (!err)
        base64_put(out, packed.data, packed.len);
    return err ? err : buf_error(out);
}

void report_data_release(struct report_data *d)
{
    free(d->spans);
    free(d->args);
    free(d->by_row);
    figures_names_release(&d->strings);
    figures_names_release(&d->words);
    *d = (struct report_data){0};
}
