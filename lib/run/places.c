/* SPDX-License-Identifier: MIT */
/* Repeats the checks that the preloaded library makes on each base folder, and puts the result in words, for which the library
 * has no room. */
#include "run/places.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/trust.h"

static const char *reason(const struct stat *st, uint32_t uid)
{
    if (st->st_uid != uid && st->st_uid != 0)
        return "belongs to another user";
    if (S_ISLNK(st->st_mode))
        return "is a link";
    if (!S_ISDIR(st->st_mode))
        return "is no folder";
    if (st->st_mode & S_IWOTH)
        return "may be written to by everybody";
    if (st->st_mode & S_IWGRP)
        return "may be written to by its group";
    return st->st_uid != uid ? "belongs to root" : "is open to others";
}

void places_put_reason(const char *at, uint32_t uid, struct buf *out)
{
    struct stat st;
    buf_printf(out, "'%s' %s", at, lstat(at, &st) ? "is not to be looked at" : reason(&st, uid));
}

/* Whether the folder belongs to the user and to the user's private group, which useradd creates with the gid equal to the uid. */
static bool is_own_group(const char *at, uint32_t uid)
{
    struct stat st;
    return !lstat(at, &st) && S_ISDIR(st.st_mode) && st.st_uid == uid && st.st_gid == uid && !(st.st_mode & S_IWOTH);
}

bool places_is_open(const char *base, uint32_t uid, bool is_asked, struct buf *why)
{
    char at[TRUST_PATH_MAX];
    int err = trust_resolve(base, uid, at);
    if ((err && err != -EPERM) || (!err && folder_is_private(base, uid)) || (!is_asked && is_own_group(at, uid)))
        return false;
    places_put_reason(at, uid, why);
    return true;
}

/* The base folder that the run's folder is in; "" when the path has none. */
static void base_of(const char *folder, char out[SPOOL_PATH_MAX])
{
    const char *slash = strrchr(folder, '/');
    int len = slash ? (int)(slash - folder) : 0;
    if (snprintf(out, SPOOL_PATH_MAX, "%.*s", len, folder) >= SPOOL_PATH_MAX)
        out[0] = '\0';
}

void places_note(environment_fn getenv, const char *folder, struct buf *line)
{
    const struct folder_env env = environment_folders(getenv);
    char base[SPOOL_PATH_MAX], its[SPOOL_PATH_MAX];
    base_of(folder, its);
    for (unsigned nth = 0; !folder_base(&env, nth, base, sizeof base) && strcmp(base, its); nth++)
        if (!folder_is_passed_over(&env, nth, base) && places_is_open(base, env.uid, false, line)) {
            buf_printf(line, ": this run was recorded in '%s'", its);
            return;
        }
}

static bool is_there(const char *base, uint32_t uid)
{
    struct stat st;
    return !lstat(base, &st) && S_ISDIR(st.st_mode) && st.st_uid == uid;
}

int places_each_open(environment_fn getenv, places_fn each, void *ctx)
{
    const struct folder_env env = environment_folders(getenv);
    char base[SPOOL_PATH_MAX];
    int found = 0;
    for (unsigned nth = 0; !folder_base(&env, nth, base, sizeof base); nth++) {
        auto_buf why = BUF_EMPTY;
        if (!is_there(base, env.uid) || !places_is_open(base, env.uid, true, &why))
            continue;
        each(ctx, base, buf_text(&why));
        found++;
    }
    return found;
}
