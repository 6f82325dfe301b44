/* Opening a slot: what is switched in which order, what must be seen, and everything that ends it. */

#include "rig/command/slot_opening.h"

#include "rig/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define CONTACTOR_BENCH "tests/lab/bench/contactor.yaml"

static struct bench bench;
static struct error error;
static char *shown;
static size_t shown_size;

/* A bench of which each switch is what feeds the senses; `welded` ones do not open. */
static struct world {
	bool on[64], welded[64], silent, mirror_stuck, unreadable, dies_late;
	bool back_feed;                 /* of slot A's supply sense */
	bool neighbour_on;
	bool dead_board;                /* nothing confirms anything */
	bool live_after_answer;         /* somebody switches it on while it is asked */
	const char *answers[2];         /* NULL: Ctrl-C */
	int asked;
	int64_t now_ns;
	bool wanted[64];
	char done[256];                 /* "take off take off ask" */
	int stop_after_pauses;          /* somebody says off; 0: never */
	int pauses;
} world;

static int channel(const char *name)
{
	int found = bench_channel_find(&bench, name);

	assert_true(found >= 0);
	return found;
}

static void note(const char *what)
{
	assert_true(strlen(world.done) + strlen(what) + 2 < sizeof world.done);
	if (world.done[0])
		strcat(world.done, " ");
	strcat(world.done, what);
}

static bool take(void *self, const bool *wanted, struct error *to)
{
	(void)self;
	(void)to;
	memcpy(world.wanted, wanted, (size_t)bench.channel_count * sizeof *wanted);
	note("take");
	return !world.silent || error_set(to, FAULT_ENVIRONMENT, "relays: no serial port is there");
}

static bool off(void *self, bool *agrees, struct error *to)
{
	int i;

	(void)self;
	(void)to;
	note("off");
	for (i = 0; i < bench.channel_count; i++)
		if (world.wanted[i] && bench.channels[i].kind == CHANNEL_SWITCH && !world.welded[i])
			world.on[i] = false;
	*agrees = !world.dead_board;
	return true;
}

static bool is_fed(const char *relay)
{
	int contactor = bench_channel_find(&bench, "relays.8");

	return world.on[channel(relay)] && (contactor < 0 || world.on[contactor]);
}

static int level(void *self, int asked)
{
	const char *name = bench.channels[asked].name;

	(void)self;
	assert_true(world.wanted[asked]);
	if (bench.channels[asked].kind == CHANNEL_SWITCH || world.unreadable)
		return -1;
	if (strcmp(name, "pins.9") == 0)
		return !world.mirror_stuck && !world.on[channel("relays.8")];
	if (strcmp(name, "pins.41") == 0)
		return is_fed("relays.1");
	if (strcmp(name, "pins.17") == 0)
		return world.back_feed || is_fed("relays.1") || (world.dies_late && world.now_ns < 9 * NS_PER_S);
	return world.neighbour_on && is_fed("relays.2");
}

static int64_t now_ns(void *self)
{
	(void)self;
	return world.now_ns;
}

static bool pause_a_little(void *self, struct error *to)
{
	(void)self;
	world.now_ns += 10 * NS_PER_MS;
	return ++world.pauses != world.stop_after_pauses || error_set(to, FAULT_OPERATOR, "somebody said off");
}

static bool ask(void *self, char line[OPENING_WORD_SIZE], struct error *to)
{
	const char *answer = world.answers[world.asked++];

	(void)self;
	note("ask");
	if (world.live_after_answer)
		world.on[channel("relays.1")] = world.on[channel("relays.8")] = true;
	return answer ? text_copy(line, OPENING_WORD_SIZE, answer) : error_set(to, FAULT_OPERATOR, "stopped");
}

static const struct opening_hands hands = {take, off, level, now_ns, pause_a_little, ask};
static struct opening opening;

static void load(const char *path)
{
	struct workspace workspace;
	struct problems problems;

	bench_done(&bench);
	memset(&bench, 0, sizeof bench);
	problems_init(&problems);
	workspace_init_at(&workspace, ".");
	assert_true(bench_load(&bench, path, &workspace, &problems));
	problems_done(&problems);
}

/* Everything on, and the person types the slot's name. */
static int set_up(void **state)
{
	int i;

	(void)state;
	load(CONTACTOR_BENCH);
	world = (struct world){.answers = {"A", "A"}};
	for (i = 0; i < bench.channel_count; i++)
		world.on[i] = bench.channels[i].kind == CHANNEL_SWITCH;
	opening = (struct opening){.bench = &bench, .slot = bench_slot_find(&bench, "A"), .yes = true, .hands = &hands};
	error = (struct error){FAULT_NONE, ""};
	return 0;
}

static bool run(void)
{
	bool done;

	free(shown);
	opening.out = open_memstream(&shown, &shown_size);
	done = opening_run(&opening, &error);
	assert_int_equal(fclose(opening.out), 0);
	if (strstr(shown, "safe") || strstr(error.text, "safe"))
		fail_msg("the word safe is shown: %s%s", shown, error.text);
	return done;
}

static void assert_shown(const char *text)
{
	if (!strstr(shown, text))
		fail_msg("not shown: %s\nin: %s", text, shown);
}

/* Refused, and to be locked out for this. */
static void assert_found(const char *code)
{
	assert_false(run());
	assert_int_equal(error.fault, FAULT_RIG);
	if (strncmp(opening.finding, code, strlen(code)) != 0 || opening.finding[strlen(code)] != ':')
		fail_msg("found %s, wanted %s", opening.finding, code);
	assert_shown(opening.finding);
}

/* Not opened, and nothing disagreed. */
static void assert_left(enum fault fault)
{
	assert_false(run());
	assert_int_equal(error.fault, fault);
	assert_string_equal(opening.finding, "");
}

static void a_slot_that_is_seen_to_be_dead_is_opened(void **state)
{
	(void)state;
	assert_true(run());
	assert_string_equal(opening.finding, "");
	assert_string_equal(world.done, "take off take off ask");
	assert_false(world.on[channel("relays.1")]);
	assert_false(world.on[channel("relays.8")]);
	assert_true(world.on[channel("relays.2")]);
	assert_shown("relays.8 feeds other slots too: B. Opening slot A cuts them.");
	assert_shown("  relays.1: off, read back\n  mains sense pins.41: dead\n  supply sense pins.17: dead\n");
	assert_shown("  relays.8: off, read back\n  mirror contact pins.9: relays.8 is open\n");
	assert_shown("slot A: OFF (not isolated)");
	assert_shown("isolate slot A upstream");
	assert_shown("prove it dead at the terminals with an approved tester");
	assert_shown("Electricity at Work Regulations 1989, regulations 12 to 14; HSE INDG354; HSE HSG85");
}

static void a_supply_that_dies_late_is_waited_for(void **state)
{
	(void)state;
	world.dies_late = true;
	assert_true(run());
	assert_true(world.now_ns >= 9 * NS_PER_S);
}

static void a_weld_is_seen_in_front_of_the_open_contactor_which_still_cuts_it(void **state)
{
	(void)state;
	world.welded[channel("relays.1")] = true;
	assert_found("relay-welded");
	assert_int_equal(world.asked, 0);
	assert_false(world.on[channel("relays.8")]);
	assert_shown("mirror contact pins.9: relays.8 is open\n  mains sense pins.41: dead");
	assert_true(world.now_ns >= OPENING_SENSE_WITHIN_NS && world.now_ns < NS_PER_MIN);
}

static void a_weld_without_a_contactor_is_refused(void **state)
{
	(void)state;
	load("tests/lab/bench/two-slots.yaml");
	memset(world.on, true, sizeof world.on);
	world.welded[channel("relays.1")] = true;
	assert_found("relay-welded");
	assert_string_equal(world.done, "take off");
}

static void a_contactor_that_does_not_open_is_refused(void **state)
{
	(void)state;
	world.welded[channel("relays.8")] = true;
	assert_found("contactor-welded");
	assert_int_equal(world.asked, 0);
}

static void a_mirror_contact_that_does_not_say_open_is_refused(void **state)
{
	(void)state;
	world.mirror_stuck = true;
	assert_found("contactor-welded");
}

static void a_supply_that_something_else_feeds_is_refused(void **state)
{
	(void)state;
	world.back_feed = true;
	assert_found("supply-live");
}

static void a_switch_that_does_not_confirm_is_refused(void **state)
{
	(void)state;
	world.dead_board = true;
	assert_found("no-readback");
	assert_shown("not everything confirmed that it is off: relays.1\n");
	assert_shown("not everything confirmed that it is off: relays.1, relays.8\n");
}

static void a_sense_that_cannot_be_read_is_not_dead(void **state)
{
	(void)state;
	world.unreadable = true;
	assert_found("relay-welded");
	assert_shown("mains sense pins.41 cannot be read");
	assert_shown("supply sense pins.17 cannot be read");
}

static void what_is_live_when_the_name_is_typed_is_refused(void **state)
{
	(void)state;
	world.live_after_answer = true;
	assert_false(run());
	assert_int_equal(error.fault, FAULT_RIG);
	assert_int_equal(world.asked, 1);
	assert_true(opening.finding[0]);
}

static void mains_without_a_sense_are_said_to_be_unseen(void **state)
{
	(void)state;
	bench.slots[opening.slot].mains.sense = -1;
	assert_true(run());
	assert_shown("nothing senses the mains of slot A: the rig cannot see whether it is dead");
	assert_null(strstr(shown, "mains sense"));
}

static void anything_but_the_name_does_not_open_it(void **state)
{
	static const char *const others[] = {"", "a", "AA", "yes", "A B", "B", NULL};
	size_t i;

	for (i = 0; i < sizeof others / sizeof *others; i++) {
		set_up(state);
		world.answers[0] = others[i];
		assert_left(FAULT_OPERATOR);
	}
}

static void neighbours_that_are_on_are_asked_about_before_anything_is_switched(void **state)
{
	(void)state;
	opening.yes = false;
	world.neighbour_on = true;
	world.answers[0] = "no";
	assert_left(FAULT_OPERATOR);
	assert_string_equal(world.done, "take ask");
	assert_shown("On now, and cut with it: B. Type yes to cut them too: ");
	assert_false(world.wanted[channel("relays.1")] || world.wanted[channel("relays.8")]);

	set_up(state);
	opening.yes = false;
	world.neighbour_on = true;
	world.answers[0] = "yes";
	assert_true(run());
	assert_string_equal(world.done, "take ask take off take off ask");

	set_up(state);
	opening.yes = false;
	assert_true(run());
	assert_string_equal(world.done, "take take off take off ask");

	set_up(state);
	opening.yes = false;
	world.unreadable = true;
	world.answers[0] = NULL;
	assert_left(FAULT_OPERATOR);
	assert_shown("On now, and cut with it: B.");
}

static void somebody_who_says_off_ends_every_wait(void **state)
{
	(void)state;
	world.back_feed = true;
	world.stop_after_pauses = 3;
	assert_false(run());
	assert_int_equal(error.fault, FAULT_OPERATOR);
	assert_true(world.now_ns < NS_PER_S);
}

static void an_instrument_that_is_not_there_is_no_finding(void **state)
{
	(void)state;
	world.silent = true;
	assert_left(FAULT_ENVIRONMENT);
}

static int tear_down(void **state)
{
	(void)state;
	bench_done(&bench);
	free(shown);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_slot_that_is_seen_to_be_dead_is_opened, set_up),
		cmocka_unit_test_setup(a_supply_that_dies_late_is_waited_for, set_up),
		cmocka_unit_test_setup(a_weld_is_seen_in_front_of_the_open_contactor_which_still_cuts_it, set_up),
		cmocka_unit_test_setup(a_weld_without_a_contactor_is_refused, set_up),
		cmocka_unit_test_setup(a_contactor_that_does_not_open_is_refused, set_up),
		cmocka_unit_test_setup(a_mirror_contact_that_does_not_say_open_is_refused, set_up),
		cmocka_unit_test_setup(a_supply_that_something_else_feeds_is_refused, set_up),
		cmocka_unit_test_setup(a_switch_that_does_not_confirm_is_refused, set_up),
		cmocka_unit_test_setup(a_sense_that_cannot_be_read_is_not_dead, set_up),
		cmocka_unit_test_setup(what_is_live_when_the_name_is_typed_is_refused, set_up),
		cmocka_unit_test_setup(mains_without_a_sense_are_said_to_be_unseen, set_up),
		cmocka_unit_test_setup(anything_but_the_name_does_not_open_it, set_up),
		cmocka_unit_test_setup(neighbours_that_are_on_are_asked_about_before_anything_is_switched, set_up),
		cmocka_unit_test_setup(somebody_who_says_off_ends_every_wait, set_up),
		cmocka_unit_test_setup(an_instrument_that_is_not_there_is_no_finding, set_up),
	};

	return cmocka_run_group_tests_name("slot_opening", tests, NULL, tear_down);
}
