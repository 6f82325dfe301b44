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
 * Errors name the step: FAULT_DEVICE when refused, FAULT_OPERATOR when cancelled, FAULT_RIG when nothing fitting came in
 * time (with the last line that did come) or the line was lost.
 */

#include "rig/base/pattern.h"
#include "rig/bench/session.h"

#define DIALOG_STEPS_MAX 8
#define DIALOG_LINE_SIZE 512
#define DIALOG_ANSWER_SIZE 64

struct dialog_step {
	const char *name;        /* for errors: "enter" */
	const char *send;        /* as it goes out, with its line end, at most SESSION_OUTPUT_SIZE; "": nothing */
	const char *expect;      /* rig/base/pattern.h; "": done once it is sent */
	const char *refuse;      /* "": nothing */
	int64_t within_ns;
};

struct dialog {
	struct dialog_step steps[DIALOG_STEPS_MAX];
	size_t step_count;
	size_t step;                    /* under way; of a dialog that failed, the one that did */
	bool refused;                   /* it failed because the device said no */
	char answer[DIALOG_ANSWER_SIZE];/* CAPTURE_GROUP of the last step that had one; empty: none */
	size_t used;                    /* of the last event's bytes: the rest belongs to whoever comes next */
	/* Private. */
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
