#ifndef HILRIG_DRIVERS_MODBUS_EXCHANGE_H
#define HILRIG_DRIVERS_MODBUS_EXCHANGE_H

/*
 * One thing asked of one instrument: a read, or a write that reads prove. Pure; it puts requests on the bus and is given
 * their results.
 *
 * A write is followed by a read of what was written, in another shape than the instrument's read before it, because a late
 * answer of the same shape would be believed: a neighbour is read with it where the profile knows one, so that the answers
 * differ in size; otherwise (a lone register; coils, whose answers differ only from eight to eight) it is read twice. The
 * read-back decides, also when the write had no answer. If it differs it is read once more when the settle time has passed.
 *
 * Denied registers and words are never written: an assert stands in front of the bus.
 */

#include "drivers/modbus/bus.h"
#include "drivers/modbus/settings.h"

#define EXCHANGE_TRIES 3 /* of reads and of writes, which all set absolute values */

/* The instrument as the other end of exchanges; shared by all of its exchanges. */
struct exchange_unit {
	struct bus *bus;                /* borrowed */
	const struct driver_settings *settings;
	uint8_t read_function;          /* shape of the last read that was asked for */
	uint16_t read_count;
};

enum exchange_state { EXCHANGE_IDLE, EXCHANGE_WRITING, EXCHANGE_SETTLING, EXCHANGE_READING, EXCHANGE_DONE, EXCHANGE_FAILED };

struct exchange {
	enum exchange_state state;
	/* Given by the owner before it begins: */
	enum bus_priority priority;     /* of a write that switches off its read-back has BUS_SAFETY */
	int64_t deadline_ns;
	uint32_t tag;                   /* of its requests */
	/* What proves a write: */
	struct profile_access echo;     /* function 0: nothing, its answer is enough */
	const struct profile_channel *channel; /* NULL: the raw word in `raw` */
	int64_t milli;                  /* what the channel must read as */
	uint16_t raw;
	/* What comes of it: */
	uint16_t values[MODBUS_VALUES_MAX]; /* DONE: what was read */
	int64_t asked_ns, ended_ns;     /* first request and last answer on the line; 0: none */
	int tries;                      /* on the line, of all requests */
	struct error error;             /* FAILED: why, without a prefix */
	/* Its own: */
	uint32_t ticket;                /* 0: no request is out */
	int offset;                     /* of the wanted words in the read, which may be wider than they */
	int reads_due;
	int64_t wake_ns;                /* SETTLING: until then */
};

/* Each begins; look at `state` afterwards, since a full queue fails at once. */
void exchange_write(struct exchange *exchange, struct exchange_unit *unit, const struct profile_access *set, const uint16_t *words,
		    int count);
void exchange_read(struct exchange *exchange, struct exchange_unit *unit, const struct access_span *span);

/* A result of the bus for this exchange; false when it is of an older one. */
MUST_USE bool exchange_result(struct exchange *exchange, struct exchange_unit *unit, const struct bus_result *result, int64_t t_ns);

/* At or after `wake_ns`, while settling. */
void exchange_wake(struct exchange *exchange, struct exchange_unit *unit);

/* Ends one that is under way, with this reason. */
void exchange_cancel(struct exchange *exchange, struct exchange_unit *unit, enum modbus_outcome outcome);

bool exchange_is_under_way(const struct exchange *exchange);

#endif
