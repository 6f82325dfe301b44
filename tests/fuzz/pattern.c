/* Any pattern on any text: no crash, and what is found lies in the text. The first line is the pattern, the rest the text. */

#include "rig/base/pattern.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct pattern pattern;
	const uint8_t *end = size ? memchr(bytes, '\n', size) : NULL;
	struct pattern_match match;
	struct error error = {0};
	char text[512];
	size_t length, i;

	if (!end || (size_t)(end - bytes) >= sizeof text)
		return 0;
	length = (size_t)(end - bytes);
	memcpy(text, bytes, length);
	text[length] = '\0';
	if (!pattern_compile(&pattern, text, &error)) {
		assert(error.fault == FAULT_CONFIGURATION && error.text[0]);
		return 0;
	}
	size -= length + 1;
	if (!pattern_find(&pattern, (const char *)end + 1, size, &match))
		return 0;
	assert(match.there & 1U << CAPTURE_WHOLE);
	for (i = 0; i < CAPTURES; i++)
		assert(match.begin[i] <= match.end[i] && match.end[i] <= size);
	return 0;
}
