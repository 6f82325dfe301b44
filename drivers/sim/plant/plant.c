/*
 * The world as a whole: what is due next, and what follows from it.
 *
 * Parts change by themselves (a contact moves, a store is empty, a dip begins) or by an event. After each change the slots
 * are settled: mains, meter, rail and lines follow from one another in that order, once, because nothing feeds back.
 */

#include "drivers/sim/plant/plant.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <assert.h>
#include <string.h>

/* ---- Telling ---- */

static void tell(struct plant *plant, const struct plant_output *output)
{
	plant->sink.put(plant->sink.self, output);
}

static void tell_fact(struct plant *plant, int slot, enum plant_fact fact, int64_t value, const char *text)
{
	struct plant_output output = {.kind = PLANT_TRUTH, .t_ns = plant->t_ns, .slot = slot, .fact = fact, .part = PLANT_NONE,
		.relay = PLANT_NONE, .value = value, .text = text};

	tell(plant, &output);
}

static void tell_part(struct plant *plant, enum plant_fact fact, int part, int relay, int64_t value)
{
	struct plant_output output = {.kind = PLANT_TRUTH, .t_ns = plant->t_ns, .slot = PLANT_NONE, .fact = fact, .part = part,
		.relay = relay, .value = value, .text = ""};

	tell(plant, &output);
}

static void tell_line(struct plant *plant, int slot, enum plant_line line, int level)
{
	struct plant_output output = {.kind = PLANT_LINE, .t_ns = plant->t_ns, .slot = slot, .line = line, .level = level,
		.part = PLANT_NONE, .relay = PLANT_NONE, .text = ""};

	tell(plant, &output);
}

static void tell_text(struct plant *plant, int slot, enum plant_output_kind kind, const struct text *text)
{
	struct plant_output output = {.kind = kind, .t_ns = plant->t_ns, .slot = slot, .part = PLANT_NONE, .relay = PLANT_NONE,
		.text = text->bytes};

	tell(plant, &output);
}

/* To the second, as devices write it: 2026-11-23T18:01:02Z. */
static void put_utc(const struct plant *plant, struct text *text, int64_t t_ns)
{
	char utc[UTC_TEXT_SIZE];

	utc_to_text(plant->settings->utc_us_at_zero + t_ns / NS_PER_US, utc);
	utc[19] = 'Z';
	utc[20] = '\0';
	text_put(text, utc);
}

/* ---- One slot ---- */

static bool contact_closed(const struct plant *plant, const struct plant_contact *contact)
{
	return contact->board == PLANT_NONE || plant->relays[contact->board][contact->relay].closed;
}

static const char *why_text(enum hub_why why)
{
	switch (why) {
	case HUB_RAISED:
		return "ad1-raised";
	case HUB_TOO_SHORT:
		return "shorter-than-threshold";
	case HUB_STORE_EMPTY:
		return "store-empty";
	case HUB_NO_OUTAGE:
		break;
	}
	return "no-outage";
}

static void hub_says(struct plant *plant, int slot, const char *what)
{
	char bytes[PLANT_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "CHF %s chf=%s", what, plant->settings->slots[slot].hub_guid);
	tell_text(plant, slot, PLANT_HUB_TEXT, &text);
}

/* The comparator's output has changed: line, truth, and the hub, which prints what it still can. */
static void set_supplied(struct plant *plant, int index, bool supplied)
{
	struct plant_slot *slot = &plant->slots[index];
	bool was_alive = slot->hub.alive;
	enum hub_why why;
	int64_t began_ns;

	slot->supplied = supplied;
	tell_line(plant, index, LINE_SUPPLY, supplied);
	if (!supplied) {
		hub_fell(&slot->hub, plant->t_ns);
		tell_fact(plant, index, FACT_SUPPLY_FELL, 0, "");
		hub_says(plant, index, "supply lost");
		return;
	}
	why = hub_rose(&slot->hub, plant->t_ns, &began_ns);
	tell_fact(plant, index, FACT_SUPPLY_ROSE, 0, "");
	if (why != HUB_NO_OUTAGE)
		tell_fact(plant, index, FACT_OUTAGE, plant->t_ns - began_ns, why_text(why));
	hub_says(plant, index, was_alive ? "supply back" : "boot");
}

static int64_t rail_crosses(const struct plant_slot *slot)
{
	return voltage_crosses(&slot->rail, slot->supplied ? slot->settings->v_down_mv : slot->settings->v_up_mv, !slot->supplied);
}

static void tell_held(struct plant *plant, struct plant_slot *slot, bool held)
{
	if (slot->held == held)
		return;
	slot->held = held;
	tell_fact(plant, (int)(slot - plant->slots), FACT_HELD, held, "");
}

static void aim_rail(struct plant *plant, struct plant_slot *slot)
{
	const struct plant_slot_settings *settings = slot->settings;
	const struct supply *supply = settings->supply == PLANT_NONE ? NULL : &plant->supplies[settings->supply];
	bool own = settings->has_meter ? meter_feeds(&slot->meter) : contact_closed(plant, &settings->feed), connected = own || slot->backfed;
	int64_t target_mv = 0, slope_mv_s;

	if (own)
		target_mv = settings->has_meter || !supply ? settings->nominal_mv : supply_target(supply);
	tell_held(plant, slot, slot->backfed && target_mv < settings->nominal_mv);
	if (slot->held) {
		target_mv = settings->nominal_mv;
		supply = NULL;
	}
	if (connected == slot->connected && target_mv == slot->rail.target_mv)
		return;
	slope_mv_s = target_mv >= voltage_at(&slot->rail, plant->t_ns) ? settings->rise_mv_s : settings->fall_mv_s;
	if (connected && supply) { /* the supply itself ramps */
		slope_mv_s = slot->connected || slope_mv_s == 0 ? supply->out.slope_mv_s : slope_mv_s;
		if (!slot->connected && settings->rise_mv_s == 0)
			slot->rail.from_mv = slot->rail.target_mv = voltage_at(&supply->out, plant->t_ns);
	}
	slot->connected = connected;
	voltage_aim(&slot->rail, plant->t_ns, target_mv, slope_mv_s);
}

static void settle_mains(struct plant *plant, int index)
{
	struct plant_slot *slot = &plant->slots[index];
	const struct plant_settings *settings = plant->settings;
	bool chain = !settings->hardware_chain || (plant->arm && plant->estop && plant->door);
	bool fed = slot->settings->group == PLANT_NONE || !plant->tripped[slot->settings->group];
	bool mains = plant->lab_feed && chain && fed && contact_closed(plant, &slot->settings->contactor) &&
		     contact_closed(plant, &slot->settings->mains);

	if (mains == slot->mains)
		return;
	slot->mains = mains;
	if (!mains)
		slot->mains_fell_ns = plant->t_ns;
	tell_line(plant, index, LINE_MAINS, mains);
	tell_fact(plant, index, mains ? FACT_MAINS_ROSE : FACT_MAINS_FELL, 0, "");
	meter_set_mains(&slot->meter, plant->t_ns, mains);
}

static void settle_slot(struct plant *plant, int index)
{
	struct plant_slot *slot = &plant->slots[index];

	if (slot->settings->has_meter) {
		settle_mains(plant, index);
		if (meter_ac_lost(&slot->meter) != slot->ac_lost) {
			slot->ac_lost = meter_ac_lost(&slot->meter);
			tell_line(plant, index, LINE_AC_LOST, slot->ac_lost);
		}
	}
	aim_rail(plant, slot);
	/* A rail that moves at once crosses now. */
	if (rail_crosses(slot) <= plant->t_ns)
		set_supplied(plant, index, !slot->supplied);
}

/* What hangs on a supply, through contacts that are closed. */
static void settle_loads(struct plant *plant)
{
	int i, supply;

	for (supply = 0; supply < plant->settings->supply_count; supply++) {
		struct supply *at = &plant->supplies[supply];
		enum supply_protection before = at->protection;
		int64_t load_ma = 0;

		for (i = 0; i < plant->settings->slot_count; i++) {
			const struct plant_slot_settings *slot = &plant->settings->slots[i];

			if (!slot->has_meter && slot->supply == supply && contact_closed(plant, &slot->feed) && at->volts_mv > 0)
				load_ma += slot->load_ma;
		}
		supply_set_load(at, plant->t_ns, at->output ? load_ma : 0);
		if (at->protection != before && at->protection != SUPPLY_PROTECTION_NONE)
			tell_part(plant, FACT_SUPPLY_TRIPPED, supply, PLANT_NONE, at->protection);
	}
}

static void settle(struct plant *plant)
{
	int i;

	settle_loads(plant);
	for (i = 0; i < plant->settings->slot_count; i++)
		settle_slot(plant, i);
}

/* ---- What parts do by themselves ---- */

/* The meter's own account of a mains outage (domain.md 4.3), which the hub brings once it is up. */
static void tell_restoration(struct plant *plant, int index)
{
	struct plant_slot *slot = &plant->slots[index];
	char bytes[PLANT_TEXT_SIZE];
	struct text text;

	if (slot->restored_ns < 0)
		return;
	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "ALERT %s from ", slot->restored_ns - slot->mains_fell_ns >= 180 * NS_PER_S ? "8F36" : "8F35");
	put_utc(plant, &text, slot->mains_fell_ns);
	text_put(&text, " to ");
	put_utc(plant, &text, slot->restored_ns);
	tell_text(plant, index, PLANT_HUB_TEXT, &text);
	slot->restored_ns = -1;
}

static void step_meter(struct plant *plant, int index)
{
	struct plant_slot *slot = &plant->slots[index];
	bool after_mains = slot->meter.state == METER_BOOTING, was_locked_up = slot->meter.locked_up;
	char bytes[PLANT_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	switch (meter_step(&slot->meter, plant->t_ns)) {
	case METER_ACT_DIES:
		tell_fact(plant, index, FACT_METER_DIED, 0, "");
		break;
	case METER_ACT_RUNS:
		if (slot->meter.locked_up)
			break;
		tell_fact(plant, index, FACT_METER_RUNS, 0, slot->meter.version);
		text_format(&text, "ESME ready fw %s", slot->meter.version);
		tell_text(plant, index, PLANT_METER_TEXT, &text);
		if (after_mains && slot->mains_fell_ns >= 0)
			slot->restored_ns = plant->t_ns - slot->settings->meter.boot_ns;
		break;
	case METER_ACT_VERIFIED:
		tell_fact(plant, index, FACT_IMAGE_HELD, 0, slot->meter.held);
		text_format(&text, "image ok %s", slot->meter.held);
		tell_text(plant, index, PLANT_METER_TEXT, &text);
		break;
	case METER_ACT_DIP_BEGINS:
		if (slot->meter.locked_up && !was_locked_up)
			tell_fact(plant, index, FACT_LOCKED_UP, 0, "");
		break;
	case METER_ACT_DIP_ENDS:
	case METER_ACT_NOTHING:
		break;
	}
}

static void hub_alerts(struct plant *plant, int index, const struct hub_copy *copy)
{
	char bytes[PLANT_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "POA AD1 chf=%s since ", plant->settings->slots[index].hub_guid);
	put_utc(plant, &text, copy->began_ns);
	tell_fact(plant, index, FACT_AD1_SEEN, plant->t_ns - copy->began_ns, "");
	tell_text(plant, index, PLANT_HUB_TEXT, &text);
}

/* Of those that a throttle holds back one comes in the end. */
static void hub_alert_arrives(struct plant *plant, int index, const struct hub_copy *copy)
{
	struct plant_slot *slot = &plant->slots[index];

	if (!slot->throttled) {
		hub_alerts(plant, index, copy);
		return;
	}
	if (slot->kept_count++ == 0)
		slot->kept = *copy;
	tell_fact(plant, index, FACT_AD1_THROTTLED, slot->kept_count, "");
}

static void throttle(struct plant *plant, int index, bool on)
{
	struct plant_slot *slot = &plant->slots[index];

	slot->throttled = on;
	if (on || slot->kept_count == 0)
		return;
	slot->kept_count = 0;
	hub_alerts(plant, index, &slot->kept);
}

static void say_spurious(struct plant *plant, int index)
{
	char bytes[PLANT_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "POA AD1 chf=%s since ", plant->settings->slots[index].hub_guid);
	put_utc(plant, &text, plant->t_ns);
	tell_fact(plant, index, FACT_AD1_SPURIOUS, 0, "");
	tell_text(plant, index, PLANT_HUB_TEXT, &text);
}

static void step_hub(struct plant *plant, int index)
{
	struct plant_slot *slot = &plant->slots[index];
	struct hub_copy copy;

	switch (hub_step(&slot->hub, plant->t_ns, &copy)) {
	case HUB_ACT_RAISES:
		tell_fact(plant, index, FACT_AD1_RAISED, plant->t_ns - slot->hub.changed_ns, "");
		if (slot->hub.lost)
			tell_fact(plant, index, FACT_AD1_LOST, 0, "");
		break;
	case HUB_ACT_SEEN:
		hub_alert_arrives(plant, index, &copy);
		break;
	case HUB_ACT_DIES:
		tell_fact(plant, index, FACT_HUB_DIED, plant->t_ns - slot->hub.changed_ns, "");
		break;
	case HUB_ACT_READY:
		tell_fact(plant, index, FACT_HUB_READY, 0, "");
		hub_says(plant, index, "ready");
		tell_restoration(plant, index);
		break;
	case HUB_ACT_NOTHING:
		break;
	}
}

static void step_relay(struct plant *plant, int board, int number)
{
	struct relay *relay = &plant->relays[board][number];
	bool closed = relay->closed, coil = relay->coil;

	relay_step(relay, plant->t_ns);
	if (relay->coil != coil)
		tell_part(plant, FACT_RELAY_TOLD, board, number, relay->coil);
	if (relay->closed != closed)
		tell_part(plant, relay->closed ? FACT_CONTACT_CLOSED : FACT_CONTACT_OPENED, board, number, 0);
}

/* ---- Events ---- */

static void tell_input(struct plant *plant, bool *input, bool on, enum plant_line line)
{
	*input = on;
	tell_line(plant, PLANT_NONE, line, on);
	tell_fact(plant, PLANT_NONE, FACT_INPUT, on, plant_line_name(line));
}

static void do_relay(struct plant *plant, const struct plant_event *event)
{
	struct relay *relay = &plant->relays[event->part][event->relay];
	bool closed = relay->closed;

	switch ((int)event->kind) {
	case PLANT_RELAY:
		relay_command(relay, plant->t_ns, event->on);
		break;
	case PLANT_FLASH:
		relay_flash(relay, plant->t_ns, event->on, event->value);
		break;
	default:
		relay_weld(relay, plant->t_ns, event->on);
		tell_part(plant, FACT_WELDED, event->part, event->relay, event->on);
		if (relay->closed != closed)
			tell_part(plant, FACT_CONTACT_OPENED, event->part, event->relay, 0);
		return;
	}
	tell_part(plant, FACT_RELAY_TOLD, event->part, event->relay, relay->coil);
}

/* To every hub that hangs on it, whether or not its contact is closed. */
static void tell_fed(struct plant *plant, int supply, enum plant_fact fact)
{
	int i;

	for (i = 0; i < plant->settings->slot_count; i++)
		if (!plant->settings->slots[i].has_meter && plant->settings->slots[i].supply == supply)
			tell_fact(plant, i, fact, 0, "");
}

/* What it does by itself. */
static void do_supply_fault(struct plant *plant, const struct plant_event *event)
{
	struct supply *supply = &plant->supplies[event->part];
	bool output = supply->output;

	switch ((int)event->kind) {
	case PLANT_SUPPLY_TRIP:
		if (!supply_trip(supply, plant->t_ns, (enum supply_protection)event->value))
			return;
		tell_part(plant, FACT_SUPPLY_TRIPPED, event->part, PLANT_NONE, event->value);
		break;
	case PLANT_SUPPLY_LOCK:
		supply->locked = event->on;
		return;
	default:
		if (!supply->fed || (supply->volts_mv == 0 && !output && !event->on))
			return; /* it is as one that has restarted */
		supply_reset(supply, plant->t_ns, event->on);
		tell_part(plant, FACT_SUPPLY_RESET, event->part, PLANT_NONE, supply->output);
		break;
	}
	if (output)
		tell_fed(plant, event->part, FACT_FEED_LOST);
}

/* What it is told. */
static void do_supply(struct plant *plant, const struct plant_event *event)
{
	struct supply *supply = &plant->supplies[event->part];
	enum supply_protection before = supply->protection;

	if (supply->locked) {
		tell_part(plant, FACT_SUPPLY_REFUSED, event->part, PLANT_NONE, event->value);
		return;
	}
	switch ((int)event->kind) {
	case PLANT_SUPPLY_VOLTS:
		supply_set_volts(supply, plant->t_ns, event->value);
		tell_part(plant, FACT_SUPPLY_VOLTS, event->part, PLANT_NONE, event->value);
		break;
	case PLANT_SUPPLY_AMPS:
		supply_set_amps(supply, plant->t_ns, event->value);
		break;
	case PLANT_SUPPLY_OVP:
		supply_set_ovp(supply, plant->t_ns, event->value);
		tell_part(plant, FACT_SUPPLY_OVP, event->part, PLANT_NONE, event->value);
		break;
	case PLANT_SUPPLY_OCP:
		supply_set_ocp(supply, plant->t_ns, event->value);
		tell_part(plant, FACT_SUPPLY_OCP, event->part, PLANT_NONE, event->value);
		break;
	case PLANT_SUPPLY_OUTPUT:
		supply_set_output(supply, plant->t_ns, event->on);
		tell_part(plant, FACT_SUPPLY_OUTPUT, event->part, PLANT_NONE, event->on);
		tell_fed(plant, event->part, FACT_FEED_TOLD);
		break;
	default:
		supply->boot_on = event->on;
		break;
	}
	if (supply->protection != before && supply->protection != SUPPLY_PROTECTION_NONE)
		tell_part(plant, FACT_SUPPLY_TRIPPED, event->part, PLANT_NONE, supply->protection);
}

static void meter_says(struct plant *plant, int slot, const char *what, const char *more)
{
	char bytes[PLANT_TEXT_SIZE];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "%s%s", what, more);
	tell_text(plant, slot, PLANT_METER_TEXT, &text);
}

static void do_activate(struct plant *plant, int index)
{
	struct plant_slot *slot = &plant->slots[index];
	char version[METER_VERSION_SIZE];

	memcpy(version, slot->meter.held, sizeof version);
	tell_fact(plant, index, FACT_ACTIVATION_RECEIVED, ++slot->activations, version);
	if (meter_activate(&slot->meter, plant->t_ns)) {
		meter_says(plant, index, "activating ", version);
	} else {
		tell_fact(plant, index, FACT_ACTIVATION_REFUSED, 0, "");
		meter_says(plant, index, "activation refused", "");
	}
}

/* What a meter does by itself; one that is dead or locked up does nothing. */
static void do_meter_by_itself(struct plant *plant, const struct plant_event *event)
{
	struct meter *meter = &plant->slots[event->part].meter;

	if (event->kind == PLANT_METER_RESET && meter_reset(meter, plant->t_ns, event->value))
		tell_fact(plant, event->part, FACT_METER_RESET, 0, "");
	else if (event->kind == PLANT_IMAGE_LOST && meter->image == METER_IMAGE_HELD) {
		meter_forget(meter);
		tell_fact(plant, event->part, FACT_IMAGE_LOST, 0, "");
	}
}

/* A meter that does not listen hears none of these. */
static void do_meter(struct plant *plant, const struct plant_event *event)
{
	struct plant_slot *slot = &plant->slots[event->part];

	if (!meter_listens(&slot->meter))
		return;
	switch ((int)event->kind) {
	case PLANT_TRANSFER_BEGINS:
		meter_receive(&slot->meter);
		tell_fact(plant, event->part, FACT_TRANSFER_BEGAN, 0, "");
		break;
	case PLANT_TRANSFER_FAILS:
		meter_forget(&slot->meter);
		tell_fact(plant, event->part, FACT_TRANSFER_FAILED, 0, "");
		break;
	case PLANT_IMAGE_ARRIVES:
		tell_fact(plant, event->part, event->on ? FACT_IMAGE_ARRIVED : FACT_IMAGE_BAD, 0, event->text);
		if (event->on) {
			meter_verify(&slot->meter, plant->t_ns, event->text);
		} else {
			meter_forget(&slot->meter);
			meter_says(plant, event->part, "image bad", "");
		}
		break;
	case PLANT_ACTIVATE:
		do_activate(plant, event->part);
		break;
	default:
		meter_says(plant, event->part, "fw ", slot->meter.version);
		break;
	}
}

/* Supplies are fed by the lab; relay boards have a control supply of their own. */
static void do_lab_feed(struct plant *plant, bool on)
{
	int i;

	tell_input(plant, &plant->lab_feed, on, LINE_LAB_FEED);
	for (i = 0; i < plant->settings->supply_count; i++)
		supply_set_fed(&plant->supplies[i], plant->t_ns, on);
}

/* With the contact that it makes powerless. */
static void tell_breaker(struct plant *plant, int slot, bool closed)
{
	const struct plant_contact *contact = &plant->settings->slots[slot].mains;
	struct plant_output output = {.kind = PLANT_TRUTH, .t_ns = plant->t_ns, .slot = slot, .fact = FACT_BREAKER, .part = contact->board,
		.relay = contact->relay, .value = closed, .text = ""};

	tell(plant, &output);
}

/* All slots behind it lose their mains, or get them back, at one instant. */
static void do_breaker(struct plant *plant, const struct plant_event *event)
{
	int i;

	if (plant->tripped[event->part] == !event->on)
		return;
	plant->tripped[event->part] = !event->on;
	for (i = 0; i < plant->settings->slot_count; i++)
		if (plant->settings->slots[i].group == event->part)
			tell_breaker(plant, i, event->on);
}

static void do_event(struct plant *plant, const struct plant_event *event)
{
	switch (event->kind) {
	case PLANT_TICK:
		break;
	case PLANT_LAB_FEED:
		do_lab_feed(plant, event->on);
		break;
	case PLANT_ARM:
		tell_input(plant, &plant->arm, event->on, LINE_ARM);
		break;
	case PLANT_ESTOP:
		tell_input(plant, &plant->estop, event->on, LINE_ESTOP);
		break;
	case PLANT_DOOR:
		tell_input(plant, &plant->door, event->on, LINE_DOOR);
		break;
	case PLANT_BREAKER:
		do_breaker(plant, event);
		break;
	case PLANT_RELAY:
	case PLANT_FLASH:
	case PLANT_WELD:
		do_relay(plant, event);
		break;
	case PLANT_SUPPLY_VOLTS:
	case PLANT_SUPPLY_AMPS:
	case PLANT_SUPPLY_OVP:
	case PLANT_SUPPLY_OCP:
	case PLANT_SUPPLY_OUTPUT:
	case PLANT_SUPPLY_BOOT:
		do_supply(plant, event);
		break;
	case PLANT_SUPPLY_RESET:
	case PLANT_SUPPLY_TRIP:
	case PLANT_SUPPLY_LOCK:
		do_supply_fault(plant, event);
		break;
	case PLANT_BACKFEED:
		if (plant->slots[event->part].backfed == event->on)
			break;
		plant->slots[event->part].backfed = event->on;
		tell_fact(plant, event->part, FACT_BACKFED, event->on, "");
		break;
	case PLANT_HUB_RESTART:
		if (!hub_restart(&plant->slots[event->part].hub, plant->t_ns))
			break;
		tell_fact(plant, event->part, FACT_HUB_RESTARTED, 0, "");
		hub_says(plant, event->part, "restart");
		break;
	case PLANT_HUB_ALERT:
		if (plant->slots[event->part].hub.alive)
			say_spurious(plant, event->part);
		break;
	case PLANT_THROTTLE:
		throttle(plant, event->part, event->on);
		break;
	case PLANT_METER_RESET:
	case PLANT_IMAGE_LOST:
		do_meter_by_itself(plant, event);
		break;
	case PLANT_TRANSFER_BEGINS:
	case PLANT_TRANSFER_FAILS:
	case PLANT_IMAGE_ARRIVES:
	case PLANT_ACTIVATE:
	case PLANT_ASK_VERSION:
		do_meter(plant, event);
		break;
	}
	settle(plant);
}

/* ---- Time ---- */

static int first_planned(const struct plant *plant)
{
	int i, first = -1;

	for (i = 0; i < plant->planned_count; i++)
		if (first < 0 || plant->planned[i].t_ns < plant->planned[first].t_ns)
			first = i;
	return first;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static int64_t slot_next(const struct plant_slot *slot)
{
	int64_t next_ns = earlier(hub_next(&slot->hub), rail_crosses(slot));

	return slot->settings->has_meter ? earlier(next_ns, meter_next(&slot->meter)) : next_ns;
}

int64_t plant_next(const struct plant *plant)
{
	int first = first_planned(plant), board, relay, i;
	int64_t next_ns = first < 0 ? INSTANT_NEVER : plant->planned[first].t_ns;

	for (board = 0; board < plant->settings->board_count; board++)
		for (relay = 0; relay < PLANT_RELAYS; relay++)
			next_ns = earlier(next_ns, relay_next(&plant->relays[board][relay]));
	for (i = 0; i < plant->settings->slot_count; i++)
		next_ns = earlier(next_ns, slot_next(&plant->slots[i]));
	return next_ns;
}

static void step_relays(struct plant *plant)
{
	int board, relay;

	for (board = 0; board < plant->settings->board_count; board++)
		for (relay = 0; relay < PLANT_RELAYS; relay++)
			while (relay_next(&plant->relays[board][relay]) <= plant->t_ns) {
				step_relay(plant, board, relay);
				settle(plant);
			}
}

static void step_hubs(struct plant *plant, bool patient)
{
	int i;

	for (i = 0; i < plant->settings->slot_count; i++)
		while (plant->slots[i].settings->hub.at_least != patient && hub_next(&plant->slots[i].hub) <= plant->t_ns)
			step_hub(plant, i);
}

static void step_slot(struct plant *plant, int index)
{
	struct plant_slot *slot = &plant->slots[index];

	while (slot->settings->has_meter && meter_next(&slot->meter) <= plant->t_ns) {
		step_meter(plant, index);
		settle_slot(plant, index);
	}
	if (rail_crosses(slot) <= plant->t_ns)
		set_supplied(plant, index, !slot->supplied);
}

/*
 * All that is due at one instant, in a fixed order: hubs for which exactly the threshold is too long, what was planned,
 * contacts, slot by slot, and at last the other hubs.
 */
static void do_instant(struct plant *plant)
{
	int first, i;

	step_hubs(plant, false);
	while ((first = first_planned(plant)) >= 0 && plant->planned[first].t_ns <= plant->t_ns) {
		struct plant_event event = plant->planned[first];

		plant->planned[first] = plant->planned[--plant->planned_count];
		do_event(plant, &event);
	}
	step_relays(plant);
	for (i = 0; i < plant->settings->slot_count; i++)
		step_slot(plant, i);
	step_hubs(plant, true);
}

void plant_step(struct plant *plant, const struct plant_event *event)
{
	int64_t next_ns;

	assert(event->t_ns >= plant->t_ns);
	while ((next_ns = plant_next(plant)) <= event->t_ns) {
		if (next_ns > plant->t_ns)
			plant->t_ns = next_ns;
		do_instant(plant);
	}
	plant->t_ns = event->t_ns;
	do_event(plant, event);
	while (plant_next(plant) <= plant->t_ns)
		do_instant(plant);
}

bool plant_plan(struct plant *plant, const struct plant_event *event)
{
	if (plant->planned_count == PLANT_PLANNED_MAX)
		return false;
	plant->planned[plant->planned_count++] = *event;
	return true;
}

/* ---- Beginning and end ---- */

static void init_slot(struct plant *plant, int index)
{
	struct plant_slot *slot = &plant->slots[index];

	slot->settings = &plant->settings->slots[index];
	assert(slot->settings->v_down_mv < slot->settings->v_up_mv);
	slot->mains_fell_ns = slot->restored_ns = -1;
	slot->rail.t_ns = plant->t_ns;
	hub_init(&slot->hub, &slot->settings->hub, &plant->draw);
	slot->hub.changed_ns = plant->t_ns;
	tell_line(plant, index, LINE_SUPPLY, 0);
	if (!slot->settings->has_meter)
		return;
	meter_init(&slot->meter, &slot->settings->meter);
	slot->ac_lost = meter_ac_lost(&slot->meter);
	tell_line(plant, index, LINE_MAINS, 0);
	tell_line(plant, index, LINE_AC_LOST, slot->ac_lost);
}

void plant_init(struct plant *plant, const struct plant_settings *settings, struct plant_sink sink, int64_t t_ns)
{
	int board, relay, i;

	memset(plant, 0, sizeof *plant);
	plant->settings = settings;
	plant->sink = sink;
	plant->t_ns = t_ns;
	plant->lab_feed = plant->arm = plant->estop = plant->door = true;
	draw_init(&plant->draw, settings->seed);
	for (i = LINE_LAB_FEED; i < PLANT_LINE_COUNT; i++)
		tell_line(plant, PLANT_NONE, (enum plant_line)i, 1);
	for (board = 0; board < settings->board_count; board++)
		for (relay = 0; relay < PLANT_RELAYS; relay++)
			relay_init(&plant->relays[board][relay], &settings->boards[board]);
	for (i = 0; i < settings->supply_count; i++)
		supply_init(&plant->supplies[i], &settings->supplies[i]);
	for (i = 0; i < settings->slot_count; i++)
		init_slot(plant, i);
	settle(plant);
}

void plant_end(struct plant *plant, int64_t t_ns)
{
	struct plant_event tick = {.kind = PLANT_TICK, .t_ns = t_ns};
	int i;

	plant_step(plant, &tick);
	for (i = 0; i < plant->settings->slot_count; i++) {
		const struct hub *hub = &plant->slots[i].hub;

		if (hub_so_far(hub) != HUB_NO_OUTAGE)
			tell_fact(plant, i, FACT_OUTAGE_OPEN, t_ns - hub->changed_ns, why_text(hub_so_far(hub)));
	}
}

/* ---- Asking ---- */

bool plant_coil(const struct plant *plant, int board, int relay)
{
	return plant->relays[board][relay].coil;
}

bool plant_meter_listens(const struct plant *plant, int slot)
{
	return plant->settings->slots[slot].has_meter && meter_listens(&plant->slots[slot].meter);
}

bool plant_hub_alive(const struct plant *plant, int slot)
{
	return plant->slots[slot].hub.alive;
}

const char *plant_fact_name(enum plant_fact fact)
{
	static const char *const names[PLANT_FACT_COUNT] = {
		"supply-fell", "supply-rose", "backfed", "held", "outage", "outage-open", "ad1-raised", "ad1-seen", "ad1-lost", "ad1-spurious", "ad1-throttled", "hub-died", "hub-ready", "hub-restarted",
		"mains-fell", "mains-rose", "breaker", "meter-died", "meter-runs", "meter-reset", "transfer-began", "transfer-failed", "image-arrived",
		"image-bad", "image-held", "image-lost", "activation-received", "activation-refused", "locked-up", "relay-told",
		"contact-opened", "contact-closed", "welded", "supply-output", "supply-volts", "supply-tripped", "supply-reset",
		"supply-ovp", "supply-ocp", "supply-refused", "feed-lost", "feed-told", "input", "console", "first-block", "release-sent", "release-heard", "heard-at",
	};

	return names[fact];
}

const char *plant_line_name(enum plant_line line)
{
	static const char *const names[PLANT_LINE_COUNT] = {"supply", "mains", "ac-lost", "lab-feed", "arm", "estop", "door"};

	return names[line];
}
