/* check --live: the bench is taken and opened, and the check runs in a rig that a supervisor watches. */

#include "rig/command/live.h"

#include "rig/base/problem.h"
#include "rig/base/unit.h"
#include "rig/command/desk.h"
#include "rig/command/drivers.h"
#include "rig/command/slot_permit.h"
#include "rig/command/weld.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/live.h"
#include "rig/supervisor/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define WITHIN_NS (2 * NS_PER_MIN)
#define DUE_MONTHS 6

/* ---- The command line ---- */

static const char *const proof_words[] = {"arm", "estop", "door", NULL};
static const enum safety_input proof_inputs[] = {SAFETY_ARM, SAFETY_ESTOP, SAFETY_DOOR};

static bool take_proof(const char *word, struct live_wishes *wishes, struct error *error)
{
	const char *meant = word_meant(word, proof_words);
	int i;

	for (i = 0; proof_words[i]; i++) {
		if (strcmp(word, proof_words[i]) != 0)
			continue;
		wishes->proves = true;
		wishes->proved = proof_inputs[i];
		return true;
	}
	if (meant)
		return error_set(error, FAULT_USAGE, "--prove %s: did you mean %s?", word, meant);
	return error_set(error, FAULT_USAGE, "--prove %s: wanted is estop, door or arm", word);
}

static bool take_operator(const struct arguments *arguments, struct live_wishes *wishes, struct error *error)
{
	wishes->operator = arguments_value(arguments, "--operator");
	if (wishes->proves && (!wishes->operator || !wishes->operator[0]))
		return error_set(error, FAULT_USAGE, "--prove needs --operator NAME: who operates it, for the bench file");
	if (!wishes->proves && wishes->operator)
		return error_set(error, FAULT_USAGE, "--operator is who operates what --prove proves; --prove is not there");
	if (wishes->operator && strlen(wishes->operator) >= WORD_TEXT_SIZE)
		return error_set(error, FAULT_USAGE, "--operator: the name is longer than %d bytes", WORD_TEXT_SIZE - 1);
	if (!wishes->operator)
		wishes->operator = "";
	return true;
}

static bool only_live(const struct arguments *arguments, struct error *error)
{
	static const char *const names[] = {"--no-walk", "--walk", "--within", "--prove", "--operator"};
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (arguments_has(arguments, names[i]))
			return error_set(error, FAULT_USAGE, "%s is for the live bench; --live is not there", names[i]);
	return true;
}

bool live_take_wishes(const struct arguments *arguments, struct live_wishes *wishes, struct error *error)
{
	const char *within = arguments_value(arguments, "--within"), *prove = arguments_value(arguments, "--prove");
	bool walk = arguments_has(arguments, "--walk"), no_walk = arguments_has(arguments, "--no-walk");

	*wishes = (struct live_wishes){.live = arguments_has(arguments, "--live"), .within_ns = WITHIN_NS,
				       .json = arguments_has(arguments, "--json")};
	wishes->extent = walk ? WALK_EVERYWHERE : no_walk ? WALK_NOTHING : WALK_NOT_PRODUCTION;
	if (!wishes->live)
		return only_live(arguments, error);
	if (walk && no_walk)
		return error_set(error, FAULT_USAGE, "--walk and --no-walk: one or the other");
	if (prove && no_walk)
		return error_set(error, FAULT_USAGE, "--prove energises every slot's mains, and --no-walk says to energise nothing");
	if (within && !unit_read(within, UNIT_DURATION, NS_PER_S, NS_PER_H, &wishes->within_ns, error))
		return error_set(error, FAULT_USAGE, "--within: '%s' is not a time from 1s to 1h, such as 5min", within);
	return (!prove || take_proof(prove, wishes, error)) && take_operator(arguments, wishes, error);
}

/* ---- Dates ---- */

static int days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* The day of today, and the day on which a proof of today is due: the same of the month, or that month's last. */
static void take_dates(char today[UTC_TEXT_SIZE], char due[UTC_TEXT_SIZE])
{
	int year, month, day;

	utc_to_text(clock_utc_us(), today);
	today[10] = '\0';
	year = atoi(today);
	month = atoi(today + 5) + DUE_MONTHS;
	day = atoi(today + 8);
	year += (month - 1) / 12;
	month = (month - 1) % 12 + 1;
	if (day > days_of(year, month))
		day = days_of(year, month);
	(void)snprintf(due, UTC_TEXT_SIZE, "%04d-%02d-%02d", year, month, day);
}

/* ---- The check ---- */

/* Welds as they are found. It lies in memory that supervisor and rig share: however the rig ends, they are written down. */
struct live_welds {
	int count;
	struct slot_entry entries[BENCH_SLOTS_MAX];
};

/* What else they share the rig inherits by fork. */
struct checking {
	const struct night *night;
	const struct live_wishes *wishes;
	struct seat seat;
	struct desk desk;
	struct error missing[BENCH_INSTRUMENTS_MAX];
	struct live_welds *welds;
};

static struct checking checking; /* large, and there is one check in a process */

/* In the rig */

static void keep_weld(void *self, const struct finding *finding)
{
	struct live_welds *welds = ((struct checking *)self)->welds;
	struct slot_entry *entry = &welds->entries[welds->count];

	if (strcmp(finding->what, "welded") != 0 || !finding->slot[0] || welds->count == BENCH_SLOTS_MAX)
		return;
	*entry = (struct slot_entry){.utc_us = clock_utc_us(), .what = SLOT_LOCKED_OUT, .by = "hilrig check"};
	text_copy(entry->slot, sizeof entry->slot, finding->slot);
	(void)snprintf(entry->why, sizeof entry->why, "%.48s: %.180s", finding->subject, finding->text);
	welds->count++;
}

static int rig(void *self, int socket, bool resumed, bool held)
{
	struct checking *check = self;
	char today[UTC_TEXT_SIZE], due[UTC_TEXT_SIZE];
	struct live_settings settings = {
		.walk = {
			.bench = &check->night->bench,
			.taking_part = check->night->taking_part,
			.extent = check->wishes->extent,
			.proves = check->wishes->proves,
			.proved = check->wishes->proved,
			.operator = check->wishes->operator,
			.today = today,
			.due = due,
			.within_ns = check->wishes->within_ns,
		},
		.drivers = command_drivers(),
		.holding = &check->desk.holding,
		.missing = check->missing,
		.json = check->wishes->json,
		.supervisor = socket,
		.found = keep_weld,
		.self = check,
	};
	struct error error = {FAULT_NONE, ""};
	int exit_code = EXIT_CODE_RIG;
	bool all_off = false;

	(void)resumed;
	(void)held;
	take_dates(today, due);
	if (!live_run(&settings, &exit_code, &all_off, &error)) {
		fprintf(stderr, "hilrig check: %s\n", error.text);
		return error_exit_code(&error);
	}
	/* Without this word the supervisor switches off once more, and says what does not. Where it is gone, so is who writes. */
	if (all_off && !link_done(socket, exit_code))
		weld_lock_out(check->night->bench.name, check->welds->entries, check->welds->count);
	return exit_code;
}

/* Before the fork, and after it */

static bool can_prove(const struct bench *bench, const struct live_wishes *wishes, struct error *error)
{
	int i;

	if (!wishes->proves)
		return true;
	if (safety_bench_input(bench, wishes->proved)->channel < 0)
		return error_set(error, FAULT_CONFIGURATION, "%s: the bench has no '%s' to be proved", bench->path,
				 proof_words[wishes->proved == SAFETY_ARM ? 0 : wishes->proved == SAFETY_ESTOP ? 1 : 2]);
	for (i = 0; i < bench->slot_count; i++)
		if (bench->slots[i].mains.present)
			return true;
	return error_set(error, FAULT_CONFIGURATION, "%s: no slot has mains, whose sense a proof test sees go", bench->path);
}

/* Asked again with the seat: from here on nobody opens a slot, and nothing is energised whose weld could not be written down. */
static bool permit(const struct checking *check, const char *bench_words, struct error *error)
{
	const struct night *night = check->night;
	struct problems problems;
	bool permitted;

	if (!desk_is_real(&night->bench, error))
		return false;
	problems_init(&problems);
	permitted = slots_permit(&night->bench, bench_words, night->taking_part, true, &problems, error);
	if (!permitted)
		(void)night_refuse(&problems, error);
	problems_done(&problems);
	return permitted && (check->wishes->extent == WALK_NOTHING || weld_could_lock_out(night->bench.name, error));
}

static void supervise(struct checking *check, int *exit_code)
{
	const struct bench *bench = &check->night->bench;
	struct supervised *supervised = &check->desk.supervised;

	desk_acquire_all(&check->desk, bench, check->night->taking_part, check->missing);
	supervised->hang_ns = bench->hang_ns;
	supervised->seat = &check->seat;
	supervised->rig = rig;
	supervised->self = check;
	*exit_code = supervisor_run(supervised);
	weld_lock_out(bench->name, check->welds->entries, check->welds->count);
	desk_close(&check->desk);
}

bool live_check(const struct night *night, const char *bench_words, const struct live_wishes *wishes, int *exit_code,
		struct error *error)
{
	struct checking *check = &checking;
	bool done;

	if (!can_prove(&night->bench, wishes, error))
		return false;
	check->night = night;
	check->wishes = wishes;
	check->welds = mmap(NULL, sizeof *check->welds, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (check->welds == MAP_FAILED)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "no memory for the check");
	desk_init(&check->desk);
	done = seat_take(&check->seat, night->bench.name, error) && permit(check, bench_words, error);
	if (done)
		supervise(check, exit_code);
	seat_leave(&check->seat);
	(void)munmap(check->welds, sizeof *check->welds);
	return done;
}
