/* SPDX-License-Identifier: MIT */
/* Clocks of the children of one maker; private to lib/model. */
#ifndef MODEL_FOLD_MAKER_H
#define MODEL_FOLD_MAKER_H

#include "model/fold.h"

/* What is known of an image or a fork child, as it sees itself. */
struct fold_self {
    int32_t pid;
    int64_t ready_ns; /* of an image: when it was there; by its own clock, as is the next */
    int64_t exec_ns;  /* 0 = it did not */
};

/* That, of the one at `ref`; zeros when there is none. */
struct fold_self fold_self(const struct fold *f, uint32_t ref);

/* The moment of the exec call that led from `before` to the image, by the clock of `before`; 0 = nobody noted it. */
int64_t fold_told(const struct spool_image *image, const struct fold_self *before);

/* Find out which children of `ref`, 0 being the run, have a clock that is not its own, and by how much.
 * Whether that is so for `ref` itself must be known. 0 or -errno. */
must_check int fold_maker_settle(struct fold *f, uint32_t ref);

#endif
