#ifndef HILRIG_DRIVERS_ZIGBEE_MT_H
#define HILRIG_DRIVERS_ZIGBEE_MT_H

/*
 * Frames of TI's Monitor and Test API over a UART (SWRA198 section 2; facts/ota.md 1.1): SOF 0xFE, a length, two command bytes, data,
 * and their exclusive or. Nothing is escaped: 0xFE may stand inside, so a wrong frame costs its first byte only, and the next SOF may
 * be one that stood in it. Nothing is repeated on this layer either.
 */

#include "rig/base/instant.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MT_SOF 0xFE
#define MT_DATA_MAX 250
#define MT_FRAME_MAX (MT_DATA_MAX + 5)
#define MT_GAP_NS (100 * NS_PER_MS)  /* a frame whose bytes stop for so long is none: at 115200 one takes 22 ms */

enum mt_type { MT_POLL, MT_SREQ, MT_AREQ, MT_SRSP };

enum mt_subsystem { MT_RPC_ERROR = 0, MT_SYS = 1, MT_AF = 4, MT_ZDO = 5, MT_SAPI = 6, MT_UTIL = 7, MT_APP_CNF = 0x0F };

/* Type and subsystem are the first command byte, `type << 5 | subsystem`; the command is the second. */
struct mt_frame {
	uint8_t type, subsystem, command;
	uint8_t size;
	uint8_t data[MT_DATA_MAX];
};

/* As one number, to compare and switch by: 0x2101 is SYS_PING's. */
static inline uint16_t mt_code(const struct mt_frame *frame)
{
	return (uint16_t)(frame->type << 13 | frame->subsystem << 8 | frame->command);
}

size_t mt_put(const struct mt_frame *frame, uint8_t bytes[MT_FRAME_MAX]);

enum mt_got { MT_DONE, MT_MORE, MT_BAD };

/* Looks at the front of `bytes`; *used of them are done with. BAD: they are no frame, or noise before one. */
enum mt_got mt_get(struct mt_frame *frame, const uint8_t *bytes, size_t size, size_t *used);

/* Frames out of a stream, cut anywhere. */
struct mt_reader {
	uint8_t bytes[2 * MT_FRAME_MAX];
	size_t size;
	int64_t last_ns;      /* of the last bytes */
	int64_t noise_bytes;  /* dropped so far */
};

/* Takes what there is room for, and gives how much; all of it once no frame is left to take. */
size_t mt_reader_add(struct mt_reader *reader, int64_t t_ns, const uint8_t *bytes, size_t size);
bool mt_reader_take(struct mt_reader *reader, int64_t t_ns, struct mt_frame *frame);

/* When half a frame has waited long enough; INSTANT_NEVER: none waits. */
int64_t mt_reader_deadline(const struct mt_reader *reader);

#endif
