/* SPDX-License-Identifier: MIT */
/* From the environment to stores: which ones, and opening the one to read from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "cmd/cmd.h"
#include "run/places.h"
#include "run/store_urls.h"

const char *cmd_getenv(const char *name)
{
    return getenv(name);
}

const char *cmd_setting(enum setting_id id)
{
    return environment_setting(cmd_getenv, id);
}

static void complain_of_place(void *self, const char *base, const char *why)
{
    cmd_fail(self, "%s: what is in '%s' is left alone", why, base);
}

int cmd_complain_of_places(const struct command *self)
{
    return places_each_open(cmd_getenv, complain_of_place, (void *)(uintptr_t)self) ? CMD_FAILED : CMD_OK;
}

/* The first URL of the environment, or NULL after printing why. */
static char *first_url(const struct command *self)
{
    char **urls = store_urls_read(cmd_getenv);
    if (!urls && errno == ENOENT)
        cmd_fail(self, "no store: set %s, or HOME for the one in your home folder, which must be there and yours",
                 settings[SETTING_STORE].name);
    else if (!urls || !urls[0])
        cmd_fail(self, "not enough memory");
    if (!urls || !urls[0])
        return NULL;
    char *first = strdup(urls[0]);
    store_urls_free(urls);
    return first;
}

char *cmd_store_url(const struct command *self, const char *url)
{
    return url ? strdup(url) : first_url(self);
}

struct store *cmd_open_store(const struct command *self, const char *url)
{
    const struct store_config config = {.getenv = cmd_getenv};
    struct store *store = NULL;
    auto_buf why = BUF_EMPTY;
    auto_free char *found = cmd_store_url(self, url);
    if (!found)
        return NULL;
    if (store_open(&config, found, &store, &why) == STORE_OK)
        return store;
    cmd_fail(self, "%s", buf_text(&why));
    return NULL;
}
