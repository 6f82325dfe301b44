/* One text behind the other into one piece of memory. */

#include "drivers/tool/tool_arguments.h"

#include "rig/base/text.h"

static const char *value_of(const struct tool_values *values, const char *name, size_t size)
{
	const struct { const char *name, *value; } known[] = {
		{"image", values->image}, {"port", values->port}, {"device", values->device}, {"slot", values->slot}, {"phase", values->phase},
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].name) == size && memcmp(known[i].name, name, size) == 0)
			return known[i].value;
	return NULL;
}

/* The reader of the bench file has seen to it that braces stand around known names. */
static bool put_argument(struct text *text, const char *argument, const struct tool_values *values, struct error *error)
{
	while (*argument) {
		const char *close = *argument == '{' ? strchr(argument, '}') : NULL, *value;

		if (!close) {
			text_put_char(text, *argument++);
			continue;
		}
		value = value_of(values, argument + 1, (size_t)(close - argument - 1));
		if (!value)
			return error_set(error, FAULT_CONFIGURATION, "nobody has said what %.*s is", (int)(close - argument + 1), argument);
		text_put(text, value);
		argument = close + 1;
	}
	return true;
}

bool tool_arguments_make(struct tool_arguments *arguments, const struct bench_call *call, const struct tool_values *values, struct error *error)
{
	const char *argument = call->arguments;
	size_t at = 0;
	int i;

	for (i = 0; i < call->count; i++, argument += strlen(argument) + 1) {
		struct text text;

		if (at + 1 >= sizeof arguments->bytes)
			return error_set(error, FAULT_CONFIGURATION, "its arguments are longer than %d bytes", TOOL_COMMAND_SIZE);
		text_init(&text, arguments->bytes + at, sizeof arguments->bytes - at);
		if (!put_argument(&text, argument, values, error))
			return false;
		if (text.full)
			return error_set(error, FAULT_CONFIGURATION, "its arguments are longer than %d bytes", TOOL_COMMAND_SIZE);
		arguments->argv[i] = arguments->bytes + at;
		at += text.used + 1;
	}
	arguments->argv[i] = NULL;
	return true;
}

void tool_arguments_text(const struct tool_arguments *arguments, char *text, size_t size)
{
	struct text line;
	int i;

	text_init(&line, text, size);
	for (i = 0; arguments->argv[i]; i++) {
		if (i > 0)
			text_put_char(&line, ' ');
		text_put(&line, arguments->argv[i]);
	}
}
