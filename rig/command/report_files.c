/* Which forms there are, and writing them. */

#include "rig/command/report_files.h"

#include "rig/base/file.h"
#include "rig/evidence/folder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct report_form forms[] = {
	{"html", "report.html", report_put_html},
	{"json", "report.json", report_put_json},
	{"csv", "devices.csv", report_put_csv},
	{"junit", "junit.xml", report_put_junit},
};

#define FORM_COUNT (sizeof forms / sizeof *forms)

bool report_form_find(const char *name, const struct report_form **form, struct error *error)
{
	size_t i;

	*form = NULL;
	for (i = 0; name && i < FORM_COUNT; i++)
		if (strcmp(forms[i].name, name) == 0)
			*form = &forms[i];
	if (name && !*form)
		return error_set(error, FAULT_USAGE, "--format %s: there are html, json, csv and junit", name);
	return true;
}

bool report_form_make(const struct report *report, const struct report_form *form, const char *path, struct error *error)
{
	char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);
	bool done = true;

	assert(out);
	form->put(out, report);
	(void)fclose(out);
	if (path)
		done = file_write(path, bytes, size, error);
	else
		(void)fwrite(bytes, 1, size, stdout);
	free(bytes);
	return done;
}

bool report_files_make(const struct report *report, const char *folder, const struct report_form *form, bool said,
		       struct error *error)
{
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < FORM_COUNT; i++) {
		if (form && form != &forms[i])
			continue;
		if (!folder_path(path, folder, forms[i].file, error) || !report_form_make(report, &forms[i], path, error))
			return false;
		if (said)
			printf("%s\n", path);
	}
	return true;
}

