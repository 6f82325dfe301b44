#ifndef HILRIG_RIG_COMMAND_NIGHT_H
#define HILRIG_RIG_COMMAND_NIGHT_H

/*
 * Everything a run is made of, read from the files that the command line names and checked together: for run, resume, plan
 * and check. A file is named by a path, or by one word that is looked for in the workspace.
 *
 * In an evidence folder the same files lie under fixed names, with the command line's --set values in settings.txt; from
 * these a run is resumed.
 */

#include "rig/base/sha256.h"
#include "rig/bench/driver.h"
#include "rig/run/assemble.h"
#include "rig/scenario/check.h"

#include <limits.h>

#define NIGHT_ID_SIZE 16
#define NIGHT_IMAGE_SIZE_MAX (64 * 1024 * 1024)
#define NIGHT_PROFILES_MAX 32
#define NIGHT_DOCUMENTS_MAX (8 + NIGHT_PROFILES_MAX)

struct night_names {
	const char *scenario;      /* NULL: none is wanted */
	const char *bench;
	const char *load;          /* NULL: none */
	const char *order;         /* NULL: none */
	const char *slots;         /* NULL: all that can take part */
	const char *firmware_to;   /* NULL: what the image's header says */
	bool certify;              /* also demand what a certified run needs */
	bool rehearse;             /* nothing will be opened: overdue proofs do not matter */
	bool live;                 /* a check that may prove anew what is overdue: overdue proofs are no problem of the files */
	const char *kept;          /* an evidence folder: rule, bands and profiles are those in it; NULL: the workspace's */
	int setting_count;
	const char *settings[SCENARIO_SETTINGS_MAX]; /* "name=value" */
};

struct night {
	struct workspace workspace;
	struct bench bench;
	struct load load;
	struct scenario scenario;
	struct plan plan;
	struct order order;
	struct rule rule;
	struct bands bands;
	bool has_bench, has_load, has_scenario, has_plan, has_order, has_rule, has_bands, has_image;
	bool taking_part[BENCH_SLOTS_MAX];
	struct file image;
	char image_path[WORKSPACE_PATH_SIZE];
	char image_absolute[PATH_MAX];
	struct record image_line;  /* its digests and what its header says */
	struct upgrade_image upgrade; /* for the drivers */
	char firmware_to[WORD_TEXT_SIZE];
	char profile_names[NIGHT_PROFILES_MAX][WORD_TEXT_SIZE]; /* "drivers/profiles/NAME.yaml" */
	int document_count;
	struct assembled_document documents[NIGHT_DOCUMENTS_MAX];
};

/*
 * Reads and checks. False: problems says what is wrong (FAULT_CONFIGURATION, exit 64), or `error` does where it is no
 * file's fault. The night is to be given back by night_done in either case.
 */
MUST_USE bool night_load(struct night *night, const struct night_names *names, struct problems *problems, struct error *error);
void night_done(struct night *night);

/*
 * Only the bench, for commands that run nothing: what else is wrong with it (a proof that is over-due) does not matter. False:
 * it was printed, or `error` says it. To be given back by night_done in either case.
 */
MUST_USE bool night_load_bench(struct night *night, const char *bench, struct error *error);

/* The image that the plan transfers, if it does, and the version in it; apart, because a plan can be made without. */
MUST_USE bool night_load_image(struct night *night, const struct night_names *names, struct error *error);

/* A path if there is such a file; else a word that is looked for below `folder` of the workspace. */
MUST_USE bool night_find(const struct night *night, const char *name, const char *folder, char path[WORKSPACE_PATH_SIZE],
			 struct error *error);

/* What the engine executes, from a night that is loaded and complete; given back by assemble_done. */
MUST_USE bool night_assemble(const struct night *night, const char *run_id, const char *operator, bool certify,
			     struct assembled *assembled, struct error *error);

/* Makes the folder for a run's evidence: its name ends in an id that no run that begins in the same second has, too. */
MUST_USE bool night_make_folder(const struct night *night, const char *parent, char path[PATH_MAX], char id[NIGHT_ID_SIZE],
				struct error *error);

/* Copies of the files into an evidence folder, and reading them back from one. */
MUST_USE bool night_keep(const struct night *night, const struct night_names *names, const char *folder, struct error *error);
MUST_USE bool night_load_kept(struct night *night, const char *folder, struct problems *problems, struct error *error);

/* Prints problems to standard error as FILE:LINE:COLUMN: text, and fills the error of the command. Returns false. */
bool night_refuse(struct problems *problems, struct error *error);

#endif
