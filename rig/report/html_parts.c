/* Small pieces that every part of report.html is made of. */

#include "rig/report/html.h"

#include "rig/report/escape.h"
#include "rig/report/words.h"

void html_put_tag(FILE *out, const struct verdict *verdict)
{
	static const char *const classes[] = {
		[TONE_GOOD] = "good", [TONE_BAD] = "bad", [TONE_OPEN] = "open", [TONE_NONE] = "none",
	};
	static const char *const shapes[] = {
		[TONE_GOOD] = "\xe2\x97\x8b", [TONE_BAD] = "\xe2\x96\xb2", [TONE_OPEN] = "?", [TONE_NONE] = "\xe2\x80\x93",
	};
	enum tone tone = verdict_tone(verdict);
	char words[FREE_TEXT_SIZE];

	words_verdict(words, sizeof words, verdict);
	fprintf(out, "<span class=\"tag %s\">%s ", classes[tone], shapes[tone]);
	put_markup(out, words);
	fputs("</span>", out);
}

void html_put_utc(FILE *out, const struct report *report, int64_t t_ns)
{
	const struct record *boot = &report->findings->boot;
	int64_t utc_us = boot->utc_us + (t_ns - boot->t_ns) / 1000;
	char utc[UTC_TEXT_SIZE];

	utc_to_text(utc_us < 0 ? 0 : utc_us > UTC_US_MAX ? UTC_US_MAX : utc_us, utc);
	fprintf(out, "%.8s", utc + 11);
}

void html_put_fact(FILE *out, const char *name, const char *text)
{
	if (!text[0])
		return;
	fprintf(out, "<dt>%s</dt><dd>", name);
	put_markup(out, text);
	fputs("</dd>\n", out);
}
