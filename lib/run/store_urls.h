/* SPDX-License-Identifier: MIT */
/* The URLs of the stores that an environment names. Opens no store. */
#ifndef RUN_STORE_URLS_H
#define RUN_STORE_URLS_H

#include "run/environment.h"
#include "sys/attr.h"

/* The store URLs that a run is written to, in order: DTRACK_STORE split at blanks, else the embedded store. Heap strings in a
 * NULL-terminated heap array, for store_urls_free(). NULL with errno: ENOMEM; or ENOENT when the embedded store is wanted and
 * neither XDG_STATE_HOME nor an existing HOME gives its place. */
must_check char **store_urls_read(environment_fn env);

/* The same from `list`, a value in the form of DTRACK_STORE; NULL or blank means the embedded store. */
must_check char **store_urls_split(environment_fn env, const char *list);

/* Wipe and free such a list. NULL is fine. */
void store_urls_free(char **urls);

/* To be called before the embedded store is written to: if HOME is in a git work tree, adds a .gitignore so that git does not list
 * the store as untracked. */
void store_urls_hide_embedded(environment_fn env);

#endif
