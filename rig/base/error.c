/* Error texts and the one table from a fault's domain to an exit code. */

#include "rig/base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	enum exit_code exit_code;
} faults[FAULT_COUNT] = {
	[FAULT_NONE] = {"none", EXIT_CODE_RIG},
	[FAULT_DEVICE] = {"device", EXIT_CODE_FAIL},
	[FAULT_RIG] = {"rig", EXIT_CODE_RIG},
	[FAULT_SUPPLY] = {"supply", EXIT_CODE_RIG},
	[FAULT_OBSERVER] = {"observer", EXIT_CODE_UNDECIDED},
	[FAULT_OPERATOR] = {"operator", EXIT_CODE_STOPPED},
	[FAULT_ENVIRONMENT] = {"environment", EXIT_CODE_RIG},
	[FAULT_CONFIGURATION] = {"configuration", EXIT_CODE_USAGE},
	[FAULT_USAGE] = {"usage", EXIT_CODE_USAGE},
	[FAULT_EVIDENCE] = {"evidence", EXIT_CODE_EVIDENCE},
	[FAULT_BUSY] = {"busy", EXIT_CODE_BUSY},
};

static void mark_cut(char *text, int wanted)
{
	if (wanted >= ERROR_TEXT_MAX)
		memcpy(text + ERROR_TEXT_MAX - 4, "...", 4);
}

static void PRINTF_LIKE(3, 0) fill(struct error *error, enum fault fault, const char *format, va_list arguments)
{
	error->fault = fault;
	mark_cut(error->text, vsnprintf(error->text, sizeof error->text, format, arguments));
}

bool error_set(struct error *error, enum fault fault, const char *format, ...)
{
	va_list arguments;

	if (!error)
		return false;
	va_start(arguments, format);
	fill(error, fault, format, arguments);
	va_end(arguments);
	return false;
}

bool error_set_errno(struct error *error, enum fault fault, int number, const char *format, ...)
{
	va_list arguments;
	size_t used;

	if (!error)
		return false;
	va_start(arguments, format);
	fill(error, fault, format, arguments);
	va_end(arguments);
	used = strlen(error->text);
	mark_cut(error->text, (int)used + snprintf(error->text + used, sizeof error->text - used, ": %s", strerror(number)));
	return false;
}

bool error_prefix(struct error *error, const char *format, ...)
{
	char old[ERROR_TEXT_MAX];
	va_list arguments;
	size_t used;

	if (!error)
		return false;
	memcpy(old, error->text, sizeof old);
	va_start(arguments, format);
	fill(error, error->fault, format, arguments);
	va_end(arguments);
	used = strlen(error->text);
	mark_cut(error->text, (int)used + snprintf(error->text + used, sizeof error->text - used, ": %s", old));
	return false;
}

const char *fault_name(enum fault fault)
{
	assert(fault >= FAULT_NONE && fault < FAULT_COUNT);
	return faults[fault].name;
}

int error_exit_code(const struct error *error)
{
	assert(error->fault >= FAULT_NONE && error->fault < FAULT_COUNT);
	return (int)faults[error->fault].exit_code;
}
