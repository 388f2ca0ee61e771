/* SPDX-License-Identifier: MIT */
/* The loader's last error belongs to the program: it must survive whatever functions are called before it is read. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    dlopen("/nonexistent/library.so", RTLD_NOW);
    int status = system("exit 3");
    pid_t pid = fork();
    if (pid == 0) {
        execl("/nonexistent/program", "program", (char *)NULL);
        _exit(4);
    }
    waitpid(pid, NULL, 0);
    const char *error = dlerror();
    printf("%#x %s\n", status, error ? error : "no error");
    return 0;
}
