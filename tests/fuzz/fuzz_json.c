/* SPDX-License-Identifier: MIT */
/* Any bytes as JSON: what is accepted is printed as JSON that reads and prints the same; the tree, the tokens
 * and the summary agree on what is JSON. */
#include <string.h>

#include "base/json.h"
#include "base/json_lex.h"
#include "base/utf8.h"
#include "export/summary_json.h"

#include "fuzz.h"

/* Is the text one value by the tokens alone? A byte order mark is the tree's business. */
static bool is_one_value(const char *text, size_t len)
{
    struct json_lexer lx = {.at = text, .end = text + len};
    struct json_slice slice;
    return !json_lex_skip(&lx, json_lex(&lx, &slice)) && json_lex(&lx, &slice) == JSON_END;
}

static void check_again(const struct json *root)
{
    auto_buf once = BUF_EMPTY, twice = BUF_EMPTY;
    auto_json again = NULL;
    PROMISE(!json_print(root, &once) && utf8_valid(once.data, once.len) && !memchr(once.data, '\n', once.len));
    PROMISE(!json_parse(once.data, once.len, &again) && !json_print(again, &twice));
    PROMISE(!strcmp(once.data, twice.data));
}

static void check_summary(const char *text, size_t len)
{
    auto_buf once = BUF_EMPTY, twice = BUF_EMPTY;
    struct summary s, again;
    if (summary_json_parse(text, len, &s))
        return;
    summary_json_put(&once, &s);
    PROMISE(!summary_json_parse(once.data, once.len, &again));
    summary_json_put(&twice, &again);
    PROMISE(!strcmp(once.data, twice.data));
    summary_release(&s);
    summary_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_json root = NULL;
    const char *text = (const char *)data;
    bool accepted = !json_parse(text, size, &root);
    bool marked = size >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3);
    PROMISE(accepted == is_one_value(text + (marked ? 3 : 0), size - (marked ? 3 : 0)));
    if (accepted)
        check_again(root);
    check_summary(text, size);
    return 0;
}
