/* SPDX-License-Identifier: MIT */
#include "run/watch_run.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/own.h"
#include "some_environment.h"
#include "some_run.h"
#include "sys/clock.h"
#include "sys/proc.h"

/* A run that this process leads, with an image of it and a child that is init, and runs. */
struct going {
    char base[64], path[SPOOL_PATH_MAX];
    struct scene scene;
    struct spool_image *leader;
    struct watch_run watch;
    struct live live;
};

static int64_t boot_ns(void)
{
    struct timespec t;
    return clock_gettime(CLOCK_BOOTTIME, &t) ? 0 : t.tv_sec * CLOCK_SECOND_NS + t.tv_nsec;
}

static void begin(struct going *g)
{
    struct proc_stat self;
    struct timespec wall;
    uint32_t ref;
    memset(g, 0, sizeof *g);
    g->live = LIVE_EMPTY;
    strcpy(g->base, "/tmp/dtrack-watch-XXXXXX");
    if (!mkdtemp(g->base) || proc_stat_self(&self) || clock_gettime(CLOCK_REALTIME, &wall))
        test_failed = true;
    const int64_t now = clock_now_ns();
    struct spool_start start = {.run_id = "20260102T030405.006Z-0000abcd",
                                .leader_pid = getpid(),
                                .uid = geteuid(),
                                .leader_ticks = self.start_ticks,
                                .mono_ns = now,
                                .boot_ns = boot_ns(),
                                .wall_ns = wall.tv_sec * CLOCK_SECOND_NS + wall.tv_nsec};
    if (folder_create_run(g->base, &start, &g->scene.spool) ||
        folder_run_path(g->base, start.run_id, g->path, sizeof g->path))
        test_failed = true;
    g->leader = put_image(&g->scene, getpid(), now / MS + 1, "make", &ref);
    put_image(&g->scene, 1, now / MS + 2, "cc", &ref)->ppid = getpid();
    if (watch_run_open(&g->watch, g->path, some_getenv))
        test_failed = true;
}

static void end(struct going *g)
{
    watch_run_close(&g->watch);
    live_release(&g->live);
    if (run_folder_sweep(g->path) || run_folder_sweep(g->base))
        test_failed = true;
}

TEST(what_runs_is_seen)
{
    struct going g;
    SOME_ENVIRONMENT("HOME=/nowhere/to/be/found");
    begin(&g);
    CHECK(watch_run_state(&g.watch) == WATCH_GOES_ON);
    CHECK(!watch_run_look(&g.watch, true, &g.live));
    CHECK(g.live.goes_on && g.live.processes == 2 && g.live.running_len == 1 && g.live.waiting == 1);
    CHECK_STR(g.live.running[0].command, "cc");
    CHECK_STR(g.live.name, "make");
    end(&g);
}

TEST(its_end_is_seen_when_its_folder_is_gone)
{
    struct going g;
    SOME_ENVIRONMENT("HOME=/nowhere/to/be/found");
    begin(&g);
    leave(g.leader, clock_now_ns() / MS + 3, 7);
    __atomic_store_n(&g.scene.spool.header->closed, 1, __ATOMIC_RELEASE);
    CHECK(!run_folder_sweep(g.path));
    CHECK(watch_run_state(&g.watch) == WATCH_ENDED);
    CHECK(!watch_run_look(&g.watch, false, &g.live));
    CHECK(!g.live.goes_on && g.live.exit_code == 7);
    end(&g);
}

TEST(a_folder_that_is_taken_away_is_a_lost_run)
{
    struct going g;
    SOME_ENVIRONMENT("HOME=/nowhere/to/be/found");
    begin(&g);
    CHECK(!run_folder_sweep(g.path));
    CHECK(watch_run_state(&g.watch) == WATCH_LOST);
    end(&g);
}

TEST(a_spool_that_is_cut_is_an_error_and_no_end)
{
    struct going g;
    char spool[SPOOL_PATH_MAX + 8];
    SOME_ENVIRONMENT("HOME=/nowhere/to/be/found");
    begin(&g);
    snprintf(spool, sizeof spool, "%s/spool", g.path);
    CHECK(!truncate(spool, 0));
    CHECK(watch_run_state(&g.watch) == WATCH_GOES_ON);
    CHECK(watch_run_look(&g.watch, true, &g.live) == -EPROTO);
    CHECK(!g.live.running_len && !g.live.name);
    end(&g);
}

static bool stop(void *ctx)
{
    ++*(int *)ctx;
    return true;
}

TEST(a_look_at_many_stops_when_it_is_told)
{
    struct going g;
    uint32_t ref;
    int asked = 0;
    SOME_ENVIRONMENT("HOME=/nowhere/to/be/found");
    begin(&g);
    for (int i = 0; i < 9000; i++) /* of pids that nobody has, neither this process */
        leave(put_image(&g.scene, 4000000 + i, clock_now_ns() / MS, "cc", &ref), clock_now_ns() / MS + 1, 0);
    g.watch.stop = stop;
    g.watch.stop_ctx = &asked;
    CHECK(watch_run_look(&g.watch, true, &g.live) == -ECANCELED && asked == 1);
    g.watch.stop = NULL;
    CHECK(!watch_run_look(&g.watch, true, &g.live) && g.live.processes == 9002);
    end(&g);
}

TEST(whatever_is_written_into_the_spool_ends_nobody)
{
    struct going g;
    char spool[SPOOL_PATH_MAX + 8];
    unsigned long long seed = 1;
    SOME_ENVIRONMENT("HOME=/nowhere/to/be/found");
    begin(&g);
    snprintf(spool, sizeof spool, "%s/spool", g.path);
    auto_fd fd = open(spool, O_RDWR);
    for (int i = 0; i < 3000; i++) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        off_t at = (off_t)(seed >> 33) % (off_t)(SPOOL_HEADER_BYTES + 4096);
        unsigned char byte = (unsigned char)(seed >> 20);
        CHECK(pwrite(fd, &byte, 1, at) == 1);
        enum watch_state state = watch_run_state(&g.watch);
        int err = watch_run_look(&g.watch, state == WATCH_GOES_ON, &g.live);
        CHECK(err <= 0);
    }
    end(&g);
}

TEST_MAIN(CASE(what_runs_is_seen), CASE(its_end_is_seen_when_its_folder_is_gone),
          CASE(a_folder_that_is_taken_away_is_a_lost_run), CASE(a_spool_that_is_cut_is_an_error_and_no_end),
          CASE(a_look_at_many_stops_when_it_is_told), CASE(whatever_is_written_into_the_spool_ends_nobody))
