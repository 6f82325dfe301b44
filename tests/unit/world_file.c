/* World files that are right: what is usual, what a slot says instead, and that nothing is left of what it replaces. */

#include "drivers/sim/world_file.h"

#include "rig/base/instant.h"

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

static struct bench bench;       /* of the slots H1 to H6 */
static struct world_file file;

static void no_problems(struct problems *problems)
{
	static char printed[PROBLEMS_MAX * 400];
	struct text text;

	text_init(&text, printed, sizeof printed);
	problems_print(problems, &text);
	assert_string_equal(printed, "");
	problems_done(problems);
}

static void load_bench(struct bench *to, const char *path)
{
	struct workspace workspace;
	struct problems problems;

	problems_init(&problems);
	workspace_init_at(&workspace, ".");
	(void)!bench_load(to, path, &workspace, &problems);
	no_problems(&problems);
}

static void take(const char *text)
{
	struct problems problems;

	problems_init(&problems);
	assert_true(world_file_parse(&file, "w", text, strlen(text), &bench, &problems) == (problems.count == 0));
	no_problems(&problems);
}

static const struct world_file_slot *slot(const char *name)
{
	int index = bench_slot_find(&bench, name);

	assert_true(index >= 0);
	return &file.slots[index];
}

static void range_is(struct draw_range range, int64_t least, int64_t most)
{
	assert_int_equal(range.least, least);
	assert_int_equal(range.most, most);
}

static void a_world_that_says_nothing_is_well_behaved(void **state)
{
	static struct world_file usual;
	int i;

	(void)state;
	world_file_init(&usual);
	take("world: nothing\n");
	assert_string_equal(file.name, "nothing");
	assert_int_equal(file.seed, 1);
	assert_int_equal(file.begins_utc_us, INT64_C(1767225600000000)); /* 2026-01-01 */
	assert_int_equal(file.event_count, 0);
	for (i = 0; i < bench.slot_count; i++) {
		assert_int_equal(file.slots[i].meter.dip_count, 0);
		assert_int_equal(file.slots[i].gap_count, 0);
		assert_int_equal(file.slots[i].welds_ns, -1);
		assert_false(file.slots[i].has_version);
		assert_int_equal(file.slots[i].hub.loses, 0);
		range_is(file.slots[i].threshold_ns, 180 * S, 180 * S);
		assert_int_equal(file.slots[i].meter.boot_ns, usual.slots[i].meter.boot_ns);
		assert_int_equal(file.slots[i].hub.store_ns, usual.slots[i].hub.store_ns);
	}
}

static void what_is_usual_is_so_in_every_slot_that_says_nothing_else(void **state)
{
	(void)state;
	take("world: w\n"
	     "slots:\n"
	     "  H2: {hub: {threshold: 190s}, meter: {boot: 1min}}\n"
	     "  H3: {}\n"
	     "usual:\n"
	     "  meter: {boot: 20s, hold_up: 30ms, verify: 3s, restart: 40s, ac_lost_floats: low}\n"
	     "  hub: {threshold: 185s, store: 10min, recharge: 5min, latency: 2s, boot: 21s, wake: 3s}\n");
	assert_int_equal(slot("H1")->meter.boot_ns, 20 * S);
	assert_int_equal(slot("H1")->meter.hold_up_ns, 30 * MS);
	assert_int_equal(slot("H1")->meter.verify_ns, 3 * S);
	assert_int_equal(slot("H1")->meter.restart_ns, 40 * S);
	assert_int_equal(slot("H1")->meter.float_level, 0);
	assert_int_equal(slot("H1")->hub.store_ns, 600 * S);
	assert_int_equal(slot("H1")->hub.recharge_ns, 300 * S);
	range_is(slot("H1")->hub.latency_ns, 2 * S, 2 * S);
	assert_int_equal(slot("H1")->hub.boot_ns, 21 * S);
	assert_int_equal(slot("H1")->hub.wake_ns, 3 * S);
	range_is(slot("H1")->threshold_ns, 185 * S, 185 * S);
	range_is(slot("H3")->threshold_ns, 185 * S, 185 * S);
	assert_int_equal(slot("H3")->meter.boot_ns, 20 * S);
	range_is(slot("H2")->threshold_ns, 190 * S, 190 * S);
	assert_int_equal(slot("H2")->meter.boot_ns, 60 * S);
	assert_int_equal(slot("H2")->meter.hold_up_ns, 30 * MS);
}

static void a_slot_s_own_dips_replace_the_usual_ones(void **state)
{
	(void)state;
	take("world: w\n"
	     "usual: {meter: {dips: [{after: 5s, for: ever}]}}\n"
	     "slots:\n"
	     "  H1: {meter: {dips: []}}\n"
	     "  H2: {meter: {dips: [{for: 10s..20s}, {after: 1min, for: 30s}]}}\n");
	assert_int_equal(slot("H3")->meter.dip_count, 1);
	assert_int_equal(slot("H3")->meter.dips[0].offset_ns, 5 * S);
	range_is(slot("H3")->dip_lengths[0], METER_FOREVER, METER_FOREVER);
	assert_int_equal(slot("H1")->meter.dip_count, 0);
	assert_int_equal(slot("H2")->meter.dip_count, 2);
	assert_int_equal(slot("H2")->meter.dips[0].offset_ns, 1 * S);
	range_is(slot("H2")->dip_lengths[0], 10 * S, 20 * S);
	assert_int_equal(slot("H2")->meter.dips[1].offset_ns, 60 * S);
	range_is(slot("H2")->dip_lengths[1], 30 * S, 30 * S);
}

static void so_do_its_unpluggings_and_losses(void **state)
{
	(void)state;
	take("world: w\n"
	     "usual: {console: {unplugged: [{from: 1h, for: 10min}, {from: 5h}]}, hub: {loses: [1, 31]}}\n"
	     "slots:\n"
	     "  H1: {console: {unplugged: [{from: 2h, for: 1min}]}, hub: {loses: [2]}}\n"
	     "  H2: {console: {unplugged: []}, hub: {loses: []}}\n"
	     "  H3: {hub: {loses: [3, all]}}\n");
	assert_int_equal(slot("H4")->gap_count, 2);
	assert_int_equal(slot("H4")->gaps[0].from_ns, 3600 * S);
	assert_int_equal(slot("H4")->gaps[0].until_ns, 4200 * S);
	assert_int_equal(slot("H4")->gaps[1].until_ns, INSTANT_NEVER);
	assert_int_equal(slot("H4")->hub.loses, UINT32_C(1) | UINT32_C(1) << 30);
	assert_int_equal(slot("H1")->gap_count, 1);
	assert_int_equal(slot("H1")->gaps[0].from_ns, 7200 * S);
	assert_int_equal(slot("H1")->hub.loses, 2);
	assert_int_equal(slot("H2")->gap_count, 0);
	assert_int_equal(slot("H2")->hub.loses, 0);
	assert_int_equal(slot("H3")->hub.loses, HUB_LOSES_ALL);
}

static void ranges_may_hold_one_value_and_other_units(void **state)
{
	(void)state;
	take("world: w\n"
	     "slots:\n"
	     "  H1: {hub: {threshold: 170s..190s, latency: 500ms..1min}}\n"
	     "  H2: {hub: {threshold: 3min..180s, latency: 0s}}\n"
	     "  H3: {meter: {dips: [{after: 0s, for: 1ms..7d}]}}\n");
	range_is(slot("H1")->threshold_ns, 170 * S, 190 * S);
	range_is(slot("H1")->hub.latency_ns, 500 * MS, 60 * S);
	range_is(slot("H2")->threshold_ns, 180 * S, 180 * S);
	range_is(slot("H2")->hub.latency_ns, 0, 0);
	range_is(slot("H3")->dip_lengths[0], MS, 7 * 24 * 3600 * S);
}

static void further_keys_say_what_else_can_go_wrong(void **state)
{
	(void)state;
	take("world: w\n"
	     "slots:\n"
	     "  H1: {meter: {version: 0002012F, refuses: true}, relay: {welds: 2h}}\n"
	     "  H2: {meter: {rolls_back: true}, hub: {at_least: true, begins_charged: true, loss: 50}}\n"
	     "  H3: {hub: {adds: 1min, duplicates: 2, duplicate_after: 30s}}\n"
	     "  H4: {relay: {welds: 0s}}\n");
	assert_true(slot("H1")->has_version);
	assert_string_equal(slot("H1")->meter.version, "0002012F");
	assert_true(slot("H1")->meter.refuses && !slot("H1")->meter.rolls_back);
	assert_int_equal(slot("H1")->welds_ns, 7200 * S);
	assert_true(slot("H2")->meter.rolls_back && slot("H2")->hub.at_least && slot("H2")->hub.begins_charged);
	assert_int_equal(slot("H2")->hub.loss_permille, 50);
	assert_true(slot("H3")->hub.adds);
	assert_int_equal(slot("H3")->hub.forget_ns, 60 * S);
	assert_int_equal(slot("H3")->hub.duplicates, 2);
	assert_int_equal(slot("H3")->hub.duplicate_ns, 30 * S);
	assert_int_equal(slot("H4")->welds_ns, 0);
	assert_int_equal(slot("H5")->welds_ns, -1);
	assert_false(slot("H5")->has_version || slot("H5")->hub.adds || slot("H5")->hub.at_least);
}

static void the_world_begins_when_it_says(void **state)
{
	(void)state;
	take("world: w\nbegins: 2026-11-23T18:00:00Z\nseed: 7\n");
	assert_int_equal(file.begins_utc_us, INT64_C(1795456800000000));
	assert_int_equal(file.seed, 7);
	take("world: w\nseed: 9223372036854775807\n");
	assert_int_equal(file.seed, INT64_MAX);
}

static void things_happen_to_the_bench(void **state)
{
	(void)state;
	take("world: w\n"
	     "happens:\n"
	     "  - {at: 2h, what: lab-feed, to: off}\n"
	     "  - {at: 1h, what: arm, to: on}\n"
	     "  - {at: 0s, what: estop, to: off}\n"
	     "  - {at: 90min, what: door, to: on}\n");
	assert_int_equal(file.event_count, 4);
	assert_int_equal(file.events[0].kind, PLANT_LAB_FEED);
	assert_int_equal(file.events[0].t_ns, 7200 * S);
	assert_false(file.events[0].on);
	assert_int_equal(file.events[1].kind, PLANT_ARM);
	assert_true(file.events[1].on);
	assert_int_equal(file.events[2].kind, PLANT_ESTOP);
	assert_int_equal(file.events[3].kind, PLANT_DOOR);
}

static void supplies_go_wrong_by_themselves(void **state)
{
	(void)state;
	take("world: w\n"
	     "faults:\n"
	     "  - {what: supply-trips, instrument: psu1, at: 5min, by: ocp}\n"
	     "  - {what: supply-trips, instrument: psu1, at: 6min, by: ovp}\n"
	     "  - {what: supply-ramps, instrument: psu1, by: 2s}\n"
	     "  - {what: supply-resets, instrument: psu1, at: 1h, back: true}\n"
	     "  - {what: supply-locked, instrument: psu1, at: 0s, for: 1min}\n");
	assert_int_equal(file.faults.count, 5);
	assert_int_equal(file.faults.list[0].kind, FAULTY_SUPPLY_TRIPS);
	assert_int_equal(file.faults.list[0].code, SUPPLY_PROTECTION_OCP);
	assert_int_equal(file.faults.list[1].code, SUPPLY_PROTECTION_OVP);
	assert_int_equal(file.faults.list[2].by_ns, 2 * S);
	assert_true(file.faults.list[3].back);
	assert_int_equal(file.faults.list[4].for_ns, 60 * S);
}

static void a_world_may_name_its_bench(void **state)
{
	static const char text[] = "world: w\nbench: sim-hubs\n", of_none[] = "world: w\n", no_world[] = "[";
	char name[WORD_TEXT_SIZE];

	(void)state;
	take(text);
	assert_string_equal(file.bench, "sim-hubs");
	world_file_bench(text, sizeof text - 1, name);
	assert_string_equal(name, "sim-hubs");
	world_file_bench(of_none, sizeof of_none - 1, name);
	assert_string_equal(name, "");
	world_file_bench(no_world, sizeof no_world - 1, name);
	assert_string_equal(name, "");
}

static void as_much_as_is_allowed_is_read(void **state)
{
	static char text[8192];
	struct text to;
	int i;

	(void)state;
	text_init(&to, text, sizeof text);
	text_put(&to, "world: w\nusual:\n  meter:\n    dips:\n");
	for (i = 0; i < METER_DIPS_MAX; i++)
		text_format(&to, "      - {after: %ds, for: 1s}\n", 1 + 2 * i);
	text_put(&to, "  console:\n    unplugged:\n");
	for (i = 0; i < WORLD_GAPS_MAX; i++)
		text_format(&to, "      - {from: %dmin, for: 1s}\n", i);
	text_put(&to, "happens:\n");
	for (i = 0; i < WORLD_EVENTS_MAX; i++)
		text_format(&to, "  - {at: %dmin, what: door, to: %s}\n", i, i % 2 ? "on" : "off");
	assert_false(to.full);
	take(text);
	assert_int_equal(slot("H6")->meter.dip_count, METER_DIPS_MAX);
	assert_int_equal(slot("H6")->gap_count, WORLD_GAPS_MAX);
	assert_int_equal(file.event_count, WORLD_EVENTS_MAX);
}

static void a_file_that_was_read_before_leaves_nothing(void **state)
{
	(void)state;
	memset(&file, 0xA5, sizeof file);
	take("world: first\nseed: 9\nusual: {hub: {loses: [all]}, relay: {welds: 1h}}\nhappens: [{at: 1h, what: arm, to: off}]\n");
	assert_int_equal(slot("H1")->welds_ns, 3600 * S);
	take("world: second\n");
	assert_string_equal(file.name, "second");
	assert_int_equal(file.seed, 1);
	assert_int_equal(file.event_count, 0);
	assert_int_equal(slot("H1")->hub.loses, 0);
	assert_int_equal(slot("H1")->welds_ns, -1);
}

static void worlds_that_ship_are_read_on_their_benches(void **state)
{
	static const struct { const char *bench, *world; } pairs[] = {
		{"sim", "sixteen"}, {"sim", "well"}, {"sim-hubs", "hubs"}, {"sim-hubs", "well"}, {"one-slot", "well"}, {"one-hub", "well"}};
	static struct bench of;
	struct problems problems;
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		(void)snprintf(path, sizeof path, "scenarios/benches/%s.yaml", pairs[i].bench);
		load_bench(&of, path);
		(void)snprintf(path, sizeof path, WORLD_FOLDER "/%s.yaml", pairs[i].world);
		problems_init(&problems);
		(void)!world_file_load(&file, path, &of, &problems);
		no_problems(&problems);
		assert_string_equal(file.name, pairs[i].world);
		bench_done(&of);
	}
}

static void a_world_file_that_is_not_there_is_one_problem(void **state)
{
	struct problems problems;
	struct error error;

	(void)state;
	problems_init(&problems);
	assert_false(world_file_load(&file, WORLD_FOLDER "/nowhere.yaml", &bench, &problems));
	assert_false(problems_none(&problems, &error));
	assert_string_equal(error.text, WORLD_FOLDER "/nowhere.yaml: No such file or directory");
	problems_done(&problems);
}

static int set_up(void **state)
{
	(void)state;
	load_bench(&bench, "scenarios/benches/sim-hubs.yaml");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	bench_done(&bench);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_world_that_says_nothing_is_well_behaved),
		cmocka_unit_test(what_is_usual_is_so_in_every_slot_that_says_nothing_else),
		cmocka_unit_test(a_slot_s_own_dips_replace_the_usual_ones),
		cmocka_unit_test(so_do_its_unpluggings_and_losses),
		cmocka_unit_test(ranges_may_hold_one_value_and_other_units),
		cmocka_unit_test(further_keys_say_what_else_can_go_wrong),
		cmocka_unit_test(the_world_begins_when_it_says),
		cmocka_unit_test(things_happen_to_the_bench),
		cmocka_unit_test(supplies_go_wrong_by_themselves),
		cmocka_unit_test(a_world_may_name_its_bench),
		cmocka_unit_test(as_much_as_is_allowed_is_read),
		cmocka_unit_test(a_file_that_was_read_before_leaves_nothing),
		cmocka_unit_test(worlds_that_ship_are_read_on_their_benches),
		cmocka_unit_test(a_world_file_that_is_not_there_is_one_problem),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
