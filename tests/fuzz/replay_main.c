/* SPDX-License-Identifier: MIT */
/* Feeds each file of the folders and files given to a fuzz target, without a fuzzer. One TAP line a file; an
 * input that breaks a promise ends the program, which the suite notices by the missing lines. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/own.h"

#include "fuzz.h"

#define INPUT_MAX ((size_t)1 << 20)

static void feed(const char *path, const char *name, int number)
{
    auto_buf input = BUF_EMPTY;
    int err = file_read(path, INPUT_MAX, &input);
    if (!err) {
        /* a block of exactly this size, so that a sanitizer sees a read behind it */
        auto_free uint8_t *bytes = malloc(input.len ? input.len : 1);
        PROMISE(bytes);
        if (input.len)
            memcpy(bytes, input.data, input.len);
        LLVMFuzzerTestOneInput(bytes, input.len);
    }
    printf("%sok %d - stands %s%s%s\n", err ? "not " : "", number, name, err ? ": " : "", err ? strerror(-err) : "");
    fflush(stdout);
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Feed the folder's files in order. Returns how many there were. */
static int feed_folder(const char *folder, int before)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_input, alphasort);
    for (int i = 0; i < count; i++) {
        auto_buf path = BUF_EMPTY;
        buf_printf(&path, "%s/%s", folder, entries[i]->d_name);
        feed(buf_text(&path), entries[i]->d_name, before + i + 1);
        free(entries[i]);
    }
    free(entries);
    return count;
}

int main(int argc, char **argv)
{
    int fed = 0;
    for (int i = 1; i < argc; i++) {
        int count = feed_folder(argv[i], fed);
        if (count < 0) { /* a single file */
            feed(argv[i], argv[i], fed + 1);
            count = 1;
        }
        fed += count;
    }
    printf("1..%d\n", fed);
    return fed ? 0 : 1;
}
