/*
 * The journal line's writer and strict reader. They are written by hand because a general JSON library allocates and
 * takes ten times as long, and because "exactly what the writer writes" is a stronger check than "valid JSON".
 */

#include "rig/journal/line.h"

#include "rig/base/instant.h"

#include <assert.h>
#include <string.h>

#define HASH_TAIL_SIZE (sizeof ",\"hash\":\"\"}" - 1 + 64) /* from the comma to the closing brace */
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static const char *const damage_texts[DAMAGE_COUNT] = {
	[DAMAGE_NONE] = "whole",
	[DAMAGE_CUT] = "cut short: no newline at the end",
	[DAMAGE_TOO_LONG] = "longer than a line can be",
	[DAMAGE_FORM] = "not in the form the writer writes",
	[DAMAGE_HASH] = "its bytes do not give its hash: changed",
	[DAMAGE_CHAIN] = "does not follow the line before it: missing, swapped or joined",
	[DAMAGE_ORDER] = "its number does not follow the line before it",
};

const char *damage_text(enum damage damage)
{
	assert(damage >= 0 && damage < DAMAGE_COUNT);
	return damage_texts[damage];
}

void chain_init(struct chain *chain, struct sha256 *sha256)
{
	*chain = (struct chain){.sha256 = sha256};
	memcpy(chain->last_hash, ZEROS, sizeof ZEROS);
}

/* Writing */

#define PUT_LITERAL(text, literal) text_put_bytes(text, literal, sizeof(literal) - 1)

static void put_cases(struct text *text, unsigned cases)
{
	const char *comma = "";
	int kind;

	text_put_char(text, '"');
	for (kind = 0; kind < CASE_COUNT; kind++) {
		if (!(cases & CASE_BIT(kind)))
			continue;
		text_put(text, comma);
		text_put(text, case_name((enum case_kind)kind));
		comma = ",";
	}
	text_put_char(text, '"');
}

static void put_field(struct text *text, const struct record *record, const struct field *field)
{
	const char *at = (const char *)record + field->offset;
	int64_t number;
	int word;

	switch (field->type) {
	case FIELD_TEXT:
		text_put_json(text, at);
		break;
	case FIELD_INTEGER:
		memcpy(&number, at, sizeof number);
		assert(number >= field->least && number <= field->most);
		text_put_int(text, number);
		break;
	case FIELD_FLAG:
		text_put(text, *(const bool *)at ? "true" : "false");
		break;
	case FIELD_WORD:
		memcpy(&word, at, sizeof word);
		text_put_char(text, '"');
		text_put(text, field->words[word]);
		text_put_char(text, '"');
		break;
	case FIELD_CASES:
		put_cases(text, *(const unsigned *)at);
		break;
	}
}

static void put_data(struct text *text, const struct record *record)
{
	const struct field *field;
	char comma = '{';

	for (field = record_fields(record->kind); field->key; field++) {
		text_put_char(text, comma);
		text_put_char(text, '"');
		text_put(text, field->key);
		PUT_LITERAL(text, "\":");
		put_field(text, record, field);
		comma = ',';
	}
}

void chain_put(struct chain *chain, struct record *record, struct text *text)
{
	size_t start = text->used;
	char utc[UTC_TEXT_SIZE], hash[DIGEST_TEXT_SIZE];

	assert(record->t_ns >= 0);
	record->seq = chain->next_seq;
	PUT_LITERAL(text, "{\"seq\":");
	text_put_int(text, (int64_t)record->seq);
	PUT_LITERAL(text, ",\"t_ns\":");
	text_put_int(text, record->t_ns);
	PUT_LITERAL(text, ",\"utc\":\"");
	utc_to_text(record->utc_us, utc);
	text_put_bytes(text, utc, UTC_TEXT_SIZE - 1);
	PUT_LITERAL(text, "\",\"kind\":\"");
	text_put(text, record_kind_name(record->kind));
	PUT_LITERAL(text, "\",\"slot\":");
	text_put_json(text, record->slot);
	PUT_LITERAL(text, ",\"data\":");
	put_data(text, record);
	PUT_LITERAL(text, "},\"prev\":\"");
	text_put_bytes(text, chain->last_hash, 64);
	text_put_char(text, '"');
	if (text->full || text->size - text->used <= HASH_TAIL_SIZE + 1) {
		text->full = true;
		text->used = start;
		text->bytes[start] = '\0';
		return;
	}
	sha256_hex(chain->sha256, text->bytes + start, text->used - start, hash);
	PUT_LITERAL(text, ",\"hash\":\"");
	text_put_bytes(text, hash, 64);
	PUT_LITERAL(text, "\"}\n");
	assert(text->used - start <= LINE_SIZE_MAX);
	memcpy(chain->last_hash, hash, sizeof hash);
	chain->next_seq++;
}

/* Reading: `at` walks to `end`; any surprise ends it. */

struct walk {
	const char *at;
	const char *end;
};

static bool get_literal(struct walk *walk, const char *literal, size_t size)
{
	if ((size_t)(walk->end - walk->at) < size || memcmp(walk->at, literal, size) != 0)
		return false;
	walk->at += size;
	return true;
}

#define GET_LITERAL(walk, literal) get_literal(walk, literal, sizeof(literal) - 1)

static bool get_integer(struct walk *walk, int64_t least, int64_t most, int64_t *number)
{
	bool negative = walk->at < walk->end && *walk->at == '-';
	uint64_t value = 0, bound = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	const char *first = walk->at += negative;

	for (; walk->at < walk->end && *walk->at >= '0' && *walk->at <= '9'; walk->at++) {
		if (value > INT64_MAX / 10)
			return false;
		value = value * 10 + (uint64_t)(*walk->at - '0'); /* at most 2^63 + 2: it fits */
		if (value > bound)
			return false;
	}
	if (walk->at == first || (*first == '0' && (walk->at - first > 1 || negative)))
		return false;
	*number = negative ? (int64_t)(0 - value) : (int64_t)value;
	return *number >= least && *number <= most;
}

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* One escape as put_escaped of text.c writes it: the short form where there is one, \u00xx only for other controls. */
static bool get_escape(struct walk *walk, char *byte)
{
	static const char short_forms[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	size_t i;
	int high, low;

	if (walk->end - walk->at < 2)
		return false;
	for (i = 0; i + 1 < sizeof short_forms; i += 2) {
		if (walk->at[1] == short_forms[i + 1]) {
			*byte = short_forms[i];
			walk->at += 2;
			return true;
		}
	}
	if (walk->end - walk->at < 6 || memcmp(walk->at, "\\u00", 4) != 0)
		return false;
	high = hex_digit(walk->at[4]);
	low = hex_digit(walk->at[5]);
	if (high < 0 || high > 1 || low < 0)
		return false;
	*byte = (char)(high * 16 + low);
	walk->at += 6;
	/* A zero would end the text early, and what has a short form is written by it. */
	return *byte != '\0' && !memchr("\b\f\n\r\t", *byte, 5);
}

static bool get_text(struct walk *walk, char *to, size_t size)
{
	size_t used = 0;

	if (!GET_LITERAL(walk, "\""))
		return false;
	while (walk->at < walk->end && *walk->at != '"') {
		unsigned char byte = (unsigned char)*walk->at;
		size_t length;

		if (byte >= 0x20 && byte < 0x80 && byte != '\\' && used + 1 < size) { /* most of them */
			to[used++] = *walk->at++;
			continue;
		}
		if (byte == '\\') {
			if (used + 1 >= size || !get_escape(walk, to + used))
				return false;
			used++;
			continue;
		}
		length = byte < 0x20 ? 0 : text_utf8_length(walk->at, (size_t)(walk->end - walk->at));
		if (length == 0 || used + length >= size)
			return false;
		memcpy(to + used, walk->at, length);
		used += length;
		walk->at += length;
	}
	to[used] = '\0';
	return GET_LITERAL(walk, "\"");
}

static bool get_word(struct walk *walk, const char *const *words, int *word)
{
	char text[WORD_TEXT_SIZE];

	if (!get_text(walk, text, sizeof text))
		return false;
	for (*word = 0; words[*word]; ++*word)
		if (strcmp(words[*word], text) == 0)
			return true;
	return false;
}

static bool get_cases(struct walk *walk, unsigned *cases)
{
	bool first = true;
	int kind;

	*cases = 0;
	if (!GET_LITERAL(walk, "\""))
		return false;
	for (kind = 0; kind < CASE_COUNT; kind++) {
		struct walk attempt = *walk;
		const char *name = case_name((enum case_kind)kind);

		if (!first && !GET_LITERAL(&attempt, ","))
			break;
		if (!get_literal(&attempt, name, strlen(name)))
			continue;
		*walk = attempt;
		*cases |= CASE_BIT(kind);
		first = false;
	}
	return GET_LITERAL(walk, "\"");
}

static bool get_field(struct walk *walk, struct record *record, const struct field *field)
{
	char *at = (char *)record + field->offset;
	int64_t number;
	int word;

	switch (field->type) {
	case FIELD_TEXT:
		return get_text(walk, at, field->size);
	case FIELD_INTEGER:
		if (!get_integer(walk, field->least, field->most, &number))
			return false;
		memcpy(at, &number, sizeof number);
		return true;
	case FIELD_FLAG:
		*(bool *)at = GET_LITERAL(walk, "true");
		return *(bool *)at || GET_LITERAL(walk, "false");
	case FIELD_WORD:
		if (!get_word(walk, field->words, &word))
			return false;
		memcpy(at, &word, sizeof word);
		return true;
	case FIELD_CASES:
		return get_cases(walk, (unsigned *)at);
	}
	return false;
}

static bool get_data(struct walk *walk, struct record *record)
{
	const struct field *field;
	const char *comma = "{\"";

	for (field = record_fields(record->kind); field->key; field++) {
		if (!get_literal(walk, comma, 2) || !get_literal(walk, field->key, strlen(field->key)) ||
		    !GET_LITERAL(walk, "\":") || !get_field(walk, record, field))
			return false;
		comma = ",\"";
	}
	return GET_LITERAL(walk, "}");
}

static bool get_kind(struct walk *walk, enum record_kind *kind)
{
	const char *quote = memchr(walk->at, '"', (size_t)(walk->end - walk->at));
	size_t size = quote ? (size_t)(quote - walk->at) : 0;
	int candidate;

	for (candidate = 0; quote && candidate < RECORD_KIND_COUNT; candidate++) {
		const char *name = record_kind_name((enum record_kind)candidate);

		if (name[0] == walk->at[0] && strlen(name) == size && memcmp(name, walk->at, size) == 0) {
			walk->at = quote;
			*kind = (enum record_kind)candidate;
			return true;
		}
	}
	return false;
}

/* Two of them stand in every line: no branch for each digit, so that the compiler takes many at once. */
static bool get_digest(struct walk *walk)
{
	unsigned char strange = 0;
	int i;

	if (walk->end - walk->at < 64)
		return false;
	for (i = 0; i < 64; i++) {
		unsigned char decimal = (unsigned char)(walk->at[i] - '0'), letter = (unsigned char)(walk->at[i] - 'a');

		strange |= (unsigned char)((decimal > 9) & (letter > 5));
	}
	walk->at += 64;
	return strange == 0;
}

static bool get_utc(struct walk *walk, int64_t *utc_us)
{
	if (walk->end - walk->at < UTC_TEXT_SIZE - 1 || !utc_from_text(walk->at, UTC_TEXT_SIZE - 1, utc_us))
		return false;
	walk->at += UTC_TEXT_SIZE - 1;
	return true;
}

bool line_get(const char *bytes, size_t size, struct record *record, size_t *hash_at)
{
	struct walk walk = {bytes, bytes + size};
	int64_t seq;

	if (!GET_LITERAL(&walk, "{\"seq\":") || !get_integer(&walk, 0, INT64_MAX, &seq) ||
	    !GET_LITERAL(&walk, ",\"t_ns\":") || !get_integer(&walk, 0, INT64_MAX / 4, &record->t_ns) ||
	    !GET_LITERAL(&walk, ",\"utc\":\"") || !get_utc(&walk, &record->utc_us) ||
	    !GET_LITERAL(&walk, "\",\"kind\":\"") || !get_kind(&walk, &record->kind) ||
	    !GET_LITERAL(&walk, "\",\"slot\":") || !get_text(&walk, record->slot, sizeof record->slot) ||
	    !GET_LITERAL(&walk, ",\"data\":") || !get_data(&walk, record) ||
	    !GET_LITERAL(&walk, ",\"prev\":\"") || !get_digest(&walk) || !GET_LITERAL(&walk, "\""))
		return false;
	*hash_at = (size_t)(walk.at - bytes);
	record->supervisor = false;
	record->seq = (uint64_t)seq;
	return GET_LITERAL(&walk, ",\"hash\":\"") && get_digest(&walk) && GET_LITERAL(&walk, "\"}") && walk.at == walk.end;
}

enum damage chain_get(struct chain *chain, const char *bytes, size_t size, struct record *record, size_t *used)
{
	size_t window = size < LINE_SIZE_MAX ? size : LINE_SIZE_MAX, hash_at;
	const char *newline = memchr(bytes, '\n', window);
	const char *stated;
	char hash[DIGEST_TEXT_SIZE];

	if (!newline) {
		newline = memchr(bytes, '\n', size);
		*used = newline ? (size_t)(newline - bytes) + 1 : 0;
		return size < LINE_SIZE_MAX ? DAMAGE_CUT : DAMAGE_TOO_LONG;
	}
	*used = (size_t)(newline - bytes) + 1;
	if (!line_get(bytes, *used - 1, record, &hash_at))
		return DAMAGE_FORM;
	stated = bytes + hash_at + sizeof ",\"hash\":\"" - 1;
	sha256_hex(chain->sha256, bytes, hash_at, hash);
	if (memcmp(hash, stated, 64) != 0)
		return DAMAGE_HASH;
	if (memcmp(bytes + hash_at - 65, chain->last_hash, 64) != 0)
		return DAMAGE_CHAIN;
	if (record->seq != chain->next_seq)
		return DAMAGE_ORDER;
	memcpy(chain->last_hash, hash, sizeof hash);
	chain->next_seq++;
	return DAMAGE_NONE;
}
