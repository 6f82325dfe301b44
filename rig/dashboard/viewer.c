/* The loop of whoever watches. */

#include "rig/dashboard/viewer.h"

#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FRAME_NS (100 * NS_PER_MS)      /* between two screens, unless a key was pressed or the connection is another */
#define STILL_NS (250 * NS_PER_MS)      /* and where nothing came: clocks and ages go on */
#define JUDGE_NS (250 * NS_PER_MS)      /* between two judgements while lines come */
#define SEEK_NS (10 * NS_PER_S)
#define SEEK_FAR_NS (5 * NS_PER_MIN)
#define KEYS_AT_ONCE 64
#define SOURCE_TURNS_MAX 8              /* behind each other, before keys are looked at again */

static volatile sig_atomic_t told_to_stop;

static void stop(int number)
{
	(void)number;
	told_to_stop = 1;
}

static int64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void read_boot_id(char id[WORD_TEXT_SIZE])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	id[0] = '\0';
	if (!file)
		return;
	if (fgets(id, WORD_TEXT_SIZE, file))
		id[strcspn(id, "\n")] = '\0';
	(void)fclose(file);
}

void viewer_init(struct viewer *viewer)
{
	memset(viewer, 0, sizeof *viewer);
	viewer->model = model_new();
	archive_init(&viewer->archive);
	view_init(&viewer->view);
	viewer->told_ns = -1;
	viewer->changed = true;
}

void viewer_done(struct viewer *viewer)
{
	model_free(viewer->model);
	archive_done(&viewer->archive);
}

/* ---- Lines ---- */

void viewer_take(struct viewer *viewer, const struct record *record)
{
	char id[WORD_TEXT_SIZE];

	archive_add(&viewer->archive, record);
	model_take(viewer->model, record);
	viewer->heard_at_ns = monotonic_ns();
	viewer->changed = true;
	if (record->kind != RECORD_BOOT)
		return;
	read_boot_id(id);
	viewer->own_boot = id[0] && strcmp(id, record->data.boot.boot_id) == 0;
}

void viewer_lose(struct viewer *viewer, uint64_t lines)
{
	struct record record;
	int64_t line;

	archive_cut(&viewer->archive, viewer->archive.end - (int64_t)lines);
	model_clear(viewer->model);
	for (line = viewer->archive.first; line < viewer->archive.end; line++) {
		archive_get(&viewer->archive, line, &record);
		model_take(viewer->model, &record);
	}
	viewer->changed = true;
}

void viewer_replay(struct viewer *viewer, int64_t t_ns, int64_t speed)
{
	viewer->replay = true;
	viewer->status.link = LINK_REPLAY;
	player_init(&viewer->player, &viewer->archive, viewer->model);
	viewer->player.speed = speed;
	player_seek(&viewer->player, t_ns);
}

/* ---- Time ---- */

/* The run's own clock, now: this machine's, if it is the run's; else what passed since its last line came. */
static int64_t run_now(const struct viewer *viewer, int64_t now_ns)
{
	int64_t t_ns = viewer->own_boot ? now_ns + viewer->model->offset_ns : viewer->model->t_ns + now_ns - viewer->heard_at_ns;

	return t_ns > viewer->model->t_ns ? t_ns : viewer->model->t_ns;
}

static void tell_time(struct viewer *viewer, int64_t now_ns)
{
	struct status *status = &viewer->status;

	if (viewer->replay) {
		status->now_ns = status->heard_ns = viewer->player.t_ns;
		status->end_ns = viewer->player.end_ns;
		status->speed = viewer->player.speed;
		status->paused = viewer->player.paused;
		return;
	}
	if (viewer->told_ns >= 0) {
		status->now_ns = status->heard_ns = viewer->told_ns > viewer->model->t_ns ? viewer->told_ns : viewer->model->t_ns;
		return;
	}
	status->heard_ns = viewer->model->t_ns;
	status->now_ns = status->link == LINK_LIVE || status->link == LINK_LOST ? run_now(viewer, now_ns) : viewer->model->t_ns;
	if (status->link == LINK_LIVE)
		status->heard_ns = status->now_ns;
}

/* ---- The screen ---- */

/* In a replay the journal goes up to where it is. */
static struct archive shown_lines(const struct viewer *viewer)
{
	struct archive shown = viewer->archive;

	if (viewer->replay)
		shown.end = viewer->player.next;
	return shown;
}

void viewer_draw(struct viewer *viewer, int rows, int columns, bool ascii)
{
	const struct archive shown = shown_lines(viewer);
	const struct scene scene = {viewer->model, &shown, &viewer->view, &viewer->status, viewer->by_hand ? &viewer->hand : NULL, &viewer->planned};

	if (!viewer->model->findings)
		model_conclude(viewer->model);
	tell_time(viewer, monotonic_ns());
	view_keep(&viewer->view, viewer->model, &shown);
	draw(&viewer->cells, &scene, rows, columns, ascii);
}

static void step(struct viewer *viewer, int by)
{
	int64_t line = view_next_line(&viewer->view, &viewer->archive, viewer->player.next - 1, by);

	player_go(&viewer->player, line < 0 ? by > 0 ? viewer->archive.end : viewer->archive.first : line + 1);
}

static void play(struct viewer *viewer, enum request request)
{
	struct player *player = &viewer->player;

	switch ((int)request) {
	case REQUEST_PAUSE:
		player->paused = !player->paused;
		break;
	case REQUEST_FASTER:
	case REQUEST_SLOWER:
		player_speed(player, request == REQUEST_FASTER);
		break;
	case REQUEST_STEP:
	case REQUEST_STEP_BACK:
		step(viewer, request == REQUEST_STEP ? 1 : -1);
		break;
	case REQUEST_SEEK:
	case REQUEST_SEEK_BACK:
		player_seek(player, player->t_ns + (request == REQUEST_SEEK ? SEEK_NS : -SEEK_NS));
		break;
	case REQUEST_SEEK_FAR:
	case REQUEST_SEEK_FAR_BACK:
		player_seek(player, player->t_ns + (request == REQUEST_SEEK_FAR ? SEEK_FAR_NS : -SEEK_FAR_NS));
		break;
	case REQUEST_BEGIN:
	case REQUEST_FINISH:
		player_seek(player, request == REQUEST_BEGIN ? 0 : player->end_ns);
		break;
	default:
		break;
	}
}

/* ---- By hand ---- */

static void open_hand(struct viewer *viewer)
{
	const struct model *model = viewer->model;

	if (!viewer->by_hand)
		(void)snprintf(viewer->view.said, sizeof viewer->view.said, "nothing can be done by hand here");
	else if (viewer->view.slot >= model->slot_count)
		(void)snprintf(viewer->view.said, sizeof viewer->view.said, "there is no slot yet");
	else
		hand_open(&viewer->hand, model->slots[viewer->view.slot].name);
}

/* False: it was the last. */
static bool take_key(struct viewer *viewer, const struct viewer_source *source, int32_t key)
{
	const struct archive shown = shown_lines(viewer);
	enum request request;
	enum hand_wish wish;
	int rows, columns;

	viewer->changed = true;
	if (viewer->by_hand && hand_takes(&viewer->hand, key, viewer->view.typing != TYPING_NONE, &wish)) {
		if (wish != HAND_NOTHING)
			source->hand(source->self, viewer, wish);
		return true;
	}
	terminal_size(&rows, &columns);
	model_conclude(viewer->model);
	request = view_key(&viewer->view, viewer->model, &shown, key, viewer->replay, draw_page_rows(rows));
	play(viewer, request);
	if (request == REQUEST_HAND)
		open_hand(viewer);
	if (request == REQUEST_HAND && viewer->hand.stage == HAND_CHOOSING)
		source->hand(source->self, viewer, HAND_MENU);
	return request != REQUEST_QUIT;
}

static bool take_keys(struct viewer *viewer, const struct viewer_source *source, bool *pressed)
{
	int32_t key;
	int i;

	*pressed = false;
	for (i = 0; i < KEYS_AT_ONCE && (key = terminal_key()) != KEY_OF_NONE; i++) {
		*pressed = true;
		if (!take_key(viewer, source, key))
			return false;
	}
	return true;
}

static void show(struct viewer *viewer, int64_t now_ns, bool at_once)
{
	int rows, columns;

	if (at_once || now_ns - viewer->judged_ns >= JUDGE_NS) {
		model_conclude(viewer->model);
		viewer->judged_ns = now_ns;
	}
	terminal_size(&rows, &columns);
	viewer_draw(viewer, rows, columns, terminal_is_ascii());
	terminal_show(&viewer->cells);
	viewer->shown_ns = now_ns;
	viewer->shown_link = viewer->status.link;
	viewer->changed = false;
}

/* ---- The loop ---- */

/*
 * False: the terminal is gone. Where a screen is due anyway (`pending`) further lines wake nobody: they are taken with it, and a flood of
 * them costs ten turns a second and not a thousand.
 */
static bool wait_for_more(const struct viewer_source *source, bool pending, int64_t now_ns, int64_t until_ns)
{
	struct pollfd polled[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
				   {.fd = source && !pending ? source->descriptor(source->self) : -1, .events = POLLIN}};
	int64_t deadline_ns = source ? source->deadline(source->self) : INSTANT_NEVER, left_ns;
	struct timespec left;

	left_ns = (deadline_ns < until_ns ? deadline_ns : until_ns) - now_ns;
	if (left_ns < 0)
		left_ns = 0;
	left = (struct timespec){.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};
	return ppoll(polled, 2, &left, NULL) <= 0 || !(polled[0].revents & (POLLHUP | POLLERR | POLLNVAL));
}

/* What has come since the last turn, which may be more than a source takes at a time. */
static void take_lines(struct viewer *viewer, const struct viewer_source *source, int64_t now_ns)
{
	int turns = 0, ready;

	do {
		struct pollfd polled = {.events = POLLIN};

		source->turn(source->self, viewer, now_ns);
		polled.fd = source->descriptor(source->self);
		ready = poll(&polled, 1, 0);
	} while (ready == 1 && ++turns < SOURCE_TURNS_MAX);
}

bool viewer_open(struct viewer *viewer, const struct terminal_settings *settings, struct error *error)
{
	const struct sigaction end = {.sa_handler = stop};

	told_to_stop = 0;
	(void)sigaction(SIGINT, &end, NULL);
	(void)sigaction(SIGTERM, &end, NULL);
	(void)sigaction(SIGHUP, &end, NULL);
	viewer->turned_ns = monotonic_ns();
	viewer->shown_ns = viewer->turned_ns - STILL_NS;
	viewer->judged_ns = viewer->turned_ns - JUDGE_NS;
	return terminal_open(settings, error);
}

bool viewer_turn(struct viewer *viewer, const struct viewer_source *source, int64_t deadline_ns)
{
	int64_t now_ns = monotonic_ns(), frame_ns;
	bool at_once, there;

	viewer->by_hand = source && source->hand;
	if (!take_keys(viewer, source, &at_once))
		return false;
	if (source)
		take_lines(viewer, source, now_ns);
	if (viewer->replay) {
		player_advance(&viewer->player, now_ns - viewer->turned_ns);
		viewer->changed |= !viewer->player.paused;
	}
	viewer->turned_ns = now_ns;
	at_once |= viewer->status.link != viewer->shown_link; /* as at the start, when the past was read */
	if (at_once || now_ns - viewer->shown_ns >= (viewer->changed ? FRAME_NS : STILL_NS))
		show(viewer, now_ns, at_once);
	frame_ns = viewer->shown_ns + (viewer->changed || (viewer->replay && !viewer->player.paused) ? FRAME_NS : STILL_NS);
	there = wait_for_more(source, viewer->changed, now_ns, frame_ns < deadline_ns ? frame_ns : deadline_ns);
	viewer->stopped = told_to_stop != 0;
	return there && !viewer->stopped;
}

void viewer_close(void)
{
	terminal_close();
}

bool viewer_watch(struct viewer *viewer, const struct viewer_source *source, const struct terminal_settings *settings, struct error *error)
{
	assert(source || viewer->replay);
	if (!viewer_open(viewer, settings, error))
		return false;
	while (viewer_turn(viewer, source, INSTANT_NEVER))
		;
	viewer_close();
	return true;
}
