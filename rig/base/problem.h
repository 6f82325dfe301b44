#ifndef HILRIG_RIG_BASE_PROBLEM_H
#define HILRIG_RIG_BASE_PROBLEM_H

/*
 * What is wrong with the files that people wrote: all of it in one go, each with its place and a way out.
 *
 * A reader of files adds problems and goes on; its caller looks at the count once at the end. A problem is one line of
 * text: "bench.yaml:12:9: there is no key 'suply' here; did you mean 'supply'?". Problems are printed in the order of
 * files (as first named) and then of places; two of one place keep the order in which they were found.
 *
 * The list allocates (at load only) and gives all back with problems_done.
 */

#include "rig/base/error.h"
#include "rig/base/text.h"

/* Most problems kept; further ones are counted only. A file that has so many is the wrong file. */
#define PROBLEMS_MAX 200

/* Longest text and file name with the terminating zero; longer ones are cut and end in "...". */
#define PROBLEM_TEXT_SIZE 320
#define PROBLEM_FILE_SIZE 256

/* A place in a file: both from 1, columns in characters. line 0: the file as a whole, or something that is no file. */
struct place {
	int line;
	int column;
};

struct problem {
	int file;               /* index of the file's name in order of first mention */
	struct place place;
	char text[PROBLEM_TEXT_SIZE];
};

struct problems {
	struct problem *list;   /* owned; sorted by problems_sort */
	int count;              /* in `list` */
	int size;
	int dropped;            /* beyond PROBLEMS_MAX */
	char (*files)[PROBLEM_FILE_SIZE]; /* owned */
	int file_count;
};

void problems_init(struct problems *problems);
void problems_done(struct problems *problems);

/* Adds one. `file` is the name as the person knows it. Returns false, so that a check can end in `return problem_add(...)`. */
bool problem_add(struct problems *problems, const char *file, struct place place, const char *format, ...) PRINTF_LIKE(4, 5);

/* Into the order in which they are to be read. */
void problems_sort(struct problems *problems);

/* Sorts, and puts one line per problem: "FILE:LINE:COLUMN: TEXT\n", and a last one if some were dropped. */
void problems_print(struct problems *problems, struct text *text);

/*
 * Fills `error` with the first problem in reading order and the number of the others, FAULT_CONFIGURATION, and returns
 * false; returns true and leaves it alone if there are none.
 */
MUST_USE bool problems_none(struct problems *problems, struct error *error);

/*
 * The one of `words` (NULL-terminated) that `word` was probably meant to be, or NULL: at most two letters wrong, missing,
 * surplus or swapped, and fewer than half of them. The first of equals.
 */
const char *word_meant(const char *word, const char *const *words);

#endif
