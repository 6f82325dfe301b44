/* From a name such as "pins.17" to the one entry of the bench's table of channels. A line is used once, and as what it is. */

#include "rig/bench/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *reader_grow(void *array, int count, size_t size)
{
	char *larger = realloc(array, (size_t)(count + 1) * size);

	if (!larger)
		abort();
	memset(larger + (size_t)count * size, 0, size);
	return larger;
}

/* ---- Names ---- */

struct name {
	char instrument[CHANNEL_WORD_SIZE];
	char word[CHANNEL_WORD_SIZE];
};

static bool split(struct yaml_node node, struct name *name)
{
	const char *text = yaml_scalar(node), *dot = strchr(text, '.');

	if (!yaml_is_scalar(node))
		return yaml_problem(node, "a channel is written INSTRUMENT.CHANNEL, such as pins.17");
	if (!dot || dot == text || dot[1] == '\0')
		return yaml_problem(node, "'%.40s' is no channel; write INSTRUMENT.CHANNEL, such as pins.17", text);
	if ((size_t)(dot - text) >= sizeof name->instrument || strlen(dot + 1) >= sizeof name->word)
		return yaml_problem(node, "'%.60s' is too long; an instrument's and a channel's name have at most %zu letters", text,
				    sizeof name->word - 1);
	(void)snprintf(name->instrument, sizeof name->instrument, "%.*s", (int)(dot - text), text);
	(void)snprintf(name->word, sizeof name->word, "%s", dot + 1);
	return true;
}

static int instrument_of(struct bench_reader *reader, struct yaml_node node, const char *name)
{
	const struct bench *bench = reader->bench;
	const char *words[BENCH_INSTRUMENTS_MAX + 1], *meant;
	int i, count = 0;

	for (i = 0; i < bench->instrument_count; i++) {
		if (strcmp(bench->instruments[i].name, name) == 0)
			return i;
		if (count < BENCH_INSTRUMENTS_MAX)
			words[count++] = bench->instruments[i].name;
	}
	words[count] = NULL;
	meant = word_meant(name, words);
	if (meant)
		(void)yaml_problem(node, "there is no instrument '%s'; did you mean '%s'?", name, meant);
	else
		(void)yaml_problem(node, "there is no instrument '%s'; add it below 'instruments'", name);
	return -1;
}

/* ---- The table ---- */

static const char *article_kind(enum channel_kind kind)
{
	static const char *const kinds[] = {
		[CHANNEL_SWITCH] = "a switch", [CHANNEL_LEVEL] = "a level", [CHANNEL_READING] = "a reading",
		[CHANNEL_INPUT] = "an input", [CHANNEL_STREAM] = "a stream of bytes"};

	return kinds[kind];
}

static void put_user(const struct bench *bench, const struct bench_channel *channel, char text[96])
{
	(void)snprintf(text, 96, "%s%s%s", channel_use_name(channel->use), channel->slot >= 0 ? " of slot " : "",
		       channel->slot >= 0 ? bench->slots[channel->slot].name : "");
}

static int add_channel(struct bench_reader *reader, const char *name, enum channel_kind kind, enum channel_use use, int slot,
		       int instrument, struct place at)
{
	struct bench *bench = reader->bench;
	struct bench_channel *channel = READER_ADD(bench->channels, bench->channel_count);

	*channel = (struct bench_channel){
		.kind = kind, .use = use, .slot = slot, .instrument = instrument, .profile_channel = -1, .at = at};
	(void)snprintf(channel->name, sizeof channel->name, "%s", name);
	return bench->channel_count - 1;
}

static bool is_free(struct bench_reader *reader, struct yaml_node node, const char *name)
{
	const struct bench *bench = reader->bench;
	int taken = bench_channel_find(bench, name);
	char user[96];

	if (taken < 0)
		return true;
	put_user(bench, &bench->channels[taken], user);
	return yaml_problem(node, "%s is used already, as %s on line %d; one line has one use", name, user, bench->channels[taken].at.line);
}

/* ---- GPIO ---- */

static const struct line_setting *setting_of(const struct bench_reader *reader, int instrument, const char *word)
{
	int i;

	for (i = 0; i < reader->line_count; i++)
		if (reader->lines[i].instrument == instrument && strcmp(reader->lines[i].line.line, word) == 0)
			return &reader->lines[i];
	return NULL;
}

static bool is_line_word(struct yaml_node node, const char *word)
{
	if (word[0] == '0' && word[1] >= '0' && word[1] <= '9')
		return yaml_problem(node, "line '%s' begins with a zero; write the offset as a plain number", word);
	return true;
}

static int take_line(struct bench_reader *reader, struct yaml_node node, const struct name *name, int instrument,
		     enum channel_kind kind, enum channel_use use, int slot)
{
	const struct line_setting *setting = setting_of(reader, instrument, name->word);
	enum line_direction direction = kind == CHANNEL_INPUT ? LINE_INPUT : LINE_OUTPUT;
	struct bench_channel *channel;
	int taken;

	if (kind != CHANNEL_INPUT && kind != CHANNEL_SWITCH) {
		(void)yaml_problem(node, "%s is a line of a GPIO chip and cannot be %s", yaml_scalar(node), article_kind(kind));
		return -1;
	}
	if (setting && setting->direction != LINE_EITHER && setting->direction != direction) {
		(void)yaml_problem(node, "%s is %s on line %d and cannot be %s", yaml_scalar(node),
				   setting->direction == LINE_INPUT ? "an input" : "an output", setting->at.line, article_kind(kind));
		return -1;
	}
	if (!is_line_word(node, name->word) || !is_free(reader, node, yaml_scalar(node)))
		return -1;
	taken = add_channel(reader, yaml_scalar(node), kind, use, slot, instrument, yaml_place(node));
	channel = &reader->bench->channels[taken];
	if (setting)
		channel->line = setting->line;
	else
		(void)snprintf(channel->line.line, sizeof channel->line.line, "%s", name->word);
	return taken;
}

/* ---- Modbus ---- */

static enum channel_kind kind_of(const struct profile_channel *channel)
{
	if (channel->kind == PROFILE_SWITCH && channel->set.function)
		return CHANNEL_SWITCH;
	return channel->kind == PROFILE_LEVEL ? CHANNEL_LEVEL : CHANNEL_READING;
}

static int profile_channel_of(struct yaml_node node, const struct profile *profile, const char *word)
{
	const char *words[PROFILE_CHANNELS_MAX + 1], *meant;
	int i, found = profile_channel_find(profile, word);
	char known[160];
	struct text text;

	if (found >= 0)
		return found;
	text_init(&text, known, sizeof known);
	for (i = 0; i < profile->channel_count; i++) {
		words[i] = profile->channels[i].name;
		text_format(&text, "%s%s", i ? ", " : "", words[i]);
	}
	words[i] = NULL;
	meant = word_meant(word, words);
	if (meant)
		(void)yaml_problem(node, "profile %s has no channel '%s'; did you mean '%s'?", profile->name, word, meant);
	else
		(void)yaml_problem(node, "profile %s has no channel '%s'; it has %s", profile->name, word, known);
	return -1;
}

static int take_register(struct bench_reader *reader, struct yaml_node node, const struct name *name, int instrument,
			 enum channel_kind kind, enum channel_use use, int slot)
{
	const struct profile *profile = reader->bench->instruments[instrument].profile;
	int found, taken;

	if (!profile) /* it did not load; that was said */
		return -1;
	found = profile_channel_of(node, profile, name->word);
	if (found < 0)
		return -1;
	if (kind_of(&profile->channels[found]) != kind) {
		(void)yaml_problem(node, "%s is %s; %s must be here%s", yaml_scalar(node),
				   article_kind(kind_of(&profile->channels[found])), article_kind(kind),
				   kind == CHANNEL_INPUT ? ": a line of a GPIO chip, whose edges have times" : "");
		return -1;
	}
	if (!is_free(reader, node, yaml_scalar(node)))
		return -1;
	taken = add_channel(reader, yaml_scalar(node), kind, use, slot, instrument, yaml_place(node));
	reader->bench->channels[taken].profile_channel = found;
	return taken;
}

int take_channel(struct bench_reader *reader, struct yaml_node node, enum channel_kind kind, enum channel_use use, int slot)
{
	struct name name;
	int instrument;

	if (!yaml_is_there(node) || !split(node, &name))
		return -1;
	instrument = instrument_of(reader, node, name.instrument);
	if (instrument < 0)
		return -1;
	switch (reader->bench->instruments[instrument].driver) {
	case DRIVER_GPIO:
		return take_line(reader, node, &name, instrument, kind, use, slot);
	case DRIVER_MODBUS:
		return take_register(reader, node, &name, instrument, kind, use, slot);
	case DRIVER_CONSOLE:
	case DRIVER_LOADER:
	case DRIVER_ZIGBEE:
		break;
	}
	(void)yaml_problem(node, "%s has no channel that could be %s", name.instrument, article_kind(kind));
	return -1;
}

int take_supply_channel(struct bench_reader *reader, int instrument, const char *word, enum channel_kind kind, enum channel_use use,
			struct place at)
{
	const struct bench_instrument *supply = &reader->bench->instruments[instrument];
	char name[CHANNEL_NAME_SIZE];
	int found, taken;

	found = supply->profile ? profile_channel_find(supply->profile, word) : -1;
	if (found < 0 || kind_of(&supply->profile->channels[found]) != kind)
		return -1;
	(void)snprintf(name, sizeof name, "%.23s.%.23s", supply->name, word);
	taken = bench_channel_find(reader->bench, name);
	if (taken >= 0 && reader->bench->channels[taken].use != use)
		(void)yaml_problem_at(reader->yaml, at, "%s is used already, as %s on line %d; a supply that feeds a slot is used by its feeds only",
				      name, channel_use_name(reader->bench->channels[taken].use),
				      reader->bench->channels[taken].at.line);
	if (taken >= 0)
		return taken;
	taken = add_channel(reader, name, kind, use, -1, instrument, at);
	reader->bench->channels[taken].profile_channel = found;
	return taken;
}

int take_stream(struct bench_reader *reader, int instrument, enum channel_use use, int slot, struct place at)
{
	return add_channel(reader, reader->bench->instruments[instrument].name, CHANNEL_STREAM, use, slot, instrument, at);
}
