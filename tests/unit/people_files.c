/* Files that are right: the examples of the documents and all that ship, and that they come to what they say. */

#include "rig/scenario/check.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DESIGN "tests/files/design/"

static void no_problems(struct problems *problems)
{
	static char printed[PROBLEMS_MAX * 400];
	struct text text;

	text_init(&text, printed, sizeof printed);
	problems_print(problems, &text);
	assert_string_equal(printed, "");
	problems_done(problems);
}

static void load_bench(struct bench *bench, const char *path)
{
	struct workspace workspace;
	struct problems problems;

	problems_init(&problems);
	workspace_init_at(&workspace, ".");
	(void)!bench_load(bench, path, &workspace, &problems);
	no_problems(&problems);
}

static void load_scenario(struct scenario *scenario, const char *path, const struct scenario_setting *settings, int count)
{
	struct problems problems;

	problems_init(&problems);
	(void)!scenario_load(scenario, path, settings, count, &problems);
	no_problems(&problems);
}

static void the_example_bench_is_what_it_says(void **state)
{
	const struct bench_channel *channel;
	const struct bench_slot *slot;
	struct bench bench;

	(void)state;
	load_bench(&bench, DESIGN "bench.yaml");
	assert_string_equal(bench.name, "left-desk");
	assert_int_equal(bench.hazard, HAZARD_MAINS);
	assert_int_equal(bench.environment, ENVIRONMENT_UIT);
	assert_int_equal(bench.arm.limit_ns, 900 * NS_PER_MIN);
	assert_string_equal(bench.estop.hardware_chain, "K1/K2, drawing 7");
	assert_string_equal(bench.proofs[0].due, "2027-05-01");
	assert_int_equal(bench.supply_limit.nominal_mv, 12000);
	assert_int_equal(bench.supply_limit.max_mv, 13000);
	assert_int_equal(bench.slot_count, 2);
	assert_int_equal(bench.bus_count, 2);
	assert_int_equal(bench.instruments[bench_instrument_find(&bench, "feeds")].bus,
			 bench.instruments[bench_instrument_find(&bench, "relays")].bus);
	assert_int_equal(bench.instruments[bench_instrument_find(&bench, "dongle")].zigbee_profile, 0x0109);

	slot = &bench.slots[bench_slot_find(&bench, "A")];
	assert_int_equal(slot->arrangement, ARRANGEMENT_METER_WITH_HUB);
	assert_int_equal(bench_slot_powered(slot), POWERED_MAINS);
	channel = &bench.channels[bench_slot_power(slot)];
	assert_string_equal(channel->name, "relays.1");
	assert_true(channel->hazardous);
	assert_int_equal(channel->on_rig_loss, ON_RIG_LOSS_HOLD);
	assert_int_equal(slot->mains.contact_ac_ma, 1000);
	assert_int_equal(slot->supply.v_down_mv, 9500);
	assert_int_equal(slot->supply.settle_ns, 50 * NS_PER_MS);
	assert_int_equal(slot->supply.isolation.class, ISOLATION_REINFORCED);
	assert_string_equal(bench.channels[slot->supply.channel].line.line, "17");
	assert_int_equal(slot->recharge_ns, 600 * NS_PER_S);
	assert_string_equal(bench.instruments[slot->console].name, "A.console");
	assert_string_equal(bench.instruments[slot->console].console->alerts[0].pattern, "POA.*AD1");
	assert_int_equal(slot->upgrade, bench_instrument_find(&bench, "dongle"));

	slot = &bench.slots[bench_slot_find(&bench, "B")];
	assert_int_equal(slot->arrangement, ARRANGEMENT_HUB_ALONE);
	assert_int_equal(bench_slot_powered(slot), POWERED_SUPPLY);
	assert_string_equal(bench.channels[bench_slot_power(slot)].name, "feeds.1");
	assert_false(bench.channels[bench_slot_power(slot)].hazardous);
	assert_string_equal(bench.channels[slot->feed.volts].name, "psu1.volts");
	assert_string_equal(bench.channels[slot->feed.ovp].name, "psu1.ovp");
	assert_int_equal(slot->feed.clamp_mv, 14500);
	bench_done(&bench);
}

static void the_example_profile_is_what_it_says(void **state)
{
	static struct profile profile;
	struct problems problems;
	int volts, output;

	(void)state;
	problems_init(&problems);
	(void)!profile_load(&profile, DESIGN "profile.yaml", &problems);
	no_problems(&problems);
	assert_int_equal(profile.identity_count, 2);
	assert_int_equal(profile.identity_values[1], 60062);
	volts = profile_channel_find(&profile, "volts");
	output = profile_channel_find(&profile, "output");
	assert_int_equal(profile.channels[volts].kind, PROFILE_LEVEL);
	assert_int_equal(profile.channels[volts].high_milli, 60000);
	assert_int_equal(profile.channels[volts].get.address, 10);
	assert_int_equal(profile.channels[volts].echo.address, 8);
	assert_int_equal(profile.channels[volts].echo.function, 3);
	assert_int_equal(profile.channels[output].kind, PROFILE_SWITCH);
	assert_int_equal(profile.channels[output].get_on_raw, 1);
	assert_true(profile_denies(&profile, 54) && profile_denies(&profile, 62) && profile_denies(&profile, 256));
	assert_false(profile_denies(&profile, 53) || profile_denies(&profile, 63));
	assert_int_equal(profile.gap_ns, 5 * NS_PER_MS);
	profile_done(&profile);
}

static void the_shipped_profiles_never_toggle_and_never_write_calibration(void **state)
{
	static struct profile supply, relay;
	struct problems problems;
	int i;

	(void)state;
	problems_init(&problems);
	(void)!profile_load(&supply, "drivers/profiles/riden-rd6006.yaml", &problems);
	(void)!profile_load(&relay, "drivers/profiles/waveshare-relay-8.yaml", &problems);
	no_problems(&problems);
	for (i = 54; i <= 62; i++)
		assert_true(profile_denies(&supply, i));
	assert_true(profile_denies(&supply, 256));
	assert_int_equal(supply.channels[profile_channel_find(&supply, "ovp")].set.address, 82);
	assert_int_equal(supply.channels[profile_channel_find(&supply, "ocp")].set.address, 83);
	assert_int_equal(supply.channels[profile_channel_find(&supply, "watts_out")].get.count, 2);
	assert_int_equal(relay.channel_count, 8);
	for (i = 0; i < relay.channel_count; i++) {
		assert_int_equal(relay.channels[i].set.address, i);
		assert_int_equal(relay.channels[i].on_raw, 0xFF00);
		assert_int_equal(relay.channels[i].off_raw, 0);
		assert_int_equal(relay.channels[i].get.function, 1);
		assert_int_equal(relay.channels[i].get_on_raw, 1);
		assert_int_equal(relay.channels[i].dead_man.address, 0x200 + i);
		assert_int_equal(relay.channels[i].dead_man_unit_ns, 100 * NS_PER_MS);
	}
	assert_int_equal(relay.deny_values[0].first, 0x5500);
	assert_true(relay.contact.mains_insulation && relay.contact.ac_mv == 250000);
	profile_done(&supply);
	profile_done(&relay);
}

static void the_example_load_sheet_keeps_what_looks_like_numbers(void **state)
{
	struct problems problems;
	struct load load;

	(void)state;
	problems_init(&problems);
	(void)!load_load(&load, DESIGN "load.yaml", &problems);
	no_problems(&problems);
	assert_int_equal(load.slot_count, 1);
	assert_string_equal(load.slots[0].meter.guid, "00-DB-12-34-56-78-90-A0");
	assert_string_equal(load.slots[0].meter.firmware, "0002012F");
	assert_string_equal(load.slots[0].meter.hardware, "030B");
	assert_string_equal(load.slots[0].hub.firmware, "00000102");
	assert_string_equal(load.slots[0].hub.build, "test");
	assert_string_equal(load.slots[0].mpan, "1234567890123");
	load_done(&load);
}

static void the_example_order_and_the_shipped_rules_are_what_they_say(void **state)
{
	struct problems problems;
	struct order order;
	struct rule rule;

	(void)state;
	problems_init(&problems);
	(void)!order_load(&order, DESIGN "order.yaml", &problems);
	(void)!rule_load(&rule, "scenarios/rules/mp102b.yaml", &problems);
	no_problems(&problems);
	assert_string_equal(order.rule, "mp102b");
	assert_int_equal(order.void_share_ppm, 50000);
	assert_false(order.sampling.planned);
	assert_string_equal(order.agreed_on, "2026-11-20");
	assert_int_equal(rule.limit_ns, 180 * NS_PER_S);
	assert_int_equal(rule.boundary, BOUNDARY_MORE_THAN);
	assert_int_equal(rule.decision, DECISION_GUARD_BAND);
	assert_string_equal(rule.clause, "");
	order_done(&order);
	rule_done(&rule);
}

static void a_hub_without_a_measured_band_gets_the_wide_one(void **state)
{
	static const char measured[] = "bands: x\n"
		"default: {never: 60s, always: 240s, known: unknown, source: wide}\n"
		"hubs:\n"
		"  - {model: 0101ab02, never: 170s, always: 195s, known: measured, source: a}\n"
		"  - {model: \"0101AB02\", firmware: \"00000102\", never: 176s, always: 190s, late: 2min, known: measured, source: b}\n";
	struct problems problems;
	struct bands bands;

	(void)state;
	problems_init(&problems);
	(void)!bands_load(&bands, "scenarios/bands.yaml", &problems);
	no_problems(&problems);
	assert_int_equal(bands_find(&bands, "0101AB02", "00000102")->always_ns, 240 * NS_PER_S);
	assert_false(bands_find(&bands, "0101AB02", "00000102")->measured);
	bands_done(&bands);
	problems_init(&problems);
	(void)!bands_parse(&bands, "f", measured, strlen(measured), &problems);
	no_problems(&problems);
	assert_int_equal(bands_find(&bands, "0101AB02", "00000102")->never_ns, 176 * NS_PER_S);
	assert_int_equal(bands_find(&bands, "0101AB02", "00000103")->never_ns, 170 * NS_PER_S);
	assert_int_equal(bands_find(&bands, "0101AB03", "00000102")->never_ns, 60 * NS_PER_S);
	bands_done(&bands);
}

static void the_example_scenario_is_what_it_says(void **state)
{
	static const enum verb verbs[] = {VERB_SUPPLY, VERB_WAIT, VERB_CONTROL, VERB_TRANSFER, VERB_GATE, VERB_ACTIVATE, VERB_JUDGE,
		VERB_CONFIRM, VERB_CONTROL, VERB_CONTROL};
	struct scenario scenario;
	int i;

	(void)state;
	load_scenario(&scenario, DESIGN "scenario.yaml", NULL, 0);
	assert_int_equal(scenario.step_count, 10);
	for (i = 0; i < 10; i++)
		assert_int_equal(scenario.steps[i].verb, verbs[i]);
	assert_int_equal(scenario.expects, CASE_BIT(CASE_OUTAGE) | CASE_BIT(CASE_AD1) | CASE_BIT(CASE_FIRMWARE));
	assert_int_equal(scenario.open_count, 1);
	assert_string_equal(scenario.steps[3].text, "$image");
	assert_int_equal(scenario.steps[3].within_ns.amount, 4 * NS_PER_H);
	assert_int_equal(scenario.steps[6].from, MOMENT_FIRST_BLOCK);
	assert_int_equal(scenario.steps[6].until_moment, MOMENT_ACTIVATE);
	assert_int_equal(scenario.steps[6].until_ns.amount, 60 * NS_PER_MIN);
	assert_int_equal(scenario.steps[9].polarity, POLARITY_NEGATIVE);
	assert_int_equal(scenario.steps[9].for_ns.amount, 60 * NS_PER_S);
	assert_int_equal(scenario.steps[6].at.line, 14);
	scenario_done(&scenario);
}

static void settings_of_the_command_line_are_put_in(void **state)
{
	static const struct scenario_setting settings[] = {{"image", "new.ota"}, {"watch", "90min"}};
	struct scenario scenario;
	struct problems problems;

	(void)state;
	load_scenario(&scenario, DESIGN "scenario.yaml", settings, 2);
	assert_int_equal(scenario.open_count, 0);
	assert_string_equal(scenario.steps[3].text, "new.ota");
	assert_int_equal(scenario.steps[6].until_ns.amount, 90 * NS_PER_MIN);
	problems_init(&problems);
	assert_true(scenario_is_complete(&scenario, &problems));
	no_problems(&problems);
	scenario_done(&scenario);
}

static void a_wrong_setting_is_found_where_it_is_used(void **state)
{
	static const struct scenario_setting settings[] = {{"watch", "90"}, {"imgae", "x"}};
	struct scenario scenario;
	struct problems problems;
	static char printed[4000];
	struct text text;

	(void)state;
	problems_init(&problems);
	assert_false(scenario_load(&scenario, DESIGN "scenario.yaml", settings, 2, &problems));
	text_init(&text, printed, sizeof printed);
	problems_print(&problems, &text);
	assert_string_equal(printed, "--set: scenario ota-journey has no parameter 'imgae'; did you mean 'image'?\n"
				     DESIGN "scenario.yaml:16:12: 'until' is $watch, which is '90', without a unit; write 90s or another of s, min, h or ms\n");
	problems_done(&problems);
}

static void an_open_parameter_is_named(void **state)
{
	struct scenario scenario;
	struct problems problems;

	(void)state;
	load_scenario(&scenario, DESIGN "scenario.yaml", NULL, 0);
	problems_init(&problems);
	assert_false(scenario_is_complete(&scenario, &problems));
	assert_string_equal(problems.list[0].text, "parameter 'image' is required and has no value; add --set image=VALUE");
	problems_done(&problems);
	scenario_done(&scenario);
}

/* ---- Every shipped file ---- */

static int ends_in_yaml(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".yaml") == 0;
}

static int for_all(const char *folder, void (*load)(const char *path))
{
	struct dirent **entries;
	int i, count = scandir(folder, &entries, ends_in_yaml, alphasort);
	char path[600];

	assert_true(count > 0);
	for (i = 0; i < count; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		load(path);
		free(entries[i]);
	}
	free(entries);
	return count;
}

static void load_a_bench(const char *path)
{
	struct bench bench;

	load_bench(&bench, path);
	assert_true(bench.term_count > 0);
	bench_done(&bench);
}

static void load_a_load(const char *path)
{
	struct problems problems;
	struct load load;

	problems_init(&problems);
	(void)!load_load(&load, path, &problems);
	no_problems(&problems);
	load_done(&load);
}

static void load_an_order(const char *path)
{
	struct problems problems;
	struct order order;

	problems_init(&problems);
	(void)!order_load(&order, path, &problems);
	no_problems(&problems);
	order_done(&order);
}

static void load_a_rule(const char *path)
{
	struct problems problems;
	struct rule rule;

	problems_init(&problems);
	(void)!rule_load(&rule, path, &problems);
	no_problems(&problems);
	assert_string_equal(rule.clause, ""); /* no clause is known, and none is invented */
	rule_done(&rule);
}

static void load_a_scenario(const char *path)
{
	struct problems problems;
	struct scenario scenario;
	struct plan plan;

	if (strstr(path, "bands.yaml"))
		return;
	load_scenario(&scenario, path, NULL, 0);
	problems_init(&problems);
	(void)!plan_make(&plan, &scenario, 600 * NS_PER_S, &problems);
	no_problems(&problems);
	assert_true(plan.count >= scenario.step_count - 3);
	plan_done(&plan);
	scenario_done(&scenario);
}

static void every_shipped_file_loads(void **state)
{
	(void)state;
	(void)for_all("scenarios/benches", load_a_bench);
	(void)for_all("scenarios/loads", load_a_load);
	(void)for_all("scenarios/orders", load_an_order);
	(void)for_all("scenarios/rules", load_a_rule);
	assert_true(for_all("scenarios", load_a_scenario) >= 7);
	load_a_scenario("tests/files/every-verb.yaml");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_bench_is_what_it_says),
		cmocka_unit_test(the_example_profile_is_what_it_says),
		cmocka_unit_test(the_shipped_profiles_never_toggle_and_never_write_calibration),
		cmocka_unit_test(the_example_load_sheet_keeps_what_looks_like_numbers),
		cmocka_unit_test(the_example_order_and_the_shipped_rules_are_what_they_say),
		cmocka_unit_test(a_hub_without_a_measured_band_gets_the_wide_one),
		cmocka_unit_test(the_example_scenario_is_what_it_says),
		cmocka_unit_test(settings_of_the_command_line_are_put_in),
		cmocka_unit_test(a_wrong_setting_is_found_where_it_is_used),
		cmocka_unit_test(an_open_parameter_is_named),
		cmocka_unit_test(every_shipped_file_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
