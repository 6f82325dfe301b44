/* SHA-256 through libcrypto's EVP interface; the algorithm is fetched once, since a fetch costs more than a digest. */

#include "rig/base/sha256.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>

struct sha256 {
	EVP_MD *algorithm;
	EVP_MD_CTX *state;
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
	sha256->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	sha256->state = EVP_MD_CTX_new();
	must(sha256->algorithm && sha256->state);
	/* The first use allocates inside libcrypto; later ones do not. */
	must(EVP_DigestInit_ex2(sha256->state, sha256->algorithm, NULL) == 1);
	return sha256;
}

void sha256_free(struct sha256 *sha256)
{
	if (!sha256)
		return;
	EVP_MD_CTX_free(sha256->state);
	EVP_MD_free(sha256->algorithm);
	free(sha256);
}

void sha256_begin(struct sha256 *sha256)
{
	must(EVP_DigestInit_ex2(sha256->state, NULL, NULL) == 1);
}

void sha256_add(struct sha256 *sha256, const void *bytes, size_t size)
{
	must(EVP_DigestUpdate(sha256->state, bytes, size) == 1);
}

void sha256_end(struct sha256 *sha256, unsigned char digest[SHA256_SIZE])
{
	must(EVP_DigestFinal_ex(sha256->state, digest, NULL) == 1);
}

void sha256_to_hex(const unsigned char digest[SHA256_SIZE], char hex[SHA256_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < SHA256_SIZE; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
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
