#ifndef HILRIG_RIG_BASE_ERROR_H
#define HILRIG_RIG_BASE_ERROR_H

/*
 * What went wrong, and whose fault it is.
 *
 * A function that can fail for the world's reasons returns bool and takes a `struct error *` as its last argument. On
 * success the error is left untouched; on failure it is filled once, by the function that knows the cause, and each
 * caller that knows more puts its own words in front: "psu1: set 12.00 V: no reply within 1000 ms (/dev/ttyUSB0)".
 * Nothing is both reported and returned. A caller that needs no text may pass NULL.
 *
 * The fault's domain travels with the text, because verdict and exit code follow from it: error_exit_code() is the one
 * table. A mistake of our own is an assert, never an error.
 */

#include <stdbool.h>
#include <stddef.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

/* Longest error text with its terminating zero; longer texts keep their beginning and end in "...". */
#define ERROR_TEXT_MAX 512

/*
 * Whose fault: the domains of the second axis of a verdict, and three that only a command can have.
 * FAULT_NONE is the zero value.
 */
enum fault {
	FAULT_NONE,
	FAULT_DEVICE,        /* the meter or hub under test */
	FAULT_RIG,           /* this program, its host, its wiring */
	FAULT_SUPPLY,        /* a programmable supply, the lab feed, a bench protection */
	FAULT_OBSERVER,      /* a point that should have seen an alert could not */
	FAULT_OPERATOR,      /* a person stopped or did not answer */
	FAULT_ENVIRONMENT,   /* temperature, lab power, host clock, disk */
	FAULT_CONFIGURATION, /* a file that people write */
	FAULT_USAGE,         /* the command line */
	FAULT_EVIDENCE,      /* a journal or manifest that does not prove itself */
	FAULT_BUSY,          /* another run holds the bench */
	FAULT_COUNT
};

struct error {
	enum fault fault;
	char text[ERROR_TEXT_MAX];
};

/* Exit codes of the program; design.md, "Command line". */
enum exit_code {
	EXIT_CODE_PASS = 0,
	EXIT_CODE_FAIL = 1,
	EXIT_CODE_UNDECIDED = 2,
	EXIT_CODE_USAGE = 64,
	EXIT_CODE_EVIDENCE = 65,
	EXIT_CODE_RIG = 70,
	EXIT_CODE_BUSY = 75,
	EXIT_CODE_STOPPED = 130
};

/* Fills `error` (which may be NULL) and returns false, so that a function can end in `return error_set(...)`. */
bool error_set(struct error *error, enum fault fault, const char *format, ...) PRINTF_LIKE(3, 4);

/* As error_set, with ": " and the text of `number` (an errno value) at the end. */
bool error_set_errno(struct error *error, enum fault fault, int number, const char *format, ...) PRINTF_LIKE(4, 5);

/* Puts "<text>: " in front of the text that is there. Returns false, for the same reason. */
bool error_prefix(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* The word for a domain as it stands in journals and reports: "device", "rig", ... */
const char *fault_name(enum fault fault);

/* What the program ends with when this error ends it. FAULT_NONE gives EXIT_CODE_RIG: an error without a cause is ours. */
int error_exit_code(const struct error *error);

#endif
