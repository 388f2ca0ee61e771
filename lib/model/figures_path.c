/* SPDX-License-Identifier: MIT */
/* The critical path: back from the end of the run, each time over the child that ended last. */
#include "model/figures_path.h"

#include <errno.h>
#include <stdlib.h>

#include "model/list.h"

/* A process on the way: up to `at_ns` the path is still to be found. */
struct step {
    uint32_t life;
    uint32_t left; /* children that have not been looked at yet, of those that counted, from the front */
    int64_t at_ns;
    size_t images; /* place of its first image in the walk's list */
};

struct walk {
    const struct figures *f;
    struct step *steps;
    size_t len, cap;
    uint32_t *images; /* of all processes on the way, each one's last image last */
    size_t images_len, images_cap;
    figures_piece_fn each;
    void *ctx;
    struct figures_piece last; /* not yet handed on: the next one may be of the same row */
};

static int hand_on(struct walk *w)
{
    return w->last.from_ns < w->last.to_ns ? w->each(w->ctx, &w->last) : 0;
}

static int put(struct walk *w, uint32_t row, int64_t from_ns, int64_t to_ns)
{
    if (from_ns >= to_ns)
        return 0;
    if (w->last.row == row && w->last.from_ns == to_ns && w->last.to_ns > to_ns) {
        w->last.from_ns = from_ns;
        return 0;
    }
    int stop = hand_on(w);
    w->last = (struct figures_piece){from_ns, to_ns, row};
    return stop;
}

/* The images of the innermost process on the way in [from, to], last one first. What lies behind is not asked for again. */
static int put_images(struct walk *w, const struct step *step, int64_t from_ns, int64_t to_ns)
{
    const struct figures_row *rows = w->f->rows;
    int stop = 0;
    while (to_ns > from_ns && !stop) {
        uint32_t row = w->images[w->images_len - 1];
        bool is_first = w->images_len - 1 == step->images;
        int64_t start_ns = is_first ? from_ns : MAX(rows[row].start_ns, from_ns);
        stop = put(w, row, start_ns, to_ns);
        to_ns = MIN(start_ns, to_ns);
        if (to_ns > from_ns)
            w->images_len--;
    }
    return stop;
}

static int enter(struct walk *w, uint32_t life, int64_t at_ns)
{
    uint32_t children, image = life;
    size_t first = w->images_len;
    figures_waited(w->f, life, &children);
    do {
        int err = list_grow(&w->images, w->images_len, &w->images_cap, sizeof *w->images);
        if (err)
            return err;
        w->images[w->images_len++] = image;
        image = w->f->rows[image].next;
    } while (image);
    int err = list_grow(&w->steps, w->len, &w->cap, sizeof *w->steps);
    if (!err)
        w->steps[w->len++] = (struct step){life, children, at_ns, first};
    return err;
}

/* The last child that ended by then and had been waited for; 0 when there is none any more. */
static uint32_t next_child(const struct figures *f, struct step *step)
{
    uint32_t len;
    const uint32_t *waited = figures_waited(f, step->life, &len);
    while (step->left) {
        uint32_t child = waited[--step->left];
        if (!(f->rows[child].flags & FIGURES_LATE) && f->rows[figures_last(f, child)].end_ns <= step->at_ns)
            return child;
    }
    return FIGURES_RUN;
}

/* One step back: to the child that ended last, or over the rest of this process. */
static int go(struct walk *w)
{
    const struct figures *f = w->f;
    struct step *step = &w->steps[w->len - 1];
    uint32_t child = next_child(f, step);
    int64_t at_ns = step->at_ns;
    if (!child) {
        int stop = put_images(w, step, f->rows[step->life].start_ns, at_ns);
        w->images_len = step->images;
        w->len--;
        return stop;
    }
    int64_t end_ns = f->rows[figures_last(f, child)].end_ns;
    step->at_ns = f->rows[child].start_ns;
    int stop = put_images(w, step, end_ns, at_ns);
    return stop ? stop : enter(w, child, end_ns);
}

int figures_path_walk(const struct figures *f, figures_piece_fn each, void *ctx)
{
    struct walk w = {.f = f, .each = each, .ctx = ctx};
    int stop = enter(&w, FIGURES_RUN, f->dur_ns);
    while (!stop && w.len)
        stop = go(&w);
    if (!stop)
        stop = hand_on(&w);
    free(w.steps);
    free(w.images);
    return stop;
}

static int collect(void *ctx, const struct figures_piece *piece)
{
    struct figures_path *path = ctx;
    int err = list_grow(&path->pieces, path->len, &path->cap, sizeof *path->pieces);
    if (!err)
        path->pieces[path->len++] = *piece;
    return err;
}

int figures_path(const struct figures *f, struct figures_path *out)
{
    *out = (struct figures_path){0};
    int err = figures_path_walk(f, collect, out);
    for (size_t i = 0; i < out->len / 2; i++) {
        struct figures_piece other = out->pieces[i];
        out->pieces[i] = out->pieces[out->len - 1 - i];
        out->pieces[out->len - 1 - i] = other;
    }
    return err;
}

void figures_path_release(struct figures_path *path)
{
    free(path->pieces);
    *path = (struct figures_path){0};
}

static int add_to_row(void *ctx, const struct figures_piece *piece)
{
    int64_t *ns = ctx;
    ns[piece->row] += piece->to_ns - piece->from_ns;
    return 0;
}

int figures_path_by_row(const struct figures *f, int64_t *ns)
{
    return figures_path_walk(f, add_to_row, ns);
}
