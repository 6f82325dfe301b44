/* Help for all commands and for one. */

#include "rig/command/help.h"

#include <string.h>

const struct help_exit help_exits[] = {
	{EXIT_CODE_PASS, "every required case passes, or is classified as not more than the limit"},
	{EXIT_CODE_FAIL, "a device failed, or is classified as more (beats 2)"},
	{EXIT_CODE_UNDECIDED, "conditional, inconclusive or void, or an expected case is missing"},
	{EXIT_CODE_USAGE, "usage or configuration"},
	{EXIT_CODE_EVIDENCE, "evidence damaged"},
	{EXIT_CODE_RIG, "a fault of the rig itself"},
	{EXIT_CODE_BUSY, "bench busy"},
	{EXIT_CODE_STOPPED, "stopped by the operator"},
	{0, NULL},
};

void help_all(FILE *out, const struct command *const *list)
{
	int i;

	fputs("hilrig: " HELP_WHAT "\n\nusage: hilrig COMMAND ...\n\n", out);
	for (i = 0; list[i]; i++) {
		fprintf(out, "  %-14s %s\n", list[i]->name, list[i]->about);
	}
	fputs("\nhilrig COMMAND --help tells more of one of them, hilrig help --man all of it as a manual page.\n\nexit codes:\n", out);
	for (i = 0; help_exits[i].about; i++)
		fprintf(out, "  %3d %s\n", help_exits[i].code, help_exits[i].about);
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
