/* The journal's line: what is written is read back, and nothing else is taken. */

#include "rig/base/instant.h"
#include "rig/journal/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct sha256 *sha256;

static uint64_t draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void draw_text(char *to, size_t size, uint64_t *seed)
{
	static const char *const pieces[] = {"a", "Z", "0", " ", "\"", "\\", "\n", "\x01", "\x7f", "\xc3\xa9", "\xe2\x82\xac", "{"};
	size_t used = 0, wanted = draw(seed) % size;

	while (used < wanted) {
		const char *piece = pieces[draw(seed) % (sizeof pieces / sizeof *pieces)];

		if (used + strlen(piece) >= size)
			break;
		memcpy(to + used, piece, strlen(piece));
		used += strlen(piece);
	}
	to[used] = '\0';
}

static void draw_record(struct record *record, enum record_kind kind, uint64_t *seed)
{
	const struct field *field;

	memset(record, 0, sizeof *record);
	record->kind = kind;
	record->t_ns = (int64_t)(draw(seed) % INT64_C(1000000000000000));
	record->utc_us = (int64_t)(draw(seed) % (uint64_t)UTC_US_MAX);
	draw_text(record->slot, sizeof record->slot, seed);
	for (field = record_fields(kind); field->key; field++) {
		char *at = (char *)record + field->offset;
		uint64_t number = draw(seed);
		int words = 0;

		switch (field->type) {
		case FIELD_TEXT:
			draw_text(at, field->size, seed);
			break;
		case FIELD_INTEGER:
			if (field->most - 1 > field->least && field->least >= -field->most)
				*(int64_t *)(void *)at = field->least + (int64_t)(number % (uint64_t)(field->most - field->least));
			else
				*(int64_t *)(void *)at = number & 1 ? field->least : field->most;
			break;
		case FIELD_FLAG:
			*(bool *)at = number & 1;
			break;
		case FIELD_WORD:
			while (field->words[words])
				words++;
			*(int *)(void *)at = (int)(number % (uint64_t)words);
			break;
		case FIELD_CASES:
			*(unsigned *)(void *)at = (unsigned)(number % (1U << CASE_COUNT));
			break;
		}
	}
}

static void every_kind_survives_the_way_out_and_back(void **state)
{
	static char bytes[LINE_SIZE_MAX + 1], again[LINE_SIZE_MAX + 1];
	uint64_t seed = UINT64_C(88172645463325252);
	struct chain out, in, third;
	int round, kind;

	(void)state;
	chain_init(&out, sha256);
	chain_init(&in, sha256);
	chain_init(&third, sha256);
	for (round = 0; round < 200; round++) {
		for (kind = 0; kind < RECORD_KIND_COUNT; kind++) {
			struct record record, got;
			struct text text;
			size_t used;

			draw_record(&record, (enum record_kind)kind, &seed);
			text_init(&text, bytes, sizeof bytes);
			chain_put(&out, &record, &text);
			assert_false(text.full);
			assert_int_equal(chain_get(&in, bytes, text.used, &got, &used), DAMAGE_NONE);
			assert_int_equal(used, text.used);
			text_init(&text, again, sizeof again);
			chain_put(&third, &got, &text);
			assert_string_equal(again, bytes);
		}
	}
}

static void an_edge_line_looks_as_documented(void **state)
{
	struct record record = {.kind = RECORD_EDGE, .t_ns = 183004211, .utc_us = INT64_C(1795456862123456), .slot = "A"};
	char bytes[LINE_SIZE_MAX + 1];
	struct chain chain;
	struct text text;

	(void)state;
	strcpy(record.data.edge.channel, "pins.17");
	record.data.edge.seqno = 41;
	chain_init(&chain, sha256);
	text_init(&text, bytes, sizeof bytes);
	chain_put(&chain, &record, &text);
	/* The hash was computed with sha256sum over the bytes in front of ,"hash". */
	assert_string_equal(bytes,
			    "{\"seq\":0,\"t_ns\":183004211,\"utc\":\"2026-11-23T18:01:02.123456Z\",\"kind\":\"edge\",\"slot\":\"A\","
			    "\"data\":{\"channel\":\"pins.17\",\"level\":0,\"seqno\":41},"
			    "\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\","
			    "\"hash\":\"e61aef0272402e954041daf2311c78155124932c0205d0217c35f9b3a7379f25\"}\n");
}

static void any_changed_bit_is_found(void **state)
{
	static char bytes[LINE_SIZE_MAX + 1];
	struct record record, got;
	uint64_t seed = 4711;
	struct chain chain, start;
	struct text text;
	size_t bit, used;
	int kind;

	(void)state;
	chain_init(&start, sha256);
	for (kind = 0; kind < RECORD_KIND_COUNT; kind++) {
		draw_record(&record, (enum record_kind)kind, &seed);
		chain = start;
		text_init(&text, bytes, sizeof bytes);
		chain_put(&chain, &record, &text);
		for (bit = 0; bit < 8 * text.used; bit++) {
			bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
			chain = start;
			assert_int_not_equal(chain_get(&chain, bytes, text.used, &got, &used), DAMAGE_NONE);
			bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
		}
	}
}

static enum damage read_all(const char *bytes, size_t size, unsigned *lines)
{
	struct chain chain;
	struct record record;
	enum damage damage;
	size_t used;

	chain_init(&chain, sha256);
	for (*lines = 0; size > 0; ++*lines, bytes += used, size -= used) {
		damage = chain_get(&chain, bytes, size, &record, &used);
		if (damage != DAMAGE_NONE)
			return damage;
	}
	return DAMAGE_NONE;
}

static void cut_swapped_and_joined_journals_are_named(void **state)
{
	static char bytes[16 * LINE_SIZE_MAX], changed[16 * LINE_SIZE_MAX];
	size_t starts[9];
	struct record record;
	struct chain chain;
	struct text text;
	uint64_t seed = 99;
	unsigned lines;
	int i;

	(void)state;
	chain_init(&chain, sha256);
	text_init(&text, bytes, sizeof bytes);
	for (i = 0; i < 8; i++) {
		starts[i] = text.used;
		draw_record(&record, RECORD_LEVEL, &seed);
		chain_put(&chain, &record, &text);
	}
	starts[8] = text.used;
	assert_int_equal(read_all(bytes, text.used, &lines), DAMAGE_NONE);
	assert_int_equal(read_all(bytes, text.used - 1, &lines), DAMAGE_CUT);
	assert_int_equal(lines, 7);
	/* Line 3 missing. */
	memcpy(changed, bytes, starts[3]);
	memcpy(changed + starts[3], bytes + starts[4], text.used - starts[4]);
	assert_int_equal(read_all(changed, text.used - (starts[4] - starts[3]), &lines), DAMAGE_CHAIN);
	assert_int_equal(lines, 3);
	/* Two runs joined. */
	memcpy(changed, bytes, text.used);
	memcpy(changed + text.used, bytes, text.used);
	assert_int_equal(read_all(changed, 2 * text.used, &lines), DAMAGE_CHAIN);
	assert_int_equal(lines, 8);
}

static void hostile_numbers_are_refused(void **state)
{
	static const char *const hostile[] = {"-1", "-0", "00", "01", "1.0", "1e3", "", "+1", "99999999999999999999",
					      "9223372036854775808", "0x10", " 1"};
	char bytes[512];
	struct record record;
	size_t hash_at, i;

	(void)state;
	for (i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		int size = snprintf(bytes, sizeof bytes,
				    "{\"seq\":0,\"t_ns\":%s,\"utc\":\"2026-11-23T18:01:02.123456Z\",\"kind\":\"start\",\"slot\":\"\","
				    "\"data\":{\"level_period_ns\":0},\"prev\":\"%064d\",\"hash\":\"%064d\"}", hostile[i], 0, 0);

		assert_false(line_get(bytes, (size_t)size, &record, &hash_at));
	}
}

/* What stands behind the name is not compared with what may lie behind it in memory. */
static void a_kind_is_its_whole_name(void **state)
{
	static const char *const behind[] = {"x", "\0", "\0a name that is longer than any other"};
	static const size_t sizes[] = {1, 1, 37};
	char bytes[512];
	struct record record;
	size_t hash_at, i;
	int kind;

	(void)state;
	for (kind = 0; kind < RECORD_KIND_COUNT; kind++)
		for (i = 0; i < sizeof behind / sizeof *behind; i++) {
			int used = snprintf(bytes, sizeof bytes, "{\"seq\":0,\"t_ns\":0,\"utc\":\"2026-11-23T18:01:02.123456Z\",\"kind\":\"%s",
					    record_kind_name((enum record_kind)kind));

			memcpy(bytes + used, behind[i], sizes[i]);
			used += (int)sizes[i];
			used += snprintf(bytes + used, sizeof bytes - (size_t)used, "\",\"slot\":\"\",\"data\":{}}");
			assert_false(line_get(bytes, (size_t)used, &record, &hash_at));
		}
}

static void utc_round_trips_over_eight_thousand_years(void **state)
{
	char text[UTC_TEXT_SIZE];
	int64_t us, got;

	(void)state;
	utc_to_text(INT64_C(951782400000000), text);
	assert_string_equal(text, "2000-02-29T00:00:00.000000Z");
	for (us = 0; us <= UTC_US_MAX; us += INT64_C(86399) * 1000000 * 37 + 1) {
		utc_to_text(us, text);
		assert_true(utc_from_text(text, UTC_TEXT_SIZE - 1, &got));
		assert_int_equal(us, got);
	}
	assert_false(utc_from_text("2026-02-29T00:00:00.000000Z", UTC_TEXT_SIZE - 1, &got));
}

static int make_sha256(void **state)
{
	(void)state;
	sha256 = sha256_new();
	return 0;
}

static int drop_sha256(void **state)
{
	(void)state;
	sha256_free(sha256);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_survives_the_way_out_and_back),
		cmocka_unit_test(an_edge_line_looks_as_documented),
		cmocka_unit_test(any_changed_bit_is_found),
		cmocka_unit_test(cut_swapped_and_joined_journals_are_named),
		cmocka_unit_test(hostile_numbers_are_refused),
		cmocka_unit_test(a_kind_is_its_whole_name),
		cmocka_unit_test(utc_round_trips_over_eight_thousand_years),
	};

	return cmocka_run_group_tests(tests, make_sha256, drop_sha256);
}
