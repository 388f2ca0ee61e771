/* SPDX-License-Identifier: MIT */
/* dtrack export: a run's spans in another format, to stdout or to a file. */
#include "export/export_format.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/find_run.h"
#include "cmd/output.h"
#include "cmd/preview.h"
#include "cmd/spans.h"

/* The longest row, with every byte escaped. */
#define OUT_BYTES_MAX ((size_t)256 << 20)

static const struct cmd_option options[] = {
    {"format", 'f', "FORMAT", "one of those below; by default what the name of FILE says, else ndjson"},
    {"output", 'o', "FILE", "write to FILE, which appears when it is complete"},
    {"store", 0, "URL", "the store to read, instead of the first of DTRACK_STORE"},
    {0},
};

/* One export on its way from a store to a descriptor. */
struct exporting {
    const struct command *self;
    const struct export_format *format;
    struct export export;
    struct store *store;
    struct buf out, why; /* why: what reading says of an error, if it has more to say than its name */
    int fd;
    int write_error;
};

/* Errors of writing are kept apart from those of reading: one is about the output, the other about the store.
 */
static int drain(void *ctx)
{
    struct exporting *e = ctx;
    e->write_error = file_write_all(e->fd, e->out.data, e->out.len);
    buf_clear(&e->out);
    return e->write_error;
}

static int read_rows(void *ctx, export_line_fn each, void *each_ctx)
{
    struct exporting *e = ctx;
    return spans_read(e->store, e->export.summary, each, each_ctx, &e->why);
}

/* CMD_OK, or the reason has been printed. */
static int export_to_fd(void *ctx, int fd)
{
    struct exporting *e = ctx;
    e->fd = fd;
    int err = export_write(e->format, &e->export);
    if (!err)
        return CMD_OK;
    if (e->write_error)
        return cmd_fail_output(e->self, e->write_error);
    if (e->why.len)
        return cmd_fail(e->self, "%s", buf_text(&e->why));
    return cmd_fail(e->self, "cannot export run '%s': %s", e->export.summary->run_id, strerror(-err));
}

static int export_run(const struct command *self, const struct cmd_args *args, struct store *store,
                      const struct export_format *format)
{
    struct summary s;
    if (find_run(self, store, args->rest_len ? args->rest[0] : NULL, &s) != CMD_OK)
        return CMD_FAILED;
    struct exporting e = {.self = self, .format = format, .store = store, .out.limit = OUT_BYTES_MAX};
    e.export = (struct export){
        .summary = &s, .out = &e.out, .read = read_rows, .read_ctx = &e, .drain = drain, .drain_ctx = &e};
    int status = output_write(self, cmd_value(self, args, "output"), export_to_fd, &e);
    buf_release(&e.out);
    buf_release(&e.why);
    summary_release(&s);
    return status;
}

static int fail_format(const struct command *self, const char *name)
{
    auto_buf known = BUF_EMPTY;
    export_put_names(&known);
    return cmd_usage(self, "unknown format '%s', not one of %s", name, buf_text(&known));
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    int status;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    if (args.rest_len > 1)
        return cmd_usage(self, "exports one run, not '%s' as well", args.rest[1]);
    const char *name = cmd_value(self, &args, "format"), *path = cmd_value(self, &args, "output");
    const struct export_format *format = name ? export_format(name) : path ? export_format_of(path) : NULL;
    if (!name && !format)
        format = export_format("ndjson");
    if (!format)
        return fail_format(self, name);
    if (format->binary && !path && isatty(STDOUT_FILENO))
        return cmd_usage(self, "%s is binary: name a file by -o", format->name);
    struct store *store = preview_open(self, cmd_value(self, &args, "store"), PREVIEW_ANY);
    if (!store)
        return CMD_FAILED;
    status = export_run(self, &args, store, format);
    store_close(store);
    return status;
}

const struct command cmd_export = {
    .name = "export",
    .synopsis = "[RUN] [--format FORMAT] [-o FILE] [--store URL]",
    .help = "write a run's spans in a format that other tools read",
    .options = options,
    .run = run,
    .more = "RUN is an id as dtrack runs prints it, the start of one, or latest (the default).\n\nFormats, "
            "and how files of each are called:",
    .put_more = export_put_formats,
};
