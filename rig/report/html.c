/* report.html: the document around its pages. */

#include "rig/report/html.h"

#include "rig/report/drawing.h"
#include "rig/report/escape.h"

/* On every printed page; the head's hex cannot end the string, as a name could. */
static void put_page_margins(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;

	fprintf(out, "@page{@top-left{content:\"Test report, head %.12s\"}@bottom-right{content:\"page \" counter(page) \" of \" "
		     "counter(pages)}", report->heads.journal);
	if (findings->has_run && findings->run.data.run.environment == ENVIRONMENT_SIMULATED)
		fputs("@top-center{content:\"SIMULATED\";font:bold 15pt sans-serif}", out);
	fputs("}\n", out);
}

static void put_head(FILE *out, const struct report *report)
{
	int i;

	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	      "content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	      "'none'; style-src 'unsafe-inline'; img-src data:\">\n<link rel=\"icon\" href=\"data:,\">\n<title>Test report ", out);
	put_markup(out, report->findings->has_run ? report->findings->run.data.run.run : report->name);
	fputs("</title>\n<style>\n", out);
	for (i = 0; html_style[i]; i++)
		fputs(html_style[i], out);
	put_page_margins(out, report);
	fputs("</style>\n</head>\n", out);
}

void report_put_html(FILE *out, const struct report *report)
{
	int i;

	put_head(out, report);
	fputs("<body>\n<main>\n", out);
	draw_patterns(out);
	html_put_summary(out, report);
	for (i = 0; i < report->findings->slot_count; i++)
		html_put_device(out, report, i);
	html_put_annex(out, report);
	fputs("</main>\n</body>\n</html>\n", out);
}
