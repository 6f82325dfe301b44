#ifndef HILRIG_RIG_BASE_SHA256_H
#define HILRIG_RIG_BASE_SHA256_H

/*
 * SHA-256 by libcrypto, which uses the processor's instructions where there are any.
 *
 * A `struct sha256` owns libcrypto's state: made once (sha256_new), used for any number of digests without malloc, given
 * back with sha256_free. libcrypto failing to give the algorithm at all is the host's fault and ends the program.
 */

#include "rig/base/error.h"

#define SHA256_SIZE 32
#define SHA256_HEX_SIZE (2 * SHA256_SIZE + 1) /* with the terminating zero */

struct sha256;

struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *sha256);

void sha256_begin(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, const void *bytes, size_t size);
void sha256_end(struct sha256 *sha256, unsigned char digest[SHA256_SIZE]);

/* One digest of one piece, as lower-case hex with a terminating zero. */
void sha256_hex(struct sha256 *sha256, const void *bytes, size_t size, char hex[SHA256_HEX_SIZE]);

/* A digest as lower-case hex. */
void sha256_to_hex(const unsigned char digest[SHA256_SIZE], char hex[SHA256_HEX_SIZE]);

#endif
