/* Tables to roff. */

#include "rig/command/man.h"

#include "rig/command/help.h"
#include "rig/command/revision.h"
#include "rig/dashboard/key.h"

#include <ctype.h>
#include <string.h>

/* Text as it is: a backslash would begin an escape, and a bare hyphen would be printed as another sign, which nobody can paste. */
static void put_escaped(FILE *out, const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if (text[i] == '\\')
			fputs("\\e", out);
		else if (text[i] == '-')
			fputs("\\-", out);
		else
			fputc(text[i], out);
	}
}

/* A line of text; one that begins with a dot or an apostrophe would be a request. */
static void put_line(FILE *out, const char *line, size_t size)
{
	if (size > 0 && (line[0] == '.' || line[0] == '\''))
		fputs("\\&", out);
	put_escaped(out, line, size);
	fputc('\n', out);
}

static void put_words(FILE *out, const char *words)
{
	put_line(out, words, strlen(words));
}

/* Paragraphs, parted by empty lines. Lines that are set in are a table, and stay as they are. */
static void put_text(FILE *out, const char *text)
{
	bool table = false;

	while (*text) {
		size_t size = strcspn(text, "\n");

		if (size > 0 && (text[0] == ' ') != table) {
			table = !table;
			fputs(table ? ".PP\n.nf\n" : ".fi\n.PP\n", out);
		}
		if (size == 0)
			fputs(table ? "\n" : ".PP\n", out);
		else
			put_line(out, text, size);
		text += size + (text[size] == '\n');
	}
	if (table)
		fputs(".fi\n", out);
}

/* "--format html|json": what is typed is bold, what stands for something is not. */
static void put_option_name(FILE *out, const struct command_option *option)
{
	fputs("\\fB", out);
	put_escaped(out, option->name, strlen(option->name));
	fputs("\\fR", out);
	if (option->value) {
		fputs(" \\fI", out);
		put_escaped(out, option->value, strlen(option->value));
		fputs("\\fR", out);
	}
}

static void put_usage(FILE *out, const struct command *command)
{
	fputs("\\fBhilrig ", out);
	put_escaped(out, command->name, strlen(command->name));
	fputs("\\fR", out);
	if (command->operands[0]) {
		fputs(" \\fI", out);
		put_escaped(out, command->operands, strlen(command->operands));
		fputs("\\fR", out);
	}
	fputs(command->options && command->options->name ? " [\\fIoption\\fR ...]\n" : "\n", out);
}

static void put_options(FILE *out, const struct command *command)
{
	const struct command_option *option;

	for (option = command->options; option && option->name; option++) {
		fputs(".TP\n", out);
		put_option_name(out, option);
		fputs(option->repeats ? " ...\n" : "\n", out);
		put_words(out, option->about);
	}
}

static void put_examples(FILE *out, const struct command *command)
{
	const struct command_example *example;

	for (example = command->examples; example && example->line; example++) {
		fputs(".PP\nExample: ", out);
		put_words(out, example->about);
		fputs(".PP\n.RS\n.nf\nhilrig ", out);
		put_words(out, example->line);
		fputs(".fi\n.RE\n", out);
	}
}

static void put_command(FILE *out, const struct command *command)
{
	fputs(".SS ", out);
	put_words(out, command->name);
	put_usage(out, command);
	fputs(".PP\n", out);
	fputc(toupper((unsigned char)command->about[0]), out);
	put_escaped(out, command->about + 1, strlen(command->about + 1));
	fputs(".\n", out);
	if (command->text[0]) {
		fputs(".PP\n", out);
		put_text(out, command->text);
	}
	put_options(out, command);
	put_examples(out, command);
}

static void put_keys(FILE *out)
{
	enum key_group group;
	size_t i;

	fputs(".SH KEYS OF THE DASHBOARD\n", out);
	for (group = 0; group < KEYS_GROUP_COUNT; group++) {
		fprintf(out, ".SS %s\n", key_group_name(group));
		for (i = 0; i < key_table_count; i++) {
			if (key_table[i].group != group)
				continue;
			fputs(".TP\n.B ", out);
			put_words(out, key_table[i].name);
			put_words(out, key_table[i].about);
		}
	}
}

static void put_exit_codes(FILE *out)
{
	const struct help_exit *code;

	fputs(".SH EXIT STATUS\n", out);
	for (code = help_exits; code->about; code++) {
		fprintf(out, ".TP\n.B %d\n", code->code);
		put_words(out, code->about);
	}
}

void man_page(FILE *out, const struct command *const *list)
{
	int i;

	fprintf(out, ".TH HILRIG 1 \"\" \"hilrig %s\" \"User Commands\"\n.SH NAME\nhilrig \\- ", command_revision());
	put_words(out, HELP_WHAT);
	fputs(".SH SYNOPSIS\n.B hilrig\n.I command\n[...]\n.PP\n.B hilrig help\n.RI [ command ]\n.SH COMMANDS\n", out);
	fputs("Every command has \\fB\\-\\-help\\fR, which prints what stands here of it.\n", out);
	for (i = 0; list[i]; i++)
		put_command(out, list[i]);
	put_keys(out);
	put_exit_codes(out);
}
