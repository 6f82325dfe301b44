/* The one reader of numbers in people's files. Exact: digits are scaled as integers, and what does not fit is refused. */

#include "rig/base/unit.h"

#include <assert.h>
#include <string.h>

struct unit_word {
	const char *word;
	int64_t scale; /* of the smallest unit of its kind */
};

/* From the largest to the smallest, as unit_put tries them. */
static const struct unit_word durations[] = {
	{"d", INT64_C(86400000000000)}, {"h", INT64_C(3600000000000)}, {"min", INT64_C(60000000000)}, {"s", INT64_C(1000000000)},
	{"ms", 1000000}, {"us", 1000}, {"ns", 1}, {NULL, 0}};
static const struct unit_word voltages[] = {{"kV", 1000000}, {"V", 1000}, {"mV", 1}, {NULL, 0}};
static const struct unit_word currents[] = {{"A", 1000}, {"mA", 1}, {NULL, 0}};

static const struct {
	const struct unit_word *words;
	const char *kind;
	const char *example; /* for what has no unit */
	const char *zero;
} units[UNIT_COUNT] = {
	[UNIT_DURATION] = {durations, "a duration", "s, min, h or ms", "0s"},
	[UNIT_VOLTAGE] = {voltages, "a voltage", "V or mV", "0V"},
	[UNIT_CURRENT] = {currents, "a current", "A or mA", "0A"},
};

/* A decimal number as it stands in the text. */
struct decimal {
	bool negative;
	const char *digits;
	size_t whole, fraction; /* digits in front of the point and behind it */
	size_t size;            /* of all of it in the text */
};

static size_t digits_at(const char *text)
{
	return strspn(text, "0123456789");
}

/* What the text begins with; false if that is no decimal number. */
static bool decimal_front(const char *text, struct decimal *decimal)
{
	const char *at = text;

	*decimal = (struct decimal){.negative = *at == '-'};
	at += decimal->negative;
	decimal->digits = at;
	decimal->whole = digits_at(at);
	at += decimal->whole;
	if (decimal->whole == 0)
		return false;
	if (*at == '.') {
		decimal->fraction = digits_at(at + 1);
		if (decimal->fraction == 0)
			return false;
		at += 1 + decimal->fraction;
	}
	decimal->size = (size_t)(at - text);
	return true;
}

static bool has_leading_zero(const struct decimal *decimal)
{
	return decimal->whole > 1 && decimal->digits[0] == '0';
}

enum scaled { SCALED_EXACT, SCALED_TOO_FINE, SCALED_TOO_LARGE };

static bool append_digit(int64_t *value, int digit)
{
	return !__builtin_mul_overflow(*value, INT64_C(10), value) && !__builtin_add_overflow(*value, (int64_t)digit, value);
}

/* A fraction's zeros at the end say nothing, so "12.0000V" is exact. */
static size_t fraction_that_counts(const struct decimal *decimal)
{
	const char *fraction = decimal->digits + decimal->whole + 1;
	size_t count = decimal->fraction;

	while (count > 0 && fraction[count - 1] == '0')
		count--;
	return count;
}

static enum scaled decimal_scaled(const struct decimal *decimal, int64_t scale, int64_t *amount)
{
	const char *fraction = decimal->digits + decimal->whole + 1;
	size_t fraction_count = fraction_that_counts(decimal), i;
	int64_t value = 0, part = 0, divisor = 1, product;

	for (i = 0; i < decimal->whole; i++)
		if (!append_digit(&value, decimal->digits[i] - '0'))
			return SCALED_TOO_LARGE;
	for (i = 0; i < fraction_count; i++) {
		if (!append_digit(&part, fraction[i] - '0') || __builtin_mul_overflow(divisor, INT64_C(10), &divisor))
			return SCALED_TOO_FINE;
	}
	if (__builtin_mul_overflow(value, scale, &value))
		return SCALED_TOO_LARGE;
	/* part < divisor <= 10^18 and scale can be 10^13: reduce before multiplying. */
	while (divisor > 1 && divisor % 10 == 0 && scale % 10 == 0) {
		divisor /= 10;
		scale /= 10;
	}
	if (__builtin_mul_overflow(part, scale, &product) || product % divisor != 0)
		return SCALED_TOO_FINE;
	if (__builtin_add_overflow(value, product / divisor, &value))
		return SCALED_TOO_LARGE;
	*amount = decimal->negative ? -value : value;
	return SCALED_EXACT;
}

/* Complaints that every kind of number shares. True if there was one. */
static bool refuse_blanks(const char *text, struct error *error)
{
	size_t size = strlen(text);

	if (size == 0)
		return !error_set(error, FAULT_CONFIGURATION, "empty; write a number");
	if (text[0] == ' ' || text[0] == '\t' || text[size - 1] == ' ' || text[size - 1] == '\t')
		return !error_set(error, FAULT_CONFIGURATION, "'%s', with a blank at its %s; leave the blank out", text,
				  text[0] == ' ' || text[0] == '\t' ? "beginning" : "end");
	return false;
}

static bool refuse_zero(const char *text, const struct decimal *decimal, struct error *error)
{
	if (!has_leading_zero(decimal))
		return false;
	return !error_set(error, FAULT_CONFIGURATION, "'%s', with a leading zero; leave the zero out", text);
}

static const struct unit_word *word_find(enum unit unit, const char *word)
{
	const struct unit_word *found;

	for (found = units[unit].words; found->word; found++)
		if (strcmp(found->word, word) == 0)
			return found;
	return NULL;
}

static bool refuse_unit(const char *text, const struct decimal *decimal, enum unit unit, struct error *error)
{
	const char *word = text + decimal->size;
	size_t number = decimal->size;

	if (word[0] == '\0')
		return error_set(error, FAULT_CONFIGURATION, "'%s', without a unit; write %s%s or another of %s", text, text,
				 units[unit].zero + 1, units[unit].example);
	if (word[0] == ' ' || word[0] == '\t')
		return error_set(error, FAULT_CONFIGURATION, "'%s', with a blank inside; write %.*s%s", text, (int)number, text,
				 word + strspn(word, " \t"));
	return error_set(error, FAULT_CONFIGURATION, "'%s', and '%s' is no unit of %s; write the number with %s", text, word,
			 units[unit].kind, units[unit].example);
}

static bool refuse_range(const char *text, enum unit unit, int64_t least, int64_t most, struct error *error)
{
	char least_text[AMOUNT_TEXT_SIZE], most_text[AMOUNT_TEXT_SIZE];

	return error_set(error, FAULT_CONFIGURATION, "'%s', out of range; allowed is %s to %s", text, amount_text(least_text, unit, least),
			 amount_text(most_text, unit, most));
}

bool unit_read(const char *text, enum unit unit, int64_t least, int64_t most, int64_t *amount, struct error *error)
{
	const struct unit_word *word;
	struct decimal decimal;
	int64_t value = 0;

	if (refuse_blanks(text, error))
		return false;
	if (!decimal_front(text, &decimal))
		return error_set(error, FAULT_CONFIGURATION, "'%s', which is not %s; write a number with %s", text, units[unit].kind,
				 units[unit].example);
	word = word_find(unit, text + decimal.size);
	if (!word)
		return refuse_unit(text, &decimal, unit, error);
	if (refuse_zero(text, &decimal, error))
		return false;
	switch (decimal_scaled(&decimal, word->scale, &value)) {
	case SCALED_TOO_FINE:
		return error_set(error, FAULT_CONFIGURATION, "'%s', finer than 1 %s; write fewer digits", text,
				 unit == UNIT_DURATION ? "ns" : unit == UNIT_VOLTAGE ? "mV" : "mA");
	case SCALED_TOO_LARGE:
		return refuse_range(text, unit, least, most, error);
	case SCALED_EXACT:
		break;
	}
	if (value < least || value > most)
		return refuse_range(text, unit, least, most, error);
	*amount = value;
	return true;
}

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

static bool hexadecimal(const char *digits, int64_t *number)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; digits[i]; i++) {
		int digit = hex_digit(digits[i]);

		if (digit < 0 || i == 15)
			return false;
		value = value << 4 | (uint64_t)digit;
	}
	*number = (int64_t)value;
	return i > 0;
}

static bool refuse_number_range(const char *text, int64_t least, int64_t most, struct error *error)
{
	return error_set(error, FAULT_CONFIGURATION, "'%s', out of range; allowed is %lld to %lld", text, (long long)least,
			 (long long)most);
}

bool number_read(const char *text, int64_t least, int64_t most, int64_t *number, struct error *error)
{
	struct decimal decimal;
	int64_t value = 0;

	if (refuse_blanks(text, error))
		return false;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		if (!hexadecimal(text + 2, &value))
			return error_set(error, FAULT_CONFIGURATION, "'%s', which is not a hexadecimal number such as 0x1F", text);
	} else {
		if (!decimal_front(text, &decimal) || text[decimal.size] || decimal.fraction > 0)
			return error_set(error, FAULT_CONFIGURATION, "'%s', which is not a whole number", text);
		if (refuse_zero(text, &decimal, error))
			return false;
		if (decimal_scaled(&decimal, 1, &value) != SCALED_EXACT)
			return refuse_number_range(text, least, most, error);
	}
	if (value < least || value > most)
		return refuse_number_range(text, least, most, error);
	*number = value;
	return true;
}

static void decimal_to_text(int64_t amount, int64_t scale, char bytes[48])
{
	int64_t whole = amount / scale, part = amount % scale;
	struct text text;

	text_init(&text, bytes, 48);
	if (amount < 0 && whole == 0)
		text_put_char(&text, '-');
	text_put_int(&text, whole);
	if (part == 0)
		return;
	text_put_char(&text, '.');
	for (part = part < 0 ? -part : part; part != 0 && scale % 10 == 0; part %= scale) {
		scale /= 10;
		text_put_int(&text, part / scale);
	}
}

bool decimal_read(const char *text, int64_t scale, const char *unit_name, int64_t least, int64_t most, int64_t *amount,
		  struct error *error)
{
	char least_text[48], most_text[48];
	const char *blank = unit_name[0] ? " " : "";
	struct decimal decimal;
	int64_t value = 0;
	enum scaled scaled;

	if (refuse_blanks(text, error))
		return false;
	if (!decimal_front(text, &decimal))
		return error_set(error, FAULT_CONFIGURATION, "'%s', which is not a number", text);
	if (text[decimal.size]) {
		if (unit_name[0])
			return error_set(error, FAULT_CONFIGURATION, "'%s', which is not a number alone; its unit, %s, stands in the key", text,
					 unit_name);
		return error_set(error, FAULT_CONFIGURATION, "'%s', which is not a number", text);
	}
	if (refuse_zero(text, &decimal, error))
		return false;
	scaled = decimal_scaled(&decimal, scale, &value);
	if (scaled == SCALED_TOO_FINE)
		return error_set(error, FAULT_CONFIGURATION, "'%s', with more digits than are kept; write fewer", text);
	decimal_to_text(least, scale, least_text);
	decimal_to_text(most, scale, most_text);
	if (scaled == SCALED_TOO_LARGE || value < least || value > most)
		return error_set(error, FAULT_CONFIGURATION, "'%s', out of range; allowed is %s to %s%s%s", text, least_text, most_text, blank,
				 unit_name);
	*amount = value;
	return true;
}

void unit_put(struct text *text, enum unit unit, int64_t amount)
{
	const struct unit_word *word;

	assert(unit < UNIT_COUNT);
	if (amount == 0) {
		text_put(text, units[unit].zero);
		return;
	}
	for (word = units[unit].words; amount % word->scale != 0; word++)
		;
	text_put_int(text, amount / word->scale);
	text_put(text, word->word);
}

const char *amount_text(char bytes[AMOUNT_TEXT_SIZE], enum unit unit, int64_t amount)
{
	struct text text;

	text_init(&text, bytes, AMOUNT_TEXT_SIZE);
	unit_put(&text, unit, amount);
	return bytes;
}
