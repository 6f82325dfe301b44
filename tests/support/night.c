/* Records of a made-up night, gathered slot by slot and put in order of time. */

#include "tests/support/night.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/evidence/folder.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define UTC_START_US INT64_C(1795456800000000) /* 2026-11-23T18:00:00Z */
#define S NS_PER_S
#define MIN NS_PER_MIN

/* When what happens, from the start of the run. */
enum {
	AT_CONTROL = 12,      /* minutes */
	AT_TRANSFER = 30,
	AT_VERIFY = 70,
	AT_HOLD = 72,
	AT_ACTIVATE = 75,
	AT_OUTAGE = 76,
	AT_CONFIRM = 150,
	AT_CONTROL_AFTER = 160,
	AT_CONTROL_NEGATIVE = 175,
	AT_END = 180
};

struct gathering {
	struct record *records;
	size_t count, room;
};

static struct record *add(struct gathering *gathering, enum record_kind kind, const char *slot, int64_t t_ns)
{
	struct record *record;

	if (gathering->count == gathering->room) {
		gathering->room = gathering->room ? 2 * gathering->room : 256;
		gathering->records = realloc(gathering->records, gathering->room * sizeof *gathering->records);
		assert(gathering->records);
	}
	record = &gathering->records[gathering->count++];
	memset(record, 0, sizeof *record);
	record->kind = kind;
	record->t_ns = t_ns;
	record->utc_us = UTC_START_US + t_ns / 1000;
	text_copy(record->slot, sizeof record->slot, slot);
	return record;
}

#define SET(member, from) text_copy(member, sizeof(member), from)

static void add_term(struct gathering *all, const char *term, enum distribution distribution, int64_t ns, int64_t ppb,
		     int64_t edges, const char *source)
{
	struct record *record = add(all, RECORD_TERM, "", 0);

	SET(record->data.term.term, term);
	record->data.term.distribution = distribution;
	record->data.term.half_width_ns = ns;
	record->data.term.half_width_ppb = ppb;
	record->data.term.edges = edges;
	SET(record->data.term.source, source);
}

static void add_run(struct gathering *all, const struct night *night)
{
	struct record *record = add(all, RECORD_BOOT, "", 0);

	SET(record->data.boot.boot_id, "6a1e0b4c-6b0e-4d3e-9f0a-111111111111");
	record->data.boot.offset_ns = -INT64_C(81234567890);
	SET(record->data.boot.revision, "0123abc");
	record = add(all, RECORD_RUN, "", 0);
	SET(record->data.run.run, night->run);
	SET(record->data.run.scenario, "ota-journey");
	record->data.run.scenario_version = 1;
	SET(record->data.run.bench, "left-desk");
	record->data.run.environment = night->simulated ? ENVIRONMENT_SIMULATED : ENVIRONMENT_UIT;
	record->data.run.certify = night->certify;
	SET(record->data.run.operator, "J. Doe <night shift> & \"co\"");
	SET(record->data.run.order, "SECAS-2026-014");
	record->data.run.attempts = 1;
	record = add(all, RECORD_RULE, "", 0);
	SET(record->data.rule.rule, night->clause[0] ? "mp102a" : "mp102b");
	SET(record->data.rule.document, "MP102B");
	SET(record->data.rule.version, "1.0");
	SET(record->data.rule.clause, night->clause);
	record->data.rule.limit_ns = 180 * S;
	add_term(all, "stamp latency", DISTRIBUTION_RECTANGULAR, 50000, 0, 2, "loop-back calibration of 2026-11-20");
	add_term(all, "sense path", DISTRIBUTION_NORMAL_K2, 400000, 0, 2, "calibration C-1234");
	add_term(all, "clock rate", DISTRIBUTION_RECTANGULAR, 0, 5000, 1, "adjtimex, locked");
	record = add(all, RECORD_EXPECT, "", 0);
	record->data.expect.cases = CASE_BIT(CASE_OUTAGE) | CASE_BIT(CASE_AD1) | CASE_BIT(CASE_FIRMWARE);
	record = add(all, RECORD_CLOCK, "", 0);
	record->data.clock.state = CLOCK_LOCKED;
}

static const char *channel(char to[CHANNEL_NAME_SIZE], const char *what, int index)
{
	(void)snprintf(to, CHANNEL_NAME_SIZE, "pins.%s%d", what, index);
	return to;
}

static void add_slot(struct gathering *all, const struct night_slot *slot, int index)
{
	char name[CHANNEL_NAME_SIZE];
	struct record *record = add(all, RECORD_SLOT, slot->name, 0);

	SET(record->data.slot.sense, channel(name, "supply", index));
	SET(record->data.slot.mains, channel(name, "mains", index));
	SET(record->data.slot.lab_feed, "pins.feed");
	SET(record->data.slot.ac_lost, channel(name, "ac", index));
	record->data.slot.v_down_mv = 9500;
	record->data.slot.v_up_mv = 10500;
	record->data.slot.settle_ns = 50 * NS_PER_MS;
	record->data.slot.bounce_ns = 20 * NS_PER_MS;
	record->data.slot.recharge_ns = 10 * MIN;
	record = add(all, RECORD_DEVICE, slot->name, 0);
	(void)snprintf(record->data.device.guid, GUID_SIZE, "00-DB-12-34-56-78-%02X-A0", (unsigned)index & 0xff);
	SET(record->data.device.manufacturer, "AB01");
	SET(record->data.device.model, slot->model ? slot->model : "010A030B");
	SET(record->data.device.hardware, "030B");
	SET(record->data.device.firmware, "0002012F");
	SET(record->data.device.build, "production");
	SET(record->data.device.mpan, "1234567890123");
	record = add(all, RECORD_DEVICE, slot->name, 0);
	record->data.device.role = ROLE_HUB;
	(void)snprintf(record->data.device.guid, GUID_SIZE, "00-DB-12-34-56-78-%02X-A5", (unsigned)index & 0xff);
	SET(record->data.device.model, "0101AB02");
	SET(record->data.device.firmware, "00000102");
	SET(record->data.device.build, "test");
	SET(record->data.device.region, "North");
	record = add(all, RECORD_BAND, slot->name, 0);
	record->data.band.never_ns = 170 * S;
	record->data.band.always_ns = 190 * S;
	SET(record->data.band.source, "threshold scenario of 2026-11-02");
	record = add(all, RECORD_OBSERVER, slot->name, 0);
	SET(record->data.observer.observer, "console");
	SET(record->data.observer.point, "hub");
	SET(record->data.observer.channel, "console.pattern");
}

static void add_level(struct gathering *all, const char *slot, const char *name, int64_t t_ns, int64_t level)
{
	struct record *record = add(all, RECORD_LEVEL, slot, t_ns);

	SET(record->data.level.channel, name);
	record->data.level.level = level;
}

static void add_edge(struct gathering *all, const char *slot, const char *name, int64_t t_ns, int64_t level, int64_t *seqno)
{
	struct record *record = add(all, RECORD_EDGE, slot, t_ns);

	SET(record->data.edge.channel, name);
	record->data.edge.level = level;
	record->data.edge.seqno = ++*seqno;
}

/* Sequence numbers of a slot's lines. */
struct numbers {
	int64_t supply, mains, ac_lost;
};

static void add_alert(struct gathering *all, const char *slot, int index, int64_t t_ns)
{
	struct record *record = add(all, RECORD_ALERT, slot, t_ns);

	SET(record->data.alert.observer, "console");
	SET(record->data.alert.code, "AD1");
	(void)snprintf(record->data.alert.guid, GUID_SIZE, "00-DB-12-34-56-78-%02X-A5", (unsigned)index & 0xff);
	record->data.alert.count = 1;
	record->data.alert.interruption_utc_us = record->data.alert.restoration_utc_us = -1;
}

static void add_phase(struct gathering *all, const char *slot, int64_t t_ns, enum phase phase)
{
	add(all, RECORD_PHASE, slot, t_ns)->data.phase.phase = phase;
}

/* A cut by the rig of the hub's supply, inside control lines. */
static void add_control(struct gathering *all, const struct night_slot *slot, int index, int64_t t_ns, bool positive,
			struct numbers *numbers)
{
	char name[CHANNEL_NAME_SIZE];
	int64_t length_ns = positive ? 240 * S : 60 * S;
	struct record *record = add(all, RECORD_CONTROL, slot->name, t_ns);

	record->data.control.polarity = positive ? POLARITY_POSITIVE : POLARITY_NEGATIVE;
	record = add(all, RECORD_ANNOUNCE, slot->name, t_ns + S);
	record->data.announce.action = ANNOUNCED_CUT;
	record->data.announce.what = POWERED_MAINS;
	record->data.announce.for_ns = length_ns;
	record->data.announce.purpose = PURPOSE_CONTROL;
	channel(name, "mains", index);
	add_edge(all, slot->name, name, t_ns + 2 * S, 0, &numbers->mains);
	add_edge(all, slot->name, name, t_ns + 2 * S + length_ns, 1, &numbers->mains);
	channel(name, "ac", index);
	add_edge(all, slot->name, name, t_ns + 2 * S + NS_PER_MS, 1, &numbers->ac_lost);
	add_edge(all, slot->name, name, t_ns + 3 * S + length_ns, 0, &numbers->ac_lost);
	channel(name, "supply", index);
	add_edge(all, slot->name, name, t_ns + 2 * S + 2100000, 0, &numbers->supply);
	add_edge(all, slot->name, name, t_ns + 2 * S + 2100000 + length_ns, 1, &numbers->supply);
	if (positive && !slot->control_blind)
		add_alert(all, slot->name, index, t_ns + 2 * S + 186 * S);
	record = add(all, RECORD_CONTROL, slot->name, t_ns + length_ns + 60 * S);
	record->data.control.polarity = positive ? POLARITY_POSITIVE : POLARITY_NEGATIVE;
	record->data.control.state = SPAN_END;
}

static void add_dip(struct gathering *all, const struct night_slot *slot, int index, int64_t t_ns, int64_t length_ns,
		    struct numbers *numbers)
{
	char name[CHANNEL_NAME_SIZE];

	channel(name, "supply", index);
	/* Contacts bounce: three edges within 3 ms. */
	add_edge(all, slot->name, name, t_ns, 0, &numbers->supply);
	add_edge(all, slot->name, name, t_ns + NS_PER_MS, 1, &numbers->supply);
	add_edge(all, slot->name, name, t_ns + 3 * NS_PER_MS, 0, &numbers->supply);
	if (slot->lab_power)
		add_edge(all, slot->name, channel(name, "ac", index), t_ns - S, 1, &numbers->ac_lost);
	if (slot->ad1 && (length_ns < 0 || length_ns > 185 * S))
		add_alert(all, slot->name, index, t_ns + 185 * S);
	if (length_ns < 0)
		return;
	if (slot->lab_power)
		add_edge(all, slot->name, channel(name, "ac", index), t_ns + length_ns + S, 0, &numbers->ac_lost);
	channel(name, "supply", index);
	if (slot->lost_edge) {
		++numbers->supply;
		add_level(all, slot->name, name, t_ns + length_ns + 100 * NS_PER_MS, 1);
	} else {
		add_edge(all, slot->name, name, t_ns + length_ns, 1, &numbers->supply);
	}
}

static void add_activation(struct gathering *all, const struct night_slot *slot, int64_t t_ns, enum activation_state state)
{
	struct record *record = add(all, RECORD_ACTIVATION, slot->name, t_ns);

	record->data.activation.state = state;
	record->data.activation.attempt = 1;
	SET(record->data.activation.firmware_from, "0002012F");
	SET(record->data.activation.firmware_to, "00020130");
	SET(record->data.activation.image, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
}

static void add_identity(struct gathering *all, const struct night_slot *slot, int index, int64_t t_ns, const char *version)
{
	struct record *record = add(all, RECORD_IDENTITY, slot->name, t_ns);

	(void)snprintf(record->data.identity.guid, GUID_SIZE, "00-DB-12-34-56-78-%02X-A0", (unsigned)index & 0xff);
	SET(record->data.identity.firmware, version);
	record->data.identity.known = KNOWN_READ;
}

static void add_watch(struct gathering *all, const char *slot, int64_t t_ns, enum span state)
{
	struct record *record = add(all, RECORD_WATCH, slot, t_ns);

	record->data.watch.cases = CASE_BIT(CASE_OUTAGE) | CASE_BIT(CASE_AD1);
	record->data.watch.state = state;
	record->data.watch.from_ns = state == SPAN_BEGIN ? t_ns : 0;
}

static void add_journey(struct gathering *all, const struct night_slot *slot, int index, struct numbers *numbers)
{
	struct record *record;

	add_watch(all, slot->name, AT_TRANSFER * MIN, SPAN_BEGIN);
	add_phase(all, slot->name, AT_TRANSFER * MIN, PHASE_TRANSFER);
	record = add(all, RECORD_PROGRESS, slot->name, 50 * MIN);
	record->data.progress.done_bytes = 120000;
	record->data.progress.total_bytes = 240000;
	add_phase(all, slot->name, AT_VERIFY * MIN, PHASE_VERIFY);
	add_phase(all, slot->name, AT_HOLD * MIN, PHASE_HOLD);
	record = add(all, RECORD_GATE, slot->name, AT_HOLD * MIN + S);
	record->data.gate.state = slot->not_activated ? GATE_FAILED : GATE_PASSED;
	SET(record->data.gate.text, slot->not_activated ? "the positive control was not seen" : "everything is in order");
	if (!slot->not_activated) {
		add_activation(all, slot, AT_ACTIVATE * MIN, ACTIVATION_ANNOUNCED);
		add_activation(all, slot, AT_ACTIVATE * MIN + S, ACTIVATION_SENT);
		add_activation(all, slot, AT_ACTIVATE * MIN + S, ACTIVATION_ACCEPTED);
		add_phase(all, slot->name, AT_ACTIVATE * MIN + S, PHASE_ACTIVATE);
		if (slot->outage_ns != 0)
			add_dip(all, slot, index, AT_OUTAGE * MIN, slot->outage_ns, numbers);
		if (slot->second_ns != 0)
			add_dip(all, slot, index, AT_OUTAGE * MIN + slot->outage_ns + MIN, slot->second_ns, numbers);
	}
	if (slot->lone_ad1_ns)
		add_alert(all, slot->name, index, slot->lone_ad1_ns);
	add_phase(all, slot->name, AT_CONFIRM * MIN, PHASE_CONFIRM);
	add_watch(all, slot->name, AT_CONFIRM * MIN + S, SPAN_END);
	if (slot->outage_ns >= 0)
		add_identity(all, slot, index, AT_CONFIRM * MIN + 2 * S,
			     slot->old_version || slot->not_activated ? "0002012F" : "00020130");
	add_phase(all, slot->name, AT_CONFIRM * MIN + 5 * S, PHASE_IDLE);
}

static void add_night(struct gathering *all, const struct night_slot *slot, int index)
{
	char name[CHANNEL_NAME_SIZE];
	struct record *record = add(all, RECORD_HEALTH, slot->name, 0);
	struct numbers numbers = {0};

	SET(record->data.health.observer, "console");
	record->data.health.healthy = true;
	SET(record->data.health.why, "port open, heart-beat seen");
	add_level(all, slot->name, channel(name, "supply", index), 0, 1);
	add_level(all, slot->name, channel(name, "mains", index), 0, 1);
	add_level(all, slot->name, channel(name, "ac", index), 0, 0);
	add_identity(all, slot, index, 10 * MIN, "0002012F");
	add_control(all, slot, index, AT_CONTROL * MIN, true, &numbers);
	add_journey(all, slot, index, &numbers);
	if (slot->outage_ns < 0) {
		add_level(all, slot->name, channel(name, "supply", index), AT_END * MIN - S, 0);
		return;
	}
	add_control(all, slot, index, AT_CONTROL_AFTER * MIN, true, &numbers);
	add_control(all, slot, index, AT_CONTROL_NEGATIVE * MIN, false, &numbers);
	add_level(all, slot->name, channel(name, "supply", index), AT_END * MIN - S, 1);
}

static void add_bench(struct gathering *all, const struct night *night)
{
	int64_t minute, seqno = 0;
	int i;

	add_level(all, "", "pins.feed", 0, 1);
	for (i = 0; i < night->slot_count; i++) {
		if (!night->slots[i].lab_power)
			continue;
		add_edge(all, "", "pins.feed", AT_OUTAGE * MIN - S, 0, &seqno);
		add_edge(all, "", "pins.feed", AT_OUTAGE * MIN + night->slots[i].outage_ns, 1, &seqno);
		break;
	}
	for (minute = 1; night->polled && minute < AT_END; minute++) {
		struct record *record = add(all, RECORD_READING, "", minute * MIN);

		SET(record->data.reading.channel, "psu1.volts");
		record->data.reading.value_milli = 12000 + minute % 7;
		SET(record->data.reading.unit, "V");
	}
	add(all, RECORD_END, "", AT_END * MIN)->data.end.reason = END_COMPLETED;
}

/* Merge sort by time; records of one instant keep the order in which they were added. */
static void sort(struct record *records, struct record *room, size_t count)
{
	size_t half = count / 2, a = 0, b = half, i;

	if (count < 2)
		return;
	sort(records, room, half);
	sort(records + half, room, count - half);
	for (i = 0; i < count; i++) {
		if (b == count || (a < half && records[a].t_ns <= records[b].t_ns))
			room[i] = records[a++];
		else
			room[i] = records[b++];
	}
	memcpy(records, room, count * sizeof *records);
}

static void must_put(struct writer *writer, struct record *record)
{
	struct error error;

	if (!writer_put(writer, record, &error)) {
		fprintf(stderr, "%s\n", error.text);
		abort();
	}
}

/* The supply's level as the inputs so far left it. */
static void follow(int levels[NIGHT_SLOTS_MAX], const struct record *record)
{
	const char *name = record->kind == RECORD_EDGE ? record->data.edge.channel : record->data.level.channel;
	int64_t level = record->kind == RECORD_EDGE ? record->data.edge.level : record->data.level.level;

	if ((record->kind == RECORD_EDGE || record->kind == RECORD_LEVEL) && strncmp(name, "pins.supply", 11) == 0)
		levels[atoi(name + 11)] = (int)level;
}

static void poll_supplies(const struct night *night, const int levels[NIGHT_SLOTS_MAX], int64_t t_ns, struct writer *writer)
{
	struct gathering polls = {0};
	char name[CHANNEL_NAME_SIZE];
	int i;

	for (i = 0; i < night->slot_count; i++) {
		add_level(&polls, night->slots[i].name, channel(name, "supply", i), t_ns, levels[i]);
		must_put(writer, &polls.records[i]);
	}
	free(polls.records);
}

void night_put(const struct night *night, struct writer *writer)
{
	struct gathering all = {0};
	int levels[NIGHT_SLOTS_MAX] = {0};
	int64_t polled_ns = MIN;
	struct record *room;
	size_t i;
	int slot;

	add_run(&all, night);
	for (slot = 0; slot < night->slot_count; slot++)
		add_slot(&all, &night->slots[slot], slot);
	add(&all, RECORD_START, "", 0)->data.start.level_period_ns = 100 * NS_PER_MS;
	for (slot = 0; slot < night->slot_count; slot++)
		add_night(&all, &night->slots[slot], slot);
	add_bench(&all, night);
	room = malloc(all.count * sizeof *room);
	assert(room);
	sort(all.records, room, all.count);
	for (i = 0; i < all.count; i++) {
		if (night->cut_short && all.records[i].t_ns > AT_OUTAGE * MIN + 30 * S)
			break;
		for (; night->polled && polled_ns <= all.records[i].t_ns; polled_ns += MIN)
			poll_supplies(night, levels, polled_ns, writer);
		follow(levels, &all.records[i]);
		must_put(writer, &all.records[i]);
	}
	free(room);
	free(all.records);
}

void night_make(const struct night *night, char folder[PATH_MAX])
{
	const char *parent = getenv("TMPDIR");
	struct writer *writer;
	struct error error;
	char path[PATH_MAX];

	if (!folder_path(folder, parent ? parent : "/tmp", night->run, &error) || mkdir(folder, 0755) != 0 ||
	    !folder_path(path, folder, FOLDER_JOURNAL, &error) || !writer_create(&writer, path, &error)) {
		perror(folder);
		abort();
	}
	night_put(night, writer);
	if (!writer_close(writer, &error)) {
		fprintf(stderr, "%s\n", error.text);
		abort();
	}
}
