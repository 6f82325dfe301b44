/* devices.csv of one run: the rows that `devices` would make of it alone. */

#include "rig/report/report.h"

#include "rig/report/device_table.h"

void report_put_csv(FILE *out, const struct report *report)
{
	size_t i;

	fputs(DEVICE_CSV_HEADER, out);
	for (i = 0; i < report->row_count; i++)
		device_put_csv(out, &report->rows[i]);
}
