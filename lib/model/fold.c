/* SPDX-License-Identifier: MIT */
/* Small common parts of the fold. */
#include "model/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Every integer is absent until somebody knows it: 0 would be a claim. */
struct span fold_span(const struct fold *f, enum span_kind kind)
{
    return (struct span){
        .run_id = f->summary->run_id,
        .kind = kind,
        .name = "",
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
        .ended_by_ns = SPAN_NONE,
        .load_ns = SPAN_NONE,
    };
}

void fold_status(struct span *span, struct wait_status status)
{
    if (!wait_status_is_known(status))
        return;
    if (wait_status_is_signal(status))
        span->signal = WTERMSIG(status.bits);
    else
        span->exit_code = WEXITSTATUS(status.bits);
}

void fold_each_cell(const struct fold *f, uint32_t ref, fold_cell_fn each, void *ctx)
{
    size_t len;
    const struct lineage_pair *blocks = lineage_blocks(&f->gather.lineage, ref, &len);
    for (size_t i = 0; i < len; i++) {
        struct spool_record *record;
        if (spool_reader_get(f->in->reader, (uint64_t)blocks[i].ref * SPOOL_ALIGN, &record))
            continue;
        const struct spool_block *block = (const void *)record;
        for (uint32_t j = 0; record->kind == SPOOL_BLOCK && j < block->cells; j++)
            if (spool_cell_is_good(&block->cell[j]))
                each(ctx, &block->cell[j], blocks[i].ref + 1 + j);
        free(record);
    }
}

/* What a parent's waits tell of its children: their CPU, and until when there surely was one. */
static void add_cell(void *ctx, const struct spool_cell *cell, uint32_t ref)
{
    struct fold_children *sum = ctx;
    (void)ref;
    if (cell->kind == SPOOL_CELL_BORN)
        sum->last_ns = MAX(sum->last_ns, cell->born.start_ns);
    if (!spool_cell_is_reap(cell))
        return;
    sum->last_ns = MAX(sum->last_ns, cell->reap.end_ns);
    fold_add_up(&sum->user_us, cell->reap.user_us);
    fold_add_up(&sum->sys_us, cell->reap.sys_us);
}

void fold_add_children(const struct fold *f, uint32_t ref, struct fold_children *sum)
{
    fold_each_cell(f, ref, add_cell, sum);
}

struct spool_image *fold_fetch_image(const struct fold *f, uint32_t ref)
{
    struct spool_record *record;
    if (!ref || spool_reader_get(f->in->reader, (uint64_t)ref * SPOOL_ALIGN, &record))
        return NULL;
    if (record->kind == SPOOL_IMAGE)
        return (struct spool_image *)record;
    free(record);
    return NULL;
}

/* A fork child has no image of its own and runs its parent's: up the line until there is one. Of a million forks, each of which
 * made the next one, none is looked at twice. */
struct spool_image *fold_image(struct fold *f, uint32_t *ref)
{
    const struct lineage *lineage = &f->gather.lineage;
    while ((*ref = lineage_skips_next(&f->programless, lineage, *ref))) {
        struct spool_image *image = fold_fetch_image(f, *ref);
        if (image && !(image->head.flags & SPOOL_IMAGE_FORKED))
            return image;
        free(image);
        lineage_skips_pass(&f->programless, lineage, *ref);
    }
    return NULL;
}

/* A reference leads to an image or to a cell. Both are looked at as one unit of the file, and the tag tells which it is:
 * fetching a whole image for its pid would cost most of the fold's time. */
int64_t fold_pid(struct fold *f, uint32_t ref)
{
    union {
        struct spool_cell cell;
        struct spool_record record;
        struct {
            struct spool_record head;
            int32_t pid;
        } image;
    } unit;
    uint64_t offset = (uint64_t)ref * SPOOL_ALIGN;
    if (!ref || spool_reader_get_cell(f->in->reader, offset, &unit.cell))
        return SPAN_NONE;
    return unit.record.tag == spool_tag(offset) ? unit.image.pid : unit.cell.pid;
}

const char *fold_span_id(uint32_t ref, char *out)
{
    if (ref)
        snprintf(out, 16, "p%x", ref);
    else
        strcpy(out, "run");
    return out;
}

/* Counted first: one allocation for the list, none for the strings, which stay in the image. */
const char **fold_args(const struct spool_image *image, size_t *argc)
{
    size_t n = 0;
    *argc = 0;
    for (const char *arg = spool_image_first_arg(image); arg; arg = spool_image_next_arg(image, arg))
        n++;
    const char **args = n ? calloc(n, sizeof *args) : NULL;
    if (!args)
        return NULL;
    for (const char *arg = spool_image_first_arg(image); arg; arg = spool_image_next_arg(image, arg))
        args[(*argc)++] = arg;
    return args;
}

/* A path that ends with a slash names no file, and stays as it is. */
const char *fold_basename(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}
