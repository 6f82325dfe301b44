#ifndef HILRIG_DRIVERS_LOADER_DIALOG_H
#define HILRIG_DRIVERS_LOADER_DIALOG_H

/*
 * A dialog with a console, as a session: steps that send something and expect something back, each within a time.
 *
 * What comes back is looked at line by line (CR, LF or both end one). A pattern without a capture also matches a line that
 * has not ended, because prompts do not end; one with a capture waits for the line's end, or for the step's deadline,
 * because half a version number is one too. Lines longer than DIALOG_LINE_SIZE lose their first half. `refuse` is looked
 * for in the same way and ends the dialog; where both match, the device has refused. A console that echoes shows the
 * dialog its own words: a pattern should not match what was sent.
 *
 * A step may want something of the line first: another rate, DTR, RTS, a break. Whatever was sent before is out by then, and
 * what comes meanwhile is dropped: around a change of the rate it means nothing.
 *
 * Errors name the step: FAULT_DEVICE when refused, FAULT_OPERATOR when cancelled, FAULT_RIG when nothing fitting came in
 * time (with the last line that did come), the line was lost, or nobody did to it what was wanted.
 */

#include "rig/base/pattern.h"
#include "rig/bench/session.h"

#define DIALOG_STEPS_MAX 16
#define DIALOG_LINE_NS (10 * NS_PER_S) /* longest until the line is as wanted: what is unsent must be out first */
#define DIALOG_LINE_SIZE 512
#define DIALOG_ANSWER_SIZE 64

struct dialog_step {
	const char *name;        /* for errors: "enter" */
	const char *send;        /* as it goes out, with its line end, at most SESSION_OUTPUT_SIZE; "": nothing */
	const char *expect;      /* rig/base/pattern.h; "": done once it is sent */
	const char *refuse;      /* "": nothing */
	int64_t within_ns;
	struct session_line line;/* wanted of it at first; brk is not looked at */
	int64_t break_ns;        /* then a break of so long; 0: none */
	int64_t wait_ns;         /* then nothing for so long; 0: none */
};

enum dialog_state { DIALOG_TALKING, DIALOG_SETTING, DIALOG_BREAKING, DIALOG_MENDING, DIALOG_PAUSING };

struct dialog {
	struct dialog_step steps[DIALOG_STEPS_MAX];
	size_t step_count;
	size_t step;                    /* under way; of a dialog that failed, the one that did */
	bool refused;                   /* it failed because the device said no */
	bool sent;                      /* something has been sent */
	char answer[DIALOG_ANSWER_SIZE];/* CAPTURE_GROUP of the last step that had one; empty: none */
	size_t used;                    /* of the last event's bytes: the rest belongs to whoever comes next */
	/* Private. */
	enum dialog_state state;
	struct pattern expect, refuse;  /* of the step under way */
	char line[DIALOG_LINE_SIZE];
	size_t line_size;
	char last_line[DIALOG_ANSWER_SIZE];
	int64_t deadline_ns;
};

/* Copies the steps (1 to DIALOG_STEPS_MAX), whose patterns must compile. Texts are borrowed until the session has ended. */
void dialog_init(struct dialog *dialog, const struct dialog_step *steps, size_t step_count);
struct session dialog_session(struct dialog *dialog);

#endif
