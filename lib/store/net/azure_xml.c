/* SPDX-License-Identifier: MIT */
/* A small parser for the XML that Azure Blob sends: elements, one attribute (others are ignored), text with the standard
 * entities. No DTD, CDATA or namespaces, which the service does not use. Knows no network. */
#include "store/net/azure_xml.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "store/name.h"

#define DEPTH_MAX 16 /* elements open at once; real replies have 5 */

/* A piece of the input. */
struct slice {
    const char *at;
    size_t len;
};

enum token {
    TOKEN_OPEN,  /* <name ...> */
    TOKEN_EMPTY, /* <name ... /> */
    TOKEN_CLOSE, /* </name> */
    TOKEN_END,
    TOKEN_BAD,
};

struct reader {
    const char *at, *end;
    struct slice text;       /* raw text before the token */
    struct slice name;       /* of the token's element */
    struct slice attributes; /* raw */
};

static bool slice_is(struct slice s, const char *text)
{
    return s.len == strlen(text) && !memcmp(s.at, text, s.len);
}

static bool starts_with(const struct reader *r, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(r->end - r->at) >= len && !memcmp(r->at, text, len);
}

/* Skip to after the next `text`; false when there is none. Only for constructs that end at its first occurrence: declarations and
 * comments. */
static bool skip_past(struct reader *r, const char *text)
{
    const char *found = memmem(r->at, (size_t)(r->end - r->at), text, strlen(text));
    if (found)
        r->at = found + strlen(text);
    return found;
}

/* The end of a tag: the first '>' outside quotes. */
static const char *tag_end(const struct reader *r)
{
    char quote = 0;
    for (const char *c = r->at; c < r->end; c++) {
        if (quote)
            quote = *c == quote ? 0 : quote;
        else if (*c == '"' || *c == '\'')
            quote = *c;
        else if (*c == '>')
            return c;
    }
    return NULL;
}

/* Parse the tag at r->at. Its name ends at a blank or a slash. */
static enum token read_tag(struct reader *r)
{
    const char *end = tag_end(r);
    if (!end)
        return TOKEN_BAD;
    const char *start = r->at + 1, *stop = end;
    bool closes = start < stop && *start == '/', empty = !closes && stop > start && stop[-1] == '/';
    start += closes;
    stop -= empty;
    const char *name_end = start;
    while (name_end < stop && !memchr(" \t\r\n/<", *name_end, 6))
        name_end++;
    r->name = (struct slice){start, (size_t)(name_end - start)};
    r->attributes = (struct slice){name_end, (size_t)(stop - name_end)};
    r->at = end + 1;
    if (!r->name.len)
        return TOKEN_BAD;
    return closes ? TOKEN_CLOSE : empty ? TOKEN_EMPTY : TOKEN_OPEN;
}

/* The next tag; declarations and comments are skipped. */
static enum token next_token(struct reader *r)
{
    for (;;) {
        const char *text = r->at;
        const char *tag = memchr(r->at, '<', (size_t)(r->end - r->at));
        if (!tag)
            return TOKEN_END;
        r->text = (struct slice){text, (size_t)(tag - text)};
        r->at = tag;
        bool declaration = starts_with(r, "<?"), comment = starts_with(r, "<!--");
        if (!declaration && !comment)
            return starts_with(r, "<!") ? TOKEN_BAD : read_tag(r);
        if (!skip_past(r, declaration ? "?>" : "-->"))
            return TOKEN_BAD;
    }
}

/* --- text --- */

/* A character by its number: "#65" or "#x41". Decimal or hex digits only, where strtoul() would take more. */
static int put_number(struct buf *out, const char *digits, size_t len)
{
    int base = len && (*digits == 'x' || *digits == 'X') ? 16 : 10;
    char copy[10];
    digits += base == 16;
    len -= base == 16;
    if (!len || len >= sizeof copy)
        return -EBADMSG;
    memcpy(copy, digits, len);
    copy[len] = '\0';
    char *end;
    unsigned long point = strtoul(copy, &end, base);
    if (*end || *copy == '-' || *copy == '+' || *copy == ' ' || !point)
        return -EBADMSG;
    utf8_put(out, (uint32_t)point);
    return 0;
}

/* The five predefined entities of XML. Any other is an error: ignoring it would drop a part of a name. */
static int put_entity(struct buf *out, struct slice name)
{
    static const struct {
        const char *name;
        char value;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    if (name.len && *name.at == '#')
        return put_number(out, name.at + 1, name.len - 1);
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (!slice_is(name, known[i].name))
            continue;
        buf_char(out, known[i].value);
        return 0;
    }
    return -EBADMSG;
}

/* Append text with its entities resolved. */
static int put_text(struct buf *out, struct slice text)
{
    const char *at = text.at, *end = text.at + text.len;
    if (memchr(at, '\0', text.len)) /* would truncate a name */
        return -EBADMSG;
    while (at < end) {
        const char *amp = memchr(at, '&', (size_t)(end - at));
        buf_add(out, at, (size_t)((amp ? amp : end) - at));
        if (!amp)
            break;
        const char *semicolon = memchr(amp, ';', (size_t)(end - amp));
        if (!semicolon)
            return -EBADMSG;
        int err = put_entity(out, (struct slice){amp + 1, (size_t)(semicolon - amp - 1)});
        if (err)
            return err;
        at = semicolon + 1;
    }
    return 0;
}

/* --- List Blobs --- */

struct listing {
    struct slice open[DEPTH_MAX];
    size_t depth;
    struct buf name; /* of the blob being read */
    bool name_coded; /* Encoded="true": the name is percent-encoded, because XML can't represent it */
    uint64_t size;
    struct buf *marker;
    store_list_fn each;
    void *ctx;
    bool complete; /* the root element was closed */
};

/* Whether the innermost open element is `element`, directly inside `parent`. Two levels distinguish a blob's name from that of a
 * prefix or of metadata. */
static bool inside(const struct listing *l, const char *parent, const char *element)
{
    return l->depth >= 2 && slice_is(l->open[l->depth - 1], element) && slice_is(l->open[l->depth - 2], parent);
}

/* At most 19 digits, which fit in 64 bits. */
static int take_size(struct listing *l, struct slice text)
{
    uint64_t size = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || i > 18)
            return -EBADMSG;
        size = size * 10 + (uint64_t)(text.at[i] - '0');
    }
    l->size = size;
    return 0;
}

/* Set the current blob's name, percent-decoded if it is Encoded. */
static int take_name(struct listing *l, struct slice text)
{
    if (!l->name_coded)
        return put_text(&l->name, text);
    auto_buf plain = BUF_EMPTY;
    int err = put_text(&plain, text);
    if (!err)
        err = name_decode(&l->name, buf_text(&plain), plain.len);
    return err == -EINVAL ? -EBADMSG : err;
}

/* A blob's element was closed: pass the blob on. */
static int emit_blob(struct listing *l)
{
    int err = buf_error(&l->name);
    if (!err && !l->name.len)
        err = -EBADMSG;
    if (err)
        return err;
    return l->each(l->ctx, &(struct store_entry){.name = buf_text(&l->name), .size = l->size});
}

/* The root element's name is checked, so that an XHTML page from a proxy does not count as an empty listing. */
static int on_open(struct listing *l, const struct reader *r)
{
    if (l->complete || l->depth == DEPTH_MAX || (!l->depth && !slice_is(r->name, "EnumerationResults")))
        return -EBADMSG;
    l->open[l->depth++] = r->name;
    if (inside(l, "Blobs", "Blob")) {
        buf_clear(&l->name);
        l->size = 0;
    } else if (inside(l, "Blob", "Name")) {
        l->name_coded = memmem(r->attributes.at, r->attributes.len, "Encoded=\"true\"", 14);
    }
    return 0;
}

/* An element's text is processed when it is closed: all text before the closing tag. */
static int on_close(struct listing *l, const struct reader *r)
{
    if (!l->depth)
        return -EBADMSG;
    struct slice top = l->open[l->depth - 1];
    if (top.len != r->name.len || memcmp(top.at, r->name.at, top.len))
        return -EBADMSG;
    int err = 0;
    if (inside(l, "Blob", "Name"))
        err = take_name(l, r->text);
    else if (inside(l, "Properties", "Content-Length"))
        err = take_size(l, r->text);
    else if (inside(l, "EnumerationResults", "NextMarker"))
        err = put_text(l->marker, r->text);
    else if (inside(l, "Blobs", "Blob"))
        err = emit_blob(l);
    l->complete = --l->depth == 0;
    return err;
}

/* A reply is accepted only if its root element was closed: a truncated one would look like a shorter list. */
static int read_listing(struct listing *l, struct reader *r)
{
    for (;;) {
        enum token token = next_token(r);
        if (token == TOKEN_END)
            return l->complete ? buf_error(l->marker) : -EBADMSG;
        if (token == TOKEN_BAD)
            return -EBADMSG;
        int err = token == TOKEN_OPEN ? on_open(l, r) : token == TOKEN_CLOSE ? on_close(l, r) : 0;
        if (err)
            return err;
    }
}

int azure_xml_list(const char *xml, size_t len, store_list_fn each, void *ctx, struct buf *marker)
{
    struct reader r = {.at = xml, .end = xml + len};
    struct listing l = {.marker = marker, .each = each, .ctx = ctx};
    buf_clear(marker);
    int err = read_listing(&l, &r);
    buf_release(&l.name);
    return err;
}

/* The first <Code> element at any level. Without one the caller still has the HTTP status. */
void azure_xml_error(const char *xml, size_t len, struct buf *code)
{
    struct reader r = {.at = xml, .end = xml + len};
    for (;;) {
        enum token token = next_token(&r);
        if (token == TOKEN_END || token == TOKEN_BAD)
            return;
        if (token == TOKEN_CLOSE && slice_is(r.name, "Code")) {
            if (put_text(code, r.text))
                buf_clear(code);
            return;
        }
    }
}
