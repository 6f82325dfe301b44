/* Bytes from /dev/urandom. getrandom(2) would wait on a machine that has just been started. */

#include "rig/base/random.h"

#include <fcntl.h>
#include <unistd.h>

bool random_bytes(void *bytes, size_t size, struct error *error)
{
	int descriptor = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	bool done = descriptor >= 0 && read(descriptor, bytes, size) == (ssize_t)size;

	if (descriptor >= 0)
		close(descriptor);
	return done || error_set(error, FAULT_ENVIRONMENT, "/dev/urandom gives no random bytes");
}
