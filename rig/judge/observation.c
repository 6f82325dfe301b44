/* What one run says of each of its meters. */

#include "rig/judge/observation.h"

#include "rig/base/text.h"

#include <string.h>

/* The length and word of a verdict, as an activation would have it. */
static struct device_result outcome_of(const struct verdict *verdict)
{
	struct device_result outcome = {.source = SOURCE_BENCH, .activations = 1};

	outcome.outage = verdict->conformity;
	outcome.outage_validity = verdict->validity;
	outcome.t_lo_ns = verdict->worst.lo_ns;
	outcome.t_hi_ns = verdict->worst.hi_ns;
	outcome.u_ns = verdict->u_ns;
	outcome.open = verdict->worst.hi_ns == INSTANT_NEVER;
	return outcome;
}

/* Of the slot's verdicts of one kind the worst; NULL when there is none. */
static const struct verdict *worst_verdict(const struct findings *findings, const struct slot_findings *slot,
					   enum case_kind kind)
{
	const struct verdict *worst = NULL;
	int i;

	for (i = slot->verdicts_from; i < slot->verdicts_from + slot->verdicts_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];
		struct device_result outcome = outcome_of(verdict), worst_outcome;

		if (verdict->kind != kind)
			continue;
		if (worst)
			worst_outcome = outcome_of(worst);
		if (!worst || device_result_is_worse(&outcome, &worst_outcome))
			worst = verdict;
	}
	return worst;
}

/* The ledger's line of an outage; duplicates stand in lines of their own. */
static const struct ledger_line *line_of_outage(const struct findings *findings, const struct slot_findings *slot,
						const struct outage *outage)
{
	int i;

	for (i = slot->ledger_from; i < slot->ledger_from + slot->ledger_count; i++) {
		const struct ledger_line *line = &findings->ledger[i];

		if (line->has_outage && line->class != LEDGER_DUPLICATE && line->outage.t_down_ns == outage->t_down_ns)
			return line;
	}
	return NULL;
}

static const struct ledger_line *first_unexpected(const struct findings *findings, const struct slot_findings *slot)
{
	int i;

	for (i = slot->ledger_from; i < slot->ledger_from + slot->ledger_count; i++) {
		if (findings->ledger[i].class == LEDGER_UNEXPECTED)
			return &findings->ledger[i];
	}
	return NULL;
}

static bool speaks_of_an_alert(const struct ledger_line *line)
{
	return line->class == LEDGER_EXPECTED_SEEN || line->class == LEDGER_EXPECTED_MISSING || line->class == LEDGER_LATE;
}

static void take_alert(struct device_result *result, const struct findings *findings, const struct slot_findings *slot,
		       const struct ledger_line *of_outage)
{
	const struct ledger_line *unexpected = first_unexpected(findings, slot), *line = of_outage;
	const struct verdict *ad1 = worst_verdict(findings, slot, CASE_AD1);

	if (unexpected && !(line && speaks_of_an_alert(line)))
		line = unexpected;
	if (line)
		text_copy(result->ad1, sizeof result->ad1, ledger_class_name(line->class));
	else if (ad1 && ad1->validity == VALIDITY_VALID)
		text_copy(result->ad1, sizeof result->ad1, ledger_class_name(LEDGER_NONE_EXPECTED_NONE_SEEN));
	else if (ad1 && ad1->validity == VALIDITY_VOID)
		text_copy(result->ad1, sizeof result->ad1, ledger_class_name(LEDGER_VOID));
	if (of_outage)
		line = of_outage;
	if (line)
		text_copy(result->cause, sizeof result->cause, cause_name(line->cause.cause, line->cause.phase));
}

/*
 * A refused activation tests nothing, and neither does a night without one; but an outage above the limit in any phase of
 * the upgrade puts the meter on the list, whatever became of the step itself.
 */
static bool tests_the_meter(const struct device_result *result, const struct slot_findings *slot,
			    const struct ledger_line *of_outage)
{
	const struct history *history = slot->history;

	if (of_outage && of_outage->cause.cause == CAUSE_FIRMWARE && outage_is_affected(result->outage, result->outage_validity))
		return true;
	return (slot->activated || history->activation_unknown) && (!history->activation_refused || slot->confirmed);
}

/* Who it was: the load sheet's words, and what the devices said of themselves. */
static void take_identity(struct device_result *result, const struct slot_findings *slot)
{
	const struct history *history = slot->history;
	const struct record *meter = &history->meter, *hub = &history->hub;

	text_copy(result->guid, sizeof result->guid, meter->data.device.guid);
	result->known = meter->data.device.known;
	result->identity_read = history->meter_identity_read;
	text_copy(result->manufacturer, sizeof result->manufacturer, meter->data.device.manufacturer);
	text_copy(result->model, sizeof result->model, meter->data.device.model);
	text_copy(result->hardware, sizeof result->hardware, meter->data.device.hardware);
	text_copy(result->firmware_from, sizeof result->firmware_from,
		  history->firmware_from[0] ? history->firmware_from : meter->data.device.firmware);
	text_copy(result->firmware_to, sizeof result->firmware_to, history->firmware_to);
	result->version_changed = slot->confirmed && strcmp(history->firmware_from, history->firmware_to) != 0;
	if (history->has_hub) {
		text_copy(result->hub_guid, sizeof result->hub_guid, hub->data.device.guid);
		text_copy(result->hub_model, sizeof result->hub_model, hub->data.device.model);
	}
}

static int64_t utc_of(const struct findings *findings, int64_t t_ns)
{
	if (!findings->has_boot)
		return 0;
	return findings->boot.utc_us + (t_ns - findings->boot.t_ns) / NS_PER_US;
}

static struct device_result observe(const struct findings *findings, const struct slot_findings *slot)
{
	const struct verdict *outage = worst_verdict(findings, slot, CASE_OUTAGE);
	const struct ledger_line *line = outage && outage->outages > 0 ? line_of_outage(findings, slot, &outage->worst) : NULL;
	struct device_result result = {.outage_validity = VALIDITY_MISSING};

	if (outage)
		result = outcome_of(outage);
	result.activations = tests_the_meter(&result, slot, line);
	result.activated_utc_us = utc_of(findings, slot->activated ? slot->history->t_activation_ns : 0);
	take_identity(&result, slot);
	take_alert(&result, findings, slot, line);
	text_copy(result.runs, sizeof result.runs, findings->has_run ? findings->run.data.run.run : "");
	return result;
}

size_t observation_make(const struct findings *findings, struct device_result *results, size_t capacity)
{
	size_t count = 0;
	int i;

	for (i = 0; i < findings->slot_count && count < capacity; i++) {
		if (findings->slots[i].history->has_meter)
			results[count++] = observe(findings, &findings->slots[i]);
	}
	return count;
}
