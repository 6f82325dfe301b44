/* Bench, load sheet, scenario and order against each other: what each allows and the others need. */

#include "rig/scenario/check.h"

#include <stdio.h>
#include <string.h>

/* ---- What a slot must have for a scenario ---- */

static bool sees_ad1(const struct bench *bench, const struct bench_slot *slot)
{
	const struct bench_console *console = slot->console >= 0 ? bench->instruments[slot->console].console : NULL;
	int i;

	for (i = 0; console && i < console->alert_count; i++)
		if (strcmp(console->alerts[i].code, "AD1") == 0)
			return true;
	return false;
}

static bool tells_ready(const struct bench *bench, const struct bench_slot *slot)
{
	return slot->recharge_ns > 0 || (slot->console >= 0 && bench->instruments[slot->console].console->hub[HUB_READY][0]);
}

static const char *step_lacks(const struct bench *bench, const struct bench_slot *slot, const struct scenario_step *step)
{
	switch (step->verb) {
	case VERB_MAINS:
		return slot->mains.present ? NULL : "it has no 'mains'";
	case VERB_SET:
	case VERB_RAMP:
		return slot->feed.volts >= 0 ? NULL : "it has no 'feed' with a supply whose level can be set";
	case VERB_CONTROL:
	case VERB_BISECT:
		return sees_ad1(bench, slot) ? NULL : "it has no observer of AD1 (console: ad1)";
	case VERB_TRANSFER:
	case VERB_ACTIVATE:
	case VERB_CONFIRM:
		return slot->upgrade >= 0 ? NULL : "it has no 'upgrade'";
	case VERB_JUDGE:
		return !(step->cases & CASE_BIT(CASE_AD1)) || sees_ad1(bench, slot) ? NULL : "it has no observer of AD1 (console: ad1)";
	case VERB_WAIT:
		if (step->wait == WAIT_AD1)
			return sees_ad1(bench, slot) ? NULL : "it has no observer of AD1 (console: ad1)";
		if (step->wait == WAIT_MAINS_PRESENT || step->wait == WAIT_MAINS_ABSENT)
			return slot->mains.present ? NULL : "it has no 'mains'";
		if (step->wait == WAIT_RECHARGED)
			return slot->recharge_ns > 0 ? NULL : "it has no 'recharge_s'";
		if (step->wait == WAIT_HUB_READY)
			return tells_ready(bench, slot) ? NULL : "nothing says when its hub is ready (console: hub: ready, or recharge_s)";
		return NULL;
	case VERB_SUPPLY:
	case VERB_CUT:
	case VERB_HOLD:
	case VERB_GATE:
	case VERB_PROMPT:
	case VERB_NOTE:
	case VERB_REPEAT:
	case VERB_FOR_EACH:
	case VERB_COUNT:
		break;
	}
	return NULL;
}

static const char *lacks(const struct bench *bench, int slot, const struct scenario *scenario, int *step)
{
	const char *why = NULL;

	for (*step = 0; *step < scenario->step_count && !why; (*step)++)
		why = step_lacks(bench, &bench->slots[slot], &scenario->steps[*step]);
	*step -= why != NULL;
	return why;
}

const char *check_slot_lacks(const struct bench *bench, int slot, const struct scenario *scenario)
{
	int step;

	return lacks(bench, slot, scenario, &step);
}

/* ---- Which slots ---- */

static void refuse_slot(const struct bench *bench, const char *name, const char *file, struct place at, struct problems *problems)
{
	const char *words[BENCH_SLOTS_MAX + 1], *meant;
	int i;

	for (i = 0; i < bench->slot_count; i++)
		words[i] = bench->slots[i].name;
	words[i] = NULL;
	meant = word_meant(name, words);
	(void)problem_add(problems, file, at, "bench %s has no slot '%s'%s%s%s", bench->name, name, meant ? "; did you mean '" : "",
			  meant ? meant : "", meant ? "'?" : "");
}

static void take_loaded(const struct check_of *of, bool taking_part[BENCH_SLOTS_MAX], struct problems *problems)
{
	int i, found;

	for (i = 0; i < of->load->slot_count; i++) {
		found = bench_slot_find(of->bench, of->load->slots[i].name);
		if (found >= 0)
			taking_part[found] = true;
		else
			refuse_slot(of->bench, of->load->slots[i].name, of->load->path, of->load->slots[i].at, problems);
	}
}

static void take_able(const struct check_of *of, bool taking_part[BENCH_SLOTS_MAX], struct problems *problems)
{
	int i, count = 0, step;

	for (i = 0; i < of->bench->slot_count; i++) {
		taking_part[i] = !of->scenario || of->scenario->manual || !check_slot_lacks(of->bench, i, of->scenario);
		count += taking_part[i];
	}
	if (count > 0)
		return;
	for (i = 0; i < of->bench->slot_count; i++)
		(void)problem_add(problems, of->bench->path, of->bench->slots[i].at, "slot %s cannot do scenario %s: %s", of->bench->slots[i].name,
				  of->scenario->name, lacks(of->bench, i, of->scenario, &step));
}

static void narrow(const struct check_of *of, const char *names, bool taking_part[BENCH_SLOTS_MAX], struct problems *problems)
{
	bool named[BENCH_SLOTS_MAX] = {false};
	char name[SLOT_NAME_SIZE];
	size_t size;
	int i, found;

	for (; *names; names += size + (names[size] == ',')) {
		size = strcspn(names, ",");
		(void)snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), names);
		found = bench_slot_find(of->bench, name);
		if (found < 0)
			refuse_slot(of->bench, name, "--slots", (struct place){0, 0}, problems);
		else if (of->load && load_slot_find(of->load, name) < 0)
			(void)problem_add(problems, "--slots", (struct place){0, 0}, "load sheet %s has nothing in slot '%s'", of->load->name, name);
		else
			named[found] = true;
	}
	/* Without a load sheet a slot that is named takes part, whether it can do the scenario or not: then it is refused. */
	for (i = 0; i < of->bench->slot_count; i++)
		taking_part[i] = named[i];
}

bool check_slots(const struct check_of *of, const char *names, bool taking_part[BENCH_SLOTS_MAX], struct problems *problems)
{
	int before = problems->count + problems->dropped;

	memset(taking_part, 0, BENCH_SLOTS_MAX * sizeof *taking_part);
	if (of->load)
		take_loaded(of, taking_part, problems);
	else if (!names)
		take_able(of, taking_part, problems);
	if (names)
		narrow(of, names, taking_part, problems);
	return problems->count + problems->dropped == before;
}

/* ---- Devices in slots ---- */

static bool activates(const struct scenario *scenario)
{
	int i;

	if (scenario && scenario->manual && scenario->open_count > 0) /* no image was named, so nothing can be asked for that needs one */
		return false;
	for (i = 0; scenario && i < scenario->step_count; i++)
		if (scenario->steps[i].verb == VERB_ACTIVATE)
			return true;
	return false;
}

static bool is_agreed(const struct order *order, const char *guid)
{
	int i;

	for (i = 0; i < order->device_count; i++)
		if (strcmp(order->devices[i], guid) == 0)
			return true;
	return order->device_count == 0;
}

static void check_loaded(const struct check_of *of, const struct load_slot *loaded, const struct bench_slot *slot,
			 struct problems *problems)
{
	const char *file = of->load->path;

	if (loaded->meter.present && !slot->mains.present)
		(void)problem_add(problems, file, loaded->meter.at, "slot %s has no 'mains' and cannot hold a meter; a hub alone can stand there",
				  slot->name);
	if (!loaded->meter.present && slot->mains.present)
		(void)problem_add(problems, file, loaded->at, "slot %s holds a meter with its hub and no 'meter' is given", slot->name);
	if (loaded->meter.present && activates(of->scenario) && !loaded->meter.firmware[0])
		(void)problem_add(problems, file, loaded->meter.at,
				  "the meter's 'firmware' is not given; an activation counts once per meter and pair of versions");
	if (of->bench->environment != ENVIRONMENT_PRODUCTION && loaded->mpan[0] && strcmp(loaded->hub.build, "production") == 0)
		(void)problem_add(problems, file, loaded->hub.at,
				  "a production hub with an MPAN on a bench that is not 'production' could raise a live AD1; use a test hub or remove the MPAN");
	if (of->order && loaded->meter.present && !is_agreed(of->order, loaded->meter.guid))
		(void)problem_add(problems, file, loaded->meter.at, "meter %s is not among the devices of test order %s", loaded->meter.guid,
				  of->order->name);
}

/* ---- Steps against the bench ---- */

static void refuse_step(const struct check_of *of, int source, struct problems *problems, const char *slot, const char *text)
{
	(void)problem_add(problems, of->scenario->path, of->scenario->steps[source].at, "slot %s: %s", slot, text);
}

/* The longest time that a switch of the slot must stay off. */
static int64_t off_min_of(const struct check_of *of, int channel)
{
	return channel >= 0 ? of->bench->channels[channel].off_min_ns : 0;
}

static void check_cut(const struct check_of *of, const struct bench_slot *slot, const struct plan_step *step, struct problems *problems)
{
	int64_t shortest = step->value_from_bisect ? of->plan->bisects[step->bisect].from_ns : step->for_ns;
	bool mains = step->verb == VERB_MAINS;
	int channel = mains ? slot->mains.switch_channel : bench_slot_power(slot);

	if (step->verb != VERB_CUT && step->verb != VERB_CONTROL && !(mains && step->switching == SWITCHING_CUT))
		return;
	if (shortest < off_min_of(of, channel))
		refuse_step(of, step->source, problems, slot->name, "this cut is shorter than 'off_min_ms' of its switch");
}

static void check_level(const struct check_of *of, const struct bench_slot *slot, const struct plan_step *step,
			struct problems *problems)
{
	const struct bench *bench = of->bench;
	const struct bench_channel *volts = slot->feed.volts >= 0 ? &bench->channels[slot->feed.volts] : NULL;

	if ((step->verb != VERB_SET && step->verb != VERB_RAMP) || !volts)
		return;
	if (step->level_mv > bench->supply_limit.max_mv)
		refuse_step(of, step->source, problems, slot->name, "this level is above 'limits: supply_v: max' of the bench");
	if (step->level_mv > bench->instruments[volts->instrument].profile->channels[volts->profile_channel].high_milli)
		refuse_step(of, step->source, problems, slot->name, "this level is above what the supply can give");
}

/* Steps that a loop unrolled are said once: the step of the file is one. */
static bool is_first_of_its_source(const struct plan *plan, int index)
{
	int i;

	for (i = index - 1; i >= 0 && i > index - SCENARIO_STEPS_MAX; i--)
		if (plan->steps[i].source == plan->steps[index].source && plan->steps[i].for_ns == plan->steps[index].for_ns &&
		    plan->steps[i].level_mv == plan->steps[index].level_mv)
			return false;
	return true;
}

static void check_steps(const struct check_of *of, int slot, struct problems *problems)
{
	int i;

	for (i = 0; of->plan && i < of->plan->count; i++)
		if (is_first_of_its_source(of->plan, i)) {
			check_cut(of, &of->bench->slots[slot], &of->plan->steps[i], problems);
			check_level(of, &of->bench->slots[slot], &of->plan->steps[i], problems);
		}
}

static void check_slot(const struct check_of *of, int slot, struct problems *problems)
{
	const struct bench_slot *on_bench = &of->bench->slots[slot];
	int loaded = of->load ? load_slot_find(of->load, on_bench->name) : -1, step;
	/* By hand each slot does what it can; what it cannot is refused when it is asked for. */
	const char *why = of->scenario && !of->scenario->manual ? lacks(of->bench, slot, of->scenario, &step) : NULL;

	if (why)
		(void)problem_add(problems, of->scenario->path, of->scenario->steps[step].at, "slot %s cannot do this: %s", on_bench->name, why);
	if (loaded >= 0)
		check_loaded(of, &of->load->slots[loaded], on_bench, problems);
	if (!why)
		check_steps(of, slot, problems);
}

/* ---- The whole run ---- */

static bool is_hazardous(const struct check_of *of, const bool taking_part[BENCH_SLOTS_MAX])
{
	int i, slot;

	for (i = 0; i < of->bench->channel_count; i++) {
		slot = of->bench->channels[i].slot;
		if (of->bench->channels[i].hazardous && (slot < 0 || taking_part[slot]))
			return true;
	}
	return false;
}

static void check_arm(const struct check_of *of, const bool taking_part[BENCH_SLOTS_MAX], struct problems *problems)
{
	const struct bench_input *arm = &of->bench->arm;

	if (of->plan && !of->scenario->manual && arm->channel >= 0 && is_hazardous(of, taking_part) && of->plan->latest_end_ns > arm->limit_ns)
		(void)problem_add(problems, of->bench->path, arm->at, "the arm lasts %lld min and the run may take %lld min; raise 'limit_min' or shorten the run",
				  (long long)(arm->limit_ns / NS_PER_MIN), (long long)(of->plan->latest_end_ns / NS_PER_MIN + 1));
}

static void check_proof(const struct check_of *of, enum proof_of what, const char *name, const struct bench_input *input,
			struct problems *problems)
{
	const struct bench_proof *proof = bench_proof_newest(of->bench, what);

	if (input->channel < 0)
		return;
	if (of->certify && !proof)
		(void)problem_add(problems, of->bench->path, input->at, "'%s' has no proof test and a certified run needs one; add it below 'proofs'", name);
	if (proof && of->today && strcmp(of->today, proof->due) > 0)
		(void)problem_add(problems, of->bench->path, proof->at, "the proof test of '%s' was due on %s; operate it, see every mains sense go, and enter the date",
				  name, proof->due);
}

static void check_certified(const struct check_of *of, struct problems *problems)
{
	if (!of->certify)
		return;
	if (of->scenario && of->scenario->manual)
		(void)problem_add(problems, of->scenario->path, (struct place){0, 0}, "what is done by hand judges nothing and cannot be certified");
	if (of->bench->term_count == 0)
		(void)problem_add(problems, of->bench->path, (struct place){0, 0}, "a certified run needs an uncertainty budget; add 'uncertainty'");
	if (!of->order)
		(void)problem_add(problems, of->bench->path, (struct place){0, 0}, "a certified run needs a test order; add --order");
}

static void check_rule(const struct check_of *of, struct problems *problems)
{
	if (of->order && of->rule && strcmp(of->order->rule, of->rule->name) != 0)
		(void)problem_add(problems, of->order->path, of->order->rule_at, "the order agreed on rule '%s' and '%s' was given", of->order->rule,
				  of->rule->name);
}

bool check_run(const struct check_of *of, const bool taking_part[BENCH_SLOTS_MAX], struct problems *problems)
{
	int before = problems->count + problems->dropped, i;

	for (i = 0; i < of->bench->slot_count; i++)
		if (taking_part[i])
			check_slot(of, i, problems);
	check_arm(of, taking_part, problems);
	check_proof(of, PROOF_ARM, "arm", &of->bench->arm, problems);
	check_proof(of, PROOF_ESTOP, "estop", &of->bench->estop, problems);
	check_proof(of, PROOF_DOOR, "door", &of->bench->door, problems);
	check_proof(of, PROOF_TEMPERATURE, "temperature", &of->bench->temperature, problems);
	check_certified(of, problems);
	check_rule(of, problems);
	return problems->count + problems->dropped == before;
}
