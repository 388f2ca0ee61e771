/* SPDX-License-Identifier: MIT */
/* Walks the spool's base folders. Oldest run first: their ids sort by time. */
#include "cmd/leftovers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/settings.h"
#include "spool/folder.h"

static int is_run(const struct dirent *entry)
{
    return !strncmp(entry->d_name, "run-", 4);
}

static void count_result(struct leftovers_count *count, enum finish_result result)
{
    count->stored += result == FINISH_STORED;
    count->kept += result == FINISH_KEPT;
    count->bad += result == FINISH_BAD;
    count->alive += result == FINISH_ALIVE || result == FINISH_BUSY;
}

static void each_in(const char *base, void (*each)(void *ctx, const char *folder), void *ctx)
{
    struct dirent **names = NULL;
    int len = scandir(base, &names, is_run, alphasort);
    for (int i = 0; i < len; i++) {
        char folder[SPOOL_PATH_MAX];
        if (snprintf(folder, sizeof folder, "%s/%s", base, names[i]->d_name) < (int)sizeof folder)
            each(ctx, folder);
        free(names[i]);
    }
    free(names);
}

void leftovers_each(void (*each)(void *ctx, const char *folder), void *ctx)
{
    const struct folder_env env = {.spool = getenv(settings[SETTING_SPOOL].name),
                                   .state_home = getenv("XDG_STATE_HOME"), .home = getenv("HOME"),
                                   .uid = geteuid()};
    char base[SPOOL_PATH_MAX];
    for (unsigned nth = 0; folder_base(&env, nth, base, sizeof base) == 0; nth++)
        if (folder_is_private(base, env.uid))
            each_in(base, each, ctx);
}

struct sending {
    const char *except;
    leftovers_fn each;
    void *ctx;
    struct leftovers_count *count;
};

static void send_one(void *ctx, const char *folder)
{
    struct sending *s = ctx;
    if (s->except && !strcmp(folder, s->except))
        return;
    auto_buf why = BUF_EMPTY;
    const struct finish f = {.folder = folder, .leader_status = -1};
    enum finish_result result = finish_run(&f, &why);
    count_result(s->count, result);
    if (s->each)
        s->each(s->ctx, folder, result, buf_text(&why));
}

void leftovers_send(const char *except, leftovers_fn each, void *ctx, struct leftovers_count *count)
{
    struct sending s = {except, each, ctx, count};
    *count = (struct leftovers_count){0};
    leftovers_each(send_one, &s);
}
