/* SPDX-License-Identifier: MIT */
/* Starts valgrind's tool of the name in $GUARD_TOOL. Static, in the place of valgrind's own launcher: that
 * one would load the library that is preloaded, and the shim in it would find that the tool is static and
 * keep itself out of it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char self[4096] = "";
    const char *tool = getenv("GUARD_TOOL");
    if (argc < 2 || !tool || readlink("/proc/self/exe", self, sizeof self - 1) < 0) {
        fputs("usage: GUARD_TOOL=PATH launcher --tool=NAME [OPTION]... PROGRAM [WORD]...\n", stderr);
        return 2;
    }
    setenv("VALGRIND_LAUNCHER", self, 1);
    execv(tool, argv);
    perror(tool);
    return 2;
}
