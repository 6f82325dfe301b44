/* The plant's line is taken apart for what a pattern may want to capture. */

#include "drivers/sim/phrases.h"

#include "rig/base/text.h"

#include <assert.h>
#include <string.h>

#define INSTANT_SIZE 20            /* 2026-11-23T18:01:02Z */

void phrases_add(struct phrases *phrases, const char *begins, const char *pattern)
{
	struct error error;

	if (!pattern[0])
		return;
	assert(phrases->count < PHRASES_MAX);
	phrases->list[phrases->count].begins = begins;
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

static bool say_otherwise(const struct pattern *pattern, const char *line, const char *guid, char to[PHRASE_SIZE])
{
	const char *values[CAPTURES] = {NULL}, *at = line, *last = strrchr(line, ' ');
	char first[INSTANT_SIZE + 1], second[INSTANT_SIZE + 1];

	values[CAPTURE_GUID] = guid;
	values[CAPTURE_INTERRUPTED] = take_instant(&at, first);
	values[CAPTURE_RESTORED] = take_instant(&at, second);
	values[CAPTURE_GROUP] = last ? last + 1 : NULL;
	if (pattern_example(pattern, values, to, PHRASE_SIZE))
		return true;
	values[CAPTURE_GROUP] = NULL; /* parentheses that capture nothing which the plant knows */
	return pattern_example(pattern, values, to, PHRASE_SIZE);
}

bool phrases_say(const struct phrases *phrases, const char *line, const char *guid, char to[PHRASE_SIZE])
{
	int i;

	for (i = 0; i < phrases->count; i++) {
		const struct phrase *phrase = &phrases->list[i];

		if (strncmp(line, phrase->begins, strlen(phrase->begins)) != 0)
			continue;
		if (!pattern_find(&phrase->pattern, line, strlen(line), NULL) && say_otherwise(&phrase->pattern, line, guid, to))
			return true;
		text_copy(to, PHRASE_SIZE, line);
		return pattern_find(&phrase->pattern, line, strlen(line), NULL);
	}
	text_copy(to, PHRASE_SIZE, line);
	return true;
}
