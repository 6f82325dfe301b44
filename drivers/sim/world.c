/* Plant and cables in one time; what the plant says goes to levels, edges, cables and whoever wants the truth. */

#include "drivers/sim/world.h"

#include "drivers/sim/lapse.h"
#include "drivers/sim/loader_fault.h"
#include "drivers/sim/radio_fault.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <stdlib.h>
#include <string.h>

#define LOOKS_AGAIN_NS (75 * NS_PER_MS) /* inputs are polled oftener */

/* ---- Whose time ---- */

int64_t world_plant_ns(const struct world *world, int64_t t_ns)
{
	return t_ns + world->asleep_ns;
}

/* All that happens while the host sleeps happens at one instant of its clock. */
static int64_t host_ns(const struct world *world, int64_t plant_ns)
{
	if (world->asleep)
		return world->slept_at_ns;
	return plant_ns == INSTANT_NEVER ? INSTANT_NEVER : plant_ns - world->asleep_ns;
}

static int64_t true_of(const struct world *world, int64_t plant_ns)
{
	/* In microseconds, so that a week of the largest rate fits. */
	return plant_ns - plant_ns / NS_PER_US * world->gains_ns / (NS_PER_S / NS_PER_US);
}

int64_t world_true_ns(const struct world *world, int64_t t_ns)
{
	return true_of(world, world_plant_ns(world, t_ns));
}

static void tell_fact(const struct world *world, int slot, const struct plant_output *fact, int64_t plant_ns)
{
	struct plant_output told = *fact;

	told.t_ns = host_ns(world, plant_ns);
	told.true_ns = true_of(world, plant_ns);
	if (world->settings->fact)
		world->settings->fact(world->settings->self, slot == PLANT_NONE ? "" : world->plant_settings.slots[slot].name, &told);
}

/* Of the air, which it happens on now. */
static void tell_air_fact(const struct world *world, int slot, const struct plant_output *fact)
{
	tell_fact(world, slot, fact, world->plant.t_ns);
}

/* ---- What the plant says ---- */

/*
 * The edge as the kernel sees it: numbered, unless it was lost before that, and delivered, unless it was lost behind it. The first of a
 * request is not lost behind it: nobody could tell, for there is none before it to count from.
 */
static void edge(struct world *world, int channel, int level, int64_t t_ns)
{
	struct sim_fault *lost = world->asleep ? NULL : sim_fault_due(&world->file.faults, world->seqnos[channel] > 0 ? FAULTY_EDGE_LOST : FAULTY_EDGE_UNNUMBERED,
								      FAULTY_EDGE_UNNUMBERED, world->channel_slot[channel], world->channel_line[channel], t_ns);

	if (world->asleep)
		return; /* its kernel neither numbers nor delivers */
	if (lost)
		lost->fired++;
	if (!lost || lost->kind == FAULTY_EDGE_LOST)
		world->seqnos[channel]++;
	if (!lost && world->listener)
		world->listener->edge(world->listener->self, channel, t_ns, level, world->seqnos[channel]);
}

void world_request_lines(struct world *world, const struct instrument_listener *listener)
{
	world->listener = listener;
	memset(world->seqnos, 0, (size_t)world->bench->channel_count * sizeof *world->seqnos);
}

static void read_again(struct world *world, int channel, int64_t t_ns)
{
	int level = world->wires[channel] ^ world->flipped[channel];

	if (world->levels[channel] == level)
		return;
	world->levels[channel] = level;
	edge(world, channel, level, t_ns);
}

static void set_level(struct world *world, int channel, int level, int64_t t_ns)
{
	if (channel < 0)
		return;
	world->wires[channel] = level;
	read_again(world, channel, t_ns);
}

int world_level(struct world *world, int channel)
{
	struct sim_fault *wrong = sim_fault_due(&world->file.faults, FAULTY_LEVEL_WRONG, FAULTY_LEVEL_WRONG, world->channel_slot[channel],
						world->channel_line[channel], world->now_ns);

	if (!wrong || world->now_ns >= wrong->at_ns + wrong->for_ns)
		return world->levels[channel];
	wrong->fired = 1;
	wrong->times = 2; /* not through before its time is over */
	return !world->levels[channel];
}

struct sim_fault *world_bus_fault(struct world *world, enum sim_fault_kind from, enum sim_fault_kind to, int instrument, int64_t t_ns)
{
	struct sim_fault *fault = sim_fault_due(&world->file.faults, from, to, instrument, -1, t_ns);

	if (fault)
		fault->fired++;
	return fault;
}

/* What is said to a host that sleeps is lost. */
static void say_line(struct world *world, int slot, struct cable *cable, const struct phrases *words, const char *text,
		     int64_t plant_ns)
{
	char said[PHRASE_SIZE], line[PHRASE_SIZE + 2];
	struct text to;

	(void)phrases_say(words, text, world->plant_settings.slots[slot].hub_guid, said);
	text_init(&to, line, sizeof line);
	text_format(&to, "%s\r\n", said);
	if (!world->asleep)
		cable_say(cable, host_ns(world, plant_ns), line, to.used);
}

/* One that was planned met something to act on, in a slot of the plant. */
static void count_at(struct world *world, enum sim_fault_kind kind, int slot, int64_t plant_ns)
{
	struct sim_fault *fault = sim_fault_due(&world->file.faults, kind, kind, world->bench_slot[slot], -1, plant_ns);

	if (fault)
		fault->fired++;
}

static void count(struct world *world, enum sim_fault_kind kind, int slot)
{
	count_at(world, kind, slot, world->plant.t_ns);
}

/* The same of a supply: one that acts at an instant acts then or never. */
static void count_supply(struct world *world, enum sim_fault_kind kind, int supply)
{
	int i;

	for (i = 0; i < world->file.faults.count; i++) {
		struct sim_fault *fault = &world->file.faults.list[i];
		bool now = kind == FAULTY_SUPPLY_TRIPS || kind == FAULTY_SUPPLY_RESETS ? fault->at_ns == world->plant.t_ns
				  : kind == FAULTY_SUPPLY_RAMPS				? fault->fired == 0
										: true;

		if (fault->kind == kind && fault->instrument == world->supply_instrument[supply] && now)
			fault->fired++;
	}
}

static void count_facts(struct world *world, const struct plant_output *fact)
{
	if (fact->fact == FACT_AD1_SPURIOUS)
		count(world, FAULTY_AD1_SPURIOUS, fact->slot);
	else if (fact->fact == FACT_BREAKER && !fact->value && world->plant.slots[fact->slot].mains)
		count(world, FAULTY_RCD, fact->slot);
	else if (fact->fact == FACT_HELD && fact->value)
		count(world, FAULTY_BACK_FEED, fact->slot);
	else if (fact->fact == FACT_SUPPLY_TRIPPED)
		count_supply(world, FAULTY_SUPPLY_TRIPS, fact->part);
	else if (fact->fact == FACT_SUPPLY_RESET)
		count_supply(world, FAULTY_SUPPLY_RESETS, fact->part);
	else if (fact->fact == FACT_SUPPLY_REFUSED)
		count_supply(world, FAULTY_SUPPLY_LOCKED, fact->part);
	else if (fact->fact == FACT_SUPPLY_OUTPUT && fact->value)
		count_supply(world, FAULTY_SUPPLY_RAMPS, fact->part);
	else if (fact->fact == FACT_AD1_THROTTLED && fact->value == 1)
		count(world, FAULTY_AD1_THROTTLED, fact->slot);
	else if (fact->fact == FACT_METER_RESET)
		count(world, FAULTY_METER_RESET, fact->slot);
}

static void put(void *self, const struct plant_output *output)
{
	struct world *world = self;
	bool bench = output->slot == PLANT_NONE;
	struct world_slot *slot = bench ? NULL : &world->slots[output->slot];

	switch (output->kind) {
	case PLANT_LINE:
		set_level(world, bench ? world->bench_line_channel[output->line] : world->line_channel[output->slot][output->line],
			  output->level, host_ns(world, output->t_ns));
		break;
	case PLANT_HUB_TEXT:
		say_line(world, output->slot, &world->slots[slot->hub_of].hub, &slot->hub_words, output->text, output->t_ns);
		break;
	case PLANT_METER_TEXT:
		say_line(world, output->slot, &slot->meter, &slot->meter_words, output->text, output->t_ns);
		break;
	case PLANT_TRUTH:
		count_facts(world, output);
		if (world->radio)
			radio_take_fact(world->radio, output);
		if (output->fact == FACT_IMAGE_HELD)
			lapse_begin(world, output->slot, host_ns(world, output->t_ns));
		if (slot && (output->fact == FACT_METER_RESET || output->fact == FACT_METER_DIED))
			meter_console_forget(&slot->console);
		tell_fact(world, output->slot, output, output->t_ns);
		break;
	}
}

static void tell_first_block(const struct world *world, int slot)
{
	const struct plant_output fact = {.kind = PLANT_TRUTH, .slot = slot, .fact = FACT_FIRST_BLOCK, .part = PLANT_NONE, .relay = PLANT_NONE,
					  .text = ""};

	tell_fact(world, slot, &fact, world->plant.t_ns);
}

/* Its ACK leaves. One that was refused before is the first for as long as it takes. */
static bool acknowledges_first(const struct xmodem_receive *receive, const uint8_t *answer, size_t size)
{
	return size == 1 && answer[0] == XMODEM_ACK && receive->begun && receive->number == 2;
}

/* An MCUmgr server answers with how far it is: a first piece is no longer than its buffer. */
static bool says_first_block(const struct meter_console *console, const uint8_t *answer, size_t size)
{
	if (console->protocol == LOADER_SMP)
		return console->smp.at > 0 && console->smp.at <= SMP_METER_BUFFER;
	if (console->protocol == LOADER_YMODEM)
		return console->ymodem.stage == YMODEM_FILE && acknowledges_first(&console->ymodem.receive, answer, size);
	return acknowledges_first(&console->xmodem, answer, size);
}

static void say(void *self, int slot, const void *bytes, size_t size)
{
	struct world *world = self;
	int64_t t_ns = host_ns(world, world->plant.t_ns);
	uint8_t answer[SESSION_OUTPUT_SIZE];

	memcpy(answer, bytes, size);
	loader_fault_answer(world, slot, t_ns, answer, size);
	if (says_first_block(&world->slots[slot].console, answer, size))
		tell_first_block(world, slot);
	if (!world->asleep)
		cable_say(&world->slots[slot].meter, t_ns, answer, size);
	loader_fault_reset(world, slot, t_ns);
}

static void arrived(void *self, int slot, uint8_t *image, size_t size)
{
	struct world *world = self;

	loader_fault_image(world, slot, host_ns(world, world->plant.t_ns), image, size);
}

static void print(void *self, int slot, const char *text)
{
	struct world *world = self;

	say_line(world, slot, &world->slots[slot].meter, &world->slots[slot].meter_words, text, world->plant.t_ns);
}

static void forbidden(void *self, const char *text)
{
	struct world *world = self;

	if (world->listener)
		world->listener->fault(world->listener->self, -1, FAULT_RIG, text);
}

/* ---- Time ---- */

/* A group's mirror contact is closed, 1, while its contactor is open; what senses its breaker says 1 until that trips. */
static void set_mirrors(struct world *world, int64_t t_ns)
{
	const struct bench *bench = world->bench;
	int i;

	for (i = 0; i < bench->group_count; i++) {
		const struct plant_contact *contact;

		set_level(world, bench->groups[i].tripped, !world->plant.tripped[i], t_ns);
		if (bench->groups[i].mirror < 0 || bench->groups[i].contactor < 0)
			continue;
		contact = &world->contacts[bench->groups[i].contactor];
		set_level(world, bench->groups[i].mirror, !world->plant.relays[contact->board][contact->relay].closed, t_ns);
	}
}

static void step_consoles(struct world *world, int64_t t_ns)
{
	uint8_t bytes[SESSION_OUTPUT_SIZE];
	size_t size;
	int i;

	for (i = 0; i < world->plant_settings.slot_count; i++) {
		struct world_slot *slot = &world->slots[i];

		if (!slot->has_meter_console || (cable_next(&slot->meter.to_device) > t_ns && meter_console_next(&slot->console) > world->plant.t_ns))
			continue;
		do {
			size = cable_take(&slot->meter.to_device, t_ns, bytes, sizeof bytes);
			meter_console_step(&slot->console, world->plant.t_ns, bytes, size);
		} while (size > 0);
	}
}

/* What is on the air and what has come to the dongle, with the meters' consoles: both are ends of wires of the plant's. */
static void step_ends(struct world *world, int64_t t_ns)
{
	step_consoles(world, t_ns);
	if (world->radio)
		radio_step(world->radio, t_ns);
}

static int channel_of(const struct world *world, const struct sim_fault *fault)
{
	int at = fault->slot < 0 ? -1 : world->plant_slot[fault->slot];

	return at < 0 ? -1 : world->line_channel[at][fault->line];
}

/* Every second step of a chatter ends a pulse; the line then stands as long as the pulse was. */
static void step_chatter(struct world *world, struct sim_fault *fault, int channel)
{
	world->flipped[channel] ^= 1;
	read_again(world, channel, fault->next_ns);
	fault->fired += world->flipped[channel] != fault->code;
	fault->next_ns = fault->fired == fault->times && world->flipped[channel] == fault->code ? INSTANT_NEVER : fault->next_ns + fault->by_ns;
}

static void tell_consoles(const struct world *world, bool there)
{
	const struct plant_output fact = {.kind = PLANT_TRUTH, .fact = FACT_CONSOLE, .part = PLANT_NONE, .relay = PLANT_NONE, .value = there,
					  .text = ""};
	int i;

	for (i = 0; i < world->plant_settings.slot_count; i++)
		tell_fact(world, i, &fact, world->plant.t_ns);
}

/* The host's clock stands still at t_ns; the plant and the meters' consoles go on. */
static void sleep_through(struct world *world, int64_t for_ns, int64_t t_ns)
{
	int64_t until_ns = world->plant.t_ns + for_ns;

	world->asleep = true;
	world->slept_at_ns = t_ns;
	tell_consoles(world, false);
	while (world->plant.t_ns < until_ns) {
		struct plant_event tick = {.kind = PLANT_TICK, .t_ns = plant_next(&world->plant)};
		int i;

		for (i = 0; i < world->plant_settings.slot_count; i++)
			if (world->slots[i].has_meter_console && meter_console_next(&world->slots[i].console) < tick.t_ns)
				tick.t_ns = meter_console_next(&world->slots[i].console);
		if (world->radio && radio_next(world->radio) < tick.t_ns)
			tick.t_ns = radio_next(world->radio);
		if (tick.t_ns < world->plant.t_ns)
			tick.t_ns = world->plant.t_ns;
		if (tick.t_ns > until_ns)
			tick.t_ns = until_ns;
		plant_step(&world->plant, &tick);
		set_mirrors(world, t_ns);
		step_ends(world, t_ns);
	}
	tell_consoles(world, true);
	world->asleep = false;
	world->asleep_ns += for_ns;
}

static void step_faults(struct world *world, int64_t t_ns)
{
	int i, channel;
	bool first;

	for (i = 0; i < world->file.faults.count; i++) {
		struct sim_fault *fault = &world->file.faults.list[i];

		if (fault->next_ns > t_ns)
			continue;
		channel = channel_of(world, fault);
		if (fault->kind == FAULTY_CHATTER && channel >= 0) {
			step_chatter(world, fault, channel);
			continue;
		}
		if (fault->kind == FAULTY_GATE_LAPSE) {
			lapse_step(world, fault, t_ns);
			set_mirrors(world, t_ns);
			continue;
		}
		if (world->radio && radio_fault_step(world->radio, fault, t_ns))
			continue;
		first = fault->next_ns == fault->at_ns;
		if (fault->kind == FAULTY_SUSPEND && first)
			sleep_through(world, fault->for_ns, t_ns);
		fault->fired += fault->kind >= FAULTY_CLOCK_STEP && fault->kind <= FAULTY_SUSPEND && first;
		/* That there is another instant keeps the polls from being skipped that read wrong, or what changed while the host slept. */
		fault->next_ns = fault->kind == FAULTY_LEVEL_WRONG && first ? fault->at_ns + fault->for_ns
				 : fault->kind == FAULTY_SUSPEND && first   ? fault->at_ns + LOOKS_AGAIN_NS : INSTANT_NEVER;
	}
}

/* The lines that are wired the wrong way round, and the instants at which faults act by themselves. */
static void begin_faults(struct world *world)
{
	int i, channel;

	for (i = 0; i < world->file.faults.count; i++) {
		struct sim_fault *fault = &world->file.faults.list[i];

		channel = channel_of(world, fault);
		if (fault->kind == FAULTY_INVERTED && channel >= 0) {
			world->flipped[channel] ^= 1;
			world->levels[channel] ^= 1;
			fault->fired = 1;
		} else if (fault->kind == FAULTY_CLOCK_RATE) {
			world->gains_ns = fault->back ? -fault->by_ns : fault->by_ns;
			fault->fired = 1;
		} else if (fault->kind == FAULTY_CHATTER || fault->kind == FAULTY_LEVEL_WRONG ||
			   (fault->kind >= FAULTY_CLOCK_STEP && fault->kind <= FAULTY_SUSPEND) ||
			   (fault->kind >= FAULTY_DONGLE_RESETS && fault->kind <= FAULTY_DONGLE_UNPLUGGED) || fault->kind == FAULTY_METER_MOVES ||
			   fault->kind == FAULTY_METER_LEAVES) {
			fault->next_ns = fault->at_ns;
			fault->code = channel >= 0 ? world->flipped[channel] : 0;
		}
	}
}

void world_look_again(struct world *world)
{
	int i;

	world->next_ns = host_ns(world, plant_next(&world->plant));
	for (i = 0; i < world->file.faults.count; i++)
		if (world->file.faults.list[i].next_ns < world->next_ns)
			world->next_ns = world->file.faults.list[i].next_ns;
	for (i = 0; i < world->plant_settings.slot_count; i++) {
		const struct world_slot *slot = &world->slots[i];

		if (!slot->has_meter_console)
			continue;
		if (cable_next(&slot->meter.to_device) < world->next_ns)
			world->next_ns = cable_next(&slot->meter.to_device);
		if (host_ns(world, meter_console_next(&slot->console)) < world->next_ns)
			world->next_ns = host_ns(world, meter_console_next(&slot->console));
	}
	if (world->radio && cable_next(&world->radio->cable.to_device) < world->next_ns)
		world->next_ns = cable_next(&world->radio->cable.to_device);
	if (world->radio && host_ns(world, radio_next(world->radio)) < world->next_ns)
		world->next_ns = host_ns(world, radio_next(world->radio));
}

static void give(struct world *world, const struct plant_event *event)
{
	plant_step(&world->plant, event);
	set_mirrors(world, host_ns(world, event->t_ns));
	world_look_again(world);
}

/* At each instant at which something is due, so that nothing is told later than it happened. */
void world_step(struct world *world, int64_t t_ns)
{
	while (world->next_ns <= t_ns) {
		int64_t at_ns = world->next_ns, plant_ns = world_plant_ns(world, at_ns);
		struct plant_event tick = {.kind = PLANT_TICK, .t_ns = plant_ns > world->plant.t_ns ? plant_ns : world->plant.t_ns};

		plant_step(&world->plant, &tick);
		if (plant_ns < tick.t_ns)
			at_ns = host_ns(world, tick.t_ns);
		set_mirrors(world, at_ns);
		step_faults(world, at_ns);
		step_ends(world, at_ns);
		world_look_again(world);
	}
	if (t_ns > world->now_ns)
		world->now_ns = t_ns;
}

void world_drive(struct world *world, int channel, bool on, int64_t t_ns)
{
	const struct plant_contact *contact = &world->contacts[channel];
	struct plant_event event = {.kind = PLANT_RELAY, .part = contact->board, .relay = contact->relay, .on = on};

	world_step(world, t_ns);
	event.t_ns = world_plant_ns(world, t_ns);
	give(world, &event);
}

struct cable *world_cable(struct world *world, int instrument)
{
	const struct bench_instrument *from = &world->bench->instruments[instrument];
	struct world_slot *slot = &world->slots[world->plant_slot[from->slot]];

	return from->loader ? &slot->meter : &slot->hub;
}

void world_tell_console(struct world *world, int instrument, bool there, int64_t t_ns)
{
	const struct bench_instrument *from = &world->bench->instruments[instrument];
	int slot = world->plant_slot[from->slot];
	const struct plant_output fact = {.kind = PLANT_TRUTH, .slot = slot, .fact = FACT_CONSOLE, .part = PLANT_NONE,
					  .relay = PLANT_NONE, .value = there, .text = ""};

	if (from->loader)
		count_at(world, FAULTY_LOADER_UNPLUGGED, slot, t_ns);
	else
		tell_fact(world, slot, &fact, world_plant_ns(world, t_ns));
}

/* ---- Life ---- */

void world_free(struct world *world)
{
	int i;

	for (i = 0; world->slots && i < world->plant_settings.slot_count; i++)
		if (world->slots[i].has_meter_console)
			meter_console_done(&world->slots[i].console);
	radio_free(world->radio);
	free(world->slots);
	free(world->contacts);
	free(world->seqnos);
	free(world->levels);
	free(world->wires);
	free(world->flipped);
	free(world->channel_slot);
	free(world->channel_line);
	free(world);
}

/* Rings and phrases are large, and as long as their counts say. */
static void clear_slot(struct world_slot *slot)
{
	cable_init(&slot->hub);
	cable_init(&slot->meter);
	phrases_init(&slot->hub_words);
	phrases_init(&slot->meter_words);
	slot->console = (struct meter_console){0};
	slot->has_meter_console = false;
	slot->hub_of = 0;
}

struct world *world_allocate(const struct world_settings *settings)
{
	struct world *world = calloc(1, sizeof *world);
	size_t channels = (size_t)settings->bench->channel_count + 1, slots = 1, j;
	int i;

	if (!world)
		return NULL;
	world->bench = settings->bench;
	world->settings = settings;
	world->levels = calloc(channels, sizeof *world->levels);
	world->wires = calloc(channels, sizeof *world->wires);
	world->flipped = calloc(channels, sizeof *world->flipped);
	world->channel_slot = calloc(channels, sizeof *world->channel_slot);
	world->channel_line = calloc(channels, sizeof *world->channel_line);
	world->seqnos = calloc(channels, sizeof *world->seqnos);
	world->contacts = calloc(channels, sizeof *world->contacts);
	for (i = 0; i < settings->bench->slot_count; i++)
		slots += settings->taking_part[i];
	world->slots = malloc(slots * sizeof *world->slots);
	for (j = 0; world->slots && j < slots; j++)
		clear_slot(&world->slots[j]);
	if (world->levels && world->wires && world->flipped && world->channel_slot && world->channel_line && world->seqnos && world->contacts && world->slots)
		return world;
	world_free(world);
	return NULL;
}

_Static_assert(PLANT_PLANNED_MAX >= WORLD_EVENTS_MAX + PLANT_SLOTS_MAX, "all that a world file can say is planned");

/* What happens from `at` on, and no longer after `for`. */
static void plan_span(struct world *world, const struct sim_fault *fault, enum plant_event_kind kind, int part, bool on)
{
	(void)!plant_plan(&world->plant, &(struct plant_event){.kind = kind, .t_ns = fault->at_ns, .part = part, .on = on});
	(void)!plant_plan(&world->plant, &(struct plant_event){.kind = kind, .t_ns = fault->at_ns + fault->for_ns, .part = part, .on = !on});
}

static void plan_fault(struct world *world, const struct sim_fault *fault, int slot)
{
	if (fault->kind == FAULTY_AD1_SPURIOUS)
		(void)!plant_plan(&world->plant, &(struct plant_event){.kind = PLANT_HUB_ALERT, .t_ns = fault->at_ns, .part = slot});
	else if (fault->kind == FAULTY_RCD && world->plant_settings.slots[slot].group != PLANT_NONE)
		plan_span(world, fault, PLANT_BREAKER, world->plant_settings.slots[slot].group, false);
	else if (fault->kind == FAULTY_BACK_FEED)
		plan_span(world, fault, PLANT_BACKFEED, slot, true);
	else if (fault->kind == FAULTY_AD1_THROTTLED)
		plan_span(world, fault, PLANT_THROTTLE, slot, true);
	else if (fault->kind == FAULTY_METER_RESET)
		(void)!plant_plan(&world->plant, &(struct plant_event){.kind = PLANT_METER_RESET, .t_ns = fault->at_ns, .part = slot, .value = fault->for_ns});
}

static void plan_supply_fault(struct world *world, const struct sim_fault *fault, int supply)
{
	if (fault->kind == FAULTY_SUPPLY_TRIPS)
		(void)!plant_plan(&world->plant, &(struct plant_event){.kind = PLANT_SUPPLY_TRIP, .t_ns = fault->at_ns, .part = supply, .value = fault->code});
	else if (fault->kind == FAULTY_SUPPLY_RESETS)
		(void)!plant_plan(&world->plant, &(struct plant_event){.kind = PLANT_SUPPLY_RESET, .t_ns = fault->at_ns, .part = supply, .on = fault->back});
	else if (fault->kind == FAULTY_SUPPLY_LOCKED)
		plan_span(world, fault, PLANT_SUPPLY_LOCK, supply, true);
}

static void plan(struct world *world)
{
	int i, supply, restart;

	for (i = 0; i < world->file.faults.count; i++) {
		const struct sim_fault *fault = &world->file.faults.list[i];

		if (fault->slot >= 0 && world->plant_slot[fault->slot] >= 0)
			plan_fault(world, fault, world->plant_slot[fault->slot]);
		for (supply = 0; supply < world->plant_settings.supply_count; supply++)
			if (fault->instrument == world->supply_instrument[supply])
				plan_supply_fault(world, fault, supply);
	}
	for (i = 0; i < world->file.event_count; i++)
		(void)!plant_plan(&world->plant, &world->file.events[i]);
	for (i = 0; i < world->plant_settings.slot_count; i++) {
		const struct world_file_slot *file = &world->file.slots[world->bench_slot[i]];

		for (restart = 0; restart < file->restart_count; restart++)
			(void)!plant_plan(&world->plant, &(struct plant_event){.kind = PLANT_HUB_RESTART, .t_ns = file->restarts_ns[restart],
									       .part = i});
	}
	for (i = 0; i < world->plant_settings.slot_count; i++) {
		const struct plant_slot_settings *slot = &world->plant_settings.slots[i];
		const struct plant_contact *contact = slot->has_meter ? &slot->mains : &slot->feed;
		struct plant_event weld = {.kind = PLANT_WELD, .t_ns = world->file.slots[world->bench_slot[i]].welds_ns, .on = true,
					   .part = contact->board, .relay = contact->relay};

		if (weld.t_ns >= 0 && contact->board != PLANT_NONE)
			(void)!plant_plan(&world->plant, &weld);
	}
}

/* Whose console hears which hub, where that is not its own. */
static void tell_hubs(const struct world *world)
{
	int i;

	for (i = 0; i < world->plant_settings.slot_count; i++) {
		const struct plant_output fact = {.kind = PLANT_TRUTH, .slot = i, .fact = FACT_HEARD_AT, .part = PLANT_NONE, .relay = PLANT_NONE,
						  .text = world->plant_settings.slots[world->slots[i].hub_of].name};

		if (world->slots[i].hub_of != i)
			tell_fact(world, i, &fact, 0);
	}
}

void world_start(struct world *world)
{
	int i;

	for (i = 0; i < world->bench->channel_count; i++)
		world->levels[i] = world->wires[i] = 1; /* what the plant knows nothing of is well */
	world->units.plant = &world->plant;
	world->units.forbidden = forbidden;
	world->units.self = world;
	for (i = 0; i < world->plant_settings.slot_count; i++) {
		world->slots[i].console.plant = &world->plant;
		world->slots[i].console.slot = i;
		world->slots[i].console.say = say;
		world->slots[i].console.print = print;
		world->slots[i].console.arrived = arrived;
		world->slots[i].console.self = world;
	}
	if (world->radio)
		world->radio->fact = tell_air_fact;
	plant_init(&world->plant, &world->plant_settings, (struct plant_sink){put, world}, 0);
	tell_hubs(world);
	plan(world);
	begin_faults(world);
	set_mirrors(world, 0);
	world_look_again(world);
}

void world_end(struct world *world, int64_t t_ns)
{
	world_step(world, t_ns);
	world->listener = NULL;
	plant_end(&world->plant, world_plant_ns(world, t_ns));
}
