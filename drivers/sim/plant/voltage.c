/* A straight line that ends at its target. */

#include "drivers/sim/plant/voltage.h"

#include "rig/base/instant.h"

/* Durations beyond this are of no interest: from 0 to 60 V at 1 mV/s is 60,000 s. */
#define SLOPE_NS_MAX (100000 * NS_PER_S)

static int64_t distance(const struct voltage *voltage)
{
	int64_t way = voltage->target_mv - voltage->from_mv;

	return way < 0 ? -way : way;
}

/* How long it takes to come `mv` far, rounded up. */
static int64_t duration_of(const struct voltage *voltage, int64_t mv)
{
	if (voltage->slope_mv_s == 0)
		return 0;
	return (mv * NS_PER_S + voltage->slope_mv_s - 1) / voltage->slope_mv_s;
}

int64_t voltage_at(const struct voltage *voltage, int64_t t_ns)
{
	int64_t elapsed_ns = t_ns - voltage->t_ns, way;

	if (voltage->slope_mv_s == 0 || elapsed_ns >= SLOPE_NS_MAX || elapsed_ns >= duration_of(voltage, distance(voltage)))
		return voltage->target_mv;
	/* In microseconds, so that 60 V over 100,000 s fit; what is finer is given back by the rest. */
	way = elapsed_ns / NS_PER_US * voltage->slope_mv_s / (NS_PER_S / NS_PER_US);
	return voltage->target_mv >= voltage->from_mv ? voltage->from_mv + way : voltage->from_mv - way;
}

void voltage_aim(struct voltage *voltage, int64_t t_ns, int64_t target_mv, int64_t slope_mv_s)
{
	int64_t now_mv = voltage_at(voltage, t_ns);

	*voltage = (struct voltage){t_ns, now_mv, target_mv, slope_mv_s};
}

int64_t voltage_crosses(const struct voltage *voltage, int64_t mv, int rising)
{
	if (rising) {
		if (voltage->target_mv < mv)
			return INSTANT_NEVER;
		return voltage->from_mv >= mv ? voltage->t_ns : voltage->t_ns + duration_of(voltage, mv - voltage->from_mv);
	}
	if (voltage->target_mv >= mv)
		return INSTANT_NEVER;
	if (voltage->from_mv < mv || voltage->slope_mv_s == 0)
		return voltage->t_ns;
	/* The first nanosecond beyond equal. */
	return voltage->t_ns + (voltage->from_mv - mv) * NS_PER_S / voltage->slope_mv_s + 1;
}
