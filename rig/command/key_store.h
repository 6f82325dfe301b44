#ifndef HILRIG_RIG_COMMAND_KEY_STORE_H
#define HILRIG_RIG_COMMAND_KEY_STORE_H

/*
 * Where this user's keys lie:
 *
 *   ${XDG_CONFIG_HOME:-$HOME/.config}/hilrig/keys/NAME.key   the secret key, for its owner only
 *                                                 NAME.pub   the public key
 *
 * A NAME.pub without a NAME.key is somebody else's key, put there because this user trusts it.
 */

#include "rig/evidence/sign.h"

#define KEY_DEFAULT "default" /* signs when no other is named */

struct key_place {
	char name[KEY_NAME_SIZE];
	char secret[PATH_MAX];
	char public[PATH_MAX];
};

/*
 * What `words` stand for: a name, or a path (it has a '/', or ends in ".key" or ".pub") of one of the two files. FAULT_USAGE where
 * it is neither. Nothing is opened.
 */
MUST_USE bool key_place_find(struct key_place *place, const char *words, struct error *error);

/* NAME in `folder`, which is made if it is missing; NULL: in the folder above. */
MUST_USE bool key_place_make(struct key_place *place, const char *folder, const char *name, struct error *error);

/* Makes a key and both of its files, durably. FAULT_USAGE where one of them is there already: a key is never written over. */
MUST_USE bool key_make(const struct key_place *place, struct public_key *key, struct error *error);

enum key_privacy {
	KEY_ABSENT,   /* no secret key here */
	KEY_PRIVATE,
	KEY_OPEN      /* group or others can get at it: it is not used */
};

enum key_privacy key_privacy(const struct key_place *place);

/* Reads the secret key. FAULT_CONFIGURATION, with the file and what to do, where it is missing, open to others or damaged. */
MUST_USE bool key_load(struct secret_key *key, const struct key_place *place, struct error *error);

/* Reads the public key, from the secret one where there is no other. */
MUST_USE bool key_load_public(struct public_key *key, const struct key_place *place, struct error *error);

/* The names of all keys in this user's folder, sorted; none where there is no folder. Owned: names_done. */
MUST_USE bool key_names(struct names *names, struct error *error);

/* All public keys of this user's folder; without a HOME there are none. FAULT_CONFIGURATION for a NAME.pub that is no key. */
MUST_USE bool keys_trusted(struct trusted_keys *trusted, struct error *error);

#endif
