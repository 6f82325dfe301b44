#ifndef HILRIG_DRIVERS_ZIGBEE_OTA_SERVER_H
#define HILRIG_DRIVERS_ZIGBEE_OTA_SERVER_H

/*
 * An OTA Upgrade server (cluster 0x0019, ZCL chapter 11), without I/O: a device's frame in, the answer to it out.
 *
 * **What is asked is answered from the question alone.** A block request names image, offset and length, and is answered with just
 * that, whenever it comes: early, twice, after hours, at an offset in the middle after this host or the device was restarted, while
 * the answer before is still on its way. Devices are known by their EUI-64; short addresses are the caller's affair. What the server
 * keeps of a device is for progress, for its share and for its block size, and none of it can make an answer wrong.
 *
 * **Offered, held, released.** A device is offered an image, and gets it when it asks; only then. When it has it all and says so
 * (Upgrade End), it is told to wait (GBCS: activation is another command), until it is released: at once, or in so many seconds. Times
 * are relative, with a current time of 0, for devices' own clocks are nobody's (facts/ota.md 3.2). One that asks again is told to
 * wait, after its release too, and gets no block any more then: it may have activated and gone back, and is not activated again by
 * nobody's order. An image that is not offered, or no longer, is not available; a transfer that goes on is aborted.
 *
 * **Shares.** So many devices at once have a place; another one is told to wait, and comes next before any that asked later. A place
 * is lost when its device has asked for nothing for OTA_PLACE_NS.
 *
 * **Liars** cost their own transfer only: what reaches past the end or names another image is refused; one that asks for the same
 * block OTA_REPEATS_MOST times running, or more than twenty times as often as its image has blocks, is aborted.
 *
 * Everything is sized by OTA_DEVICES_MAX; nothing is allocated. Instants are monotonic ns.
 */

#include "drivers/zigbee/zcl.h"
#include "rig/base/instant.h"

#define OTA_DEVICES_MAX 64
#define OTA_BLOCK_SAFE 50                     /* bytes: fits behind two relays with APS encryption (facts/ota.md 3.6) */
#define OTA_BLOCK_MOST 63                     /* bytes: what fits a frame of a direct neighbour without it */
#define OTA_BLOCK_LEAST 40                    /* always fits */
#define OTA_PLACE_NS (60 * NS_PER_S)
#define OTA_WAIT_S 5                          /* what a device without a place is told to wait */
#define OTA_REPEATS_MOST 100
#define OTA_FAILURES_MOST 3                   /* running, at one offset: then blocks get shorter */
#define OTA_PAGE_MOST 1024                    /* bytes; and ... */
#define OTA_SPACING_LEAST_MS 10               /* ... as the reference server has them (facts/ota.md 3.3) */

/* An image as it is served: from its header on, without what a container put around it. Borrowed. */
struct ota_offer {
	const uint8_t *bytes;
	size_t size;
	uint16_t manufacturer, type;              /* OTA_ANY_...: fits any */
	uint32_t version;
	bool has_hardware;
	uint16_t hardware_least, hardware_most;
};

/* What a device's frame has told, for whoever drives the upgrade. */
enum ota_event {
	OTA_NOTHING,
	OTA_ASKED,        /* which image of this manufacturer and type is next: `version` is what it has of it; offered, or not */
	OTA_WAITS,        /* it has asked for a block, and was told to wait for a place */
	OTA_PROGRESS,     /* `done` of `total` bytes; the first one has `first` set */
	OTA_GOES_BACK,    /* it was given a block again: it lost what it had, or begins anew */
	OTA_HOLDS,        /* it has the image, has verified it, and waits to be released */
	OTA_GAVE_UP,      /* Upgrade End with `status`: it does not take the image, or it was aborted as a liar */
	OTA_COMPLAINED    /* a Default Response with `status`: told, and no reason to stop (facts/ota.md 3.7.3) */
};

struct ota_told {
	enum ota_event event;
	bool first;
	uint8_t status;
	uint16_t manufacturer, type;
	uint32_t version;
	int64_t done, total;
};

/* A frame to send. size 0: none. */
struct ota_answer {
	int device;
	uint8_t endpoint;                         /* of the device */
	bool acknowledged;                        /* with an APS acknowledgement: not within a page */
	size_t offset;                            /* of a block, for ota_server_sent; SIZE_MAX: it is none */
	size_t size;
	uint8_t bytes[ZCL_FRAME_MAX];
};

struct ota_device {
	uint64_t node;
	const struct ota_offer *offer;            /* NULL: none */
	bool aborted;                             /* a liar, or withdrawn: what it asks is refused */
	bool holds, released;
	bool resumed;                             /* blocks may have been served to it before this host was started */
	uint8_t endpoint;                         /* that its last frame came from */
	uint8_t block_most;
	int64_t reached;                          /* all up to here was sent, from where it began; -1: nothing */
	int64_t asked_ns;                         /* last block or page; INSTANT_NEVER: never */
	int64_t waits_since_ns;                   /* without a place; INSTANT_NEVER: it does not */
	uint32_t last_offset;
	int64_t repeats, requests, blocks;
	size_t failed_offset;
	int failures;
	/* A page that is on its way. */
	int64_t page_next_ns;                     /* INSTANT_NEVER: none */
	int64_t page_spacing_ns;
	struct ota_message page;                  /* its offset moves on */
	uint8_t page_sequence;
	size_t page_end;
};

struct ota_server {
	int at_once;                              /* devices with a place */
	int device_count;
	uint8_t sequence;                         /* of frames that nobody asked for */
	const struct ota_offer *expected;
	struct ota_device devices[OTA_DEVICES_MAX];
};

void ota_server_init(struct ota_server *server, int at_once);

/* A device of the bench; `block_most` is what its profile and the dongle allow. Gives its index; -1: there is no room. */
int ota_server_add(struct ota_server *server, uint64_t node, uint8_t block_most);
int ota_server_find(const struct ota_server *server, uint64_t node);

/* From now on it may have it. `resumed`: blocks may have been served before this host was restarted. */
void ota_server_offer(struct ota_server *server, int device, const struct ota_offer *offer, bool resumed);
void ota_server_withdraw(struct ota_server *server, int device);

/*
 * In a resumed run a device may hold this one from an earlier life: it is told to wait until it is known what is wanted of it. Borrowed;
 * NULL: none.
 */
void ota_server_expect(struct ota_server *server, const struct ota_offer *offer);

/* A frame of cluster 0x0019 from a device (-1: one that is not the bench's: it is answered, and told nothing). */
void ota_server_take(struct ota_server *server, int64_t t_ns, int device, uint8_t endpoint, const uint8_t *bytes, size_t size,
		     struct ota_answer *answer, struct ota_told *told);

/* An Image Notify to one device, whereupon it asks. */
void ota_server_notify(struct ota_server *server, int device, uint8_t endpoint, struct ota_answer *answer);

/*
 * A device that holds an image is let go, in so many seconds. False: it does not hold one (where that is known: a resumed one may), or was
 * released already.
 */
bool ota_server_release(struct ota_server *server, int device, uint8_t endpoint, uint32_t in_s, struct ota_answer *answer);

/* Its release never left this host: it is told to wait again, whatever it asks. */
void ota_server_take_back(struct ota_server *server, int device);

/* What became of an answer that was a block: `delivered`, or not; then the next ones get shorter where it is the same block again. */
void ota_server_sent(struct ota_server *server, int device, size_t offset, bool delivered);

/* Blocks of pages that are due by themselves. */
int64_t ota_server_deadline(const struct ota_server *server);
bool ota_server_due(struct ota_server *server, int64_t t_ns, struct ota_answer *answer, struct ota_told *told);

#endif
