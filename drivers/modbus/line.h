#ifndef HILRIG_DRIVERS_MODBUS_LINE_H
#define HILRIG_DRIVERS_MODBUS_LINE_H

/*
 * The loop's side of a Modbus line: between the tty and the worker's socketpair every byte passes here.
 *
 * A transaction is open from line_send to line_end. What arrives then goes to the worker; what arrives at any
 * other time is dropped and recorded as such, because the worker would take a late answer for the next one. What waits in
 * the tty at the moment of a request is late too.
 *
 * Both descriptors are non-blocking and borrowed. Functions are called when one is readable; none waits. Requests that
 * the tty does not take at once (its buffer holds 4096 bytes, a request 137) are cut and time out.
 */

#include "drivers/modbus/modbus_port.h"

struct line {
	int tty, pair;              /* -1: none */
	void (*record)(void *recorder, const struct modbus_frame *frame); /* may be NULL */
	void *recorder;
	uint8_t request[MODBUS_FRAME_MAX];
	size_t request_size;        /* the worker's request, waiting for line_send */
	bool open;
	uint8_t heard[MODBUS_FRAME_MAX];
	size_t heard_size;          /* of the open transaction, also beyond the buffer */
	int64_t first_ns, last_ns;  /* of them; 0: none */
};

enum line_state { LINE_NOTHING, LINE_HEARD, LINE_LOST };

void line_init(struct line *line, void (*record)(void *, const struct modbus_frame *), void *recorder);
void line_attach(struct line *line, int tty, int pair);
void line_detach(struct line *line);

/* The socketpair is readable: takes the worker's request. True if there is one now. */
MUST_USE bool line_pair_ready(struct line *line);

/* The request goes out, and a transaction is open. LINE_HEARD: late bytes were dropped just before. */
MUST_USE enum line_state line_send(struct line *line, int64_t now_ns);

/* The tty is readable. LINE_HEARD: bytes came, and were dropped if none was open. LINE_LOST: the tty is gone. */
MUST_USE enum line_state line_tty_ready(struct line *line, int64_t now_ns);

/* The open transaction has ended: records what was heard, gives its size and the instant of its last byte (0: none). */
size_t line_end(struct line *line, int64_t *last_ns);

#endif
