#ifndef HILRIG_DRIVERS_LOADER_XMODEM_RECEIVE_H
#define HILRIG_DRIVERS_LOADER_XMODEM_RECEIVE_H

/*
 * The other end of drivers/loader/xmodem.h: receives an image by XMODEM with CRC, blocks of either size in any order. The
 * rig never receives; the simulated meter and the tests do.
 *
 * It sends 'C' at the start and every XMODEM_INVITE_NS until the first block. A block that is wrong in any way is answered
 * by NAK once the line has been quiet for XMODEM_QUIET_NS; the block before, come again, by ACK and not stored; any other
 * number ends it, since the ends are out of step for good. The first EOT is answered by NAK, since noise can look like one,
 * and the second by ACK. What comes after in the same event is left to the caller (`used`).
 *
 * The length of the image is not known to the protocol: `size` is a whole number of blocks, with SUB bytes at the end.
 *
 * Errors: FAULT_RIG for silence, a full buffer, a cancel by the sender and ends out of step.
 */

#include "drivers/loader/xmodem.h"

#define XMODEM_INVITE_NS (3 * NS_PER_S)
#define XMODEM_QUIET_NS (1 * NS_PER_S)  /* also the longest pause within a block */

/*
 * What is received. The parts of a YMODEM batch know what came before them, which comes again if its ACK was lost: before
 * the file block 0, before the farewell an EOT. Both block 0 are done as soon as they are there.
 */
enum xmodem_part { XMODEM_ALONE, XMODEM_BLOCK_ZERO, XMODEM_FILE, XMODEM_FAREWELL };

struct xmodem_receive {
	uint8_t *image;         /* the caller's */
	size_t room;
	size_t size;            /* received so far */
	size_t used;            /* of the last event's bytes */
	int64_t start_ns;       /* longest wait for the first block */
	enum xmodem_part part;  /* set after init */
	/* Private. */
	uint8_t frame[XMODEM_FRAME_MAX];
	size_t frame_size;
	uint8_t number;         /* expected next */
	int tries;
	bool begun;             /* a block was taken */
	bool refusing;          /* a bad block: waiting for quiet */
	bool cancel_seen;
	bool end_seen;
	int64_t deadline_ns;
	int64_t give_up_ns;
};

void xmodem_receive_init(struct xmodem_receive *receive, uint8_t *image, size_t room, int64_t start_ns);
struct session xmodem_receive_session(struct xmodem_receive *receive);

#endif
