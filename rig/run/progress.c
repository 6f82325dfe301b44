/* A journal's lines as sentences; most kinds are not worth one. */

#include "rig/run/progress.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

#define TRANSFER_TOLD_PERCENT 10
#define TRANSFER_TOLD_NS NS_PER_MIN

/* NULL: none, and there is no room for one. */
static struct onlooker_slot *slot_of(struct onlooker *onlooker, const char *slot)
{
	int i;

	for (i = 0; i < onlooker->slot_count; i++)
		if (strcmp(onlooker->slots[i].slot, slot) == 0)
			return &onlooker->slots[i];
	if (onlooker->slot_count == BENCH_SLOTS_MAX)
		return NULL;
	text_copy(onlooker->slots[onlooker->slot_count].slot, SLOT_NAME_SIZE, slot);
	return &onlooker->slots[onlooker->slot_count++];
}

static void describe_transfer(struct onlooker *onlooker, struct text *text, const struct record *record)
{
	struct onlooker_slot *of = record->slot[0] ? slot_of(onlooker, record->slot) : NULL;
	int percent;

	if (!of)
		return;
	transfer_take(&of->transfer, record);
	if (record->kind != RECORD_PROGRESS) {
		of->told_percent = 0;
		return;
	}
	percent = transfer_percent(&of->transfer);
	if (of->told_percent > 0 && percent < of->told_percent + TRANSFER_TOLD_PERCENT && percent < 100 &&
	    record->t_ns < of->told_ns + TRANSFER_TOLD_NS)
		return;
	of->told_percent = percent;
	of->told_ns = record->t_ns;
	text_put(text, "image: ");
	transfer_put(text, &of->transfer);
}

static void describe(struct text *text, const struct record *record)
{
	switch (record->kind) {
	case RECORD_RUN:
		text_format(text, "run %s: %s on bench %s", record->data.run.run, record->data.run.scenario,
			    record->data.run.bench);
		break;
	case RECORD_EDGE:
		text_format(text, "%s %s", record->data.edge.channel, record->data.edge.level ? "rises" : "falls");
		break;
	case RECORD_HEALTH:
		text_format(text, "observer %s: %s%s%s", record->data.health.observer,
			    record->data.health.healthy ? "heard" : "not heard", record->data.health.why[0] ? ": " : "",
			    record->data.health.why);
		break;
	case RECORD_ALERT:
		text_format(text, "%s seen by %s", record->data.alert.code, record->data.alert.observer);
		break;
	case RECORD_ACTIVATION:
		text_format(text, "activation %s -> %s: %s", record->data.activation.firmware_from,
			    record->data.activation.firmware_to,
			    record->data.activation.state == ACTIVATION_ANNOUNCED ? "announced" :
			    record->data.activation.state == ACTIVATION_SENT ? "sent" :
			    record->data.activation.state == ACTIVATION_ACCEPTED ? "accepted" :
			    record->data.activation.state == ACTIVATION_REFUSED ? "refused" : "in doubt");
		break;
	case RECORD_IDENTITY:
		text_format(text, "the meter runs %s", record->data.identity.firmware);
		break;
	case RECORD_GATE:
		text_format(text, "gate %s: %s", record->data.gate.state == GATE_PASSED ? "open" :
			    record->data.gate.state == GATE_WAITING ? "waits" : "closed for good", record->data.gate.text);
		break;
	case RECORD_STEP:
		text_format(text, "step %d %s: %s%s%s", (int)record->data.step.step + 1, record->data.step.verb,
			    record->data.step.state == STEP_BEGIN ? "begins" : record->data.step.state == STEP_DONE ? "done" :
			    record->data.step.state == STEP_FAILED ? "failed" : "skipped",
			    record->data.step.text[0] ? ", " : "", record->data.step.text);
		break;
	case RECORD_SAFETY:
		text_format(text, "%s %s", record->data.safety.input == SAFETY_ARM ? "arm" :
			    record->data.safety.input == SAFETY_ESTOP ? "emergency stop" :
			    record->data.safety.input == SAFETY_DOOR ? "door" :
			    record->data.safety.input == SAFETY_LAB_POWER ? "the lab's power" : "temperature",
			    record->data.safety.ok ? "ok" : "NOT OK");
		break;
	case RECORD_FAULT:
		text_format(text, "FAULT (%s) %s: %s", fault_name(record->data.fault.domain), record->data.fault.code,
			    record->data.fault.text);
		break;
	case RECORD_NOTE:
		text_put(text, record->data.note.text);
		break;
	case RECORD_END:
		text_put(text, "ALL OFF (not isolated)");
		break;
	case RECORD_BOOT:
	case RECORD_DOCUMENT:
	case RECORD_RULE:
	case RECORD_IMAGE:
	case RECORD_TERM:
	case RECORD_EXPECT:
	case RECORD_SLOT:
	case RECORD_DEVICE:
	case RECORD_BAND:
	case RECORD_OBSERVER:
	case RECORD_START:
	case RECORD_LEVEL:
	case RECORD_READING:
	case RECORD_ANNOUNCE:
	case RECORD_COMMAND:
	case RECORD_READBACK:
	case RECORD_CONTROL:
	case RECORD_WATCH:
	case RECORD_PHASE:
	case RECORD_PROGRESS:
	case RECORD_HUB:
	case RECORD_PROTECTION:
	case RECORD_CLOCK:
	case RECORD_PROMPT:
	case RECORD_VERDICT:
	case RECORD_RAW:
	case RECORD_KIND_COUNT:
		break;
	}
}

/* What a device said must not steer the terminal that shows it: C0, DEL, and C1 as UTF-8. */
static void tame(char *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i], next = (unsigned char)bytes[i + 1];

		if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next >= 0x80 && next < 0xa0))
			bytes[i] = '?';
		if (byte == 0xc2 && bytes[i] == '?')
			bytes[i + 1] = '?';
	}
}

bool progress_line(char line[PROGRESS_LINE_SIZE], struct onlooker *onlooker, const struct record *record)
{
	char bytes[600];
	struct text text;

	text_init(&text, bytes, sizeof bytes);
	if (record->kind == RECORD_PROGRESS || record->kind == RECORD_PHASE || record->kind == RECORD_STEP)
		describe_transfer(onlooker, &text, record);
	describe(&text, record);
	if (text.used == 0)
		return false;
	tame(bytes, text.used);
	(void)snprintf(line, PROGRESS_LINE_SIZE, "%12.3f s  %-8s %s", (double)record->t_ns / 1e9, record->slot, bytes);
	return true;
}

void progress_print(struct onlooker *onlooker, const struct record *record)
{
	char line[PROGRESS_LINE_SIZE];

	if (!progress_line(line, onlooker, record))
		return;
	printf("%s\n", line);
	(void)fflush(stdout);
}
