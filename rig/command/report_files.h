#ifndef HILRIG_RIG_COMMAND_REPORT_FILES_H
#define HILRIG_RIG_COMMAND_REPORT_FILES_H

/* The forms of a report as files. */

#include "rig/report/report.h"

struct report_form {
	const char *name;      /* "html" */
	const char *file;      /* in the evidence folder */
	void (*put)(FILE *out, const struct report *report);
};

/* FAULT_USAGE: there is no such form. A NULL name is no form, which means all. */
MUST_USE bool report_form_find(const char *name, const struct report_form **form, struct error *error);

/* Writes a form to a file, whole or not at all; NULL: to standard output. */
MUST_USE bool report_form_make(const struct report *report, const struct report_form *form, const char *path, struct error *error);

/* The chosen form, or all of them, into the folder itself; `said`: their paths to standard output. */
MUST_USE bool report_files_make(const struct report *report, const char *folder, const struct report_form *form, bool said,
				struct error *error);

#endif
