/* Any line as text, from the table that also writes it: no kind is forgotten. */

#include "rig/dashboard/say.h"

#include "rig/base/text.h"

#include <string.h>

static void put_cases(struct text *text, unsigned cases)
{
	int kind, put = 0;

	for (kind = 0; kind < CASE_COUNT; kind++)
		if (cases & CASE_BIT(kind))
			text_format(text, "%s%s", put++ ? "," : "", case_name((enum case_kind)kind));
}

/* Times are read in seconds. */
static void put_integer(struct text *text, const struct field *field, int64_t value)
{
	size_t length = strlen(field->key);

	if (length > 3 && strcmp(field->key + length - 3, "_ns") == 0 && value >= 0)
		text_format(text, "%.*s %lld.%03lld s", (int)(length - 3), field->key, (long long)(value / 1000000000),
			    (long long)(value % 1000000000 / 1000000));
	else
		text_format(text, "%s %lld", field->key, (long long)value);
}

static void put_field(struct text *text, const struct record *record, const struct field *field)
{
	const char *at = (const char *)record + field->offset;

	switch (field->type) {
	case FIELD_TEXT:
		text_format(text, "%s %s", field->key, at);
		break;
	case FIELD_INTEGER:
		put_integer(text, field, *(const int64_t *)(const void *)at);
		break;
	case FIELD_FLAG:
		text_format(text, "%s %s", field->key, *(const bool *)(const void *)at ? "yes" : "no");
		break;
	case FIELD_WORD:
		text_format(text, "%s %s", field->key, field->words[*(const unsigned *)(const void *)at]);
		break;
	case FIELD_CASES:
		text_format(text, "%s ", field->key);
		put_cases(text, *(const unsigned *)(const void *)at);
		break;
	}
}

static bool is_empty(const struct record *record, const struct field *field)
{
	return field->type == FIELD_TEXT && !*((const char *)record + field->offset);
}

void say_record(char bytes[SAY_SIZE], const struct record *record)
{
	const struct field *field;
	struct text text;

	text_init(&text, bytes, SAY_SIZE);
	for (field = record_fields(record->kind); field->key; field++) {
		if (is_empty(record, field))
			continue;
		if (text.used)
			text_put(&text, "  ");
		put_field(&text, record, field);
	}
}
