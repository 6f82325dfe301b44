/* Tasks, and the one program that each of them is at. */

#include "drivers/tool/tool_upgrade.h"

#include "rig/base/text.h"

#include <stdio.h>
#include <stdlib.h>

bool tool_upgrade_init(struct tool_upgrade *upgrade, const struct driver_start *start, int instrument, struct error *error)
{
	const struct bench_instrument *from = &start->bench->instruments[instrument];

	*upgrade = (struct tool_upgrade){.phase = PHASE_IDLE, .listener = start->listener, .settings = &from->loader->tool, .slot = from->slot,
					 .name = from->name, .next = ASK_CANCEL, .deadline_ns = INSTANT_NEVER};
	if (start->image)
		upgrade->image_size = (int64_t)start->image->size;
	if (start->was_activated && start->was_activated[from->slot]) {
		upgrade->activation_sent = true;
		upgrade->phase = PHASE_CONFIRM;
	}
	return pattern_compile(&upgrade->progress, upgrade->settings->progress, error) &&
	       pattern_compile(&upgrade->expect, upgrade->settings->expect, error);
}

const char *tool_upgrade_phase(const struct tool_upgrade *upgrade, const struct bench_call *call)
{
	const struct bench_tool *settings = upgrade->settings;

	return call == &settings->transfer ? "transfer" : call == &settings->verify ? "verify" : call == &settings->activate ? "activate" : "version";
}

static void tell(struct tool_upgrade *upgrade, int64_t now_ns, struct upgrade_report report)
{
	report.phase = upgrade->phase;
	upgrade->listener->upgrade(upgrade->listener->self, upgrade->slot, now_ns, &report);
}

static void want(struct tool_upgrade *upgrade, const struct bench_call *call, int64_t now_ns)
{
	upgrade->wanted = upgrade->call = call;
	upgrade->deadline_ns = now_ns + call->within_ns;
	upgrade->end_wanted = upgrade->given_up = upgrade->cancelled = upgrade->late = false;
	upgrade->percent = 0;
	upgrade->version[0] = upgrade->last_line[0] = '\0';
	upgrade->output_size = upgrade->line_size = 0;
}

/* ---- Asked ---- */

static void begin(struct tool_upgrade *upgrade, enum upgrade_ask ask, int64_t now_ns)
{
	struct error error;

	switch (ask) {
	case ASK_TRANSFER:
		upgrade->task = TOOL_TRANSFER;
		upgrade->phase = PHASE_TRANSFER;
		want(upgrade, &upgrade->settings->transfer, now_ns);
		break;
	case ASK_ACTIVATE:
		if (upgrade->activation_sent) {
			(void)error_set(&error, FAULT_RIG, "activate: the program has been started already; it is never started twice");
			tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_FAILED, .error = &error});
			break;
		}
		upgrade->task = TOOL_ACTIVATE;
		upgrade->phase = PHASE_ACTIVATE;
		want(upgrade, &upgrade->settings->activate, now_ns);
		break;
	case ASK_VERSION:
		upgrade->task = TOOL_VERSION;
		if (upgrade->activation_sent)
			upgrade->phase = PHASE_CONFIRM;
		want(upgrade, &upgrade->settings->version, now_ns);
		break;
	case ASK_CANCEL:
		break;
	}
}

static void want_end(struct tool_upgrade *upgrade, int64_t now_ns)
{
	if (!upgrade->end_wanted)
		upgrade->deadline_ns = now_ns + TOOL_END_NS;
	upgrade->end_wanted = true;
}

/* What was asked while the last program ended. */
static void begin_next(struct tool_upgrade *upgrade, enum upgrade_ask next, int64_t now_ns)
{
	struct error error;

	if (next != ASK_ACTIVATE || now_ns - upgrade->next_ns <= TOOL_ONCE_NS) {
		begin(upgrade, next, now_ns);
		return;
	}
	(void)error_set(&error, FAULT_RIG, "activate: the program was not started: another one did not end in time");
	tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_FAILED, .error = &error});
}

void tool_upgrade_ask(struct tool_upgrade *upgrade, enum upgrade_ask ask, int64_t now_ns)
{
	if (!upgrade->call) {
		begin(upgrade, ask, now_ns);
		return;
	}
	upgrade->next = ask;
	upgrade->next_ns = now_ns;
	upgrade->cancelled = true;
	want_end(upgrade, now_ns);
}

/* ---- Its output ---- */

static int percents(const char *text, size_t size)
{
	char digits[4] = "";
	long percent;

	if (size == 0 || size >= sizeof digits)
		return 0;
	memcpy(digits, text, size);
	percent = strtol(digits, NULL, 10);
	return percent > 100 ? 100 : (int)percent;
}

static void take_progress(struct tool_upgrade *upgrade, int64_t now_ns)
{
	struct pattern_match match;
	int percent;

	if (!pattern_find(&upgrade->progress, upgrade->line, upgrade->line_size, &match))
		return;
	percent = percents(upgrade->line + match.begin[CAPTURE_GROUP], (size_t)(match.end[CAPTURE_GROUP] - match.begin[CAPTURE_GROUP]));
	if (percent <= upgrade->percent)
		return;
	upgrade->percent = percent;
	tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_PROGRESS, .done_bytes = upgrade->image_size * percent / 100,
						      .total_bytes = upgrade->image_size});
}

static void take_version(struct tool_upgrade *upgrade)
{
	struct pattern_match match;
	size_t size;

	if (!pattern_find(&upgrade->expect, upgrade->line, upgrade->line_size, &match))
		return;
	size = (size_t)(match.end[CAPTURE_GROUP] - match.begin[CAPTURE_GROUP]);
	if (size == 0 || size >= sizeof upgrade->version)
		return;
	memcpy(upgrade->version, upgrade->line + match.begin[CAPTURE_GROUP], size);
	upgrade->version[size] = '\0';
}

static void take_line(struct tool_upgrade *upgrade, int64_t now_ns)
{
	if (upgrade->line_size == 0)
		return;
	upgrade->line[upgrade->line_size] = '\0';
	text_copy(upgrade->last_line, sizeof upgrade->last_line, upgrade->line);
	if (upgrade->call == &upgrade->settings->transfer)
		take_progress(upgrade, now_ns);
	else if (upgrade->call == &upgrade->settings->version)
		take_version(upgrade);
	upgrade->line_size = 0;
}

static void keep(struct tool_upgrade *upgrade, int64_t now_ns, const uint8_t *bytes, size_t size)
{
	size_t room = TOOL_OUTPUT_MAX - upgrade->output_size, kept = size < room ? size : room;

	if (kept > 0)
		upgrade->listener->raw(upgrade->listener->self, upgrade->name, now_ns, '<', bytes, kept);
	upgrade->output_size += kept;
	if (kept < size && room > 0)
		upgrade->listener->note(upgrade->listener->self, upgrade->slot, "the program prints more than is kept of it");
}

void tool_upgrade_heard(struct tool_upgrade *upgrade, int64_t now_ns, const uint8_t *bytes, size_t size)
{
	size_t i;

	if (!upgrade->call)
		return;
	keep(upgrade, now_ns, bytes, size);
	for (i = 0; i < size; i++) {
		if (bytes[i] == '\n' || bytes[i] == '\r')
			take_line(upgrade, now_ns);
		else if (bytes[i] != '\0' && upgrade->line_size + 1 < sizeof upgrade->line)
			upgrade->line[upgrade->line_size++] = (char)bytes[i];
	}
}

/* ---- Its life ---- */

void tool_upgrade_started(struct tool_upgrade *upgrade, int64_t now_ns)
{
	upgrade->wanted = NULL;
	if (upgrade->call == &upgrade->settings->transfer)
		tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_FIRST_BLOCK}); /* nobody can say when it sends the first */
	if (upgrade->task == TOOL_ACTIVATE) {
		upgrade->activation_sent = true;
		tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_SENT});
	}
}

static void fail(struct tool_upgrade *upgrade, int64_t now_ns, const struct error *error)
{
	if (upgrade->task == TOOL_TRANSFER)
		upgrade->phase = PHASE_IDLE;
	if (upgrade->task == TOOL_ACTIVATE)
		upgrade->phase = upgrade->activation_sent ? PHASE_CONFIRM : PHASE_HOLD;
	upgrade->task = TOOL_IDLE;
	tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_FAILED, .error = error});
}

static void succeed(struct tool_upgrade *upgrade, int64_t now_ns, const struct bench_call *call)
{
	enum tool_task task = upgrade->task;

	if (call == &upgrade->settings->transfer && upgrade->settings->verify.count > 0) {
		upgrade->phase = PHASE_VERIFY;
		want(upgrade, &upgrade->settings->verify, now_ns);
		tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_PHASE});
		return;
	}
	upgrade->task = TOOL_IDLE;
	if (task == TOOL_TRANSFER) {
		upgrade->phase = PHASE_HOLD;
		tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_TRANSFERRED});
	} else if (task == TOOL_ACTIVATE) {
		upgrade->phase = PHASE_CONFIRM;
		tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_ACCEPTED});
	} else {
		if (upgrade->activation_sent)
			upgrade->phase = PHASE_IDLE;
		tell(upgrade, now_ns, (struct upgrade_report){.said = SAID_VERSION, .text = upgrade->version});
	}
}

/* False: it has done what was wanted. */
static bool has_failed(const struct tool_upgrade *upgrade, const struct bench_call *call, const char *text, const struct error *why,
		       struct error *error)
{
	const char *phase = tool_upgrade_phase(upgrade, call);
	const char *last = upgrade->last_line;

	if (why)
		*error = *why;
	else if (upgrade->cancelled)
		(void)error_set(error, FAULT_OPERATOR, "cancelled");
	else if (upgrade->late)
		(void)error_set(error, FAULT_RIG, "the program was not done within %lld s%s%.120s", (long long)(call->within_ns / NS_PER_S),
				last[0] ? "; its last line: " : "", last);
	else if (text)
		(void)error_set(error, FAULT_RIG, "the program %s%s%.120s", text, last[0] ? "; its last line: " : "", last);
	else if (call == &upgrade->settings->version && !upgrade->version[0])
		(void)error_set(error, FAULT_RIG, "the program ended well and printed no version%s%.120s", last[0] ? "; its last line: " : "", last);
	else
		return false;
	(void)error_prefix(error, "%s", phase);
	return true;
}

void tool_upgrade_ended(struct tool_upgrade *upgrade, int64_t now_ns, const char *text, const struct error *why)
{
	const struct bench_call *call = upgrade->call;
	enum upgrade_ask next = upgrade->next;
	struct error error;

	take_line(upgrade, now_ns);
	upgrade->wanted = upgrade->call = NULL;
	upgrade->end_wanted = upgrade->given_up = false;
	upgrade->next = ASK_CANCEL;
	upgrade->deadline_ns = INSTANT_NEVER;
	if (has_failed(upgrade, call, text, why, &error))
		fail(upgrade, now_ns, &error);
	else
		succeed(upgrade, now_ns, call);
	if (next != ASK_CANCEL && !upgrade->call)
		begin_next(upgrade, next, now_ns);
}

int64_t tool_upgrade_deadline(const struct tool_upgrade *upgrade)
{
	return upgrade->given_up ? INSTANT_NEVER : upgrade->deadline_ns;
}

void tool_upgrade_tick(struct tool_upgrade *upgrade, int64_t now_ns)
{
	if (tool_upgrade_deadline(upgrade) > now_ns)
		return;
	if (upgrade->end_wanted) {
		upgrade->given_up = true;
		return;
	}
	upgrade->late = true;
	want_end(upgrade, now_ns);
}
