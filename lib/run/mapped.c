/* SPDX-License-Identifier: MIT */
/* Owns SIGBUS. The handler makes system calls only, and needs nothing but what the kernel tells it. */
#include "run/mapped.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* One page of zeros in place of the lost one; the access that failed is then tried again by itself. What else it may be comes
 * again as well, and kills. */
static void on_bus(int number, siginfo_t *info, void *context)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = (uintptr_t)info->si_addr & ~(page - 1);
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    (void)context;
    if (info->si_code != BUS_ADRERR || mmap((void *)at, page, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED)
        signal(number, SIG_DFL);
}

void mapped_outlive_cuts(void)
{
    struct sigaction old, own = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO};
    sigemptyset(&own.sa_mask);
    if (!sigaction(SIGBUS, NULL, &old) && !(old.sa_flags & SA_SIGINFO) && old.sa_handler == SIG_DFL)
        sigaction(SIGBUS, &own, NULL);
}

static void change_mask(int how)
{
    sigset_t bus;
    sigemptyset(&bus);
    sigaddset(&bus, SIGBUS);
    sigprocmask(how, &bus, NULL);
}

void mapped_let_through(void)
{
    change_mask(SIG_UNBLOCK);
}

void mapped_block(void)
{
    change_mask(SIG_BLOCK);
}
