#ifndef HILRIG_RIG_COMMAND_RUN_KEY_H
#define HILRIG_RIG_COMMAND_RUN_KEY_H

/* The key with which a run signs its evidence: read before anything is opened, because at the end of a night a stick may be gone. */

#include "rig/command/key_store.h"
#include "rig/evidence/sign.h"

struct run_key {
	bool signs;
	struct secret_key key;
	char name[KEY_NAME_SIZE];
};

/*
 * `words`: what --sign says, a name or a file; NULL: the key named default, if there is one. A night that was to be signed is not
 * begun without its key.
 */
MUST_USE bool run_key_take(struct run_key *key, const char *words, struct error *error);

/*
 * Signs a folder, and says on standard error by which key, or that it is not signed and why. A run that cannot be signed is evidence
 * all the same. *exit_code is set where it was to be signed and could not be.
 */
void run_key_sign(const struct run_key *key, const char *folder, bool is_sealed, int *exit_code);

#endif
