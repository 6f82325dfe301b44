#ifndef HILRIG_DRIVERS_GPIO_H
#define HILRIG_DRIVERS_GPIO_H

/*
 * Finds GPIO chips and lines and requests them, with libgpiod 2.1 or later. What is done with the lines afterwards is
 * rig/base/gpio_line.h; libgpiod holds nothing once gpio_open has returned.
 *
 * A chip is named by its label ("pinctrl-rp1"), its name ("gpiochip4") or a path ("/dev/gpiochip4"); the label is the
 * one that does not change from boot to boot. A line is named by its offset in decimal ("17") or by its name ("GPIO17");
 * digits are always an offset. Two chips of one label and two lines of one name are refused, with the candidates named.
 *
 * Inputs with `edges` give both edges raw: no debounce (the kernel's stamps the end of the quiet time, milliseconds late),
 * CLOCK_MONOTONIC, the largest buffer there is. Outputs get their initial level in the request itself, so that the line
 * never shows another one first.
 *
 * Errors: FAULT_CONFIGURATION where the bench file names a chip or line that is not there (what is there, and what was
 * meant), FAULT_BUSY where another program holds the line (which), FAULT_RIG for everything else.
 */

#include "rig/base/gpio_line.h"
#include "rig/bench/bench.h"

enum gpio_direction { GPIO_INPUT, GPIO_OUTPUT };

struct gpio_wanted {
	const struct bench_line *line;  /* not every chip can set a bias or a drive; the request then fails and says so */
	enum gpio_direction direction;
	bool edges;                     /* of an input */
	int level;                      /* of an output: 0 or 1, after active-low */
};

/*
 * Requests `count` lines (1 to GPIO_LINES_MAX) of one chip as one request; either all or none. Lines are in the request in
 * the order of `wanted`. `consumer` is what other programs see as the holder, at most 31 bytes. Each edge input wants a
 * request of its own (gpio_line.h says why); outputs and plain inputs may share one.
 */
MUST_USE bool gpio_open(struct gpio_request *request, const char *chip, const struct gpio_wanted *wanted, size_t count,
                        const char *consumer, struct error *error);

/* A chip of this machine, for `suggest` and `check`. */
struct gpio_chip {
	char path[32];
	char label[32];
	uint32_t line_count;
};

/* Fills at most `size` chips, ordered by their number, and gives how many there are. */
size_t gpio_chips(struct gpio_chip *chips, size_t size);

#endif
