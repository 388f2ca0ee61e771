/* SPDX-License-Identifier: MIT */
/* Any bytes as a marker file: every line is handed on once, good or bad, and what was read as a mark can be
 * written and read again. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "spool/marks.h"

#include "fuzz.h"

struct seen {
    int64_t lines, bad;
};

static void check_again(const struct mark *m)
{
    auto_buf line = BUF_EMPTY;
    int err = mark_format(m, &line);
    PROMISE(!err || err == -EFBIG); /* a value grows when it is quoted */
    if (err)
        return;
    PROMISE(line.len && line.data[line.len - 1] == '\n' && !memchr(line.data, '\n', line.len - 1));
    struct mark again;
    PROMISE(mark_parse(line.data, line.len - 1, &again) == MARK_GOOD);
    PROMISE(again.time_ns == m->time_ns && again.verb == m->verb && !strcmp(again.name, m->name));
    PROMISE(again.has_status == m->has_status && again.status == m->status);
    PROMISE(again.pid == m->pid && again.ppid == m->ppid && !again.value == !m->value);
}

static int see(void *ctx, const struct mark_line *line)
{
    struct seen *s = ctx;
    PROMISE(line->number == ++s->lines);
    if (line->fault) {
        s->bad++;
        return 0;
    }
    PROMISE(!mark_name_check(line->mark.name, strlen(line->mark.name)));
    PROMISE(line->mark.pid >= 0 && line->mark.ppid >= 0);
    check_again(&line->mark);
    return 0;
}

static int64_t count_lines(const uint8_t *data, size_t size)
{
    int64_t lines = size && data[size - 1] != '\n';
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_fd fd = memfd_create("marks", MFD_CLOEXEC);
    struct seen s = {0};
    struct marks_tally tally;
    PROMISE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    PROMISE(!marks_read(fd, MARKS_BYTES_MAX, see, &s, &tally));
    PROMISE(s.lines == count_lines(data, size) && s.bad == tally.bad && !tally.unread_bytes);
    return 0;
}
