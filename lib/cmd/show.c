/* SPDX-License-Identifier: MIT */
/* dtrack show: one run as a page of text. */
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/find_run.h"
#include "cmd/preview.h"
#include "cmd/spans.h"
#include "cmd/terminal.h"
#include "export/ndjson.h"
#include "export/show_run.h"

#define PAGE_BYTES_MAX ((size_t)256 << 20)

static const struct cmd_option options[] = {
    {"all", 'a', NULL, "leave nothing out for being short, or one of many"},
    {"depth", 'd', "N", "at most N levels of the tree"},
    {"store", 0, "URL", "the store to read, instead of the first of DTRACK_STORE"},
    {0},
};

/* A tree being filled. */
struct planting {
    struct tree tree;
    struct ndjson_row row;
};

/* One row's strings at a time; the tree copies what it keeps. */
static int take_row(void *ctx, const char *line, size_t len)
{
    struct planting *p = ctx;
    int err = ndjson_parse(&p->row, line, len);
    return err ? err : tree_add(&p->tree, &p->row.span);
}

/* Read the rows into a linked tree. CMD_OK, or the reason has been printed. */
static int plant(const struct command *self, struct store *store, const struct summary *s, struct planting *p)
{
    auto_buf why = BUF_EMPTY;
    int err = tree_init(&p->tree, TREE_NODES_MAX);
    if (!err)
        err = spans_read(store, s, take_row, p, &why);
    if (!err)
        err = tree_link(&p->tree);
    if (!err)
        return CMD_OK;
    if (!why.len)
        buf_printf(&why, "cannot read the spans of run '%s': %s", s->run_id, strerror(-err));
    return cmd_fail(self, "%s", buf_text(&why));
}

/* The page is put together before any of it is printed: half a page would look like a small run. */
static int show_spans(const struct command *self, struct store *store, const struct summary *s,
                      const struct show_options *shown)
{
    struct planting p;
    auto_buf page = {.limit = PAGE_BYTES_MAX};
    p.row = NDJSON_ROW_EMPTY;
    int status = plant(self, store, s, &p), err = 0;
    if (status == CMD_OK)
        err = show_body(&page, s, &p.tree, shown);
    if (!err)
        err = buf_error(&page);
    if (err)
        status = cmd_fail(self, "cannot show run '%s': %s", s->run_id, strerror(-err));
    if (status == CMD_OK)
        status = cmd_write(self, page.data, page.len);
    tree_release(&p.tree);
    ndjson_release(&p.row);
    return status;
}

/* The head first: it can be said even when the spans can't. */
static int show_run(const struct command *self, struct store *store, const char *wanted,
                    const struct show_options *shown)
{
    struct summary s;
    auto_buf head = BUF_EMPTY;
    if (find_run(self, store, wanted, &s) != CMD_OK)
        return CMD_FAILED;
    show_head(&head, &s, shown);
    int status = cmd_write(self, head.data, head.len);
    if (status == CMD_OK)
        status = show_spans(self, store, &s, shown);
    summary_release(&s);
    return status;
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    int status;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    if (args.rest_len > 1)
        return cmd_usage(self, "shows one run, not '%s' as well", args.rest[1]);
    const char *depth = cmd_value(self, &args, "depth");
    struct page page = terminal_page(NULL);
    struct show_options shown = {.width = page.width, .utf8 = page.utf8, .colour = page.colour};
    shown.all = cmd_value(self, &args, "all") != NULL;
    long levels = 0;
    if (depth && (!settings_read_count(depth, &levels) || !levels))
        return cmd_usage(self, "'%s' is no number of levels", depth);
    shown.depth = (int)levels;
    struct store *store = preview_open(self, cmd_value(self, &args, "store"), PREVIEW_ANY);
    if (!store)
        return CMD_FAILED;
    status = show_run(self, store, args.rest_len ? args.rest[0] : NULL, &shown);
    store_close(store);
    return status;
}

const struct command cmd_show = {
    .name = "show",
    .synopsis = "[RUN] [--all] [--depth N] [--store URL]",
    .help = "print a run: its processes and tasks, what took long, what failed",
    .options = options,
    .run = run,
    .more = "RUN is an id as dtrack runs prints it, the start of one, or latest (the default).\n"
            "Processes below 1 % of the run, and all but the longest of many, are summed up;\n"
            "\"+12\" behind a process counts those below it that have no line of their own.",
};
