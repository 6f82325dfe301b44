/*
 * Bytes as a slot record: reading ends, every line is an entry or damage, each entry is written again as the same bytes, and
 * with damage no slot is usable that was not cleared behind it.
 */

#include "rig/command/slot_record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct seen {
	const char *at, *end;      /* of the lines not told of yet */
	int lines, damaged_line;
};

static const char *next_line(struct seen *seen, int line)
{
	const char *begin = seen->at, *newline = memchr(begin, '\n', (size_t)(seen->end - begin));

	assert(begin < seen->end && line == ++seen->lines);
	seen->at = newline ? newline + 1 : seen->end;
	return begin;
}

static void take_entry(void *self, int line, const struct slot_entry *entry)
{
	struct seen *seen = self;
	const char *begin = next_line(seen, line);
	char again[SLOT_LINE_SIZE_MAX];
	struct text text;

	assert(slot_entry_check(entry, NULL));
	text_init(&text, again, sizeof again);
	slot_entry_put(&text, entry);
	assert(!text.full && text.used == (size_t)(seen->at - begin) && memcmp(again, begin, text.used) == 0);
}

static void take_damage(void *self, int line, const char *why)
{
	struct seen *seen = self;

	(void)next_line(seen, line);
	assert(why[0]);
	seen->damaged_line = line;
}

static void assert_locked(const struct slot_record *record, const struct seen *seen)
{
	const struct slot_state nobody = slot_record_state(record, "never-mentioned");
	int i;

	assert(record->damaged_line >= seen->damaged_line);
	if (!nobody.last.line)
		assert(slot_is_locked(record, &nobody) == (record->damaged_line > 0));
	for (i = 0; i < record->state_count; i++) {
		const struct slot_state *state = &record->states[i];

		assert(slot_is_locked(record, state) || state->cleared_line >= record->damaged_line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *copy = malloc(size + 1);
	struct slot_record record;
	struct seen seen;
	const struct slot_reader reader = {&seen, take_entry, take_damage};

	assert(copy);
	memcpy(copy, bytes, size);
	seen = (struct seen){.at = copy, .end = copy + size};
	slot_record_read(copy, size, "left-desk", &reader);
	assert(seen.at == seen.end);
	slot_record_load(&record, "left-desk", copy, size);
	assert_locked(&record, &seen);
	slot_record_done(&record);
	free(copy);
	return 0;
}
