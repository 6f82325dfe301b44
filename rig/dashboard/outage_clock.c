/* Which outage a slot is about, and where it stands against the limit. */

#include "rig/dashboard/outage_clock.h"

#include "rig/base/instant.h"
#include "rig/metrology/limit.h"
#include "rig/metrology/uncertainty.h"

/* An off by the rig is written before the sense falls; bursts and lines out of order lie within this. */
#define OFF_BEFORE_NS NS_PER_S

static const struct ledger_line *ledger_of(const struct findings *findings, const struct slot_findings *slot, int outage, int *index)
{
	int i;

	for (i = slot->ledger_from; i < slot->ledger_from + slot->ledger_count; i++) {
		const struct ledger_line *line = &findings->ledger[i];

		if (line->has_outage && line->outage_index == outage && line->class != LEDGER_DUPLICATE) {
			*index = i;
			return line;
		}
	}
	return NULL;
}

static bool is_own_off(const struct model_slot *slot, const struct outage *outage)
{
	return slot->off && outage->t_down_ns >= slot->off_ns - OFF_BEFORE_NS;
}

/* Of the cuts that are announced, so long before the fall. */
static int64_t planned(const struct model_slot *slot, const struct outage *outage)
{
	if (!slot->cut_said.any || slot->cut_for_ns <= 0 || outage->t_down_ns < slot->cut_said.t_ns - OFF_BEFORE_NS ||
	    outage->t_down_ns > slot->cut_said.t_ns + NS_PER_MIN)
		return 0;
	return slot->cut_for_ns;
}

static int64_t length_now(const struct outage *outage, int64_t now_ns)
{
	return now_ns > outage->t_down_ns ? now_ns - outage->t_down_ns : 0;
}

/* The longest that is the meter's, -1: there is none. */
static int longest_of(const struct slot_findings *found, const struct model_slot *slot)
{
	const struct history *history = found->history;
	int count = sense_outage_count(&history->supply), longest = -1, i;
	int64_t from_ns = history->activation_sent ? history->t_activation_ns : 0, longest_ns = -1;

	for (i = 0; i < count; i++) {
		struct outage outage = sense_outage(&history->supply, i);

		if (outage.t_up_ns == INSTANT_NEVER || outage.t_up_ns < from_ns || is_own_off(slot, &outage) ||
		    history_control_of(history, &outage) >= 0 || outage.lo_ns <= longest_ns)
			continue;
		longest = i;
		longest_ns = outage.lo_ns;
	}
	return longest;
}

static int outage_of(const struct slot_findings *found, const struct model_slot *slot)
{
	const struct sense *supply = &found->history->supply;
	int count = sense_outage_count(supply);
	struct outage last;

	if (count == 0)
		return -1;
	last = sense_outage(supply, count - 1);
	if (last.t_up_ns == INSTANT_NEVER && !is_own_off(slot, &last))
		return count - 1;
	return longest_of(found, slot);
}

static int64_t uncertainty_of(const struct model *model, int64_t length_ns)
{
	const struct uncertainty_budget *budget = judge_budget(model->judge);

	return budget->count ? uncertainty_at(budget, length_ns).expanded_ns : 0;
}

static enum clock_zone zone_of(const struct model *model, const struct outage_clock *clock)
{
	const struct limit_rule limit = judge_limit(model->findings);
	enum limit_zone zone;

	if (limit.limit_ns <= 0 || clock->u_ns > LIMIT_NS_MAX)
		return ZONE_NONE;
	zone = limit_judge(&limit, clock->lo_ns, clock->running ? LIMIT_OPEN_NS : clock->hi_ns, clock->u_ns);
	if (zone == LIMIT_ABOVE)
		return ZONE_ABOVE;
	return zone == LIMIT_BELOW ? ZONE_BELOW : ZONE_NEAR;
}

/* Of an outage that goes on: what is certain has grown since the last line that the sense knows of. */
static void let_it_run(struct outage_clock *clock, const struct outage *outage, const struct sense *sense, int64_t now_ns)
{
	clock->running = true;
	clock->hi_ns = length_now(outage, now_ns);
	clock->lo_ns = outage->lo_ns;
	if (sense_low_since(sense, now_ns) && now_ns - sense->least.t_fall_ns > clock->lo_ns)
		clock->lo_ns = now_ns - sense->least.t_fall_ns;
	if (clock->lo_ns > clock->hi_ns)
		clock->lo_ns = clock->hi_ns;
}

/* The supply came back, and nothing was heard to the contrary since: the next line of its sense will say that the outage is over. */
static bool has_settled(const struct sense *sense, int64_t now_ns)
{
	return sense->most.low && sense->most.risen && now_ns - sense->most.t_rise_ns >= sense->settle_ns;
}

/* Once the rig has switched the slot off, it is the rig that keeps the supply away. */
static void end_at_off(struct outage_clock *clock, const struct outage *outage, const struct sense *sense, int64_t off_ns)
{
	if (sense_low_since(sense, off_ns))
		clock->lo_ns = off_ns - sense->least.t_fall_ns;
	else if (outage->lo_ns > length_now(outage, off_ns))
		clock->lo_ns = length_now(outage, off_ns);
}

struct outage_clock outage_clock(const struct model *model, int slot, int64_t now_ns)
{
	struct outage_clock clock = {.cause = "", .class = "", .ledger = -1};
	const struct slot_findings *found = model_findings(model, slot);
	int index = found ? outage_of(found, &model->slots[slot]) : -1;
	const struct ledger_line *line;
	struct outage outage;

	if (index < 0)
		return clock;
	outage = sense_outage(&found->history->supply, index);
	clock.any = true;
	clock.t_down_ns = outage.t_down_ns;
	clock.lo_ns = outage.lo_ns;
	clock.hi_ns = outage.hi_ns;
	if (outage.t_up_ns == INSTANT_NEVER && has_settled(&found->history->supply, now_ns))
		clock.hi_ns = found->history->supply.most.t_rise_ns - outage.t_down_ns;
	else if (outage.t_up_ns == INSTANT_NEVER && !model->slots[slot].off)
		let_it_run(&clock, &outage, &found->history->supply, now_ns);
	else if (outage.t_up_ns == INSTANT_NEVER)
		end_at_off(&clock, &outage, &found->history->supply, model->slots[slot].off_ns);
	clock.by_rig = history_control_of(found->history, &outage) >= 0;
	clock.planned_ns = planned(&model->slots[slot], &outage);
	clock.u_ns = uncertainty_of(model, clock.hi_ns == INSTANT_NEVER ? clock.lo_ns : clock.hi_ns);
	clock.zone = zone_of(model, &clock);
	line = ledger_of(model->findings, found, index, &clock.ledger);
	if (line) {
		clock.cause = cause_name(line->cause.cause, line->cause.phase);
		clock.class = ledger_class_name(line->class);
		clock.by_rig |= line->cause.cause == CAUSE_RIG_SUPPLY_CUT || line->cause.cause == CAUSE_RIG_MAINS_CUT;
	}
	return clock;
}

static int64_t rank(const struct outage_clock *clock)
{
	int64_t length_ns = clock->lo_ns < NS_PER_H * 1000 ? clock->lo_ns : NS_PER_H * 1000;

	if (!clock->any)
		return -1;
	return length_ns + (clock->running ? NS_PER_H * 10000 : 0) + (clock->running && !clock->by_rig ? NS_PER_H * 100000 : 0);
}

int outage_clock_first(const struct model *model, int64_t now_ns)
{
	int first = -1, i;
	int64_t best = -1;

	for (i = 0; i < model->slot_count; i++) {
		const struct outage_clock clock = outage_clock(model, i, now_ns);

		if (rank(&clock) > best) {
			best = rank(&clock);
			first = i;
		}
	}
	return first;
}

const char *clock_zone_word(const struct outage_clock *clock)
{
	if (!clock->any || clock->zone == ZONE_NONE)
		return "";
	if (clock->by_rig)
		return "rig";
	if (clock->zone == ZONE_ABOVE)
		return "MORE";
	if (clock->running)
		return "runs";
	return clock->zone == ZONE_BELOW ? "less" : "NEAR";
}

/* Those from its fall on, but not of a control that came later. */
enum alert_mark outage_alert(const struct model *model, int slot, const struct outage_clock *clock, int observer)
{
	const struct slot_findings *found = model_findings(model, slot);
	const struct history *history = found->history;
	bool ad1 = false, restored = false;
	int i, control;

	for (i = 0; clock->any && i < history->alert_count; i++) {
		const struct seen_alert *alert = &history->alerts[i];
		bool other = alert->observer != observer || alert->t_ns < clock->t_down_ns || alert->other_hub || alert->other_device;

		for (control = 0; control < history->control_count && !other; control++)
			other = history->controls[control].span.from_ns > clock->t_down_ns && alert->t_ns >= history->controls[control].span.from_ns;
		ad1 |= !other && alert->ad1;
		restored |= !other && alert->restored;
	}
	if (ad1 || restored)
		return ad1 && restored ? MARK_BOTH : ad1 ? MARK_AD1 : MARK_RESTORED;
	return history_healthy(history, observer, history->t_last_ns, history->t_last_ns) ? MARK_NONE : MARK_DEAF;
}

char alert_mark_letter(enum alert_mark mark)
{
	static const char letters[] = {[MARK_NONE] = '.', [MARK_AD1] = 'A', [MARK_RESTORED] = 'R', [MARK_BOTH] = 'B', [MARK_DEAF] = '!'};

	return letters[mark];
}
