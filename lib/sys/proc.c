/* SPDX-License-Identifier: MIT */
/* /proc/PID/stat, read without libc. Knows nothing of runs. */
#include "sys/proc.h"

#include <errno.h>

#include "sys/sys.h"
#include "sys/text.h"

/* Skip to after the next `count` blanks. */
static const char *proc_skip_fields(const char *s, int count)
{
    for (; *s && count; s++)
        count -= *s == ' ';
    return s;
}

/* The fields after the name. The name may contain blanks and brackets, so its end is the last ')'. */
static const char *proc_after_name(const char *line)
{
    const char *after = NULL;
    for (const char *s = line; *s; s++)
        if (*s == ')')
            after = s + 1;
    return after && after[0] == ' ' && after[1] ? after + 1 : NULL;
}

long proc_read_text(const char *path, char *out, size_t room)
{
    int fd = sys_open(path, O_RDONLY, 0);
    long len = fd < 0 ? fd : sys_read(fd, out, room - 1);
    if (fd >= 0)
        sys_close(fd);
    out[len > 0 ? len : 0] = '\0';
    return len;
}

static int proc_stat_from(const char *path, struct proc_stat *out)
{
    char line[1024];
    long len = proc_read_text(path, line, sizeof line);
    if (len <= 0)
        return len ? (int)len : -EIO;
    const char *third = proc_after_name(line);
    if (!third)
        return -EPROTO;
    const char *s = proc_skip_fields(third, 1);
    out->state = *third;
    out->ppid = (int32_t)text_read_num(&s, 10);
    s = proc_skip_fields(third, 20 - 3);
    out->threads = (uint32_t)text_read_num(&s, 10);
    s = proc_skip_fields(s, 2);
    out->start_ticks = text_read_num(&s, 10);
    return 0;
}

/* Reads the file of the process's first thread, which has the same content as /proc/PID/stat: qemu-user fakes the latter for the
 * program that it runs, with a start time that differs from what other processes see. */
int proc_stat_read(int32_t pid, struct proc_stat *out)
{
    char path[48], task[32];
    int err = text_join_number(task, sizeof task, "/proc/", "", (uint64_t)pid, "/task/");
    if (!err)
        err = text_join_number(path, sizeof path, task, "", (uint64_t)pid, "/stat");
    return err ? err : proc_stat_from(path, out);
}

int proc_stat_self(struct proc_stat *out)
{
    return proc_stat_from("/proc/thread-self/stat", out);
}

int proc_is_alive(int32_t pid, uint64_t start_ticks)
{
    struct proc_stat st;
    return !proc_stat_read(pid, &st) && st.start_ticks == start_ticks && st.state != 'X' &&
           (st.state != 'Z' || st.threads > 1);
}
