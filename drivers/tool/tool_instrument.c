/* What the machine wants is run, and what comes of it is told to the machine. */

#include "drivers/tool/tool_instrument.h"

#include "drivers/serial/find.h"
#include "drivers/tool/tool_arguments.h"
#include "drivers/tool/tool_process.h"
#include "drivers/tool/tool_upgrade.h"
#include "rig/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECE 512           /* of raw output, as raw/ takes it in one line */
#define DIGEST_PIECE 65536

struct tool_instrument {
	struct instrument base;
	const struct bench_instrument *from;
	const char *slot, *device;
	const struct upgrade_image *image;
	struct tool_upgrade upgrade;
	struct tool_process process;
	struct tool_arguments arguments;
	struct sha256 *sha256;
	int64_t read_again_ns;          /* output is left alone until then */
	uint8_t bytes[DIGEST_PIECE];
};

static struct tool_instrument *of(struct instrument *instrument)
{
	return (struct tool_instrument *)instrument;
}

/* ---- What a program is given ---- */

static bool digest_file(struct tool_instrument *self, int fd, unsigned char digest[SHA256_SIZE])
{
	ssize_t size;

	sha256_begin(self->sha256);
	while ((size = read(fd, self->bytes, sizeof self->bytes)) > 0)
		sha256_add(self->sha256, self->bytes, (size_t)size);
	sha256_end(self->sha256, digest);
	return size == 0;
}

/* Whether the file is the one that the run began with. */
static bool is_the_image(struct tool_instrument *self, struct error *error)
{
	unsigned char digest[SHA256_SIZE];
	const char *path = self->image && self->image->path ? self->image->path : "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool same;

	if (fd < 0)
		return error_set_errno(error, FAULT_CONFIGURATION, errno, "the image %s cannot be read any more", path);
	same = digest_file(self, fd, digest) && memcmp(digest, self->image->sha256, sizeof digest) == 0;
	(void)close(fd);
	return same || error_set(error, FAULT_CONFIGURATION, "%s: this is another image than the run began with", path);
}

static bool port_path(const struct port_address *address, char path[PORT_PATH_SIZE], struct error *error)
{
	struct found_port ports[PORTS_MAX];
	size_t count, at;

	if (address->path[0] || !(address->usb[0] || address->usb_serial[0] || address->usb_path[0])) {
		text_copy(path, PORT_PATH_SIZE, address->path);
		return true;
	}
	count = ports_list(ports, PORTS_MAX);
	if (!port_choose(ports, count, address, &at, error))
		return false;
	text_copy(path, PORT_PATH_SIZE, ports[at].path);
	return true;
}

static bool prepare(struct tool_instrument *self, const struct bench_call *call, struct error *error)
{
	struct tool_values values = {.image = self->image ? self->image->path : NULL, .device = self->device, .slot = self->slot,
				     .phase = tool_upgrade_phase(&self->upgrade, call)};
	char port[PORT_PATH_SIZE];

	if (call == &self->from->loader->tool.transfer && !is_the_image(self, error))
		return false;
	if (!port_path(&self->from->port, port, error))
		return false;
	if (port[0])
		values.port = port;
	return tool_arguments_make(&self->arguments, call, &values, error);
}

/* ---- Its life ---- */

/* What is run is evidence too. */
static void tell_what_is_run(struct tool_instrument *self, int64_t now_ns)
{
	const struct instrument_listener *listener = self->upgrade.listener;
	char command[TOOL_COMMAND_SIZE], text[FREE_TEXT_SIZE];
	size_t size, at;

	tool_arguments_text(&self->arguments, command, sizeof command - 1);
	(void)snprintf(text, sizeof text, "run: %.200s", command);
	listener->note(listener->self, self->from->slot, text);
	size = strlen(command);
	command[size++] = '\n';
	for (at = 0; at < size; at += PIECE)
		listener->raw(listener->self, self->from->name, now_ns, '>', (const uint8_t *)command + at, size - at < PIECE ? size - at : PIECE);
}

static void start_wanted(struct tool_instrument *self, int64_t now_ns)
{
	const struct bench_call *call = self->upgrade.wanted;
	struct error error;

	if (self->upgrade.end_wanted)
		tool_upgrade_ended(&self->upgrade, now_ns, NULL, NULL);
	else if (!prepare(self, call, &error))
		tool_upgrade_ended(&self->upgrade, now_ns, NULL, &error);
	else if (tell_what_is_run(self, now_ns), !tool_process_start(&self->process, self->arguments.argv, &error))
		tool_upgrade_ended(&self->upgrade, now_ns, NULL, &error);
}

/* Whether it ever began, nobody has said. */
static void ended_unseen(struct tool_instrument *self, int64_t now_ns)
{
	struct error error;

	if (self->upgrade.wanted)
		tool_upgrade_started(&self->upgrade, now_ns);
	(void)error_set(&error, FAULT_RIG, "the program does not end, and may still be at work");
	tool_upgrade_ended(&self->upgrade, now_ns, NULL, &error);
}

static void serve(struct tool_instrument *self, int64_t now_ns)
{
	if (self->upgrade.given_up) {
		tool_process_kill(&self->process);
		ended_unseen(self, now_ns);
	}
	while (self->upgrade.wanted && self->process.keeper == 0)
		start_wanted(self, now_ns);
	if (self->upgrade.end_wanted)
		tool_process_end(&self->process);
}

/* ---- Output ---- */

/* False: there is none now. */
static bool read_piece(struct tool_instrument *self, int64_t now_ns)
{
	uint8_t piece[PIECE];
	size_t size = tool_process_read(&self->process, piece, sizeof piece);

	if (size > 0)
		tool_upgrade_heard(&self->upgrade, now_ns, piece, size);
	return size > 0;
}

static void read_output(struct tool_instrument *self, int64_t now_ns)
{
	size_t pieces = TOOL_READ_BYTES / PIECE;

	while (pieces > 0 && read_piece(self, now_ns))
		pieces--;
	self->read_again_ns = pieces == 0 ? now_ns + TOOL_READ_NS : now_ns;
}

/* ---- The keeper's words ---- */

/* Its writers are gone, so what is left is a pipe's content at most. */
static void read_rest(struct tool_instrument *self, int64_t now_ns)
{
	size_t pieces = 1024 * 1024 / PIECE;

	while (pieces > 0 && read_piece(self, now_ns))
		pieces--;
}

static void not_started(struct tool_instrument *self, int64_t now_ns, int number)
{
	struct error error;

	(void)error_set_errno(&error, FAULT_CONFIGURATION, number, "%s cannot be started", self->arguments.argv[0]);
	tool_process_close(&self->process);
	tool_upgrade_ended(&self->upgrade, now_ns, NULL, &error);
}

static void tell_left(const struct tool_instrument *self, int count)
{
	const struct instrument_listener *listener = self->upgrade.listener;
	char text[FREE_TEXT_SIZE];

	(void)snprintf(text, sizeof text, count == 1 ? "the program left %d process behind, which was ended"
						     : "the program left %d processes behind, which were ended", count);
	listener->note(listener->self, self->from->slot, text);
}

static void ended(struct tool_instrument *self, int64_t now_ns, const struct keeper_report *report)
{
	bool good = WIFEXITED(report->number) && WEXITSTATUS(report->number) == 0;
	bool transfer = self->upgrade.call == &self->from->loader->tool.transfer;
	char text[60];
	struct error error;

	if (WIFEXITED(report->number))
		(void)snprintf(text, sizeof text, "ended with %d", WEXITSTATUS(report->number));
	else
		(void)snprintf(text, sizeof text, "was ended by signal %d", WTERMSIG(report->number));
	read_rest(self, now_ns);
	tool_process_close(&self->process);
	if (report->left_behind > 0)
		tell_left(self, report->left_behind);
	if (report->lives) {
		ended_unseen(self, now_ns);
	} else if (good && transfer && !is_the_image(self, &error)) {
		tool_upgrade_ended(&self->upgrade, now_ns, NULL, &error);
	} else {
		tool_upgrade_ended(&self->upgrade, now_ns, good ? NULL : text, NULL);
	}
}

static void hear_keeper(struct tool_instrument *self, int64_t now_ns)
{
	struct keeper_report report;

	while (tool_process_report(&self->process, &report)) {
		switch (report.word) {
		case KEEPER_STARTED:
			tool_upgrade_started(&self->upgrade, now_ns);
			break;
		case KEEPER_NOT_STARTED:
			not_started(self, now_ns, report.number);
			return;
		case KEEPER_ENDED:
			ended(self, now_ns, &report);
			return;
		}
	}
}

/* ---- The contract ---- */

static int descriptors(const struct instrument *instrument, int fds[INSTRUMENT_DESCRIPTORS_MAX])
{
	const struct tool_instrument *self = (const struct tool_instrument *)instrument;
	int count = 0;

	if (self->process.report >= 0)
		fds[count++] = self->process.report;
	if (self->process.output >= 0 && self->read_again_ns == 0)
		fds[count++] = self->process.output;
	return count;
}

static void ready(struct instrument *instrument, int fd, int64_t now_ns)
{
	struct tool_instrument *self = of(instrument);

	if (fd == self->process.output)
		read_output(self, now_ns);
	else
		hear_keeper(self, now_ns);
	if (self->read_again_ns <= now_ns)
		self->read_again_ns = 0;
	serve(self, now_ns);
}

static int64_t deadline(const struct instrument *instrument)
{
	const struct tool_instrument *self = (const struct tool_instrument *)instrument;
	int64_t deadline_ns = tool_upgrade_deadline(&self->upgrade);

	return self->read_again_ns != 0 && self->read_again_ns < deadline_ns ? self->read_again_ns : deadline_ns;
}

static void tick(struct instrument *instrument, int64_t now_ns)
{
	struct tool_instrument *self = of(instrument);

	if (self->read_again_ns <= now_ns)
		self->read_again_ns = 0;
	tool_upgrade_tick(&self->upgrade, now_ns);
	serve(self, now_ns);
}

static void ask(struct instrument *instrument, int slot, enum upgrade_ask ask, int64_t now_ns)
{
	struct tool_instrument *self = of(instrument);

	(void)slot;
	tool_upgrade_ask(&self->upgrade, ask, now_ns);
	serve(self, now_ns);
}

static bool is_program(const char *path)
{
	return access(path, X_OK) == 0;
}

/* As execvp looks for it. */
static bool is_found(const char *program)
{
	const char *folders = getenv("PATH"), *end;
	char path[PATH_MAX];

	if (strchr(program, '/'))
		return is_program(program);
	for (; folders && *folders; folders = *end ? end + 1 : end) {
		end = folders + strcspn(folders, ":");
		if ((size_t)snprintf(path, sizeof path, "%.*s/%s", (int)(end - folders), folders, program) < sizeof path && is_program(path))
			return true;
	}
	return false;
}

static enum instrument_state state(const struct instrument *instrument, char *text, size_t size)
{
	const struct tool_instrument *self = (const struct tool_instrument *)instrument;
	const struct bench_tool *tool = &self->from->loader->tool;
	const struct bench_call *calls[] = {&tool->transfer, &tool->verify, &tool->activate, &tool->version};
	struct text line;
	size_t i;

	text_init(&line, text, size);
	for (i = 0; i < sizeof calls / sizeof *calls; i++) {
		const char *program = calls[i]->arguments;

		if (calls[i]->count == 0 || strchr(program, '{') || is_found(program))
			continue;
		text_format(&line, "there is no program '%s'", program);
		return INSTRUMENT_NEVER;
	}
	text_put(&line, tool->transfer.arguments);
	return INSTRUMENT_READY;
}

static void close_instrument(struct instrument *instrument)
{
	struct tool_instrument *self = of(instrument);

	tool_process_close(&self->process);
	sha256_free(self->sha256);
	free(self);
}

struct instrument *tool_instrument_start(const struct driver_start *start, int instrument, struct error *error)
{
	static const struct instrument_kind kind = {.descriptors = descriptors, .ready = ready, .deadline = deadline, .tick = tick, .upgrade = ask,
						    .state = state, .close = close_instrument};
	const struct bench_instrument *from = &start->bench->instruments[instrument];
	struct tool_instrument *self = calloc(1, sizeof *self);

	if (!self) {
		(void)error_set(error, FAULT_ENVIRONMENT, "no memory");
		return NULL;
	}
	self->base = (struct instrument){&kind, instrument};
	self->from = from;
	self->slot = start->bench->slots[from->slot].name;
	self->image = start->image;
	self->device = start->image ? start->image->meters[from->slot] : NULL;
	self->process = TOOL_PROCESS_NONE;
	self->sha256 = sha256_new();
	if (tool_upgrade_init(&self->upgrade, start, instrument, error))
		return &self->base;
	sha256_free(self->sha256);
	free(self);
	return NULL;
}
