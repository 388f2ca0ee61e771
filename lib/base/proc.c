/* SPDX-License-Identifier: MIT */
/* /proc/PID/stat, read without libc. Knows nothing of runs. */
#include "base/proc.h"

#include <errno.h>

#include "base/sys.h"
#include "base/text.h"

/* Move behind `count` blanks. */
static const char *proc_skip_fields(const char *s, int count)
{
    for (; *s && count; s++)
        count -= *s == ' ';
    return s;
}

/* The file of the process's first thread says the same of it as its own. qemu invents the latter for a program that it
 * runs and that asks for itself: with a start time that nobody else sees. */
int proc_stat_read(int32_t pid, struct proc_stat *out)
{
    char path[48], line[1024];
    struct text t = text_into(path, sizeof path);
    text_str(&t, "/proc/");
    if (pid) {
        text_num(&t, (uint64_t)pid, 10, 0);
        text_str(&t, "/task/");
        text_num(&t, (uint64_t)pid, 10, 0);
    } else {
        text_str(&t, "thread-self");
    }
    text_str(&t, "/stat");
    int fd = sys_open(path, O_RDONLY, 0);
    if (fd < 0)
        return fd;
    long len = sys_read(fd, line, sizeof line - 1);
    sys_close(fd);
    if (len <= 0)
        return len ? (int)len : -EIO;
    line[len] = '\0';
    const char *after_name = NULL; /* the name may hold blanks and brackets: its end is the last ')' */
    for (const char *s = line; *s; s++)
        if (*s == ')')
            after_name = s + 1;
    if (!after_name || after_name[0] != ' ' || !after_name[1])
        return -EPROTO;
    const char *s = after_name + 1; /* field 3 */
    out->state = *s;
    s = proc_skip_fields(s, 1);
    out->ppid = (int32_t)text_read_num(&s, 10);
    s = proc_skip_fields(after_name + 1, 20 - 3);
    out->threads = (uint32_t)text_read_num(&s, 10);
    s = proc_skip_fields(s, 2);
    out->start_ticks = text_read_num(&s, 10);
    return 0;
}

int proc_is_alive(int32_t pid, uint64_t start_ticks)
{
    struct proc_stat st;
    return !proc_stat_read(pid, &st) && st.start_ticks == start_ticks && st.state != 'X' &&
           (st.state != 'Z' || st.threads > 1);
}
