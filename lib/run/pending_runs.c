/* SPDX-License-Identifier: MIT */
/* Walks the spool's base folders. Oldest run first: run ids sort by time. */
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

#define MAKING_MAX_S 3600 /* a folder called new-ID for longer than this was abandoned */

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

/* Call `each` with every entry of a base folder. All names are read first, since `each` changes the folder. */
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

/* Call `each` with every base folder where a run of this user may have been recorded, not only the one that is used today. */
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

/* Whether the leader may be alive although we can't see it: in another pid namespace, or just starting. */
static bool may_go_on(const char *folder)
{
    struct run_folder run;
    bool may = !run_folder_open(&run, folder) && run_folder_may_go_on(&run);
    run_folder_close(&run);
    return may;
}

/* The leader's status is unknown here, as only its guardian may have it; if the leader exited normally, its record has it. */
static enum finish_result finish_one(struct walk *w, const char *folder, struct buf *why)
{
    const struct finish f = {.folder = folder,
                             .getenv = w->l->getenv,
                             .leader_status = WAIT_STATUS_UNKNOWN,
                             .outages = w->l->outages,
                             .hurry = w->l->stop,
                             .collection = w->l->collection};
    if (!may_go_on(folder))
        return finish_run(&f, why);
    buf_str(why, "it may be going on where it can't be seen");
    return FINISH_ALIVE;
}

/* Finish one run, unless it is the caller's own or the caller has been told to stop. */
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

/* Remove what is left of a stored run: its removal was interrupted, or failed because of a foreign file in it. */
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

/* Remove a folder left by a leader that was killed while it created its run. */
static void remove_unmade(const struct walk *w, const char *folder)
{
    if (w->now_s - MAKING_MAX_S < changed_s(folder))
        return;
    int stays = run_folder_sweep(folder);
    (void)stays;
}

/* Remove a leader's link whose run is gone or set aside. */
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

/* Apply the limits to one folder: the oldest are dropped first, while more than `most` of this kind are left, and any that is too
 * old. */
static void limit_one(struct walk *w, const char *path, size_t *left, size_t most)
{
    const char *reason = *left > most                                                  ? "too many wait"
                         : retention_is_too_old(&w->limits, changed_s(path), w->now_s) ? "it has waited too long"
                                                                                       : NULL;
    if (reason && retention_drop(w->base, path, reason))
        *left -= *left > 0;
}

/* Limits apply only to runs whose upload has just failed: another process may be working on the others. */
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

/* Try every run first, then apply the limits to those that could not be uploaded: no run is dropped untried. */
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
