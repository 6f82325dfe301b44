#ifndef HILRIG_DRIVERS_SIM_FACE_OTA_CLIENT_H
#define HILRIG_DRIVERS_SIM_FACE_OTA_CLIENT_H

/*
 * A device's OTA Upgrade client (cluster 0x0019), without I/O: the server's frames in, the device's out, each when it is due.
 *
 * Timing and states are those of the field's reference client (facts/ota.md 3.4). It asks which image is next when it boots, when
 * it is notified, and every so often. It asks for one block at a time, or for pages. An answer that does not come within timeout_ns
 * is an error, after which it rests for back_off_ns and asks the same again; errors_most of them running end the transfer with Upgrade
 * End (ABORT). A block of another image, offset or question is passed over. WAIT_FOR_DATA is obeyed, for an hour at most; ABORT and
 * NO_IMAGE_AVAILABLE end a transfer without a word. A whole image is verified, which takes its time; then comes Upgrade End, and
 * it activates when it is told to, or holds and asks again. What it has of an image outlives a reboot, and goes on from there with a
 * block request and no query.
 *
 * The owner says what the device is, when it boots and what it runs then; it is told, as it happens, when a transfer begins or ends, when
 * an image is whole, and when it is to be activated. Oddities are those of real devices (facts/ota.md 3.7), one bit each.
 *
 * Nothing is allocated, integers only; draws come from the seed. Instants are any monotonic ns.
 */

#include "drivers/sim/plant/draw.h"
#include "drivers/zigbee/zcl.h"
#include "rig/base/instant.h"

#define OTA_CLIENT_BLOCK 63                              /* bytes asked for at once, where nothing else is said */
#define OTA_CLIENT_TIMEOUT_NS (3 * NS_PER_S)
#define OTA_CLIENT_BACK_OFF_NS (2 * NS_PER_S)
#define OTA_CLIENT_ERRORS_MOST 10
#define OTA_CLIENT_ASK_AGAIN_NS (3600 * NS_PER_S)        /* of one that holds: at most so often */
#define OTA_CLIENT_WAIT_MOST_NS (3600 * NS_PER_S)        /* whatever WAIT_FOR_DATA says */
#define OTA_CLIENT_ACTIVATE_LEAST_NS (3 * NS_PER_S)
#define OTA_CLIENT_UNANSWERED_MOST 3                     /* Upgrade End: then it may upgrade anyway, or asks as one that holds */

enum ota_client_oddity {
	OTA_CLIENT_EMPTY_OPTIONS = 1U << 0,    /* block requests announce optional fields and leave their bytes out (3.7.7) */
	OTA_CLIENT_NO_BLOCKS = 1U << 1,        /* Upgrade End as soon as an image is offered (3.7.9) */
	OTA_CLIENT_PAST_END = 1U << 2,         /* one more block request at the image's end (3.7.8) */
	OTA_CLIENT_OTHER_IMAGE = 1U << 3,      /* block requests name the version after that which was offered */
	OTA_CLIENT_REPEATS = 1U << 4,          /* from half of the image on the same block for ever */
	OTA_CLIENT_TWICE = 1U << 5,            /* each request twice, with one sequence number (3.7.2) */
	OTA_CLIENT_COMPLAINS = 1U << 6,        /* every 8th block is answered with MALFORMED_COMMAND and asked for again (3.7.3) */
	OTA_CLIENT_MOVES = 1U << 7,            /* at half of the image it comes back with a new short address (3.7.14) */
	OTA_CLIENT_NO_QUERY = 1U << 8,         /* notified, it goes on with what it has, and asks for no image first (3.4) */
	OTA_CLIENT_SHORT_END = 1U << 9,        /* an Upgrade End that is no success names no image (3.7.9) */
	OTA_CLIENT_UPGRADES_UNASKED = 1U << 10, /* after OTA_CLIENT_UNANSWERED_MOST it activates anyway (3.2) */
	OTA_CLIENT_MUTE = 1U << 11,            /* it never asks which image is next */
	OTA_CLIENT_ABORTS = 1U << 12,          /* at half of the image it gives it up, with Upgrade End (ABORT); once */
	OTA_CLIENT_EAGER = 1U << 13            /* told to wait, it activates at once */
};

struct ota_client_settings {
	uint64_t node;                         /* EUI-64 */
	uint16_t manufacturer, type;
	bool has_hardware;
	uint16_t hardware;
	bool names_node;                       /* puts its EUI-64 into block requests */
	uint8_t block;                         /* 0: OTA_CLIENT_BLOCK */
	uint16_t page_size, spacing_ms;        /* page_size 0: no pages */
	int64_t turnaround_ns;                 /* from an answer to the next question; 0 too */
	int64_t timeout_ns, back_off_ns;       /* 0: as above */
	int errors_most;                       /* 0: as above */
	struct draw_range boot_query_ns;       /* from boot to the first query */
	int64_t query_every_ns;                /* 0: only at boot and when notified */
	int64_t verify_ns;                     /* INSTANT_NEVER: its owner says when (ota_client_verified) */
	int64_t activates_late_ns;             /* beside what it is told to wait */
	unsigned oddities;
};

enum ota_client_state {
	OTA_CLIENT_OFF, OTA_CLIENT_IDLE, OTA_CLIENT_QUERIES, OTA_CLIENT_FETCHES, OTA_CLIENT_FETCHES_PAGE, OTA_CLIENT_VERIFIES, OTA_CLIENT_ENDS,
	OTA_CLIENT_HOLDS, OTA_CLIENT_COUNTS_DOWN
};

enum ota_client_event {
	OTA_CLIENT_BEGAN,        /* a transfer, anew or again */
	OTA_CLIENT_FIRST_BLOCK,  /* it has one */
	OTA_CLIENT_STOPPED,      /* a transfer that will not go on by itself: refused, aborted, or too many errors */
	OTA_CLIENT_WHOLE,        /* it has all of an image; `good`: its sizes and integrity code are right. It verifies now */
	OTA_CLIENT_ACTIVATES,    /* now; the owner reboots it with what it then runs */
	OTA_CLIENT_NEW_ADDRESS,  /* it is to come back with another short address */
	OTA_CLIENT_RELEASED      /* it has heard that it is to activate, whether or not it is going to */
};

struct ota_client {
	struct ota_client_settings settings;
	void (*tell)(void *self, int64_t t_ns, enum ota_client_event event, uint32_t version, bool good); /* NULL: nobody */
	void *self;
	uint32_t version;                      /* that it runs */
	/* Of the image that it has, or has a part of; outlives a reboot. */
	uint8_t *memory;                       /* borrowed */
	size_t memory_size;
	uint32_t image_version;
	uint32_t offset, size;                 /* of `size` bytes it has `offset`; 0: none */
	bool verified;
	/* Private. */
	struct draw draw;
	enum ota_client_state state;
	int64_t send_ns;                       /* when its next question is due; INSTANT_NEVER: none */
	int64_t answer_ns;                     /* until when an answer is waited for; INSTANT_NEVER: none is */
	int64_t then_ns;                       /* the end of verifying, holding, counting down, or the next query */
	int64_t period_ns;                     /* MinimumBlockPeriod, as the server set it */
	uint8_t sequence;
	bool again;                            /* the question that went out last goes out once more */
	uint8_t again_size, again_bytes[ZCL_FRAME_MAX];
	bool no_pages;                         /* the server has none */
	bool moved, gave_up;
	bool beyond;                           /* the question is one past the end */
	bool complained;
	uint8_t end_status;
	uint32_t page_end;
	int errors, blocks;
	unsigned acted;                        /* oddities that made a difference so far */
};

/* One that is off. `memory` holds the largest image that it takes. */
void ota_client_init(struct ota_client *client, const struct ota_client_settings *settings, uint32_t version, uint8_t *memory, size_t memory_size,
		     uint64_t seed);

/* It begins, or begins again, with what it runs now; a partial image goes on. */
void ota_client_boot(struct ota_client *client, int64_t t_ns, uint32_t version);

/* It has no power: nothing is due, and what it is sent it does not hear. */
void ota_client_off(struct ota_client *client);

/* Part of an image that it got in an earlier life. The bytes are in `memory` already. */
void ota_client_keep(struct ota_client *client, uint32_t version, uint32_t size, uint32_t offset);

/* It has lost what it had of an image, and does not know that it ever had any. */
void ota_client_forget(struct ota_client *client);

/* The end of verifying, where the owner says when; whether it is good it has found out itself, and `good` may be worse. */
void ota_client_verified(struct ota_client *client, int64_t t_ns, bool good);

/* A frame of cluster 0x0019 from the server, whole. */
void ota_client_take(struct ota_client *client, int64_t t_ns, const uint8_t *bytes, size_t size, bool broadcast);

/* When it has something to do; ota_client_due then gives the size of a frame to send, again and again until it is 0. */
int64_t ota_client_next(const struct ota_client *client);
size_t ota_client_due(struct ota_client *client, int64_t t_ns, uint8_t bytes[ZCL_FRAME_MAX]);

/* ImageUpgradeStatus, attribute 0x0006 of the cluster's client side. */
uint8_t ota_client_status(const struct ota_client *client);

/* Whether an answer is on its way that it stays awake for. */
bool ota_client_is_awake(const struct ota_client *client);

/* An image's header, sizes, elements and integrity code, as a device looks at them. */
bool ota_client_image_is_good(const uint8_t *bytes, size_t size, const struct ota_client_settings *settings, uint32_t version);

#endif
