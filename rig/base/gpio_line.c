/* Lines of a GPIO chip by the ioctls of the kernel's uAPI v2 on the descriptor of a request. */

#include "rig/base/gpio_line.h"

#include <assert.h>
#include <errno.h>
#include <linux/gpio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

_Static_assert(GPIO_LINES_MAX == GPIO_V2_LINES_MAX, "the uAPI's limit");

#define READ_AT_ONCE 32 /* 1.5 KiB of the stack, and few enough calls for a full buffer */

bool gpio_levels_get(const struct gpio_request *request, uint64_t mask, uint64_t *levels, struct error *error)
{
	struct gpio_v2_line_values values = {.mask = mask};

	if (ioctl(request->fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) < 0)
		return error_set_errno(error, FAULT_RIG, errno, "cannot read GPIO levels");
	*levels = values.bits & mask;
	return true;
}

bool gpio_levels_set(const struct gpio_request *request, uint64_t mask, uint64_t levels, struct error *error)
{
	struct gpio_v2_line_values values = {.mask = mask, .bits = levels & mask};

	if (ioctl(request->fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) < 0)
		return error_set_errno(error, FAULT_RIG, errno, "cannot set GPIO levels");
	return true;
}

static bool edge_from_event(const struct gpio_request *request, const struct gpio_v2_line_event *event,
                            struct gpio_edge *edge, struct error *error)
{
	uint32_t line = 0;

	while (line < request->count && request->offset[line] != event->offset)
		line++;
	if (line == request->count)
		return error_set(error, FAULT_RIG, "an edge of GPIO line %u, which was not requested", event->offset);
	*edge = (struct gpio_edge){
		.t_ns = (int64_t)event->timestamp_ns,
		.line = line,
		.level = event->id == GPIO_V2_LINE_EVENT_RISING_EDGE,
		.line_seqno = event->line_seqno,
		.seqno = event->seqno,
	};
	return true;
}

bool gpio_edges_take(const struct gpio_request *request, struct gpio_edge *edges, size_t size, size_t *count,
                     struct error *error)
{
	struct gpio_v2_line_event events[READ_AT_ONCE];
	size_t wanted, i;
	ssize_t got;

	for (*count = 0; *count < size; ) {
		wanted = size - *count < READ_AT_ONCE ? size - *count : READ_AT_ONCE;
		do
			got = read(request->fd, events, wanted * sizeof *events);
		while (got < 0 && errno == EINTR);
		if (got < 0 && errno == EAGAIN)
			return true;
		if (got < 0)
			return error_set_errno(error, FAULT_RIG, errno, "cannot read GPIO edges");
		if (got == 0 || (size_t)got % sizeof *events)
			return error_set(error, FAULT_RIG, "cannot read GPIO edges: the chip is gone");
		for (i = 0; i < (size_t)got / sizeof *events; i++, ++*count)
			if (!edge_from_event(request, &events[i], &edges[*count], error))
				return false;
		if ((size_t)got < wanted * sizeof *events)
			return true;
	}
	return true;
}

void gpio_request_close(struct gpio_request *request)
{
	if (request->fd >= 0)
		close(request->fd);
	request->fd = -1;
	request->count = 0;
}
