/*
 * Files that people write, as anybody could write them: the reader is chosen by the first word, as in `bench: left-desk`;
 * anything else goes through the document only. A refused file has problems that can be printed; one that is read has none.
 */

#include "rig/base/yaml.h"
#include "rig/bench/bench.h"
#include "rig/scenario/band.h"
#include "rig/scenario/load.h"
#include "rig/scenario/order.h"
#include "rig/scenario/plan.h"
#include "rig/scenario/rule.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct problems problems;

static bool starts_with(const char *bytes, size_t size, const char *word)
{
	return size >= strlen(word) && memcmp(bytes, word, strlen(word)) == 0;
}

static bool try_bench(const char *bytes, size_t size)
{
	struct workspace workspace;
	struct bench bench;
	bool sound;

	workspace_init_at(&workspace, ".");
	sound = bench_parse(&bench, "f", bytes, size, &workspace, &problems);
	if (sound)
		bench_done(&bench);
	return sound;
}

static bool try_scenario(const char *bytes, size_t size)
{
	struct scenario scenario;
	struct plan plan;

	if (!scenario_parse(&scenario, "f", bytes, size, NULL, 0, &problems))
		return false;
	if (plan_make(&plan, &scenario, 600 * NS_PER_S, &problems)) {
		int i;

		for (i = 0; i < plan.count; i++) {
			assert(plan.steps[i].earliest_end_ns <= plan.steps[i].latest_end_ns);
			assert(plan.steps[i].latest_begin_ns <= plan.steps[i].latest_end_ns);
			assert(plan.steps[i].within_ns > 0 || plan.steps[i].verb == VERB_NOTE);
		}
		plan_done(&plan);
	} else {
		assert(problems.count > 0);
		problems_done(&problems);
	}
	scenario_done(&scenario);
	return true;
}

static bool try_load(const char *bytes, size_t size)
{
	struct load load;
	bool sound = load_parse(&load, "f", bytes, size, &problems);

	if (sound)
		load_done(&load);
	return sound;
}

static bool try_order(const char *bytes, size_t size)
{
	struct order order;
	bool sound = order_parse(&order, "f", bytes, size, &problems);

	if (sound)
		order_done(&order);
	return sound;
}

static bool try_small(const char *bytes, size_t size)
{
	static struct profile profile;
	struct bands bands;
	struct rule rule;
	bool sound;

	if (starts_with(bytes, size, "rule:"))
		return rule_parse(&rule, "f", bytes, size, &problems);
	if (starts_with(bytes, size, "profile:"))
		return profile_parse(&profile, "f", bytes, size, &problems);
	sound = bands_parse(&bands, "f", bytes, size, &problems);
	if (sound)
		bands_done(&bands);
	return sound;
}

static bool try_document(const char *bytes, size_t size)
{
	struct yaml *yaml = yaml_open("f", bytes, size, &problems);
	bool sound = yaml != NULL;

	yaml_close(yaml);
	return sound;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	static char printed[1 << 18];
	struct text text;
	bool sound;

	problems_init(&problems);
	if (starts_with(bytes, size, "bench:"))
		sound = try_bench(bytes, size);
	else if (starts_with(bytes, size, "scenario:"))
		sound = try_scenario(bytes, size);
	else if (starts_with(bytes, size, "load:"))
		sound = try_load(bytes, size);
	else if (starts_with(bytes, size, "order:"))
		sound = try_order(bytes, size);
	else if (starts_with(bytes, size, "rule:") || starts_with(bytes, size, "profile:") || starts_with(bytes, size, "bands:"))
		sound = try_small(bytes, size);
	else
		sound = try_document(bytes, size);
	assert(sound == (problems.count == 0));
	text_init(&text, printed, sizeof printed);
	problems_print(&problems, &text);
	assert(!text.full);
	problems_done(&problems);
	return 0;
}
