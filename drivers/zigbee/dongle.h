#ifndef HILRIG_DRIVERS_ZIGBEE_DONGLE_H
#define HILRIG_DRIVERS_ZIGBEE_DONGLE_H

/*
 * A ZigBee dongle with the upgrades of the slots that go through it, joined as one machine without I/O: what drivers/stream.h is for a
 * serial port. The ZNP host (znp.h) finds the meters and carries messages, the OTA server (ota_server.h) answers them, and what both
 * tell becomes what an upgrade says (rig/bench/driver.h).
 *
 * An upgrade's tasks, one at a time in each slot:
 *   ASK_VERSION   the device is asked which image is its own: an Image Notify, whereupon it queries, and a read of CurrentFileVersion;
 *                 whichever is answered first
 *   ASK_TRANSFER  the image is offered, and the device notified until it asks; phases enter, transfer, verify; done when it was told to hold it
 *   ASK_ACTIVATE  it is released, once, at once or not at all: sent when the dongle has been told, accepted when the device has acknowledged
 * Each says SAID_FAILED after its own time without a word of the device; the engine bounds the whole.
 *
 * The carrier is a port or a simulated line. After each call it looks at `znp.unsent`, sends it, and says so with dongle_sent. Nothing is
 * allocated after dongle_init. Instants are of the carrier's monotonic base.
 */

#include "drivers/zigbee/ota_server.h"
#include "drivers/zigbee/znp.h"
#include "rig/bench/driver.h"

#define DONGLE_HA_ENDPOINT 1
#define DONGLE_SE_ENDPOINT 6
#define DONGLE_AT_ONCE 8                          /* devices that are served at once, unless the bench file says otherwise */
#define DONGLE_NOTIFY_NS (20 * NS_PER_S)          /* so often a device that does not ask is told to */
#define DONGLE_NUDGE_NS (60 * NS_PER_S)           /* ... and one that stops asking: its last word may have got lost, and it rests */
#define DONGLE_VERSION_NS (30 * NS_PER_S)         /* for an answer to ASK_VERSION; the engine asks again */
#define DONGLE_SILENT_NS (10 * NS_PER_MIN)        /* without a word in a transfer: it has failed */
#define DONGLE_GOES 3                             /* of one transfer, when a device gives up because it was not reached */
#define DONGLE_JOIN_S 180                         /* joining is allowed so long, again and again while a meter is missing */

enum dongle_task { DONGLE_IDLE, DONGLE_VERSION, DONGLE_TRANSFER, DONGLE_ACTIVATE };

struct dongle_slot {
	int slot;                                 /* of the bench */
	uint64_t node;                            /* its meter's EUI-64 */
	int device;                               /* of the server */
	bool here;                                /* it was heard of since the dongle came up */
	uint8_t endpoint;                         /* of its OTA client; 0: not known */
	uint8_t own_endpoint;                     /* of ours, by its profile */
	enum dongle_task task;
	enum phase phase;
	bool was_activated;
	bool asked;                               /* for its version, over the air, whether it was heard or not */
	bool unreached;                           /* since its last block the dongle was away, or could not deliver an answer */
	int goes_left;                            /* of an image, without getting further: for a device that gave up while it was not reached */
	int images_left;                          /* for one that has it, and not whole */
	int64_t furthest;                         /* bytes of the image that it has had at once */
	int64_t image_faults, block_faults;       /* znp_line_faults when this image began, and at the last block */
	bool resumed;                             /* it may have been given all of the image in an earlier life of this run */
	struct upgrade_told told;
	int64_t due_ns;                           /* when it is to be asked again; INSTANT_NEVER */
	int64_t silent_ns;                        /* when its task has failed without a word of it */
};

struct dongle {
	const struct instrument_listener *listener;
	char name[INSTRUMENT_NAME_SIZE];
	const struct bench_instrument *settings;
	struct znp_settings znp_settings;
	struct ota_offer offer;
	bool has_offer;
	bool up;
	char why[120];                            /* what it is, or why it is not up */
	int64_t join_ns;                          /* when joining is allowed again; INSTANT_NEVER: not needed */
	bool wants_lines, dtr, rts;               /* for the carrier; it clears wants_lines */
	uint8_t sequence;
	int slot_count;
	struct dongle_slot slots[OTA_DEVICES_MAX];
	struct ota_server server;
	struct znp znp;
	uint8_t heard[ZNP_HEARD_MAX];      /* not logged yet */
	size_t heard_size;
	int64_t heard_ns;
};

/*
 * For an instrument of the bench. `random` is for a network that has to be made: its key and its identity. FAULT_CONFIGURATION: no meter
 * of a slot is known, or the image is no ZigBee OTA image.
 */
MUST_USE bool dongle_init(struct dongle *dongle, const struct driver_start *start, int instrument, const uint8_t random[32], struct error *error);

void dongle_opened(struct dongle *dongle, int64_t now_ns);
void dongle_lost(struct dongle *dongle, int64_t now_ns);

/*
 * At most ZNP_HEARD_MAX bytes. They are kept until the first of what they made be sent is on its way: the log wakes its writer, and an
 * answer shall not wait for that. dongle_sent logs them before what was sent; where nothing was, the carrier says dongle_log_heard.
 */
void dongle_heard(struct dongle *dongle, int64_t now_ns, const uint8_t *bytes, size_t size);
void dongle_log_heard(struct dongle *dongle);
void dongle_sent(struct dongle *dongle, int64_t now_ns, size_t size);

void dongle_ask(struct dongle *dongle, int slot, enum upgrade_ask ask, int64_t now_ns);
int64_t dongle_deadline(const struct dongle *dongle);
void dongle_tick(struct dongle *dongle, int64_t now_ns);

#endif
