/* GPIO lines behind the runtime's contract; everything on the descriptor is rig/base/gpio_line.h. */

#include "drivers/gpio_instrument.h"

#include "drivers/gpio.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EDGES_AT_ONCE 64

struct gpio_instrument {
	struct instrument base;
	const struct bench *bench;
	struct holding *holding;
	const struct instrument_listener *listener;
};

static bool is_used(const struct bench *bench, const struct bench_channel *channel, int instrument, const bool *taking_part)
{
	(void)bench;
	return channel->instrument == instrument && (channel->slot < 0 || taking_part[channel->slot]) &&
	       (channel->kind == CHANNEL_INPUT || channel->kind == CHANNEL_SWITCH);
}

static struct held_request *next_request(struct holding *holding, struct error *error)
{
	if (holding->request_count == HOLDING_REQUESTS_MAX) {
		(void)error_set(error, FAULT_CONFIGURATION, "more than %d GPIO requests", HOLDING_REQUESTS_MAX);
		return NULL;
	}
	return &holding->requests[holding->request_count];
}

static bool acquire_input(const struct bench *bench, int instrument, int channel, struct holding *holding,
			  struct error *error)
{
	struct gpio_wanted wanted = {.line = &bench->channels[channel].line, .direction = GPIO_INPUT, .edges = true};
	struct held_request *held = next_request(holding, error);

	if (!held || !gpio_open(&held->request, bench->instruments[instrument].chip, &wanted, 1, "hilrig", error))
		return held ? error_prefix(error, "%s", bench->channels[channel].name) : false;
	held->output = false;
	held->channels[0] = channel;
	held->instrument = instrument;
	holding->request_count++;
	return true;
}

static bool acquire_outputs(const struct bench *bench, int instrument, const int *channels, size_t count,
			    struct holding *holding, struct error *error)
{
	struct gpio_wanted wanted[GPIO_LINES_MAX];
	struct held_request *held;
	size_t i;

	if (count == 0)
		return true;
	held = next_request(holding, error);
	for (i = 0; i < count; i++)
		wanted[i] = (struct gpio_wanted){.line = &bench->channels[channels[i]].line, .direction = GPIO_OUTPUT};
	if (!held || !gpio_open(&held->request, bench->instruments[instrument].chip, wanted, count, "hilrig", error))
		return held ? error_prefix(error, "%s", bench->instruments[instrument].name) : false;
	held->output = true;
	held->instrument = instrument;
	memcpy(held->channels, channels, count * sizeof *channels);
	holding->request_count++;
	return true;
}

bool gpio_instrument_acquire(const struct bench *bench, int instrument, const bool *taking_part, struct holding *holding,
			     struct error *error)
{
	int outputs[GPIO_LINES_MAX];
	size_t count = 0;
	int i;

	for (i = 0; i < bench->channel_count; i++) {
		if (!is_used(bench, &bench->channels[i], instrument, taking_part))
			continue;
		if (bench->channels[i].kind == CHANNEL_INPUT) {
			if (!acquire_input(bench, instrument, i, holding, error))
				return false;
		} else if (count == GPIO_LINES_MAX) {
			return error_set(error, FAULT_CONFIGURATION, "%s: more than %d outputs on one chip",
					 bench->instruments[instrument].name, GPIO_LINES_MAX);
		} else {
			outputs[count++] = i;
		}
	}
	return acquire_outputs(bench, instrument, outputs, count, holding, error);
}

static struct gpio_instrument *of(struct instrument *instrument)
{
	return (struct gpio_instrument *)instrument;
}

static struct held_request *request_of(const struct gpio_instrument *gpio, int channel, uint32_t *line)
{
	int i;

	for (i = 0; i < gpio->holding->request_count; i++) {
		struct held_request *held = &gpio->holding->requests[i];

		for (*line = 0; *line < held->request.count; ++*line)
			if (held->channels[*line] == channel)
				return held;
	}
	return NULL;
}

static int descriptors(const struct instrument *instrument, int fds[INSTRUMENT_DESCRIPTORS_MAX])
{
	const struct gpio_instrument *gpio = (const struct gpio_instrument *)instrument;
	int i, count = 0;

	for (i = 0; i < gpio->holding->request_count && count < INSTRUMENT_DESCRIPTORS_MAX; i++)
		if (gpio->holding->requests[i].instrument == instrument->index && !gpio->holding->requests[i].output &&
		    gpio->holding->requests[i].request.fd >= 0)
			fds[count++] = gpio->holding->requests[i].request.fd;
	return count;
}

static void drain(struct gpio_instrument *gpio, struct held_request *held)
{
	struct gpio_edge edges[EDGES_AT_ONCE];
	struct error error;
	size_t count, i;

	do {
		if (!gpio_edges_take(&held->request, edges, EDGES_AT_ONCE, &count, &error)) {
			gpio->listener->fault(gpio->listener->self, -1, FAULT_RIG, error.text);
			gpio_request_close(&held->request);
			return;
		}
		for (i = 0; i < count; i++)
			gpio->listener->edge(gpio->listener->self, held->channels[edges[i].line], edges[i].t_ns, edges[i].level,
					     edges[i].line_seqno);
	} while (count == EDGES_AT_ONCE);
}

static void ready(struct instrument *instrument, int fd, int64_t now_ns)
{
	struct gpio_instrument *gpio = of(instrument);
	int i;

	(void)now_ns;
	for (i = 0; i < gpio->holding->request_count; i++)
		if (gpio->holding->requests[i].request.fd == fd)
			drain(gpio, &gpio->holding->requests[i]);
}

static void set(struct instrument *instrument, int channel, int64_t milli, int64_t deadline_ns, int64_t now_ns)
{
	struct gpio_instrument *gpio = of(instrument);
	struct error error = {FAULT_RIG, "no such line"};
	struct held_request *held;
	uint64_t levels = 0;
	uint32_t line;
	bool done;

	(void)deadline_ns;
	(void)now_ns;
	held = request_of(gpio, channel, &line);
	done = held && gpio_levels_set(&held->request, UINT64_C(1) << line, milli ? UINT64_MAX : 0, &error) &&
	       gpio_levels_get(&held->request, UINT64_C(1) << line, &levels, &error);
	if (!done)
		gpio->listener->output(gpio->listener->self, channel, false, FAULT_RIG, error.text);
	else
		gpio->listener->output(gpio->listener->self, channel, (levels >> line & 1) == (milli ? 1U : 0U), FAULT_RIG,
				       levels >> line & 1 ? "on" : "off");
}

/* It may overtake an edge that waits; whoever polls must know (rig/run/recorder.h). */
static int level(struct instrument *instrument, int channel)
{
	struct gpio_instrument *gpio = of(instrument);
	struct held_request *held;
	uint64_t levels;
	uint32_t line;

	held = request_of(gpio, channel, &line);
	if (!held || held->request.fd < 0)
		return -1;
	if (!gpio_levels_get(&held->request, UINT64_C(1) << line, &levels, NULL))
		return -1;
	return (int)(levels >> line & 1);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct gpio_instrument *gpio = (const struct gpio_instrument *)instrument;
	uint32_t lines = 0;
	int i;

	for (i = 0; i < gpio->holding->request_count; i++)
		if (gpio->holding->requests[i].instrument == instrument->index)
			lines += gpio->holding->requests[i].request.count;
	(void)snprintf(text, size, "%u lines of %s", (unsigned)lines, gpio->bench->instruments[instrument->index].chip);
	return INSTRUMENT_READY;
}

static bool off(const struct instrument *instrument, const struct holding *holding, struct off_script *script,
		struct error *error)
{
	const struct gpio_instrument *gpio = (const struct gpio_instrument *)instrument;
	struct off_line line;
	int i;
	uint32_t j;

	for (i = 0; i < holding->request_count; i++) {
		const struct held_request *held = &holding->requests[i];

		for (j = 0; held->output && held->instrument == instrument->index && j < held->request.count; j++) {
			const struct bench_channel *channel = &gpio->bench->channels[held->channels[j]];

			memset(&line, 0, sizeof line);
			memcpy(line.name, channel->name, sizeof line.name - 1);
			line.causes = OFF_CAUSE_PERSON;
			if (channel->on_rig_loss == ON_RIG_LOSS_OFF)
				line.causes |= OFF_CAUSE_RIG;
			line.request = (uint16_t)i;
			line.line = (uint16_t)j;
			if (!off_script_add_line(script, &line, error))
				return false;
		}
	}
	return true;
}

static void close_instrument(struct instrument *instrument)
{
	free(instrument); /* the lines are the holding's */
}

struct instrument *gpio_instrument_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {
		.descriptors = descriptors, .ready = ready, .set = set, .level = level, .state = state, .off = off,
		.close = close_instrument,
	};
	struct gpio_instrument *gpio = calloc(1, sizeof *gpio);

	if (!gpio) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	gpio->base = (struct instrument){&kind, instrument};
	gpio->bench = start->bench;
	gpio->holding = start->holding;
	gpio->listener = start->listener;
	return &gpio->base;
}
