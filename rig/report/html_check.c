/* In report.html: who answers for it, and how to check it without us. */

#include "rig/report/html.h"

#include "rig/report/escape.h"

#include <inttypes.h>
#include <string.h>

/* A word for a shell, in quotes unless it needs none: the folder's name is somebody's, and such a line is pasted. */
static void put_shell_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	char piece[WORD_TEXT_SIZE];

	if (word[0] == '-')
		fputs("./", out);
	if (word[0] && word[strspn(word, plain)] == '\0') {
		fputs(word, out);
		return;
	}
	fputs("&#39;", out);
	while (*word) {
		size_t run = strcspn(word, "'");

		(void)snprintf(piece, sizeof piece, "%.*s", (int)run, word);
		put_markup(out, piece);
		word += run;
		if (*word == '\'') {
			fputs("&#39;\\&#39;&#39;", out);
			word++;
		}
	}
	fputs("&#39;", out);
}

void html_put_check_lines(FILE *out, const struct report *report)
{
	fputs("<pre>tail -n 1 ", out);
	put_shell_word(out, report->name);
	fputs("/journal.jsonl | sed &#39;s/,&quot;hash&quot;:.*//&#39; | tr -d &#39;\\n&#39; | sha256sum\nminisign -V -p KEY.pub -x ", out);
	put_shell_word(out, report->name);
	fputs("/manifest.minisig -m ", out);
	put_shell_word(out, report->name);
	fprintf(out, "/manifest.json</pre>\n<p class=\"soft\">The first line must print the head, <span class=\"mono hash\">%s</span>; the "
		     "second asks for the signature with the laboratory\xe2\x80\x99s public key, where the folder is signed.</p>\n",
		report->heads.journal);
}

void html_put_signatures(FILE *out, const struct report *report)
{
	fputs("<div class=\"sign\"><div>performed by", out);
	if (report->findings->has_run && report->findings->run.data.run.operator[0]) {
		fputs(": ", out);
		put_markup(out, report->findings->run.data.run.operator);
	}
	fputs("</div><div>checked by</div><div>authorised by (another person)</div></div>\n", out);
}

void html_put_check(FILE *out, const struct report *report)
{
	fputs("<h2 id=\"check\">How to check this report</h2>\n<p>Every line of the evidence carries the SHA-256 of itself and of the line "
	      "before it. The last one stands here on paper:</p>\n<dl>\n", out);
	fprintf(out, "<dt>journal.jsonl</dt><dd class=\"mono\">%" PRIu64 " lines, head %s</dd>\n", report->heads.journal_lines,
		report->heads.journal);
	if (report->heads.supervisor_lines)
		fprintf(out, "<dt>supervisor.jsonl</dt><dd class=\"mono\">%" PRIu64 " lines, head %s</dd>\n",
			report->heads.supervisor_lines, report->heads.supervisor);
	fputs("</dl>\n<p>With hilrig, and without it:</p>\n<pre>hilrig verify ", out);
	put_shell_word(out, report->name);
	fputs("\nhilrig judge ", out);
	put_shell_word(out, report->name);
	fputs("</pre>\n", out);
	html_put_check_lines(out, report);
	html_put_signatures(out, report);
}
