#ifndef HILRIG_RIG_SUPERVISOR_SEAT_H
#define HILRIG_RIG_SUPERVISOR_SEAT_H

/*
 * A bench has one seat: a lock that dies with the processes that hold it, and a local socket at which its supervisor can be
 * spoken to. Both lie in ${XDG_RUNTIME_DIR:-/tmp}/hilrig-UID/, which is the user's alone, under the bench's name.
 *
 * At the socket one line is sent and lines come back: `status`, `off`, `resume`. The last line begins with "exit ".
 *
 * Beside them lies the socket of the bench's run, BENCH.run, at which its rig serves those who watch
 * (rig/run/real/viewers.h), and BENCH.control, at which it can be worked by hand (rig/run/real/control.h). Whoever holds the seat may
 * replace what is left of a dead rig there.
 */

#include "rig/base/error.h"

#define SEAT_LINE_SIZE 512
#define SEAT_WORD_SIZE 32
#define SEATS_MAX 64
#define SEAT_PATH_SIZE 108 /* sockaddr_un */
#define SEAT_OFF_PROVED "everything has confirmed that it is off" /* in front of the last line of an answer to `off` */
#define SEAT_OFF_WITHIN_MS 120000 /* a run that ends in order, its last reports, and an off script after a death */
#define SEAT_STATUS_MS 2000
#define SEAT_CONTROL_MS 2000

struct seat {
	int lock;                 /* -1: not held */
	int listening;            /* -1: none */
	char path[SEAT_PATH_SIZE]; /* of the socket */
	char run[SEAT_PATH_SIZE]; /* of its run's socket */
	char control[SEAT_PATH_SIZE]; /* of its run's control socket */
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

/*
 * What the supervisor of a bench says of itself within SEAT_STATUS_MS; an empty line: somebody has the seat and says nothing.
 * False: nobody has it.
 */
MUST_USE bool seat_status(const char *bench, char line[SEAT_LINE_SIZE]);

/* Where the run of a bench serves those who watch it, whether or not one does now. FAULT_ENVIRONMENT. */
MUST_USE bool seat_run_path(char path[SEAT_PATH_SIZE], const char *bench, struct error *error);

/*
 * Sends a request to the run of a bench by its control socket and gives the lines of the answer to `take`. *exit_code is what follows
 * "exit". False: nobody is there, or nobody answers within SEAT_CONTROL_MS.
 */
MUST_USE bool seat_control(const char *bench, const char *request, size_t size, void (*take)(void *self, const char *line), void *self,
			   int *exit_code);

/* Benches that have a seat's socket; seat_status tells whether one is taken now. Returns how many names were filled. */
int seat_list(char names[SEATS_MAX][64]);

#endif
