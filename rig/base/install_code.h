#ifndef HILRIG_RIG_BASE_INSTALL_CODE_H
#define HILRIG_RIG_BASE_INSTALL_CODE_H

/*
 * Install codes of ZigBee devices (Base Device Behaviour 3.0, 10.1): what stands on a label, and the link key that comes of it. A
 * code is 6, 8, 12 or 16 bytes with its check behind it, CRC-16/X-25, low byte first; the key is the ZigBee hash of all of them.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define INSTALL_CODE_SIZE_MAX 18    /* with its check */
#define LINK_KEY_SIZE 16

/*
 * The key of a code in hexadecimal digits, between which spaces and '-' may stand. FAULT_CONFIGURATION: it is none. The error does not
 * repeat the code, which is a secret.
 */
MUST_USE bool install_code_key(const char *text, uint8_t key[LINK_KEY_SIZE], struct error *error);

#endif
