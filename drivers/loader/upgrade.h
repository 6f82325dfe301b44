#ifndef HILRIG_DRIVERS_LOADER_UPGRADE_H
#define HILRIG_DRIVERS_LOADER_UPGRADE_H

/*
 * A firmware upgrade over one console: enter the loader, transfer the image, verify it, hold; later activate it; later read
 * back the version. Three tasks, each a session of its own, because the engine's gate and waits stand between them:
 *
 *   UPGRADE_TRANSFER   phases enter, transfer, verify; ends in hold
 *   UPGRADE_ACTIVATE   phase activate; ends in confirm
 *   UPGRADE_VERSION    phase confirm (idle before an activation); `version` is what the device said
 *
 * The activation command is sent at most once in the life of a `struct upgrade`: a second UPGRADE_ACTIVATE is refused, and
 * none of the tasks repeats it. A rig that resumes says so with upgrade_was_activated before anything else.
 *
 * Once the command has left, UPGRADE_ACTIVATE fails only when the device said no. Silence, an unplugged console and a
 * cancel leave `activation` unknown: a meter that reboots at once never answers, so the task is done and the watch decides.
 *
 * `phase` moves as the steps do. Errors are those of dialog.h and xmodem.h with the phase in front.
 */

#include "drivers/loader/dialog.h"
#include "drivers/loader/xmodem.h"

/* The same words in the same order as the journal's phases. */
enum upgrade_phase {
	UPGRADE_IDLE, UPGRADE_ENTERING, UPGRADE_TRANSFERRING, UPGRADE_VERIFYING, UPGRADE_HOLDING, UPGRADE_ACTIVATING,
	UPGRADE_CONFIRMING
};

enum upgrade_activation {
	UPGRADE_NOT_SENT, UPGRADE_SENT, UPGRADE_ACCEPTED, UPGRADE_REFUSED, UPGRADE_UNKNOWN
};

enum upgrade_task { UPGRADE_TRANSFER, UPGRADE_ACTIVATE, UPGRADE_VERSION };

enum upgrade_loader { UPGRADE_XMODEM_1K, UPGRADE_XMODEM_128 };

/* One exchange as a bench file writes it: {send, expect, refuse, within}. Texts are borrowed; empty or NULL: not given. */
struct upgrade_exchange {
	const char *send;
	const char *expect;   /* rig/base/pattern.h */
	const char *refuse;
	int64_t within_ns;
};

struct upgrade_settings {
	enum upgrade_loader loader;
	struct upgrade_exchange enter;     /* optional: without it the loader listens by itself */
	struct upgrade_exchange verify;    /* optional: what the device says or is asked after the transfer */
	struct upgrade_exchange activate;  /* `send` is required */
	struct upgrade_exchange version;   /* `expect` is required and has a group: "firmware ([0-9A-F]+)" */
	int64_t start_within_ns;           /* from entering to the loader's first 'C'; 0: UPGRADE_START_NS */
};

#define UPGRADE_START_NS (60 * NS_PER_S)

struct upgrade {
	enum upgrade_phase phase;
	enum upgrade_activation activation;
	char version[DIALOG_ANSWER_SIZE];  /* last one read; empty: none */
	/* Private. */
	struct upgrade_settings settings;
	struct pattern expect[4], refuse[4];
	enum upgrade_task task;
	struct xmodem_settings image;
	struct dialog dialog;
	struct xmodem xmodem;
	struct session running;
};

/* Compiles the patterns, which must be readable: FAULT_CONFIGURATION. Sent texts outlive the upgrade. */
MUST_USE bool upgrade_init(struct upgrade *upgrade, const struct upgrade_settings *settings, struct error *error);

/* An activation was sent by an earlier life of this run. */
void upgrade_was_activated(struct upgrade *upgrade);

/* What UPGRADE_TRANSFER sends; the image is borrowed until the task has ended. */
void upgrade_set_image(struct upgrade *upgrade, const uint8_t *image, size_t size);

/*
 * Makes `session` the task's session, to be begun with SESSION_START. FAULT_RIG for a second activation. One task at a
 * time: the session before must have ended.
 */
MUST_USE bool upgrade_begin(struct upgrade *upgrade, enum upgrade_task task, struct session *session, struct error *error);

#endif
