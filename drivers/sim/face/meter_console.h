#ifndef HILRIG_DRIVERS_SIM_FACE_METER_CONSOLE_H
#define HILRIG_DRIVERS_SIM_FACE_METER_CONSOLE_H

/*
 * A meter's console with its serial loader.
 *
 * With LOADER_SMP it is an MCUmgr server (smp_meter.h) and knows no commands; of what it says in words, nothing is an answer.
 * Its images have the SHA-256 of their file as hash. Else:
 *
 * Commands end with CR or LF, or with what they are: "upgrade" receives an image by XMODEM or YMODEM, "activate" activates it,
 * "version" says what runs. Other commands may have replies; one of them may be the empty command, a line's end alone.
 * Answers are the plant's words ("image ok 00020130", "image bad", "activating 00020130", "activation refused",
 * "fw 0002012F"), and "?" for anything else. A meter that is dead, restarting or locked up hears nothing, and one that dies
 * in a transfer is found with the old version.
 *
 * An image is an OTA file as ZigBee's (domain.md 5): magic 0x0BEEF11E, file version, total size. What follows the total
 * size is the padding of the last block. One that is shorter than it says, begins with something else or has another
 * digest than `digest` (64 hex; empty: any) is bad. The version that it brings is its file version as 8 hex digits.
 */

#include "drivers/loader/ymodem_receive.h"
#include "drivers/sim/face/smp_meter.h"
#include "drivers/sim/plant/plant.h"
#include "rig/base/sha256.h"
#include "rig/bench/bench.h"

#define METER_IMAGE_MAX (1024 * 1024)
#define METER_COMMAND_MAX 64
#define METER_REPLIES_MAX 12

struct meter_console {
	struct plant *plant;
	int slot;
	/* Where what it says goes, at once and whole; how long it is on the line is the carrier's business. */
	void (*say)(void *self, int slot, const void *bytes, size_t size);
	void (*print)(void *self, int slot, const char *text);  /* a line; NULL: said as it is */
	void (*arrived)(void *self, int slot, uint8_t *image, size_t size); /* before it is checked; NULL: nobody looks */
	void *self;
	enum loader_protocol protocol;
	char upgrade[METER_COMMAND_MAX], activate[METER_COMMAND_MAX], version[METER_COMMAND_MAX]; /* commands; "": those named above */
	struct meter_reply {
		char command[METER_COMMAND_MAX];
		const char *says;      /* a literal, printed like the plant's words */
	} replies[METER_REPLIES_MAX];
	int reply_count;
	char digest[SHA256_HEX_SIZE];  /* wanted; empty: any */
	char received[SHA256_HEX_SIZE];/* of the last image, without padding; empty: none was complete */
	/* Private. */
	struct sha256 *sha256;
	uint8_t *image;                /* METER_IMAGE_MAX */
	char command[METER_COMMAND_MAX];
	size_t command_size;
	bool receiving;
	struct xmodem_receive xmodem;
	struct ymodem_receive ymodem;
	struct smp_meter smp;
	size_t image_size;             /* SMP: of the image that waits */
	struct session session;
	const size_t *used, *size;     /* the session's: of the last bytes, and received */
	int64_t session_ns;            /* its deadline */
};

/* `console` is zero but for plant, slot, say, print, self, protocol, digest, commands and replies. FAULT_ENVIRONMENT: no memory. */
MUST_USE bool meter_console_init(struct meter_console *console, struct error *error);
void meter_console_done(struct meter_console *console);

/* Bytes that have arrived; none: time passes. A meter that does not listen forgets what it was in the middle of. */
void meter_console_step(struct meter_console *console, int64_t t_ns, const uint8_t *bytes, size_t size);

/* Its meter has died or restarted: whatever it was in the middle of is gone. */
void meter_console_forget(struct meter_console *console);
int64_t meter_console_next(const struct meter_console *console);
void meter_console_print(struct meter_console *console, const char *text);

#endif
