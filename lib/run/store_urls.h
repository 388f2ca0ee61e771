/* SPDX-License-Identifier: MIT */
/* The URLs of the stores that an environment names. Opens none of them. */
#ifndef RUN_STORE_URLS_H
#define RUN_STORE_URLS_H

#include "run/environment.h"
#include "sys/attr.h"

/* The store URLs that a run is written to, in order: DTRACK_STORE split at blanks, else the embedded one.
 * Heap strings in a NULL-terminated heap array, for store_urls_free(). NULL with errno: ENOMEM, or ENOENT when it
 * would be the embedded one and neither HOME, which must be there, nor XDG_STATE_HOME says where that is. */
must_check char **store_urls_read(environment_fn env);

/* The same of what `list`, which may be NULL, says as DTRACK_STORE does. */
must_check char **store_urls_split(environment_fn env, const char *list);

/* Wipe and free such a list. NULL is fine. */
void store_urls_free(char **urls);

/* Before the embedded store is written to: where HOME lies in a work tree, see that git does not name it among the files of
 * the tree. */
void store_urls_hide_embedded(environment_fn env);

#endif
