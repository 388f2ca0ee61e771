/* SPDX-License-Identifier: MIT */
/* limits KIND LIMIT COMMAND...: becomes the command below a soft limit: fsize, nofile, as, stack. */
#include "animal.h"

#include <sys/resource.h>

static const struct {
    const char *name;
    int number;
} kinds[] = {{"fsize", RLIMIT_FSIZE}, {"nofile", RLIMIT_NOFILE}, {"as", RLIMIT_AS}, {"stack", RLIMIT_STACK}};

int main(int argc, char **argv)
{
    must(argc > 3);
    struct rlimit limit;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (!strcmp(kinds[i].name, argv[1])) {
            must(!getrlimit((__rlimit_resource_t)kinds[i].number, &limit));
            limit.rlim_cur = strtoul(argv[2], NULL, 10);
            must(!setrlimit((__rlimit_resource_t)kinds[i].number, &limit));
        }
    execv(argv[3], argv + 3);
    return 99;
}
