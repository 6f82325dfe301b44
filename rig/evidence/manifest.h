#ifndef HILRIG_RIG_EVIDENCE_MANIFEST_H
#define HILRIG_RIG_EVIDENCE_MANIFEST_H

/*
 * manifest.json: the SHA-256 of every file of an evidence folder that is not a report (rig/evidence/folder.h), written
 * when a run has ended. One entry a line, sorted by name, so that equal folders give equal bytes and
 * reports/manifest.schema.json describes them. What a signature signs.
 */

#include "rig/base/file.h"
#include "rig/base/sha256.h"
#include "rig/evidence/folder.h"

struct manifest_entry {
	char name[FOLDER_NAME_SIZE];
	int64_t size_bytes;
	char sha256[SHA256_HEX_SIZE];
};

struct manifest {
	struct manifest_entry *entries; /* sorted by name; owned: manifest_done */
	size_t count;
};

void manifest_done(struct manifest *manifest);

/* Digest and size of one file, read in pieces. FAULT_EVIDENCE where it is missing or not a regular file. */
MUST_USE bool file_digest(const char *path, struct sha256 *sha256, char hex[SHA256_HEX_SIZE], int64_t *size_bytes,
			  struct error *error);

/* The same of the first `most_bytes` only; *size_bytes is how many there are of them. */
MUST_USE bool file_digest_front(const char *path, int64_t most_bytes, struct sha256 *sha256, char hex[SHA256_HEX_SIZE],
				int64_t *size_bytes, struct error *error);

/* What the folder holds now. */
MUST_USE bool manifest_of_folder(struct manifest *manifest, const char *folder, struct error *error);

/* Writes manifest.json for what the folder holds now; an existing one is replaced. */
MUST_USE bool manifest_write(const char *folder, struct error *error);

/* Takes manifest.json and its signature away, where they are: the run goes on, and what was sealed is not the whole any more. */
MUST_USE bool manifest_remove(const char *folder, struct error *error);

/* The bytes of manifest.json as they are, which a signature is of. FAULT_EVIDENCE where it is missing. Owned: file_done. */
MUST_USE bool manifest_bytes(struct file *file, const char *folder, struct error *error);

/* Reads the folder's manifest.json. FAULT_EVIDENCE where it is not one that manifest_write would write. */
MUST_USE bool manifest_read(struct manifest *manifest, const char *folder, struct error *error);

#endif
