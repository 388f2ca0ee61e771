/* SPDX-License-Identifier: MIT */
/* Lists the local folder. Each folder is read completely and sorted, so that names come in byte order; memory holds one folder per
 * level of nesting. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "store/local.h"
#include "store/name.h"

/* An entry of a folder. A folder's name ends in '/', so that it sorts like the names below it: "a-b" before "a/b". */
struct entry {
    char *name;
    uint64_t size;
};

struct folder {
    struct entry *entries;
    size_t len, cap;
};

struct walk {
    const struct local_store *fs;
    const char *prefix;
    store_list_fn each;
    void *ctx;
    bool stopped;    /* the callback stopped the listing */
    struct buf name; /* of the folder being read, with its '/'; "" for the root */
    struct buf path; /* of the entry that failed, for the message */
};

static void folder_release(struct folder *folder)
{
    for (size_t i = 0; i < folder->len; i++)
        free(folder->entries[i].name);
    free(folder->entries);
}

#define auto_folder __attribute__((cleanup(folder_release))) struct folder

/* Add a name, with a slash appended when it is a folder. */
static int folder_add(struct folder *folder, const char *name, const struct stat *st)
{
    if (folder->len == folder->cap) {
        size_t cap = MAX(folder->cap * 2, (size_t)16);
        struct entry *entries = reallocarray(folder->entries, cap, sizeof *entries);
        if (!entries)
            return -ENOMEM;
        folder->entries = entries;
        folder->cap = cap;
    }
    auto_buf text = BUF_EMPTY;
    buf_str(&text, name);
    if (S_ISDIR(st->st_mode))
        buf_char(&text, '/');
    struct entry entry = {.name = buf_error(&text) ? NULL : buf_take(&text), .size = (uint64_t)st->st_size};
    if (!entry.name)
        return -ENOMEM;
    folder->entries[folder->len++] = entry;
    return 0;
}

/* Only regular files and folders that a put could have created are listed. Symlinks are not followed, so there are no loops. */
static bool is_ours(const char *name, const struct stat *st)
{
    bool kind = S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
    return kind && strncmp(name, LOCAL_HIDDEN, strlen(LOCAL_HIDDEN)) && !name_fault(name);
}

static int read_entries(DIR *dir, struct folder *folder)
{
    for (;;) {
        struct stat st;
        errno = 0;
        const struct dirent *d = readdir(dir);
        if (!d)
            return -errno;
        if (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) || !is_ours(d->d_name, &st))
            continue;
        int err = folder_add(folder, d->d_name, &st);
        if (err)
            return err;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static int open_to_read(const struct walk *w, DIR **dir)
{
    const char *unused_last;
    auto_fd folder = local_enter(w->fs, buf_text(&w->name), false, &unused_last);
    if (folder < 0)
        return folder;
    auto_fd fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!*dir)
        return -errno;
    take_fd(&fd); /* now owned by the stream */
    return 0;
}

/* Read and sort the folder w->name; a missing one is empty. */
static int folder_read(struct walk *w, struct folder *folder)
{
    buf_clear(&w->path);
    local_path(w->fs, buf_text(&w->name), &w->path);
    DIR *dir;
    int err = open_to_read(w, &dir);
    if (err)
        return err == -ENOENT || err == -ENOTDIR ? 0 : err;
    err = read_entries(dir, folder);
    closedir(dir);
    if (folder->len)
        qsort(folder->entries, folder->len, sizeof *folder->entries, by_name);
    return err;
}

/* Whether w->name starts with the prefix, or is a folder that may contain such names. */
static bool is_wanted(const struct walk *w, bool is_folder)
{
    size_t have = w->name.len, want = strlen(w->prefix);
    if (have < want && !is_folder)
        return false;
    return !strncmp(buf_text(&w->name), w->prefix, MIN(have, want));
}

static int walk_folder(struct walk *w);

/* Descend into a folder, or pass a file to the callback; skip both if the prefix excludes them. */
static int walk_entry(struct walk *w, const struct entry *entry)
{
    size_t outer = w->name.len;
    buf_str(&w->name, entry->name);
    int err = buf_error(&w->name);
    if (err)
        return err;
    bool is_folder = w->name.data[w->name.len - 1] == '/';
    if (is_wanted(w, is_folder) && is_folder) {
        err = walk_folder(w);
    } else if (is_wanted(w, is_folder)) {
        err = w->each(w->ctx, &(struct store_entry){.name = w->name.data, .size = entry->size});
        w->stopped = err;
    }
    w->name.len = outer;
    w->name.data[outer] = '\0';
    return err;
}

/* Recursive; the depth is bounded by the system's limit on the length of a path. */
static int walk_folder(struct walk *w)
{
    auto_folder folder = {0};
    int err = folder_read(w, &folder);
    for (size_t i = 0; i < folder.len && !err; i++)
        err = walk_entry(w, &folder.entries[i]);
    return err;
}

enum store_result local_list(struct store *store, const char *prefix, store_list_fn each, void *ctx, struct buf *why)
{
    struct walk w = {.fs = store->self, .prefix = prefix, .each = each, .ctx = ctx};
    int err = walk_folder(&w);
    enum store_result result = STORE_OK;
    if (err && !w.stopped)
        result = local_fail(why, "list", buf_text(&w.path), err);
    buf_release(&w.name);
    buf_release(&w.path);
    return result;
}
