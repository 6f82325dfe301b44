#ifndef HILRIG_DRIVERS_ZIGBEE_ZNP_H
#define HILRIG_DRIVERS_ZIGBEE_ZNP_H

/*
 * The host's side of a dongle with TI's Z-Stack (ZNP): 3.x.0, and 1.2 where it differs (facts/ota.md 1). A machine without I/O: events
 * in; bytes to send, notices and the next deadline out.
 *
 * **Coming up.** Ping; a boot loader that waits is told to run; then version, and a network: the one that the dongle has, or a new one.
 * Endpoints are registered for each profile, with the OTA server's cluster among their inputs, which is how devices find it: Z-Stack
 * takes the profile of what it sends from the endpoint that it is sent from. Each step has its time; one that fails begins it all again,
 * after ZNP_AGAIN_NS.
 *
 * **At work.** One request at a time, each with its time; messages to devices are queued, so many on their way at once, never two to
 * the same one. Answers have no number: one that comes after its request was given up may be taken for a later one's. Most messages can
 * bear that. In front of one that is sent once the dongle is asked for its state, if such an answer may still come, and must have said it:
 * it answers in order, so whatever was late has come by then, or never does. A dongle that is busy is asked again after ZNP_BUSY_NS, up to ZNP_TRIES times. Which device speaks is known by its
 * EUI-64: short addresses change, and one that is not known is asked for. While nothing else is asked, the dongle is pinged; one that
 * does not answer is reset, comes up again, and its endpoints are registered anew. What was on its way then has failed.
 *
 * Nothing is allocated. Instants are monotonic ns.
 */

#include "drivers/zigbee/mt.h"
#include "drivers/zigbee/zcl.h"
#include "rig/base/error.h"

#define ZNP_NODES_MAX 64
#define ZNP_QUEUE_MAX 80              /* messages to devices that wait or are on their way */
#define ZNP_ON_THEIR_WAY_MAX 16       /* 3.x.0; 2 before (facts/ota.md 1.2) */
#define ZNP_ENDPOINTS_MAX 4
#define ZNP_UNSENT_SIZE (4 * MT_FRAME_MAX)
#define ZNP_HEARD_MAX 1024            /* bytes of one call */
#define ZNP_NOTICES_MAX 256           /* more than one call can make: all of the queue failed, and 139 of the shortest frames that are told of,
                                       * in ZNP_HEARD_MAX bytes and what the reader had */
#define ZNP_ONCE_NS (150 * NS_PER_MS) /* so long a message that is sent once may wait for the dongle: what let it go is true for now */
#define ZNP_TRIES 5
#define ZNP_BUSY_NS (2 * NS_PER_S)
#define ZNP_AGAIN_NS (5 * NS_PER_S)
#define ZNP_ANSWER_NS (6 * NS_PER_S)  /* of a request */
#define ZNP_CONFIRM_NS (15 * NS_PER_S)/* of a message: until the radio has given up by itself, sleepy children included (7.5 s and its own retries) */
#define ZNP_PING_NS (250 * NS_PER_MS) /* of the first one: whether somebody is there */
#define ZNP_QUIET_NS (10 * NS_PER_S)  /* without a word from the air: the dongle is asked for its state; a device gives up after some 50 s without answers (facts/ota.md 3.4) */
#define ZNP_SEEK_NS (5 * NS_PER_S)    /* that a node has to answer before it counts as one that has not joined */
#define ZNP_KEY_SIZE 16

struct znp_endpoint {
	uint8_t endpoint;
	uint16_t profile;
};

/* What a new network gets. A dongle that has one keeps it. */
struct znp_network {
	uint16_t pan;                 /* 0xFFFF: the dongle chooses */
	uint64_t extended_pan;
	uint32_t channels;            /* mask, bits 11 to 26 */
	uint8_t key[ZNP_KEY_SIZE];
};

struct znp_settings {
	struct znp_network network;
	int endpoint_count;
	struct znp_endpoint endpoints[ZNP_ENDPOINTS_MAX];
	bool reset_by_lines;          /* DTR and RTS reset the dongle (CC2652 with CP2102N or CH9102): they are tried when it is silent */
};

/* A message to a device. */
struct znp_message {
	uint64_t node;
	uint8_t to_endpoint, from_endpoint;
	uint16_t cluster;
	bool acknowledged, encrypted; /* by APS */
	bool answers;                 /* what the device asked for: it asks again if this is lost, so it is not repeated, and a newer one takes its place */
	bool once;                    /* never replaced by a newer one, and never sent again once the dongle has taken it; ZNP_LEFT tells when it has.
				       * It is given to the dongle within ZNP_ONCE_NS, or not at all */
	int64_t tag;                  /* the caller's, given back when it was sent */
	uint8_t size;
	uint8_t bytes[ZCL_FRAME_MAX];
};

enum znp_notice_kind {
	ZNP_UP,           /* the network is up; text: what it is */
	ZNP_DOWN,         /* it is not; text: why */
	ZNP_NODE_HERE,    /* node has announced itself, or was found */
	ZNP_NODE_LEFT,
	ZNP_HEARD,        /* a message from node: cluster, from and to endpoint, bytes */
	ZNP_LEFT,         /* tag, of a message that is sent once: the dongle has taken it */
	ZNP_SENT,         /* tag: delivered, or not with status; left: the dongle has taken it, or nobody knows */
	ZNP_KEY,          /* the dongle has taken the link key of node, or not, with status: then it cannot join */
	ZNP_MATCHED,      /* node has the OTA client on from_endpoint; 0: on none */
	ZNP_LINES         /* set DTR and RTS so */
};

struct znp_notice {
	enum znp_notice_kind kind;
	uint64_t node;
	uint16_t short_address, cluster;
	uint8_t from_endpoint, to_endpoint;
	bool broadcast;
	int64_t tag;
	bool delivered, left;
	bool refused;                 /* by the dongle, at least once, before it came to this */
	bool unheard;                 /* it was on the air, and nobody took it */
	uint8_t status;
	bool dtr, rts;
	uint8_t size;
	uint8_t bytes[ZCL_FRAME_MAX];
	char text[120];
};

enum znp_state { ZNP_CLOSED, ZNP_PROBING, ZNP_STARTING, ZNP_RUNNING, ZNP_PAUSING };

struct znp_node {
	uint64_t node;
	uint16_t short_address;       /* 0xFFFF: not known */
	int64_t asked_ns;             /* when its address was asked for last; INSTANT_NEVER */
	uint16_t match_profile;       /* it is to be asked for its OTA client in this profile; 0: not */
	bool has_key, key_given;      /* to the dongle, since it came up */
	uint8_t key[ZNP_KEY_SIZE];    /* of its install code */
	int64_t key_ns;               /* the dongle gets it then, unless the node is found; INSTANT_NEVER: nobody has looked for it */
};

struct znp_queued {
	struct znp_message message;
	bool used, on_its_way;
	bool left;                    /* it was given to the dongle, which has not refused it */
	uint8_t transaction;
	int tries;
	int64_t at_ns;                /* not before; when on its way: given up then */
	int64_t until_ns;             /* and not after; INSTANT_NEVER: whenever */
	int64_t order;                /* of its queueing */
};

struct znp {
	const struct znp_settings *settings; /* borrowed */
	enum znp_state state;
	struct mt_reader reader;
	size_t unsent_size;           /* bytes to send; the carrier takes them with znp_sent_bytes */
	uint8_t unsent[ZNP_UNSENT_SIZE];
	size_t secret_at, secret_size; /* of `unsent`: a key, which no log may have */
	/* The dongle. */
	uint8_t product;              /* 0: 1.2, 1: 3.x.0, 2: 3.0.x */
	uint32_t revision;            /* its build's date */
	uint64_t ieee;
	uint16_t pan;
	uint64_t extended_pan;
	uint8_t channel;
	int update_id;                /* of the network; -1: the dongle does not say */
	int64_t frame_counter;        /* of what it sends, as its memory has it: ahead of the radio's; -1: it does not say */
	bool formed;                  /* in this life */
	/* The request under way. */
	bool asking;
	uint16_t asked;               /* its code */
	int asked_for;                /* queued message, or -1: a step's, -2: a ping, -3: an address or a match */
	int64_t ask_deadline_ns;
	/* Coming up. */
	int step;
	bool aligned;                 /* its memory is laid out as by a processor that aligns */
	int probe;
	int64_t step_deadline_ns;
	bool failed;                  /* in this event: what is queued is to be given up */
	bool reset_first;             /* it hung: what answers a ping may still send nothing */
	/* At work. */
	int64_t quiet_deadline_ns;
	int unanswered;               /* requests running */
	bool in_doubt;                /* an answer that did not come in time may come yet */
	int64_t unanswered_ever;
	int step_tries;
	uint8_t transaction;
	int64_t orders;
	int permit_s;                 /* to be asked for: permit join, -1: none */
	uint64_t key_of;              /* whose key the dongle is given */
	int node_count;
	struct znp_node nodes[ZNP_NODES_MAX];
	struct znp_queued queue[ZNP_QUEUE_MAX];
	int queued;                   /* of them in use */
	int notice_first, notice_count;
	struct znp_notice notices[ZNP_NOTICES_MAX];
	char why[120];                /* it is down */
};

void znp_init(struct znp *znp, const struct znp_settings *settings);

/* The port is open; has carried bytes (at most ZNP_HEARD_MAX); is lost; time has passed. After each: take notices, send `unsent`. */
void znp_opened(struct znp *znp, int64_t t_ns);
void znp_heard(struct znp *znp, int64_t t_ns, const uint8_t *bytes, size_t size);
void znp_lost(struct znp *znp, int64_t t_ns);
void znp_tick(struct znp *znp, int64_t t_ns);
void znp_sent_bytes(struct znp *znp, size_t size);

/* The first bytes of `unsent` for a log, which is evidence: zeros where a key stands, and in the check behind it. */
void znp_show_unsent(const struct znp *znp, uint8_t *to, size_t size);
int64_t znp_deadline(const struct znp *znp);

/* Signs so far that the line to the dongle spoils bytes: those that were no frame, and requests without an answer. */
int64_t znp_line_faults(const struct znp *znp);

bool znp_take(struct znp *znp, struct znp_notice *notice);

/* A node of the bench, whose short address is found when it is needed. False: there is no room. */
bool znp_add_node(struct znp *znp, uint64_t node);

/*
 * The link key of a node's install code. The dongle gets it before joining is permitted, if the node has not answered for
 * ZNP_SEEK_NS by then: to one that has joined it may have given another since. ZNP_KEY follows. Z-Stack 1.2 takes none.
 */
void znp_set_key(struct znp *znp, uint64_t node, const uint8_t key[ZNP_KEY_SIZE]);

/* Queues a message. False: the queue is full, or the node is none of the bench's. Exactly one ZNP_SENT follows. */
bool znp_send(struct znp *znp, int64_t t_ns, const struct znp_message *message);

/* What is sent once to a node, and has not been given to the dongle yet, is not sent: its ZNP_SENT says so. */
void znp_take_back(struct znp *znp, uint64_t node);

/* Lets devices join for so long, 0 to 254 s. */
void znp_permit_join(struct znp *znp, int64_t t_ns, int seconds);

/* Asks a node of the bench for the endpoint of its OTA client in a profile; ZNP_MATCHED follows, or nothing: ask again. */
void znp_match(struct znp *znp, int64_t t_ns, uint64_t node, uint16_t profile);

/* Statuses of ZNP_SENT beside those of the stack. */
#define ZNP_TOO_LATE 0xFD             /* it waited longer for the dongle than it may */
#define ZNP_SUPERSEDED 0xFE           /* a newer answer took its place */
#define ZNP_NO_CONFIRMATION 0xFF      /* the dongle never said, or was lost */

/* "MAC_NO_ACK", "APS_NO_ACK", ...: a confirmation's status. */
const char *znp_status_name(uint8_t status);

#endif
