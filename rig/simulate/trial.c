/* World, run, and then one check after the other. */

#include "rig/simulate/trial.h"

#include "rig/base/text.h"
#include "rig/evidence/reader.h"
#include "rig/simulate/charge.h"
#include "rig/simulate/gate_oracle.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *check_name(enum check check)
{
	static const char *const names[CHECK_COUNT] = {"none", "liveness", "evidence", "safety", "accuracy", "conformity", "attribution",
						       "usefulness", "metamorphic"};

	return names[check];
}

void trial_fail(struct trial *trial, enum check check, const char *format, ...)
{
	va_list values;

	if (trial->failed != CHECK_NONE)
		return;
	trial->failed = check;
	va_start(values, format);
	(void)vsnprintf(trial->why, sizeof trial->why, format, values);
	va_end(values);
}

/* ---- The rig's own faults ---- */

/* The word of a fault that the rig itself suffers, or NULL. */
static bool is_word(const struct world_fault *fault, const char *word)
{
	return strcmp(fault->what, word) == 0;
}

static void suffer(struct trial *trial, const struct world_fault *fault, int64_t t_ns)
{
	struct memory_disk *disk = &trial->disk;

	if (t_ns < fault->at_ns)
		return;
	if (is_word(fault, "stop"))
		trial->stop = 1;
	else if (is_word(fault, "disk-full") && t_ns < fault->at_ns + fault->for_ns && disk->full_from == INT64_MAX)
		disk->full_from = disk->writes;
	else if (is_word(fault, "disk-full") && t_ns >= fault->at_ns + fault->for_ns && disk->full_from != INT64_MAX &&
		 disk->full_until == INT64_MAX)
		disk->full_until = disk->writes;
	else if (is_word(fault, "disk-write") && disk->fails_at_write == INT64_MAX)
		disk->fails_at_write = disk->writes;
	else if (is_word(fault, "disk-flush") && disk->fails_at_flush == INT64_MAX)
		disk->fails_at_flush = disk->flushes;
}

/* Most worlds have no such fault: then nobody need look for one at every instant. */
static bool will_suffer(const struct trial *trial)
{
	struct world_fault fault;
	int i;

	for (i = 0; trial->on->simulation->fault(trial->world, i, &fault); i++)
		if (is_word(&fault, "stop") || strncmp(fault.what, "disk-", 5) == 0)
			return true;
	return false;
}

static int64_t next_suffering(void *self, int64_t t_ns)
{
	const struct trial *trial = self;
	int64_t next_ns = INSTANT_NEVER;
	struct world_fault fault;
	int i;

	for (i = 0; trial->suffers && trial->on->simulation->fault(trial->world, i, &fault); i++)
		if (is_word(&fault, "stop") && fault.at_ns > t_ns && fault.at_ns < next_ns)
			next_ns = fault.at_ns;
	return next_ns;
}

/* A disk that is slow, and acts by that. */
static int64_t flush_takes(void *self, int64_t t_ns)
{
	struct trial *trial = self;
	int64_t takes_ns = SIMULATED_FLUSH_NS;
	struct world_fault fault;
	int i;

	for (i = 0; trial->suffers && trial->on->simulation->fault(trial->world, i, &fault); i++)
		if (is_word(&fault, "disk-slow") && t_ns >= fault.at_ns && t_ns < fault.at_ns + fault.for_ns && fault.by_ns > takes_ns) {
			takes_ns = fault.by_ns;
			++*fault.fired;
		}
	if (takes_ns > trial->flush_most_ns)
		trial->flush_most_ns = takes_ns;
	return takes_ns;
}

/* Those that acted, once the run has ended. */
static void suffered(const struct trial *trial)
{
	struct world_fault fault;
	int i;

	for (i = 0; trial->on->simulation->fault(trial->world, i, &fault); i++)
		if (is_word(&fault, "stop") ? trial->stop
					      : strncmp(fault.what, "disk-", 5) == 0 && !is_word(&fault, "disk-slow") && trial->disk.refused > 0)
			*fault.fired = 1;
}

/* The next death at or behind t_ns: the kill that is next, or INSTANT_NEVER. */
static int64_t next_death(const struct trial *trial, int64_t t_ns, struct world_fault *death)
{
	struct world_fault fault;
	int64_t next_ns = INSTANT_NEVER;
	int i;

	for (i = 0; trial->on->simulation->fault(trial->world, i, &fault); i++)
		if (is_word(&fault, "kill") && fault.at_ns >= t_ns && fault.at_ns < next_ns && *fault.fired == 0) {
			next_ns = fault.at_ns;
			*death = fault;
		}
	return next_ns;
}

/* Nobody listens while the rig is dead; the truth says so as it does of a console that is pulled out. */
static void tell_deafness(struct trial *trial, int64_t t_ns, bool there)
{
	const struct plant_output fact = {.kind = PLANT_TRUTH, .t_ns = t_ns, .fact = FACT_CONSOLE, .part = PLANT_NONE, .relay = PLANT_NONE,
					  .value = there, .text = ""};
	int i;

	for (i = 0; i < trial->on->bench->slot_count; i++)
		if (trial->on->taking_part[i])
			truth_take(&trial->truth, trial->on->bench->slots[i].name, &fact);
}

/* What is left of the journal when the power goes: what was flushed, and some of what was on its way. */
static void lose_power(struct memory_disk *disk)
{
	disk->size = disk->flushed + (disk->size - disk->flushed) / 2;
}

/* One acknowledged line less on the disk, and the rig had announced something that nobody will ever read. */
static void check_acknowledged(struct trial *trial)
{
	uint64_t lines = 0;
	size_t i;

	for (i = 0; i < trial->disk.size; i++)
		lines += trial->disk.bytes[i] == '\n';
	if (lines < trial->acknowledged)
		trial_fail(trial, CHECK_EVIDENCE, "%llu lines were acknowledged, and %llu are left", (unsigned long long)trial->acknowledged,
		     (unsigned long long)lines);
}

/* Energisings and cuts whose announcements are on the disk for good; a cut's covers that it ends. */
static void count_announced(struct trial *trial)
{
	static const char key[] = "\"action\":\"";
	const char *at = trial->disk.bytes + trial->scanned, *end = trial->disk.bytes + trial->disk.flushed;

	while (at < end && (at = memmem(at, (size_t)(end - at), key, sizeof key - 1)) != NULL) {
		at += sizeof key - 1; /* more follows in its line */
		trial->announced += strncmp(at, "energise\"", 9) == 0 || strncmp(at, "cut\"", 4) == 0;
	}
	trial->scanned = trial->disk.flushed; /* a flush ends behind a whole line */
}

/* Each that goes on has been announced for good; one announcement is of a relay and of the supply before it. */
static void watch_switch(struct trial *trial, const struct plant_output *fact)
{
	bool supply = fact->fact == FACT_SUPPLY_OUTPUT, *on = supply ? &trial->output_now[fact->part] : &trial->on_now[fact->part][fact->relay];
	int *count = supply ? &trial->outputs_on : &trial->switched_on;

	if (fact->value && !*on && ++*count > trial->announced) {
		count_announced(trial);
		if (*count > trial->announced)
			trial_fail(trial, CHECK_SAFETY, "at %.3f s %s %d was switched on before that was announced for good", (double)fact->t_ns / 1e9,
				   supply ? "supply" : "relay", supply ? fact->part + 1 : fact->relay + 1);
	}
	*on = fact->value != 0;
}

static void take_fact(void *self, const char *slot, const struct plant_output *fact)
{
	struct trial *trial = self;
	struct plant_output wrong = *fact;

	if (fact->fact == FACT_SUPPLY_OUTPUT || (fact->fact == FACT_RELAY_TOLD && fact->part >= 0 && fact->relay >= 0))
		watch_switch(trial, fact);
	if (fact->fact == FACT_SUPPLY_TRIPPED || fact->fact == FACT_SUPPLY_RESET)
		trial->output_now[fact->part] = false;
	if (fact->fact == FACT_SUPPLY_ROSE)
		wrong.t_ns += trial->wrong_by_ns;
	if (fact->fact == FACT_SUPPLY_ROSE && fact->true_ns)
		wrong.true_ns += trial->wrong_by_ns;
	truth_take(&trial->truth, slot, &wrong);
}

static void advance(void *self, int64_t t_ns)
{
	struct trial *trial = self;
	struct world_fault fault;
	int i;

	trial->now_ns = t_ns;
	for (i = 0; trial->suffers && trial->on->simulation->fault(trial->world, i, &fault); i++)
		suffer(trial, &fault, t_ns);
	if (t_ns > trial->on->longest_ns)
		trial->stop = 1;
}

/* ---- Checks ---- */

/* From the bytes alone: chain, end, and the judge's word. */
static const struct findings *check_evidence(struct trial *trial, bool whole)
{
	const struct findings *findings;
	struct reader reader;
	struct record record;
	struct error error;
	bool got = true;

	judge_clear(trial->judge);
	reader_open_bytes(&reader, trial->disk.bytes, trial->disk.size, "journal", trial->sha256);
	while (got) {
		if (!reader_next(&reader, &record, &got, &error)) {
			trial_fail(trial, CHECK_EVIDENCE, "%s", error.text);
			break;
		}
		if (got)
			judge_take(trial->judge, &record);
	}
	reader_close(&reader);
	findings = judge_conclude(trial->judge);
	if (whole && !findings->ended)
		trial_fail(trial, CHECK_EVIDENCE, "the journal has no end line");
	if (whole && findings->live_verdict_count != findings->verdict_count)
		trial_fail(trial, CHECK_EVIDENCE, "the run said %d verdicts, and its journal has %d", findings->live_verdict_count, findings->verdict_count);
	if (findings->live_mismatch_count > 0)
		trial_fail(trial, CHECK_EVIDENCE, "%d of %d verdicts of the run are not said again by judging its journal", findings->live_mismatch_count,
		     findings->live_verdict_count);
	return findings;
}

static struct disturbances disturbances_of(const struct trial *trial, int slot)
{
	struct disturbances found = {.any = trial->dies_at_write != INT64_MAX};
	struct world_fault fault;
	int i;

	for (i = 0; trial->on->simulation->fault(trial->world, i, &fault); i++)
		if (*fault.fired > 0)
			disturbances_take(&found, &fault, slot);
	return found;
}

/* By the words alone: 1 where a device is bad, 2 where something is open, else 0, or 2 where nothing was found to be good. */
static bool exit_code_holds(const struct findings *findings)
{
	bool bad = false, open = findings->stray_lines > 0, good = false;
	int i;

	for (i = 0; i < findings->verdict_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];
		enum conformity word = verdict->conformity;

		if (verdict->validity != VALIDITY_VALID) {
			open = true;
			continue;
		}
		bad |= word == CONFORMITY_FAIL || word == CONFORMITY_MORE;
		good |= word == CONFORMITY_PASS || word == CONFORMITY_NOT_MORE;
		open |= word != CONFORMITY_FAIL && word != CONFORMITY_MORE && word != CONFORMITY_PASS && word != CONFORMITY_NOT_MORE &&
			word != CONFORMITY_NOT_APPLICABLE;
	}
	return findings->exit_code == (bad ? EXIT_CODE_FAIL : open || !good ? EXIT_CODE_UNDECIDED : EXIT_CODE_PASS);
}

/* Expanded uncertainty from the bench file, by the law of propagation (JCGM 100:2008, 5.1.2), of a length in ns, with what the host knows of its clock. */
static double expanded_u(const struct trial *trial, double length_ns)
{
	static const double divisors[] = {[DISTRIBUTION_RECTANGULAR] = 3.0, [DISTRIBUTION_NORMAL_K2] = 4.0, [DISTRIBUTION_TRIANGULAR] = 6.0};
	const struct bench *bench = trial->on->bench;
	struct world_clock clock;
	double sum = 0;
	int i;

	trial->on->simulation->clock(trial->world, trial->now_ns, &clock);

	for (i = 0; i < bench->term_count; i++) {
		const struct bench_term *term = &bench->terms[i];
		double half = (double)term->half_width_ns + (double)term->half_width_ppb * length_ns / 1e9;

		if (term->condition != (clock.locked ? TERM_CLOCK_FREE : TERM_CLOCK_LOCKED))
			sum += half * half / divisors[term->distribution] * term->edges;
	}
	return 2 * sqrt(sum);
}

static void check_u(struct trial *trial, const struct findings *findings)
{
	int i;

	for (i = 0; i < findings->verdict_count; i++) {
		const struct verdict *verdict = &findings->verdicts[i];
		bool open = verdict->worst.hi_ns == INSTANT_NEVER; /* U is that of the whole outage then, of which lo is a part */
		int64_t length_ns = open ? verdict->worst.lo_ns : verdict->worst.hi_ns;
		double more = (double)verdict->u_ns - expanded_u(trial, (double)length_ns);

		if (verdict->kind == CASE_OUTAGE && verdict->validity == VALIDITY_VALID && trial->on->bench->term_count > 0 &&
		    (more < -2 || (more > 2 && !open)))
			trial_fail(trial, CHECK_ACCURACY, "U of %lld ns was said of %lld ns, and the bench file makes it %.0f ns", (long long)verdict->u_ns,
			     (long long)length_ns, expanded_u(trial, (double)length_ns));
	}
}

static bool alerts_say_when(const struct bench *bench, int slot)
{
	int console = slot < 0 ? -1 : bench->slots[slot].console;

	return console >= 0 && strstr(bench->instruments[console].console->alerts[0].pattern, "{interrupted}") != NULL;
}

static bool is_over_the_air(const struct bench *bench, int slot)
{
	int upgrade = slot < 0 ? -1 : bench->slots[slot].upgrade;

	return upgrade >= 0 && bench->instruments[upgrade].driver == DRIVER_ZIGBEE;
}

static bool says_ready(const struct bench *bench, int slot)
{
	int console = bench->slots[slot].console;

	return console >= 0 && bench->instruments[console].console->hub[HUB_READY][0];
}

static void check_gate(struct trial *trial, const struct history *history, int slot, const struct disturbances *disturbed)
{
	const struct gate_rule rule = {.recharge_ns = history->wiring.data.slot.recharge_ns, .says_ready = says_ready(trial->on->bench, slot),
				       .over_the_air = is_over_the_air(trial->on->bench, slot), .image_known = !disturbed->liar,
				       .supply_known = !disturbed->sense, .console_known = !disturbed->console && !disturbed->swapped};
	char why[GATE_TEXT_SIZE];

	if (!gate_oracle(&trial->truth, history->slot, &rule, why))
		trial_fail(trial, CHECK_SAFETY, "slot %s: %s", history->slot, why);
}

static void check_slot(struct trial *trial, const struct findings *findings, int index)
{
	static const enum check checks[] = {
		[CHARGE_ACTIVATION] = CHECK_SAFETY, [CHARGE_ACCURACY] = CHECK_ACCURACY, [CHARGE_CONFORMITY] = CHECK_CONFORMITY,
		[CHARGE_ATTRIBUTION] = CHECK_ATTRIBUTION, [CHARGE_USEFULNESS] = CHECK_USEFULNESS};
	const struct history *history = findings->slots[index].history;
	const struct oracle_rule rule = {.settle_ns = history->wiring.data.slot.settle_ns,
					 .recharge_ns = history->wiring.data.slot.recharge_ns, .never_ns = history->never_ns,
					 .always_ns = history->always_ns,
					 .until_ns = history->watch_count > 0 ? history->watches[0].end_ns : INSTANT_NEVER,
					 .alerts_say_when = alerts_say_when(trial->on->bench, bench_slot_find(trial->on->bench, history->slot)),
					 .version = trial->on->firmware_to,
					 .over_the_air = is_over_the_air(trial->on->bench, bench_slot_find(trial->on->bench, history->slot))};
	struct disturbances disturbed = disturbances_of(trial, bench_slot_find(trial->on->bench, history->slot));
	char why[ORACLE_TEXT_SIZE];
	int slot = bench_slot_find(trial->on->bench, history->slot);
	enum charge charge = charge_slot(&trial->truth, history->slot, &rule, &disturbed, findings, index, why);

	check_gate(trial, history, slot, &disturbed);
	if (trial->on->meters[slot].guid && strcmp(history->meter.data.device.guid, trial->on->meters[slot].guid) != 0)
		trial_fail(trial, CHECK_CONFORMITY, "slot %s: the meter is %s, and %s was said", history->slot, trial->on->meters[slot].guid,
		     history->meter.data.device.guid);
	if (charge != CHARGE_NOTHING)
		trial_fail(trial, checks[charge], "slot %s: %s", history->slot, why);
}

/* Nothing kept relays and supplies from being told, nor the rig from hearing what became of them. */
static bool reachable(const struct trial *trial)
{
	struct world_fault fault;
	int i;

	for (i = 0; trial->on->simulation->fault(trial->world, i, &fault); i++)
		if ((strncmp(fault.what, "bus-", 4) == 0 || strcmp(fault.what, "supply-locked") == 0) && *fault.fired > 0)
			return false;
	return true;
}

static void count_faults(struct trial *trial, int64_t decided, int64_t verdicts)
{
	struct coverage *coverage = &trial->coverage;
	struct world_fault fault;
	int i;

	for (i = 0; trial->on->simulation->fault(trial->world, i, &fault); i++) {
		coverage->fault_drawn[fault.number]++;
		if (*fault.fired == 0)
			continue;
		coverage->fault_fired[fault.number]++;
		coverage->fault_decided[fault.number] += decided;
		coverage->fault_verdicts[fault.number] += verdicts;
	}
}

/* Nobody stopped it who did not, and no input ended it that nobody touched. */
static bool end_holds(const struct trial *trial, enum end_reason reason)
{
	size_t i;

	if (reason == END_STOPPED)
		return trial->stop != 0;
	for (i = 0; reason == END_SAFETY && i < trial->truth.count; i++)
		if (trial->truth.facts[i].fact == FACT_INPUT && trial->truth.facts[i].value == 0)
			return true;
	return reason == END_COMPLETED;
}

/* Of the relays of this bench, which are its slots' mains. */
static int64_t shortest_off(const struct bench *bench)
{
	int64_t shortest_ns = INSTANT_NEVER;
	int i;

	for (i = 0; i < bench->slot_count; i++) {
		int channel = bench->slots[i].mains.switch_channel;

		if (bench->slots[i].mains.present && bench->channels[channel].off_min_ns < shortest_ns)
			shortest_ns = bench->channels[channel].off_min_ns;
	}
	return shortest_ns == INSTANT_NEVER ? 0 : shortest_ns;
}

static struct safety_run safety_of(const struct trial *trial, bool whole, bool is_off, int64_t said_ns)
{
	const struct bench *bench = trial->on->bench;

	return (struct safety_run){.deaths = &trial->deaths, .ended = whole, .is_off = is_off, .said_ns = said_ns, .reachable = reachable(trial),
				   .hazardous = bench->hazard != HAZARD_SELV_ONLY, .flush_ns = trial->flush_most_ns, .off_min_ns = shortest_off(bench),
				   .volts_max_mv = bench->supply_limit.present ? bench->supply_limit.max_mv : 0,
				   .amps_max_ma = bench->current_limit.present ? bench->current_limit.max_ma : 0};
}

static void check(struct trial *trial, bool whole, bool is_off)
{
	int64_t decided = trial->coverage.decided, verdicts = trial->coverage.verdicts;
	const struct findings *findings = check_evidence(trial, whole);
	const struct safety_run safety = safety_of(trial, whole, is_off, findings->end_ns);
	char why[SAFETY_TEXT_SIZE];
	int i;

	trial->truth.t_end_ns = trial->now_ns;
	trial->truth.true_end_ns = trial->on->simulation->true_ns(trial->world, trial->now_ns);
	coverage_take(&trial->coverage, findings);
	count_faults(trial, trial->coverage.decided - decided, trial->coverage.verdicts - verdicts);
	if (trial->truth.lost)
		trial_fail(trial, CHECK_LIVENESS, "there was no memory for the truth");
	if (!safety_oracle(&trial->truth, &safety, why))
		trial_fail(trial, CHECK_SAFETY, "%s", why);
	check_u(trial, findings);
	if (whole && !end_holds(trial, findings->end_reason))
		trial_fail(trial, CHECK_ATTRIBUTION, "the run says a reason for its end (%d) that there was not", (int)findings->end_reason);
	if (!exit_code_holds(findings))
		trial_fail(trial, CHECK_CONFORMITY, "the exit code %d does not follow from the verdicts", findings->exit_code);
	for (i = 0; i < findings->slot_count && trial->failed == CHECK_NONE; i++)
		check_slot(trial, findings, i);
}

/* ---- The trial ---- */

static struct world *make_world(struct trial *trial, const struct world_settings *settings, struct error *error)
{
	struct problems problems;
	struct world *world;

	problems_init(&problems);
	world = trial->on->simulation->make(settings, &problems, error);
	if (!world && problems.count > 0)
		(void)error_set(error, FAULT_CONFIGURATION, "world:%d:%d: %s", problems.list[0].place.line, problems.list[0].place.column,
				problems.list[0].text);
	problems_done(&problems);
	return world;
}

bool trial_run(struct trial *trial, const char *text, size_t size, struct error *error)
{
	const struct trial_bench *on = trial->on;
	struct world_settings wanted = {.bench = on->bench, .taking_part = on->taking_part, .file = "world", .text = text, .text_size = size,
					.fact = take_fact, .self = trial};
	struct writer_disk disk = memory_disk_calls(&trial->disk);
	struct simulated_settings settings = {
		.bench = on->bench, .taking_part = on->taking_part, .simulation = on->simulation, .assembled = on->assembled,
		.image = on->image, .disk = &disk, .revision = on->revision, .operator = "", .stop = &trial->stop, .advance = advance,
		.next = next_suffering, .flush_takes = flush_takes, .killed = &trial->disk.dead, .acknowledged = &trial->acknowledged,
		.self = trial,
	};
	struct world_fault death;
	struct error failed;
	enum simulated_end end;
	int exit_code = 0;
	bool is_off = false, done;

	memcpy(wanted.versions, on->versions, sizeof wanted.versions);
	memcpy(wanted.guids, on->guids, sizeof wanted.guids);
	memcpy(wanted.meters, on->meters, sizeof wanted.meters);
	truth_clear(&trial->truth);
	memory_disk_clear(&trial->disk);
	trial->failed = CHECK_NONE;
	trial->why[0] = '\0';
	trial->stop = 0;
	trial->now_ns = 0;
	trial->world = make_world(trial, &wanted, error);
	if (!trial->world)
		return false;
	settings.world = trial->world;
	trial->suffers = will_suffer(trial);
	trial->acknowledged = 0;
	trial->flush_most_ns = 0;
	trial->deaths.count = trial->announced = trial->switched_on = trial->outputs_on = 0;
	trial->scanned = 0;
	memset(trial->on_now, 0, sizeof trial->on_now);
	memset(trial->output_now, 0, sizeof trial->output_now);
	trial->disk.dies_at_write = trial->dies_at_write;
	trial->disk.dies_having_put = trial->dies_having_put;
	settings.dies_ns = next_death(trial, 0, &death);
	while ((end = simulated_live(&settings, &exit_code, &is_off, &failed)) == SIMULATED_DIED) {
		if (trial->disk.dead) {
			static int once;

			death = (struct world_fault){.at_ns = trial->now_ns, .for_ns = NS_PER_S, .back = trial->loses_power, .fired = &once};
			trial->disk.dead = false;
			trial->disk.dies_at_write = INT64_MAX;
		}
		*death.fired = 1;
		if (death.back)
			lose_power(&trial->disk);
		check_acknowledged(trial);
		if (trial->deaths.count < SAFETY_DEATHS_MAX) {
			trial->deaths.list[trial->deaths.count].from_ns = death.at_ns;
			trial->deaths.list[trial->deaths.count++].to_ns = death.at_ns + death.for_ns;
		}
		tell_deafness(trial, death.at_ns, false);
		settings.begins_ns = death.at_ns + death.for_ns;
		on->simulation->step(trial->world, settings.begins_ns);
		tell_deafness(trial, settings.begins_ns, true);
		settings.journal = trial->disk.size > 0 ? trial->disk.bytes : NULL;
		settings.journal_size = trial->disk.size;
		settings.dies_ns = next_death(trial, settings.begins_ns, &death);
	}
	done = end == SIMULATED_ENDED;
	trial->coverage.trials++;
	suffered(trial);
	if (trial->now_ns > on->longest_ns)
		trial_fail(trial, CHECK_LIVENESS, "after %.0f s it had not ended", (double)on->longest_ns / 1e9);
	/* One that does not find its instruments ends there, and has switched nothing; one that was resumed can be resumed again. */
	if (!done && trial->disk.refused == 0 && !strstr(failed.text, "not ready in time"))
		trial_fail(trial, CHECK_LIVENESS, "at %.3f s: %s", (double)trial->now_ns / 1e9, failed.text);
	check(trial, done, is_off);
	on->simulation->free(trial->world);
	trial->world = NULL;
	return true;
}

void trial_init(struct trial *trial, const struct trial_bench *on)
{
	memset(trial, 0, sizeof *trial);
	trial->on = on;
	trial->dies_at_write = INT64_MAX;
	truth_init(&trial->truth);
	memory_disk_init(&trial->disk);
	trial->judge = judge_new(on->bench->slot_count);
	trial->sha256 = sha256_new();
}

void trial_done(struct trial *trial)
{
	truth_done(&trial->truth);
	memory_disk_done(&trial->disk);
	judge_free(trial->judge);
	sha256_free(trial->sha256);
}
