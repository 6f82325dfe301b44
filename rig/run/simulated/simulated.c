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
	int64_t instruments_ns;         /* when one of them wants to be called */
	bool moved;                     /* in this turn: the world or one of them */
	int64_t durable_at_ns;          /* INSTANT_NEVER: no flush is under way */
	uint64_t durable_lines;
	bool flush_again;               /* one was asked for while another was under way */
	int64_t answer_at_ns;           /* a prompt waits */
	bool told_to_stop;
	bool dead;
	int64_t ready_by_ns;
	bool was_activated[BENCH_SLOTS_MAX];
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
	run->durable_at_ns = run->now_ns + (run->settings->flush_takes ? run->settings->flush_takes(run->settings->self, run->now_ns)
									: SIMULATED_FLUSH_NS);
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

static void read_clock(void *self, struct record *record)
{
	struct simulated *run = self;
	struct world_clock clock;

	run->settings->simulation->clock(run->settings->world, run->now_ns, &clock);
	record->data.clock.state = clock.locked ? CLOCK_LOCKED : CLOCK_FREE;
	record->data.clock.suspended_ns = clock.suspended_ns;
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
	enum instrument_state state = instruments_state(&run->conductor.instruments, run->settings->journal != NULL, why, sizeof why);
	struct error error;

	if (state == INSTRUMENT_NOT_YET && run->now_ns < run->ready_by_ns)
		return;
	if (state != INSTRUMENT_READY) {
		(void)error_set(&error, FAULT_RIG, "%s%s", state == INSTRUMENT_NOT_YET ? "not ready in time: " : "", why);
		conductor_break_off(&run->conductor, &error);
		return;
	}
	text_copy(boot.data.boot.boot_id, sizeof boot.data.boot.boot_id, BOOT_ID);
	boot.data.boot.lines = LINES_REQUESTED;
	text_copy(boot.data.boot.revision, sizeof boot.data.boot.revision, run->settings->revision);
	conductor_begin(&run->conductor, &boot, run->settings->journal != NULL);
}

/* On a disk of its own it is asked; a folder gets all of it at the end. */
static void become_durable(struct simulated *run)
{
	run->durable_at_ns = INSTANT_NEVER;
	if (run->settings->disk && !writer_flush(run->writer, &run->error)) {
		conductor_break_off(&run->conductor, &run->error);
		return;
	}
	if (run->settings->acknowledged)
		*run->settings->acknowledged = run->durable_lines;
	conductor_durable(&run->conductor, run->durable_lines);
}

static void take_news(struct simulated *run)
{
	if (run->durable_at_ns <= run->now_ns) {
		become_durable(run);
		if (run->flush_again && !run->conductor.broken) {
			run->flush_again = false;
			(void)flush(run);
		}
	}
	if (run->answer_at_ns <= run->now_ns) {
		run->answer_at_ns = INSTANT_NEVER;
		while (conductor_prompt(&run->conductor) != NO_CHANNEL)
			conductor_answer(&run->conductor, conductor_prompt(&run->conductor), run->settings->operator, "simulated");
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
	int64_t next_ns;

	if (run->moved || run->conductor.acted)
		run->instruments_ns = instruments_deadline(&run->conductor.instruments);
	next_ns = earliest(run->settings->simulation->next(run->settings->world), run->instruments_ns);
	conductor_skip_polls(&run->conductor, next_ns);
	next_ns = earliest(next_ns, earliest(run->durable_at_ns, run->answer_at_ns));
	next_ns = earliest(next_ns, run->settings->dies_ns);
	if (run->settings->next)
		next_ns = earliest(next_ns, run->settings->next(run->settings->self, run->now_ns));
	next_ns = earliest(next_ns, conductor_deadline(&run->conductor));
	return next_ns > run->now_ns ? next_ns : run->now_ns;
}

static int64_t utc_us(const struct simulated *run)
{
	return run->settings->simulation->utc_us(run->settings->world, run->now_ns);
}

static void turn(struct simulated *run)
{
	run->moved = run->settings->simulation->next(run->settings->world) <= run->now_ns || run->instruments_ns <= run->now_ns;
	run->settings->simulation->step(run->settings->world, run->now_ns);
	conductor_turn(&run->conductor, run->now_ns, utc_us(run));
	if (run->moved)
		instruments_tick(&run->conductor.instruments, run->now_ns);
	if (!run->conductor.begun)
		begin(run);
	take_news(run);
	conductor_tick(&run->conductor);
	conductor_give(&run->conductor);
}

static void go_on(struct simulated *run)
{
	int64_t next_ns;
	struct error error;
	int turns = 0;

	instruments_begin(&run->conductor.instruments, run->now_ns);
	for (;;) {
		turn(run);
		if (run->conductor.over || run->conductor.broken)
			return;
		next_ns = next(run);
		if (next_ns >= run->settings->dies_ns) {
			run->dead = true;
			run->now_ns = run->settings->dies_ns;
			run->settings->simulation->step(run->settings->world, run->now_ns);
			return;
		}
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

/* As the command that resumes a real run does: who was activated. */
static void recall(void *self, const struct record *record)
{
	struct simulated *run = self;
	int slot = bench_slot_find(run->settings->bench, record->slot);

	if (record->kind == RECORD_ACTIVATION && record->data.activation.state != ACTIVATION_ANNOUNCED && slot >= 0)
		run->was_activated[slot] = true;
	conductor_recall(&run->conductor, record);
}

static bool go_on_with_journal(struct simulated *run, struct error *error)
{
	size_t torn;

	if (!writer_go_on(&run->writer, run->settings->disk, run->settings->journal, run->settings->journal_size, "simulated " FOLDER_JOURNAL,
			  recall, run, &torn, error))
		return false;
	engine_set_lines(run->conductor.engine, writer_lines(run->writer));
	return true;
}

static bool open_evidence(struct simulated *run, struct error *error)
{
	char path[PATH_MAX];

	if (run->settings->journal)
		return go_on_with_journal(run, error);
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
				     .resumed = settings->begins_ns > 0, .was_activated = run->was_activated, .listener = &run->conductor.listener, .world = settings->world};

	if (!conductor_init(&run->conductor, &conductor, error) || !open_evidence(run, error))
		return false;
	conductor_turn(&run->conductor, run->now_ns, utc_us(run));
	return instruments_start(&run->conductor.instruments, settings->simulation->drivers, &start, NULL, error);
}

static void finish(struct simulated *run, int *exit_code, bool *is_off)
{
	const struct findings *findings = engine_findings(run->conductor.engine);

	*is_off = engine_is_off(run->conductor.engine);
	*exit_code = findings->end_reason == END_STOPPED ? EXIT_CODE_STOPPED : findings->exit_code;
}

/* A dead one writes nothing any more; what it had handed over stays. */
static bool close_evidence(struct simulated *run, struct error *error)
{
	if (run->writer && run->dead)
		writer_abandon(run->writer);
	else if (run->writer && !writer_close(run->writer, error))
		return false;
	return true;
}

static enum simulated_end live(struct simulated *run, int *exit_code, bool *is_off, struct error *error)
{
	enum simulated_end end = start(run, error) ? SIMULATED_ENDED : SIMULATED_BROKEN;
	struct error other;

	if (end != SIMULATED_BROKEN)
		go_on(run);
	run->dead |= run->settings->killed && *run->settings->killed;
	if (end != SIMULATED_BROKEN && run->dead)
		end = SIMULATED_DIED;
	if (end == SIMULATED_ENDED && run->conductor.broken) {
		*error = run->error.fault != FAULT_NONE ? run->error : run->conductor.error;
		end = SIMULATED_BROKEN;
	}
	if (end == SIMULATED_ENDED)
		finish(run, exit_code, is_off);
	if (end != SIMULATED_DIED)
		run->settings->simulation->end(run->settings->world, run->now_ns);
	instruments_stop(&run->conductor.instruments);
	if (!close_evidence(run, end == SIMULATED_BROKEN ? &other : error))
		end = SIMULATED_BROKEN;
	return end;
}

enum simulated_end simulated_live(const struct simulated_settings *settings, int *exit_code, bool *is_off, struct error *error)
{
	struct simulated *run = malloc(sizeof *run);
	enum simulated_end end;

	if (!run) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory for the run");
		return SIMULATED_BROKEN;
	}
	memset(run, 0, offsetof(struct simulated, conductor));
	run->settings = settings;
	run->now_ns = settings->begins_ns;
	run->ready_by_ns = run->now_ns + READY_WITHIN_NS;
	run->durable_at_ns = run->answer_at_ns = INSTANT_NEVER;
	end = live(run, exit_code, is_off, error);
	raw_log_free(run->raw);
	conductor_done(&run->conductor);
	free(run);
	return end;
}

bool simulated_run(const struct simulated_settings *settings, int *exit_code, bool *is_off, struct error *error)
{
	struct simulated_settings once = *settings;

	once.dies_ns = INSTANT_NEVER;
	return simulated_live(&once, exit_code, is_off, error) == SIMULATED_ENDED;
}
