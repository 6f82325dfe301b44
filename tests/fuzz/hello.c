/* Any bytes as the first line of a run's socket: what is taken in can be written, and that comes back as it was. */

#include "rig/evidence/hello.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static char room[8 * sizeof(struct hello)];
	static struct hello first, second;
	struct error error;
	struct text text;

	if (!hello_get(&first, (const char *)bytes, size, &error)) {
		must(error.fault == FAULT_RIG && error.text[0], "refused without a reason");
		return 0;
	}
	must(first.refused[0] || first.folder[0] == '/', "taken, and neither refused nor a folder");
	text_init(&text, room, sizeof room);
	hello_put(&text, &first);
	must(!text.full && strchr(room, '\n') == room + text.used - 1, "written it is not one line");
	must(hello_get(&second, room, text.used, &error), "what was written is not read");
	must(memcmp(&first, &second, sizeof first) == 0, "read again it is another one");
	return 0;
}
