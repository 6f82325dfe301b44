#ifndef HILRIG_TESTS_SUPPORT_JANSSON_LINE_H
#define HILRIG_TESTS_SUPPORT_JANSSON_LINE_H

/*
 * A journal line as jansson reads it, held against the record that the strict reader made of it. For the unit test and the
 * fuzzer, which link different things: hence all in a header.
 */

#include "rig/base/instant.h"
#include "rig/journal/line.h"

#include <jansson.h>
#include <string.h>

static bool jansson_has_text(const json_t *value, const char *text)
{
	return json_is_string(value) && json_string_length(value) == strlen(text) && strcmp(json_string_value(value), text) == 0;
}

static bool jansson_has_cases(const json_t *value, unsigned cases)
{
	char text[64] = "";
	int kind;

	for (kind = 0; kind < CASE_COUNT; kind++) {
		if (!(cases & CASE_BIT(kind)))
			continue;
		strcat(text, text[0] ? "," : "");
		strcat(text, case_name((enum case_kind)kind));
	}
	return jansson_has_text(value, text);
}

static bool jansson_has_field(const json_t *data, const struct record *record, const struct field *field)
{
	const json_t *value = json_object_get(data, field->key);
	const char *at = (const char *)record + field->offset;
	int64_t number;
	unsigned cases;
	int word;

	switch (field->type) {
	case FIELD_TEXT:
		return jansson_has_text(value, at);
	case FIELD_INTEGER:
		memcpy(&number, at, sizeof number);
		return json_is_integer(value) && json_integer_value(value) == number;
	case FIELD_FLAG:
		return *(const bool *)at ? json_is_true(value) : json_is_false(value);
	case FIELD_WORD:
		memcpy(&word, at, sizeof word);
		return jansson_has_text(value, field->words[word]);
	case FIELD_CASES:
		memcpy(&cases, at, sizeof cases);
		return jansson_has_cases(value, cases);
	}
	return false;
}

static bool jansson_has_fields(const json_t *line, const struct record *record)
{
	const json_t *data = json_object_get(line, "data");
	const struct field *field;
	size_t fields = 0;
	char utc[UTC_TEXT_SIZE];

	for (field = record_fields(record->kind); field->key; field++, fields++)
		if (!jansson_has_field(data, record, field))
			return false;
	utc_to_text(record->utc_us, utc);
	return json_object_size(data) == fields && json_object_size(line) == 8 &&
	       json_integer_value(json_object_get(line, "seq")) == (json_int_t)record->seq &&
	       json_integer_value(json_object_get(line, "t_ns")) == record->t_ns &&
	       jansson_has_text(json_object_get(line, "utc"), utc) &&
	       jansson_has_text(json_object_get(line, "kind"), record_kind_name(record->kind)) &&
	       jansson_has_text(json_object_get(line, "slot"), record->slot);
}

/* Whether jansson takes the line (without newline) and reads the record's values in it. */
static bool jansson_reads_the_same(const char *bytes, size_t size, const struct record *record)
{
	json_t *line = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
	bool same = line && jansson_has_fields(line, record);

	json_decref(line);
	return same;
}

#endif
