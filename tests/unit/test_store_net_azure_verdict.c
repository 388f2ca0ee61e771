/* SPDX-License-Identifier: MIT */
#include "store/net/azure.h"

#include "test.h"

static const struct azure az = {.label = "azure://runs (account a1)"};

/* An answer and what it means to whoever asked. */
struct expected {
    int status;
    const char *code;
    enum store_result result;
};

static void check_verdict(const struct expected *e, uint64_t got)
{
    auto_buf why = BUF_EMPTY;
    struct azure_op op = {.az = &az, .verb = "write", .name = "runs/r", .why = &why};
    struct azure_call call = {.reply = {.status = e->status}, .got = got};
    snprintf(call.reply.code, sizeof call.reply.code, "%s", e->code);
    enum store_result result = azure_verdict(&op, &call);
    if (result != e->result)
        printf("# %d %s is %d, not %d\n", e->status, e->code, (int)result, (int)e->result);
    CHECK(result == e->result);
    CHECK((result == STORE_OK) == !why.len);
    CHECK(!result ||
          strstr(buf_text(&why), "cannot write 'runs/r' at azure://runs (account a1): the service answered"));
    CHECK(!result || strstr(buf_text(&why), e->code));
}

TEST(each_answer_has_its_meaning)
{
    static const struct expected table[] = {
        {200, "", STORE_OK},
        {201, "", STORE_OK},
        {206, "", STORE_OK},
        {404, "BlobNotFound", STORE_MISSING},
        {404, "ContainerNotFound", STORE_MISSING},
        {409, "BlobAlreadyExists", STORE_EXISTS},
        {409, "ContainerAlreadyExists", STORE_EXISTS},
        {412, "ConditionNotMet", STORE_CHANGED},
        {400, "Md5Mismatch", STORE_RETRY},
        {409, "ContainerBeingDeleted", STORE_RETRY},
        {408, "", STORE_RETRY},
        {429, "", STORE_RETRY},
        {500, "InternalError", STORE_RETRY},
        {503, "ServerBusy", STORE_RETRY},
        {401, "NoAuthenticationInformation", STORE_REFUSED},
        {403, "AuthenticationFailed", STORE_REFUSED},
        {404, "ResourceNotFound", STORE_REFUSED},
        {404, "", STORE_REFUSED},
        {409, "BlobImmutableDueToPolicy", STORE_REFUSED},
        {412, "LeaseIdMissing", STORE_REFUSED},
        {400, "InvalidUri", STORE_REFUSED},
        {301, "", STORE_REFUSED},
        {501, "", STORE_REFUSED},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        check_verdict(&table[i], 0);
}

/* The rest of an object is asked for under the tag of its start. */
TEST(object_replaced_while_it_is_read_may_be_read_again)
{
    check_verdict(&(struct expected){412, "ConditionNotMet", STORE_RETRY}, 100);
}

TEST_MAIN(CASE(each_answer_has_its_meaning), CASE(object_replaced_while_it_is_read_may_be_read_again))
