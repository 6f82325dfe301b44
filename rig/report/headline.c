/* Sentences for a manager, in the words of the limit: "more than three minutes". */

#include "rig/report/headline.h"

#include "rig/report/words.h"

#include <inttypes.h>
#include <string.h>

#define POINTS_MAX 16 /* different observation points that a sentence names */

const char *plural(int64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

/* Outages that a mains cut or anything else made, in a run that activated nothing. */
static void put_unactivated(FILE *out, const struct findings *findings, const char *above)
{
	int i, cases = 0, longer = 0;

	for (i = 0; i < findings->verdict_count; i++) {
		cases += findings->verdicts[i].kind == CASE_OUTAGE && verdict_tone(&findings->verdicts[i]) != TONE_NONE;
		longer += findings->verdicts[i].kind == CASE_OUTAGE && verdict_tone(&findings->verdicts[i]) == TONE_BAD;
	}
	fputs("No meter was activated in this run", out);
	if (cases)
		fprintf(out, "; the hub\xe2\x80\x99s supply was gone for %s in %d of %d judged %s", above, longer, cases,
			plural(cases, "case", "cases"));
	putc('.', out);
}

/* The points at which the AD1 of affected meters were seen, each once. */
struct points {
	const char *names[POINTS_MAX];
	int count;
};

static void add_point(struct points *points, const char *name)
{
	int i;

	for (i = 0; i < points->count; i++)
		if (strcmp(points->names[i], name) == 0)
			return;
	if (points->count < POINTS_MAX)
		points->names[points->count++] = name;
}

static void add_points_of(struct points *points, const struct findings *findings, const char *guid)
{
	int i, observer;

	for (i = 0; i < findings->ledger_count; i++) {
		const struct ledger_line *line = &findings->ledger[i];
		const struct history *history = findings->slots[line->slot].history;

		if (!history->has_meter || strcmp(history->meter.data.device.guid, guid) != 0 ||
		    (line->class != LEDGER_EXPECTED_SEEN && line->class != LEDGER_LATE))
			continue;
		for (observer = 0; observer < history->observer_count; observer++)
			if (line->seen >> observer & 1)
				add_point(points, history->observers[observer].point[0] ? history->observers[observer].point
											  : history->observers[observer].name);
	}
}

/* The points that everybody in the field has a word for; another one keeps its own. */
static const char *point_words(const char *point)
{
	static const char *const words[][2] = {
		{"hub", "the hub"}, {"csp", "the CSP"}, {"dsp", "the DSP"}, {"duis", "DUIS"}, {"dno", "the DNO"},
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], point) == 0)
			return words[i][1];
	return point;
}

static void put_points(FILE *out, const struct points *points)
{
	int i;

	for (i = 0; i < points->count; i++) {
		fputs(i == 0 ? " (seen at " : i + 1 == points->count ? " and at " : ", at ", out);
		put_markup(out, point_words(points->names[i]));
	}
	if (points->count)
		putc(')', out);
}

/* Affected meters by what became of their AD1. */
struct raised {
	int64_t affected, seen, lost;
	struct points points;
};

static struct raised count_raised(const struct report *report)
{
	struct raised raised = {0};
	size_t i;

	for (i = 0; i < report->row_count; i++) {
		const struct device_result *row = &report->rows[i];

		if (row->affected_activations == 0)
			continue;
		raised.affected++;
		if (strcmp(row->ad1, ledger_class_name(LEDGER_EXPECTED_SEEN)) == 0 ||
		    strcmp(row->ad1, ledger_class_name(LEDGER_LATE)) == 0) {
			raised.seen++;
			add_points_of(&raised.points, report->findings, row->guid);
		} else if (strcmp(row->ad1, ledger_class_name(LEDGER_EXPECTED_MISSING)) == 0) {
			raised.lost++;
		}
	}
	return raised;
}

static void put_raised(FILE *out, const struct report *report)
{
	struct raised raised = count_raised(report);
	int64_t untold = raised.affected - raised.seen - raised.lost;

	if (raised.affected == 0)
		return;
	if (raised.seen == raised.affected) {
		fputs(raised.affected == 1 ? " It raised AD1" : raised.affected == 2 ? " Both raised AD1" : " All of them raised AD1", out);
		put_points(out, &raised.points);
	} else if (raised.lost == raised.affected) {
		fputs(raised.affected == 1 ? " Its AD1 was expected and not seen" : " Their AD1 were expected and not seen", out);
	} else if (untold == raised.affected) {
		fprintf(out, " Whether %s AD1 cannot be said", raised.affected == 1 ? "it raised" : "they raised");
	} else {
		fprintf(out, " AD1 was raised by %" PRId64 " of them", raised.seen);
		put_points(out, &raised.points);
		if (raised.lost)
			fprintf(out, "; of %" PRId64 " it was expected and not seen", raised.lost);
		if (untold)
			fprintf(out, "; of %" PRId64 " nothing can be said", untold);
	}
	putc('.', out);
}

void put_headline(FILE *out, const struct report *report)
{
	const struct device_counts *counts = &report->counts;
	const struct limit_rule limit = judge_limit(report->findings);
	char above[LIMIT_TEXT_MAX] = "more than the limit (none is stated)";
	int64_t undecided = counts->undecided + counts->void_devices;

	if (report->findings->has_rule)
		limit_classification(&limit, LIMIT_ABOVE, above, sizeof above);
	if (counts->activated == 0) {
		put_unactivated(out, report->findings, above);
		return;
	}
	fprintf(out, "Of %" PRId64 " %s activated, %" PRId64 " cut %s hub for %s; %" PRId64 " did not", counts->activated,
		plural(counts->activated, "meter", "meters"), counts->affected, plural(counts->affected, "its", "their"), above,
		counts->not_shown);
	if (undecided)
		fprintf(out, "; %" PRId64 " could not be decided", undecided);
	putc('.', out);
	put_raised(out, report);
}

static bool control_missed(const struct findings *findings, const struct slot_findings *slot)
{
	int i;

	for (i = slot->controls_from; i < slot->controls_from + slot->controls_count; i++)
		if (!findings->controls[i].passed)
			return true;
	return false;
}

void put_rig_faults(FILE *out, const struct report *report)
{
	const struct findings *findings = report->findings;
	int meters = 0, idle = 0, missed = 0, refused = 0, i;

	for (i = 0; i < findings->slot_count; i++) {
		const struct slot_findings *slot = &findings->slots[i];
		bool unspent = slot->history->has_meter && !slot->activated && !slot->history->activation_unknown;

		meters += slot->history->has_meter;
		idle += unspent;
		missed += unspent && control_missed(findings, slot);
		refused += slot->activated && slot->history->activation_refused && !slot->confirmed;
	}
	if (idle) {
		fprintf(out, "%d of %d %s not activated", idle, meters, plural(idle, "slots was", "slots were"));
		if (missed == idle)
			fprintf(out, ": %s did not show what it had to show", plural(idle, "its control", "their control"));
		else if (missed)
			fprintf(out, ": in %d a control did not show what it had to show", missed);
		fputs(". No meter was spent there. ", out);
	}
	if (refused)
		fprintf(out, "%d %s activation. ", refused, plural(refused, "meter refused its", "meters refused their"));
	if (!findings->ended)
		fputs("The run did not end by itself; what follows is what was recorded until then.", out);
}

/* The rig switches off at the end, and nobody waits for what the hub makes of it: that is no finding. */
static bool is_the_rigs_end(const struct ledger_line *line)
{
	return line->has_outage && line->outage.t_up_ns == INSTANT_NEVER && line->class != LEDGER_EXPECTED_SEEN &&
	       (line->cause.cause == CAUSE_RIG_MAINS_CUT || line->cause.cause == CAUSE_RIG_SUPPLY_CUT);
}

void put_alert_sentences(FILE *out, const struct findings *findings)
{
	int64_t counts[LEDGER_CLASS_COUNT] = {0}, expected;
	int i;

	for (i = 0; i < findings->ledger_count; i++)
		counts[findings->ledger[i].class] += !is_the_rigs_end(&findings->ledger[i]);
	expected = counts[LEDGER_EXPECTED_SEEN] + counts[LEDGER_EXPECTED_MISSING] + counts[LEDGER_LATE];
	fputs("AD1: ", out);
	if (expected)
		fprintf(out, "of %" PRId64 " %s that had to raise one, %" PRId64 " did, at a point that was shown to be able to see one%s.",
			expected, plural(expected, "outage", "outages"), counts[LEDGER_EXPECTED_SEEN] + counts[LEDGER_LATE],
			counts[LEDGER_LATE] ? " (late ones included)" : "");
	else
		fputs("no outage had to raise one.", out);
	if (counts[LEDGER_UNEXPECTED])
		fprintf(out, " %" PRId64 " came without an outage that explains %s.", counts[LEDGER_UNEXPECTED],
			plural(counts[LEDGER_UNEXPECTED], "it", "them"));
	if (counts[LEDGER_INDETERMINATE] + counts[LEDGER_VOID])
		fprintf(out, " Of %" PRId64 " %s nothing can be said.", counts[LEDGER_INDETERMINATE] + counts[LEDGER_VOID],
			plural(counts[LEDGER_INDETERMINATE] + counts[LEDGER_VOID], "entry", "entries"));
	if (counts[LEDGER_DUPLICATE])
		fprintf(out, " %" PRId64 " %s duplicates.", counts[LEDGER_DUPLICATE],
			plural(counts[LEDGER_DUPLICATE], "entry is of", "entries are of"));
}
