/* Lines as messages between four parties. */

#include "rig/dashboard/ladder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct message *add(struct model_slot *slot, const struct record *record, enum party from, enum party to, const char *format, ...)
	PRINTF_LIKE(5, 6);

static struct message *add(struct model_slot *slot, const struct record *record, enum party from, enum party to, const char *format, ...)
{
	struct message *message = &slot->messages[slot->message_count++ % LADDER_MAX];
	va_list list;

	*message = (struct message){.said = {true, record->t_ns, record->seq}, .from = from, .to = to};
	va_start(list, format);
	(void)vsnprintf(message->text, sizeof message->text, format, list);
	va_end(list);
	return message;
}

/* The meter feeds the hub, so an edge of the sense between them is the meter's. One that repeats a level says nothing new. */
static void take_edge(const struct model *model, struct model_slot *slot, const struct record *record)
{
	bool high = record->data.edge.level != 0;
	const char *name = record->data.edge.channel;

	if (slot->supply >= 0 && strcmp(model->channels[slot->supply].name, name) == 0)
		(void)add(slot, record, PARTY_METER, PARTY_HUB, high ? "supply back" : "SUPPLY GONE");
	else if (slot->ac_lost >= 0 && strcmp(model->channels[slot->ac_lost].name, name) == 0)
		(void)add(slot, record, PARTY_METER, PARTY_HUB, high ? "AC LO: no mains" : "AC LO ends");
}

static void take_phase(struct model_slot *slot, const struct record *record)
{
	static const char *const words[] = {[PHASE_IDLE] = "", [PHASE_ENTER] = "enter the loader", [PHASE_TRANSFER] = "image, from its first block",
					    [PHASE_VERIFY] = "verify", [PHASE_HOLD] = "hold", [PHASE_ACTIVATE] = "", [PHASE_CONFIRM] = "which version?"};

	if (words[record->data.phase.phase][0])
		(void)add(slot, record, PARTY_RIG, PARTY_METER, "%s", words[record->data.phase.phase]);
}

static void take_activation(struct model_slot *slot, const struct record *record)
{
	switch (record->data.activation.state) {
	case ACTIVATION_ANNOUNCED:
		break;
	case ACTIVATION_SENT:
		(void)add(slot, record, PARTY_RIG, PARTY_METER, "ACTIVATE %.24s", record->data.activation.firmware_to);
		break;
	case ACTIVATION_ACCEPTED:
		(void)add(slot, record, PARTY_METER, PARTY_RIG, "accepted");
		break;
	case ACTIVATION_REFUSED:
		(void)add(slot, record, PARTY_METER, PARTY_RIG, "REFUSED");
		break;
	case ACTIVATION_UNKNOWN:
		(void)add(slot, record, PARTY_METER, PARTY_RIG, "no answer: in doubt");
		break;
	}
}

/* Whom an observer listens to: at the point "hub" the hub itself, at every other the network behind it. */
static enum party heard_from(const struct model_slot *slot, const char *observer)
{
	int i;

	for (i = 0; i < slot->observer_count; i++)
		if (strcmp(slot->observers[i].name, observer) == 0)
			return strcmp(slot->observers[i].point, "hub") == 0 ? PARTY_HUB : PARTY_DCC;
	return PARTY_HUB;
}

static void take_alert(struct model_slot *slot, const struct record *record)
{
	enum party from = heard_from(slot, record->data.alert.observer);
	struct message *message = add(slot, record, from, PARTY_RIG, "%s (%.24s)%s", record->data.alert.code, record->data.alert.observer,
				      record->data.alert.count > 1 ? " and more" : "");

	message->alert = true;
}

static void take_hub(struct model_slot *slot, const struct record *record)
{
	static const char *const words[] = {[HUB_READY] = "ready", [HUB_RESTART] = "restarts by itself", [HUB_UPGRADE] = "upgrades itself",
					    [HUB_UNSEATED] = "taken off its socket", [HUB_SEATED] = "seated"};

	(void)add(slot, record, PARTY_HUB, PARTY_RIG, "%s", words[record->data.hub.event]);
}

void ladder_take(struct model *model, struct model_slot *slot, const struct record *record)
{
	switch ((int)record->kind) {
	case RECORD_EDGE:
		take_edge(model, slot, record);
		break;
	case RECORD_PHASE:
		take_phase(slot, record);
		break;
	case RECORD_ACTIVATION:
		take_activation(slot, record);
		break;
	case RECORD_ALERT:
		take_alert(slot, record);
		break;
	case RECORD_HUB:
		take_hub(slot, record);
		break;
	case RECORD_IDENTITY:
		(void)add(slot, record, record->data.identity.role == ROLE_METER ? PARTY_METER : PARTY_HUB, PARTY_RIG, "I run %.24s",
			  record->data.identity.firmware);
		break;
	case RECORD_COMMAND:
		(void)add(slot, record, PARTY_RIG, PARTY_METER, "%.24s %.20s", record->data.command.channel, record->data.command.value);
		break;
	default:
		break;
	}
}
