/* SPDX-License-Identifier: MIT */
/* Putting figures into words. Knows no spans beyond their ends, and no terminal. */
#include "export/words.h"

#include <string.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)

/* Three digits at most that matter, and never rounded up: a time that is shown has really passed. */
void words_duration(struct buf *out, int64_t ns)
{
    int64_t ms = ns / 1000000, s = ns / NS_PER_S;
    if (ns < 0)
        buf_str(out, "-");
    else if (!ms)
        buf_str(out, ns ? "<1 ms" : "0 ms");
    else if (ms < 1000)
        buf_printf(out, "%d ms", (int)ms);
    else if (s < 10)
        buf_printf(out, "%d.%02d s", (int)s, (int)(ms % 1000 / 10));
    else if (s < 60)
        buf_printf(out, "%d.%d s", (int)s, (int)(ms % 1000 / 100));
    else if (s < 3600)
        buf_printf(out, "%dm %02ds", (int)(s / 60), (int)(s % 60));
    else if (s < 86400)
        buf_printf(out, "%dh %02dm", (int)(s / 3600), (int)(s / 60 % 60));
    else
        buf_printf(out, "%lldd %02dh", (long long)(s / 86400), (int)(s / 3600 % 24));
}

/* Not by printf's ' flag, which follows the locale. */
void words_count(struct buf *out, int64_t count)
{
    char digits[24];
    struct buf plain = {.data = digits, .cap = sizeof digits};
    buf_printf(&plain, "%lld", (long long)count);
    for (size_t i = 0; i < plain.len; i++) {
        buf_char(out, digits[i]);
        size_t left = plain.len - i - 1;
        if (left && left % 3 == 0 && digits[i] != '-')
            buf_char(out, ',');
    }
}

/* "process|processes" for nouns whose plural is not made by an s. */
void words_counted(struct buf *out, int64_t count, const char *noun)
{
    const char *bar = strchr(noun, '|');
    size_t singular = bar ? (size_t)(bar - noun) : strlen(noun);
    words_count(out, count);
    buf_char(out, ' ');
    if (count != 1 && bar) {
        buf_str(out, bar + 1);
        return;
    }
    buf_add(out, noun, singular);
    if (count != 1)
        buf_char(out, 's');
}

void words_memory(struct buf *out, int64_t kb)
{
    if (kb < 0)
        buf_str(out, "-");
    else if (kb < 1024)
        buf_printf(out, "%lld kB", (long long)kb);
    else if (kb < 1024 * 1024)
        buf_printf(out, "%lld MB", (long long)((kb + 512) / 1024));
    else
        buf_printf(out, "%.1f GB", (double)kb / (1024 * 1024));
}

void words_time(struct buf *out, int64_t unix_ns)
{
    time_t seconds = (time_t)(unix_ns / NS_PER_S);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
               tm.tm_min, tm.tm_sec);
}

/* Quotes within are left. */
void words_argument(struct buf *out, const char *word, size_t max)
{
    bool plain = word[0] && !word[strcspn(word, " \t\n'\"\\$&|;<>()*?")];
    char quote = strchr(word, '\'') ? '"' : '\'';
    if (!plain)
        buf_char(out, quote);
    buf_add(out, word, strnlen(word, max));
    if (!plain)
        buf_char(out, quote);
}

bool words_is_shell(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    static const char *const shells[] = {"sh",  "bash",  "dash", "ash",     "zsh",  "zsh5",
                                         "ksh", "ksh93", "mksh", "busybox", "yash", "fish"};
    for (size_t i = 0; i < ARRAY_LEN(shells); i++)
        if (!strcmp(shells[i], name))
            return true;
    return false;
}

static bool is_source(const char *word, size_t len)
{
    static const char *const endings[] = {"c",  "cc",  "cpp", "cxx",   "C",    "m",   "mm",    "f",  "f90",
                                          "S",  "s",   "rs",  "go",    "java", "kt",  "swift", "ts", "tsx",
                                          "js", "mjs", "py",  "proto", "tex",  "adb", "hs",    "ml"};
    size_t at = len;
    while (at && word[at - 1] != '.' && word[at - 1] != '/')
        at--;
    if (!at || word[at - 1] != '.' || at < 2 || word[at - 2] == '/' || *word == '-')
        return false;
    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        if (strlen(endings[i]) == len - at && !memcmp(endings[i], word + at, len - at))
            return true;
    return false;
}

const char *words_source(const char *text, size_t *len)
{
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        *len = strcspn(text, " ");
        if (is_source(text, *len))
            return text;
        text += *len;
    }
    return NULL;
}

/* The C library's own names differ between libraries; the numbers are those of Linux on our targets. */
static const char *signal_name(int64_t number)
{
    static const char *const names[] = {
        NULL,        "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
        "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
        "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS",
    };
    return number > 0 && number < (int64_t)ARRAY_LEN(names) ? names[number] : NULL;
}

/* A status that is known is said even when nobody saw the moment: how it ended matters more. */
void words_status(struct buf *out, const struct words_end *end)
{
    const char *name = end->signal == SPAN_NONE ? NULL : signal_name(end->signal);
    if (name)
        buf_printf(out, "killed by %s", name);
    else if (end->signal != SPAN_NONE)
        buf_printf(out, "killed by signal %lld", (long long)end->signal);
    else if (end->exit_code != SPAN_NONE)
        buf_printf(out, "exit %lld", (long long)end->exit_code);
    else if (end->end_by == SPAN_END_RUNNING)
        buf_str(out, "still running");
    else
        buf_str(out, "end not seen");
}

bool words_failed(const struct words_end *end)
{
    return end->signal != SPAN_NONE || (end->exit_code != SPAN_NONE && end->exit_code != 0);
}
