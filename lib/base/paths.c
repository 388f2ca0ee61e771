/* SPDX-License-Identifier: MIT */
/* Folder names from given values. Touches no file. */
#include "base/paths.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool is_absolute(const char *path)
{
    return path && path[0] == '/';
}

int paths_state(const char *xdg_state_home, const char *home, struct buf *out)
{
    if (is_absolute(xdg_state_home))
        buf_printf(out, "%s/dtrack", xdg_state_home);
    else if (is_absolute(home))
        buf_printf(out, "%s/.local/state/dtrack", home);
    else
        return -ENOENT;
    return buf_error(out);
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("/-._~", c));
}

void paths_put_file_url(struct buf *out, const char *path)
{
    buf_str(out, "file://");
    for (; *path; path++) {
        if (is_plain(*path))
            buf_char(out, *path);
        else
            buf_printf(out, "%%%02X", (unsigned char)*path);
    }
}
