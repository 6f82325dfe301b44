/*
 * The fold of a slot's lines into bounded lists. A switch over the kinds of lines; what a kind means for a verdict is
 * decided elsewhere.
 */

#include "rig/alerts/history.h"

#include "rig/base/text.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* A larger step of BOOTTIME against MONOTONIC than this is a suspend; reading the two clocks costs microseconds. */
#define SUSPEND_LEAST_NS NS_PER_MS

void history_init(struct history *history, const struct record *slot_line)
{
	assert(slot_line->kind == RECORD_SLOT);
	memset(history, 0, offsetof(struct history, supply));
	sense_init(&history->supply);
	sense_init(&history->mains);
	sense_init(&history->lab_feed);
	sense_init(&history->ac_lost);
	history->wiring = *slot_line;
	history->wall_us = slot_line->utc_us - slot_line->t_ns / NS_PER_US;
	text_copy(history->slot, sizeof history->slot, slot_line->slot);
	/* Until a band line says otherwise nothing is known: no length is too short, none long enough. */
	history->always_ns = INSTANT_NEVER / 4;
	history->t_activation_ns = -1;
}

static void begin(struct history *history, int64_t t_ns, int64_t level_period_ns)
{
	if (history->started) { /* what was recorded until now must not be forgotten */
		history->confused = true;
		return;
	}
	history->started = true;
	history->t_start_ns = t_ns;
	sense_begin(&history->supply, history->wiring.data.slot.settle_ns, history->wiring.data.slot.bounce_ns, level_period_ns,
		    t_ns);
	sense_begin(&history->mains, 0, 0, level_period_ns, t_ns);
	sense_begin(&history->lab_feed, 0, 0, level_period_ns, t_ns);
	sense_begin(&history->ac_lost, 0, 0, level_period_ns, t_ns);
}

static void add_health(struct history *history, int64_t t_ns, int observer, bool healthy)
{
	if (history->health_count == HEALTH_MAX)
		history->lists_lost = true;
	else
		history->health[history->health_count++] = (struct health_change){t_ns, observer, healthy};
}

/* Whoever listened is gone, since the last thing he wrote at the latest. */
static void end_health(struct history *history)
{
	int observer;

	for (observer = 0; observer < history->observer_count; observer++)
		if (history_healthy(history, observer, history->t_last_ns, history->t_last_ns))
			add_health(history, history->t_last_ns, observer, false);
}

static void take_break(struct history *history, const struct record *record)
{
	bool other_base = strcmp(history->boot_id, record->data.boot.boot_id) != 0;
	enum sense_break kind = other_base ? BREAK_OTHER_BASE :
				record->data.boot.lines == LINES_HELD ? BREAK_HELD : BREAK_LOST;
	int i;

	text_copy(history->boot_id, sizeof history->boot_id, record->data.boot.boot_id);
	if (!history->started)
		return;
	end_health(history);
	for (i = 0; i < history->control_count; i++)
		history->controls[i].interrupted |= history->controls[i].span.to_ns == INSTANT_NEVER;
	if (other_base) /* BOOTTIME and MONOTONIC began again */
		history->has_clock = false;
	sense_break(&history->supply, kind);
	sense_break(&history->mains, kind);
	sense_break(&history->lab_feed, kind);
	sense_break(&history->ac_lost, kind);
}

static void take_device(struct history *history, const struct record *record)
{
	bool meter = record->data.device.role == ROLE_METER;

	history->confused |= meter ? history->has_meter : history->has_hub;
	*(meter ? &history->meter : &history->hub) = *record;
	*(meter ? &history->has_meter : &history->has_hub) = true;
}

static int observer_index(const struct history *history, const char *name)
{
	int i;

	for (i = 0; i < history->observer_count; i++)
		if (strcmp(history->observers[i].name, name) == 0)
			return i;
	return -1;
}

static void take_observer(struct history *history, const struct record *record)
{
	struct observer *observer;

	if (history->observer_count == OBSERVERS_MAX) {
		history->lists_lost = true;
		return;
	}
	observer = &history->observers[history->observer_count++];
	text_copy(observer->name, sizeof observer->name, record->data.observer.observer);
	text_copy(observer->point, sizeof observer->point, record->data.observer.point);
}

static void take_health(struct history *history, const struct record *record)
{
	int observer = observer_index(history, record->data.health.observer);

	if (observer >= 0)
		add_health(history, record->t_ns, observer, record->data.health.healthy);
}

/* Whom an alert names: AD1 the hub, a restoration alert the meter (or the hub that passes it on). */
static void name_alert(const struct history *history, struct seen_alert *alert, const char *guid)
{
	bool hub = history->has_hub && guid_same(guid, history->hub.data.device.guid);
	bool meter = history->has_meter && guid_same(guid, history->meter.data.device.guid);

	alert->other_hub = alert->ad1 && guid[0] && !hub;
	alert->other_device = alert->restored && guid[0] && !hub && !meter;
}

/* Of what the host's wall clock says nothing is believed once it has been set: nobody knows which of the two it was right in. */
static void watch_wall(struct history *history, const struct record *record)
{
	int64_t wall_us = record->utc_us - record->t_ns / NS_PER_US;

	if (wall_us - history->wall_us > WALL_STEADY_US || history->wall_us - wall_us > WALL_STEADY_US)
		history->wall_moved = true;
}

/* When the alert says that the supply went, on the run's clock; -1: it says nothing, or nothing that can be compared. */
static int64_t named_instant(const struct history *history, const struct record *record)
{
	int64_t before_us = record->utc_us - record->data.alert.interruption_utc_us;

	if (record->data.alert.interruption_utc_us < 0 || !history->has_clock || history->clock_free || history->wall_moved ||
	    before_us > record->t_ns / NS_PER_US || before_us < -ALERT_CLOCK_NS / NS_PER_US)
		return -1;
	return record->t_ns - before_us * NS_PER_US;
}

/* In a positive control the rig knows best when the supply went: does the alert say the same? */
static bool names_the_control(const struct history *history, int64_t t_interrupted_ns, int64_t *ahead_ns)
{
	const struct control_span *last = history->control_count > 0 ? &history->controls[history->control_count - 1] : NULL;
	int64_t t_down_ns;

	if (t_interrupted_ns < 0 || !last || last->polarity != POLARITY_POSITIVE || last->interrupted || last->span.to_ns != INSTANT_NEVER ||
	    sense_outage_count(&history->supply) == 0)
		return false;
	t_down_ns = sense_outage(&history->supply, sense_outage_count(&history->supply) - 1).t_down_ns;
	*ahead_ns = t_interrupted_ns - t_down_ns;
	return history_cut_in(history, last, t_down_ns) && *ahead_ns <= ALERT_CLOCK_NS && *ahead_ns >= -ALERT_CLOCK_NS;
}

/* A clock that is wrong by minutes names the wrong outage: what an alert says is heard once it was shown to be right. */
static int64_t believed_instant(struct history *history, const struct record *record, int observer)
{
	int64_t t_ns = named_instant(history, record), ahead_ns;

	if (observer < 0 || t_ns < 0)
		return -1;
	if (names_the_control(history, t_ns, &ahead_ns)) {
		history->clocks_agree |= 1U << observer;
		history->clock_ahead_ns[observer] = ahead_ns;
	}
	return history->clocks_agree >> observer & 1 ? t_ns - history->clock_ahead_ns[observer] : -1;
}

static void take_alert(struct history *history, const struct record *record)
{
	const char *code = record->data.alert.code, *guid = record->data.alert.guid;
	struct seen_alert alert = {
		.t_ns = record->t_ns,
		.observer = observer_index(history, record->data.alert.observer),
		.ad1 = strcmp(code, "AD1") == 0,
		.code = (unsigned)strtoul(code, NULL, 16),
		.count = record->data.alert.count,
		.interruption_utc_us = record->data.alert.interruption_utc_us,
		.restoration_utc_us = record->data.alert.restoration_utc_us,
	};

	alert.restored = !alert.ad1 && alert.code >= 0x8F35 && alert.code <= 0x8F3C;
	name_alert(history, &alert, guid);
	/* What the whole bench hears is this slot's only if it says so. */
	if (!record->slot[0] && (!guid[0] || alert.other_hub || alert.other_device))
		return;
	alert.t_interrupted_ns = alert.ad1 && !alert.other_hub ? believed_instant(history, record, alert.observer) : -1;
	if (history->alert_count == ALERTS_MAX)
		history->lists_lost = true;
	else
		history->alerts[history->alert_count++] = alert;
}

static void end_control(struct history *history, const struct record *record)
{
	int i;

	for (i = history->control_count - 1; i >= 0; i--) {
		struct control_span *control = &history->controls[i];

		if (control->span.to_ns == INSTANT_NEVER && control->polarity == record->data.control.polarity) {
			control->span.to_ns = record->t_ns;
			return;
		}
	}
}

static void take_control(struct history *history, const struct record *record)
{
	if (record->data.control.state == SPAN_END)
		end_control(history, record);
	else if (history->control_count == CONTROLS_MAX)
		history->causes_lost = true;
	else
		history->controls[history->control_count++] = (struct control_span){
			record->data.control.polarity, {record->t_ns, INSTANT_NEVER}, false};
}

/* An end that closes nothing leaves its cases expected: what it was to end has not been judged. */
static void end_watch(struct history *history, const struct record *record)
{
	int i;

	for (i = history->watch_count - 1; i >= 0; i--) {
		struct watch_span *watch = &history->watches[i];

		if (watch->end_ns == INSTANT_NEVER && watch->cases == record->data.watch.cases) {
			watch->end_ns = record->t_ns > watch->begin_ns ? record->t_ns : watch->begin_ns;
			return;
		}
	}
	history->expected |= record->data.watch.cases;
}

static void take_watch(struct history *history, const struct record *record)
{
	int64_t from_ns = record->data.watch.from_ns;

	if (record->data.watch.state == SPAN_END)
		end_watch(history, record);
	else if (history->watch_count == WATCHES_MAX)
		history->lists_lost = true;
	else
		history->watches[history->watch_count++] = (struct watch_span){
			record->data.watch.cases, from_ns < record->t_ns ? from_ns : record->t_ns, record->t_ns, INSTANT_NEVER};
}

static void add_event(struct history *history, const struct event *event)
{
	if (history->event_count == EVENTS_MAX)
		history->causes_lost = true;
	else
		history->events[history->event_count++] = *event;
}

/* An event without length. */
static void add_moment(struct history *history, enum event_kind kind, const struct record *record, int detail)
{
	add_event(history, &(struct event){.kind = kind, .from_ns = record->t_ns, .to_ns = record->t_ns, .detail = detail});
}

static void take_phase(struct history *history, const struct record *record)
{
	if (history->has_phase && history->phase == record->data.phase.phase)
		return; /* a device that says it again and again must not fill the list */
	history->has_phase = true;
	history->phase = record->data.phase.phase;
	add_moment(history, EVENT_PHASE, record, (int)record->data.phase.phase);
}

static void take_hub(struct history *history, const struct record *record)
{
	enum hub_event event = record->data.hub.event;
	int i;

	if (event == HUB_READY && history->ready_count < READY_MAX) {
		history->ready_unfed[history->ready_count] = sense_low_since(&history->supply, record->t_ns - READY_UNFED_NS);
		history->ready_ns[history->ready_count++] = record->t_ns;
	} else if (event == HUB_READY) {
		history->lists_lost = true;
	}
	if (event == HUB_RESTART || event == HUB_UPGRADE)
		add_moment(history, EVENT_HUB, record, (int)event);
	else if (event == HUB_UNSEATED)
		add_event(history, &(struct event){.kind = EVENT_UNSEATED, .from_ns = record->t_ns, .to_ns = INSTANT_NEVER});
	for (i = 0; event == HUB_SEATED && i < history->event_count; i++)
		if (history->events[i].kind == EVENT_UNSEATED && history->events[i].to_ns == INSTANT_NEVER)
			history->events[i].to_ns = record->t_ns;
}

static void take_fault(struct history *history, const struct record *record)
{
	struct event event = {.kind = EVENT_FAULT, .from_ns = record->t_ns, .to_ns = record->t_ns,
			      .detail = (int)record->data.fault.domain, .cases = record->data.fault.cases};

	text_copy(event.text, sizeof event.text, record->data.fault.code);
	add_event(history, &event);
	if ((event.cases & CASE_BIT(CASE_FIRMWARE)) && history->activation_announced && history->firmware_fault == FAULT_NONE)
		history->firmware_fault = record->data.fault.domain;
}

/* Whose doing an off is: what was asked for, or what a person's or the rig's own trouble made. */
static enum event_kind kind_of_cut(enum purpose purpose)
{
	return purpose == PURPOSE_PERSON || purpose == PURPOSE_RIG ? EVENT_SWITCHED_OFF : EVENT_RIG_CUT;
}

static void end_offs(struct history *history, int what, int64_t t_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++) {
		struct event *event = &history->events[i];

		if ((event->kind == EVENT_RIG_CUT || event->kind == EVENT_SWITCHED_OFF) && event->to_ns > t_ns &&
		    (event->detail == what || event->text[0]))
			event->to_ns = t_ns;
	}
}

/* A cut is in force for its length, an off for ever: until the rig announces that it energises the same thing again. */
static void take_announce(struct history *history, const struct record *record)
{
	int64_t for_ns = record->data.announce.for_ns;
	int what = (int)record->data.announce.what;
	bool cut = record->data.announce.action == ANNOUNCED_CUT && for_ns >= 0;

	switch (record->data.announce.action) {
	case ANNOUNCED_CUT:
	case ANNOUNCED_OFF:
		add_event(history, &(struct event){.kind = kind_of_cut(record->data.announce.purpose), .from_ns = record->t_ns,
						   .detail = what, .purpose = record->data.announce.purpose,
						   .to_ns = cut ? record->t_ns + for_ns : INSTANT_NEVER});
		break;
	case ANNOUNCED_ENERGISE:
		end_offs(history, what, record->t_ns);
		break;
	case ANNOUNCED_ACTIVATE:
		break;
	}
}

/* A cut is in force from its command on: between its announcement and that a disk may have taken its time, and others may have cut. */
static void begin_cut(struct history *history, const struct record *record)
{
	int i;

	for (i = history->event_count - 1; i >= 0; i--) {
		struct event *event = &history->events[i];

		if (event->kind != EVENT_RIG_CUT || event->purpose != record->data.command.purpose)
			continue;
		if (event->commanded || event->to_ns == INSTANT_NEVER)
			return;
		event->commanded = true;
		event->to_ns += record->t_ns - event->from_ns;
		event->from_ns = record->t_ns;
		return;
	}
}

/* Announced as well, so its command says nothing more. */
static bool off_is_announced(const struct history *history, enum purpose purpose, int64_t t_ns)
{
	int i;

	for (i = 0; i < history->event_count; i++)
		if (history->events[i].kind == EVENT_SWITCHED_OFF && history->events[i].purpose == purpose && !history->events[i].text[0] &&
		    history->events[i].from_ns <= t_ns && history->events[i].to_ns > t_ns)
			return true;
	return false;
}

/* What nobody announces: the supervisor says it in commands alone. */
static void take_command(struct history *history, const struct record *record)
{
	const char *value = record->data.command.value, *channel = record->data.command.channel;
	struct event event = {.kind = EVENT_SWITCHED_OFF, .from_ns = record->t_ns, .to_ns = INSTANT_NEVER,
			      .detail = POWERED_OTHER, .purpose = record->data.command.purpose};
	int i;

	for (i = 0; strcmp(value, "on") == 0 && i < history->event_count; i++)
		if (history->events[i].kind == EVENT_SWITCHED_OFF && history->events[i].to_ns == INSTANT_NEVER &&
		    strcmp(history->events[i].text, channel) == 0)
			history->events[i].to_ns = record->t_ns;
	if (strcmp(value, "off") != 0 && strcmp(value, "0 mV") != 0)
		return;
	if (kind_of_cut(event.purpose) != EVENT_SWITCHED_OFF) {
		begin_cut(history, record);
		return;
	}
	if (off_is_announced(history, event.purpose, record->t_ns))
		return;
	text_copy(event.text, sizeof event.text, channel);
	add_event(history, &event);
}

static void take_clock(struct history *history, const struct record *record)
{
	int64_t moved_ns = record->data.clock.suspended_ns - history->suspended_ns;

	if (history->has_clock && (moved_ns > SUSPEND_LEAST_NS || moved_ns < -SUSPEND_LEAST_NS))
		add_event(history, &(struct event){.kind = EVENT_SUSPEND, .from_ns = history->t_clock_ns, .to_ns = record->t_ns});
	history->has_clock = true;
	history->clock_free |= record->data.clock.state != CLOCK_LOCKED;
	history->t_clock_ns = record->t_ns;
	history->suspended_ns = record->data.clock.suspended_ns;
}

static void take_activation(struct history *history, const struct record *record)
{
	switch (record->data.activation.state) {
	case ACTIVATION_ANNOUNCED:
		history->activation_announced = true;
		break;
	case ACTIVATION_SENT:
		history->activation_sent = true;
		if (record->data.activation.attempt > history->activations)
			history->activations = record->data.activation.attempt;
		break;
	case ACTIVATION_ACCEPTED:
		history->activation_sent = history->activation_accepted = true;
		break;
	case ACTIVATION_REFUSED:
		history->activation_refused = true;
		break;
	case ACTIVATION_UNKNOWN:
		history->activation_unknown = true;
		break;
	}
	if (record->data.activation.state == ACTIVATION_SENT || record->data.activation.state == ACTIVATION_ACCEPTED) {
		history->t_activation_ns = record->t_ns;
		history->version_read = false;
	}
	text_copy(history->firmware_from, sizeof history->firmware_from, record->data.activation.firmware_from);
	text_copy(history->firmware_to, sizeof history->firmware_to, record->data.activation.firmware_to);
	text_copy(history->image, sizeof history->image, record->data.activation.image);
}

static void take_identity(struct history *history, const struct record *record)
{
	bool meter = record->data.identity.role == ROLE_METER;
	const struct record *declared = meter ? &history->meter : &history->hub;

	if (record->data.identity.known != KNOWN_READ)
		return;
	if (meter ? history->has_meter : history->has_hub)
		history->other_device_read |= guid_differs(record->data.identity.guid, declared->data.device.guid);
	if (!meter)
		return;
	if (history->has_meter && record->data.identity.guid[0] &&
	    guid_same(record->data.identity.guid, history->meter.data.device.guid))
		history->meter_identity_read = true;
	if (record->data.identity.firmware[0] && history->activation_announced) {
		history->version_read = true;
		history->t_version_ns = record->t_ns;
		history->read_fault = history->firmware_fault;
		text_copy(history->firmware_read, sizeof history->firmware_read, record->data.identity.firmware);
	}
}

static void take_band(struct history *history, const struct record *record)
{
	history->confused |= history->has_band;
	history->has_band = true;
	history->never_ns = record->data.band.never_ns;
	history->always_ns = record->data.band.always_ns;
	history->late_ns = record->data.band.late_ns;
	text_copy(history->band_source, sizeof history->band_source, record->data.band.source);
}

static void give_sense(struct sense *sense, const char *wired, const struct record *record)
{
	const char *channel = record->kind == RECORD_EDGE ? record->data.edge.channel : record->data.level.channel;

	if (!wired[0] || strcmp(wired, channel) != 0)
		return;
	if (record->kind == RECORD_EDGE)
		sense_edge(sense, record->t_ns, (int)record->data.edge.level, record->data.edge.seqno);
	else
		sense_level(sense, record->t_ns, (int)record->data.level.level);
}

static void take_input(struct history *history, const struct record *record)
{
	const struct record *wiring = &history->wiring;

	if (!history->started)
		return;
	give_sense(&history->supply, wiring->data.slot.sense, record);
	give_sense(&history->mains, wiring->data.slot.mains, record);
	give_sense(&history->lab_feed, wiring->data.slot.lab_feed, record);
	give_sense(&history->ac_lost, wiring->data.slot.ac_lost, record);
}

void history_take(struct history *history, const struct record *record)
{
	if (record->kind == RECORD_BOOT)
		take_break(history, record); /* it looks at what the lines in front of it reached */
	watch_wall(history, record);
	/* A verdict is about the record in front of it: it and the digests behind it must not make the record longer. */
	if (record->t_ns > history->t_last_ns && record->kind != RECORD_VERDICT && record->kind != RECORD_RAW)
		history->t_last_ns = record->t_ns;
	switch (record->kind) {
	case RECORD_EXPECT:
		history->expected |= record->data.expect.cases;
		break;
	case RECORD_DEVICE:
		take_device(history, record);
		break;
	case RECORD_BAND:
		take_band(history, record);
		break;
	case RECORD_OBSERVER:
		take_observer(history, record);
		break;
	case RECORD_START:
		begin(history, record->t_ns, record->data.start.level_period_ns);
		break;
	case RECORD_HEALTH:
		take_health(history, record);
		break;
	case RECORD_EDGE:
	case RECORD_LEVEL:
		take_input(history, record);
		break;
	case RECORD_ANNOUNCE:
		take_announce(history, record);
		break;
	case RECORD_COMMAND:
		take_command(history, record);
		break;
	case RECORD_CONTROL:
		take_control(history, record);
		break;
	case RECORD_WATCH:
		take_watch(history, record);
		break;
	case RECORD_PHASE:
		take_phase(history, record);
		break;
	case RECORD_ACTIVATION:
		take_activation(history, record);
		break;
	case RECORD_IDENTITY:
		take_identity(history, record);
		break;
	case RECORD_ALERT:
		take_alert(history, record);
		break;
	case RECORD_HUB:
		take_hub(history, record);
		break;
	case RECORD_SAFETY:
		if (!record->data.safety.ok)
			add_moment(history, EVENT_SAFETY, record, (int)record->data.safety.input);
		break;
	case RECORD_PROTECTION:
		if (record->data.protection.tripped)
			add_moment(history, EVENT_PROTECTION, record, 0);
		break;
	case RECORD_CLOCK:
		take_clock(history, record);
		break;
	case RECORD_FAULT:
		take_fault(history, record);
		break;
	case RECORD_BOOT:
	case RECORD_RUN:
	case RECORD_DOCUMENT:
	case RECORD_RULE:
	case RECORD_IMAGE:
	case RECORD_TERM:
	case RECORD_SLOT:
	case RECORD_READING:
	case RECORD_READBACK:
	case RECORD_PROGRESS:
	case RECORD_GATE:
	case RECORD_STEP:
	case RECORD_PROMPT:
	case RECORD_NOTE:
	case RECORD_VERDICT:
	case RECORD_RAW:
	case RECORD_END:
	case RECORD_KIND_COUNT:
		break; /* nothing that a slot's verdict rests on */
	}
}
