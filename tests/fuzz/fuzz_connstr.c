/* SPDX-License-Identifier: MIT */
/* Any text as a connection string: refused with a reason, or a usable account. */
#include <string.h>
#include <strings.h>

#include "base/own.h"
#include "store/net/connstr.h"

#include "fuzz.h"

static void check_account(const struct connstr *c)
{
    PROMISE(c->account && c->endpoint);
    PROMISE(!c->key != !c->sas);
    PROMISE(!strncasecmp(c->endpoint, "http", 4) && strstr(c->endpoint, "://"));
    PROMISE(!strpbrk(c->endpoint, " \t\r\n?#@\\\""));
    PROMISE(!strpbrk(c->account, ":/\r\n"));
    PROMISE(!c->sas || !strpbrk(c->sas, " \r\n#"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct connstr c = {0};
    auto_buf why = BUF_EMPTY;
    auto_free char *text = strndup((const char *)data, size);
    PROMISE(text);
    if (connstr_parse(text, &c, &why))
        PROMISE(why.len && !c.account && !c.key && !c.sas && !c.endpoint);
    else
        check_account(&c);
    connstr_release(&c);
    return 0;
}
