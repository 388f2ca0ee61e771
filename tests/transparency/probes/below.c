/* SPDX-License-Identifier: MIT */
/* below COMMAND...: run it as a child and end as it does. What stands between a shell and a job: the like of
 * `dtrack run`, to be compared with it. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const struct rlimit no_core;
    int status = 0;
    pid_t pid = argc > 1 ? fork() : -1;
    if (pid == 0) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return 125;
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    setrlimit(RLIMIT_CORE, &no_core);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return 128 + WTERMSIG(status);
}
