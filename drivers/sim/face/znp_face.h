#ifndef HILRIG_DRIVERS_SIM_FACE_ZNP_FACE_H
#define HILRIG_DRIVERS_SIM_FACE_ZNP_FACE_H

/*
 * A ZigBee coordinator dongle with TI's Z-Stack, as a host sees it through its serial port (MT API; facts/ota.md 1), and the devices
 * behind it, as they are heard on the air.
 *
 * Requests are answered as Z-Stack 3.x.0 does, or 1.2: SYS, UTIL, AF, ZDO, APP_CNF and SAPI as far as a host needs them to form or
 * resume a network, to let devices join, to interview them and to send and receive; others get the RPC error. Frames for it are read
 * by drivers/zigbee/mt.h. Not played: groups and bindings (accepted, without effect), AF_DATA_STORE and AF_DATA_RETRIEVE,
 * inter-PAN, routes, keys: nothing is encrypted, a security bit is carried as it is.
 *
 * The air. A frame to a device takes a draw of its latency, is lost by a draw, is tried again where an APS acknowledgement is wanted
 * (ZNP_APS_TRIES), waits for a device that sleeps, and is confirmed with what became of it (facts/ota.md 1.6): success, too long (0xE5),
 * no route (0xCD), a busy air (0xE1), no acknowledgement by MAC (0xE9) or APS (0xB7), not fetched in time (0xF0), queue of sleepers full (0xF1), too
 * many on their way (0x11). Behind relays, what was lost without an APS acknowledgement is confirmed as sent. An acknowledgement can
 * be lost when the frame was not. A device's next question can come before the confirmation of the answer before (3.7.1).
 *
 * A pure machine: what it says goes through `say` at once and whole, one frame a call; bytes and time come in by znp_face_step. How long
 * bytes are on the line is the carrier's business. All draws come from one seed. Nothing is allocated after znp_face_init, which
 * allocates nothing either: the struct is large (some 220 KiB), its owner's, and stays where it is.
 */

#include "drivers/sim/face/znp_device.h"
#include "drivers/sim/face/znp_memory.h"
#include "drivers/zigbee/mt.h"

#define ZNP_DEVICES_MAX 64
#define ZNP_FACE_ENDPOINTS_MAX 32              /* of the dongle */
#define ZNP_EVENTS_MAX 256                /* frames and timers on their way at once */
#define ZNP_APS_TRIES 3
#define ZNP_APS_WAIT_NS (1600 * NS_PER_MS)

enum znp_product { ZNP_1_2 = 0, ZNP_3_X_0 = 1 };

enum znp_status { ZNP_SUCCESS = 0x00, ZNP_FAILURE = 0x01, ZNP_INVALID_PARAMETER = 0x02, ZNP_BUFFER_FULL = 0x11, ZNP_NO_ACK = 0xB7,
		  ZNP_DUPLICATE_ENTRY = 0xB8, ZNP_INVALID_REQUEST = 0xC2, ZNP_NO_ROUTE = 0xCD, ZNP_BUSY_AIR = 0xE1, ZNP_FRAME_TOO_LONG = 0xE5, ZNP_MAC_NO_ACK = 0xE9,
		  ZNP_EXPIRED = 0xF0, ZNP_OVERFLOW = 0xF1 };

struct znp_face_settings {
	enum znp_product product;
	uint32_t revision;                /* 0: 20230507, 20190608 */
	uint64_t ieee;
	struct draw_range answer_ns;      /* from a request to its answer */
	struct draw_range confirm_ns;     /* beside what the air took, until a confirmation is said */
	int64_t reset_ns, form_ns;        /* 0: 500 ms, 3 s */
	bool boot_loader;                 /* after a reset it waits for 0xEF, and then boots */
	int64_t route_ns;                 /* until it gives up to find a device; 0: 500 ms */
	int64_t indirect_ns;              /* how long a frame waits for a sleeper; 0: 8 s */
	int indirect_most;                /* frames that wait for one sleeper; 0: 3 */
	int in_flight_most;               /* frames of the host on their way; 0: 32 */
	uint64_t seed;
};

/* What goes wrong; may be changed at any time. */
struct znp_faults {
	int64_t lose_confirm_ppm, lose_incoming_ppm; /* AREQs that never come, though the air did its part */
	int64_t late_confirm_ppm;
	struct draw_range late_confirm_ns;
	int64_t lose_answer_ppm;          /* SRSPs */
	int64_t busy_air_ppm;             /* data requests that never get onto the air (0xE1) */
	int64_t buffer_full_until_ns;     /* data requests are refused; 0: not */
	bool hangs;                       /* answers nothing, hears nothing on the air */
	bool hangs_hard;                  /* and does not hear SYS_RESET_REQ either: only znp_face_reset ends it */
};

/* What an owner may spoil, each at its instant: an SRSP, a confirmation or an incoming message that does not come; a data request that is refused for
 * want of a buffer, that finds no route or no free air; a frame on the air that is lost, either way. */
enum znp_spoil { ZNP_SPOIL_ANSWER, ZNP_SPOIL_CONFIRM, ZNP_SPOIL_INCOMING, ZNP_SPOIL_BUFFER, ZNP_SPOIL_ROUTE, ZNP_SPOIL_AIR, ZNP_SPOIL_TO_DEVICE,
		 ZNP_SPOIL_FROM_DEVICE };

enum znp_event_kind { ZNP_TO_HOST, ZNP_TO_DEVICE, ZNP_TO_DONGLE, ZNP_CONFIRM, ZNP_STATE, ZNP_RUNS, ZNP_JOINS, ZNP_REJOINS, ZNP_ANNOUNCES, ZNP_BOOTS,
		      ZNP_PERMIT_ENDS };

struct znp_event {
	int64_t t_ns;
	uint64_t order;                   /* of equal instants, the one that was made first comes first */
	enum znp_event_kind kind;
	int device;
	bool host;                        /* TO_DEVICE: a data request of the host, to be confirmed */
	bool acknowledged;
	bool held, arrived;               /* TO_DEVICE: for a sleeper; it has come already, and only its acknowledgement was lost */
	int tries;
	int64_t expires_ns;
	uint8_t transaction, endpoint, status; /* CONFIRM; STATE: status is the state */
	union {
		struct mt_frame frame;
		struct aps_frame aps;
	};
};

enum znp_face_state { ZNP_STATE_HOLD = 0, ZNP_STATE_STARTING = 8, ZNP_STATE_COORDINATOR = 9 };

struct znp_face_network {
	enum znp_face_state state;
	uint16_t pan;
	uint64_t extended_pan;
	uint8_t channel;
	int64_t permit_until_ns;          /* 0: nobody joins */
};

struct znp_face;

/* Whose client speaks. */
struct znp_teller {
	struct znp_face *face;
	int device;
};

struct znp_face {
	struct znp_face_settings settings;
	struct znp_faults faults;
	void (*say)(void *self, const void *bytes, size_t size);
	/* Of a device's upgrade; NULL: nobody is told. May call the functions below. */
	void (*tell)(void *self, int device, int64_t t_ns, enum ota_client_event event, uint32_t version, bool good);
	/* Whether this one is (`device` -1, `frame` NULL: where it has none), and how much later a frame comes than it would; NULL: nothing is. */
	bool (*spoils)(void *self, enum znp_spoil what, int64_t t_ns, int device, const struct aps_frame *frame);
	int64_t (*delays)(void *self, int64_t t_ns, int device);
	void *self;
	int device_count;
	struct znp_device devices[ZNP_DEVICES_MAX];
	/* Counted, for whoever wants to know whether something was reached. */
	struct {
		int64_t requests, unknown, confirms, confirms_failed, incoming, lost, refused, expired, resets;
	} counts;
	/* Private. */
	struct draw draw;
	struct mt_reader reader;
	bool runs, waits_in_boot_loader;
	int64_t busy_ns;                  /* until it has answered what it was asked before */
	struct znp_memory memory;
	struct znp_face_network network;
	struct zdo_node node;
	struct zdo_endpoint endpoints[ZNP_FACE_ENDPOINTS_MAX];
	bool all_callbacks;               /* ZDO_MSG_CB_REGISTER of 0xFFFF */
	uint32_t channels;                /* BDB_SET_CHANNEL */
	uint8_t aps_counter;
	uint64_t order;
	int event_count;
	struct znp_event events[ZNP_EVENTS_MAX];
	int64_t now_ns;
	struct znp_teller tellers[ZNP_DEVICES_MAX];
};

/* One that has power from t_ns on, with memory as it left the factory. `say`, `tell` and `self` are set by its owner afterwards. */
void znp_face_init(struct znp_face *face, const struct znp_face_settings *settings, int64_t t_ns);

/* Gives its index; -1: there is no room. Before or while it runs. */
int znp_face_add(struct znp_face *face, const struct znp_device_settings *device, int64_t t_ns);

/* As if a host had formed a network before: what is needed is in the memory, and it is started with ZDO_STARTUP_FROM_APP. */
void znp_face_formed(struct znp_face *face, uint16_t pan, uint64_t extended_pan, uint8_t channel, const uint8_t key[16]);

/* Bytes from the host; none: time passes. t_ns never falls. */
void znp_face_step(struct znp_face *face, int64_t t_ns, const uint8_t *bytes, size_t size);
int64_t znp_face_next(const struct znp_face *face);

/* ---- What happens to it ---- */

/* Power up, or its reset line; forgets all but its memory. */
void znp_face_reset(struct znp_face *face, int64_t t_ns);

/* A device's power; on: it boots with what it then runs and announces itself. */
void znp_face_power(struct znp_face *face, int64_t t_ns, int device, bool on, uint32_t version);

/* It comes back with another short address, and announces it. */
void znp_face_move(struct znp_face *face, int64_t t_ns, int device);

/* It has left, and comes back by itself so much later, with another short address. */
void znp_face_leave(struct znp_face *face, int64_t t_ns, int device, int64_t for_ns);

/* Its memory is as it left the factory; then it is reset. */
void znp_face_forget(struct znp_face *face, int64_t t_ns);

/* By EUI-64; -1: there is none. */
int znp_face_find(const struct znp_face *face, uint64_t ieee);

#endif
