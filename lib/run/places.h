/* SPDX-License-Identifier: MIT */
/* Where this user's runs are recorded, and why not elsewhere. */
#ifndef RUN_PLACES_H
#define RUN_PLACES_H

#include <stdbool.h>

#include "base/buf.h"
#include "run/environment.h"

/* Append what keeps the folder, file or link `at` from being private to `uid`: "'AT' belongs to another user". `at` is what
 * trust_resolve() or folder_make_private() stopped at with -EPERM, which holds when nothing else is found. */
void places_put_reason(const char *at, uint32_t uid, struct buf *out);

/* Whether `base` is where a run would be, but for what others may do there; then, what is in the way is appended as
 * places_put_reason() does. A folder of the user's own that is open to a group which is the user's alone, as far as a number can
 * tell, counts only where it `is_asked`: with a umask of 002, as some systems have it, that is usual. */
bool places_is_open(const char *base, uint32_t uid, bool is_asked, struct buf *why);

/* One line on why the run in `folder` is not in the place that comes first, for its leader; nothing is appended when it is, or
 * when nobody has to be told. */
void places_note(environment_fn getenv, const char *folder, struct buf *line);

/* Called with a base folder and what is in the way. */
typedef void (*places_fn)(void *ctx, const char *base, const char *why);

/* Call `each` with every base folder of the user's own that may hold runs and is not looked at, because others may write to it or to
 * a folder above. Returns how many there are. */
int places_each_open(environment_fn getenv, places_fn each, void *ctx);

#endif
