/* SPDX-License-Identifier: MIT */
/* Trusts nothing in the spool: an entry may be of any type, and must neither block us nor lead us elsewhere. */
#include "run/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/own.h"
#include "run/folded_run.h"
#include "run/mapped.h"
#include "run/context.h"
#include "run/folded_run.h"
#include "spool/folder.h"
#include "sys/clock.h"
#include "sys/proc.h"

#define STARTING_MAX_S 60 /* a guardian starts in far less time than this */
#define INIT_SILENT_MAX_S \
    3600 /* a run led by a container's init, which has no guardian, is taken for dead after this */
#define SWEEPS_MAX 32

/* O_NONBLOCK: opening a FIFO in place of a file must not block. */
#define OPEN_SAFELY (O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)

static const char *name_in(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Open the folder that contains `path`. Renames and removals go through this descriptor, so a later change of the path can't
 * redirect them. */
static int open_base(const char *path)
{
    char base[SPOOL_PATH_MAX];
    size_t len = (size_t)(name_in(path) - path);
    if (!len)
        return -EINVAL;
    if (len >= sizeof base)
        return -ENAMETOOLONG;
    memcpy(base, path, len);
    base[len] = '\0';
    int fd = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* The base folder should be private, but in case it is shared by mistake, folders of other users are refused. */
static int open_folder(struct run_folder *run)
{
    struct stat st;
    run->base_fd = open_base(run->path);
    if (run->base_fd < 0)
        return run->base_fd;
    run->folder_fd = openat(run->base_fd, name_in(run->path), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (run->folder_fd < 0 || fstat(run->folder_fd, &st))
        return -errno;
    return st.st_uid == geteuid() ? 0 : -EPERM;
}

/* A file shorter than the header is not a spool. If it is truncated later, its mapping reads as zeros (mapped.h). */
static int check_spool(int fd)
{
    struct stat st;
    if (fstat(fd, &st))
        return -errno;
    if (!S_ISREG(st.st_mode) || st.st_size < (off_t)SPOOL_HEADER_BYTES)
        return -EPROTO;
    return st.st_uid == geteuid() ? 0 : -EPERM;
}

static void unmap_header(struct run_folder *run)
{
    if (run->header)
        munmap(run->header, SPOOL_HEADER_BYTES);
    run->header = NULL;
}

/* The right magic with another version is not damage: the dtrack that wrote it can finish the run. */
static int map_header(struct run_folder *run)
{
    int err = check_spool(run->spool_fd);
    if (err)
        return err;
    struct spool_header *header = mmap(NULL, SPOOL_HEADER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, run->spool_fd, 0);
    if (header == MAP_FAILED)
        return -errno;
    mapped_outlive_cuts();
    run->header = header; /* given back by run_folder_close(), or here */
    uint64_t magic = header->magic;
    if (magic == SPOOL_MAGIC && header->version == SPOOL_VERSION)
        return 0;
    unmap_header(run);
    return magic == SPOOL_MAGIC ? -ENOTSUP : -EPROTO;
}

/* A run that was folded and kept has no spool any more, and does not need it. */
static int open_spool(struct run_folder *run)
{
    run->spool_fd = openat(run->folder_fd, "spool", O_RDWR | OPEN_SAFELY);
    if (run->spool_fd >= 0)
        return map_header(run);
    if (errno != ENOENT)
        return -errno;
    return folded_run_is_kept(run->folder_fd) ? 0 : -EPROTO;
}

bool run_folder_is_in_place(const struct run_folder *run)
{
    struct stat open, named;
    return !fstat(run->folder_fd, &open) && !fstatat(run->base_fd, name_in(run->path), &named, AT_SYMLINK_NOFOLLOW) &&
           open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

int run_folder_open(struct run_folder *run, const char *path)
{
    *run = RUN_FOLDER_NONE;
    run->path = path;
    int err = open_folder(run);
    if (err)
        return err;
    err = open_spool(run);
    return err && !run_folder_is_in_place(run) ? -ENOENT : err; /* what is being removed only looks broken */
}

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        close(take_fd(fd));
}

void run_folder_close(struct run_folder *run)
{
    unmap_header(run);
    close_if_open(&run->marks_fd);
    close_if_open(&run->spool_fd);
    close_if_open(&run->lock_fd);
    close_if_open(&run->folder_fd);
    close_if_open(&run->base_fd);
}

int run_folder_lock(struct run_folder *run)
{
    run->lock_fd = openat(run->folder_fd, "lock", O_RDWR | O_CREAT | OPEN_SAFELY, 0600);
    if (run->lock_fd < 0)
        return -errno;
    if (flock(run->lock_fd, LOCK_EX | LOCK_NB))
        return -errno;
    return run_folder_is_in_place(run) ? 0 : -ENOENT;
}

/* The first mark creates the file, so it may appear at any time. It stays open, since the folder may be removed. */
void run_folder_find_marks(struct run_folder *run)
{
    struct stat st;
    if (run->marks_fd >= 0)
        return;
    run->marks_fd = openat(run->folder_fd, "marks", O_RDONLY | OPEN_SAFELY);
    if (run->marks_fd >= 0 && (fstat(run->marks_fd, &st) || !S_ISREG(st.st_mode)))
        close_if_open(&run->marks_fd);
}

void run_folder_beat(struct run_folder *run)
{
    futimens(run->lock_fd, NULL);
    run_folder_find_marks(run);
}

/* When a file was last written to, or 0. */
static int64_t changed_ns(int fd)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st))
        return 0;
    return st.st_mtim.tv_sec * CLOCK_SECOND_NS + st.st_mtim.tv_nsec;
}

/* Unix time of the last activity, in ns. */
static int64_t last_sign_wall(const struct run_folder *run)
{
    struct stat lock;
    int64_t wall = MAX(changed_ns(run->spool_fd), changed_ns(run->marks_fd));
    if (!fstatat(run->folder_fd, "lock", &lock, AT_SYMLINK_NOFOLLOW))
        wall = MAX(wall, lock.st_mtim.tv_sec * CLOCK_SECOND_NS + lock.st_mtim.tv_nsec);
    return wall;
}

int64_t run_folder_last_sign(const struct run_folder *run)
{
    const struct spool_header *h = run->header;
    int64_t since, at; /* the header may say anything */
    if (__builtin_sub_overflow(last_sign_wall(run), h->start_wall_ns, &since) ||
        __builtin_add_overflow(h->start_mono_ns, MAX(since, 0), &at))
        return 0;
    return at;
}

/* Whether what /proc says of the leader's pid can be believed. */
static bool sees_leader(const struct run_folder *run)
{
    struct stat own;
    return !stat("/proc/self/ns/pid", &own) && own.st_ino == run->header->pid_ns;
}

bool run_folder_may_go_on(const struct run_folder *run)
{
    if (!run->header || sees_leader(run) || !faccessat(run->folder_fd, CONTEXT_NAME, F_OK, AT_SYMLINK_NOFOLLOW))
        return false; /* a guardian that has written the context holds the lock as long as it lives: the lock decides */
    int64_t silent_s = time(NULL) - last_sign_wall(run) / CLOCK_SECOND_NS;
    return silent_s < (run->header->leader_pid == 1 ? INIT_SILENT_MAX_S : STARTING_MAX_S);
}

bool run_folder_leader_lives(const struct run_folder *run)
{
    return run->header && proc_is_alive(run->header->leader_pid, run->header->leader_ticks);
}

/* A pid that was given away since belongs to a process that is younger than the span; boot-relative ticks are coarse, so some
 * slack decides for "still there". The header is mapped: whatever the job may have written there by now. */
bool run_folder_process_lives(const struct run_folder *run, int32_t pid, int64_t start_ns)
{
    const struct spool_header *h = run->header;
    struct proc_stat st;
    if (proc_stat_read(pid, &st) || st.state == 'Z' || st.state == 'X')
        return false;
    int64_t tick_ns = CLOCK_SECOND_NS / sysconf(_SC_CLK_TCK), boot_ns;
    if (__builtin_sub_overflow(start_ns, h->start_wall_ns, &boot_ns) ||
        __builtin_add_overflow(boot_ns, h->start_boot_ns, &boot_ns) ||
        __builtin_add_overflow(boot_ns, 2 * tick_ns, &boot_ns))
        return false;
    return (int64_t)st.start_ticks * tick_ns <= boot_ns;
}

/* The link that led to this run, unless another run of the same pid has it by now. */
static void remove_leader_link(const struct run_folder *run)
{
    char link[SPOOL_PATH_MAX], target[SPOOL_PATH_MAX];
    if (!run->header || folder_leader_path("", run->header->leader_pid, link, sizeof link))
        return;
    ssize_t len = readlinkat(run->base_fd, name_in(link), target, sizeof target - 1);
    target[len > 0 ? len : 0] = '\0';
    if (!strcmp(target, name_in(run->path)))
        unlinkat(run->base_fd, name_in(link), 0);
}

/* Storing to the header changes the file's mtime, which a later attempt reads as the run's last activity: it is set back. */
void run_folder_close_spool(struct run_folder *run)
{
    struct stat before;
    bool known = !fstat(run->spool_fd, &before);
    __atomic_store_n(&run->header->closed, 1, __ATOMIC_RELEASE);
    if (known)
        futimens(run->spool_fd, (const struct timespec[]){before.st_atim, before.st_mtim});
}

void run_folder_drop_spool(struct run_folder *run)
{
    static const char *const names[] = {"spool", "marks", "hydrated", "end", "done"};
    remove_leader_link(run);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlinkat(run->folder_fd, names[i], 0);
}

/* Nothing is renamed in a base folder that belongs to another user. */
int run_folder_rename(const struct run_folder *run, const char *prefix, char out[SPOOL_PATH_MAX])
{
    struct stat base;
    const char *name = name_in(run->path), *id = strchr(name, '-');
    if (run->base_fd < 0 || !id || (strncmp(name, "run-", 4) && strncmp(name, "values-", 7)))
        return -EINVAL;
    if (fstat(run->base_fd, &base))
        return -errno;
    if (base.st_uid != geteuid())
        return -EPERM;
    int len = snprintf(out, SPOOL_PATH_MAX, "%.*s%s%s", (int)(name - run->path), run->path, prefix, id + 1);
    if (len >= SPOOL_PATH_MAX)
        return -ENAMETOOLONG;
    return renameat(run->base_fd, name, run->base_fd, name_in(out)) ? -errno : 0;
}

/* Remove all entries. dtrack makes no folders within a run; an empty foreign one is removed, too. */
static void empty(DIR *dir)
{
    for (const struct dirent *d; (d = readdir(dir));) {
        if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
            continue;
        if (unlinkat(dirfd(dir), d->d_name, 0) && errno == EISDIR)
            unlinkat(dirfd(dir), d->d_name, AT_REMOVEDIR);
    }
}

/* A process that opened the folder before its rename may still create the file `lock` in it, so emptying is repeated. SWEEPS_MAX
 * bounds the repetitions; each process creates the file at most once. */
static int empty_and_remove(DIR *dir, int base_fd, const char *name)
{
    for (int i = 0; i < SWEEPS_MAX; i++) {
        rewinddir(dir);
        empty(dir);
        if (!unlinkat(base_fd, name, AT_REMOVEDIR) || errno == ENOENT)
            return 0;
        if (errno != ENOTEMPTY && errno != EEXIST)
            break;
    }
    return -errno;
}

/* Empty the folder open at `fd`, then remove `name` in the base folder. These are the same unless someone swapped them, and then
 * only an empty folder is lost. */
static int sweep_open(int fd, int base_fd, const char *name)
{
    auto_fd again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again < 0 ? NULL : fdopendir(again);
    if (!dir)
        return -errno;
    take_fd(&again);
    int err = empty_and_remove(dir, base_fd, name);
    closedir(dir);
    return err;
}

int run_folder_sweep(const char *path)
{
    auto_fd base = open_base(path);
    if (base < 0)
        return base == -ENOENT ? 0 : base;
    auto_fd fd = openat(base, name_in(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) /* not a folder: remove a file or link of that name */
        return errno == ENOENT || !unlinkat(base, name_in(path), 0) ? 0 : -errno;
    return sweep_open(fd, base, name_in(path));
}

/* Rename first, atomically: from then on no process finds a run here. If we are killed after that, any later process may remove the
 * folder, since the run is stored. */
int run_folder_remove(const struct run_folder *run)
{
    char done[SPOOL_PATH_MAX];
    remove_leader_link(run);
    int err = run_folder_rename(run, "done-", done);
    if (err)
        return err == -ENOENT ? 0 : err; /* removed by another process */
    return sweep_open(run->folder_fd, run->base_fd, name_in(done));
}
