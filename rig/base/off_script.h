#ifndef HILRIG_RIG_BASE_OFF_SCRIPT_H
#define HILRIG_RIG_BASE_OFF_SCRIPT_H

/*
 * The off script: what the supervisor does when the rig is gone, as plain data. The rig makes it before anything is
 * energised and hands it over; whoever carries it out needs no YAML, no profile, no libmodbus and no libuv.
 *
 * It is flat (no pointers) and may be sent over a socketpair as it is: one struct of OFF_SCRIPT_SIZE bytes between two
 * processes of one program. off_script_check() is for the receiver.
 *
 * Two causes. OFF_CAUSE_RIG (crash, hang, error) switches off what the bench file marks `on_rig_loss: off` and leaves
 * `hold` alone; OFF_CAUSE_PERSON (e-stop, door, over-temperature, arm lost, `hilrig off`) switches off everything. Each
 * line and each exchange says for which causes it is meant; a line with only OFF_CAUSE_PERSON is one that is held.
 *
 * Lines are set first, all at once. Then all buses run side by side; on one bus its exchanges run in the script's order:
 *   - at first wait until the line has been quiet for `quiet_ns`, so that an answer on its way is not talked over; then, in
 *     front of every request, `gap_ns`. No wait for quiet is longer than `quiet_max_ns`;
 *   - send `request`, take bytes until `answer_size` are there, or give up after `answer_ns` of the bus;
 *   - off_exchange_holds() says whether the answer is the one expected;
 *   - an OFF_CHECK closes a group: the OFF_WRITEs since the bus's check before it, of this cause. What is off is what a
 *     check has proved: an OFF_WRITE whose answer is wrong does not end the group, one without any answer does;
 *   - after a group that was not proved there is a quiet of `drain_ns`, and the next group runs: one dead instrument must not
 *     keep the others on. Groups that are not proved have another turn when all others had theirs, `tries` turns in all.
 */

#include "rig/base/error.h"

#include <stdint.h>

#define OFF_NAME_SIZE 40        /* a channel as in journals, or several: "relays.1-4"; with the terminating zero */
#define OFF_LINES_MAX 256
#define OFF_BUSES_MAX 32
#define OFF_EXCHANGES_MAX 512
#define OFF_FRAME_MAX 32        /* bytes of a request or answer with its check */
#define OFF_TRIES_MAX 10

/* Bits. */
enum off_cause { OFF_CAUSE_RIG = 1, OFF_CAUSE_PERSON = 2 };

/* One output line of a GPIO request (rig/base/gpio_line.h). */
struct off_line {
	char name[OFF_NAME_SIZE];
	uint8_t causes;             /* bits of enum off_cause */
	uint8_t level;              /* 0 or 1, after active-low */
	uint16_t request;           /* index into the requests that the supervisor holds */
	uint16_t line;              /* bit in that request, 0 to 63 */
};

struct off_bus {
	char name[OFF_NAME_SIZE];   /* the port, for its journal */
	int64_t gap_ns;             /* least silence in front of a request */
	int64_t answer_ns;          /* from the request's write to the last byte of its answer: wire time included */
	int64_t quiet_ns;           /* silence before the first request: the turn-around of a unit that is well */
	int64_t drain_ns;           /* silence after a group that was not proved: a late answer is then no longer to be expected */
	int64_t quiet_max_ns;       /* longest wait for either: then it is sent all the same */
	int32_t tries;              /* turns of a group, 1 to OFF_TRIES_MAX */
};

enum off_exchange_kind { OFF_WRITE, OFF_CHECK };

struct off_exchange {
	char name[OFF_NAME_SIZE];
	uint8_t causes;
	uint8_t kind;               /* enum off_exchange_kind */
	uint8_t bus;                /* index into `buses` */
	uint8_t request_size;
	uint8_t answer_size;        /* of all its bytes */
	uint8_t request[OFF_FRAME_MAX];
	uint8_t answer[OFF_FRAME_MAX];
	uint8_t mask[OFF_FRAME_MAX]; /* bits of the answer that must be as given; the last two bytes (the check) are 0 here */
};

struct off_script {
	int32_t line_count;
	int32_t bus_count;
	int32_t exchange_count;
	struct off_line lines[OFF_LINES_MAX];
	struct off_bus buses[OFF_BUSES_MAX];  /* index n belongs to the n-th bus descriptor that the supervisor holds */
	struct off_exchange exchanges[OFF_EXCHANGES_MAX];
};

#define OFF_SCRIPT_SIZE sizeof(struct off_script)

/*
 * Whether counts, sizes, indices, levels, causes and times lie within their limits, every text ends, and every write is
 * followed by a check of the same bus and cause. FAULT_RIG.
 */
MUST_USE bool off_script_check(const struct off_script *script, struct error *error);

/*
 * Appends to the script. False when it is full, or when the frames are longer than OFF_FRAME_MAX: FAULT_CONFIGURATION, as
 * the bench is then larger than a supervisor can hold.
 */
MUST_USE bool off_script_add_line(struct off_script *script, const struct off_line *line, struct error *error);
MUST_USE bool off_script_add_exchange(struct off_script *script, const struct off_exchange *exchange, struct error *error);

/* Gives the index of the bus in `*index`. */
MUST_USE bool off_script_add_bus(struct off_script *script, const struct off_bus *bus, uint8_t *index, struct error *error);

/* Whether these bytes, as received, are the answer: its size, the masked bits, and a check that holds. */
bool off_exchange_holds(const struct off_exchange *exchange, const uint8_t *bytes, size_t size);

/*
 * The index of the exchange of `bus` and `cause` behind `at` (-1: the first one), or -1 when there is none. And the check
 * that closes the group of the exchange `at`, which off_script_check() has proved to be there.
 */
int off_script_next(const struct off_script *script, int bus, enum off_cause cause, int at);
int off_script_closing(const struct off_script *script, int at, enum off_cause cause);

#endif
