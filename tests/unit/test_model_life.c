/* SPDX-License-Identifier: MIT */
#include "model/life.h"

#include "test.h"

#define MAX_LIVES 16

/* Lives as text: B for a birth, a digit for the number of images, R for a reaping. */
struct seen {
    char text[MAX_LIVES * 8];
};

static int note(void *ctx, const struct life *life)
{
    struct seen *seen = ctx;
    char one[8];
    snprintf(one, sizeof one, "%s%zu%s ", life->born ? "B" : "", life->images_len, life->reap ? "R" : "");
    strncat(seen->text, one, sizeof seen->text - strlen(seen->text) - 1);
    return 0;
}

static struct event born(uint32_t pid, int64_t time, uint16_t flags)
{
    return (struct event){
        .time_ns = time, .key = pid, .ref = 1000 + (uint32_t)time, .kind = EVENT_BORN, .flags = flags};
}

static struct event image(uint32_t pid, int64_t time, uint16_t flags)
{
    return (struct event){
        .time_ns = time, .key = pid, .ref = 2000 + (uint32_t)time, .kind = EVENT_IMAGE, .flags = flags};
}

static struct event reap(uint32_t pid, int64_t time)
{
    return (struct event){.time_ns = time, .key = pid, .ref = 3000 + (uint32_t)time, .kind = EVENT_REAP};
}

static void check(struct event *events, size_t len, const char *want)
{
    struct seen seen = {""};
    lives_sort(events, len);
    CHECK(lives_each(events, len, note, &seen) == 0);
    CHECK_STR(seen.text, want);
}

TEST(birth_image_and_reaping_are_one_life)
{
    struct event e[] = {reap(7, 30), image(7, 20, EVENT_ENDED), born(7, 10, 0)};
    check(e, 3, "B1R ");
}

TEST(images_linked_by_exec_are_one_life)
{
    struct event e[] = {image(7, 10, EVENT_EXECED), image(7, 20, EVENT_EXECED), image(7, 30, EVENT_ENDED), reap(7, 40)};
    check(e, 4, "3R ");
}

TEST(a_pid_used_again_is_another_life)
{
    struct event e[] = {born(7, 10, 0), image(7, 11, EVENT_ENDED), reap(7, 20),
                        born(7, 30, 0), image(7, 31, EVENT_ENDED), reap(7, 40)};
    check(e, 6, "B1R B1R ");
}

TEST(an_unreaped_life_ends_where_the_next_is_born)
{
    struct event e[] = {born(7, 10, 0), image(7, 11, 0), born(7, 30, 0), image(7, 31, 0)};
    check(e, 4, "B1 B1 ");
}

TEST(an_image_after_an_end_is_another_life)
{
    struct event e[] = {image(7, 10, EVENT_ENDED), image(7, 20, EVENT_ENDED)};
    check(e, 2, "1 1 ");
}

TEST(an_image_that_nobody_announced_was_execd_past_us)
{
    struct event e[] = {image(7, 10, 0), image(7, 20, 0)};
    check(e, 2, "2 ");
}

TEST(an_image_that_another_process_announced_is_another_life)
{
    struct event e[] = {image(7, 10, EVENT_TOLD), image(7, 20, EVENT_TOLD)};
    e[0].start_ns = 9;
    e[1].start_ns = 19;
    check(e, 2, "1 1 ");
}

TEST(an_image_that_was_told_what_the_one_before_was_told_is_its_next)
{
    struct event e[] = {image(7, 10, EVENT_TOLD), image(7, 20, EVENT_TOLD)};
    e[0].start_ns = e[1].start_ns = 9;
    check(e, 2, "2 ");
}

TEST(an_unseen_image_may_exec_without_a_word)
{
    struct event e[] = {image(7, 10, EVENT_UNSEEN), image(7, 20, EVENT_ENDED), reap(7, 30)};
    check(e, 3, "2R ");
}

TEST(a_reaping_alone_is_a_life)
{
    struct event e[] = {reap(7, 30), reap(8, 31)};
    check(e, 2, "0R 0R ");
}

TEST(a_fork_without_exec_is_a_life)
{
    struct event e[] = {born(7, 10, EVENT_FORK | EVENT_ENDED), reap(7, 30)};
    check(e, 2, "B0R ");
}

TEST(an_image_after_a_fork_that_ended_is_another_life)
{
    struct event e[] = {born(7, 10, EVENT_FORK | EVENT_ENDED), image(7, 20, 0)};
    check(e, 2, "B0 1 ");
}

TEST(a_spawn_in_the_same_instant_as_its_image_comes_first)
{
    struct event e[] = {image(7, 10, 0), born(7, 10, 0)};
    check(e, 2, "B1 ");
}

TEST(sorting_many_keeps_every_event)
{
    static struct event e[3000];
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t pid = (i * 7919) % 1000 + 1;
        e[3 * i] = reap(pid, 3);
        e[3 * i + 1] = born(pid, 1, 0);
        e[3 * i + 2] = image(pid, 2, EVENT_ENDED);
    }
    lives_sort(e, 3000);
    for (uint32_t i = 0; i < 3000; i++) {
        CHECK(e[i].key == i / 3 + 1);
        CHECK(e[i].kind == i % 3);
    }
}

TEST_MAIN(CASE(birth_image_and_reaping_are_one_life), CASE(images_linked_by_exec_are_one_life),
          CASE(a_pid_used_again_is_another_life), CASE(an_unreaped_life_ends_where_the_next_is_born),
          CASE(an_image_after_an_end_is_another_life), CASE(an_image_that_nobody_announced_was_execd_past_us),
          CASE(an_image_that_another_process_announced_is_another_life),
          CASE(an_image_that_was_told_what_the_one_before_was_told_is_its_next),

          CASE(an_unseen_image_may_exec_without_a_word), CASE(a_reaping_alone_is_a_life),
          CASE(a_fork_without_exec_is_a_life), CASE(an_image_after_a_fork_that_ended_is_another_life),
          CASE(a_spawn_in_the_same_instant_as_its_image_comes_first), CASE(sorting_many_keeps_every_event))
