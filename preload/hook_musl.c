/* SPDX-License-Identifier: MIT */
/* musl has no on_exit, so a destructor cannot learn the status: it is noted where it comes up, at a call of exit and at the
 * return from main. The only other way to the destructors is the last thread's pthread_exit, which is an exit with 0.
 *
 * Both functions carry a symbol version. musl's loader looks at names only; glibc's finds that its programs ask for another
 * version, and passes over them: no process of glibc ever comes here by itself. */
#include <stdlib.h>

#include "real.h"
#include "shim.h"
#include "sys/sys.h"

__asm__(".symver musl_exit, exit@@@DTRACK_MUSL\n"
        ".symver musl_start_main, __libc_start_main@@@DTRACK_MUSL\n");

typedef int (*main_fn)(int, char **, char **);

static main_fn musl_host_main;

static int musl_main(int argc, char **argv, char **envp)
{
    int status = musl_host_main(argc, argv, envp);
    shim.main_code = exit_code_of(status);
    return status;
}

exported _Noreturn void musl_exit(int status);
_Noreturn void musl_exit(int status)
{
    typedef void (*exit_fn)(int);
    shim.main_code = exit_code_of(status);
    REAL(exit_fn, REAL_EXIT)(status);
    for (;;)
        SYS_ARG1(SYS_exit_group, status);
}

exported int musl_start_main(main_fn main, int argc, char **argv, void (*begin)(void), void (*end)(void),
                             void (*loader)(void));
int musl_start_main(main_fn main, int argc, char **argv, void (*begin)(void), void (*end)(void), void (*loader)(void))
{
    typedef int (*start_fn)(main_fn, int, char **, void (*)(void), void (*)(void), void (*)(void));
    musl_host_main = main;
    shim.has_main_code = 1;
    return REAL(start_fn, REAL_START_MAIN)(musl_main, argc, argv, begin, end, loader);
}
