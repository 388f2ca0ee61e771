/* SPDX-License-Identifier: MIT */
#include "run/mapped.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "test.h"

#define LEN ((size_t)2 << 16) /* two of the largest pages */
#define SECOND ((size_t)1 << 16)

TEST(what_was_cut_off_reads_as_zeros_and_takes_stores)
{
    int fd = memfd_create("mapped", MFD_CLOEXEC);
    CHECK(!ftruncate(fd, LEN));
    volatile char *map = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    map[0] = map[SECOND] = 'x';
    mapped_outlive_cuts();
    CHECK(!ftruncate(fd, SECOND));
    CHECK(map[0] == 'x' && map[SECOND] == 0);
    map[SECOND] = 'y';
    CHECK(map[SECOND] == 'y');
    CHECK(!ftruncate(fd, 0));
    CHECK(map[0] == 0);
    munmap((char *)map, LEN);
    close(fd);
}

TEST(who_ignores_the_signal_goes_on_ignoring_it)
{
    struct sigaction now;
    signal(SIGBUS, SIG_IGN);
    mapped_outlive_cuts();
    CHECK(!sigaction(SIGBUS, NULL, &now) && now.sa_handler == SIG_IGN);
    signal(SIGBUS, SIG_DFL);
}

TEST_MAIN(CASE(what_was_cut_off_reads_as_zeros_and_takes_stores), CASE(who_ignores_the_signal_goes_on_ignoring_it))
