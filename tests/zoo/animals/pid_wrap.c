/* SPDX-License-Identifier: MIT */
/* pid_wrap COUNT: in a pid namespace with few numbers, so many children that each number comes round several
 * times. Leaves with 77 where the system does not allow that. */
#include "animal.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

static int count;

static void limit_pids(void)
{
    int fd = mount("proc", "/proc", "proc", 0, NULL) ? -1 : open("/proc/sys/kernel/pid_max", O_WRONLY);
    if (fd < 0 || write(fd, "400", 3) != 3)
        exit(77);
    close(fd);
}

static void have_children(void)
{
    limit_pids();
    for (int i = 0; i < count; i++) {
        char status[8];
        pid_t pid = fork();
        must(pid > 0 || pid == 0);
        snprintf(status, sizeof status, "%d", i % 100);
        if (pid == 0 && i % 2)
            become_leaf(status);
        if (pid == 0)
            _exit(i % 100);
        must(pid < 400 && reaped(pid) == i % 100 << 8);
    }
    exit(0);
}

int main(int argc, char **argv)
{
    count = argc > 1 ? atoi(argv[1]) : 1;
    if (unshare(CLONE_NEWPID | CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
        return 77;
    int status = reaped(forked(have_children));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}
