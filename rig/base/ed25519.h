#ifndef HILRIG_RIG_BASE_ED25519_H
#define HILRIG_RIG_BASE_ED25519_H

/*
 * Ed25519 (RFC 8032) by libcrypto, and what goes with it: BLAKE2b-512 (RFC 7693) for what is signed by its digest, and bytes
 * that nobody can guess. libcrypto failing to give one of them at all is the host's fault and ends the program.
 */

#include "rig/base/error.h"

#define ED25519_SEED_SIZE 32      /* the secret */
#define ED25519_PUBLIC_SIZE 32
#define ED25519_SIGNATURE_SIZE 64
#define BLAKE2B_SIZE 64

/* The public key that belongs to a secret one. */
void ed25519_public(const unsigned char seed[ED25519_SEED_SIZE], unsigned char key[ED25519_PUBLIC_SIZE]);

/* Equal bytes and an equal secret give an equal signature. */
void ed25519_sign(const unsigned char seed[ED25519_SEED_SIZE], const void *bytes, size_t size,
		  unsigned char signature[ED25519_SIGNATURE_SIZE]);

/* Whether the signature is one of these bytes by this key; false also for a key that is none. */
bool ed25519_holds(const unsigned char key[ED25519_PUBLIC_SIZE], const void *bytes, size_t size,
		   const unsigned char signature[ED25519_SIGNATURE_SIZE]);

void blake2b(const void *bytes, size_t size, unsigned char digest[BLAKE2B_SIZE]);

/* Fills `bytes` from libcrypto's generator for secrets. */
void secret_random(void *bytes, size_t size);

#endif
