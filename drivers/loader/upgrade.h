#ifndef HILRIG_DRIVERS_LOADER_UPGRADE_H
#define HILRIG_DRIVERS_LOADER_UPGRADE_H

/*
 * A firmware upgrade over one console: enter the loader, transfer the image, verify it, hold; later activate it; later read
 * back the version. Three tasks, each a session of its own, because the engine's gate and waits stand between them:
 *
 *   UPGRADE_TRANSFER   phases enter, transfer, verify; ends in hold
 *   UPGRADE_ACTIVATE   phase activate; ends in confirm
 *   UPGRADE_VERSION    leaves the phase alone before an activation; after one, confirm, and idle once it was read
 *
 * The activation command is sent at most once in the life of a `struct upgrade`: a second UPGRADE_ACTIVATE is refused, and
 * none of the tasks repeats it. A rig that resumes says so with upgrade_was_activated before anything else.
 *
 * LOADER_SMP speaks with a server instead of a console: what verifies, activates and tells the version are tasks of smp.h. Its
 * activation may fail before the command has left, while it asks which image waits; the phase is then hold again.
 *
 * Once the command has left, UPGRADE_ACTIVATE fails only when the device said no. Silence, an unplugged console and a
 * cancel leave `activation` unknown: a meter that reboots at once never answers, so the task is done and the watch decides.
 * Where the bench file expects no answer it stays sent.
 *
 * A script's steps may change the rate of the port; when the task ends, the bench file's is asked for again.
 *
 * `phase` moves as the steps do. Errors are those of dialog.h, xmodem.h, ymodem.h and smp.h with the phase in front.
 */

#include "drivers/loader/dialog.h"
#include "drivers/loader/smp.h"
#include "drivers/loader/ymodem.h"
#include "rig/bench/bench.h"

enum upgrade_task { UPGRADE_TRANSFER, UPGRADE_ACTIVATE, UPGRADE_VERSION };

struct upgrade {
	enum phase phase;
	bool activation_sent;              /* the command has left, in this life or an earlier one */
	enum activation_state activation;  /* ANNOUNCED until it has left, then SENT, and at last what became of it */
	char version[DIALOG_ANSWER_SIZE];  /* last one read; empty: none */
	/* Private. */
	const struct bench_loader *settings;
	int64_t baud;                      /* of the port, as the bench file says */
	bool rate_changed;                 /* a step has set another */
	int64_t byte_ns;
	enum upgrade_task task;
	const uint8_t *image;
	size_t image_size;
	const uint8_t *digest;
	struct dialog dialog;
	struct xmodem xmodem;
	struct ymodem ymodem;
	struct smp smp;
	struct chain_part running;
};

/*
 * `settings` outlives the upgrade; its patterns compile, as the bench file's reader has seen to. `baud` of the console, for
 * the time that a block takes on the wire; 0: not known.
 */
void upgrade_init(struct upgrade *upgrade, const struct bench_loader *settings, int64_t baud);

/* An activation was sent by an earlier life of this run. */
void upgrade_was_activated(struct upgrade *upgrade);

/* What UPGRADE_TRANSFER sends; the image is borrowed until the task has ended. */
void upgrade_set_image(struct upgrade *upgrade, const uint8_t *image, size_t size);

/* Its SHA-256, which SMP tells the device; borrowed like the image. Without: not told. */
void upgrade_set_digest(struct upgrade *upgrade, const uint8_t digest[SHA256_SIZE]);

/*
 * Makes `session` the task's session, to be begun with SESSION_START. FAULT_RIG for a second activation. One task at a
 * time: the session before must have ended.
 */
MUST_USE bool upgrade_begin(struct upgrade *upgrade, enum upgrade_task task, struct session *session, struct error *error);

#endif
