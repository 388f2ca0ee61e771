/* SPDX-License-Identifier: MIT */
/* dtrack finish: finish one run now, or guard it until its leader ends (the shim starts that). */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/relaunch.h"
#include "run/finish_run.h"
#include "run/guard.h"

static const struct cmd_option options[] = {
    {"guard", 0, NULL, "wait until the run's leader has ended (started by the shim)"},
    {0},
};

/* Agents of CI systems kill what a job leaves behind, and know it by a variable in its environment. We end by ourselves
 * soon after the job, and are all that is left of it when it was cancelled: their documented way to be spared is another
 * value. It is changed in place, where the kernel shows it. */
static void leave_job(void)
{
    static const char *const names[] = {"RUNNER_TRACKING_ID", "VSTS_PROCESS_LOOKUP_ID", "JENKINS_NODE_COOKIE",
                                        "JENKINS_SERVER_COOKIE", "BUILD_ID"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char *value = getenv(names[i]);
        if (value)
            memset(value, '0', strlen(value));
    }
}

/* What may name a file from the job's folder, which is not ours: certificates, and the rules for tasks. */
static const char *relative_path(size_t at, const char **name)
{
    const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", settings[SETTING_RULES].name};
    if (at >= ARRAY_LEN(names))
        return NULL;
    *name = names[at];
    const char *value = getenv(*name);
    return value && *value != '/' && strcmp(value, "off") ? value : "";
}

static bool needs_folder(void)
{
    const char *name, *value;
    for (size_t i = 0; (value = relative_path(i, &name)); i++)
        if (*value)
            return true;
    return false;
}

static void find_files(const char *job_folder)
{
    char path[2 * PATH_MAX];
    const char *name, *value;
    for (size_t i = 0; (value = relative_path(i, &name)); i++)
        if (*value && snprintf(path, sizeof path, "%s/%s", job_folder, value) < (int)sizeof path)
            setenv(name, path, 1);
}

static int guard(const char *folder)
{
    const struct guardian in = {.folder = folder,
                                .getenv = cmd_getenv,
                                .needs_folder = needs_folder,
                                .job_folder = find_files,
                                .before_stores = relaunch_for_network};
    leave_job();
    return guard_run(&in) ? CMD_OK : CMD_FAILED;
}

static int finish(const struct command *self, const char *folder)
{
    auto_buf why = BUF_EMPTY;
    const struct finish f = {.folder = folder, .getenv = cmd_getenv, .leader_status = WAIT_STATUS_UNKNOWN};
    switch (finish_run(&f, &why)) {
    case FINISH_STORED:
    case FINISH_WAITS:
        return CMD_OK;
    case FINISH_BUSY:
        return cmd_fail(self, "'%s' is guarded or being finished by another process", folder);
    case FINISH_ALIVE:
        return cmd_fail(self, "the run in '%s' has not ended yet", folder);
    case FINISH_GONE:
        return cmd_fail(self, "no run in '%s'", folder);
    default:
        return cmd_fail(self, "%s", buf_text(&why));
    }
}

static int run(const struct command *self, int argc, char **argv)
{
    struct cmd_args args;
    int status;
    if (!cmd_parse(self, argc, argv, false, &args, &status))
        return status;
    if (args.rest_len != 1 || args.rest[0][0] != '/')
        return cmd_usage(self, "needs the absolute path of one run folder");
    if (cmd_value(self, &args, "guard"))
        return guard(args.rest[0]);
    return finish(self, args.rest[0]);
}

const struct command cmd_finish = {
    .name = "finish",
    .synopsis = "[--guard] FOLDER",
    .help = "fold and store the run in a spool folder",
    .options = options,
    .run = run,
    .internal = true,
};
