/* A count of what was closed. */

#include "rig/base/descriptor.h"

#include <stdatomic.h>
#include <unistd.h>

static atomic_uint closings;

void descriptor_close(int descriptor)
{
	(void)close(descriptor);
	atomic_fetch_add_explicit(&closings, 1, memory_order_relaxed);
}

unsigned descriptor_closings(void)
{
	return atomic_load_explicit(&closings, memory_order_relaxed);
}
