/* The row that main hands to the commands: a world is made from its files, and these are its instruments. */

#include "drivers/sim/simulation.h"

#include "drivers/sim/sim_instrument.h"
#include "drivers/sim/world_build.h"

static struct world *make(const struct world_settings *settings, struct problems *problems, struct error *error)
{
	struct world *world = world_allocate(settings);
	bool good = true;

	if (!world) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory for a world");
		return NULL;
	}
	if (settings->text)
		good = world_file_parse(&world->file, settings->file, settings->text, settings->text_size, settings->bench, problems);
	else if (settings->file)
		good = world_file_load(&world->file, settings->file, settings->bench, problems);
	else
		world_file_init(&world->file);
	if (!good || !world_build(world, problems, error)) {
		world_free(world);
		return NULL;
	}
	world_start(world);
	return world;
}

#define STEERED_NS 1000             /* a clock that gains or loses up to so much in a second passes for one that is steered */

/* How much of a slew has passed. */
static int64_t slewed_us(const struct sim_fault *slew, int64_t t_ns)
{
	int64_t by_us = slew->by_ns / NS_PER_US, for_us = slew->for_ns / NS_PER_US, passed_us = (t_ns - slew->at_ns) / NS_PER_US;

	return passed_us >= for_us ? by_us : (int64_t)((double)by_us * (double)passed_us / (double)for_us);
}

/* The devices have clocks of their own; a step of the host's is nobody else's. A host that slept has its wall clock from its battery. */
static int64_t utc_us(const struct world *world, int64_t t_ns)
{
	int64_t now_us = world->plant_settings.utc_us_at_zero + (t_ns + world->asleep_ns) / NS_PER_US;
	int i;

	for (i = 0; i < world->file.faults.count; i++) {
		const struct sim_fault *step = &world->file.faults.list[i];

		if (step->kind == FAULTY_CLOCK_STEP && t_ns >= step->at_ns)
			now_us += step->back ? -step->by_ns / NS_PER_US : step->by_ns / NS_PER_US;
		else if (step->kind == FAULTY_CLOCK_SLEW && t_ns >= step->at_ns)
			now_us += step->back ? -slewed_us(step, t_ns) : slewed_us(step, t_ns);
	}
	return now_us;
}

static void host_clock(const struct world *world, int64_t t_ns, struct world_clock *clock)
{
	(void)t_ns;
	*clock = (struct world_clock){.locked = world->gains_ns >= -STEERED_NS && world->gains_ns <= STEERED_NS, .suspended_ns = world->asleep_ns};
}

static uint64_t seed(const struct world *world)
{
	return world->plant_settings.seed;
}

static int64_t next(const struct world *world)
{
	return world->next_ns;
}

static bool fault(struct world *world, int index, struct world_fault *to)
{
	struct sim_fault *from = index < world->file.faults.count ? &world->file.faults.list[index] : NULL;

	if (!from)
		return false;
	*to = (struct world_fault){sim_fault_name(from->kind), (int)from->kind, from->slot, from->with, from->at_ns, from->for_ns, from->by_ns, from->back, &from->fired};
	return true;
}

static const char *name_of_fault(int number)
{
	return number < SIM_FAULT_KIND_COUNT ? sim_fault_name((enum sim_fault_kind)number) : NULL;
}

static struct instrument *start_loader(const struct driver_start *start, int instrument, struct error *error)
{
	if (start->bench->instruments[instrument].loader->protocol == LOADER_TOOL)
		return sim_tool_start(start, instrument, error);
	return sim_stream_start(start, instrument, error);
}

static const struct driver sim_drivers[] = {
	{DRIVER_GPIO, "gpio", "lines of a simulated chip", NULL, NULL, sim_gpio_start},
	{DRIVER_MODBUS, "modbus", "supplies and relays on a simulated line", NULL, NULL, sim_modbus_start},
	{DRIVER_CONSOLE, "console", "a simulated device's console", NULL, NULL, sim_stream_start},
	{DRIVER_LOADER, "loader", "a simulated meter's loader", NULL, NULL, start_loader},
	{DRIVER_ZIGBEE, "zigbee", "a simulated dongle, and meters on the air", NULL, NULL, sim_zigbee_start},
	{.name = NULL},
};

const struct simulation simulated_bench = {sim_drivers, make, world_free, utc_us, host_clock, world_true_ns, seed, next, world_step, world_end, fault, world_file_bench, name_of_fault};
