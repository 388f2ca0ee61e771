/* SPDX-License-Identifier: MIT */
/* make_run DIR RUN_ID [COMPILES] [cut|rubbish]: put a made-up run of a build script into the folder store
 * DIR, as finishing a run would: the same writers, the same names. COMPILES files are compiled, three
 * processes each; the same arguments give the same bytes. `cut` leaves the last bytes of the spans out,
 * `rubbish` replaces them all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/own.h"
#include "export/gzip.h"
#include "export/names.h"
#include "export/ndjson.h"
#include "export/summary_json.h"

#define MS INT64_C(1000000)
#define START_NS INT64_C(1795422982123000000)

static const char *run_id;
static struct gzip *gz;
static struct summary summary;
static unsigned long long seed = 1;
static char ids[64]; /* the id given to the latest process */
static int64_t next_id = 1;

static void die(const char *what, int err)
{
    fprintf(stderr, "make_run: %s: %s\n", what, strerror(-err));
    exit(1);
}

/* A number below `below`, always the same ones. */
static int64_t chance(int64_t below)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (int64_t)((seed >> 33) % (unsigned long long)below);
}

static void emit(const struct span *span)
{
    auto_buf row = BUF_EMPTY;
    ndjson_put(&row, span);
    int err = buf_error(&row);
    if (!err)
        err = gzip_write(gz, row.data, row.len);
    if (err)
        die("cannot write a row", err);
    summary.spans_rows++;
}

static struct span blank(enum span_kind kind, const char *id, const char *parent)
{
    return (struct span){.run_id = run_id,
                         .span_id = id,
                         .parent_id = parent,
                         .kind = kind,
                         .dur_ns = SPAN_NONE,
                         .exit_code = SPAN_NONE,
                         .signal = SPAN_NONE,
                         .pid = SPAN_NONE,
                         .ppid = SPAN_NONE,
                         .uid = SPAN_NONE,
                         .user_us = SPAN_NONE,
                         .sys_us = SPAN_NONE,
                         .tree_user_us = SPAN_NONE,
                         .tree_sys_us = SPAN_NONE,
                         .maxrss_kb = SPAN_NONE,
                         .minflt = SPAN_NONE,
                         .majflt = SPAN_NONE,
                         .inblock = SPAN_NONE,
                         .oublock = SPAN_NONE,
                         .nvcsw = SPAN_NONE,
                         .nivcsw = SPAN_NONE,
                         .reaped_ns = SPAN_NONE,
                         .ended_by_ns = SPAN_NONE};
}

/* What differs from process to process. */
struct process {
    const char *parent, *task, *command;
    int64_t from_ms, dur_ms;
    int exit_code, signal;
};

/* Emit a process; its words are the command's, split at '|'. Its id is in `ids` afterwards. */
static void process(const struct process *p)
{
    char words[512], *argv[24], id[24], *save = NULL;
    size_t argc = 0;
    snprintf(words, sizeof words, "%s", p->command);
    for (char *word = strtok_r(words, "|", &save); word && argc < 24; word = strtok_r(NULL, "|", &save))
        argv[argc++] = word;
    snprintf(id, sizeof id, "p%llx", (long long)next_id++);
    struct span span = blank(SPAN_PROCESS, id, p->parent);
    span.name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    span.exe = argv[0];
    span.args = (const char *const *)argv;
    span.argc = argc;
    span.cwd = "/srv/ci/nightly/src";
    span.start_ns = START_NS + p->from_ms * MS;
    span.dur_ns = p->dur_ms * MS + chance(MS);
    span.reaped_ns = strcmp(p->parent, "run") ? span.start_ns + span.dur_ns : SPAN_NONE;
    span.end_by = p->signal ? SPAN_END_PARENT : SPAN_END_SELF;
    span.exit_code = p->signal ? SPAN_NONE : p->exit_code;
    span.signal = p->signal ? p->signal : SPAN_NONE;
    span.pid = 4000 + next_id;
    span.ppid = 4000;
    span.uid = 1000;
    span.user_us = p->dur_ms * (300 + chance(500)) / 2;
    span.sys_us = p->dur_ms * 50;
    span.maxrss_kb = 3000 + chance(90000);
    span.minflt = 100 + chance(900);
    span.majflt = 0;
    span.nvcsw = chance(20);
    span.nivcsw = chance(9);
    span.task = p->task;
    emit(&span);
    summary.processes++;
    summary.failed += p->exit_code || p->signal;
    summary.coverage.by_end[span.end_by]++;
    summary.user_us += span.user_us;
    summary.sys_us += span.sys_us;
    summary.maxrss_kb = MAX(summary.maxrss_kb, span.maxrss_kb);
    strcpy(ids, id);
}

static void task(const char *id, const char *name, int64_t from_ms, int64_t dur_ms, const char *parent)
{
    struct span span = blank(SPAN_TASK, id, parent);
    span.name = name;
    span.start_ns = START_NS + from_ms * MS;
    span.dur_ns = dur_ms * MS;
    span.end_by = strcmp(name, "publish") ? SPAN_END_MARK : SPAN_END_RUN;
    emit(&span);
    summary.tasks++;
}

static void mark(const char *id, const char *name, const char *value, int64_t at_ms)
{
    struct span span = blank(SPAN_MARK, id, "run");
    span.name = name;
    span.value = value;
    span.start_ns = START_NS + at_ms * MS;
    span.end_by = SPAN_END_MARK;
    emit(&span);
    summary.marks++;
}

static void run_and_tasks(void)
{
    struct span run = blank(SPAN_RUN, "run", NULL);
    run.name = summary.name;
    run.start_ns = summary.start_ns;
    run.dur_ns = summary.dur_ns;
    run.end_by = summary.end_by;
    run.exit_code = summary.exit_code;
    emit(&run);
    task("t1", "restore", 100, 41200, "run");
    task("t2", "build", 41400, 98000, "run");
    task("t3", "link", 120000, 19400, "t2");
    task("t4", "test", 139500, 61000, "run");
    task("t5", "publish", 200600, 51400, "run");
    mark("m1", "coverage", "81.25", 200000);
    mark("m2", "artifact", "\"build/out.tar.gz\"", 251000);
    mark("m3", "cache warm", NULL, 300);
}

static void restore(const char *root)
{
    process(&(struct process){root, "restore", "git|fetch|--depth=1|origin|main", 120, 2900, 0, 0});
    process(&(struct process){root, "restore", "npm|ci|--no-audit", 3100, 38100, 0, 0});
    char npm[64];
    strcpy(npm, ids);
    for (int i = 0; i < 12; i++)
        process(&(struct process){npm, "restore", "sh|-c|node-gyp rebuild", 4000 + i * 2500, 40 + chance(200), 0, 0});
}

static void build(const char *root, int compiles)
{
    process(&(struct process){root, "build", "make|-j4|all", 41500, 97800, 0, 0});
    char make[64], shell[64], command[256];
    strcpy(make, ids);
    for (int i = 0; i < compiles; i++) {
        int64_t each = 78000 * 4 / (compiles > 3 ? compiles : 4), from = 41600 + i / 4 * each, dur = each - each / 9;
        snprintf(command, sizeof command, "sh|-c|gcc -O2 -c src/module_%d/file_%d.c", i % 17, i);
        process(&(struct process){make, "build", command, from, dur, 0, 0});
        strcpy(shell, ids);
        snprintf(command, sizeof command, "/usr/bin/gcc|-O2|-Iinclude|-c|src/module_%d/file_%d.c|-o|build/%d.o", i % 17,
                 i, i);
        process(&(struct process){shell, "build", command, from + 1, dur - 2, 0, 0});
        strcpy(shell, ids);
        process(
            &(struct process){shell, "build", "/usr/lib/gcc/x86_64-linux-gnu/12/cc1|-quiet", from + 2, dur - 6, 0, 0});
    }
    process(&(struct process){make, "link", "ld|-o|build/app|--start-group|build/libcore.a", 120100, 19000, 0, 0});
}

static void test_and_publish(const char *root)
{
    process(&(struct process){root, "test", "ctest|--output-on-failure", 139600, 60800, 8, 0});
    char ctest[64];
    strcpy(ctest, ids);
    for (int i = 0; i < 40; i++) {
        char command[64];
        snprintf(command, sizeof command, "build/test_%02d|--seed|%d", i, i * 7);
        process(&(struct process){ctest, "test", command, 139700 + i * 1500, i == 23 ? 3100 : 200 + chance(1200),
                                  i == 31, i == 23 ? 11 : 0});
    }
    process(&(struct process){root, "test", "grep|-q|FAILED|build/log.txt", 200450, 4, 1, 0});
    process(&(struct process){root, "publish", "tar|-czf|build/out.tar.gz|build/app", 200700, 49900, 0, 0});
    process(&(struct process){root, "publish", "curl|--fail|-T|build/out.tar.gz|https://example.net/caf\xE9/x", 250700,
                              1300, 22, 0});
}

static void fill_summary(void)
{
    summary_init(&summary);
    strcpy(summary.run_id, run_id);
    summary.name = strdup("nightly");
    summary.cwd = strdup("/srv/ci/nightly/src");
    summary.start_ns = START_NS;
    summary.dur_ns = 252300 * MS;
    summary.end_by = SPAN_END_SELF;
    summary.exit_code = 22;
    summary.cost = (struct summary_cost){31 * MS, 12 * MS, 400000};
    int err = summary_set_command(&summary, (const char *[]){"bash", "./ci/nightly.sh", "--publish"}, 3);
    err |= summary_add_fact(&summary.host, &summary.host_len, "hostname", "agent-7");
    err |= summary_add_fact(&summary.host, &summary.host_len, "os", "Debian GNU/Linux 12 (bookworm)");
    err |= summary_add_fact(&summary.host, &summary.host_len, "arch", "x86_64");
    err |= summary_add_fact(&summary.host, &summary.host_len, "cpus", "4");
    err |= summary_add_fact(&summary.ci, &summary.ci_len, "provider", "azure-pipelines");
    err |= summary_add_fact(&summary.ci, &summary.ci_len, "build", "812");
    err |= summary_add_fact(&summary.ci, &summary.ci_len, "commit", "1a2b3c4d");
    if (err || !summary.name || !summary.cwd)
        die("cannot make the summary", -ENOMEM);
}

/* Open DIR/NAME for writing, with its folders. */
static int create(const char *dir, const char *name)
{
    auto_buf path = BUF_EMPTY;
    buf_printf(&path, "%s/%s", dir, name);
    char *slash = strrchr(path.data, '/');
    *slash = '\0';
    int err = file_make_dirs(path.data, 0700);
    *slash = '/';
    int fd = err ? -1 : open(path.data, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        die(path.data, err ? err : -errno);
    return fd;
}

static void write_spans(int fd, int compiles)
{
    int err = gzip_new(fd, &gz);
    if (err)
        die("cannot compress", err);
    run_and_tasks();
    process(&(struct process){"run", NULL, "bash|./ci/nightly.sh|--publish", 1, 252200, 22, 0});
    char root[64];
    strcpy(root, ids);
    restore(root);
    build(root, compiles);
    test_and_publish(root);
    err = gzip_finish(gz, (uint64_t *)&summary.spans_bytes);
    gzip_free(gz);
    if (err)
        die("cannot compress", err);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    run_id = argv[2];
    const char *damage = argc > 4 ? argv[4] : "";
    auto_buf name = BUF_EMPTY, text = BUF_EMPTY;
    fill_summary();
    names_put_spans(&name, run_id);
    summary.spans_object = strdup(buf_text(&name));
    auto_fd spans = create(argv[1], buf_text(&name));
    write_spans(spans, argc > 3 ? atoi(argv[3]) : 100);
    int err = !strcmp(damage, "cut") && ftruncate(spans, summary.spans_bytes - 9) ? -errno : 0;
    if (!err && !strcmp(damage, "rubbish"))
        err = ftruncate(spans, 0) || pwrite(spans, "this is no gzip", 15, 0) != 15 ? -EIO : 0;
    buf_clear(&name);
    names_put_summary(&name, run_id);
    auto_fd object = create(argv[1], buf_text(&name));
    summary_json_put(&text, &summary);
    if (!err)
        err = file_write_all(object, text.data, text.len);
    if (err)
        die("cannot write", err);
    summary_release(&summary);
    return 0;
}
