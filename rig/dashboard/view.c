/* Requests change what is looked at. */

#include "rig/dashboard/view.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/dashboard/outage_clock.h"
#include "rig/dashboard/say.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const screen_names[SCREEN_COUNT] = {"bench", "slot", "instruments", "journal", "night", "help"};

const char *screen_name(enum screen screen)
{
	return screen_names[screen];
}

enum screen screen_from_name(const char *name)
{
	int screen;

	for (screen = 0; screen < SCREEN_COUNT; screen++)
		if (strcmp(screen_names[screen], name) == 0)
			break;
	return (enum screen)screen;
}

void view_init(struct view *view)
{
	memset(view, 0, sizeof *view);
	view->follow = true;
	view->wave_ns = 600 * NS_PER_S;
}

/* ---- Lines that are shown ---- */

static bool is_quiet(enum record_kind kind)
{
	return kind == RECORD_LEVEL || kind == RECORD_READING || kind == RECORD_CLOCK || kind == RECORD_PROGRESS;
}

static bool has_text(const struct archive *archive, int64_t line, const char *words)
{
	char text[SAY_SIZE], whole[SAY_SIZE + SLOT_NAME_SIZE + 32];
	struct record record;

	archive_get(archive, line, &record);
	say_record(text, &record);
	(void)snprintf(whole, sizeof whole, "%s %s %s", record.slot, record_kind_name(record.kind), text);
	return strcasestr(whole, words) != NULL;
}

bool view_shows(const struct view *view, const struct archive *archive, int64_t line)
{
	if (!view->all && is_quiet(archive_head(archive, line)->kind))
		return false;
	return !view->filter[0] || has_text(archive, line, view->filter);
}

int64_t view_next_line(const struct view *view, const struct archive *archive, int64_t line, int step)
{
	int looked;

	for (looked = 0; looked < LINES_LOOKED_AT_MAX; looked++) {
		line += step;
		if (line < archive->first || line >= archive->end)
			return -1;
		if (view_shows(view, archive, line))
			return line;
	}
	return -1;
}

static void go_lines(struct view *view, const struct archive *archive, int count, int step)
{
	int64_t next;

	while (count-- > 0 && (next = view_next_line(view, archive, view->line, step)) >= 0)
		view->line = next;
	view->follow = step > 0 && view_next_line(view, archive, view->line, 1) < 0;
}

static void search(struct view *view, const struct archive *archive, int step)
{
	int64_t line = view->line;

	if (!view->search[0])
		return;
	while ((line = view_next_line(view, archive, line, step)) >= 0)
		if (has_text(archive, line, view->search))
			break;
	if (line < 0) {
		(void)snprintf(view->said, sizeof view->said, "no line %s this one has %.30s", step > 0 ? "behind" : "before", view->search);
		return;
	}
	view->line = line;
	view->follow = false;
}

/* ---- Moving ---- */

static int within(int value, int count)
{
	return value < 0 || count <= 0 ? 0 : value >= count ? count - 1 : value;
}

static void show(struct view *view, enum screen screen)
{
	if (screen == view->screen)
		return;
	if (view->before_count == VIEW_BEFORE_MAX)
		memmove(view->before, view->before + 1, sizeof view->before[0] * (size_t)--view->before_count);
	view->before[view->before_count++] = view->screen;
	view->screen = screen;
}

static void go_back(struct view *view)
{
	if (view->before_count > 0)
		view->screen = view->before[--view->before_count];
}

static int message_count(const struct view *view, const struct model *model)
{
	if (view->slot >= model->slot_count)
		return 0;
	return model->slots[view->slot].message_count < LADDER_MAX ? model->slots[view->slot].message_count : LADDER_MAX;
}

static void move(struct view *view, const struct model *model, const struct archive *archive, int by)
{
	switch (view->screen) {
	case SCREEN_BENCH:
	case SCREEN_NIGHT:
		view->slot = within(view->slot + by, model->slot_count);
		break;
	case SCREEN_SLOT:
		view->message = within(view->message - by, message_count(view, model));
		break;
	case SCREEN_INSTRUMENTS:
		view->channel = within(view->channel + by, model->channel_count);
		break;
	case SCREEN_JOURNAL:
		go_lines(view, archive, by < 0 ? -by : by, by < 0 ? -1 : 1);
		break;
	case SCREEN_HELP:
		view->help_top = within(view->help_top + by, (int)key_table_count);
		break;
	case SCREEN_COUNT:
		break;
	}
}

static void move_to_end(struct view *view, const struct model *model, const struct archive *archive, bool last)
{
	if (view->screen != SCREEN_JOURNAL) {
		move(view, model, archive, last ? MODEL_CHANNELS_MAX : -MODEL_CHANNELS_MAX);
		return;
	}
	view->line = last ? archive->end : archive->first - 1;
	view->line = view_next_line(view, archive, view->line, last ? -1 : 1);
	view->follow = last;
}

static void next_slot(struct view *view, const struct model *model, int by)
{
	if (model->slot_count > 0)
		view->slot = (view->slot + by + model->slot_count) % model->slot_count;
	view->message = 0;
}

/* The line that says what is selected. A slot's is the begin of the outage that its clock is about, or its newest. */
static struct said selected(const struct view *view, const struct model *model)
{
	const struct model_slot *slot = view->slot < model->slot_count ? &model->slots[view->slot] : NULL;
	struct outage_clock clock;
	int i;

	if (view->screen == SCREEN_INSTRUMENTS && view->channel < model->channel_count)
		return model->channels[view->channel].said;
	if (!slot)
		return (struct said){0};
	if (view->screen == SCREEN_SLOT && view->message < message_count(view, model))
		return slot->messages[(slot->message_count - 1 - view->message) % LADDER_MAX].said;
	clock = outage_clock(model, view->slot, model->t_ns);
	for (i = slot->message_count - 1; clock.any && i >= 0 && i >= slot->message_count - LADDER_MAX; i--)
		if (slot->messages[i % LADDER_MAX].said.t_ns == clock.t_down_ns)
			return slot->messages[i % LADDER_MAX].said;
	return slot->said;
}

static void show_line(struct view *view, const struct model *model, const struct archive *archive)
{
	struct said said = selected(view, model);

	if (view->screen == SCREEN_JOURNAL || view->screen == SCREEN_HELP)
		return;
	if (!said.any || archive_find(archive, said.seq) < 0) {
		(void)snprintf(view->said, sizeof view->said, "nothing was said of it yet");
		return;
	}
	view->filter[0] = '\0';
	view->line = archive_find(archive, said.seq);
	view->all |= is_quiet(archive_head(archive, view->line)->kind);
	view->follow = false;
	show(view, SCREEN_JOURNAL);
}

static void open_selected(struct view *view, const struct model *model, const struct archive *archive)
{
	if (view->screen == SCREEN_BENCH || view->screen == SCREEN_NIGHT) {
		view->message = 0;
		show(view, SCREEN_SLOT);
	} else {
		show_line(view, model, archive);
	}
}

/* ---- Typing ---- */

static void begin_typing(struct view *view, enum typing typing)
{
	show(view, SCREEN_JOURNAL);
	view->typing = typing;
	view->typed[0] = '\0';
}

static void end_typing(struct view *view, const struct archive *archive)
{
	if (view->typing == TYPING_FILTER) {
		text_copy(view->filter, sizeof view->filter, view->typed);
	} else if (view->typed[0]) {
		text_copy(view->search, sizeof view->search, view->typed);
		search(view, archive, 1);
	}
	view->typing = TYPING_NONE;
}

/* Only printable ASCII: what is searched for are the journal's own words. */
static void type(struct view *view, const struct archive *archive, int32_t key)
{
	size_t size = strlen(view->typed);

	if (key == KEY_OF_ENTER)
		end_typing(view, archive);
	else if (key == KEY_OF_ESCAPE)
		view->typing = TYPING_NONE;
	else if (key == KEY_OF_BACKSPACE && size > 0)
		view->typed[size - 1] = '\0';
	else if (key >= 0x20 && key < 0x7F && size + 1 < sizeof view->typed)
		(void)snprintf(view->typed + size, sizeof view->typed - size, "%c", (int)key);
}

static void zoom(struct view *view, bool wider)
{
	int64_t wave_ns = wider ? view->wave_ns * 2 : view->wave_ns / 2;

	if (wave_ns >= WAVE_LEAST_NS && wave_ns <= WAVE_MOST_NS)
		view->wave_ns = wave_ns;
}

/* ---- Requests ---- */

static enum request apply(struct view *view, const struct model *model, const struct archive *archive, enum request request, int page)
{
	switch (request) {
	case REQUEST_BENCH: case REQUEST_SLOT: case REQUEST_INSTRUMENTS: case REQUEST_JOURNAL: case REQUEST_NIGHT: case REQUEST_HELP:
		show(view, (enum screen)(request - REQUEST_BENCH));
		break;
	case REQUEST_UP: case REQUEST_DOWN:
		move(view, model, archive, request == REQUEST_UP ? -1 : 1);
		break;
	case REQUEST_PAGE_UP: case REQUEST_PAGE_DOWN:
		move(view, model, archive, request == REQUEST_PAGE_UP ? -page : page);
		break;
	case REQUEST_FIRST: case REQUEST_LAST:
		move_to_end(view, model, archive, request == REQUEST_LAST);
		break;
	case REQUEST_OPEN:
		open_selected(view, model, archive);
		break;
	case REQUEST_BACK:
		go_back(view);
		break;
	case REQUEST_NEXT_SLOT: case REQUEST_LAST_SLOT:
		next_slot(view, model, request == REQUEST_NEXT_SLOT ? 1 : -1);
		break;
	case REQUEST_LINE:
		show_line(view, model, archive);
		break;
	case REQUEST_SEARCH: case REQUEST_FILTER:
		begin_typing(view, request == REQUEST_SEARCH ? TYPING_SEARCH : TYPING_FILTER);
		break;
	case REQUEST_AGAIN: case REQUEST_AGAIN_BACK:
		search(view, archive, request == REQUEST_AGAIN ? 1 : -1);
		break;
	case REQUEST_QUIET:
		view->all = !view->all;
		break;
	case REQUEST_FOLLOW:
		view->follow = !view->follow;
		break;
	case REQUEST_WIDER: case REQUEST_NARROWER:
		zoom(view, request == REQUEST_WIDER);
		break;
	case REQUEST_PAUSE: case REQUEST_FASTER: case REQUEST_SLOWER: case REQUEST_STEP: case REQUEST_STEP_BACK: case REQUEST_SEEK:
	case REQUEST_SEEK_BACK: case REQUEST_SEEK_FAR: case REQUEST_SEEK_FAR_BACK: case REQUEST_BEGIN: case REQUEST_FINISH: case REQUEST_QUIT: case REQUEST_HAND:
	case REQUEST_ALL_OFF:
		return request;
	case REQUEST_NONE: case REQUEST_COUNT:
		break;
	}
	return REQUEST_NONE;
}

enum request view_key(struct view *view, const struct model *model, const struct archive *archive, int32_t key, bool replay, int page)
{
	enum request request;

	view->said[0] = '\0';
	if (view->typing != TYPING_NONE) {
		type(view, archive, key);
		return REQUEST_NONE;
	}
	request = apply(view, model, archive, key_request(key, replay), page < 1 ? 1 : page);
	view_keep(view, model, archive);
	return request;
}

void view_keep(struct view *view, const struct model *model, const struct archive *archive)
{
	view->slot = within(view->slot, model->slot_count);
	view->channel = within(view->channel, model->channel_count);
	view->message = within(view->message, message_count(view, model));
	if (archive->end == archive->first) {
		view->line = -1;
		return;
	}
	if (view->line < archive->first)
		view->line = archive->first;
	if (view->line >= archive->end || view->follow)
		view->line = archive->end - 1;
	if (view_shows(view, archive, view->line))
		return;
	view->line = view_next_line(view, archive, view->line, -1);
	if (view->line < 0)
		view->line = view_next_line(view, archive, archive->first - 1, 1);
}
