/* SPDX-License-Identifier: MIT */
/* Saves and loads a folded run. The file `folded` has a line with the run id, the size of the spans and the length of the summary;
 * the summary; then one line NAME<tab>JSON per value of the collection. */
#include "run/folded_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"
#include "export/names.h"

#define FOLDED_RUN_NAME "folded"
#define FOLDED_RUN_MAX ((size_t)64 << 20)
#define SENT_NAME "sent"
#define SENT_MAX ((size_t)64 << 10)

void folded_run_release(struct folded_run *run)
{
    buf_release(&run->summary);
    values_release(&run->values);
    own_close_fd(&run->spans_fd);
    *run = FOLDED_RUN_NONE;
}

bool folded_run_is_kept(int folder_fd)
{
    return !faccessat(folder_fd, FOLDED_RUN_NAME, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* Open a regular file of the folder; refuse anything else. A descriptor or -errno. */
static int open_plain(int folder_fd, const char *name)
{
    struct stat st;
    auto_fd fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st))
        return -errno;
    return S_ISREG(st.st_mode) ? take_fd(&fd) : -EPROTO;
}

/* Read the whole file; one larger than `limit` was not written by us. */
static int read_plain(int folder_fd, const char *name, size_t limit, struct buf *out)
{
    auto_fd fd = open_plain(folder_fd, name);
    return fd < 0 ? fd : file_read_fd(fd, limit, out);
}

/* Parse a number followed by `end`, and advance past both. */
static bool take_number(char **at, char end, unsigned long long *out)
{
    char *rest;
    errno = 0;
    *out = strtoull(*at, &rest, 10);
    bool good = !errno && **at >= '0' && **at <= '9' && *rest == end;
    *at = rest + good;
    return good;
}

/* Parse the first line. Its length, or 0 when it is malformed. */
static size_t take_head(struct folded_run *run, const struct buf *text, size_t *summary_len)
{
    unsigned long long spans, summary;
    size_t id_len = strcspn(buf_text(text), " ");
    if (id_len >= sizeof run->run_id || id_len == text->len)
        return 0;
    memcpy(run->run_id, text->data, id_len);
    char *at = text->data + id_len + 1;
    if (!names_is_run_id(run->run_id) || !take_number(&at, ' ', &spans) || !take_number(&at, '\n', &summary))
        return 0;
    size_t used = (size_t)(at - text->data);
    if (summary > text->len - used)
        return 0;
    run->spans_bytes = spans;
    *summary_len = summary;
    return used;
}

/* Parse the lines after the summary: NAME, tab, JSON. */
static int take_values(struct folded_run *run, char *text)
{
    for (char *line; (line = strsep(&text, "\n")) && *line;) {
        char *json = strchr(line, '\t');
        if (!json)
            return -EPROTO;
        *json++ = '\0';
        int err = values_add(&run->values, line, json);
        if (err)
            return err;
    }
    return 0;
}

/* Parse the file. The first line has the summary's length, so a truncated file is detected. */
static int take_text(struct folded_run *run, struct buf *text)
{
    size_t summary_len = 0, at = take_head(run, text, &summary_len);
    if (!at)
        return -EPROTO;
    buf_add(&run->summary, text->data + at, summary_len);
    int err = buf_error(&run->summary);
    return err ? err : take_values(run, text->data + at + summary_len);
}

/* Open the spans. If their size is not the recorded one, the two files come from different folds. */
static int open_spans(struct folded_run *run, int folder_fd)
{
    struct stat st;
    run->spans_fd = open_plain(folder_fd, FOLDED_RUN_SPANS);
    if (run->spans_fd < 0)
        return run->spans_fd == -ENOENT ? -EPROTO : run->spans_fd;
    return fstat(run->spans_fd, &st) ? -errno : st.st_size == (off_t)run->spans_bytes ? 0 : -EPROTO;
}

int folded_run_load(struct folded_run *run, int folder_fd)
{
    auto_buf text = BUF_EMPTY;
    *run = FOLDED_RUN_NONE;
    int err = read_plain(folder_fd, FOLDED_RUN_NAME, FOLDED_RUN_MAX, &text);
    if (!err)
        err = take_text(run, &text);
    return err ? err : open_spans(run, folder_fd);
}

int folded_run_save(const struct folded_run *run, int folder_fd, bool durable)
{
    auto_buf text = BUF_EMPTY;
    if (durable && fsync(run->spans_fd))
        return -errno;
    buf_printf(&text, "%s %llu %zu\n", run->run_id, (unsigned long long)run->spans_bytes, run->summary.len);
    buf_add(&text, run->summary.data, run->summary.len);
    for (size_t i = 0; i < run->values.len; i++)
        buf_printf(&text, "%s\t%s\n", run->values.list[i].name, run->values.list[i].json);
    int err = buf_error(&text);
    return err ? err : file_replace_at(folder_fd, FOLDED_RUN_NAME, &text, durable);
}

bool folded_run_was_sent(int folder_fd, const char *url)
{
    auto_buf text = BUF_EMPTY;
    if (read_plain(folder_fd, SENT_NAME, SENT_MAX, &text) || !text.len)
        return false;
    char *rest = text.data;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (!strcmp(line, url))
            return true;
    return false;
}

/* Only an optimization: without this record, a later attempt finds the objects in the store. */
void folded_run_note_sent(int folder_fd, const char *url)
{
    auto_buf line = BUF_EMPTY;
    auto_fd fd =
        openat(folder_fd, SENT_NAME, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    buf_printf(&line, "\n%s\n", url); /* starts with a newline in case the previous write was torn */
    int lost = fd < 0 || buf_error(&line) ? -EIO : file_write_all(fd, line.data, line.len);
    (void)lost;
}
