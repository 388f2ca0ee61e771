/* SPDX-License-Identifier: MIT */
/* A program whose environment is moved before its first constructor of others runs: -DLIBRARY builds what moves it, in the way
 * that MOVE names. The program starts one child and says what it was given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef LIBRARY
extern char **environ;

static __attribute__((constructor)) void move(void)
{
    static char *own[] = {"A=1", NULL};
    const char *way = getenv("MOVE");
    if (way && !strcmp(way, "away"))
        environ = NULL;
    else if (way && !strcmp(way, "own"))
        environ = own;
    else
        setenv("MOVED", "1", 1);
}
#else
int main(int argc, char **argv)
{
    int status = 0;
    pid_t child = fork();
    if (!child)
        _exit(3);
    waitpid(child, &status, 0);
    printf("%d %s %d\n", argc, argc > 1 ? argv[argc - 1] : "none", WEXITSTATUS(status));
    return 5;
}
#endif
