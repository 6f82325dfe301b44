/* drivers: what can be connected, and what each kind of instrument cannot do. */

#include "rig/command/drivers.h"
#include "rig/command/table.h"

#include "rig/report/escape.h"

#include <stdio.h>
#include <string.h>

#define COLUMN 11
#define WIDTH 96

/* In lines of WIDTH, behind the column of names. */
static void put_wrapped(const char *text)
{
	const char *end;

	while (strlen(text) > WIDTH) {
		for (end = text + WIDTH; *end != ' '; end--)
			;
		printf("%*s%.*s\n", COLUMN, "", (int)(end - text), text);
		text = end + 1;
	}
	printf("%*s%s\n", COLUMN, "", text);
}

static void put_text(const struct driver *driver)
{
	printf("  %-*s%s\n", COLUMN - 2, driver->name, driver->about);
	if (driver->limit)
		put_wrapped(driver->limit);
}

static void put_as_json(const struct driver *driver)
{
	fputs("{\"driver\": ", stdout);
	put_json(stdout, driver->name);
	fputs(", \"about\": ", stdout);
	put_json(stdout, driver->about);
	if (driver->limit) {
		fputs(", \"limit\": ", stdout);
		put_json(stdout, driver->limit);
	}
	putchar('}');
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	const struct driver *table = command_drivers();
	bool json = arguments_has(arguments, "--json");
	int i;

	(void)exit_code;
	(void)error;
	fputs(json ? "[" : "instruments of a bench file, by their `driver`:\n\n", stdout);
	for (i = 0; table[i].name; i++) {
		if (json && i)
			fputs(",\n ", stdout);
		if (json)
			put_as_json(&table[i]);
		else
			put_text(&table[i]);
	}
	fputs(json ? "]\n" : "\nregister maps of supplies and relay boards lie in drivers/profiles; drivers/README.md says more\n", stdout);
	return true;
}

static const struct command_option options[] = {
	{"--json", NULL, "as JSON (reports/drivers.schema.json)", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"drivers", "what can stand below instruments in a bench file"},
	{NULL, NULL},
};

const struct command command_driver_list = {
	.name = "drivers",
	.operands = "",
	.about = "what can be connected, and what it cannot do",
	.text = "Lists the kinds of instruments that a bench file may name, and says openly where one has a limit that no setting lifts.",
	.options = options,
	.examples = examples,
	.run = run,
};
