/* SPDX-License-Identifier: MIT */
/* Command lines: parsing by a command's table of options, and how a command complains. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cmd/cmd.h"

/* Where parsing is. */
struct parsing {
    const struct command *self;
    struct cmd_args *args;
    char **argv;
    int argc, at;
};

static int count_options(const struct command *self)
{
    int count = 0;
    while (self->options && self->options[count].name)
        count++;
    return count;
}

/* Whole names only: an abbreviation that works today would be ambiguous with tomorrow's option. */
static int find_long(const struct command *self, const char *name, size_t len)
{
    for (int i = 0; i < count_options(self); i++)
        if (strlen(self->options[i].name) == len && !memcmp(self->options[i].name, name, len))
            return i;
    return -1;
}

static int find_letter(const struct command *self, char letter)
{
    for (int i = 0; i < count_options(self); i++)
        if (self->options[i].letter == letter)
            return i;
    return -1;
}

/* Give option `i` its argument: what stands behind it, else the next word. */
static int take_value(struct parsing *p, int i, const char *behind)
{
    const struct cmd_option *option = &p->self->options[i];
    if (!behind && p->at + 1 < p->argc)
        behind = p->argv[++p->at];
    if (!behind)
        return cmd_usage(p->self, "option '--%s' needs its %s", option->name, option->arg);
    p->args->values[i] = behind;
    return CMD_OK;
}

/* --name, --name value, --name=value */
static int parse_long(struct parsing *p, const char *word)
{
    size_t len = strcspn(word, "=");
    const char *behind = word[len] ? word + len + 1 : NULL;
    int i = find_long(p->self, word, len);
    if (i < 0)
        return cmd_usage(p->self, "unknown option '--%.*s'", (int)len, word);
    if (p->self->options[i].arg)
        return take_value(p, i, behind);
    if (behind)
        return cmd_usage(p->self, "option '--%.*s' takes no argument", (int)len, word);
    p->args->values[i] = "";
    return CMD_OK;
}

/* -a, -ab, -o value, -ovalue */
static int parse_letters(struct parsing *p, const char *letters)
{
    for (; *letters; letters++) {
        int i = find_letter(p->self, *letters);
        if (i < 0)
            return cmd_usage(p->self, "unknown option '-%c'", *letters);
        if (p->self->options[i].arg)
            return take_value(p, i, letters[1] ? letters + 1 : NULL);
        p->args->values[i] = "";
    }
    return CMD_OK;
}

/* Negative numbers are words: they are values that people set. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] && !(word[1] >= '0' && word[1] <= '9') && word[1] != '.';
}

static int print_help(const struct command *self)
{
    auto_buf text = BUF_EMPTY;
    cmd_put_command_help(&text, self);
    return cmd_write(self, text.data, text.len);
}

/* Wherever it stands among the options, and -h unless the command has a use for that letter. */
static bool wants_help(const struct command *self, const char *word)
{
    return !strcmp(word, "--help") || (!strcmp(word, "-h") && find_letter(self, 'h') < 0);
}

static int parse_option(struct parsing *p, const char *word)
{
    return word[1] == '-' ? parse_long(p, word + 2) : parse_letters(p, word + 1);
}

/* Words are gathered at the front of argv itself: there are never more of them than there were arguments. */
bool cmd_parse(const struct command *self, int argc, char **argv, bool stop_at_word, struct cmd_args *args, int *status)
{
    struct parsing p = {self, args, argv, argc, 1};
    *args = (struct cmd_args){.rest = argv + 1};
    *status = CMD_OK;
    for (; p.at < argc; p.at++) {
        char *word = argv[p.at];
        bool last = !strcmp(word, "--");
        if (last || (!is_option(word) && stop_at_word)) {
            for (p.at += last; p.at < argc; p.at++)
                args->rest[args->rest_len++] = argv[p.at];
            break;
        }
        if (wants_help(self, word)) {
            *status = print_help(self);
            return false;
        }
        if (!is_option(word))
            args->rest[args->rest_len++] = word;
        else if ((*status = parse_option(&p, word)) != CMD_OK)
            return false;
    }
    args->rest[args->rest_len] = NULL;
    return true;
}

const char *cmd_value(const struct command *self, const struct cmd_args *args, const char *name)
{
    int i = find_long(self, name, strlen(name));
    return i < 0 ? NULL : args->values[i];
}

/* One line, whatever was quoted in it, in one write. What is quoted comes from stores and jobs, too: it must
 * neither steer the terminal nor turn the line around. */
static void complain(const struct command *self, bool hint, const char *fmt, va_list ap)
{
    auto_buf message = BUF_EMPTY, line = BUF_EMPTY;
    buf_printf(&message, "dtrack%s%s: ", self ? " " : "", self ? self->name : "");
    buf_vprintf(&message, fmt, ap);
    if (hint)
        buf_printf(&message, " (see dtrack%s%s --help)", self ? " " : "", self ? self->name : "");
    utf8_put_line(&line, buf_text(&message), message.len);
    buf_char(&line, '\n');
    /* there is nowhere to say that this failed */
    if (file_write_all(STDERR_FILENO, line.data, line.len))
        return;
}

int cmd_fail(const struct command *self, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    complain(self, false, fmt, ap);
    va_end(ap);
    return CMD_FAILED;
}

int cmd_usage(const struct command *self, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    complain(self, true, fmt, ap);
    va_end(ap);
    return CMD_USAGE;
}

int cmd_fail_output(const struct command *self, int err)
{
    return err == -EPIPE ? CMD_FAILED : cmd_fail(self, "cannot write the output: %s", strerror(-err));
}

int cmd_write(const struct command *self, const void *bytes, size_t len)
{
    int err = file_write_all(STDOUT_FILENO, bytes, len);
    return err ? cmd_fail_output(self, err) : CMD_OK;
}
