#ifndef HILRIG_DRIVERS_OBSERVER_CONSOLE_H
#define HILRIG_DRIVERS_OBSERVER_CONSOLE_H

/*
 * An observer that listens to a device's console: bytes in, alerts, hub events and its own health out.
 *
 * Bytes become lines, ended by CR, LF or both; empty ones do not count. A line has the instant of its first byte, which is
 * the instant of the event that brought it (how long the bytes were on the wire is not subtracted). A line that goes on for
 * CONSOLE_PAUSE_NS without a byte has ended too, and so has one whose port is lost, because a hub that dies may not finish
 * its last line, and because a prompt must not lend its instant to what is written behind it an hour later. The pause is
 * longer than the rig may hang (1 s), so that bytes that waited for a slow loop never look like one.
 *
 * Every line is tried against every pattern; a pattern counts once a line. A line longer than CONSOLE_LINE_SIZE is reported
 * once as an overflow, and goes on with its last half kept: a pattern is found wherever the cut falls, and its instant is
 * that of the half.
 *
 * Health. The observer is healthy while the port is open and, with a heartbeat, while something was heard within it (the
 * first byte after opening starts it). A console that is fed by the rail under test is silent in every long outage: it
 * wants no heartbeat. Health is reported on change only; at first it is not healthy. That the heartbeat was missed has the
 * instant at which it ran out, also when it is noticed late.
 *
 * It is a pure machine: it reads no clock, does no I/O and allocates nothing after console_init. Use:
 *
 *     console_give(&console, &event);
 *     while (console_take(&console, &report))
 *             ...
 *
 * All reports must be taken before the next event is given; bytes of an event are borrowed until then.
 */

#include "rig/base/instant.h"
#include "rig/base/pattern.h"
#include "rig/bench/bench.h"

#define CONSOLE_LINE_SIZE 4096
#define CONSOLE_PATTERNS_MAX (CONSOLE_ALERTS_MAX + HUB_EVENT_COUNT)
#define CONSOLE_PAUSE_NS (2 * NS_PER_S)

enum console_event_kind {
	CONSOLE_OPENED,    /* the port is open, at first or again */
	CONSOLE_BYTES,
	CONSOLE_DEADLINE,  /* at or after console_deadline */
	CONSOLE_LOST
};

struct console_event {
	enum console_event_kind kind;
	int64_t t_ns;
	const uint8_t *bytes;
	size_t size;
};

enum console_report_kind { CONSOLE_ALERT, CONSOLE_HUB, CONSOLE_HEALTH, CONSOLE_OVERFLOW };

struct console_report {
	enum console_report_kind kind;
	int64_t t_ns;                        /* ALERT, HUB, OVERFLOW: first byte of the line; HEALTH: the change */
	/* ALERT */
	char code[8];                        /* "AD1", "8F36", ... */
	char guid[GUID_SIZE];                /* as 00-DB-12-34-56-78-90-A5, however it was written; empty: none in what was matched */
	int64_t count;                       /* 1 unless the pattern has {count} */
	int64_t interruption_utc_us;         /* -1: none, as restoration */
	int64_t restoration_utc_us;
	char reference[WORD_TEXT_SIZE];
	/* HUB */
	enum hub_event hub;
	/* HEALTH */
	bool healthy;
	char why[96];
	/* ALERT, HUB, OVERFLOW: the line as received, borrowed until the next call */
	const char *line;
	size_t line_size;
};

/* What a pattern means: an alert with its code, or (with no code) a hub event. */
struct console_meaning {
	char code[8];
	enum hub_event hub;
};

struct console {
	/* As configured. */
	int pattern_count;
	int64_t heartbeat_ns;
	/* The line so far. */
	size_t line_size;
	int64_t line_ns;          /* its first byte */
	int64_t half_ns;          /* the first byte of its second half */
	int64_t last_ns;          /* its last byte */
	uint32_t reported;        /* bits: patterns reported for it */
	bool overflowed;
	bool trying;              /* pattern `next_pattern` and those after it are still to be tried */
	int next_pattern;
	/* Health. */
	bool open, healthy;
	int64_t heard_ns;         /* last byte since opening; -1: none */
	/* The event being worked on. */
	struct console_event event;
	size_t used;
	int stage;
	/* As many as are counted; the rest is nothing that was written. */
	struct console_meaning meaning[CONSOLE_PATTERNS_MAX];
	struct pattern pattern[CONSOLE_PATTERNS_MAX];
	char line[CONSOLE_LINE_SIZE];
};

/* Compiles the patterns; the error says which one. `settings` is not needed afterwards. */
MUST_USE bool console_init(struct console *console, const struct bench_console *settings, struct error *error);

void console_give(struct console *console, const struct console_event *event);
MUST_USE bool console_take(struct console *console, struct console_report *report);

/* The next instant at which CONSOLE_DEADLINE is wanted; INSTANT_NEVER: none. */
int64_t console_deadline(const struct console *console);

#endif
