/* SPDX-License-Identifier: MIT */
/* dtrack-mark start, end: when, how it went, and what values the task has; the words behind NAME. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "base/json_lex.h"
#include "base/json_number.h"
#include "base/json_write.h"
#include "base/own.h"
#include "base/rfc3339.h"
#include "base/settings.h"
#include "cmd/mark_parts.h"
#include "spool/mark_clean.h"

#define STATUS_MAX 255

/* What stands behind `option` and '=', or in the next word; NULL when the first word is another one, or the last. */
static const char *said_by(char **words, const char *option, int *used)
{
    size_t len = strlen(option);
    *used = 1;
    if (!strncmp(*words, option, len) && (*words)[len] == '=')
        return *words + len + 1;
    *used = 2;
    return strcmp(*words, option) ? NULL : words[1];
}

char **mark_task_option(struct mark_call *call, char **words)
{
    int used;
    const char *at = said_by(words, "--at", &used);
    if (at) {
        call->at = at;
        return words + used;
    }
    const char *status = said_by(words, "--status", &used);
    if (!status)
        return words;
    call->status = status;
    return words + used;
}

/* What is typed, as JSON: JSON as it is, anything else as a string, as json_put_typed() has it. */
static void put_typed(struct buf *out, const char *text)
{
    struct json_lexer lx = {.at = text, .end = text + strlen(text)};
    struct json_slice token, rest;
    enum json_token first = json_lex(&lx, &token);
    bool is_json = !json_lex_skip(&lx, first) && json_lex(&lx, &rest) == JSON_END;
    if (is_json && (first != JSON_NUMBER || json_number_survives(text)))
        buf_str(out, text);
    else
        json_put_string(out, text);
}

static size_t key_len(const char *word)
{
    return strcspn(word, "=");
}

/* Whether a later word has the key of this one: the last one counts. */
static bool is_said_again(char **words)
{
    for (char **later = words + 1; *later; later++)
        if (key_len(*later) == key_len(*words) && !strncmp(*later, *words, key_len(*words)))
            return true;
    return false;
}

/* KEY=VALUE as a member of an object; a secret is known by its key. 0 or -ENOMEM. */
static int put_member(struct buf *out, const char *word, const char *rules)
{
    auto_mark_clean clean = {0};
    auto_free char *key = strndup(word, key_len(word));
    if (!key)
        return -ENOMEM;
    const struct mark value = {.verb = MARK_SET, .name = key, .value = word + key_len(word) + 1};
    int err = mark_clean_set(&clean, &value, rules);
    if (err)
        return err;
    buf_char(out, out->len ? ',' : '{');
    json_put_string(out, clean.mark.name);
    buf_char(out, ':');
    put_typed(out, clean.mark.value);
    return buf_error(out);
}

/* Take what stands behind NAME: options into `said`, values into `values`. 0, an exit status, or a negative errno. */
static int take_words(struct mark_call *said, enum mark_verb verb, char **words, struct buf *values)
{
    while (*words) {
        char **behind = mark_task_option(said, words);
        const char *word = *words;
        if (behind != words) {
            words = behind;
            continue;
        }
        if (verb == MARK_START)
            return mark_usage("'start' takes no '%s': put a name with blanks in quotes", word);
        if (!key_len(word) || !word[key_len(word)])
            return mark_usage(
                "'end' takes KEY=VALUE, --status N and --at TIME, not '%s': put a name with blanks in quotes", word);
        int err = is_said_again(words) ? 0 : put_member(values, word, said->rules);
        if (err)
            return err;
        words++;
    }
    if (values->len)
        buf_char(values, '}');
    if (said->status && verb == MARK_START)
        return mark_usage("'start' takes no status: a task has one when it ends");
    return buf_error(values);
}

/* One that is none comes from data, say an empty variable: it ends no job, and costs the task its status only. */
static int take_status(const struct mark_call *said, struct mark *mark)
{
    long code;
    if (!said->status)
        return 0;
    if (!settings_read_count(said->status, &code) || code > STATUS_MAX) {
        mark_usage("'%s' ends without a status: '%s' is no number from 0 to %d", mark->name, said->status, STATUS_MAX);
        return said->strict;
    }
    mark->has_status = true;
    mark->status = W_EXITCODE((int)code, 0);
    return 0;
}

/* A time that is none leaves nothing to mark: now would be wrong. */
static bool take_time(const struct mark_call *said, struct mark *mark)
{
    if (!said->at || !rfc3339_parse(said->at, &mark->time_ns) || !mark_time_parse(said->at, &mark->time_ns)) {
        if (said->at && !mark->time_ns)
            mark->time_ns = 1; /* 0 is now */
        return true;
    }
    mark_usage("'%s' is not marked: '%s' is no time, as 1700000000.5 and 2023-11-14T22:13:20.5Z are", mark->name,
               said->at);
    return false;
}

int mark_task(const struct mark_call *call, enum mark_verb verb, char **words)
{
    struct mark_call said = *call;
    /* a task belongs to whoever called us, the shell of the script: so all that it starts meanwhile belongs to the task */
    struct mark mark = {.verb = verb, .name = words[0], .ppid = (int32_t)getppid()};
    auto_buf values = BUF_EMPTY;
    int err = take_words(&said, verb, words + 1, &values);
    if (err > 0 || call->off)
        return MAX(err, 0);
    if (!take_time(&said, &mark))
        return call->strict;
    int status = take_status(&said, &mark);
    mark.value = values.len ? buf_text(&values) : NULL;
    if (!err)
        err = mark_file_append(call, mark);
    return err ? mark_file_complain(call, "marks", err) : status;
}
