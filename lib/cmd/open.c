/* SPDX-License-Identifier: MIT */
/* From the environment to stores: which ones, and opening the one to read from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"
#include "base/paths.h"
#include "base/wipe.h"
#include "cmd/cmd.h"
#include "spool/folder.h"

#define BLANKS " \t\n"

const char *cmd_getenv(const char *name)
{
    return getenv(name);
}

const char *cmd_setting(enum setting_id id)
{
    const char *value = getenv(settings[id].name);
    return value && *value ? value : settings[id].fallback;
}

/* Where everything of this user's lies, unless it is told otherwise. 0, -ENOENT or -ENOMEM. A home that does not exist is none:
 * some builds have one that must not come to be. */
static int put_state(struct buf *path)
{
    struct stat st;
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    bool has_state = state && *state == '/';
    if (!has_state && home && (stat(home, &st) || !S_ISDIR(st.st_mode)))
        return -ENOENT;
    return paths_state(state, home, path);
}

/* The URL of the embedded store as a heap string, or NULL with errno. */
static char *embedded_url(void)
{
    auto_buf path = BUF_EMPTY, url = BUF_EMPTY;
    int err = put_state(&path);
    buf_str(&path, "/store");
    paths_put_file_url(&url, buf_text(&path));
    if (!err)
        err = buf_error(&url);
    errno = -err;
    return err ? NULL : buf_take(&url);
}

/* As virtual environments and caches of tests do it. Other systems than git have nothing of the kind. */
void cmd_hide_store(void)
{
    static const char all[] = "*\n";
    const char *list = cmd_setting(SETTING_STORE), *home = getenv("HOME");
    auto_buf path = BUF_EMPTY;
    if ((list && list[strspn(list, BLANKS)]) || !home || !folder_is_in_work_tree(home) || put_state(&path))
        return;
    int shown = file_make_dirs(buf_text(&path), 0700);
    buf_str(&path, "/.gitignore");
    if (!shown && access(buf_text(&path), F_OK))
        shown = file_replace(buf_text(&path), 0600, all, strlen(all));
    (void)shown; /* the store itself will have something to say */
}

/* A mistyped URL may hold a credential: all are wiped. */
void cmd_free_urls(char **urls)
{
    for (char **url = urls; url && *url; url++)
        wipe_text(url);
    free(urls);
}

/* Split a list at its blanks. NULL with ENOMEM. */
static char **split_urls(const char *list)
{
    size_t count = 0;
    char **urls = calloc(strlen(list) / 2 + 2, sizeof *urls);
    for (list += strspn(list, BLANKS); urls && *list; list += strspn(list, BLANKS)) {
        size_t len = strcspn(list, BLANKS);
        urls[count] = strndup(list, len);
        if (!urls[count++]) {
            cmd_free_urls(urls);
            return NULL;
        }
        list += len;
    }
    return urls;
}

char **cmd_store_urls(void)
{
    return cmd_split_store_urls(cmd_setting(SETTING_STORE));
}

char **cmd_split_store_urls(const char *list)
{
    if (list && list[strspn(list, BLANKS)])
        return split_urls(list);
    char **urls = calloc(2, sizeof *urls);
    if (urls)
        urls[0] = embedded_url();
    if (urls && urls[0])
        return urls;
    free(urls);
    return NULL;
}

/* The first URL of the environment, or NULL after printing why. */
static char *first_url(const struct command *self)
{
    char **urls = cmd_store_urls();
    if (!urls && errno == ENOENT)
        cmd_fail(self, "no store: set %s, or HOME for the one in your home folder, which must be there",
                 settings[SETTING_STORE].name);
    else if (!urls || !urls[0])
        cmd_fail(self, "not enough memory");
    if (!urls || !urls[0])
        return NULL;
    char *first = strdup(urls[0]);
    cmd_free_urls(urls);
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
