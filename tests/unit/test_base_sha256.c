/* SPDX-License-Identifier: MIT */
/* Expected values are sha256sum's. */
#include "base/sha256.h"

#include "test.h"

static void end(struct sha256 *digest, char *text)
{
    unsigned char sum[SHA256_BYTES];
    sha256_end(digest, sum);
    for (size_t i = 0; i < sizeof sum; i++)
        snprintf(text + 2 * i, 3, "%02x", sum[i]);
}

/* The digest of `len` times 'x', given in pieces of `piece` bytes. */
static const char *digest_of(size_t len, size_t piece, char text[2 * SHA256_BYTES + 1])
{
    static char bytes[256];
    struct sha256 digest;
    memset(bytes, 'x', sizeof bytes);
    sha256_begin(&digest);
    for (size_t left = len; left; left -= MIN(left, piece))
        sha256_add(&digest, bytes, MIN(left, piece));
    end(&digest, text);
    return text;
}

TEST(digests_match_the_standard)
{
    struct sha256 digest;
    char text[2 * SHA256_BYTES + 1];
    sha256_begin(&digest);
    sha256_add(&digest, "ab", 2);
    sha256_add(&digest, "c", 1);
    end(&digest, text);
    CHECK_STR(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_STR(digest_of(0, 1, text), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_STR(digest_of(200000, 256, text), "91e3faafd322bcdf160f3f0ce886acb092b9b9e2a1e8526b40f21a8898a8700b");
}

/* Where the padding just fits into the last block, and where it takes one more. */
TEST(lengths_around_a_block_are_padded_right)
{
    static const struct {
        size_t len;
        const char *digest;
    } known[] = {
        {1, "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"},
        {55, "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"},
        {56, "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e"},
        {63, "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2"},
        {64, "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"},
        {65, "9537c5fdf120482f7d58d25e9ed583f52c02b4e304ea814db1633ad565aed7e9"},
        {119, "000b48d4edf0fa7bee3c6236ecd2785baa5db4eeb8bb54341b029e0d9fa5fb0c"},
        {120, "13f05a0b594787f5ecd315edc96141bd3243203d1b7d4f0836f37308b276ba98"},
        {128, "24da1b81d0b16df6428eee73c69fcb2a93c76bc6df706f0c6670fe6bfe800464"},
    };
    char text[2 * SHA256_BYTES + 1];
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        CHECK_STR(digest_of(known[i].len, 256, text), known[i].digest);
        CHECK_STR(digest_of(known[i].len, 7, text), known[i].digest);
    }
}

TEST_MAIN(CASE(digests_match_the_standard), CASE(lengths_around_a_block_are_padded_right))
