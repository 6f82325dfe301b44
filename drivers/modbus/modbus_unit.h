#ifndef HILRIG_DRIVERS_MODBUS_MODBUS_UNIT_H
#define HILRIG_DRIVERS_MODBUS_MODBUS_UNIT_H

/*
 * One Modbus instrument of a bench: from the bench's channels to commands of its driver, and from the driver's reports to the
 * listener of rig/bench/driver.h. Pure; the segment's executor, a real port or a simulated line, gives the commands to the segment
 * and brings the reports.
 */

#include "drivers/modbus/segment.h"
#include "rig/bench/driver.h"

struct modbus_unit {
	const struct bench *bench;                   /* borrowed, as the next two */
	const struct instrument_listener *listener;
	const struct segment *segment;
	int index;                                   /* of bench.instruments */
	int on_bus;                                  /* index in the segment */
	bool ready;
	char why[ERROR_TEXT_MAX];                    /* it is not */
	int64_t next_watch_ns;
	bool watching;                               /* a watch is under way */
};

/* Adds the instrument to the segment with the bench's limits and dead-men. FAULT_CONFIGURATION as segment_add. */
MUST_USE bool modbus_unit_init(struct modbus_unit *unit, const struct driver_start *start, int index, struct segment *segment,
			       struct error *error);
void modbus_unit_begin(struct modbus_unit *unit, int64_t now_ns);

/* The command that sets a channel of the bench to `milli` (1000: on). If it cannot be given, modbus_unit_refused tells the listener. */
struct driver_command modbus_unit_set(const struct modbus_unit *unit, int channel, int64_t milli, int64_t deadline_ns);
void modbus_unit_refused(const struct modbus_unit *unit, int channel, const struct error *error);

/* The next watch: when, and its command, with which it is under way; `watching` is to be cleared where it cannot be given. */
int64_t modbus_unit_watch_at(const struct modbus_unit *unit);
struct driver_command modbus_unit_watch(struct modbus_unit *unit, int64_t now_ns);

void modbus_unit_take(struct modbus_unit *unit, const struct driver_report *report);

/* `place`: where its bus is, or what is wrong with it. */
enum instrument_state modbus_unit_state(const struct modbus_unit *unit, const char *place, char *text, size_t size);

#endif
