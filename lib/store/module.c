/* SPDX-License-Identifier: MIT */
/* Opens the network module. The only file that uses dlopen(). */
#include "store/module.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/self.h"
#include "sys/layout.h"

/* Find the module's file. Only root and this user may be able to write it, since it runs with our credentials. */
static int find_file(char program[PATH_MAX], char file[TRUST_PATH_MAX])
{
    return self_path(program) ? layout_module(program, geteuid(), file) : -ENOENT;
}

/* Whether the file is truncated: the loader would map beyond its end and be killed by SIGBUS. Checked by the section header table,
 * which linkers put last. */
static bool is_cut(const char *file)
{
    ElfW(Ehdr) head;
    struct stat st;
    auto_fd fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) || pread(fd, &head, sizeof head, 0) < (ssize_t)sizeof head)
        return false; /* dlopen() will report the error */
    return (uint64_t)st.st_size < head.e_shoff + (uint64_t)head.e_shnum * head.e_shentsize;
}

static void explain_missing(struct buf *why, const char *program, int err)
{
    if (err == -EPERM)
        buf_printf(why, MODULE_FILE " may be somebody else's: others can write to it, or to '%s'", program);
    else if (err == -ENOENT)
        buf_printf(why, MODULE_FILE " is missing: it is not where it is installed with '%s'", program);
    else
        buf_printf(why, MODULE_FILE " cannot be looked for from '%s': %s", program, strerror(-err));
}

/* The module's backends, if it is of the same build as this program; else NULL with the reason in `why`. */
static const struct store_backend *const *judge(const struct module *module, struct buf *why)
{
    if (!module)
        buf_str(why, MODULE_FILE " is none of dtrack's: it has no '" MODULE_TABLE "'");
    else if (strncmp(module->version, VERSION, sizeof module->version))
        buf_printf(why, MODULE_FILE " is of dtrack %.*s, this is " VERSION, (int)sizeof module->version,
                   module->version);
    else if (module->sizes != MODULE_SIZES)
        buf_str(why, MODULE_FILE " is of another build of dtrack " VERSION);
    else
        return module->backends;
    return NULL;
}

const struct store_backend *const *module_load(struct buf *why)
{
    char program[PATH_MAX] = "", file[TRUST_PATH_MAX];
    int err = find_file(program, file);
    if (err) {
        explain_missing(why, program, err);
        return NULL;
    }
    if (is_cut(file)) {
        buf_str(why, MODULE_FILE " does not load: the file is cut short");
        return NULL;
    }
    /* RTLD_NOW: a libcurl that lacks a symbol fails here with a message, not in the middle of an upload. Never closed: libcurl and
     * OpenSSL can't be unloaded safely */
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle)
        return judge(dlsym(handle, MODULE_TABLE), why);
    buf_printf(why, MODULE_FILE " does not load: %s", dlerror());
    return NULL;
}
