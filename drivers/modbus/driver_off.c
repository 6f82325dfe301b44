/*
 * How an instrument is switched off without this program: its part of the off script. Each group is the writes of some
 * channels and the one read that proves them. Reads take only places that the profile knows, and compare only the bits that
 * matter.
 */

#include "drivers/modbus/driver.h"

#include "rig/base/text.h"

#include <assert.h>
#include <string.h>

#define COILS_MAX ((OFF_FRAME_MAX - 5) * 8)
#define REGISTERS_MAX ((OFF_FRAME_MAX - 5) / 2)

struct off_work {
	const struct modbus_driver *driver;
	const struct profile *profile;
	struct off_script *script;
	struct error *error;
	uint8_t bus;
	uint8_t causes;                  /* this pass is for these */
	bool goes[PROFILE_CHANNELS_MAX]; /* channels that go off in it */
	bool here[PROFILE_CHANNELS_MAX]; /* those of the present group */
};

static bool is_coils(const struct profile_access *access)
{
	return access->function == MODBUS_READ_COILS || access->function == MODBUS_READ_INPUTS;
}

static const struct profile_access *echo_of(const struct profile_channel *channel)
{
	return channel->echo.function ? &channel->echo : &channel->get;
}

static bool add(struct off_work *work, enum off_exchange_kind kind, const char *channel, const struct modbus_transaction *transaction,
		const uint16_t *values, const uint16_t *mask)
{
	struct off_exchange exchange = {.causes = work->causes, .kind = (uint8_t)kind, .bus = work->bus};
	uint8_t request[MODBUS_FRAME_MAX], answer[MODBUS_FRAME_MAX], masked[MODBUS_FRAME_MAX];
	size_t request_size = modbus_request_frame(transaction, request);
	size_t answer_size = modbus_answer_frame(transaction, values, answer);
	struct text name;

	text_init(&name, exchange.name, sizeof exchange.name);
	text_format(&name, "%s.%s", work->driver->settings.name, channel);
	assert(request_size <= OFF_FRAME_MAX && answer_size <= OFF_FRAME_MAX);
	exchange.request_size = (uint8_t)request_size;
	exchange.answer_size = (uint8_t)answer_size;
	memcpy(exchange.request, request, request_size);
	memcpy(exchange.answer, answer, answer_size);
	memset(exchange.mask, 0xFF, answer_size - 2);
	if (mask) {
		modbus_answer_frame(transaction, mask, masked);
		memcpy(exchange.mask + 3, masked + 3, answer_size - 5);
	}
	return off_script_add_exchange(work->script, &exchange, work->error);
}

/* ---- Writes ---- */

static bool write_one(struct off_work *work, int channel)
{
	const struct profile_channel *it = &work->profile->channels[channel];
	struct modbus_transaction transaction;
	uint16_t words[2];
	int count = access_words(it, access_off(it), words, work->error);

	if (count == 0)
		return error_prefix(work->error, "%s: %s", work->driver->settings.name, it->name);
	access_write(&it->set, words, count, &transaction);
	transaction.unit = work->driver->settings.unit;
	return add(work, OFF_WRITE, it->name, &transaction, NULL, NULL);
}

/* The channel of this group whose coil is this one, or -1. */
static int coil_channel(const struct off_work *work, int address)
{
	int i;

	for (i = 0; i < work->profile->channel_count; i++) {
		const struct profile_channel *it = &work->profile->channels[i];

		if (work->here[i] && it->set.function == MODBUS_WRITE_COIL && it->set.address == address && it->off_raw == 0)
			return i;
	}
	return -1;
}

static bool write_run(struct off_work *work, int first, int count)
{
	struct modbus_transaction transaction = {.unit = work->driver->settings.unit, .function = MODBUS_WRITE_COILS,
						 .address = (uint16_t)first, .count = (uint16_t)count};
	char name[2 * CHANNEL_WORD_SIZE + 2];
	struct text text;

	text_init(&text, name, sizeof name);
	text_format(&text, "%s-%s", work->profile->channels[coil_channel(work, first)].name,
		    work->profile->channels[coil_channel(work, first + count - 1)].name);
	return add(work, OFF_WRITE, name, &transaction, NULL, NULL);
}

static bool run_length(const struct off_work *work, int address, int *count)
{
	for (*count = 0; *count < MODBUS_VALUES_MAX && coil_channel(work, address + *count) >= 0; ++*count)
		continue;
	return *count > 1;
}

static bool write_all(struct off_work *work)
{
	int i, count;

	for (i = 0; i < work->profile->channel_count; i++) {
		int address = work->profile->channels[i].set.address;

		if (!work->here[i])
			continue;
		if (!work->profile->function_16 || coil_channel(work, address) != i) {
			if (!write_one(work, i))
				return false;
		} else if (coil_channel(work, address - 1) < 0) {
			/* The first of its run writes all of it. */
			if (run_length(work, address, &count) ? !write_run(work, address, count) : !write_one(work, i))
				return false;
		}
	}
	return true;
}

/* ---- Reads that prove them ---- */

/* What the echo of a channel that is off reads as, in words. */
static void off_words(const struct profile_channel *channel, uint16_t words[2])
{
	words[0] = words[1] = 0;
	if (channel->kind != PROFILE_SWITCH)
		(void)!access_words(channel, access_off(channel), words, NULL);
	else if (channel->get_on_raw == channel->on_raw)
		words[0] = (uint16_t)channel->off_raw;
}

/* Which channels this read proves. */
static void gather(struct off_work *work, const struct access_span *span)
{
	int i;

	for (i = 0; i < work->profile->channel_count; i++) {
		const struct profile_access *echo = echo_of(&work->profile->channels[i]);
		int at = echo->address - span->address;

		work->here[i] = work->goes[i] && echo->function == span->function && at >= 0 && at + echo->count <= span->count;
	}
}

static bool read_span(struct off_work *work, const struct access_span *span)
{
	struct modbus_transaction transaction = {.unit = work->driver->settings.unit, .function = span->function,
						 .address = span->address, .count = span->count};
	uint16_t values[MODBUS_VALUES_MAX] = {0}, mask[MODBUS_VALUES_MAX] = {0}, words[2];
	const char *name = "*";
	int i, word, count = 0;

	for (i = 0; i < work->profile->channel_count; i++) {
		const struct profile_channel *channel = &work->profile->channels[i];
		const struct profile_access *echo = echo_of(channel);

		if (!work->here[i])
			continue;
		name = count++ ? "*" : channel->name;
		off_words(channel, words);
		for (word = 0; word < echo->count; word++) {
			values[echo->address - span->address + word] = words[word];
			mask[echo->address - span->address + word] = 0xFFFF;
		}
	}
	return add(work, OFF_CHECK, name, &transaction, values, mask);
}

static bool write_and_read_all(struct off_work *work)
{
	struct access_span spans[PROFILE_CHANNELS_MAX + 1];
	int count = 0, i;

	for (i = 0; i < work->profile->channel_count; i++) {
		const struct profile_access *echo = echo_of(&work->profile->channels[i]);
		struct access_span place = {.function = (uint8_t)echo->function, .address = (uint16_t)echo->address,
					    .count = (uint16_t)echo->count};
		int most = is_coils(echo) ? COILS_MAX : REGISTERS_MAX;

		if (work->goes[i])
			count = access_span_add(spans, count, place, most < MODBUS_VALUES_MAX ? most : MODBUS_VALUES_MAX);
	}
	for (i = 0; i < count; i++) {
		gather(work, &spans[i]);
		if (!write_all(work) || !read_span(work, &spans[i]))
			return false;
	}
	return true;
}

/* ---- Which ---- */

static bool choose(struct off_work *work, const uint8_t *channel_causes, unsigned cause, enum profile_kind kind)
{
	bool any = false;
	int i;

	for (i = 0; i < work->profile->channel_count; i++) {
		const struct profile_channel *channel = &work->profile->channels[i];

		work->goes[i] = channel_causes[i] & cause && channel->kind == kind && channel->set.function;
		any |= work->goes[i];
	}
	return any;
}

static bool pass(struct off_work *work, const uint8_t *channel_causes, unsigned cause, uint8_t as)
{
	work->causes = as;
	if (!choose(work, channel_causes, cause, PROFILE_SWITCH) && !choose(work, channel_causes, cause, PROFILE_LEVEL))
		return true;
	return write_and_read_all(work);
}

bool driver_off(const struct modbus_driver *driver, const uint8_t causes[PROFILE_CHANNELS_MAX], uint8_t bus,
		struct off_script *script, struct error *error)
{
	struct off_work work = {.driver = driver, .profile = driver->settings.profile, .script = script, .error = error, .bus = bus};
	bool same = true;
	int i;

	for (i = 0; i < work.profile->channel_count; i++)
		same &= causes[i] == 0 || causes[i] == (OFF_CAUSE_RIG | OFF_CAUSE_PERSON);
	if (same)
		return pass(&work, causes, OFF_CAUSE_PERSON, OFF_CAUSE_RIG | OFF_CAUSE_PERSON);
	return pass(&work, causes, OFF_CAUSE_RIG, OFF_CAUSE_RIG) && pass(&work, causes, OFF_CAUSE_PERSON, OFF_CAUSE_PERSON);
}
