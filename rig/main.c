/*
 * The program: finds the command, lets it do its work, and turns what came of it into one line and an exit code.
 *
 *   rig/base        errors, instants, bounded text, SHA-256, whole files
 *   rig/journal     the kinds of journal lines, and the line's writer and strict reader
 *   rig/metrology   outages with bounds, uncertainty, the rule near a limit
 *   rig/alerts      which alert belongs to which outage, and why
 *   rig/judge       verdicts, devices, strata
 *   rig/evidence    the folder of a run: writer, reader, manifest, verify
 *   rig/report      the same evidence as HTML, JSON, CSV and JUnit
 *   rig/dashboard   a run, or one that is over, on a terminal
 *   rig/bench       the bench file, profiles, and the contract that drivers meet
 *   rig/scenario    scenario, load sheet, test order, rule, bands; what a scenario comes to
 *   rig/run         the engine, which is a function, and the runtime around it
 *   rig/supervisor  the process that holds every line and bus, and switches off when the rig is gone
 *   rig/simulate    the truth about a simulated bench, and what must be found there
 *   drivers         everything that touches hardware, and the simulated bench
 *   rig/command     one file for each command, and the table of them
 */

#include "drivers/sim/simulation.h"
#include "drivers/table.h"
#include "rig/command/drivers.h"
#include "rig/command/help.h"
#include "rig/command/man.h"
#include "rig/command/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What was printed must have arrived: a full disk behind `>` is not a pass. */
static int finish(int exit_code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return exit_code;
	fprintf(stderr, "hilrig: standard output: %s\n", strerror(errno));
	return EXIT_CODE_RIG;
}

static int refuse(const char *command, const struct error *error)
{
	(void)fflush(stdout);
	fprintf(stderr, "hilrig%s%s: %s\n", command[0] ? " " : "", command, error->text);
	if (error->fault == FAULT_USAGE && command[0])
		fprintf(stderr, "hilrig %s --help tells how it is used\n", command);
	return error_exit_code(error);
}

static int run(const struct command *command, int count, const char *const *words)
{
	static struct arguments arguments;
	struct error error = {FAULT_NONE, ""};
	int exit_code = EXIT_CODE_PASS;

	if (!arguments_parse(&arguments, command, count, words, &error))
		return refuse(command->name, &error);
	if (arguments.help) {
		help_command(stdout, command);
		return finish(EXIT_CODE_PASS);
	}
	if (!command->run(&arguments, &exit_code, &error))
		return refuse(command->name, &error);
	return finish(exit_code);
}

static int help(int count, const char *const *words)
{
	struct error error = {FAULT_NONE, ""};
	const struct command *command;
	int taken;

	if (count == 0) {
		help_all(stdout, commands);
		return finish(EXIT_CODE_PASS);
	}
	if (strcmp(words[0], "--man") == 0) {
		man_page(stdout, commands);
		return finish(EXIT_CODE_PASS);
	}
	command = command_find(count, words, &taken, &error);
	if (!command)
		return refuse("", &error);
	help_command(stdout, command);
	return finish(EXIT_CODE_PASS);
}

int main(int argc, char **argv)
{
	const char *const *words = (const char *const *)argv + 1;
	struct error error = {FAULT_NONE, ""};
	const struct command *command;
	int count = argc - 1, taken;

	command_use_drivers(driver_table);
	command_use_simulation(&simulated_bench);
	if (count <= 0) {
		help_all(stderr, commands);
		return EXIT_CODE_USAGE;
	}
	if (strcmp(words[0], "help") == 0 || strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0)
		return help(count - 1, words + 1);
	command = command_find(count, words, &taken, &error);
	if (!command)
		return refuse("", &error);
	return run(command, count - taken, words + taken);
}
