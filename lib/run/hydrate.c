/* SPDX-License-Identifier: MIT */
/* Writes each value as a `set` line in the marker file's grammar. */
#include "run/hydrate.h"

#include <errno.h>

#include "base/file.h"
#include "export/collection_json.h"
#include "spool/marks.h"
#include "sys/clock.h"

/* Append one value as a line. -EINVAL or -EFBIG when it can't be written as a mark. */
static int put_line(struct buf *out, const struct collection_walk *member, int64_t at_ns)
{
    auto_buf value = BUF_EMPTY, line = BUF_EMPTY;
    buf_add(&value, member->value, member->value_len);
    const struct mark mark = {.time_ns = at_ns, .verb = MARK_SET, .name = member->key.data, .value = buf_text(&value)};
    int err = buf_error(&value);
    if (!err)
        err = mark_format(&mark, &line);
    if (!err)
        buf_add(out, line.data, line.len);
    return err;
}

/* All members as lines. */
static int put_lines(struct buf *out, const struct buf *compact, size_t *skipped)
{
    struct collection_walk w = collection_members(compact);
    int64_t at_ns = clock_ns(CLOCK_REALTIME);
    int err = 0;
    *skipped = 0;
    while (!err && collection_next(&w)) {
        err = put_line(out, &w, at_ns);
        if (err == -EINVAL || err == -EFBIG) {
            ++*skipped;
            err = 0;
        }
    }
    if (!err)
        err = buf_error(&w.key) ? buf_error(&w.key) : buf_error(out);
    buf_release(&w.key);
    return err;
}

int hydrate_run(int folder_fd, const struct buf *compact, size_t *skipped)
{
    auto_buf text = BUF_EMPTY;
    int err = put_lines(&text, compact, skipped);
    return err ? err : file_replace_at(folder_fd, HYDRATE_FILE, &text, false);
}
