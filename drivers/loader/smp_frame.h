#ifndef HILRIG_DRIVERS_LOADER_SMP_FRAME_H
#define HILRIG_DRIVERS_LOADER_SMP_FRAME_H

/*
 * SMP packets on a console, as MCUmgr frames them. A packet, with its length in front and its CRC behind, is cut into pieces
 * that fit into lines of at most SMP_LINE_MAX bytes; the first begins with 06 09, those that follow with 04 14, and each is
 * base64 and ends with a line feed:
 *
 *     06 09 base64( length 2 | packet | CRC 2 ) 0A        length = packet + 2; both high byte first
 *
 * The CRC is XMODEM's, over the packet alone. What is on the line between such lines is the console's own text, and is not
 * looked at.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SMP_PACKET_MAX 1024                  /* longest that is sent or taken */
#define SMP_LINE_MAX 127
#define SMP_LINE_RAW ((SMP_LINE_MAX - 3) / 4 * 3)
#define SMP_LINES_MAX ((SMP_PACKET_MAX + 4 + SMP_LINE_RAW - 1) / SMP_LINE_RAW)
#define SMP_FRAME_MAX (SMP_LINES_MAX * SMP_LINE_MAX)

/* Writes the lines of a packet of 1 to SMP_PACKET_MAX bytes into `bytes`, which has room for SMP_FRAME_MAX. Returns how many. */
size_t smp_frame_put(uint8_t *bytes, const uint8_t *packet, size_t size);

/* Collects a packet from bytes as they come; zero at first. */
struct smp_frame {
	uint8_t packet[SMP_PACKET_MAX + 4];  /* with the length in front while it comes */
	size_t size;                         /* of what has come */
	bool begun;                          /* a first line was there */
	/* Private: the line under way. */
	char line[SMP_LINE_MAX];
	size_t line_size;
	uint8_t before;                      /* the byte before; a mark is two */
	bool in_line;
};

/* Takes one byte. True when it completed a good packet, which is then at smp_frame_packet(). */
bool smp_frame_take(struct smp_frame *frame, uint8_t byte);
const uint8_t *smp_frame_packet(const struct smp_frame *frame, size_t *size);

#endif
