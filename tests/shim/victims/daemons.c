/* SPDX-License-Identifier: MIT */
/* A double fork with a new session, outliving everybody for a while. */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        if (fork())
            _exit(0);
        int null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd < 3; fd++)
            dup2(null, fd);
        sleep(3);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    return 0;
}
