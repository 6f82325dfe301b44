/* report make: the same evidence as a page, as data for programs, as a list and for a CI server. */

#include "rig/command/report_files.h"
#include "rig/command/table.h"

#include "rig/evidence/folder.h"

#include <stdio.h>
#include <string.h>

static bool make_one(const char *folder, const struct report_form *form, const char *to, struct error *error)
{
	struct report report;
	bool done;

	if (!report_load(&report, folder, error))
		return false;
	if (to)
		done = report_form_make(&report, form, strcmp(to, "-") == 0 ? NULL : to, error);
	else
		done = report_files_make(&report, folder, form, true, error);
	report_done(&report);
	return done;
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	const char *to = arguments_value(arguments, "--out");
	const struct report_form *form;
	struct names folders;
	bool done = true;
	size_t i;

	(void)exit_code;
	if (!report_form_find(arguments_value(arguments, "--format"), &form, error))
		return false;
	if (to && !form)
		return error_set(error, FAULT_USAGE, "--out needs --format");
	if (!folder_list(&folders, arguments->operands[0], error))
		return false;
	if (to && folders.count > 1)
		done = error_set(error, FAULT_USAGE, "--out takes one report, and %s holds %zu runs", arguments->operands[0],
				 folders.count);
	for (i = 0; done && i < folders.count; i++)
		done = make_one(folders.names[i], form, to, error);
	names_done(&folders);
	return done;
}

static const struct command_option options[] = {
	{"--format", "html|json|csv|junit", "which report; without it all four", false},
	{"--out", "FILE", "where to; - is standard output; without it the folder itself", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"report make reports/20261123T180000Z-ota-journey-1", "report.html, report.json, devices.csv and junit.xml in the folder"},
	{"report make reports/20261123T180000Z-ota-journey-1 --format junit --out -", "for a CI server"},
	{NULL, NULL},
};

const struct command command_report_make = {
	.name = "report make",
	.operands = "DIR",
	.operands_least = 1,
	.operands_most = 1,
	.about = "reports from evidence",
	.text = "DIR is an evidence folder or a folder of them. The evidence is judged again; damaged evidence gives no report (65).\n"
		"html is one file with a first page for a manager and a page per device; it needs no network and prints on A4\n"
		"(reports/README.md); json holds everything (reports/report.schema.json);\n"
		"csv is the device list of the run; junit has a test suite per slot and never shows as green what was not decided.",
	.options = options,
	.examples = examples,
	.run = run,
};
