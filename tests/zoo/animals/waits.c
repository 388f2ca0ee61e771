/* SPDX-License-Identifier: MIT */
/* Every wait function, with and without somewhere to put the status; leaves with the number of the first
 * surprise. */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child(int status)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(status);
    return pid;
}

int main(void)
{
    int status;
    siginfo_t info;
    struct rusage usage;
    pid_t pid = child(1);
    if (wait(NULL) != pid)
        return 1;
    pid = child(2);
    if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 2)
        return 2;
    pid = child(3);
    if (wait3(&status, 0, &usage) != pid || WEXITSTATUS(status) != 3)
        return 3;
    pid = child(4);
    if (wait4(pid, NULL, 0, NULL) != pid)
        return 4;
    pid = child(5);
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) || info.si_status != 5)
        return 5;
    if (waitid(P_PID, (id_t)pid, NULL, WEXITED))
        return 6;
    pid = child(11);
    if (waitid(P_PIDFD, (id_t)syscall(SYS_pidfd_open, pid, 0), &info, WEXITED) || info.si_pid != pid)
        return 11;
    pid = child(12);
    if (waitid(P_ALL, 0, &info, WEXITED) || info.si_pid != pid || waitid(P_ALL, 0, NULL, WEXITED) != -1)
        return 12;
    pid = child(13);
    if (syscall(SYS_wait4, pid, &status, 0, NULL) != pid || WEXITSTATUS(status) != 13)
        return 13;
    pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    if (waitpid(pid, &status, WNOHANG) != 0)
        return 7;
    kill(pid, SIGSTOP);
    if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
        return 8;
    kill(pid, SIGKILL);
    if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
        return 9;
    status = 1234;
    errno = 0;
    return waitpid(-1, &status, 0) == -1 && errno == ECHILD && status == 1234 ? 0 : 10;
}
