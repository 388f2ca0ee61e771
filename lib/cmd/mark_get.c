/* SPDX-License-Identifier: MIT */
/* dtrack-mark get: what the job set itself, else what an earlier one handed over. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_lex.h"
#include "base/own.h"
#include "base/utf8.h"
#include "cmd/mark_parts.h"
#include "run/hydrate.h"

/* The value set last, of one name. */
struct wanted {
    const char *name;
    bool found;
    struct buf value;
};

/* Each later value replaces the one before: the last line of the file wins. */
static int look(void *ctx, const struct mark_line *line)
{
    struct wanted *w = ctx;
    if (line->fault || line->mark.verb != MARK_SET || strcmp(line->mark.name, w->name))
        return 0;
    w->found = true;
    buf_clear(&w->value);
    buf_str(&w->value, line->mark.value ? line->mark.value : "");
    return buf_error(&w->value);
}

/* Look in a file of the run. A missing one holds nothing. */
static int look_in(const struct mark_call *call, const char *file, struct wanted *w)
{
    struct marks_tally tally;
    auto_fd fd = mark_file_open(call, file, O_RDONLY);
    if (fd == -ENOENT && call->run)
        return 0;
    return fd < 0 ? fd : marks_read(fd, MARKS_BYTES_MAX, look, w, &tally);
}

/* Print as `jq -r` does: a JSON string as its text, anything else as it was written; to a terminal, what it
 * can show. */
static int print(const struct mark_call *call, const struct buf *value)
{
    struct json_lexer lx = {.at = buf_text(value), .end = buf_text(value) + value->len};
    struct json_slice string, rest;
    auto_free char *text = malloc(value->len + 1);
    if (!text) {
        mark_complain(call, "out of memory");
        return 1;
    }
    size_t len = value->len;
    if (json_lex(&lx, &string) == JSON_STRING && json_lex(&lx, &rest) == JSON_END)
        len = json_unescape(&string, text);
    else
        memcpy(text, buf_text(value), len);
    if (isatty(STDOUT_FILENO)) {
        auto_buf shown = BUF_EMPTY;
        utf8_put_line(&shown, text, len);
        return puts(buf_text(&shown)) < 0 || fflush(stdout);
    }
    text[len] = '\n';
    if (fwrite(text, 1, len + 1, stdout) == len + 1 && !fflush(stdout))
        return 0;
    mark_complain(call, "cannot write the value: %s", strerror(errno));
    return 1;
}

int mark_get(const struct mark_call *call, char **words)
{
    struct wanted w = {.name = words[0]};
    const char *file = "marks";
    int err = call->off ? 0 : look_in(call, file, &w);
    if (!err && !w.found && !call->off)
        err = look_in(call, file = HYDRATE_FILE, &w);
    int status = 1;
    if (err)
        mark_file_complain(call, file, err);
    else if (w.found)
        status = print(call, &w.value);
    else
        mark_complain(call, "nothing was set under the name '%s'", words[0]);
    buf_release(&w.value);
    return status;
}
