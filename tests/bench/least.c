/* SPDX-License-Identifier: MIT */
/* The least that a recorder can do which makes no system call at the end of a process: it opens a file, maps
 * a page of it, notes the beginning there, and later the end. No clock, no text, no hooks, and no care for
 * fork children: what it costs is a lower bound for every recorder of that kind.
 *
 * The file is made by least.py, with room reserved. It is `least` in the folder that DTRACK_SPOOL names;
 * without it this library does nothing. */
#include "sys/attr.h"
#include "sys/sys.h"
#include "sys/text.h"

#define PAGES 64u /* as in least.py */
#define PATH_ROOM 256

/* What a page holds: pids. It tells of its last process only, for nobody wants to know more. */
struct least_page {
    uint32_t begun, ended;
};

static struct least_page *page; /* NULL = not recorded */

static const char *least_folder(char **envp)
{
    const char *folder = NULL;
    while (*envp && !(folder = text_after(*envp, "DTRACK_SPOOL=")))
        envp++;
    return folder;
}

static int least_open(const char *folder)
{
    char path[PATH_ROOM];
    int err = text_join(path, sizeof path, folder, "/least", "");
    return err ? err : sys_open(path, O_RDWR, 0);
}

static __attribute__((constructor)) void least_begin(int argc unused, char **argv unused, char **envp)
{
    const char *folder = least_folder(envp);
    int fd = folder ? least_open(folder) : -ENOENT;
    if (fd < 0)
        return;
    uint32_t pid = (uint32_t)sys_getpid();
    void *map = sys_mmap(SYS_PAGE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (uint64_t)(pid % PAGES) * SYS_PAGE_MAX);
    sys_close(fd);
    if (sys_is_error(map))
        return;
    page = map;
    page->begun = pid;
}

static __attribute__((destructor)) void least_end(void)
{
    if (page)
        page->ended = page->begun;
}
