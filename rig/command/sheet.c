/* Reading CSV in place: quotes are taken out and fields ended with zeros where they stand. */

#include "rig/command/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool sheet_refuse(const struct sheet *sheet, struct error *error, const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	return error_set(error, FAULT_CONFIGURATION, "%s:%d: %s", sheet->name, sheet->line, text);
}

/* Takes one field off the front and ends it with a zero; *last is whether the line ended behind it. */
static bool take_field(struct sheet *sheet, const char **field, bool *last, struct error *error)
{
	char *from = sheet->next, *to = sheet->next;
	bool quoted = *from == '"';

	*field = to;
	for (from += quoted; *from; from++) {
		if (quoted && *from == '"' && from[1] != '"')
			break;
		if (!quoted && (*from == ',' || *from == '\n' || (*from == '\r' && from[1] == '\n')))
			break;
		if (!quoted && *from == '"')
			return sheet_refuse(sheet, error, "a quote in the middle of a field");
		sheet->next_line += *from == '\n';
		from += quoted && *from == '"';
		*to++ = *from;
	}
	if (quoted && *from++ != '"')
		return sheet_refuse(sheet, error, "a quoted field has no end");
	from += *from == '\r' && from[1] == '\n';
	if (*from != ',' && *from != '\n' && *from != '\0')
		return sheet_refuse(sheet, error, "text behind the quoted end of a field");
	*last = *from != ',';
	sheet->next_line += *from == '\n';
	sheet->next = from + (*from != '\0');
	*to = '\0';
	return true;
}

/* A line's fields, which are at most SHEET_COLUMNS_MAX; *count is 0 at the end of the file. */
static bool take_line(struct sheet *sheet, const char **fields, int *count, struct error *error)
{
	bool last = false;

	*count = 0;
	for (;;) {
		size_t blank = strspn(sheet->next, "\r\n"), comment;
		size_t i;

		for (i = 0; i < blank; i++)
			sheet->next_line += sheet->next[i] == '\n';
		sheet->next += blank;
		if (*sheet->next != '#')
			break;
		comment = strcspn(sheet->next, "\n");
		sheet->next += comment;
	}
	sheet->line = sheet->next_line;
	if (*sheet->next == '\0')
		return true;
	for (; !last; ++*count) {
		if (*count == SHEET_COLUMNS_MAX)
			return sheet_refuse(sheet, error, "more than %d columns", SHEET_COLUMNS_MAX);
		if (!take_field(sheet, &fields[*count], &last, error))
			return false;
	}
	return true;
}

static bool is_in(const char *const *names, int count, const char *name)
{
	int i;

	for (i = 0; i != count && names[i]; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static void start(struct sheet *sheet, const char *name, char *bytes)
{
	memset(sheet, 0, sizeof *sheet);
	sheet->name = name;
	sheet->next = strncmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? bytes + 3 : bytes;
	sheet->line = sheet->next_line = 1;
}

bool sheet_begin(struct sheet *sheet, const char *name, char *bytes, const char *const *known, const char *const *needed,
		 struct error *error)
{
	int i;

	start(sheet, name, bytes);
	if (!take_line(sheet, sheet->columns, &sheet->column_count, error))
		return false;
	for (i = 0; i < sheet->column_count; i++) {
		if (!is_in(known, -1, sheet->columns[i]))
			return sheet_refuse(sheet, error, "there is no column '%s'", sheet->columns[i]);
		if (is_in(sheet->columns, i, sheet->columns[i]))
			return sheet_refuse(sheet, error, "the column '%s' is there twice", sheet->columns[i]);
	}
	for (; needed && *needed; needed++) {
		if (!is_in(sheet->columns, sheet->column_count, *needed))
			return sheet_refuse(sheet, error, "the column '%s' is missing", *needed);
	}
	return true;
}

void sheet_begin_bare(struct sheet *sheet, const char *name, char *bytes, const char *column)
{
	start(sheet, name, bytes);
	sheet->columns[sheet->column_count++] = column;
}

bool sheet_next(struct sheet *sheet, bool *got, struct error *error)
{
	int count;

	if (!take_line(sheet, sheet->fields, &count, error))
		return false;
	*got = count > 0;
	if (count > 0 && count != sheet->column_count)
		return sheet_refuse(sheet, error, "%d field%s where the header has %d", count, count == 1 ? "" : "s",
				    sheet->column_count);
	return true;
}

const char *sheet_value(const struct sheet *sheet, const char *column)
{
	int i;

	for (i = 0; i < sheet->column_count; i++) {
		if (strcmp(sheet->columns[i], column) == 0)
			return sheet->fields[i];
	}
	return "";
}
