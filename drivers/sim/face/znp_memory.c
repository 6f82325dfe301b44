/* A table of items, searched from the front. */

#include "drivers/sim/face/znp_memory.h"

#include <string.h>

static struct znp_memory_item *find(struct znp_memory *memory, uint8_t system, uint16_t id, uint16_t sub)
{
	int i;

	for (i = 0; i < ZNP_ITEMS_MAX; i++) {
		struct znp_memory_item *item = &memory->items[i];

		if (item->size > 0 && item->system == system && item->id == id && item->sub == sub)
			return item;
	}
	return NULL;
}

const struct znp_memory_item *znp_memory_find(const struct znp_memory *memory, uint8_t system, uint16_t id, uint16_t sub)
{
	return find((struct znp_memory *)memory, system, id, sub);
}

enum znp_memory_status znp_memory_make(struct znp_memory *memory, uint8_t system, uint16_t id, uint16_t sub, size_t size, const uint8_t *bytes,
				       size_t bytes_size)
{
	int i;

	if (find(memory, system, id, sub))
		return ZNP_MEMORY_DONE;
	if (size == 0 || size > ZNP_ITEM_MAX || bytes_size > size)
		return ZNP_MEMORY_FULL;
	for (i = 0; i < ZNP_ITEMS_MAX && memory->items[i].size > 0; i++)
		;
	if (i == ZNP_ITEMS_MAX)
		return ZNP_MEMORY_FULL;
	memory->items[i] = (struct znp_memory_item){.system = system, .id = id, .sub = sub, .size = (uint16_t)size};
	if (bytes_size > 0)
		memcpy(memory->items[i].bytes, bytes, bytes_size);
	return ZNP_MEMORY_MADE;
}

enum znp_memory_status znp_memory_write(struct znp_memory *memory, uint8_t system, uint16_t id, uint16_t sub, size_t offset,
					const uint8_t *bytes, size_t size)
{
	struct znp_memory_item *item = find(memory, system, id, sub);

	if (!item || offset > item->size || size > item->size - offset)
		return ZNP_MEMORY_INVALID;
	if (size > 0)
		memcpy(item->bytes + offset, bytes, size);
	return ZNP_MEMORY_DONE;
}

enum znp_memory_status znp_memory_delete(struct znp_memory *memory, uint8_t system, uint16_t id, uint16_t sub)
{
	struct znp_memory_item *item = find(memory, system, id, sub);

	if (!item)
		return ZNP_MEMORY_MADE; /* "not initialised" is the same number */
	item->size = 0;
	return ZNP_MEMORY_DONE;
}

void znp_memory_set(struct znp_memory *memory, uint16_t id, const void *bytes, size_t size)
{
	(void)znp_memory_delete(memory, 0, id, 0);
	(void)znp_memory_make(memory, 0, id, 0, size, bytes, size);
}
