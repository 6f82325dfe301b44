/*
 * Who may be switched on, and when, with several slots on one bench: interlocks, a group's contactor, the lab's power, and
 * whose fault it is that something could not be switched. Virtual time; a world that does what it is told after 10 ms.
 */

#include "rig/run/engine.h"

#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define UTC_US INT64_C(1795456800000000)
#define ANSWER_NS (10 * MS)
#define LINES_MAX 4000
#define TRACE_MAX 64

enum { A, B, SLOTS };
enum { CONTACTOR = SLOTS, OUTPUTS };                  /* outputs A and B are the mains relays */
enum { SENSE_A, SENSE_B, MIRROR, UPS, LAB_FEED, INPUTS };

static struct plan_step steps[8];
static struct plan the_plan;
static struct program program;
static struct program_input inputs[INPUTS] = {{"pins.1", "A"}, {"pins.2", "B"}, {"pins.3", ""}, {"pins.4", ""}, {"pins.5", ""}};
static struct record preamble[8], lines[LINES_MAX];
static int line_count;

static struct world {
	int64_t t_ns;
	int64_t utc_set_us;           /* how far the wall clock has been set */
	int level[INPUTS];
	int64_t seqno[INPUTS];
	int64_t due_ns[OUTPUTS];      /* of the answer; 0: none is owed */
	bool wanted[OUTPUTS];
	bool contactor_welded, contactor_stuck;
	bool relay_welded[SLOTS];     /* says off, and lets through */
	bool relay_deaf[SLOTS];       /* says that it is still on */
	bool back_fed[SLOTS];         /* its hub has a supply whatever its relay does */
	bool relay_denies[SLOTS];     /* lets through when told, and says that it does not */
	bool disk_stuck;              /* no flush ends */
	int64_t flush_due_ns, raw_due_ns;
	uint64_t flushed;
	int activations[SLOTS];
} world;

static struct trace {
	int64_t t_ns;
	int output;
	bool on;
} trace[TRACE_MAX];
static int trace_count;

static struct engine *engine;
static struct actions actions;
static bool ended;

static void carry_out(void)
{
	int i;

	for (i = 0; i < actions.count; i++) {
		const struct action *action = &actions.list[i];

		switch (action->kind) {
		case ACTION_RECORD:
			assert_true(line_count < LINES_MAX);
			lines[line_count++] = action->record;
			break;
		case ACTION_FLUSH:
			world.flush_due_ns = world.disk_stuck ? INSTANT_NEVER : world.t_ns + MS;
			world.flushed = (uint64_t)line_count;
			break;
		case ACTION_OUTPUT:
			assert_true(trace_count < TRACE_MAX);
			trace[trace_count++] = (struct trace){world.t_ns, action->output, action->on};
			world.due_ns[action->output] = world.t_ns + ANSWER_NS;
			world.wanted[action->output] = action->on;
			break;
		case ACTION_CLOSE_RAW:
			world.raw_due_ns = world.t_ns + MS;
			break;
		case ACTION_END:
			ended = true;
			break;
		case ACTION_UPGRADE:
			world.activations[action->slot] += action->command == ASK_ACTIVATE;
			break;
		case ACTION_PROMPT:
			break;
		}
	}
}

static void give(struct run_event event)
{
	if (ended)
		return;
	event.t_ns = world.t_ns;
	event.utc_us = UTC_US + world.utc_set_us + world.t_ns / NS_PER_US;
	run_step(engine, &event, &actions);
	carry_out();
	while (actions.more && !ended) {
		run_step(engine, &(struct run_event){.kind = EVENT_TICK, .t_ns = event.t_ns, .utc_us = event.utc_us}, &actions);
		carry_out();
	}
}

static void set_level(int input, int level)
{
	if (world.level[input] == level)
		return;
	world.level[input] = level;
	give((struct run_event){.kind = EVENT_EDGE_SEEN, .channel = input, .level = level, .seqno = ++world.seqno[input]});
}

static void answer(int output)
{
	struct run_event event = {.kind = EVENT_OUTPUT_DONE, .channel = output, .agrees = true};
	bool on = world.wanted[output];

	world.due_ns[output] = 0;
	text_copy(event.text, sizeof event.text, on ? "on" : "off");
	if (output != CONTACTOR && !on && world.relay_deaf[output]) {
		event.agrees = false;
		text_copy(event.text, sizeof event.text, "still on");
	} else if (output != CONTACTOR && on && world.relay_denies[output]) {
		event.agrees = false;
		text_copy(event.text, sizeof event.text, "reads back off");
		set_level(output, 1);
	} else if (output != CONTACTOR && (on || !world.relay_welded[output])) {
		set_level(output, on);
		if (program.slots[output].sense != output)
			set_level(program.slots[output].sense, on || world.back_fed[output]);
	} else if (output == CONTACTOR && !(on ? world.contactor_stuck : world.contactor_welded))
		set_level(MIRROR, !on);
	give(event);
}

static int64_t earliest(int64_t a_ns, int64_t b_ns)
{
	return b_ns > 0 && b_ns < a_ns ? b_ns : a_ns;
}

/* Moves on to `until_ns`, or to the end of the run. */
static void advance(int64_t until_ns)
{
	int i;

	while (!ended && world.t_ns < until_ns) {
		int64_t next_ns = earliest(until_ns, actions.deadline_ns > world.t_ns ? actions.deadline_ns : 0);

		for (i = 0; i < OUTPUTS; i++)
			next_ns = earliest(next_ns, world.due_ns[i]);
		next_ns = earliest(earliest(next_ns, world.flush_due_ns), world.raw_due_ns);
		world.t_ns = next_ns;
		for (i = 0; i < OUTPUTS; i++)
			if (world.due_ns[i] == next_ns)
				answer(i);
		if (world.flush_due_ns == next_ns) {
			world.flush_due_ns = 0;
			give((struct run_event){.kind = EVENT_DURABLE_TO, .count = world.flushed});
		}
		if (world.raw_due_ns == next_ns) {
			world.raw_due_ns = 0;
			give((struct run_event){.kind = EVENT_RAW_CLOSED});
		}
		give((struct run_event){.kind = EVENT_TICK});
	}
}

static struct plan_step *step(enum verb verb, int64_t within_ns)
{
	struct plan_step *made = &steps[the_plan.count++];

	*made = (struct plan_step){.verb = verb, .within_ns = within_ns, .bisect = -1, .text = "", .at.line = the_plan.count};
	the_plan.finally_first = the_plan.count;
	return made;
}

static struct plan_step *supply(enum switching switching, int64_t within_ns)
{
	struct plan_step *made = step(VERB_SUPPLY, within_ns);

	made->switching = switching;
	return made;
}

static int begin(void **state)
{
	int i;

	(void)state;
	memset(&world, 0, sizeof world);
	world.level[MIRROR] = world.level[UPS] = world.level[LAB_FEED] = 1;
	line_count = trace_count = 0;
	ended = false;
	the_plan = (struct plan){.steps = steps};
	program = (struct program){.plan = &the_plan, .slot_count = SLOTS, .output_count = OUTPUTS, .input_count = INPUTS,
				   .inputs = inputs, .ups = NO_CHANNEL, .output_within_ns = 2 * S, .sense_within_ns = 2 * S,
				   .stagger_ns = 500 * MS, .preamble = preamble};
	for (i = 0; i < SLOTS; i++) {
		program.slots[i] = (struct program_slot){.mains = i, .feed = NO_CHANNEL, .supply = NO_CHANNEL,
							 .supply_output = NO_CHANNEL, .contactor = NO_CHANNEL, .mirror = NO_CHANNEL,
							 .sense = i, .mains_sense = i};
		(void)snprintf(program.slots[i].name, sizeof program.slots[i].name, "%c", 'A' + i);
		program.outputs[i] = (struct program_output){.is_switch = true, .hazardous = true};
		(void)snprintf(program.outputs[i].channel, sizeof program.outputs[i].channel, "relays.%d", i + 1);
		(void)snprintf(program.outputs[i].slot, sizeof program.outputs[i].slot, "%c", 'A' + i);
	}
	program.outputs[CONTACTOR] = (struct program_output){.channel = "relays.8", .is_switch = true, .hazardous = true};
	memset(preamble, 0, sizeof preamble);
	program.preamble_count = 1;
	preamble[0].kind = RECORD_START;
	return 0;
}

static int finish(void **state)
{
	(void)state;
	engine_free(engine);
	engine = NULL;
	return 0;
}

static void free_disk(void)
{
	world.disk_stuck = false;
	world.flush_due_ns = world.t_ns + MS;
}

static void tell_safety(enum safety_input input, int level)
{
	give((struct run_event){.kind = EVENT_SAFETY_INPUT, .slot = NO_CHANNEL, .safety = input, .level = level});
}

static void read_levels(void)
{
	int8_t levels[INPUTS];
	int i;

	for (i = 0; i < INPUTS; i++)
		levels[i] = (int8_t)world.level[i];
	give((struct run_event){.kind = EVENT_LEVELS_READ, .levels = levels});
}

static void start_unread(void)
{
	struct record boot = {.kind = RECORD_BOOT};

	text_copy(boot.data.boot.boot_id, sizeof boot.data.boot.boot_id, "b");
	engine = engine_new(&program);
	give((struct run_event){.kind = EVENT_BEGIN, .slot = NO_CHANNEL, .record = &boot});
	tell_safety(SAFETY_LAB_POWER, 1);
}

static void start(void)
{
	start_unread();
	read_levels();
}

static void interlocked(int64_t gap_ns)
{
	program.interlock_count = 1;
	program.interlocks[0] = (struct program_interlock){.outputs = {A, B}, .output_count = 2, .gap_ns = gap_ns,
							   .why = "one meter at a time on this current transformer"};
}

static int64_t when(int output, bool on, int which)
{
	int i;

	for (i = 0; i < trace_count; i++)
		if (trace[i].output == output && trace[i].on == on && which-- == 0)
			return trace[i].t_ns;
	return -1;
}

static const struct record *fault(const char *code)
{
	int i;

	for (i = 0; i < line_count; i++)
		if (lines[i].kind == RECORD_FAULT && strcmp(lines[i].data.fault.code, code) == 0)
			return &lines[i];
	return NULL;
}

static void an_interlocked_switch_waits_until_the_other_was_off_for_the_gap(void **state)
{
	(void)state;
	interlocked(3 * S);
	supply(SWITCHING_ON, 60 * S);
	step(VERB_HOLD, 20 * S)->for_ns = 10 * S;
	supply(SWITCHING_OFF, 20 * S);
	start();
	advance(200 * S);
	assert_true(ended);
	assert_true(when(A, true, 0) >= 0);
	assert_int_equal(when(B, true, 0), when(A, false, 0) + ANSWER_NS + 3 * S + MS); /* from its answer on; and a millisecond for the announcement */
	assert_null(fault("out-of-time"));
}

static void what_a_slow_disk_held_back_is_switched_one_after_the_other_all_the_same(void **state)
{
	struct plan_step *cut;

	(void)state;
	supply(SWITCHING_ON, 60 * S);
	step(VERB_HOLD, 60 * S)->for_ns = 5 * S;
	cut = supply(SWITCHING_CUT, 60 * S);
	cut->for_ns = 10 * S;
	world.disk_stuck = true;
	start();
	advance(20 * S);
	assert_int_equal(trace_count, 0);
	free_disk();
	advance(22 * S);
	world.disk_stuck = true; /* once more, for the cuts */
	advance(40 * S);
	assert_true(when(A, true, 0) >= 0);
	assert_int_equal(when(B, true, 0), when(A, true, 0) + 500 * MS);
	assert_int_equal(when(A, false, 0), -1);
	free_disk();
	advance(100 * S);
	assert_true(when(A, false, 0) > 0);
	assert_int_equal(when(B, false, 0), when(A, false, 0) + 500 * MS);
	assert_int_equal(when(B, true, 1), when(A, true, 1) + 500 * MS);
}

static void an_interlock_that_never_opens_is_the_rigs_fault_and_says_why(void **state)
{
	(void)state;
	interlocked(0);
	supply(SWITCHING_ON, 30 * S);
	step(VERB_HOLD, 900 * S)->for_ns = 600 * S;
	start();
	advance(700 * S);
	assert_int_equal(when(B, true, 0), -1);
	assert_non_null(fault("out-of-time"));
	assert_string_equal(fault("out-of-time")->slot, "B");
	assert_int_equal(fault("out-of-time")->data.fault.domain, FAULT_RIG);
	assert_non_null(strstr(fault("out-of-time")->data.fault.text, "one meter at a time"));
}

static void what_is_cut_for_a_time_keeps_its_place_in_an_interlock(void **state)
{
	struct plan_step *cut;

	(void)state;
	interlocked(0);
	supply(SWITCHING_ON, 120 * S);
	cut = step(VERB_MAINS, 120 * S);
	cut->switching = SWITCHING_CUT;
	cut->for_ns = 20 * S;
	supply(SWITCHING_OFF, 20 * S);
	start();
	advance(200 * S);
	assert_true(when(A, true, 1) >= when(A, false, 0) + 20 * S);
	assert_true(when(B, true, 0) > when(A, false, 1)); /* not while A was only cut */
	assert_null(fault("out-of-time"));
}

static void nothing_goes_on_before_its_announcement_is_on_the_disk(void **state)
{
	(void)state;
	program.slot_count = 1;
	supply(SWITCHING_ON, 60 * S);
	step(VERB_HOLD, 20 * S)->for_ns = 10 * S;
	world.disk_stuck = true;
	start();
	advance(20 * S);
	assert_int_equal(trace_count, 0);
	free_disk();
	advance(30 * S);
	assert_int_equal(when(A, true, 0), 20 * S + MS);
}

static void no_cut_begins_before_its_announcement_is_on_the_disk_and_its_end_waits_for_none(void **state)
{
	struct plan_step *cut;

	(void)state;
	program.slot_count = 1;
	supply(SWITCHING_ON, 60 * S);
	step(VERB_HOLD, 20 * S)->for_ns = 10 * S;
	cut = step(VERB_MAINS, 60 * S);
	cut->switching = SWITCHING_CUT;
	cut->for_ns = 5 * S;
	start();
	advance(5 * S);
	world.disk_stuck = true;
	advance(20 * S);
	assert_int_equal(when(A, false, 0), -1);
	free_disk();
	advance(21 * S);
	assert_int_equal(when(A, false, 0), 20 * S + MS);
	world.disk_stuck = true;
	advance(30 * S);
	assert_int_equal(when(A, true, 1), 25 * S + MS);
}

static void what_is_not_in_order_from_the_start_keeps_the_mains_off(void **state)
{
	static const enum safety_input wrong[] = {SAFETY_ARM, SAFETY_ESTOP, SAFETY_DOOR, SAFETY_TEMPERATURE, SAFETY_LAB_POWER};
	size_t i;

	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		(void)finish(state);
		(void)begin(state);
		program.slot_count = 1;
		program.needs_arm = program.has_estop = program.has_door = program.has_lab_feed = true;
		supply(SWITCHING_ON, 60 * S);
		step(VERB_HOLD, 900 * S)->for_ns = 600 * S;
		start();
		tell_safety(wrong[i], 0);
		tell_safety(SAFETY_ARM, wrong[i] != SAFETY_ARM);
		tell_safety(SAFETY_ESTOP, wrong[i] != SAFETY_ESTOP);
		tell_safety(SAFETY_DOOR, wrong[i] != SAFETY_DOOR);
		tell_safety(SAFETY_TEMPERATURE, wrong[i] != SAFETY_TEMPERATURE);
		tell_safety(SAFETY_LAB_POWER, wrong[i] != SAFETY_LAB_POWER);
		advance(100 * S);
		assert_int_equal(trace_count, 0);
		tell_safety(wrong[i], 1);
		advance(110 * S);
		assert_true(when(A, true, 0) >= 100 * S);
	}
}

/* At safe voltages only the emergency stop, and the lab's power, keep off what is not on. */
static void at_safe_voltages_an_emergency_stop_keeps_off_too(void **state)
{
	int i;

	(void)state;
	program.slot_count = 1;
	for (i = 0; i < program.output_count; i++)
		program.outputs[i].hazardous = false;
	program.has_estop = program.has_door = true;
	supply(SWITCHING_ON, 60 * S);
	step(VERB_HOLD, 900 * S)->for_ns = 600 * S;
	start();
	tell_safety(SAFETY_LAB_POWER, 1);
	tell_safety(SAFETY_ESTOP, 0);
	tell_safety(SAFETY_DOOR, 0);
	advance(100 * S);
	assert_int_equal(trace_count, 0);
	tell_safety(SAFETY_ESTOP, 1);
	advance(110 * S);
	assert_true(when(A, true, 0) >= 100 * S);
}

static void what_is_lost_while_the_disk_works_keeps_the_mains_off(void **state)
{
	static const enum safety_input inputs_lost[] = {SAFETY_ARM, SAFETY_ESTOP, SAFETY_DOOR, SAFETY_TEMPERATURE, SAFETY_LAB_POWER};
	size_t i;

	for (i = 0; i < sizeof inputs_lost / sizeof *inputs_lost; i++) {
		(void)finish(state);
		(void)begin(state);
		program.slot_count = 1;
		supply(SWITCHING_ON, 60 * S);
		world.disk_stuck = true;
		start();
		tell_safety(inputs_lost[i], 1);
		advance(1 * S);
		tell_safety(inputs_lost[i], 0);
		free_disk();
		advance(20 * S);
		assert_int_equal(trace_count, 0);
	}
}

static void what_is_lost_during_a_cut_leaves_the_mains_off(void **state)
{
	static const enum safety_input inputs_lost[] = {SAFETY_ARM, SAFETY_ESTOP, SAFETY_DOOR, SAFETY_TEMPERATURE, SAFETY_LAB_POWER};
	struct plan_step *cut;
	size_t i;

	for (i = 0; i < sizeof inputs_lost / sizeof *inputs_lost; i++) {
		(void)finish(state);
		(void)begin(state);
		program.slot_count = 1;
		supply(SWITCHING_ON, 60 * S);
		cut = step(VERB_MAINS, 60 * S);
		cut->switching = SWITCHING_CUT;
		cut->for_ns = 20 * S;
		start();
		tell_safety(inputs_lost[i], 1);
		advance(10 * S);
		assert_true(when(A, false, 0) >= 0);
		tell_safety(inputs_lost[i], 0);
		advance(2000 * S);
		assert_true(ended);
		assert_int_equal(when(A, true, 1), -1);
	}
}

static void a_wall_clock_that_is_set_makes_no_cut_longer_or_shorter(void **state)
{
	static const int64_t set_us[] = {-INT64_C(3600000000), INT64_C(3600000000)};
	int i;

	for (i = 0; i < 2; i++) {
		struct plan_step *cut;

		(void)finish(state);
		(void)begin(state);
		program.slot_count = 1;
		supply(SWITCHING_ON, 60 * S);
		cut = step(VERB_MAINS, 60 * S);
		cut->switching = SWITCHING_CUT;
		cut->for_ns = 20 * S;
		start();
		advance(10 * S);
		assert_int_equal(when(A, true, 1), -1);
		world.utc_set_us = set_us[i];
		advance(200 * S);
		assert_true(ended);
		assert_int_equal(when(A, true, 1) - when(A, false, 0), 20 * S);
	}
}

static void dips_a_second_apart_do_not_wait_for_the_hubs_store(void **state)
{
	int i;

	(void)state;
	program.slot_count = 1;
	program.slots[A].recharge_ns = 600 * S;
	supply(SWITCHING_ON, 60 * S);
	for (i = 0; i < 2; i++) {
		step(VERB_CUT, 60 * S)->for_ns = 5 * S;
		step(VERB_HOLD, 60 * S)->for_ns = 1 * S;
	}
	start();
	advance(200 * S);
	assert_null(fault("out-of-time"));
	assert_int_equal(when(A, false, 1) / (100 * MS), (when(A, true, 1) + 1 * S) / (100 * MS));
}

static void what_has_not_confirmed_its_off_keeps_an_interlock_shut(void **state)
{
	(void)state;
	interlocked(1 * S);
	world.relay_deaf[A] = true;
	supply(SWITCHING_ON, 30 * S);
	step(VERB_HOLD, 20 * S)->for_ns = 5 * S;
	supply(SWITCHING_OFF, 20 * S);
	start();
	advance(200 * S);
	assert_true(ended);
	assert_true(when(A, false, 0) >= 0);
	assert_int_equal(when(B, true, 0), -1);
	assert_true(when(A, false, 1) > when(A, false, 0)); /* told again at the end */
	assert_non_null(fault("not-off"));
	assert_false(engine_is_off(engine));
}

static void what_does_not_read_back_as_told_ends_the_slot_whatever_its_sense_says(void **state)
{
	(void)state;
	program.slot_count = 1;
	world.relay_denies[A] = true;
	supply(SWITCHING_ON, 30 * S);
	step(VERB_HOLD, 200 * S)->for_ns = 100 * S;
	start();
	advance(50 * S);
	assert_true(ended);
	assert_non_null(fault("readback-disagrees"));
	assert_int_equal(fault("readback-disagrees")->data.fault.domain, FAULT_RIG);
	assert_true(when(A, false, 0) > when(A, true, 0));
}

static void say_ready(void)
{
	struct record record = {.kind = RECORD_HUB};

	record.data.hub.event = HUB_READY;
	give((struct run_event){.kind = EVENT_OBSERVED, .slot = A, .record = &record});
}

static void a_hub_that_was_ready_before_its_supply_went_is_not_ready_when_it_is_back(void **state)
{
	(void)state;
	program.slot_count = 1;
	program.slots[A].has_ready = true;
	supply(SWITCHING_ON, 60 * S);
	step(VERB_WAIT, 60 * S)->wait = WAIT_HUB_READY;
	step(VERB_CUT, 60 * S)->for_ns = 5 * S;
	step(VERB_WAIT, 60 * S)->wait = WAIT_HUB_READY;
	start();
	advance(5 * S);
	say_ready();
	advance(30 * S);
	assert_true(when(A, true, 1) > 0);
	assert_string_equal(engine_slot_waits_for(engine, 0), "the hub to say that it is ready");
	say_ready();
	advance(40 * S);
	assert_true(ended);
	assert_null(fault("out-of-time"));
}

static void a_relay_that_welds_before_the_last_off_is_found_at_the_end(void **state)
{
	(void)state;
	world.relay_welded[B] = true;
	supply(SWITCHING_ON, 30 * S);
	step(VERB_HOLD, 20 * S)->for_ns = 5 * S;
	start();
	advance(200 * S);
	assert_true(ended);
	assert_string_equal(fault("relay-welded")->slot, "B");
	assert_non_null(fault("not-off"));
	assert_false(engine_is_off(engine));
}

/* So often was slot B announced off by the rig's own trouble. */
static int announced_off_by_rig(void)
{
	int count = 0, i;

	for (i = 0; i < line_count; i++)
		count += lines[i].kind == RECORD_ANNOUNCE && lines[i].data.announce.action == ANNOUNCED_OFF && lines[i].data.announce.purpose == PURPOSE_RIG &&
			 strcmp(lines[i].slot, "B") == 0;
	return count;
}

/* Its switch stays off for good, for longer than the cut was announced. */
static void a_slot_that_fails_in_a_cut_is_announced_off(void **state)
{
	(void)state;
	world.relay_welded[B] = true;
	supply(SWITCHING_ON, 30 * S);
	step(VERB_CUT, 60 * S)->for_ns = 20 * S;
	start();
	advance(10 * S);
	assert_string_equal(fault("relay-welded")->slot, "B");
	assert_int_equal(announced_off_by_rig(), 1);
	advance(200 * S);
	assert_true(ended);
}

static void a_hub_alone_without_its_supply_is_no_fault_of_the_hub(void **state)
{
	(void)state;
	program.slot_count = 1;
	program.slots[A].mains = program.slots[A].mains_sense = NO_CHANNEL;
	program.slots[A].feed = A;
	program.slots[A].recharge_ns = 60 * S;
	supply(SWITCHING_ON, 30 * S);
	step(VERB_WAIT, 90 * S)->wait = WAIT_RECHARGED;
	start();
	advance(10 * S);
	set_level(SENSE_A, 0);
	advance(200 * S);
	assert_true(ended);
	assert_int_equal(fault("out-of-time")->data.fault.domain, FAULT_SUPPLY);
}

static void end_by_estop(bool weld_opens_before)
{
	world.relay_welded[B] = true;
	supply(SWITCHING_ON, 30 * S);
	supply(SWITCHING_OFF, 30 * S);
	step(VERB_HOLD, 100 * S)->for_ns = 90 * S;
	start();
	advance(60 * S);
	assert_string_equal(fault("relay-welded")->slot, "B");
	assert_false(ended);
	set_level(B, 0); /* the chain of the emergency stop opens in front of it, or the contact has come loose */
	if (weld_opens_before)
		advance(61 * S);
	else
		tell_safety(SAFETY_ESTOP, 0);
	advance(300 * S);
	assert_true(ended);
}

static void a_weld_is_not_off_because_the_emergency_stop_hides_it(void **state)
{
	(void)state;
	end_by_estop(false);
	assert_non_null(fault("not-off"));
	assert_false(engine_is_off(engine));
}

/* Slot A's hub has a sense of its own, behind its meter. */
static void behind_a_meter(void)
{
	program.slot_count = 1;
	program.slots[A].sense = MIRROR;
	world.level[MIRROR] = 0;
	supply(SWITCHING_ON, 30 * S);
}

static void a_hub_that_keeps_its_supply_through_a_long_cut_is_back_fed(void **state)
{
	(void)state;
	behind_a_meter();
	step(VERB_CUT, 60 * S)->for_ns = 20 * S;
	start();
	world.back_fed[A] = true;
	advance(200 * S);
	assert_true(ended);
	assert_int_equal(fault("back-fed")->data.fault.domain, FAULT_RIG);
	assert_string_equal(fault("back-fed")->slot, "A");
	assert_int_equal(when(A, true, 1), -1);
}

static void one_that_loses_it_in_the_cut_is_not(void **state)
{
	(void)state;
	behind_a_meter();
	step(VERB_CUT, 60 * S)->for_ns = 20 * S;
	start();
	advance(200 * S);
	assert_true(ended);
	assert_null(fault("back-fed"));
	assert_true(engine_is_off(engine));
}

static void a_hub_that_still_has_a_supply_when_all_is_off_spoils_what_was_measured_of_it(void **state)
{
	(void)state;
	behind_a_meter();
	step(VERB_HOLD, 60 * S)->for_ns = 5 * S;
	start();
	world.back_fed[A] = true;
	advance(200 * S);
	assert_true(ended);
	assert_int_equal(fault("back-fed")->data.fault.cases, 1U << CASE_OUTAGE);
	assert_non_null(fault("not-off"));
	assert_false(engine_is_off(engine));
}

static void a_weld_that_came_loose_is_off(void **state)
{
	(void)state;
	end_by_estop(true);
	assert_null(fault("not-off"));
	assert_true(engine_is_off(engine));
}

static void a_source_that_goes_while_the_meter_has_no_mains_is_told_then(void **state)
{
	(void)state;
	behind_a_meter();
	supply(SWITCHING_OFF, 30 * S);
	step(VERB_HOLD, 200 * S)->for_ns = 100 * S;
	start();
	world.back_fed[A] = true;
	advance(5 * S);
	assert_null(fault("back-fed"));
	advance(30 * S);
	set_level(MIRROR, 0);
	assert_int_equal(fault("back-fed")->data.fault.cases, 1U << CASE_OUTAGE);
	advance(400 * S);
	assert_true(ended);
	assert_true(engine_is_off(engine));
}

static void a_supply_that_stays_while_the_meter_has_no_mains_is_told_when_it_is_read(void **state)
{
	(void)state;
	behind_a_meter();
	supply(SWITCHING_OFF, 30 * S);
	step(VERB_HOLD, 200 * S)->for_ns = 100 * S;
	start();
	world.back_fed[A] = true;
	advance(5 * S);
	read_levels();
	assert_null(fault("back-fed"));
	advance(20 * S);
	read_levels();
	assert_string_equal(fault("back-fed")->slot, "A");
}

static void a_sense_that_nobody_has_read_proves_nothing_off(void **state)
{
	(void)state;
	program.slot_count = 1;
	step(VERB_HOLD, 60 * S)->for_ns = 10 * S;
	start_unread();
	advance(200 * S);
	assert_true(ended);
	assert_int_equal(trace_count, 0);
	assert_non_null(fault("not-off"));
	assert_false(engine_is_off(engine));
}

static void grouped(void)
{
	program.slots[A].contactor = program.slots[B].contactor = CONTACTOR;
	program.slots[A].mirror = program.slots[B].mirror = MIRROR;
	supply(SWITCHING_ON, 60 * S);
	step(VERB_HOLD, 20 * S)->for_ns = 10 * S;
}

static void the_groups_contactor_closes_first_once_and_opens_at_the_end(void **state)
{
	(void)state;
	grouped();
	start();
	advance(200 * S);
	assert_true(ended);
	assert_int_equal(trace[0].output, CONTACTOR);
	assert_int_equal(trace[1].output, A);
	assert_true(trace[1].t_ns >= trace[0].t_ns + ANSWER_NS);
	assert_int_equal(when(CONTACTOR, true, 1), -1);
	assert_true(when(CONTACTOR, false, 0) >= when(B, false, 0));
	assert_null(fault("not-off"));
	assert_true(engine_is_off(engine));
}

static void what_several_slots_share_goes_off_though_it_has_not_said_yet_that_it_is_on(void **state)
{
	(void)state;
	grouped();
	start();
	while (trace_count == 0)
		advance(world.t_ns + MS);
	assert_int_equal(trace[0].output, CONTACTOR);
	give((struct run_event){.kind = EVENT_STOP});
	give((struct run_event){.kind = EVENT_OUTPUT_DONE, .channel = CONTACTOR, .agrees = true, .text = "on"});
	advance(200 * S);
	assert_true(ended);
	assert_true(when(CONTACTOR, false, 0) >= trace[0].t_ns);
	assert_null(fault("not-off"));
	assert_true(engine_is_off(engine));
}

static void a_contactor_that_is_closed_untold_is_welded_and_nothing_is_energised(void **state)
{
	(void)state;
	grouped();
	world.level[MIRROR] = 0;
	start();
	advance(200 * S);
	assert_non_null(fault("contactor-welded"));
	assert_int_equal(fault("contactor-welded")->data.fault.domain, FAULT_RIG);
	assert_int_equal(trace_count, 0);
}

static void a_contactor_that_does_not_close_keeps_the_mains_relays_off(void **state)
{
	(void)state;
	grouped();
	world.contactor_stuck = true;
	start();
	advance(200 * S);
	assert_non_null(fault("contactor-open"));
	assert_int_equal(when(A, true, 0), -1);
}

static void a_contactor_that_welds_is_found_at_the_end(void **state)
{
	(void)state;
	grouped();
	world.contactor_welded = true;
	start();
	advance(200 * S);
	assert_true(ended);
	assert_non_null(fault("not-off"));
	assert_false(engine_is_off(engine));
	assert_string_equal(fault("contactor-welded")->slot, "A"); /* and B: neither may be used */
}

static void with_lab_power(void)
{
	program.has_lab_feed = true;
	supply(SWITCHING_ON, 60 * S);
	step(VERB_HOLD, 7200 * S)->for_ns = 3600 * S;
}

static int64_t t_of_last(enum record_kind kind)
{
	int i;

	for (i = line_count - 1; i >= 0 && lines[i].kind != kind; i--)
		;
	return i < 0 ? -1 : lines[i].t_ns;
}

static void loss_of_the_labs_power_switches_off_and_goes_on_recording(void **state)
{
	int64_t lost_ns;

	(void)state;
	with_lab_power();
	start();
	advance(10 * S);
	lost_ns = world.t_ns;
	tell_safety(SAFETY_LAB_POWER, 0);
	assert_int_equal(when(A, false, 0), lost_ns);
	assert_int_equal(when(B, false, 0), lost_ns);
	advance(60 * S);
	tell_safety(SAFETY_LAB_POWER, 1); /* back: that ends nothing */
	advance(200 * S);
	set_level(SENSE_A, 1); /* whatever a hub does minutes later is in the journal */
	assert_int_equal(t_of_last(RECORD_EDGE), 200 * S);
	advance(2000 * S);
	assert_true(ended);
	assert_int_equal(t_of_last(RECORD_END), lost_ns + ANSWER_NS + 600 * S + MS);
	assert_int_equal(when(A, true, 1), -1);
}

static void the_labs_power_that_comes_back_energises_nothing(void **state)
{
	struct plan_step *cut;

	(void)state;
	program.has_lab_feed = true;
	program.slot_count = 1;
	supply(SWITCHING_ON, 60 * S);
	cut = step(VERB_MAINS, 200 * S);
	cut->switching = SWITCHING_CUT;
	cut->for_ns = 100 * S;
	step(VERB_HOLD, 600 * S)->for_ns = 300 * S;
	start();
	advance(50 * S); /* in the middle of the cut: nothing is on, and something will be */
	assert_int_equal(when(A, false, 0) > 0, 1);
	tell_safety(SAFETY_LAB_POWER, 0);
	tell_safety(SAFETY_LAB_POWER, 1);
	advance(2000 * S);
	assert_true(ended);
	assert_int_equal(when(A, true, 1), -1);
}

static void the_operator_need_not_wait_for_the_end_of_the_recording(void **state)
{
	(void)state;
	with_lab_power();
	start();
	advance(10 * S);
	tell_safety(SAFETY_LAB_POWER, 0);
	advance(20 * S);
	give((struct run_event){.kind = EVENT_STOP});
	advance(21 * S);
	assert_true(ended);
}

static void a_gate_waits_for_the_ups_to_have_mains(void **state)
{
	int i;

	(void)state;
	program.ups = UPS;
	world.level[UPS] = 0;
	step(VERB_GATE, 60 * S);
	start();
	advance(10 * S);
	for (i = 0; i < line_count && lines[i].kind != RECORD_GATE; i++)
		;
	assert_true(i < line_count);
	assert_string_equal(lines[i].data.gate.text, "the UPS runs on its battery");
	advance(100 * S);
	assert_int_equal(trace_count, 0);
}

static void a_bench_that_nobody_arms_is_nobodys_device(void **state)
{
	(void)state;
	program.needs_arm = true;
	supply(SWITCHING_ON, 60 * S);
	start();
	advance(4000 * S);
	assert_true(ended);
	assert_int_equal(trace_count, 0);
	assert_non_null(fault("out-of-time"));
	assert_int_equal(fault("out-of-time")->data.fault.domain, FAULT_OPERATOR);
}

/* ---- Canaries ---- */

static void report(int slot, enum upgrade_said said, const char *text)
{
	struct run_event event = {.kind = EVENT_UPGRADE_AT, .slot = slot, .report = said};

	text_copy(event.text, sizeof event.text, text);
	give(event);
}

/* Slot A is the canary of a night that activates both meters; it has been told to. */
static void canary_activated(void)
{
	struct record clock = {.kind = RECORD_CLOCK};
	int i;

	for (i = 0; i < SLOTS; i++) {
		preamble[i].kind = RECORD_SLOT;
		text_copy(preamble[i].slot, sizeof preamble[i].slot, program.slots[i].name);
		text_copy(program.slots[i].firmware_from, sizeof program.slots[i].firmware_from, "0002012F");
		text_copy(program.slots[i].firmware_to, sizeof program.slots[i].firmware_to, "00020130");
	}
	preamble[SLOTS].kind = RECORD_START;
	program.preamble_count = SLOTS + 1;
	program.slots[A].canary = true;
	supply(SWITCHING_ON, 60 * S);
	step(VERB_GATE, 60 * S);
	step(VERB_ACTIVATE, 60 * S);
	step(VERB_CONFIRM, 600 * S);
	start();
	give((struct run_event){.kind = EVENT_CLOCK_STATE, .slot = NO_CHANNEL, .record = &clock});
	advance(10 * S);
	report(A, SAID_SENT, "");
	report(A, SAID_ACCEPTED, "");
	assert_int_equal(world.activations[A], 1);
}

static void the_others_wait_until_a_canary_has_come_back(void **state)
{
	(void)state;
	canary_activated();
	advance(400 * S); /* longer than the gate's own time */
	assert_int_equal(world.activations[B], 0);
	report(A, SAID_VERSION, "00020130");
	advance(410 * S);
	assert_int_equal(world.activations[B], 1);
}

static void a_canary_with_its_old_version_lets_nobody_through(void **state)
{
	(void)state;
	canary_activated();
	report(A, SAID_VERSION, "0002012F");
	advance(2000 * S);
	assert_true(ended);
	assert_int_equal(world.activations[B], 0);
}

static void a_canary_that_does_not_come_back_stops_the_batch(void **state)
{
	(void)state;
	canary_activated();
	advance(2000 * S);
	assert_true(ended);
	assert_non_null(fault("out-of-time"));
	assert_string_equal(fault("out-of-time")->slot, "A");
	assert_int_equal(world.activations[B], 0);
}

#define CASE_OF(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE_OF(an_interlocked_switch_waits_until_the_other_was_off_for_the_gap),
		CASE_OF(what_a_slow_disk_held_back_is_switched_one_after_the_other_all_the_same),
		CASE_OF(an_interlock_that_never_opens_is_the_rigs_fault_and_says_why),
		CASE_OF(what_is_cut_for_a_time_keeps_its_place_in_an_interlock),
		CASE_OF(nothing_goes_on_before_its_announcement_is_on_the_disk),
		CASE_OF(no_cut_begins_before_its_announcement_is_on_the_disk_and_its_end_waits_for_none),
		CASE_OF(what_is_not_in_order_from_the_start_keeps_the_mains_off),
		CASE_OF(what_is_lost_while_the_disk_works_keeps_the_mains_off),
		CASE_OF(at_safe_voltages_an_emergency_stop_keeps_off_too),
		CASE_OF(what_is_lost_during_a_cut_leaves_the_mains_off),
		CASE_OF(a_wall_clock_that_is_set_makes_no_cut_longer_or_shorter),
		CASE_OF(dips_a_second_apart_do_not_wait_for_the_hubs_store),
		CASE_OF(what_has_not_confirmed_its_off_keeps_an_interlock_shut),
		CASE_OF(what_does_not_read_back_as_told_ends_the_slot_whatever_its_sense_says),
		CASE_OF(a_hub_that_was_ready_before_its_supply_went_is_not_ready_when_it_is_back),
		CASE_OF(a_relay_that_welds_before_the_last_off_is_found_at_the_end),
		CASE_OF(a_slot_that_fails_in_a_cut_is_announced_off),
		CASE_OF(a_hub_alone_without_its_supply_is_no_fault_of_the_hub),
		CASE_OF(a_weld_is_not_off_because_the_emergency_stop_hides_it),
		CASE_OF(a_weld_that_came_loose_is_off),
		CASE_OF(a_hub_that_keeps_its_supply_through_a_long_cut_is_back_fed),
		CASE_OF(one_that_loses_it_in_the_cut_is_not),
		CASE_OF(a_hub_that_still_has_a_supply_when_all_is_off_spoils_what_was_measured_of_it),
		CASE_OF(a_source_that_goes_while_the_meter_has_no_mains_is_told_then),
		CASE_OF(a_supply_that_stays_while_the_meter_has_no_mains_is_told_when_it_is_read),
		CASE_OF(a_sense_that_nobody_has_read_proves_nothing_off),
		CASE_OF(the_groups_contactor_closes_first_once_and_opens_at_the_end),
		CASE_OF(what_several_slots_share_goes_off_though_it_has_not_said_yet_that_it_is_on),
		CASE_OF(a_contactor_that_is_closed_untold_is_welded_and_nothing_is_energised),
		CASE_OF(a_contactor_that_does_not_close_keeps_the_mains_relays_off),
		CASE_OF(a_contactor_that_welds_is_found_at_the_end),
		CASE_OF(loss_of_the_labs_power_switches_off_and_goes_on_recording),
		CASE_OF(the_labs_power_that_comes_back_energises_nothing),
		CASE_OF(the_operator_need_not_wait_for_the_end_of_the_recording),
		CASE_OF(a_gate_waits_for_the_ups_to_have_mains),
		CASE_OF(a_bench_that_nobody_arms_is_nobodys_device),
		CASE_OF(the_others_wait_until_a_canary_has_come_back),
		CASE_OF(a_canary_with_its_old_version_lets_nobody_through),
		CASE_OF(a_canary_that_does_not_come_back_stops_the_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
