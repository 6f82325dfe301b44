/* The night, read once from a folder, with some lines more than a made-up night has. */

#include "tests/support/shown_night.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/evidence/reader.h"
#include "tests/support/night.h"

#include <stdio.h>
#include <stdlib.h>

static void begin_before(const struct record *record, enum record_kind kind, int64_t earlier_ns, struct record *more)
{
	*more = (struct record){.kind = kind, .t_ns = record->t_ns - earlier_ns, .utc_us = record->utc_us - earlier_ns / NS_PER_US, .seq = record->seq};
	text_copy(more->slot, sizeof more->slot, record->slot);
}

/* What a made-up night lacks: a transfer with a rate, readings, steps, safety inputs, and a device that says what nobody should print. */
static void take(void *owner, const struct record *record)
{
	struct archive *archive = owner;
	struct record more;
	int64_t i;

	if (record->kind == RECORD_START) {
		for (i = SAFETY_ARM; i <= SAFETY_DOOR; i++) {
			begin_before(record, RECORD_SAFETY, 0, &more);
			more.data.safety.input = (enum safety_input)i;
			more.data.safety.ok = true;
			archive_add(archive, &more);
		}
	}
	for (i = 5; record->kind == RECORD_PROGRESS && i > 0; i--) {
		begin_before(record, RECORD_PROGRESS, i * NS_PER_MIN, &more);
		more.data.progress.done_bytes = record->data.progress.done_bytes - i * 6000;
		more.data.progress.total_bytes = record->data.progress.total_bytes;
		archive_add(archive, &more);
	}
	if (record->kind == RECORD_PHASE) {
		begin_before(record, RECORD_STEP, 0, &more);
		more.data.step.step = record->data.phase.phase;
		text_copy(more.data.step.verb, sizeof more.data.step.verb, phase_name(record->data.phase.phase));
		archive_add(archive, &more);
	}
	archive_add(archive, record);
	if (record->kind != RECORD_GATE)
		return;
	begin_before(record, RECORD_READING, 0, &more);
	(void)snprintf(more.data.reading.channel, sizeof more.data.reading.channel, "meter-%.8s.volts", record->slot);
	more.data.reading.value_milli = 12034;
	text_copy(more.data.reading.unit, sizeof more.data.reading.unit, "V");
	archive_add(archive, &more);
	begin_before(record, RECORD_NOTE, 0, &more);
	text_copy(more.data.note.text, sizeof more.data.note.text, SHOWN_HOSTILE);
	archive_add(archive, &more);
}

/* A step a phase, as take() makes them, an hour and a half in all if nothing waits. Its hold is planned to be over before it is. */
static void plan(struct planned *planned)
{
	static const int64_t minutes[][2] = {{0, 0}, {5, 5}, {70, 95}, {1, 5}, {5, 8}, {1, 5}, {30, 60}};
	int64_t soon_ns = 0, late_ns = 0;
	int i;

	planned->count = sizeof minutes / sizeof *minutes;
	for (i = 0; i < planned->count; i++) {
		struct planned_step *step = &planned->steps[i];

		text_copy(step->verb, sizeof step->verb, phase_name((enum phase)i));
		step->soon_from_ns = soon_ns;
		step->late_from_ns = late_ns;
		step->soon_to_ns = soon_ns += minutes[i][0] * NS_PER_MIN;
		step->late_to_ns = late_ns += minutes[i][1] * NS_PER_MIN;
	}
}

void shown_night_init(struct shown_night *shown)
{
	static const struct night night = {.run = "made-up", .clause = "", .certify = true, .polled = true, .slot_count = 5, .slots = {
		{.name = "A", .outage_ns = 250 * NS_PER_S, .ad1 = true},
		{.name = "B", .outage_ns = 100 * NS_PER_S, .second_ns = 20 * NS_PER_S, .lost_edge = true},
		{.name = "C", .not_activated = true, .control_blind = true},
		{.name = "D", .outage_ns = -1, .ad1 = true},
		{.name = "E", .outage_ns = 179 * NS_PER_S, .model = SHOWN_HOSTILE},
	}};
	struct error error;
	static char folder[PATH_MAX]; /* made once in a process */

	archive_init(&shown->archive);
	if (!folder[0])
		night_make(&night, folder);
	if (!evidence_read(folder, take, &shown->archive, NULL, &error))
		abort();
	shown->model = model_new();
	view_init(&shown->view);
	player_init(&shown->player, &shown->archive, shown->model);
	shown->status = (struct status){.link = LINK_REPLAY, .speed = 1, .paused = true, .end_ns = shown->player.end_ns};
	plan(&shown->planned);
	shown_night_seek(shown, 0);
	shown->by_hand = false;
	memset(&shown->hand, 0, sizeof shown->hand);
}

void shown_night_done(struct shown_night *shown)
{
	model_free(shown->model);
	archive_done(&shown->archive);
}

static struct archive seen(const struct shown_night *shown)
{
	struct archive archive = shown->archive;

	archive.end = shown->player.next;
	return archive;
}

void shown_night_seek(struct shown_night *shown, int64_t t_ns)
{
	player_seek(&shown->player, t_ns);
	model_conclude(shown->model);
	shown->status.now_ns = shown->status.heard_ns = t_ns;
}

static void open_hand(struct shown_night *shown)
{
	static const char *const menu[] = {
		"supply on\t\tit is on", "mains on\t\tit is on", "cut\t10min\t", "mains cut\t10min\t", "set\t13V\tthis slot has no 'feed' with a supply whose level can be set",
		"control positive\t4min\t", "transfer\t\t", "activate\t\tno image has crossed yet: transfer comes first", "supply off\t\t",
		"off\t\t", "end\t\t", "answer\tis the lamp of " SHOWN_HOSTILE " green?\t", "note\t\t",
	};
	size_t i;

	hand_open(&shown->hand, shown->model->slots[shown->view.slot].name);
	for (i = 0; i < sizeof menu / sizeof *menu; i++)
		hand_add(&shown->hand, menu[i]);
}

enum request shown_night_press(struct shown_night *shown, int32_t key)
{
	const struct archive archive = seen(shown);

	enum request request;

	if (shown->by_hand && hand_takes(&shown->hand, key, shown->view.typing != TYPING_NONE, &shown->wish))
		return REQUEST_NONE;
	request = view_key(&shown->view, shown->model, &archive, key, shown->status.link == LINK_REPLAY, 10);
	if (request == REQUEST_HAND && shown->by_hand)
		open_hand(shown);
	return request;
}

void shown_night_draw(struct shown_night *shown, int rows, int columns, bool ascii)
{
	const struct archive archive = seen(shown);
	const struct scene scene = {shown->model, &archive, &shown->view, &shown->status, shown->by_hand ? &shown->hand : NULL, &shown->planned};

	view_keep(&shown->view, shown->model, &archive);
	draw(&shown->cells, &scene, rows, columns, ascii);
}
