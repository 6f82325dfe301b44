/* What channels said last. */

#include "rig/dashboard/channel.h"

#include "rig/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* From the last one back: a burst is of one channel, and most benches have few. */
static struct channel_value *find(struct model *model, const char *name)
{
	int i;

	for (i = 0; i < model->channel_count; i++)
		if (strcmp(model->channels[i].name, name) == 0)
			return &model->channels[i];
	return NULL;
}

int channel_named(struct model *model, const char *name, const char *slot, const char *use)
{
	struct channel_value *channel = name[0] ? find(model, name) : NULL;

	if (channel)
		return (int)(channel - model->channels);
	if (!name[0])
		return -1;
	if (model->channel_count == MODEL_CHANNELS_MAX) {
		model->dropped++;
		return -1;
	}
	channel = &model->channels[model->channel_count++];
	memset(channel, 0, sizeof *channel);
	text_copy(channel->name, sizeof channel->name, name);
	text_copy(channel->slot, sizeof channel->slot, slot);
	text_copy(channel->use, sizeof channel->use, use);
	channel->level = -1;
	channel->good = true;
	return (int)(channel - model->channels);
}

static void put_change(struct channel_value *channel, int64_t t_ns, int level)
{
	if (channel->wave_count > 0 && channel->wave[(channel->wave_count - 1) % WAVE_MAX].level == level)
		return;
	channel->wave[channel->wave_count++ % WAVE_MAX] = (struct wave_change){t_ns, level};
}

static const char *level_words(const struct channel_value *channel, int level)
{
	if (strcmp(channel->use, "AC LO") == 0)
		return level ? "AC LOST" : "AC ok";
	return strcmp(channel->use, "") == 0 ? (level ? "1" : "0") : level ? "present" : "absent";
}

static void say(struct channel_value *channel, const struct record *record, enum said_kind kind, bool good)
{
	channel->kind = kind;
	channel->good = good;
	channel->said = (struct said){true, record->t_ns, record->seq};
}

static struct channel_value *told(struct model *model, const char *name, const struct record *record, const char *use)
{
	int index = channel_named(model, name, record->slot, use);

	return index < 0 ? NULL : &model->channels[index];
}

static void take_input(struct model *model, const struct record *record, const char *name, int level)
{
	struct channel_value *channel = told(model, name, record, "");

	if (!channel)
		return;
	say(channel, record, SAID_INPUT, true);
	channel->level = level;
	text_copy(channel->text, sizeof channel->text, level_words(channel, level));
	put_change(channel, record->t_ns, level);
}

static void take_reading(struct model *model, const struct record *record)
{
	struct channel_value *channel = told(model, record->data.reading.channel, record, "reading");
	int64_t value = record->data.reading.value_milli;

	if (!channel)
		return;
	say(channel, record, SAID_READING, true);
	(void)snprintf(channel->text, sizeof channel->text, "%s%" PRId64 ".%03d %s", value < 0 ? "-" : "", (value < 0 ? -value : value) / 1000,
		       (int)((value < 0 ? -value : value) % 1000), record->data.reading.unit);
}

static void take_output(struct model *model, const struct record *record, bool read_back)
{
	const char *name = read_back ? record->data.readback.channel : record->data.command.channel;
	const char *value = read_back ? record->data.readback.value : record->data.command.value;
	struct channel_value *channel = told(model, name, record, "output");
	bool agrees = !read_back || record->data.readback.agrees;

	if (!channel)
		return;
	say(channel, record, SAID_OUTPUT, agrees);
	(void)snprintf(channel->text, sizeof channel->text, "%.24s, %s", value, !read_back ? "told" : agrees ? "read back" : "DISAGREES");
}

static void take_health(struct model *model, const struct record *record)
{
	char name[CHANNEL_NAME_SIZE + 1];
	struct channel_value *channel;

	(void)snprintf(name, sizeof name, "%.20s:%.20s", record->slot[0] ? record->slot : "bench", record->data.health.observer);
	channel = told(model, name, record, "observer");
	if (!channel)
		return;
	say(channel, record, SAID_OBSERVER, record->data.health.healthy);
	(void)snprintf(channel->text, sizeof channel->text, "%s%.30s", record->data.health.healthy ? "heard: " : "NOT HEARD: ",
		       record->data.health.why);
}

static void take_safety(struct model *model, const struct record *record)
{
	static const char *const names[] = {[SAFETY_ARM] = "arm", [SAFETY_ESTOP] = "emergency stop", [SAFETY_DOOR] = "door",
					    [SAFETY_TEMPERATURE] = "temperature", [SAFETY_LAB_POWER] = "lab power"};
	struct channel_value *channel = told(model, names[record->data.safety.input], record, "safety");

	if (!channel)
		return;
	model->safety[record->data.safety.input] = (int)(channel - model->channels);
	say(channel, record, SAID_SAFETY, record->data.safety.ok);
	text_copy(channel->text, sizeof channel->text, record->data.safety.ok ? "ok" : "NOT OK");
}

void channel_take(struct model *model, const struct record *record)
{
	switch ((int)record->kind) {
	case RECORD_EDGE:
		take_input(model, record, record->data.edge.channel, (int)record->data.edge.level);
		break;
	case RECORD_LEVEL:
		take_input(model, record, record->data.level.channel, (int)record->data.level.level);
		break;
	case RECORD_READING:
		take_reading(model, record);
		break;
	case RECORD_COMMAND:
		take_output(model, record, false);
		break;
	case RECORD_READBACK:
		take_output(model, record, true);
		break;
	case RECORD_HEALTH:
		take_health(model, record);
		break;
	case RECORD_SAFETY:
		take_safety(model, record);
		break;
	default:
		break;
	}
}

void channels_unknown(struct model *model, int64_t t_ns)
{
	int i;

	for (i = 0; i < model->channel_count; i++) {
		struct channel_value *channel = &model->channels[i];

		if (channel->kind != SAID_INPUT || channel->wave_count == 0)
			continue;
		put_change(channel, channel->said.t_ns < t_ns ? channel->said.t_ns : t_ns, -1);
		channel->level = -1;
		text_copy(channel->text, sizeof channel->text, "not known");
	}
}

int channel_level_at(const struct channel_value *channel, int64_t t_ns)
{
	int i;

	for (i = channel->wave_count - 1; i >= 0 && i >= channel->wave_count - WAVE_MAX; i--)
		if (channel->wave[i % WAVE_MAX].t_ns <= t_ns)
			return channel->wave[i % WAVE_MAX].level;
	return -1;
}
