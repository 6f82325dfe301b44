#ifndef HILRIG_RIG_COMMAND_IMPORT_H
#define HILRIG_RIG_COMMAND_IMPORT_H

/*
 * What others say of devices, read from files: lists of GUIDs, and the populations that a sample stands for.
 *
 * A list is either one GUID a line, or a table (rig/command/sheet.h) with a column guid and any of manufacturer, model,
 * hardware, firmware_from, firmware_to, hub_guid, hub_model; the other columns of devices.csv may be there and are not
 * read, so that another bench's list can be imported. A GUID is 16 hexadecimal digits, with '-' or ':' between the bytes or
 * without.
 *
 * A table of populations has the columns manufacturer, model, hardware, firmware_from, firmware_to, hub_model, size, frame,
 * method, dates. A size left empty is not known. Together they are the sampling plan.
 */

#include "rig/judge/strata.h"

#define IMPORT_SIZE_MAX (64 * 1024 * 1024)

/* Devices, in memory that grows. Zeros are an empty one; devices_done gives it back. */
struct devices {
	struct device_result *list;
	size_t count, size;
};

/* Room for one more at the end, filled with zeros and counted. */
struct device_result *devices_add(struct devices *devices);
void devices_done(struct devices *devices);

/* The GUID in capitals with dashes; false for what is none. */
MUST_USE bool guid_normalise(const char *text, char guid[GUID_SIZE]);

/* Adds every line of a list, with `source`, KNOWN_CUSTOMER and the file's name (without folders) as its run. */
MUST_USE bool import_list(struct devices *devices, const char *path, enum device_source source, struct error *error);

/* Reads at most STRATA_MAX populations. */
MUST_USE bool import_populations(struct stratum_population populations[STRATA_MAX], size_t *count, const char *path,
				 struct error *error);

#endif
