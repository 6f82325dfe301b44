#ifndef HILRIG_DRIVERS_STREAM_H
#define HILRIG_DRIVERS_STREAM_H

/*
 * A slot's byte stream: its console observer and its upgrade, joined as one machine without I/O. What is heard is given to both;
 * what a session wants to send waits in `unsent` until whoever carries the bytes has taken it. Everything that is found out goes to
 * the listener of rig/bench/driver.h.
 *
 * The carrier is a port (stream_instrument.h) or a simulated line (drivers/sim). After each call it looks at `unsent`, sends what
 * it can, and says so with stream_sent. What a session wants of the line itself stands between those bytes: stream_sendable bytes go
 * first, then stream_line is carried out. Instants are of the carrier's monotonic base. Nothing is allocated after stream_init.
 */

#include "drivers/loader/upgrade.h"
#include "drivers/observer/console.h"
#include "rig/bench/driver.h"

#define STREAM_LINES_MAX 4             /* one that a session waits for, and the rates that ended ones want back */
#define STREAM_UNSENT_SIZE (2 * SESSION_OUTPUT_SIZE)

struct stream {
	const struct instrument_listener *listener;
	int slot;                      /* of the bench */
	char name[INSTRUMENT_NAME_SIZE];
	bool has_console, has_loader;
	struct upgrade upgrade;
	const struct upgrade_image *image;
	size_t unsent_size;
	struct stream_line {
		struct session_line line;
		size_t behind;         /* so many bytes of `unsent` */
		unsigned session;      /* whose */
	} lines[STREAM_LINES_MAX];
	size_t line_count;
	unsigned session_number;
	/* Private: the session under way. */
	struct session session;
	bool running;
	enum upgrade_task task;
	enum phase phase;
	int64_t session_deadline_ns;
	struct upgrade_told told;
	bool first_block_told, sent_told;
	struct session_output output;
	/* From here on nothing is read that was not written before. */
	struct console console;        /* if it has one */
	uint8_t unsent[STREAM_UNSENT_SIZE];
};

/* For an instrument of the bench. FAULT_CONFIGURATION: a pattern that does not compile. */
MUST_USE bool stream_init(struct stream *stream, const struct driver_start *start, int instrument, struct error *error);

/* The line is there; is lost, with whatever was unsent; has carried bytes to us; has taken the first `size` bytes of `unsent`. */
void stream_opened(struct stream *stream, int64_t now_ns);
void stream_lost(struct stream *stream, int64_t now_ns);
void stream_heard(struct stream *stream, int64_t now_ns, const uint8_t *bytes, size_t size);
void stream_sent(struct stream *stream, int64_t now_ns, size_t size);

/* How many bytes of `unsent` may go now; what the line is to become when these are out on the wire, NULL: nothing. */
size_t stream_sendable(const struct stream *stream);
const struct session_line *stream_line(const struct stream *stream);

/* It has become so, or an error says why it cannot. */
void stream_lined(struct stream *stream, int64_t now_ns, const struct error *error);

/* As the contract of instruments says. `open`: the line is there; without it a session fails at once. */
void stream_ask(struct stream *stream, enum upgrade_ask ask, bool open, int64_t now_ns);
int64_t stream_deadline(const struct stream *stream);
void stream_tick(struct stream *stream, int64_t now_ns);

#endif
