#ifndef HILRIG_BASE_RANDOM_H
#define HILRIG_BASE_RANDOM_H

/* Bytes that nobody can foresee, from /dev/urandom, which never waits. No draw of a simulated night comes from here. */

#include "rig/base/error.h"

#include <stddef.h>

/* `size` at most 256, which come whole. FAULT_ENVIRONMENT when there are none; `error` may be NULL. */
MUST_USE bool random_bytes(void *bytes, size_t size, struct error *error);

#endif
