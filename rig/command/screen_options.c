/* The options of commands that show screens. */

#include "rig/command/screen_options.h"

#include "rig/base/unit.h"
#include "rig/dashboard/cells.h"

#include <stdio.h>
#include <string.h>

bool screen_settings(struct terminal_settings *settings, const struct arguments *arguments, struct error *error)
{
	static const char *const words[] = {[COLOURS_256] = "256", [COLOURS_16] = "16", [COLOURS_NONE] = "none"};
	const char *colours = arguments_value(arguments, "--colours");
	int i;

	*settings = (struct terminal_settings){.colours = COLOURS_AS_TERMINAL, .ascii = arguments_has(arguments, "--ascii")};
	if (!colours)
		return true;
	for (i = COLOURS_256; i <= COLOURS_NONE; i++)
		if (strcmp(colours, words[i]) == 0) {
			settings->colours = (enum terminal_colours)i;
			return true;
		}
	return error_set(error, FAULT_USAGE, "--colours %.40s: it is 256, 16 or none", colours);
}

bool screen_size(int *rows, int *columns, const struct arguments *arguments, struct error *error)
{
	const char *size = arguments_value(arguments, "--size");
	int64_t most_columns, most_rows;
	const char *cross;
	char left[16];

	if (!size)
		return true;
	cross = strchr(size, 'x');
	if (!cross || cross - size >= (int)sizeof left)
		return error_set(error, FAULT_USAGE, "--size %.40s: columns and rows, as 80x24", size);
	(void)snprintf(left, sizeof left, "%.*s", (int)(cross - size), size);
	if (!number_read(left, 1, CELLS_COLUMNS_MAX, &most_columns, error) || !number_read(cross + 1, 1, CELLS_ROWS_MAX, &most_rows, error)) {
		error->fault = FAULT_USAGE;
		return error_prefix(error, "--size %.40s", size);
	}
	*columns = (int)most_columns;
	*rows = (int)most_rows;
	return true;
}
