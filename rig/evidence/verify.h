#ifndef HILRIG_RIG_EVIDENCE_VERIFY_H
#define HILRIG_RIG_EVIDENCE_VERIFY_H

/*
 * Does a folder still hold what was recorded? Checked are
 * - every line of journal.jsonl and supervisor.jsonl by its chain, up to the first damaged line: behind it nothing is proven;
 * - every file that a `document` or `raw` line names, by size and digest;
 * - every file of the folder against manifest.json, in both directions;
 * - manifest.json against manifest.minisig, and whose signature that is (rig/evidence/sign.h).
 *
 * A journal whose last line was cut by a crash is damaged like any other (DAMAGE_CUT); `resume` repairs it. A folder without
 * manifest.json is not damaged by that (`sealed` is false): a run that was cut short has none. Its files are then covered as
 * far as its lines name them, and a journal may be handed on alone: a named file that is not there is counted (`absent`), and
 * is a flaw only in a sealed folder.
 */

#include "rig/evidence/folder.h"
#include "rig/evidence/reader.h"
#include "rig/evidence/sign.h"

#define FLAWS_MAX 64 /* kept; flaw_count counts on */

enum flaw_kind {
	FLAW_LINE,     /* a line is damaged, see `damage` */
	FLAW_EMPTY,    /* a journal without a line */
	FLAW_MISSING,  /* named, but not there */
	FLAW_CHANGED,  /* there, with other bytes */
	FLAW_ADDED,    /* there, but not in the manifest */
	FLAW_SIGNATURE, /* a signature that does not hold, or not the one that was asked for */
	FLAW_FORM,     /* a manifest, a name or a folder that cannot be what was written */
	FLAW_KIND_COUNT
};

struct flaw {
	enum flaw_kind kind;
	enum damage damage;               /* of FLAW_LINE */
	char file[FOLDER_NAME_SIZE];      /* relative to the folder */
	uint64_t line;                    /* from 1; 0: the file as a whole */
	char text[ERROR_TEXT_MAX];        /* for people: "journal.jsonl: line 12: its bytes do not give its hash: changed" */
};

struct verification {
	struct heads heads;               /* as far as the chains hold */
	bool ended;                       /* the journal's last line is its `end` */
	bool sealed;                      /* there is a manifest.json */
	struct signed_by signed_by;
	int files;                        /* digests compared */
	int absent_count;                 /* named by a line, not there, and the folder is not sealed */
	char absent[FOLDER_NAME_SIZE];    /* the first of them */
	int flaw_count;
	struct flaw flaws[FLAWS_MAX];
};

/* The word for JSON: "line", "empty", "missing", ... */
const char *flaw_kind_name(enum flaw_kind kind);

/*
 * False only if the folder cannot be read at all; a damaged one is true with flaw_count > 0. `trusted` may be NULL: then a
 * signature is checked by the key that lies beside it.
 */
MUST_USE bool verify_folder_by(struct verification *verification, const char *folder, const struct trusted_keys *trusted,
			       struct error *error);
MUST_USE bool verify_folder(struct verification *verification, const char *folder, struct error *error);

#endif
