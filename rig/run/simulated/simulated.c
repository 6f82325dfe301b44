/* Turns without a loop: the world first, then the instruments, then the engine; and on to the next instant. */

#include "rig/run/simulated/simulated.h"

#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/raw_log.h"
#include "rig/evidence/writer.h"
#include "rig/run/conductor.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define READY_WITHIN_NS (60 * NS_PER_S)   /* for instruments to say who they are */
#define BOOT_ID "simulated"

struct simulated {
	const struct simulated_settings *settings;
	struct writer *writer;
	struct raw_log *raw;
	struct error error;             /* of the journal */
	int64_t now_ns;
	int64_t durable_at_ns;          /* INSTANT_NEVER: no flush is under way */
	uint64_t durable_lines;
	bool flush_again;               /* one was asked for while another was under way */
	int64_t answer_at_ns;           /* a prompt waits */
	bool told_to_stop;
	struct conductor conductor;     /* large, and begins by itself */
};

/* ---- What the conductor asks for ---- */

static bool put(void *self, const struct record *record)
{
	struct simulated *run = self;
	struct record line = *record;

	if (run->settings->record)
		run->settings->record(run->settings->self, record);
	return writer_put(run->writer, &line, &run->error);
}

static bool flush(void *self)
{
	struct simulated *run = self;

	if (run->durable_at_ns != INSTANT_NEVER) {
		run->flush_again = true;
		return true;
	}
	run->durable_lines = writer_lines(run->writer);
	run->durable_at_ns = run->now_ns + SIMULATED_FLUSH_NS;
	return writer_hand_over(run->writer, &run->error);
}

static void raw(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	struct simulated *run = self;

	if (run->raw)
		raw_log_put(run->raw, name, t_ns, direction, bytes, size);
}

static void tell_digest(void *self, const struct record *record)
{
	struct simulated *run = self;

	conductor_raw_digest(&run->conductor, record);
}

static bool close_raw(void *self)
{
	struct simulated *run = self;

	if (run->raw)
		raw_log_close(run->raw, tell_digest, run);
	conductor_raw_closed(&run->conductor);
	return true;
}

static void prompt(void *self, const char *slot, const char *question)
{
	struct simulated *run = self;

	(void)slot;
	(void)question;
	run->answer_at_ns = run->now_ns + SIMULATED_ANSWER_NS;
}

/* The virtual clock is steered by nobody and right. */
static void read_clock(void *self, struct record *record)
{
	(void)self;
	record->data.clock.state = CLOCK_LOCKED;
}

static bool bus_moved(void *self, int bus, int fd)
{
	(void)self;
	(void)bus;
	(void)fd;
	return true;
}

static void stop(void *self)
{
	(void)self; /* the loop looks for itself */
}

/* ---- Turns ---- */

static void begin(struct simulated *run)
{
	struct record boot = {.kind = RECORD_BOOT};
	char why[ERROR_TEXT_MAX];
	enum instrument_state state = instruments_state(&run->conductor.instruments, why, sizeof why);
	struct error error;

	if (state == INSTRUMENT_NOT_YET && run->now_ns < READY_WITHIN_NS)
		return;
	if (state != INSTRUMENT_READY) {
		(void)error_set(&error, FAULT_RIG, "%s%s", state == INSTRUMENT_NOT_YET ? "not ready in time: " : "", why);
		conductor_break_off(&run->conductor, &error);
		return;
	}
	text_copy(boot.data.boot.boot_id, sizeof boot.data.boot.boot_id, BOOT_ID);
	boot.data.boot.lines = LINES_REQUESTED;
	text_copy(boot.data.boot.revision, sizeof boot.data.boot.revision, run->settings->revision);
	conductor_begin(&run->conductor, &boot, false);
}

static void take_news(struct simulated *run)
{
	if (run->durable_at_ns <= run->now_ns) {
		run->durable_at_ns = INSTANT_NEVER;
		conductor_durable(&run->conductor, run->durable_lines);
		if (run->flush_again) {
			run->flush_again = false;
			(void)flush(run);
		}
	}
	if (run->answer_at_ns <= run->now_ns) {
		run->answer_at_ns = INSTANT_NEVER;
		conductor_answer(&run->conductor, "simulated");
	}
	if (run->settings->stop && *run->settings->stop && !run->told_to_stop) {
		run->told_to_stop = true;
		conductor_stop(&run->conductor);
	}
}

static int64_t earliest(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static int64_t next(struct simulated *run)
{
	int64_t next_ns = earliest(run->settings->simulation->next(run->settings->world), instruments_deadline(&run->conductor.instruments));

	next_ns = earliest(next_ns, earliest(run->durable_at_ns, run->answer_at_ns));
	conductor_skip_polls(&run->conductor, next_ns);
	next_ns = earliest(next_ns, conductor_deadline(&run->conductor));
	return next_ns > run->now_ns ? next_ns : run->now_ns;
}

static void turn(struct simulated *run, int64_t utc_us_at_zero)
{
	run->settings->simulation->step(run->settings->world, run->now_ns);
	conductor_turn(&run->conductor, run->now_ns, utc_us_at_zero + run->now_ns / NS_PER_US);
	instruments_tick(&run->conductor.instruments, run->now_ns);
	if (!run->conductor.begun)
		begin(run);
	take_news(run);
	conductor_tick(&run->conductor);
	conductor_give(&run->conductor);
}

static void go_on(struct simulated *run)
{
	int64_t utc_us_at_zero = run->settings->simulation->begins_utc_us(run->settings->world), next_ns;
	struct error error;
	int turns = 0;

	instruments_begin(&run->conductor.instruments, 0);
	for (;;) {
		turn(run, utc_us_at_zero);
		if (run->conductor.over || run->conductor.broken)
			return;
		next_ns = next(run);
		if (next_ns == INSTANT_NEVER) {
			(void)error_set(&error, FAULT_RIG, "the simulation stands still: nothing is due any more");
			conductor_break_off(&run->conductor, &error);
			return;
		}
		turns = next_ns > run->now_ns ? 0 : turns + 1;
		if (turns > SIMULATED_TURNS_MAX) {
			(void)error_set(&error, FAULT_RIG, "the simulation does not get on from %.3f s", (double)run->now_ns / 1e9);
			conductor_break_off(&run->conductor, &error);
			return;
		}
		if (next_ns > run->now_ns && run->settings->advance)
			run->settings->advance(run->settings->self, next_ns);
		run->now_ns = next_ns;
	}
}

/* ---- Life ---- */

static bool open_evidence(struct simulated *run, struct error *error)
{
	char path[PATH_MAX];

	if (run->settings->disk) {
		run->writer = writer_begin(run->settings->disk, "simulated " FOLDER_JOURNAL);
		return true;
	}
	if (!folder_path(path, run->settings->folder, FOLDER_JOURNAL, error) || !writer_create(&run->writer, path, error))
		return false;
	run->raw = raw_log_new(run->settings->folder);
	return run->raw || error_set(error, FAULT_ENVIRONMENT, "no memory for the files of raw/");
}

static bool start(struct simulated *run, struct error *error)
{
	const struct simulated_settings *settings = run->settings;
	const struct conductor_settings conductor = {
		.bench = settings->bench, .taking_part = settings->taking_part, .assembled = settings->assembled,
		.operator = settings->operator, .calls = {run, put, flush, close_raw, raw, prompt, read_clock, bus_moved, stop},
	};
	struct driver_start start = {.bench = settings->bench, .taking_part = settings->taking_part, .image = settings->image,
				     .listener = &run->conductor.listener, .world = settings->world};

	if (!conductor_init(&run->conductor, &conductor, error) || !open_evidence(run, error))
		return false;
	conductor_turn(&run->conductor, 0, settings->simulation->begins_utc_us(settings->world));
	return instruments_start(&run->conductor.instruments, settings->simulation->drivers, &start, NULL, error);
}

static bool finish(struct simulated *run, int *exit_code, bool *is_off, struct error *error)
{
	const struct findings *findings = engine_findings(run->conductor.engine);

	if (run->conductor.broken) {
		*error = run->error.fault != FAULT_NONE ? run->error : run->conductor.error;
		return false;
	}
	run->settings->simulation->end(run->settings->world, run->now_ns);
	*is_off = engine_is_off(run->conductor.engine);
	*exit_code = findings->end_reason == END_STOPPED ? EXIT_CODE_STOPPED : findings->exit_code;
	return true;
}

bool simulated_run(const struct simulated_settings *settings, int *exit_code, bool *is_off, struct error *error)
{
	struct simulated *run = malloc(sizeof *run);
	bool done;

	if (!run)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the run");
	memset(run, 0, offsetof(struct simulated, conductor));
	run->settings = settings;
	run->durable_at_ns = run->answer_at_ns = INSTANT_NEVER;
	done = start(run, error);
	if (done) {
		go_on(run);
		done = finish(run, exit_code, is_off, error);
	}
	instruments_stop(&run->conductor.instruments);
	if (run->writer && !writer_close(run->writer, done ? error : &run->error))
		done = false;
	raw_log_free(run->raw);
	conductor_done(&run->conductor);
	free(run);
	return done;
}
