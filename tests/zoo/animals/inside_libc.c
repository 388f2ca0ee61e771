/* SPDX-License-Identifier: MIT */
/* system, popen and pclose, whose children no hook sees. */
#include "animal.h"

#include <pthread.h>
#include <signal.h>

static void one_by_one(void)
{
    char line[16] = "";
    must(system("exit 3") == 3 << 8);
    must(system("kill -9 $$") == 9);
    FILE *pipe = popen("echo hello; exit 6", "r");
    must(fgets(line, sizeof line, pipe) && line[0] == 'h');
    must(pclose(pipe) == 6 << 8);
}

/* Which starts one to find out; its answer is no status, and not that of the one that is killed. */
static void is_there_a_shell(void)
{
    must(system(NULL));
    must(system("kill -9 $$") == 9);
}

/* Several pipes are open at once, and closed in another order; one shell is killed. */
static void pipes(void)
{
    FILE *first = popen("read x; exit 1", "w"), *second = popen("exit 2", "re");
    FILE *third = popen("echo; kill -9 $$", "r");
    must(first && second && third && fgetc(third) == '\n');
    must(pclose(second) == 2 << 8 && pclose(third) == 9 && pclose(first) == 1 << 8);
}

static void *run(void *command)
{
    return (void *)(intptr_t)system(command);
}

/* While one shell is dying of a signal another one runs, which begins before it and ends after it, or across.
 */
static void from_threads(void)
{
    static const char *const commands[] = {"sleep 0.3; exit 4", "sleep 0.1; kill -9 $$", "sleep 0.4; kill -15 $$"};
    static const int statuses[] = {4 << 8, 9, 15};
    pthread_t threads[ARRAY_LEN(commands)];
    void *status;
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        must(!pthread_create(&threads[i], NULL, run, (void *)(intptr_t)commands[i]));
        nap_ms(30);
    }
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        must(!pthread_join(threads[i], &status) && (int)(intptr_t)status == statuses[i]);
}

static void in_a_child(void)
{
    pid_t pid = fork();
    if (pid == 0)
        exit(WEXITSTATUS(system("exit 7")));
    must(reaped(pid) == 7 << 8);
}

static const struct way ways[] = {
    {"one_by_one", one_by_one}, {"is_there_a_shell", is_there_a_shell},
    {"pipes", pipes},           {"from_threads", from_threads},
    {"in_a_child", in_a_child},
};

ANIMAL_MAIN(ways)
