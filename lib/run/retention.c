/* SPDX-License-Identifier: MIT */
/* Drops runs by the limits. A dropped run is renamed, recorded, and removed, in this order: after a kill in between, the name
 * drop-ID tells the next process to continue, and at worst the drop is recorded twice. */
#include "run/retention.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/own.h"
#include "run/run_folder.h"
#include "sys/clock.h"

#define DAY_S 86400
#define LINE_MAX_BYTES 4096 /* longer lines were not written by us, and are reported in pieces */
#define LOCK_TRIES 100
#define LOCK_PAUSE_MS 10

struct retention retention_limits(environment_fn env)
{
    return (struct retention){.runs = (size_t)environment_count(env, SETTING_KEEP_RUNS),
                              .days = environment_count(env, SETTING_KEEP_DAYS),
                              .bad_runs = RETENTION_BAD_RUNS};
}

/* Measured from the folder's last change, so setting the clock back makes no run look old. */
bool retention_is_too_old(const struct retention *limits, int64_t changed_s, int64_t now_s)
{
    return now_s - changed_s > limits->days * DAY_S;
}

static void notes_path(const char *base, struct buf *out)
{
    buf_printf(out, "%s/dropped", base);
}

static bool is_in_place(int fd)
{
    struct stat st;
    return !fstat(fd, &st) && st.st_nlink;
}

/* Lock by polling, not by a blocking call: the holder may be stopped, or blocked on output to a terminal. */
static int lock(int fd)
{
    for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB); tries++) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -errno;
        if (tries == LOCK_TRIES)
            return -EAGAIN;
        clock_sleep_ms(LOCK_PAUSE_MS);
    }
    return 0;
}

/* Open the file `dropped` and lock it: a line written while retention_tell() reads the file would be deleted unread. Closing the
 * descriptor releases the lock. */
static int open_notes(const char *base, int flags)
{
    auto_buf path = BUF_EMPTY;
    notes_path(base, &path);
    for (;;) {
        auto_fd fd = open(buf_text(&path), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
        int err = fd < 0 ? -errno : lock(fd);
        if (err)
            return err;
        if (is_in_place(fd)) /* else another process reported and deleted it after we had opened it */
            return take_fd(&fd);
    }
}

/* Append one line with one write, so that it is never partial. */
static int note(const char *base, const char *path, const char *reason)
{
    auto_buf line = BUF_EMPTY;
    char when[32];
    struct tm tm = {0};
    time_t now = time(NULL);
    gmtime_r(&now, &tm);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    buf_printf(&line, "%s dropped '%s': %s\n", when, path, reason);
    auto_fd fd = open_notes(base, O_WRONLY | O_APPEND | O_CREAT);
    if (fd < 0)
        return fd;
    int err = buf_error(&line);
    return err ? err : file_write_all(fd, line.data, line.len);
}

/* Rename the folder to drop-ID. Of several processes that try, exactly one succeeds. */
static int take(const char *path, char taken[SPOOL_PATH_MAX])
{
    const char *name = strrchr(path, '/'), *id = name ? strchr(name, '-') : NULL;
    if (!id)
        return -EINVAL;
    int len = snprintf(taken, SPOOL_PATH_MAX, "%.*s/drop%s", (int)(name - path), path, id);
    if (len >= SPOOL_PATH_MAX)
        return -ENAMETOOLONG;
    return rename(path, taken) ? -errno : 0;
}

bool retention_drop(const char *base, const char *path, const char *reason)
{
    char taken[SPOOL_PATH_MAX];
    struct run_folder run;
    int err = run_folder_open(&run, path);
    bool busy =
        !err && (run_folder_leader_lives(&run) || run_folder_may_go_on(&run) || run_folder_lock(&run) == -EWOULDBLOCK);
    err = busy ? -EBUSY : take(path, taken);
    if (!err && !note(base, path, reason)) {
        int stays = run_folder_sweep(taken); /* if something stays, the next flush tries again */
        (void)stays;
    }
    run_folder_close(&run);
    return !err;
}

void retention_note(const char *folder, const char *run_id, const char *reason)
{
    auto_buf base = BUF_EMPTY, what = BUF_EMPTY;
    const char *slash = strrchr(folder, '/');
    buf_add(&base, folder, slash ? (size_t)(slash - folder) : 0);
    buf_printf(&what, "values of run %s", run_id);
    int lost = note(buf_text(&base), buf_text(&what), reason);
    (void)lost;
}

void retention_drop_again(const char *base, const char *path)
{
    if (note(base, path, "its removal was interrupted"))
        return;
    int stays = run_folder_sweep(path);
    (void)stays;
}

void retention_tell(const char *base, void (*each)(void *ctx, const char *line), void *ctx)
{
    auto_buf path = BUF_EMPTY;
    char line[LINE_MAX_BYTES];
    auto_fd fd = open_notes(base, O_RDONLY);
    FILE *notes = fd < 0 ? NULL : fdopen(fd, "r");
    if (!notes)
        return;
    take_fd(&fd);
    while (fgets(line, sizeof line, notes)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line)
            each(ctx, line);
    }
    notes_path(base, &path);
    if (!ferror(notes))
        unlink(buf_text(&path));
    fclose(notes); /* and with it the lock */
}
