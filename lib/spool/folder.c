/* SPDX-License-Identifier: MIT */
/* Names and creation of run folders. Knows no records. */
#include "spool/folder.h"

#include <errno.h>

#include "sys/sys.h"
#include "sys/text.h"

#define USERS "/dtrack-" /* behind it, the user */

static int is_absolute(const char *path)
{
    return path && path[0] == '/';
}

/* Whether a base of that length leaves room for the longest name of a run's folder. */
static int folder_fits(size_t len)
{
    return len + sizeof "/later-" - 1 + SPOOL_ID_BYTES <= SPOOL_PATH_MAX;
}

/* Whether DTRACK_SPOOL names a usable base. */
static int folder_is_set(const struct folder_env *env)
{
    return env->spool && env->spool[0] && folder_fits(text_len(env->spool, SPOOL_PATH_MAX));
}

/* The base in the user's state folder (XDG). 0, -ENOENT when neither variable is set, or -ENAMETOOLONG. */
static int folder_of_state(const struct folder_env *env, char *out, size_t room)
{
    int has_state = is_absolute(env->state_home);
    if (!has_state && !is_absolute(env->home))
        return -ENOENT;
    int err = text_join(out, room, has_state ? env->state_home : env->home, has_state ? "" : "/.local/state",
                        "/dtrack/spool");
    return err || folder_fits(text_len(out, room)) ? err : -ENAMETOOLONG;
}

/* The base in /run/user/UID, which only exists during a login session and in which no other user can create files. */
static int folder_of_session(uint32_t uid, char *out, size_t room)
{
    int err = text_join_number(out, room, "/run/user/", "", uid, "");
    if (err || sys_access(out, F_OK))
        return -ENOENT;
    return text_join_number(out, room, "/run/user/", "", uid, "/dtrack");
}

int folder_base(const struct folder_env *env, unsigned nth, char *out, size_t room)
{
    if (folder_is_set(env))
        return nth ? -ENOENT : text_join(out, room, env->spool, "", "");
    int err = folder_of_state(env, out, room);
    if (!err && nth == 0)
        return 0;
    switch (nth + (err != 0)) {
    case 1:
        return text_join_number(out, room, "/var/tmp", USERS, env->uid, "");
    case 2:
        return text_join_number(out, room, "/tmp", USERS, env->uid, "");
    case 3:
        return folder_of_session(env->uid, out, room);
    default:
        return -ENOENT;
    }
}

static int folder_set_mode(const char *path, uint32_t mode)
{
    return (int)SYS_ARG3(SYS_fchmodat, AT_FDCWD, path, mode);
}

/* Whether a folder of ours lacks permissions that we need: it may have been created under the job's umask. */
static int folder_is_locked(const struct stat *st, uint32_t uid)
{
    return S_ISDIR(st->st_mode) && st->st_uid == uid && (st->st_mode & 0700) != 0700;
}

/* Whether `path` is a folder of `uid` that others can't access. The folders above it have been checked already. */
static int folder_is_closed(const char *path, uint32_t uid)
{
    struct stat st;
    return !sys_stat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) && S_ISDIR(st.st_mode) && st.st_uid == uid &&
           !(st.st_mode & 077);
}

int folder_is_private(const char *path, uint32_t uid)
{
    char at[TRUST_PATH_MAX];
    return !trust_resolve(path, uid, at) && folder_is_closed(path, uid);
}

/* Missing folders are created one at a time, each within a folder that has just been checked. */
int folder_make_private(const char *path, uint32_t uid, char *at)
{
    struct stat st;
    int err, rest = SPOOL_PATH_MAX;
    while ((err = trust_resolve(path, uid, at)) == -ENOENT && rest--) {
        err = sys_mkdir(at, 0700);
        if (!err)
            err = folder_set_mode(at, 0700);
        if (err && err != -EEXIST)
            return err == -EPERM ? -EACCES : err; /* -EPERM is reserved for "others may write there" */
    }
    if (!err && !sys_stat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) && folder_is_locked(&st, uid))
        err = folder_set_mode(path, 0700);
    return err || folder_is_closed(path, uid) ? err : -EPERM;
}

static int folder_is_work_tree(const char *path)
{
    static const char marks[][6] = {"/.git", "/.hg", "/.svn", "/.jj"};
    char mark[SPOOL_PATH_MAX + 8];
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (!text_join(mark, sizeof mark, path, marks[i], "") && !sys_access(mark, F_OK))
            return 1;
    return 0;
}

int folder_is_in_work_tree(const char *path)
{
    char part[SPOOL_PATH_MAX];
    if (!is_absolute(path) || text_join(part, sizeof part, path, "", ""))
        return 0;
    for (size_t len = text_len(part, sizeof part); len; len--) {
        if (path[len] && path[len] != '/')
            continue;
        part[len] = '\0';
        if (folder_is_work_tree(part))
            return 1;
    }
    return 0;
}

/* Whether a base may be created below HOME. A HOME that does not exist must not be created: some builds check that. In a work tree,
 * `git status` would list our files. And root, running with a user's HOME, must not leave files there that the user can't write. */
static int folder_home_will_do(const struct folder_env *env)
{
    struct stat st;
    return !sys_stat(AT_FDCWD, env->home, &st, 0) && S_ISDIR(st.st_mode) && st.st_uid == env->uid &&
           !folder_is_in_work_tree(env->home);
}

int folder_is_passed_over(const struct folder_env *env, unsigned nth, const char *base)
{
    int is_in_home = !folder_is_set(env) && !is_absolute(env->state_home) && is_absolute(env->home) && nth == 0;
    return is_in_home && text_after(base, env->home) && !folder_home_will_do(env);
}

int folder_make_base(const struct folder_env *env, unsigned nth, const char *base, char *at)
{
    return folder_is_passed_over(env, nth, base) ? -EBUSY : folder_make_private(base, env->uid, at);
}

static unsigned days_in_year(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
}

/* Days since 1970-01-01 to year, month, day. Written for size, not speed: it is called once per run. */
static void civil_from_days(unsigned days, unsigned date[3])
{
    unsigned year = 1970, month = 0;
    for (; days >= days_in_year(year); year++)
        days -= days_in_year(year);
    for (;; month++) {
        /* Months have 31 days from January to July when odd, from August when even; February has what is left. */
        unsigned len = month == 1 ? days_in_year(year) - 337 : 30 + ((month + (month > 6)) % 2 == 0);
        if (days < len)
            break;
        days -= len;
    }
    date[0] = year;
    date[1] = month + 1;
    date[2] = days + 1;
}

void folder_run_id(int64_t wall_ns, uint64_t random, char out[SPOOL_ID_BYTES])
{
    uint64_t ms = (uint64_t)wall_ns / 1000000, seconds = ms / 1000;
    unsigned fields[7], in_day = (unsigned)(seconds % 86400);
    static const char widths[] = "4222223", ends[] = "  T  .Z";
    civil_from_days((unsigned)(seconds / 86400), fields);
    fields[3] = in_day / 3600;
    fields[4] = in_day / 60 % 60;
    fields[5] = in_day % 60;
    fields[6] = (unsigned)(ms % 1000);
    struct text t = text_into(out, SPOOL_ID_BYTES);
    for (int i = 0; i < 7; i++) {
        text_num(&t, fields[i], 10, (unsigned)(widths[i] - '0'));
        text_add(&t, ends + i, ends[i] != ' ');
    }
    text_str(&t, "-");
    text_num(&t, (uint32_t)random, 16, 8);
}

int folder_run_path(const char *base, const char *run_id, char *out, size_t room)
{
    return text_join(out, room, base, "/run-", run_id);
}

int folder_leader_path(const char *base, int32_t pid, char *out, size_t room)
{
    return text_join_number(out, room, base, "/leader-", (uint64_t)pid, "");
}

/* Create the link leader-PID. An existing one was left by an earlier process of the same pid: replace it. */
static int folder_link_leader(const char *base, const struct spool_start *start)
{
    char path[SPOOL_PATH_MAX], target[SPOOL_ID_BYTES + 8];
    int err = folder_leader_path(base, start->leader_pid, path, sizeof path);
    if (!err)
        err = text_join(target, sizeof target, "run-", start->run_id, "");
    if (err)
        return err;
    sys_unlink(path);
    return (int)SYS_ARG3(SYS_symlinkat, target, AT_FDCWD, path);
}

/* The entries of a run's folder: the spool, which spool_create() makes last; two FIFOs; and the lock file, made now because the
 * disk may be full when it is needed. */
static const struct folder_entry {
    char name[8];
    uint32_t mode;
} folder_entries[] = {{"/spool", 0}, {"/end", S_IFIFO}, {"/done", S_IFIFO}, {"/lock", S_IFREG}};

static int folder_make_entry(const char *folder, const struct folder_entry *entry)
{
    char path[SPOOL_PATH_MAX + 8];
    int err = text_join(path, sizeof path, folder, entry->name, "");
    if (!err)
        err = (int)SYS_ARG4(SYS_mknodat, AT_FDCWD, path, entry->mode | 0600, 0);
    return err ? err : folder_set_mode(path, 0600);
}

static void folder_remove_run(const char *folder)
{
    char path[SPOOL_PATH_MAX + 8];
    for (size_t i = 0; i < ARRAY_LEN(folder_entries); i++)
        if (!text_join(path, sizeof path, folder, folder_entries[i].name, ""))
            sys_unlink(path);
    SYS_ARG3(SYS_unlinkat, AT_FDCWD, folder, AT_REMOVEDIR);
}

/* Create the folder `path` with all its entries. */
static int folder_fill(const char *path, const struct spool_start *start, struct spool *spool)
{
    int err = sys_mkdir(path, 0700);
    if (err)
        return err;
    err = folder_set_mode(path, 0700);
    for (size_t i = 1; i < ARRAY_LEN(folder_entries) && !err; i++)
        err = folder_make_entry(path, &folder_entries[i]);
    if (!err)
        err = spool_create(spool, path, start);
    if (err)
        folder_remove_run(path);
    return err;
}

/* Rename new-ID to run-ID: the folder becomes a run atomically, so a kill at any time leaves no incomplete run. */
static int folder_name_run(const char *base, const char *made, struct spool *spool)
{
    int err = folder_run_path(base, spool->header->run_id, spool->folder, sizeof spool->folder);
    if (!err)
        err = (int)SYS_ARG5(SYS_renameat2, AT_FDCWD, made, AT_FDCWD, spool->folder, 0);
    if (err)
        folder_remove_run(made);
    return err;
}

/* The inode of our pid namespace, or 0. A process in another one can't check whether the leader is alive. */
static uint64_t folder_pid_namespace(void)
{
    struct stat st = {0};
    return sys_stat(AT_FDCWD, "/proc/self/ns/pid", &st, 0) ? 0 : st.st_ino;
}

int folder_create_run(const char *base, const struct spool_start *start, struct spool *spool)
{
    char made[SPOOL_PATH_MAX];
    int err = text_join(made, sizeof made, base, "/new-", start->run_id);
    if (!err)
        err = folder_fill(made, start, spool);
    if (err)
        return err;
    spool->header->pid_ns = folder_pid_namespace();
    err = folder_name_run(base, made, spool);
    if (!err) {
        err = folder_link_leader(base, start);
        if (err)
            folder_remove_run(spool->folder);
    }
    if (err)
        spool_detach(spool);
    return err;
}
