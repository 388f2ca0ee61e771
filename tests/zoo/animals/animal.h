/* SPDX-License-Identifier: MIT */
/* What animals have in common. An animal that is treated otherwise than it expects says so and leaves
 * with 99. */
#ifndef ANIMAL_H
#define ANIMAL_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

/* End the animal unless `holds`. */
#define must(holds)                                                                       \
    do {                                                                                  \
        if (!(holds)) {                                                                   \
            dprintf(2, "%s:%d: must: %s, errno %d\n", __FILE__, __LINE__, #holds, errno); \
            _exit(99);                                                                    \
        }                                                                                 \
    } while (0)

/* Wait for `pid` as most programs do; its status as wait gives it. */
static inline int reaped(pid_t pid)
{
    int status = -1;
    must(waitpid(pid, &status, 0) == pid);
    return status;
}

/* Fork a child that runs `body` and then leaves with 98; body is expected to leave by itself. */
static inline pid_t forked(void (*body)(void))
{
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        body();
        _exit(98);
    }
    return pid;
}

/* A pipe whose reader learns when the last process that holds its other end has gone. */
static inline void watch_all(int ends[2])
{
    must(!pipe(ends));
}

/* Wait for that. */
static inline void all_gone(int ends[2])
{
    char byte;
    close(ends[1]);
    must(read(ends[0], &byte, 1) == 0);
}

/* Become the leaf that leaves with `status`. */
static inline void become_leaf(const char *status)
{
    execl("./leaf", "leaf", status, (char *)NULL);
}

/* The least of a family: a leaf that returns 1, a fork that leaves by 2, a shell that exits with 3. */
static inline void have_some_children(void)
{
    pid_t pid = fork();
    if (pid == 0)
        become_leaf("1");
    must(reaped(pid) == 1 << 8);
    pid = fork();
    if (pid == 0)
        _exit(2);
    must(reaped(pid) == 2 << 8);
    must(system("exit 3") == 3 << 8);
}

/* Sleep, however often signals arrive. */
static inline void nap_ms(unsigned ms)
{
    for (unsigned left = ms * 1000; left > 0; left -= left < 1000 ? left : 1000)
        usleep(left < 1000 ? left : 1000);
}

/* One of an animal's ways; its name is the animal's first argument. */
struct way {
    const char *name;
    void (*body)(void);
};

/* Run the way that `name` names. */
static inline void take_way(const struct way *ways, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++)
        if (name && !strcmp(name, ways[i].name)) {
            ways[i].body();
            return;
        }
    dprintf(2, "no such way\n");
    _exit(99);
}

/* The main of an animal with ways. */
#define ANIMAL_MAIN(ways)                                           \
    int main(int argc, char **argv)                                 \
    {                                                               \
        take_way(ways, ARRAY_LEN(ways), argc > 1 ? argv[1] : NULL); \
        return 0;                                                   \
    }

#endif
