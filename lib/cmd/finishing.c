/* SPDX-License-Identifier: MIT */
/* Finishing a run, in steps that may each be repeated: lock, close the spool, fold into a file beside it, store the
 * spans, then the summary (which makes the run exist), merge the collection, remove the folder. */
#include "cmd/finishing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/own.h"
#include "base/proc.h"
#include "cmd/cmd.h"
#include "cmd/collect.h"
#include "cmd/context.h"
#include "cmd/values.h"
#include "export/gzip.h"
#include "export/names.h"
#include "export/ndjson.h"
#include "export/summary_json.h"
#include "model/assemble.h"
#include "spool/folder.h"
#include "spool/reader.h"

/* Everything open while one run is finished. */
struct finishing {
    const struct finish *in;
    struct buf *why;
    int folder_fd, lock_fd, spans_fd, marks_fd;
    struct spool_header *header; /* mapped, for the words that others look at */
    struct context context;
    struct summary summary;
    struct values values;
    struct gzip *gzip;
    struct buf row;
    int64_t started_ns;
};

static int64_t now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static enum finish_result failed(struct finishing *f, enum finish_result result, const char *what, int err)
{
    buf_clear(f->why);
    buf_printf(f->why, "cannot %s '%s': %s", what, f->in->folder, strerror(-err));
    return result;
}

/* Taken for as long as the run is being finished, and let go by the kernel if we die. */
static enum finish_result take_lock(struct finishing *f)
{
    f->folder_fd = open(f->in->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (f->folder_fd < 0)
        return errno == ENOENT ? FINISH_GONE : failed(f, FINISH_BAD, "open", -errno);
    f->lock_fd = openat(f->folder_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (f->lock_fd < 0) /* no entry: another one has just removed the folder */
        return errno == ENOENT ? FINISH_GONE : failed(f, FINISH_KEPT, "lock", -errno);
    if (flock(f->lock_fd, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK ? FINISH_BUSY : failed(f, FINISH_KEPT, "lock", -errno);
    return faccessat(f->folder_fd, "spool", F_OK, 0) ? FINISH_GONE : FINISH_STORED;
}

static int map_header(struct finishing *f)
{
    auto_fd fd = openat(f->folder_fd, "spool", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    struct stat st;
    if (fstat(fd, &st))
        return -errno;
    if (st.st_size < (off_t)SPOOL_HEADER_BYTES)
        return -EPROTO;
    void *map = mmap(NULL, SPOOL_HEADER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return -errno;
    f->header = map;
    return f->header->magic == SPOOL_MAGIC && f->header->version == SPOOL_VERSION ? 0 : -EPROTO;
}

static bool leader_lives(const struct finishing *f)
{
    return !f->in->leader_is_done && proc_is_alive(f->header->leader_pid, f->header->leader_ticks);
}

/* Whether a process of the run is still there. A pid that was given away since belongs to a process that is younger
 * than the span; boot-relative ticks are coarse, so some slack decides for "still there". */
static bool process_lives(void *ctx, int32_t pid, int64_t start_ns)
{
    const struct spool_header *h = ((struct finishing *)ctx)->header;
    struct proc_stat st;
    if (proc_stat_read(pid, &st) || st.state == 'Z' || st.state == 'X')
        return false;
    int64_t boot_ns = h->start_boot_ns + (start_ns - h->start_wall_ns);
    int64_t tick_ns = INT64_C(1000000000) / sysconf(_SC_CLK_TCK);
    return (int64_t)st.start_ticks * tick_ns <= boot_ns + 2 * tick_ns;
}

static int take_span(void *ctx, const struct span *span)
{
    struct finishing *f = ctx;
    buf_clear(&f->row);
    ndjson_put(&f->row, span);
    int err = buf_error(&f->row);
    if (!err)
        err = gzip_write(f->gzip, f->row.data, f->row.len);
    return err ? err : values_take_span(&f->values, span);
}

static int fold_into_file(struct finishing *f, struct spool_reader *reader)
{
    const struct assemble a = {
        .reader = reader, .marks_fd = f->marks_fd, .name = f->context.name,
        .noticed_ns = f->in->noticed_ns ? f->in->noticed_ns : now_ns(CLOCK_MONOTONIC),
        .leader_status = f->in->leader_status, .leader_runs = leader_lives(f), .alive = process_lives, .alive_ctx = f,
        .emit = take_span, .emit_ctx = f,
    };
    uint64_t written = 0;
    int err = gzip_new(f->spans_fd, &f->gzip);
    if (!err)
        err = assemble(&a, &f->summary);
    if (!err)
        err = gzip_finish(f->gzip, &written);
    f->summary.spans_bytes = (int64_t)written;
    return err;
}

/* Fold the spool into the file at spans_fd, and the summary. */
static int fold(struct finishing *f)
{
    char path[SPOOL_PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/spool", f->in->folder);
    f->marks_fd = openat(f->folder_fd, "marks", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct spool_reader reader;
    int err = spool_reader_open(&reader, path);
    if (err)
        return err;
    err = fold_into_file(f, &reader);
    spool_reader_close(&reader);
    if (!err)
        err = values_take_marks(&f->values, f->marks_fd);
    return err;
}

static int complete_summary(struct finishing *f)
{
    struct summary *s = &f->summary;
    auto_buf object = BUF_EMPTY;
    names_put_spans(&object, s->run_id);
    s->spans_object = buf_take(&object);
    s->ci = take_ptr(&f->context.ci);
    s->ci_len = f->context.ci_len;
    f->context.ci_len = 0;
    s->cost.finish_ns = now_ns(CLOCK_MONOTONIC) - f->started_ns;
    return s->spans_object ? context_add_host(s) : -ENOMEM;
}

/* An object that is there already is ours, from an earlier try: run ids are never given twice. */
static enum store_result put_once(struct store *store, const char *name, const struct store_body *body,
                                  struct buf *why)
{
    enum store_result result = store_put(store, name, body, STORE_CREATE, NULL, why);
    return result == STORE_EXISTS ? STORE_OK : result;
}

static enum store_result put_run(struct finishing *f, struct store *store, const struct buf *summary)
{
    auto_buf name = BUF_EMPTY;
    struct store_body spans = {.fd = f->spans_fd, .size = (uint64_t)f->summary.spans_bytes,
                               .type = "application/gzip"};
    enum store_result result = put_once(store, f->summary.spans_object, &spans, f->why);
    if (result != STORE_OK)
        return result;
    names_put_summary(&name, f->summary.run_id);
    struct store_body body = {.fd = -1, .data = summary->data, .size = summary->len, .type = "application/json"};
    return put_once(store, buf_text(&name), &body, f->why);
}

static const char *from_environment(const char *name)
{
    return getenv(name);
}

/* Give one store all that it gets: the run's two objects, then the collection. */
static bool put_into(struct finishing *f, const char *url, const struct buf *summary)
{
    const struct store_config config = {.getenv = from_environment, .deadline_ms = f->in->deadline_ms};
    struct store *store = NULL;
    enum store_result result = store_open(&config, url, &store, f->why);
    if (result == STORE_OK)
        result = put_run(f, store, summary);
    store_close(store);
    if (result != STORE_OK)
        return false;
    return !f->values.len || collect_push(&config, url, f->context.collection, &f->values, f->why);
}

static enum finish_result store_everywhere(struct finishing *f)
{
    auto_buf summary = BUF_EMPTY, first_why = BUF_EMPTY;
    summary_json_put(&summary, &f->summary);
    char **urls = cmd_store_urls();
    if (buf_error(&summary) || !urls)
        return failed(f, FINISH_KEPT, "find a store for", urls ? -ENOMEM : -errno);
    for (char **kept = f->context.stores; *kept; kept++)
        if (!put_into(f, context_store_url(*kept, urls), &summary) && !first_why.len)
            buf_str(&first_why, f->why->len ? buf_text(f->why) : "the store refused the run");
    cmd_free_urls(urls);
    buf_clear(f->why);
    buf_str(f->why, buf_text(&first_why));
    return first_why.len ? FINISH_KEPT : FINISH_STORED;
}

/* The spool goes first: what is left without one is no run any more, whenever we are stopped. */
static void remove_folder(struct finishing *f)
{
    static const char *const names[] = {"spool", "marks", "hydrated", "context", "spans.ndjson.gz", "end", "done",
                                        "lock"};
    char link[SPOOL_PATH_MAX], base[SPOOL_PATH_MAX];
    snprintf(base, sizeof base, "%s", f->in->folder);
    char *slash = strrchr(base, '/');
    if (slash)
        *slash = '\0';
    if (slash && !folder_leader_path(base, f->header->leader_pid, link, sizeof link)) {
        char target[SPOOL_PATH_MAX];
        ssize_t len = readlink(link, target, sizeof target - 1);
        target[len > 0 ? len : 0] = '\0';
        if (!strcmp(target, slash + 1))
            unlink(link);
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlinkat(f->folder_fd, names[i], 0);
    rmdir(f->in->folder);
}

/* What the leader prints if it waits. */
static void tell_leader(struct finishing *f)
{
    snprintf(f->header->message, sizeof f->header->message, "%s", buf_text(f->why));
    __atomic_store_n(&f->header->failed, 1, __ATOMIC_RELEASE);
}

static enum finish_result finish_locked(struct finishing *f)
{
    int err = map_header(f);
    if (err)
        return failed(f, FINISH_BAD, "read the spool of", err);
    if (leader_lives(f))
        return FINISH_ALIVE;
    __atomic_store_n(&f->header->closed, 1, __ATOMIC_RELEASE);
    err = context_load(&f->context, f->in->folder);
    if (err)
        return failed(f, FINISH_KEPT, "read the context of", err);
    f->spans_fd = openat(f->folder_fd, "spans.ndjson.gz", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    err = f->spans_fd < 0 ? -errno : fold(f);
    if (!err)
        err = complete_summary(f);
    if (err)
        return failed(f, err == -EPROTO || err == -ENOTSUP ? FINISH_BAD : FINISH_KEPT, "fold the run in", err);
    return store_everywhere(f);
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void finishing_release(struct finishing *f)
{
    if (f->header)
        munmap(f->header, SPOOL_HEADER_BYTES);
    gzip_free(f->gzip);
    values_release(&f->values);
    summary_release(&f->summary);
    context_release(&f->context);
    buf_release(&f->row);
    close_if_open(f->spans_fd);
    close_if_open(f->marks_fd);
    close_if_open(f->folder_fd);
    close_if_open(f->lock_fd);
}

static struct finishing finishing_begin(const struct finish *in, struct buf *why)
{
    struct finishing f = {.in = in, .why = why, .folder_fd = -1, .lock_fd = -1, .spans_fd = -1, .marks_fd = -1,
                          .started_ns = now_ns(CLOCK_MONOTONIC)};
    summary_init(&f.summary);
    buf_clear(why);
    return f;
}

static int preview(struct finishing *f, struct store *into)
{
    auto_buf summary = BUF_EMPTY;
    f->folder_fd = open(f->in->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    f->spans_fd = memfd_create("spans", MFD_CLOEXEC);
    int err = f->folder_fd < 0 || f->spans_fd < 0 ? -errno : map_header(f);
    if (!err)
        err = context_load(&f->context, f->in->folder);
    if (!err)
        err = fold(f);
    if (!err)
        err = complete_summary(f);
    summary_json_put(&summary, &f->summary);
    if (!err)
        err = buf_error(&summary);
    return err || put_run(f, into, &summary) == STORE_OK ? err : -EIO;
}

int finish_preview(const char *folder, struct store *into)
{
    const struct finish in = {.folder = folder, .leader_status = -1};
    auto_buf why = BUF_EMPTY;
    struct finishing f = finishing_begin(&in, &why);
    int err = preview(&f, into);
    finishing_release(&f);
    return err;
}

enum finish_result finish_run(const struct finish *in, struct buf *why)
{
    struct finishing f = finishing_begin(in, why);
    enum finish_result result = take_lock(&f);
    if (result == FINISH_STORED)
        result = finish_locked(&f);
    if (result == FINISH_STORED)
        remove_folder(&f);
    else if (f.header && (result == FINISH_KEPT || result == FINISH_BAD))
        tell_leader(&f);
    finishing_release(&f);
    return result;
}

int finish_save_context(const char *folder)
{
    struct context c;
    int err = context_from_environment(&c);
    if (!err)
        err = context_save(&c, folder);
    context_release(&c);
    return err;
}
