/* Lines of a simulated chip: levels are the world's, and outputs drive its relays. Edges come from the world by themselves. */

#include "drivers/sim/sim_instrument.h"

#include <stdio.h>
#include <stdlib.h>

struct sim_gpio {
	struct instrument base;
	struct world *world;
	const struct instrument_listener *listener;
};

static void set(struct instrument *instrument, int channel, int64_t milli, int64_t deadline_ns, int64_t now_ns)
{
	struct sim_gpio *gpio = (struct sim_gpio *)instrument;
	bool on = milli != 0;

	(void)deadline_ns;
	world_drive(gpio->world, channel, on, now_ns);
	gpio->listener->output(gpio->listener->self, channel, true, FAULT_RIG, on ? "on" : "off");
}

static int level(struct instrument *instrument, int channel)
{
	return world_level(((struct sim_gpio *)instrument)->world, channel);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct sim_gpio *gpio = (const struct sim_gpio *)instrument;

	(void)snprintf(text, size, "lines of a simulated %s", gpio->world->bench->instruments[instrument->index].chip);
	return INSTRUMENT_READY;
}

static void close_instrument(struct instrument *instrument)
{
	((struct sim_gpio *)instrument)->world->listener = NULL;
	free(instrument);
}

struct instrument *sim_gpio_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {.set = set, .level = level, .state = state, .close = close_instrument};
	struct sim_gpio *gpio = calloc(1, sizeof *gpio);

	if (!gpio) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	gpio->base = (struct instrument){&kind, instrument};
	gpio->world = start->world;
	gpio->listener = start->listener;
	world_request_lines(start->world, start->listener);
	return &gpio->base;
}
