/* SPDX-License-Identifier: MIT */
/* Finding the run. Nearly every process is told it. The shell that libc starts in system() or popen() for a run's leader is
 * not, for the leader's own environment knows no run: but the leader has the run's spool mapped. */
#include "join.h"

#include <asm/ioctls.h>
#include <errno.h>

#include "guardian.h"
#include "leader.h"
#include "shim.h"
#include "spool/folder.h"
#include "sys/layout.h"
#include "sys/slots.h"
#include "sys/sys.h"
#include "sys/text.h"

#define MAPS_PATH 32

#define LIBRARY "/libdtrack.so"
#define REMOVED " (deleted)" /* what the kernel puts behind the path of a file that is no more */

/* The paths in /proc/PID/maps, read byte by byte. */
struct join_maps {
    int is_over;                    /* the spool has been removed: its run is over */
    int has_library;                /* the process is one of those that look for a run, or have one */
    char path[SPOOL_PATH_MAX + 24]; /* of this line, as far as it has come */
    struct text text;
};

/* Where the folder of the run ends in the path of a mapped file: at "/spool", behind "/run-ID" or another name of it. 0 = that is no spool. */
static size_t join_folder_len(const char *path, size_t len)
{
    const size_t name = sizeof "/spool" - 1;
    if (len <= name || !text_equal(path + len - name, "/spool"))
        return 0;
    size_t slash = len - name;
    while (slash && path[slash - 1] != '/')
        slash--;
    const char *folder = path + slash; /* as run_folder.c names it, also when the run is over */
    return slash && text_take(&folder, "run-\0done-\0later-\0values-\0bad-\0") ? len - name : 0;
}

/* 1 when the byte ends the line of a spool, whose folder is in `path` then. */
static int join_maps_take(struct join_maps *m, char byte)
{
    if (byte != '\n') {
        if (m->text.len || byte == '/')
            text_add(&m->text, &byte, 1);
        return 0;
    }
    size_t whole = m->text.cut ? 0 : m->text.len, mark = sizeof REMOVED - 1, name = sizeof LIBRARY - 1;
    m->has_library |= whole > name && text_equal(m->path + whole - name, LIBRARY);
    m->is_over = whole > mark && text_equal(m->path + whole - mark, REMOVED);
    if (m->is_over)
        m->path[whole -= mark] = '\0';
    size_t len = join_folder_len(m->path, whole);
    m->path[len] = '\0';
    if (len && len < SPOOL_PATH_MAX)
        return 1;
    m->text = text_into(m->path, sizeof m->path);
    return 0;
}

static void join_maps_path(char out[MAPS_PATH], int32_t pid)
{
    (void)!text_join_number(out, MAPS_PATH, "/proc/", "", (uint64_t)pid, "/maps"); /* it fits */
}

/* The folder of the run whose spool the process has mapped. 0, or -errno. */
static int join_find_mapped(struct join_maps *m, int32_t pid)
{
    char path[MAPS_PATH], part[1024];
    long len;
    m->text = text_into(m->path, sizeof m->path);
    join_maps_path(path, pid);
    int fd = sys_open(path, O_RDONLY, 0), found = 0;
    if (fd < 0)
        return fd;
    while (!found && (len = sys_read(fd, part, sizeof part)) > 0)
        for (long i = 0; i < len && !found; i++)
            found = join_maps_take(m, part[i]);
    sys_close(fd);
    return found ? 0 : -ENOENT;
}

/* A process that has become this user without an exec, which shows in who owns its files in /proc, has left its run, where that
 * is another user's: so have the shells that libc starts for it, and what these start. We may send it signals, so it is of this
 * user now. */
static int join_parent_has_left(const struct startup *s, int32_t parent)
{
    char path[MAPS_PATH];
    struct stat st;
    join_maps_path(path, parent);
    return parent > 1 && !sys_stat(AT_FDCWD, path, &st, 0) && st.st_uid != s->uid && !SYS_ARG2(SYS_kill, parent, 0);
}

static void join_nowhere(void)
{
    __builtin_memcpy(shim.spool.folder, FOLDER_NOWHERE, sizeof FOLDER_NOWHERE);
}

/* The folder that holds the run's must be ours alone: any file may be mapped under such a name. The shell that libc starts for
 * what a run has left behind, when that is over, begins none. 0, -ENOENT when the parent says nothing, or -ESHUTDOWN: none is to
 * be entered or begun. */
static int join_parent(const struct startup *s, int *has_library)
{
    struct join_maps m;
    m.has_library = 0;
    char base[SPOOL_PATH_MAX];
    int32_t parent = sys_getppid();
    int err = parent > 0 ? join_find_mapped(&m, parent) : -ENOENT;
    *has_library = m.has_library;
    if (err)
        return join_parent_has_left(s, parent) ? -ESHUTDOWN : -ENOENT;
    struct text t = text_into(base, sizeof base);
    size_t len = text_len(m.path, sizeof m.path);
    while (m.path[len] != '/')
        len--;
    text_add(&t, m.path, len);
    if (!folder_is_private(base, s->uid))
        return -ENOENT;
    err = m.is_over ? -ESHUTDOWN : spool_attach(&shim.spool, m.path, s->uid);
    return !err || err == -ESHUTDOWN ? err : -ENOENT;
}

/* `dtrack run` outside of any run leads one itself, as it was asked to: by the same handful of functions, and with the status from
 * a parent's hand, whatever the command is. */
static int join_leads_itself(const struct startup *s)
{
    const char *library = envp_library_path();
    char program[TRUST_PATH_MAX], self[TRUST_PATH_MAX];
    if (s->argc < 2 || !text_equal(s->argv[1], "run") || !library || layout_program(library, s->uid, program))
        return 0;
    long len = sys_readlink("/proc/self/exe", self, sizeof self - 1);
    self[len > 0 ? len : 0] = '\0';
    return text_equal(self, program);
}

/* `is_new`: this is a new job below something that another run has left behind, whatever its parent is a part of. */
static int join_untold(const struct startup *s, int64_t now, int is_new)
{
    char folder[SPOOL_PATH_MAX], at[TRUST_PATH_MAX];
    int has_library, err = join_parent(s, &has_library);
    if (err != -ENOENT && (!is_new || err != -ESHUTDOWN))
        return err;
    if (leader_find_run(s, folder, sizeof folder) == 0)
        return spool_attach(&shim.spool, folder, s->uid);
    if (join_leads_itself(s))
        return -EALREADY;
    err = leader_begin(s, now, at);
    if (shim.spool.header)
        return 0;
    if (!has_library || is_new) /* else a parent that has it was in the same place, and has said so */
        leader_complain(s, err, at);
    return err;
}

/* A leader needs the header; anybody else who was told a page needs only that. */
static int join_told(const struct startup *s, const struct envp_from *from)
{
    if (from->page && !from->leads && from->uid == s->uid &&
        !spool_join(&shim.spool, s->run, (uint32_t)from->page, s->uid))
        return 0;
    int err = spool_attach(&shim.spool, s->run, s->uid);
    if (!err && from->leads && slots_are_few(s->uid))
        guardian_give_way(); /* the program that was the leader before has set the limit, and its guardian is there already */
    return err;
}

/* Whether an interactive shell has just started this process as a job of its own, in the foreground of its terminal. Asked of
 * whatever the shell has not redirected. */
static int join_is_typed(void)
{
    int group;
    if (SYS_ARG1(SYS_getpgid, 0) != shim.pid || SYS_ARG1(SYS_getsid, 0) == shim.pid)
        return 0;
    for (int fd = 0; fd <= 2; fd++)
        if (!SYS_ARG3(SYS_ioctl, fd, TIOCGPGRP, &group))
            return group == shim.pid;
    return 0;
}

/* What a run has left behind goes on to start processes, perhaps thousands: they must not begin thousands of runs. A new job
 * is one that somebody types there, one that was told of the run by nobody who was in it, or `dtrack run`. */
static int join_is_new_job(const struct startup *s)
{
    return !s->from || join_is_typed() || join_leads_itself(s);
}

int join_run(const struct startup *s, struct envp_from *from, int64_t now)
{
    int is_told = s->run && s->run[0], err = is_told ? join_told(s, from) : -ENOENT;
    int is_over = err == -ENOENT || err == -ESHUTDOWN || err == -ENOTDIR;
    if (is_over && (!is_told || join_is_new_job(s))) {
        if (is_told)
            *from = (struct envp_from){.no_vdso = from->no_vdso};
        err = join_untold(s, now, is_told);
    }
    if (err == -EALREADY)
        return err;
    if (err) /* the library goes on down, and programs that can't stand it must be kept from it */
        join_nowhere();
    return 0;
}
