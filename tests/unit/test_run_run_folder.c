/* SPDX-License-Identifier: MIT */
/* Removing and renaming what was opened, whatever its path leads to by then. */
#include "run/run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/folder.h"
#include "spool/segment.h"
#include "test.h"

#define ID "20260102T030405.006Z-0000abcd"
#define RUN "run-" ID

/* A base with a run, in a folder of its own. */
struct place {
    char top[40], base[48], run[128];
    struct spool spool;
};

static struct place place_new(void)
{
    struct place p = {.top = "/tmp/dtrack-unit-XXXXXX"};
    struct spool_start start = {.run_id = ID, .leader_pid = 100, .uid = geteuid(), .wall_ns = 1, .mono_ns = 0};
    if (!mkdtemp(p.top))
        abort();
    snprintf(p.base, sizeof p.base, "%s/base", p.top);
    snprintf(p.run, sizeof p.run, "%s/" RUN, p.base);
    if (mkdir(p.base, 0700) || folder_create_run(p.base, &start, &p.spool))
        abort();
    return p;
}

static void place_end(struct place *p)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", p->top);
    if (system(command))
        test_failed = true;
}

#define auto_place __attribute__((cleanup(place_end))) struct place

static const char *at(const struct place *p, const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", p->top, name);
    return path;
}

TEST(a_run_is_removed_with_its_link)
{
    auto_place p = place_new();
    struct run_folder run;
    struct stat st;
    CHECK(!run_folder_open(&run, p.run) && !run_folder_lock(&run));
    CHECK(!lstat(at(&p, "base/leader-100"), &st));
    CHECK(!run_folder_remove(&run));
    run_folder_close(&run);
    CHECK(lstat(at(&p, "base/leader-100"), &st) && lstat(p.run, &st) && !rmdir(p.base));
}

/* Somebody who may rename a folder above puts another one in its place. */
TEST(what_the_path_leads_to_by_then_is_left_alone)
{
    auto_place p = place_new();
    struct run_folder run;
    struct stat st;
    CHECK(!run_folder_open(&run, p.run));
    char aside[64];
    snprintf(aside, sizeof aside, "%s/aside", p.top);
    CHECK(!rename(p.base, aside) && !mkdir(p.base, 0700) && !mkdir(p.run, 0700));
    close(open(at(&p, "base/" RUN "/precious"), O_CREAT | O_WRONLY, 0600));
    CHECK(!run_folder_lock(&run)); /* it is in its place, wherever that is now */
    CHECK(!run_folder_remove(&run));
    run_folder_close(&run);
    CHECK(!stat(at(&p, "base/" RUN "/precious"), &st));
    CHECK(!rmdir(aside));
}

TEST(a_rename_stays_in_the_folder_and_tells_the_path)
{
    auto_place p = place_new();
    struct run_folder run;
    struct stat st;
    char out[SPOOL_PATH_MAX];
    CHECK(!run_folder_open(&run, p.run));
    CHECK(!run_folder_rename(&run, "bad-", out));
    CHECK_STR(out, at(&p, "base/bad-" ID));
    CHECK(!stat(out, &st));
    CHECK(run_folder_rename(&run, "bad-", out) == -ENOENT);
    run_folder_close(&run);
}

TEST(in_a_folder_of_somebody_else_s_nothing_is_moved)
{
    auto_place p = place_new();
    struct run_folder run;
    struct stat st;
    char out[SPOOL_PATH_MAX];
    if (geteuid())
        return;
    CHECK(!run_folder_open(&run, p.run) && !chown(p.base, 12345, 12345));
    CHECK(run_folder_rename(&run, "bad-", out) == -EPERM && run_folder_remove(&run) == -EPERM);
    CHECK(!stat(p.run, &st) && !stat(at(&p, "base/" RUN "/spool"), &st));
    run_folder_close(&run);
}

TEST(what_is_no_folder_is_swept_as_it_is)
{
    auto_place p = place_new();
    struct stat st;
    CHECK(!mkdir(at(&p, "kept"), 0700));
    close(open(at(&p, "kept/file"), O_CREAT | O_WRONLY, 0600));
    CHECK(!symlink("../kept", at(&p, "base/done-x")));
    char link[64];
    snprintf(link, sizeof link, "%s/done-x", p.base);
    CHECK(!run_folder_sweep(link) && lstat(link, &st) && !stat(at(&p, "kept/file"), &st));
    CHECK(!run_folder_sweep(link));
    CHECK(!run_folder_sweep(at(&p, "none/done-x")));
}

TEST_MAIN(CASE(a_run_is_removed_with_its_link), CASE(what_the_path_leads_to_by_then_is_left_alone),
          CASE(a_rename_stays_in_the_folder_and_tells_the_path), CASE(in_a_folder_of_somebody_else_s_nothing_is_moved),
          CASE(what_is_no_folder_is_swept_as_it_is))
