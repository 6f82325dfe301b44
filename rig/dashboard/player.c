/* Time of a journal, told to a model. */

#include "rig/dashboard/player.h"

#include "rig/base/instant.h"

static void feed(struct player *player)
{
	struct record record;

	archive_get(player->archive, player->next++, &record);
	model_take(player->model, &record);
}

static void rewind_to_begin(struct player *player)
{
	model_clear(player->model);
	player->next = player->archive->first;
	player->t_ns = 0;
}

/* Lines may be a little earlier than the one before them: one is due with those that it follows. */
static void feed_until(struct player *player, int64_t t_ns)
{
	while (player->next < player->archive->end && archive_head(player->archive, player->next)->t_ns <= t_ns)
		feed(player);
	player->t_ns = t_ns;
}

void player_init(struct player *player, const struct archive *archive, struct model *model)
{
	int64_t line;

	*player = (struct player){.archive = archive, .model = model, .speed = 1};
	for (line = archive->first; line < archive->end; line++)
		if (archive_head(archive, line)->t_ns > player->end_ns)
			player->end_ns = archive_head(archive, line)->t_ns;
	rewind_to_begin(player);
}

void player_seek(struct player *player, int64_t t_ns)
{
	t_ns = t_ns < 0 ? 0 : t_ns > player->end_ns ? player->end_ns : t_ns;
	if (t_ns < player->t_ns)
		rewind_to_begin(player);
	feed_until(player, t_ns);
}

void player_advance(struct player *player, int64_t ns)
{
	int64_t left_ns = player->end_ns - player->t_ns;

	if (player->paused || ns <= 0 || left_ns <= 0)
		return;
	player_seek(player, ns > left_ns / player->speed ? player->end_ns : player->t_ns + ns * player->speed);
}

void player_go(struct player *player, int64_t next)
{
	player->paused = true;
	if (next < player->archive->first || next > player->archive->end)
		return;
	if (next < player->next)
		rewind_to_begin(player);
	while (player->next < next)
		feed(player);
	player->t_ns = player->model->t_ns;
}

void player_speed(struct player *player, bool faster)
{
	if (faster && player->speed < PLAYER_SPEED_MOST)
		player->speed *= 2;
	if (!faster && player->speed > 1)
		player->speed /= 2;
}
