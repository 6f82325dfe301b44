/* Finding a driver's row, and what is held. */

#include "rig/bench/driver.h"

#include <string.h>
#include <unistd.h>

const struct driver *driver_find(const struct driver *table, enum bench_driver driver)
{
	for (; table->name; table++)
		if (table->driver == driver)
			return table;
	return NULL;
}

void holding_init(struct holding *holding)
{
	int i;

	memset(holding, 0, sizeof *holding);
	for (i = 0; i < HOLDING_BUSES_MAX; i++)
		holding->buses[i].fd = -1;
}

void holding_close(struct holding *holding)
{
	int i;

	for (i = 0; i < holding->request_count; i++)
		gpio_request_close(&holding->requests[i].request);
	for (i = 0; i < HOLDING_BUSES_MAX; i++)
		if (holding->buses[i].fd >= 0)
			close(holding->buses[i].fd);
	holding_init(holding);
}
