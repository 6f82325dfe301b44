/* The cause of an outage or alert: an interpretation by precedence, what protects people first, the device last. */

#include "rig/alerts/ledger.h"

#include <stdio.h>

#define CAUSE_LEAD_OF_ALERT_NS (10 * NS_PER_MIN)
#define SENSES_APART_NS (NS_PER_S / 2) /* so much later than the supply's the mains' sense may tell */
#define CAUSE_LAG_NS (10 * NS_PER_S) /* by then what began an outage has been noticed; what comes later did not begin it */

/* When the first event of the kind began that touches the span; `detail` -1: any. */
static int64_t event_within(const struct history *history, int64_t from_ns, int64_t to_ns, enum event_kind kind, int detail)
{
	int64_t onset_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == kind && (detail < 0 || event->detail == detail) && event->from_ns <= to_ns &&
		    event->to_ns >= from_ns && event->from_ns < onset_ns)
			onset_ns = event->from_ns;
	}
	return onset_ns;
}

/* Of what feeds the hub: one in the span itself. What is in force for longer, with the supply there, did not let it go. */
static int64_t supply_cut_within(const struct history *history, int64_t from_ns, int64_t to_ns)
{
	int64_t onset_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == EVENT_RIG_CUT && event->detail == POWERED_SUPPLY && event->from_ns >= from_ns && event->from_ns <= to_ns &&
		    event->from_ns < onset_ns)
			onset_ns = event->from_ns;
	}
	return onset_ns;
}

static int64_t rig_fault_within(const struct history *history, int64_t from_ns, int64_t to_ns)
{
	int64_t onset_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == EVENT_FAULT && event->detail == FAULT_RIG && (event->cases & CASE_BIT(CASE_OUTAGE)) &&
		    event->from_ns >= from_ns && event->from_ns <= to_ns && event->from_ns < onset_ns)
			onset_ns = event->from_ns;
	}
	return onset_ns;
}

/* `fed`: the mains stayed, and an off of them did nothing. */
static int64_t switched_off_within(const struct history *history, int64_t from_ns, int64_t to_ns, enum purpose purpose, bool fed)
{
	int64_t onset_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == EVENT_SWITCHED_OFF && event->purpose == purpose && event->from_ns <= to_ns &&
		    event->to_ns >= from_ns && event->from_ns < onset_ns && !(fed && event->detail == POWERED_MAINS))
			onset_ns = event->from_ns;
	}
	return onset_ns;
}

/* `onset_ns` if it is not later than what may follow from it, which must have happened where `needed`. */
static int64_t not_after(int64_t onset_ns, int64_t follows_ns, bool needed)
{
	return onset_ns <= follows_ns && (!needed || follows_ns != INSTANT_NEVER) ? onset_ns : INSTANT_NEVER;
}

static enum phase phase_at(const struct history *history, int64_t t_ns)
{
	enum phase phase = PHASE_IDLE;
	int i;

	for (i = 0; i < history->event_count; i++)
		if (history->events[i].kind == EVENT_PHASE && history->events[i].from_ns <= t_ns)
			phase = (enum phase)history->events[i].detail;
	return phase;
}

/* Mains that were certainly there from before until the sense of them would have told began nothing by going, whoever let them go. */
static bool mains_stayed(const struct history *history, int64_t from_ns, int64_t t_down_ns)
{
	return sense_high_throughout(&history->mains, from_ns, t_down_ns + SENSES_APART_NS);
}

/* Losing the lab's power drops the arm, and a tripped protection looks like a fault of the rig: what came first counts. */
static struct cause_found find(const struct history *history, int64_t from_ns, int64_t to_ns, int64_t t_down_ns, bool may_be_hub)
{
	int64_t lab_ns = sense_first_low(&history->lab_feed, from_ns, to_ns);
	int64_t safety_ns = event_within(history, from_ns, to_ns, EVENT_SAFETY, -1);
	int64_t protection_ns = event_within(history, from_ns, to_ns, EVENT_PROTECTION, -1);
	int64_t fault_ns = rig_fault_within(history, from_ns, to_ns);
	bool fed = mains_stayed(history, from_ns, t_down_ns);
	int64_t cut_ns = fed ? INSTANT_NEVER : event_within(history, from_ns, to_ns, EVENT_RIG_CUT, POWERED_MAINS);
	int64_t low_ns = fed ? INSTANT_NEVER : sense_first_low(&history->mains, from_ns, to_ns);
	bool followed = !history->wiring.data.slot.mains[0] || (low_ns != INSTANT_NEVER && low_ns - CAUSE_LAG_NS <= cut_ns);
	/* A breaker that trips when the mains go has let them go, whatever the rig had wanted. */
	bool tripped = protection_ns != INSTANT_NEVER && low_ns != INSTANT_NEVER && protection_ns > cut_ns &&
		       protection_ns - low_ns <= SENSES_APART_NS && low_ns - protection_ns <= SENSES_APART_NS;
	const struct {
		enum cause cause;
		int64_t onset_ns;
	} candidates[] = {
		{CAUSE_LAB_POWER, not_after(lab_ns, safety_ns, false)},
		{CAUSE_EMERGENCY_STOP, safety_ns},
		{CAUSE_BENCH_PROTECTION, not_after(protection_ns, fault_ns, true)},
		{CAUSE_RIG_FAULT, fault_ns},
		{CAUSE_RIG_SUPPLY_CUT, supply_cut_within(history, from_ns, to_ns)},
		{CAUSE_BENCH_PROTECTION, tripped ? protection_ns : INSTANT_NEVER},
		{CAUSE_RIG_MAINS_CUT, followed ? cut_ns : INSTANT_NEVER},
		{CAUSE_UNKNOWN, cut_ns}, /* nobody saw the mains follow, and nobody saw them stay */
		{CAUSE_BENCH_PROTECTION, protection_ns},
		{CAUSE_EMERGENCY_STOP, switched_off_within(history, from_ns, to_ns, PURPOSE_PERSON, fed)},
		{CAUSE_RIG_FAULT, switched_off_within(history, from_ns, to_ns, PURPOSE_RIG, fed)},
		{CAUSE_UNKNOWN, event_within(history, from_ns, to_ns, EVENT_RIG_CUT, POWERED_SUPPLY)}, /* it had not followed */
		{CAUSE_MAINS_LOSS, low_ns},
		{CAUSE_HUB_UNSEATED, event_within(history, from_ns, to_ns, EVENT_UNSEATED, -1)},
		{CAUSE_HUB_UPGRADE, may_be_hub ? event_within(history, from_ns, to_ns, EVENT_HUB, HUB_UPGRADE) : INSTANT_NEVER},
		{CAUSE_HUB_RESTART, may_be_hub ? event_within(history, from_ns, to_ns, EVENT_HUB, HUB_RESTART) : INSTANT_NEVER},
	};
	struct cause_found found = {CAUSE_UNKNOWN, phase_at(history, t_down_ns)};
	size_t i;

	for (i = 0; i < sizeof candidates / sizeof *candidates; i++)
		if (candidates[i].onset_ns != INSTANT_NEVER)
			return (struct cause_found){candidates[i].cause, PHASE_IDLE};
	if (found.phase != PHASE_IDLE)
		found.cause = CAUSE_FIRMWARE;
	return found;
}

/* Causes that are known by what was seen when it began, and not by what is still to be seen of them afterwards. */
static bool is_known_by_beginning(enum cause cause)
{
	return cause == CAUSE_FIRMWARE || cause == CAUSE_HUB_RESTART || cause == CAUSE_HUB_UPGRADE || cause == CAUSE_RIG_MAINS_CUT ||
	       cause == CAUSE_RIG_SUPPLY_CUT;
}

/* A cause is what was seen near the beginning. One that nobody saw begin may have had any. */
struct cause_found cause_of_outage(const struct history *history, const struct outage *outage)
{
	int64_t until_ns = outage->t_down_ns + CAUSE_LAG_NS;
	bool fed_by_bench = history->wiring.data.slot.arrangement == ARRANGEMENT_HUB_ALONE; /* no hub takes its own supply away then */
	struct cause_found found = find(history, outage->t_down_ns - HOLD_UP_NS, outage->t_up_ns < until_ns ? outage->t_up_ns : until_ns,
					outage->t_down_ns, !fed_by_bench);

	if (is_known_by_beginning(found.cause) && outage->sure_from_ns - outage->t_down_ns > SENSES_APART_NS)
		found = (struct cause_found){CAUSE_UNKNOWN, PHASE_IDLE};
	return found;
}

struct cause_found cause_of_alert(const struct history *history, int64_t t_ns)
{
	return find(history, t_ns - CAUSE_LEAD_OF_ALERT_NS, t_ns, t_ns, true);
}

const char *cause_name(enum cause cause, enum phase phase)
{
	static const char *const names[CAUSE_COUNT] = {
		[CAUSE_UNKNOWN] = "unknown",
		[CAUSE_EMERGENCY_STOP] = "emergency-stop",
		[CAUSE_RIG_FAULT] = "rig-fault",
		[CAUSE_RIG_SUPPLY_CUT] = "rig-supply-cut",
		[CAUSE_RIG_MAINS_CUT] = "rig-mains-cut",
		[CAUSE_LAB_POWER] = "lab-power",
		[CAUSE_BENCH_PROTECTION] = "bench-protection",
		[CAUSE_MAINS_LOSS] = "mains-loss",
		[CAUSE_HUB_UNSEATED] = "hub-unseated",
		[CAUSE_HUB_UPGRADE] = "hub-upgrade",
		[CAUSE_HUB_RESTART] = "hub-restart",
		[CAUSE_FIRMWARE] = "firmware",
	};
	static const char *const firmware[] = {
		[PHASE_IDLE] = "firmware", [PHASE_ENTER] = "firmware-enter", [PHASE_TRANSFER] = "firmware-transfer",
		[PHASE_VERIFY] = "firmware-verify", [PHASE_HOLD] = "firmware-hold", [PHASE_ACTIVATE] = "firmware-activate",
		[PHASE_CONFIRM] = "firmware-confirm",
	};

	return cause == CAUSE_FIRMWARE ? firmware[phase] : names[cause];
}
