/* SPDX-License-Identifier: MIT */
/* The only file that includes OpenSSL. Knows bytes and keys, no requests. */
/* OpenSSL first: its headers spell attributes in words that sys/attr.h defines. */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "store/net/sign.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"

struct sign_digest {
    EVP_MD_CTX *ctx;
    bool failed;
};

int sign_key_decode(const char *base64, struct sign_key *key)
{
    size_t len = strlen(base64);
    if (!len || len / 4 * 3 > SIGN_KEY_MAX)
        return -EINVAL;
    long size = base64_decode(base64, len, key->bytes);
    if (size <= 0)
        return -EINVAL;
    key->len = (size_t)size;
    return 0;
}

/* SIGN_TEXT has room for the longest digest in use. */
static void put_base64(const void *data, size_t len, char text[SIGN_TEXT])
{
    EVP_EncodeBlock((unsigned char *)text, data, (int)len);
}

int sign_hmac(const struct sign_key *key, const void *data, size_t len, char text[SIGN_TEXT])
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!HMAC(EVP_sha256(), key->bytes, (int)key->len, data, len, mac, &size))
        return -EIO;
    put_base64(mac, size, text);
    return 0;
}

struct sign_digest *sign_digest_new(void)
{
    struct sign_digest *digest = calloc(1, sizeof *digest);
    if (!digest)
        return NULL;
    digest->ctx = EVP_MD_CTX_new();
    if (!digest->ctx || !EVP_DigestInit_ex(digest->ctx, EVP_md5(), NULL)) {
        sign_digest_free(digest);
        return NULL;
    }
    return digest;
}

/* A failure is remembered until sign_digest_end(), so that loops need no error check. */
void sign_digest_add(struct sign_digest *digest, const void *data, size_t len)
{
    if (!EVP_DigestUpdate(digest->ctx, data, len))
        digest->failed = true;
}

int sign_digest_end(struct sign_digest *digest, char text[SIGN_TEXT])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (digest->failed || !EVP_DigestFinal_ex(digest->ctx, sum, &size))
        return -EIO;
    put_base64(sum, size, text);
    return 0;
}

void sign_digest_free(struct sign_digest *digest)
{
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->ctx);
    free(digest);
}

void sign_digest_drop(struct sign_digest **digest)
{
    sign_digest_free(*digest);
}
