/* off and who: a bench that somebody else may hold, or nobody. */

#include "rig/command/desk.h"
#include "rig/command/night.h"
#include "rig/command/table.h"

#include "rig/supervisor/seat.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct off {
	struct night night;
	struct desk desk;
	struct seat seat;
};

static struct off holding; /* large */

static void off_init(struct off *off)
{
	off->seat = (struct seat){.lock = -1, .listening = -1};
	desk_init(&off->desk);
}

static void off_done(struct off *off)
{
	desk_close(&off->desk);
	seat_leave(&off->seat);
	night_done(&off->night);
}

/* What is missing keeps nothing else on. */
static bool off_here(struct off *off, struct error *error)
{
	static struct error missing[BENCH_INSTRUMENTS_MAX];
	int i;

	desk_acquire_all(&off->desk, &off->night.bench, off->night.taking_part, missing);
	desk_start_all(&off->desk, missing);
	if (!desk_off(&off->desk, NULL, NULL, error))
		return false;
	for (i = 0; i < off->night.bench.instrument_count; i++)
		if (missing[i].fault != FAULT_NONE)
			return error_set(error, FAULT_RIG, "%.40s: %.300s; everything else is off: SWITCH THIS OFF BY HAND",
					 off->night.bench.instruments[i].name, missing[i].text);
	return true;
}

static void look_for_proof(void *self, const char *line)
{
	bool *proved = self;

	*proved |= strcmp(line, SEAT_OFF_PROVED) == 0;
}

static bool command_off_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct off *off = &holding;
	char status[SEAT_LINE_SIZE];
	bool done, proved = false;
	int said, i;

	off_init(off);
	if (!night_load_bench(&off->night, arguments_value(arguments, "--bench"), error)) {
		off_done(off);
		return false;
	}
	if (!desk_is_real(&off->night.bench, error)) {
		off_done(off);
		return false;
	}
	for (i = 0; i < off->night.bench.slot_count; i++)
		off->night.taking_part[i] = true;
	if (seat_status(off->night.bench.name, status) && !status[0]) {
		(void)error_set(error, FAULT_BUSY, "bench %s is held by a process that does not answer, perhaps a stopped one (kill -CONT): SWITCH OFF BY HAND",
				off->night.bench.name);
		off_done(off);
		return false;
	}
	if (seat_say(off->night.bench.name, "off", look_for_proof, &proved, &said)) {
		off_done(off);
		if (!proved)
			return error_set(error, FAULT_RIG, "whoever holds the bench ended with %d and did not say that everything is off: SWITCH OFF BY HAND", said);
		printf("ALL OFF (not isolated)\n");
		*exit_code = EXIT_CODE_PASS;
		return true;
	}
	done = seat_take(&off->seat, off->night.bench.name, error) && off_here(off, error);
	off_done(off);
	if (done)
		printf("ALL OFF (not isolated)\n");
	*exit_code = EXIT_CODE_PASS;
	return done;
}

static bool command_who_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	char names[SEATS_MAX][64], status[SEAT_LINE_SIZE], path[SEAT_PATH_SIZE];
	int count = seat_list(names), i;

	(void)arguments;
	(void)error;
	*exit_code = EXIT_CODE_PASS;
	for (i = 0; i < count; i++) {
		if (!seat_status(names[i], status)) {
			printf("%s: nobody\n", names[i]);
			continue;
		}
		printf("%s: %s", names[i], status[0] ? status : "its supervisor does not answer");
		if (seat_run_path(path, names[i], NULL) && access(path, F_OK) == 0)
			printf(", socket %s", path);
		printf("\n");
	}
	if (count == 0)
		printf("nobody holds a bench\n");
	return true;
}

static const struct command_option off_options[] = {
	{"--bench", "FILE", "the desk", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example off_examples[] = {
	{"off --bench left-desk.yaml", "everything off, whoever runs something there"},
	{NULL, NULL},
};

const struct command command_off = {
	.name = "off",
	.operands = "",
	.about = "everything off, from any session",
	.text = "Ends a run on this bench in order, or, where none is, opens the bench and switches all its outputs off. Every Modbus\n"
		"output is read back; what does not confirm ends the command with 70. Off is not isolated.",
	.options = off_options,
	.examples = off_examples,
	.run = command_off_run,
};

static const struct command_option no_options[] = {{NULL, NULL, NULL, false}};

static const struct command_example who_examples[] = {
	{"who", "which benches are in use"},
	{NULL, NULL},
};

const struct command command_who = {
	.name = "who",
	.operands = "",
	.about = "who holds which bench",
	.text = "One line for each bench of this user that is in use: what its run is doing, its processes, its evidence, and the\n"
		"socket at which hilrig follow watches it.",
	.options = no_options,
	.examples = who_examples,
	.run = command_who_run,
};
