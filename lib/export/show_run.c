/* SPDX-License-Identifier: MIT */
/* The order of the page's parts: what failed comes before where the time went. */
#include "export/show_run.h"

#include "export/show_parts.h"

static struct show show_of(struct buf *out, const struct summary *s, const struct show_options *options)
{
    return (struct show){
        .page = {.out = out, .width = options->width, .utf8 = options->utf8, .colour = options->colour},
        .summary = s,
        .options = options,
    };
}

#define PAGE_LINES 40
#define FOOT_LINES 3  /* an empty line, coverage, which may take two */
#define TABLE_LINES 3 /* an empty line, the title, what is left out */
#define CURVE_LINES 3 /* an empty line, the curve, the title of the gaps */

static size_t table_lines(size_t len, size_t room)
{
    return len ? MIN(len, room) + TABLE_LINES : 0;
}

static size_t lines_of(const struct digest *d, const struct show_room *room)
{
    return table_lines(d->tasks.len, room->tasks) + table_lines(d->shares_len, room->shares) +
           table_lines(d->groups.len, room->commands) + CURVE_LINES + MIN(d->gaps_len, room->gaps);
}

static size_t foot_lines(const struct show *show)
{
    const struct digest *d = show->digest;
    return FOOT_LINES + (d->marks_seen > 0) + (d->failures.handled > 0) + (d->figures.left_out > 0) +
           (show->summary->coverage.blind.len > 0) + (show->summary->derived_len > 0);
}

/* The table whose lines are worth least gives one up. */
static bool shrink(struct show_room *room)
{
    static const struct show_room enough = {.tasks = 5, .shares = 3, .commands = 4, .gaps = 1}, least = {1, 1, 1, 0};
    if (room->gaps > enough.gaps)
        room->gaps--;
    else if (room->commands > enough.commands)
        room->commands--;
    else if (room->tasks > enough.tasks)
        room->tasks--;
    else if (room->shares > enough.shares)
        room->shares--;
    else if (room->tasks > least.tasks && room->tasks >= room->commands)
        room->tasks--;
    else if (room->commands > least.commands)
        room->commands--;
    else if (room->shares > least.shares)
        room->shares--;
    else
        return false;
    return true;
}

/* So many lines that the page fits a screen, whatever stands above. */
static void make_room(struct show *show)
{
    const struct buf *out = show->page.out;
    size_t above = 0;
    show->room = (struct show_room){.tasks = 8, .shares = 5, .commands = 7, .gaps = 3};
    for (size_t i = 0; i < out->len; i++)
        above += out->data[i] == '\n';
    while (above + lines_of(show->digest, &show->room) + foot_lines(show) > PAGE_LINES && shrink(&show->room))
        ;
}

/* Where the time went. */
static int put_time(struct show *show)
{
    make_room(show);
    int err = show_tasks(show);
    if (err)
        return err;
    show_path(show);
    show_commands(show);
    show_time(show);
    show_marks(show);
    return 0;
}

int show_first(struct buf *out, const struct summary *s, const struct digest *digest,
               const struct show_options *options)
{
    struct show show = show_of(out, s, options);
    show.digest = digest;
    show.run_ns = MAX(digest_whole_ns(digest), 1);
    show_failed(&show);
    int err = options->failures ? show_handled(&show) : put_time(&show);
    if (err)
        return err;
    if (!digest->marks_seen || digest->outside || options->all || options->failures)
        page_end(&show.page);
    show_coverage(&show);
    return buf_error(out);
}

int show_tree(struct buf *out, const struct summary *s, const struct tree *tree, const struct show_options *options)
{
    struct show show = show_of(out, s, options);
    show.tree = tree;
    show.run_ns = MAX(s->dur_ns, 1);
    int err = show_branches(&show);
    if (err)
        return err;
    page_end(&show.page);
    show_coverage(&show);
    return buf_error(out);
}
