/* Facts become outages; outages become what three verdicts must say. */

#include "rig/simulate/oracle.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

#define LENGTH_SIZE 40

/* ---- What happened ---- */

struct look {
	struct oracle_slot *slot;
	const struct oracle_rule *rule;
	bool mains, supplied, plugged;
	bool began;                    /* the first block has crossed */
	bool under_way;                /* the last outage may still go on */
	bool own;                      /* the supply that went last did so while the meter had its mains */
	bool overflow;
	int64_t t_rose_ns, t_fell_ns;
};

static struct oracle_outage *last_outage(struct look *look)
{
	return look->slot->outage_count > 0 ? &look->slot->outages[look->slot->outage_count - 1] : NULL;
}

/* The supply that went last went by the meter's own doing: it is its outage, also if the first block found it under way. */
static void begin_outage(struct look *look)
{
	look->under_way = look->own;
	if (!look->under_way)
		return;
	if (look->slot->outage_count == ORACLE_OUTAGES_MAX) {
		look->overflow = true;
		return;
	}
	look->slot->outages[look->slot->outage_count++] = (struct oracle_outage){.t_down_ns = look->t_fell_ns, .t_up_ns = INSTANT_NEVER,
											  .supplied_ns = look->t_fell_ns - look->t_rose_ns};
}

static void fell(struct look *look, int64_t t_ns)
{
	struct oracle_outage *last = last_outage(look);

	look->supplied = false;
	look->t_fell_ns = t_ns;
	if (last && look->under_way && t_ns - last->t_up_ns < look->rule->settle_ns) {
		last->t_up_ns = INSTANT_NEVER; /* it had not been back long enough */
		return;
	}
	look->own = look->mains;
	if (look->began)
		begin_outage(look);
}

static void rose(struct look *look, int64_t t_ns)
{
	if (look->under_way && last_outage(look))
		last_outage(look)->t_up_ns = t_ns;
	look->supplied = true;
	look->t_rose_ns = t_ns;
}

/*
 * An alert names the instant at which the hub's supply went: `value` is how long after that it came. The hub's clock may have begun
 * again inside an outage, when its supply was back for a moment.
 */
static void seen(struct look *look, const struct truth_fact *fact)
{
	int64_t began_ns = fact->t_ns - fact->value;
	int i;

	for (i = 0; look->plugged && i < look->slot->outage_count; i++)
		if (look->slot->outages[i].t_down_ns <= began_ns && began_ns < look->slot->outages[i].t_up_ns)
			look->slot->outages[i].seen++;
}

static void take_console(struct look *look, const struct truth_fact *fact)
{
	struct oracle_slot *slot = look->slot;

	if (fact->value && !look->plugged)
		slot->aways[slot->away_count - 1].to_ns = fact->t_ns;
	if (!fact->value && look->plugged && slot->away_count == ORACLE_AWAYS_MAX) {
		look->overflow = true;
		return;
	}
	if (!fact->value && look->plugged) {
		slot->aways[slot->away_count].from_ns = fact->t_ns;
		slot->aways[slot->away_count++].to_ns = INSTANT_NEVER;
	}
	look->plugged = fact->value != 0;
	slot->deaf |= look->began && !look->plugged && fact->t_ns <= look->rule->until_ns;
}

static void take(struct look *look, const struct truth_fact *fact)
{
	struct oracle_slot *slot = look->slot;

	switch ((int)fact->fact) {
	case FACT_MAINS_FELL:
		look->mains = false;
		break;
	case FACT_MAINS_ROSE:
		look->mains = true;
		break;
	case FACT_SUPPLY_FELL:
		fell(look, fact->t_ns);
		break;
	case FACT_SUPPLY_ROSE:
		rose(look, fact->t_ns);
		break;
	case FACT_FIRST_BLOCK:
		if (!look->began && !look->supplied)
			begin_outage(look);
		look->began = true;
		slot->deaf |= !look->plugged;
		break;
	case FACT_ACTIVATION_RECEIVED:
		slot->activations++;
		break;
	case FACT_ACTIVATION_REFUSED:
		slot->refused = true;
		break;
	case FACT_LOCKED_UP:
		slot->locked_up = true;
		break;
	case FACT_METER_RUNS:
		if (slot->activations > 0)
			text_copy(slot->version, sizeof slot->version, fact->text);
		break;
	case FACT_CONSOLE:
		take_console(look, fact);
		break;
	case FACT_AD1_SEEN:
		seen(look, fact);
		break;
	default:
		break;
	}
}

bool oracle_look(struct oracle_slot *slot, const struct truth *truth, const char *name, const struct oracle_rule *rule)
{
	struct look look = {.slot = slot, .rule = rule, .plugged = true};
	size_t i;

	memset(slot, 0, sizeof *slot);
	for (i = 0; i < truth->count; i++) {
		slot->t_end_ns = truth->facts[i].t_ns;
		if (strcmp(truth->facts[i].slot, name) == 0)
			take(&look, &truth->facts[i]);
	}
	return !look.overflow;
}

/* ---- What must be said of it ---- */

const struct verdict *oracle_verdict(const struct findings *findings, int index, enum case_kind kind)
{
	const struct slot_findings *slot = &findings->slots[index];
	int i;

	for (i = 0; i < slot->verdicts_count; i++)
		if (findings->verdicts[slot->verdicts_from + i].kind == kind)
			return &findings->verdicts[slot->verdicts_from + i];
	return NULL;
}

static int64_t length_of(const struct oracle_outage *outage)
{
	return outage->t_up_ns == INSTANT_NEVER ? INSTANT_NEVER : outage->t_up_ns - outage->t_down_ns;
}

static bool is_valid_pass(const struct verdict *verdict)
{
	return verdict && verdict->validity == VALIDITY_VALID && verdict->conformity == CONFORMITY_PASS;
}

static bool no_verdict_wanted(const struct verdict *outage, char why[ORACLE_TEXT_SIZE])
{
	if (!outage || outage->validity == VALIDITY_MISSING || outage->validity == VALIDITY_VOID)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "outage: it was not activated, and was judged %s", conformity_name(outage->conformity));
	return false;
}

/* One word of four for every length; the other four stand where no clause is named. */
static enum conformity word_of(const struct findings *findings, int64_t t_ns, int64_t u_ns)
{
	static const enum conformity words[2][4] = {
		{CONFORMITY_NOT_MORE, CONFORMITY_CONDITIONAL_NOT_MORE, CONFORMITY_CONDITIONAL_MORE, CONFORMITY_MORE},
		{CONFORMITY_PASS, CONFORMITY_CONDITIONAL_PASS, CONFORMITY_CONDITIONAL_FAIL, CONFORMITY_FAIL}};
	int64_t limit_ns = findings->rule.data.rule.limit_ns, guard_ns = findings->rule.data.rule.decision == DECISION_SIMPLE ? 0 : u_ns;
	int word;

	if (findings->rule.data.rule.boundary == BOUNDARY_AT_LEAST)
		word = t_ns < limit_ns - guard_ns ? 0 : t_ns < limit_ns ? 1 : t_ns < limit_ns + guard_ns ? 2 : 3;
	else
		word = t_ns <= limit_ns - guard_ns ? 0 : t_ns <= limit_ns ? 1 : t_ns <= limit_ns + guard_ns ? 2 : 3;
	return words[findings->limit_known][word];
}

static void say_length(char text[LENGTH_SIZE], int64_t length_ns)
{
	if (length_ns == INSTANT_NEVER)
		text_copy(text, LENGTH_SIZE, "never ended");
	else
		(void)snprintf(text, LENGTH_SIZE, "was %.9f s", (double)length_ns / 1e9);
}

/* Of an outage that is open its watch has seen a part. */
static bool length_agrees(const struct oracle_slot *slot, const struct outage *worst, int64_t longest_ns)
{
	if (longest_ns != INSTANT_NEVER)
		return worst->lo_ns == longest_ns && worst->hi_ns == longest_ns;
	return worst->hi_ns == INSTANT_NEVER && worst->lo_ns <= slot->t_end_ns - slot->outages[slot->outage_count - 1].t_down_ns;
}

static bool outage_agrees(const struct oracle_slot *slot, const struct findings *findings, const struct verdict *verdict,
			  char why[ORACLE_TEXT_SIZE])
{
	char length[LENGTH_SIZE];
	int64_t longest_ns = 0, sum_ns = 0;
	int i;

	for (i = 0; i < slot->outage_count; i++) {
		int64_t length_ns = length_of(&slot->outages[i]);

		sum_ns = duration_add(sum_ns, length_ns);
		if (length_ns > longest_ns)
			longest_ns = length_ns;
	}
	say_length(length, longest_ns);
	if (!verdict || verdict->validity != VALIDITY_VALID)
		(void)snprintf(why, ORACLE_TEXT_SIZE, "outage: it %s, and it was not judged", length);
	else if (!length_agrees(slot, &verdict->worst, longest_ns))
		(void)snprintf(why, ORACLE_TEXT_SIZE, "outage: it %s, and [%.9f, %.9f] s was measured", length,
			       (double)verdict->worst.lo_ns / 1e9, (double)verdict->worst.hi_ns / 1e9);
	else if (verdict->outages != slot->outage_count)
		(void)snprintf(why, ORACLE_TEXT_SIZE, "outage: there were %d, and %d were measured", slot->outage_count, verdict->outages);
	else if (sum_ns != INSTANT_NEVER && (verdict->sum_lo_ns != sum_ns || verdict->sum_hi_ns != sum_ns))
		(void)snprintf(why, ORACLE_TEXT_SIZE, "outage: all of them lasted %.9f s, and [%.9f, %.9f] s was said", (double)sum_ns / 1e9,
			       (double)verdict->sum_lo_ns / 1e9, (double)verdict->sum_hi_ns / 1e9);
	else if (verdict->conformity != word_of(findings, longest_ns, verdict->u_ns))
		(void)snprintf(why, ORACLE_TEXT_SIZE, "outage: it %s, and is called %s", length, conformity_name(verdict->conformity));
	else
		return true;
	return false;
}

/* Somebody listened for as long as an alert of this outage may come, and the minute that is waited beyond. */
static bool was_heard_out(const struct oracle_slot *slot, const struct oracle_rule *rule, const struct oracle_outage *outage)
{
	int64_t length_ns = length_of(outage), until_ns;
	int i;

	until_ns = length_ns == INSTANT_NEVER ? INSTANT_NEVER
					      : outage->t_down_ns + (length_ns > rule->always_ns ? length_ns : rule->always_ns) + 60 * NS_PER_S;
	for (i = 0; i < slot->away_count; i++)
		if (slot->aways[i].from_ns <= until_ns && slot->aways[i].to_ns >= outage->t_down_ns)
			return false;
	return true;
}

/* What the truth makes of the hub's alerts: a verdict and how valid it is. A failure that was seen counts before all that was not. */
static void want_ad1(const struct oracle_slot *slot, const struct oracle_rule *rule, int64_t u_ns, enum conformity *conformity,
		     enum validity *validity)
{
	bool failed = false, perhaps = false, empty = false, believed = rule->controls == CONTROLS_BELIEVED;
	int i;

	for (i = 0; i < slot->outage_count; i++) {
		int64_t t_ns = length_of(&slot->outages[i]);
		bool must = t_ns == INSTANT_NEVER || t_ns > rule->always_ns + u_ns, must_not = t_ns <= rule->never_ns - u_ns;

		bool charged = slot->outages[i].supplied_ns >= rule->recharge_ns, missing = must && slot->outages[i].seen == 0;

		failed |= must_not ? slot->outages[i].seen > 0 : missing && charged && believed && was_heard_out(slot, rule, &slot->outages[i]);
		empty |= missing && !charged;
		perhaps |= !must && !must_not;
	}
	failed &= rule->controls != CONTROLS_GHOST;
	*conformity = failed ? CONFORMITY_FAIL : CONFORMITY_PASS;
	*validity = failed ? VALIDITY_VALID : slot->deaf || empty || !believed ? VALIDITY_VOID : perhaps ? VALIDITY_INCONCLUSIVE : VALIDITY_VALID;
}

static bool ad1_agrees(const struct oracle_slot *slot, const struct oracle_rule *rule, const struct verdict *verdict, int64_t u_ns,
		       char why[ORACLE_TEXT_SIZE])
{
	enum conformity conformity;
	enum validity validity;

	if (rule->controls == CONTROLS_UNCLEAR)
		return true;
	want_ad1(slot, rule, u_ns, &conformity, &validity);
	if (verdict && verdict->validity == validity && (validity != VALIDITY_VALID || verdict->conformity == conformity))
		return true;
	/* One that was deaf for a time, and has an outage about which nothing is known anyhow. */
	if (verdict && verdict->validity == VALIDITY_INCONCLUSIVE && validity == VALIDITY_VOID)
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "ad1: %s, %s was wanted, and %s, %s was found", validity_name(validity),
		       conformity_name(conformity), verdict ? validity_name(verdict->validity) : "nothing",
		       verdict ? conformity_name(verdict->conformity) : "nothing");
	return false;
}

static bool firmware_agrees(const struct oracle_slot *slot, const struct oracle_rule *rule, const struct verdict *verdict,
			    char why[ORACLE_TEXT_SIZE])
{
	bool wanted = strcmp(slot->version, rule->version) == 0;

	/* One that locks up may or may not have been asked before. */
	if (verdict && verdict->validity != VALIDITY_VALID && (!slot->version[0] || slot->locked_up || rule->perhaps_unread))
		return true;
	if (slot->version[0] && verdict && verdict->validity == VALIDITY_VALID &&
	    verdict->conformity == (wanted ? CONFORMITY_PASS : CONFORMITY_FAIL))
		return true;
	(void)snprintf(why, ORACLE_TEXT_SIZE, "firmware: %s runs, and %s, %s was found", slot->version[0] ? slot->version : "none",
		       verdict ? validity_name(verdict->validity) : "nothing", verdict ? conformity_name(verdict->conformity) : "nothing");
	return false;
}

/* The oracle's own copy without what began too late. */
static struct oracle_slot judged_of(const struct oracle_slot *slot, const struct oracle_rule *rule)
{
	struct oracle_slot judged = *slot;

	while (judged.outage_count > 0 && judged.outages[judged.outage_count - 1].t_down_ns > rule->until_ns)
		judged.outage_count--;
	return judged;
}

bool oracle_agrees(const struct oracle_slot *all, const struct oracle_rule *rule, const struct findings *findings, int index,
		   char why[ORACLE_TEXT_SIZE])
{
	const struct verdict *outage = oracle_verdict(findings, index, CASE_OUTAGE);
	const struct oracle_slot judged = judged_of(all, rule), *slot = &judged;

	why[0] = '\0';
	if (slot->activations > 1) {
		(void)snprintf(why, ORACLE_TEXT_SIZE, "it was activated %d times", slot->activations);
		return false;
	}
	if (findings->slots[index].activated != (slot->activations == 1 && !slot->refused) && !slot->refused) {
		(void)snprintf(why, ORACLE_TEXT_SIZE, "it was %sactivated, and the run says otherwise", slot->activations ? "" : "not ");
		return false;
	}
	/* Nobody heard that it refused: its outages were watched, and its firmware must not be called good. */
	if (slot->refused && rule->over_the_air && !is_valid_pass(oracle_verdict(findings, index, CASE_FIRMWARE)))
		return true;
	if (slot->activations == 0 || slot->refused)
		return no_verdict_wanted(outage, why);
	return outage_agrees(slot, findings, outage, why) &&
	       ad1_agrees(slot, rule, oracle_verdict(findings, index, CASE_AD1), outage->u_ns, why) &&
	       firmware_agrees(slot, rule, oracle_verdict(findings, index, CASE_FIRMWARE), why);
}
