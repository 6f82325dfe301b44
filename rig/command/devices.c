/* devices: the definitive list, from the evidence of any number of runs and the lists of others. */

#include "rig/command/import.h"
#include "rig/command/table.h"
#include "rig/evidence/folder.h"
#include "rig/judge/observation.h"
#include "rig/report/device_list.h"
#include "rig/report/report.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LISTS_MAX 64
#define ALPHA 0.05              /* two-sided, over all strata together */
#define PLAN_SHARE_PPM 10000    /* plans are for 1 % affected */
#define FOLDER_DEFAULT "reports"

/* Everything that was read. */
struct gathered {
	struct devices devices;
	int64_t runs, utc_last_us;
	bool simulated;                      /* only simulated runs are wanted; else only real ones */
	int64_t left_out;                    /* runs of the other kind */
	struct limit_rule limit;
	bool limits_differ;
	char (*guids[LISTS_MAX])[GUID_SIZE]; /* per list, owned */
	struct reconciled_list lists[LISTS_MAX];
	size_t guid_counts[LISTS_MAX];
	size_t list_count;
};

static void gathered_done(struct gathered *gathered)
{
	size_t i;

	for (i = 0; i < gathered->list_count; i++)
		free(gathered->guids[i]);
	devices_done(&gathered->devices);
}

/* A limit of another length, boundary or clause: then the list cannot name one. */
static void take_limit(struct gathered *gathered, const struct findings *findings)
{
	struct limit_rule limit = judge_limit(findings);

	if (!findings->has_rule)
		return;
	if (gathered->limit.limit_ns == 0)
		gathered->limit = limit;
	else if (limit.limit_ns != gathered->limit.limit_ns || limit.boundary != gathered->limit.boundary)
		gathered->limits_differ = true;
}

static bool is_simulated(const struct findings *findings)
{
	return findings->has_run && findings->run.data.run.environment == ENVIRONMENT_SIMULATED;
}

static bool read_run(struct gathered *gathered, const char *folder, struct error *error)
{
	struct device_result observed[JUDGE_SLOTS_MAX];
	struct report report;
	size_t count, i;

	if (!report_load(&report, folder, error))
		return false;
	if (is_simulated(report.findings) != gathered->simulated) {
		gathered->left_out++;
		report_done(&report);
		return true;
	}
	count = observation_make(report.findings, observed, JUDGE_SLOTS_MAX);
	for (i = 0; i < count; i++) {
		struct device_result *added = devices_add(&gathered->devices);
		char guid[GUID_SIZE];

		*added = observed[i];
		(void)memcpy(added->evidence, report.heads.journal, sizeof added->evidence);
		if (guid_normalise(added->guid, guid))
			(void)memcpy(added->guid, guid, sizeof guid);
	}
	take_limit(gathered, report.findings);
	gathered->runs++;
	if (report.utc_last_us > gathered->utc_last_us)
		gathered->utc_last_us = report.utc_last_us;
	report_done(&report);
	return true;
}

static bool read_folder(struct gathered *gathered, const char *path, struct error *error)
{
	struct names folders;
	bool done = true;
	size_t i;

	if (!folder_list(&folders, path, error))
		return false;
	for (i = 0; done && i < folders.count; i++)
		done = read_run(gathered, folders.names[i], error);
	names_done(&folders);
	return done;
}

/* Adds a list to the devices, and keeps its GUIDs to compare it with what was found. */
static bool read_list(struct gathered *gathered, const char *path, enum device_source source, struct error *error)
{
	size_t first = gathered->devices.count, count, i;
	char(*guids)[GUID_SIZE];

	if (gathered->list_count == LISTS_MAX)
		return error_set(error, FAULT_USAGE, "more than %d lists", LISTS_MAX);
	if (!import_list(&gathered->devices, path, source, error))
		return false;
	count = gathered->devices.count - first;
	guids = calloc(count + 1, sizeof *guids);
	assert(guids);
	for (i = 0; i < count; i++)
		(void)memcpy(guids[i], gathered->devices.list[first + i].guid, GUID_SIZE);
	gathered->guids[gathered->list_count] = guids;
	gathered->guid_counts[gathered->list_count] = count;
	gathered->lists[gathered->list_count++].name = path;
	return true;
}

static bool read_all(struct gathered *gathered, const struct arguments *arguments, struct error *error)
{
	const char *path;
	int i;

	for (i = 0; i < arguments->operand_count; i++) {
		if (!read_folder(gathered, arguments->operands[i], error))
			return false;
	}
	if (arguments->operand_count == 0 && !read_folder(gathered, FOLDER_DEFAULT, error))
		return false;
	for (i = 0; (path = arguments_value_at(arguments, "--list", i)) != NULL; i++) {
		if (!read_list(gathered, path, SOURCE_LIST, error))
			return false;
	}
	for (i = 0; (path = arguments_value_at(arguments, "--field", i)) != NULL; i++) {
		if (!read_list(gathered, path, SOURCE_FIELD, error))
			return false;
	}
	return true;
}

static void print(const struct device_report *report, const struct arguments *arguments)
{
	if (arguments_has(arguments, "--json"))
		device_report_put_json(stdout, report);
	else if (arguments_has(arguments, "--csv"))
		device_report_put_csv(stdout, report);
	else
		device_report_put_text(stdout, report);
}

static bool conclude(struct gathered *gathered, const struct arguments *arguments, struct error *error)
{
	static struct stratum_population populations[STRATA_MAX];
	static struct strata strata;
	const char *path = arguments_value(arguments, "--populations");
	struct device_report report = {
		.rows = gathered->devices.list,
		.row_count = device_list_merge(gathered->devices.list, gathered->devices.count),
		.strata = &strata,
		.lists = gathered->lists,
		.list_count = gathered->list_count,
		.runs = gathered->runs,
		.utc_last_us = gathered->utc_last_us,
		.simulated = gathered->simulated,
		.one_limit = gathered->limit.limit_ns > 0 && !gathered->limits_differ,
		.limit = gathered->limit,
		.plan_share_ppm = PLAN_SHARE_PPM,
	};
	size_t population_count = 0, i;

	if (path && !import_populations(populations, &population_count, path, error))
		return false;
	device_list_grade(gathered->devices.list, report.row_count);
	for (i = 0; i < gathered->list_count; i++)
		gathered->lists[i].result =
			device_list_reconcile(report.rows, report.row_count, gathered->guids[i], gathered->guid_counts[i]);
	if (!strata_fold(&strata, report.rows, report.row_count, populations, population_count, ALPHA, error))
		return path && error_prefix(error, "%s", path);
	print(&report, arguments);
	return true;
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct gathered gathered;
	bool done;

	(void)exit_code;
	if (arguments_has(arguments, "--json") && arguments_has(arguments, "--csv"))
		return error_set(error, FAULT_USAGE, "--json and --csv are two forms: choose one");
	memset(&gathered, 0, sizeof gathered);
	gathered.simulated = arguments_has(arguments, "--simulated");
	done = read_all(&gathered, arguments, error) && conclude(&gathered, arguments, error);
	if (done && gathered.left_out > 0)
		fprintf(stderr, "hilrig devices: %lld %s run%s left out%s\n", (long long)gathered.left_out,
			gathered.simulated ? "real" : "simulated", gathered.left_out == 1 ? " is" : "s are",
			gathered.simulated ? "" : "; --simulated lists those alone");
	gathered_done(&gathered);
	return done;
}

static const struct command_option options[] = {
	{"--csv", NULL, "devices.csv: one line per meter, firmware pair and hub model", false},
	{"--json", NULL, "everything, as JSON (reports/devices.schema.json)", false},
	{"--simulated", NULL, "simulated runs instead of real ones, to try it; the two are never mixed", false},
	{"--list", "FILE", "a list that somebody made: GUIDs, or a table with a column guid", true},
	{"--field", "FILE", "GUIDs with a field AD1 after activation and no mains outage in the power log: grade B", true},
	{"--populations", "FILE", "the sampling plan: size, frame, method and dates of each stratum, as a table", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"devices", "every run below reports/"},
	{"devices night-1 night-2 --csv", "two folders, for a spreadsheet"},
	{"devices --list supplier.csv", "what the supplier's list says, against what was measured"},
	{"devices --populations plan.csv", "how many of all there may be, where the sample was drawn by a plan"},
	{NULL, NULL},
};

const struct command command_devices = {
	.name = "devices",
	.operands = "[DIR ...]",
	.operands_least = 0,
	.operands_most = ARGUMENTS_MAX,
	.about = "the definitive list: every meter with its outages, alerts and grade",
	.text = "DIR is an evidence folder or a folder of them; without one it is reports/. All evidence is judged again; a damaged\n"
		"journal ends it with 65, because a list must not be silently shorter. The list is decided by T, the outage at the\n"
		"hub's supply, and never by whether an alert arrived. Grades: A measured on a bench, B field evidence, C same\n"
		"stratum as an A and itself not tested, D only on somebody's list, N tested and not shown affected. Nothing is\n"
		"projected beyond the devices tested unless --populations names the sampling plan: a table with the columns\n"
		"manufacturer, model, hardware, firmware_from, firmware_to, hub_model, size (empty: not known), frame, method, dates.\n"
		"A list is one GUID a line, or a table with a column guid and any other of devices.csv.",
	.options = options,
	.examples = examples,
	.run = run,
};
