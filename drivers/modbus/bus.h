#ifndef HILRIG_DRIVERS_MODBUS_BUS_H
#define HILRIG_DRIVERS_MODBUS_BUS_H

/*
 * The policy of one RS-485 (or single-supply) line: who may speak when, and what is believed. A machine like those of
 * rig/bench/session.h, with transactions in place of bytes: no I/O, no clock, no malloc; time is in the events.
 *
 * Why it exists. RTU answers carry no number. A unit that answers after the time-out has its answer taken for the next
 * one, without any error. So:
 *   - one transaction is open at a time;
 *   - before each there is silence: the standard's gap or the larger one that either unit's profile asks for;
 *   - after every outcome in doubt (no answer, short, bad check, wrong unit, wrong answer) the bus drains: nobody speaks
 *     until the line has been silent for the response time of the unit that failed, counted from the last byte heard.
 *     An exception is an answer and needs no drain;
 *   - requests of BUS_OFF do not wait for the drain's end, only for silence of a gap, and on a line that is never silent for
 *     no longer than BUS_OFF_PATIENCE_NS: switching off is worth a collision, its echo is compared byte for byte, and its
 *     read-back (BUS_SAFETY) waits for the drain.
 *
 * Order: the lowest enum bus_priority first, then first come. BUS_OFF_RESERVE places of the queue are kept for BUS_OFF and
 * BUS_SAFETY. A babbling line keeps the others waiting until their deadlines; every request has one.
 *
 * Tries. Reads may be repeated, writes only where the caller says `idempotent`; each try is in the result. An exception is
 * final. A retry takes its turn again after the drain, so a write that is to be off overtakes it.
 *
 * The owner carries out `output`: BUS_START gives the transaction to whoever executes it (a worker with libmodbus, a simulated
 * line) and brings its end as BUS_ENDED with the same number; BUS_ABORT tells the executor to drop the one it has. The
 * executor itself gives up after `bus_output.limit_ns`; if it has not answered `grace_ns` later the bus aborts it. BUS_HEARD
 * is for bytes outside an open transaction. Results wait in their places until bus_take; a place is free again then.
 */

#include "drivers/modbus/transaction.h"
#include "rig/base/instant.h"

#define BUS_QUEUE_MAX 128      /* requests waiting, open, or with a result not yet taken */
#define BUS_OFF_RESERVE 32     /* of them kept for BUS_OFF and BUS_SAFETY */
#define BUS_TRIES_MAX 4
#define BUS_OFF_PATIENCE_NS (500 * NS_PER_MS)

enum bus_priority {
	BUS_OFF,       /* switches something off */
	BUS_SAFETY,    /* reads back what was switched off, keeps a dead-man alive */
	BUS_COMMAND,   /* sets, identities, limits */
	BUS_READING    /* polls */
};

struct bus_settings {
	int baud;
	int64_t grace_ns;      /* how long the executor may overrun its limit: 1 s for a thread, 0 in a simulation */
	int64_t lead_ns;       /* how long before it may be sent a transaction is handed over, so that waking a thread costs the line
	                          nothing; 0 in a simulation */
};

struct bus_request {
	struct modbus_transaction transaction;
	enum bus_priority priority;
	int64_t response_ns;   /* from the request's last bit to the answer's first: the profile's, 1 s where it says nothing */
	int64_t gap_ns;        /* least silence before this unit is spoken to and after; 0: the standard's alone */
	int64_t deadline_ns;   /* instant at which the result must be there at the latest */
	int tries_max;         /* 1 to BUS_TRIES_MAX */
	bool idempotent;       /* of a write: doing it twice is doing it once; never so for toggles */
	uint32_t tag;          /* the caller's own; comes back in the result */
};

struct bus_try {
	enum modbus_outcome outcome;
	int64_t asked_ns;      /* sent, or due to be */
	int64_t ended_ns;      /* last byte of the answer, or the instant of giving up */
};

struct bus_result {
	uint32_t ticket;
	uint32_t tag;
	struct modbus_transaction transaction; /* of MODBUS_OK reads, `values` holds what was read */
	enum modbus_outcome outcome;           /* of the last try, or MODBUS_TOO_LATE, MODBUS_CANCELLED, MODBUS_LOST */
	uint8_t exception;                     /* code, with MODBUS_EXCEPTION */
	bool sent;                             /* at least one try was handed to the line: a write may have happened */
	int tries;                             /* 0 when it was never its turn */
	struct bus_try each[BUS_TRIES_MAX];
	int64_t asked_ns, ended_ns;            /* of the last try; 0 without one */
};

enum bus_event_kind {
	BUS_TICK,     /* the deadline asked for, or any time */
	BUS_ENDED,    /* the open transaction ended */
	BUS_HEARD,    /* bytes came while none was open; they were dropped */
	BUS_GONE,     /* the port was lost: every request fails at once, and later ones too */
	BUS_BACK      /* there is a port again; begins with a drain, since nobody knows what the units are doing */
};

struct bus_event {
	enum bus_event_kind kind;
	int64_t t_ns;
	/* BUS_ENDED: */
	uint32_t number;       /* as in bus_output; others are ignored, they belong to one that was aborted */
	enum modbus_outcome outcome;
	uint8_t exception;
	const uint16_t *values; /* MODBUS_OK reads: transaction.count of them, borrowed */
	int64_t last_ns;       /* last byte heard; 0: none */
};

enum bus_action { BUS_NOTHING, BUS_START, BUS_ABORT };

struct bus_output {
	enum bus_action action;
	uint32_t number;
	const struct modbus_transaction *transaction; /* BUS_START: lent until its end */
	int64_t send_ns;       /* BUS_START: the request goes out now or at this instant, whichever is later */
	int64_t limit_ns;      /* BUS_START: instant at which the executor gives up; wire time of both frames included */
	int64_t deadline_ns;   /* give an event at this instant at the latest */
	bool more;             /* there is a result to take */
};

enum bus_place_state { BUS_FREE, BUS_WAITING, BUS_OPEN, BUS_DONE };

struct bus_place {
	enum bus_place_state state;
	uint64_t turn;         /* order of arrival */
	int64_t first_ns;      /* instant at which it was first in the queue; 0: not yet */
	struct bus_request request;
	struct bus_result result;
};

struct bus {
	struct bus_settings settings;
	int used;              /* places from this one on are free, and hold nothing that was written */
	uint64_t turns;
	uint32_t tickets, numbers;
	bool gone;
	bool open;             /* a transaction is out; its request may have left its place (cancelled, too late) */
	int open_place;        /* -1: it has */
	uint32_t open_number;
	struct modbus_transaction open_transaction;
	int64_t open_asked_ns, open_limit_ns, open_response_ns, open_gap_ns;
	int64_t quiet_from_ns; /* last byte heard, or last try's end */
	int64_t gap_after_ns;  /* silence that the unit spoken to last wants behind it */
	int64_t drain_ns;      /* silence that must have passed before anyone but BUS_OFF speaks; 0: no doubt */
	bool fresh;            /* nobody but BUS_OFF has spoken on this port yet: drain for the response time of who will */
	struct bus_place places[BUS_QUEUE_MAX];
};

void bus_init(struct bus *bus, const struct bus_settings *settings);

/*
 * Queues a request; its ticket is never 0. False when no place is free for its priority: FAULT_RIG. A request that comes
 * while the port is gone is accepted and has its result, MODBUS_LOST, at once. bus_step must follow.
 */
MUST_USE bool bus_submit(struct bus *bus, const struct bus_request *request, uint32_t *ticket, struct error *error);

/*
 * Ends a request that has no result yet: MODBUS_CANCELLED. What is on the wire stays there until its own end, but it is not
 * tried again. Tickets that are not known are ignored. bus_step must follow.
 */
void bus_cancel(struct bus *bus, uint32_t ticket);

void bus_step(struct bus *bus, const struct bus_event *event, struct bus_output *output);

/* Takes a result, oldest request first. False when there is none. */
MUST_USE bool bus_take(struct bus *bus, struct bus_result *result);

#endif
