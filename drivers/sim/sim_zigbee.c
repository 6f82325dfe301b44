/* A dongle over a simulated line: the shipped machine of host and OTA server, and the face of a dongle at the other end. */

#include "drivers/sim/radio.h"
#include "drivers/sim/sim_instrument.h"
#include "drivers/zigbee/dongle.h"
#include "rig/base/text.h"

#include <stdlib.h>

struct sim_zigbee {
	struct instrument base;
	struct world *world;
	struct cable *cable;
	bool open;
	int64_t change_ns;     /* it is pulled out or put in */
	struct dongle dongle;
};

static struct sim_zigbee *of(struct instrument *instrument)
{
	return (struct sim_zigbee *)instrument;
}

static void send_unsent(struct sim_zigbee *self, int64_t now_ns)
{
	size_t size = self->dongle.znp.unsent_size;

	self->dongle.wants_lines = false; /* there are none */
	if (!self->open || size == 0)
		return;
	radio_tell(self->world->radio, now_ns, self->dongle.znp.unsent, size);
	dongle_sent(&self->dongle, now_ns, size);
	world_look_again(self->world);
}

static void begin(struct instrument *instrument, int64_t now_ns)
{
	struct sim_zigbee *self = of(instrument);
	uint8_t missed[ZNP_HEARD_MAX];

	while (cable_take(&self->cable->to_rig, now_ns, missed, sizeof missed) > 0)
		; /* said before anybody listened */
	self->open = cable_is_there(self->cable, now_ns);
	self->change_ns = cable_changes(self->cable, now_ns);
	if (self->open)
		dongle_opened(&self->dongle, now_ns);
	send_unsent(self, now_ns);
}

static int64_t deadline(const struct instrument *instrument)
{
	const struct sim_zigbee *self = (const struct sim_zigbee *)instrument;
	int64_t deadline_ns = dongle_deadline(&self->dongle);

	if (self->cable->gaps_changed)
		return 0;
	if (self->change_ns < deadline_ns)
		deadline_ns = self->change_ns;
	return cable_next(&self->cable->to_rig) < deadline_ns ? cable_next(&self->cable->to_rig) : deadline_ns;
}

/* It is pulled out, or there again: what was on the line is lost. */
static void look_at_line(struct sim_zigbee *self, int64_t now_ns)
{
	bool open = cable_is_there(self->cable, now_ns);

	self->change_ns = cable_changes(self->cable, now_ns);
	self->cable->gaps_changed = false;
	if (open == self->open)
		return;
	self->open = open;
	if (open)
		dongle_opened(&self->dongle, now_ns);
	else
		dongle_lost(&self->dongle, now_ns);
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct sim_zigbee *self = of(instrument);
	uint8_t bytes[ZNP_HEARD_MAX];
	size_t size;

	if (self->change_ns <= now_ns || self->cable->gaps_changed)
		look_at_line(self, now_ns);
	while ((size = cable_take(&self->cable->to_rig, now_ns, bytes, sizeof bytes)) > 0)
		if (self->open) {
			dongle_heard(&self->dongle, now_ns, bytes, size);
			send_unsent(self, now_ns);
			dongle_log_heard(&self->dongle);
		}
	if (dongle_deadline(&self->dongle) <= now_ns)
		dongle_tick(&self->dongle, now_ns);
	send_unsent(self, now_ns);
}

static void ask(struct instrument *instrument, int slot, enum upgrade_ask ask, int64_t now_ns)
{
	struct sim_zigbee *self = of(instrument);

	dongle_ask(&self->dongle, slot, ask, now_ns);
	send_unsent(self, now_ns);
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct sim_zigbee *self = (const struct sim_zigbee *)instrument;

	text_copy(text, size, self->dongle.why);
	return self->dongle.up ? INSTRUMENT_READY : INSTRUMENT_NOT_YET;
}

static void close_instrument(struct instrument *instrument)
{
	of(instrument)->world->listener = NULL;
	free(instrument);
}

struct instrument *sim_zigbee_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {.begin = begin, .deadline = deadline, .tick = tick, .upgrade = ask, .state = state,
						    .close = close_instrument};
	static const uint8_t random[32] = {0}; /* its dongle has a network */
	struct sim_zigbee *self;

	if (!start->world->radio || start->world->radio->instrument != instrument) {
		(void)error_set(error, FAULT_CONFIGURATION, "%s: a simulated bench has one dongle at most", start->bench->instruments[instrument].name);
		return NULL;
	}
	self = calloc(1, sizeof *self);
	if (!self) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	self->base = (struct instrument){&kind, instrument};
	self->world = start->world;
	self->world->listener = start->listener;
	self->cable = &start->world->radio->cable;
	if (dongle_init(&self->dongle, start, instrument, random, error))
		return &self->base;
	free(self);
	return NULL;
}
