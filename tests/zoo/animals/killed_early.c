/* SPDX-License-Identifier: MIT */
/* Children that are killed at any moment of their first milliseconds: before their exec, in it, while their
 * record is being made, or too late. */
#include "animal.h"

#include <signal.h>

enum { CHILDREN = 300 };

int main(void)
{
    unsigned random = 12345;
    for (int i = 0; i < CHILDREN; i++) {
        pid_t pid = fork();
        must(pid >= 0);
        if (pid == 0)
            become_leaf("1");
        random = random * 1103515245u + 12345u;
        usleep(random >> 16 & 4095);
        kill(pid, SIGKILL);
        int status = reaped(pid);
        must(status == SIGKILL || status == 1 << 8);
    }
    return 2;
}
