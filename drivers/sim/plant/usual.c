/* One set of numbers for the wire, the simulated bench and the tests. */

#include "drivers/sim/plant/usual.h"

#include "rig/base/instant.h"

struct relay_settings relay_usual(void)
{
	return (struct relay_settings){.close_ns = 7 * NS_PER_MS, .open_ns = 5 * NS_PER_MS};
}

struct supply_settings supply_usual(void)
{
	return (struct supply_settings){.ovp_mv = 62000, .ocp_ma = 6200, .amps_ma = 6000};
}

struct plant_slot_settings plant_slot_usual(void)
{
	return (struct plant_slot_settings){
		.mains = {PLANT_NONE, 0}, .contactor = {PLANT_NONE, 0}, .group = PLANT_NONE, .feed = {PLANT_NONE, 0}, .supply = PLANT_NONE, .nominal_mv = 12000,
		.v_down_mv = 9500, .v_up_mv = 10500, .load_ma = 300, .hub_guid = "00-DB-12-34-56-78-90-A5",
		.meter = {.hold_up_ns = 20 * NS_PER_MS, .boot_ns = 30 * NS_PER_S, .verify_ns = 2 * NS_PER_S, .restart_ns = 30 * NS_PER_S,
			  .float_level = 1, .version = "0002012F"},
		.hub = {.threshold_ns = 180 * NS_PER_S, .store_ns = 300 * NS_PER_S, .recharge_ns = 60 * NS_PER_S,
			.latency_ns = {NS_PER_S, 5 * NS_PER_S}, .boot_ns = 20 * NS_PER_S, .wake_ns = 2 * NS_PER_S},
	};
}
