#ifndef HILRIG_DRIVERS_LOADER_YMODEM_RECEIVE_H
#define HILRIG_DRIVERS_LOADER_YMODEM_RECEIVE_H

/*
 * The other end of drivers/loader/ymodem.h: receives a batch of one file by YMODEM. The rig never receives; the simulated
 * meter and the tests do. The file is exactly as long as its block 0 says.
 *
 * The empty block 0 at the end is waited for as long as YMODEM_FAREWELL_NS; the file is complete without it. A second file
 * is refused.
 *
 * Errors are those of xmodem_receive.h; FAULT_RIG as well for a block 0 without a name or a size, and a file that has less
 * bytes than it said.
 */

#include "drivers/loader/xmodem_receive.h"
#include "drivers/loader/ymodem.h"

struct ymodem_receive {
	uint8_t *image;         /* the caller's */
	size_t room;
	size_t size;            /* of the file, once block 0 was there */
	char name[YMODEM_NAME_SIZE];  /* what fits of it */
	int64_t changed_s;      /* 0: not said */
	size_t used;            /* of the last event's bytes */
	int64_t start_ns;       /* longest wait for block 0 */
	/* Private. */
	enum ymodem_stage stage;
	uint8_t header[XMODEM_BLOCK_MAX];
	struct xmodem_receive receive;
	struct chain_part part;
	bool wrong;             /* what block 0 said, or what came of it */
	int64_t farewell_ns;
};

/* `room` holds the file and what fills up its last block. */
void ymodem_receive_init(struct ymodem_receive *receive, uint8_t *image, size_t room, int64_t start_ns);
struct session ymodem_receive_session(struct ymodem_receive *receive);

#endif
