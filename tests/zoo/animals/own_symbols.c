/* SPDX-License-Identifier: MIT */
/* A program that has functions and variables of our names, and of libc's, for purposes of its own. */
#include <stdio.h>
#include <stdlib.h>

int shim = 1, real_find = 2, spool_claim = 3, redact_arg = 4, init = 5;

void recorder_end(int status);
int wait3(void);
int prctl(void);

void recorder_end(int status)
{
    exit(status + shim + real_find + spool_claim + redact_arg + init);
}

/* Not libc's: whoever calls it in here means this one. */
int wait3(void)
{
    return 20;
}

int prctl(void)
{
    return 30;
}

int main(void)
{
    fflush(NULL);
    if (system("exit 9") != 9 << 8)
        return 1;
    recorder_end(wait3() + prctl());
}
