#ifndef HILRIG_RIG_DASHBOARD_HAND_H
#define HILRIG_RIG_DASHBOARD_HAND_H

/*
 * What somebody is about to do by hand: a list of what may be asked of a slot, what is chosen, typed and said. Keys change it; what is
 * to be asked of the run, and what it answers, goes through whoever owns it (rig/run/control_request.h has the words). Pure.
 *
 * Nothing is switched by one key: an action is chosen, its length or level typed, the line that equals it shown, and then 'y'. Only off
 * needs no second one. ALL OFF is X twice, or F9 twice, wherever one is.
 */

#include "rig/base/text.h"
#include "rig/journal/record.h"

#define HAND_ENTRIES_MAX 24
#define HAND_TYPED_SIZE 160

enum hand_stage {
	HAND_CLOSED,
	HAND_CHOOSING,
	HAND_TYPING,     /* an amount or a text */
	HAND_SURE        /* 'y' does it */
};

/* What whoever owns it is to do now. */
enum hand_wish { HAND_NOTHING, HAND_MENU, HAND_DO, HAND_ALL_OFF };

struct hand_entry {
	char action[32];
	char most[FREE_TEXT_SIZE];    /* of its amount, "10min"; of "answer", the question; empty: it has none */
	char why_not[FREE_TEXT_SIZE]; /* empty: it may be done */
};

struct hand {
	enum hand_stage stage;
	char slot[SLOT_NAME_SIZE];
	int count, selected;
	struct hand_entry entries[HAND_ENTRIES_MAX];
	char nothing[FREE_TEXT_SIZE]; /* why there is no list; empty: there is, or it was not asked for yet */
	char typed[HAND_TYPED_SIZE];
	char said[FREE_TEXT_SIZE];    /* what came of the last thing */
	bool refused;                 /* that was no good news */
	bool off_asked;               /* one of the two keys of ALL OFF was pressed */
};

void hand_open(struct hand *hand, const char *slot);

/* The list anew: hand_list, then a line of the run's answer each, or why there is none. What is selected stays selected. */
void hand_list(struct hand *hand, const char *why_none);
void hand_add(struct hand *hand, const char *line);

/* What came of it. */
void hand_tell(struct hand *hand, bool done, const char *text);

/*
 * What a key does here. False: it is for the screens. F9 asks for ALL OFF at every moment; X does where letters are no text, which
 * somebody may also be typing elsewhere. Any other key takes the first of the two back, and does nothing else.
 */
bool hand_takes(struct hand *hand, int32_t key, bool typed_elsewhere, enum hand_wish *wish);

/* NULL: nothing is selected. */
const struct hand_entry *hand_selected(const struct hand *hand);

/* Its text is an observation, an answer: words of a person. */
bool hand_wants_words(const struct hand_entry *entry);

/* The command line that equals it, "hilrig hand S01 cut 20s". */
void hand_words(const struct hand *hand, struct text *text);

#endif
