/* SPDX-License-Identifier: MIT */
/* A vfork child whose exec fails leaves through _exit, in its parent's memory. The parent lives on and leaves with 5. */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char *argv[] = {"nothing", NULL}, *envp[] = {NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        execve("/nonexistent/nothing", argv, envp);
        _exit(errno == ENOENT ? 127 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    usleep(20000);
    return WEXITSTATUS(status) == 127 ? 5 : 1;
}
