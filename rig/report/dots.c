/* The dot plot of all T. */

#include "rig/report/dots.h"

#include "rig/report/escape.h"
#include "rig/report/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 1000.0
#define TOP 26.0            /* room for the limit's word */
#define BOTTOM 24.0         /* room for the ticks */
#define ROW 16.0
#define RADIUS 5.0
#define PILE_MOST 190.0     /* height of the highest pile */
#define GUTTER 96.0         /* x of "none" */

struct dots_scale dots_scale_for(int64_t longest_ns, int64_t limit_ns)
{
	struct dots_scale scale = {.from = -1, .to = 1, .left = 130, .right = 962};
	double most = (double)(longest_ns > limit_ns ? longest_ns : limit_ns) / 1e9, end = 10.0;

	for (; end < most && scale.to < 12; end *= 10.0)
		scale.to++;
	return scale;
}

double dots_x(const struct dots_scale *scale, int64_t ns)
{
	double decades = log10((ns > 1 ? (double)ns : 1.0) / 1e9);

	if (decades > scale->to)
		decades = scale->to;
	if (decades < scale->from)
		return GUTTER;
	return scale->left + (decades - scale->from) / (scale->to - scale->from) * (scale->right - scale->left);
}

/* One case on its way into the picture. */
struct dot {
	const struct verdict *verdict;
	double x, y;
	bool named;
};

static bool is_void(const struct verdict *verdict)
{
	return verdict->validity == VALIDITY_VOID || verdict->validity == VALIDITY_MISSING;
}

static bool is_open(const struct verdict *verdict)
{
	return verdict->worst.lo_ns != verdict->worst.hi_ns;
}

static void put_shape(FILE *out, const struct dots_scale *scale, const struct dot *dot, bool spans)
{
	const struct verdict *verdict = dot->verdict;
	bool endless = verdict->worst.hi_ns == INSTANT_NEVER;
	double to = endless ? dot->x + 26 : dots_x(scale, verdict->worst.hi_ns);

	if (is_void(verdict)) {
		fprintf(out, "<path class=\"cross\" d=\"M%.1f %.1fl9 9m0 -9l-9 9\"/>\n", dot->x - 4.5, dot->y - 4.5);
		return;
	}
	if (!is_open(verdict) && verdict->worst.hi_ns == 0) {
		fprintf(out, "<path class=\"dot hollow\" d=\"M%.1f %.1fl5 5l-5 5l-5 -5z\"/>\n", dot->x, dot->y - 5);
		return;
	}
	if (spans && is_open(verdict) && to > dot->x + 1)
		fprintf(out, "<path class=\"dimension%s\" d=\"M%.1f %.1fH%.1f%s\"/>\n", endless ? "" : " dashed", dot->x, dot->y, to,
			endless ? "l-6 -4m6 4l-6 4" : "v-4v8");
	fprintf(out, "<circle class=\"dot%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n", is_open(verdict) ? " hollow" : "", dot->x, dot->y,
		RADIUS);
}

static void put_ticks(FILE *out, const struct dots_scale *scale, double bottom)
{
	static const int parts[] = {1, 2, 5};
	double decade = 0.1;
	int at, i;

	for (at = scale->from; at <= scale->to; at++, decade *= 10.0) {
		for (i = 0; i < (at < scale->to ? 3 : 1); i++) {
			double x = dots_x(scale, (int64_t)(parts[i] * decade * 1e9 + 0.5));

			fprintf(out, "<line class=\"grid%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", i ? " faint" : "", x, TOP - 4, x,
				bottom);
			fprintf(out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">%g s</text>\n", x, bottom + 16, parts[i] * decade);
		}
	}
	fprintf(out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/><text class=\"tick\" x=\"%.1f\" y=\"%.1f\">"
		     "none</text>\n", GUTTER, TOP - 4, GUTTER, bottom, GUTTER, bottom + 16);
}

static void put_limit(FILE *out, const struct dots_scale *scale, const struct findings *findings, double bottom)
{
	int64_t limit_ns = judge_limit(findings).limit_ns;
	double x = dots_x(scale, limit_ns);

	if (!findings->has_rule)
		return;
	fprintf(out, "<line class=\"limit\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/><text class=\"limitword\" x=\"%.1f\" y=\"14\">"
		     "limit ", x, TOP - 8, x, bottom, x);
	put_seconds_up(out, limit_ns, limit_ns % NS_PER_S ? 3 : 0);
	fputs(" s</text>\n", out);
}

/* A row each, the name at its left. */
static double place_in_rows(struct dot *dots, int count)
{
	int i;

	for (i = 0; i < count; i++)
		dots[i].y = TOP + ROW * (i + 0.5);
	return TOP + ROW * count;
}

/* Room of a dot in its pile, with its name behind it. */
static double room_behind(const struct report *report, const struct dot *dot)
{
	return RADIUS + 1.5 + (dot->named ? 5 + 7 * (double)strlen(slot_name(report->findings, dot->verdict->slot)) : 0);
}

static bool is_taken(const struct report *report, const struct dot *dots, int placed, const struct dot *dot, double level)
{
	int i;

	for (i = 0; i < placed; i++)
		if (dots[i].y == level && dot->x - RADIUS - 1.5 < dots[i].x + room_behind(report, &dots[i]) &&
		    dots[i].x - RADIUS - 1.5 < dot->x + room_behind(report, dot))
			return true;
	return false;
}

/* One strip: what would lie on another dot stands on top of it, closer when piles get high. */
static double place_in_piles(const struct report *report, struct dot *dots, int count)
{
	double highest = 1, step;
	int i;

	for (i = 0; i < count; i++) {
		double level = 0;

		while (is_taken(report, dots, i, &dots[i], level))
			level++;
		dots[i].y = level;
		highest = level + 1 > highest ? level + 1 : highest;
	}
	step = highest * (2 * RADIUS + 2) > PILE_MOST ? PILE_MOST / highest : 2 * RADIUS + 2;
	for (i = 0; i < count; i++)
		dots[i].y = TOP + step * (highest - dots[i].y - 0.5) + 4;
	return TOP + step * highest + 8;
}

static void put_name(FILE *out, const struct report *report, const struct dot *dot, bool rows)
{
	if (!rows && !dot->named)
		return;
	if (rows)
		fprintf(out, "<text class=\"track\" x=\"%.1f\" y=\"%.1f\">", GUTTER - 26, dot->y + 4);
	else
		fprintf(out, "<text class=\"dotname\" x=\"%.1f\" y=\"%.1f\">", dot->x + 8, dot->y + 4);
	put_markup(out, slot_name(report->findings, dot->verdict->slot));
	fputs("</text>\n", out);
}

static int gather(const struct findings *findings, struct dot *dots, int64_t *longest_ns)
{
	int i, count = 0;

	*longest_ns = 0;
	for (i = 0; i < findings->verdict_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];

		if (verdict->kind != CASE_OUTAGE)
			continue;
		dots[count++] = (struct dot){.verdict = verdict, .named = verdict_tone(verdict) != TONE_GOOD};
		if (verdict->worst.lo_ns > *longest_ns)
			*longest_ns = verdict->worst.lo_ns;
	}
	return count;
}

void draw_dots(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	struct dot *dots = calloc((size_t)findings->verdict_count + 1, sizeof *dots);
	struct dots_scale scale;
	int64_t longest_ns;
	double bottom;
	bool rows;
	int count, i;

	if (!dots)
		return;
	count = gather(findings, dots, &longest_ns);
	scale = dots_scale_for(longest_ns, judge_limit(findings).limit_ns);
	for (i = 0; i < count; i++)
		dots[i].x = dots_x(&scale, dots[i].verdict->worst.lo_ns);
	rows = count <= DOTS_ROWS_MAX;
	bottom = rows ? place_in_rows(dots, count) : place_in_piles(report, dots, count);
	fprintf(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"The length of every judged outage, logarithmic\">\n", WIDTH,
		bottom + BOTTOM);
	put_ticks(out, &scale, bottom);
	put_limit(out, &scale, findings, bottom);
	for (i = 0; i < count; i++) {
		put_shape(out, &scale, &dots[i], rows);
		put_name(out, report, &dots[i], rows);
	}
	fputs("</svg>\n", out);
	free(dots);
}
