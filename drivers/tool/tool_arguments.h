#ifndef HILRIG_DRIVERS_TOOL_TOOL_ARGUMENTS_H
#define HILRIG_DRIVERS_TOOL_TOOL_ARGUMENTS_H

/* The arguments of a program with what their placeholders stand for in this run, as execvp wants them. No shell looks at them. */

#include "rig/bench/bench.h"

#define TOOL_COMMAND_SIZE 8192

/* Texts are borrowed; NULL: not known, and a call that wants it cannot be made. */
struct tool_values {
	const char *image;   /* path of the firmware file */
	const char *port;    /* "/dev/ttyUSB0" */
	const char *device;  /* the meter's GUID */
	const char *slot, *phase;
};

struct tool_arguments {
	char *argv[TOOL_ARGUMENTS_MAX + 1]; /* into `bytes`, and a NULL */
	char bytes[TOOL_COMMAND_SIZE];
};

/* FAULT_CONFIGURATION: a value is not known, or all of it is too long. */
MUST_USE bool tool_arguments_make(struct tool_arguments *arguments, const struct bench_call *call, const struct tool_values *values,
				  struct error *error);

/* In one line for people, parted by spaces; cut where it does not fit. */
void tool_arguments_text(const struct tool_arguments *arguments, char *text, size_t size);

#endif
