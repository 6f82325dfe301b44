/* How the walk speaks and waits. Nothing here decides what is next. */

#include "rig/run/walk/walk_private.h"

#include "rig/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>


void walk_say(struct walk *walk, enum finding_state state, const char *what, const char *subject, const char *slot,
	      const char *format, ...)
{
	struct finding *finding = &walk->actions->findings[walk->actions->finding_count++];
	char text[FINDING_TEXT_SIZE];
	const char *from = text;
	size_t size;
	va_list list;

	assert(walk->actions->finding_count <= WALK_FINDINGS_MAX);
	va_start(list, format);
	(void)vsnprintf(text, sizeof text, format, list);
	va_end(list);
	finding->state = state;
	finding->what = what;
	finding->t_ns = walk->t_ns - walk->t_begin_ns;
	text_copy(finding->subject, sizeof finding->subject, subject ? subject : walk->bench->name);
	text_copy(finding->slot, sizeof finding->slot, slot ? slot : "");
	/* Errors begin with the name of what they are about; so does the line. */
	size = strlen(finding->subject);
	if (strncmp(text, finding->subject, size) == 0 && strncmp(text + size, ": ", 2) == 0)
		from += size + 2;
	text_copy(finding->text, sizeof finding->text, from);
	walk->counts[state]++;
}

const char *span_text(char text[SPAN_TEXT_SIZE], int64_t span_ns)
{
	int64_t ms = span_ns / NS_PER_MS;

	if (ms < 10000)
		(void)snprintf(text, SPAN_TEXT_SIZE, "%lld ms", (long long)ms);
	else
		(void)snprintf(text, SPAN_TEXT_SIZE, "%lld.%lld s", (long long)(ms / 1000), (long long)(ms / 100 % 10));
	return text;
}

bool walk_reached(struct walk *walk, int64_t until_ns)
{
	if (walk->t_ns >= until_ns)
		return true;
	if (until_ns < walk->wake_ns)
		walk->wake_ns = until_ns;
	return false;
}

void walk_switch(struct walk *walk, int channel, bool on)
{
	const struct bench_channel *bench_channel = &walk->bench->channels[channel];
	struct walk_channel *state = &walk->channels[channel];
	int64_t on_milli = bench_channel->kind == CHANNEL_LEVEL ? walk->bench->supply_limit.nominal_mv : 1000;

	assert(walk->actions->set_count < WALK_SETS_MAX);
	walk->actions->sets[walk->actions->set_count++] = (struct walk_set){channel, on ? on_milli : 0};
	state->owed++;
	state->agrees = false;
	state->text[0] = '\0';
	if (on) {
		state->on = walk->energised = true;
		state->t_on_ns = walk->t_ns;
	} else {
		state->t_off_ns = walk->t_ns;
	}
	walk->t_turn_ns = walk->t_ns;
}

void walk_everything_off(struct walk *walk)
{
	int i;

	for (i = 0; i < walk->bench->channel_count; i++)
		if (walk->channels[i].on)
			walk_switch(walk, i, false);
}

void walk_break_off(struct walk *walk, const char *why)
{
	if (walk->stage >= WALK_STAGE_OFF)
		return;
	if (!walk->why_not[0])
		text_copy(walk->why_not, sizeof walk->why_not, why);
	walk_everything_off(walk);
	walk->stage = WALK_STAGE_OFF;
	walk->stage_deadline_ns = walk->t_ns + WALK_OUTPUT_NS;
}

bool walk_level_is(struct walk *walk, int channel, int level, int64_t settle_ns)
{
	const struct walk_channel *state = &walk->channels[channel];

	return state->level == level && walk_reached(walk, state->since_ns + settle_ns);
}

const char *walk_forbids(const struct walk *walk, bool hazardous)
{
	if (walk->safety[SAFETY_ESTOP] == 0)
		return "the emergency stop is pressed: release it, and arm the bench anew";
	if (walk->safety[SAFETY_DOOR] == 0)
		return "the door is open: close it, and arm the bench anew";
	if (walk->safety[SAFETY_TEMPERATURE] == 0)
		return "over-temperature: find out why";
	if (walk->safety[SAFETY_LAB_POWER] == 0)
		return "the lab's power is not there: switch it on, and arm the bench anew";
	if (hazardous && walk->safety[SAFETY_ARM] != 1)
		return "not armed: arm the bench with its key";
	return NULL;
}

enum walk_progress walk_wait_for_person(struct walk *walk, bool hazardous, const char **why)
{
	char within[SPAN_TEXT_SIZE];

	*why = walk_forbids(walk, hazardous);
	if (!*why) {
		walk->waits_for = NULL;
		return WALK_DONE;
	}
	if (walk->person_deadline_ns == 0)
		walk->person_deadline_ns = walk->t_ns + walk->settings.within_ns;
	if (walk_reached(walk, walk->person_deadline_ns))
		return WALK_FAILED;
	if (walk->waits_for != *why)
		walk_say(walk, FINDING_NOTE, "waiting", NULL, NULL, "%s (waits at most %s)", *why,
			 span_text(within, walk->person_deadline_ns - walk->t_ns));
	walk->waits_for = *why;
	return WALK_PENDING;
}

/* One interlock's say about a channel that wants to go on. */
static bool interlock_allows(struct walk *walk, const struct bench_interlock *interlock, int channel, bool *never)
{
	bool concerned = false, allows = true;
	int i;

	for (i = 0; i < interlock->channel_count; i++)
		concerned |= interlock->channels[i] == channel;
	for (i = 0; concerned && i < interlock->channel_count; i++) {
		const struct walk_channel *other = &walk->channels[interlock->channels[i]];

		if (interlock->channels[i] == channel)
			continue;
		*never |= other->on || other->was_on;
		allows &= walk_reached(walk, other->t_off_ns + interlock->gap_ns);
	}
	return allows && !*never;
}

bool walk_has_turn(struct walk *walk, int channel, bool *never)
{
	const struct walk_channel *state = &walk->channels[channel];
	bool turn = walk->t_turn_ns < 0 || walk_reached(walk, walk->t_turn_ns + walk->stagger_ns);
	int i;

	*never = false;
	turn &= walk_reached(walk, state->t_off_ns + walk->bench->channels[channel].off_min_ns);
	for (i = 0; i < walk->bench->interlock_count; i++)
		turn &= interlock_allows(walk, &walk->bench->interlocks[i], channel, never);
	return turn;
}

bool walk_has_window(struct walk *walk)
{
	if (cut_window_has_room(&walk->window, walk->utc_us, walk->bench->hubs_together_max))
		return true;
	(void)walk_reached(walk, walk->t_ns + cut_window_left_ns(walk->utc_us));
	return false;
}

void walk_count_cut(struct walk *walk)
{
	cut_window_take(&walk->window, walk->utc_us);
}

const char *walk_channel_name(const struct walk *walk, int channel)
{
	return walk->bench->channels[channel].name;
}

bool walk_hazardous(const struct walk *walk, const struct walk_slot *slot)
{
	int i;

	for (i = 0; i < slot->output_count; i++)
		if (walk->bench->channels[slot->outputs[i]].hazardous)
			return true;
	return false;
}
