/* The slot that is walked now: how it is wired, what of it is there, and what it stirs elsewhere. */

#include "rig/run/walk/walk_private.h"

#include <stdio.h>
#include <string.h>

struct walk_slot *walk_now(struct walk *walk)
{
	return &walk->slots[walk->cursor];
}

const struct bench_slot *walk_wiring(const struct walk *walk)
{
	return &walk->bench->slots[walk->cursor];
}

void walk_enter(struct walk *walk, enum slot_step step, int64_t within_ns)
{
	walk->step = step;
	walk->step_deadline_ns = walk->t_ns + within_ns;
}

const char *walk_power_name(const struct walk *walk)
{
	return walk_channel_name(walk, walk->slots[walk->cursor].power);
}

int64_t walk_settle_ns(const struct walk *walk)
{
	return walk_wiring(walk)->supply.settle_ns;
}

bool walk_is_there(const struct walk *walk, int channel)
{
	return channel >= 0 && walk->channels[channel].level == 1;
}

/* The line that trips when a group's protection has acted, of the slot that is walked; -1: none. */
int walk_trip_line(const struct walk *walk)
{
	const struct bench_mains *mains = &walk_wiring(walk)->mains;

	return mains->present && mains->group >= 0 ? walk->bench->groups[mains->group].tripped : -1;
}

enum walk_progress walk_has_closed(struct walk *walk, int channel)
{
	const struct bench_mains *mains = &walk_wiring(walk)->mains;
	const struct bench_group *group = mains->present && mains->group >= 0 ? &walk->bench->groups[mains->group] : NULL;

	if (!group || group->contactor != channel || walk_level_is(walk, group->mirror, 0, 0))
		return WALK_DONE;
	return walk_reached(walk, walk->channels[channel].t_on_ns + WALK_SENSE_NS) ? WALK_FAILED : WALK_PENDING;
}

void walk_add_name(char *list, size_t size, const char *name)
{
	size_t used = strlen(list);

	(void)snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
}

/* Whether a sense of another slot has come since this one was energised. */
static bool has_stirred(struct walk *walk, int channel, int64_t settle)
{
	return channel >= 0 && walk->channels[channel].baseline == 0 && walk_level_is(walk, channel, 1, settle);
}

bool walk_stirred(struct walk *walk, char *list, size_t size)
{
	char one[CHANNEL_NAME_SIZE + SLOT_NAME_SIZE + 40];
	bool any = false;
	int i, k;

	list[0] = '\0';
	for (i = 0; i < walk->bench->slot_count; i++) {
		const struct bench_slot *other = &walk->bench->slots[i];
		int senses[] = {other->mains.present ? other->mains.sense : -1, other->supply.channel};

		if (i == walk->cursor || !walk->settings.taking_part[i] || walk->slots[i].doubtful)
			continue;
		for (k = 0; k < 2; k++) {
			if (!has_stirred(walk, senses[k], other->supply.settle_ns))
				continue;
			any = true;
			(void)snprintf(one, sizeof one, "slot %s's %s (%s)", other->name,
				       channel_use_name(walk->bench->channels[senses[k]].use), walk_channel_name(walk, senses[k]));
			walk_add_name(list, size, one);
		}
	}
	return any;
}
