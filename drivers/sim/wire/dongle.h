#ifndef HILRIG_DRIVERS_SIM_WIRE_DONGLE_H
#define HILRIG_DRIVERS_SIM_WIRE_DONGLE_H

/*
 * A ZigBee dongle behind a serial port, and the devices on its air (drivers/sim/face/znp_face.h), as words on a command line describe
 * them: KEY=VALUE,KEY=VALUE,... Frames leave when their last byte would be on the wire, one after the other.
 *
 * A device may be that of a slot's meter (drivers/sim/face/air_meters.h): it then runs the version that the slot's meter does.
 */

#include "drivers/sim/face/air_meters.h"
#include "drivers/sim/wire/port.h"
#include "rig/base/sha256.h"

#define WIRE_DONGLE_IMAGE_MAX (1024 * 1024)
#define WIRE_DONGLE_SLOT_SIZE 16
#define WIRE_DONGLE_FRAMES_MAX 64        /* on the wire at once; more are lost, as in a buffer that is full */

struct wire_dongle_frame {
	uint8_t bytes[MT_FRAME_MAX];
	size_t size;
	int64_t due_ns;
};

struct wire_dongle {
	bool is_there;
	struct wire_port port;
	struct znp_face_settings settings;
	struct znp_faults faults;          /* from the beginning */
	int device_count;
	struct znp_device_settings devices[ZNP_DEVICES_MAX];
	char slot_names[ZNP_DEVICES_MAX][WIRE_DONGLE_SLOT_SIZE]; /* whose meter's it is; empty: it is none's */
	/* Told of what becomes of devices' upgrades: "ota-began", "ota-whole", ...; NULL: nobody. */
	void (*note)(void *self, int64_t t_ns, const char *fact, const char *text);
	void *self;
	/* Private. */
	struct znp_face face;
	struct air_meters meters;
	int slot_of[ZNP_DEVICES_MAX];      /* PLANT_NONE */
	struct sha256 *sha256;
	int64_t now_ns, busy_ns;
	int frame_count;
	struct wire_dongle_frame frames[WIRE_DONGLE_FRAMES_MAX];
};

/* "PATH" or "PATH@BAUD"; pty. */
MUST_USE bool wire_dongle_open(struct wire_dongle *dongle, const char *text, struct error *error);

/* Words about the dongle, and about one more device on its air. FAULT_USAGE names the word. */
MUST_USE bool wire_dongle_set(struct wire_dongle *dongle, const char *words, struct error *error);
MUST_USE bool wire_dongle_add(struct wire_dongle *dongle, const char *words, struct error *error);

/* Once all slots are named. FAULT_USAGE: a device is of a slot that there is not, or that has no meter. */
MUST_USE bool wire_dongle_find_meters(struct wire_dongle *dongle, const struct plant_settings *settings, struct error *error);

/* Has power from now on. `plant` may begin later, but before the first step; facts are told from now on. */
void wire_dongle_begin(struct wire_dongle *dongle, struct plant *plant, uint64_t seed, int64_t t_ns);
void wire_dongle_take_fact(struct wire_dongle *dongle, const struct plant_output *fact);
void wire_dongle_step(struct wire_dongle *dongle, int64_t t_ns);
int64_t wire_dongle_next(const struct wire_dongle *dongle);
void wire_dongle_end(struct wire_dongle *dongle);

/* What a test wants to happen, in the words behind "dongle"; only_check: nothing does. */
MUST_USE bool wire_dongle_command(struct wire_dongle *dongle, const char *const *words, int count, int64_t t_ns, bool only_check,
				  struct error *error);

#endif
