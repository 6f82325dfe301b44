/*
 * The console observer. An event is worked on in stages, and console_take stops wherever there is something to report, so
 * that no report waits in a queue that could be full.
 */

#include "drivers/observer/console.h"
#include "rig/base/text.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define HALF (CONSOLE_LINE_SIZE / 2)

enum stage { STAGE_HEARTBEAT, STAGE_HEARING, STAGE_LINES, STAGE_LOSING, STAGE_NONE };

/* ---- Configuration ---------------------------------------------------------------------------------------------- */

static bool add_pattern(struct console *console, const char *text, struct console_meaning meaning, struct error *error)
{
	assert(console->pattern_count < CONSOLE_PATTERNS_MAX);
	if (!pattern_compile(&console->pattern[console->pattern_count], text, error))
		return false;
	console->meaning[console->pattern_count++] = meaning;
	return true;
}

bool console_init(struct console *console, const struct bench_console *settings, struct error *error)
{
	struct console_meaning meaning;
	int i;

	memset(console, 0, offsetof(struct console, meaning));
	console->heartbeat_ns = settings->heartbeat_ns;
	console->heard_ns = -1;
	console->stage = STAGE_NONE;
	for (i = 0; i < settings->alert_count; i++) {
		meaning = (struct console_meaning){0};
		text_copy(meaning.code, sizeof meaning.code, settings->alerts[i].code);
		if (!add_pattern(console, settings->alerts[i].pattern, meaning, error))
			return error_prefix(error, "%s", meaning.code);
	}
	for (i = 0; i < HUB_EVENT_COUNT; i++) {
		meaning = (struct console_meaning){.hub = (enum hub_event)i};
		if (*settings->hub[i] && !add_pattern(console, settings->hub[i], meaning, error))
			return error_prefix(error, "hub event");
	}
	return true;
}

/* ---- What a match says ------------------------------------------------------------------------------------------ */

static bool captured(const struct pattern_match *match, enum capture capture)
{
	return match->there >> capture & 1;
}

/* Any of the forms becomes pairs in capitals with dashes. */
static void read_guid(const char *line, const struct pattern_match *match, char guid[GUID_SIZE])
{
	size_t at, used = 0;
	char digit;

	for (at = match->begin[CAPTURE_GUID]; captured(match, CAPTURE_GUID) && at < match->end[CAPTURE_GUID]; at++) {
		if (line[at] == '-' || line[at] == ':')
			continue;
		digit = line[at];
		if (used % 3 == 2)
			guid[used++] = '-';
		guid[used++] = digit >= 'a' ? (char)(digit - 'a' + 'A') : digit;
	}
	guid[used] = '\0';
}

/* "2026-11-23 18:01:02.5" becomes the one form that is read, with microseconds. */
static int64_t read_instant(const char *line, const struct pattern_match *match, enum capture capture)
{
	char text[UTC_TEXT_SIZE] = "0000-00-00T00:00:00.000000Z";
	size_t begin = match->begin[capture], at, digits = 0;
	int64_t utc_us;

	if (!captured(match, capture))
		return -1;
	memcpy(text, line + begin, 19);
	text[10] = 'T';
	at = begin + 20;
	if (at < match->end[capture] && line[at - 1] == '.')
		for (; at < match->end[capture] && line[at] != 'Z' && digits < 6; at++)
			text[20 + digits++] = line[at];
	return utc_from_text(text, UTC_TEXT_SIZE - 1, &utc_us) ? utc_us : -1;
}

static int64_t read_count(const char *line, const struct pattern_match *match)
{
	int64_t count = 0;
	size_t at;

	if (!captured(match, CAPTURE_COUNT))
		return 1;
	for (at = match->begin[CAPTURE_COUNT]; at < match->end[CAPTURE_COUNT]; at++)
		if (count < INT64_C(1000000000))
			count = count * 10 + (line[at] - '0');
	return count > 0 ? count : 1;
}

static void read_reference(const char *line, const struct pattern_match *match, char reference[WORD_TEXT_SIZE])
{
	char whole[WORD_TEXT_SIZE];
	size_t size = (size_t)match->end[CAPTURE_REFERENCE] - match->begin[CAPTURE_REFERENCE];
	struct text text;

	text_init(&text, whole, sizeof whole);
	if (captured(match, CAPTURE_REFERENCE))
		text_put_bytes(&text, line + match->begin[CAPTURE_REFERENCE], size < sizeof whole ? size : sizeof whole - 1);
	text_copy(reference, WORD_TEXT_SIZE, whole);
}

static void tell_match(const struct console *console, int at, const struct pattern_match *match, struct console_report *report)
{
	const struct console_meaning *meaning = &console->meaning[at];

	*report = (struct console_report){
		.kind = *meaning->code ? CONSOLE_ALERT : CONSOLE_HUB,
		.t_ns = console->line_ns,
		.hub = meaning->hub,
		.count = read_count(console->line, match),
		.interruption_utc_us = read_instant(console->line, match, CAPTURE_INTERRUPTED),
		.restoration_utc_us = read_instant(console->line, match, CAPTURE_RESTORED),
		.line = console->line,
		.line_size = console->line_size,
	};
	text_copy(report->code, sizeof report->code, meaning->code);
	read_guid(console->line, match, report->guid);
	read_reference(console->line, match, report->reference);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------ */

static void begin_trying(struct console *console)
{
	console->trying = true;
	console->next_pattern = 0;
}

/*
 * A pattern that was reported may be reported again for the same endless line once its match has been dropped with the
 * first half.
 */
static void keep_last_half(struct console *console)
{
	struct pattern_match match;
	int i;

	for (i = 0; i < console->pattern_count; i++)
		if (console->reported >> i & 1 &&
		    pattern_find(&console->pattern[i], console->line, console->line_size, &match) &&
		    match.end[CAPTURE_WHOLE] <= HALF)
			console->reported &= ~(UINT32_C(1) << i);
	memmove(console->line, console->line + HALF, CONSOLE_LINE_SIZE - HALF);
	console->line_size = CONSOLE_LINE_SIZE - HALF;
	console->line_ns = console->half_ns;
}

static void finish_trying(struct console *console)
{
	console->trying = false;
	if (console->line_size == CONSOLE_LINE_SIZE)
		keep_last_half(console);
	else
		console->line_size = 0;
}

/* The next pattern that matches, or the overflow itself; false when the line has been dealt with. */
static bool try_line(struct console *console, struct console_report *report)
{
	struct pattern_match match;
	int at;

	if (console->line_size == CONSOLE_LINE_SIZE && !console->overflowed) {
		console->overflowed = true;
		*report = (struct console_report){.kind = CONSOLE_OVERFLOW, .t_ns = console->line_ns, .line = console->line,
		                                  .line_size = console->line_size};
		return true;
	}
	while (console->next_pattern < console->pattern_count) {
		at = console->next_pattern++;
		if (console->reported >> at & 1 || !pattern_find(&console->pattern[at], console->line, console->line_size, &match))
			continue;
		console->reported |= UINT32_C(1) << at;
		tell_match(console, at, &match, report);
		return true;
	}
	return false;
}

static void add_byte(struct console *console, char byte, int64_t t_ns)
{
	if (console->line_size == 0) {
		console->line_ns = t_ns;
		console->reported = 0;
		console->overflowed = false;
	}
	if (console->line_size == HALF)
		console->half_ns = t_ns;
	console->line[console->line_size++] = byte;
	console->last_ns = t_ns;
}

/* Works on until there is a line to try; false when the event holds no more. */
static bool next_line(struct console *console)
{
	const struct console_event *event = &console->event;
	bool ended;
	char byte;

	if (event->kind == CONSOLE_BYTES) {
		while (console->used < event->size) {
			byte = (char)event->bytes[console->used++];
			ended = byte == '\r' || byte == '\n';
			if (!ended)
				add_byte(console, byte, event->t_ns);
			if (ended ? console->line_size > 0 : console->line_size == CONSOLE_LINE_SIZE) {
				begin_trying(console);
				return true;
			}
		}
		return false;
	}
	ended = event->kind == CONSOLE_LOST ||
	        (event->kind == CONSOLE_DEADLINE && event->t_ns - console->last_ns >= CONSOLE_PAUSE_NS);
	if (!ended || console->line_size == 0)
		return false;
	begin_trying(console);
	return true;
}

/* A line that was paused at before these bytes came is not theirs, also when the deadline was missed. */
static bool paused_before(struct console *console)
{
	if (console->event.kind != CONSOLE_BYTES || console->used > 0 || console->line_size == 0 ||
	    console->event.t_ns - console->last_ns < CONSOLE_PAUSE_NS)
		return false;
	begin_trying(console);
	return true;
}

static bool take_from_lines(struct console *console, struct console_report *report)
{
	while (console->trying || paused_before(console) || next_line(console)) {
		if (try_line(console, report))
			return true;
		finish_trying(console);
	}
	return false;
}

/* ---- Health ----------------------------------------------------------------------------------------------------- */

static bool tell_health(struct console *console, bool healthy, int64_t t_ns, const char *why, struct console_report *report)
{
	if (console->healthy == healthy)
		return false;
	console->healthy = healthy;
	*report = (struct console_report){.kind = CONSOLE_HEALTH, .t_ns = t_ns, .healthy = healthy};
	text_copy(report->why, sizeof report->why, why);
	return true;
}

static bool check_heartbeat(struct console *console, struct console_report *report)
{
	int64_t end_ns = console->heard_ns + console->heartbeat_ns;

	return console->healthy && console->heartbeat_ns > 0 && console->event.t_ns >= end_ns &&
	       tell_health(console, false, end_ns, "nothing heard within the heartbeat", report);
}

static bool open_or_hear(struct console *console, struct console_report *report)
{
	const struct console_event *event = &console->event;

	if (event->kind == CONSOLE_OPENED) {
		console->open = true;
		console->heard_ns = -1;
		return console->heartbeat_ns == 0 && tell_health(console, true, event->t_ns, "the port is open", report);
	}
	if (event->kind != CONSOLE_BYTES || event->size == 0 || !console->open)
		return false;
	console->heard_ns = event->t_ns;
	return console->heartbeat_ns > 0 && tell_health(console, true, event->t_ns, "heard", report);
}

static bool lose(struct console *console, struct console_report *report)
{
	if (console->event.kind != CONSOLE_LOST)
		return false;
	console->open = false;
	return tell_health(console, false, console->event.t_ns, "the port is gone", report);
}

/* ---- Events ----------------------------------------------------------------------------------------------------- */

void console_give(struct console *console, const struct console_event *event)
{
	assert(console->stage == STAGE_NONE);
	console->event = *event;
	console->used = 0;
	console->stage = STAGE_HEARTBEAT;
}

bool console_take(struct console *console, struct console_report *report)
{
	bool told = false;

	/* Only lines can be several; every other stage is passed once. */
	while (!told && console->stage != STAGE_NONE) {
		switch ((enum stage)console->stage) {
		case STAGE_HEARTBEAT:
			told = check_heartbeat(console, report);
			break;
		case STAGE_HEARING:
			told = open_or_hear(console, report);
			break;
		case STAGE_LINES:
			if (take_from_lines(console, report))
				return true;
			break;
		case STAGE_LOSING:
			told = lose(console, report);
			break;
		case STAGE_NONE:
			break;
		}
		console->stage++;
	}
	return told;
}

int64_t console_deadline(const struct console *console)
{
	int64_t pause_ns = console->line_size > 0 ? console->last_ns + CONSOLE_PAUSE_NS : INSTANT_NEVER;
	int64_t beat_ns = console->healthy && console->heartbeat_ns > 0 ? console->heard_ns + console->heartbeat_ns : INSTANT_NEVER;

	return pause_ns < beat_ns ? pause_ns : beat_ns;
}
