/* The device list for spreadsheets and programs. */

#include "rig/report/device_table.h"

#include "rig/base/instant.h"
#include "rig/report/escape.h"

static void put_field(FILE *out, const char *field)
{
	put_csv(out, field);
	putc(',', out);
}

static void put_tested_fields(FILE *out, const struct device_result *row)
{
	put_seconds_down(out, row->t_lo_ns, 9);
	putc(',', out);
	if (row->t_hi_ns != INSTANT_NEVER)
		put_seconds_up(out, row->t_hi_ns, 9);
	putc(',', out);
	put_seconds_up(out, row->u_ns, 9);
	fputs(row->open ? ",true," : ",false,", out);
}

void device_put_csv(FILE *out, const struct device_result *row)
{
	put_field(out, row->guid);
	put_field(out, known_name(row->known));
	put_field(out, row->manufacturer);
	put_field(out, row->model);
	put_field(out, row->firmware_from);
	put_field(out, row->firmware_to);
	put_field(out, row->hub_guid);
	put_field(out, row->hub_model);
	fprintf(out, "%lld,", (long long)row->activations);
	if (row->activations > 0)
		put_tested_fields(out, row);
	else
		fputs(",,,,", out);
	put_field(out, device_outage_word(row));
	put_field(out, row->ad1);
	put_field(out, row->cause);
	put_field(out, device_grade_name(row->grade));
	put_csv(out, row->runs);
	putc('\n', out);
}

static void put_member(FILE *out, const char *key, const char *value)
{
	fprintf(out, "\"%s\": ", key);
	put_json(out, value);
	fputs(", ", out);
}

static void put_number(FILE *out, const char *key, int64_t value)
{
	fprintf(out, "\"%s\": %lld, ", key, (long long)value);
}

static void put_flag(FILE *out, const char *key, bool value)
{
	fprintf(out, "\"%s\": %s, ", key, value ? "true" : "false");
}

/* What the deciding activation was; null where nothing was tested. */
static void put_tested(FILE *out, const struct device_result *row)
{
	if (row->activations == 0) {
		fputs("\"tested\": null, ", out);
		return;
	}
	fputs("\"tested\": {", out);
	put_number(out, "t_lo_ns", row->t_lo_ns);
	if (row->t_hi_ns == INSTANT_NEVER)
		fputs("\"t_hi_ns\": null, ", out);
	else
		put_number(out, "t_hi_ns", row->t_hi_ns);
	put_number(out, "u_ns", row->u_ns);
	put_flag(out, "open", row->open);
	put_member(out, "outage", device_outage_word(row));
	put_member(out, "ad1", row->ad1);
	fputs("\"cause\": ", out);
	put_json(out, row->cause);
	fputs("}, ", out);
}

void device_put_json(FILE *out, const struct device_result *row)
{
	char statement[DEVICE_STATEMENT_SIZE];

	device_statement(row, statement, sizeof statement);
	putc('{', out);
	put_member(out, "guid", row->guid);
	put_member(out, "known", known_name(row->known));
	put_flag(out, "identity_read", row->identity_read);
	put_member(out, "manufacturer", row->manufacturer);
	put_member(out, "model", row->model);
	put_member(out, "hardware", row->hardware);
	put_member(out, "firmware_from", row->firmware_from);
	put_member(out, "firmware_to", row->firmware_to);
	put_flag(out, "version_changed", row->version_changed);
	put_member(out, "hub_guid", row->hub_guid);
	put_member(out, "hub_model", row->hub_model);
	put_number(out, "activations", row->activations);
	put_number(out, "valid_activations", row->valid_activations);
	put_number(out, "affected_activations", row->affected_activations);
	put_tested(out, row);
	put_flag(out, "listed", row->listed);
	put_flag(out, "in_field", row->in_field);
	put_flag(out, "in_conflict", row->in_conflict);
	put_member(out, "grade", device_grade_name(row->grade));
	put_member(out, "statement", statement);
	fputs("\"runs\": ", out);
	put_json(out, row->runs);
	putc('}', out);
}
