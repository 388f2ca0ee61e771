/* SPDX-License-Identifier: MIT */
/* Verdicts on programs. Those on the contents of files are kept in the spool's header, shared by the whole run; what depends on
 * who asks (set-user-ID, chroot) is decided each time. */
#include "spool/judge.h"

#include <errno.h>
#include <sys/statfs.h>

#include "spool/sibling.h"
#include "sys/attr.h"
#include "sys/elf_file.h"
#include "sys/sys.h"
#include "sys/text.h"

#define SCRIPT_DEPTH 5    /* the kernel follows at most this many #! lines */
#define SCRIPT_LINE 256   /* and reads so much of one */
#define PATH_LONGEST 4095 /* what libc takes of a folder in PATH */
#define PATH_UNSET "/bin:/usr/bin"
#define JUDGE_SCRIPT ((enum gate_verdict)0x80) /* none yet: it is up to another file */

static uint64_t mix(uint64_t h, uint64_t value)
{
    h = (h ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

/* The lowest byte is free for the verdict. Processes of both word sizes share the table, and judge differently. */
static uint64_t judge_key(const struct stat *st)
{
    uint64_t h = mix(mix(sizeof(void *), st->st_dev), st->st_ino);
    h = mix(mix(h, (uint64_t)st->st_mtim.tv_sec), (uint64_t)st->st_mtim.tv_nsec);
    h = mix(mix(h, (uint64_t)st->st_ctim.tv_sec), (uint64_t)st->st_ctim.tv_nsec); /* which nobody can set back */
    return mix(h, (uint64_t)st->st_size) & ~UINT64_C(0xff);
}

/* Where the verdict on a file of this key is kept; NULL: nowhere. */
static uint64_t *judge_slot(const struct judge *j, uint64_t key)
{
    return j->header ? &j->header->gate[(key >> 8) % SPOOL_GATE_SLOTS] : NULL;
}

/* The file that is being looked at. One buffer serves all levels of #!: an alternate stack may have 8 KiB. */
struct judge_look {
    enum gate_verdict read; /* what has been read of it */
    int dirfd;
    const char *path; /* may lie in `head`, and is good until the file is read */
    int depth;        /* of #! lines followed */
    char head[ELF_FILE_HEAD] __attribute__((aligned(8)));
};

/* "#! interpreter [argument]": look at the interpreter next. What the kernel takes for its path ends at a blank, a line's or
 * the file's end, and lies in the first bytes. 0, or -1 when it would refuse that line. */
static int judge_next_script(struct judge_look *look, size_t len)
{
    size_t from = 2, to;
    char *head = look->head;
    if (len > SCRIPT_LINE - 1)
        len = SCRIPT_LINE - 1;
    while (from < len && (head[from] == ' ' || head[from] == '\t'))
        from++;
    for (to = from; to < len && head[to] && head[to] != ' ' && head[to] != '\t' && head[to] != '\n';)
        to++;
    if (to == from || to == SCRIPT_LINE - 1 || ++look->depth > SCRIPT_DEPTH)
        return -1;
    head[to] = '\0';
    look->dirfd = AT_FDCWD;
    look->path = head + from;
    return 0;
}

/* By kind of ELF file. */
static const uint8_t judge_elf[] = {
    [ELF_UNREADABLE] = GATE_DOUBTFUL, [ELF_DYNAMIC] = GATE_PRELOAD,     [ELF_STATIC] = GATE_STATIC,
    [ELF_FOREIGN] = GATE_FOREIGN,     [ELF_SANITIZED] = GATE_SANITIZER, [ELF_LIBCLESS] = GATE_LIBCLESS,
    [ELF_MUSL] = GATE_MUSL,           [ELF_SIBLING] = GATE_SIBLING,
};

/* Of a descriptor that only names its file (O_PATH), or can't be read, one is opened that can. */
static int judge_open(const struct judge_look *look)
{
    char link[32];
    int is_path = *look->path || text_join_number(link, sizeof link, "/proc/self/fd/", "", (unsigned)look->dirfd, "");
    return (int)SYS_ARG4(SYS_openat, look->dirfd, is_path ? look->path : link,
                         O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_LARGEFILE, 0);
}

/* The verdict on the bytes of the file open at `fd`; JUDGE_SCRIPT when that is one on the file that `look` names now. */
static enum gate_verdict judge_bytes(int fd, struct judge_look *look)
{
    char *head = look->head;
    long len = sys_pread(fd, head, sizeof look->head, 0);
    if (len < 0)
        return GATE_DOUBTFUL;
    if (len > 2 && head[0] == '#' && head[1] == '!')
        return judge_next_script(look, (size_t)len) ? GATE_UNKNOWN : JUDGE_SCRIPT;
    if (len < 4 || head[0] != 0x7f || head[1] != 'E' || head[2] != 'L' || head[3] != 'F') {
        if (look->depth)
            return GATE_UNKNOWN;
        look->dirfd = AT_FDCWD; /* execvp's fallback */
        look->path = "/bin/sh";
        look->depth = SCRIPT_DEPTH;
        return JUDGE_SCRIPT;
    }
    enum gate_verdict verdict = judge_elf[elf_file_kind(fd, head, (size_t)len)];
    if ((verdict == GATE_PRELOAD || verdict == GATE_MUSL || verdict == GATE_SIBLING) &&
        SYS_ARG4(SYS_fgetxattr, fd, "security.capability", NULL, 0) > 0)
        return verdict == GATE_SIBLING ? GATE_FOREIGN : GATE_CAPS;
    return verdict;
}

/* What can be executed and not read, or for want of a descriptor, is in doubt. */
static enum gate_verdict judge_read(struct judge_look *look)
{
    if (!*look->path && sys_pread(look->dirfd, look->head, 1, 0) >= 0)
        return judge_bytes(look->dirfd, look);
    int fd = judge_open(look);
    if (fd < 0)
        return fd == -ENOENT ? GATE_UNKNOWN : GATE_DOUBTFUL;
    enum gate_verdict verdict = judge_bytes(fd, look);
    sys_close(fd);
    return verdict;
}

static void judge_read_apart(void *look)
{
    ((struct judge_look *)look)->read = judge_read(look);
}

/* By the ids of now: the process may have changed them. */
static int judge_is_secure(const struct stat *st)
{
    return ((st->st_mode & S_ISUID) && st->st_uid != (uint32_t)SYS_ARG0(SYS_GETEUID)) ||
           ((st->st_mode & S_ISGID) && st->st_gid != (uint32_t)SYS_ARG0(SYS_GETEGID));
}

/* An emulator of another machine's programs hands its environment on to them, and their loader finds our library, which it
 * can't load. */
static int judge_is_emulator(const char *path)
{
    const char *name = path;
    for (; *path; path++)
        if (*path == '/')
            name = path + 1;
    if (text_take(&name, "box64\0box86\0FEX\0"))
        return 1;
    return text_take(&name, "qemu-\0") && !text_take(&name, "system\0img\0io\0nbd\0ga\0storage\0pr-\0edid\0");
}

/* One level: the verdict, or JUDGE_SCRIPT. Only that on the file itself is kept. */
static enum gate_verdict judge_step(const struct judge *j, struct judge_look *look)
{
    struct stat st;
    /* The first look is the kernel's: a pointer that it refuses must not be followed here. */
    if (sys_stat(look->dirfd, look->path, &st, AT_EMPTY_PATH) || !S_ISREG(st.st_mode))
        return GATE_UNKNOWN;
    if (judge_is_secure(&st))
        return GATE_SECURE;
    int is_emulator = judge_is_emulator(look->path);
    uint64_t key = judge_key(&st), *slot = judge_slot(j, key);
    uint64_t kept = slot ? __atomic_load_n(slot, __ATOMIC_RELAXED) : 0;
    enum gate_verdict verdict = (enum gate_verdict)(kept & 0xff);
    if ((kept & ~UINT64_C(0xff)) != key || !verdict) {
        if (j->apart)
            j->apart(judge_read_apart, look);
        else
            judge_read_apart(look);
        verdict = look->read;
        if (slot && verdict != GATE_UNKNOWN && verdict < GATE_SECURE)
            __atomic_store_n(slot, key | verdict, __ATOMIC_RELAXED);
    }
    return is_emulator && judge_lets_in(verdict) ? GATE_EMULATOR : verdict;
}

static __attribute__((noinline)) enum gate_verdict judge_follow(const struct judge *j, int dirfd, const char *path)
{
    struct judge_look look;
    enum gate_verdict verdict;
    look.dirfd = dirfd;
    look.path = path;
    look.depth = 0;
    do
        verdict = judge_step(j, &look);
    while (verdict == JUDGE_SCRIPT);
    return verdict;
}

/* Whether the path would be taken for several entries of LD_PRELOAD. */
static int judge_is_split(const char *path)
{
    while (*path && *path != ':' && *path != ' ')
        path++;
    return *path != '\0';
}

#define ST_NOEXEC_FLAG 8 /* of statfs: the library can't be mapped from there */

/* After chroot the loader would look for our library in vain, and say so; the same where its path can't be written in
 * LD_PRELOAD, or its file system is mounted so that no code is loaded from it. */
static int judge_sees_library(const char *library)
{
    struct statfs fs;
    if (!library)
        return 1;
    if (judge_is_split(library))
        return 0;
    if (sys_access(library, R_OK | X_OK) == 0)
        return 1;
    return sys_access(library, R_OK) == 0 && sys_statfs(library, &fs) == 0 && !(fs.f_flags & ST_NOEXEC_FLAG);
}

/* Whether the program would be refused the run's folder: it will run as another user. In a user namespace both ids look
 * different, and are the same still. */
static int judge_is_other_user(const struct judge *j)
{
    struct stat st;
    uint32_t uid = (uint32_t)SYS_ARG0(SYS_GETEUID);
    return uid != j->uid && (sys_stat(AT_FDCWD, j->folder, &st, 0) || st.st_uid != uid);
}

/* What depends on who asks, and is decided each time. Not inlined: its buffers must not lie on the stack while a file is read. */
static __attribute__((noinline)) enum gate_verdict judge_here(const struct judge *j, enum gate_verdict verdict)
{
    if (verdict == GATE_CAPS && SYS_ARG0(SYS_GETEUID) == 0)
        verdict = GATE_PRELOAD;
    if (verdict == GATE_SIBLING)
        verdict = sibling_is_served(j->entry) ? GATE_PRELOAD : GATE_FOREIGN;
    if (verdict == GATE_UNKNOWN || !judge_lets_in(verdict))
        return verdict;
    return judge_is_other_user(j) ? GATE_SECURE : judge_sees_library(j->library) ? verdict : GATE_INVISIBLE;
}

enum gate_verdict judge_file(const struct judge *j, int dirfd, const char *path)
{
    return judge_here(j, judge_follow(j, dirfd, path));
}

size_t judge_search_room(const char *file, const char *path_variable)
{
    size_t longest = 0, len = 0;
    for (const char *s = path_variable ? path_variable : PATH_UNSET; *s; s++) {
        len = *s == ':' ? 0 : len + 1;
        longest = len > longest ? len : longest;
    }
    return MIN(longest, (size_t)PATH_LONGEST) + text_len(file, PATH_LONGEST) + 2;
}

/* Whether execve would not refuse it for itself: a folder, and what may not be executed, are passed over. */
static int judge_is_program(const char *path)
{
    struct stat st;
    return sys_access(path, X_OK) == 0 && sys_stat(AT_FDCWD, path, &st, 0) == 0 && S_ISREG(st.st_mode);
}

enum gate_verdict judge_search(const struct judge *j, const char **file, const char *path_variable, char *out,
                               size_t room)
{
    const char *name = *file, *from = path_variable ? path_variable : PATH_UNSET;
    for (const char *s = name; *s; s++)
        if (*s == '/')
            return judge_file(j, AT_FDCWD, name);
    while (*name) {
        size_t len = 0;
        while (from[len] && from[len] != ':')
            len++;
        struct text t = text_into(out, room);
        text_add(&t, from, len);
        text_str(&t, len ? "/" : "");
        text_str(&t, name);
        if (!t.cut && judge_is_program(out)) {
            enum gate_verdict verdict = judge_file(j, AT_FDCWD, out);
            *file = out;
            if (verdict != GATE_UNKNOWN) /* a script whose interpreter is missing: libc goes on */
                return verdict;
        }
        if (!from[len])
            break;
        from += len + 1;
    }
    return GATE_UNKNOWN;
}
