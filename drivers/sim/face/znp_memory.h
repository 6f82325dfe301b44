#ifndef HILRIG_DRIVERS_SIM_FACE_ZNP_MEMORY_H
#define HILRIG_DRIVERS_SIM_FACE_ZNP_MEMORY_H

/*
 * A dongle's non-volatile memory: items by number, and with system and sub-number as the tables of Z-Stack 3.x.0 have them (system 0
 * and sub 0: an item of the older kind). Statuses are Z-Stack's. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZNP_ITEMS_MAX 128
#define ZNP_ITEM_MAX 512             /* bytes of one */

enum znp_memory_status { ZNP_MEMORY_DONE = 0x00, ZNP_MEMORY_FAILED = 0x01, ZNP_MEMORY_INVALID = 0x02, ZNP_MEMORY_MADE = 0x09,
			 ZNP_MEMORY_FULL = 0x0A, ZNP_MEMORY_BAD_LENGTH = 0x0C };

/* Items that mean something to the dongle itself (facts/ota.md 1.5). */
enum znp_item { ZNP_ITEM_STARTUP = 0x0003, ZNP_ITEM_NIB = 0x0021, ZNP_ITEM_EXTENDED_PAN = 0x002D, ZNP_ITEM_ACTIVE_KEY = 0x003A,
		ZNP_ITEM_OTHER_KEY = 0x003B, ZNP_ITEM_CONFIGURED_3 = 0x0060, ZNP_ITEM_KEY = 0x0062, ZNP_ITEM_KEY_ENABLE = 0x0063,
		ZNP_ITEM_NETWORK_KEY = 0x0082, ZNP_ITEM_PAN = 0x0083, ZNP_ITEM_CHANNELS = 0x0084, ZNP_ITEM_TYPE = 0x0087,
		ZNP_ITEM_CONFIGURED_1 = 0x0F00 };

struct znp_memory_item {
	uint8_t system;
	uint16_t id, sub;
	uint16_t size;               /* 0: there is none */
	uint8_t bytes[ZNP_ITEM_MAX];
};

struct znp_memory {
	struct znp_memory_item items[ZNP_ITEMS_MAX];
};

/* NULL: there is none. */
const struct znp_memory_item *znp_memory_find(const struct znp_memory *memory, uint8_t system, uint16_t id, uint16_t sub);

/* MADE: it is new, and begins with `bytes`, then zeros. DONE: it was there, and stays as it is. */
enum znp_memory_status znp_memory_make(struct znp_memory *memory, uint8_t system, uint16_t id, uint16_t sub, size_t size, const uint8_t *bytes,
				       size_t bytes_size);
enum znp_memory_status znp_memory_write(struct znp_memory *memory, uint8_t system, uint16_t id, uint16_t sub, size_t offset,
					const uint8_t *bytes, size_t size);
enum znp_memory_status znp_memory_delete(struct znp_memory *memory, uint8_t system, uint16_t id, uint16_t sub);

/* An item of the older kind, whole: made or replaced, where there is room. */
void znp_memory_set(struct znp_memory *memory, uint16_t id, const void *bytes, size_t size);

#endif
