/* SPDX-License-Identifier: MIT */
/* Its own malloc, which is entered again when it calls for help, starts a child in its first call, and stands
 * no second one meanwhile. */
#include "animal.h"

static char pool[1 << 20] __attribute__((aligned(16)));
static size_t used;
static int is_inside, is_ready;

static void prepare(void)
{
    is_ready = 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(1);
    int status;
    waitpid(pid, &status, 0);
}

void *malloc(size_t size)
{
    if (is_inside++)
        _exit(97);
    if (!is_ready)
        prepare();
    size_t at = used;
    used += (size + 15) & ~(size_t)15;
    is_inside--;
    return used <= sizeof pool ? pool + at : NULL;
}

void free(void *unused)
{
    (void)unused;
}

void *calloc(size_t count, size_t size)
{
    return malloc(count * size);
}

void *realloc(void *old, size_t size)
{
    char *fresh = malloc(size);
    if (old && fresh)
        memmove(fresh, old, size < (size_t)(pool + sizeof pool - (char *)old) ? size : 0);
    return fresh;
}

int main(void)
{
    must(malloc(10) != NULL);
    pid_t pid = fork();
    if (pid == 0)
        become_leaf("2");
    must(reaped(pid) == 2 << 8);
    must(system("exit 3") == 3 << 8);
    return 4;
}
