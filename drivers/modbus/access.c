/* Quantities and raw values, places and transactions. */

#include "drivers/modbus/access.h"

#include "rig/base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

int64_t access_off(const struct profile_channel *channel)
{
	return channel->kind == PROFILE_SWITCH ? 0 : channel->off_milli;
}

void access_text(const struct profile_channel *channel, int64_t milli, char text[ACCESS_TEXT_SIZE])
{
	uint64_t size = milli < 0 ? 0 - (uint64_t)milli : (uint64_t)milli;
	struct text out;

	text_init(&out, text, ACCESS_TEXT_SIZE);
	if (channel->kind == PROFILE_SWITCH)
		text_put(&out, milli ? "on" : "off");
	else
		text_format(&out, "%s%" PRIu64 ".%03" PRIu64 "%s%s", milli < 0 ? "-" : "", size / 1000, size % 1000,
			    channel->unit[0] ? " " : "", channel->unit);
}

static int64_t raw_low(const struct profile_access *access)
{
	return access->is_signed ? -(INT64_C(1) << (16 * access->count - 1)) : 0;
}

static int64_t raw_high(const struct profile_access *access)
{
	return (INT64_C(1) << (16 * access->count - (access->is_signed ? 1 : 0))) - 1;
}

static void split(const struct profile_access *access, int64_t raw, uint16_t words[2])
{
	uint16_t low = (uint16_t)(raw & 0xFFFF), high = (uint16_t)(raw >> 16 & 0xFFFF);

	if (access->count == 1) {
		words[0] = low;
		return;
	}
	words[0] = access->low_word_first ? low : high;
	words[1] = access->low_word_first ? high : low;
}

static int level_words(const struct profile_channel *channel, int64_t milli, uint16_t words[2], struct error *error)
{
	const struct profile_access *set = &channel->set;
	char given[ACCESS_TEXT_SIZE], low[ACCESS_TEXT_SIZE], high[ACCESS_TEXT_SIZE];

	access_text(channel, milli, given);
	if (milli < channel->low_milli || milli > channel->high_milli) {
		access_text(channel, channel->low_milli, low);
		access_text(channel, channel->high_milli, high);
		error_set(error, FAULT_CONFIGURATION, "%s is outside %s to %s", given, low, high);
		return 0;
	}
	if (milli * set->scale % 1000 != 0) {
		error_set(error, FAULT_CONFIGURATION, "%s cannot be set: the instrument's step is 1/%" PRId64 " %s", given, set->scale,
			  channel->unit);
		return 0;
	}
	if (milli * set->scale / 1000 < raw_low(set) || milli * set->scale / 1000 > raw_high(set)) {
		error_set(error, FAULT_CONFIGURATION, "%s does not fit into %d register%s", given, set->count,
			  set->count == 1 ? "" : "s");
		return 0;
	}
	split(set, milli * set->scale / 1000, words);
	return set->count;
}

int access_words(const struct profile_channel *channel, int64_t milli, uint16_t words[2], struct error *error)
{
	switch (channel->kind) {
	case PROFILE_SWITCH:
		words[0] = (uint16_t)(milli ? channel->on_raw : channel->off_raw);
		return 1;
	case PROFILE_LEVEL:
		return level_words(channel, milli, words, error);
	case PROFILE_READING:
		break;
	}
	error_set(error, FAULT_CONFIGURATION, "can only be read");
	return 0;
}

int64_t access_raw(const struct profile_access *access, const uint16_t *words)
{
	int64_t raw = words[0];

	if (access->count == 2)
		raw = access->low_word_first ? (int64_t)words[1] << 16 | words[0] : (int64_t)words[0] << 16 | words[1];
	return raw > raw_high(access) ? raw - (INT64_C(1) << 16 * access->count) : raw;
}

int64_t access_quantity(const struct profile_channel *channel, const struct profile_access *access, const uint16_t *words)
{
	int64_t raw = access_raw(access, words), half = access->scale / 2;

	if (channel->kind == PROFILE_SWITCH)
		return words[0] == channel->get_on_raw;
	return (raw * 1000 + (raw < 0 ? -half : half)) / access->scale;
}

void access_write(const struct profile_access *access, const uint16_t *words, int count, struct modbus_transaction *transaction)
{
	*transaction = (struct modbus_transaction){.function = (uint8_t)access->function, .address = (uint16_t)access->address,
						   .count = (uint16_t)count};
	memcpy(transaction->values, words, (size_t)count * sizeof *words);
}

void access_read(const struct profile_access *access, struct modbus_transaction *transaction)
{
	*transaction = (struct modbus_transaction){.function = (uint8_t)access->function, .address = (uint16_t)access->address,
						   .count = (uint16_t)access->count};
}

const struct profile_access *access_get(const struct profile_channel *channel)
{
	return channel->get.function ? &channel->get : channel->echo.function ? &channel->echo : NULL;
}

static bool covers(const struct profile_access *access, int function, int address)
{
	return access->function == function && address >= access->address && address < access->address + access->count;
}

bool access_known(const struct profile *profile, int function, int address)
{
	int i;

	for (i = 0; i < profile->channel_count; i++)
		if (covers(&profile->channels[i].get, function, address) || covers(&profile->channels[i].echo, function, address))
			return true;
	return false;
}

static int end_of(const struct access_span *span)
{
	return span->address + span->count;
}

static bool goes_before(const struct access_span *a, const struct access_span *b)
{
	return a->function != b->function ? a->function < b->function : a->address < b->address;
}

/* Whether b, which follows a in order, can be read together with it. */
static bool touches(const struct access_span *a, const struct access_span *b, int count_max)
{
	int end = end_of(a) > end_of(b) ? end_of(a) : end_of(b);

	return a->function == b->function && b->address <= end_of(a) && end - a->address <= count_max;
}

int access_span_add(struct access_span *spans, int span_count, struct access_span place, int count_max)
{
	int at = span_count, i, last = 0;

	while (at > 0 && goes_before(&place, &spans[at - 1])) {
		spans[at] = spans[at - 1];
		at--;
	}
	spans[at] = place;
	for (i = 1; i <= span_count; i++) {
		if (!touches(&spans[last], &spans[i], count_max)) {
			spans[++last] = spans[i];
			continue;
		}
		if (end_of(&spans[i]) > end_of(&spans[last]))
			spans[last].count = (uint16_t)(end_of(&spans[i]) - spans[last].address);
	}
	return last + 1;
}
