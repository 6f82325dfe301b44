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

static void no_edge(void *self, int channel, int64_t t_ns, int level, int64_t seqno)
{
	(void)self;
	(void)channel;
	(void)t_ns;
	(void)level;
	(void)seqno;
}

static void no_output(void *self, int channel, bool agrees, enum fault fault, const char *text)
{
	(void)self;
	(void)channel;
	(void)agrees;
	(void)fault;
	(void)text;
}

static void no_reading(void *self, int channel, int64_t milli)
{
	(void)self;
	(void)channel;
	(void)milli;
}

static void no_change(void *self, int channel, bool tripped, const char *text)
{
	(void)self;
	(void)channel;
	(void)tripped;
	(void)text;
}

static void no_record(void *self, int slot, int64_t t_ns, const struct record *record)
{
	(void)self;
	(void)slot;
	(void)t_ns;
	(void)record;
}

static void no_upgrade(void *self, int slot, int64_t t_ns, const struct upgrade_report *report)
{
	(void)self;
	(void)slot;
	(void)t_ns;
	(void)report;
}

static void no_raw(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	(void)self;
	(void)name;
	(void)t_ns;
	(void)direction;
	(void)bytes;
	(void)size;
}

static void no_note(void *self, int slot, const char *text)
{
	(void)self;
	(void)slot;
	(void)text;
}

static void no_fault(void *self, int slot, enum fault fault, const char *text)
{
	(void)self;
	(void)slot;
	(void)fault;
	(void)text;
}

static void no_bus(void *self, int bus, int fd)
{
	(void)self;
	(void)bus;
	(void)fd;
}

struct instrument_listener instrument_listener_none(void)
{
	return (struct instrument_listener){NULL, no_edge, no_output, no_reading, no_change, no_record,
					    no_upgrade, no_raw, no_note, no_fault, no_bus};
}

bool upgrade_progress_is_due(struct upgrade_told *told, int64_t done_bytes, int64_t total_bytes, int64_t now_ns)
{
	bool due = told->bytes == 0 || done_bytes == total_bytes || done_bytes - told->bytes >= UPGRADE_TOLD_EVERY_BYTES ||
		   now_ns - told->t_ns >= UPGRADE_TOLD_EVERY_NS;

	if (!due || done_bytes <= told->bytes)
		return false;
	*told = (struct upgrade_told){done_bytes, now_ns};
	return true;
}
