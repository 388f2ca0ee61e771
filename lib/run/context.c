/* SPDX-License-Identifier: MIT */
/* What the environment says about a run. The allow-list of CI variables is the only part of the environment that is
 * ever recorded. */
#include "run/context.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"
#include "base/settings.h"
#include "redact/redact.h"
#include "redact/redact_buf.h"
#include "run/redact_setting.h"
#include "run/rules_setting.h"
#include "run/store_urls.h"
#include "spool/lead_stores.h"

#define CONTEXT_MAX ((size_t)64 << 10)

/* Each CI fact with the variables that may hold it; the first one that is set and not empty counts. For GitHub Actions, Azure
 * Pipelines, GitLab, Jenkins, CircleCI, Buildkite, Travis, Bitbucket. */
static const struct {
    const char *fact;
    const char *variables[9];
} ci_facts[] = {
    {"pipeline",
     {"GITHUB_WORKFLOW", "BUILD_DEFINITIONNAME", "CI_PROJECT_PATH", "JOB_NAME", "CIRCLE_PROJECT_REPONAME",
      "BUILDKITE_PIPELINE_SLUG", "BITBUCKET_REPO_SLUG"}},
    {"build",
     {"GITHUB_RUN_ID", "BUILD_BUILDID", "CI_PIPELINE_ID", "BUILD_NUMBER", "CIRCLE_BUILD_NUM", "BUILDKITE_BUILD_NUMBER",
      "TRAVIS_BUILD_NUMBER", "BITBUCKET_BUILD_NUMBER"}},
    {"attempt", {"GITHUB_RUN_ATTEMPT", "SYSTEM_JOBATTEMPT"}},
    {"job", {"GITHUB_JOB", "AGENT_JOBNAME", "CI_JOB_NAME", "STAGE_NAME", "CIRCLE_JOB", "BUILDKITE_LABEL"}},
    {"stage", {"SYSTEM_STAGENAME", "CI_JOB_STAGE"}},
    {"repository",
     {"GITHUB_REPOSITORY", "BUILD_REPOSITORY_NAME", "CI_PROJECT_PATH", "TRAVIS_REPO_SLUG", "BITBUCKET_REPO_FULL_NAME"}},
    {"commit",
     {"GITHUB_SHA", "BUILD_SOURCEVERSION", "CI_COMMIT_SHA", "GIT_COMMIT", "CIRCLE_SHA1", "BUILDKITE_COMMIT",
      "TRAVIS_COMMIT", "BITBUCKET_COMMIT"}},
    {"agent", {"RUNNER_NAME", "AGENT_NAME", "CI_RUNNER_DESCRIPTION", "NODE_NAME", "BUILDKITE_AGENT_NAME"}},
};

/* Each CI provider with the variable that identifies it, its name, and the variables that may hold the branch; the first one that
 * is set and not empty counts: the full source branch of a pull request, then the branch, then the tag. Looked up for one
 * provider only, since any job may set a variable like BRANCH_NAME. */
static const struct ci_provider {
    const char *variable, *name;
    const char *branch[6];
} ci_providers[] = {
    {"GITHUB_ACTIONS", "github", {"GITHUB_HEAD_REF", "GITHUB_REF_NAME", "GITHUB_REF"}},
    {"TF_BUILD",
     "azure-pipelines",
     {"SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH", "BUILD_SOURCEBRANCHNAME"}},
    {"GITLAB_CI",
     "gitlab",
     {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"}},
    {"JENKINS_URL",
     "jenkins",
     {"CHANGE_BRANCH", "ghprbSourceBranch", "gitlabSourceBranch", "BRANCH_NAME", "GIT_LOCAL_BRANCH", "GIT_BRANCH"}},
    {"CIRCLECI", "circleci", {"CIRCLE_BRANCH", "CIRCLE_TAG"}},
    {"BUILDKITE", "buildkite", {"BUILDKITE_BRANCH", "BUILDKITE_TAG"}},
    {"TRAVIS", "travis", {"TRAVIS_PULL_REQUEST_BRANCH", "TRAVIS_BRANCH"}},
    {"BITBUCKET_BUILD_NUMBER", "bitbucket", {"BITBUCKET_BRANCH", "BITBUCKET_TAG"}},
};

static void free_strings(char **list)
{
    for (char **s = list; s && *s; s++)
        free(*s);
    free(list);
}

void context_release(struct context *c)
{
    free(c->name);
    free(c->collection);
    free(c->boot);
    free(c->rules);
    free(c->bad_rules);
    free(c->task_rules);
    free_strings(c->stores);
    for (size_t i = 0; i < c->ci_len; i++) {
        free(c->ci[i].key);
        free(c->ci[i].value);
    }
    free(c->ci);
    *c = (struct context){0};
}

/* A branch or pipeline name may contain a token, so CI facts are redacted like arguments. */
static int add_ci(struct context *c, const char *fact, const char *value)
{
    auto_buf clean = BUF_EMPTY;
    if (!value || !*value)
        return 0;
    redact_put_text(&clean, c->rules, value);
    int err = buf_error(&clean);
    return err ? err : summary_add_fact(&c->ci, &c->ci_len, fact, buf_text(&clean));
}

/* Add the words of DTRACK_REDACT to c->rules; if they can't be parsed, set c->bad_rules. 0 or -ENOMEM. */
static int add_rules(struct context *c, environment_fn env)
{
    const char *value = environment_text(env, settings[SETTING_REDACT].name);
    auto_buf rules = BUF_EMPTY, why = BUF_EMPTY;
    if (!value)
        return 0;
    buf_str(&rules, c->rules ? c->rules : "");
    int err = redact_setting_parse(value, &rules, &why);
    if (err && err != -EINVAL)
        return err;
    char **to = err ? &c->bad_rules : &c->rules;
    free(c->bad_rules);
    c->bad_rules = NULL;
    free(*to);
    *to = buf_take(err ? &why : &rules);
    return *to ? 0 : -ENOMEM;
}

/* What DTRACK_RULES says now: the file may be another one, or gone, when the run is folded. 0 or -ENOMEM. */
static int take_task_rules(struct context *c, environment_fn env)
{
    auto_buf text = BUF_EMPTY;
    int err = rules_setting_read(environment_text(env, settings[SETTING_RULES].name), &c->no_derived, &text, NULL);
    if (err || !text.len)
        return err;
    c->task_rules = buf_take(&text);
    return c->task_rules ? 0 : -ENOMEM;
}

/* The run's name as it may be kept; NULL where it has none. 0 or -ENOMEM. */
static int take_name(struct context *c, const char *name)
{
    auto_buf clean = BUF_EMPTY;
    if (!name || !*name)
        return 0;
    redact_put_text(&clean, c->rules, name);
    c->name = buf_take(&clean);
    return c->name ? 0 : -ENOMEM;
}

/* The value of the first variable that is not empty, or NULL. Providers set variables that don't apply to the empty string. */
static const char *first_value(environment_fn env, const char *const *variables, size_t len)
{
    const char *value = NULL;
    for (size_t i = 0; i < len && variables[i] && !value; i++)
        value = environment_text(env, variables[i]);
    return value;
}

/* A branch name may contain slashes (feature/x), so only known prefixes are removed: the ref namespace, and from Jenkins'
 * GIT_BRANCH the remote. */
static const char *plain_branch(const struct ci_provider *provider, const char *ref)
{
    static const char *const kinds[] = {"refs/heads/", "refs/tags/", "refs/"};
    for (size_t i = 0; ref && i < ARRAY_LEN(kinds); i++)
        if (!strncmp(ref, kinds[i], strlen(kinds[i])))
            return ref + strlen(kinds[i]);
    static const char remote[] = "origin/";
    bool has_remote = ref && !strcmp(provider->name, "jenkins") && !strncmp(ref, remote, strlen(remote));
    return has_remote ? ref + strlen(remote) : ref;
}

/* Identify the provider first: some providers also set variables of others, for compatibility with scripts. */
static int add_ci_facts(struct context *c, environment_fn env)
{
    const struct ci_provider *provider = NULL;
    for (size_t i = 0; i < ARRAY_LEN(ci_providers) && !provider; i++)
        if (env(ci_providers[i].variable))
            provider = &ci_providers[i];
    if (!provider)
        return 0; /* BUILD_NUMBER and such mean nothing outside of CI */
    int err = add_ci(c, "provider", provider->name);
    if (!err)
        err = add_ci(c, "branch",
                     plain_branch(provider, first_value(env, provider->branch, ARRAY_LEN(provider->branch))));
    for (size_t i = 0; i < ARRAY_LEN(ci_facts) && !err; i++)
        err = add_ci(c, ci_facts[i].fact, first_value(env, ci_facts[i].variables, ARRAY_LEN(ci_facts[i].variables)));
    return err;
}

/* A URL as it may stand on disk: a heap string. What was given instead of one may hold a secret in a form that only this side
 * knows. */
static char *url_without_secrets(const char *url)
{
    size_t len = strlen(url), room = REDACT_ROOM(len) + 1;
    auto_free char *made = malloc(room);
    auto_buf clean = BUF_EMPTY;
    if (!made)
        return NULL;
    struct text t = text_into(made, room);
    lead_stores_put(&t, url, len);
    if (strstr(url, "://"))
        return strdup(made);
    redact_put_text(&clean, NULL, made);
    return buf_take(&clean);
}

int context_from_environment(struct context *c, environment_fn env)
{
    *c = (struct context){.keep_args = !strcmp(environment_setting(env, SETTING_ARGS), "full")};
    int err = add_rules(c, env);
    if (!err)
        err = take_name(c, env(settings[SETTING_NAME].name));
    if (!err)
        err = take_task_rules(c, env);
    if (err)
        return err;
    c->collection = strdup(environment_setting(env, SETTING_COLLECTION));
    c->stores = store_urls_read(env);
    if (!c->stores && errno != ENOENT) /* without a store the run stays in the spool */
        return -errno;
    if (!c->collection)
        return -ENOMEM;
    for (char **url = c->stores; url && *url; url++) {
        char *plain = url_without_secrets(*url);
        if (!plain)
            return -ENOMEM;
        free(*url);
        *url = plain;
    }
    return add_ci_facts(c, env);
}

/* Append a line; tabs and line breaks in the value become blanks. */
static void put_line(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, "%s\t", key);
    for (; *value; value++)
        buf_char(out, *value == '\t' || *value == '\n' ? ' ' : *value);
    buf_char(out, '\n');
}

static int read_boot(struct buf *out)
{
    int err = file_read("/proc/sys/kernel/random/boot_id", 64, out);
    if (!err && out->len && out->data[out->len - 1] == '\n')
        out->data[--out->len] = '\0';
    return err;
}

int context_note_boot(struct context *c)
{
    auto_buf boot = BUF_EMPTY;
    int err = read_boot(&boot);
    if (err)
        return err == -ENOENT ? 0 : err; /* no /proc: a reboot can't be detected later */
    c->boot = buf_take(&boot);
    return c->boot ? 0 : -ENOMEM;
}

bool context_is_of_another_boot(const struct context *c)
{
    auto_buf boot = BUF_EMPTY;
    return c->boot && !read_boot(&boot) && strcmp(c->boot, buf_text(&boot));
}

/* One rule a line, as they stand in their file. */
static int put_task_rules(struct buf *out, const char *rules)
{
    auto_free char *copy = strdup(rules);
    char *rest = copy, *line;
    while (copy && (line = strsep(&rest, "\n")))
        put_line(out, "rule", line);
    return copy ? 0 : -ENOMEM;
}

int context_save(const struct context *c, int folder_fd)
{
    auto_buf text = BUF_EMPTY;
    if (c->name)
        put_line(&text, "name", c->name);
    put_line(&text, "collection", c->collection);
    if (c->boot)
        put_line(&text, "boot", c->boot);
    if (c->rules)
        put_line(&text, "redact", c->rules);
    if (c->bad_rules)
        put_line(&text, "bad_redact", c->bad_rules);
    if (c->keep_args)
        put_line(&text, "args", "full");
    if (c->unsettled)
        put_line(&text, "unsettled", "yes");
    if (c->no_derived)
        put_line(&text, "rules", "off");
    if (c->task_rules && put_task_rules(&text, c->task_rules))
        return -ENOMEM;
    for (char **url = c->stores; url && *url; url++)
        put_line(&text, "store", *url);
    for (size_t i = 0; i < c->ci_len; i++) {
        auto_buf key = BUF_EMPTY;
        buf_printf(&key, "ci.%s", c->ci[i].key);
        put_line(&text, buf_text(&key), c->ci[i].value);
    }
    int err = buf_error(&text);
    return err ? err : file_replace_at(folder_fd, CONTEXT_NAME, &text, false);
}

/* Append a store URL. The list is short, so its length is not stored but counted each time. */
static int add_store(struct context *c, const char *url)
{
    size_t n = 0;
    while (c->stores && c->stores[n])
        n++;
    char **more = realloc(c->stores, (n + 2) * sizeof *more);
    if (!more)
        return -ENOMEM;
    c->stores = more;
    more[n] = strdup(url);
    more[n + 1] = NULL;
    return more[n] ? 0 : -ENOMEM;
}

static int set_text(char **to, const char *value)
{
    free(*to);
    *to = strdup(value);
    return *to ? 0 : -ENOMEM;
}

static int add_task_rule(struct context *c, const char *line)
{
    char *all = NULL;
    int len = c->task_rules ? asprintf(&all, "%s\n%s", c->task_rules, line) : asprintf(&all, "%s", line);
    if (len < 0)
        return -ENOMEM;
    free(c->task_rules);
    c->task_rules = all;
    return 0;
}

/* Unknown keys are passed over: a later version may have written the file. */
static int take_line(struct context *c, char *line)
{
    char *value = strchr(line, '\t');
    if (!value)
        return 0;
    *value++ = '\0';
    if (!strcmp(line, "name"))
        return set_text(&c->name, value);
    if (!strcmp(line, "collection"))
        return set_text(&c->collection, value);
    if (!strcmp(line, "boot"))
        return set_text(&c->boot, value);
    if (!strcmp(line, "redact"))
        return set_text(&c->rules, value);
    if (!strcmp(line, "bad_redact"))
        return set_text(&c->bad_rules, value);
    if (!strcmp(line, "args"))
        c->keep_args = !strcmp(value, "full");
    if (!strcmp(line, "unsettled"))
        c->unsettled = true;
    if (!strcmp(line, "rules"))
        c->no_derived = !strcmp(value, "off");
    if (!strcmp(line, "rule"))
        return add_task_rule(c, value);
    if (!strcmp(line, "store"))
        return add_store(c, value);
    return strncmp(line, "ci.", 3) ? 0 : add_ci(c, line + 3, value);
}

static int take_text(struct context *c, struct buf *text)
{
    int err = 0;
    char *rest = text->data, *line;
    while (!err && rest && (line = strsep(&rest, "\n")))
        err = take_line(c, line);
    return err;
}

/* Fill in what the file did not contain. */
static int take_defaults(struct context *c, const struct spool_header *header, environment_fn env)
{
    int err = c->collection ? 0 : set_text(&c->collection, settings[SETTING_COLLECTION].fallback);
    if (err || c->stores)
        return err;
    char list[sizeof header->stores] = "";
    if (header && __atomic_load_n(&header->stores_known, __ATOMIC_ACQUIRE))
        snprintf(list, sizeof list, "%.*s", (int)sizeof list - 1, header->stores);
    c->stores = store_urls_split(env, list);
    if (!c->stores && errno == ENOENT)
        c->stores = store_urls_read(env); /* its embedded store has no place here: use this environment's stores */
    return c->stores || errno == ENOENT ? 0 : -errno; /* the upload reports that no store is known */
}

int context_load(struct context *c, int folder_fd, const struct spool_header *header, environment_fn env)
{
    auto_buf text = BUF_EMPTY;
    auto_fd fd = openat(folder_fd, CONTEXT_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *c = (struct context){.is_lost = fd < 0 || file_read_fd(fd, CONTEXT_MAX, &text)};
    c->unsettled = c->is_lost;
    int err = c->is_lost ? 0 : take_text(c, &text);
    if (!err)
        err = take_defaults(c, header, env);
    return err ? err : add_rules(c, env);
}

const char *context_store_url(const char *kept, char *const *urls)
{
    for (; urls && *urls; urls++) {
        auto_free char *plain = url_without_secrets(*urls);
        if (plain && !strcmp(plain, kept))
            return *urls;
    }
    return kept;
}

static int add_number(struct summary *s, const char *key, unsigned long long value)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", value);
    return summary_add_fact(&s->host, &s->host_len, key, text);
}

int context_add_host(struct summary *s)
{
    struct utsname u;
    struct sysinfo memory;
    if (uname(&u) || sysinfo(&memory))
        return -errno;
    int err = summary_add_fact(&s->host, &s->host_len, "hostname", u.nodename);
    if (!err)
        err = summary_add_fact(&s->host, &s->host_len, "os", u.sysname);
    if (!err)
        err = summary_add_fact(&s->host, &s->host_len, "kernel", u.release);
    if (!err)
        err = summary_add_fact(&s->host, &s->host_len, "arch", u.machine);
    if (!err)
        err = add_number(s, "cpus", (unsigned long long)sysconf(_SC_NPROCESSORS_ONLN));
    if (!err)
        err = add_number(s, "mem_kb", (unsigned long long)memory.totalram * memory.mem_unit / 1024);
    return err;
}
