/* SPDX-License-Identifier: MIT */
/* The tables of causes and clients, and the list of a run's spots. */
#include "model/blind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *meaning, *remedy;
} causes[BLIND_CAUSES] = {
    [BLIND_NONE] = {"none", "", ""},
    [BLIND_STATIC] = {"static", "a static program: what it starts is not recorded",
                      "link it dynamically, or mark its steps with dtrack-mark"},
    [BLIND_FOREIGN] = {"foreign", "another word size or machine: what it starts is not recorded",
                       "preload it by $LIB with libdtrack.so there for both word sizes, or use a native build"},
    [BLIND_SANITIZER] = {"sanitizer", "a sanitizer's runtime must be its first library",
                         "set ASAN_OPTIONS=verify_asan_link_order=0 and preload the runtime before libdtrack.so"},
    [BLIND_LIBCLESS] = {"libcless", "it loads no C library: what it starts is not recorded",
                        "mark its steps with dtrack-mark"},
    [BLIND_PRIVILEGED] = {"privileged", "it changes its user: the loader allows no preload",
                          "run the job as that user, or dtrack run inside of it"},
    [BLIND_ELSEWHERE] = {"elsewhere", "libdtrack.so is not in its root folder",
                         "make the library and $DTRACK_RUN visible there by a bind mount"},
    [BLIND_FILTERED] = {"filtered", "it was started under a seccomp filter", "none: the filter might kill it"},
    [BLIND_CONTAINER] = {"container", "a client: the container's processes belong to a daemon",
                         "mount the library and $DTRACK_RUN into the container and set LD_PRELOAD there"},
    [BLIND_DAEMON] = {"daemon", "a client: a daemon that may be older than the run does the work",
                      "run it without its daemon, or mark its steps with dtrack-mark"},
    [BLIND_REMOTE] = {"remote", "the work is done on another machine", "run dtrack there, too"},
    [BLIND_CLOCK] = {"clock", "it lives by another clock, as in a time namespace: its times are not to be trusted",
                     "take the time namespace away; durations are right in any case"},
    [BLIND_TRUNCATED] = {"truncated", "it was cut short while the run went on: what it held by then is lost",
                         "let nothing clean up in $DTRACK_SPOOL but dtrack"},
    [BLIND_EMULATOR] = {"emulator", "it runs another machine's programs: what they start is not recorded",
                        "mark its steps with dtrack-mark"},
    [BLIND_DOUBTFUL] = {"doubtful", "its file could not be read before it started: it went without libdtrack.so",
                        "make it readable, and start it by its full path"},
    [BLIND_UNEDITED] = {"unedited", "its environment had no room for libdtrack.so: what it starts is not recorded",
                        "make its environment and command line smaller"},
    [BLIND_SILENT] =
        {"silent",
         "it became, or started, a program that libdtrack.so was kept from: by a filter, another user, or a "
         "variable that was taken away",
         "see that LD_PRELOAD and $DTRACK_RUN reach the program, or mark its step"},
};

static const struct {
    const char *name;
    enum blind_cause cause;
} clients[] = {
    {"docker", BLIND_CONTAINER},
    {"docker-compose", BLIND_CONTAINER},
    {"docker-buildx", BLIND_CONTAINER},
    {"podman", BLIND_CONTAINER},
    {"nerdctl", BLIND_CONTAINER},
    {"ctr", BLIND_CONTAINER},
    {"crictl", BLIND_CONTAINER},
    {"buildctl", BLIND_CONTAINER},
    {"lxc", BLIND_CONTAINER},
    {"incus", BLIND_CONTAINER},
    {"kubectl", BLIND_REMOTE},
    {"ssh", BLIND_REMOTE},
    {"distcc", BLIND_REMOTE},
    {"icecc", BLIND_REMOTE},
    {"gradle", BLIND_DAEMON},
    {"gradlew", BLIND_DAEMON},
    {"bazel", BLIND_DAEMON},
    {"bazelisk", BLIND_DAEMON},
    {"buck2", BLIND_DAEMON},
    {"pants", BLIND_DAEMON},
    {"mvnd", BLIND_DAEMON},
    {"sccache", BLIND_DAEMON},
    {"nix", BLIND_DAEMON},
    {"nix-build", BLIND_DAEMON},
    {"nix-store", BLIND_DAEMON},
    {"systemd-run", BLIND_DAEMON},
    {"at", BLIND_DAEMON},
};

/* Whose first argument is a program: many clients are scripts. */
static const char *const interpreters[] = {"sh",  "dash",   "bash",    "ash",  "ksh",
                                           "zsh", "python", "python3", "perl", "ruby"};

void blind_release(struct blind *b)
{
    for (size_t i = 0; i < b->len; i++)
        free(b->list[i].name);
    free(b->list);
    *b = (struct blind){0};
}

/* When the list is full, what is new is counted with another spot of its cause: a total must not depend on how many names
 * there are. */
int blind_add(struct blind *b, enum blind_cause cause, const char *name, int64_t count)
{
    struct blind_spot *same_cause = NULL;
    if (cause == BLIND_NONE)
        return 0;
    for (size_t i = 0; i < b->len; i++) {
        if (b->list[i].cause != cause)
            continue;
        same_cause = &b->list[i];
        if (!strcmp(same_cause->name, name)) {
            same_cause->count += count;
            return 0;
        }
    }
    if (b->len == BLIND_MAX) {
        if (same_cause)
            same_cause->count += count;
        return 0;
    }
    struct blind_spot *list = realloc(b->list, (b->len + 1) * sizeof *list);
    char *copy = strdup(name);
    if (list)
        b->list = list;
    if (!list || !copy) {
        free(copy);
        return -ENOMEM;
    }
    b->list[b->len++] = (struct blind_spot){cause, copy, count};
    return 0;
}

/* By their plain names: a script is rarely run by one that has a version in its own. */
static bool is_interpreter(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(interpreters); i++)
        if (!strcmp(interpreters[i], name))
            return true;
    return false;
}

/* Of "python3 /usr/bin/docker-compose up" the client is docker-compose. Options before the script hide it. */
const char *blind_client(const char *name, const char *first_arg, enum blind_cause *cause)
{
    if (first_arg && is_interpreter(name)) {
        const char *slash = strrchr(first_arg, '/');
        name = slash ? slash + 1 : first_arg;
    }
    for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
        if (strcmp(clients[i].name, name))
            continue;
        *cause = clients[i].cause;
        return name;
    }
    return NULL;
}

const char *blind_word(enum blind_cause cause)
{
    return causes[cause].word;
}

const char *blind_meaning(enum blind_cause cause)
{
    return causes[cause].meaning;
}

const char *blind_remedy(enum blind_cause cause)
{
    return causes[cause].remedy;
}

bool blind_parse(const char *word, enum blind_cause *out)
{
    for (int cause = BLIND_NONE + 1; cause < BLIND_CAUSES; cause++) {
        if (strcmp(causes[cause].word, word))
            continue;
        *out = (enum blind_cause)cause;
        return true;
    }
    return false;
}
