/* Any bytes as a table: every field ends inside the bytes, every line counts, and refusing is the worst that happens. */

#include "rig/command/import.h"
#include "rig/command/sheet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_all(struct sheet *sheet, const char *from, size_t size)
{
	struct error error;
	bool got = true;
	int line = 0, i;

	while (got && sheet_next(sheet, &got, &error)) {
		assert(sheet->line >= line);
		line = sheet->line;
		for (i = 0; got && i < sheet->column_count; i++) {
			char guid[GUID_SIZE];

			assert(sheet->fields[i] >= from && sheet->fields[i] + strlen(sheet->fields[i]) <= from + size);
			if (guid_normalise(sheet->fields[i], guid))
				assert(strlen(guid) == 23);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const known[] = {"guid", "a", "b", "", NULL};
	char *text = malloc(size + 1);
	struct sheet sheet;
	struct error error;

	assert(text);
	memcpy(text, bytes, size);
	text[size] = '\0';
	if (sheet_begin(&sheet, "table", text, known, NULL, &error))
		read_all(&sheet, text, size);
	memcpy(text, bytes, size);
	sheet_begin_bare(&sheet, "list", text, "guid");
	read_all(&sheet, text, size);
	free(text);
	return 0;
}
