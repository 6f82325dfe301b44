#ifndef HILRIG_DRIVERS_MODBUS_SEGMENT_H
#define HILRIG_DRIVERS_MODBUS_SEGMENT_H

/*
 * A segment: one line with the instruments on it. Bus and drivers as one pure machine, which the real port
 * (modbus_port.h) and a simulated line execute alike.
 *
 * segment_step is to bus_step as the segment is to the bus: the same events, the same output, and in between results reach
 * their drivers and what the drivers want next reaches the bus. After segment_command give a BUS_TICK.
 * Sized once, by segment_new; nothing is allocated later.
 */

#include "drivers/modbus/driver.h"

#define SEGMENT_DRIVERS_MAX 16

struct segment;

struct segment *segment_new(const struct bus_settings *settings);
void segment_free(struct segment *segment);

/* Adds an instrument (its settings.index is set here); gives its index, -1 with an error. Before the first BUS_BACK. */
MUST_USE int segment_add(struct segment *segment, const struct driver_settings *settings, struct error *error);
int segment_count(const struct segment *segment);
const struct modbus_driver *segment_driver(const struct segment *segment, int instrument);

/* As driver_command. */
MUST_USE bool segment_command(struct segment *segment, int instrument, const struct driver_command *command, int64_t t_ns,
			      struct error *error);

void segment_step(struct segment *segment, const struct bus_event *event, struct bus_output *output);

/* Takes a report and says whose it is. `more` of the step's output says that there is one. */
MUST_USE bool segment_take(struct segment *segment, int *instrument, struct driver_report *report);

/*
 * Describes the line in an off script and gives its index there: gaps and times are the largest that its instruments ask
 * for. `tries` of each group.
 */
MUST_USE bool segment_off_bus(const struct segment *segment, const char *name, int tries, struct off_script *script, uint8_t *bus,
			      struct error *error);

#endif
