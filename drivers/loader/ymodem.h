#ifndef HILRIG_DRIVERS_LOADER_YMODEM_H
#define HILRIG_DRIVERS_LOADER_YMODEM_H

/*
 * Sends an image by YMODEM (Forsberg 1988), a batch of one file, as a session. It is XMODEM three times over: block 0 with
 * the file's name, size and time; the file itself (drivers/loader/xmodem.h, whose tries and waits these are); and an empty
 * block 0 that ends the batch. The receiver asks for each with 'C'. It knows the size and drops what fills up the last block.
 *
 * The file is the device's once its EOT was acknowledged. The empty block that follows is a courtesy: a device which has
 * gone on to look at its image may not ask for it any more, so after YMODEM_FAREWELL_NS of it the session is done without.
 *
 * Errors are those of xmodem.h.
 */

#include "drivers/loader/chain.h"
#include "drivers/loader/xmodem.h"

#define YMODEM_NAME_SIZE 64                   /* so that block 0 is one of 128 bytes */
#define YMODEM_FAREWELL_NS (15 * NS_PER_S)    /* one XMODEM_ANSWER_NS and some */

struct ymodem_settings {
	const char *name;       /* of the file, 1 to YMODEM_NAME_SIZE - 1 characters, no path; borrowed */
	int64_t changed_s;      /* seconds of UTC since 1970; 0: not known */
	struct xmodem_settings file;
};

enum ymodem_stage { YMODEM_HEADER, YMODEM_FILE, YMODEM_FAREWELL };

struct ymodem {
	struct ymodem_settings settings;
	enum ymodem_stage stage;
	size_t used;            /* of the last event's bytes; when done, the rest belongs to whoever comes next */
	/* Private. */
	uint8_t header[128];
	struct xmodem xmodem;
	struct chain_part part;
	int64_t farewell_ns;    /* then it has lasted too long */
};

void ymodem_init(struct ymodem *ymodem, const struct ymodem_settings *settings);
struct session ymodem_session(struct ymodem *ymodem);

#endif
