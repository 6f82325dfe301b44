#ifndef HILRIG_RIG_SUPERVISOR_SEAT_H
#define HILRIG_RIG_SUPERVISOR_SEAT_H

/*
 * A bench has one seat: a lock that dies with the processes that hold it, and a local socket at which its supervisor can be
 * spoken to. Both lie in ${XDG_RUNTIME_DIR:-/tmp}/hilrig-UID/, which is the user's alone, under the bench's name.
 *
 * At the socket one line is sent and lines come back: `status`, `off`, `resume`. The last line begins with "exit ".
 */

#include "rig/base/error.h"

#define SEAT_LINE_SIZE 512
#define SEAT_WORD_SIZE 32
#define SEATS_MAX 64

struct seat {
	int lock;                 /* -1: not held */
	int listening;            /* -1: none */
	char path[108];           /* of the socket: sockaddr_un */
};

/* FAULT_BUSY, with what the holder says of itself, where another run has the bench; FAULT_ENVIRONMENT otherwise. */
MUST_USE bool seat_take(struct seat *seat, const char *bench, struct error *error);
void seat_leave(struct seat *seat);

/* In a child: the lock stays inherited, the socket is the supervisor's. */
void seat_child(struct seat *seat);

/*
 * For whoever holds the seat: one caller who has spoken, with the word and the standard streams that were sent along (each -1
 * where there is none; the caller's to close). The descriptor is answered with seat_answer. -1: nobody waits.
 */
int seat_caller(const struct seat *seat, char word[SEAT_WORD_SIZE], int streams[2]);

/* Sends a line (NULL: none) and the last one with the exit code, and closes the caller's descriptor. */
void seat_answer(int caller, const char *line, int exit_code);

/*
 * Speaks to the supervisor of a bench: sends `word` (with standard output and error, for a rig that is to be forked) and
 * gives every line to `take` until the last one. *exit_code is what follows "exit". False: nobody is there.
 */
MUST_USE bool seat_say(const char *bench, const char *word, void (*take)(void *self, const char *line), void *self, int *exit_code);

/* Benches whose seat is taken now; returns how many names were filled. */
int seat_list(char names[SEATS_MAX][64]);

#endif
