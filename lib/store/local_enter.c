/* SPDX-License-Identifier: MIT */
/* Opens a folder of a store one path component at a time, each relative to the descriptor of the one before: renaming folders
 * meanwhile can't bypass the check of a symlink. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "store/local.h"

#define LINKS_MAX 40 /* as many as the kernel follows */

/* O_DIRECTORY is needed even with O_PATH: it triggers the mount of an automounted folder. */
#define OPEN_FOLDER (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct walk {
    int at; /* descriptor of the folder reached so far */
    unsigned links;
    bool make; /* create missing folders */
};

/* Whether a component is on the path to the store's root or below it, which decides about symlinks. */
enum zone { TO_ROOT, BELOW_ROOT };

static int go(struct walk *w, const char *path, size_t len, enum zone zone);

static void arrive(struct walk *w, int fd)
{
    own_close_fd(&w->at);
    w->at = fd;
}

/* Whether a symlink in the folder `above` may be followed. One of another user is not followed below the store's root. On the
 * path to the root it belongs to the machine's set-up and is followed, except in a sticky folder that anybody can write to: that
 * is the kernel's rule for fs.protected_symlinks, which may be switched off. */
static bool may_be_followed(const struct stat *link, const struct stat *above, enum zone zone)
{
    return link->st_uid == 0 || link->st_uid == geteuid() ||
           (zone == TO_ROOT && (!(above->st_mode & S_IWOTH) || above->st_uid == link->st_uid));
}

/* Follow `part` if it is a symlink. Its target is not created when missing: it may be on a disk that is not mounted. */
static int follow(struct walk *w, const char *part, enum zone zone)
{
    char target[PATH_MAX];
    struct stat st, above;
    auto_fd link = openat(w->at, part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (link < 0 || fstat(link, &st) || fstat(w->at, &above))
        return -errno;
    if (!S_ISLNK(st.st_mode))
        return -ENOTDIR;
    if (++w->links > LINKS_MAX || !may_be_followed(&st, &above, zone))
        return -ELOOP;
    ssize_t len = readlinkat(link, "", target, sizeof target);
    if (len < 0)
        return -errno;
    bool make = w->make;
    w->make = false;
    int err = go(w, target, (size_t)len, TO_ROOT);
    w->make = make;
    return err;
}

/* Enter the next component. If two processes create the same folder at the same time, both succeed. */
static int step(struct walk *w, const char *part, enum zone zone)
{
    int fd = openat(w->at, part, OPEN_FOLDER);
    if (fd < 0 && errno == ENOENT && w->make) {
        if (mkdirat(w->at, part, 0700) && errno != EEXIST)
            return -errno;
        fd = openat(w->at, part, OPEN_FOLDER);
    }
    if (fd >= 0)
        arrive(w, fd);
    else if (errno == ENOTDIR || errno == ELOOP)
        return follow(w, part, zone);
    return fd < 0 ? -errno : 0;
}

static int go_to_top(struct walk *w)
{
    int fd = open("/", OPEN_FOLDER);
    if (fd < 0)
        return -errno;
    arrive(w, fd);
    return 0;
}

/* Enter all components of the path, starting from the current folder, or from "/" for an absolute path. */
static int go(struct walk *w, const char *path, size_t len, enum zone zone)
{
    char part[NAME_MAX + 1];
    int err = len && *path == '/' ? go_to_top(w) : 0;
    for (const char *end = path + len; path < end && !err;) {
        const char *slash = memchr(path, '/', (size_t)(end - path));
        size_t part_len = (size_t)((slash ? slash : end) - path);
        if (part_len >= sizeof part)
            return -ENAMETOOLONG;
        memcpy(part, path, part_len);
        part[part_len] = '\0';
        path += part_len + (slash ? 1 : 0);
        err = part_len ? step(w, part, zone) : 0;
    }
    return err;
}

int local_enter(const struct local_store *fs, const char *name, bool make, const char **last)
{
    struct walk w = {.at = -1, .make = make};
    const char *slash = strrchr(name, '/');
    size_t folder_len = slash ? (size_t)(slash - name) : 0;
    *last = slash ? slash + 1 : name;
    int err = go(&w, fs->root, strlen(fs->root), TO_ROOT);
    if (!err)
        err = go(&w, name, folder_len, BELOW_ROOT);
    if (!err)
        return w.at;
    own_close_fd(&w.at);
    return err;
}
