/* SPDX-License-Identifier: MIT */
/* leaf [STATUS [MS]]: what the other animals start. Built in many forms: static, without libc's say,
 * sanitized. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc > 2)
        usleep((useconds_t)atoi(argv[2]) * 1000);
    return argc > 1 ? atoi(argv[1]) : 0;
}
