/* Lines of the truth file. */

#include "drivers/sim/wire/truth.h"

#include "rig/base/text.h"

#include <errno.h>

bool truth_open(struct truth *truth, const char *path, struct error *error)
{
	truth->file = fopen(path, "we");
	return truth->file || error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
}

void truth_close(struct truth *truth)
{
	if (truth->file)
		fclose(truth->file);
	truth->file = NULL;
}

static void put_member(struct text *text, const char *name, const char *value)
{
	if (!value || !value[0])
		return;
	text_format(text, ",\"%s\":", name);
	text_put_json(text, value);
}

static void put_line(struct truth *truth, struct text *text)
{
	text_put(text, "}\n");
	if (!truth->file)
		return;
	fputs(text->bytes, truth->file);
	fflush(truth->file);
}

void truth_fact(struct truth *truth, const struct plant_output *output, const char *slot, const char *part)
{
	char bytes[512];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "{\"t_ns\":%lld", (long long)output->t_ns);
	put_member(&text, "slot", slot);
	text_format(&text, ",\"fact\":\"%s\"", plant_fact_name(output->fact));
	put_member(&text, "part", part);
	if (output->relay != PLANT_NONE)
		text_format(&text, ",\"relay\":%d", output->relay + 1);
	text_format(&text, ",\"value\":%lld", (long long)output->value);
	put_member(&text, "text", output->text);
	put_line(truth, &text);
}

void truth_line(struct truth *truth, const struct plant_output *output, const char *slot, int64_t written_ns)
{
	char bytes[256];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "{\"t_ns\":%lld", (long long)output->t_ns);
	put_member(&text, "slot", slot);
	text_format(&text, ",\"line\":\"%s\",\"level\":%d,\"written_ns\":%lld", plant_line_name(output->line), output->level,
		    (long long)written_ns);
	put_line(truth, &text);
}

void truth_note(struct truth *truth, int64_t t_ns, const char *fact, const char *slot, const char *note)
{
	char bytes[1024];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "{\"t_ns\":%lld", (long long)t_ns);
	put_member(&text, "slot", slot);
	text_format(&text, ",\"fact\":\"%s\"", fact);
	put_member(&text, "text", note);
	put_line(truth, &text);
}
