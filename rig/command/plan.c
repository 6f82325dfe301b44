/* plan: the dry run. What would happen, when, and what it would cost; nothing is opened. */

#include "rig/command/night.h"
#include "rig/command/table.h"

#include "rig/report/escape.h"
#include "rig/scenario/claim.h"
#include "rig/scenario/timetable.h"

#include <stdio.h>
#include <string.h>

static int slots_taking_part(const struct night *night)
{
	int i, count = 0;

	for (i = 0; i < night->bench.slot_count; i++)
		count += night->taking_part[i];
	return count;
}

/* ---- For people ---- */

static void put_slots(FILE *out, const struct night *night)
{
	const char *lacks;
	int i;

	for (i = 0; i < night->bench.slot_count; i++) {
		const struct bench_slot *slot = &night->bench.slots[i];

		if (night->taking_part[i]) {
			fprintf(out, "  slot %s: %s, switched by %s", slot->name,
				slot->arrangement == ARRANGEMENT_METER_WITH_HUB ? "meter with hub" : "hub alone",
				night->bench.channels[bench_slot_power(slot)].name);
			fprintf(out, "%s\n", slot->mains.present && slot->feed.present ? ", its mains apart" : "");
			continue;
		}
		lacks = night->has_load ? "the load sheet has nothing in it" : check_slot_lacks(&night->bench, i, &night->scenario);
		fprintf(out, "  slot %s: takes no part: %s\n", slot->name, lacks ? lacks : "not named");
	}
}

static void put_consumption(FILE *out, const struct night *night)
{
	const struct plan_consumption *spent = &night->plan.consumption;
	char bytes[TIMETABLE_TIME_SIZE];
	int slots = slots_taking_part(night);

	fprintf(out, "Each slot spends at most: %d activation%s (irreversible), %d transfer%s, %d cut%s of the hub's supply (%d of them controls), "
		"%d mains cut%s, %s without supply.\n",
		spent->activations, spent->activations == 1 ? "" : "s", spent->transfers, spent->transfers == 1 ? "" : "s", spent->cuts,
		spent->cuts == 1 ? "" : "s", spent->controls, spent->mains_cuts, spent->mains_cuts == 1 ? "" : "s",
		timetable_time(bytes, spent->without_supply_ns));
	fprintf(out, "%d slot%s: %d activation%s in all.%s\n", slots, slots == 1 ? "" : "s", slots * spent->activations,
		slots * spent->activations == 1 ? "" : "s", spent->prompts ? " A person must be there." : "");
}

static void put_claims(FILE *out, const struct night *night)
{
	enum claim claim;
	int i;

	fputs("What may be said afterwards, if the run goes well:\n", out);
	for (i = 0; i < night->bench.slot_count; i++)
		for (claim = 0; night->taking_part[i] && claim < CLAIM_COUNT; claim++) {
			const char *lacks = claim_lacks(&night->bench, i, claim);

			fprintf(out, "  slot %-8s %-40s %s%s\n", night->bench.slots[i].name, claim_text(claim), lacks ? "no: needs " : "yes",
				lacks ? lacks : "");
		}
}

static void put_text(FILE *out, const struct night *night)
{
	char least[TIMETABLE_TIME_SIZE], most[TIMETABLE_TIME_SIZE];

	fprintf(out, "scenario %s on bench %s: %d steps, %s at least, %s at most\n", night->scenario.name, night->bench.name,
		night->plan.count, timetable_time(least, night->plan.earliest_end_ns), timetable_time(most, night->plan.latest_end_ns));
	put_slots(out, night);
	fputs("\n", out);
	timetable_put_steps(out, &night->plan);
	fputs("\nThe slowest night, in each slot:\n", out);
	timetable_put_chart(out, &night->plan);
	fputs("\n", out);
	put_consumption(out, night);
	put_claims(out, night);
}

/* ---- For programs ---- */

static void put_step(FILE *out, const struct plan *plan, int index)
{
	const struct plan_step *step = &plan->steps[index];
	char what[TIMETABLE_STEP_SIZE];

	timetable_step(what, plan, index);
	fprintf(out, "%s\n    {\"step\": %d, \"verb\": \"%s\", \"what\": ", index ? "," : "", index + 1, verb_name(step->verb));
	put_json(out, what);
	fprintf(out, ", \"line\": %d, \"earliest_begin_ns\": %lld, \"earliest_end_ns\": %lld, \"latest_begin_ns\": %lld, \"latest_end_ns\": %lld, "
		"\"within_ns\": %lld, \"bisect_round\": %d, \"finally\": %s}", step->at.line, (long long)step->earliest_begin_ns,
		(long long)step->earliest_end_ns, (long long)step->latest_begin_ns, (long long)step->latest_end_ns, (long long)step->within_ns,
		step->bisect < 0 ? -1 : step->round, step->finally ? "true" : "false");
}

static void put_slot(FILE *out, const struct night *night, int slot)
{
	enum claim claim;

	fprintf(out, "{\"slot\": \"%s\", \"switched_by\": ", night->bench.slots[slot].name);
	put_json(out, night->bench.channels[bench_slot_power(&night->bench.slots[slot])].name);
	fputs(", \"claims\": [", out);
	for (claim = 0; claim < CLAIM_COUNT; claim++) {
		const char *lacks = claim_lacks(&night->bench, slot, claim);

		fprintf(out, "%s{\"claim\": ", claim ? ", " : "");
		put_json(out, claim_text(claim));
		fprintf(out, ", \"supported\": %s, \"needs\": ", lacks ? "false" : "true");
		put_json(out, lacks ? lacks : "");
		fputs("}", out);
	}
	fputs("]}", out);
}

static void put_as_json(FILE *out, const struct night *night)
{
	const struct plan_consumption *spent = &night->plan.consumption;
	bool first = true;
	int i;

	fputs("{\"scenario\": ", out);
	put_json(out, night->scenario.name);
	fputs(", \"bench\": ", out);
	put_json(out, night->bench.name);
	fprintf(out, ", \"earliest_end_ns\": %lld, \"latest_end_ns\": %lld,\n  \"slots\": [", (long long)night->plan.earliest_end_ns,
		(long long)night->plan.latest_end_ns);
	for (i = 0; i < night->bench.slot_count; i++)
		if (night->taking_part[i]) {
			fputs(first ? "\n    " : ",\n    ", out);
			put_slot(out, night, i);
			first = false;
		}
	fprintf(out, "\n  ],\n  \"each_slot_spends\": {\"activations\": %d, \"transfers\": %d, \"cuts\": %d, \"controls\": %d, \"mains_cuts\": %d, "
		"\"prompts\": %d, \"without_supply_ns\": %lld},\n  \"steps\": [", spent->activations, spent->transfers, spent->cuts, spent->controls,
		spent->mains_cuts, spent->prompts, (long long)spent->without_supply_ns);
	for (i = 0; i < night->plan.count; i++)
		put_step(out, &night->plan, i);
	fputs("\n  ]}\n", out);
}

/* ---- The command ---- */

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct night_names names = {.scenario = arguments->operands[0], .bench = arguments_value(arguments, "--bench"),
		.load = arguments_value(arguments, "--load"), .order = arguments_value(arguments, "--order"),
		.slots = arguments_value(arguments, "--slots")};
	static struct night night;
	struct problems problems;
	bool done;

	(void)exit_code;
	if (!names.bench)
		return error_set(error, FAULT_USAGE, "--bench BENCH is missing");
	while (names.setting_count < SCENARIO_SETTINGS_MAX && arguments_value_at(arguments, "--set", names.setting_count)) {
		names.settings[names.setting_count] = arguments_value_at(arguments, "--set", names.setting_count);
		names.setting_count++;
	}
	problems_init(&problems);
	done = night_load(&night, &names, &problems, error);
	if (!done)
		(void)night_refuse(&problems, error);
	else if (arguments_has(arguments, "--json"))
		put_as_json(stdout, &night);
	else
		put_text(stdout, &night);
	problems_done(&problems);
	night_done(&night);
	return done;
}

static const struct command_option options[] = {
	{"--bench", "BENCH", "the bench file, or its name in scenarios/benches", false},
	{"--load", "SHEET", "the load sheet: which devices are in which slot", false},
	{"--order", "ORDER", "the test order", false},
	{"--slots", "A,B", "only these slots", false},
	{"--set", "NAME=VALUE", "a parameter of the scenario", true},
	{"--json", NULL, "the plan as JSON, times in ns", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"plan ota-journey --bench one-slot", "the journey, step by step, with its times"},
	{"plan hub-threshold --bench one-hub --set recharge=20min --json", "another recharge time, for a program"},
	{NULL, NULL},
};

const struct command command_plan = {
	.name = "plan",
	.operands = "SCENARIO",
	.operands_least = 1,
	.operands_most = 1,
	.about = "dry run: the steps with their times, the night as a chart, what is consumed",
	.text = "Reads and checks the files and unrolls the scenario: every step with the instant at which it begins at the\n"
		"earliest and ends at the latest, the slowest night as a chart, when the hub is supplied, how many activations\n"
		"and cuts it costs, and what may be said afterwards with the observers of this bench. Nothing is opened. What is\n"
		"wrong with the files is printed with file, line and column, all of it at once, and ends with 64.",
	.options = options,
	.examples = examples,
	.run = run,
};
