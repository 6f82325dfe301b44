#ifndef HILRIG_DRIVERS_LOADER_SMP_H
#define HILRIG_DRIVERS_LOADER_SMP_H

/*
 * The client of MCUmgr's Simple Management Protocol over a console, as sessions: four tasks of one upgrade.
 *
 *   SMP_TRANSFER   asks how long packets may be, then uploads the image, always from where the device says that it is; one that
 *                  goes back SMP_TRIES times without coming further than before is given up
 *   SMP_VERIFY     reads the state of images: the one that does not run is the one that was uploaded, and its hash is kept
 *   SMP_ACTIVATE   marks that image by its hash, then resets the device; each is said once and never again
 *   SMP_VERSION    reads the state of images: the version of the one that runs
 *
 * Questions that change nothing, and pieces of an image, are sent again after SMP_ANSWER_NS of silence, SMP_TRIES times in
 * all; each time with a new sequence number, so that a late answer is not taken for a newer one's. Before the first piece was
 * taken, each repetition is half as long: the buffers of a device that does not tell them may be smaller than usual.
 *
 * A device that answers with an error has refused: FAULT_DEVICE with MCUmgr's number and what it means. A refused reset is
 * no refused activation, because the mark stands and acts at the next restart, whoever makes it. FAULT_RIG is silence and a
 * lost line, FAULT_OPERATOR a cancel.
 */

#include "drivers/loader/smp_frame.h"
#include "drivers/loader/smp_packet.h"
#include "rig/base/sha256.h"
#include "rig/bench/session.h"

#define SMP_TRIES 5
#define SMP_ANSWER_NS (5 * NS_PER_S)
#define SMP_PACKET_USUAL 256  /* where a device does not tell */
#define SMP_PACKET_LEAST 128  /* shorter ones have no room for a piece beside its keys */

enum smp_task { SMP_TRANSFER, SMP_VERIFY, SMP_ACTIVATE, SMP_VERSION };

struct smp_settings {
	const uint8_t *image;   /* SMP_TRANSFER: borrowed until the session has ended; size at least 1 */
	size_t size;
	const uint8_t *sha256;  /* of the image, SHA256_SIZE bytes; NULL: not said */
	bool test;              /* mark it for one start only; else for good */
	int64_t start_ns;       /* longest wait for the first piece's answer: devices erase their flash then */
	int64_t byte_ns;        /* time of one byte on the wire; 0: not known */
};

enum smp_step { SMP_ASKS_SIZES, SMP_SENDS_PIECE, SMP_ASKS_STATE, SMP_MARKS, SMP_RESETS };

struct smp {
	struct smp_settings settings;
	enum smp_task task;
	enum smp_step step;
	size_t at;              /* the device has so many bytes */
	size_t room;            /* longest packet */
	uint8_t hash[SMP_HASH_MAX];
	size_t hash_size;       /* of the image that was uploaded; 0: not known */
	bool marked;            /* the mark has left */
	bool refused;           /* the mark was refused */
	char version[SMP_VERSION_SIZE]; /* of the image that runs; empty: not read */
	size_t used;            /* of the last event's bytes */
	/* Private. */
	uint8_t sequence;
	int tries;
	size_t most;            /* the largest `at` */
	int setbacks;           /* answers since then that did not go on */
	int64_t deadline_ns;
	struct smp_frame frame;
};

/* Forgets all, also the hash. */
void smp_init(struct smp *smp, const struct smp_settings *settings);

/* One task at a time; begins with SESSION_START. */
struct session smp_session(struct smp *smp, enum smp_task task);

#endif
