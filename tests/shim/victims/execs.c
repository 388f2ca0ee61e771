/* SPDX-License-Identifier: MIT */
/* execs WAY: become "true" by one function of the exec family; "many" gives it 10,000 arguments, "bare" no environment. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void become(const char *way)
{
    char *argv[] = {"true", "x", NULL}, *envp[] = {"PATH=/bin", NULL}, *none[] = {NULL};
    const char *path = "/bin/true";
    if (!strcmp(way, "execv"))
        execv(path, argv);
    else if (!strcmp(way, "execve"))
        execve(path, argv, envp);
    else if (!strcmp(way, "execvp"))
        execvp("true", argv);
    else if (!strcmp(way, "execvpe"))
        execvpe("true", argv, envp);
    else if (!strcmp(way, "execl"))
        execl(path, "true", "x", (char *)NULL);
    else if (!strcmp(way, "execlp"))
        execlp("true", "true", "x", (char *)NULL);
    else if (!strcmp(way, "execle"))
        execle(path, "true", "x", (char *)NULL, envp);
    else if (!strcmp(way, "execveat"))
        execveat(AT_FDCWD, path, argv, envp, 0);
    else if (!strcmp(way, "fexecve"))
        fexecve(open(path, O_RDONLY), argv, envp);
    else if (!strcmp(way, "bare"))
        execve(path, argv, none);
    else if (!strcmp(way, "null"))
        execve(path, argv, NULL);
}

static void many(void)
{
    enum { COUNT = 10000 };
    char **argv = calloc(COUNT + 1, sizeof *argv);
    for (int i = 0; i < COUNT; i++)
        argv[i] = "true";
    execvp("true", argv);
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "many"))
        many();
    else if (argc > 1)
        become(argv[1]);
    return 1;
}
