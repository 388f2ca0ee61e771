/* SPDX-License-Identifier: MIT */
/* Which values are no secret, although their name says so. */
#include "base/redact_parts.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool looks_like_path(const char *value, size_t len)
{
    size_t dots = 0;
    while (dots < len && dots < 2 && (value[dots] == '.' || value[dots] == '~'))
        dots++;
    if (dots == len || value[dots] != '/')
        return dots == len && dots > 0;
    for (size_t i = 0; i < len; i++) {
        if (value[i] == '+' || value[i] == '=')
            return false; /* base64 may start with a slash, too */
    }
    return true;
}

/* Whether the value ends like "server.pem". */
static bool looks_like_file(const char *value, size_t len)
{
    size_t letters = 0;
    while (letters < len && value[len - 1 - letters] >= 'a' && value[len - 1 - letters] <= 'z')
        letters++;
    return letters >= 2 && letters <= 5 && letters < len && value[len - 1 - letters] == '.';
}

static bool is_number(const char *value, size_t len)
{
    size_t i = 0;
    while (i < len && value[i] >= '0' && value[i] <= '9')
        i++;
    return i == len;
}

/* "8080:80", "127.0.0.1:8080:80/tcp". */
static bool looks_like_ports(const char *value, size_t len)
{
    size_t i = 0, colons = 0;
    while (i < len && ((value[i] >= '0' && value[i] <= '9') || value[i] == ':' || value[i] == '.'))
        colons += value[i++] == ':';
    return colons && (i == len || value[i] == '/');
}

/* What stands in a run of letters and digits. */
struct mixture {
    size_t len, hex, digits, upper, lower;
};

static void add_to_mixture(struct mixture *m, char c)
{
    char small = redact_lower(c);
    bool digit = c >= '0' && c <= '9';
    m->len++;
    m->digits += digit;
    m->hex += digit || (small >= 'a' && small <= 'f');
    m->upper += is_upper(c);
    m->lower += c >= 'a' && c <= 'z';
}

/* 20 characters of base64 without a capital, a small letter or a digit are one in ten thousand; names of that
 * length with all three are rare, too. Of one case only, as long as a digest. */
static bool is_random_mixture(const struct mixture *m)
{
    if (!m->digits || m->digits == m->len)
        return false;
    if (m->len >= 20 && m->upper && m->lower)
        return true;
    return m->len >= 40 || (m->len >= 32 && m->hex == m->len);
}

bool redact_looks_random(const char *value, size_t len)
{
    struct mixture m = {0};
    for (size_t i = 0; i < len; i++) {
        char c = value[i];
        if (redact_is_blank(c))
            return false;
        if (redact_is_alnum(c) || c == '+' || c == '=' || c == '%') {
            add_to_mixture(&m, c);
        } else {
            if (is_random_mixture(&m))
                return true;
            m = (struct mixture){0};
        }
    }
    return is_random_mixture(&m);
}

bool redact_value_is_plain(enum secret_kind kind, const char *value, size_t len)
{
    if (!len || kind == SECRET_NOT)
        return true;
    if (kind != SECRET_OPTION && redact_is_listed(SWITCH_VALUES, value, len))
        return true;
    switch (kind) {
    case SECRET_CREDENTIAL:
        return looks_like_path(value, len) || looks_like_file(value, len);
    case SECRET_PWD:
        return looks_like_path(value, len);
    case SECRET_PASS:
        return is_number(value, len);
    case SECRET_AUTH:
        return redact_is_listed(AUTH_METHODS, value, len);
    case SECRET_OPTION:
        return looks_like_ports(value, len);
    case SECRET_KEY:
        return !redact_looks_random(value, len);
    default:
        return false;
    }
}
