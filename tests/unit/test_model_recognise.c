/* SPDX-License-Identifier: MIT */
#include "model/recognise.h"

#include <string.h>

#include "base/own.h"
#include "test.h"

#define WORDS_MAX 16

/* What a command line, with '|' between its words, is called; `exe` is what was started. */
static const char *name_of(const char *exe, const char *line, enum recognise_maker maker)
{
    static char copy[512], text[512];
    const char *words[WORDS_MAX];
    size_t count = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *rest = copy, *word; (word = strsep(&rest, "|")) && count < WORDS_MAX;)
        words[count++] = word;
    const char *slash = strrchr(exe, '/');
    const struct span span = {
        .kind = SPAN_PROCESS, .exe = exe, .name = slash ? slash + 1 : exe, .args = words, .argc = count};
    const struct recognise_program program = recognise_program_of(&span);
    auto_buf name = BUF_EMPTY;
    recognise(&program, maker, &name);
    snprintf(text, sizeof text, "%s", buf_text(&name));
    return text;
}

TEST(tools_say_what_they_do)
{
    static const char *const cases[][3] = {
        {"/usr/bin/make", "make|all", "make all"},
        {"/usr/bin/make", "make|-j|8|-C|sub|V=1|a|b", "make -C sub a b"},
        {"/usr/bin/make", "make|-Csub|-f|x.mk|-j4|a", "make -C sub a"},
        {"/usr/bin/gmake", "gmake|--directory=sub|-k|a", "make -C sub a"},
        {"/usr/bin/make", "make|-j8|V=1", ""}, /* it says no target */
        {"/usr/bin/npm", "/usr/bin/env|node|/usr/bin/npm|run|build", "npm run build"},
        {"/usr/bin/node", "node|/usr/lib/npm/bin/npm-cli.js|--silent|run|--x|build|--|--y", "npm run build"},
        {"/usr/bin/node", "node|/usr/bin/pnpm|run-script|lint", "pnpm run lint"},
        {"/usr/bin/node", "node|/usr/bin/npm|install|run", ""},
        {"/usr/bin/node", "node|-e|run|x", ""},
        {"/bin/rustc", "rustc|--edition=2021|--crate-name|serde|src/lib.rs", "crate serde"},
        {"/bin/rustc", "rustc|-|--crate-name|___|--print=file-names", ""},
        {"/bin/terraform", "terraform|-chdir=prod|apply|-auto-approve", "terraform apply"},
        {"/opt/terraform", "/bin/sh|/opt/terraform|workspace|select|x", "terraform workspace select"},
        {"/opt/terraform", "/bin/sh|-e|/opt/terraform|plan", "terraform plan"},
        {"/bin/sh", "sh|./terraform|plan|-out|x", "terraform plan"},
        {"/bin/terraform", "terraform|--help", ""},
        {"/bin/kubectl", "kubectl|-n|prod|--context|x|rollout|status|deploy/web", "kubectl rollout status"},
        {"/bin/kubectl", "kubectl|apply|-f|x.yaml", "kubectl apply"},
        {"/bin/helm", "helm|--namespace|x|repo|add|stable|https://h", "helm repo add"},
        {"/bin/helm", "helm|upgrade|web|./c", "helm upgrade"},
        {"/usr/bin/az", "/bin/bash|/usr/bin/az|storage|blob|upload|-f|x", "az storage blob upload"},
        {"/usr/bin/ansible-playbook", "/usr/bin/python3|/usr/bin/ansible-playbook|-i|hosts.yml|play/site.yml|--check",
         "ansible-playbook site.yml"},
        {"/bin/sh", "sh|-c|terraform apply", ""},
        {"/bin/cp", "cp|/bin/cp|apply", ""},
        {"/bin/cc", "cc|-o|a.o|a.c", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CHECK_STR(name_of(cases[i][0], cases[i][1], MAKER_ANY), cases[i][2]);
}

TEST(children_of_ninja_are_known_by_their_output)
{
    static const char *const cases[][3] = {
        {"/bin/sh", "/bin/sh|-c|cc -MF x.d -o obj/x.o -c x.c", "ninja obj/x.o"},
        {"/bin/sh", "/bin/sh|-c|cc -c x.c -o x.o && touch y", "ninja x.o"},
        {"/bin/sh", "/bin/sh|-c|cc -o x.o", "ninja x.o"},
        {"/bin/cc", "cc|-o|x.o|-c|x.c", "ninja x.o"},
        {"/bin/sh", "/bin/sh|-c|cc -o 'a b.o'", ""},
        {"/bin/sh", "/bin/sh|-c|cc -o $OUT", ""},
        {"/bin/sh", "/bin/sh|-c|cp a b", ""},
        {"/bin/rustc", "rustc|--crate-name|x|-o|y", "crate x"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CHECK_STR(name_of(cases[i][0], cases[i][1], MAKER_NINJA), cases[i][2]);
}

TEST(children_of_ctest_are_tests)
{
    CHECK_STR(name_of("/b/test_x", "/b/test_x|--all|1", MAKER_CTEST), "ctest test_x --all 1");
    CHECK(recognise_maker_of("ctest") == MAKER_CTEST && recognise_maker_of("ninja") == MAKER_NINJA &&
          recognise_maker_of("samu") == MAKER_NINJA && recognise_maker_of("inja") == MAKER_ANY &&
          recognise_maker_of("") == MAKER_ANY);
}

TEST(a_process_that_says_nothing_is_no_task)
{
    const struct span bare = {.kind = SPAN_PROCESS, .name = "unseen"};
    const struct recognise_program program = recognise_program_of(&bare);
    auto_buf name = BUF_EMPTY;
    recognise(&program, MAKER_ANY, &name);
    recognise(&program, MAKER_NINJA, &name);
    CHECK(!name.len);
}

TEST_MAIN(CASE(tools_say_what_they_do), CASE(children_of_ninja_are_known_by_their_output),
          CASE(children_of_ctest_are_tests), CASE(a_process_that_says_nothing_is_no_task))
