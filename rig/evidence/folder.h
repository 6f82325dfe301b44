#ifndef HILRIG_RIG_EVIDENCE_FOLDER_H
#define HILRIG_RIG_EVIDENCE_FOLDER_H

/*
 * The evidence of a run is a folder, and these are the names in it. A folder is evidence when it has a journal.jsonl.
 *
 * Reports are made from evidence and may be made again, so no manifest covers them: report.*, report-*, devices.csv and
 * junit.xml, and what stands for the manifest itself: manifest.json, manifest.minisig, *.pub. Everything else is covered.
 * A signature and the keys beside it prove themselves (rig/evidence/sign.h).
 */

#include "rig/base/error.h"

#include <limits.h>
#include <stdint.h>

#define FOLDER_JOURNAL "journal.jsonl"
#define FOLDER_SUPERVISOR "supervisor.jsonl" /* the supervisor's own chain; absent when it never had to act */
#define FOLDER_MANIFEST "manifest.json"
#define FOLDER_SIGNATURE "manifest.minisig"  /* of manifest.json; the key lies beside it as NAME.pub */
#define FOLDER_RAW "raw"                     /* edges, frames, serial bytes, alerts as received */

#define FOLDERS_MAX 4096       /* in a folder of folders */
#define FOLDER_FILES_MAX 4096  /* in one evidence folder, those of raw/ included */
#define FOLDER_DEPTH_MAX 4
#define FOLDER_NAME_SIZE 256   /* of a file's name relative to its folder */

/* The path of a file in a folder. False, FAULT_USAGE: longer than a path can be. */
MUST_USE bool folder_path(char path[PATH_MAX], const char *folder, const char *name, struct error *error);

/* Whether the folder has a regular file of this name. */
bool folder_has(const char *folder, const char *name);

/* Whether a name relative to the folder is a report or the manifest itself. */
bool folder_is_report(const char *name);

/* Whether a name from a file may be opened below a folder: not empty, not absolute, no "." or ".." part, no control bytes. */
bool folder_is_safe_name(const char *name);

/*
 * Makes `reports/<UTC>-<scenario>-<id>/` with its raw/ below `parent` and writes its path. 20261123T180102Z stands for the
 * instant, and every byte of the scenario's name that is not a letter, a digit, '-' or '_' becomes '_'. An existing folder
 * of this name is an error: evidence is never written over.
 */
MUST_USE bool folder_create(char path[PATH_MAX], const char *parent, int64_t utc_us, const char *scenario, const char *id,
			    struct error *error);

/* Names, sorted by their bytes so that the same folder gives the same list everywhere. Owned: names_done. */
struct names {
	char **names;
	size_t count;
};

void names_done(struct names *names);

/*
 * The evidence folders that `path` stands for: itself, or those directly below it. FAULT_USAGE where there is none, or
 * `path` is no folder.
 */
MUST_USE bool folder_list(struct names *folders, const char *path, struct error *error);

/*
 * Every file below the folder that is not a report, relative to it ("raw/edges.jsonl"). FAULT_EVIDENCE for anything that is
 * neither a regular file nor a folder (a link could point outside what is protected), for too many and for too deep.
 */
MUST_USE bool folder_files(struct names *files, const char *folder, struct error *error);

/* The names directly in the folder that match (fnmatch, "*.pub"), whatever they are names of. */
MUST_USE bool folder_matching(struct names *files, const char *folder, const char *pattern, struct error *error);

#endif
