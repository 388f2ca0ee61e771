/* SPDX-License-Identifier: MIT */
/* Processes that leave their parents: some end before the root, some outlive it. */
#include "animal.h"

#include <dirent.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>

#define BORN 9 /* the descriptor on which a daemon says that it stands on its own feet */

static int is_long;

/* Whether a run lies in the spool. */
static int is_run_there(void)
{
    const char *spool = getenv("DTRACK_SPOOL");
    DIR *folder = spool ? opendir(spool) : NULL;
    int found = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        found |= !strncmp(entry->d_name, "run-", 4);
    if (folder)
        closedir(folder);
    return found;
}

/* A long life lasts until everything is over: the root has ended, and its run is stored. */
static void live(void)
{
    must(write(BORN, "x", 1) == 1);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    for (int i = 0; is_long && is_run_there() && i < 2000; i++)
        nap_ms(10);
}

static void by_double_fork(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        if (fork())
            _exit(1);
        live();
        _exit(2);
    }
    must(reaped(pid) == 1 << 8);
}

/* A daemon that is a program of its own. */
static void by_exec(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        if (fork())
            _exit(1);
        execl("./daemons", "daemon", is_long ? "long" : "short", (char *)NULL);
    }
    must(reaped(pid) == 1 << 8);
}

static void by_daemon(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        must(!daemon(1, 0));
        live();
        exit(4);
    }
    must(reaped(pid) == 0);
}

static void have_daemons(void)
{
    int ends[2];
    char byte;
    must(!pipe(ends) && dup2(ends[1], BORN) == BORN);
    by_double_fork();
    by_exec();
    by_daemon();
    for (int i = 0; i < 3; i++)
        must(read(ends[0], &byte, 1) == 1);
    close(ends[1]);
    close(BORN);
    if (!is_long)
        must(read(ends[0], &byte, 1) == 0); /* all are gone */
}

static void outliving(void)
{
    is_long = 1;
    have_daemons();
}

static void be_long(void)
{
    is_long = 1;
    live();
    exit(3);
}

static void be_short(void)
{
    live();
    exit(3);
}

static void in_a_terminal(void)
{
    int master;
    char text[16];
    pid_t pid = forkpty(&master, NULL, NULL, NULL);
    if (pid == 0)
        become_leaf("5");
    must(reaped(pid) == 5 << 8);
    must(read(master, text, sizeof text) <= 0);
    close(master);
    pid = forkpty(&master, NULL, NULL, NULL);
    if (pid == 0) {
        must(write(1, "x", 1) == 1);
        for (;;)
            pause();
    }
    must(read(master, text, 1) == 1);
    close(master); /* hangs up */
    must(reaped(pid) == SIGHUP);
}

static const struct way ways[] = {
    {"soon_gone", have_daemons}, {"outliving", outliving},    {"long", be_long},
    {"short", be_short},         {"terminal", in_a_terminal},
};

ANIMAL_MAIN(ways)
