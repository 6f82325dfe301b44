#ifndef HILRIG_RIG_SUPERVISOR_SUPERVISOR_H
#define HILRIG_RIG_SUPERVISOR_SUPERVISOR_H

/*
 * The process that the user starts. It holds the descriptors of every line and every bus, forks the rig, and knows from the
 * rig's off script how to switch everything off. It contains no YAML, no profile, no libmodbus and no libuv.
 *
 * While the rig lives the supervisor only waits. When the rig dies, or does not beat for hang_ns, it kills what is left of
 * it, carries out the off script for the cause "rig" (lines first, then all buses side by side), goes on recording edges
 * and levels into supervisor.jsonl, and keeps holding what is marked `hold`. From there `resume` at its seat forks the next
 * rig on the same descriptors, and `off` switches everything off and ends it. If nothing is held it ends by itself.
 *
 * A rig without an evidence folder (a check of the bench) is not gone on with: whatever ends it before its time, everything is
 * switched off, what is marked `hold` too, and the supervisor ends. It then logs to nobody.
 *
 * Losing the terminal ends nothing. SIGTERM ends the run in order; when there is no rig, SIGINT and SIGTERM switch off and end.
 */

#include "rig/base/gpio_line.h"
#include "rig/base/off_script.h"
#include "rig/journal/record.h"
#include "rig/supervisor/seat.h"

#include <limits.h>

struct supervised_channel {
	char channel[CHANNEL_NAME_SIZE];
	char slot[SLOT_NAME_SIZE];     /* empty: the bench's own */
};

struct supervised_request {
	struct gpio_request *request;  /* borrowed; stays open */
	bool output;
	struct supervised_channel lines[GPIO_LINES_MAX];
};

struct supervised {
	const char *bench;             /* its name: whose seat this is */
	char folder[PATH_MAX];         /* the evidence; empty: none */
	int request_count;
	struct supervised_request *requests;
	int bus_count;
	int *buses;                    /* descriptors by bus, -1: none; replaced when a port was found again */
	int64_t hang_ns;
	char revision[WORD_TEXT_SIZE];
	struct seat *seat;
	/*
	 * The rig: runs in the child and gives its exit code. `socket` is rig/supervisor/link.h; `resumed`: the folder has a
	 * journal to go on with; `held`: lines and buses lived on since.
	 */
	int (*rig)(void *self, int socket, bool resumed, bool held);
	void *self;
	bool resumed;                  /* the first rig resumes too */
	bool by_hand;                  /* nobody can go on with it */
};

/* Runs until the run has ended or everything was switched off; gives the exit code. */
int supervisor_run(struct supervised *supervised);

/*
 * Everything in the script off now, in this process, on what is held: for commands at a bench where nobody supervises. True if
 * every group was proved off. `given_up` (NULL: never) is asked between the frames; once it says true nothing more is sent,
 * and the answer is false.
 */
bool supervisor_off(const struct supervised *supervised, const struct off_script *script, enum off_cause cause,
		    bool (*given_up)(void *self), void *self);

#endif
