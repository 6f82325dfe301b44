/* Counts with their names; a word that was never reached is named with its reason, or counted against the campaign. */

#include "rig/command/simulate_table.h"

#include <string.h>

/* Words that a campaign on the shipped benches cannot reach, and why. */
static const struct {
	const char *group, *word, *reason;
} excused[] = {
	{"cause", "hub-unseated", "no hub-present input on this bench"},
	{"cause", "hub-upgrade", "simulated hubs are not upgraded"},
	{"ledger", "late", "the shipped alert band has no limit of lateness"},
	{"end", "fault", "nothing that a whole bench hangs on is lost here: supervisor, loop"},
	{"domain", "usage", "a word of the command line, not of verdicts"},
	{"domain", "evidence", "a word of verify, not of verdicts"},
	{"domain", "busy", "a word of the supervisor, not of verdicts"},
};

/* And those that no bench without a supply can. */
static const struct {
	const char *group, *word;
} of_supplies[] = {
	{"faults", "supply-trips"}, {"faults", "supply-ramps"}, {"faults", "supply-resets"}, {"faults", "supply-locked"},
	{"cause", "rig-supply-cut"}, {"domain", "supply"},
};

/* Nor can one without a dongle reach what goes wrong there. */
static const char *const of_dongles[] = {"dongle-", "air-", "route-lost", "ota-", "meter-moves", "meter-leaves", "meter-sleeps"};

struct putting {
	FILE *out;
	bool json, first;
	int64_t trials;
	int unreached;
	bool has_supply;               /* one of the benches feeds a hub from one */
	bool has_dongle;               /* one of them upgrades meters through one */
	const char *group;
};

static bool has_supply(const struct campaign *campaign)
{
	int i, j;

	for (i = 0; i < campaign->bench_count; i++)
		for (j = 0; j < campaign->on[i].bench->slot_count; j++)
			if (campaign->on[i].taking_part[j] && campaign->on[i].bench->slots[j].feed.present && campaign->on[i].bench->slots[j].feed.supply >= 0)
				return true;
	return false;
}

static bool has_dongle(const struct campaign *campaign)
{
	int i, j;

	for (i = 0; i < campaign->bench_count; i++)
		for (j = 0; j < campaign->on[i].bench->instrument_count; j++)
			if (campaign->on[i].bench->instruments[j].driver == DRIVER_ZIGBEE)
				return true;
	return false;
}

static const char *reason_of(const struct putting *putting, const char *word)
{
	size_t i;

	for (i = 0; i < sizeof excused / sizeof *excused; i++)
		if (strcmp(excused[i].group, putting->group) == 0 && strcmp(excused[i].word, word) == 0)
			return excused[i].reason;
	for (i = 0; i < sizeof of_supplies / sizeof *of_supplies && !putting->has_supply; i++)
		if (strcmp(of_supplies[i].group, putting->group) == 0 && strcmp(of_supplies[i].word, word) == 0)
			return "no supply feeds a slot of this bench";
	for (i = 0; i < sizeof of_dongles / sizeof *of_dongles && !putting->has_dongle && strcmp(putting->group, "faults") == 0; i++)
		if (strncmp(of_dongles[i], word, strlen(of_dongles[i])) == 0)
			return "this bench has no ZigBee dongle";
	return NULL;
}

static void begin(struct putting *putting, const char *group)
{
	putting->group = group;
	putting->first = true;
	fprintf(putting->out, putting->json ? ",\"%s\":{" : "\n%s\n", group);
}

static void end(struct putting *putting)
{
	if (putting->json)
		putc('}', putting->out);
}

static void put(struct putting *putting, const char *word, int64_t count, const char *more)
{
	const char *reason = count == 0 ? reason_of(putting, word) : NULL;

	putting->unreached += count == 0 && !reason && putting->trials >= REACHED_AFTER;
	if (!putting->json && count == 0 && putting->trials < REACHED_AFTER)
		return; /* in so few nothing need have been reached */
	if (putting->json)
		fprintf(putting->out, "%s\"%s\":%lld", putting->first ? "" : ",", word, (long long)count);
	else
		fprintf(putting->out, "  %-36s %12lld%s%s%s\n", word, (long long)count, more,
			count == 0 ? reason ? "   never: " : "   NEVER REACHED" : "", reason ? reason : "");
	putting->first = false;
}

static void put_faults(struct putting *putting, const struct campaign *campaign, const struct coverage *coverage)
{
	const char *name;
	char more[80];
	int i;

	begin(putting, "faults");
	if (!putting->json)
		fprintf(putting->out, "  %-36s %12s %12s   %s\n", "", "acted in", "drawn in", "outage verdicts that are decided then");
	for (i = 0; i < COVERAGE_FAULTS_MAX && (name = campaign->on[0].simulation->fault_name(i)) != NULL; i++) {
		if (coverage->fault_verdicts[i] > 0)
			(void)snprintf(more, sizeof more, " %12lld   %5.1f %%", (long long)coverage->fault_drawn[i],
				       100.0 * (double)coverage->fault_decided[i] / (double)coverage->fault_verdicts[i]);
		else
			(void)snprintf(more, sizeof more, " %12lld       -", (long long)coverage->fault_drawn[i]); /* hubs alone have none */
		put(putting, name, coverage->fault_fired[i], more);
	}
	end(putting);
}

static void put_verdicts(struct putting *putting, const struct coverage *coverage)
{
	int kind, validity, conformity;
	char word[80];

	begin(putting, "verdicts");
	for (kind = 0; kind < CASE_COUNT; kind++)
		for (validity = 0; validity < COVERAGE_VALIDITIES; validity++)
			for (conformity = 0; conformity < COVERAGE_CONFORMITIES; conformity++) {
				int64_t count = coverage->verdict[kind][validity][conformity];

				(void)snprintf(word, sizeof word, "%s %s%s%s", case_name((enum case_kind)kind),
					       validity_name((enum validity)validity), validity == VALIDITY_VALID ? " " : "",
					       validity == VALIDITY_VALID ? conformity_name((enum conformity)conformity) : "");
				if (count > 0)
					put(putting, word, count, "");
			}
	end(putting);
}

static void put_words(struct putting *putting, const struct coverage *coverage)
{
	static const char *const ends[COVERAGE_REASONS] = {"completed", "stopped", "fault", "safety"};
	int i;

	begin(putting, "ledger");
	for (i = 0; i < LEDGER_CLASS_COUNT; i++)
		put(putting, ledger_class_name((enum ledger_class)i), coverage->ledger[i], "");
	end(putting);
	begin(putting, "cause");
	for (i = 0; i < CAUSE_COUNT; i++)
		put(putting, i == CAUSE_FIRMWARE ? "firmware" : cause_name((enum cause)i, PHASE_IDLE), coverage->cause[i], "");
	end(putting);
	begin(putting, "domain");
	for (i = 0; i < FAULT_COUNT; i++)
		put(putting, fault_name((enum fault)i), coverage->domain[i], "");
	end(putting);
	begin(putting, "end");
	for (i = 0; i < COVERAGE_REASONS; i++)
		put(putting, ends[i], coverage->end[i], "");
	end(putting);
}

static double share(int64_t part, int64_t whole)
{
	return whole > 0 ? 100.0 * (double)part / (double)whole : 0.0;
}

int simulate_put_table(FILE *out, const struct campaign *campaign, const struct campaign_result *result)
{
	const struct coverage *coverage = &result->coverage;
	struct putting putting = {.out = out, .trials = (int64_t)result->done, .has_supply = has_supply(campaign), .has_dongle = has_dongle(campaign)};

	fprintf(out, "%llu trials (seeds %llu..%llu), %lld journal lines, %lld virtual hours, in %.1f s: %.0f trials a second, %d process%s\n",
		(unsigned long long)result->done, (unsigned long long)campaign->first, (unsigned long long)campaign->last,
		(long long)coverage->lines, (long long)coverage->virtual_s / 3600, result->seconds,
		result->seconds > 0 ? (double)result->done / result->seconds : 0.0, campaign->jobs, campaign->jobs == 1 ? "" : "es");
	fprintf(out, "every check on each; of %llu also: run again, on another day, with changed bits, and in other slots\n", (unsigned long long)result->sampled);
	if (campaign->kill_anywhere) {
		fprintf(out, "killed in %llu writes, and resumed; verdicts are counted of the resumed runs\n", (unsigned long long)result->deaths);
		putting.trials = 0; /* nothing of what a campaign reaches is wanted of it */
	}
	if (campaign->fault) {
		fprintf(out, "nothing else went wrong than %s, where it was drawn\n", campaign->fault);
		putting.trials = 0;
	}
	fprintf(out, "verdicts on outages that are decided: %lld of %lld, %.1f %%\n", (long long)coverage->decided, (long long)coverage->verdicts,
		share(coverage->decided, coverage->verdicts));
	put_faults(&putting, campaign, coverage);
	put_verdicts(&putting, coverage);
	put_words(&putting, coverage);
	if (result->found)
		fprintf(out, "\n%llu finding%s; the first: seed %llu: %s: %s\n", (unsigned long long)result->findings,
			result->findings == 1 ? "" : "s", (unsigned long long)result->seed, check_name(result->check), result->why);
	else
		fprintf(out, "\nno finding: all that was checked of what these trials stated is true\n");
	if (putting.unreached > 0)
		fprintf(out, "%d word%s should have been reached in so many trials, and %s not\n", putting.unreached, putting.unreached == 1 ? "" : "s",
			putting.unreached == 1 ? "was" : "were");
	return putting.unreached;
}

int simulate_put_json(FILE *out, const struct campaign *campaign, const struct campaign_result *result)
{
	const struct coverage *coverage = &result->coverage;
	struct putting putting = {.out = out, .json = true, .trials = campaign->kill_anywhere || campaign->fault ? 0 : (int64_t)result->done,
				  .has_supply = has_supply(campaign), .has_dongle = has_dongle(campaign)};

	fprintf(out, "{\"first\":%llu,\"last\":%llu,\"trials\":%llu,\"sampled\":%llu,\"lines\":%lld,\"virtual_s\":%lld,\"seconds\":%.3f,\"jobs\":%d",
		(unsigned long long)campaign->first, (unsigned long long)campaign->last, (unsigned long long)result->done,
		(unsigned long long)result->sampled, (long long)coverage->lines, (long long)coverage->virtual_s, result->seconds, campaign->jobs);
	fprintf(out, ",\"outage_verdicts\":%lld,\"decided\":%lld,\"deaths\":%llu,\"findings\":%llu", (long long)coverage->verdicts, (long long)coverage->decided,
		(unsigned long long)result->deaths, (unsigned long long)result->findings);
	if (result->found)
		fprintf(out, ",\"seed\":%llu,\"check\":\"%s\"", (unsigned long long)result->seed, check_name(result->check));
	put_faults(&putting, campaign, coverage);
	put_verdicts(&putting, coverage);
	put_words(&putting, coverage);
	fprintf(out, ",\"unreached\":%d}\n", putting.unreached);
	return putting.unreached;
}
