/* SPDX-License-Identifier: MIT */
#include "spool/judge.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static char folder[] = "/tmp/dtrack-judge-XXXXXX";
static char path[64], other[64];

static struct judge judge(void)
{
    return (struct judge){.folder = folder, .uid = geteuid(), .library = NULL, .entry = ""};
}

/* A file of that name, as the last one that was made, too. */
static const char *put(const char *name, const char *text, mode_t mode)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) || chmod(path, mode))
        exit(1);
    return path;
}

static enum gate_verdict verdict(const char *file)
{
    const struct judge j = judge();
    return judge_file(&j, AT_FDCWD, file);
}

TEST(a_dynamic_program_gets_the_library)
{
    CHECK(verdict("/bin/sh") == GATE_PRELOAD && judge_lets_in(GATE_PRELOAD));
}

TEST(a_script_is_judged_by_its_interpreter)
{
    CHECK(verdict(put("script", "#! /bin/sh -e\n", 0755)) == GATE_PRELOAD);
    CHECK(verdict(put("lost", "#!/no/such/interpreter\n", 0755)) == GATE_UNKNOWN);
    snprintf(other, sizeof other, "#!%s/self\n", folder);
    CHECK(verdict(put("self", other, 0755)) == GATE_UNKNOWN); /* the kernel follows five of them */
}

TEST(what_is_no_program_is_run_by_a_shell)
{
    CHECK(verdict(put("text", "exit 3\n", 0755)) == GATE_PRELOAD);
    CHECK(verdict(folder) == GATE_UNKNOWN && verdict("/no/such/file") == GATE_UNKNOWN);
}

TEST(a_library_that_cannot_be_named_is_seen_by_nobody)
{
    struct judge j = judge();
    j.library = "/a b/libdtrack.so";
    CHECK(judge_file(&j, AT_FDCWD, "/bin/sh") == GATE_INVISIBLE);
    j.library = "/no/such/libdtrack.so";
    CHECK(judge_file(&j, AT_FDCWD, "/bin/sh") == GATE_INVISIBLE && !judge_lets_in(GATE_INVISIBLE));
}

TEST(a_verdict_on_a_file_is_kept_until_the_file_changes)
{
    static struct spool_header header;
    struct judge j = judge();
    j.header = &header;
    CHECK(judge_file(&j, AT_FDCWD, "/bin/sh") == GATE_PRELOAD);
    int kept = 0;
    for (size_t i = 0; i < SPOOL_GATE_SLOTS; i++)
        if (header.gate[i]) {
            kept++;
            header.gate[i] = (header.gate[i] & ~UINT64_C(0xff)) | GATE_LIBCLESS;
        }
    CHECK(kept == 1 && judge_file(&j, AT_FDCWD, "/bin/sh") == GATE_LIBCLESS);
}

TEST(a_word_without_a_slash_is_searched_for_as_execvp_does)
{
    char out[256], places[128];
    const struct judge j = judge();
    put("prog", "#!/bin/sh\n", 0644); /* not executable: passed over */
    snprintf(places, sizeof places, "/no/such:%s:/bin", folder);
    const char *file = "sh";
    CHECK(judge_search_room(file, places) <= sizeof out);
    CHECK(judge_search(&j, &file, places, out, sizeof out) == GATE_PRELOAD);
    CHECK_STR(file, "/bin/sh");
    file = "prog";
    CHECK(judge_search(&j, &file, places, out, sizeof out) == GATE_UNKNOWN);
    CHECK(!chmod(path, 0755));
    file = "prog";
    CHECK(judge_search(&j, &file, places, out, sizeof out) == GATE_PRELOAD);
    CHECK_STR(file, path);
}

int main(void)
{
    static const struct test_case cases[] = {
        CASE(a_dynamic_program_gets_the_library),
        CASE(a_script_is_judged_by_its_interpreter),
        CASE(what_is_no_program_is_run_by_a_shell),
        CASE(a_library_that_cannot_be_named_is_seen_by_nobody),
        CASE(a_verdict_on_a_file_is_kept_until_the_file_changes),
        CASE(a_word_without_a_slash_is_searched_for_as_execvp_does),
    };
    if (!mkdtemp(folder))
        return 1;
    int failed = test_run(cases, sizeof cases / sizeof *cases);
    static const char *const names[] = {"script", "lost", "self", "text", "prog"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return failed;
}
