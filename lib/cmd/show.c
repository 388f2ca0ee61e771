/* SPDX-License-Identifier: MIT */
/* dtrack show: one run as a page of text. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/cmd.h"
#include "cmd/find_run.h"
#include "cmd/preview.h"
#include "cmd/spans.h"
#include "cmd/terminal.h"
#include "export/ndjson.h"
#include "export/show_json.h"
#include "export/show_run.h"
#include "sys/clock.h"

#define PAGE_BYTES_MAX ((size_t)256 << 20)

/* Of larger runs the shortest processes are only counted: what bounds the memory that a page takes. */
#define ROWS_MAX 250000u

static const struct cmd_option options[] = {
    {"tree", 't', NULL, "the processes as a tree, instead of the first page"},
    {"depth", 'd', "N", "at most N levels of the tree"},
    {"task", 0, "NAME", "only what is in the tasks of that name"},
    {"by", 0, "WHAT", "sums by command (the default), exe, args, dir or task"},
    {"failures", 'f', NULL, "every failure, the handled ones as well"},
    {"all", 'a', NULL, "leave nothing out for being short, or one of many"},
    {"min", 0, "TIME", "no line for what took less, such as 100ms or 2s"},
    {"top", 'n', "N", "at most N lines of each table"},
    {"json", 0, NULL, "the figures as one JSON object"},
    {"color", 0, "WHEN", "auto (the default), always or never; after it NO_COLOR and CLICOLOR_FORCE count"},
    {"ascii", 0, NULL, "nothing but ASCII, whatever the locale says"},
    {"no-pager", 0, NULL, "print a long page to the terminal, without PAGER"},
    {"store", 0, "URL", "the store to read, instead of the first of DTRACK_STORE"},
    {0},
};

/* What is asked for. */
struct wanted {
    const char *run;
    struct show_options page;
    enum digest_by by;
    bool tree, json, paged;
};

/* What the rows go into, one of the two. */
struct filling {
    bool is_tree;
    struct tree tree;
    struct digest digest;
    struct ndjson_row row;
};

/* One row's strings at a time; what is kept is copied. */
static int take_row(void *ctx, const char *line, size_t len)
{
    struct filling *f = ctx;
    int err = ndjson_parse(&f->row, line, len);
    if (err || span_is_derived(&f->row.span))
        return err;
    return f->is_tree ? tree_add(&f->tree, &f->row.span) : digest_add(&f->digest, &f->row.span);
}

/* Until when a run that goes on is known: its summary says how long it has taken so far, if it was folded just now. */
static int64_t until_ns(const struct summary *s, const struct wanted *w)
{
    return s->dur_ns == SPAN_NONE ? w->page.now_ns : s->start_ns + s->dur_ns;
}

static int fill_begin(struct filling *f, const struct summary *s, const struct wanted *w)
{
    const struct digest_options of = {
        .by = w->by, .until_ns = until_ns(s, w), .rows_max = ROWS_MAX, .task = w->page.task};
    *f = (struct filling){.is_tree = w->tree};
    f->row = NDJSON_ROW_EMPTY;
    return f->is_tree ? tree_init(&f->tree, TREE_NODES_MAX) : digest_init(&f->digest, s, &of);
}

static void fill_release(struct filling *f)
{
    if (f->is_tree)
        tree_release(&f->tree);
    else
        digest_release(&f->digest);
    ndjson_release(&f->row);
}

/* Read the rows. CMD_OK, or the reason has been printed. */
static int fill(const struct command *self, struct store *store, const struct summary *s, struct filling *f)
{
    auto_buf why = BUF_EMPTY;
    int err = spans_read(store, s, take_row, f, &why);
    if (!err)
        err = f->is_tree ? tree_link(&f->tree) : digest_finish(&f->digest);
    if (!err)
        return CMD_OK;
    if (!why.len)
        buf_printf(&why, "cannot read the spans of run '%s': %s", s->run_id, strerror(-err));
    return cmd_fail(self, "%s", buf_text(&why));
}

/* Append what follows the head, or the JSON. */
static int put_body(struct buf *page, const struct summary *s, const struct filling *f, const struct wanted *w)
{
    if (f->is_tree)
        return show_tree(page, s, &f->tree, &w->page);
    if (!w->json)
        return show_first(page, s, &f->digest, &w->page);
    show_json_put(page, s, &f->digest, &w->page);
    return buf_error(page);
}

/* The page is put together before any of it is printed: half a page would look like a small run. */
static int make_page(const struct command *self, struct store *store, const struct summary *s, const struct wanted *w,
                     struct buf *page)
{
    struct filling f;
    int err = fill_begin(&f, s, w), status = CMD_OK;
    if (!err)
        status = fill(self, store, s, &f);
    if (!err && status == CMD_OK && w->page.task && !f.is_tree && !digest_whole_ns(&f.digest))
        status = cmd_fail(self, "run '%s' has no task '%s'", s->run_id, w->page.task);
    if (!err && status == CMD_OK)
        err = put_body(page, s, &f, w);
    fill_release(&f);
    return err ? cmd_fail(self, "cannot show run '%s': %s", s->run_id, strerror(-err)) : status;
}

/* The head can be said even when the spans can't. */
static int show_run(const struct command *self, struct store *store, const struct wanted *w)
{
    struct summary s;
    auto_buf page = {.limit = PAGE_BYTES_MAX};
    if (find_run(self, store, w->run, &s) != CMD_OK)
        return CMD_FAILED;
    if (!w->json)
        show_head(&page, &s, &w->page);
    size_t head = page.len;
    int status = make_page(self, store, &s, w, &page);
    if (status != CMD_OK && page.len > head)
        page.len = head;
    int written = page.len ? terminal_write(self, &page, w->paged) : CMD_OK;
    summary_release(&s);
    return status == CMD_OK ? written : status;
}

/* "100ms", "2s", "1.5s", "3m", "250us". */
static bool read_time(const char *text, int64_t *ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    double value = strtod(text, &end);
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (!strcmp(end, units[i].name) && value * units[i].ns < 1e18) {
            *ns = (int64_t)(value * units[i].ns);
            return true;
        }
    return false;
}

static bool read_by(const char *word, enum digest_by *by)
{
    static const char *const words[] = {
        [DIGEST_BY_COMMAND] = "command", [DIGEST_BY_EXE] = "exe",   [DIGEST_BY_ARGS] = "args",
        [DIGEST_BY_DIR] = "dir",         [DIGEST_BY_TASK] = "task",
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (!strcmp(words[i], word)) {
            *by = (enum digest_by)i;
            return true;
        }
    return false;
}

static bool read_lines(const char *text, int *out)
{
    long count = 0;
    if (text && (!settings_read_count(text, &count) || !count))
        return false;
    *out = (int)count;
    return true;
}

/* Options with a value. CMD_OK, or a complaint has been printed. */
static int read_values(const struct command *self, const struct cmd_args *args, struct wanted *w)
{
    const char *depth = cmd_value(self, args, "depth"), *top = cmd_value(self, args, "top");
    const char *min = cmd_value(self, args, "min"), *by = cmd_value(self, args, "by");
    if (!read_lines(depth, &w->page.depth))
        return cmd_usage(self, "'%s' is no number of levels", depth);
    if (!read_lines(top, &w->page.top))
        return cmd_usage(self, "'%s' is no number of lines", top);
    if (min && !read_time(min, &w->page.min_ns))
        return cmd_usage(self, "'%s' is no time, such as 100ms or 2s", min);
    if (by && !read_by(by, &w->by))
        return cmd_usage(self, "sums go by command, exe, args, dir or task, not by '%s'", by);
    w->page.task = cmd_value(self, args, "task");
    w->tree = depth || cmd_value(self, args, "tree");
    return CMD_OK;
}

/* What the page looks like. CMD_OK, or a complaint has been printed. */
static int read_looks(const struct command *self, const struct cmd_args *args, struct wanted *w)
{
    const char *color = cmd_value(self, args, "color");
    enum terminal_colour colour = TERMINAL_AUTO;
    if (color && !terminal_read_colour(color, &colour))
        return cmd_usage(self, "colour is auto, always or never, not '%s'", color);
    struct page page = terminal_page(NULL, colour);
    w->page.width = page.width;
    w->page.colour = page.colour;
    w->page.utf8 = page.utf8 && !cmd_value(self, args, "ascii");
    w->page.all = cmd_value(self, args, "all") != NULL;
    w->page.failures = cmd_value(self, args, "failures") != NULL;
    w->page.now_ns = clock_ns(CLOCK_REALTIME);
    w->json = cmd_value(self, args, "json") != NULL;
    w->paged = !w->json && !cmd_value(self, args, "no-pager");
    return CMD_OK;
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    struct wanted w = {.by = DIGEST_BY_COMMAND};
    int status;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    if (args.rest_len > 1)
        return cmd_usage(self, "shows one run, not '%s' as well", args.rest[1]);
    w.run = args.rest_len ? args.rest[0] : NULL;
    status = read_values(self, &args, &w);
    if (status == CMD_OK)
        status = read_looks(self, &args, &w);
    if (status == CMD_OK && w.tree && w.json)
        status =
            cmd_usage(self, "--json has the figures of the first page, not a tree: dtrack export has the processes");
    if (status != CMD_OK)
        return status;
    struct store *store = preview_open(self, cmd_value(self, &args, "store"), PREVIEW_ANY);
    if (!store)
        return CMD_FAILED;
    status = show_run(self, store, &w);
    store_close(store);
    return status;
}

const struct command cmd_show = {
    .name = "show",
    .synopsis = "[RUN] [--tree] [--task NAME] [--by WHAT] [OPTION]...",
    .help = "print a run: what failed, what the time waited for, where it went",
    .options = options,
    .run = run,
    .more = "RUN is an id as dtrack runs prints it, the start of one, or latest (the default).\n"
            "The first page fits 40 lines; what is left out is counted, with the option that shows it.\n"
            "In the tree, \"+12\" behind a process counts those below it that have no line of their own,\n"
            "and equal siblings share one: \"gcc x 412\".",
};
