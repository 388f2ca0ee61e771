/* SPDX-License-Identifier: MIT */
#include "sys/status.h"

#include <signal.h>
#include <unistd.h>

#include "test.h"

/* What the kernel says of a child that leaves so. */
static struct wait_status left_with(int code)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0)
        _exit(code);
    return wait_status_of(waitpid(child, &status, 0) == child ? status : -1);
}

TEST(what_was_passed_to_exit_becomes_what_the_kernel_makes_of_it)
{
    static const int codes[] = {0, 1, 255, 256, 257, -1, -256, 0x7fffffff};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        CHECK(wait_status_is_same(left_with(codes[i]), wait_status_of_exit(exit_code_of(codes[i]))));
}

TEST(a_status_that_is_not_known_is_no_end)
{
    CHECK(!wait_status_is_known(WAIT_STATUS_UNKNOWN));
    CHECK(!wait_status_is_signal(WAIT_STATUS_UNKNOWN) && !wait_status_is_exit(WAIT_STATUS_UNKNOWN));
    CHECK(!wait_status_is_known(wait_status_of(-1)));
}

TEST(signals_and_exits_are_told_apart)
{
    CHECK(wait_status_is_signal(wait_status_of(SIGKILL)) && !wait_status_is_exit(wait_status_of(SIGKILL)));
    CHECK(wait_status_is_exit(wait_status_of_exit(exit_code_of(9))) &&
          !wait_status_is_signal(wait_status_of_exit(exit_code_of(9))));
}

TEST_MAIN(CASE(what_was_passed_to_exit_becomes_what_the_kernel_makes_of_it), CASE(a_status_that_is_not_known_is_no_end),
          CASE(signals_and_exits_are_told_apart))
