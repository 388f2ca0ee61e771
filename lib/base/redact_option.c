/* SPDX-License-Identifier: MIT */
/* What an option says about secrets: by its name, or by the program that it is given to. Owns the table of
 * programs. */
#include "base/redact_parts.h"

/* How a program's short option holds its secret. */
enum short_form {
    FORM_GLUED, /* -pX */
    FORM_NEXT,  /* -k X */
    FORM_BOTH,
    FORM_USER, /* -u user:X and -uuser:X */
};

struct program {
    char name[11];
    uint8_t len;
    uint8_t form;
    char letters[2];
    bool family; /* the name is the beginning of several: mysqldump, mariadb-admin */
    bool runs;   /* its first argument that is no option is a program */
};

/* clang-format off */
#define PROGRAM(name, form, ...) {name, sizeof name - 1, form, {__VA_ARGS__}, false, false}
#define FAMILY(name, form, ...)  {name, sizeof name - 1, form, {__VA_ARGS__}, true, false}
#define RUNNER(name, form, ...)  {name, sizeof name - 1, form, {__VA_ARGS__}, false, true}
/* clang-format on */

/* "login" is no program: docker, podman, helm, az and oc take -p behind that word and mean something else by
 * it anywhere else. */
static const struct program programs[] = {
    FAMILY("mysql", FORM_GLUED, 'p'),     FAMILY("mariadb", FORM_GLUED, 'p'),
    FAMILY("mongo", FORM_BOTH, 'p'),      FAMILY("ldap", FORM_BOTH, 'w'),
    FAMILY("mosquitto_", FORM_NEXT, 'P'), RUNNER("sshpass", FORM_BOTH, 'p'),
    PROGRAM("curl", FORM_USER, 'u', 'U'), PROGRAM("login", FORM_NEXT, 'p'),
    PROGRAM("redis-cli", FORM_NEXT, 'a'), PROGRAM("openssl", FORM_NEXT, 'k', 'K'),
    PROGRAM("sqlcmd", FORM_BOTH, 'P'),    PROGRAM("bcp", FORM_BOTH, 'P'),
    PROGRAM("ipmitool", FORM_BOTH, 'P'),  PROGRAM("zip", FORM_BOTH, 'P'),
    PROGRAM("unzip", FORM_BOTH, 'P'),     PROGRAM("7z", FORM_GLUED, 'p'),
    PROGRAM("7za", FORM_GLUED, 'p'),
};

static bool same(const char *a, const char *b, size_t len)
{
    size_t i = 0;
    while (i < len && a[i] == b[i])
        i++;
    return i == len;
}

static uint8_t find_program(const char *path, size_t len)
{
    size_t from = len;
    while (from && path[from - 1] != '/')
        from--;
    const char *name = path + from;
    len -= from;
    for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
        const struct program *p = &programs[i];
        if ((len == p->len || (len > p->len && p->family)) && same(name, p->name, p->len))
            return (uint8_t)(i + 1);
    }
    return 0;
}

uint8_t redact_next_program(uint8_t program, const char *word, size_t len)
{
    bool open = !program || programs[program - 1].runs;
    return open ? find_program(word, len) : program;
}

static bool is_letter(char c)
{
    return redact_in_set((unsigned char)c, 0, REDACT_LETTERS);
}

/* Whether the word is a cluster of short options, such as "-sSu". */
static bool is_cluster(const char *word, size_t len)
{
    size_t i = 1;
    while (i < len && is_letter(word[i]))
        i++;
    return i == len && len > 1 && len < 8;
}

/* What follows the option `name` in the word: nothing, or "=" and the value. 0 when the word is another one.
 */
static size_t value_offset(const char *word, size_t len, const char *name, size_t name_len)
{
    bool is_it = len >= name_len && same(word, name, name_len);
    return is_it && (len == name_len || word[name_len] == '=') ? name_len + 1 : 0;
}

/* curl's -u, -sSu, --user and their likes for the proxy. */
static struct word_meaning user_meaning(const struct program *p, const char *word, size_t len)
{
    static const char user[] = "--user", proxy[] = "--proxy-user";
    size_t offset = value_offset(word, len, user, sizeof user - 1);
    offset = offset ? offset : value_offset(word, len, proxy, sizeof proxy - 1);
    char last = word[len - 1];
    if (len + 1 == offset || (is_cluster(word, len) && (last == p->letters[0] || last == p->letters[1])))
        return (struct word_meaning){.effect = WORD_NEXT_USER};
    if (word[1] == p->letters[0] || word[1] == p->letters[1])
        offset = 2;
    return (struct word_meaning){.effect = offset ? WORD_REST_USER : WORD_PLAIN, .offset = offset};
}

/* The meaning of a word that starts with a dash, by the program alone. */
static struct word_meaning program_meaning(const struct program *p, const char *word, size_t len)
{
    enum short_form form = (enum short_form)p->form;
    if (form == FORM_USER)
        return user_meaning(p, word, len);
    bool is_it = word[1] == p->letters[0] || (p->letters[1] && word[1] == p->letters[1]);
    if (!is_it || (len == 2 && form == FORM_GLUED) || (len > 2 && form == FORM_NEXT))
        return (struct word_meaning){0};
    return (struct word_meaning){len == 2 ? WORD_NEXT : WORD_REST, SECRET_OPTION, 2};
}

/* -c, -lc, -exc: what follows is a command line. So is what follows a compiler's -c, as far as that matters.
 */
static bool announces_text(const char *word, size_t len)
{
    return word[len - 1] == 'c' && len <= 4 && is_cluster(word, len);
}

/* The meaning of a name as a word of its own. */
static struct word_meaning name_meaning(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!redact_is_name(name[i]))
            return (struct word_meaning){0};
    }
    struct secret_name n = redact_name(name, len);
    return (struct word_meaning){n.kind && !n.is_switch ? WORD_NEXT : WORD_PLAIN, n.kind, 0};
}

/* Words that are no options, but names with their value in the next word: `aws configure set
 * aws_session_token X`, `npm config set //registry/:_authToken X`. */
static struct word_meaning setting_meaning(const char *word, size_t len)
{
    size_t name = len;
    if (len > 4 && same(word, "aws_", 4))
        return name_meaning(word, len);
    if (len < 3 || !same(word, "//", 2))
        return (struct word_meaning){0};
    while (name && word[name - 1] != ':')
        name--;
    if (!name || name == len || word[name] != '_')
        return (struct word_meaning){0};
    return name_meaning(word + name, len - name);
}

struct word_meaning redact_meaning(uint8_t program, const char *word, size_t len)
{
    if (len < 2 || word[0] != '-')
        return setting_meaning(word, len);
    struct word_meaning m = {0};
    if (program)
        m = program_meaning(&programs[program - 1], word, len);
    if (m.effect)
        return m;
    if (announces_text(word, len))
        return (struct word_meaning){.effect = WORD_NEXT_TEXT};
    size_t dashes = word[1] == '-' ? 2 : 1;
    if (len < dashes + 2)
        return (struct word_meaning){0};
    return name_meaning(word + dashes, len - dashes);
}
