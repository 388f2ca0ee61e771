/* SPDX-License-Identifier: MIT */
/* Applies the rules of programs (redact_rules.c) to command lines, word by word. Used by the fold only. */
#include <string.h>

#include "redact/redact_more.h"
#include "redact/redact_parts.h"

/* A piece of text: a word, or a part of one. */
struct piece {
    const char *from, *to;
};

#define SIGNS ":=%,/@!"

/* Remove the part before the next of the separators `signs` from the front of the list. False at the end of the list. */
static bool take_piece(const char **list, const char *signs, struct piece *out)
{
    *list += strspn(*list, signs);
    *out = (struct piece){*list, *list + strcspn(*list, signs)};
    *list = out->to;
    return out->to > out->from;
}

static bool same(const struct piece *a, const struct piece *b)
{
    return a->to - a->from == b->to - b->from && !strncasecmp(a->from, b->from, (size_t)(a->to - a->from));
}

static bool starts_with(const struct piece *word, const struct piece *what)
{
    size_t len = (size_t)(what->to - what->from);
    return (size_t)(word->to - word->from) >= len && !strncasecmp(word->from, what->from, len);
}

/* Whether the word is one of the alternatives, up to the list's next blank: a verb, or letters such as "-b".
 */
static bool is_verb(const struct piece *word, const char *list)
{
    struct piece all = {list, list + strcspn(list, " ")}, one;
    for (const char *at = list; at < all.to && take_piece(&at, ", ", &one) && one.to <= all.to;) {
        if (same(word, &one))
            return true;
        if (one.to[-1] == '*' && starts_with(word, &(struct piece){one.from, one.to - 1}))
            return true;
        if (one.to - one.from == 2 && *one.from == '-' && word->to - word->from < 6 && *word->from == '-' &&
            word->from[1] != '-' && memchr(word->from, one.from[1], (size_t)(word->to - word->from)))
            return true;
    }
    return false;
}

/* The list of verbs that comes next in the rule's command, or NULL when all have been seen. */
static const char *next_verbs(const struct redact_rule *rule, unsigned matched)
{
    const char *at = rule->command;
    for (unsigned i = 0; i <= matched && at; i++) {
        at = strchr(at, ' ');
        at = at ? at + 1 : NULL;
    }
    return at;
}

/* Commands that are followed by another program's name; the last ones are keywords of a shell. */
static const char starters[] =
    "sudo,doas,su,runuser,env,timeout,nice,ionice,nohup,time,stdbuf,setsid,xargs,parallel,chroot,setpriv,"
    "unshare,nsenter,flock,"
    "strace,python,python2,python3,npx,pipx,uvx,uv,busybox,watch,retry,ssh,wine,firejail,pwsh,powershell,"
    "exec,command,eval,then,do,else,if,while,until,!,{";

/* As is_verb() for a program's name, but optimized for mismatches: most of the time for a command line is spent here. */
static bool is_program(const struct piece *name, const char *list)
{
    for (const char *at = list; *at && *at != ' '; at++) {
        if ((*at | 0x20) == (*name->from | 0x20)) {
            struct piece one = {at, at + strcspn(at, ", ")};
            if (same(name, &one))
                return true;
        }
        while (*at && *at != ',' && *at != ' ')
            at++;
        if (*at != ',')
            return false;
    }
    return false;
}

/* Determine the program to which the next words belong. Its name is the first word, or somewhere after a starter; looking for it
 * elsewhere would take more time than all the rest. */
static void note_program(struct redact_command *c, const struct piece *word)
{
    struct piece name = *word;
    for (const char *at = name.from; at < name.to; at++)
        if (*at == '/' && at + 1 < name.to)
            name.from = at + 1;
    if (name.to - name.from > 4 && !strncasecmp(name.to - 4, ".exe", 4))
        name.to -= 4;
    for (const struct redact_rule *rule = redact_rules; rule->command && c->count < REDACT_RULES_MAX; rule++)
        if (is_program(&name, rule->command))
            c->rules[c->count++] = rule;
    bool assigns = memchr(word->from, '=', (size_t)(word->to - word->from)); /* NAME=VALUE program */
    c->other = !c->count && !c->started && !assigns && !is_verb(&name, starters);
    c->started = !assigns;
}

/* The secret part of `value`, as selected by the sign of its place. False when there is none. */
static bool part_of(char sign, struct piece value, struct piece *out)
{
    size_t len = (size_t)(value.to - value.from);
    const char *at = memchr(value.from, sign == '@' ? ':' : sign, len), *last = memrchr(value.from, '@', len);
    *out = value;
    if (sign == '*')
        return len;
    if (!at || at == value.from || (sign == ':' && at[1] == '/') || (sign == '/' && *value.from == '@'))
        return false;
    out->from = at + 1;
    if (sign == '/' && memchr(value.from, '=', (size_t)(at - value.from)) && strncasecmp(value.from, "userid=", 7))
        return false; /* control=/a/b */
    if (sign == '@' && (!last || last < at || at[1] == '/'))
        return false;
    if (last && last > at && (sign == '@' || sign == '/'))
        out->to = last;
    return out->from < out->to;
}

/* Process an option: its secret is in the same word, or in the next one. */
static bool take_option(struct redact_command *c, const struct piece *word, const struct piece *place, char sign,
                        struct piece *out)
{
    size_t len = (size_t)(place->to - place->from);
    bool letter = len == 2 && *place->from == '-';
    if (letter ? strncmp(word->from, place->from, len) : !starts_with(word, place))
        return false;
    struct piece value = {word->from + len, word->to};
    if (value.from == value.to) {
        c->next = sign == '!' ? c->next : sign;
        return false;
    }
    if (*value.from != '=' && !letter && sign != '!')
        return false; /* another option */
    value.from += *value.from == '=';
    return part_of(sign == '!' ? '*' : sign, value, out);
}

/* Check one place of a rule whose command has been matched. */
static bool take_place(struct redact_command *c, unsigned plain, const struct piece *word, struct piece place,
                       struct piece *out)
{
    char sign = '*';
    if (place.to - place.from > 2 && strchr(SIGNS, place.to[-1]) && *place.from != '^')
        sign = *--place.to;
    if (*place.from == '-' || *place.from == '/')
        return take_option(c, word, &place, sign, out);
    if (*place.from == '#')
        return *word->from != '-' && (place.from[1] == '*' || plain == (unsigned)(place.from[1] - '0')) &&
               part_of(sign, *word, out);
    if (*place.from == '^') {
        place.from++;
        *out = (struct piece){word->from + (place.to - place.from), word->to};
        const char *last = memrchr(word->from, '=', (size_t)(word->to - word->from));
        if (place.to[-1] == ',' && last) /* among others: secret,id=s,data=X */
            out->from = last + 1;
        return starts_with(word, &place) && out->from < out->to;
    }
    if (same(word, &place))
        c->next = '*';
    return false;
}

/* Check the places of the i-th rule, or match the word with the next one of its command. */
static bool take_rule(struct redact_command *c, unsigned i, const struct piece *word, struct piece *out)
{
    const struct redact_rule *rule = c->rules[i];
    const char *verbs = next_verbs(rule, c->matched[i]), *places = rule->places;
    if (verbs) {
        c->matched[i] += is_verb(word, verbs);
        return false;
    }
    bool found = false;
    c->plain[i] += *word->from != '-' && !c->after_option;
    for (struct piece place, part; take_piece(&places, " ", &place);)
        if (!found && take_place(c, c->after_option ? 0 : c->plain[i], word, place, &part)) {
            *out = part;
            found = true;
        }
    return found;
}

/* Whether the part is to be hidden: it is neither hidden already nor a reference. */
static bool is_secret(const struct piece *part, bool text)
{
    struct scan s = {.word = text ? VALUE_WORD : VALUE_ALL};
    size_t len = (size_t)(part->to - part->from);
    return len && !memmem(part->from, len, "***", 3) && !redact_is_reference(&s, part->from, part->to);
}

static const char exec[] = "exec";

/* Process the next word. True when a part of it is a secret, which *out then is. */
static bool take_word(struct redact_command *c, const struct piece *word, bool text, struct piece *out)
{
    char announced = c->next;
    bool found = false;
    c->next = 0;
    if (word->from == word->to)
        return false;
    if (announced && part_of(announced, *word, out))
        return is_secret(out, text);
    if (same(word, &(struct piece){exec, &exec[4]})) { /* docker's, kubectl's: a program follows */
        *c = (struct redact_command){.started = true};
        return false;
    }
    if (!c->count) {
        if (!c->other && *word->from != '-')
            note_program(c, word);
        return false;
    }
    struct piece part;
    bool verb = false;
    for (unsigned i = 0; i < c->count; i++) {
        unsigned matched = c->matched[i];
        if (take_rule(c, i, word, &part) && !found) {
            *out = part;
            found = true;
        }
        verb |= c->matched[i] > matched;
    }
    c->after_option =
        *word->from == '-' && !verb && !c->next && !memchr(word->from, '=', (size_t)(word->to - word->from));
    return found && is_secret(out, text);
}

/* The next word from *at on, without blanks, quotes and brackets around it. A character that ends a command is a word by itself. */
static bool next_word(const char **at, struct piece *out)
{
    const char *from = *at + strspn(*at, " \t()");
    char quote = *from == '"' || *from == '\'' ? *from : '\0';
    const char *to = from + (quote != '\0');
    if (!*from)
        return false;
    if (strchr(";|&\n", *from)) {
        *out = (struct piece){from, from + 1};
        *at = from + 1;
        return true;
    }
    if (quote)
        to += strcspn(to, (char[]){quote, '\0'});
    else
        to += strcspn(to, " \t\n;|&()\"'");
    if (!quote && (*to == '"' || *to == '\'') && !strchr(" \t", to[0])) /* -p"X" */
        to += 1 + strcspn(to + 1, (char[]){*to, '\0'});
    *out = (struct piece){from + (quote != '\0'), to};
    *at = *to ? to + (quote || *to == '"' || *to == '\'') : to;
    return true;
}

/* Process an argument that contains a command line, or options. */
static void put_words(struct buf *out, struct redact_command *c, const char *arg, bool script)
{
    const char *kept = arg, *at = arg;
    struct piece word, part;
    if (script)
        *c = (struct redact_command){0};
    while (next_word(&at, &word)) {
        bool ends = word.to - word.from == 1 && strchr(";|&\n", *word.from);
        if (ends && script) {
            *c = (struct redact_command){0};
        } else if (!ends && take_word(c, &word, true, &part)) {
            buf_add(out, kept, (size_t)(part.from - kept));
            buf_str(out, "***");
            kept = part.to;
        }
    }
    buf_str(out, kept);
}

bool redact_put_command(struct buf *out, struct redact_command *c, const char *arg, bool script)
{
    struct piece word = {arg, arg + strlen(arg)}, part;
    bool after_starter = c->started && !c->other && !c->count; /* ssh HOST 'command line' */
    script = (script || after_starter) && !c->count;
    /* what follows -c is not always a script */
    if (!c->next && (script || c->count) && strpbrk(arg, " \t\n")) {
        put_words(out, c, arg, script);
        return true;
    }
    if (!take_word(c, &word, false, &part))
        return false;
    buf_add(out, arg, (size_t)(part.from - arg));
    buf_str(out, "***");
    buf_str(out, part.to);
    return true;
}
