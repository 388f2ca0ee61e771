/* SPDX-License-Identifier: MIT */
/* Calls the functions that a watcher would wrap, in ways that fail and in ways that succeed, and prints what comes back:
 * return value, errno, what was written where. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOW(call)                                                                                    \
    do {                                                                                              \
        errno = 42;                                                                                   \
        long ret = (long)(call);                                                                      \
        int error = errno;                                                                            \
        printf("%s: %s, errno %d\n", #call, ret > 0 ? "positive" : ret ? "negative" : "zero", error); \
    } while (0)

static char *const words[] = {"true", NULL};
static char *const none[] = {NULL};

static pid_t child(int status)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        _exit(status);
    return pid;
}

static void execs_that_fail(void)
{
    char long_name[5000];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    close(open("plain", O_CREAT | O_WRONLY, 0644));
    close(open("empty", O_CREAT | O_WRONLY, 0755));
    int fd = open("script", O_CREAT | O_WRONLY, 0755);
    if (write(fd, "#!/nonexistent/interpreter\n", 27) < 0)
        perror("write");
    SHOW(execve("script", words, none)); /* still open for writing */
    close(fd);
    SHOW(execve("script", words, none));
    SHOW(execve("", words, none));
    SHOW(execve("/nonexistent", words, none));
    SHOW(execve("/", words, none));
    SHOW(execve("plain", words, none));
    SHOW(execve("plain/below", words, none));
    SHOW(execve("empty", words, none));
    SHOW(execve(long_name, words, none));
    SHOW(execv("/nonexistent", words));
    SHOW(execvp("nonexistent-program", words));
    SHOW(execvp("", words));
    SHOW(execvpe("nonexistent-program", words, none));
    SHOW(execl("/nonexistent", "x", (char *)NULL));
    SHOW(execlp("nonexistent-program", "x", (char *)NULL));
    SHOW(execle("/nonexistent", "x", (char *)NULL, none));
    SHOW(fexecve(-1, words, none));
    SHOW(fexecve(0, words, none));
    SHOW(execveat(AT_FDCWD, "/nonexistent", words, none, 0));
    SHOW(execveat(-1, "nonexistent", words, none, 0));
    SHOW(execveat(AT_FDCWD, "/bin/true", words, none, 0x40000000));
}

static void spawns(void)
{
    pid_t pid = 77;
    SHOW(posix_spawn(&pid, "/nonexistent", NULL, NULL, words, none));
    SHOW(posix_spawnp(&pid, "nonexistent-program", NULL, NULL, words, none));
    SHOW(posix_spawn(&pid, "empty", NULL, NULL, words, none));
    printf("pid untouched %d\n", pid == 77);
    SHOW(posix_spawn(NULL, "/bin/true", NULL, NULL, words, none));
    SHOW(wait(NULL));
    SHOW(posix_spawnp(&pid, "true", NULL, NULL, words, none));
    printf("pid given %d\n", pid != 77);
    SHOW(waitpid(pid, NULL, 0));
}

static void waits_that_fail(void)
{
    int status = 77;
    struct rusage usage;
    siginfo_t info;
    memset(&usage, 7, sizeof usage);
    memset(&info, 7, sizeof info);
    SHOW(wait(&status));
    SHOW(waitpid(-1, &status, WNOHANG));
    SHOW(waitpid(1, &status, 0));
    SHOW(waitpid(-1, &status, 0x100));
    SHOW(wait3(&status, 0, &usage));
    SHOW(wait4(-1, &status, 0, &usage));
    SHOW(waitid(P_ALL, 0, &info, WEXITED));
    SHOW(waitid(P_ALL, 0, &info, 0));
    SHOW(waitid((idtype_t)55, 0, &info, WEXITED));
    printf("untouched: %d %d %#x\n", status, usage.ru_utime.tv_sec == 0x0707070707070707, (unsigned)info.si_pid);
}

static void waits_that_succeed(void)
{
    int status = 0;
    struct rusage usage;
    siginfo_t info = {0};
    memset(&usage, 7, sizeof usage);
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    status = 77;
    info.si_pid = 5;
    SHOW(waitpid(pid, &status, WNOHANG));
    SHOW(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG));
    printf("nothing yet: %d %d\n", status, info.si_pid);
    kill(pid, SIGSTOP);
    SHOW(waitpid(pid, &status, WUNTRACED));
    printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
    kill(pid, SIGCONT);
    SHOW(waitpid(pid, &status, WCONTINUED));
    printf("continued %d\n", WIFCONTINUED(status));
    kill(pid, SIGTERM);
    SHOW(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
    printf("still there: code %d status %d right %d\n", info.si_code, info.si_status, info.si_pid == pid);
    SHOW(wait4(pid, &status, 0, &usage));
    printf("killed by %d, usage told %d\n", WTERMSIG(status), usage.ru_maxrss != 0x0707070707070707);
    child(9);
    SHOW(wait3(&status, 0, NULL));
    printf("status %d\n", WEXITSTATUS(status));
    child(9);
    SHOW(waitid(P_ALL, 0, NULL, WEXITED));
    signal(SIGCHLD, SIG_IGN);
    child(9);
    SHOW(wait(NULL));
    signal(SIGCHLD, SIG_DFL);
}

static void shells(void)
{
    fflush(stdout);
    SHOW(system(NULL));
    SHOW(system("exit 7"));
    SHOW(system("kill -9 $$"));
    SHOW(popen("true", "bad mode") != NULL);
    FILE *stream = popen("echo from the shell; exit 5", "r");
    char line[64] = "";
    if (!stream || !fgets(line, sizeof line, stream))
        puts("nothing read");
    fputs(line, stdout);
    SHOW(pclose(stream));
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    SHOW(child(0));
    SHOW(wait(NULL));
    execs_that_fail();
    spawns();
    waits_that_fail();
    waits_that_succeed();
    shells();
    SHOW(prctl(PR_GET_DUMPABLE));
    SHOW(prctl(0x7fffffff, 1, 2, 3, 4));
    SHOW(prctl(PR_SET_NAME, "renamed"));
    return 0;
}
