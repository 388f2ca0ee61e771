/* SPDX-License-Identifier: MIT */
/* Walks a path as the kernel does, path_resolution(7), and checks every component. */
#include "sys/trust.h"

#include <errno.h>

#include "sys/sys.h"
#include "sys/text.h"

#define LINKS_MAX 40 /* as many as the kernel follows */

struct trust_walk {
    uint32_t uid;
    uint32_t root; /* the owner of "/": root's uid, which in a user namespace may be unmapped and appear as nobody's */
    int links;
    struct text at;   /* the path resolved so far; "" is the root folder */
    const char *left; /* the remaining path, within `rest` */
    char rest[TRUST_PATH_MAX];
};

static int trust_is_root(const struct trust_walk *w, const struct stat *st)
{
    return st->st_uid == 0 || st->st_uid == w->root;
}

static int trust_owner(const struct trust_walk *w, const struct stat *st)
{
    return st->st_uid == w->uid || trust_is_root(w, st);
}

static int trust_is_kept(const struct trust_walk *w, const struct stat *st)
{
    int is_shared = S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX && trust_is_root(w, st);
    return trust_owner(w, st) && (is_shared || !(st->st_mode & (S_IWGRP | S_IWOTH)));
}

static void trust_leave(struct text *at)
{
    while (at->len && at->out[--at->len] != '/') {
    }
    at->out[at->len] = '\0';
}

/* Prepend the target of the symlink at w->at to the remaining path. */
static int trust_follow(struct trust_walk *w)
{
    char target[TRUST_PATH_MAX], rest[TRUST_PATH_MAX];
    long len = sys_readlink(w->at.out, target, sizeof target - 1);
    if (len < 0)
        return (int)len;
    target[len] = '\0';
    if (++w->links > LINKS_MAX)
        return -ELOOP;
    int err = text_join(rest, sizeof rest, target, "/", w->left);
    if (err)
        return err;
    __builtin_memcpy(w->rest, rest, sizeof rest);
    w->left = w->rest;
    trust_leave(&w->at);
    if (target[0] == '/')
        w->at = text_into(w->at.out, w->at.room);
    return 0;
}

/* Append one name to the resolved path, and check it. */
static int trust_enter(struct trust_walk *w, const char *name, size_t len)
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
        return trust_owner(w, &st) ? trust_follow(w) : -EPERM;
    return trust_is_kept(w, &st) ? 0 : -EPERM;
}

/* Process the next component of the remaining path. */
static int trust_step(struct trust_walk *w)
{
    const char *name = w->left;
    while (*name == '/')
        name++;
    for (w->left = name; *w->left && *w->left != '/'; w->left++) {
    }
    size_t len = (size_t)(w->left - name);
    int is_up = len == 2 && name[0] == '.' && name[1] == '.';
    if (len && !is_up && !(len == 1 && *name == '.'))
        return trust_enter(w, name, len);
    if (is_up)
        trust_leave(&w->at);
    return 0;
}

int trust_resolve(const char *path, uint32_t uid, char *out)
{
    struct trust_walk w;
    w.uid = uid;
    w.links = 0;
    w.left = w.rest;
    w.at = text_into(out, TRUST_PATH_MAX);
    struct stat st;
    if (path[0] != '/')
        return -EINVAL;
    int err = text_join(w.rest, sizeof w.rest, path, "", "");
    if (!err)
        err = sys_stat(AT_FDCWD, "/", &st, 0);
    if (!err) {
        w.root = st.st_uid;
        err = trust_is_kept(&w, &st) ? 0 : -EPERM;
    }
    while (!err && *w.left)
        err = trust_step(&w);
    if (!w.at.len)
        text_str(&w.at, "/");
    return err;
}
