#ifndef HILRIG_RIG_REPORT_DEVICE_TABLE_H
#define HILRIG_RIG_REPORT_DEVICE_TABLE_H

/*
 * Rows of the device list as lines of devices.csv and as JSON objects; reports/devices.schema.json describes the latter.
 *
 * devices.csv: the header line, then one line per row, fields apart by commas, lines ended by a line feed, a field in
 * quotes where it holds a comma, a quote or a line end (RFC 4180). Lengths are seconds with nine decimals, that is exact.
 * They are empty where nothing was tested, and t_hi_s where the outage had not ended. The names of runs are parted by
 * blanks.
 */

#include "rig/judge/device.h"

#include <stdio.h>

#define DEVICE_CSV_HEADER                                                                                              \
	"guid,known,manufacturer,model,firmware_from,firmware_to,hub_guid,hub_model,activations,t_lo_s,t_hi_s,u_s,open,"   \
	"outage,ad1,cause,grade,runs\n"

void device_put_csv(FILE *out, const struct device_result *row);

/* One object without a line end; durations are integers in ns, t_hi_ns is null where there is no upper bound. */
void device_put_json(FILE *out, const struct device_result *row);

#endif
