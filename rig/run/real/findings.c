/* One line, one write: what reads it over a pipe never sees half of one. */

#include "rig/run/real/findings.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

static void put_line(struct text *text)
{
	text_put(text, "\n");
	(void)fwrite(text->bytes, 1, text->used, stdout);
	(void)fflush(stdout);
}

static void put_member(struct text *text, const char *name, const char *value)
{
	text_format(text, ", \"%s\": ", name);
	text_put_json(text, value);
}

void findings_begin(const struct bench *bench, int64_t utc_us, bool json)
{
	static const char *const environments[] = {[ENVIRONMENT_BOXED] = "boxed", [ENVIRONMENT_UIT] = "uit",
						   [ENVIRONMENT_PRODUCTION] = "PRODUCTION", [ENVIRONMENT_SIMULATED] = "simulated"};
	char bytes[2048], utc[UTC_TEXT_SIZE];
	struct text text;

	utc_to_text(utc_us, utc);
	text_init(&text, bytes, sizeof bytes);
	if (json) {
		text_put(&text, "{\"kind\": \"begin\"");
		put_member(&text, "bench", bench->name);
		put_member(&text, "utc", utc);
		text_put(&text, "}");
	} else {
		text_format(&text, "bench %s (%s): %s, %s; live at %s", bench->name, bench->path,
			    bench->hazard == HAZARD_MAINS ? "mains" : "selv-only", environments[bench->environment], utc);
	}
	put_line(&text);
}

void findings_print(const struct finding *finding, bool json)
{
	static const char *const words[] = {[FINDING_GOOD] = "good", [FINDING_NOTE] = "note", [FINDING_UNPROVED] = "NOT PROVED",
					    [FINDING_WRONG] = "WRONG"};
	char bytes[6 * FINDING_TEXT_SIZE + 1024];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	if (json) {
		text_format(&text, "{\"kind\": \"finding\", \"t_ns\": %lld", (long long)finding->t_ns);
		put_member(&text, "state", finding_state_name(finding->state));
		put_member(&text, "what", finding->what);
		put_member(&text, "slot", finding->slot);
		put_member(&text, "subject", finding->subject);
		put_member(&text, "text", finding->text);
		text_put(&text, "}");
	} else {
		bool slot = finding->slot[0] && strncmp(finding->slot, finding->subject, strlen(finding->slot)) != 0;

		text_format(&text, "%-10s %s%s%s: %s", words[finding->state], slot ? finding->slot : "", slot ? " " : "",
			    finding->subject, finding->text);
	}
	put_line(&text);
}

void findings_end(const struct walk *walk, int64_t t_ns, bool json)
{
	int good = walk_count(walk, FINDING_GOOD), unproved = walk_count(walk, FINDING_UNPROVED), wrong = walk_count(walk, FINDING_WRONG);
	char bytes[256];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	if (json)
		text_format(&text, "{\"kind\": \"end\", \"t_ns\": %lld, \"good\": %d, \"unproved\": %d, \"wrong\": %d, \"exit\": %d}",
			    (long long)t_ns, good, unproved, wrong, (int)walk_exit_code(walk));
	else
		text_format(&text, "%d good, %d not proved, %d wrong", good, unproved, wrong);
	put_line(&text);
}
