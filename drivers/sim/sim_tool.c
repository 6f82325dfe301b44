/*
 * A loader that is somebody else's program, on a simulated bench: the shipped machine that says which program is wanted, and a
 * simulated program, which brings the image to the simulated meter over its cable as a serial loader does, and prints what such programs
 * print. What it is called and its arguments matter to nobody.
 */

#include "drivers/sim/sim_instrument.h"
#include "drivers/stream.h"
#include "drivers/tool/tool_upgrade.h"
#include "rig/base/text.h"

#include <stdio.h>
#include <stdlib.h>

#define BAUD 115200

struct sim_tool {
	struct instrument base;
	struct world *world;
	struct cable *cable;
	struct tool_upgrade upgrade;
	/* The program. */
	const struct upgrade_image *image;
	struct pattern expect;         /* what the bench file looks for in the words of the one that says the version */
	bool runs;
	enum upgrade_task task;
	struct upgrade within;         /* what it does, by a serial loader of its own */
	struct session session;
	struct session_output output;
	int64_t session_ns;            /* INSTANT_NEVER: nothing is due */
};

/* The commands of a meter's console (face/meter_console.h). */
static const struct bench_loader console = {
	.protocol = LOADER_XMODEM_1K, .push = LOADER_XMODEM_1K, .start_within_ns = 60 * NS_PER_S,
	.enter = {.count = 1, .steps = {{.exchange = {"upgrade\r", "ready for", "", 10 * NS_PER_S}}}},
	.verify = {.count = 1, .steps = {{.exchange = {"", "image ok", "image bad", 60 * NS_PER_S}}}},
	.activate = {.count = 1, .steps = {{.exchange = {"activate\r", "activating", "refused", 10 * NS_PER_S}}}},
	.version = {.count = 1, .steps = {{.exchange = {"version\r", "fw ([0-9A-F]{8})", "", 5 * NS_PER_S}}}},
};

static struct sim_tool *of(struct instrument *instrument)
{
	return (struct sim_tool *)instrument;
}

/* ---- The program ---- */

static void print(struct sim_tool *self, int64_t now_ns, const char *text)
{
	char line[ERROR_TEXT_MAX + 2];
	int size = snprintf(line, sizeof line, "%s\n", text);

	tool_upgrade_heard(&self->upgrade, now_ns, (const uint8_t *)line, (size_t)size);
}

/* In words that the bench file's pattern finds. */
static void print_version(struct sim_tool *self, int64_t now_ns)
{
	const char *values[CAPTURES] = {[CAPTURE_GROUP] = self->within.version};
	char line[TOOL_LINE_SIZE];

	if (pattern_example(&self->expect, values, line, sizeof line))
		print(self, now_ns, line);
}

static void end_program(struct sim_tool *self, int64_t now_ns)
{
	bool done = self->output.state == SESSION_DONE;

	if (self->task == UPGRADE_ACTIVATE)
		done = self->within.activation == ACTIVATION_ACCEPTED;
	if (done && self->task == UPGRADE_VERSION)
		print_version(self, now_ns);
	else if (!done)
		print(self, now_ns, self->output.error.text);
	self->runs = false;
	tool_upgrade_ended(&self->upgrade, now_ns, done ? NULL : "ended with 1", NULL);
}

static void step(struct sim_tool *self, enum session_event_kind kind, int64_t now_ns, const uint8_t *bytes, size_t size)
{
	const struct session_event event = {.kind = kind, .t_ns = now_ns, .bytes = bytes, .size = size};
	char line[40];

	session_step(&self->session, &event, &self->output);
	self->session_ns = self->output.deadline_ns;
	if (self->output.size > 0 && cable_is_there(self->cable, now_ns)) {
		cable_tell(self->cable, now_ns, self->output.bytes, self->output.size);
		world_look_again(self->world);
	}
	if (self->task == UPGRADE_TRANSFER && self->output.total_bytes > 0) {
		(void)snprintf(line, sizeof line, "progress: %d %%", (int)(100 * self->output.done_bytes / self->output.total_bytes));
		print(self, now_ns, line);
	}
	if (self->output.state != SESSION_RUNNING)
		end_program(self, now_ns);
}

static enum upgrade_task task_of(const struct sim_tool *self)
{
	return self->upgrade.task == TOOL_TRANSFER ? UPGRADE_TRANSFER : self->upgrade.task == TOOL_ACTIVATE ? UPGRADE_ACTIVATE : UPGRADE_VERSION;
}

static void start_program(struct sim_tool *self, int64_t now_ns)
{
	struct error error;

	self->task = task_of(self);
	upgrade_init(&self->within, &console, BAUD);
	if (self->image)
		upgrade_set_image(&self->within, self->image->bytes, self->image->size);
	self->runs = true;
	tool_upgrade_started(&self->upgrade, now_ns);
	self->output.state = SESSION_FAILED;
	if (upgrade_begin(&self->within, self->task, &self->session, &error))
		step(self, SESSION_START, now_ns, NULL, 0);
	else
		end_program(self, now_ns);
}

/* What is verified apart, this one has verified when it brought it: that program has nothing to do. */
static void serve(struct sim_tool *self, int64_t now_ns)
{
	while (!self->runs && self->upgrade.wanted) {
		if (self->upgrade.end_wanted) {
			tool_upgrade_ended(&self->upgrade, now_ns, NULL, NULL);
		} else if (self->upgrade.wanted == &self->upgrade.settings->verify) {
			tool_upgrade_started(&self->upgrade, now_ns);
			tool_upgrade_ended(&self->upgrade, now_ns, NULL, NULL);
		} else {
			start_program(self, now_ns);
		}
	}
	if (self->runs && self->upgrade.end_wanted) {
		self->runs = false;
		tool_upgrade_ended(&self->upgrade, now_ns, "was ended by signal 15", NULL);
		serve(self, now_ns);
	}
}

/* ---- The contract ---- */

static int64_t deadline(const struct instrument *instrument)
{
	const struct sim_tool *self = (const struct sim_tool *)instrument;
	int64_t deadline_ns = tool_upgrade_deadline(&self->upgrade);

	if (self->runs && self->session_ns < deadline_ns)
		deadline_ns = self->session_ns;
	return cable_next(&self->cable->to_rig) < deadline_ns ? cable_next(&self->cable->to_rig) : deadline_ns;
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct sim_tool *self = of(instrument);
	uint8_t bytes[SESSION_OUTPUT_SIZE];
	size_t size;

	while ((size = cable_take(&self->cable->to_rig, now_ns, bytes, sizeof bytes)) > 0)
		if (self->runs && cable_is_there(self->cable, now_ns))
			step(self, SESSION_BYTES, now_ns, bytes, size);
	if (self->runs && self->session_ns <= now_ns)
		step(self, SESSION_DEADLINE, now_ns, NULL, 0);
	tool_upgrade_tick(&self->upgrade, now_ns);
	serve(self, now_ns);
}

static void ask(struct instrument *instrument, int slot, enum upgrade_ask ask, int64_t now_ns)
{
	struct sim_tool *self = of(instrument);

	(void)slot;
	tool_upgrade_ask(&self->upgrade, ask, now_ns);
	serve(self, now_ns);
}

static void close_instrument(struct instrument *instrument)
{
	of(instrument)->world->listener = NULL;
	free(instrument);
}

struct instrument *sim_tool_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {.deadline = deadline, .tick = tick, .upgrade = ask, .close = close_instrument};
	struct sim_tool *self = calloc(1, sizeof *self);

	if (!self) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	self->base = (struct instrument){&kind, instrument};
	self->world = start->world;
	self->world->listener = start->listener;
	self->cable = world_cable(self->world, instrument);
	self->image = start->image;
	self->session_ns = INSTANT_NEVER;
	if (tool_upgrade_init(&self->upgrade, start, instrument, error) &&
	    pattern_compile(&self->expect, start->bench->instruments[instrument].loader->tool.expect, error))
		return &self->base;
	free(self);
	return NULL;
}
