/* SPDX-License-Identifier: MIT */
/* Owns the SIGBUS handler, which makes system calls only and uses nothing but the kernel's siginfo. */
#include "run/mapped.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Map a page of zeros in place of the lost one; on return the faulting access is repeated. A SIGBUS of any other cause, or a failed
 * mmap(), restores the default action: the repeated fault then kills. */
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
