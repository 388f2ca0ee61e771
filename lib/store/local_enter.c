/* SPDX-License-Identifier: MIT */
/* The way to a folder of a store, a part at a time, each from the descriptor of the one before: who may rename folders on the way
 * can lead nobody past the check of a link. */
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

/* O_DIRECTORY, also for what is looked at only: it is what mounts a folder that comes when it is needed. */
#define OPEN_FOLDER (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct way {
    int at; /* the folder that has been reached */
    unsigned links;
    bool make; /* folders that are missing */
};

/* Where in the store's name a part stands: what may be followed there. */
enum reach { TO_ROOT, BELOW_ROOT };

static int go(struct way *w, const char *path, size_t len, enum reach reach);

static void arrive(struct way *w, int fd)
{
    own_close_fd(&w->at);
    w->at = fd;
}

/* Whether a link of another's, in a folder `above`, may be followed. Below the store's root it may not. On the way there it is a
 * part of the machine, but not where everybody can put one: the kernel's rule of fs.protected_symlinks, which may be off. */
static bool may_be_followed(const struct stat *link, const struct stat *above, enum reach reach)
{
    return link->st_uid == 0 || link->st_uid == geteuid() ||
           (reach == TO_ROOT && (!(above->st_mode & S_IWOTH) || above->st_uid == link->st_uid));
}

/* Go where the link `part` leads, if it is one. What is missing there is not made: it may be a disk that is not mounted. */
static int follow(struct way *w, const char *part, enum reach reach)
{
    char target[PATH_MAX];
    struct stat st, above;
    auto_fd link = openat(w->at, part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (link < 0 || fstat(link, &st) || fstat(w->at, &above))
        return -errno;
    if (!S_ISLNK(st.st_mode))
        return -ENOTDIR;
    if (++w->links > LINKS_MAX || !may_be_followed(&st, &above, reach))
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

/* Two that make the same folder at the same time both succeed. */
static int step(struct way *w, const char *part, enum reach reach)
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
        return follow(w, part, reach);
    return fd < 0 ? -errno : 0;
}

static int go_to_top(struct way *w)
{
    int fd = open("/", OPEN_FOLDER);
    if (fd < 0)
        return -errno;
    arrive(w, fd);
    return 0;
}

/* Go on from where we are, or from the top, by all parts of the path. */
static int go(struct way *w, const char *path, size_t len, enum reach reach)
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
        err = part_len ? step(w, part, reach) : 0;
    }
    return err;
}

int local_enter(const struct local_store *fs, const char *name, bool make, const char **last)
{
    struct way w = {.at = -1, .make = make};
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
