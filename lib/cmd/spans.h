/* SPDX-License-Identifier: MIT */
/* Reading the rows of a stored run. */
#ifndef CMD_SPANS_H
#define CMD_SPANS_H

#include "export/gzip.h"
#include "model/summary.h"
#include "store/store.h"

/* Read the run's spans object and call `each` with every row as it is stored. 0; a negative errno that `each`
 * stopped with; or another one after writing to `why` what is wrong with the object. `why` stays empty when
 * it was `each`. */
must_check int spans_read(struct store *store, const struct summary *s, gunzip_line_fn each, void *ctx,
                          struct buf *why);

#endif
