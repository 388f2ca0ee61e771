/* SPDX-License-Identifier: MIT */
#include "sys/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "test.h"

static char base[] = "/tmp/dtrack-layout-XXXXXX";
static char out[TRUST_PATH_MAX];

/* A path below the folder of the test; valid for a few calls. */
static const char *at(const char *root, const char *place)
{
    static char paths[4][512];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s%s%s", base, root, place);
    return path;
}

static void make(const char *path)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    CHECK(!file_make_dirs(folder, 0700));
    CHECK(!file_replace(path, 0600, "", 0));
}

static void check_layout(const char *root, const char *library, const char *program, const char *module)
{
    make(at(root, library));
    make(at(root, program));
    make(at(root, module));
    CHECK(!layout_program(at(root, library), geteuid(), out));
    CHECK_STR(out, at(root, program));
    CHECK(!layout_library(at(root, program), geteuid(), out));
    CHECK_STR(out, at(root, library));
    CHECK(!layout_module(at(root, program), geteuid(), out));
    CHECK_STR(out, at(root, module));
}

TEST(each_is_found_in_an_installation_wherever_that_is)
{
    check_layout("/one", DTRACK_LIBRARY_PLACE, DTRACK_PROGRAM_PLACE, DTRACK_MODULE_PLACE);
    check_layout("/two/deep", DTRACK_LIBRARY_PLACE, DTRACK_PROGRAM_PLACE, DTRACK_MODULE_PLACE);
}

TEST(each_is_found_in_a_build_folder)
{
    check_layout("/build", "/preload/libdtrack.so", "/lib/cmd/dtrack", "/lib/store/net/libdtrack-net.so");
}

TEST(what_lies_in_no_layout_or_is_not_there_is_not_found)
{
    make(at("", "/dtrack"));
    make(at("/alone", DTRACK_PROGRAM_PLACE));
    CHECK(layout_module(at("", "/dtrack"), geteuid(), out) == -ENOENT);
    CHECK(layout_module(at("/alone", DTRACK_PROGRAM_PLACE), geteuid(), out) == -ENOENT);
    CHECK(layout_library(at("/alone", DTRACK_PROGRAM_PLACE), geteuid(), out) == -ENOENT);
}

TEST(what_others_may_have_put_there_is_not_taken)
{
    make(at("/open", DTRACK_PROGRAM_PLACE));
    make(at("/open", DTRACK_MODULE_PLACE));
    CHECK(!chmod(at("/open", DTRACK_MODULE_PLACE), 0666));
    CHECK(layout_module(at("/open", DTRACK_PROGRAM_PLACE), geteuid(), out) == -EPERM);
}

TEST(setting_up)
{
    CHECK(mkdtemp(base) != NULL);
}

TEST(tidying_up)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", base);
    CHECK(!system(command));
}

TEST_MAIN(CASE(setting_up), CASE(each_is_found_in_an_installation_wherever_that_is),
          CASE(each_is_found_in_a_build_folder), CASE(what_lies_in_no_layout_or_is_not_there_is_not_found),
          CASE(what_others_may_have_put_there_is_not_taken), CASE(tidying_up))
