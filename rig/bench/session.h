#ifndef HILRIG_RIG_BENCH_SESSION_H
#define HILRIG_RIG_BENCH_SESSION_H

/*
 * The contract of everything that talks over a byte stream and can go wrong: loaders, dialogs with a console, dongles.
 *
 * A session is a machine without I/O. It is given events, each with its instant, and answers with bytes to send, the next
 * instant at which it wants to be called, and how far it is. It reads no clock, opens nothing and allocates nothing after
 * its own init, so that the shipped session runs unchanged over a tty, in a simulation and in a fuzzer.
 *
 * Rules for the caller: first SESSION_START; then SESSION_BYTES as they arrive, in order, any cut; SESSION_DEADLINE at or
 * after the deadline asked for; SESSION_CANCEL or SESSION_LOST at any time. After every event the output is to be carried
 * out: first its bytes, then, once these and all before them are out on the wire, what it wants of the line itself, of
 * which SESSION_LINE tells a session that still runs. Until then it sends nothing more. Once the state is not
 * SESSION_RUNNING no further event may be given. Every running session has a deadline.
 */

#include "rig/base/error.h"
#include "rig/base/instant.h"
#include "rig/bench/port.h"

#include <stdint.h>

#define SESSION_OUTPUT_SIZE 2048 /* most bytes that one event can make a session send */

enum session_event_kind {
	SESSION_START,
	SESSION_BYTES,
	SESSION_DEADLINE,
	SESSION_LINE,     /* what was wanted of the line has been done */
	SESSION_LOST,     /* the stream is gone: unplugged, closed */
	SESSION_CANCEL    /* the caller wants it to end; it may still send a farewell */
};

struct session_event {
	enum session_event_kind kind;
	int64_t t_ns;
	const uint8_t *bytes; /* SESSION_BYTES: borrowed for the call */
	size_t size;
};

/* What is wanted of the line itself; all zero: nothing. */
struct session_line {
	int64_t baud;             /* 0: as it is */
	enum port_line dtr, rts;
	enum port_line brk;       /* PORT_LINE_ON: the break begins, and lasts until PORT_LINE_OFF */
};

enum session_state { SESSION_RUNNING, SESSION_DONE, SESSION_FAILED };

/* Filled anew by every call. */
struct session_output {
	uint8_t bytes[SESSION_OUTPUT_SIZE];
	size_t size;
	struct session_line line;
	int64_t deadline_ns;      /* call again at this instant at the latest; INSTANT_NEVER only when not running */
	enum session_state state;
	struct error error;       /* SESSION_FAILED: why, and whose fault */
	int64_t done_bytes;       /* progress of what is being transferred; 0 of 0 where nothing is */
	int64_t total_bytes;
};

/* What a kind of session implements; `self` is the kind's own struct in the caller's memory. */
struct session_kind {
	const char *name;
	void (*step)(void *self, const struct session_event *event, struct session_output *output);
};

struct session {
	const struct session_kind *kind;
	void *self;
};

static inline bool session_wants_line(const struct session_output *output)
{
	const struct session_line *line = &output->line;

	return line->baud != 0 || line->dtr != PORT_LINE_LEAVE || line->rts != PORT_LINE_LEAVE || line->brk != PORT_LINE_LEAVE;
}

static inline void session_step(struct session *session, const struct session_event *event, struct session_output *output)
{
	output->line = (struct session_line){.baud = 0}; /* few sessions want anything of it */
	session->kind->step(session->self, event, output);
}

#endif
