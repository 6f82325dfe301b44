#ifndef HILRIG_RIG_RUN_CONTROL_REQUEST_H
#define HILRIG_RIG_RUN_CONTROL_REQUEST_H

/*
 * What is said at a run's control socket: one packet of fields with a tab between them, answered by packets of a line each, the last of
 * which is "exit N" (0 done, 64 nobody understands it, 75 not now: the line before says why).
 *
 *   menu SLOT                        a line for each thing that may be asked of it: ACTION, its most ("cut", "300s"; of "answer" the
 *                                    question), and why not (empty: it may), with a tab between them
 *   do SLOT ACTION AMOUNT WHO        AMOUNT "20s", "9V" or empty: what the scenario says
 *   off SLOT WHO                     what is under way ends, and the slot goes off
 *   note SLOT WHO TEXT               an observation; SLOT may be empty: of the bench
 *   answer SLOT WHO TEXT             to the question of that slot, if it waits
 *   end WHO                          of a run by hand: everything off, evidence sealed
 *
 * Pure: bytes to a request and back. Texts that the journal has no room for are refused, never cut.
 */

#include "rig/journal/record.h"

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_PACKET_MAX 1024
#define CONTROL_ACTION_SIZE 24
#define CONTROL_AMOUNT_SIZE 48
#define CONTROL_TEXT_MAX 160 /* of a note or an answer: its line also says who */

enum control_kind { CONTROL_MENU, CONTROL_DO, CONTROL_OFF, CONTROL_NOTE, CONTROL_ANSWER, CONTROL_END, CONTROL_KIND_COUNT };

struct control_request {
	enum control_kind kind;
	char slot[SLOT_NAME_SIZE];
	char action[CONTROL_ACTION_SIZE];
	char amount[CONTROL_AMOUNT_SIZE];
	char who[WORD_TEXT_SIZE];
	char text[CONTROL_TEXT_MAX];
};

/* False: no request; `why` says what is wrong with it. */
MUST_USE bool control_request_read(struct control_request *request, const char *bytes, size_t size, char why[FREE_TEXT_SIZE]);

/* Returns the bytes' length; 0: a field has a tab, a control character or no room. */
size_t control_request_put(const struct control_request *request, char bytes[CONTROL_PACKET_MAX]);

#endif
