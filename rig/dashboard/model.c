/* The fold: each kind of line to what it changes on a screen. */

#include "rig/dashboard/model.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/channel.h"
#include "rig/dashboard/ladder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct model *model_new(void)
{
	struct model *model = calloc(1, sizeof *model);

	assert(model);
	model->judge = judge_new(MODEL_SLOTS_MAX);
	model->slots = calloc(MODEL_SLOTS_MAX, sizeof *model->slots);
	model->channels = calloc(MODEL_CHANNELS_MAX, sizeof *model->channels);
	assert(model->slots && model->channels);
	model_clear(model);
	return model;
}

void model_free(struct model *model)
{
	if (!model)
		return;
	judge_free(model->judge);
	free(model->slots);
	free(model->channels);
	free(model);
}

void model_clear(struct model *model)
{
	const struct model was = *model;

	memset(model, 0, sizeof *model);
	model->judge = was.judge;
	model->slots = was.slots;
	model->channels = was.channels;
	judge_clear(model->judge);
	memset(model->safety, -1, sizeof model->safety);
}

static struct model_slot *slot_of(struct model *model, const char *name)
{
	int i;

	for (i = 0; i < model->slot_count; i++)
		if (strcmp(model->slots[i].name, name) == 0)
			return &model->slots[i];
	return NULL;
}

static struct said said_by(const struct record *record)
{
	return (struct said){true, record->t_ns, record->seq};
}

static void add_slot(struct model *model, const struct record *record)
{
	struct model_slot *slot;

	if (slot_of(model, record->slot))
		return;
	if (model->slot_count == MODEL_SLOTS_MAX) {
		model->dropped++;
		return;
	}
	slot = &model->slots[model->slot_count++];
	memset(slot, 0, sizeof *slot);
	slot->begun_ns = INSTANT_NEVER;
	text_copy(slot->name, sizeof slot->name, record->slot);
	slot->supply = channel_named(model, record->data.slot.sense, record->slot, "supply");
	slot->mains = channel_named(model, record->data.slot.mains, record->slot, "mains");
	slot->ac_lost = channel_named(model, record->data.slot.ac_lost, record->slot, "AC LO");
	slot->lab_feed = channel_named(model, record->data.slot.lab_feed, "", "lab feed");
}

/* ---- Lines of a slot ---- */

static void take_step(struct model_slot *slot, const struct record *record)
{
	struct step_span *last = slot->span_count ? &slot->spans[(slot->span_count - 1) % SPANS_MAX] : NULL;

	slot->step_said = said_by(record);
	slot->question[0] = '\0';
	if (record->data.step.state == STEP_BEGIN && strcmp(record->data.step.verb, "prompt") == 0)
		text_copy(slot->question, sizeof slot->question, record->data.step.text);
	if (slot->begun_ns == INSTANT_NEVER)
		slot->begun_ns = record->t_ns;
	if (last && last->to_ns == INSTANT_NEVER && record->data.step.state != STEP_BEGIN && last->step == record->data.step.step) {
		last->to_ns = record->t_ns;
		last->state = record->data.step.state;
		slot->step = *last;
		return;
	}
	slot->step = (struct step_span){.step = record->data.step.step, .from_ns = record->t_ns, .state = record->data.step.state,
					.to_ns = record->data.step.state == STEP_BEGIN ? INSTANT_NEVER : record->t_ns};
	text_copy(slot->step.verb, sizeof slot->step.verb, record->data.step.verb);
	slot->spans[slot->span_count++ % SPANS_MAX] = slot->step;
}

static void take_announce(struct model_slot *slot, const struct record *record)
{
	switch (record->data.announce.action) {
	case ANNOUNCED_CUT:
		slot->cut_said = said_by(record);
		slot->cut_for_ns = record->data.announce.for_ns;
		break;
	case ANNOUNCED_OFF:
		slot->off = true;
		slot->off_ns = record->t_ns;
		break;
	case ANNOUNCED_ENERGISE:
		slot->off = false;
		break;
	case ANNOUNCED_ACTIVATE:
		break;
	}
}

static void take_fault(struct model_slot *slot, const struct record *record)
{
	slot->fault_said = said_by(record);
	slot->fault = record->data.fault.domain;
	text_copy(slot->fault_code, sizeof slot->fault_code, record->data.fault.code);
	text_copy(slot->fault_text, sizeof slot->fault_text, record->data.fault.text);
}

static void take_observer(struct model_slot *slot, const struct record *record)
{
	struct observer *observer;

	if (slot->observer_count == OBSERVERS_MAX)
		return; /* the judge says that lists are lost */
	observer = &slot->observers[slot->observer_count++];
	text_copy(observer->name, sizeof observer->name, record->data.observer.observer);
	text_copy(observer->point, sizeof observer->point, record->data.observer.point);
}

static void take_for_slot(struct model_slot *slot, const struct record *record)
{
	slot->said = said_by(record);
	switch ((int)record->kind) {
	case RECORD_STEP:
		take_step(slot, record);
		break;
	case RECORD_PHASE:
		slot->phase_said = said_by(record);
		slot->phase = record->data.phase.phase;
		break;
	case RECORD_PROGRESS:
		slot->transfer_said = said_by(record);
		transfer_take(&slot->transfer, record);
		break;
	case RECORD_GATE:
		slot->gate_said = said_by(record);
		slot->gate = record->data.gate.state;
		text_copy(slot->gate_text, sizeof slot->gate_text, record->data.gate.text);
		break;
	case RECORD_ANNOUNCE:
		take_announce(slot, record);
		break;
	case RECORD_ACTIVATION:
		slot->activation_said = said_by(record);
		slot->activation = record->data.activation.state;
		break;
	case RECORD_IDENTITY:
		if (record->data.identity.role == ROLE_METER && record->data.identity.firmware[0]) {
			slot->identity_said = said_by(record);
			text_copy(slot->firmware_read, sizeof slot->firmware_read, record->data.identity.firmware);
		}
		break;
	case RECORD_FAULT:
		take_fault(slot, record);
		break;
	case RECORD_OBSERVER:
		take_observer(slot, record);
		break;
	default:
		break;
	}
}

/* ---- Lines of the bench ---- */

static void take_for_bench(struct model *model, const struct record *record)
{
	if (record->kind == RECORD_BOOT) {
		text_copy(model->boot_id, sizeof model->boot_id, record->data.boot.boot_id);
		model->offset_ns = record->data.boot.offset_ns;
		if (record->data.boot.lines == LINES_REQUESTED)
			channels_unknown(model, record->t_ns);
	} else if (record->kind == RECORD_FAULT && !record->slot[0]) {
		model->fault_said = said_by(record);
		text_copy(model->fault_text, sizeof model->fault_text, record->data.fault.text);
	}
}

void model_take(struct model *model, const struct record *record)
{
	struct model_slot *slot;

	judge_take(model->judge, record);
	model->lines++;
	if (!record->supervisor)
		model->seq = record->seq;
	if (record->t_ns >= model->t_ns) {
		model->t_ns = record->t_ns;
		model->utc_us = record->utc_us;
	}
	if (record->kind == RECORD_SLOT)
		add_slot(model, record);
	take_for_bench(model, record);
	slot = record->slot[0] ? slot_of(model, record->slot) : NULL;
	channel_take(model, record);
	if (!slot)
		return;
	ladder_take(model, slot, record);
	take_for_slot(slot, record);
}

void model_conclude(struct model *model)
{
	model->findings = judge_conclude(model->judge);
	model->judged_slots = model->findings->slot_count;
}

/* ---- What follows from it ---- */

static bool safety_says(const struct model *model, enum safety_input input)
{
	int channel = model->safety[input];

	return channel >= 0 && model->channels[channel].good;
}

bool model_armed(const struct model *model)
{
	return safety_says(model, SAFETY_ARM);
}

bool model_mains_live(const struct model *model)
{
	int i;

	for (i = 0; i < model->slot_count; i++)
		if (model->slots[i].mains >= 0 && model->channels[model->slots[i].mains].level == 1)
			return true;
	return false;
}

bool model_certified(const struct model *model)
{
	return model->findings && model->findings->has_run && model->findings->run.data.run.certify;
}

bool model_simulated(const struct model *model)
{
	return model->findings && model->findings->has_run && model->findings->run.data.run.environment == ENVIRONMENT_SIMULATED;
}

const struct slot_findings *model_findings(const struct model *model, int slot)
{
	return model->findings && slot < model->judged_slots ? &model->findings->slots[slot] : NULL;
}
