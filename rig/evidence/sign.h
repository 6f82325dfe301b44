#ifndef HILRIG_RIG_EVIDENCE_SIGN_H
#define HILRIG_RIG_EVIDENCE_SIGN_H

/*
 * Signing a sealed folder: manifest.minisig is minisign's signature of manifest.json, and so of every file that it names. Its
 * trusted comment says what is signed: "hilrig run ID bench NAME head HASH". The public key lies beside it as NAME.pub, which
 * no manifest covers: it lets anybody check that nothing was changed since, but who signed is known only to those who have the
 * key from elsewhere.
 */

#include "rig/evidence/folder.h"
#include "rig/evidence/signature.h"

#define KEY_NAME_SIZE 64           /* letters, digits, '-', '_', '.', not beginning with '.' */
#define TRUSTED_KEYS_MAX 256
#define SIGN_THROW_AWAY "throw-away" /* the name of a key that nobody keeps */

bool key_name_is_one(const char *name);

/*
 * Signs manifest.json with this key, called NAME; what was signed before is replaced. FAULT_EVIDENCE where the folder is not sealed.
 * Whether the folder is whole is not looked at: who has not just written it calls verify_folder before.
 */
MUST_USE bool evidence_sign(const char *folder, const struct secret_key *key, const char *name, struct error *error);

/* Signs the manifest.json of a folder that is no run's, with a trusted comment of its own: one line, below SIGNATURE_COMMENT_SIZE. */
MUST_USE bool evidence_sign_as(const char *folder, const struct secret_key *key, const char *name, const char *comment, struct error *error);

/* As evidence_sign, with a new key that is forgotten at once: it proves that nothing was changed since, and nothing of who made it. */
MUST_USE bool evidence_sign_throw_away(const char *folder, struct error *error);

/* The trusted comment of a folder. */
void sign_comment(char to[SIGNATURE_COMMENT_SIZE], const char *run, const char *bench, const char *head);

/* A public key from a file of a folder. FAULT_CONFIGURATION, with the path, where it is none. */
MUST_USE bool public_key_read(struct public_key *key, const char *folder, const char *name, struct error *error);

/* Keys whose owner is known from elsewhere than the folder that is checked. */
struct trusted_keys {
	int count;
	bool demanded;                      /* one of these must have signed: a folder that is not signed does not do either */
	struct {
		struct public_key key;
		char name[FOLDER_NAME_SIZE];
	} keys[TRUSTED_KEYS_MAX];
};

enum signed_state {
	SIGNED_NOT,         /* there is no signature */
	SIGNED_TRUSTED,     /* good, by a trusted key */
	SIGNED_UNKNOWN,     /* good, by a key that is known only from the folder itself */
	SIGNED_UNCHECKED,   /* by a key that is nowhere: neither good nor bad */
	SIGNED_BAD,
	SIGNED_COUNT
};

/* Texts are "" where they are not known. */
struct signed_by {
	enum signed_state state;
	char id[KEY_ID_TEXT_SIZE];
	char key[FOLDER_NAME_SIZE];         /* the trusted key's name, or the file in the folder that has it */
	char comment[SIGNATURE_COMMENT_SIZE];
};

/* The word for JSON: "none", "trusted", "unknown-key", "unchecked", "bad". */
const char *signed_state_name(enum signed_state state);

/*
 * Looks at the folder's signature. False, FAULT_EVIDENCE: it is bad, or not as it is demanded. `trusted` may be NULL. A comment in
 * our own form must be `comment`, so that a signature does not speak of another run; NULL: it is not compared.
 */
MUST_USE bool sign_check(struct signed_by *signed_by, const char *folder, const struct trusted_keys *trusted, const char *comment,
			 struct error *error);

#endif
