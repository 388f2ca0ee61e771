/* SPDX-License-Identifier: MIT */
/* The vocabulary of the redactor: every word that it knows, in tables. Judges nothing. */
#include "base/redact_parts.h"

/* Fixed size and no pointers: the shim can't have tables that the loader must relocate. */
struct word {
    char text[15];
    uint8_t len;
    uint8_t class;
    bool suffix; /* the word may be glued to another: PGPASSWORD, authtoken */
};

/* clang-format off */
#define WHOLE(text, class)  {text, sizeof text - 1, class, false}
#define SUFFIX(text, class) {text, sizeof text - 1, class, true}
/* clang-format on */

static const struct word secret_words[] = {
    SUFFIX("password", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("passwd", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("passphrase", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("passcode", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("secret", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("token", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("apikey", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("accesskey", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("accountkey", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("authkey", CLASS_ANYWHERE | SECRET_ANY),
    SUFFIX("privatekey", CLASS_ANYWHERE | SECRET_CREDENTIAL),
    SUFFIX("credential", CLASS_ANYWHERE | SECRET_CREDENTIAL),
    SUFFIX("credentials", CLASS_ANYWHERE | SECRET_CREDENTIAL),
    WHOLE("creds", CLASS_LAST | SECRET_CREDENTIAL),
    SUFFIX("pwd", CLASS_LAST | SECRET_PWD),
    WHOLE("pw", CLASS_LAST | SECRET_PWD),
    WHOLE("pass", CLASS_LAST | SECRET_PASS),
    WHOLE("dbpass", CLASS_LAST | SECRET_ANY),
    WHOLE("keypass", CLASS_LAST | SECRET_ANY),
    WHOLE("rootpass", CLASS_LAST | SECRET_ANY),
    WHOLE("storepass", CLASS_LAST | SECRET_ANY),
    WHOLE("userpass", CLASS_LAST | SECRET_ANY),
    WHOLE("bearer", CLASS_LAST | SECRET_ANY),
    WHOLE("authorization", CLASS_LAST | SECRET_ANY),
    WHOLE("auth", CLASS_LAST | SECRET_AUTH),
    WHOLE("key", CLASS_LAST | SECRET_KEY),
    WHOLE("sig", CLASS_LAST | SECRET_KEY),
    WHOLE("signature", CLASS_LAST | SECRET_KEY),
};

/* What may stand before "key" to make it a secret, or none. */
static const struct word key_words[] = {
    WHOLE("api", CLASS_KEY | SECRET_ANY),
    WHOLE("access", CLASS_KEY | SECRET_ANY),
    WHOLE("account", CLASS_KEY | SECRET_ANY),
    WHOLE("auth", CLASS_KEY | SECRET_ANY),
    WHOLE("shared", CLASS_KEY | SECRET_ANY),
    WHOLE("private", CLASS_KEY | SECRET_CREDENTIAL),
    WHOLE("public", CLASS_PUBLIC),
    WHOLE("pub", CLASS_PUBLIC),
    WHOLE("host", CLASS_PUBLIC),
    WHOLE("cache", CLASS_PUBLIC),
};

/* A name that ends in one of these speaks of a secret, but its value is none. */
static const char aspects[] =
    "file files path paths dir url uri endpoint host port server domain realm service db "
    "user username name names type mode method methods mechanism ttl length len min max "
    "size limit limits count age policy rules provider helper manager plugin backend "
    "store cache process expiry expire expires expiration lifetime validity timeout "
    "duration version format template algorithm alg scope scopes audience issuer "
    "strength index class prompt prompts retries attempts command cmd stdin fd env var "
    "field header reset change rotation enabled disabled required label description hint "
    "arn ref source authentication ";

/* An option that starts with one of these is a switch, not a secret to come. */
static const char switches[] =
    "no without with disable enable ask prompt show hide skip need allow require print "
    "check list verify validate generate has ";

static const char switch_values[] = "0 1 true false yes no on off none null auto ";

static const char auth_methods[] =
    "basic digest plain login ntlm bearer negotiate kerberos gssapi oauth oauth2 ldap "
    "pam trust md5 scram-sha-1 scram-sha-256 key iam aad msi jwt any anyauth ";

static bool same_letters(const char *text, const char *small, size_t len)
{
    size_t i = 0;
    while (i < len && redact_lower(text[i]) == small[i])
        i++;
    return i == len;
}

/* The class of a word in a table, or CLASS_NONE. */
static uint8_t class_of(const struct word *table, size_t entries, const char *text, size_t len)
{
    if (!len)
        return CLASS_NONE;
    char last = redact_lower(text[len - 1]);
    for (size_t i = 0; i < entries; i++) {
        const struct word *w = &table[i];
        if (len < w->len || w->text[w->len - 1] != last || (len > w->len && !w->suffix))
            continue;
        if (same_letters(text + len - w->len, w->text, w->len))
            return w->class;
    }
    return CLASS_NONE;
}

uint8_t redact_word_class(enum word_table table, const char *text, size_t len)
{
    if (table == SECRET_WORDS)
        return class_of(secret_words, ARRAY_LEN(secret_words), text, len);
    return class_of(key_words, ARRAY_LEN(key_words), text, len);
}

/* Whether a list, in which each word ends with a blank, holds the word. */
static bool list_holds(const char *list, size_t size, const char *text, size_t len)
{
    for (size_t at = 0, end = 0; at < size; at = end + 1) {
        for (end = at; list[end] != ' ';)
            end++;
        if (end - at == len && same_letters(text, list + at, len))
            return true;
    }
    return false;
}

bool redact_is_listed(enum word_list list, const char *text, size_t len)
{
    switch (list) {
    case ASPECTS:
        return list_holds(aspects, sizeof aspects - 1, text, len);
    case SWITCHES:
        return list_holds(switches, sizeof switches - 1, text, len);
    case SWITCH_VALUES:
        return list_holds(switch_values, sizeof switch_values - 1, text, len);
    case AUTH_METHODS:
        return list_holds(auth_methods, sizeof auth_methods - 1, text, len);
    }
    return false;
}
