/* SPDX-License-Identifier: MIT */
/* Walks a path as the kernel does, path_resolution(7), and looks at every step. */
#include "sys/trust.h"

#include <errno.h>

#include "sys/sys.h"
#include "sys/text.h"

#define LINKS_MAX 40 /* as many as the kernel follows */

struct trust_walk {
    uint32_t uid;
    int links;
    struct text at;            /* the resolved part; "" is the root folder */
    char rest[TRUST_PATH_MAX]; /* what is still to be walked */
};

static int trust_owner(const struct stat *st, uint32_t uid)
{
    return st->st_uid == 0 || st->st_uid == uid;
}

static int trust_is_kept(const struct stat *st, uint32_t uid)
{
    int is_shared = S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX && st->st_uid == 0;
    return trust_owner(st, uid) && (is_shared || !(st->st_mode & (S_IWGRP | S_IWOTH)));
}

static void trust_leave(struct text *at)
{
    while (at->len && at->out[--at->len] != '/') {
    }
    at->out[at->len] = '\0';
}

/* Put the target of the link at w->at in front of what is left. */
static int trust_follow(struct trust_walk *w, const char *left)
{
    char target[TRUST_PATH_MAX], rest[TRUST_PATH_MAX];
    long len = sys_readlink(w->at.out, target, sizeof target - 1);
    if (len < 0)
        return (int)len;
    target[len] = '\0';
    if (++w->links > LINKS_MAX)
        return -ELOOP;
    int err = text_join(rest, sizeof rest, target, "/", left);
    if (err)
        return err;
    __builtin_memcpy(w->rest, rest, sizeof rest);
    trust_leave(&w->at);
    if (target[0] == '/')
        w->at = text_into(w->at.out, w->at.room);
    return 0;
}

/* One more name, which ends at `left`. */
static int trust_enter(struct trust_walk *w, const char *name, size_t len, const char *left)
{
    struct stat st;
    text_str(&w->at, "/");
    text_add(&w->at, name, len);
    if (w->at.cut)
        return -ENAMETOOLONG;
    int err = sys_stat(AT_FDCWD, w->at.out, &st, AT_SYMLINK_NOFOLLOW);
    if (err)
        return err;
    if (S_ISLNK(st.st_mode))
        return trust_owner(&st, w->uid) ? trust_follow(w, left) : -EPERM;
    if (!trust_is_kept(&st, w->uid))
        return -EPERM;
    __builtin_memmove(w->rest, left, text_len(left, sizeof w->rest) + 1);
    return 0;
}

/* The next name of what is left. */
static int trust_step(struct trust_walk *w)
{
    const char *name = w->rest, *left;
    while (*name == '/')
        name++;
    for (left = name; *left && *left != '/'; left++) {
    }
    size_t len = (size_t)(left - name);
    int is_up = len == 2 && name[0] == '.' && name[1] == '.';
    if (len && !is_up && !(len == 1 && *name == '.'))
        return trust_enter(w, name, len, left);
    if (is_up)
        trust_leave(&w->at);
    __builtin_memmove(w->rest, left, text_len(left, sizeof w->rest) + 1);
    return 0;
}

int trust_resolve(const char *path, uint32_t uid, char *out)
{
    struct trust_walk w = {.uid = uid, .at = text_into(out, TRUST_PATH_MAX)};
    struct stat st;
    if (path[0] != '/')
        return -EINVAL;
    int err = text_join(w.rest, sizeof w.rest, path, "", "");
    if (!err)
        err = sys_stat(AT_FDCWD, "/", &st, 0);
    if (!err && !trust_is_kept(&st, uid))
        err = -EPERM;
    while (!err && w.rest[0])
        err = trust_step(&w);
    if (!err && !w.at.len)
        text_str(&w.at, "/");
    return err;
}
