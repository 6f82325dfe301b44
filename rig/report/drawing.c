/* SVG by hand: a plot maps instants to x, and each track is a strip below the one before it. */

#include "rig/report/drawing.h"

#include "rig/report/escape.h"
#include "rig/report/words.h"

#include <inttypes.h>
#include <math.h>

#define LEFT 124.0          /* names of tracks */
#define WIDTH 1000.0        /* of the whole picture */
#define RIGHT 24.0
#define TRACE 20.0          /* height of a trace */
#define STRIP 30.0          /* of a trace with its room */

struct plot {
	FILE *out;
	int64_t from_ns, to_ns;
	int64_t begin_ns;   /* of the recording */
};

static int64_t later(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

/* x of an instant, kept inside the plot. */
static double x_of(const struct plot *plot, int64_t t_ns)
{
	double span = (double)(plot->to_ns - plot->from_ns);
	int64_t inside_ns = earlier(later(t_ns, plot->from_ns), plot->to_ns);

	return LEFT + (double)(inside_ns - plot->from_ns) / span * (WIDTH - LEFT - RIGHT);
}

static bool is_inside(const struct plot *plot, int64_t from_ns, int64_t to_ns)
{
	return from_ns <= plot->to_ns && to_ns >= plot->from_ns;
}

static void put_name(const struct plot *plot, double y, const char *name)
{
	fprintf(plot->out, "<text class=\"track\" x=\"%.0f\" y=\"%.1f\">", LEFT - 10, y);
	put_markup(plot->out, name);
	fputs("</text>\n", plot->out);
}

static void open_picture(FILE *out, double height, const char *what)
{
	fprintf(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", WIDTH, height);
	put_markup(out, what);
	fputs("\">\n", out);
}

void draw_patterns(FILE *out)
{
	fputs("<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>\n"
	      "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	      "<rect width=\"6\" height=\"6\" fill=\"#fff\"/><rect width=\"2\" height=\"6\" fill=\"#8a93a0\"/></pattern>\n"
	      "<pattern id=\"dots\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><rect width=\"5\" height=\"5\" "
	      "fill=\"#fff\"/><circle cx=\"2\" cy=\"2\" r=\"0.9\" fill=\"#8a93a0\"/></pattern>\n</defs></svg>\n", out);
}

/* Axes */

static const int64_t steps_ns[] = {
	10 * NS_PER_MS, 20 * NS_PER_MS, 50 * NS_PER_MS, 100 * NS_PER_MS, 200 * NS_PER_MS, 500 * NS_PER_MS, NS_PER_S,
	2 * NS_PER_S, 5 * NS_PER_S, 10 * NS_PER_S, 15 * NS_PER_S, 30 * NS_PER_S, NS_PER_MIN, 2 * NS_PER_MIN, 5 * NS_PER_MIN,
	10 * NS_PER_MIN, 15 * NS_PER_MIN, 30 * NS_PER_MIN, NS_PER_H, 2 * NS_PER_H, 3 * NS_PER_H, 6 * NS_PER_H, 12 * NS_PER_H,
	24 * NS_PER_H, 48 * NS_PER_H, 168 * NS_PER_H,
};

/* The smallest step with at most twelve of them in the plot. */
static int64_t step_of(int64_t span_ns)
{
	size_t i, count = sizeof steps_ns / sizeof *steps_ns;

	for (i = 0; i + 1 < count && span_ns / steps_ns[i] > 12; i++)
		;
	return steps_ns[i];
}

static void put_tick(const struct plot *plot, int64_t t_ns, double top, double bottom)
{
	fprintf(plot->out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", x_of(plot, t_ns), top,
		x_of(plot, t_ns), bottom);
	fprintf(plot->out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">", x_of(plot, t_ns), bottom + 15);
}

/* Wall clock, from the boot line's pair of instants; whole minutes or seconds only. */
static void put_clock_axis(const struct plot *plot, const struct record *boot, double top, double bottom)
{
	int64_t start_us = boot->utc_us - boot->t_ns / 1000, step_us = step_of(plot->to_ns - plot->from_ns) / 1000;
	int64_t at_us = (start_us + plot->from_ns / 1000 + step_us - 1) / step_us * step_us;
	char utc[UTC_TEXT_SIZE];

	for (; (at_us - start_us) * 1000 <= plot->to_ns; at_us += step_us) {
		utc_to_text(at_us, utc);
		put_tick(plot, (at_us - start_us) * 1000, top, bottom);
		fprintf(plot->out, "%.*s</text>\n", step_us % (60 * 1000000) ? 8 : 5, utc + 11);
	}
	fprintf(plot->out, "<text class=\"track\" x=\"%.0f\" y=\"%.1f\">UTC</text>\n", LEFT - 26, bottom + 15);
}

/* Seconds since `zero_ns`. */
static void put_second_axis(const struct plot *plot, int64_t zero_ns, double top, double bottom)
{
	int64_t step_ns = step_of(plot->to_ns - plot->from_ns);
	int64_t at_ns = zero_ns - (zero_ns - plot->from_ns) / step_ns * step_ns;

	for (; at_ns <= plot->to_ns; at_ns += step_ns) {
		put_tick(plot, at_ns, top, bottom);
		fprintf(plot->out, "%s", at_ns < zero_ns ? "\xe2\x88\x92" : "");
		put_seconds_down(plot->out, at_ns < zero_ns ? zero_ns - at_ns : at_ns - zero_ns, step_ns % NS_PER_S ? 2 : 0);
		fputs(" s</text>\n", plot->out);
	}
	fprintf(plot->out, "<text class=\"track\" x=\"%.0f\" y=\"%.1f\">from its start</text>\n", LEFT - 10, bottom + 15);
}

/* Tracks */

/* Up to when a line was off from the start on, or had not risen at all; the plot's begin: it was high. */
static int64_t off_until(const struct plot *plot, const struct sense *sense)
{
	if (sense->off)
		return plot->to_ns;
	return sense->t_on_ns > plot->begin_ns ? later(sense->t_on_ns, plot->from_ns) : plot->from_ns;
}

static bool is_low_at(const struct sense *sense, int64_t t_ns)
{
	int i;

	for (i = 0; i < sense_outage_count(sense); i++)
		if (sense_outage(sense, i).t_down_ns <= t_ns && sense_outage(sense, i).t_up_ns > t_ns)
			return true;
	return false;
}

/*
 * Low spans as a stepped line. Spans that are not certain all the way are hatched; others are filled where being low means
 * that something is missing. One that had not ended is as certain as it can be.
 */
static void put_trace(const struct plot *plot, const struct sense *sense, double y, const char *class, bool filled)
{
	double high = y, low = y + TRACE;
	int64_t off_ns = off_until(plot, sense);
	int i, count = sense_outage_count(sense);

	for (i = 0; i < count; i++) {
		struct outage outage = sense_outage(sense, i);
		double from = x_of(plot, outage.t_down_ns), to = x_of(plot, outage.t_up_ns);

		bool certain = outage.lo_ns == outage.hi_ns || (outage.t_up_ns == INSTANT_NEVER && (outage.lo_ns > 0 || !filled));

		if (!is_inside(plot, outage.t_down_ns, outage.t_up_ns) || (certain && !filled))
			continue;
		fprintf(plot->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
			certain ? "gone" : "unsure", from, high, to - from > 0.8 ? to - from : 0.8, TRACE);
	}
	fprintf(plot->out, "<path class=\"%s\" d=\"M%.1f %.1f", class, x_of(plot, plot->from_ns),
		off_ns > plot->from_ns || is_low_at(sense, plot->from_ns) ? low : high);
	if (off_ns > plot->from_ns && off_ns < plot->to_ns)
		fprintf(plot->out, "H%.1fV%.1f", x_of(plot, off_ns), high);
	for (i = 0; i < count; i++) {
		struct outage outage = sense_outage(sense, i);

		if (!is_inside(plot, outage.t_down_ns, outage.t_up_ns))
			continue;
		fprintf(plot->out, "H%.1fV%.1fH%.1f", x_of(plot, outage.t_down_ns), low, x_of(plot, outage.t_up_ns));
		if (outage.t_up_ns != INSTANT_NEVER && outage.t_up_ns <= plot->to_ns)
			fprintf(plot->out, "V%.1f", high);
	}
	fprintf(plot->out, "H%.1f\"/>\n", x_of(plot, plot->to_ns));
}

static const char *phase_class(enum phase phase)
{
	static const char *const classes[] = {
		[PHASE_IDLE] = "", [PHASE_ENTER] = "p1", [PHASE_TRANSFER] = "p2", [PHASE_VERIFY] = "p3", [PHASE_HOLD] = "p4",
		[PHASE_ACTIVATE] = "p5", [PHASE_CONFIRM] = "p6",
	};

	return classes[phase];
}

static void put_phase(const struct plot *plot, enum phase phase, int64_t from_ns, int64_t to_ns, double y)
{
	double from = x_of(plot, from_ns), to = x_of(plot, to_ns);
	const char *name = phase_name(phase);

	if (phase == PHASE_IDLE || !is_inside(plot, from_ns, to_ns))
		return;
	fprintf(plot->out, "<rect class=\"phase %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"18\"><title>%s</title></rect>\n",
		phase_class(phase), from, y, to - from > 0.8 ? to - from : 0.8, name);
	if (to - from > 66)
		fprintf(plot->out, "<text class=\"inside\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", (from + to) / 2, y + 14, name);
}

static double put_phases(const struct plot *plot, const struct history *history, double y)
{
	enum phase phase = PHASE_IDLE;
	int64_t since_ns = plot->from_ns;
	int i;

	put_name(plot, y + 14, "firmware");
	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind != EVENT_PHASE)
			continue;
		put_phase(plot, phase, since_ns, event->from_ns, y);
		phase = (enum phase)event->detail;
		since_ns = event->from_ns;
	}
	put_phase(plot, phase, since_ns, plot->to_ns, y);
	return y + 28;
}

/* Below the trace the axis of a slot that has the input, and nothing otherwise. */
static double put_input(const struct plot *plot, const struct sense *sense, const char *channel, const char *name,
			const char *class, bool filled, double y)
{
	if (!channel[0])
		return y;
	put_name(plot, y + 14, name);
	put_trace(plot, sense, y, class, filled);
	return y + STRIP;
}

/* When the observer could not see, its line is hatched. */
static void put_health(const struct plot *plot, const struct history *history, int observer, double y)
{
	int64_t blind_since_ns = plot->from_ns;
	bool healthy = false;
	int i;

	for (i = 0; i <= history->health_count; i++) {
		bool over = i == history->health_count;
		int64_t t_ns = over ? plot->to_ns : history->health[i].t_ns;

		if (!over && history->health[i].observer != observer)
			continue;
		if (!healthy && t_ns > plot->from_ns)
			fprintf(plot->out, "<rect class=\"blind\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\"/>\n",
				x_of(plot, blind_since_ns), y, x_of(plot, t_ns) - x_of(plot, blind_since_ns));
		if (over)
			break;
		healthy = history->health[i].healthy;
		blind_since_ns = t_ns;
	}
}

static void put_alert(const struct plot *plot, const struct seen_alert *alert, double y)
{
	double x = x_of(plot, alert->t_ns);

	if (alert->ad1)
		fprintf(plot->out, "<path class=\"%s\" d=\"M%.1f %.1fl6 12h-12z\"><title>AD1</title></path>\n",
			alert->other_hub ? "foreign" : "alert", x, y);
	else
		fprintf(plot->out, "<path class=\"restored\" d=\"M%.1f %.1fl6 6l-6 6l-6 -6z\"><title>%04X</title></path>\n", x, y,
			alert->code);
}

static double put_alerts(const struct plot *plot, const struct history *history, double y)
{
	char name[WORD_TEXT_SIZE + 8];
	int observer, i;

	for (observer = 0; observer < history->observer_count; observer++) {
		(void)snprintf(name, sizeof name, "at %.11s", history->observers[observer].name);
		put_name(plot, y + 10, name);
		fprintf(plot->out, "<line class=\"ear\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", LEFT, y + 12, WIDTH - RIGHT,
			y + 12);
		put_health(plot, history, observer, y);
		for (i = 0; i < history->alert_count; i++)
			if (history->alerts[i].observer == observer &&
			    is_inside(plot, history->alerts[i].t_ns, history->alerts[i].t_ns))
				put_alert(plot, &history->alerts[i], y);
		y += 22;
	}
	return y;
}

/* With its name where there is room, else with its sign. */
static void put_span(const struct plot *plot, int64_t from_ns, int64_t to_ns, double y, const char *class, const char *name,
		     const char *sign)
{
	double from = x_of(plot, from_ns), to = x_of(plot, to_ns);

	if (!is_inside(plot, from_ns, to_ns))
		return;
	fprintf(plot->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"14\"/>", class, from, y,
		to - from > 1 ? to - from : 1);
	if (to - from > 12)
		fprintf(plot->out, "<text class=\"inside\" x=\"%.1f\" y=\"%.1f\">%s</text>", (from + to) / 2, y + 12,
			to - from > 66 ? name : sign);
	putc('\n', plot->out);
}

static double put_spans(const struct plot *plot, const struct history *history, double y)
{
	int i;

	if (history->control_count) {
		put_name(plot, y + 11, "controls");
		for (i = 0; i < history->control_count; i++)
			put_span(plot, history->controls[i].span.from_ns, history->controls[i].span.to_ns, y, "control",
				 polarity_name(history->controls[i].polarity),
				 history->controls[i].polarity == POLARITY_POSITIVE ? "+" : "\xe2\x88\x92");
		y += 20;
	}
	if (history->watch_count) {
		put_name(plot, y + 11, "judged");
		for (i = 0; i < history->watch_count; i++)
			put_span(plot, history->watches[i].from_ns, history->watches[i].end_ns, y, "watch", "watch", "");
		y += 20;
	}
	return y;
}

static double timeline_height(const struct history *history)
{
	const struct record *wiring = &history->wiring;
	double traces = 1 + (wiring->data.slot.mains[0] != 0) + (wiring->data.slot.lab_feed[0] != 0) +
			(wiring->data.slot.ac_lost[0] != 0);

	return 8 + 28 + traces * STRIP + 22.0 * history->observer_count + (history->control_count ? 20 : 0) +
	       (history->watch_count ? 20 : 0) + 24;
}

void draw_timeline(FILE *out, const struct report *report, int slot)
{
	const struct history *history = report->findings->slots[slot].history;
	const struct record *wiring = &history->wiring;
	struct plot plot = {out, 0, later(history->t_last_ns, NS_PER_S), history->t_start_ns};
	double height = timeline_height(history), y = 8;

	open_picture(out, height, "The run of this slot over time");
	put_clock_axis(&plot, &report->findings->boot, 4, height - 22);
	y = put_phases(&plot, history, y);
	y = put_input(&plot, &history->lab_feed, wiring->data.slot.lab_feed, "lab feed", "trace", true, y);
	y = put_input(&plot, &history->mains, wiring->data.slot.mains, "mains", "trace", true, y);
	y = put_input(&plot, &history->supply, wiring->data.slot.sense, "hub supply", "trace strong", true, y);
	y = put_input(&plot, &history->ac_lost, wiring->data.slot.ac_lost, "AC LO", "trace", false, y);
	y = put_alerts(&plot, history, y);
	(void)put_spans(&plot, history, y);
	fputs("</svg>\n", out);
}

/* One outage */

/* A length as an arrow between two ends, with its words in the middle. */
static void put_dimension(const struct plot *plot, int64_t from_ns, int64_t to_ns, double y, const char *class,
			  const char *words, int64_t ns, bool up)
{
	double from = x_of(plot, from_ns), to = x_of(plot, to_ns);
	bool open = to_ns > plot->to_ns;

	fprintf(plot->out, "<path class=\"%s\" d=\"M%.1f %.1fH%.1fM%.1f %.1fv10", class, from, y, to, from, y - 5);
	if (open)
		fprintf(plot->out, "M%.1f %.1fl8 5l-8 5", to - 8, y - 5);
	else
		fprintf(plot->out, "M%.1f %.1fv10", to, y - 5);
	fprintf(plot->out, "\"/><text class=\"length\" x=\"%.1f\" y=\"%.1f\">%s", from + 6, y - 4, words);
	if (up)
		put_seconds_up(plot->out, ns, 4);
	else
		put_seconds_down(plot->out, ns, 4);
	fputs(" s</text>\n", plot->out);
}

static double put_bounds(const struct plot *plot, const struct outage *outage, int64_t end_ns, double y)
{
	int64_t t_ns = outage->t_down_ns;

	if (outage->lo_ns == outage->hi_ns) {
		put_dimension(plot, t_ns, outage->t_up_ns, y, "dimension", "T = ", outage->lo_ns, false);
		return y + 24;
	}
	put_dimension(plot, t_ns, duration_add(t_ns, outage->lo_ns), y, "dimension", "at least ", outage->lo_ns, false);
	y += 22;
	if (outage->hi_ns != INSTANT_NEVER)
		put_dimension(plot, t_ns, outage->t_up_ns, y, "dimension dashed", "at most ", outage->hi_ns, true);
	else
		fprintf(plot->out, "<path class=\"dimension dashed\" d=\"M%.1f %.1fH%.1fl-8 -5m8 5l-8 5\"/><text class=\"length\" "
			"x=\"%.1f\" y=\"%.1f\">no upper bound%s</text>\n", x_of(plot, t_ns), y, x_of(plot, end_ns),
			x_of(plot, t_ns) + 6, y - 4, outage->t_up_ns == INSTANT_NEVER ? ": it had not ended" : "");
	return y + 24;
}

static void put_limit(const struct plot *plot, int64_t t_down_ns, int64_t limit_ns, int64_t u_ns, double top, double bottom)
{
	int64_t at_ns = t_down_ns + limit_ns;
	double x = x_of(plot, at_ns), from = x_of(plot, at_ns - u_ns), to = x_of(plot, at_ns + u_ns);

	fprintf(plot->out, "<rect class=\"guard\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", from, top,
		to - from > 0.5 ? to - from : 0.5, bottom - top);
	fprintf(plot->out, "<line class=\"limit\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/><text class=\"limitword\" x=\"%.1f\" "
		"y=\"%.1f\">limit ", x, top, x, bottom, x, top - 4);
	put_seconds_up(plot->out, limit_ns, limit_ns % NS_PER_S ? 3 : 0);
	fputs(" s</text>\n", plot->out);
}

static double outage_height(const struct history *history, bool two_bounds)
{
	const struct record *wiring = &history->wiring;
	double traces = 1 + (wiring->data.slot.mains[0] != 0) + (wiring->data.slot.ac_lost[0] != 0);

	return 24 + 28 + traces * STRIP + 24.0 + (two_bounds ? 22 : 0) + 22.0 * history->observer_count + 26;
}

void draw_outage(FILE *out, const struct report *report, int slot, const struct outage *outage, int64_t u_ns)
{
	const struct history *history = report->findings->slots[slot].history;
	const struct record *wiring = &history->wiring;
	int64_t limit_ns = judge_limit(report->findings).limit_ns;
	int64_t end_ns = earlier(outage->t_up_ns, later(history->t_last_ns, outage->t_down_ns + outage->lo_ns));
	/* Of an outage far beyond the limit the part that decides is shown. */
	int64_t length_ns = limit_ns > 0 ? earlier(end_ns - outage->t_down_ns, 3 * limit_ns) : end_ns - outage->t_down_ns;
	int64_t shown_ns = later(later(length_ns, limit_ns), 100 * NS_PER_MS);
	struct plot plot = {out, outage->t_down_ns - shown_ns / 12, outage->t_down_ns + shown_ns + shown_ns / 8, history->t_start_ns};
	double height = outage_height(history, outage->lo_ns != outage->hi_ns), y = 24;

	open_picture(out, height, "The outage, its bounds and the limit");
	put_second_axis(&plot, outage->t_down_ns, 20, height - 22);
	y = put_phases(&plot, history, y);
	y = put_input(&plot, &history->mains, wiring->data.slot.mains, "mains", "trace", true, y);
	y = put_input(&plot, &history->supply, wiring->data.slot.sense, "hub supply", "trace strong", true, y);
	y = put_bounds(&plot, outage, plot.to_ns, y + 12) - 12;
	y = put_input(&plot, &history->ac_lost, wiring->data.slot.ac_lost, "AC LO", "trace", false, y);
	(void)put_alerts(&plot, history, y);
	if (limit_ns > 0)
		put_limit(&plot, outage->t_down_ns, limit_ns, u_ns, 16, height - 22);
	fputs("</svg>\n", out);
}
