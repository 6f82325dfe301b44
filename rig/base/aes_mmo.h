#ifndef HILRIG_RIG_BASE_AES_MMO_H
#define HILRIG_RIG_BASE_AES_MMO_H

/*
 * The hash of ZigBee: Matyas-Meyer-Oseas over AES-128, as ZigBee specification 053474 annex B.6 has it, with its padding for
 * messages shorter than 2^16 bits and its longer one for all others. OTA images carry it as their integrity code. By libcrypto;
 * that it does not give AES at all is the host's fault and ends the program.
 */

#include <stddef.h>

#define AES_MMO_SIZE 16

/* At most 2^32 - 1 bits, which is 512 MiB. */
void aes_mmo(const void *bytes, size_t size, unsigned char hash[AES_MMO_SIZE]);

#endif
