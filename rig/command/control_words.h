#ifndef HILRIG_RIG_COMMAND_CONTROL_WORDS_H
#define HILRIG_RIG_COMMAND_CONTROL_WORDS_H

/* Words of a person become a request to a run's control socket: for `hilrig hand` and for the dashboard. */

#include "rig/run/control_request.h"

/* Whoever is named, or else the account that is logged in. FAULT_USAGE. */
MUST_USE bool control_who(char who[WORD_TEXT_SIZE], const char *name, struct error *error);

/*
 * The words behind `hilrig hand`: SLOT; SLOT ACTION [AMOUNT]; SLOT off; [SLOT] note TEXT; SLOT answer TEXT; end. Fills all but `who`.
 * FAULT_USAGE says what is wrong with them.
 */
MUST_USE bool control_read(struct control_request *request, const char *const words[], int count, struct error *error);

/*
 * Asks the run of a bench. Lines of the answer go to `take`, the last of them also to `last`. False: FAULT_BUSY where it refuses, nobody
 * answers or not in time; FAULT_USAGE where it knows no such thing.
 */
#define CONTROL_ANSWER_SIZE 512
MUST_USE bool control_say(const char *bench, const struct control_request *request, void (*take)(void *self, const char *line), void *self,
			  char last[CONTROL_ANSWER_SIZE], struct error *error);

#endif
