/* SPDX-License-Identifier: MIT */
/* Asking the environment and the kernel about stdout. */
#include "cmd/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"

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

/* In the order that CMake has, too: an option, NO_COLOR, CLICOLOR_FORCE, the terminal. */
static bool wants_colour(enum terminal_colour colour)
{
    const char *terminal = getenv("TERM"), *force = getenv("CLICOLOR_FORCE");
    if (colour != TERMINAL_AUTO)
        return colour == TERMINAL_ALWAYS;
    if (is_set(getenv("NO_COLOR")))
        return false;
    if (is_set(force) && strcmp(force, "0") != 0)
        return true;
    return isatty(STDOUT_FILENO) && !(terminal && !strcmp(terminal, "dumb"));
}

struct page terminal_page(struct buf *out, enum terminal_colour colour)
{
    return (struct page){.out = out, .width = width(), .utf8 = speaks_utf8(), .colour = wants_colour(colour)};
}

bool terminal_read_colour(const char *word, enum terminal_colour *out)
{
    static const char *const words[] = {
        [TERMINAL_AUTO] = "auto", [TERMINAL_ALWAYS] = "always", [TERMINAL_NEVER] = "never"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (!strcmp(words[i], word)) {
            *out = (enum terminal_colour)i;
            return true;
        }
    return false;
}

/* Whether the page scrolls away. */
static bool is_too_long(const struct buf *page)
{
    struct winsize size = {0};
    size_t lines = 0;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
        return false;
    for (size_t i = 0; i < page->len; i++)
        lines += page->data[i] == '\n';
    return lines >= size.ws_row;
}

/* Become the pager, with the page at its stdin. What PAGER holds is a command line of the user's own, for a shell. */
static void become_pager(int from)
{
    const char *pager = getenv("PAGER");
    dup2(from, STDIN_FILENO);
    setenv("LESS", "FRX", 0);
    execl("/bin/sh", "sh", "-c", pager ? pager : "exec less", (char *)NULL);
    _exit(127);
}

/* The status of the pager that has shown the page; -1 when there was none. */
static int run_pager(const struct buf *page)
{
    int ends[2], status;
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    auto_fd from = ends[0];
    auto_fd to = ends[1];
    pid_t pager = fork();
    if (!pager)
        become_pager(from);
    if (pager < 0)
        return -1;
    own_close_fd(&from);
    from = -1;
    /* whoever has seen enough ends the pager: that is no failure of ours, nor is the terminal's interrupt, which is for it */
    void (*old_pipe)(int) = signal(SIGPIPE, SIG_IGN), (*old_int)(int) = signal(SIGINT, SIG_IGN);
    int err = file_write_all(to, page->data, page->len);
    own_close_fd(&to);
    to = -1;
    while (waitpid(pager, &status, 0) < 0 && errno == EINTR)
        ;
    signal(SIGPIPE, old_pipe);
    signal(SIGINT, old_int);
    if (err && err != -EPIPE)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

int terminal_write(const struct command *self, const struct buf *page, bool paged)
{
    const char *pager = getenv("PAGER");
    bool none = pager && (!*pager || !strcmp(pager, "cat"));
    if (paged && !none && is_too_long(page)) {
        int status = run_pager(page);
        if (status >= 0 && status != 127 && status != 126)
            return CMD_OK;
    }
    return cmd_write(self, page->data, page->len);
}
