/* Draws plans in characters. Every column of the chart is a slice of the slowest night. */

#include "rig/scenario/timetable.h"

#include "rig/base/unit.h"

#include <string.h>

static const char letters[VERB_COUNT + 1] = "sMxvrhwCTGAJfpnRFB";

const char *timetable_time(char bytes[TIMETABLE_TIME_SIZE], int64_t ns)
{
	int64_t seconds = (ns + NS_PER_S - 1) / NS_PER_S, days = seconds / 86400;

	if (days > 0)
		(void)snprintf(bytes, TIMETABLE_TIME_SIZE, "%lldd %02d:%02d:%02d", (long long)days, (int)(seconds / 3600 % 24),
			       (int)(seconds / 60 % 60), (int)(seconds % 60));
	else
		(void)snprintf(bytes, TIMETABLE_TIME_SIZE, "%d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
	return bytes;
}

/* ---- Steps ---- */

static void put_length(struct text *text, const struct plan *plan, const struct plan_step *step)
{
	if (!step->value_from_bisect) {
		unit_put(text, UNIT_DURATION, step->for_ns);
		return;
	}
	unit_put(text, UNIT_DURATION, plan->bisects[step->bisect].from_ns);
	text_put(text, " to ");
	unit_put(text, UNIT_DURATION, plan->bisects[step->bisect].to_ns);
}

static void put_cases(struct text *text, unsigned cases)
{
	bool first = true;
	int i;

	for (i = 0; i < CASE_COUNT; i++)
		if (cases & CASE_BIT(i)) {
			text_format(text, "%s%s", first ? "" : ", ", case_name((enum case_kind)i));
			first = false;
		}
}

static void put_switching(struct text *text, const struct plan *plan, const struct plan_step *step)
{
	if (step->switching != SWITCHING_CUT) {
		text_put(text, step->switching == SWITCHING_ON ? "on" : "off");
		return;
	}
	text_put(text, "cut ");
	put_length(text, plan, step);
}

static void put_until(struct text *text, const struct plan_step *step)
{
	put_cases(text, step->cases);
	text_put(text, " until ");
	unit_put(text, UNIT_DURATION, step->until_ns);
	if (step->until_moment != MOMENT_HERE)
		text_format(text, " after %s", moment_name(step->until_moment));
}

void timetable_step(char bytes[TIMETABLE_STEP_SIZE], const struct plan *plan, int index)
{
	const struct plan_step *step = &plan->steps[index];
	struct text text;

	text_init(&text, bytes, TIMETABLE_STEP_SIZE);
	text_format(&text, "%s: ", verb_name(step->verb));
	switch (step->verb) {
	case VERB_SUPPLY:
	case VERB_MAINS:
		put_switching(&text, plan, step);
		break;
	case VERB_CUT:
	case VERB_HOLD:
		put_length(&text, plan, step);
		break;
	case VERB_SET:
	case VERB_RAMP:
		unit_put(&text, UNIT_VOLTAGE, step->level_mv);
		break;
	case VERB_WAIT:
		text_put(&text, wait_for_name(step->wait));
		break;
	case VERB_CONTROL:
		text_format(&text, "%s, cut ", step->polarity == POLARITY_POSITIVE ? "positive" : "negative");
		put_length(&text, plan, step);
		break;
	case VERB_JUDGE:
		put_until(&text, step);
		break;
	case VERB_CONFIRM:
		put_cases(&text, step->cases);
		break;
	case VERB_GATE:
		text_put(&text, "irreversible");
		break;
	case VERB_ACTIVATE:
		text_put(&text, "now");
		break;
	case VERB_TRANSFER:
	case VERB_PROMPT:
	case VERB_NOTE:
		text_format(&text, "%.60s", step->text);
		break;
	case VERB_REPEAT:
	case VERB_FOR_EACH:
	case VERB_BISECT:
	case VERB_COUNT:
		break;
	}
}

void timetable_put_steps(FILE *out, const struct plan *plan)
{
	char begin[TIMETABLE_TIME_SIZE], end[TIMETABLE_TIME_SIZE], within[TIMETABLE_TIME_SIZE], what[TIMETABLE_STEP_SIZE];
	int i;

	fprintf(out, "%5s  %-52s %12s %12s %10s\n", "step", "what", "begins from", "ends by", "within");
	for (i = 0; i < plan->count; i++) {
		const struct plan_step *step = &plan->steps[i];

		timetable_step(what, plan, i);
		fprintf(out, "%4d%c  %-52s %12s %12s %10s%s\n", i + 1, letters[step->verb], what, timetable_time(begin, step->earliest_begin_ns),
			timetable_time(end, step->latest_end_ns), timetable_time(within, step->within_ns), step->finally ? "  finally" : "");
	}
}

/* ---- The chart ---- */

/* Where a step is drawn: a sliver of a column is a column. */
static void columns_of(const struct plan *plan, const struct plan_step *step, int *first, int *end)
{
	int64_t per_column = plan->latest_end_ns / TIMETABLE_CHART_WIDTH + 1;

	*first = (int)(step->latest_begin_ns / per_column);
	*end = (int)((step->latest_end_ns + per_column - 1) / per_column);
	if (*first >= TIMETABLE_CHART_WIDTH)
		*first = TIMETABLE_CHART_WIDTH - 1;
	if (*end <= *first)
		*end = *first + 1;
	if (*end > TIMETABLE_CHART_WIDTH)
		*end = TIMETABLE_CHART_WIDTH;
}

/* What must not be overlooked is drawn over what only takes time. */
static bool hides(enum verb above, char below)
{
	static const char by_weight[] = " nhwspvrfTJGMxCA"; /* from the lightest to the heaviest */
	const char *a = strchr(by_weight, letters[above]), *b = strchr(by_weight, below);

	return a >= b;
}

static bool cuts(const struct plan_step *step)
{
	return step->verb == VERB_CUT || step->verb == VERB_CONTROL || (step->verb == VERB_MAINS && step->switching == SWITCHING_CUT);
}

static void draw(const struct plan *plan, char steps[TIMETABLE_CHART_WIDTH + 1], char supply[TIMETABLE_CHART_WIDTH + 1])
{
	bool on = false;
	int i, column, first, end;

	memset(steps, ' ', TIMETABLE_CHART_WIDTH);
	memset(supply, '.', TIMETABLE_CHART_WIDTH);
	steps[TIMETABLE_CHART_WIDTH] = supply[TIMETABLE_CHART_WIDTH] = '\0';
	for (i = 0; i < plan->count; i++) {
		const struct plan_step *step = &plan->steps[i];

		if (step->verb == VERB_SUPPLY || step->verb == VERB_MAINS)
			on = step->switching != SWITCHING_OFF;
		columns_of(plan, step, &first, &end);
		for (column = first; column < end; column++) {
			if (hides(step->verb, steps[column]))
				steps[column] = letters[step->verb];
			if (supply[column] != '~')
				supply[column] = cuts(step) ? '~' : on ? '#' : supply[column];
		}
	}
}

static void put_scale(FILE *out, const struct plan *plan)
{
	char time[TIMETABLE_TIME_SIZE];
	int column, used = 0;

	fputs("          ", out);
	for (column = 0; column < TIMETABLE_CHART_WIDTH; column += 16) {
		used = fprintf(out, "|%s", timetable_time(time, plan->latest_end_ns / TIMETABLE_CHART_WIDTH * column));
		fprintf(out, "%*s", 16 - used, "");
	}
	fprintf(out, "|%s\n", timetable_time(time, plan->latest_end_ns));
}

static void put_legend(FILE *out, const char *steps)
{
	enum verb verb;
	bool first = true;

	fputs("          ", out);
	for (verb = 0; verb < VERB_COUNT; verb++)
		if (strchr(steps, letters[verb])) {
			fprintf(out, "%s%c %s", first ? "" : "  ", letters[verb], verb_name(verb));
			first = false;
		}
	fputs("\n          # supplied  ~ supplied, with a cut inside  . off\n", out);
}

void timetable_put_chart(FILE *out, const struct plan *plan)
{
	char steps[TIMETABLE_CHART_WIDTH + 1], supply[TIMETABLE_CHART_WIDTH + 1];

	draw(plan, steps, supply);
	put_scale(out, plan);
	fprintf(out, "  step    |%s|\n  supply  |%s|\n", steps, supply);
	put_legend(out, steps);
}
