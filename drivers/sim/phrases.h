#ifndef HILRIG_DRIVERS_SIM_PHRASES_H
#define HILRIG_DRIVERS_SIM_PHRASES_H

/*
 * What a simulated device says, in the words that a bench file listens for. The plant has words of its own; where a pattern of the
 * bench does not match them, something is said that it does match, with the hub's GUID, instants and versions where the pattern
 * captures them. So any bench can be rehearsed, whatever its devices' consoles look like.
 */

#include "rig/base/pattern.h"

#define PHRASES_MAX 20
#define PHRASE_SIZE 240

struct phrase {
	const char *begins;        /* of the plant's own line; a literal */
	bool tells;                /* the first parentheses of the pattern capture the line's last word: a version */
	struct pattern pattern;
};

struct phrases {
	int count;
	struct phrase list[PHRASES_MAX];
};

/* None yet. */
void phrases_init(struct phrases *phrases);

/* Lines that begin so are listened for by this pattern; "": they are not. The pattern compiles. `tells`: as above. */
void phrases_add(struct phrases *phrases, const char *begins, const char *pattern, bool tells);

/*
 * The line as it is to be said, in `to`; `guid` of the hub. Where no text can be found that the pattern matches, the plant's own. Gives
 * whether the bench will understand it.
 */
bool phrases_say(const struct phrases *phrases, const char *line, const char *guid, char to[PHRASE_SIZE]);

#endif
