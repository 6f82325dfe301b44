#ifndef HILRIG_DRIVERS_SIM_PLANT_VOLTAGE_H
#define HILRIG_DRIVERS_SIM_PLANT_VOLTAGE_H

/*
 * A voltage that goes to its target at a constant slope: the output of a supply, the rail at a hub's connector.
 *
 * mV and ns. A slope is in mV/s; 0 is none, the target is reached at once. Instants of crossings are exact to the
 * nanosecond, rounded up, so a voltage is at its threshold at the instant that voltage_crosses names.
 */

#include <stdint.h>

struct voltage {
	int64_t t_ns;      /* since when it goes to its target, from from_mv */
	int64_t from_mv;
	int64_t target_mv;
	int64_t slope_mv_s;
};

int64_t voltage_at(const struct voltage *voltage, int64_t t_ns);

/* From t_ns on it goes to another target. t_ns is not before the last change. */
void voltage_aim(struct voltage *voltage, int64_t t_ns, int64_t target_mv, int64_t slope_mv_s);

/*
 * The first instant after or at the last change at which it is at least `mv` when it rises, or below `mv` when it falls
 * (as `rising` says); INSTANT_NEVER where it goes elsewhere.
 */
int64_t voltage_crosses(const struct voltage *voltage, int64_t mv, int rising);

#endif
