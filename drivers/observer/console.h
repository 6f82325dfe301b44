#ifndef HILRIG_DRIVERS_OBSERVER_CONSOLE_H
#define HILRIG_DRIVERS_OBSERVER_CONSOLE_H

/*
 * An observer that listens to a device's console: bytes in, alerts, hub events and its own health out.
 *
 * Bytes become lines, ended by CR, LF or both; empty ones do not count. A line has the instant of its first byte, which is
 * the instant of the event that brought it (how long the bytes were on the wire is not subtracted). Every line is tried
 * against every pattern. A line that stands unfinished for CONSOLE_PAUSE_NS, or when the port is lost, is tried as it is,
 * because a hub that dies may not finish its last line; when more of it comes it is tried again, and a pattern that was
 * reported for a line is not reported twice for it. A line longer than CONSOLE_LINE_SIZE is tried, reported once as an
 * overflow, and goes on with its last half kept, so that a pattern is found wherever the cut falls.
 *
 * Health. The observer is healthy while the port is open and, with a heartbeat, while something was heard within it (the
 * first byte after opening starts it). A console that is fed by the rail under test is silent in every outage: it wants
 * no heartbeat. Health is reported on change only; at first it is not healthy.
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
#define CONSOLE_PAUSE_NS (500 * NS_PER_MS)

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
	struct pattern pattern[CONSOLE_PATTERNS_MAX];
	struct console_meaning meaning[CONSOLE_PATTERNS_MAX];
	int pattern_count;
	int64_t heartbeat_ns;
	/* The line so far. */
	char line[CONSOLE_LINE_SIZE];
	size_t line_size;
	int64_t line_ns;          /* its first byte */
	int64_t last_ns;          /* its last byte */
	uint32_t reported;        /* bits: patterns reported for this line */
	bool overflowed;          /* and said so */
	bool tried;               /* as it is, since the last byte */
	/* Trying it. */
	int next_pattern;         /* -1: not being tried */
	enum { CONSOLE_LINE_ENDS, CONSOLE_LINE_GOES_ON, CONSOLE_LINE_IS_HALVED } then;
	/* Health. */
	bool open, healthy;
	int64_t heard_ns;         /* last byte since opening; -1: none */
	/* The event being worked on. */
	struct console_event event;
	size_t used;
	bool health_looked_at;
};

/* Compiles the patterns; the error says which one. `settings` is not needed afterwards. */
MUST_USE bool console_init(struct console *console, const struct bench_console *settings, struct error *error);

void console_give(struct console *console, const struct console_event *event);
MUST_USE bool console_take(struct console *console, struct console_report *report);

/* The next instant at which CONSOLE_DEADLINE is wanted; INSTANT_NEVER: none. */
int64_t console_deadline(const struct console *console);

#endif
