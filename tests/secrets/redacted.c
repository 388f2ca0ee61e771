/* SPDX-License-Identifier: MIT */
/* What is left of command lines: each line of stdin is one, with '|' between its words, and is printed as the
 * shim would record it (argument "shim") or as the fold hands it on ("fold", which gets what the shim has
 * recorded). With "time", the nanoseconds that the shim's part takes an argument, and the fold's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "redact/redact_line.h"

#define WORDS_MAX 256
#define ROUNDS 50

static size_t split(char *line, char *words[WORDS_MAX])
{
    size_t count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *word; (word = strsep(&line, "|")) && count < WORDS_MAX;)
        words[count++] = word;
    return count;
}

/* The words as the shim records them. */
static void by_shim(struct buf *out, char *const *words, size_t count)
{
    struct redactor r;
    redact_init(&r, NULL);
    for (size_t i = 0; i < count; i++) {
        char made[REDACT_ROOM(4096)];
        size_t len = strlen(words[i]);
        buf_add(out, made, redact_arg(&r, words[i], len < 4096 ? len : 4096, made, sizeof made));
        buf_str(out, i + 1 < count ? "|" : "");
    }
}

static void by_fold(struct buf *out, char *const *words, size_t count)
{
    struct redact_line line;
    redact_line_init(&line, NULL);
    for (size_t i = 0; i < count; i++) {
        redact_line_put(out, &line, words[i]);
        buf_str(out, i + 1 < count ? "|" : "");
    }
}

static long long now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "fold";
    long long shim_ns = 0, fold_ns = 0, arguments = 0;
    static char text[1 << 16];
    while (fgets(text, sizeof text, stdin)) {
        char *words[WORDS_MAX];
        auto_buf recorded = BUF_EMPTY, folded = BUF_EMPTY;
        size_t count = split(text, words);
        for (int i = 0; i < (strcmp(mode, "time") ? 1 : ROUNDS); i++) {
            long long start = now_ns();
            buf_clear(&recorded);
            by_shim(&recorded, words, count);
            shim_ns += now_ns() - start;
            arguments += (long long)count;
        }
        auto_buf again = BUF_EMPTY;
        buf_str(&again, buf_text(&recorded));
        count = split(again.data, words);
        for (int i = 0; i < (strcmp(mode, "time") ? 1 : ROUNDS); i++) {
            long long start = now_ns();
            buf_clear(&folded);
            by_fold(&folded, words, count);
            fold_ns += now_ns() - start;
        }
        if (strcmp(mode, "time"))
            puts(buf_text(strcmp(mode, "shim") ? &folded : &recorded));
    }
    if (!strcmp(mode, "time") && arguments)
        printf("%lld %lld\n", shim_ns / arguments, fold_ns / arguments);
    return 0;
}
