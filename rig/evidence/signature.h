#ifndef HILRIG_RIG_EVIDENCE_SIGNATURE_H
#define HILRIG_RIG_EVIDENCE_SIGNATURE_H

/*
 * Keys and signatures in the files of minisign (https://jedisct1.github.io/minisign/, "Signature format", "Public key format",
 * "Secret key format"), so that whoever doubts us needs nothing of ours. Bytes in, bytes out; no file is opened here.
 *
 *   public key     untrusted comment: TEXT
 *                  base64 of "Ed", key id (8), Ed25519 public key (32)
 *   signature      untrusted comment: TEXT
 *                  base64 of "ED", key id (8), Ed25519 signature (64) of the BLAKE2b-512 of the file
 *                  trusted comment: TEXT
 *                  base64 of the Ed25519 signature (64) of the signature above and the trusted comment's text
 *   secret key     untrusted comment: TEXT
 *                  base64 of "Ed", two zeros (no password), "B2", salt (32) and limits (16) as zeros, key id (8), seed (32),
 *                  public key (32), checksum (32) as zeros
 *
 * Of signatures only the form "ED" is read: minisign makes the older one only when asked to (-l). A secret key without a
 * password has a checksum of zeros when `minisign -G -W` writes it, and minisign 0.11 does not look at it; here the public key
 * that follows from the seed proves that the file is whole. Readers are strict: each line ends in a line feed, base64 has one
 * form, nothing follows. A comment is valid UTF-8 without control bytes except the tab, so it may be shown on a terminal.
 */

#include "rig/base/ed25519.h"
#include "rig/base/text.h"

#define KEY_ID_SIZE 8
#define KEY_ID_TEXT_SIZE (2 * KEY_ID_SIZE + 1)
#define PUBLIC_KEY_TEXT_SIZE 57          /* the base64 alone, as `minisign -P` takes it */
#define SIGNATURE_COMMENT_SIZE 1024      /* a trusted comment that we take, with its zero */
#define SIGNATURE_FILE_SIZE_MAX 4096     /* of any of the three files */

struct public_key {
	unsigned char id[KEY_ID_SIZE];   /* random; finds the key, proves nothing */
	unsigned char point[ED25519_PUBLIC_SIZE];
};

struct secret_key {
	struct public_key public;
	unsigned char seed[ED25519_SEED_SIZE];
};

struct signature {
	unsigned char id[KEY_ID_SIZE];
	unsigned char of_file[ED25519_SIGNATURE_SIZE];
	char comment[SIGNATURE_COMMENT_SIZE];
	unsigned char of_all[ED25519_SIGNATURE_SIZE];
};

/* The id as minisign shows it, "A0D92704971770CD", but always with all of its 16 digits. */
void key_id_text(const unsigned char id[KEY_ID_SIZE], char text[KEY_ID_TEXT_SIZE]);

/* A new key from random bytes. Whoever made or read a secret key forgets it when it is done with. */
void secret_key_make(struct secret_key *key);
void secret_key_forget(struct secret_key *key);

/* The files. `text` is full when its buffer has less than SIGNATURE_FILE_SIZE_MAX. */
void public_key_put(struct text *text, const struct public_key *key);
void public_key_put_line(struct text *text, const struct public_key *key);
void secret_key_put(struct text *text, const struct secret_key *key);
void signature_put(struct text *text, const struct signature *signature);

/* FAULT_CONFIGURATION for what is no such file, with what is wrong and without a name of the file. */
MUST_USE bool public_key_get(struct public_key *key, const char *bytes, size_t size, struct error *error);
MUST_USE bool secret_key_get(struct secret_key *key, const char *bytes, size_t size, struct error *error);
MUST_USE bool signature_get(struct signature *signature, const char *bytes, size_t size, struct error *error);

/* Signs these bytes. In the comment what is no printable ASCII becomes '?', and it is cut to its size. */
void signature_make(struct signature *signature, const struct secret_key *key, const void *bytes, size_t size,
		    const char *comment);

/* A comment as signature_make would write it. */
void signature_comment(char to[SIGNATURE_COMMENT_SIZE], const char *comment);

/*
 * Whether file and trusted comment are what this key signed; whether its id is that of the signature is the caller's to look at.
 * FAULT_EVIDENCE says which of the two is not.
 */
MUST_USE bool signature_holds(const struct signature *signature, const struct public_key *key, const void *bytes, size_t size,
			      struct error *error);

#endif
