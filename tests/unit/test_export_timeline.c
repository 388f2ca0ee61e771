/* SPDX-License-Identifier: MIT */
#include "export/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "export/flame.h"
#include "some_spans.h"
#include "test.h"

static struct timeline made;

static void start(int64_t run_ms, bool keep_names)
{
    struct summary s;
    summary_init(&s);
    s.start_ns = SOME_START_NS;
    s.dur_ns = run_ms * SOME_MS;
    if (timeline_init(&made, &s, keep_names))
        test_failed = true;
}

static void add(struct span span)
{
    if (timeline_add(&made, &span))
        test_failed = true;
}

/* A process's next image: the one before it ends by an exec. */
static struct span some_image(const char *id, const char *parent, int64_t pid, int64_t from_ms, int64_t dur_ms)
{
    struct span span = some_process(id, parent, from_ms, dur_ms);
    span.pid = pid;
    span.end_by = SPAN_END_EXEC;
    return span;
}

static void finish(void)
{
    if (timeline_link(&made) || timeline_assign_lanes(&made))
        test_failed = true;
}

/* A small build whose answers are known. */
static void add_example(void)
{
    add(some_process("sh", "run", 0, 100));
    add(some_process("make", "sh", 5, 90));
    add(some_process("gen", "make", 7, 13));
    add(some_process("cc-a", "make", 21, 29));
    add(some_process("cc-b", "make", 21, 49));
    add(some_process("as-b", "cc-b", 40, 28));
    add(some_process("cc-c", "make", 51, 9));
    add(some_process("ld", "make", 72, 22));
    add(some_process("spy", "sh", 6, 93));
}

TEST(own_time_is_life_without_the_union_of_the_children)
{
    static const int64_t own_ms[] = {6, 6, 13, 29, 21, 28, 9, 22, 93};
    start(100, false);
    add_example();
    finish();
    for (uint32_t i = 0; i < ARRAY_LEN(own_ms); i++)
        CHECK(made.bars[i + 1].own_ns == own_ms[i] * SOME_MS);
    timeline_release(&made);
}

TEST(a_child_lies_on_its_parent_when_no_sibling_runs_beside_it)
{
    start(100, false);
    add_example();
    finish();
    const struct timeline_bar *b = made.bars;
    CHECK(b[1].lane == 1 && b[2].lane != 1 && b[9].lane != 1 && b[2].lane != b[9].lane);
    CHECK(b[3].lane == b[2].lane && b[3].below == 2 && b[8].lane == b[2].lane);
    CHECK(b[4].lane != b[2].lane && b[5].lane != b[2].lane && b[4].lane != b[5].lane);
    CHECK(b[6].lane == b[5].lane && b[6].depth == 1 && b[7].lane == b[4].lane);
    CHECK(made.lanes[TIMELINE_PROCESSES] == 5 && !made.lanes[TIMELINE_TASKS]);
    timeline_release(&made);
}

TEST(images_of_a_process_share_its_lane)
{
    start(100, false);
    add(some_image("a", "run", 7, 0, 40));
    add(some_image("b", "run", 7, 40, 20));
    struct span last = some_image("c", "run", 7, 60, 40);
    last.end_by = SPAN_END_SELF;
    add(last);
    add(some_process("child", "b", 45, 10));
    add(some_process("beside", "run", 10, 80));
    finish();
    const struct timeline_bar *b = made.bars;
    CHECK(b[1].lane == 1 && b[2].lane == 1 && b[3].lane == 1 && b[4].lane == 1 && b[5].lane == 2);
    CHECK(b[1].after == 2 && b[2].after == 3 && b[3].head == 1 && !b[3].below && b[4].below == 2);
    CHECK(b[1].life_end_ns == SOME_START_NS + 100 * SOME_MS && b[2].own_ns == 10 * SOME_MS);
    timeline_release(&made);
}

TEST(a_child_that_runs_on_over_an_exec_is_taken_out_of_both_images)
{
    start(100, false);
    add(some_image("a", "run", 7, 0, 50));
    struct span last = some_image("b", "run", 7, 50, 50);
    last.end_by = SPAN_END_SELF;
    add(last);
    add(some_process("child", "a", 30, 40));
    add(some_process("other", "b", 60, 20));
    finish();
    CHECK(made.bars[1].own_ns == 30 * SOME_MS && made.bars[2].own_ns == 20 * SOME_MS);
    CHECK(made.bars[3].lane != made.bars[1].lane);
    timeline_release(&made);
}

TEST(what_still_runs_goes_on_to_the_runs_end)
{
    start(100, false);
    struct span span = some_process("a", "run", 30, 0);
    span.dur_ns = SPAN_NONE;
    span.end_by = SPAN_END_RUNNING;
    add(span);
    add(some_process("early", "run", -50, 60));
    finish();
    CHECK(made.bars[1].end_ns == SOME_START_NS + 100 * SOME_MS);
    CHECK(made.bars[2].start_ns == SOME_START_NS && made.bars[2].end_ns == SOME_START_NS + 10 * SOME_MS);
    timeline_release(&made);
}

TEST(times_at_the_ends_of_their_range_are_in_order)
{
    start(INT64_MAX / SOME_MS, false);
    struct span span = some_process("a", "run", 0, 1);
    span.start_ns = INT64_MAX;
    span.dur_ns = INT64_MAX;
    add(span);
    span.start_ns = INT64_MIN + 1;
    add(span);
    span.dur_ns = -5;
    add(span);
    finish();
    for (uint32_t i = 1; i < made.len; i++)
        CHECK(made.bars[i].start_ns >= SOME_START_NS && made.bars[i].end_ns >= made.bars[i].start_ns);
    timeline_release(&made);
}

TEST(a_chain_of_children_is_one_lane_up_to_a_depth_and_goes_on_in_others)
{
    char ids[2][16] = {"run", "p0"};
    start(2000, false);
    for (int i = 0; i < 1000; i++) {
        add(some_process(ids[1], ids[0], i, 2000 - 2 * i));
        strcpy(ids[0], ids[1]);
        snprintf(ids[1], sizeof ids[1], "p%d", i + 1);
    }
    finish();
    CHECK(made.lanes[TIMELINE_PROCESSES] == 4);
    for (uint32_t i = 1; i < made.len; i++)
        CHECK(made.bars[i].depth <= TIMELINE_DEPTH_MAX);
    timeline_release(&made);
}

static uint64_t seed;

static int64_t chance(int64_t below)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (int64_t)((seed >> 33) % (uint64_t)below);
}

/* Few times, so that many are equal; parents before and after their children; execs, tasks, and what makes no
 * sense. */
static void add_random(int spans)
{
    for (int i = 0; i < spans; i++) {
        char id[16], parent[16];
        snprintf(id, sizeof id, "p%d", i);
        snprintf(parent, sizeof parent, "p%d", (int)chance(spans));
        struct span span =
            chance(8) ? some_process(id, parent, chance(20), chance(12)) : some_task(id, id, chance(20), chance(20));
        span.pid = chance(6);
        if (!chance(3)) {
            span.end_by = SPAN_END_EXEC;
            add(span);
            span.span_id = parent;
            span.start_ns += span.dur_ns;
        }
        if (!chance(9))
            span.dur_ns = SPAN_NONE;
        add(span);
    }
}

struct edge {
    int64_t at_ns;
    uint32_t place, bar;
    bool ends;
};

static int compare_edges(const void *a, const void *b)
{
    const struct edge *left = a, *right = b;
    if (left->at_ns != right->at_ns)
        return left->at_ns < right->at_ns ? -1 : 1;
    return left->place < right->place ? -1 : 1;
}

/* As a reader does it: each row's begin and end side by side in a file, sorted by time, equal times as in the
 * file; an end closes what was opened last, which must be something that ends then. */
static bool lane_nests(enum timeline_group group, uint32_t lane)
{
    struct edge *edges = calloc((size_t)made.len * 2, sizeof *edges);
    uint32_t *open = calloc(made.len, sizeof *open), depth = 0, len = 0;
    bool good = true;
    for (uint32_t i = 1; i < made.len; i++) {
        const struct timeline_bar *bar = &made.bars[i];
        if (timeline_group_of(bar) != group || bar->lane != lane)
            continue;
        edges[len] = (struct edge){bar->start_ns, len, i, false};
        edges[len + 1] = (struct edge){bar->end_ns, len + 1, i, true};
        len += 2;
    }
    qsort(edges, len, sizeof *edges, compare_edges);
    for (uint32_t i = 0; good && i < len; i++)
        if (!edges[i].ends)
            open[depth++] = edges[i].bar;
        else
            good = depth && made.bars[open[--depth]].end_ns == edges[i].at_ns;
    free(edges);
    free(open);
    return good && !depth && len;
}

TEST(lanes_of_random_runs_nest_for_a_reader_that_sorts_by_time)
{
    for (seed = 1; seed < 400; seed++) {
        uint64_t kept = seed;
        start(25, false);
        add_random((int)(2 + kept % 40));
        finish();
        for (int group = 0; group < TIMELINE_GROUPS; group++)
            for (uint32_t lane = 1; lane <= made.lanes[group]; lane++)
                CHECK(lane_nests((enum timeline_group)group, lane));
        for (uint32_t i = 1; i < made.len; i++) {
            const struct timeline_bar *bar = &made.bars[i], *below = &made.bars[bar->below];
            CHECK(bar->own_ns >= 0 && bar->lane);
            CHECK(!bar->below ||
                  (below->start_ns <= bar->start_ns && bar->start_ns < below->end_ns && bar->end_ns <= below->end_ns));
        }
        timeline_release(&made);
        seed = kept;
    }
}

TEST(equal_stacks_are_added_up_below_their_tasks)
{
    struct flame flame;
    uint32_t stack[FLAME_DEPTH_MAX + 2];
    start(100, true);
    add(some_process("sh", "run", 0, 100));
    struct span cc = some_process("1", "sh", 10, 20);
    cc.name = "cc";
    cc.task = "build";
    cc.user_us = 3;
    add(cc);
    cc.span_id = "2";
    cc.start_ns += 30 * SOME_MS;
    add(cc);
    finish();
    CHECK(!flame_init(&flame, &made) && flame.len == 4);
    CHECK(flame_stack(&flame, 3, stack) == 4 && stack[1] == 1 && stack[2] == 2 && flame.frames[2].is_task);
    CHECK_STR(intern_text(&made.names, flame.frames[3].name), "cc");
    CHECK(flame.frames[3].own_ns == 40 * SOME_MS && flame.frames[3].cpu_us == 6);
    CHECK(flame.frames[1].own_ns == 60 * SOME_MS && !flame.frames[2].own_ns);
    flame_release(&flame);
    timeline_release(&made);
}

TEST_MAIN(CASE(own_time_is_life_without_the_union_of_the_children),
          CASE(a_child_lies_on_its_parent_when_no_sibling_runs_beside_it), CASE(images_of_a_process_share_its_lane),
          CASE(a_child_that_runs_on_over_an_exec_is_taken_out_of_both_images),
          CASE(what_still_runs_goes_on_to_the_runs_end), CASE(times_at_the_ends_of_their_range_are_in_order),
          CASE(a_chain_of_children_is_one_lane_up_to_a_depth_and_goes_on_in_others),
          CASE(lanes_of_random_runs_nest_for_a_reader_that_sorts_by_time),
          CASE(equal_stacks_are_added_up_below_their_tasks))
