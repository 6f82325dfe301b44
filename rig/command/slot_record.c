/* Lines of a bench's slot record: written in one form, read back only in that form, and folded into what holds now. */

#include "rig/command/slot_record.h"

#include "rig/base/json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_COUNT 7

const char *slot_what_name(enum slot_what what)
{
	static const char *const names[] = {[SLOT_LOCKED_OUT] = "locked-out", [SLOT_OPENED] = "opened", [SLOT_CLOSED] = "closed",
		[SLOT_CLEARED] = "cleared"};

	assert(what < SLOT_WHAT_COUNT);
	return names[what];
}

void slot_when(int64_t utc_us, char text[SLOT_WHEN_SIZE])
{
	char whole[UTC_TEXT_SIZE];

	utc_to_text(utc_us, whole);
	(void)snprintf(text, SLOT_WHEN_SIZE, "%.10s %.8s UTC", whole, whole + 11);
}

/* ---- Texts ---- */

static bool is_name(const char *text)
{
	return text[0] && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(text);
}

/* A record is printed on terminals: nothing in it may move a cursor. */
static bool is_printable(const char *text)
{
	size_t size = strlen(text), at = 0, length;

	for (; at < size; at += length) {
		length = text_utf8_length(text + at, size - at);
		/* U+0080 to U+009F are control characters too. */
		if (length == 0 || (unsigned char)text[at] < 0x20 || text[at] == 0x7F ||
		    (length == 2 && (unsigned char)text[at] == 0xC2 && (unsigned char)text[at + 1] < 0xA0))
			return false;
	}
	return true;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " ")] == '\0';
}

/* What is wrong with the entry; NULL: nothing. */
static const char *wrong_with(const struct slot_entry *entry)
{
	if (entry->utc_us < 0 || entry->utc_us > UTC_US_MAX)
		return "its time cannot be written";
	if (!is_name(entry->bench))
		return "the bench's name is none";
	if (!is_name(entry->slot))
		return "the slot's name is none";
	if (is_blank(entry->by))
		return "nobody is named";
	if (!is_printable(entry->by))
		return "the name has control characters or is no UTF-8";
	if (!is_printable(entry->why))
		return "the reason has control characters or is no UTF-8";
	if (entry->run[0] && !is_name(entry->run))
		return "the run's id is none";
	return NULL;
}

bool slot_entry_check(const struct slot_entry *entry, struct error *error)
{
	const char *wrong = wrong_with(entry);

	return !wrong || error_set(error, FAULT_USAGE, "slot %.23s: %s", entry->slot, wrong);
}

void slot_entry_put(struct text *text, const struct slot_entry *entry)
{
	char utc[UTC_TEXT_SIZE];

	assert(!wrong_with(entry));
	utc_to_text(entry->utc_us, utc);
	text_format(text, "{\"utc\":\"%s\",\"bench\":\"%s\",\"slot\":\"%s\",\"what\":\"%s\",\"by\":", utc, entry->bench, entry->slot,
		    slot_what_name(entry->what));
	text_put_json(text, entry->by);
	text_put(text, ",\"why\":");
	text_put_json(text, entry->why);
	text_format(text, ",\"run\":\"%s\"}\n", entry->run);
}

/* ---- Reading ---- */

/* The text of a key, if it fits: what does not is longer than anything that was written. */
static bool take_text(const struct json *line, const char *key, char *to, size_t size)
{
	const char *text = json_value_text(json_value_member(line, key));

	return text && strlen(text) < size && text_copy(to, size, text);
}

static bool take_what(const struct json *line, enum slot_what *what)
{
	char word[16];

	if (!take_text(line, "what", word, sizeof word))
		return false;
	for (*what = SLOT_LOCKED_OUT; *what < SLOT_WHAT_COUNT; (*what)++)
		if (strcmp(word, slot_what_name(*what)) == 0)
			return true;
	return false;
}

static const char *take_entry(const struct json *line, const char *bench, struct slot_entry *entry)
{
	char utc[UTC_TEXT_SIZE];

	if (!take_text(line, "utc", utc, sizeof utc) || !utc_from_text(utc, strlen(utc), &entry->utc_us))
		return "'utc' is no instant";
	if (!take_text(line, "bench", entry->bench, sizeof entry->bench) || strcmp(entry->bench, bench) != 0)
		return "'bench' is not this bench";
	if (!take_text(line, "slot", entry->slot, sizeof entry->slot))
		return "'slot' is no slot's name";
	if (!take_what(line, &entry->what))
		return "'what' is none of locked-out, opened, closed, cleared";
	if (!take_text(line, "by", entry->by, sizeof entry->by))
		return "'by' is no name";
	if (!take_text(line, "why", entry->why, sizeof entry->why))
		return "'why' is no text";
	if (!take_text(line, "run", entry->run, sizeof entry->run))
		return "'run' is no run's id";
	if (json_value_count(line) != KEY_COUNT)
		return "there are other keys than utc, bench, slot, what, by, why, run";
	return wrong_with(entry);
}

/* One line without its newline. NULL: it is an entry, byte for byte as it would be written again. */
static const char *read_line(const char *bytes, size_t size, const char *bench, struct slot_entry *entry)
{
	char again[SLOT_LINE_SIZE_MAX];
	struct json *line;
	struct text text;
	const char *wrong;

	if (size + 1 >= SLOT_LINE_SIZE_MAX)
		return "it is too long";
	if (!json_document_parse(&line, bytes, size, "", NULL))
		return "it is no JSON";
	memset(entry, 0, sizeof *entry);
	wrong = take_entry(line, bench, entry);
	json_document_free(line);
	if (wrong)
		return wrong;
	text_init(&text, again, sizeof again);
	slot_entry_put(&text, entry);
	if (text.full || text.used != size + 1 || memcmp(again, bytes, size) != 0)
		return "it is not as this program writes it";
	return NULL;
}

void slot_record_read(const char *bytes, size_t size, const char *bench, const struct slot_reader *reader)
{
	const char *end = size > 0 ? bytes + size : bytes;
	struct slot_entry entry;
	int line;

	for (line = 1; bytes < end; line++) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *wrong = newline ? read_line(bytes, (size_t)(newline - bytes), bench, &entry) : "it is cut off";

		if (wrong)
			reader->damage(reader->self, line, wrong);
		else
			reader->entry(reader->self, line, &entry);
		bytes = newline ? newline + 1 : end;
	}
}

/* ---- Folding ---- */

static void fold_damage(void *self, int line, const char *why)
{
	struct slot_record *record = self;

	record->damaged_line = line;
	text_copy(record->damage, sizeof record->damage, why);
}

static struct slot_state *state_of(const struct slot_record *record, const char *slot)
{
	int i;

	for (i = 0; i < record->state_count; i++)
		if (strcmp(record->states[i].slot, slot) == 0)
			return &record->states[i];
	return NULL;
}

static struct slot_state *state_made(struct slot_record *record, const char *slot)
{
	struct slot_state *state = state_of(record, slot);

	if (state || record->state_count == SLOT_STATES_MAX)
		return state;
	if (record->state_count == record->state_room) {
		record->state_room = record->state_room ? 2 * record->state_room : 8;
		record->states = realloc(record->states, (size_t)record->state_room * sizeof *record->states);
		assert(record->states);
	}
	state = &record->states[record->state_count++];
	memset(state, 0, sizeof *state);
	text_copy(state->slot, sizeof state->slot, slot);
	return state;
}

static void fold_entry(void *self, int line, const struct slot_entry *entry)
{
	struct slot_record *record = self;
	struct slot_state *state = state_made(record, entry->slot);
	struct slot_mark mark = {line, *entry};

	if (!state) {
		fold_damage(record, line, "it names one slot more than a bench can have");
		return;
	}
	state->last = mark;
	switch (entry->what) {
	case SLOT_LOCKED_OUT:
		if (!state->locked.line)
			state->locked = mark;
		break;
	case SLOT_OPENED:
		if (!state->opened.line)
			state->opened = mark;
		break;
	case SLOT_CLOSED:
		state->opened.line = 0;
		break;
	case SLOT_CLEARED:
		state->locked.line = 0;
		state->cleared_line = line;
		break;
	case SLOT_WHAT_COUNT:
		break;
	}
}

void slot_record_load(struct slot_record *record, const char *bench, const char *bytes, size_t size)
{
	const struct slot_reader fold = {record, fold_entry, fold_damage};

	memset(record, 0, sizeof *record);
	text_copy(record->bench, sizeof record->bench, bench);
	slot_record_read(bytes, size, bench, &fold);
}

void slot_record_done(struct slot_record *record)
{
	free(record->states);
	memset(record, 0, sizeof *record);
}

struct slot_state slot_record_state(const struct slot_record *record, const char *slot)
{
	const struct slot_state *known = state_of(record, slot);
	struct slot_state state = {.cleared_line = 0};

	if (known)
		return *known;
	text_copy(state.slot, sizeof state.slot, slot);
	return state;
}

bool slot_is_suspect(const struct slot_record *record, const struct slot_state *state)
{
	return !state->locked.line && record->damaged_line > state->cleared_line;
}

bool slot_is_locked(const struct slot_record *record, const struct slot_state *state)
{
	return state->locked.line || slot_is_suspect(record, state);
}
