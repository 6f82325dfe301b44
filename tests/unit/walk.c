/*
 * The check of a live bench on a small world of the test's own, in virtual time: two meters with their hubs, and a hub alone.
 * The world carries actions out as hardware would, with one thing wrong in each case; whole traces are compared.
 */

#include "rig/run/walk/walk.h"

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
#define T0 (1000 * S)                              /* CLOCK_MONOTONIC when the check begins */
#define UTC_US INT64_C(1795456800000000)
#define PENDING_MAX 512
#define TRACE_SIZE 65536

#define BENCH(GROUP_MORE, MORE) \
"bench: desk\n" \
"hazard: mains\n" \
"environment: boxed\n" \
"arm:      {input: pins.1, limit_min: 900}\n" \
"estop:    {input: pins.2, hardware_chain: drawn}\n" \
"door:     {input: pins.3}\n" \
"lab_feed: {input: pins.5}\n" \
"proofs: [{what: door, by: somebody, on: 2026-01-01, due: 2027-01-01}]\n" \
"instruments:\n" \
"  relays: {driver: modbus, profile: waveshare-relay-8, port: {path: ttyS1}, baud: 9600, unit: 1}\n" \
"  feeds:  {driver: modbus, profile: waveshare-relay-8, port: {path: ttyS1}, baud: 9600, unit: 2}\n" \
"  psu:    {driver: modbus, profile: riden-rd6006, port: {path: ttyS2}, baud: 115200, unit: 1}\n" \
"  pins:   {driver: gpio, chip: chip}\n" \
"limits:\n" \
"  supply_v: {nominal: 12.0, max: 13.0, source: test}\n" \
"  supply_a: {max: 2.0, source: test}\n" \
"groups:\n" \
"  rcd1: {tripped: pins.6, stagger_ms: 1000" GROUP_MORE "}\n" MORE \
"slots:\n" \
"  A:\n" \
"    mains:   {switch: relays.1, contact_ac_a: 1, sense: pins.41, group: rcd1,\n" \
"              isolation: {kind: opto, working_v: 300, class: reinforced, source: test}}\n" \
"    supply:  {sense: pins.17, v_down: 9.5, v_up: 10.5, settle_ms: 50, bounce_ms: 20,\n" \
"              isolation: {kind: opto, working_v: 300, class: reinforced, source: test}}\n" \
"    console: {driver: console, port: {path: ttyS3}, baud: 115200, ad1: AD1,\n" \
"              isolation: {kind: opto, working_v: 300, class: reinforced, source: test}}\n" \
"  B:\n" \
"    mains:   {switch: relays.2, contact_ac_a: 1, sense: pins.42, group: rcd1,\n" \
"              isolation: {kind: opto, working_v: 300, class: reinforced, source: test}}\n" \
"    supply:  {sense: pins.18, v_down: 9.5, v_up: 10.5, settle_ms: 50, bounce_ms: 20,\n" \
"              isolation: {kind: opto, working_v: 300, class: reinforced, source: test}}\n" \
"    console: {driver: console, port: {path: ttyS4}, baud: 115200, ad1: AD1,\n" \
"              isolation: {kind: opto, working_v: 300, class: reinforced, source: test}}\n" \
"  C:\n" \
"    feed:    {supply: psu, switch: feeds.1, clamp_v: {value: 14.5, source: test}, off_min_ms: 7000}\n" \
"    supply:  {sense: pins.19, v_down: 9.5, v_up: 10.5, settle_ms: 50, bounce_ms: 20, backfeed_v: 1.0, discharge_ms: 2000,\n" \
"              isolation: {kind: opto, working_v: 300, class: reinforced, source: test}}\n" \
"uncertainty:\n" \
"  - {term: t, distribution: rectangular, half_width_us: 500, edges: 2, source: test}\n"

static const char plain_text[] = BENCH("", "");
static const char contactor_text[] = BENCH(", contactor: relays.8, mirror: pins.7",
	"interlocks: [{never: [relays.1, relays.2], gap_ms: 3000, why: test}]\n");

#define WALKED_A "good walk A: relays.1 stirs its own senses and no other slot's, its console speaks after 6000 ms; off, its rail is " \
		 "below 9500mV after 30 ms\n"
#define WALKED_B "good walk B: relays.2 stirs its own senses and no other slot's, its console speaks after 6000 ms; off, its rail is " \
		 "below 9500mV after 30 ms\n"
#define WALKED_C "good walk C: feeds.1 stirs its own senses and no other slot's; off, its rail is below 9500mV after 605 ms\n"
#define ALL_OFF "note off desk: ALL OFF (not isolated): everything that this check switched on\n"

static struct bench bench;
static bool taking_part[BENCH_SLOTS_MAX];
static struct walk *walk;
static struct walk_settings settings;
static struct walk_actions actions;
static char trace[TRACE_SIZE];
static struct text traced;
static int64_t now_ns;
static bool ended;

struct planned {
	struct walk_event event;
	int order;
	bool fixed;                       /* of the case itself: it comes whatever else happens */
};

static struct planned pending[PENDING_MAX];
static int pending_count, order;

/* What is not as it should be. Names are of channels or instruments; NULL: nothing. */
static struct {
	const char *dead, *wrong;         /* an instrument that does not answer, or is another model */
	const char *on_already;           /* an output */
	const char *welded;               /* a contact that does not open */
	const char *refuses;              /* an output that does not read back as on */
	const char *never_off;            /* an output that does not answer when told to go off */
	const char *silent;               /* a console */
	const char *backfed;              /* a sense that stays once it came */
	const char *missing;              /* a sense that does not come */
	int64_t slow_ns;                  /* what the senses of mains take more, to come */
	int64_t slow_fall_ns;             /* and to go */
	bool crossed_mains, crossed_supply, parallel;
	bool unarmed, no_chain, pressed;
	bool trips;                       /* the group's protection, when relays.1 closes */
} faults;

static bool has_contactor;

static int channel(const char *name)
{
	int found = bench_channel_find(&bench, name);

	assert_true(found >= 0);
	return found;
}

static bool is(const char *fault, const char *name)
{
	return fault && strcmp(fault, name) == 0;
}

/* ---- The world ---- */

static struct walk_event *plan(int64_t t_ns, enum walk_event_kind kind)
{
	struct planned *it = &pending[pending_count++];

	assert_true(pending_count <= PENDING_MAX);
	it->order = order++;
	it->fixed = false;
	it->event = (struct walk_event){.kind = kind, .t_ns = t_ns};
	return &it->event;
}

static void plan_level(int64_t t_ns, const char *name, int level)
{
	struct walk_event *event = plan(t_ns, WALK_LEVEL);

	event->channel = channel(name);
	event->level = level;
}

static void plan_safety(int64_t t_ns, enum safety_input input, const char *name, int level)
{
	struct walk_event *event;

	plan_level(t_ns, name, level);
	event = plan(t_ns, WALK_SAFETY);
	event->safety = input;
	event->level = level;
}

/* Everything that was planned for this line is overtaken. */
static void forget(const char *name)
{
	int i;

	for (i = pending_count - 1; i >= 0; i--)
		if (!pending[i].fixed && pending[i].event.kind == WALK_LEVEL && pending[i].event.channel == channel(name))
			pending[i] = pending[--pending_count];
}

static void mains_changes(int64_t t_ns, const char *slot, bool on)
{
	bool other = faults.crossed_mains || faults.crossed_supply;
	bool a = strcmp(slot, "A") == 0;
	const char *mains = a != faults.crossed_mains ? "pins.41" : "pins.42";
	const char *supply = a != other ? "pins.17" : "pins.18";
	const char *console = a != other ? "A.console" : "B.console";

	forget(mains);
	forget(supply);
	if (!is(faults.missing, mains) && !(!on && is(faults.backfed, mains)))
		plan_level(t_ns + (on ? 8 * MS + faults.slow_ns : 8 * MS + faults.slow_fall_ns), mains, on);
	if (!is(faults.missing, supply) && !(!on && is(faults.backfed, supply)))
		plan_level(t_ns + (on ? 5 * S : 30 * MS), supply, on);
	if (on && !is(faults.silent, console))
		plan(t_ns + 6 * S, WALK_HEARD)->instrument = bench_instrument_find(&bench, console);
}

static bool output_on[3], relay_on[2]; /* psu.volts, psu.output, feeds.1; relays.1 and 2 */

static void feed_changes(int64_t t_ns)
{
	static bool was;
	bool on = output_on[0] && output_on[1] && (output_on[2] || (was && is(faults.welded, "feeds.1")));

	if (on == was)
		return;
	was = on;
	if (!on && is(faults.backfed, "pins.19"))
		return;
	plan_level(t_ns + (on ? 20 * MS : 600 * MS), "pins.19", on);
}

static void set(int output, int64_t milli)
{
	const char *name = bench.channels[output].name;
	struct walk_event *event;
	bool on = milli != 0;
	int relay;

	if (!(is(faults.never_off, name) && !on)) {
		event = plan(now_ns + 10 * MS, WALK_OUTPUT);
		event->channel = output;
		event->agrees = !on || !is(faults.refuses, name);
		text_copy(event->text, sizeof event->text, event->agrees ? on ? "on" : "off" : "reads back as off");
	}
	if (is(faults.refuses, name) || (is(faults.never_off, name) && !on))
		return;
	if (strcmp(name, "relays.8") == 0) {
		if ((on || !is(faults.welded, name)) && !is(faults.missing, "pins.7"))
			plan_level(now_ns + 20 * MS, "pins.7", !on);
		for (relay = 0; relay < 2; relay++) /* a welded contact shows when what lies before it opens */
			if (!on && is(faults.welded, relay == 0 ? "relays.1" : "relays.2"))
				mains_changes(now_ns, relay == 0 ? "A" : "B", false);
		return;
	}
	if (strncmp(name, "relays.", 7) == 0) {
		relay = name[7] - '1';
		if (!on && is(faults.welded, name))
			return;
		if (relay_on[relay] != on)
			mains_changes(now_ns, relay == 0 ? "A" : "B", on);
		if (relay_on[relay] != on && relay == 0 && faults.parallel)
			plan_level(now_ns + 9 * MS, "pins.42", on);
		relay_on[relay] = on;
		if (relay == 0 && on && faults.trips)
			plan_level(now_ns + 30 * MS, "pins.6", 0);
		return;
	}
	output_on[strcmp(name, "psu.volts") == 0 ? 0 : strcmp(name, "psu.output") == 0 ? 1 : 2] = on;
	feed_changes(now_ns + 5 * MS);
}

/* ---- The trace ---- */

static void put(const char *format, ...) PRINTF_LIKE(1, 2);
static void put(const char *format, ...)
{
	char line[1024];
	va_list list;
	int64_t t_ns = now_ns - T0;

	va_start(list, format);
	(void)vsnprintf(line, sizeof line, format, list);
	va_end(list);
	text_format(&traced, "%3lld.%03lld %s\n", (long long)(t_ns / S), (long long)(t_ns / MS % 1000), line);
	assert_false(traced.full);
}

static void carry_out(void)
{
	int i;

	for (i = 0; i < actions.set_count; i++) {
		put("set %s %lld", bench.channels[actions.sets[i].channel].name, (long long)actions.sets[i].milli);
		set(actions.sets[i].channel, actions.sets[i].milli);
	}
	for (i = 0; i < actions.finding_count; i++) {
		const struct finding *finding = &actions.findings[i];

		assert_true(finding->t_ns == now_ns - T0);
		put("%s %s %s: %s", finding_state_name(finding->state), finding->what, finding->subject, finding->text);
	}
	if (actions.guard) {
		put("guard");
		plan(now_ns, WALK_GUARDED)->agrees = true;
	}
	if (actions.end)
		put("end %d", (int)walk_exit_code(walk));
	ended = actions.end;
}

static void give(struct walk_event event)
{
	event.utc_us = UTC_US + (now_ns - T0) / NS_PER_US;
	do {
		walk_step(walk, &event, &actions);
		carry_out();
		event = (struct walk_event){.kind = WALK_TICK, .t_ns = now_ns, .utc_us = event.utc_us};
	} while (actions.more && !ended);
}

static int next_pending(void)
{
	int best = -1, i;

	for (i = 0; i < pending_count; i++)
		if (best < 0 || pending[i].event.t_ns < pending[best].event.t_ns ||
		    (pending[i].event.t_ns == pending[best].event.t_ns && pending[i].order < pending[best].order))
			best = i;
	return best;
}

static void run_world(void)
{
	int turns = 0;

	while (!ended) {
		int at = next_pending();
		struct walk_event event = {.kind = WALK_TICK, .t_ns = actions.deadline_ns};

		assert_true(turns++ < 10000);
		if (at >= 0 && pending[at].event.t_ns <= actions.deadline_ns) {
			event = pending[at].event;
			pending[at] = pending[--pending_count];
		}
		assert_true(event.t_ns < T0 + NS_PER_H); /* every wait is bounded */
		if (event.t_ns > now_ns)
			now_ns = event.t_ns;
		give(event);
	}
	assert_true(walk_all_off(walk) == (faults.never_off == NULL));
}

static void plan_instrument(int64_t t_ns, const char *name)
{
	struct walk_event *event = plan(t_ns, WALK_INSTRUMENT);

	event->instrument = bench_instrument_find(&bench, name);
	assert_true(event->instrument >= 0);
	event->state = is(faults.dead, name) ? INSTRUMENT_NOT_YET : is(faults.wrong, name) ? INSTRUMENT_NEVER : INSTRUMENT_READY;
	(void)snprintf(event->text, sizeof event->text, "%s: %s", name,
		       is(faults.dead, name) ? "no answer" : is(faults.wrong, name) ? "says that it is another" : "it is");
}

static void plan_reading(int64_t t_ns, const char *name, int64_t milli)
{
	struct walk_event *event = plan(t_ns, WALK_READING);

	event->channel = channel(name);
	event->milli = milli;
}

static void plan_beginning(void)
{
	static const char *const instruments[] = {"relays", "feeds", "psu", "pins", "A.console", "B.console"};
	static const char *const outputs[] = {"relays.1", "relays.2", "feeds.1", "psu.output"};
	static const char *const senses[] = {"pins.41", "pins.42", "pins.17", "pins.18", "pins.19"};
	size_t i;

	for (i = 0; i < sizeof instruments / sizeof *instruments; i++)
		plan_instrument(T0 + 100 * MS, instruments[i]);
	for (i = 0; i < sizeof outputs / sizeof *outputs; i++)
		plan_reading(T0 + 150 * MS, outputs[i], is(faults.on_already, outputs[i]) ? 1000 : 0);
	plan_reading(T0 + 150 * MS, "psu.ovp", 13000);
	plan_reading(T0 + 150 * MS, "psu.ocp", 2000);
	for (i = 0; i < sizeof senses / sizeof *senses; i++)
		plan_level(T0 + 160 * MS, senses[i], is(faults.on_already, "relays.2") && (i == 1 || i == 3));
	plan_safety(T0 + 160 * MS, SAFETY_LAB_POWER, "pins.5", 1);
	plan_level(T0 + 160 * MS, "pins.6", 1);
	if (has_contactor) {
		plan_reading(T0 + 150 * MS, "relays.8", 0);
		plan_level(T0 + 160 * MS, "pins.7", 1);
	}
	plan_safety(T0 + 160 * MS, SAFETY_ARM, "pins.1", !faults.unarmed);
	plan_safety(T0 + 160 * MS, SAFETY_ESTOP, "pins.2", !faults.pressed);
	plan_safety(T0 + 160 * MS, SAFETY_DOOR, "pins.3", 1);
}

/* The world lives to its end; what it is to do besides has been planned before. */
static void check_live(void)
{
	plan_beginning();
	give((struct walk_event){.kind = WALK_BEGIN, .t_ns = T0});
	run_world();
}

static void plan_cut(int64_t t_ns, const char *name)
{
	plan_level(t_ns, name, 0);
	pending[pending_count - 1].fixed = true;
}

/* The hardware chain as the plant of a real bench would have it: all mains go `t_ns` after the start. */
static void plan_operation(int64_t t_ns, enum safety_input input, const char *name)
{
	plan_safety(T0 + t_ns, input, name, 0);
	if (faults.no_chain)
		return;
	plan_cut(T0 + t_ns + 12 * MS, "pins.41");
	plan_cut(T0 + t_ns + 15 * MS, "pins.42");
	plan_cut(T0 + t_ns + 40 * MS, "pins.17");
	plan_cut(T0 + t_ns + 40 * MS, "pins.18");
}

/* From where the first word stands, behind its line; the whole trace without one. */
static void expect_from(const char *word, const char *expected)
{
	const char *found = word ? strstr(trace, word) : trace;

	if (found && word)
		found = strchr(found, '\n') + 1;
	if (!found || strcmp(found, expected) != 0)
		printf("---- wanted\n%s---- found\n%s----\n", expected, found ? found : trace);
	assert_non_null(found);
	assert_true(strcmp(found, expected) == 0);
}

static void expect_trace(const char *expected)
{
	expect_from(NULL, expected);
}

static void expect_walk(const char *expected)
{
	expect_from("guard", expected);
}

static void expect_proof(const char *expected)
{
	expect_from("prompt", expected);
}

static void expect_line(const char *part)
{
	if (!strstr(trace, part))
		printf("%s", trace);
	assert_non_null(strstr(trace, part));
}

static int set_up_bench(const char *bench_text)
{
	struct workspace workspace;
	struct problems problems;
	int i;

	memset(&faults, 0, sizeof faults);
	memset(output_on, 0, sizeof output_on);
	memset(relay_on, 0, sizeof relay_on);
	pending_count = order = 0;
	now_ns = T0;
	ended = false;
	problems_init(&problems);
	workspace_init_at(&workspace, ".");
	if (!bench_parse(&bench, "desk.yaml", bench_text, strlen(bench_text), &workspace, &problems)) {
		char bytes[4096];
		struct text text;

		text_init(&text, bytes, sizeof bytes);
		problems_print(&problems, &text);
		printf("%s", bytes);
		return -1;
	}
	problems_done(&problems);
	for (i = 0; i < BENCH_SLOTS_MAX; i++)
		taking_part[i] = i < bench.slot_count;
	settings = (struct walk_settings){.bench = &bench, .taking_part = taking_part, .extent = WALK_NOT_PRODUCTION,
					  .operator = "A. Person", .today = "2026-11-23", .due = "2027-05-23",
					  .within_ns = 2 * NS_PER_MIN};
	text_init(&traced, trace, sizeof trace);
	walk = walk_new(&settings);
	return walk ? 0 : -1;
}

static int set_up(void **state)
{
	(void)state;
	has_contactor = false;
	return set_up_bench(plain_text);
}

static int set_up_contactor(void **state)
{
	(void)state;
	has_contactor = true;
	return set_up_bench(contactor_text);
}

static int tear_down(void **state)
{
	(void)state;
	walk_free(walk);
	bench_done(&bench);
	return 0;
}

/* Settings after set_up. */
static void again(void)
{
	walk_free(walk);
	walk = walk_new(&settings);
	assert_non_null(walk);
}

static void a_good_bench_is_proved(void **state)
{
	(void)state;
	check_live();
	expect_trace(
		"  0.100 good instrument relays: it is\n"
		"  0.100 good instrument feeds: it is\n"
		"  0.100 good instrument psu: it is\n"
		"  0.100 good instrument pins: it is\n"
		"  0.100 good port A.console: opened A.console: it is\n"
		"  0.100 good port B.console: opened B.console: it is\n"
		"  0.160 good input pins.1: arm: armed\n"
		"  0.160 good input pins.2: emergency stop: not pressed\n"
		"  0.160 good input pins.3: door: closed\n"
		"  0.160 good input pins.5: lab feed: there\n"
		"  0.160 good input pins.6: group protection: has not tripped\n"
		"  0.160 good input pins.41: mains sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.17: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.42: mains sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.18: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good limit psu.ovp: 13V written and read back\n"
		"  0.160 good limit psu.ocp: 2A written and read back\n"
		"  0.160 good input pins.19: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good output relays: 2 outputs read back as off\n"
		"  0.160 good output feeds: 1 output reads back as off\n"
		"  0.160 good output psu: 1 output reads back as off\n"
		"  0.160 guard\n"
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		"  6.240 " WALKED_A
		"  7.160 set relays.2 1000\n"
		" 13.160 set relays.2 0\n"
		" 13.240 " WALKED_B
		" 14.160 set psu.volts 12000\n"
		" 14.170 set psu.output 1000\n"
		" 14.180 set feeds.1 1000\n"
		" 14.455 set feeds.1 0\n"
		" 15.110 set psu.output 0\n"
		" 15.110 set psu.volts 0\n"
		" 15.120 " WALKED_C
		" 15.120 " ALL_OFF
		" 15.120 end 0\n");
}

static void crossed_mains_senses_are_named(void **state)
{
	(void)state;
	faults.crossed_mains = true;
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  0.418 set relays.1 0\n"
		"  0.418 wrong cross-wired A: cross-wired: relays.1 stirs slot B's mains sense (pins.42); of its own "
		"nothing came: compare the wiring of both slots with the bench file\n"
		"  1.418 set relays.2 1000\n"
		"  1.676 set relays.2 0\n"
		"  1.676 wrong cross-wired B: cross-wired: relays.2 stirs slot A's mains sense (pins.41); of its own "
		"nothing came: compare the wiring of both slots with the bench file\n"
		"  7.000 set psu.volts 12000\n"
		"  7.010 set psu.output 1000\n"
		"  7.020 set feeds.1 1000\n"
		"  7.295 set feeds.1 0\n"
		"  7.950 set psu.output 0\n"
		"  7.950 set psu.volts 0\n"
		"  7.960 " WALKED_C
		"  7.960 " ALL_OFF
		"  7.960 end 70\n");
}

static void crossed_supply_senses_and_consoles_are_named(void **state)
{
	(void)state;
	faults.crossed_supply = true;
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  5.410 set relays.1 0\n"
		"  5.410 wrong cross-wired A: cross-wired: relays.1 stirs slot B's supply sense (pins.18); of its own the "
		"mains sense came too: compare the wiring of both slots with the bench file\n"
		"  6.410 set relays.2 1000\n"
		" 11.660 set relays.2 0\n"
		" 11.660 wrong cross-wired B: cross-wired: relays.2 stirs slot A's supply sense (pins.17); of its own the "
		"mains sense came too: compare the wiring of both slots with the bench file\n"
		" 12.660 set psu.volts 12000\n"
		" 12.670 set psu.output 1000\n"
		" 12.680 set feeds.1 1000\n"
		" 12.955 set feeds.1 0\n"
		" 13.610 set psu.output 0\n"
		" 13.610 set psu.volts 0\n"
		" 13.620 " WALKED_C
		" 13.620 " ALL_OFF
		" 13.620 end 70\n");
}

static void a_switch_that_feeds_two_slots_is_named(void **state)
{
	(void)state;
	faults.parallel = true;
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  0.419 set relays.1 0\n"
		"  0.419 wrong cross-wired A: cross-wired: relays.1 stirs slot B's mains sense (pins.42); of its own the "
		"mains sense came too: compare the wiring of both slots with the bench file\n"
		"  1.419 set relays.2 1000\n"
		"  7.419 set relays.2 0\n"
		"  7.499 " WALKED_B
		"  8.419 set psu.volts 12000\n"
		"  8.429 set psu.output 1000\n"
		"  8.439 set feeds.1 1000\n"
		"  8.714 set feeds.1 0\n"
		"  9.369 set psu.output 0\n"
		"  9.369 set psu.volts 0\n"
		"  9.379 " WALKED_C
		"  9.379 " ALL_OFF
		"  9.379 end 70\n");
}

static void a_welded_mains_relay_ends_the_walk(void **state)
{
	(void)state;
	faults.welded = "relays.1";
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		" 16.160 wrong welded relays.1: welded: told to open, and says that it is, and the mains sense (pins.41) "
		"stays: SWITCH OFF BY HAND upstream, and change what does not open\n"
		" 16.160 unproved not-walked desk: not walked: slots B, C: relays.1, of slot A, does not open\n"
		" 16.160 end 70\n");
}

static void a_welded_feed_relay_is_told_from_a_rail_that_is_fed(void **state)
{
	(void)state;
	faults.welded = "feeds.1";
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		"  6.240 " WALKED_A
		"  7.160 set relays.2 1000\n"
		" 13.160 set relays.2 0\n"
		" 13.240 " WALKED_B
		" 14.160 set psu.volts 12000\n"
		" 14.170 set psu.output 1000\n"
		" 14.180 set feeds.1 1000\n"
		" 14.455 set feeds.1 0\n"
		" 16.465 set psu.output 0\n"
		" 16.465 set psu.volts 0\n"
		" 17.120 wrong welded feeds.1: welded: told to open, and says that it is, and the supply sense (pins.19) "
		"went only when the supply before it was off: change the relay; or the rail takes longer than 2000 "
		"ms\n"
		" 17.120 " ALL_OFF
		" 17.120 end 70\n");
}

static void a_back_fed_rail_is_found_and_the_others_are_walked(void **state)
{
	(void)state;
	faults.backfed = "pins.17";
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		" 16.170 set relays.2 1000\n"
		" 16.170 wrong back-fed pins.17: back-fed: 10.0 s after relays.1 opened the rail is not below 9500mV: "
		"another source feeds it (a console's TX that idles high, a second supply), it has no bleeder, or "
		"the contact does not let go\n"
		" 22.170 set relays.2 0\n"
		" 22.250 " WALKED_B
		" 23.170 set psu.volts 12000\n"
		" 23.180 set psu.output 1000\n"
		" 23.190 set feeds.1 1000\n"
		" 23.465 set feeds.1 0\n"
		" 24.120 set psu.output 0\n"
		" 24.120 set psu.volts 0\n"
		" 24.130 " WALKED_C
		" 24.130 " ALL_OFF
		" 24.130 end 70\n");
}

static void a_rail_that_is_fed_behind_its_relay_is_back_fed(void **state)
{
	(void)state;
	faults.backfed = "pins.19";
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		"  6.240 " WALKED_A
		"  7.160 set relays.2 1000\n"
		" 13.160 set relays.2 0\n"
		" 13.240 " WALKED_B
		" 14.160 set psu.volts 12000\n"
		" 14.170 set psu.output 1000\n"
		" 14.180 set feeds.1 1000\n"
		" 14.455 set feeds.1 0\n"
		" 16.465 set psu.output 0\n"
		" 16.465 set psu.volts 0\n"
		" 21.475 wrong back-fed pins.19: back-fed: 7020 ms after feeds.1 opened the rail is not below 9500mV: "
		"another source feeds it (a console's TX that idles high, a second supply), it has no bleeder, or "
		"the contact does not let go\n"
		" 21.475 " ALL_OFF
		" 21.475 end 70\n");
}

static void a_silent_console_is_named(void **state)
{
	(void)state;
	faults.silent = "A.console";
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		" 65.210 set relays.1 0\n"
		" 65.210 wrong console A.console: silent for 60.0 s after the hub had its supply: look at its cable (TX "
		"and RX), baud rate and port\n"
		" 66.210 set relays.2 1000\n"
		" 72.210 set relays.2 0\n"
		" 72.290 " WALKED_B
		" 73.210 set psu.volts 12000\n"
		" 73.220 set psu.output 1000\n"
		" 73.230 set feeds.1 1000\n"
		" 73.505 set feeds.1 0\n"
		" 74.160 set psu.output 0\n"
		" 74.160 set psu.volts 0\n"
		" 74.170 " WALKED_C
		" 74.170 " ALL_OFF
		" 74.170 end 70\n");
}

static void unarmed_only_what_is_not_hazardous_is_walked(void **state)
{
	(void)state;
	faults.unarmed = true;
	check_live();
	expect_walk(
		"  0.160 note waiting desk: not armed: arm the bench with its key (waits at most 120.0 s)\n"
		"120.160 set psu.volts 12000\n"
		"120.160 unproved not-walked A: not walked: not armed: arm the bench with its key\n"
		"120.160 unproved not-walked B: not walked: not armed: arm the bench with its key\n"
		"120.170 set psu.output 1000\n"
		"120.180 set feeds.1 1000\n"
		"120.455 set feeds.1 0\n"
		"121.110 set psu.output 0\n"
		"121.110 set psu.volts 0\n"
		"121.120 " WALKED_C
		"121.120 " ALL_OFF
		"121.120 end 2\n");
}

static void the_walk_waits_for_the_arm(void **state)
{
	(void)state;
	faults.unarmed = true;
	taking_part[1] = taking_part[2] = false;
	plan_safety(T0 + 30 * S, SAFETY_ARM, "pins.1", 1);
	check_live();
	expect_walk(
		"  0.160 note waiting desk: not armed: arm the bench with its key (waits at most 120.0 s)\n"
		" 30.000 set relays.1 1000\n"
		" 36.000 set relays.1 0\n"
		" 36.080 " WALKED_A
		" 36.080 " ALL_OFF
		" 36.080 end 0\n");
}

static void an_arm_that_is_lost_switches_everything_off(void **state)
{
	(void)state;
	plan_safety(T0 + 3 * S, SAFETY_ARM, "pins.1", 0);
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  3.000 set relays.1 0\n"
		"  3.000 unproved stopped pins.1: everything off: the arm was lost\n"
		"  3.010 unproved not-walked desk: not walked: slots A, B, C: the arm was lost\n"
		"  3.010 " ALL_OFF
		"  3.010 end 2\n");
}

static void an_emergency_stop_between_two_slots_ends_the_walk(void **state)
{
	(void)state;
	plan_safety(T0 + 6800 * MS, SAFETY_ESTOP, "pins.2", 0);
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		"  6.240 " WALKED_A
		"  6.800 unproved stopped pins.2: everything off: the emergency stop was pressed\n"
		"  6.800 unproved not-walked desk: not walked: slots B, C: the emergency stop was pressed\n"
		"  6.800 " ALL_OFF
		"  6.800 end 2\n");
}

static void an_emergency_stop_switches_everything_off(void **state)
{
	(void)state;
	plan_operation(3 * S, SAFETY_ESTOP, "pins.2");
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  3.000 set relays.1 0\n"
		"  3.000 unproved stopped pins.2: everything off: the emergency stop was pressed\n"
		"  3.010 unproved not-walked desk: not walked: slots A, B, C: the emergency stop was pressed\n"
		"  3.010 " ALL_OFF
		"  3.010 end 2\n");
}

static void a_sense_that_is_slow_to_come_is_no_sense(void **state)
{
	(void)state;
	faults.slow_ns = 8 * S;
	taking_part[1] = taking_part[2] = false;
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  5.160 set relays.1 0\n"
		"  5.160 wrong sense pins.41: relays.1 is on by its own read-back, and mains sense does not come within "
		"5000 ms: look at the contact, the fuse, the sense board and its line\n"
		"  5.240 " ALL_OFF
		"  5.240 end 70\n");
}

static void a_sense_that_goes_while_its_switch_is_on_is_named(void **state)
{
	(void)state;
	taking_part[1] = taking_part[2] = false;
	plan_cut(T0 + 5500 * MS, "pins.17");
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  5.550 set relays.1 0\n"
		"  5.550 wrong sense pins.17: supply sense came and went while relays.1 is on: look for a loose contact "
		"or a supply that gives in\n"
		"  5.608 " ALL_OFF
		"  5.608 end 70\n");
}

static void a_sense_that_is_slow_to_go_is_no_weld(void **state)
{
	(void)state;
	faults.slow_fall_ns = 7 * S;
	taking_part[1] = taking_part[2] = false;
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		" 13.218 wrong sense pins.41: goes only 7008 ms after relays.1 opened, and 5000 ms are the most: look at "
		"the sense board and at what keeps it up\n"
		" 13.218 " ALL_OFF
		" 13.218 end 70\n");
}

static void an_instrument_that_is_missing_hides_nothing_else(void **state)
{
	(void)state;
	faults.dead = "relays";
	check_live();
	expect_trace(
		"  0.100 good instrument feeds: it is\n"
		"  0.100 good instrument psu: it is\n"
		"  0.100 good instrument pins: it is\n"
		"  0.100 good port A.console: opened A.console: it is\n"
		"  0.100 good port B.console: opened B.console: it is\n"
		" 26.000 wrong instrument relays: no answer; not ready after 26.0 s: look at its power, its cable, and at "
		"'port', 'baud' and 'unit' in the bench file\n"
		" 26.000 good input pins.1: arm: armed\n"
		" 26.000 good input pins.2: emergency stop: not pressed\n"
		" 26.000 good input pins.3: door: closed\n"
		" 26.000 good input pins.5: lab feed: there\n"
		" 26.000 good input pins.6: group protection: has not tripped\n"
		" 26.000 good input pins.41: mains sense: nothing there, and nothing is switched on\n"
		" 26.000 good input pins.17: supply sense: nothing there, and nothing is switched on\n"
		" 26.000 good input pins.42: mains sense: nothing there, and nothing is switched on\n"
		" 26.000 good input pins.18: supply sense: nothing there, and nothing is switched on\n"
		" 26.000 good limit psu.ovp: 13V written and read back\n"
		" 26.000 good limit psu.ocp: 2A written and read back\n"
		" 26.000 good input pins.19: supply sense: nothing there, and nothing is switched on\n"
		" 26.000 good output feeds: 1 output reads back as off\n"
		" 26.000 good output psu: 1 output reads back as off\n"
		" 26.000 guard\n"
		" 26.000 set psu.volts 12000\n"
		" 26.000 unproved not-walked A: not walked: relays is not ready\n"
		" 26.000 unproved not-walked B: not walked: relays is not ready\n"
		" 26.010 set psu.output 1000\n"
		" 26.020 set feeds.1 1000\n"
		" 26.295 set feeds.1 0\n"
		" 26.950 set psu.output 0\n"
		" 26.950 set psu.volts 0\n"
		" 26.960 " WALKED_C
		" 26.960 " ALL_OFF
		" 26.960 end 70\n");
}

static void another_model_is_named_at_once(void **state)
{
	(void)state;
	faults.wrong = "psu";
	check_live();
	expect_trace(
		"  0.100 good instrument relays: it is\n"
		"  0.100 good instrument feeds: it is\n"
		"  0.100 wrong instrument psu: says that it is another; is it plugged into another's port? look at "
		"'port', 'unit' and 'profile' in the bench file\n"
		"  0.100 good instrument pins: it is\n"
		"  0.100 good port A.console: opened A.console: it is\n"
		"  0.100 good port B.console: opened B.console: it is\n"
		"  0.160 good input pins.1: arm: armed\n"
		"  0.160 good input pins.2: emergency stop: not pressed\n"
		"  0.160 good input pins.3: door: closed\n"
		"  0.160 good input pins.5: lab feed: there\n"
		"  0.160 good input pins.6: group protection: has not tripped\n"
		"  0.160 good input pins.41: mains sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.17: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.42: mains sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.18: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.19: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good output relays: 2 outputs read back as off\n"
		"  0.160 good output feeds: 1 output reads back as off\n"
		"  0.160 guard\n"
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		"  6.240 " WALKED_A
		"  7.160 set relays.2 1000\n"
		" 13.160 set relays.2 0\n"
		" 13.240 " WALKED_B
		" 13.240 unproved not-walked C: not walked: psu is not ready\n"
		" 13.240 " ALL_OFF
		" 13.240 end 70\n");
}

static void what_is_on_already_is_left_alone(void **state)
{
	(void)state;
	faults.on_already = "relays.2";
	check_live();
	expect_trace(
		"  0.100 good instrument relays: it is\n"
		"  0.100 good instrument feeds: it is\n"
		"  0.100 good instrument psu: it is\n"
		"  0.100 good instrument pins: it is\n"
		"  0.100 good port A.console: opened A.console: it is\n"
		"  0.100 good port B.console: opened B.console: it is\n"
		"  0.160 good input pins.1: arm: armed\n"
		"  0.160 good input pins.2: emergency stop: not pressed\n"
		"  0.160 good input pins.3: door: closed\n"
		"  0.160 good input pins.5: lab feed: there\n"
		"  0.160 good input pins.6: group protection: has not tripped\n"
		"  0.160 good input pins.41: mains sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.17: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 wrong output relays.2: mains switch: is on, and this check did not do it; `hilrig off --bench "
		"desk.yaml` switches everything off\n"
		"  0.160 note input pins.42: mains sense: there; something of the slot is on\n"
		"  0.160 note input pins.18: supply sense: there; something of the slot is on\n"
		"  0.160 good limit psu.ovp: 13V written and read back\n"
		"  0.160 good limit psu.ocp: 2A written and read back\n"
		"  0.160 good input pins.19: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good output relays: 1 output reads back as off\n"
		"  0.160 good output feeds: 1 output reads back as off\n"
		"  0.160 good output psu: 1 output reads back as off\n"
		"  0.160 guard\n"
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		"  6.240 " WALKED_A
		"  6.240 unproved not-walked B: not walked: relays.2 is on already\n"
		"  7.160 set psu.volts 12000\n"
		"  7.170 set psu.output 1000\n"
		"  7.180 set feeds.1 1000\n"
		"  7.455 set feeds.1 0\n"
		"  8.110 set psu.output 0\n"
		"  8.110 set psu.volts 0\n"
		"  8.120 " WALKED_C
		"  8.120 " ALL_OFF
		"  8.120 end 70\n");
}

static void an_output_that_does_not_read_back_is_named(void **state)
{
	(void)state;
	faults.refuses = "relays.1";
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  0.170 set relays.1 0\n"
		"  0.170 wrong output relays.1: reads back as off\n"
		"  1.170 set relays.2 1000\n"
		"  7.170 set relays.2 0\n"
		"  7.250 " WALKED_B
		"  8.170 set psu.volts 12000\n"
		"  8.180 set psu.output 1000\n"
		"  8.190 set feeds.1 1000\n"
		"  8.465 set feeds.1 0\n"
		"  9.120 set psu.output 0\n"
		"  9.120 set psu.volts 0\n"
		"  9.130 " WALKED_C
		"  9.130 " ALL_OFF
		"  9.130 end 70\n");
}

static void an_output_that_does_not_confirm_off_is_left_to_the_supervisor(void **state)
{
	(void)state;
	faults.never_off = "relays.1";
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		"  9.160 set relays.1 0\n"
		" 12.160 wrong not-off relays.1: did not confirm that it is off (no answer): SWITCH OFF BY HAND\n"
		" 22.160 wrong not-off pins.41: still there after everything was switched off: SWITCH OFF BY HAND\n"
		" 22.160 wrong not-off pins.17: still there after everything was switched off: SWITCH OFF BY HAND\n"
		" 22.160 unproved not-walked desk: not walked: slots B, C: an output of another slot did not confirm that it is off\n"
		" 22.160 end 70\n");
}

static void an_operator_stops_it(void **state)
{
	(void)state;
	plan(T0 + 3 * S, WALK_STOP);
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  3.000 set relays.1 0\n"
		"  3.000 note stopped desk: stopped by the operator: everything off\n"
		"  3.010 unproved not-walked desk: not walked: slots A, B, C: stopped by the operator\n"
		"  3.010 " ALL_OFF
		"  3.010 end 130\n");
}

static void an_instrument_that_is_lost_ends_it(void **state)
{
	struct walk_event *event = plan(T0 + 3 * S, WALK_INSTRUMENT);

	(void)state;
	event->instrument = bench_instrument_find(&bench, "pins");
	event->state = INSTRUMENT_NOT_YET;
	text_copy(event->text, sizeof event->text, "unplugged");
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  3.000 set relays.1 0\n"
		"  3.000 wrong lost pins: was there, and is lost: unplugged\n"
		"  3.010 unproved not-walked desk: not walked: slots A, B, C: an instrument was lost\n"
		"  3.010 " ALL_OFF
		"  3.010 end 70\n");
}

static void a_supply_that_trips_ends_its_slots_walk(void **state)
{
	struct walk_event *event = plan(T0 + 14300 * MS, WALK_CHANGED);

	(void)state;
	event->channel = channel("psu.output");
	text_copy(event->text, sizeof event->text, "its own protection has acted");
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		"  6.240 " WALKED_A
		"  7.160 set relays.2 1000\n"
		" 13.160 set relays.2 0\n"
		" 13.240 " WALKED_B
		" 14.160 set psu.volts 12000\n"
		" 14.170 set psu.output 1000\n"
		" 14.180 set feeds.1 1000\n"
		" 14.300 set feeds.1 0\n"
		" 14.300 wrong protection psu.output: its own protection has acted\n"
		" 14.955 set psu.output 0\n"
		" 14.955 set psu.volts 0\n"
		" 14.965 " ALL_OFF
		" 14.965 end 70\n");
}

static void a_group_that_trips_is_named(void **state)
{
	(void)state;
	faults.trips = true;
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  0.190 set relays.1 0\n"
		"  0.190 wrong protection A: the protection of group rcd1 tripped when relays.1 closed: look for a fault "
		"to earth or a short in the slot\n"
		"  0.248 unproved not-walked B: not walked: its group's protection has tripped\n"
		"  7.000 set psu.volts 12000\n"
		"  7.010 set psu.output 1000\n"
		"  7.020 set feeds.1 1000\n"
		"  7.295 set feeds.1 0\n"
		"  7.950 set psu.output 0\n"
		"  7.950 set psu.volts 0\n"
		"  7.960 " WALKED_C
		"  7.960 " ALL_OFF
		"  7.960 end 70\n");
}

static void without_lab_power_nothing_is_energised(void **state)
{
	(void)state;
	settings.within_ns = 10 * S;
	again();
	plan_safety(T0 + 200 * MS, SAFETY_LAB_POWER, "pins.5", 0);
	faults.unarmed = true;
	check_live();
	expect_walk(
		"  0.160 note waiting desk: not armed: arm the bench with its key (waits at most 10.0 s)\n"
		"  0.200 note waiting desk: the lab's power is not there: switch it on, and arm the bench anew (waits at "
		"most 9960 ms)\n"
		" 10.160 unproved not-walked A: not walked: the lab's power is not there: switch it on, and arm the bench anew\n"
		" 10.160 unproved not-walked B: not walked: the lab's power is not there: switch it on, and arm the bench anew\n"
		" 10.160 unproved not-walked C: not walked: the lab's power is not there: switch it on, and arm the bench anew\n"
		" 10.160 end 2\n");
}

static void lab_power_that_goes_ends_it(void **state)
{
	(void)state;
	plan_safety(T0 + 3 * S, SAFETY_LAB_POWER, "pins.5", 0);
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  3.000 set relays.1 0\n"
		"  3.000 unproved stopped pins.5: everything off: the lab's power went\n"
		"  3.010 unproved not-walked desk: not walked: slots A, B, C: the lab's power went\n"
		"  3.010 " ALL_OFF
		"  3.010 end 2\n");
}

static void without_a_walk_nothing_is_energised(void **state)
{
	(void)state;
	settings.extent = WALK_NOTHING;
	faults.unarmed = true;
	again();
	check_live();
	expect_trace(
		"  0.100 good instrument relays: it is\n"
		"  0.100 good instrument feeds: it is\n"
		"  0.100 good instrument psu: it is\n"
		"  0.100 good instrument pins: it is\n"
		"  0.100 good port A.console: opened A.console: it is\n"
		"  0.100 good port B.console: opened B.console: it is\n"
		"  0.160 note input pins.1: arm: not armed\n"
		"  0.160 good input pins.2: emergency stop: not pressed\n"
		"  0.160 good input pins.3: door: closed\n"
		"  0.160 good input pins.5: lab feed: there\n"
		"  0.160 good input pins.6: group protection: has not tripped\n"
		"  0.160 good input pins.41: mains sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.17: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.42: mains sense: nothing there, and nothing is switched on\n"
		"  0.160 good input pins.18: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good limit psu.ovp: 13V written and read back\n"
		"  0.160 good limit psu.ocp: 2A written and read back\n"
		"  0.160 good input pins.19: supply sense: nothing there, and nothing is switched on\n"
		"  0.160 good output relays: 2 outputs read back as off\n"
		"  0.160 good output feeds: 1 output reads back as off\n"
		"  0.160 good output psu: 1 output reads back as off\n"
		"  0.160 end 0\n");
}

static void without_a_walk_a_pressed_emergency_stop_is_a_finding(void **state)
{
	(void)state;
	settings.extent = WALK_NOTHING;
	faults.pressed = true;
	again();
	check_live();
	expect_line("0.160 unproved input pins.2: emergency stop: pressed: release it, or look for a broken wire");
	expect_line("end 2");
}

static void a_production_bench_is_not_walked_unasked(void **state)
{
	(void)state;
	bench.environment = ENVIRONMENT_PRODUCTION;
	check_live();
	expect_line("unproved not-walked desk: not walked: slots A, B, C: a hub of a production bench that is powered up and cut again "
		    "may raise AD1 three minutes later, at a real network operator; --walk does it all the same");
	expect_line("end 2");
	assert_null(strstr(trace, "set "));
}

static void a_production_bench_is_walked_when_asked(void **state)
{
	(void)state;
	bench.environment = ENVIRONMENT_PRODUCTION;
	settings.extent = WALK_EVERYWHERE;
	again();
	check_live();
	expect_line("good walk C");
	expect_line("end 0");
}

static void a_proof_that_was_due_is_a_finding(void **state)
{
	(void)state;
	settings.today = "2027-01-02";
	again();
	check_live();
	expect_line("unproved proof desk: the proof test of the door was due on 2027-01-01: make it with --prove door");
	expect_line("end 2");
}

static void the_shortest_time_off_counts_from_the_beginning(void **state)
{
	(void)state;
	taking_part[0] = taking_part[1] = false;
	check_live();
	expect_walk(
		"  7.000 set psu.volts 12000\n"
		"  7.010 set psu.output 1000\n"
		"  7.020 set feeds.1 1000\n"
		"  7.295 set feeds.1 0\n"
		"  7.950 set psu.output 0\n"
		"  7.950 set psu.volts 0\n"
		"  7.960 " WALKED_C
		"  7.960 " ALL_OFF
		"  7.960 end 0\n");
}

static void a_three_minute_window_has_room_for_so_many_cuts(void **state)
{
	(void)state;
	bench.hubs_together_max = 1;
	taking_part[2] = false;
	check_live();
	expect_walk(
		"  0.160 set relays.1 1000\n"
		"  6.160 set relays.1 0\n"
		"  6.240 " WALKED_A
		"180.000 set relays.2 1000\n"
		"186.000 set relays.2 0\n"
		"186.080 " WALKED_B
		"186.080 " ALL_OFF
		"186.080 end 0\n");
}

static void contactor_and_interlock_are_minded(void **state)
{
	(void)state;
	check_live();
	expect_walk(
		"  3.000 set relays.8 1000\n"
		"  3.020 set relays.1 1000\n"
		"  9.020 set relays.1 0\n"
		"  9.100 set relays.8 0\n"
		"  9.120 " WALKED_A
		" 12.020 set relays.8 1000\n"
		" 12.040 set relays.2 1000\n"
		" 18.040 set relays.2 0\n"
		" 18.120 set relays.8 0\n"
		" 18.140 " WALKED_B
		" 19.120 set psu.volts 12000\n"
		" 19.130 set psu.output 1000\n"
		" 19.140 set feeds.1 1000\n"
		" 19.415 set feeds.1 0\n"
		" 20.070 set psu.output 0\n"
		" 20.070 set psu.volts 0\n"
		" 20.080 " WALKED_C
		" 20.080 " ALL_OFF
		" 20.080 end 0\n");
}

static void a_welded_relay_behind_a_contactor_is_cut_by_it(void **state)
{
	(void)state;
	faults.welded = "relays.1";
	check_live();
	expect_walk(
		"  3.000 set relays.8 1000\n"
		"  3.020 set relays.1 1000\n"
		"  9.020 set relays.1 0\n"
		" 14.020 set relays.8 0\n"
		" 14.078 wrong welded relays.1: welded: told to open, and says that it is, and the mains sense (pins.41) "
		"went only with what lies before it: change what does not open\n"
		" 14.078 unproved not-walked desk: not walked: slots B, C: relays.1, of slot A, does not open\n"
		" 14.078 " ALL_OFF
		" 14.078 end 70\n");
}

static void a_contactor_that_does_not_close_is_seen_by_its_mirror(void **state)
{
	(void)state;
	faults.missing = "pins.7";
	check_live();
	expect_walk(
		"  3.000 set relays.8 1000\n"
		"  8.000 set relays.8 0\n"
		"  8.000 wrong output relays.8: told to close, and its mirror contact says that it is open: look at the contactor\n"
		"  9.000 set relays.8 1000\n"
		" 14.000 set relays.8 0\n"
		" 14.000 wrong output relays.8: told to close, and its mirror contact says that it is open: look at the contactor\n"
		" 15.000 set psu.volts 12000\n"
		" 15.010 set psu.output 1000\n"
		" 15.020 set feeds.1 1000\n"
		" 15.295 set feeds.1 0\n"
		" 15.950 set psu.output 0\n"
		" 15.950 set psu.volts 0\n"
		" 15.960 " WALKED_C
		" 15.960 " ALL_OFF
		" 15.960 end 70\n");
}

static void a_welded_contactor_is_seen_by_its_mirror(void **state)
{
	(void)state;
	faults.welded = "relays.8";
	check_live();
	expect_walk(
		"  3.000 set relays.8 1000\n"
		"  3.020 set relays.1 1000\n"
		"  9.020 set relays.1 0\n"
		"  9.100 set relays.8 0\n"
		" 14.110 wrong welded relays.8: welded: told to open, and says that it is, and the mirror contact "
		"(pins.7) stays: SWITCH OFF BY HAND upstream, and change what does not open\n"
		" 14.110 unproved not-walked desk: not walked: slots B, C: relays.8, of slot A, does not open\n"
		" 14.110 end 70\n");
}

static void prove(enum safety_input input)
{
	settings.proves = true;
	settings.proved = input;
	again();
}

static void a_proof_passes_where_the_hardware_cuts(void **state)
{
	(void)state;
	prove(SAFETY_ESTOP);
	plan_operation(30 * S, SAFETY_ESTOP, "pins.2");
	check_live();
	expect_proof(
		" 30.065 set relays.1 0\n"
		" 30.065 set relays.2 0\n"
		" 30.065 good proof pins.2: the hardware cut the mains of 2 slots by itself, the last (B) 15 ms after pins.2\n"
		" 30.065 good proof-line desk: proofs: [{what: estop, by: \"A. Person\", on: 2026-11-23, due: 2027-05-23}]\n"
		" 30.075 " ALL_OFF
		" 30.075 end 0\n");
}

static void a_proof_fails_where_it_does_not(void **state)
{
	(void)state;
	prove(SAFETY_DOOR);
	faults.no_chain = true;
	plan_operation(30 * S, SAFETY_DOOR, "pins.3");
	check_live();
	expect_proof(
		" 30.500 set relays.1 0\n"
		" 30.500 set relays.2 0\n"
		" 30.500 wrong proof pins.3: THE HARDWARE DID NOT CUT: 500 ms after the door the mains of A, B are still "
		"there; the rig has switched them off now. Energise nothing here before its chain is repaired and "
		"proved\n"
		" 30.530 " ALL_OFF
		" 30.530 end 70\n");
}

static void a_proof_fails_where_the_hardware_cuts_half(void **state)
{
	(void)state;
	prove(SAFETY_ESTOP);
	faults.no_chain = true;
	plan_operation(30 * S, SAFETY_ESTOP, "pins.2");
	plan_cut(T0 + 30 * S + 12 * MS, "pins.41");
	check_live();
	expect_proof(
		" 30.500 set relays.1 0\n"
		" 30.500 set relays.2 0\n"
		" 30.500 wrong proof pins.2: THE HARDWARE DID NOT CUT: 500 ms after the emergency stop the mains of B are "
		"still there; the rig has switched them off now. Energise nothing here before its chain is repaired "
		"and proved\n"
		" 30.530 " ALL_OFF
		" 30.530 end 70\n");
}

static void a_proof_that_nobody_operates_ends(void **state)
{
	(void)state;
	prove(SAFETY_ARM);
	check_live();
	expect_proof(
		"137.168 set relays.1 0\n"
		"137.168 set relays.2 0\n"
		"137.168 unproved proof desk: no proof test of the arm: nobody operated it in time\n"
		"137.198 " ALL_OFF
		"137.198 end 2\n");
}

static void another_input_is_no_proof(void **state)
{
	(void)state;
	prove(SAFETY_ESTOP);
	plan_operation(30 * S, SAFETY_ARM, "pins.1");
	check_live();
	expect_proof(
		" 30.500 set relays.1 0\n"
		" 30.500 set relays.2 0\n"
		" 30.500 unproved proof pins.1: no proof: this is the arm, and the emergency stop was to be operated\n"
		" 30.510 " ALL_OFF
		" 30.510 end 2\n");
}

static void mains_that_go_by_themselves_are_no_proof(void **state)
{
	(void)state;
	prove(SAFETY_ESTOP);
	plan_cut(T0 + 30 * S, "pins.41");
	plan_cut(T0 + 30 * S, "pins.42");
	check_live();
	expect_proof(
		" 30.500 set relays.1 0\n"
		" 30.500 set relays.2 0\n"
		" 30.500 wrong proof pins.2: the mains of 2 of 2 slots went, and this input does not show that the "
		"emergency stop was operated: its wire, or a protection\n"
		" 30.530 " ALL_OFF
		" 30.530 end 70\n");
}

static void lab_power_that_goes_is_no_proof(void **state)
{
	(void)state;
	prove(SAFETY_ESTOP);
	plan_operation(30 * S, SAFETY_LAB_POWER, "pins.5");
	check_live();
	expect_proof(
		" 30.500 set relays.1 0\n"
		" 30.500 set relays.2 0\n"
		" 30.500 unproved proof pins.5: no proof: the lab's power went\n"
		" 30.510 " ALL_OFF
		" 30.510 end 2\n");
}

static void a_proof_of_some_slots_is_none_of_the_bench(void **state)
{
	(void)state;
	taking_part[1] = false;
	prove(SAFETY_ESTOP);
	plan_operation(30 * S, SAFETY_ESTOP, "pins.2");
	check_live();
	expect_proof(
		" 30.062 set relays.1 0\n"
		" 30.062 good proof pins.2: the hardware cut the mains of 1 slot by itself, the last (A) 12 ms after pins.2\n"
		" 30.062 unproved proof desk: the proof is of these slots only; one of the bench needs all that have "
		"mains: do it without --slots\n"
		" 30.072 " ALL_OFF
		" 30.072 end 2\n");
}

static void there_is_no_proof_on_a_bench_with_a_fault(void **state)
{
	(void)state;
	prove(SAFETY_ESTOP);
	faults.silent = "A.console";
	check_live();
	expect_line("unproved proof desk: no proof test of the emergency stop: what is wrong has to be put right first");
	expect_line("end 70");
}

static void an_operator_stops_a_proof(void **state)
{
	(void)state;
	prove(SAFETY_ESTOP);
	plan(T0 + 30 * S, WALK_STOP);
	check_live();
	expect_proof(
		" 30.000 set relays.1 0\n"
		" 30.000 set relays.2 0\n"
		" 30.000 note stopped desk: stopped by the operator: everything off\n"
		" 30.030 " ALL_OFF
		" 30.030 end 130\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_good_bench_is_proved, set_up, tear_down),
		cmocka_unit_test_setup_teardown(crossed_mains_senses_are_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(crossed_supply_senses_and_consoles_are_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_switch_that_feeds_two_slots_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_welded_mains_relay_ends_the_walk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_welded_feed_relay_is_told_from_a_rail_that_is_fed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_back_fed_rail_is_found_and_the_others_are_walked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_rail_that_is_fed_behind_its_relay_is_back_fed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_silent_console_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unarmed_only_what_is_not_hazardous_is_walked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_walk_waits_for_the_arm, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_arm_that_is_lost_switches_everything_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_emergency_stop_between_two_slots_ends_the_walk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_emergency_stop_switches_everything_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_sense_that_is_slow_to_come_is_no_sense, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_sense_that_goes_while_its_switch_is_on_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_sense_that_is_slow_to_go_is_no_weld, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_instrument_that_is_missing_hides_nothing_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_model_is_named_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_on_already_is_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_output_that_does_not_read_back_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_output_that_does_not_confirm_off_is_left_to_the_supervisor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_operator_stops_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_instrument_that_is_lost_ends_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_supply_that_trips_ends_its_slots_walk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_group_that_trips_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_lab_power_nothing_is_energised, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lab_power_that_goes_ends_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_a_walk_nothing_is_energised, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_a_walk_a_pressed_emergency_stop_is_a_finding, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_production_bench_is_not_walked_unasked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_production_bench_is_walked_when_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_proof_that_was_due_is_a_finding, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_shortest_time_off_counts_from_the_beginning, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_three_minute_window_has_room_for_so_many_cuts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(contactor_and_interlock_are_minded, set_up_contactor, tear_down),
		cmocka_unit_test_setup_teardown(a_welded_relay_behind_a_contactor_is_cut_by_it, set_up_contactor, tear_down),
		cmocka_unit_test_setup_teardown(a_contactor_that_does_not_close_is_seen_by_its_mirror, set_up_contactor, tear_down),
		cmocka_unit_test_setup_teardown(a_welded_contactor_is_seen_by_its_mirror, set_up_contactor, tear_down),
		cmocka_unit_test_setup_teardown(a_proof_passes_where_the_hardware_cuts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_proof_fails_where_it_does_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_proof_fails_where_the_hardware_cuts_half, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_proof_that_nobody_operates_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_input_is_no_proof, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mains_that_go_by_themselves_are_no_proof, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lab_power_that_goes_is_no_proof, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_proof_of_some_slots_is_none_of_the_bench, set_up, tear_down),
		cmocka_unit_test_setup_teardown(there_is_no_proof_on_a_bench_with_a_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_operator_stops_a_proof, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
