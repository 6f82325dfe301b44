#ifndef HILRIG_DRIVERS_TOOL_TOOL_UPGRADE_H
#define HILRIG_DRIVERS_TOOL_TOOL_UPGRADE_H

/*
 * A firmware upgrade by a program of somebody else's, which the bench file names for each phase: a machine without I/O. Which
 * program is wanted and when it is to end stands in the struct; whoever runs programs looks there after each call, and tells what
 * came of it. Reports go to the listener of rig/bench/driver.h.
 *
 *   transfer   its programs `transfer` and, where there is one, `verify`; then the image is held
 *   activate   `activate`. It counts as sent once that has started or nobody knows whether it has, and is never started a second time
 *              in the life of a run. Asked while another program still ends it waits TOOL_ONCE_NS for that, and then is not started at
 *              all: what let it go is true for now
 *   version    `version`, whose output must have a line that the bench file's pattern finds
 *
 * **Whose fault.** A program that ends with anything but 0, by a signal or not in time has failed. Whether it or the device did
 * cannot be told from outside, so it is the rig's fault and never the device's. One that cannot be started is the bench file's.
 * Of an activation that was started only a 0 says that it was accepted; whatever else comes leaves it unknown: the device may
 * have taken it, and the version read back decides.
 *
 * **Time.** Each program has its time from when it is wanted, whether it starts or not. When that is over, or it is cancelled, it is to end;
 * where its end is not told within TOOL_END_NS it is given up.
 *
 * **Output** is kept raw, up to TOOL_OUTPUT_MAX bytes of each program; a line that the progress pattern finds is the transfer's progress,
 * in steps of a percent that only go up. Lines end with CR or LF; of longer ones than TOOL_LINE_SIZE the beginning counts.
 *
 * Nothing is allocated after tool_upgrade_init. Instants are monotonic ns.
 */

#include "rig/base/pattern.h"
#include "rig/bench/driver.h"

#define TOOL_OUTPUT_MAX (4 * 1024 * 1024)
#define TOOL_LINE_SIZE 256
#define TOOL_VERSION_SIZE 64
#define TOOL_ONCE_NS (150 * NS_PER_MS)
#define TOOL_END_NS (6 * NS_PER_S)     /* more than a keeper needs to see that something does not die (keeper.h) */

enum tool_task { TOOL_IDLE, TOOL_TRANSFER, TOOL_ACTIVATE, TOOL_VERSION };

struct tool_upgrade {
	/* For whoever runs programs. */
	const struct bench_call *wanted;   /* to be started now; NULL: none. Set back by tool_upgrade_started and _ended */
	bool end_wanted;                   /* what runs is to end; its end is told as ever */
	bool given_up;                     /* nobody waits for its end any more: tool_upgrade_ended is due */
	/* For everybody. */
	enum phase phase;
	bool activation_sent;
	/* Private. */
	const struct instrument_listener *listener;
	const struct bench_tool *settings;
	int slot;
	const char *name;
	int64_t image_size;
	enum tool_task task;
	const struct bench_call *call;     /* under way: wanted, or running; NULL: none */
	bool cancelled, late;              /* why it is to end */
	enum upgrade_ask next;             /* asked meanwhile; ASK_CANCEL: nothing */
	int64_t next_ns;                   /* when it was asked */
	int64_t deadline_ns;               /* of the call; once it is to end, of its end */
	int percent;                       /* told */
	char version[TOOL_VERSION_SIZE];   /* found in this call's output; empty: not */
	size_t output_size;
	char line[TOOL_LINE_SIZE], last_line[TOOL_LINE_SIZE];
	size_t line_size;
	struct pattern progress, expect;
};

/* FAULT_CONFIGURATION: a pattern does not compile. */
MUST_USE bool tool_upgrade_init(struct tool_upgrade *upgrade, const struct driver_start *start, int instrument, struct error *error);

/* As the contract of instruments says. What is asked while a program still ends is begun when it has. */
void tool_upgrade_ask(struct tool_upgrade *upgrade, enum upgrade_ask ask, int64_t now_ns);

/* The wanted program runs. */
void tool_upgrade_started(struct tool_upgrade *upgrade, int64_t now_ns);
void tool_upgrade_heard(struct tool_upgrade *upgrade, int64_t now_ns, const uint8_t *bytes, size_t size);

/*
 * It has ended, all its output was told (where nobody knows whether it had started, tool_upgrade_started comes before); or, with `why`, it did not start or cannot be trusted to have done what it says. `text` says
 * how it ended, "ended with 3"; NULL: well.
 */
void tool_upgrade_ended(struct tool_upgrade *upgrade, int64_t now_ns, const char *text, const struct error *why);

int64_t tool_upgrade_deadline(const struct tool_upgrade *upgrade);
void tool_upgrade_tick(struct tool_upgrade *upgrade, int64_t now_ns);

/* "transfer", "verify", "activate", "version": the phase of a call. */
const char *tool_upgrade_phase(const struct tool_upgrade *upgrade, const struct bench_call *call);

#endif
