/* Every file below tests/broken is refused for exactly the reasons that stand beside it. */

#include "drivers/sim/world_file.h"
#include "rig/base/file.h"
#include "rig/bench/bench.h"
#include "rig/scenario/band.h"
#include "rig/scenario/load.h"
#include "rig/scenario/order.h"
#include "rig/scenario/rule.h"
#include "rig/scenario/scenario.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BROKEN "tests/broken"

union read {
	struct bench bench;
	struct profile profile;
	struct scenario scenario;
	struct load load;
	struct order order;
	struct rule rule;
	struct bands bands;
	struct world_file world;
};

static bool read_bench(const char *path, union read *read, struct problems *problems)
{
	struct workspace workspace;

	workspace_init_at(&workspace, ".");
	return bench_load(&read->bench, path, &workspace, problems);
}

static bool read_profile(const char *path, union read *read, struct problems *problems)
{
	return profile_load(&read->profile, path, problems);
}

static bool read_scenario(const char *path, union read *read, struct problems *problems)
{
	return scenario_load(&read->scenario, path, NULL, 0, problems);
}

static bool read_load(const char *path, union read *read, struct problems *problems)
{
	return load_load(&read->load, path, problems);
}

static bool read_order(const char *path, union read *read, struct problems *problems)
{
	return order_load(&read->order, path, problems);
}

static bool read_rule(const char *path, union read *read, struct problems *problems)
{
	return rule_load(&read->rule, path, problems);
}

static bool read_bands(const char *path, union read *read, struct problems *problems)
{
	return bands_load(&read->bands, path, problems);
}

/* Their slots are those of a bench that ships. */
static bool read_world(const char *path, union read *read, struct problems *problems)
{
	static struct bench bench;
	struct workspace workspace;
	bool good;

	workspace_init_at(&workspace, ".");
	assert_true(bench_load(&bench, "scenarios/benches/sim-hubs.yaml", &workspace, problems));
	good = world_file_load(&read->world, path, &bench, problems);
	bench_done(&bench);
	return good;
}

static int is_yaml(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".yaml") == 0;
}

/* "FILE:" goes from the front of every line. */
static void strip(char *lines, const char *path)
{
	size_t size = strlen(path) + 1;
	char *from = lines, *to = lines;

	while (*from) {
		char *end = strchr(from, '\n') + 1;

		if (strncmp(from, path, size - 1) == 0)
			from += size;
		memmove(to, from, (size_t)(end - from));
		to += end - from;
		from = end;
	}
	*to = '\0';
}

static void demand(const char *path, bool (*reader)(const char *, union read *, struct problems *))
{
	static char printed[PROBLEMS_MAX * 400];
	struct problems problems;
	char expect[512];
	union read read;
	struct file file;
	struct text text;

	problems_init(&problems);
	assert_false(reader(path, &read, &problems));
	text_init(&text, printed, sizeof printed);
	problems_print(&problems, &text);
	strip(printed, path);
	(void)snprintf(expect, sizeof expect, "%.*s.expect", (int)(strlen(path) - strlen(".yaml")), path);
	assert_true(file_read(&file, expect, 65536, NULL));
	if (strcmp(printed, file.bytes) != 0)
		fail_msg("%s: expected\n%sgot\n%s", path, file.bytes, printed);
	file_done(&file);
	problems_done(&problems);
}

static int demand_all(const char *kind, bool (*reader)(const char *, union read *, struct problems *), int least)
{
	struct dirent **entries;
	char folder[256], path[600];
	int i, count;

	(void)snprintf(folder, sizeof folder, "%s/%s", BROKEN, kind);
	count = scandir(folder, &entries, is_yaml, alphasort);
	assert_true(count >= least);
	for (i = 0; i < count; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		demand(path, reader);
		free(entries[i]);
	}
	free(entries);
	return count;
}

static void broken_bench_files_are_refused(void **state)
{
	(void)state;
	(void)demand_all("bench", read_bench, 45);
}

static void broken_profiles_are_refused(void **state)
{
	(void)state;
	(void)demand_all("profile", read_profile, 4);
}

static void broken_scenarios_are_refused(void **state)
{
	(void)state;
	(void)demand_all("scenario", read_scenario, 16);
}

static void broken_load_sheets_are_refused(void **state)
{
	(void)state;
	(void)demand_all("load", read_load, 4);
}

static void broken_test_orders_are_refused(void **state)
{
	(void)state;
	(void)demand_all("order", read_order, 3);
}

static void broken_rules_are_refused(void **state)
{
	(void)state;
	(void)demand_all("rule", read_rule, 2);
}

static void broken_bands_are_refused(void **state)
{
	(void)state;
	(void)demand_all("bands", read_bands, 2);
}

static void broken_worlds_are_refused(void **state)
{
	(void)state;
	(void)demand_all("world", read_world, 20);
}

static void a_file_that_is_not_there_is_one_problem(void **state)
{
	struct problems problems;
	struct error error = {FAULT_NONE, ""};
	union read read;

	(void)state;
	problems_init(&problems);
	assert_false(read_bench("tests/broken/nowhere.yaml", &read, &problems));
	assert_false(problems_none(&problems, &error));
	assert_string_equal(error.text, "tests/broken/nowhere.yaml: No such file or directory");
	assert_int_equal(error_exit_code(&error), EXIT_CODE_USAGE);
	problems_done(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_bench_files_are_refused),
		cmocka_unit_test(broken_profiles_are_refused),
		cmocka_unit_test(broken_scenarios_are_refused),
		cmocka_unit_test(broken_load_sheets_are_refused),
		cmocka_unit_test(broken_test_orders_are_refused),
		cmocka_unit_test(broken_rules_are_refused),
		cmocka_unit_test(broken_bands_are_refused),
		cmocka_unit_test(broken_worlds_are_refused),
		cmocka_unit_test(a_file_that_is_not_there_is_one_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
