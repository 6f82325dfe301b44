/*
 * SHA-256 through libcrypto's plain functions, which use the processor's instructions as the EVP interface does. That one
 * frees and takes memory in every EVP_DigestInit_ex2 (OpenSSL 3.0), which a journal's writer must not, and costs more than
 * the digest of a line. The plain functions are old, not gone: OPENSSL_API_COMPAT says which interface is meant.
 */

#define OPENSSL_API_COMPAT 0x10101000L

#include "rig/base/sha256.h"

#include <openssl/sha.h>

#include <stdio.h>
#include <stdlib.h>

struct sha256 {
	SHA256_CTX state;
};

static void must(bool done)
{
	if (!done) {
		fputs("hilrig: libcrypto does not give SHA-256\n", stderr);
		exit(EXIT_CODE_RIG);
	}
}

struct sha256 *sha256_new(void)
{
	struct sha256 *sha256 = calloc(1, sizeof *sha256);

	must(sha256 != NULL);
	return sha256;
}

void sha256_free(struct sha256 *sha256)
{
	free(sha256);
}

void sha256_begin(struct sha256 *sha256)
{
	must(SHA256_Init(&sha256->state) == 1);
}

void sha256_add(struct sha256 *sha256, const void *bytes, size_t size)
{
	must(SHA256_Update(&sha256->state, bytes, size) == 1);
}

void sha256_end(struct sha256 *sha256, unsigned char digest[SHA256_SIZE])
{
	must(SHA256_Final(digest, &sha256->state) == 1);
}

void sha256_to_hex(const unsigned char digest[SHA256_SIZE], char hex[SHA256_HEX_SIZE])
{
	unsigned char nibbles[2 * SHA256_SIZE];
	size_t i;

	for (i = 0; i < SHA256_SIZE; i++) {
		nibbles[2 * i] = digest[i] >> 4;
		nibbles[2 * i + 1] = digest[i] & 15;
	}
	for (i = 0; i < sizeof nibbles; i++) /* without a branch: the compiler takes many at once */
		hex[i] = (char)(nibbles[i] + '0' + (nibbles[i] > 9 ? 'a' - '9' - 1 : 0));
	hex[2 * SHA256_SIZE] = '\0';
}

void sha256_hex(struct sha256 *sha256, const void *bytes, size_t size, char hex[SHA256_HEX_SIZE])
{
	unsigned char digest[SHA256_SIZE];

	sha256_begin(sha256);
	sha256_add(sha256, bytes, size);
	sha256_end(sha256, digest);
	sha256_to_hex(digest, hex);
}
