/* SPDX-License-Identifier: MIT */
/* A sound spool, changed as a job could change its own: an input is a list of changes to records, each a few bytes. What comes
 * of it goes all the way that `finish` and `show` take, from reader to page, in bounded time and memory, and every row keeps
 * the promises of the schema. fuzz_spool.c feeds the same reader with any bytes. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/own.h"
#include "base/utf8.h"
#include "export/ndjson.h"
#include "export/show_run.h"
#include "export/summary_json.h"
#include "model/assemble.h"
#include "model/conceal.h"

#include "fuzz.h"
#include "sound_spool.h"

#define CASE_MAX_S 5             /* of CPU, with sanitizers */
#define CASE_MAX_KB (256L << 10) /* by which the largest memory so far may grow */
#define CHANGES_MAX 64
#define COPIES_MAX 250 /* records that may be added: a chain of so many generations */

/* What is left of an input. */
struct input {
    const uint8_t *at, *end;
};

static uint8_t take(struct input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static uint64_t take_word(struct input *in)
{
    static const int64_t extremes[] = {0,
                                       1,
                                       -1,
                                       INT64_MIN,
                                       INT64_MAX,
                                       SPOOL_SANE_MAX,
                                       SPOOL_SANE_MAX - 1,
                                       SPOOL_WALL_MAX,
                                       SPOOL_WALL_MAX - 1,
                                       UINT32_MAX,
                                       INT32_MAX,
                                       INT32_MIN,
                                       0xffff,
                                       0x8000,
                                       SPOOL_PAGE_BYTES,
                                       SPOOL_ALIGN,
                                       (INT64_C(1) << 30),
                                       INT64_C(1000000000),
                                       100,
                                       SOUND_MONO_NS,
                                       SOUND_MONO_NS + 3600 * INT64_C(1000000000)};
    uint8_t choice = take(in);
    if (choice < 200)
        return (uint64_t)extremes[choice % ARRAY_LEN(extremes)];
    uint64_t word = 0;
    for (int i = 0; i < 8; i++)
        word = word << 8 | take(in);
    return word;
}

static uint8_t *take_record(struct input *in, struct sound *s)
{
    size_t which = take(in);
    return s->body + s->records[(which << 8 | take(in)) % s->records_len];
}

/* A copy behind all that there is, made by the one before it. */
static void add_copy(struct sound *s, const uint8_t *record, bool same_pid, uint32_t *last)
{
    struct spool_image copy;
    memcpy(&copy, record, sizeof copy);
    size_t bytes = MIN(MAX(copy.head.bytes, (uint32_t)sizeof copy), 512u);
    uint8_t *to = sound_claim(s, bytes);
    if (!to)
        return;
    memmove(to, record, bytes);
    memcpy(&copy, to, sizeof copy);
    copy.origin = *last;
    copy.pid += same_pid ? 0 : 1 + (int32_t)(s->records_len % 1000);
    copy.head.bytes = (uint32_t)bytes;
    *last = sound_ref(s, to);
    memcpy(to, &copy, sizeof copy);
    sound_publish(s, to);
}

static void change(struct input *in, struct sound *s)
{
    uint8_t what = take(in), *record = take_record(in, s), *other;
    uint64_t word;
    uint32_t ref, last = 0;
    size_t at;
    switch (what % 10) {
    case 0: /* a word of 64 bits */
        at = take(in) % 16 * 8;
        word = take_word(in);
        memcpy(record + at, &word, 8);
        break;
    case 1: /* of 32 */
        at = take(in) % 32 * 4;
        word = take_word(in);
        memcpy(record + at, &word, 4);
        break;
    case 2: /* of 16 */
        at = take(in) % 64 * 2;
        word = take_word(in);
        memcpy(record + at, &word, 2);
        break;
    case 3: /* made by, or owned by, another one */
        other = take_record(in, s);
        ref = sound_ref(s, other);
        memcpy(record + (take(in) & 1 ? 48 : 24), &ref, 4);
        break;
    case 4: /* all references swapped */
        other = take_record(in, s);
        for (size_t i = 24; i < 52; i += 24) {
            memcpy(&ref, record + i, 4);
            memcpy(record + i, other + i, 4);
            memcpy(other + i, &ref, 4);
        }
        break;
    case 5: /* never published */
        memset(record, 0, take(in) & 1 ? 8 : 64);
        break;
    case 6: /* twice */
        other = take_record(in, s);
        memmove(other, record, 64u << (take(in) & 3));
        sound_publish(s, other);
        break;
    case 7: /* many generations */
        word = (uint64_t)take(in) * take(in) % COPIES_MAX;
        last = take(in) & 1 ? sound_ref(s, record) : 0;
        for (uint64_t i = 0; i < word; i++)
            add_copy(s, record, what & 16, &last);
        break;
    case 8: /* the header */
        at = take(in) % 64 * 4;
        word = take_word(in);
        memcpy((uint8_t *)&s->header + at, &word, what & 16 ? 8 : 4);
        break;
    default: /* a byte */
        record[take(in)] = take(in);
    }
}

/* What becomes of the rows. */
struct watch {
    struct tree tree;
    struct buf row;
    struct ndjson_row read;
    int64_t rows;
};

static void check_figure(int64_t figure)
{
    PROMISE(figure == SPAN_NONE || figure >= 0);
}

static int see(void *ctx, const struct span *span)
{
    struct watch *w = ctx;
    w->rows++;
    PROMISE(span->run_id && span->span_id && span->name && !span->parent_id == (span->kind == SPAN_RUN));
    PROMISE(span->start_ns >= 0 && (span->exit_code == SPAN_NONE || span->signal == SPAN_NONE));
    check_figure(span->dur_ns);
    check_figure(span->user_us);
    check_figure(span->sys_us);
    check_figure(span->tree_user_us);
    check_figure(span->tree_sys_us);
    buf_clear(&w->row);
    ndjson_put(&w->row, span);
    PROMISE(!buf_error(&w->row) && utf8_valid(w->row.data, w->row.len));
    PROMISE(!ndjson_parse(&w->read, w->row.data, w->row.len));
    return tree_add(&w->tree, &w->read.span);
}

static bool is_alive(void *ctx, int32_t pid, int64_t start_ns)
{
    (void)ctx;
    return pid & start_ns & 1;
}

static void check_summary(const struct summary *s, const struct watch *w)
{
    auto_buf text = BUF_EMPTY;
    PROMISE(w->rows >= 1 && w->rows == s->spans_rows);
    PROMISE(s->dur_ns >= 0 && s->user_us >= 0 && s->sys_us >= 0 && s->processes >= 0);
    PROMISE(s->coverage.damaged_bytes >= 0 && s->coverage.missed >= 0 && s->cost.shim_ns >= 0);
    check_figure(s->coverage.explained_percent);
    PROMISE(s->coverage.explained_percent <= 100);
    summary_json_put(&text, s);
    PROMISE(!buf_error(&text) && utf8_valid(text.data, text.len));
}

/* No row may be one of a circle: each has its place in the tree. */
static void check_page(struct tree *tree, const struct summary *s, bool all)
{
    auto_buf page = BUF_EMPTY;
    const struct show_options options = {.width = 100, .utf8 = true, .all = all};
    PROMISE(!tree_link(tree) && tree->lost == 0);
    PROMISE(!show_tree(&page, s, tree, &options) && utf8_valid(page.data, page.len));
}

/* The way that finish and show take. */
static void go_all_the_way(struct spool_reader *reader, int marks_fd, uint8_t options)
{
    struct summary summary;
    struct watch w;
    struct conceal conceal = {.emit = see, .emit_ctx = &w};
    const struct assemble a = {.reader = reader,
                               .marks_fd = marks_fd,
                               .leader_status = wait_status_of(options & 1 ? -1 : 9),
                               .leader_runs = options & 2,
                               .noticed_ns = SOUND_MONO_NS + SOUND_S,
                               .latest_ns = options & 4 ? 0 : SOUND_MONO_NS + 2 * SOUND_S,
                               .memory_bytes = options & 8 ? 4096 : 0,
                               .alive = is_alive,
                               .emit = conceal_span,
                               .emit_ctx = &conceal};
    memset(&w, 0, sizeof w);
    summary_init(&summary);
    PROMISE(!tree_init(&w.tree, options & 16 ? 20 : TREE_NODES_MAX));
    PROMISE(!assemble(&a, &summary) && !conceal_summary(&conceal, &summary));
    check_summary(&summary, &w);
    check_page(&w.tree, &summary, options & 32);
    tree_release(&w.tree);
    buf_release(&w.row);
    ndjson_release(&w.read);
    conceal_release(&conceal);
    summary_release(&summary);
}

static int file_of(const void *first, size_t first_len, const void *rest, size_t rest_len)
{
    int fd = memfd_create("case", MFD_CLOEXEC);
    PROMISE(fd >= 0 && write(fd, first, first_len) == (ssize_t)first_len &&
            write(fd, rest, rest_len) == (ssize_t)rest_len);
    return fd;
}

static void feed(struct sound *s, struct input *in)
{
    static const char mark[] =
        "1000000.5\tstart\tbuild\tpid=102\tppid=101\n1000000.6\tstart\tdeep\n1000000.9\tend\tbuild\n";
    struct spool_reader reader;
    uint8_t options = take(in);
    for (int i = 0; i < CHANGES_MAX && in->at < in->end; i++)
        change(in, s);
    auto_fd marks = file_of(mark, sizeof mark - 1, in->at, (size_t)(in->end - in->at));
    auto_fd fd = file_of(&s->header, sizeof s->header, s->body, s->len);
    if (options & 64)
        PROMISE(!ftruncate(fd, (off_t)(options & 128 ? (uint64_t)64 << 30 : sizeof s->header + s->len / 2)));
    if (spool_reader_open_fd(&reader, fd))
        return; /* the header is none */
    take_fd(&fd);
    go_all_the_way(&reader, marks, options);
    spool_reader_close(&reader);
}

static long peak_kb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sound s;
    struct input in = {data, data + size};
    const struct itimerval limit = {.it_value.tv_sec = CASE_MAX_S}, none = {0};
    signal(SIGPROF, SIG_DFL); /* which ends it */
    PROMISE(!setitimer(ITIMER_PROF, &limit, NULL));
    sound_make(&s);
    long before = peak_kb();
    feed(&s, &in);
    PROMISE(peak_kb() - before < CASE_MAX_KB);
    PROMISE(!setitimer(ITIMER_PROF, &none, NULL));
    return 0;
}
