/* World files, as anybody could write them, for a bench of two slots: a refused file has problems, and one that is read keeps its bounds. */

#include "drivers/sim/world_file.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct bench_slot slots[2] = {{.name = "A"}, {.name = "B"}};
static struct bench bench = {.name = "b", .slot_count = 2, .slots = slots};
static struct world_file file;

static void assert_range(struct draw_range range)
{
	assert(range.least >= 0 && range.least <= range.most);
}

static void assert_slot(const struct world_file_slot *slot)
{
	int i;

	assert(slot->meter.dip_count >= 0 && slot->meter.dip_count <= METER_DIPS_MAX);
	for (i = 0; i < slot->meter.dip_count; i++) {
		assert(slot->meter.dips[i].offset_ns >= 0 && slot->dip_lengths[i].least > 0);
		assert_range(slot->dip_lengths[i]);
		assert(i == 0 || slot->meter.dips[i].offset_ns - slot->dip_lengths[i - 1].most > slot->meter.dips[i - 1].offset_ns);
	}
	assert_range(slot->threshold_ns);
	assert_range(slot->hub.latency_ns);
	assert(slot->hub.loss_permille >= 0 && slot->hub.loss_permille <= 1000);
	assert(slot->hub.duplicates >= 0 && slot->hub.duplicates < HUB_COPIES_MAX);
	assert(slot->gap_count >= 0 && slot->gap_count <= WORLD_GAPS_MAX);
	for (i = 0; i < slot->gap_count; i++)
		assert(slot->gaps[i].from_ns >= 0 && slot->gaps[i].from_ns < slot->gaps[i].until_ns);
	assert(slot->welds_ns >= -1);
	assert(strpbrk(slot->meter.version, "\"\\ ") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct problems problems;
	bool sound;
	int i;

	problems_init(&problems);
	sound = world_file_parse(&file, "f", (const char *)bytes, size, &bench, &problems);
	assert(sound == (problems.count == 0));
	for (i = 0; sound && i < bench.slot_count; i++)
		assert_slot(&file.slots[i]);
	assert(file.event_count <= WORLD_EVENTS_MAX);
	problems_done(&problems);
	return 0;
}
