/* The first fault that is due, once for each time that it can act. */

#include "drivers/sim/loader_fault.h"

#define MAGIC_AT 0
#define VERSION_AT 14
#define VERSION_OTHER 0x40 /* a bit of its lowest byte: no version that anybody ships */

static struct sim_fault *due(struct world *world, enum sim_fault_kind kind, int slot, int64_t t_ns)
{
	return sim_fault_due(&world->file.faults, kind, kind, world->bench_slot[slot], -1, t_ns);
}

/* It refuses blocks that it has, and asks for sums in place of a CRC; but not the end of it all, behind which nobody would ask again. */
void loader_fault_answer(struct world *world, int slot, int64_t t_ns, uint8_t *bytes, size_t size)
{
	struct sim_fault *fault = due(world, FAULTY_LOADER_NAK, slot, t_ns);

	if (!fault || size != 1 || (bytes[0] != XMODEM_ACK && bytes[0] != XMODEM_CRC) || world->slots[slot].console.xmodem.end_seen)
		return;
	bytes[0] = XMODEM_NAK;
	fault->fired++;
}

void loader_fault_reset(struct world *world, int slot, int64_t t_ns)
{
	struct sim_fault *fault = due(world, FAULTY_LOADER_RESET, slot, t_ns);
	struct plant_event reset = {.kind = PLANT_METER_RESET, .t_ns = world->plant.t_ns, .part = slot, .value = fault ? fault->for_ns : 0};

	if (!fault || ++fault->met < fault->times)
		return;
	fault->fired = fault->times;
	plant_step(&world->plant, &reset);
}

void loader_fault_image(struct world *world, int slot, int64_t t_ns, uint8_t *image, size_t size)
{
	struct sim_fault *fault = sim_fault_due(&world->file.faults, FAULTY_IMAGE_DAMAGED, FAULTY_IMAGE_ACCEPTED, world->bench_slot[slot], -1, t_ns);
	size_t at = fault && fault->kind == FAULTY_IMAGE_DAMAGED ? MAGIC_AT : VERSION_AT;

	if (!fault || size <= at)
		return;
	image[at] ^= VERSION_OTHER;
	fault->fired++;
}
