/* Levels of arm, e-stop, door, temperature and lab feed become "good" and "bad"; the arm has rules of its own. */

#include "rig/run/safety.h"

#include <string.h>

void safety_init(struct safety *safety, const struct bench *bench, void (*tell)(void *, enum safety_input, bool, int64_t),
		 void *self)
{
	*safety = (struct safety){.bench = bench, .tell = tell, .self = self, .armed_since_ns = -1};
	memset(safety->told, -1, sizeof safety->told);
}

const struct bench_input *safety_bench_input(const struct bench *bench, enum safety_input input)
{
	switch (input) {
	case SAFETY_ARM:
		return &bench->arm;
	case SAFETY_ESTOP:
		return &bench->estop;
	case SAFETY_DOOR:
		return &bench->door;
	case SAFETY_LAB_POWER:
		return &bench->lab_feed;
	case SAFETY_TEMPERATURE:
		break;
	}
	return &bench->temperature;
}

static void tell(struct safety *safety, enum safety_input input, bool ok, int64_t t_ns)
{
	if (safety->told[input] == (ok ? 1 : 0))
		return;
	safety->told[input] = ok ? 1 : 0;
	safety->tell(safety->self, input, ok, t_ns);
}

static void take_arm(struct safety *safety, int level, int64_t t_ns)
{
	if (level == 0) {
		safety->fresh_arm_wanted = safety->arm_timed_out = false;
		safety->armed_since_ns = -1;
		tell(safety, SAFETY_ARM, false, t_ns);
		return;
	}
	if (safety->fresh_arm_wanted || safety->arm_timed_out)
		return;
	if (safety->armed_since_ns < 0)
		safety->armed_since_ns = t_ns;
	tell(safety, SAFETY_ARM, true, t_ns);
}

bool safety_take(struct safety *safety, int channel, int level, int64_t t_ns)
{
	int input;

	for (input = 0; input < SAFETY_INPUTS; input++)
		if (safety_bench_input(safety->bench, (enum safety_input)input)->channel == channel)
			break;
	if (input == SAFETY_INPUTS)
		return false;
	if (input == SAFETY_ARM) {
		take_arm(safety, level, t_ns);
		return true;
	}
	tell(safety, (enum safety_input)input, level == 1, t_ns);
	if (level == 1)
		return true;
	safety->fresh_arm_wanted = true;
	safety->armed_since_ns = -1;
	if (safety->bench->arm.channel >= 0)
		tell(safety, SAFETY_ARM, false, t_ns);
	return true;
}

void safety_tick(struct safety *safety, int64_t t_ns)
{
	if (safety->armed_since_ns < 0 || safety->bench->arm.limit_ns <= 0 ||
	    t_ns - safety->armed_since_ns <= safety->bench->arm.limit_ns)
		return;
	safety->arm_timed_out = true;
	tell(safety, SAFETY_ARM, false, t_ns);
}
