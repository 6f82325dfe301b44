/* Words for findings; the table of conformity words is the journal's own. */

#include "rig/report/words.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

const char *slot_name(const struct findings *findings, int slot)
{
	return findings->slots[slot].history->slot;
}

const char *polarity_name(enum polarity polarity)
{
	return polarity == POLARITY_POSITIVE ? "positive" : "negative";
}

static const char *good_or_bad(enum case_kind kind, bool good)
{
	if (kind == CASE_FIRMWARE)
		return good ? "new version read back" : "new version not read back";
	return good ? "as expected" : "not as expected";
}

void words_verdict(char *text, size_t size, const struct verdict *verdict)
{
	struct text words;

	text_init(&words, text, size);
	if (verdict->validity == VALIDITY_MISSING)
		text_put(&words, "not judged");
	else if (verdict->validity != VALIDITY_VALID)
		text_format(&words, "%s (%s)", validity_name(verdict->validity), fault_name(verdict->domain));
	else if (verdict->kind == CASE_OUTAGE || verdict->conformity == CONFORMITY_NOT_APPLICABLE)
		text_put(&words, conformity_name(verdict->conformity));
	else
		text_put(&words, good_or_bad(verdict->kind, verdict->conformity == CONFORMITY_PASS));
}

void words_result(char *text, size_t size, const struct findings *findings, const struct verdict *verdict)
{
	static const enum limit_zone zones[] = {
		[CONFORMITY_NOT_MORE] = LIMIT_BELOW, [CONFORMITY_CONDITIONAL_NOT_MORE] = LIMIT_BELOW_CONDITIONAL,
		[CONFORMITY_CONDITIONAL_MORE] = LIMIT_ABOVE_CONDITIONAL, [CONFORMITY_MORE] = LIMIT_ABOVE,
	};
	const struct limit_rule limit = judge_limit(findings);

	if (verdict->kind == CASE_OUTAGE && verdict->validity == VALIDITY_VALID && verdict->conformity >= CONFORMITY_NOT_MORE &&
	    findings->has_rule)
		limit_classification(&limit, zones[verdict->conformity], text, size);
	else
		words_verdict(text, size, verdict);
}

const char *words_alert(const char *class)
{
	static const char *const words[LEDGER_CLASS_COUNT] = {
		[LEDGER_EXPECTED_SEEN] = "expected, and seen",
		[LEDGER_EXPECTED_MISSING] = "expected, and not seen",
		[LEDGER_UNEXPECTED] = "seen without an outage that explains it",
		[LEDGER_NONE_EXPECTED_NONE_SEEN] = "none expected, none seen",
		[LEDGER_LATE] = "expected, and seen late",
		[LEDGER_DUPLICATE] = "seen more often than once",
		[LEDGER_INDETERMINATE] = "nothing can be said: near the hub's threshold",
		[LEDGER_VOID] = "nothing can be said: void",
	};
	int i;

	for (i = 0; i < LEDGER_CLASS_COUNT; i++)
		if (strcmp(ledger_class_name((enum ledger_class)i), class) == 0)
			return words[i];
	return class;
}

void put_cause(FILE *out, const char *cause)
{
	static const char firmware[] = "firmware-";
	char plain[WORD_TEXT_SIZE], *dash;

	if (strncmp(cause, firmware, strlen(firmware)) == 0) {
		fputs("firmware, phase ", out);
		cause += strlen(firmware);
	}
	text_copy(plain, sizeof plain, cause);
	for (dash = plain; (dash = strchr(dash, '-')) != NULL; dash++)
		*dash = ' ';
	put_markup(out, plain);
}

enum tone verdict_tone(const struct verdict *verdict)
{
	if (verdict->validity != VALIDITY_VALID)
		return TONE_OPEN;
	switch (verdict->conformity) {
	case CONFORMITY_NOT_APPLICABLE:
		return TONE_NONE;
	case CONFORMITY_PASS:
	case CONFORMITY_NOT_MORE:
		return TONE_GOOD;
	case CONFORMITY_FAIL:
	case CONFORMITY_MORE:
		return TONE_BAD;
	case CONFORMITY_CONDITIONAL_PASS:
	case CONFORMITY_CONDITIONAL_FAIL:
	case CONFORMITY_CONDITIONAL_NOT_MORE:
	case CONFORMITY_CONDITIONAL_MORE:
		return TONE_OPEN;
	}
	return TONE_OPEN;
}

void words_limit(char *text, size_t size, const struct findings *findings)
{
	const struct limit_rule limit = judge_limit(findings);
	char zone[LIMIT_TEXT_MAX];
	struct text words;

	limit_classification(&limit, LIMIT_ABOVE, zone, sizeof zone);
	text_init(&words, text, size);
	text_format(&words, "%s (rule %s: %.60s", zone, findings->rule.data.rule.rule,
		    findings->rule.data.rule.document[0] ? findings->rule.data.rule.document : "no document");
	if (findings->rule.data.rule.version[0])
		text_format(&words, ", version %s", findings->rule.data.rule.version);
	if (findings->limit_known)
		text_format(&words, ", clause %s)", findings->rule.data.rule.clause);
	else
		text_put(&words, ", clause unknown: a classification only)");
	text_format(&words, ", decision %s", limit_decision_name(limit.decision));
}

const char *words_exit(int exit_code)
{
	if (exit_code == EXIT_CODE_PASS)
		return "Every expected case was judged, and none is above the limit or not as expected.";
	if (exit_code == EXIT_CODE_FAIL)
		return "At least one device is above the limit, or a case is not as expected.";
	return "At least one case is conditional, inconclusive, void or was not judged.";
}

void put_length(FILE *out, const struct outage *outage)
{
	if (outage->t_up_ns == INSTANT_NEVER || outage->hi_ns == INSTANT_NEVER) {
		fputs("at least ", out);
		put_seconds_down(out, outage->lo_ns, 4);
		fputs(outage->t_up_ns == INSTANT_NEVER ? " s, not ended" : " s, end unknown", out);
	} else if (outage->lo_ns == outage->hi_ns) {
		put_seconds_down(out, outage->lo_ns, 4);
		fputs(" s", out);
	} else {
		putc('[', out);
		put_seconds_down(out, outage->lo_ns, 4);
		fputs(", ", out);
		put_seconds_up(out, outage->hi_ns, 4);
		fputs("] s", out);
	}
}
