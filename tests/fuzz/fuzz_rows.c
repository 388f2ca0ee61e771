/* SPDX-License-Identifier: MIT */
/* Any bytes as stored rows: a row that is accepted is written as one that reads and writes the same, and
 * whatever the rows say, the tree stays in its bounds and the page is a page, and the figures add up. The first
 * byte chooses the options. */
#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "export/ndjson.h"
#include "export/show_json.h"
#include "export/show_run.h"
#include "model/figures_failures.h"
#include "model/figures_free.h"
#include "model/figures_path.h"
#include "model/figures_summary.h"

#include "fuzz.h"

#define NODES_MAX 12

static void check_again(const struct span *span)
{
    auto_buf once = BUF_EMPTY, twice = BUF_EMPTY;
    auto_ndjson_row again = NDJSON_ROW_EMPTY;
    ndjson_put(&once, span);
    PROMISE(!buf_error(&once) && utf8_valid(once.data, once.len));
    PROMISE(memchr(once.data, '\n', once.len) == once.data + once.len - 1);
    PROMISE(!ndjson_parse(&again, once.data, once.len));
    ndjson_put(&twice, &again.span);
    PROMISE(!strcmp(once.data, twice.data));
}

/* Plant the rows that are rows. Returns what tree_add() returned last. */
static int plant(struct tree *tree, struct figures *figures, struct digest *digest, const char *text, const char *end)
{
    auto_ndjson_row row = NDJSON_ROW_EMPTY;
    int err = 0;
    while (text < end && !err) {
        const char *newline = memchr(text, '\n', (size_t)(end - text)), *stop = newline ? newline : end;
        if (!ndjson_parse(&row, text, (size_t)(stop - text))) {
            check_again(&row.span);
            err = tree_add(tree, &row.span);
            PROMISE(!figures_add(figures, &row.span, NULL) && !digest_add(digest, &row.span));
        }
        PROMISE(tree->len <= NODES_MAX + 1);
        text = stop + 1;
    }
    return err;
}

static void check_text(const struct buf *page)
{
    PROMISE(!buf_error(page) && utf8_valid(page->data, page->len));
    for (size_t i = 0; i < page->len; i++)
        PROMISE((unsigned char)page->data[i] >= 0x20 || page->data[i] == '\n');
}

/* The first page, and its figures as JSON. */
static void check_first(struct digest *digest, struct summary *s, const struct show_options *options)
{
    auto_buf page = BUF_EMPTY, json = BUF_EMPTY;
    digest->summary = s;
    PROMISE(!digest_finish(digest) && !show_first(&page, s, digest, options));
    check_text(&page);
    show_json_put(&json, s, digest, options);
    PROMISE(!buf_error(&json) && utf8_valid(json.data, json.len));
}

static void check_page(const struct tree *tree, uint8_t choice)
{
    auto_buf page = BUF_EMPTY;
    struct summary s;
    const struct show_options options = {
        .width = 40 + choice % 100, .utf8 = choice & 1, .all = choice & 2, .depth = choice % 5};
    summary_init(&s);
    s.start_ns = 1;
    s.dur_ns = choice * INT64_C(1000);
    PROMISE(!show_tree(&page, &s, tree, &options));
    check_text(&page);
}

/* The path tiles the run, nothing that is free saves nothing, and all else comes to an end. */
static void check_figures(struct figures *f)
{
    struct figures_path path;
    struct figures_saving saving;
    struct figures_failures failures;
    struct summary s;
    int64_t at_ns = 0;
    PROMISE(!figures_link(f) && !figures_path(f, &path));
    for (size_t i = 0; i < path.len; at_ns = path.pieces[i++].to_ns)
        PROMISE(path.pieces[i].from_ns == at_ns && path.pieces[i].to_ns > at_ns);
    PROMISE(at_ns == f->dur_ns);
    PROMISE(!figures_if_free(f, NULL, NULL, &saving) && !saving.least_ns && !saving.most_ns);
    PROMISE(!figures_failures(f, &failures) && failures.handled >= 0 && failures.handled <= failures.failed);
    summary_init(&s);
    PROMISE(!figures_summarize(f, &s));
    summary_release(&s);
    figures_failures_release(&failures);
    figures_path_release(&path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tree tree;
    struct summary summary;
    auto_digest digest = {0};
    auto_figures figures = {0};
    if (!size)
        return 0;
    PROMISE(!tree_init(&tree, NODES_MAX));
    PROMISE(!figures_init(&figures, &(struct figures_options){.rows_max = data[0] % 64 + 1}));
    summary_init(&summary);
    const struct digest_options of = {
        .by = data[0] % 5, .rows_max = data[0] % 64 + 1, .task = data[0] & 32 ? "build" : NULL};
    PROMISE(!digest_init(&digest, &summary, &of));
    int err = plant(&tree, &figures, &digest, (const char *)data + 1, (const char *)data + size);
    PROMISE(!err || err == -EBADMSG);
    if (!err) {
        PROMISE(!tree_link(&tree));
        check_page(&tree, data[0]);
    }
    check_figures(&figures);
    check_first(&digest, &summary,
                &(struct show_options){.width = 40 + data[0] % 100,
                                       .utf8 = data[0] & 1,
                                       .all = data[0] & 2,
                                       .failures = data[0] & 4,
                                       .task = of.task});
    tree_release(&tree);
    return 0;
}
