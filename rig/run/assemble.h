#ifndef HILRIG_RIG_RUN_ASSEMBLE_H
#define HILRIG_RIG_RUN_ASSEMBLE_H

/*
 * From the files that people wrote, read and checked, to what the engine executes: slots with their channels as numbers,
 * and the lines that open the journal. Pure; allocates once, program_done gives back.
 */

#include "rig/bench/bench.h"
#include "rig/run/program.h"
#include "rig/scenario/band.h"
#include "rig/scenario/load.h"
#include "rig/scenario/order.h"
#include "rig/scenario/rule.h"

/* A file as used, for its document line and its copy in the evidence folder. */
struct assembled_document {
	const char *name;          /* "bench.yaml" */
	const struct file *file;
	char sha256[DIGEST_TEXT_SIZE];
};

struct assembly {
	const struct bench *bench;
	const struct load *load;         /* NULL: none */
	const struct scenario *scenario;
	const struct plan *plan;
	const struct order *order;       /* NULL: none */
	const struct rule *rule;
	const struct bands *bands;
	const bool *taking_part;         /* per slot of the bench */
	const struct assembled_document *documents;
	int document_count;
	const char *run_id;
	const char *operator;            /* "" unless named */
	bool certify;
	const struct record *image;      /* its line; NULL where the scenario transfers nothing */
	const char *firmware_to;         /* version inside the image; "" unknown */
};

/*
 * Program outputs and inputs are those of bench.channels that take part, in the bench's order; output_channel and
 * input_channel say which. FAULT_CONFIGURATION where a maximum is passed.
 */
struct assembled {
	struct program program;
	int output_channel[PROGRAM_OUTPUTS_MAX];
	int input_channel[PROGRAM_SLOTS_MAX * 4 + 16];
	int slot_of_bench[PROGRAM_SLOTS_MAX];  /* per slot of the bench: index in program.slots, -1 */
	int bench_slot[PROGRAM_SLOTS_MAX];     /* per slot of the program: index in bench.slots */
};

MUST_USE bool assemble(struct assembled *assembled, const struct assembly *assembly, struct error *error);
void assemble_done(struct assembled *assembled);

#endif
