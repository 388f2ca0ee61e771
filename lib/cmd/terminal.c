/* SPDX-License-Identifier: MIT */
/* Asking the environment and the kernel about stdout. */
#include "cmd/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/cmd.h"

#define WIDTH_DEFAULT 100
#define WIDTH_MIN 40
#define WIDTH_MAX 1000

static bool is_set(const char *value)
{
    return value && *value;
}

static int width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size = {0};
    long found = 0;
    if (is_set(columns) && !settings_read_count(columns, &found))
        found = 0;
    if (found <= 0 && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
        found = size.ws_col;
    return found <= 0 ? WIDTH_DEFAULT : (int)MAX(MIN(found, WIDTH_MAX), WIDTH_MIN);
}

/* By the variables alone, in their order of precedence: an agent may lack the locale that it names, and still
 * have a log that shows UTF-8. */
static bool speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *value = getenv(names[i]);
        if (is_set(value))
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

static bool wants_colour(void)
{
    const char *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !is_set(getenv("NO_COLOR")) && !(terminal && !strcmp(terminal, "dumb"));
}

struct page terminal_page(struct buf *out)
{
    return (struct page){.out = out, .width = width(), .utf8 = speaks_utf8(), .colour = wants_colour()};
}
