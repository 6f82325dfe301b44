/* The device list for spreadsheets and programs. */

#include "rig/report/device_table.h"

#include "rig/base/instant.h"

#include <string.h>

static void put_field(struct text *text, const char *field)
{
	bool quoted = strpbrk(field, ",\"\r\n") != NULL;

	if (quoted)
		text_put_char(text, '"');
	for (; *field; field++) {
		if (*field == '"')
			text_put_char(text, '"');
		text_put_char(text, *field);
	}
	if (quoted)
		text_put_char(text, '"');
}

static void put_fields(struct text *text, const char *const *fields, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		put_field(text, fields[i]);
		text_put_char(text, ',');
	}
}

void device_put_seconds(struct text *text, int64_t ns)
{
	text_format(text, "%lld.%09lld", (long long)(ns / NS_PER_S), (long long)(ns % NS_PER_S));
}

void device_put_csv(struct text *text, const struct device_result *row)
{
	const char *const who[] = {row->guid,          known_name(row->known), row->manufacturer, row->model,
				   row->firmware_from, row->firmware_to,       row->hub_guid,     row->hub_model};
	const char *const what[] = {device_outage_word(row), row->ad1, row->cause, device_grade_name(row->grade)};
	bool tested = row->activations > 0;

	put_fields(text, who, 8);
	text_put_int(text, row->activations);
	text_put_char(text, ',');
	if (tested)
		device_put_seconds(text, row->t_lo_ns);
	text_put_char(text, ',');
	if (tested && row->t_hi_ns != INSTANT_NEVER)
		device_put_seconds(text, row->t_hi_ns);
	text_put_char(text, ',');
	if (tested)
		device_put_seconds(text, row->u_ns);
	text_put(text, tested ? row->open ? ",true," : ",false," : ",,");
	put_fields(text, what, 4);
	put_field(text, row->runs);
	text_put_char(text, '\n');
}

static void put_member(struct text *text, const char *key, const char *value)
{
	text_format(text, "\"%s\":", key);
	text_put_json(text, value);
	text_put_char(text, ',');
}

static void put_number(struct text *text, const char *key, int64_t value)
{
	text_format(text, "\"%s\":%lld,", key, (long long)value);
}

static void put_flag(struct text *text, const char *key, bool value)
{
	text_format(text, "\"%s\":%s,", key, value ? "true" : "false");
}

/* What the deciding activation was; null where nothing was tested. */
static void put_tested(struct text *text, const struct device_result *row)
{
	if (row->activations == 0) {
		text_put(text, "\"tested\":null,");
		return;
	}
	text_put(text, "\"tested\":{");
	put_number(text, "t_lo_ns", row->t_lo_ns);
	if (row->t_hi_ns == INSTANT_NEVER)
		text_put(text, "\"t_hi_ns\":null,");
	else
		put_number(text, "t_hi_ns", row->t_hi_ns);
	put_number(text, "u_ns", row->u_ns);
	put_flag(text, "open", row->open);
	put_member(text, "outage", device_outage_word(row));
	put_member(text, "ad1", row->ad1);
	text_put(text, "\"cause\":");
	text_put_json(text, row->cause);
	text_put(text, "},");
}

void device_put_json(struct text *text, const struct device_result *row)
{
	char statement[DEVICE_STATEMENT_SIZE];

	device_statement(row, statement, sizeof statement);
	text_put_char(text, '{');
	put_member(text, "guid", row->guid);
	put_member(text, "known", known_name(row->known));
	put_flag(text, "identity_read", row->identity_read);
	put_member(text, "manufacturer", row->manufacturer);
	put_member(text, "model", row->model);
	put_member(text, "hardware", row->hardware);
	put_member(text, "firmware_from", row->firmware_from);
	put_member(text, "firmware_to", row->firmware_to);
	put_flag(text, "version_changed", row->version_changed);
	put_member(text, "hub_guid", row->hub_guid);
	put_member(text, "hub_model", row->hub_model);
	put_number(text, "activations", row->activations);
	put_number(text, "valid_activations", row->valid_activations);
	put_number(text, "affected_activations", row->affected_activations);
	put_tested(text, row);
	put_flag(text, "listed", row->listed);
	put_flag(text, "in_field", row->in_field);
	put_flag(text, "in_conflict", row->in_conflict);
	put_member(text, "grade", device_grade_name(row->grade));
	put_member(text, "statement", statement);
	text_put(text, "\"runs\":");
	text_put_json(text, row->runs);
	text_put_char(text, '}');
}
