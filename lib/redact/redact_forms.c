/* SPDX-License-Identifier: MIT */
/* Recognises secrets by their form, beyond those that the shim knows: tokens of services, secret addresses (webhooks), XML. Not
 * linked into the shim. */
#include <string.h>

#include "redact/redact_more.h"
#include "redact/redact_parts.h"

/* A token's prefix, and the minimum number of letters, digits and "_-.=~" that follow. Case-sensitive. */
struct token {
    char start[16];
    unsigned char least;
};

/* clang-format off */
static const struct token tokens[] = {
    {"sk_test_", 16}, {"rk_test_", 16}, {"whsec_", 20}, {"shpat_", 24}, {"shpss_", 24}, {"shpca_", 24},
    {"shppa_", 24}, {"glsa_", 24}, {"glc_", 24}, {"dapi", 32}, {"dkea", 32}, {"pul-", 32}, {"lin_api_", 32}, {"lin_oauth_", 32},
    {"rubygems_", 40}, {"AGE-SECRET-KEY-", 50}, {"AGE-PLUGIN-", 40}, {"key-", 32}, {"sk-ant-", 32}, {"glptt-", 20}, {"glft-", 16},
    {"glagent-", 20}, {"gloas-", 20}, {"glcbt-", 16}, {"glsoat-", 16}, {"glimt-", 16}, {"glffct-", 16}, {"NRAK-", 20},
    {"NRJS-", 16}, {"NRAA-", 20}, {"PMAK-", 20}, {"PMAT-", 20}, {"figd_", 24}, {"ntn_", 32}, {"secret_", 40}, {"ATATT3", 40},
    {"ATCTT3", 40}, {"ATBB", 24}, {"dp.pt.", 32}, {"dp.st.", 32}, {"dp.ct.", 32}, {"dp.sa.", 32}, {"dp.scim.", 32}, {"dp.audit.", 32},
    {"sntrys_", 32}, {"sntryu_", 32}, {"sntrya_", 32}, {"tskey-", 20}, {"CCIPAT_", 30}, {"CCIPRJ_", 30}, {"bkua_", 32}, {"bkaj_", 32},
    {"r8_", 32}, {"sq0atp-", 20}, {"sq0csp-", 30}, {"EAAAE", 50}, {"sbp_", 32}, {"pscale_", 30}, {"dt0c01.", 24}, {"dt0s01.", 24},
    {"ops_eyJ", 40}, {"dckr_oat_", 20}, {"hvb.", 20}, {"hvr.", 20}, {"doo_v1_", 32}, {"dor_v1_", 32}, {"CFPAT-", 30},
    {"xkeysib-", 40}, {"shippo_live_", 30}, {"shippo_test_", 30}, {"nfp_", 30}, {"nfc_", 30}, {"HRKU-", 30}, {"fo1_", 30},
    {"fm1r_", 30}, {"fm2_", 30}, {"CLOJARS_", 40}, {"oy2", 43}, {"EZAK", 40}, {"EZTK", 40},
    {"FLWSECK", 20}, {"fio-u-", 40}, {"ico-", 30}, {"AKCp", 60}, {"cmVmd", 40}, {"pplx-", 40}, {"gsk_", 40}, {"xai-", 60}, {"rnd_", 24},
    {"re_", 30}, {"phx_", 30}, {"lsv2_", 30}, {"pnu_", 30}, {"rdme_", 40}, {"tfp_", 40}, {"napi_", 40},
    {"tk-us-", 40}, {"duffel_", 30}, {"shpua_", 24}, {"sk-or-", 32}, {"hf_", 30}, {"api_org_", 30}, {"ABSK", 90},
    {"CAPI-", 30}, {"AstraCS:", 60}, {"sk.eyJ", 40}, {"dG9rOg", 60}, {"glrt-", 16}, {"xoxe.", 40}, {"1//0", 40},
    {"cfut_", 30}, {"tfr_", 30}, {"aio_", 24}, {"apify_api_", 30}, {"ctx7sk-", 30}, {"tk_", 29},
    {"zpka_", 30}, {"pat-na1-", 30}, {"pat-eu1-", 30}, {"t1.9eu", 40}, {"y0_", 40}, {"AQVN", 34},
};

/* Tokens with a fixed text inside: that text, the number of characters before it, and the minimum number after it. */
static const struct { const char *inside; unsigned before, least; } middles[] = {
    {".atlasv1.", 14, 40}, {"8Q~", 3, 24}, {"7Q~", 3, 24},
};

/* Addresses that contain a secret: the host, the text directly before the secret, and the characters that end it. */
static const struct { const char *host, *before, *ends; } addresses[] = {
    {"hooks.slack.com/", "/services/", "\"'?&"}, {"hooks.slack.com/", "/workflows/", "\"'?&"}, {"discord", "/api/webhooks/", "\"'?&"},
    {"api.telegram.org/", "/bot", "/\"'?&"}, {".webhook.office.com/", "/webhookb2/", "\"'?&"}, {"outlook.office.com/", "/webhook/", "\"'?&"},
    {".azurewebsites.net/", "code=", "\"'&#"}, {"oapi.dingtalk.com/", "access_token=", "\"'&#"}, {"open.feishu.cn/", "/hook/", "\"'?&"},
    {"hooks.zapier.com/", "/catch/", "\"'?&"}, {"maker.ifttt.com/", "/key/", "\"'?&"}, {"events.pagerduty.com/", "/integration/", "/\"'?&"},
    {"healthchecks.io/", ".io/", "\"'?&"}, {"jdbc:oracle:", "/", "@\"'"}, {"qyapi.weixin.qq.com/", "key=", "\"'&#"},
};
/* clang-format on */

/* At most so many characters are examined from any position, so that the time is linear. */
#define LOOK_MAX 512
#define SHORTEST 20 /* token or address */

static const char *skip_token(const char *at, size_t most)
{
    for (; most && (redact_kind(*at) & KIND_NAME || *at == '=' || *at == '~'); most--)
        at++;
    return at;
}

/* Whether the bytes are a known kind of token. Without a digit they are taken for a name. */
static bool is_token(const char *from, const char *end)
{
    size_t all = (size_t)(end - from);
    if (all < SHORTEST || redact_skip(from, end, ~KIND_DIGIT) == end)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
        size_t len = strlen(tokens[i].start);
        if (!strncmp(from, tokens[i].start, len) && all >= len + tokens[i].least)
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(middles); i++) {
        size_t before = middles[i].before, len = strlen(middles[i].inside);
        if (all >= before + len + middles[i].least && !strncmp(from + before, middles[i].inside, len))
            return true;
    }
    return false;
}

/* <password>X</password>: the content of an element whose name denotes a secret. */
static const char *xml_value(const char *from, const char **to)
{
    struct redactor none = {.rules = ""};
    const char *name = from + 1, *name_end = redact_skip(name, name + strnlen(name, REDACT_JUDGED_MAX), KIND_NAME);
    if (*from != '<' || name_end == name || (*name_end != '>' && *name_end != ' ') ||
        !redact_name(&none, name, name_end))
        return NULL;
    const char *value = memchr(name_end, '>', strnlen(name_end, LOOK_MAX));
    if (!value || value[-1] == '/')
        return NULL;
    *to = value + 1 + strcspn(value + 1, "<");
    return *to > value + 1 && (*to)[0] == '<' && (*to)[1] == '/' ? value + 1 : NULL;
}

/* The secret part of an address that starts the word at `from`. */
static const char *address_value(const char *from, const char *word_end, const char **to)
{
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        const char *host = memmem(from, (size_t)(word_end - from), addresses[i].host, strlen(addresses[i].host));
        if (!host)
            continue;
        const char *before = memmem(host, (size_t)(word_end - host), addresses[i].before, strlen(addresses[i].before));
        if (!before)
            continue;
        const char *value = before + strlen(addresses[i].before);
        *to = value;
        while (*to < word_end && !strchr(addresses[i].ends, **to))
            ++*to;
        if (*to > value && strncmp(value, "***", 3))
            return value;
    }
    return NULL;
}

static bool starts_word(const char *text, const char *at)
{
    return at == text || !(redact_kind(at[-1]) & (KIND_NAME | KIND_FILLER));
}

/* The next secret from `at` on, with its end in *to; or NULL. */
static const char *find(const char *text, const char *at, const char **to)
{
    const char *value = *at == '<' ? xml_value(at, to) : NULL;
    if (value || !starts_word(text, at) || !(redact_kind(*at) & KIND_ALNUM))
        return value;
    if (is_token(at, skip_token(at, LOOK_MAX))) {
        *to = skip_token(at, SIZE_MAX);
        return at;
    }
    if (strncmp(at, "http", 4) && strncmp(at, "jdbc:", 5))
        return NULL;
    size_t most = strnlen(at, LOOK_MAX);
    const char *word_end = at;
    while (most-- && !(redact_kind(*word_end) & KIND_BLANK))
        word_end++;
    return address_value(at, word_end, to);
}

bool redact_put_forms(struct buf *out, const char *text)
{
    const char *kept = text, *to;
    if (strlen(text) < SHORTEST && !strchr(text, '<'))
        return false;
    for (const char *at = text; *at;) {
        const char *from = find(text, at, &to);
        if (!from) {
            at++;
            continue;
        }
        buf_add(out, kept, (size_t)(from - kept));
        buf_str(out, "***");
        at = kept = to;
    }
    if (kept > text)
        buf_str(out, kept);
    return kept > text;
}
