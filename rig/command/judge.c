/* judge: what the evidence says, once more. */

#include "rig/command/table.h"

#include "rig/evidence/folder.h"
#include "rig/report/escape.h"
#include "rig/report/report.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* 1 beats 2 beats 0: a failed device is never hidden by an undecided one elsewhere. */
static int worse(int a, int b)
{
	if (a == EXIT_CODE_FAIL || b == EXIT_CODE_FAIL)
		return EXIT_CODE_FAIL;
	return a > b ? a : b;
}

static bool judge_one(FILE *out, const char *folder, bool json, bool many, int *exit_code, struct error *error)
{
	struct report report;

	if (!report_load(&report, folder, error))
		return false;
	*exit_code = worse(*exit_code, report.findings->exit_code);
	if (json && many) {
		fputs("{\"folder\": ", out);
		put_json(out, folder);
		fputs(", \"judgement\":\n", out);
	}
	if (json)
		report_put_judgement(out, &report);
	else
		report_put_table(out, &report);
	if (json && many)
		fputs("}", out);
	report_done(&report);
	return true;
}

/* Printed only when every folder could be judged: half an answer would look like a whole one. */
static bool judge_all(FILE *out, const struct names *folders, bool json, bool many, int *exit_code, struct error *error)
{
	size_t i;

	for (i = 0; i < folders->count; i++) {
		if (json && many)
			fputs(i ? ",\n" : "[", out);
		else if (i)
			fputs("\n\n", out);
		if (!judge_one(out, folders->names[i], json, many, exit_code, error))
			return false;
	}
	if (many && json)
		fputs("]\n", out);
	return true;
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct names folders;
	char *bytes = NULL;
	size_t size = 0;
	FILE *out;
	bool done;

	if (!folder_list(&folders, arguments->operands[0], error))
		return false;
	out = open_memstream(&bytes, &size);
	assert(out);
	done = judge_all(out, &folders, arguments_has(arguments, "--json"),
			 !folder_has(arguments->operands[0], FOLDER_JOURNAL), exit_code, error);
	(void)fclose(out);
	if (done)
		(void)fwrite(bytes, 1, size, stdout);
	free(bytes);
	names_done(&folders);
	return done;
}

static const struct command_option options[] = {
	{"--json", NULL, "verdicts, ledger, controls and reasons as JSON", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"judge reports/20261123T180000Z-ota-journey-1", "what this night showed"},
	{"judge reports --json", "every night below reports/, for a program"},
	{NULL, NULL},
};

const struct command command_judge = {
	.name = "judge",
	.operands = "DIR",
	.operands_least = 1,
	.operands_most = 1,
	.about = "verdicts again, from evidence",
	.text = "DIR is an evidence folder or a folder of them (as JSON: an object, or a list of them). Every line is checked\n"
		"against its chain; the first damaged one ends it with 65, its file, its line and the kind of damage. Otherwise\n"
		"the exit code is 1 when a device is above the limit or a case is not as expected, 2 when something is\n"
		"conditional, inconclusive, void or was not judged, else 0. reports/judging.md is the rule.",
	.options = options,
	.examples = examples,
	.run = run,
};
