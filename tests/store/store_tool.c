/* SPDX-License-Identifier: MIT */
/* The store's contract as a program, for tests. Runs commands, separated by ",", on one open store:
 *     put NAME FILE [TYPE] | once NAME FILE | replace NAME FILE ETAG | get NAME | tag NAME | list [PREFIX] | count NAME TIMES
 * `count` adds 1 to the number in the object TIMES times, by reading and conditional writing.
 * STORE_TOOL_DEADLINE (ms) and STORE_TOOL_PAGE set what the configuration has for it. Ends at the first
 * result that is not OK: exit status is that enum store_result, the message goes to stderr. 64: used wrongly.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"
#include "store/store.h"

#define USAGE 64

static const char *variable(const char *name)
{
    return getenv(name);
}

static unsigned number(const char *name)
{
    const char *value = getenv(name);
    return value ? (unsigned)strtoul(value, NULL, 10) : 0;
}

/* put, once or replace: its words, NULL-terminated. */
static int put(struct store *store, char **words, struct buf *why)
{
    const char *verb = words[0], *name = words[1], *third = words[3];
    bool replaces = !strcmp(verb, "replace");
    struct stat st;
    auto_fd fd = open(words[2], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st))
        return USAGE;
    struct store_body body = {.fd = fd, .size = (uint64_t)st.st_size, .type = "application/octet-stream"};
    if (replaces)
        return store_put(store, name, &body, STORE_REPLACE, third, why);
    if (!strcmp(verb, "once"))
        return store_put_once(store, name, &body, why);
    body.type = third ? third : body.type;
    return store_put(store, name, &body, STORE_CREATE, NULL, why);
}

static int print_bytes(void *ctx, const void *bytes, size_t len)
{
    (void)ctx;
    return fwrite(bytes, 1, len, stdout) == len ? 0 : -errno;
}

static int drop_bytes(void *ctx, const void *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
    return 0;
}

static int tag(struct store *store, const char *name, struct buf *why)
{
    auto_buf etag = BUF_EMPTY;
    int result = store_get(store, name, drop_bytes, NULL, &etag, why);
    printf("%s", buf_text(&etag));
    return result;
}

static int print_entry(void *ctx, const struct store_entry *entry)
{
    (void)ctx;
    printf("%" PRIu64 " %s\n", entry->size, entry->name);
    return 0;
}

/* One read and conditional write; an object that is missing counts from 0. */
static int count_once(struct store *store, const char *name, struct buf *why)
{
    auto_buf text = BUF_EMPTY, etag = BUF_EMPTY;
    enum store_result result = store_get_small(store, name, 100, &text, &etag, why);
    unsigned long count = 0;
    if (result == STORE_OK && sscanf(buf_text(&text), "{\"count\": %lu}", &count) != 1)
        return USAGE;
    if (result != STORE_OK && result != STORE_MISSING)
        return (int)result;
    buf_clear(&text);
    buf_printf(&text, "{\"count\": %lu}\n", count + 1);
    struct store_body body = {.data = text.data, .fd = -1, .size = text.len, .type = "application/json"};
    enum store_mode mode = result == STORE_MISSING ? STORE_CREATE : STORE_REPLACE;
    return store_put(store, name, &body, mode, buf_text(&etag), why);
}

static int count(struct store *store, const char *name, int times, struct buf *why)
{
    while (times) {
        int result = count_once(store, name, why);
        if (result == STORE_OK)
            times--;
        else if (result != STORE_CHANGED && result != STORE_EXISTS)
            return result;
    }
    return STORE_OK;
}

static int run(struct store *store, int argc, char **argv, struct buf *why)
{
    const char *verb = argv[0];
    if (!strcmp(verb, "list"))
        return store_list(store, argc > 1 ? argv[1] : "", print_entry, NULL, why);
    if (argc == 2 && !strcmp(verb, "get"))
        return store_get(store, argv[1], print_bytes, NULL, NULL, why);
    if (argc == 2 && !strcmp(verb, "tag"))
        return tag(store, argv[1], why);
    if ((argc == 3 && (!strcmp(verb, "put") || !strcmp(verb, "once"))) ||
        (argc == 4 && (!strcmp(verb, "put") || !strcmp(verb, "replace"))))
        return put(store, argv, why);
    if (argc == 3 && !strcmp(verb, "count"))
        return count(store, argv[1], atoi(argv[2]), why);
    return USAGE;
}

static int run_all(struct store *store, int argc, char **argv, struct buf *why)
{
    int result = argc ? STORE_OK : USAGE;
    while (argc && !result) {
        int len = 0;
        while (len < argc && strcmp(argv[len], ","))
            len++;
        char *after = argv[len];
        argv[len] = NULL;
        result = len ? run(store, len, argv, why) : USAGE;
        argv += len + !!after;
        argc -= len + !!after;
    }
    return result;
}

/* For tests about memory: the most this program ever held. getrusage() would count the one that started it
 * too. */
static void print_peak(void)
{
    auto_buf status = BUF_EMPTY;
    const char *peak = file_read("/proc/self/status", 65536, &status) ? NULL : strstr(buf_text(&status), "VmHWM:");
    fprintf(stderr, "peak %ld KiB\n", peak ? strtol(peak + strlen("VmHWM:"), NULL, 10) : -1);
}

int main(int argc, char **argv)
{
    struct store_config config = {
        .getenv = variable,
        .deadline_ms = number("STORE_TOOL_DEADLINE"),
        .list_page = number("STORE_TOOL_PAGE"),
    };
    struct store *store = NULL;
    auto_buf why = BUF_EMPTY;
    if (argc < 3)
        return USAGE;
    int result = store_open(&config, argv[1], &store, &why);
    if (!result)
        result = run_all(store, argc - 2, argv + 2, &why);
    store_close(store);
    fflush(stdout);
    if (result)
        fprintf(stderr, "%s\n", buf_text(&why));
    print_peak();
    return result;
}
