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

/* Where the time went. */
static int put_time(struct show *show)
{
    int err = show_tasks(show);
    if (err)
        return err;
    show_path(show);
    show_commands(show);
    show_time(show);
    show_marks(show);
    return 0;
}

int show_first(struct buf *out, const struct summary *s, const struct digest *digest, const struct show_options *options)
{
    struct show show = show_of(out, s, options);
    show.digest = digest;
    show.run_ns = MAX(digest_whole_ns(digest), 1);
    show_failed(&show);
    int err = options->failures ? show_handled(&show) : put_time(&show);
    if (err)
        return err;
    if (!digest->marks_seen || options->all || options->failures)
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
