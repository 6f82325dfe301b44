/*
 * Ed25519 and BLAKE2b through libcrypto's EVP interface. SHA-256 is in a file of its own, because a journal's writer needs
 * the older interface that takes no memory; here memory does not matter: a run signs once.
 */

#include "rig/base/ed25519.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdio.h>
#include <stdlib.h>

static void must(bool done)
{
	if (!done) {
		fputs("hilrig: libcrypto does not give Ed25519, BLAKE2b or random bytes\n", stderr);
		exit(EXIT_CODE_RIG);
	}
}

static EVP_PKEY *secret_of(const unsigned char seed[ED25519_SEED_SIZE])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, ED25519_SEED_SIZE);

	must(key != NULL);
	return key;
}

void ed25519_public(const unsigned char seed[ED25519_SEED_SIZE], unsigned char key[ED25519_PUBLIC_SIZE])
{
	EVP_PKEY *secret = secret_of(seed);
	size_t size = ED25519_PUBLIC_SIZE;

	must(EVP_PKEY_get_raw_public_key(secret, key, &size) == 1 && size == ED25519_PUBLIC_SIZE);
	EVP_PKEY_free(secret);
}

void ed25519_sign(const unsigned char seed[ED25519_SEED_SIZE], const void *bytes, size_t size,
		  unsigned char signature[ED25519_SIGNATURE_SIZE])
{
	EVP_PKEY *secret = secret_of(seed);
	EVP_MD_CTX *state = EVP_MD_CTX_new();
	size_t signature_size = ED25519_SIGNATURE_SIZE;

	must(state && EVP_DigestSignInit(state, NULL, NULL, NULL, secret) == 1 &&
	     EVP_DigestSign(state, signature, &signature_size, bytes, size) == 1 && signature_size == ED25519_SIGNATURE_SIZE);
	EVP_MD_CTX_free(state);
	EVP_PKEY_free(secret);
}

bool ed25519_holds(const unsigned char key[ED25519_PUBLIC_SIZE], const void *bytes, size_t size,
		   const unsigned char signature[ED25519_SIGNATURE_SIZE])
{
	EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, ED25519_PUBLIC_SIZE);
	EVP_MD_CTX *state = EVP_MD_CTX_new();
	bool holds;

	must(state != NULL);
	holds = public && EVP_DigestVerifyInit(state, NULL, NULL, NULL, public) == 1 &&
		EVP_DigestVerify(state, signature, ED25519_SIGNATURE_SIZE, bytes, size) == 1;
	EVP_MD_CTX_free(state);
	EVP_PKEY_free(public);
	return holds;
}

void blake2b(const void *bytes, size_t size, unsigned char digest[BLAKE2B_SIZE])
{
	unsigned digest_size = BLAKE2B_SIZE;

	must(EVP_Digest(bytes, size, digest, &digest_size, EVP_blake2b512(), NULL) == 1 && digest_size == BLAKE2B_SIZE);
}

void secret_random(void *bytes, size_t size)
{
	must(RAND_priv_bytes(bytes, (int)size) == 1);
}
