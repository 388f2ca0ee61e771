/* SPDX-License-Identifier: MIT */
/* From DTRACK_STORE to a list of URLs; and the embedded store, the default. */
#include "run/store_urls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/paths.h"
#include "base/wipe.h"

#define BLANKS " \t\n"

/* Whether the list names a store. */
static bool names_any(const char *list)
{
    return list && list[strspn(list, BLANKS)];
}

/* Append the folder of this user's dtrack state. 0, -ENOENT or -ENOMEM. A HOME that does not exist is not created: some build
 * systems set one that must not come into existence. */
static int put_state(environment_fn env, struct buf *path)
{
    struct stat st;
    const char *state = env("XDG_STATE_HOME"), *home = env("HOME");
    bool has_state = state && *state == '/';
    if (!has_state && home && (stat(home, &st) || !S_ISDIR(st.st_mode) || st.st_uid != geteuid()))
        return -ENOENT;
    return paths_state(state, home, path);
}

/* The URL of the embedded store as a heap string, or NULL with errno. */
static char *embedded_url(environment_fn env)
{
    auto_buf path = BUF_EMPTY, url = BUF_EMPTY;
    int err = put_state(env, &path);
    buf_str(&path, "/store");
    paths_put_file_url(&url, buf_text(&path));
    if (!err)
        err = buf_error(&url);
    errno = -err;
    return err ? NULL : buf_take(&url);
}

/* A .gitignore of "*", as Python's virtual environments and pytest's cache have it. Other version control systems have no
 * equivalent. */
void store_urls_hide_embedded(environment_fn env)
{
    static const char all[] = "*\n";
    const char *home = env("HOME");
    auto_buf path = BUF_EMPTY;
    if (names_any(environment_setting(env, SETTING_STORE)) || !home || !folder_is_in_work_tree(home) ||
        put_state(env, &path))
        return;
    int shown = file_make_dirs(buf_text(&path), 0700);
    buf_str(&path, "/.gitignore");
    if (!shown && access(buf_text(&path), F_OK))
        shown = file_replace(buf_text(&path), 0600, all, strlen(all));
    (void)shown; /* writing to the store will report the error */
}

/* Every URL is wiped: one may hold a credential. */
void store_urls_free(char **urls)
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
            store_urls_free(urls);
            return NULL;
        }
        list += len;
    }
    return urls;
}

char **store_urls_read(environment_fn env)
{
    return store_urls_split(env, environment_setting(env, SETTING_STORE));
}

char **store_urls_split(environment_fn env, const char *list)
{
    if (names_any(list))
        return split_urls(list);
    char **urls = calloc(2, sizeof *urls);
    if (urls)
        urls[0] = embedded_url(env);
    if (urls && urls[0])
        return urls;
    free(urls);
    return NULL;
}
