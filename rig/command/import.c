/* Lists of devices and populations that others wrote. */

#include "rig/command/import.h"

#include "rig/base/file.h"
#include "rig/base/text.h"
#include "rig/command/sheet.h"
#include "rig/judge/tail.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct device_result *devices_add(struct devices *devices)
{
	struct device_result *added;

	if (devices->count == devices->size) {
		devices->size = devices->size ? 2 * devices->size : 256;
		devices->list = realloc(devices->list, devices->size * sizeof *devices->list);
		assert(devices->list);
	}
	added = &devices->list[devices->count++];
	memset(added, 0, sizeof *added);
	return added;
}

void devices_done(struct devices *devices)
{
	free(devices->list);
	memset(devices, 0, sizeof *devices);
}

bool guid_normalise(const char *text, char guid[GUID_SIZE])
{
	char separator = strlen(text) == 23 ? text[2] : '\0';
	int byte, half;

	if (separator != '\0' && separator != '-' && separator != ':')
		return false;
	for (byte = 0; byte < 8; byte++) {
		if (byte > 0)
			*guid++ = '-';
		if (byte > 0 && separator != '\0' && *text++ != separator)
			return false;
		for (half = 0; half < 2; half++) {
			if (!isxdigit((unsigned char)*text))
				return false;
			*guid++ = (char)toupper((unsigned char)*text++);
		}
	}
	*guid = '\0';
	return *text == '\0';
}

static bool copy_field(const struct sheet *sheet, const char *column, char *to, size_t size, struct error *error)
{
	if (text_copy(to, size, sheet_value(sheet, column)))
		return true;
	return sheet_refuse(sheet, error, "%s: longer than %zu bytes", column, size - 1);
}

static bool take_device(struct devices *devices, const struct sheet *sheet, const char *list, enum device_source source,
			struct error *error)
{
	struct device_result *device = devices_add(devices);

	if (!guid_normalise(sheet_value(sheet, "guid"), device->guid))
		return sheet_refuse(sheet, error, "'%.40s' is no GUID: 16 hexadecimal digits such as 00-DB-12-34-56-78-90-A0",
				    sheet_value(sheet, "guid"));
	if (sheet_value(sheet, "hub_guid")[0] && !guid_normalise(sheet_value(sheet, "hub_guid"), device->hub_guid))
		return sheet_refuse(sheet, error, "'%.40s' is no GUID", sheet_value(sheet, "hub_guid"));
	device->source = source;
	device->known = KNOWN_CUSTOMER;
	device->outage_validity = VALIDITY_MISSING;
	(void)text_copy(device->runs, WORD_TEXT_SIZE, list);
	return copy_field(sheet, "manufacturer", device->manufacturer, sizeof device->manufacturer, error) &&
	       copy_field(sheet, "model", device->model, sizeof device->model, error) &&
	       copy_field(sheet, "hardware", device->hardware, sizeof device->hardware, error) &&
	       copy_field(sheet, "firmware_from", device->firmware_from, sizeof device->firmware_from, error) &&
	       copy_field(sheet, "firmware_to", device->firmware_to, sizeof device->firmware_to, error) &&
	       copy_field(sheet, "hub_model", device->hub_model, sizeof device->hub_model, error);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A list without a header begins with a GUID, where a header would have the name of a column. */
static bool begins_with_guid(const char *bytes)
{
	const char *line = bytes;
	char first[24], guid[GUID_SIZE];
	size_t length;

	while (*line == '#' || *line == '\r' || *line == '\n')
		line += *line == '#' ? strcspn(line, "\n") : 1;
	length = strcspn(line, ",\r\n");
	if (length >= sizeof first)
		return false;
	memcpy(first, line, length);
	first[length] = '\0';
	return guid_normalise(first, guid);
}

static bool take_list(struct devices *devices, struct file *file, const char *path, enum device_source source,
		      struct error *error)
{
	static const char *const known[] = {
		"guid",        "known",    "manufacturer", "model", "hardware", "firmware_from", "firmware_to",
		"hub_guid",    "hub_model", "activations", "t_lo_s", "t_hi_s",  "u_s",		 "open",
		"outage",      "ad1",	   "cause",	   "grade",  "runs",    NULL,
	};
	static const char *const needed[] = {"guid", NULL};
	struct sheet sheet;
	bool got = true;

	if (begins_with_guid(file->bytes))
		sheet_begin_bare(&sheet, path, file->bytes, "guid");
	else if (!sheet_begin(&sheet, path, file->bytes, known, needed, error))
		return false;
	while (got) {
		if (!sheet_next(&sheet, &got, error))
			return false;
		if (got && !take_device(devices, &sheet, name_of(path), source, error))
			return false;
	}
	return true;
}

/* A zero inside would end the table early, without a word. */
static bool read_table(struct file *file, const char *path, struct error *error)
{
	if (!file_read(file, path, IMPORT_SIZE_MAX, error))
		return false;
	if (strlen(file->bytes) == file->size)
		return true;
	file_done(file);
	return error_set(error, FAULT_CONFIGURATION, "%s: not a text file: a zero byte in it", path);
}

bool import_list(struct devices *devices, const char *path, enum device_source source, struct error *error)
{
	struct file file;
	bool taken;

	if (!read_table(&file, path, error))
		return false;
	taken = take_list(devices, &file, path, source, error);
	file_done(&file);
	return taken;
}

static bool take_population(struct stratum_population *population, const struct sheet *sheet, struct error *error)
{
	struct stratum_key *key = &population->key;
	const char *size = sheet_value(sheet, "size");

	memset(population, 0, sizeof *population);
	if (size[0] != '\0') {
		if (strspn(size, "0123456789") != strlen(size) || strlen(size) > 10 || strtoll(size, NULL, 10) < 1 ||
		    strtoll(size, NULL, 10) > TAIL_COUNT_MAX)
			return sheet_refuse(sheet, error, "size: '%.20s' is no number from 1 to %lld", size,
					    (long long)TAIL_COUNT_MAX);
		population->size = strtoll(size, NULL, 10);
	}
	return copy_field(sheet, "manufacturer", key->manufacturer, sizeof key->manufacturer, error) &&
	       copy_field(sheet, "model", key->model, sizeof key->model, error) &&
	       copy_field(sheet, "hardware", key->hardware, sizeof key->hardware, error) &&
	       copy_field(sheet, "firmware_from", key->firmware_from, sizeof key->firmware_from, error) &&
	       copy_field(sheet, "firmware_to", key->firmware_to, sizeof key->firmware_to, error) &&
	       copy_field(sheet, "hub_model", key->hub_model, sizeof key->hub_model, error) &&
	       copy_field(sheet, "frame", population->frame, sizeof population->frame, error) &&
	       copy_field(sheet, "method", population->method, sizeof population->method, error) &&
	       copy_field(sheet, "dates", population->dates, sizeof population->dates, error);
}

static bool take_populations(struct stratum_population populations[STRATA_MAX], size_t *count, struct file *file,
			     const char *path, struct error *error)
{
	static const char *const columns[] = {"manufacturer", "model", "hardware", "firmware_from", "firmware_to", "hub_model",
					      "size",	      "frame", "method",   "dates",	    NULL};
	struct sheet sheet;
	bool got = true;

	if (!sheet_begin(&sheet, path, file->bytes, columns, columns, error))
		return false;
	for (;;) {
		if (!sheet_next(&sheet, &got, error))
			return false;
		if (!got)
			return true;
		if (*count == STRATA_MAX)
			return sheet_refuse(&sheet, error, "more than %d populations", STRATA_MAX);
		if (!take_population(&populations[(*count)++], &sheet, error))
			return false;
	}
}

bool import_populations(struct stratum_population populations[STRATA_MAX], size_t *count, const char *path,
			struct error *error)
{
	struct file file;
	bool taken;

	*count = 0;
	if (!read_table(&file, path, error))
		return false;
	taken = take_populations(populations, count, &file, path, error);
	file_done(&file);
	return taken;
}
