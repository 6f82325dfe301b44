#ifndef HILRIG_DRIVERS_SIM_FACE_ZNP_PRIVATE_H
#define HILRIG_DRIVERS_SIM_FACE_ZNP_PRIVATE_H

/*
 * What the parts of the dongle have of each other, from the bottom up: events, network, air, and then what answers the host.
 */

#include "drivers/sim/face/znp_face.h"

#define BROADCAST_LEAST 0xFFF8

/* ---- znp_event.c ---- */

/* A new event, to be filled; NULL: there are too many, and it does not happen. */
struct znp_event *znp_event_add(struct znp_face *face, int64_t t_ns, enum znp_event_kind kind, int device);
/* The first one that is due leaves. */
bool znp_event_take(struct znp_face *face, int64_t t_ns, struct znp_event *event);
int64_t znp_event_next(const struct znp_face *face);
void znp_event_forget(struct znp_face *face, bool all); /* those of the dongle alone, or all */

/* By a draw. */
bool znp_is_hit(struct znp_face *face, int64_t ppm);

/* By its owner's word. */
bool znp_is_spoilt(struct znp_face *face, enum znp_spoil what, int64_t t_ns, int device, const struct aps_frame *frame);

/* An AREQ or SRSP, said at t_ns. */
void znp_tell_host(struct znp_face *face, int64_t t_ns, uint8_t type, uint8_t subsystem, uint8_t command, const void *data, size_t size);
void znp_tell_host8(struct znp_face *face, int64_t t_ns, uint8_t type, uint8_t subsystem, uint8_t command, uint8_t value);

/* ---- znp_network.c ---- */

void znp_network_factory(struct znp_face *face);
/* After a reset: memory is cleared where STARTUP_OPTION says so. */
void znp_network_clear(struct znp_face *face);
/* False: nothing to resume. */
bool znp_network_resume(struct znp_face *face, int64_t t_ns);
void znp_network_form(struct znp_face *face, int64_t t_ns);
void znp_network_state(struct znp_face *face, int64_t t_ns, uint8_t state);
void znp_network_permit(struct znp_face *face, int64_t t_ns, uint8_t seconds);
void znp_network_permit_ends(struct znp_face *face, int64_t t_ns);
void znp_network_joins(struct znp_face *face, int64_t t_ns, int device);
void znp_network_announces(struct znp_face *face, int64_t t_ns, int device);
void znp_network_leaves(struct znp_face *face, int64_t t_ns, int device);

/* ---- znp_air.c ---- */

int znp_air_find(const struct znp_face *face, uint16_t address);
/* A frame on its way to a device (-1: nobody has that address). `host`: to be confirmed under its transaction. */
void znp_air_send(struct znp_face *face, int64_t t_ns, int device, const struct aps_frame *frame, const struct znp_event *request);
void znp_air_broadcast(struct znp_face *face, int64_t t_ns, const struct aps_frame *frame, bool sleepers, const struct znp_event *request);
void znp_air_to_device(struct znp_face *face, struct znp_event *event);
/* Frames that devices send by themselves, up to t_ns. */
void znp_air_due(struct znp_face *face, int64_t t_ns);
int64_t znp_air_next(const struct znp_face *face);
int znp_air_in_flight(const struct znp_face *face);
void znp_air_confirm(struct znp_face *face, const struct znp_event *event);

/* ---- Requests of the host: false, it is not one of theirs. `answer` is the SRSP's data. ---- */

struct znp_request {
	int64_t t_ns;
	uint8_t command;
	struct octets_in in;
	struct octets_out answer;
	bool bad_length;
};

bool znp_system_take(struct znp_face *face, struct znp_request *request);
bool znp_utility_take(struct znp_face *face, struct znp_request *request);
bool znp_simple_take(struct znp_face *face, struct znp_request *request);
bool znp_commission_take(struct znp_face *face, struct znp_request *request);
bool znp_af_take(struct znp_face *face, struct znp_request *request);
bool znp_zdo_take(struct znp_face *face, struct znp_request *request);

/* Frames from devices. */
void znp_af_incoming(struct znp_face *face, const struct znp_event *event);
void znp_zdo_incoming(struct znp_face *face, const struct znp_event *event);

#endif
