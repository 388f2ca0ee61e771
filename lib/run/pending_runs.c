/* SPDX-License-Identifier: MIT */
/* Walks the spool's base folders. Oldest run first: their ids sort by time. */
#include "run/pending_runs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "run/retention.h"
#include "spool/folder.h"

#define MAKING_MAX_S 3600 /* a folder that is being made for longer never becomes a run */

/* One walk through the bases. */
struct walk {
    const struct pending_runs *l;
    const char *base;
    struct retention limits;
    size_t waiting, values, bad; /* folders of each kind that are left in this base */
    int64_t now_s;
};

static bool is_called(const char *path, const char *prefix)
{
    const char *slash = strrchr(path, '/');
    return slash && !strncmp(slash + 1, prefix, strlen(prefix));
}

/* The names are read first: what is done to an entry changes the folder. */
static void each_in(const char *base, void (*each)(void *ctx, const char *path), void *ctx)
{
    struct dirent **names = NULL;
    int len = scandir(base, &names, NULL, alphasort);
    for (int i = 0; i < len; i++) {
        char path[SPOOL_PATH_MAX];
        if (snprintf(path, sizeof path, "%s/%s", base, names[i]->d_name) < (int)sizeof path)
            each(ctx, path);
        free(names[i]);
    }
    free(names);
}

/* Every place where a run of this user may have been recorded, not only the first that works today. */
static void each_base(environment_fn env, void (*each)(void *ctx, const char *base), void *ctx)
{
    const struct folder_env folders = environment_folders(env);
    char base[SPOOL_PATH_MAX];
    for (unsigned nth = 0; folder_base(&folders, nth, base, sizeof base) == 0; nth++)
        if (folder_is_private(base, folders.uid))
            each(ctx, base);
}

struct each_run {
    void (*each)(void *ctx, const char *folder);
    void *ctx;
};

static void see_run(void *ctx, const char *path)
{
    const struct each_run *e = ctx;
    if (is_called(path, "run-"))
        e->each(e->ctx, path);
}

static void see_base(void *ctx, const char *base)
{
    each_in(base, see_run, ctx);
}

void pending_runs_each(environment_fn env, void (*each)(void *ctx, const char *folder), void *ctx)
{
    struct each_run e = {each, ctx};
    each_base(env, see_base, &e);
}

/* A leader in another pid namespace, or one that has just begun, must not be taken for dead. */
static bool may_go_on(const char *folder)
{
    struct run_folder run;
    bool may = !run_folder_open(&run, folder) && run_folder_may_go_on(&run);
    run_folder_close(&run);
    return may;
}

/* Without the status, which only a guardian may know; the record has it when the leader ended by itself. */
static enum finish_result finish_one(struct walk *w, const char *folder, struct buf *why)
{
    const struct finish f = {.folder = folder, .getenv = w->l->getenv, .leader_status = WAIT_STATUS_UNKNOWN, .outages = w->l->outages,
                             .hurry = w->l->stop, .collection = w->l->collection};
    if (!may_go_on(folder))
        return finish_run(&f, why);
    buf_str(why, "it may be going on where it can't be seen");
    return FINISH_ALIVE;
}

/* The caller's own run is none that was left over; and a guardian that was told to end begins no other. */
static void send_one(struct walk *w, const char *folder)
{
    const struct pending_runs *l = w->l;
    auto_buf why = BUF_EMPTY;
    if ((l->except && !strcmp(folder, l->except)) || (l->stop && l->stop()))
        return;
    enum finish_result result = finish_one(w, folder, &why);
    bool are_values = is_called(folder, "values-");
    w->waiting += result == FINISH_KEPT && !are_values;
    w->values += result == FINISH_WAITS || (result == FINISH_KEPT && are_values);
    if (l->tried)
        l->tried(l->ctx, folder, result, buf_text(&why));
}

static void note_aside(struct walk *w, const char *folder)
{
    w->bad++;
    if (w->l->aside)
        w->l->aside(w->l->ctx, folder);
}

/* The rest of a removal that was interrupted, or that somebody's file in it stops. */
static void remove_rest(struct walk *w, const char *folder)
{
    auto_buf why = BUF_EMPTY;
    int err = run_folder_sweep(folder);
    buf_printf(&why, "cannot remove '%s': %s", folder, strerror(-err));
    if (err && w->l->tried)
        w->l->tried(w->l->ctx, folder, FINISH_STUCK, buf_text(&why));
}

static int64_t changed_s(const char *path)
{
    struct stat st;
    return lstat(path, &st) ? INT64_MAX : st.st_mtim.tv_sec;
}

/* A leader killed while it made the folder leaves one that never became a run. */
static void remove_unmade(const struct walk *w, const char *folder)
{
    if (w->now_s - MAKING_MAX_S < changed_s(folder))
        return;
    int stays = run_folder_sweep(folder);
    (void)stays;
}

/* The link of a leader whose run is gone or set aside. */
static void remove_dangling(const char *link)
{
    struct stat st;
    if (!lstat(link, &st) && S_ISLNK(st.st_mode) && stat(link, &st))
        unlink(link);
}

static void see_entry(void *ctx, const char *path)
{
    struct walk *w = ctx;
    if (is_called(path, "run-") || is_called(path, "values-"))
        send_one(w, path);
    else if (is_called(path, "bad-"))
        note_aside(w, path);
    else if (is_called(path, "done-"))
        remove_rest(w, path);
    else if (is_called(path, "drop-"))
        retention_drop_again(w->base, path);
    else if (is_called(path, "new-"))
        remove_unmade(w, path);
    else if (is_called(path, "leader-"))
        remove_dangling(path);
}

/* One kind of folders: the oldest ones go while there are too many. */
static void limit_one(struct walk *w, const char *path, size_t *left, size_t most)
{
    const char *reason = *left > most                                            ? "too many wait"
                         : retention_is_too_old(&w->limits, changed_s(path), w->now_s) ? "it has waited too long"
                                                                                 : NULL;
    if (reason && retention_drop(w->base, path, reason))
        *left -= *left > 0;
}

/* Only runs that a store has just refused count as waiting: others may be somebody's work in progress. */
static void limit_entry(void *ctx, const char *path)
{
    struct walk *w = ctx;
    if (is_called(path, "run-") && w->waiting && (!w->l->except || strcmp(path, w->l->except)))
        limit_one(w, path, &w->waiting, w->limits.runs);
    else if (is_called(path, "values-") && w->values)
        limit_one(w, path, &w->values, w->limits.runs);
    else if (is_called(path, "bad-") && w->bad)
        limit_one(w, path, &w->bad, w->limits.bad_runs);
}

/* First everything is tried, then limits apply to what could not be sent: nothing is given up untried. */
static void walk_base(void *ctx, const char *base)
{
    struct walk *w = ctx;
    w->base = base;
    w->waiting = w->values = w->bad = 0;
    each_in(base, see_entry, w);
    each_in(base, limit_entry, w);
    if (w->l->dropped)
        retention_tell(base, w->l->dropped, w->l->ctx);
    w->base = NULL; /* the caller's */
}

void pending_runs_send(const struct pending_runs *l)
{
    struct walk w = {.l = l, .limits = retention_limits(l->getenv), .now_s = time(NULL)};
    each_base(l->getenv, walk_base, &w);
}
