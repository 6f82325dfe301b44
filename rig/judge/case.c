/* What all cases share, and the two short ones: the rules of reports/judging.md, in the order of that page. */

#include "rig/judge/case_private.h"

#include "rig/alerts/blame.h"
#include "rig/base/text.h"

#include <stdio.h>
#include <string.h>

#define RESTORED_LONG_US (INT64_C(180) * 1000000) /* "outage >= 3 minutes": the meaning of 0x8F36, domain.md 4.3 */

struct verdict verdict_make(enum case_kind kind, enum conformity conformity, enum validity validity, enum fault domain,
			    const char *reason)
{
	struct verdict verdict = {.kind = kind, .conformity = conformity, .validity = validity, .domain = domain};

	text_copy(verdict.reason, sizeof verdict.reason, reason);
	return verdict;
}

struct verdict verdict_void(enum case_kind kind, enum fault domain, const char *reason)
{
	return verdict_make(kind, CONFORMITY_NOT_APPLICABLE, VALIDITY_VOID, domain, reason);
}

struct verdict verdict_unfinished(const struct case_basis *basis, enum case_kind kind)
{
	bool person = basis->ended && (basis->end_reason == END_STOPPED || basis->end_reason == END_SAFETY);

	return verdict_make(kind, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, person ? FAULT_OPERATOR : FAULT_RIG,
			    person ? "the watch was stopped before its end" : "the watch has no end: the rig did not finish it");
}

int64_t watch_end(const struct case_basis *basis, const struct watch_span *watch)
{
	return watch->end_ns == INSTANT_NEVER ? basis->history->t_last_ns : watch->end_ns;
}

const struct event *fault_between(const struct history *history, enum case_kind kind, int64_t from_ns, int64_t to_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == EVENT_FAULT && (event->cases & CASE_BIT(kind)) && event->from_ns >= from_ns &&
		    event->from_ns <= to_ns)
			return event;
	}
	return NULL;
}

/* Another source than the meter may have hidden each outage before it was found. */
static const struct event *back_fed_since(const struct history *history, int64_t from_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == EVENT_FAULT && event->from_ns >= from_ns && (event->cases & CASE_BIT(CASE_OUTAGE)) &&
		    strcmp(event->text, "back-fed") == 0)
			return event;
	}
	return NULL;
}

const struct event *fault_in(const struct case_basis *basis, const struct watch_span *watch, enum case_kind kind)
{
	const struct event *fault = fault_between(basis->history, kind, watch->from_ns, watch_end(basis, watch));

	return fault || kind != CASE_OUTAGE ? fault : back_fed_since(basis->history, watch->from_ns);
}

struct verdict verdict_fault(enum case_kind kind, const struct event *event)
{
	char reason[REASON_SIZE];

	snprintf(reason, sizeof reason, "spoilt at %.3f s: %s", (double)event->from_ns / 1e9, event->text);
	return verdict_void(kind, (enum fault)event->detail, reason);
}

struct verdict verdict_of_record(const struct case_basis *basis, enum case_kind kind)
{
	const struct history *history = basis->history;

	if (!basis->budget && kind != CASE_RESTORED)
		return verdict_void(kind, FAULT_CONFIGURATION, "no uncertainty budget");
	if (history->other_device_read)
		return verdict_void(kind, FAULT_CONFIGURATION, "a device of the slot says that it is another one");
	if (history_confused(history))
		return verdict_void(kind, FAULT_RIG, "the record contradicts itself, or an input of the slot is not in it");
	if (history->causes_lost || history->mains.overflow || history->lab_feed.overflow)
		return verdict_void(kind, FAULT_RIG, "more happened than the record keeps: causes may be missing");
	return (struct verdict){.validity = VALIDITY_VALID};
}

bool lists_lost(const struct case_basis *basis)
{
	return basis->history->lists_lost || basis->history->supply.overflow;
}

struct verdict verdict_lists_lost(enum case_kind kind)
{
	return verdict_void(kind, FAULT_RIG, "more happened than the record keeps");
}

bool watch_touches(const struct case_basis *basis, const struct watch_span *watch, int64_t from_ns, int64_t to_ns)
{
	return to_ns >= watch->from_ns && from_ns <= watch_end(basis, watch);
}

int64_t watch_unknown_tail(const struct case_basis *basis, const struct watch_span *watch)
{
	int64_t tail_ns = watch_end(basis, watch) - basis->history->supply.t_trusted_ns;

	return tail_ns > 0 ? tail_ns : 0;
}

/* Restored */

static bool restored_in(const struct case_basis *basis, const struct watch_span *watch, const struct seen_alert *alert)
{
	return alert->restored && watch_touches(basis, watch, alert->t_ns, alert->t_ns);
}

/* How many restoration alerts with times of their own the watch has; *wrong: one of them contradicts its times. */
static int count_restored(const struct case_basis *basis, const struct watch_span *watch, bool *wrong, bool *other)
{
	int i, count = 0;

	*wrong = *other = false;
	for (i = 0; i < basis->history->alert_count; i++) {
		const struct seen_alert *alert = &basis->history->alerts[i];
		int64_t length_us = alert->restoration_utc_us - alert->interruption_utc_us;

		if (!restored_in(basis, watch, alert))
			continue;
		*other |= alert->other_device;
		if (alert->other_device || alert->interruption_utc_us < 0 || alert->restoration_utc_us < 0)
			continue;
		*wrong |= (alert->code % 2 == 0) != (length_us >= RESTORED_LONG_US);
		count++;
	}
	return count;
}

struct verdict case_restored(const struct case_basis *basis, const struct watch_span *watch)
{
	struct verdict verdict = verdict_of_record(basis, CASE_RESTORED);
	const struct event *fault = fault_in(basis, watch, CASE_RESTORED);
	bool wrong, other;
	int count = count_restored(basis, watch, &wrong, &other);

	if (verdict.validity != VALIDITY_VALID)
		return verdict;
	if (wrong)
		return verdict_make(CASE_RESTORED, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE,
				    "a restoration alert contradicts its own times");
	if (fault)
		return verdict_fault(CASE_RESTORED, fault);
	if (other)
		return verdict_void(CASE_RESTORED, FAULT_OBSERVER, "a restoration alert names another device: cross-wired?");
	if (lists_lost(basis))
		return verdict_lists_lost(CASE_RESTORED);
	if (watch->end_ns == INSTANT_NEVER)
		return verdict_unfinished(basis, CASE_RESTORED);
	if (count == 0)
		return verdict_make(CASE_RESTORED, CONFORMITY_NOT_APPLICABLE, VALIDITY_VALID, FAULT_NONE,
				    "no restoration alert with times of its own");
	return verdict_make(CASE_RESTORED, CONFORMITY_PASS, VALIDITY_VALID, FAULT_NONE, "each says of itself what its times say");
}

/* Firmware */

/*
 * It said so itself: what was sent may have got lost on the way, and a meter that restarts without a word soon afterwards may have done so
 * for a reason of its own.
 */
static bool meter_got_activation(const struct history *history)
{
	return history->activation_accepted || history->activation_refused;
}

static struct verdict firmware_by_version(const struct history *history)
{
	bool reached = strcmp(history->firmware_read, history->firmware_to) == 0;
	char reason[REASON_SIZE];

	if (!reached && !history->activation_sent && history->activation_unknown)
		return verdict_make(CASE_FIRMWARE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG,
				    "whether the activation was ever sent is not known, and the new version does not run");
	if (!reached && !meter_got_activation(history))
		return verdict_make(CASE_FIRMWARE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG,
				    "the meter has not confirmed that it got the activation, and the new version does not run");
	snprintf(reason, sizeof reason, "read back %s, wanted %s", history->firmware_read, history->firmware_to);
	return verdict_make(CASE_FIRMWARE, reached ? CONFORMITY_PASS : CONFORMITY_FAIL, VALIDITY_VALID,
			    reached ? FAULT_NONE : FAULT_DEVICE, reason);
}

/* When the rig gave up a step since the activation, of which it held that the device had owed it; INSTANT_NEVER: it did not. */
static int64_t device_was_silent(const struct history *history)
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		const struct event *event = &history->events[i];

		if (event->kind == EVENT_FAULT && event->detail == FAULT_DEVICE && event->from_ns >= history->t_activation_ns)
			return event->from_ns;
	}
	return INSTANT_NEVER;
}

/* Whose doing it is that nothing was read: the device's only where it was waited for, to the end and with its power on. */
static struct verdict firmware_unread(const struct case_basis *basis)
{
	const struct history *history = basis->history;
	int64_t silent_ns = device_was_silent(history);
	int64_t to_ns = silent_ns < history->t_last_ns ? silent_ns - 1 : history->t_last_ns; /* the rig switches off in that instant */
	enum fault power = blame_of_power(history, history->t_activation_ns, to_ns);
	bool completed = basis->ended && basis->end_reason == END_COMPLETED;
	bool person = basis->ended && (basis->end_reason == END_STOPPED || basis->end_reason == END_SAFETY);

	if (power != FAULT_NONE)
		return verdict_make(CASE_FIRMWARE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, power,
				    "power went after the activation, and no version was read back");
	if (completed || silent_ns != INSTANT_NEVER)
		return verdict_make(CASE_FIRMWARE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_DEVICE,
				    "no version was read back after the activation");
	return verdict_make(CASE_FIRMWARE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, person ? FAULT_OPERATOR : FAULT_RIG,
			    person ? "the run was stopped before a version was read back" : "the run ended before a version was read back");
}

static struct verdict firmware_of(const struct case_basis *basis)
{
	const struct history *history = basis->history;
	bool sent = history->activation_sent || history->activation_unknown;

	if (history->other_device_read)
		return verdict_void(CASE_FIRMWARE, FAULT_CONFIGURATION, "a device of the slot says that it is another one");
	if (history_confused(history))
		return verdict_void(CASE_FIRMWARE, FAULT_RIG, "the record contradicts itself, or an input of the slot is not in it");
	if (history->version_read && sent)
		return firmware_by_version(history);
	if (sent && !meter_got_activation(history))
		return verdict_make(CASE_FIRMWARE, CONFORMITY_NOT_APPLICABLE, VALIDITY_INCONCLUSIVE, FAULT_RIG,
				    "the meter has not confirmed that it got the activation, and no version was read back");
	if (sent)
		return firmware_unread(basis);
	if (history->activation_refused)
		return verdict_make(CASE_FIRMWARE, CONFORMITY_FAIL, VALIDITY_VALID, FAULT_DEVICE,
				    "the meter refused the activation");
	return verdict_void(CASE_FIRMWARE, FAULT_RIG, "the activation was announced and never sent");
}

bool case_firmware(const struct case_basis *basis, struct verdict *verdict)
{
	const struct history *history = basis->history;
	enum fault fault = history->version_read ? history->read_fault : history->firmware_fault, power;

	if (!history->activation_announced)
		return false;
	*verdict = firmware_of(basis);
	/* What a device did not do after the rig, or something else, had failed it, is not the device's. */
	if (verdict->domain == FAULT_DEVICE && fault != FAULT_NONE)
		*verdict = verdict_void(CASE_FIRMWARE, fault, "something broke down between the activation and the version that was read");
	power = verdict->domain == FAULT_DEVICE && history->version_read ?
			blame_of_power(history, history->t_activation_ns, history->t_version_ns) : FAULT_NONE;
	if (power != FAULT_NONE)
		*verdict = verdict_void(CASE_FIRMWARE, power, "power went between the activation and the version that was read");
	return true;
}
