/* The plant's line is taken apart for what a pattern may want to capture. */

#include "drivers/sim/phrases.h"

#include "rig/base/text.h"

#include <assert.h>
#include <string.h>

#define INSTANT_SIZE 20            /* 2026-11-23T18:01:02Z */

void phrases_init(struct phrases *phrases)
{
	phrases->count = 0;
}

void phrases_add(struct phrases *phrases, const char *begins, const char *pattern, bool tells)
{
	struct error error;

	if (!pattern[0])
		return;
	assert(phrases->count < PHRASES_MAX);
	phrases->list[phrases->count].begins = begins;
	phrases->list[phrases->count].tells = tells;
	if (pattern_compile(&phrases->list[phrases->count].pattern, pattern, &error))
		phrases->count++;
}

/* The next instant of the line, written as the plant writes it; NULL: there is none. */
static const char *take_instant(const char **at, char to[INSTANT_SIZE + 1])
{
	const char *mark = strchr(*at, 'T');

	for (; mark; mark = strchr(mark + 1, 'T')) {
		if (mark - *at < 10 || strlen(mark) < 10 || mark[9] != 'Z')
			continue;
		memcpy(to, mark - 10, INSTANT_SIZE);
		to[INSTANT_SIZE] = '\0';
		*at = mark + 10;
		return to;
	}
	return NULL;
}

/* What the bench would capture is what the line tells. */
static bool is_understood(const struct phrase *phrase, const char *said, const char *last)
{
	struct pattern_match match;

	if (!pattern_find(&phrase->pattern, said, strlen(said), &match))
		return false;
	return !phrase->tells || (match.there >> CAPTURE_GROUP & 1 &&
				  strlen(last) == (size_t)(match.end[CAPTURE_GROUP] - match.begin[CAPTURE_GROUP]) &&
				  strncmp(said + match.begin[CAPTURE_GROUP], last, strlen(last)) == 0);
}

static bool say_otherwise(const struct phrase *phrase, const char *line, const char *last, const char *guid, char to[PHRASE_SIZE])
{
	const char *values[CAPTURES] = {NULL}, *at = line;
	char first[INSTANT_SIZE + 1], second[INSTANT_SIZE + 1];

	values[CAPTURE_GUID] = guid;
	values[CAPTURE_INTERRUPTED] = take_instant(&at, first);
	values[CAPTURE_RESTORED] = take_instant(&at, second);
	values[CAPTURE_GROUP] = phrase->tells ? last : NULL;
	return pattern_example(&phrase->pattern, values, to, PHRASE_SIZE) && is_understood(phrase, to, last);
}

bool phrases_say(const struct phrases *phrases, const char *line, const char *guid, char to[PHRASE_SIZE])
{
	const char *blank = strrchr(line, ' '), *last = blank ? blank + 1 : line;
	int i;

	for (i = 0; i < phrases->count; i++) {
		const struct phrase *phrase = &phrases->list[i];
		bool as_it_is;

		if (strncmp(line, phrase->begins, strlen(phrase->begins)) != 0)
			continue;
		as_it_is = is_understood(phrase, line, last);
		if (!as_it_is && say_otherwise(phrase, line, last, guid, to))
			return true;
		text_copy(to, PHRASE_SIZE, line);
		return as_it_is;
	}
	text_copy(to, PHRASE_SIZE, line);
	return true;
}
