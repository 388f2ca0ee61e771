/* SPDX-License-Identifier: MIT */
/* memory_at_exit WORD... -- PROGRAM ARG... : run the program, and search all of its memory for the words as it exits. Prints,
 * for each word, how often it is there outside of the environment that the program was given, and how often inside of it. A
 * word "hex:0a1b" stands for those bytes. Ends with the program's status; 125: could not be done. */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/own.h"

#define FAILED 125
#define WORDS_MAX 8
#define MAPPING_MAX ((size_t)1 << 30)

struct word {
    unsigned char bytes[256];
    size_t len;
    unsigned outside, inside;
};

struct search {
    struct word words[WORDS_MAX];
    size_t len;
    uint64_t env_start, env_end;
};

static void read_word(struct word *word, const char *text)
{
    if (strncmp(text, "hex:", 4)) {
        word->len = strlen(text) < sizeof word->bytes ? strlen(text) : sizeof word->bytes;
        memcpy(word->bytes, text, word->len);
        return;
    }
    for (text += 4; text[0] && text[1] && word->len < sizeof word->bytes; text += 2) {
        char digits[3] = {text[0], text[1], '\0'};
        word->bytes[word->len++] = (unsigned char)strtoul(digits, NULL, 16);
    }
}

/* Count the words in a piece of memory that was at `address`. */
static void count(struct search *s, const char *memory, size_t len, uint64_t address)
{
    for (struct word *word = s->words; word < s->words + s->len; word++) {
        const char *at = memory, *end = memory + len;
        while ((at = memmem(at, (size_t)(end - at), word->bytes, word->len))) {
            uint64_t found = address + (uint64_t)(at - memory);
            if (found >= s->env_start && found < s->env_end)
                word->inside++;
            else
                word->outside++;
            at++;
        }
    }
}

static void search_mapping(struct search *s, int memory, uint64_t start, uint64_t end)
{
    size_t len = (size_t)(end - start), done = 0;
    if (len > MAPPING_MAX)
        return;
    auto_free char *copy = malloc(len);
    while (copy && done < len) {
        ssize_t n = pread(memory, copy + done, len - done, (off_t)(start + done));
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    if (copy)
        count(s, copy, done, start);
}

/* Where the kernel put the environment: fields 50 and 51 of /proc/PID/stat. */
static int find_environment(struct search *s, pid_t pid)
{
    char path[64];
    auto_buf text = BUF_EMPTY;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (file_read(path, 65536, &text))
        return -1;
    const char *at = strrchr(buf_text(&text), ')');
    for (int field = 2; at && field < 50; field++)
        at = strchr(at + 1, ' ');
    return at && sscanf(at, "%" SCNu64 " %" SCNu64, &s->env_start, &s->env_end) == 2 && s->env_end ? 0 : -1;
}

static int search_all(struct search *s, pid_t pid)
{
    char path[64], line[4096], access[8];
    uint64_t start, end;
    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    auto_fd memory = open(path, O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    int err = memory < 0 || !maps ? -1 : find_environment(s, pid);
    while (!err && fgets(line, sizeof line, maps))
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &start, &end, access) == 3 && access[1] == 'w')
            search_mapping(s, memory, start, end);
    if (maps)
        fclose(maps);
    return err;
}

static void start(char **argv)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP))
        _exit(FAILED);
    execvp(argv[0], argv);
    _exit(FAILED);
}

/* Let the program run; search when it is about to end. Returns its wait status, or -1. */
static int watch(struct search *s, pid_t pid)
{
    int status, searched = -1;
    waitpid(pid, &status, 0);
    ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL));
    ptrace(PTRACE_CONT, pid, NULL, NULL);
    while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
        long signal_sent = WSTOPSIG(status);
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
            searched = search_all(s, pid);
            signal_sent = 0;
        } else if (signal_sent == SIGTRAP) {
            signal_sent = 0; /* the exec */
        }
        ptrace(PTRACE_CONT, pid, NULL, (void *)signal_sent);
    }
    return searched ? -1 : status;
}

int main(int argc, char **argv)
{
    static struct search s;
    int at = 1;
    for (; at < argc && strcmp(argv[at], "--") && s.len < WORDS_MAX; at++)
        read_word(&s.words[s.len++], argv[at]);
    if (at + 1 >= argc)
        return FAILED;
    pid_t pid = fork();
    if (!pid)
        start(argv + at + 1);
    int status = pid < 0 ? -1 : watch(&s, pid);
    if (status == -1 || !WIFEXITED(status))
        return FAILED;
    for (size_t i = 0; i < s.len; i++)
        fprintf(stderr, "word %zu: %u outside, %u inside\n", i + 1, s.words[i].outside, s.words[i].inside);
    return WEXITSTATUS(status);
}
