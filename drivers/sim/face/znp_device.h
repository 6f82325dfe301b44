#ifndef HILRIG_DRIVERS_SIM_FACE_ZNP_DEVICE_H
#define HILRIG_DRIVERS_SIM_FACE_ZNP_DEVICE_H

/*
 * A device in a ZigBee network: frames that the radio brings it in, frames that it sends out. It describes itself (zdo_node.h), answers
 * reads of its Basic, Metering and OTA attributes, refuses what it does not know, and upgrades itself (ota_client.h). The server of
 * its OTA cluster it finds as the field's do: from an Image Notify, else by asking the coordinator for a match.
 *
 * What the radio does to frames, when it sleeps, and how it joins are the radio's affair (znp_face.h); its settings are here.
 */

#include "drivers/sim/face/ota_client.h"
#include "drivers/sim/face/zdo_node.h"

#define ZNP_DEVICE_ENDPOINTS_MAX 4
#define ZNP_WORD_SIZE 33
#define APS_DATA_MAX 128                    /* bytes of one frame: more than crosses the air in one piece */

struct aps_frame {
	uint16_t cluster, profile;
	uint8_t from, to;                   /* endpoints; 0xFF: all */
	bool broadcast, secured;
	uint8_t size;
	uint8_t bytes[APS_DATA_MAX];
};

struct znp_device_settings {
	uint64_t ieee;
	uint16_t address;                   /* short one, at first; 0: drawn */
	uint16_t manufacturer;
	char maker[ZNP_WORD_SIZE], model[ZNP_WORD_SIZE];
	bool router;                        /* else an end device */
	int endpoint_count;
	struct zdo_endpoint endpoints[ZNP_DEVICE_ENDPOINTS_MAX];
	bool has_ota;
	uint8_t ota_endpoint;
	uint16_t ota_profile;               /* of it */
	struct ota_client_settings ota;     /* its node is `ieee` */
	uint32_t version;                   /* that it runs at first */
	uint8_t *memory;                    /* borrowed: room for the largest image */
	size_t memory_size;
	int64_t boot_ns;                    /* after an activation */
	bool boots_itself;                  /* into an image that is good; else its owner does it (znp_face_power) */
	/* The air. */
	bool joined;                        /* from the beginning; else once joining is permitted, and then ... */
	int64_t join_ns;                    /* ... so long after that */
	bool has_link_key;                  /* of an install code: it joins only where the dongle was given the same */
	uint8_t link_key[16];
	int hops;                           /* 0: a direct neighbour; else relays between */
	struct draw_range latency_ns;       /* of a frame, either way */
	int64_t loss_to_ppm, loss_from_ppm;
	bool sleepy;                        /* its receiver is off, but for ... */
	int64_t poll_ns;                    /* ... a poll so often, and ... */
	int64_t fast_poll_ns;               /* ... so often while it waits for an answer; 0: 100 ms */
};

struct znp_device {
	struct znp_device_settings settings;
	struct zdo_node node;
	struct ota_client client;
	uint32_t version;                   /* that it runs, or boots into */
	bool joined, on;
	bool key_given;                     /* the dongle's, the last one for its address */
	uint8_t given_key[16];
	uint8_t server;                     /* endpoint of its OTA server; 0: not found yet */
	int64_t match_ns;                   /* when it asks for one (again) */
	uint8_t zdo_sequence;
};

void znp_device_init(struct znp_device *device, const struct znp_device_settings *settings, uint64_t seed);
void znp_device_boot(struct znp_device *device, int64_t t_ns);
void znp_device_off(struct znp_device *device);

/* A frame has come; true: `answer` is to go back. */
bool znp_device_take(struct znp_device *device, int64_t t_ns, const struct aps_frame *frame, struct aps_frame *answer);

/* What it sends by itself, one after the other until false. */
int64_t znp_device_next(const struct znp_device *device);
bool znp_device_due(struct znp_device *device, int64_t t_ns, struct aps_frame *frame);

#endif
