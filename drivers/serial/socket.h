#ifndef HILRIG_DRIVERS_SERIAL_SOCKET_H
#define HILRIG_DRIVERS_SERIAL_SOCKET_H

/* TCP streams that never block, for drivers/serial/port.c. */

#include "rig/base/error.h"
#include "rig/base/instant.h"

#include <netinet/in.h>

/* Resolves "host:port" ("[::1]:502" for an IPv6 address). May ask a name server, and then waits for it. */
MUST_USE bool socket_resolve(const char *name, struct sockaddr_storage *peer, struct error *error);

/* Begins to connect; the descriptor is writable, or hung up, when that has ended. */
MUST_USE bool socket_begin(const struct sockaddr_storage *peer, int *fd, struct error *error);

/* Whether it has. `*done` false without an error: not yet. Waits for at most `wait_ns`. */
MUST_USE bool socket_connected(int fd, int64_t wait_ns, bool *done, struct error *error);

#endif
