/*
 * The engine on a small world of the test's own, in virtual time: one meter with its hub. The world answers actions with
 * events as hardware would; what it did is known, and the findings must say the same.
 */

#include "rig/run/engine_private.h"

#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S NS_PER_S
#define MS NS_PER_MS
#define UTC_US INT64_C(1795456800000000)
#define PENDING_MAX 512
#define LINES_MAX 20000

enum { SENSE, MAINS_SENSE, INPUTS };

static struct plan_step steps[64];
static struct plan the_plan;
static struct program program;
static struct program_input inputs[INPUTS] = {{"pins.17", "A"}, {"pins.41", "A"}};
static struct record preamble[16];
static struct record lines[LINES_MAX];
static int line_count;

struct world {
	int64_t t_ns;
	struct run_event pending[PENDING_MAX];
	struct record pending_records[PENDING_MAX];
	int pending_count;
	int64_t reboot_ns;        /* what the new firmware does to the hub's supply; 0: nothing; -1: never back */
	int64_t threshold_ns;
	int64_t latency_ns;       /* from raised to seen */
	unsigned loses;           /* bit n: the alert number n is lost on its way */
	int alerts;               /* raised so far */
	bool observer_dead, welded;
	bool disk_stuck;          /* no flush ends */
	int level[INPUTS];
	int64_t seqno[INPUTS];
	bool mains, supply;
	int64_t t_supply_down_ns;
	int transfers, activations;
	bool upgraded;
	const char *version;      /* until it is upgraded */
	int mute;                 /* so often it does not answer when it is asked for it */
	bool never_leaves;        /* its activation: the port is lost */
	bool unheard_after;       /* the port is lost with it, and nothing is heard any more */
};

static struct world world;
static struct engine *engine;
static struct actions actions;
static bool ended;

static struct run_event *plan(int64_t t_ns, enum run_event_kind kind)
{
	struct run_event *event = &world.pending[world.pending_count++];

	assert_true(world.pending_count < PENDING_MAX);
	*event = (struct run_event){.kind = kind, .t_ns = t_ns};
	return event;
}

static void plan_edge(int64_t t_ns, int input, int level)
{
	struct run_event *event = plan(t_ns, EVENT_EDGE_SEEN);

	event->channel = input;
	event->level = level;
}

static struct run_event *plan_report(int64_t t_ns, enum upgrade_said report, const char *text)
{
	struct run_event *event = plan(t_ns, EVENT_UPGRADE_AT);

	event->report = report;
	text_copy(event->text, sizeof event->text, text);
	return event;
}

static struct record *plan_observed(int64_t t_ns, enum record_kind kind)
{
	struct record *record = &world.pending_records[world.pending_count];
	struct run_event *event = plan(t_ns, EVENT_OBSERVED);

	*record = (struct record){.kind = kind};
	event->record = record;
	return record;
}

static void drive_mains(int64_t t_ns, bool on)
{
	if (on == world.mains || (world.welded && !on))
		return;
	world.mains = on;
	plan_edge(t_ns + 8 * MS, MAINS_SENSE, on);
	plan_edge(on ? t_ns + 5 * S : t_ns + 500 * MS, SENSE, on);
}

static void activate(int64_t t_ns)
{
	if (world.never_leaves) {
		plan_report(t_ns + 1 * MS, SAID_FAILED, "the line was lost")->fault = FAULT_RIG;
		return;
	}
	world.activations++;
	world.upgraded = true;
	plan_report(t_ns + 1 * MS, SAID_SENT, "");
	if (world.unheard_after) {
		plan_report(t_ns + 2 * MS, SAID_FAILED, "the line was lost")->fault = FAULT_RIG;
		return;
	}
	plan_report(t_ns + 100 * MS, SAID_ACCEPTED, "");
	if (world.reboot_ns != 0)
		plan_edge(t_ns + 2 * S, SENSE, 0);
	if (world.reboot_ns > 0)
		plan_edge(t_ns + 2 * S + world.reboot_ns, SENSE, 1);
}

static void upgrade(int64_t t_ns, enum upgrade_ask command)
{
	switch (command) {
	case ASK_TRANSFER:
		world.transfers++;
		plan_report(t_ns + 1 * S, SAID_FIRST_BLOCK, "");
		plan_report(t_ns + 60 * S, SAID_TRANSFERRED, "");
		break;
	case ASK_ACTIVATE:
		activate(t_ns);
		break;
	case ASK_VERSION:
		if (world.unheard_after && world.activations > 0)
			plan_report(t_ns + 5 * S, SAID_FAILED, "the line was lost")->fault = FAULT_RIG;
		else if (world.level[SENSE] && world.mute-- <= 0)
			plan_report(t_ns + 200 * MS, SAID_VERSION, world.upgraded ? "00020130" : world.version);
		else
			plan_report(t_ns + 5 * S, SAID_FAILED, "no answer");
		break;
	case ASK_CANCEL:
		break;
	}
}

static void carry_out(void)
{
	int i;

	for (i = 0; i < actions.count; i++) {
		const struct action *action = &actions.list[i];
		struct run_event *event;

		switch (action->kind) {
		case ACTION_RECORD:
			assert_true(line_count < LINES_MAX);
			assert_int_equal(action->record.seq, line_count);
			lines[line_count++] = action->record;
			break;
		case ACTION_FLUSH:
			if (!world.disk_stuck)
				plan(world.t_ns + 1 * MS, EVENT_DURABLE_TO)->count = (uint64_t)line_count;
			break;
		case ACTION_OUTPUT:
			event = plan(world.t_ns + 10 * MS, EVENT_OUTPUT_DONE);
			event->channel = action->output;
			event->agrees = true;
			text_copy(event->text, sizeof event->text, action->on ? "on" : "off");
			if (action->output == 0)
				drive_mains(world.t_ns, action->on);
			break;
		case ACTION_UPGRADE:
			upgrade(world.t_ns, action->command);
			break;
		case ACTION_PROMPT:
			break;
		case ACTION_CLOSE_RAW:
			plan(world.t_ns + 1 * MS, EVENT_RAW_CLOSED);
			break;
		case ACTION_END:
			ended = true;
			break;
		}
	}
}

static void give(struct run_event *event)
{
	event->utc_us = UTC_US + event->t_ns / NS_PER_US;
	if (event->kind == EVENT_EDGE_SEEN) {
		if (world.level[event->channel] == event->level)
			return; /* overtaken by a later plan */
		world.level[event->channel] = event->level;
		event->seqno = ++world.seqno[event->channel];
		if (event->channel == SENSE) {
			world.t_supply_down_ns = event->level ? -1 : event->t_ns;
			if (event->level)
				plan_observed(event->t_ns + 30 * S, RECORD_HUB)->data.hub.event = HUB_READY;
		}
	}
	if (engine) {
		run_step(engine, event, &actions);
		carry_out();
		while (actions.more && !ended) {
			run_step(engine, &(struct run_event){.kind = EVENT_TICK, .t_ns = world.t_ns,
							     .utc_us = UTC_US + world.t_ns / NS_PER_US}, &actions);
			carry_out();
		}
	}
}

static void hub_may_alert(void)
{
	if (world.observer_dead || world.t_supply_down_ns < 0 || world.threshold_ns == 0 ||
	    world.t_ns < world.t_supply_down_ns + world.threshold_ns)
		return;
	if (!(world.loses >> world.alerts++ & 1)) {
		struct record *record = plan_observed(world.t_ns + world.latency_ns, RECORD_ALERT);

		strcpy(record->data.alert.observer, "console");
		strcpy(record->data.alert.code, "AD1");
		record->data.alert.count = 1;
		record->data.alert.interruption_utc_us = record->data.alert.restoration_utc_us = -1;
	}
	world.t_supply_down_ns = -1;
}

/* One poll a second stands for ten: nothing here is shorter. */
static void poll_inputs(void)
{
	int8_t levels[INPUTS];
	int i;

	for (i = 0; i < INPUTS; i++)
		levels[i] = (int8_t)world.level[i];
	if (engine && !ended)
		give(&(struct run_event){.kind = EVENT_LEVELS_READ, .t_ns = world.t_ns, .levels = levels});
}

/* Moves to the next thing that happens; false when the run has ended or `until_ns` has come. */
static bool advance(int64_t until_ns)
{
	int64_t next_ns = (world.t_ns / S + 1) * S;
	struct run_event event;
	struct record record;
	int i, chosen = -1;

	for (i = 0; i < world.pending_count; i++)
		if (world.pending[i].t_ns <= next_ns) {
			next_ns = world.pending[i].t_ns;
			chosen = i;
		}
	if (engine && actions.deadline_ns < next_ns && actions.deadline_ns > world.t_ns) {
		next_ns = actions.deadline_ns;
		chosen = -1;
	}
	if (ended || next_ns > until_ns)
		return false;
	world.t_ns = next_ns;
	if (chosen < 0) {
		if (next_ns % S == 0)
			poll_inputs();
		else
			give(&(struct run_event){.kind = EVENT_TICK, .t_ns = next_ns});
		hub_may_alert();
		return !ended;
	}
	event = world.pending[chosen];
	record = world.pending_records[chosen];
	if (event.record)
		event.record = &record;
	world.pending_count--;
	for (i = chosen; i < world.pending_count; i++) {
		world.pending[i] = world.pending[i + 1];
		world.pending_records[i] = world.pending_records[i + 1];
		if (world.pending[i].record)
			world.pending[i].record = &world.pending_records[i];
	}
	give(&event);
	return !ended;
}

static struct record *line(enum record_kind kind, const char *slot)
{
	struct record *record = &preamble[program.preamble_count++];

	*record = (struct record){.kind = kind};
	strcpy(record->slot, slot);
	return record;
}

static void make_preamble(void)
{
	struct record *record;

	program.preamble_count = 0;
	program.preamble = preamble;
	strcpy(line(RECORD_RUN, "")->data.run.run, "test");
	preamble[0].data.run.attempts = 1;
	record = line(RECORD_RULE, "");
	strcpy(record->data.rule.rule, "mp102b");
	record->data.rule.limit_ns = 180 * S;
	record = line(RECORD_TERM, "");
	strcpy(record->data.term.term, "stamp");
	strcpy(record->data.term.source, "test");
	record->data.term.half_width_ns = 500000;
	record->data.term.edges = 2;
	line(RECORD_EXPECT, "")->data.expect.cases = CASE_BIT(CASE_OUTAGE) | CASE_BIT(CASE_AD1) | CASE_BIT(CASE_FIRMWARE);
	record = line(RECORD_SLOT, "A");
	strcpy(record->data.slot.sense, "pins.17");
	strcpy(record->data.slot.mains, "pins.41");
	record->data.slot.settle_ns = 50 * MS;
	record->data.slot.bounce_ns = 20 * MS;
	record->data.slot.recharge_ns = 600 * S;
	record = line(RECORD_BAND, "A");
	record->data.band.never_ns = 150 * S;
	record->data.band.always_ns = 200 * S;
	strcpy(line(RECORD_OBSERVER, "A")->data.observer.observer, "console");
	line(RECORD_START, "");
}

static struct plan_step *step(enum verb verb, int64_t within_ns)
{
	struct plan_step *made = &steps[the_plan.count++];

	*made = (struct plan_step){.verb = verb, .within_ns = within_ns, .bisect = -1, .text = "", .at.line = the_plan.count};
	return made;
}

static void control(int64_t for_ns, enum polarity polarity)
{
	struct plan_step *made = step(VERB_CONTROL, 3600 * S);

	made->for_ns = for_ns;
	made->polarity = polarity;
	made->watch_ns = 90 * S;
}

static void make_program(void)
{
	struct plan_step *judge;

	the_plan = (struct plan){.steps = steps};
	program = (struct program){.plan = &the_plan, .slot_count = 1, .output_count = 1, .input_count = INPUTS, .inputs = inputs,
				   .needs_arm = true, .ups = NO_CHANNEL, .output_within_ns = 2 * S, .sense_within_ns = 2 * S,
				   .stagger_ns = 500 * MS, .hubs_together_max = 40};
	program.slots[0] = (struct program_slot){.name = "A", .mains = 0, .feed = NO_CHANNEL, .supply = NO_CHANNEL, .supply_output = NO_CHANNEL, .contactor = NO_CHANNEL, .mirror = NO_CHANNEL,
						 .sense = SENSE,
						 .mains_sense = MAINS_SENSE, .observers = 1, .has_ready = true, .has_upgrade = true,
						 .recharge_ns = 600 * S, .settle_ns = 50 * MS,
						 .firmware_from = "0002012F", .firmware_to = "00020130"};
	program.outputs[0] = (struct program_output){.channel = "relays.1", .slot = "A", .is_switch = true, .hazardous = true,
						     .min_off_ns = 1 * S};
	step(VERB_SUPPLY, 120 * S)->switching = SWITCHING_ON;
	step(VERB_WAIT, 900 * S)->wait = WAIT_HUB_READY;
	control(240 * S, POLARITY_POSITIVE);
	step(VERB_TRANSFER, 4 * 3600 * S);
	step(VERB_GATE, 3600 * S);
	step(VERB_ACTIVATE, 60 * S);
	judge = step(VERB_JUDGE, 0);
	judge->cases = CASE_BIT(CASE_OUTAGE) | CASE_BIT(CASE_AD1);
	judge->from = MOMENT_FIRST_BLOCK;
	judge->until_moment = MOMENT_ACTIVATE;
	judge->until_ns = 3600 * S;
	step(VERB_CONFIRM, 600 * S);
	control(240 * S, POLARITY_POSITIVE);
	control(60 * S, POLARITY_NEGATIVE);
	the_plan.finally_first = the_plan.count;
	make_preamble();
}

static void give_now(struct run_event event)
{
	event.t_ns = world.t_ns;
	give(&event);
}

/* What the runtime tells a new engine before anything else: its boot line, levels, clock, observers, arm. */
static void introduce(enum run_event_kind kind, bool armed)
{
	struct record boot = {.kind = RECORD_BOOT}, clock = {.kind = RECORD_CLOCK}, health = {.kind = RECORD_HEALTH};

	strcpy(boot.data.boot.boot_id, "b");
	boot.data.boot.lines = kind == EVENT_BEGIN ? LINES_REQUESTED : LINES_HELD;
	engine = engine_new(&program);
	if (kind == EVENT_RESUMED) {
		int i;

		for (i = 0; i < line_count; i++)
			engine_recall(engine, &lines[i]);
	}
	engine_set_lines(engine, (uint64_t)line_count);
	give_now((struct run_event){.kind = kind, .slot = NO_CHANNEL, .record = &boot});
	poll_inputs();
	give_now((struct run_event){.kind = EVENT_CLOCK_STATE, .slot = NO_CHANNEL, .record = &clock});
	strcpy(health.data.health.observer, "console");
	health.data.health.healthy = true;
	give_now((struct run_event){.kind = EVENT_OBSERVED, .record = &health});
	give_now((struct run_event){.kind = EVENT_SAFETY_INPUT, .safety = SAFETY_ARM, .level = armed});
}

static void start_world(int64_t reboot_ns)
{
	world = (struct world){.reboot_ns = reboot_ns, .threshold_ns = 180 * S, .latency_ns = 5 * S, .t_supply_down_ns = -1, .version = "0002012F"};
	line_count = 0;
	ended = false;
	make_program();
}

static const struct verdict *verdict_of(const struct findings *findings, enum case_kind kind)
{
	int i;

	for (i = 0; i < findings->verdict_count; i++)
		if (findings->verdicts[i].kind == kind)
			return &findings->verdicts[i];
	return NULL;
}

/* The findings of the lines alone, as `judge` would make them offline. */
static struct judge *judged;
static const struct findings *judge_lines(void)
{
	int i;

	judge_free(judged);
	judged = judge_new(1);
	for (i = 0; i < line_count; i++)
		judge_take(judged, &lines[i]);
	return judge_conclude(judged);
}

static const struct findings *run_it(void)
{
	introduce(EVENT_BEGIN, true);
	while (advance(24 * 3600 * S))
		;
	assert_true(ended);
	engine_free(engine);
	engine = NULL;
	return judge_lines();
}

static const struct findings *whole_run(int64_t reboot_ns)
{
	start_world(reboot_ns);
	return run_it();
}

static void a_reboot_of_20_s_is_not_more(void **state)
{
	const struct findings *findings = whole_run(20 * S);

	(void)state;
	assert_int_equal(verdict_of(findings, CASE_OUTAGE)->conformity, CONFORMITY_NOT_MORE);
	assert_int_equal(verdict_of(findings, CASE_OUTAGE)->worst.lo_ns, 20 * S);
	assert_int_equal(verdict_of(findings, CASE_AD1)->conformity, CONFORMITY_PASS);
	assert_int_equal(verdict_of(findings, CASE_FIRMWARE)->conformity, CONFORMITY_PASS);
	assert_int_equal(findings->live_verdict_count, 3);
	assert_int_equal(findings->live_mismatch_count, 0);
	assert_int_equal(findings->exit_code, EXIT_CODE_PASS);
	assert_int_equal(world.activations, 1);
	assert_false(world.mains);
}

static void a_reboot_of_240_s_is_more_and_its_alert_was_expected(void **state)
{
	const struct findings *findings = whole_run(240 * S);

	(void)state;
	assert_int_equal(verdict_of(findings, CASE_OUTAGE)->conformity, CONFORMITY_MORE);
	assert_int_equal(verdict_of(findings, CASE_AD1)->conformity, CONFORMITY_PASS);
	assert_int_equal(findings->ledger_count, 2); /* a slot that was off until the run switched it on had no outage */
	assert_int_equal(findings->ledger[0].class, LEDGER_EXPECTED_SEEN);
	assert_int_equal(findings->ledger[0].cause.cause, CAUSE_FIRMWARE);
	assert_int_equal(findings->ledger[1].cause.cause, CAUSE_RIG_MAINS_CUT); /* its end: everything is seen to be off */
	assert_int_equal(findings->exit_code, EXIT_CODE_FAIL);
}

/* Its activation would do nothing, and look well done. */
static void a_meter_that_runs_another_version_than_its_load_sheet_says_is_not_upgraded(void **state)
{
	static const char *const versions[] = {"00020130", "0002012E"};
	const struct findings *findings;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof versions / sizeof *versions; i++) {
		start_world(20 * S);
		world.version = versions[i];
		findings = run_it();
		assert_int_equal(world.transfers, 0);
		assert_int_equal(world.activations, 0);
		assert_int_equal(verdict_of(findings, CASE_OUTAGE)->validity, VALIDITY_MISSING);
		assert_int_equal(verdict_of(findings, CASE_FIRMWARE)->validity, VALIDITY_MISSING);
		assert_int_equal(findings->exit_code, EXIT_CODE_UNDECIDED);
	}
}

static void a_meter_that_does_not_say_its_version_at_once_is_asked_again(void **state)
{
	const struct findings *findings;

	(void)state;
	start_world(20 * S);
	world.mute = 3;
	findings = run_it();
	assert_int_equal(verdict_of(findings, CASE_FIRMWARE)->conformity, CONFORMITY_PASS);
	assert_int_equal(world.activations, 1);
}

static const struct record *fault_named(const char *code)
{
	int i;

	for (i = 0; i < line_count; i++)
		if (lines[i].kind == RECORD_FAULT && strcmp(lines[i].data.fault.code, code) == 0)
			return &lines[i];
	return NULL;
}

static void an_activation_that_cannot_leave_is_the_rigs_and_nothing_waits_for_it(void **state)
{
	const struct record *failed;
	const struct findings *findings;

	(void)state;
	start_world(20 * S);
	world.never_leaves = true;
	findings = run_it();
	failed = fault_named("activation-failed");
	assert_non_null(failed);
	assert_int_equal(failed->data.fault.domain, FAULT_RIG);
	assert_null(fault_named("out-of-time"));
	assert_int_equal(verdict_of(findings, CASE_FIRMWARE)->validity, VALIDITY_VOID);
	assert_int_equal(verdict_of(findings, CASE_FIRMWARE)->domain, FAULT_RIG);
}

static void a_version_that_cannot_be_asked_for_is_not_the_devices_silence(void **state)
{
	const struct record *late;
	const struct findings *findings;

	(void)state;
	start_world(0);
	world.unheard_after = true;
	findings = run_it();
	late = fault_named("out-of-time");
	assert_non_null(late);
	assert_int_equal(late->data.fault.domain, FAULT_RIG);
	assert_non_null(strstr(late->data.fault.text, "the line was lost"));
	assert_int_equal(verdict_of(findings, CASE_FIRMWARE)->validity, VALIDITY_INCONCLUSIVE);
	assert_int_equal(verdict_of(findings, CASE_FIRMWARE)->domain, FAULT_RIG);
}

/* A hub whose store is not full may raise nothing, and that it does not then shows nothing. */
static void every_control_finds_its_hub_recharged(void **state)
{
	int64_t up_ns = -1;
	int i, controls = 0;

	(void)state;
	(void)whole_run(20 * S);
	for (i = 0; i < line_count; i++) {
		const struct record *line = &lines[i];

		if (line->kind == RECORD_EDGE && strcmp(line->data.edge.channel, inputs[SENSE].channel) == 0)
			up_ns = line->data.edge.level ? line->t_ns : -1;
		if (line->kind != RECORD_CONTROL || line->data.control.state != SPAN_BEGIN)
			continue;
		controls++;
		assert_true(up_ns >= 0 && line->t_ns >= up_ns + 600 * S);
	}
	assert_int_equal(controls, 3);
}

/* What a meter does to its hub while the image crosses is judged, too. */
static void a_watch_from_the_first_block_begins_there(void **state)
{
	int64_t first_block_ns = -1, from_ns = -1;
	int i;

	(void)state;
	(void)whole_run(20 * S);
	for (i = 0; i < line_count; i++) {
		if (lines[i].kind == RECORD_PHASE && lines[i].data.phase.phase == PHASE_TRANSFER)
			first_block_ns = lines[i].t_ns;
		if (lines[i].kind == RECORD_WATCH && lines[i].data.watch.state == SPAN_BEGIN)
			from_ns = lines[i].data.watch.from_ns;
	}
	assert_true(first_block_ns >= 0);
	assert_int_equal(from_ns, first_block_ns);
}

static void a_meter_that_never_comes_back_is_more_and_firmware_is_open(void **state)
{
	const struct findings *findings = whole_run(-1);

	(void)state;
	assert_int_equal(verdict_of(findings, CASE_OUTAGE)->conformity, CONFORMITY_MORE);
	assert_int_equal(verdict_of(findings, CASE_FIRMWARE)->validity, VALIDITY_INCONCLUSIVE);
	assert_int_equal(verdict_of(findings, CASE_FIRMWARE)->domain, FAULT_DEVICE);
	assert_int_equal(findings->live_mismatch_count, 0);
}

static void a_failed_control_spends_no_meter(void **state)
{
	const struct findings *findings;

	(void)state;
	start_world(240 * S);
	world.observer_dead = true;
	introduce(EVENT_BEGIN, true);
	while (advance(24 * 3600 * S))
		;
	engine_free(engine);
	engine = NULL;
	findings = judge_lines();
	assert_int_equal(world.activations, 0);
	assert_int_equal(verdict_of(findings, CASE_OUTAGE)->validity, VALIDITY_MISSING);
	assert_int_equal(findings->exit_code, EXIT_CODE_UNDECIDED);
}

static void nothing_is_energised_before_the_bench_is_armed(void **state)
{
	(void)state;
	start_world(20 * S);
	introduce(EVENT_BEGIN, false);
	while (advance(100 * S))
		;
	assert_false(world.mains);
	assert_string_equal(engine_slot_waits_for(engine, 0), "the bench to be armed");
	give_now((struct run_event){.kind = EVENT_SAFETY_INPUT, .safety = SAFETY_ARM, .level = 1});
	while (advance(110 * S))
		;
	assert_true(world.mains);
	engine_free(engine);
	engine = NULL;
}

static void an_emergency_stop_switches_off_at_once_and_ends_the_run(void **state)
{
	const struct findings *findings;
	int i, persons = 0;

	(void)state;
	start_world(20 * S);
	program.has_estop = true;
	introduce(EVENT_BEGIN, true);
	give_now((struct run_event){.kind = EVENT_SAFETY_INPUT, .safety = SAFETY_ESTOP, .level = 1});
	while (advance(50 * S))
		;
	assert_true(world.mains);
	give_now((struct run_event){.kind = EVENT_SAFETY_INPUT, .safety = SAFETY_ESTOP, .level = 0});
	assert_false(world.mains);
	while (advance(200 * S))
		;
	assert_true(ended);
	engine_free(engine);
	engine = NULL;
	for (i = 0; i < line_count; i++)
		persons += lines[i].kind == RECORD_ANNOUNCE && lines[i].data.announce.action == ANNOUNCED_OFF &&
			   lines[i].data.announce.purpose == PURPOSE_PERSON;
	assert_int_equal(persons, 1); /* what comes of it is nobody else's */
	findings = judge_lines();
	assert_int_equal(findings->end_reason, END_SAFETY);
}

static void a_welded_relay_is_the_rigs_fault(void **state)
{
	const struct findings *findings;
	int i, faults = 0;

	(void)state;
	start_world(20 * S);
	world.welded = true;
	introduce(EVENT_BEGIN, true);
	while (advance(24 * 3600 * S))
		;
	engine_free(engine);
	engine = NULL;
	findings = judge_lines();
	for (i = 0; i < line_count; i++)
		faults += lines[i].kind == RECORD_FAULT && strcmp(lines[i].data.fault.code, "relay-welded") == 0 &&
			  lines[i].data.fault.domain == FAULT_RIG;
	assert_int_equal(faults, 1);
	assert_int_equal(world.activations, 0);
	assert_int_equal(findings->exit_code, EXIT_CODE_UNDECIDED);
}

static void a_control_that_failed_is_not_ended_by_a_later_one(void **state)
{
	int i, begins = 0, ends = 0;

	(void)state;
	start_world(20 * S);
	the_plan.finally_first = the_plan.count - 2; /* the controls after the watch are made in any case */
	world.welded = true;
	introduce(EVENT_BEGIN, true);
	while (advance(24 * 3600 * S))
		;
	engine_free(engine);
	engine = NULL;
	for (i = 0; i < line_count; i++) {
		begins += lines[i].kind == RECORD_CONTROL && lines[i].data.control.state == SPAN_BEGIN;
		ends += lines[i].kind == RECORD_CONTROL && lines[i].data.control.state == SPAN_END;
	}
	assert_true(begins >= 2);
	assert_int_equal(ends, 0);
}

/* The rig dies and comes back 2 s later; the lines were held meanwhile, and what was not durable is lost. */
static void a_crash_at_any_line_sends_no_second_activation_and_turns_no_verdict(void **state)
{
	int crash, whole_lines;

	(void)state;
	assert_int_equal(verdict_of(whole_run(240 * S), CASE_OUTAGE)->conformity, CONFORMITY_MORE);
	whole_lines = line_count;
	for (crash = 20; crash < whole_lines; crash += 3) {
		const struct findings *findings;
		const struct verdict *outage;
		int64_t back_ns;

		start_world(240 * S);
		introduce(EVENT_BEGIN, true);
		while (line_count < crash && advance(24 * 3600 * S))
			;
		if (ended)
			break;
		engine_free(engine);
		engine = NULL;
		back_ns = world.t_ns + 2 * S;
		while (advance(back_ns))
			;
		introduce(EVENT_RESUMED, true);
		while (advance(48 * 3600 * S))
			;
		if (!ended)
			fail_msg("crash at line %d: never ended, waits for %s", crash, engine_slot_waits_for(engine, 0));
		engine_free(engine);
		engine = NULL;
		assert_true(world.activations <= 1);
		findings = judge_lines();
		outage = verdict_of(findings, CASE_OUTAGE);
		if (outage->validity == VALIDITY_VALID && outage->conformity != CONFORMITY_MORE)
			fail_msg("crash at line %d turned the verdict: %s, lo %.3f s, hi %.3f s: %s", crash,
				 conformity_name(outage->conformity), (double)outage->worst.lo_ns / 1e9,
				 (double)outage->worst.hi_ns / 1e9, outage->reason);
		if (findings->live_mismatch_count != 0)
			fail_msg("crash at line %d: live and offline differ", crash);
		assert_false(world.mains);
	}
}

static int count_of(enum record_kind kind)
{
	int i, count = 0;

	for (i = 0; i < line_count; i++)
		count += lines[i].kind == kind;
	return count;
}

static bool has_activation(enum activation_state wanted)
{
	int i;

	for (i = 0; i < line_count; i++)
		if (lines[i].kind == RECORD_ACTIVATION && lines[i].data.activation.state == wanted)
			return true;
	return false;
}

static void say_health(bool healthy)
{
	struct record health = {.kind = RECORD_HEALTH};

	strcpy(health.data.health.observer, "console");
	health.data.health.healthy = healthy;
	give_now((struct run_event){.kind = EVENT_OBSERVED, .record = &health});
}

static void a_gate_waits_for_an_observer_that_is_not_heard(void **state)
{
	(void)state;
	start_world(20 * S);
	introduce(EVENT_BEGIN, true);
	while (engine->slots[0].t_moment_ns[MOMENT_FIRST_BLOCK] < 0 && advance(24 * 3600 * S))
		;
	say_health(false);
	while (strcmp(engine_slot_waits_for(engine, 0), "an observer is not heard") != 0 && advance(3600 * S))
		;
	assert_string_equal(engine_slot_waits_for(engine, 0), "an observer is not heard");
	while (advance(3600 * S))
		;
	assert_int_equal(world.activations, 0);
	say_health(true);
	while (world.activations == 0 && advance(world.t_ns + 10 * S))
		;
	assert_int_equal(world.activations, 1);
	engine_free(engine);
	engine = NULL;
}

static void nothing_irreversible_is_done_before_its_announcement_is_on_the_disk(void **state)
{
	(void)state;
	start_world(20 * S);
	introduce(EVENT_BEGIN, true);
	while (count_of(RECORD_GATE) == 0 && advance(24 * 3600 * S))
		world.disk_stuck |= engine->slots[0].transferred;
	while (advance(world.t_ns + 30 * S) && !has_activation(ACTIVATION_ANNOUNCED))
		;
	assert_true(has_activation(ACTIVATION_ANNOUNCED));
	assert_int_equal(world.activations, 0);
	world.disk_stuck = false;
	give_now((struct run_event){.kind = EVENT_DURABLE_TO, .slot = NO_CHANNEL, .count = (uint64_t)line_count});
	assert_int_equal(world.activations, 1);
	engine_free(engine);
	engine = NULL;
}

static void a_gate_that_closes_while_the_announcement_is_on_its_way_holds_the_activation(void **state)
{
	(void)state;
	start_world(20 * S);
	introduce(EVENT_BEGIN, true);
	while (!has_activation(ACTIVATION_ANNOUNCED) && advance(world.disk_stuck ? world.t_ns + 30 * S : 24 * 3600 * S))
		world.disk_stuck |= engine->slots[0].transferred;
	assert_true(has_activation(ACTIVATION_ANNOUNCED));
	say_health(false);
	world.disk_stuck = false;
	give_now((struct run_event){.kind = EVENT_DURABLE_TO, .slot = NO_CHANNEL, .count = (uint64_t)line_count});
	assert_int_equal(world.activations, 0);
	assert_string_equal(engine_slot_waits_for(engine, 0), "an observer is not heard");
	say_health(true);
	while (world.activations == 0 && advance(world.t_ns + 2 * S))
		;
	assert_int_equal(world.activations, 1);
	engine_free(engine);
	engine = NULL;
}

/* The one instant that no line of the journal marks: the command is on its way, and nobody has said so yet. */
static void a_crash_between_the_command_and_its_echo_sends_no_second_activation(void **state)
{
	(void)state;
	start_world(240 * S);
	introduce(EVENT_BEGIN, true);
	while (world.activations == 0 && advance(24 * 3600 * S))
		;
	assert_int_equal(world.activations, 1);
	assert_false(has_activation(ACTIVATION_SENT));
	engine_free(engine);
	engine = NULL;
	introduce(EVENT_RESUMED, true);
	while (advance(48 * 3600 * S))
		;
	assert_true(ended);
	engine_free(engine);
	engine = NULL;
	assert_int_equal(world.activations, 1);
	assert_true(has_activation(ACTIVATION_UNKNOWN));
	assert_int_equal(verdict_of(judge_lines(), CASE_OUTAGE)->conformity, CONFORMITY_MORE);
}

/* What a hub said while no rig listened it does not say again: its recharge time counts instead. */
static void a_hub_that_was_ready_while_the_rig_was_away_is_not_waited_for_in_vain(void **state)
{
	(void)state;
	start_world(240 * S);
	introduce(EVENT_BEGIN, true);
	while (world.level[SENSE] == 0 && advance(60 * S))
		;
	assert_int_equal(world.level[SENSE], 1);
	engine_free(engine);
	engine = NULL;
	while (advance(100 * S)) /* it says so in this time */
		;
	introduce(EVENT_RESUMED, true);
	while (advance(24 * 3600 * S))
		;
	assert_true(ended);
	engine_free(engine);
	engine = NULL;
	assert_int_equal(world.activations, 1);
	assert_int_equal(verdict_of(judge_lines(), CASE_OUTAGE)->conformity, CONFORMITY_MORE);
}

/* ---- A search in the plan ---- */

/* From 120 s to 200 s in steps of 10 s; the world's hub raises an alert for 170 s and not for 160 s. */
static void search(int tries, unsigned loses)
{
	static struct plan_bisect bisect;
	int step_index;

	start_world(0);
	world.threshold_ns = 169 * S;
	world.latency_ns = 20 * S; /* behind the cut */
	world.loses = loses;
	bisect = (struct plan_bisect){.first_step = 2, .steps_per_round = 3 * tries, .rounds = 3, .tries = tries, .from_ns = 120 * S,
				      .to_ns = 200 * S, .step_ns = 10 * S, .seek = CASE_AD1};
	the_plan.count = 2; /* on, and the hub is ready */
	the_plan.bisects[0] = bisect;
	the_plan.bisect_count = 1;
	for (step_index = 0; step_index < bisect.rounds * tries; step_index++) {
		struct plan_step *wait = step(VERB_WAIT, 1800 * S), *cut = step(VERB_CUT, 600 * S), *hold = step(VERB_HOLD, 200 * S);

		wait->wait = WAIT_RECHARGED;
		cut->switching = SWITCHING_CUT;
		cut->for_ns = bisect.to_ns;
		cut->value_from_bisect = true;
		hold->for_ns = 60 * S;
		wait->bisect = cut->bisect = hold->bisect = 0;
		wait->round = cut->round = hold->round = step_index / tries;
	}
	the_plan.finally_first = the_plan.count;
}

static int64_t low_ns, high_ns;

static void search_to_its_end(void)
{
	while (advance(72 * 3600 * S))
		;
	assert_true(ended);
	low_ns = engine->slots[0].low_ns[0];
	high_ns = engine->slots[0].high_ns[0];
	engine_free(engine);
	engine = NULL;
}

/* The lengths of the cuts that were announced, "160 180 170". */
static const char *cuts_made(void)
{
	static char bytes[512];
	struct text text;
	int i;

	text_init(&text, bytes, sizeof bytes);
	for (i = 0; i < line_count; i++)
		if (lines[i].kind == RECORD_ANNOUNCE && lines[i].data.announce.action == ANNOUNCED_CUT)
			text_format(&text, "%s%lld", text.used ? " " : "", (long long)(lines[i].data.announce.for_ns / S));
	return bytes;
}

static void search_makes(int tries, unsigned loses, const char *cuts, int64_t low_s)
{
	search(tries, loses);
	introduce(EVENT_BEGIN, true);
	search_to_its_end();
	assert_string_equal(cuts_made(), cuts);
	assert_int_equal(low_ns, low_s * S);
	assert_int_equal(high_ns, (low_s + 10) * S);
}

static void an_absence_is_believed_only_after_all_tries_and_an_alert_at_once(void **state)
{
	(void)state;
	search_makes(1, 0, "160 180 170", 160);
	search_makes(2, 0, "160 160 180 170", 160);
	search_makes(3, 0, "160 160 160 180 170", 160);
}

static void an_alert_that_gets_lost_is_seen_in_a_later_try(void **state)
{
	(void)state;
	search_makes(2, 1U << 0, "160 160 180 180 170", 160);
	search_makes(2, 1U << 0 | 1U << 2, "160 160 180 180 170 170", 160);
	search_makes(3, 1U << 0 | 1U << 1, "160 160 160 180 180 180 170", 160);
}

static void one_that_gets_lost_in_every_try_is_believed_to_be_absent(void **state)
{
	(void)state;
	search_makes(1, 1U << 0, "160 180 190", 180);
	search_makes(2, 1U << 0 | 1U << 1, "160 160 180 180 190", 180);
}

/* The rig dies at `crash` lines and comes back after `away_ns`; false: the run had ended before. */
static bool search_with_crash(int tries, unsigned loses, int crash, int64_t away_ns)
{
	int64_t back_ns;

	search(tries, loses);
	introduce(EVENT_BEGIN, true);
	while (line_count < crash && advance(72 * 3600 * S))
		;
	engine_free(engine);
	engine = NULL;
	if (ended)
		return false;
	back_ns = world.t_ns + away_ns;
	while (advance(back_ns))
		;
	introduce(EVENT_RESUMED, true);
	search_to_its_end();
	return true;
}

/* Whatever of a try the rig has missed, it makes the whole try again: nobody listened to the hub meanwhile. */
static void a_crash_at_any_line_leads_no_search_astray(void **state)
{
	static const int64_t away_ns[] = {2 * S, 30 * S, 220 * S};
	unsigned loses; /* none, the first try's of 180 s, the first try's of 170 s */
	int crash, i;

	(void)state;
	for (i = 0; i < 3; i++)
		for (loses = 0; loses < 3; loses++)
			for (crash = 20; search_with_crash(2, loses, crash, away_ns[i]); crash += 3)
				if (low_ns != 160 * S || high_ns != 170 * S)
					fail_msg("crash at line %d for %lld s, losses %u: between %lld s and %lld s after %s", crash,
						 (long long)(away_ns[i] / S), loses, (long long)(low_ns / S), (long long)(high_ns / S),
						 cuts_made());
}

/* Where a step of the plan begins, by its number among those of its verb, from 0. */
static int line_of_begin(const char *verb, int number)
{
	int i;

	for (i = 0; i < line_count; i++)
		if (lines[i].kind == RECORD_STEP && lines[i].data.step.state == STEP_BEGIN && strcmp(lines[i].data.step.verb, verb) == 0 &&
		    number-- == 0)
			return i;
	fail_msg("no such step");
	return -1;
}

static void a_round_s_second_try_that_was_interrupted_is_made_again(void **state)
{
	int wait, cut, hold;

	(void)state;
	search_makes(2, 0, "160 160 180 170", 160);
	wait = line_of_begin("wait", 2); /* the hub's being ready is the first */
	cut = line_of_begin("cut", 1);
	hold = line_of_begin("hold", 1);
	assert_true(search_with_crash(2, 0, wait + 1, 2 * S));
	assert_string_equal(cuts_made(), "160 160 180 170");
	assert_true(search_with_crash(2, 0, cut + 10, 2 * S));
	assert_string_equal(cuts_made(), "160 160 160 180 170");
	assert_true(search_with_crash(2, 0, hold + 1, 2 * S));
	assert_string_equal(cuts_made(), "160 160 160 180 170");
	assert_int_equal(low_ns, 160 * S);
	assert_int_equal(high_ns, 170 * S);
}

static void an_alert_that_was_heard_before_a_crash_is_not_asked_for_again(void **state)
{
	int alert;

	(void)state;
	search_makes(2, 0, "160 160 180 170", 160);
	for (alert = 0; alert < line_count && lines[alert].kind != RECORD_ALERT; alert++)
		;
	assert_true(alert > line_of_begin("hold", 2) && alert < line_of_begin("wait", 4)); /* of the cut of 180 s */
	assert_true(search_with_crash(2, 0, alert + 1, 2 * S));
	assert_string_equal(cuts_made(), "160 160 180 170");
	assert_int_equal(low_ns, 160 * S);
}

/* ---- By hand ---- */

enum { HAND_ON, HAND_CUT, HAND_TRANSFER, HAND_GATE, HAND_ACTIVATE, HAND_CONFIRM, HAND_OFF };

static void start_by_hand(bool armed)
{
	int i;

	start_world(20 * S);
	the_plan = (struct plan){.steps = steps};
	program.manual = true;
	for (i = 0; i < program.preamble_count; i++)
		if (preamble[i].kind == RECORD_EXPECT)
			preamble[i].data.expect.cases = 0;
	step(VERB_SUPPLY, 120 * S)->switching = SWITCHING_ON;
	step(VERB_CUT, 3600 * S)->for_ns = 600 * S;
	step(VERB_TRANSFER, 4 * 3600 * S);
	step(VERB_GATE, 3600 * S);
	step(VERB_ACTIVATE, 60 * S);
	step(VERB_CONFIRM, 600 * S);
	step(VERB_SUPPLY, 120 * S)->switching = SWITCHING_OFF;
	the_plan.finally_first = the_plan.count;
	introduce(EVENT_BEGIN, armed);
	(void)advance(world.t_ns + S);
}

static void pass(int64_t for_ns)
{
	int64_t until_ns = world.t_ns + for_ns;

	while (advance(until_ns))
		;
}

static const char *why_not(int step, int64_t amount)
{
	static char why[FREE_TEXT_SIZE];

	return by_hand_permits(engine, 0, &(struct by_hand){step, amount}, why) ? NULL : why;
}

static void ask(int step, int64_t amount)
{
	give_now((struct run_event){.kind = EVENT_ASKED, .by_hand = {step, amount}});
}

static void done_by_hand(int step, int64_t amount, int64_t within_ns)
{
	assert_null(why_not(step, amount));
	ask(step, amount);
	pass(within_ns);
	assert_true(engine->slots[0].idle);
	assert_false(engine->slots[0].failed);
}

static void end_by_hand(void)
{
	give_now((struct run_event){.kind = EVENT_FINISHED, .slot = NO_CHANNEL});
	pass(3600 * S);
	assert_true(ended);
	assert_false(world.mains);
	engine_free(engine);
	engine = NULL;
}

static void by_hand_nothing_happens_that_nobody_asks_for(void **state)
{
	(void)state;
	start_by_hand(true);
	pass(10 * 3600 * S);
	assert_false(ended);
	assert_false(world.mains);
	end_by_hand();
	assert_int_equal(lines[line_count - 1].data.end.reason, END_COMPLETED);
	assert_int_equal(judge_lines()->exit_code, EXIT_CODE_UNDECIDED); /* nothing was judged: that is no pass */
}

static void by_hand_a_cut_is_as_long_as_it_was_asked_for(void **state)
{
	const struct findings *findings;

	(void)state;
	start_by_hand(true);
	done_by_hand(HAND_ON, -1, 60 * S);
	done_by_hand(HAND_CUT, 20 * S, 120 * S);
	assert_true(world.mains);
	done_by_hand(HAND_CUT, -1, 1200 * S); /* the scenario's own length */
	end_by_hand();
	findings = judge_lines();
	assert_int_equal(findings->verdict_count, 0);
	assert_int_equal(findings->ledger_count, 3); /* and the end's */
	assert_in_range(findings->ledger[0].outage.lo_ns, 20 * S, 30 * S);
	assert_in_range(findings->ledger[1].outage.lo_ns, 600 * S, 610 * S);
}

static void by_hand_each_refusal_has_its_reason(void **state)
{
	(void)state;
	start_by_hand(false);
	assert_string_equal(why_not(HAND_ON, -1), "it waits for the bench to be armed");
	assert_null(why_not(HAND_OFF, -1));
	give_now((struct run_event){.kind = EVENT_SAFETY_INPUT, .safety = SAFETY_ARM, .level = 1});
	assert_string_equal(why_not(HAND_CUT, 20 * S), "it is off: supply on comes first");
	assert_string_equal(why_not(HAND_ON, 20 * S), "supply on has no length and no level");
	assert_string_equal(why_not(the_plan.count, -1), "the scenario has no such step");
	done_by_hand(HAND_ON, -1, 60 * S);
	assert_string_equal(why_not(HAND_ON, -1), "it is on");
	assert_null(why_not(HAND_CUT, 600 * S));
	assert_string_equal(why_not(HAND_CUT, 600 * S + 1), "the scenario allows at most 600.000 s");
	assert_string_equal(why_not(HAND_CUT, 0), "the scenario allows at most 600.000 s");
	assert_string_equal(why_not(HAND_CUT, 1 * S - 1), "its switch must stay off for 1.000 s at least (off_min_ms)");
	assert_string_equal(why_not(HAND_ACTIVATE, -1), "no image has crossed yet: transfer comes first");
	ask(HAND_CUT, 20 * S);
	pass(5 * S);
	assert_string_equal(why_not(HAND_CUT, 20 * S), "it is at cut: wait, or switch the slot off");
	assert_null(why_not(BY_HAND_OFF, -1));
	program.manual = false;
	assert_non_null(strstr(why_not(HAND_CUT, 20 * S), "would spoil it"));
	program.manual = true;
	end_by_hand();
}

static void by_hand_off_ends_what_is_under_way(void **state)
{
	(void)state;
	start_by_hand(true);
	done_by_hand(HAND_ON, -1, 60 * S);
	ask(HAND_CUT, 600 * S);
	pass(30 * S);
	assert_false(engine->slots[0].idle);
	ask(BY_HAND_OFF, -1);
	assert_true(engine->slots[0].idle);
	pass(1200 * S);
	assert_false(world.mains); /* the cut does not end by coming back */
	done_by_hand(HAND_ON, -1, 60 * S);
	assert_true(world.mains);
	end_by_hand();
}

/* It may have been allowed when it was asked for, and is not any more when the engine comes to it. */
static void by_hand_what_is_not_allowed_any_more_is_not_done(void **state)
{
	(void)state;
	start_by_hand(true);
	done_by_hand(HAND_ON, -1, 60 * S);
	ask(HAND_ACTIVATE, -1);
	pass(3600 * S);
	assert_int_equal(world.activations, 0);
	ask(HAND_CUT, 601 * S);
	pass(5 * S);
	assert_true(world.mains);
	end_by_hand();
}

static void by_hand_an_activation_passes_its_gate_and_is_sent_once(void **state)
{
	int gates = 0, i;

	(void)state;
	start_by_hand(true);
	done_by_hand(HAND_ON, -1, 60 * S);
	done_by_hand(HAND_TRANSFER, -1, 300 * S);
	assert_null(why_not(HAND_ACTIVATE, -1));
	ask(HAND_ACTIVATE, -1);
	pass(60 * S);
	assert_int_equal(world.activations, 0); /* the hub is not recharged yet */
	pass(1200 * S);
	assert_int_equal(world.activations, 1);
	assert_string_equal(why_not(HAND_ACTIVATE, -1), "it was sent in this run, and is never sent twice");
	ask(HAND_ACTIVATE, -1);
	pass(1200 * S);
	assert_int_equal(world.activations, 1);
	done_by_hand(HAND_CONFIRM, -1, 600 * S);
	for (i = 0; i < line_count; i++)
		gates += lines[i].kind == RECORD_GATE && lines[i].data.gate.state == GATE_PASSED;
	assert_true(gates > 0);
	end_by_hand();
}

static void by_hand_a_lost_arm_switches_off_and_ends_it(void **state)
{
	(void)state;
	start_by_hand(true);
	done_by_hand(HAND_ON, -1, 60 * S);
	give_now((struct run_event){.kind = EVENT_SAFETY_INPUT, .safety = SAFETY_ARM, .level = 0});
	pass(3600 * S);
	assert_true(ended);
	assert_false(world.mains);
	engine_free(engine);
	engine = NULL;
	assert_int_equal(lines[line_count - 1].data.end.reason, END_SAFETY);
}

/* Nobody looks at a slot by hand, so what its switch hangs on must be known to work: as in a scenario, it goes off. */
static void by_hand_a_slot_that_lost_what_it_needs_goes_off(void **state)
{
	(void)state;
	start_by_hand(true);
	done_by_hand(HAND_ON, -1, 60 * S);
	assert_true(world.mains);
	give_now((struct run_event){.kind = EVENT_LOST, .slot = 0, .text = "the relays do not answer"});
	pass(5 * S);
	assert_false(world.mains);
	assert_string_equal(why_not(HAND_ON, -1), "something that it needs was lost; the journal says what");
	end_by_hand();
}

/* A second means switches it off at the end; until then nothing is switched on behind it. */
static void by_hand_a_welded_slot_is_not_energised_again(void **state)
{
	(void)state;
	start_by_hand(true);
	done_by_hand(HAND_ON, -1, 60 * S);
	world.welded = true;
	ask(HAND_OFF, -1);
	pass(60 * S);
	assert_non_null(fault_named("relay-welded"));
	assert_true(engine->slots[0].idle);
	assert_non_null(why_not(HAND_ON, -1));
	assert_null(why_not(HAND_OFF, -1));
	assert_null(why_not(BY_HAND_OFF, -1));
	world.welded = false; /* as some do when they cool; who clears it is a person */
	drive_mains(world.t_ns, false);
	pass(60 * S);
	assert_string_equal(why_not(HAND_ON, -1), "its relay or contactor is welded: hilrig slot clear, after this run");
	end_by_hand();
}

/* The relay is off, the sense says on, and no step was there to see it. */
static void by_hand_off_of_a_slot_that_welded_leaves_it_off_limits(void **state)
{
	(void)state;
	start_by_hand(true);
	done_by_hand(HAND_ON, -1, 60 * S);
	world.welded = true;
	ask(BY_HAND_OFF, -1);
	pass(60 * S);
	assert_non_null(why_not(HAND_ON, -1));
	world.welded = false;
	drive_mains(world.t_ns, false);
	pass(60 * S);
	done_by_hand(HAND_ON, -1, 60 * S); /* it was slow, and no more */
	end_by_hand();
}

static void by_hand_a_supply_that_others_hang_on_is_not_set_under_them(void **state)
{
	struct plan_step *set;

	(void)state;
	start_by_hand(true);
	set = step(VERB_SET, 60 * S);
	set->level_mv = 12000;
	the_plan.finally_first = the_plan.count;
	program.slots[1] = program.slots[0];
	strcpy(program.slots[1].name, "B");
	program.slots[0].supply = program.slots[1].supply = 0;
	program.slot_count = 2;
	engine_free(engine);
	line_count = 0;
	introduce(EVENT_BEGIN, true);
	(void)advance(world.t_ns + S);
	engine->on[0] = true;
	assert_null(why_not(the_plan.count - 1, 9000));
	engine->slots[1].idle = false;
	engine->slots[1].at = HAND_TRANSFER;
	assert_string_equal(why_not(the_plan.count - 1, 9000), "its supply feeds slot B, too, which is at transfer");
	engine_free(engine);
	engine = NULL;
}

/* What goes off is what is announced, whatever was switched last. */
static void by_hand_off_announces_the_switch_that_it_opens(void **state)
{
	const struct record *announced = NULL;
	int i;

	(void)state;
	start_by_hand(true);
	program.outputs[program.output_count++] = (struct program_output){.channel = "relays.2", .slot = "A", .is_switch = true, .hazardous = true};
	program.slots[0].feed = 1;
	step(VERB_MAINS, 120 * S)->switching = SWITCHING_OFF;
	the_plan.finally_first = the_plan.count;
	engine_free(engine);
	line_count = 0;
	introduce(EVENT_BEGIN, true);
	(void)advance(world.t_ns + S);
	done_by_hand(HAND_ON, -1, 60 * S);
	done_by_hand(the_plan.count - 1, -1, 60 * S);
	assert_true(engine->on[1]);
	ask(BY_HAND_OFF, -1);
	assert_false(engine->on[1]);
	for (i = 0; i < line_count; i++)
		if (lines[i].kind == RECORD_ANNOUNCE)
			announced = &lines[i];
	assert_non_null(announced);
	assert_int_equal(announced->data.announce.action, ANNOUNCED_OFF);
	assert_int_equal(announced->data.announce.purpose, PURPOSE_PERSON);
	assert_string_equal(announced->data.announce.channel, "relays.2");
	end_by_hand();
}

/* As many slots as there can be, with as many outputs, all of them at something. */
static void by_hand_the_end_of_a_full_bench_finds_room_for_all_its_lines(void **state)
{
	static const struct program_slot model = {.contactor = NO_CHANNEL, .mirror = NO_CHANNEL, .sense = NO_CHANNEL, .mains_sense = NO_CHANNEL};
	int slot, output, failed = 0, i;

	(void)state;
	start_by_hand(true);
	engine_free(engine);
	program.slot_count = PROGRAM_SLOTS_MAX;
	program.output_count = PROGRAM_OUTPUTS_MAX;
	for (slot = 0; slot < PROGRAM_SLOTS_MAX; slot++) {
		program.slots[slot] = model;
		(void)snprintf(program.slots[slot].name, sizeof program.slots[slot].name, "S%02d", slot);
		for (output = 4 * slot; output < 4 * slot + 4; output++)
			text_copy(program.outputs[output].slot, sizeof program.outputs[output].slot, program.slots[slot].name);
		program.slots[slot].mains = 4 * slot;
		program.slots[slot].feed = 4 * slot + 1;
		program.slots[slot].supply = 4 * slot + 2;
		program.slots[slot].supply_output = 4 * slot + 3;
	}
	engine = engine_new(&program);
	engine->stage = ENGINE_WALKING;
	for (slot = 0; slot < PROGRAM_SLOTS_MAX; slot++) {
		engine->slots[slot].idle = false;
		engine->slots[slot].begun = true;
		engine->slots[slot].at = engine->slots[slot].asked_at = HAND_TRANSFER;
	}
	for (output = 0; output < PROGRAM_OUTPUTS_MAX; output++)
		engine->on[output] = engine->maybe_on[output] = true;
	line_count = 0;
	give_now((struct run_event){.kind = EVENT_FINISHED, .slot = NO_CHANNEL});
	for (i = 0; i < line_count; i++)
		failed += lines[i].kind == RECORD_STEP && lines[i].data.step.state == STEP_FAILED;
	assert_int_equal(failed, PROGRAM_SLOTS_MAX);
	for (output = 0; output < PROGRAM_OUTPUTS_MAX; output++)
		assert_false(engine->on[output]);
	engine_free(engine);
	engine = NULL;
}

/* ---- Questions ---- */

static void start_with_question(const char *fallback, bool armed)
{
	struct plan_step *asks;

	start_world(20 * S);
	the_plan = (struct plan){.steps = steps};
	asks = step(VERB_PROMPT, 300 * S);
	asks->text = "is the lamp green?";
	asks->answer = fallback;
	step(VERB_SUPPLY, 120 * S)->switching = SWITCHING_ON;
	step(VERB_HOLD, 600 * S)->for_ns = 600 * S;
	the_plan.finally_first = the_plan.count;
	introduce(EVENT_BEGIN, armed);
	pass(10 * S);
	assert_true(engine_slot_asks(engine, 0));
}

static const struct record *last_prompt(void)
{
	int i;

	for (i = line_count - 1; i >= 0 && lines[i].kind != RECORD_PROMPT; i--)
		;
	return i < 0 ? NULL : &lines[i];
}

static void a_question_that_nobody_answers_takes_its_default(void **state)
{
	(void)state;
	start_with_question("no", true);
	assert_null(last_prompt());
	pass(350 * S);
	assert_string_equal(last_prompt()->data.prompt.answer, "no");
	assert_string_equal(last_prompt()->data.prompt.name, "nobody: the scenario's default");
	assert_true(world.mains); /* and it goes on */
	pass(3600 * S);
	assert_true(ended);
	assert_null(fault_named("out-of-time"));
	engine_free(engine);
	engine = NULL;
}

/* A step knows how far it is by a number: an answer that comes late must not move another one. */
static void an_answer_that_comes_too_late_moves_no_other_step(void **state)
{
	(void)state;
	start_with_question("", false);
	the_plan.finally_first = 1; /* what is behind it is done in any case, once the bench is armed */
	pass(310 * S);
	assert_non_null(fault_named("out-of-time"));
	assert_false(engine_slot_asks(engine, 0));
	give_now((struct run_event){.kind = EVENT_ANSWERED});
	assert_null(last_prompt());
	pass(60 * S);
	give_now((struct run_event){.kind = EVENT_SAFETY_INPUT, .safety = SAFETY_ARM, .level = 1});
	pass(60 * S);
	assert_true(world.mains);
	pass(3600 * S);
	assert_true(ended);
	engine_free(engine);
	engine = NULL;
}

static int forget(void **state)
{
	(void)state;
	judge_free(judged);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reboot_of_20_s_is_not_more),
		cmocka_unit_test(a_reboot_of_240_s_is_more_and_its_alert_was_expected),
		cmocka_unit_test(a_meter_that_runs_another_version_than_its_load_sheet_says_is_not_upgraded),
		cmocka_unit_test(a_meter_that_does_not_say_its_version_at_once_is_asked_again),
		cmocka_unit_test(an_activation_that_cannot_leave_is_the_rigs_and_nothing_waits_for_it),
		cmocka_unit_test(a_version_that_cannot_be_asked_for_is_not_the_devices_silence),
		cmocka_unit_test(every_control_finds_its_hub_recharged),
		cmocka_unit_test(a_watch_from_the_first_block_begins_there),
		cmocka_unit_test(a_meter_that_never_comes_back_is_more_and_firmware_is_open),
		cmocka_unit_test(a_failed_control_spends_no_meter),
		cmocka_unit_test(nothing_is_energised_before_the_bench_is_armed),
		cmocka_unit_test(an_emergency_stop_switches_off_at_once_and_ends_the_run),
		cmocka_unit_test(a_welded_relay_is_the_rigs_fault),
		cmocka_unit_test(a_control_that_failed_is_not_ended_by_a_later_one),
		cmocka_unit_test(a_hub_that_was_ready_while_the_rig_was_away_is_not_waited_for_in_vain),
		cmocka_unit_test(a_gate_waits_for_an_observer_that_is_not_heard),
		cmocka_unit_test(nothing_irreversible_is_done_before_its_announcement_is_on_the_disk),
		cmocka_unit_test(a_gate_that_closes_while_the_announcement_is_on_its_way_holds_the_activation),
		cmocka_unit_test(a_crash_between_the_command_and_its_echo_sends_no_second_activation),
		cmocka_unit_test(a_crash_at_any_line_sends_no_second_activation_and_turns_no_verdict),
		cmocka_unit_test(an_absence_is_believed_only_after_all_tries_and_an_alert_at_once),
		cmocka_unit_test(an_alert_that_gets_lost_is_seen_in_a_later_try),
		cmocka_unit_test(one_that_gets_lost_in_every_try_is_believed_to_be_absent),
		cmocka_unit_test(a_round_s_second_try_that_was_interrupted_is_made_again),
		cmocka_unit_test(an_alert_that_was_heard_before_a_crash_is_not_asked_for_again),
		cmocka_unit_test(a_crash_at_any_line_leads_no_search_astray),
		cmocka_unit_test(by_hand_nothing_happens_that_nobody_asks_for),
		cmocka_unit_test(by_hand_a_cut_is_as_long_as_it_was_asked_for),
		cmocka_unit_test(by_hand_each_refusal_has_its_reason),
		cmocka_unit_test(by_hand_off_ends_what_is_under_way),
		cmocka_unit_test(by_hand_what_is_not_allowed_any_more_is_not_done),
		cmocka_unit_test(by_hand_an_activation_passes_its_gate_and_is_sent_once),
		cmocka_unit_test(by_hand_a_lost_arm_switches_off_and_ends_it),
		cmocka_unit_test(by_hand_a_slot_that_lost_what_it_needs_goes_off),
		cmocka_unit_test(by_hand_a_welded_slot_is_not_energised_again),
		cmocka_unit_test(by_hand_off_of_a_slot_that_welded_leaves_it_off_limits),
		cmocka_unit_test(by_hand_off_announces_the_switch_that_it_opens),
		cmocka_unit_test(by_hand_a_supply_that_others_hang_on_is_not_set_under_them),
		cmocka_unit_test(by_hand_the_end_of_a_full_bench_finds_room_for_all_its_lines),
		cmocka_unit_test(a_question_that_nobody_answers_takes_its_default),
		cmocka_unit_test(an_answer_that_comes_too_late_moves_no_other_step),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
