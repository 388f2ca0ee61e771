/* SPDX-License-Identifier: MIT */
/* Limits on the number of processes. cgroups(7); the controller's files: pids.max in the kernel's cgroup-v2.rst. */
#include "sys/slots.h"

#include <sys/resource.h>

#include "sys/proc.h"
#include "sys/sys.h"
#include "sys/text.h"

#define PATH_ROOM 1024
#define FILE_ROOM 2048

/* Whether the group's pids.max is a small number; it may also be "max", or missing. */
static int slots_group_is_small(const char *folder)
{
    char path[PATH_ROOM], text[32];
    const char *number = text;
    if (text_join(path, sizeof path, folder, "/pids.max", "") || proc_read_text(path, text, sizeof text) <= 0)
        return 0;
    return *text >= '0' && *text <= '9' && text_read_num(&number, 10) <= SLOTS_FEW;
}

/* Check the group at `path` below `mount`, and its ancestors. In a container both may be relative to the container's own group. */
static int slots_hierarchy_is_small(const char *mount, const char *path, size_t len)
{
    char folder[PATH_ROOM];
    size_t top = text_len(mount, sizeof folder);
    struct text t = text_into(folder, sizeof folder);
    text_str(&t, mount);
    text_add(&t, path, len);
    if (t.cut)
        return 0;
    for (size_t at = t.len; at > top; at--)
        if (folder[at] == '/' || !folder[at]) {
            folder[at] = '\0';
            if (slots_group_is_small(folder))
                return 1;
        }
    folder[top] = '\0';
    return slots_group_is_small(folder);
}

/* Whether the comma-separated list, which ends at ':', contains "pids". */
static int slots_is_pids(const char *list)
{
    for (int is_start = 1; *list && *list != ':'; is_start = *list == ',', list++) {
        const char *end = is_start ? text_after(list, "pids") : NULL;
        if (end && (*end == ',' || *end == ':'))
            return 1;
    }
    return 0;
}

/* Check a line of /proc/self/cgroup: "NUMBER:CONTROLLERS:PATH". For cgroup v2 there is one line, without controllers. */
static int slots_line_is_small(const char *line, const char *end)
{
    const char *list = line, *path;
    while (list < end && *list++ != ':') {
    }
    for (path = list; path < end && *path++ != ':';) {
    }
    const char *mount = *list == ':' ? "/sys/fs/cgroup" : slots_is_pids(list) ? "/sys/fs/cgroup/pids" : NULL;
    return mount && slots_hierarchy_is_small(mount, path, (size_t)(end - path));
}

static int slots_groups_are_small(void)
{
    char text[FILE_ROOM];
    long len = proc_read_text("/proc/self/cgroup", text, sizeof text);
    for (long from = 0, to; from < len; from = to + 1) {
        for (to = from; to < len && text[to] != '\n'; to++) {
        }
        if (slots_line_is_small(text + from, text + to))
            return 1;
    }
    return 0;
}

int slots_are_few(uint32_t uid)
{
    struct rlimit64 limit;
    if (uid && !SYS_ARG4(SYS_prlimit64, 0, RLIMIT_NPROC, NULL, &limit) && limit.rlim_cur <= SLOTS_FEW)
        return 1;
    return slots_groups_are_small();
}
