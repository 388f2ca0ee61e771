/* SPDX-License-Identifier: MIT */
#include "model/clocks.h"

#include "some_run.h"
#include "test.h"

#define AHEAD INT64_C(100000000) /* ms that a clock is ahead */

/* A run whose leader has a block. */
static struct scene with_leader(uint32_t *root)
{
    struct scene s = scene_new();
    leave(put_image(&s, LEADER, 0, "sh", root), 6000, 0);
    put_block(&s, LEADER, *root);
    return s;
}

/* An image that was told its start by `origin`, and was there `late` ms later, by another clock. */
static struct spool_image *put_told(struct scene *s, int32_t pid, int64_t start_ms, int64_t late, uint32_t origin,
                                    uint32_t *ref)
{
    struct spool_image *image = put_image(s, pid, start_ms, "timed", ref);
    image->ready_ns += late * MS;
    tell(image, origin, LEADER);
    return image;
}

/* Child 7 of the leader, which started it after 100 ms and reaped it after `reap_ms`, by the run's clock. By its own it was
 * there `late` ms after its start, and left after `left_ms`. Its reference. */
static uint32_t put_child(struct scene *s, uint32_t root, int64_t reap_ms, int64_t late, int64_t left_ms)
{
    uint32_t ref;
    put_born(s, 0, 7, 100, 0);
    put_reap(s, 1, 7, reap_ms, 0);
    leave(put_told(s, 7, 100, late, root, &ref), left_ms, 0);
    return ref;
}

/* What it was told is still to come by its own clock. */
static void disbelieve(struct spool_image *image, int64_t told_ms)
{
    image->head.flags = (uint16_t)((image->head.flags & ~SPOOL_IMAGE_START_SEEN) | SPOOL_IMAGE_DOUBTED);
    image->doubted_ns = told_ms * MS;
    image->start_ns = image->ready_ns;
}

TEST(a_process_in_a_time_namespace_is_one_life_within_the_run)
{
    uint32_t root;
    struct scene s = with_leader(&root);
    put_child(&s, root, 153, AHEAD + 4, AHEAD + 152);
    fold(&s);
    CHECK(has(&s, "timed 100+49 self exit0\n"));
    CHECK(s.summary.processes == 2);
    CHECK(s.summary.coverage.blind.len == 1 && s.summary.coverage.blind.list[0].cause == BLIND_CLOCK);
    scene_end(&s);
}

TEST(all_below_a_process_is_moved_with_it)
{
    uint32_t root, outer, ref;
    struct scene s = with_leader(&root);
    outer = put_child(&s, root, 301, AHEAD + 1, AHEAD + 300);
    put_block(&s, 7, outer);
    put_born(&s, 0, 8, AHEAD + 110, 0);
    put_reap(&s, 1, 8, AHEAD + 150, 9);
    tell(put_image(&s, 8, AHEAD + 110, "inner", &ref), outer, 7);
    fold(&s);
    char want[64];
    snprintf(want, sizeof want, "p%x<p%x inner 110+40 parent sig9\n", ref, outer);
    CHECK(has(&s, "timed 100+200 self exit0\n"));
    CHECK(has(&s, want));
    CHECK(s.summary.processes == 3);
    scene_end(&s);
}

TEST(one_that_was_told_nothing_begins_with_the_run)
{
    uint32_t root, ref;
    struct scene s = with_leader(&root);
    leave(put_image(&s, 7, AHEAD + 100, "outer", &ref), AHEAD + 300, 0);
    fold(&s);
    CHECK(has(&s, "outer 0+200 self exit0\n"));
    CHECK(s.summary.coverage.blind.len == 1 && s.summary.coverage.blind.list[0].cause == BLIND_CLOCK);
    scene_end(&s);
}

/* Forked at 100, exec'd at 110, ended at 190, reaped at 191; its clock is ahead by `ahead` ms. */
static void fold_forked(struct scene *s, int64_t ahead)
{
    uint32_t root, ref;
    *s = with_leader(&root);
    struct spool_cell *cell = put_born(s, 0, 7, 5100, 1);
    cell->born.end.exec_ns = (5110 + ahead) * MS;
    put_reap(s, 1, 7, 5191, 0);
    struct spool_image *image = put_image(s, 7, 5110 + ahead, "forked", &ref);
    image->ready_ns += 2 * MS;
    tell(image, s->block->self + 1, 7);
    leave(image, 5190 + ahead, 0);
    fold(s);
}

TEST(small_offsets_show_by_what_cannot_be)
{
    static const int64_t aheads[] = {3000, -2000, -60, 0};
    for (size_t i = 0; i < ARRAY_LEN(aheads); i++) {
        struct scene s;
        fold_forked(&s, aheads[i]);
        CHECK(s.summary.processes == 2);
        const char *row = strstr(s.text, "forked ");
        int start = 0, dur = 0;
        CHECK(row && sscanf(row, "forked %d+%d self exit0", &start, &dur) == 2);
        CHECK(dur == 80 && start >= 5100 && start <= 5110);
        scene_end(&s);
    }
}

TEST(an_exec_into_a_time_namespace_begins_with_the_call_ahead_or_behind)
{
    for (int behind = 0; behind < 2; behind++) {
        int64_t ahead = behind ? -2000 : 3000;
        uint32_t root, before, after;
        struct scene s = with_leader(&root);
        put_born(&s, 0, 7, 5100, 0);
        put_reap(&s, 1, 7, 5200, 4 << 8);
        put_image(&s, 7, 5101, "before", &before)->end.exec_ns = 5110 * MS;
        struct spool_image *image = put_image(&s, 7, 5110, "after", &after);
        image->ready_ns = (5112 + ahead) * MS;
        tell(image, before, 7);
        if (behind)
            disbelieve(image, 5110);
        leave(image, 5199 + ahead, 4);
        fold(&s);
        char want[64];
        snprintf(want, sizeof want, "p%x<p%x before 5100+10 exec\n", before, root);
        CHECK(has(&s, want));
        snprintf(want, sizeof want, "p%x<p%x after 5110+88 self exit4\n", after, root);
        CHECK(has(&s, want));
        CHECK(s.summary.processes == 2);
        scene_end(&s);
    }
}

TEST(a_fork_child_that_execs_into_an_earlier_clock_is_placed_by_what_was_doubted)
{
    uint32_t root, ref;
    struct scene s = with_leader(&root);
    put_born(&s, 0, 7, 5100, 1);
    put_reap(&s, 1, 7, 5191, 0);
    struct spool_image *image = put_image(&s, 7, 5110, "forked", &ref);
    image->ready_ns -= 1998 * MS;
    tell(image, s.block->self + 1, 7);
    disbelieve(image, 5110);
    leave(image, 3190, 0);
    fold(&s);
    CHECK(has(&s, "forked 5110+79 self exit0\n"));
    CHECK(s.summary.processes == 2);
    scene_end(&s);
}

/* Of its parent nothing is known but when it reaped it, at 5191; its clock is 2000 behind. */
static void fold_behind(struct scene *s, bool doubted)
{
    uint32_t root, ref;
    *s = with_leader(&root);
    put_reap(s, 0, 7, 5191, 0);
    struct spool_image *image = put_image(s, 7, 3100, "behind", &ref);
    tell(image, root, 7);
    disbelieve(image, 5098);
    if (!doubted)
        image->head.flags &= (uint16_t)~SPOOL_IMAGE_DOUBTED;
    leave(image, 3190, 0);
    fold(s);
    CHECK(s->summary.processes == 2);
}

TEST(a_vfork_child_behind_its_parent_is_placed_by_what_it_doubted)
{
    struct scene s;
    fold_behind(&s, true);
    CHECK(has(&s, "behind 5098+91 self exit0\n"));
    CHECK(s.summary.coverage.blind.len == 1);
    scene_end(&s);
}

TEST(a_fork_without_exec_is_bound_by_its_parent)
{
    uint32_t root;
    struct scene s = with_leader(&root);
    struct spool_cell *cell = put_born(&s, 0, 7, 100, 1);
    cell->born.end.left = SPOOL_LEFT_EXIT;
    cell->born.end.end_ns = (AHEAD + 140) * MS;
    put_reap(&s, 1, 7, 141, 0);
    fold(&s);
    CHECK(has(&s, "sh 100+41 self exit0\n"));
    CHECK(s.summary.processes == 2);
    scene_end(&s);
}

TEST(one_namespace_in_another_is_counted_from_there)
{
    uint32_t root, outer, ref;
    struct scene s = with_leader(&root);
    outer = put_child(&s, root, 201, AHEAD + 1, AHEAD + 200);
    put_block(&s, 7, outer);
    put_born(&s, 0, 8, AHEAD + 120, 0);
    put_reap(&s, 1, 8, AHEAD + 151, 3 << 8);
    struct spool_image *image = put_told(&s, 8, AHEAD + 120, 5001, outer, &ref);
    image->origin_pid = 7;
    leave(image, AHEAD + 5150, 3);
    fold(&s);
    CHECK(has(&s, "timed 100+100 self exit0\n"));
    CHECK(has(&s, "timed 120+30 self exit3\n"));
    CHECK(s.summary.processes == 3);
    scene_end(&s);
}

TEST(no_row_by_another_clock_begins_before_its_parent_or_after_the_run)
{
    uint32_t root, parent, ref;
    struct scene s = with_leader(&root);
    put_told(&s, 7, 200, 1, root, &parent);
    put_image(&s, 8, AHEAD + 300, "untold", &ref)->ppid = 7;
    struct spool_image *image = put_image(&s, 9, 3100, "late", &ref);
    tell(image, root, LEADER);
    disbelieve(image, 7000); /* the run is over at 6000 */
    leave(image, 3190, 0);
    fold(&s);
    CHECK(has(&s, " untold 200+0 inferred\n"));
    CHECK(has(&s, " late 6000+91 self exit0\n"));
    CHECK(s.summary.coverage.blind.len == 2);
    scene_end(&s);
}

TEST(a_leader_that_moves_ends_its_run_by_the_runs_clock)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    put_image(&s, LEADER, 0, "unshare", &root)->end.exec_ns = 20 * MS;
    struct spool_image *image = put_image(&s, LEADER, 20, "make", &ref);
    image->ready_ns = (22 + AHEAD) * MS;
    tell(image, root, LEADER);
    leave(image, 501 + AHEAD, 2);
    fold(&s);
    CHECK(has(&s, "run< unshare 0+500 self exit2\n"));
    CHECK(has(&s, "<run make 20+480 self exit2\n"));
    scene_end(&s);
}

TEST(a_slow_exec_is_no_time_namespace)
{
    uint32_t root;
    struct scene s = with_leader(&root);
    put_child(&s, root, 2700, 2500, 2650);
    fold(&s);
    CHECK(has(&s, "timed 100+2550 self exit0\n"));
    scene_end(&s);
}

TEST(who_changes_its_clock_by_itself_ends_when_it_was_reaped)
{
    uint32_t root;
    struct scene s = with_leader(&root);
    put_child(&s, root, 150, 2, AHEAD + 149);
    fold(&s);
    CHECK(has(&s, "timed 100+50 self exit0\n"));
    CHECK(s.summary.processes == 2);
    scene_end(&s);
}

TEST(a_task_finds_its_owner_by_unix_time_in_a_time_namespace)
{
    uint32_t root, shell, ref;
    struct scene s = with_leader(&root);
    shell = put_child(&s, root, 401, AHEAD + 1, AHEAD + 400);
    put_block(&s, 7, shell);
    put_born(&s, 0, 8, AHEAD + 210, 0);
    put_reap(&s, 1, 8, AHEAD + 220, 0);
    struct spool_image *image = put_told(&s, 8, AHEAD + 210, 1, shell, &ref);
    image->origin_pid = 7;
    leave(image, AHEAD + 219, 0);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 9, 230, 0);
    /* Whose CLOCK_MONOTONIC dtrack-mark told nobody knows here. */
    strcpy(s.marks, "1000.200\tstart\tbuild\t\tmono=5000000000\tppid=7\n1000.300\tend\tbuild\n");
    fold(&s);
    CHECK(has(&s, "build 200+100 mark\n"));
    CHECK(has(&s, "timed 210+9 self exit0 [build]\n"));
    CHECK(has(&s, "unseen 230+0 inferred\n")); /* of another parent: not in it */
    scene_end(&s);
}

TEST(a_shell_of_system_in_a_time_namespace_gets_its_call)
{
    uint32_t root, ref;
    struct scene s = with_leader(&root);
    ref = put_child(&s, root, 401, AHEAD + 1, AHEAD + 400);
    put_block(&s, 7, ref);
    s.block->cell[0] = (struct spool_cell){
        .kind = SPOOL_CELL_SYSTEM,
        .born = {.start_ns = (AHEAD + 210) * MS, .end.end_ns = (AHEAD + 230) * MS, .end.returned = wait_status_of(9)}};
    put_image(&s, 8, AHEAD + 211, "sh", &ref)->ppid = 7;
    fold(&s);
    CHECK(has(&s, "sh 210+20 parent sig9\n"));
    scene_end(&s);
}

TEST(a_run_of_which_nobody_knows_when_it_was_over_has_the_clock_of_its_leader)
{
    static const int64_t latest_ms[] = {0, 999}; /* not known; of another boot, for it was noticed gone at 1000 */
    for (size_t i = 0; i < ARRAY_LEN(latest_ms); i++) {
        struct scene s = scene_new();
        uint32_t root, ref;
        s.latest_ns = latest_ms[i] * MS;
        leave(put_image(&s, LEADER, 0, "make", &root), 86400000, 0);
        leave(put_told(&s, 7, 100, 1, root, &ref), 80000000, 0);
        fold(&s);
        CHECK(has(&s, "run< make 0+86400000 self exit0\n"));
        CHECK(has(&s, "timed 100+79999900 self exit0\n"));
        scene_end(&s);
    }
}

TEST_MAIN(CASE(a_process_in_a_time_namespace_is_one_life_within_the_run), CASE(all_below_a_process_is_moved_with_it),
          CASE(one_that_was_told_nothing_begins_with_the_run), CASE(small_offsets_show_by_what_cannot_be),
          CASE(an_exec_into_a_time_namespace_begins_with_the_call_ahead_or_behind),
          CASE(a_fork_child_that_execs_into_an_earlier_clock_is_placed_by_what_was_doubted),
          CASE(a_vfork_child_behind_its_parent_is_placed_by_what_it_doubted),
          CASE(a_fork_without_exec_is_bound_by_its_parent), CASE(one_namespace_in_another_is_counted_from_there),
          CASE(no_row_by_another_clock_begins_before_its_parent_or_after_the_run),
          CASE(a_leader_that_moves_ends_its_run_by_the_runs_clock), CASE(a_slow_exec_is_no_time_namespace),
          CASE(who_changes_its_clock_by_itself_ends_when_it_was_reaped),
          CASE(a_task_finds_its_owner_by_unix_time_in_a_time_namespace),
          CASE(a_shell_of_system_in_a_time_namespace_gets_its_call),
          CASE(a_run_of_which_nobody_knows_when_it_was_over_has_the_clock_of_its_leader))
