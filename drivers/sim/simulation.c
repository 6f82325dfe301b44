/* The row that main hands to the commands: a world is made from its files, and these are its instruments. */

#include "drivers/sim/simulation.h"

#include "drivers/sim/sim_instrument.h"
#include "drivers/sim/world_build.h"

static struct world *make(const struct world_settings *settings, struct problems *problems, struct error *error)
{
	struct world *world = world_allocate(settings);
	bool good;

	if (!world) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory for a world");
		return NULL;
	}
	world_file_init(&world->file);
	good = !settings->file || world_file_load(&world->file, settings->file, settings->bench, problems);
	if (!good || !world_build(world, problems, error)) {
		world_free(world);
		return NULL;
	}
	world_start(world);
	return world;
}

static int64_t begins_utc_us(const struct world *world)
{
	return world->plant_settings.utc_us_at_zero;
}

static uint64_t seed(const struct world *world)
{
	return world->plant_settings.seed;
}

static int64_t next(const struct world *world)
{
	return world->next_ns;
}

static const struct driver sim_drivers[] = {
	{DRIVER_GPIO, "gpio", "lines of a simulated chip", NULL, sim_gpio_start},
	{DRIVER_MODBUS, "modbus", "supplies and relays on a simulated line", NULL, sim_modbus_start},
	{DRIVER_CONSOLE, "console", "a simulated device's console", NULL, sim_stream_start},
	{DRIVER_LOADER, "loader", "a simulated meter's loader", NULL, sim_stream_start},
	{.name = NULL},
};

const struct simulation simulated_bench = {sim_drivers, make, world_free, begins_utc_us, seed, next, world_step, world_end};
