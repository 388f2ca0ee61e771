/* SPDX-License-Identifier: MIT */
/* dtrack-mark: its verbs, its command line and its help, all from one table. */
#include "cmd/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "base/settings.h"
#include "base/utf8.h"
#include "cmd/mark_parts.h"
#include "sys/switch.h"

struct verb {
    const char *name;
    const char *synopsis; /* what follows the name */
    const char *help;     /* one line */
    int least, most;      /* words behind the verb; most < 0: any number, looked at by itself */
    int (*run)(const struct mark_call *call, char **words);
};

static int append(const struct mark_call *call, enum mark_verb verb, char **words)
{
    struct mark mark = {.verb = verb, .name = words[0], .value = words[1], .ppid = (int32_t)getppid()};
    int err = call->off ? 0 : mark_file_append(call, mark);
    return err ? mark_file_complain(call, "marks", err) : 0;
}

static int mark_start(const struct mark_call *call, char **words)
{
    return mark_task(call, MARK_START, words);
}

static int mark_end(const struct mark_call *call, char **words)
{
    return mark_task(call, MARK_END, words);
}

static int mark_set(const struct mark_call *call, char **words)
{
    return append(call, MARK_SET, words);
}

static int mark_event(const struct mark_call *call, char **words)
{
    return append(call, MARK_EVENT, words);
}

/* The path is printed only when the file is there and can be appended to: whoever asks is about to do it. */
static int mark_where(const struct mark_call *call, unused char **words)
{
    if (call->off)
        return 0;
    auto_fd fd = mark_file_open(call, "marks", O_WRONLY | O_APPEND | O_CREAT);
    if (fd < 0)
        return mark_file_complain(call, "marks", fd);
    auto_buf shown = BUF_EMPTY; /* a script needs it as it is, a terminal what it can show */
    if (isatty(STDOUT_FILENO))
        utf8_put_line(&shown, call->run, strlen(call->run));
    else
        buf_str(&shown, call->run);
    if (printf("%s/marks\n", buf_text(&shown)) > 0 && !fflush(stdout))
        return 0;
    return mark_complain(call, "cannot write the path: %s", strerror(errno));
}

static const struct verb verbs[] = {
    {"start", "NAME", "the task NAME starts now", 1, -1, mark_start},
    {"end", "NAME [KEY=VALUE]...", "the task of that name that started last ends now; values of its own", 1, -1,
     mark_end},
    {"set", "NAME VALUE", "give NAME a value: a number, true, false, JSON, or any other text", 2, 2, mark_set},
    {"event", "NAME [VALUE]", "something happened now", 1, 2, mark_event},
    {"get", "NAME", "print the value that NAME was given last, in this job or an earlier one", 1, 1, mark_get},
    {"run", "NAME -- COMMAND [ARGUMENT]...", "run a command as the task NAME, and end as it ends", 2, -1, mark_run},
    {"where", "", "print the path of the marker file, for who wants to append to it", 0, 0, mark_where},
};

static void print_help(void)
{
    printf("usage: dtrack-mark [--strict] VERB ...   (also: dtrack mark ...)\n\n");
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        printf("  %-5s %-30s %s\n", verbs[i].name, verbs[i].synopsis, verbs[i].help);
    printf(
        "\n"
        "  --status N of `end`: how the task did, 0 to 255 as in $?; 0 is success, 128 and more stay as they are\n"
        "  --at TIME  of `start` and `end`: not now but then, 1700000000.5 (Unix seconds) or 2023-11-14T22:13:20.5Z; what began\n"
        "             before the run is shown from its start on\n"
        "  --strict   exit with status 1 when a mark could not be recorded, and don't run COMMAND then\n"
        "  --version  print the version\n"
        "  --help     print this\n"
        "\n"
        "Options stand before NAME, those of `start` and `end` also behind it. A NAME has 1 to 255 bytes, without tab and newline. Outside of a run, "
        "and when\n"
        "a mark cannot be written or its NAME not be used, a line on stderr says so and the exit status is 0: "
        "a job\n"
        "never fails of it. A VALUE that would not keep its text as a number, like 1.10 or 4e12, is text.\n"
        "`get` exits with 1 when there is no value. A wrong command line is an error, with status 2.\n"
        "%s=1 silences those lines, %s=1 switches everything off; COMMAND runs in any case.\n",
        settings[SETTING_QUIET].name, settings[SETTING_OFF].name);
}

static bool is_set(enum setting_id id)
{
    return switch_is_on(getenv(settings[id].name));
}

static bool is_of_tasks(const struct verb *verb)
{
    return verb && (verb->run == mark_start || verb->run == mark_end);
}

/* Take the options that `words` starts with, which decide the exit status if it is not -1 then. Returns the
 * words behind them. Behind a verb, where a NAME may stand, what is no option is one: it may come from data. */
static char **take_options(struct mark_call *call, char **words, const struct verb *verb, int *status)
{
    for (; *status < 0 && *words && **words == '-'; words++) {
        char **behind = is_of_tasks(verb) ? mark_task_option(call, words) : words;
        if (behind != words) {
            words = behind - 1;
            continue;
        }
        if (!strcmp(*words, "--"))
            return words + 1;
        if (!strcmp(*words, "--strict")) {
            call->strict = true;
        } else if (!strcmp(*words, "--help") || !strcmp(*words, "-h")) {
            print_help();
            *status = 0;
        } else if (!strcmp(*words, "--version")) {
            printf("dtrack-mark %s\n", VERSION);
            *status = 0;
        } else if (verb) {
            break;
        } else {
            *status = mark_usage("unknown option '%s', see 'dtrack-mark --help'", *words);
        }
    }
    return words;
}

static const struct verb *find_verb(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (!strcmp(verbs[i].name, word))
            return &verbs[i];
    }
    return NULL;
}

static int count(char **words)
{
    int n = 0;
    while (words[n])
        n++;
    return n;
}

/* Check the words behind a verb. 0 or MARK_STATUS_USAGE. */
static int check_words(const struct verb *verb, char **words)
{
    int have = count(words);
    bool bare_run = verb->run == mark_run && have == 2 && !strcmp(words[1], "--");
    if (have < verb->least || bare_run)
        return mark_usage("'%s' needs %s", verb->name, verb->synopsis);
    if (verb->most >= 0 && have > verb->most)
        return mark_usage("'%s' takes no '%s': put a value with blanks in quotes", verb->name, words[verb->most]);
    return 0;
}

/* A name may come from data, say a commit's title: one that can't be used costs its mark and no more. Said whatever the
 * settings, for nobody else misses the mark; what is left is done as if there were no run. */
static int pass_over_name(struct mark_call *call, const struct verb *verb, char **words)
{
    if (!call->off)
        mark_usage("'%s' is not marked: a name has 1 to 255 bytes, without tab and newline", verb->name);
    if (call->strict && !call->off)
        return 1;
    call->off = true;
    return verb->run(call, words);
}

static int run_verb(struct mark_call *call, const struct verb *verb, char **words)
{
    if (check_words(verb, words))
        return MARK_STATUS_USAGE;
    if (*words && mark_name_check(*words, strlen(*words)))
        return pass_over_name(call, verb, words);
    return verb->run(call, words);
}

/* Options may stand before the verb and behind it, but never behind NAME, where they are values. */
int mark_main(int argc, char **argv)
{
    struct mark_call call = {.run = getenv(settings[SETTING_RUN].name), .rules = getenv(settings[SETTING_REDACT].name)};
    call.off = is_set(SETTING_OFF);
    call.quiet = is_set(SETTING_QUIET);
    if (call.run && !*call.run)
        call.run = NULL;
    int status = -1;
    char **words = take_options(&call, argv + (argc > 0), NULL, &status);
    if (status < 0 && !*words)
        return mark_usage("what to do? see 'dtrack-mark --help'");
    const struct verb *verb = status < 0 ? find_verb(*words) : NULL;
    if (status < 0 && !verb)
        return mark_usage("unknown verb '%s', see 'dtrack-mark --help'", *words);
    if (verb)
        words = take_options(&call, words + 1, verb, &status);
    if (status < 0)
        status = run_verb(&call, verb, words);
    return fflush(stdout) ? 1 : status;
}
