#ifndef HILRIG_DRIVERS_LOADER_SMP_PACKET_H
#define HILRIG_DRIVERS_LOADER_SMP_PACKET_H

/*
 * SMP packets: a header of 8 bytes and a map in CBOR. Those that an upgrade needs are written, and what servers answer to
 * them is read. Keys that are not known are passed over, whatever is in them.
 *
 * Groups and commands: 0 is the OS (5 reset, 6 parameters), 1 the images (0 state, 1 upload).
 */

#include "drivers/loader/cbor.h"

#define SMP_HEADER_SIZE 8
#define SMP_HASH_MAX 64
#define SMP_VERSION_SIZE 64

enum smp_operation { SMP_READ, SMP_READ_ANSWER, SMP_WRITE, SMP_WRITE_ANSWER };
enum smp_group { SMP_OS = 0, SMP_IMAGE = 1 };
enum { SMP_OS_RESET = 5, SMP_OS_PARAMETERS = 6, SMP_IMAGE_STATE = 0, SMP_IMAGE_UPLOAD = 1 };

struct smp_header {
	enum smp_operation operation;
	uint16_t group;
	uint8_t sequence;
	uint8_t command;
};

/* Writes the header of a packet whose map of `size - SMP_HEADER_SIZE` bytes stands behind it. */
void smp_packet_put_header(uint8_t *packet, size_t size, const struct smp_header *header);

/* False: it is none, or not as long as it says. */
bool smp_packet_get_header(struct smp_header *header, const uint8_t *packet, size_t size);

/* An image that a device says it has. */
struct smp_image {
	bool active;
	uint8_t hash[SMP_HASH_MAX];
	size_t hash_size;              /* 0: it has none */
	char version[SMP_VERSION_SIZE];/* as the device writes it; what cannot be shown is a question mark */
};

#define SMP_IMAGES_MAX 2 /* the two slots of image 0; others are passed over */

/* All that an answer may hold; what it does not hold is 0. */
struct smp_answer {
	int64_t refused;               /* rc, or the rc of an err; 0: it was done */
	char reason[SMP_VERSION_SIZE]; /* in the server's words; empty: none */
	bool has_offset;
	uint64_t offset;
	uint64_t buffer_size;
	struct smp_image images[SMP_IMAGES_MAX];
	int image_count;
};

/* False: the map is malformed. */
bool smp_packet_get_answer(struct smp_answer *answer, const uint8_t *packet, size_t size);

/* What MCUmgr's numbers mean: "not supported". */
const char *smp_refusal_name(int64_t refused);

#endif
