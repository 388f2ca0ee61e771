/* SPDX-License-Identifier: MIT */
/* Processes in a time namespace write times of a clock that is not the run's. How long they took can be told, and when they
 * began if whoever started them was outside; else they are said to have begun with the run, which the blind spots tell. */
#include "model/fold_life.h"

#define BEFORE_NS (INT64_C(1) * 1000000000)
#define BEHIND_NS (INT64_C(3600) * 1000000000) /* what was left running may outlive the leader for a while */

bool fold_clock_is_foreign(const struct fold *f, int64_t ns)
{
    return ns < f->in->reader->header.start_mono_ns - BEFORE_NS || ns > f->end.end_ns + BEHIND_NS;
}

int64_t fold_clock_shift(const struct fold *f, const struct life *life, const struct spool_image *image)
{
    if (!fold_clock_is_foreign(f, image->ready_ns))
        return 0;
    if (!fold_clock_is_foreign(f, image->start_ns))
        return image->ready_ns - image->start_ns;
    if (life->born && !fold_clock_is_foreign(f, life->born->time_ns))
        return image->ready_ns - life->born->time_ns;
    return image->ready_ns - f->in->reader->header.start_mono_ns;
}

int64_t fold_clock_mend(const struct fold *f, int64_t ns, int64_t shift)
{
    return shift && fold_clock_is_foreign(f, ns) ? ns - shift : ns;
}

void fold_clock_mend_image(const struct fold *f, struct spool_image *image, int64_t shift)
{
    image->start_ns = fold_clock_mend(f, image->start_ns, shift);
    image->ready_ns = fold_clock_mend(f, image->ready_ns, shift);
    image->end_ns = fold_clock_mend(f, image->end_ns, shift);
    if (image->exec_ns)
        image->exec_ns = fold_clock_mend(f, image->exec_ns, shift);
}
