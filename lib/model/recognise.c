/* SPDX-License-Identifier: MIT */
/* Command lines of known tools -> names of tasks. Believes argv, and guesses nothing. */
#include "model/recognise.h"

#include <string.h>

#include "base/own.h"
#include "sys/attr.h"

#define AZ_WORDS_MAX 4
#define CTEST_WORDS_MAX 6
#define SHEBANG_WORDS_MAX 3

static const char *basename_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Whether the word is one of those, which have blanks between. */
static bool is_among(const char *word, const char *words)
{
    size_t len = strlen(word);
    for (const char *at = words; len && (at = strstr(at, word)); at += len)
        if ((at == words || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
            return true;
    return false;
}

static bool is_interpreter(const char *name)
{
    return is_among(name, "sh bash dash zsh ksh mksh busybox node nodejs perl ruby php") || !strncmp(name, "python", 6);
}

enum recognise_maker recognise_maker_of(const char *name)
{
    if (is_among(name, "ninja ninja-build samu"))
        return MAKER_NINJA;
    return !strcmp(name, "ctest") ? MAKER_CTEST : MAKER_ANY;
}

/* Where a script stands in the words that the kernel made of its first line, `sh -e SCRIPT` or `env node SCRIPT`: the file that was
 * started is the script then, and the first word is another one. 0 when it is no script. */
static size_t started_script(const struct span *span)
{
    if (!span->exe || !span->argc || !strcmp(basename_of(span->args[0]), span->name))
        return 0;
    for (size_t i = 1; i < span->argc && i <= SHEBANG_WORDS_MAX; i++)
        if (!strcmp(span->args[i], span->exe))
            return i;
    return 0;
}

/* Of `sh SCRIPT` it is the first word behind the interpreter, unless that is an option: what is said by -c is no file. */
struct recognise_program recognise_program_of(const struct span *span)
{
    struct recognise_program p = {.path = span->exe ? span->exe : "", .name = span->name, .args = span->args};
    size_t script = started_script(span), first = script ? script + 1 : span->argc ? 1 : 0;
    if (!script && span->argc > 1 && is_interpreter(span->name) && span->args[1][0] != '-') {
        p.path = span->args[1];
        p.name = basename_of(p.path);
        first = 2;
    }
    if (first)
        p.args += first;
    p.argc = span->argc - first;
    return p;
}

static void add_word(struct buf *name, const char *word)
{
    if (name->len)
        buf_char(name, ' ');
    buf_str(name, word);
}

/* A command with verbs: what stands before them, and how many there are. */
struct tool {
    const char *name;
    const char *valued; /* options that take the next word */
    const char *groups; /* verbs with a second one behind them */
    size_t words;
};

static const struct tool tools[] = {
    {"terraform", "", "workspace state providers", 1},
    {"tofu", "", "workspace state providers", 1},
    {"kubectl", "-n --namespace --context --kubeconfig --cluster --user -s --server --token --as",
     "rollout config auth set certificate top create", 1},
    {"helm", "-n --namespace --kube-context --kubeconfig --kube-token",
     "repo dependency plugin registry get show search", 1},
    {"az", "", "", AZ_WORDS_MAX},
};

/* Options before a verb are passed over; those behind it end what is looked at. */
static void verbs_of(const struct tool *tool, const struct recognise_program *p, struct buf *name)
{
    size_t found = 0, most = tool->words;
    for (size_t i = 0; i < p->argc && found < most; i++) {
        if (p->args[i][0] == '-') {
            if (found)
                return;
            i += is_among(p->args[i], tool->valued);
            continue;
        }
        if (!found)
            add_word(name, tool->name);
        if (!found && is_among(p->args[i], tool->groups))
            most = 2;
        add_word(name, p->args[i]);
        found++;
    }
}

/* The goals, and the folder that -C leads to, as one Makefile's `all` is not another's. */
static void goals_of(const struct recognise_program *p, struct buf *name)
{
    static const char valued[] =
        "-f --file --makefile -I --include-dir -o --old-file --assume-old -W --what-if --new-file --assume-new -E --eval";
    const char *folder = NULL;
    auto_buf goals = BUF_EMPTY;
    for (size_t i = 0; i < p->argc; i++) {
        const char *word = p->args[i];
        if (!strcmp(word, "-C") || !strcmp(word, "--directory")) {
            folder = i + 1 < p->argc ? p->args[++i] : NULL;
        } else if (!strncmp(word, "--directory=", 12) || (!strncmp(word, "-C", 2) && word[2])) {
            folder = word[1] == 'C' ? word + 2 : word + 12;
        } else if (!strcmp(word, "-j") || !strcmp(word, "-l")) {
            i += i + 1 < p->argc && p->args[i + 1][0] >= '0' && p->args[i + 1][0] <= '9';
        } else if (word[0] == '-') {
            i += is_among(word, valued);
        } else if (!strchr(word, '=')) {
            add_word(&goals, word);
        }
    }
    if (goals.len && folder)
        buf_printf(name, "make -C %s %s", folder, buf_text(&goals));
    else if (goals.len)
        buf_printf(name, "make %s", buf_text(&goals));
}

static void script_of(const struct recognise_program *p, struct buf *name)
{
    const char *tool = strcmp(p->name, "npm-cli.js") ? p->name : "npm";
    bool runs = false;
    for (size_t i = 0; i < p->argc; i++) {
        if (p->args[i][0] == '-')
            continue;
        if (runs)
            buf_printf(name, "%s run %s", tool, p->args[i]);
        if (runs || !is_among(p->args[i], "run run-script"))
            return;
        runs = true;
    }
}

/* cargo asks rustc about itself under a name that is none. */
static void crate_of(const struct recognise_program *p, struct buf *name)
{
    for (size_t i = 0; i + 1 < p->argc; i++) {
        if (strcmp(p->args[i], "--crate-name") || !strcmp(p->args[i + 1], "___"))
            continue;
        add_word(name, "crate");
        add_word(name, p->args[i + 1]);
        return;
    }
}

static void playbook_of(const struct recognise_program *p, struct buf *name)
{
    for (size_t i = 0; i < p->argc; i++) {
        const char *dot = strrchr(p->args[i], '.');
        if (p->args[i][0] == '-' || !dot || !is_among(dot, ".yml .yaml") ||
            (i && is_among(p->args[i - 1], "-i --inventory -e --extra-vars")))
            continue;
        add_word(name, p->name);
        add_word(name, basename_of(p->args[i]));
        return;
    }
}

/* The word behind -o, in a text that a shell is to split: only what is without quotes is that word. */
static void output_within(const char *command, struct buf *name)
{
    const char *at = strstr(command, " -o ");
    size_t len = at ? strcspn(at + 4, " \t\n;&|<>()\"'$`\\") : 0;
    if (!len || (at[4 + len] && !strchr(" \t\n;&|", at[4 + len])))
        return;
    buf_str(name, "ninja ");
    buf_add(name, at + 4, len);
}

/* ninja runs each edge by `sh -c COMMAND`, which may become the command. */
static void edge_of(const struct recognise_program *p, struct buf *name)
{
    if (p->argc > 1 && !strcmp(p->args[0], "-c")) {
        output_within(p->args[1], name);
        return;
    }
    for (size_t i = 0; i + 1 < p->argc; i++) {
        if (strcmp(p->args[i], "-o"))
            continue;
        add_word(name, "ninja");
        add_word(name, p->args[i + 1]);
        return;
    }
}

static void test_of(const struct recognise_program *p, struct buf *name)
{
    add_word(name, "ctest");
    add_word(name, p->name);
    for (size_t i = 0; i < p->argc && i < CTEST_WORDS_MAX; i++)
        add_word(name, p->args[i]);
}

/* What the program says of itself comes before what its maker makes of it. */
void recognise(const struct recognise_program *p, enum recognise_maker maker, struct buf *name)
{
    for (size_t i = 0; i < ARRAY_LEN(tools); i++)
        if (!strcmp(p->name, tools[i].name))
            verbs_of(&tools[i], p, name);
    if (is_among(p->name, "make gmake gnumake"))
        goals_of(p, name);
    else if (is_among(p->name, "npm npm-cli.js pnpm yarn"))
        script_of(p, name);
    else if (!strcmp(p->name, "rustc"))
        crate_of(p, name);
    else if (!strcmp(p->name, "ansible-playbook"))
        playbook_of(p, name);
    if (!name->len && maker == MAKER_NINJA)
        edge_of(p, name);
    else if (!name->len && maker == MAKER_CTEST)
        test_of(p, name);
}
