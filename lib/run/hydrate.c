/* SPDX-License-Identifier: MIT */
/* One line of the marker file's grammar for each value. */
#include "run/hydrate.h"

#include <errno.h>

#include "base/file.h"
#include "spool/marks.h"
#include "sys/clock.h"

/* Append one value as a line. -EINVAL or -EFBIG when it can be no mark. */
static int put_line(struct buf *out, const struct json *member, int64_t at_ns)
{
    auto_buf value = BUF_EMPTY, line = BUF_EMPTY;
    int err = json_print(member, &value);
    const struct mark mark = {
        .time_ns = at_ns, .verb = MARK_SET, .name = json_key(member), .value = buf_text(&value)};
    if (!err)
        err = mark_format(&mark, &line);
    if (!err)
        buf_add(out, line.data, line.len);
    return err;
}

int hydrate_run(int folder_fd, const struct json *object, size_t *skipped)
{
    auto_buf text = BUF_EMPTY;
    int64_t at_ns = clock_ns(CLOCK_REALTIME);
    *skipped = 0;
    for (const struct json *member = json_first(object); member; member = json_next(member)) {
        int err = put_line(&text, member, at_ns);
        if (err == -EINVAL || err == -EFBIG)
            ++*skipped;
        else if (err)
            return err;
    }
    int err = buf_error(&text);
    return err ? err : file_replace_at(folder_fd, HYDRATE_FILE, &text, false);
}
