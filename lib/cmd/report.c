/* SPDX-License-Identifier: MIT */
/* dtrack report: a run as one page of HTML. */
#include "export/report_page.h"

#include <string.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/find_run.h"
#include "cmd/output.h"
#include "cmd/preview.h"
#include "cmd/spans.h"
#include "export/ndjson.h"

#define PAGE_BYTES_MAX ((size_t)512 << 20)

static const struct cmd_option options[] = {
    {"output", 'o', "FILE", "write to FILE, which appears when it is complete; - is stdout"},
    {"store", 0, "URL", "the store to read, instead of the first of DTRACK_STORE"},
    {0},
};

/* A report being filled. */
struct filling {
    struct report report;
    struct ndjson_row row;
};

static int take_row(void *ctx, const char *line, size_t len)
{
    struct filling *f = ctx;
    int err = ndjson_parse(&f->row, line, len);
    return err || span_is_derived(&f->row.span) ? err : report_add(&f->report, &f->row.span);
}

/* Of a run that goes on: the moment up to which it was read. 0 for one that has ended. */
static int64_t now_of(const struct summary *s)
{
    return s->end_by == SPAN_END_RUNNING && s->dur_ns != SPAN_NONE ? s->start_ns + s->dur_ns : 0;
}

/* Read the rows and put the page together. CMD_OK, or the reason has been printed. */
static int make_page(const struct command *self, struct store *store, const struct summary *s, struct buf *page)
{
    struct filling f;
    auto_buf why = BUF_EMPTY;
    f.row = NDJSON_ROW_EMPTY;
    int err = report_init(&f.report, s, now_of(s));
    if (!err)
        err = spans_read(store, s, take_row, &f, &why);
    if (!err)
        err = report_put(&f.report, page);
    report_release(&f.report);
    ndjson_release(&f.row);
    if (!err)
        return CMD_OK;
    if (!why.len)
        buf_printf(&why, "cannot make a page of run '%s': %s", s->run_id, strerror(-err));
    return cmd_fail(self, "%s", buf_text(&why));
}

/* A page on its way to a descriptor. */
struct writing {
    const struct command *self;
    const struct buf *page;
};

static int write_page(void *ctx, int fd)
{
    const struct writing *w = ctx;
    int err = file_write_all(fd, w->page->data, w->page->len);
    return err ? cmd_fail_output(w->self, err) : CMD_OK;
}

static int report(const struct command *self, const struct cmd_args *args, struct store *store, const char *path)
{
    struct summary s;
    auto_buf page = {.limit = PAGE_BYTES_MAX};
    if (find_run(self, store, args->rest_len ? args->rest[0] : NULL, &s) != CMD_OK)
        return CMD_FAILED;
    int status = make_page(self, store, &s, &page);
    if (status == CMD_OK)
        status = output_write(self, path, write_page, &(struct writing){self, &page});
    summary_release(&s);
    return status;
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    int status;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    const char *path = cmd_value(self, &args, "output");
    if (args.rest_len > 1)
        return cmd_usage(self, "reports one run, not '%s' as well", args.rest[1]);
    if (!path || !*path)
        return cmd_usage(self, "needs a file to write to: -o FILE.html");
    struct store *store = preview_open(self, cmd_value(self, &args, "store"), PREVIEW_ANY);
    if (!store)
        return CMD_FAILED;
    status = report(self, &args, store, path);
    store_close(store);
    return status;
}

const struct command cmd_report = {
    .name = "report",
    .synopsis = "[RUN] -o FILE.html [--store URL]",
    .help = "write a run as one page of HTML, which needs no network",
    .options = options,
    .run = run,
    .more = "RUN is an id as dtrack runs prints it, the start of one, or latest (the default).",
};
