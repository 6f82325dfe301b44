#ifndef HILRIG_RIG_BASE_GPIO_LINE_H
#define HILRIG_RIG_BASE_GPIO_LINE_H

/*
 * Lines of a GPIO chip that somebody has requested, driven through the descriptor of the request.
 *
 * drivers/gpio.h requests lines with libgpiod and then has done; everything afterwards goes through here, by the ioctls of
 * the kernel's uAPI v2 (<linux/gpio.h>). So the rig, the supervisor and a rig that was handed descriptors at resume use
 * the same few calls, and lines never change hands: libgpiod cannot adopt a descriptor, this can. A request crosses a
 * fork by itself and a socket as a descriptor plus `count` and `offset`.
 *
 * Levels are logical: after active-low, 1 is active. Instants are CLOCK_MONOTONIC, taken by the kernel in the interrupt.
 * Bit n of a mask or of values is line n of the request, in the order of `offset`.
 *
 * Edges. The kernel keeps at most GPIO_EDGES_MAX of one request and drops the oldest; `line_seqno` then shows a gap. One
 * request per edge input is the right division: 64 lines in one request share one buffer, which lines that toggle every
 * 100 us fill in 1.6 ms, and one chattering line costs the others their edges; with a request each it is 102 ms, and each
 * line loses only its own. The level of an edge was read by the kernel a little after its stamp, so a line that moves
 * faster than the interrupt is served gives two equal edges in a row.
 *
 * Nothing here allocates. Errors are FAULT_RIG and name what was tried.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define GPIO_LINES_MAX 64    /* of one request: GPIO_V2_LINES_MAX */
#define GPIO_EDGES_MAX 1024  /* 16 * GPIO_V2_LINES_MAX, the kernel's limit whatever is asked for */

struct gpio_request {
	int fd;              /* owned, non-blocking, readable when an edge waits; -1: none */
	uint32_t count;
	uint32_t offset[GPIO_LINES_MAX]; /* on the chip */
};

struct gpio_edge {
	int64_t t_ns;
	uint32_t line;       /* index into the request */
	int level;           /* 0 or 1, from here on */
	uint32_t line_seqno; /* of this line, from 1, +1 each; wraps after 2^32 */
	uint32_t seqno;      /* of the request, likewise */
};

/* The levels of the lines in `mask`, inputs and outputs alike, read from the chip in one call. */
MUST_USE bool gpio_levels_get(const struct gpio_request *request, uint64_t mask, uint64_t *levels, struct error *error);

/* Sets the output lines in `mask`, all in one call. */
MUST_USE bool gpio_levels_set(const struct gpio_request *request, uint64_t mask, uint64_t levels, struct error *error);

/*
 * Takes edges that wait, oldest first, at most `size`; `*count` 0 when there are none. To be called until it gives less
 * than `size`. Fails when the chip is gone (its USB bridge was pulled out); the request is then dead.
 */
MUST_USE bool gpio_edges_take(const struct gpio_request *request, struct gpio_edge *edges, size_t size, size_t *count,
                              struct error *error);

/* Lets the lines go; what they do then is up to the chip. Safe on one that is closed. */
void gpio_request_close(struct gpio_request *request);

#endif
