/* One AES block of the message after the other, each encrypted with the hash so far as its key. */

#include "rig/base/aes_mmo.h"

#include "rig/base/error.h"

#include <openssl/evp.h>

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK AES_MMO_SIZE
#define SHORT_BITS_MAX 0xFFFFU

static void must(bool done)
{
	if (!done) {
		fputs("hilrig: libcrypto does not give AES-128\n", stderr);
		exit(EXIT_CODE_RIG);
	}
}

static void take_block(EVP_CIPHER_CTX *state, const unsigned char *block, unsigned char hash[AES_MMO_SIZE])
{
	unsigned char encrypted[BLOCK];
	int size = 0, i;

	must(EVP_EncryptInit_ex(state, NULL, NULL, hash, NULL) == 1 && EVP_CIPHER_CTX_set_padding(state, 0) == 1 &&
	     EVP_EncryptUpdate(state, encrypted, &size, block, BLOCK) == 1 && size == BLOCK);
	for (i = 0; i < BLOCK; i++)
		hash[i] = encrypted[i] ^ block[i];
}

/* What is left of the message, a 1 bit, zeros, and its length in bits: in 2 bytes, or in 4 and two zeros behind. */
static size_t pad(const unsigned char *rest, size_t rest_size, uint64_t bits, unsigned char padded[3 * BLOCK])
{
	size_t length_size = bits <= SHORT_BITS_MAX ? 2 : 6;
	size_t size = (rest_size + 1 + length_size + BLOCK - 1) / BLOCK * BLOCK, i;
	unsigned char *length = padded + size - length_size;

	memset(padded, 0, 3 * BLOCK);
	memcpy(padded, rest, rest_size);
	padded[rest_size] = 0x80;
	for (i = 0; i < (length_size == 2 ? 2U : 4U); i++)
		length[i] = (unsigned char)(bits >> 8 * ((length_size == 2 ? 1 : 3) - i));
	return size;
}

void aes_mmo(const void *bytes, size_t size, unsigned char hash[AES_MMO_SIZE])
{
	const unsigned char *from = bytes;
	EVP_CIPHER_CTX *state = EVP_CIPHER_CTX_new();
	unsigned char padded[3 * BLOCK];
	size_t whole = size / BLOCK * BLOCK, i, padded_size;

	assert(size <= UINT32_MAX / 8);
	must(state && EVP_EncryptInit_ex(state, EVP_aes_128_ecb(), NULL, NULL, NULL) == 1);
	memset(hash, 0, AES_MMO_SIZE);
	for (i = 0; i < whole; i += BLOCK)
		take_block(state, from + i, hash);
	padded_size = pad(from + whole, size - whole, 8 * (uint64_t)size, padded);
	for (i = 0; i < padded_size; i += BLOCK)
		take_block(state, padded + i, hash);
	EVP_CIPHER_CTX_free(state);
}
