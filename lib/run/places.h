/* SPDX-License-Identifier: MIT */
/* Where this user's runs are recorded, and why a preferred base folder was rejected. */
#ifndef RUN_PLACES_H
#define RUN_PLACES_H

#include <stdbool.h>

#include "base/buf.h"
#include "run/environment.h"

/* Append why the folder, file or link `at` is not private to `uid`, such as "'AT' belongs to another user". `at` is the path at
 * which trust_resolve() or folder_make_private() stopped with -EPERM. */
void places_put_reason(const char *at, uint32_t uid, struct buf *out);

/* Whether `base` was rejected only because others may write to it or to a folder above; the reason is then appended as by
 * places_put_reason(). A folder that is writable for the user's private group (gid equal to uid) counts only if `is_asked`: a umask
 * of 002, the default of some systems, makes such folders everywhere. */
bool places_is_open(const char *base, uint32_t uid, bool is_asked, struct buf *why);

/* Append one line for the leader that says why the run in `folder` was not recorded in a base folder of higher priority. Nothing is
 * appended when it was, or when the reason is not worth a message. */
void places_note(environment_fn getenv, const char *folder, struct buf *line);

/* Called with a base folder and the reason why it was rejected. */
typedef void (*places_fn)(void *ctx, const char *base, const char *why);

/* Call `each` with every base folder of the user's own that may hold runs but is not searched, because others may write to it or to
 * a folder above. Returns their number. */
int places_each_open(environment_fn getenv, places_fn each, void *ctx);

#endif
