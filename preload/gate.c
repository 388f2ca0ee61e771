/* SPDX-License-Identifier: MIT */
/* The exec gate's decisions. Verdicts on file contents are kept in the spool's header, shared by the whole run; what
 * depends on who asks (set-user-ID, chroot) is decided each time. */
#include "gate.h"

#include <errno.h>

#include "base/elf_file.h"
#include "base/sys.h"
#include "base/text.h"
#include "envp.h"
#include "shim.h"
#include "sibling.h"

#define SCRIPT_DEPTH 5 /* the kernel follows at most this many #! lines */

static uint64_t mix(uint64_t h, uint64_t value)
{
    h = (h ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

/* The lowest byte is free for the verdict. Processes of both word sizes share the table, and judge differently. */
static uint64_t gate_key(const struct stat *st)
{
    uint64_t h = mix(mix(sizeof(void *), st->st_dev), st->st_ino);
    h = mix(mix(h, (uint64_t)st->st_mtim.tv_sec), (uint64_t)st->st_mtim.tv_nsec);
    return mix(h, (uint64_t)st->st_size) & ~UINT64_C(0xff);
}

/* NULL in a process that has had no need of the header yet: to map it costs more than a look into the file. */
static uint64_t *gate_slot(uint64_t key)
{
    struct spool_header *header = __atomic_load_n(&shim.spool.header, __ATOMIC_ACQUIRE);
    return header ? &header->gate[(key >> 8) % SPOOL_GATE_SLOTS] : NULL;
}

static enum gate_verdict gate_follow(int dirfd, const char *path, int depth);

/* "#! interpreter [argument]": the verdict on the interpreter. */
static enum gate_verdict gate_script(const char *line, size_t len, int depth)
{
    char path[256];
    size_t from = 2, to;
    while (from < len && (line[from] == ' ' || line[from] == '\t'))
        from++;
    for (to = from; to < len && line[to] != ' ' && line[to] != '\t' && line[to] != '\n';)
        to++;
    if (to == len || to == from || to - from >= sizeof path || depth >= SCRIPT_DEPTH)
        return GATE_UNKNOWN;
    __builtin_memcpy(path, line + from, to - from);
    path[to - from] = '\0';
    return gate_follow(AT_FDCWD, path, depth + 1);
}

static enum gate_verdict gate_elf(enum elf_kind kind)
{
    switch (kind) {
    case ELF_DYNAMIC:
        return GATE_PRELOAD;
    case ELF_MUSL:
        return GATE_MUSL;
    case ELF_STATIC:
        return GATE_STATIC;
    case ELF_FOREIGN:
        return GATE_FOREIGN;
    case ELF_SIBLING:
        return GATE_SIBLING;
    case ELF_SANITIZED:
        return GATE_SANITIZER;
    case ELF_LIBCLESS:
        return GATE_LIBCLESS;
    default:
        return GATE_UNKNOWN;
    }
}

static enum gate_verdict gate_read(int dirfd, const char *path, int depth)
{
    char head[ELF_FILE_HEAD] __attribute__((aligned(8)));
    int fd = *path ? (int)SYS_ARG4(SYS_openat, dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_LARGEFILE, 0)
                   : dirfd;
    if (fd < 0)
        return GATE_UNKNOWN;
    long len = sys_pread(fd, head, sizeof head, 0);
    enum gate_verdict verdict = GATE_UNKNOWN;
    if (len >= 4 && head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F')
        verdict = gate_elf(elf_file_kind(fd, head, (size_t)len));
    else if (len >= 4 && head[0] == '#' && head[1] == '!')
        verdict = gate_script(head, (size_t)len, depth);
    else if (len >= 0)
        verdict = depth ? GATE_UNKNOWN : gate_follow(AT_FDCWD, "/bin/sh", SCRIPT_DEPTH); /* execvp's fallback */
    if ((verdict == GATE_PRELOAD || verdict == GATE_MUSL || verdict == GATE_SIBLING) &&
        SYS_ARG4(SYS_fgetxattr, fd, "security.capability", NULL, 0) > 0)
        verdict = verdict == GATE_SIBLING ? GATE_FOREIGN : GATE_CAPS;
    if (*path)
        sys_close(fd);
    return verdict;
}

static int gate_is_secure(const struct stat *st)
{
    return ((st->st_mode & S_ISUID) && st->st_uid != shim.uid) || ((st->st_mode & S_ISGID) && st->st_gid != shim.gid);
}

static enum gate_verdict gate_follow(int dirfd, const char *path, int depth)
{
    struct stat st;
    /* The first look is the kernel's: a pointer that it refuses must not be followed here. */
    if (sys_stat(dirfd, path, &st, AT_EMPTY_PATH) || !S_ISREG(st.st_mode))
        return GATE_UNKNOWN;
    if (gate_is_secure(&st))
        return GATE_SECURE;
    uint64_t key = gate_key(&st), *slot = gate_slot(key);
    uint64_t kept = slot ? __atomic_load_n(slot, __ATOMIC_RELAXED) : 0;
    if ((kept & ~UINT64_C(0xff)) == key && kept & 0xff)
        return (enum gate_verdict)(kept & 0xff);
    enum gate_verdict verdict = gate_read(dirfd, path, depth);
    if (slot && verdict != GATE_UNKNOWN && verdict < GATE_SECURE)
        __atomic_store_n(slot, key | verdict, __ATOMIC_RELAXED);
    return verdict;
}

/* After chroot the loader would look for our library in vain, and say so. */
static int gate_sees_library(void)
{
    const char *library = envp_library_path();
    return !library || sys_access(library, R_OK) == 0;
}

/* Not inlined: its stack must be free again when the hook goes on, on what may be a signal handler's small one. */
__attribute__((noinline)) enum gate_verdict gate_check(int dirfd, const char *path)
{
    if (shim.filtered)
        return GATE_FILTERED; /* and don't look: that would be system calls, too */
    enum gate_verdict verdict = gate_follow(dirfd, path, 0);
    if (verdict == GATE_CAPS && shim.uid == 0)
        verdict = GATE_PRELOAD;
    if (verdict == GATE_SIBLING)
        return sibling_is_served(envp_library()) ? GATE_PRELOAD : GATE_FOREIGN;
    if (gate_lets_in(verdict) && !gate_sees_library())
        return GATE_INVISIBLE;
    return verdict;
}

const char *gate_search_path(const char *file, const char *path_variable, char *out, size_t room)
{
    for (const char *s = file; *s; s++)
        if (*s == '/')
            return file;
    const char *from = path_variable ? path_variable : "/bin:/usr/bin";
    for (;;) {
        size_t len = 0;
        while (from[len] && from[len] != ':')
            len++;
        struct text t = text_into(out, room);
        text_add(&t, from, len);
        text_str(&t, len ? "/" : "");
        text_str(&t, file);
        if (!t.cut && sys_access(out, X_OK) == 0)
            return out;
        if (!from[len])
            return file;
        from += len + 1;
    }
}
