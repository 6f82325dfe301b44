/* Help for all commands and for one. */

#include "rig/command/help.h"

#include <string.h>

void help_all(FILE *out, const struct command *const *list)
{
	int i;

	fputs("hilrig: does a meter's firmware upgrade starve its communications hub, and for how long?\n\n"
	      "usage: hilrig COMMAND ...\n\n", out);
	for (i = 0; list[i]; i++) {
		fprintf(out, "  %-14s %s\n", list[i]->name, list[i]->about);
	}
	fputs("\nhilrig COMMAND --help tells more of one of them.\n\n"
	      "exit codes: 0 every required case passes, or is classified as not more than the limit\n"
	      "            1 a device failed, or is classified as more (beats 2)\n"
	      "            2 conditional, inconclusive or void, or an expected case is missing\n"
	      "            64 usage or configuration, 65 evidence damaged, 70 a fault of the rig itself,\n"
	      "            75 bench busy, 130 stopped by the operator\n", out);
}

static void put_usage(FILE *out, const struct command *command)
{
	const struct command_option *option;

	fprintf(out, "usage: hilrig %s", command->name);
	if (command->operands[0])
		fprintf(out, " %s", command->operands);
	for (option = command->options; option && option->name; option++)
		fprintf(out, " [%s%s%s]%s", option->name, option->value ? " " : "", option->value ? option->value : "",
			option->repeats ? " ..." : "");
	fputs("\n\n", out);
}

static void put_options(FILE *out, const struct command *command)
{
	const struct command_option *option;
	char form[128];

	fputs("\noptions:\n", out);
	for (option = command->options; option && option->name; option++) {
		(void)snprintf(form, sizeof form, "%s%s%s", option->name, option->value ? " " : "",
			       option->value ? option->value : "");
		fprintf(out, "  %-32s %s\n", form, option->about);
	}
	fprintf(out, "  %-32s %s\n", "--help", "this text");
}

void help_command(FILE *out, const struct command *command)
{
	const struct command_example *example;

	put_usage(out, command);
	fprintf(out, "%s.\n", command->about);
	if (command->text[0])
		fprintf(out, "\n%s\n", command->text);
	put_options(out, command);
	if (!command->examples || !command->examples->line)
		return;
	fputs("\nexamples:\n", out);
	for (example = command->examples; example->line; example++)
		fprintf(out, "  hilrig %s\n      %s\n", example->line, example->about);
}
