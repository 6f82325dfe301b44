/* Send and expect, line by line. */

#include "drivers/loader/dialog.h"
#include "rig/base/text.h"

#include <assert.h>
#include <string.h>

enum judged { JUDGED_NOTHING, JUDGED_EXPECTED, JUDGED_REFUSED };

void dialog_init(struct dialog *dialog, const struct dialog_step *steps, size_t step_count)
{
	assert(step_count >= 1 && step_count <= DIALOG_STEPS_MAX);
	*dialog = (struct dialog){.step_count = step_count};
	memcpy(dialog->steps, steps, step_count * sizeof *steps);
}

/* ---- Steps ------------------------------------------------------------------------------------------------------ */

static void compile(struct pattern *pattern, const char *text)
{
	bool readable = !*text || pattern_compile(pattern, text, NULL);

	assert(readable);
	(void)readable;
}

static void begin_exchange(struct dialog *dialog, int64_t t_ns, struct session_output *output)
{
	const struct dialog_step *step = &dialog->steps[dialog->step];
	size_t size = strlen(step->send);

	assert(size <= SESSION_OUTPUT_SIZE - output->size);
	memcpy(output->bytes + output->size, step->send, size);
	output->size += size;
	dialog->sent |= size > 0;
	compile(&dialog->expect, step->expect);
	compile(&dialog->refuse, step->refuse);
	dialog->line_size = 0;
	dialog->last_line[0] = '\0';
	dialog->state = DIALOG_TALKING;
	dialog->deadline_ns = t_ns + step->within_ns;
}

static bool listens(const struct dialog_step *step)
{
	return *step->expect || *step->refuse;
}

/* ---- The line --------------------------------------------------------------------------------------------------- */

static bool wants_line(const struct dialog_step *step)
{
	return step->line.baud != 0 || step->line.dtr != PORT_LINE_LEAVE || step->line.rts != PORT_LINE_LEAVE || step->break_ns > 0;
}

/* Before its exchange a step may have something to do that takes its time. */
static bool prepares(const struct dialog_step *step)
{
	return wants_line(step) || step->wait_ns > 0;
}

static void pause(struct dialog *dialog, enum dialog_state state, int64_t until_ns)
{
	dialog->state = state;
	dialog->deadline_ns = until_ns;
}

/* With a break its beginning is asked for at once; it ends by a second request. */
static void begin_preparing(struct dialog *dialog, int64_t t_ns, struct session_output *output)
{
	const struct dialog_step *step = &dialog->steps[dialog->step];

	if (!wants_line(step)) {
		pause(dialog, DIALOG_PAUSING, t_ns + step->wait_ns);
		return;
	}
	output->line = step->line;
	output->line.brk = step->break_ns > 0 ? PORT_LINE_ON : PORT_LINE_LEAVE;
	pause(dialog, DIALOG_SETTING, t_ns + DIALOG_LINE_NS);
}

static void take_line(struct dialog *dialog, int64_t t_ns)
{
	const struct dialog_step *step = &dialog->steps[dialog->step];

	if (dialog->state == DIALOG_SETTING && step->break_ns > 0)
		pause(dialog, DIALOG_BREAKING, t_ns + step->break_ns);
	else if (dialog->state == DIALOG_SETTING || dialog->state == DIALOG_MENDING)
		pause(dialog, DIALOG_PAUSING, t_ns + step->wait_ns);
}

/* Steps that expect nothing are done as soon as they are sent. */
static void go_on(struct dialog *dialog, int64_t t_ns, struct session_output *output)
{
	for (; dialog->step < dialog->step_count; dialog->step++) {
		if (prepares(&dialog->steps[dialog->step]) && dialog->state == DIALOG_TALKING) {
			begin_preparing(dialog, t_ns, output);
			return;
		}
		begin_exchange(dialog, t_ns, output);
		if (listens(&dialog->steps[dialog->step]))
			return;
	}
	dialog->step = dialog->step_count - 1;
	output->state = SESSION_DONE;
}

static void next_step(struct dialog *dialog, int64_t t_ns, struct session_output *output)
{
	dialog->step++;
	go_on(dialog, t_ns, output);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------ */

/* Of a line of the device's, what can be shown. */
static void copy_shown(char *to, size_t size, const char *from, size_t length)
{
	size_t i;

	for (i = 0; i < length && i + 1 < size; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	to[i] = '\0';
}

static bool fits(const struct dialog *dialog, const struct pattern *pattern, bool ended, struct pattern_match *match)
{
	return (ended || !pattern_has(pattern, CAPTURE_GROUP)) &&
	       pattern_find(pattern, dialog->line, dialog->line_size, match);
}

static enum judged judge_line(struct dialog *dialog, bool ended)
{
	const struct dialog_step *step = &dialog->steps[dialog->step];
	struct pattern_match match;

	if (dialog->line_size == 0)
		return JUDGED_NOTHING;
	if (*step->refuse && fits(dialog, &dialog->refuse, ended, &match))
		return JUDGED_REFUSED;
	if (!*step->expect || !fits(dialog, &dialog->expect, ended, &match))
		return JUDGED_NOTHING;
	if (match.there >> CAPTURE_GROUP & 1)
		copy_shown(dialog->answer, sizeof dialog->answer, dialog->line + match.begin[CAPTURE_GROUP],
		           (size_t)match.end[CAPTURE_GROUP] - match.begin[CAPTURE_GROUP]);
	return JUDGED_EXPECTED;
}

static void name_step(const struct dialog *dialog, struct session_output *output)
{
	if (dialog->step_count > 1)
		error_prefix(&output->error, "%s, step %zu", dialog->steps[dialog->step].name, dialog->step + 1);
	else
		error_prefix(&output->error, "%s", dialog->steps[dialog->step].name);
}

static void refuse(struct dialog *dialog, struct session_output *output)
{
	copy_shown(dialog->last_line, sizeof dialog->last_line, dialog->line, dialog->line_size);
	dialog->refused = true;
	output->state = SESSION_FAILED;
	error_set(&output->error, FAULT_DEVICE, "the device refused: '%s'", dialog->last_line);
	name_step(dialog, output);
}

/* True when the step is over. */
static bool act_on(struct dialog *dialog, enum judged judged, int64_t t_ns, struct session_output *output)
{
	if (judged == JUDGED_REFUSED)
		refuse(dialog, output);
	else if (judged == JUDGED_EXPECTED)
		next_step(dialog, t_ns, output);
	return judged != JUDGED_NOTHING;
}

static void add_byte(struct dialog *dialog, char byte)
{
	if (dialog->line_size == DIALOG_LINE_SIZE) {
		memmove(dialog->line, dialog->line + DIALOG_LINE_SIZE / 2, DIALOG_LINE_SIZE / 2);
		dialog->line_size = DIALOG_LINE_SIZE / 2;
	}
	dialog->line[dialog->line_size++] = byte;
}

static bool end_line(struct dialog *dialog, int64_t t_ns, struct session_output *output)
{
	if (act_on(dialog, judge_line(dialog, true), t_ns, output))
		return true;
	if (dialog->line_size > 0)
		copy_shown(dialog->last_line, sizeof dialog->last_line, dialog->line, dialog->line_size);
	dialog->line_size = 0;
	return false;
}

/*
 * What follows the end of a step was sent before the next one: it is dropped. After the last step it is left to the caller.
 * A long line is looked at before it loses its first half.
 */
static void take_bytes(struct dialog *dialog, const struct session_event *event, struct session_output *output)
{
	char byte;

	for (dialog->used = 0; dialog->used < event->size; ) {
		byte = (char)event->bytes[dialog->used++];
		if (byte == '\r' || byte == '\n') {
			if (end_line(dialog, event->t_ns, output))
				return;
			continue;
		}
		if (dialog->line_size == DIALOG_LINE_SIZE && act_on(dialog, judge_line(dialog, true), event->t_ns, output))
			return;
		add_byte(dialog, byte);
	}
	(void)act_on(dialog, judge_line(dialog, false), event->t_ns, output);
}

/* ---- Events ----------------------------------------------------------------------------------------------------- */

static void fail(const struct dialog *dialog, struct session_output *output, enum fault fault, const char *what)
{
	output->state = SESSION_FAILED;
	error_set(&output->error, fault, "%s", what);
	name_step(dialog, output);
	if (dialog->state == DIALOG_BREAKING || dialog->state == DIALOG_SETTING || dialog->state == DIALOG_MENDING)
		output->line.brk = PORT_LINE_OFF; /* a break must not outlast it */
}

/* A break has lasted, or a pause is over. */
static void end_pause(struct dialog *dialog, int64_t t_ns, struct session_output *output)
{
	if (dialog->state == DIALOG_BREAKING) {
		output->line.brk = PORT_LINE_OFF;
		pause(dialog, DIALOG_MENDING, t_ns + DIALOG_LINE_NS);
	} else if (dialog->state == DIALOG_PAUSING) {
		go_on(dialog, t_ns, output);
	} else {
		fail(dialog, output, FAULT_RIG, "the line could not be set as wanted");
	}
}

static void run_out(struct dialog *dialog, int64_t t_ns, struct session_output *output)
{
	const struct dialog_step *step = &dialog->steps[dialog->step];

	if (t_ns >= dialog->deadline_ns && dialog->state != DIALOG_TALKING) {
		end_pause(dialog, t_ns, output);
		return;
	}
	if (t_ns < dialog->deadline_ns || act_on(dialog, judge_line(dialog, true), t_ns, output))
		return;
	if (!*step->expect) {
		next_step(dialog, t_ns, output);
		return;
	}
	if (dialog->line_size > 0)
		copy_shown(dialog->last_line, sizeof dialog->last_line, dialog->line, dialog->line_size);
	output->state = SESSION_FAILED;
	error_set(&output->error, FAULT_RIG, "nothing came within %.1f s that fits '%s'; %s%s%s",
	          (double)step->within_ns / (double)NS_PER_S, step->expect,
	          *dialog->last_line ? "the last line was '" : "nothing came at all", dialog->last_line,
	          *dialog->last_line ? "'" : "");
	name_step(dialog, output);
}

static void step(void *self, const struct session_event *event, struct session_output *output)
{
	struct dialog *dialog = self;

	output->size = 0;
	output->state = SESSION_RUNNING;
	output->done_bytes = output->total_bytes = 0;
	switch (event->kind) {
	case SESSION_START:
		dialog->step = 0;
		dialog->state = DIALOG_TALKING;
		dialog->refused = dialog->sent = false;
		dialog->answer[0] = '\0';
		go_on(dialog, event->t_ns, output);
		break;
	case SESSION_BYTES:
		dialog->used = event->size;
		if (dialog->state == DIALOG_TALKING)
			take_bytes(dialog, event, output);
		break;
	case SESSION_LINE:
		take_line(dialog, event->t_ns);
		break;
	case SESSION_DEADLINE:
		run_out(dialog, event->t_ns, output);
		break;
	case SESSION_LOST:
		fail(dialog, output, FAULT_RIG, "the line was lost");
		break;
	case SESSION_CANCEL:
		fail(dialog, output, FAULT_OPERATOR, "cancelled");
		break;
	}
	output->deadline_ns = output->state == SESSION_RUNNING ? dialog->deadline_ns : INSTANT_NEVER;
}

struct session dialog_session(struct dialog *dialog)
{
	static const struct session_kind kind = {"dialog", step};

	return (struct session){&kind, dialog};
}
