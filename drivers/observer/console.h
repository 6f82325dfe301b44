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

#include "rig/base/error.h"
#include "rig/base/instant.h"
#include "rig/base/pattern.h"

#define CONSOLE_LINE_SIZE 4096
#define CONSOLE_PATTERNS_MAX 16
#define CONSOLE_PAUSE_NS (500 * NS_PER_MS)
#define CONSOLE_CODE_SIZE 8
#define CONSOLE_GUID_SIZE 24      /* 00-DB-12-34-56-78-90-A5, however the console wrote it */
#define CONSOLE_REFERENCE_SIZE 48

/* The same five, in the same order, as the journal's hub lines. */
enum console_hub { CONSOLE_HUB_READY, CONSOLE_HUB_RESTART, CONSOLE_HUB_UPGRADE, CONSOLE_HUB_UNSEATED, CONSOLE_HUB_SEATED };

enum console_meaning { CONSOLE_MEANS_ALERT, CONSOLE_MEANS_HUB };

struct console_pattern {
	enum console_meaning meaning;
	char code[CONSOLE_CODE_SIZE];   /* of an alert: "AD1", "8F36", ... */
	enum console_hub hub;           /* of a hub event */
	const char *text;               /* rig/base/pattern.h; borrowed for console_init only */
};

struct console_settings {
	const struct console_pattern *patterns; /* at most CONSOLE_PATTERNS_MAX */
	size_t pattern_count;
	int64_t heartbeat_ns;                   /* 0: none */
};

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
	char code[CONSOLE_CODE_SIZE];
	char guid[CONSOLE_GUID_SIZE];        /* empty: the pattern has none, or the line was cut before it */
	int64_t count;                       /* 1 unless the pattern has {count} */
	int64_t interruption_utc_us;         /* -1: none, as restoration */
	int64_t restoration_utc_us;
	char reference[CONSOLE_REFERENCE_SIZE];
	/* HUB */
	enum console_hub hub;
	/* HEALTH */
	bool healthy;
	char why[96];
	/* ALERT, HUB, OVERFLOW: the line as received, borrowed until the next call */
	const char *line;
	size_t line_size;
};

struct console {
	/* As configured. */
	struct pattern pattern[CONSOLE_PATTERNS_MAX];
	struct { enum console_meaning meaning; enum console_hub hub; char code[CONSOLE_CODE_SIZE]; } means[CONSOLE_PATTERNS_MAX];
	size_t pattern_count;
	int64_t heartbeat_ns;
	/* The line so far. */
	char line[CONSOLE_LINE_SIZE];
	size_t line_size;
	int64_t line_ns;          /* its first byte */
	int64_t last_ns;          /* its last byte; also what the pause is counted from */
	uint32_t reported;        /* bits: patterns reported for this line */
	bool overflowed;          /* and said so */
	bool paused;              /* tried as it is since the last byte */
	/* Trying a line: which pattern is next, and what happens to the line afterwards. */
	size_t next_pattern;
	int after;
	/* Health. */
	bool open, healthy, health_due;
	int64_t heard_ns;         /* last byte since opening; -1: none */
	/* The event being worked on. */
	struct console_event event;
	size_t used;
};

/* Compiles the patterns; the error says which one. */
MUST_USE bool console_init(struct console *console, const struct console_settings *settings, struct error *error);

void console_give(struct console *console, const struct console_event *event);
MUST_USE bool console_take(struct console *console, struct console_report *report);

/* The next instant at which CONSOLE_DEADLINE is wanted; INSTANT_NEVER: none. */
int64_t console_deadline(const struct console *console);

#endif
