/* Keys, lines of a menu and answers change what somebody is about to do. */

#include "rig/dashboard/hand.h"

#include "rig/dashboard/key.h"

#include <stdio.h>
#include <string.h>

void hand_open(struct hand *hand, const char *slot)
{
	memset(hand, 0, sizeof *hand);
	hand->stage = HAND_CHOOSING;
	text_copy(hand->slot, sizeof hand->slot, slot);
}

/* ---- What the run says ---- */

void hand_list(struct hand *hand, const char *why_none)
{
	hand->count = 0;
	text_copy(hand->nothing, sizeof hand->nothing, why_none);
}

/* Copies up to a tab or the end; gives what is behind it, or NULL. */
static const char *take_field(char *to, size_t size, const char *from)
{
	char field[FREE_TEXT_SIZE];
	size_t length = strcspn(from, "\t");

	(void)snprintf(field, sizeof field, "%.*s", (int)(length < sizeof field ? length : sizeof field - 1), from);
	(void)text_copy(to, size, field);
	return from[length] ? from + length + 1 : NULL;
}

void hand_add(struct hand *hand, const char *line)
{
	struct hand_entry *entry = &hand->entries[hand->count];

	if (hand->count == HAND_ENTRIES_MAX)
		return;
	memset(entry, 0, sizeof *entry);
	line = take_field(entry->action, sizeof entry->action, line);
	line = line ? take_field(entry->most, sizeof entry->most, line) : NULL;
	if (!line)
		return; /* of another program than ours */
	(void)take_field(entry->why_not, sizeof entry->why_not, line);
	hand->count++;
}

void hand_tell(struct hand *hand, bool done, const char *text)
{
	hand->refused = !done;
	(void)text_copy(hand->said, sizeof hand->said, text);
}

const struct hand_entry *hand_selected(const struct hand *hand)
{
	return hand->selected < hand->count ? &hand->entries[hand->selected] : NULL;
}

bool hand_wants_words(const struct hand_entry *entry)
{
	return strcmp(entry->action, "note") == 0 || strcmp(entry->action, "answer") == 0;
}

void hand_words(const struct hand *hand, struct text *text)
{
	const struct hand_entry *entry = hand_selected(hand);
	bool whole = entry && strcmp(entry->action, "end") == 0;

	if (entry)
		text_format(text, "hilrig hand %s%s%s%s%s", whole ? "" : hand->slot, whole ? "" : " ", entry->action, hand->typed[0] ? " " : "", hand->typed);
}

/* ---- What keys do ---- */

static bool is_off(const struct hand_entry *entry)
{
	return strcmp(entry->action, "off") == 0 || strcmp(entry->action, "supply off") == 0 || strcmp(entry->action, "mains off") == 0;
}

static enum hand_wish choose(struct hand *hand)
{
	const struct hand_entry *entry = hand_selected(hand);

	hand->said[0] = hand->typed[0] = '\0';
	if (!entry)
		return HAND_NOTHING;
	if (entry->why_not[0]) {
		hand_tell(hand, false, entry->why_not);
		return HAND_NOTHING;
	}
	if (is_off(entry))
		return HAND_DO;
	hand->stage = entry->most[0] || hand_wants_words(entry) ? HAND_TYPING : HAND_SURE;
	if (strncmp(entry->action, "control ", 8) == 0)
		text_copy(hand->typed, sizeof hand->typed, entry->most); /* what hubs are proved with has its own length */
	return HAND_NOTHING;
}

static enum hand_wish move(struct hand *hand, int by)
{
	hand->selected += by;
	if (hand->selected >= hand->count)
		hand->selected = hand->count - 1;
	if (hand->selected < 0)
		hand->selected = 0;
	hand->said[0] = '\0';
	return HAND_NOTHING;
}

static enum hand_wish choosing(struct hand *hand, int32_t key)
{
	switch (key) {
	case KEY_OF_UP: case 'k':
		return move(hand, -1);
	case KEY_OF_DOWN: case 'j':
		return move(hand, 1);
	case KEY_OF_ENTER:
		return choose(hand);
	case KEY_OF_ESCAPE: case 'q': case 'a':
		hand->stage = HAND_CLOSED;
		return HAND_NOTHING;
	default:
		return HAND_NOTHING;
	}
}

static enum hand_wish typing(struct hand *hand, int32_t key)
{
	const struct hand_entry *entry = hand_selected(hand);
	size_t size = strlen(hand->typed);

	if (!entry || key == KEY_OF_ESCAPE) {
		hand->stage = HAND_CHOOSING;
		hand->typed[0] = '\0';
	} else if (key == KEY_OF_BACKSPACE && size > 0) {
		hand->typed[size - 1] = '\0';
	} else if (key >= 0x20 && key < 0x7F && size + 1 < sizeof hand->typed) {
		hand->typed[size] = (char)key;
		hand->typed[size + 1] = '\0';
	} else if (key == KEY_OF_ENTER && hand->typed[0]) {
		hand->stage = hand_wants_words(entry) ? HAND_CHOOSING : HAND_SURE; /* words switch nothing */
		return hand_wants_words(entry) ? HAND_DO : HAND_NOTHING;
	}
	return HAND_NOTHING;
}

static enum hand_wish take(struct hand *hand, int32_t key)
{
	switch (hand->stage) {
	case HAND_CLOSED:
		break;
	case HAND_CHOOSING:
		return choosing(hand, key);
	case HAND_TYPING:
		return typing(hand, key);
	case HAND_SURE:
		hand->stage = HAND_CHOOSING;
		if (key == 'y')
			return HAND_DO;
		hand_tell(hand, false, "not done");
		break;
	}
	return HAND_NOTHING;
}

bool hand_takes(struct hand *hand, int32_t key, bool typed_elsewhere, enum hand_wish *wish)
{
	bool letters = typed_elsewhere || hand->stage == HAND_TYPING, asked = hand->off_asked;

	*wish = HAND_NOTHING;
	hand->off_asked = false;
	if (key == KEY_OF_F9 || (key == 'X' && !letters)) {
		hand->off_asked = !asked;
		*wish = asked ? HAND_ALL_OFF : HAND_NOTHING;
		return true;
	}
	if (asked) /* not that: and it is nothing else either */
		return true;
	if (hand->stage == HAND_CLOSED)
		return false;
	*wish = take(hand, key);
	return true;
}
