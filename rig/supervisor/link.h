#ifndef HILRIG_RIG_SUPERVISOR_LINK_H
#define HILRIG_RIG_SUPERVISOR_LINK_H

/*
 * What the rig and its supervisor say to each other, over a SOCK_SEQPACKET socketpair: one message a packet. The end of the
 * pair is the rig's death; silence for hang_ns is a hang, once the first beat was heard.
 *
 * The rig's side is the functions below; they never wait, except link_script, which waits for the supervisor's word that it
 * has the script, because nothing may be energised before that.
 */

#include "rig/base/error.h"
#include "rig/base/off_script.h"

enum link_kind {
	LINK_BEAT,     /* I live */
	LINK_BASE,     /* number: t_ns minus CLOCK_MONOTONIC, for the supervisor's own journal */
	LINK_SCRIPT,   /* the off script follows in the packet; answered by LINK_TAKEN */
	LINK_BUS,      /* number: index of a bus; its new descriptor comes with the packet (SCM_RIGHTS) */
	LINK_SEALING,  /* everything has confirmed that it is off; what follows is paper, without beats, for LINK_SEALING_NS */
	LINK_DONE,     /* number: exit code. The run has ended by itself and its outputs are off */
	LINK_NOT_OFF,  /* the run has ended by itself, and not everything confirmed that it is off: do it again */
	LINK_TAKEN,    /* supervisor to rig: the script is taken and will be carried out */
	LINK_STOP      /* supervisor to rig: end the run (SIGTERM, or somebody said off) */
};

struct link_message {
	enum link_kind kind;
	int64_t number;
};

#define LINK_SCRIPT_WITHIN_NS INT64_C(2000000000)
#define LINK_SEALING_NS INT64_C(600000000000) /* digests of a long night's raw bytes, and its findings */

/* False: the supervisor is gone, and so is all safety: the rig must end. */
MUST_USE bool link_beat(int socket);
MUST_USE bool link_base(int socket, int64_t offset_ns);
MUST_USE bool link_bus(int socket, int bus, int descriptor);
MUST_USE bool link_sealing(int socket);
MUST_USE bool link_done(int socket, int exit_code);
MUST_USE bool link_not_off(int socket);

/* Hands over and waits for LINK_TAKEN, at most LINK_SCRIPT_WITHIN_NS. FAULT_RIG. */
MUST_USE bool link_script(int socket, const struct off_script *script, struct error *error);

/* Takes a message that waits; false: none, or, with *gone, the other side has ended. */
MUST_USE bool link_take(int socket, struct link_message *message, bool *gone);

/* A beat, and what waits: *stop is set when the run is to end. False as link_beat. */
MUST_USE bool link_turn(int socket, bool *stop);

#endif
