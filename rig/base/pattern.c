/*
 * Patterns as a program for a machine that follows all possibilities at once (Thompson; captures as Pike does them): each
 * byte of the text is looked at once, and no step of the program is followed twice for it. Jumps are relative, so that a
 * piece of program can be moved and copied when a repetition is put around it.
 */

#include "rig/base/pattern.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum step_kind { STEP_BYTE, STEP_ANY, STEP_SET, STEP_FORK, STEP_JUMP, STEP_SAVE, STEP_BEGIN, STEP_END, STEP_MATCH };

#define SAVES (2 * CAPTURES)
#define NOWHERE UINT16_MAX
#define BEGINNING_MAX 16 /* bytes of it that are looked for at once */

/* ---- Reading a pattern ------------------------------------------------------------------------------------------ */

struct reader {
	struct pattern *pattern;
	const char *text, *at;
	int depth;
	bool form;              /* inside a known form: its parentheses capture nothing */
	struct error *error;
};

static const struct {
	const char *name;
	enum capture capture;
	const char *text;
} forms[] = {
	{"guid", CAPTURE_GUID, "[0-9A-Fa-f]{2}([-:]?[0-9A-Fa-f]{2}){7}"},
	{"interrupted", CAPTURE_INTERRUPTED, "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z?"},
	{"restored", CAPTURE_RESTORED, "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z?"},
	{"count", CAPTURE_COUNT, "[0-9]+"},
	{"reference", CAPTURE_REFERENCE, "[^ ]+"},
};

static bool complain(struct reader *reader, const char *what)
{
	return error_set(reader->error, FAULT_CONFIGURATION, "pattern '%s': %s at character %d", reader->text, what,
	                 (int)(reader->at - reader->text) + 1);
}

static bool emit(struct reader *reader, enum step_kind kind, unsigned value)
{
	struct pattern *pattern = reader->pattern;

	if (pattern->step_count == PATTERN_PROGRAM_MAX)
		return complain(reader, "it is too long");
	pattern->steps[pattern->step_count++] = (struct pattern_step){.kind = (uint8_t)kind, .value = (uint8_t)value};
	return true;
}

/* Puts a fork in front of what begins at `begin`: first the next step, then the one `other` further on. */
static bool fork_before(struct reader *reader, size_t begin, size_t other)
{
	struct pattern *pattern = reader->pattern;

	if (!emit(reader, STEP_FORK, 0))
		return false;
	memmove(&pattern->steps[begin + 1], &pattern->steps[begin],
	        (pattern->step_count - 1U - begin) * sizeof *pattern->steps);
	pattern->steps[begin] = (struct pattern_step){.kind = STEP_FORK, .to = 1, .other = (int16_t)other};
	return true;
}

static bool copy_piece(struct reader *reader, size_t begin, size_t length)
{
	struct pattern *pattern = reader->pattern;

	if (pattern->step_count + length > PATTERN_PROGRAM_MAX)
		return complain(reader, "it is too long");
	memcpy(&pattern->steps[pattern->step_count], &pattern->steps[begin], length * sizeof *pattern->steps);
	pattern->step_count = (uint16_t)(pattern->step_count + length);
	return true;
}

/* The three repetitions of the piece from `begin` to the program's end. */
static bool maybe(struct reader *reader, size_t begin)
{
	return fork_before(reader, begin, reader->pattern->step_count - begin + 1);
}

static bool any_number(struct reader *reader, size_t begin)
{
	size_t length = reader->pattern->step_count - begin;

	if (!fork_before(reader, begin, length + 2) || !emit(reader, STEP_JUMP, 0))
		return false;
	reader->pattern->steps[reader->pattern->step_count - 1].to = (int16_t)(-(int)length - 1);
	return true;
}

static bool at_least_one(struct reader *reader, size_t begin)
{
	size_t length = reader->pattern->step_count - begin;

	if (!emit(reader, STEP_FORK, 0))
		return false;
	reader->pattern->steps[reader->pattern->step_count - 1].to = (int16_t)-(int)length;
	reader->pattern->steps[reader->pattern->step_count - 1].other = 1;
	return true;
}

/* `most` -1: no limit. */
static bool repeat(struct reader *reader, size_t begin, int least, int most)
{
	size_t length = reader->pattern->step_count - begin, last;
	int i;

	if (most == 0) {
		reader->pattern->step_count = (uint16_t)begin;
		return true;
	}
	if (least == 0 && most < 0)
		return any_number(reader, begin);
	for (i = 1; i < (least ? least : 1); i++)
		if (!copy_piece(reader, begin, length))
			return false;
	if (most < 0)
		return at_least_one(reader, reader->pattern->step_count - length);
	for (i = least ? least : 1; i < most; i++) {
		last = reader->pattern->step_count;
		if (!copy_piece(reader, begin, length) || !maybe(reader, last))
			return false;
	}
	return least > 0 || maybe(reader, begin);
}

static bool read_number(struct reader *reader, int *number)
{
	const char *from = reader->at;

	for (*number = 0; *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
		*number = *number * 10 + (*reader->at - '0');
		if (*number > PATTERN_REPEAT_MAX)
			return complain(reader, "more than 255 repetitions");
	}
	return reader->at > from || complain(reader, "a number is missing");
}

/* "{2}", "{2,}", "{2,5}" */
static bool read_bounds(struct reader *reader, int *least, int *most)
{
	reader->at++;
	if (!read_number(reader, least))
		return false;
	*most = *least;
	if (*reader->at == ',') {
		reader->at++;
		*most = -1;
		if (*reader->at != '}' && !read_number(reader, most))
			return false;
	}
	if (*reader->at != '}')
		return complain(reader, "the closing } is missing");
	reader->at++;
	return *most < 0 || *most >= *least || complain(reader, "the bounds are the wrong way round");
}

static bool is_repetition(const char *at)
{
	return *at == '*' || *at == '+' || *at == '?' || (*at == '{' && at[1] >= '0' && at[1] <= '9');
}

static bool read_repetition(struct reader *reader, size_t begin)
{
	int least = 0, most = -1;

	if (!is_repetition(reader->at))
		return true;
	switch (*reader->at) {
	case '*':
		reader->at++;
		break;
	case '+':
		least = 1;
		reader->at++;
		break;
	case '?':
		most = 1;
		reader->at++;
		break;
	default:
		if (!read_bounds(reader, &least, &most))
			return false;
	}
	if (is_repetition(reader->at))
		return complain(reader, "two repetitions in a row");
	return repeat(reader, begin, least, most);
}

static void set_add(uint32_t set[8], unsigned from, unsigned to)
{
	for (; from <= to; from++)
		set[from / 32] |= UINT32_C(1) << (from % 32);
}

static bool read_class(struct reader *reader, uint32_t set[8])
{
	static const struct {
		const char *name;
		const char *ranges; /* pairs */
	} classes[] = {
		{"[:alnum:]", "azAZ09"}, {"[:alpha:]", "azAZ"}, {"[:digit:]", "09"}, {"[:lower:]", "az"}, {"[:upper:]", "AZ"},
		{"[:xdigit:]", "09afAF"}, {"[:space:]", "\t\r  "}, {"[:blank:]", "\t\t  "}, {"[:print:]", " ~"},
		{"[:graph:]", "!~"}, {"[:punct:]", "!/:@[`{~"}, {"[:cntrl:]", "\x01\x1f\x7f\x7f"},
	};
	const char *range;
	size_t i;

	for (i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (strncmp(reader->at, classes[i].name, strlen(classes[i].name)) != 0)
			continue;
		for (range = classes[i].ranges; *range; range += 2)
			set_add(set, (unsigned char)range[0], (unsigned char)range[1]);
		reader->at += strlen(classes[i].name);
		return true;
	}
	return complain(reader, "unknown character class");
}

static bool read_range(struct reader *reader, uint32_t set[8])
{
	unsigned from = (unsigned char)*reader->at++, to = from;

	if (*reader->at == '-' && reader->at[1] && reader->at[1] != ']') {
		to = (unsigned char)reader->at[1];
		if (to < from)
			return complain(reader, "the range is the wrong way round");
		reader->at += 2;
	}
	set_add(set, from, to);
	return true;
}

static bool emit_set(struct reader *reader, const uint32_t set[8])
{
	struct pattern *pattern = reader->pattern;
	size_t i = 0;

	while (i < pattern->set_count && memcmp(pattern->sets[i], set, sizeof *pattern->sets) != 0)
		i++;
	if (i == PATTERN_SETS_MAX)
		return complain(reader, "too many different [...]");
	if (i == pattern->set_count)
		memcpy(pattern->sets[pattern->set_count++], set, sizeof *pattern->sets);
	return emit(reader, STEP_SET, (unsigned)i);
}

static bool read_set(struct reader *reader)
{
	const char *begin = reader->at;
	uint32_t set[8] = {0};
	bool negative = reader->at[1] == '^';
	bool first = true;
	size_t i;

	for (reader->at += negative ? 2 : 1; *reader->at != ']' || first; first = false) {
		if (!*reader->at) {
			reader->at = begin;
			return complain(reader, "the [ is not closed");
		}
		if (*reader->at == '[' && reader->at[1] && strchr(":.=", reader->at[1])) {
			if (!read_class(reader, set))
				return false;
		} else if (!read_range(reader, set)) {
			return false;
		}
	}
	reader->at++;
	for (i = 0; negative && i < 8; i++)
		set[i] = ~set[i];
	return emit_set(reader, set);
}

static bool read_alternatives(struct reader *reader);

static bool read_group(struct reader *reader)
{
	const char *begin = reader->at;
	bool captures = !reader->form && !pattern_has(reader->pattern, CAPTURE_GROUP);

	if (reader->depth == PATTERN_DEPTH_MAX)
		return complain(reader, "too many ( in each other");
	if (captures)
		reader->pattern->captures |= 1U << CAPTURE_GROUP;
	reader->at++;
	reader->depth++;
	if (captures && !emit(reader, STEP_SAVE, 2 * CAPTURE_GROUP))
		return false;
	if (!read_alternatives(reader))
		return false;
	if (*reader->at != ')') {
		reader->at = begin;
		return complain(reader, "the ( is not closed");
	}
	reader->at++;
	reader->depth--;
	return !captures || emit(reader, STEP_SAVE, 2 * CAPTURE_GROUP + 1);
}

/* "{guid}": the form's own text is read as if it stood here. */
static bool read_form(struct reader *reader)
{
	struct reader inner = *reader;
	size_t i, length = strcspn(reader->at + 1, "}");

	for (i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strlen(forms[i].name) == length && strncmp(forms[i].name, reader->at + 1, length) == 0)
			break;
	if (i == sizeof forms / sizeof *forms)
		return complain(reader, "no form of that name (guid, interrupted, restored, count, reference; a literal is \\{)");
	if (pattern_has(reader->pattern, forms[i].capture))
		return complain(reader, "the same form twice");
	reader->pattern->captures |= (uint16_t)(1U << forms[i].capture);
	inner.text = inner.at = forms[i].text;
	inner.form = true;
	if (!emit(reader, STEP_SAVE, 2 * (unsigned)forms[i].capture))
		return false;
	inner.error = NULL;
	if (!read_alternatives(&inner))
		return complain(reader, "it is too long, or has too many different [...],");
	reader->at += length + 2;
	return emit(reader, STEP_SAVE, 2 * (unsigned)forms[i].capture + 1);
}

static bool read_escape(struct reader *reader)
{
	char byte = reader->at[1];

	if (!byte || !strchr("\\.[]()|*+?{}^$/-\"'", byte))
		return complain(reader, "a \\ stands only before a punctuation mark (a digit is [0-9], a space is [[:space:]])");
	reader->at += 2;
	return emit(reader, STEP_BYTE, (unsigned char)byte);
}

static bool read_atom(struct reader *reader)
{
	switch (*reader->at) {
	case '.':
		reader->at++;
		return emit(reader, STEP_ANY, 0);
	case '^':
		reader->at++;
		return emit(reader, STEP_BEGIN, 0);
	case '$':
		reader->at++;
		return emit(reader, STEP_END, 0);
	case '[':
		return read_set(reader);
	case '(':
		return read_group(reader);
	case '{':
		return read_form(reader);
	case '\\':
		return read_escape(reader);
	case '*':
	case '+':
	case '?':
		return complain(reader, "nothing stands before the repetition");
	default:
		return emit(reader, STEP_BYTE, (unsigned char)*reader->at++);
	}
}

static bool read_sequence(struct reader *reader)
{
	size_t begin;

	while (*reader->at && *reader->at != '|' && !(*reader->at == ')' && reader->depth > 0)) {
		begin = reader->pattern->step_count;
		if (*reader->at == ')')
			return complain(reader, "a ) that closes nothing");
		if (!read_atom(reader) || !read_repetition(reader, begin))
			return false;
	}
	return true;
}

/* Each alternative but the last: a fork before it, to the one after it, and a jump behind it, to the end of all. */
static bool read_alternatives(struct reader *reader)
{
	struct pattern *pattern = reader->pattern;
	size_t begin = pattern->step_count, i, jump = 0;

	if (!read_sequence(reader))
		return false;
	while (*reader->at == '|') {
		reader->at++;
		if (!fork_before(reader, begin, pattern->step_count - begin + 2) || !emit(reader, STEP_JUMP, 0))
			return false;
		/* Until the end is known, a jump names the one before it. */
		pattern->steps[pattern->step_count - 1].other = (int16_t)jump;
		jump = pattern->step_count - 1U;
		begin = pattern->step_count;
		if (!read_sequence(reader))
			return false;
	}
	for (; jump; jump = i) {
		i = (size_t)pattern->steps[jump].other;
		pattern->steps[jump].to = (int16_t)(pattern->step_count - jump);
	}
	return true;
}

bool pattern_compile(struct pattern *pattern, const char *text, struct error *error)
{
	struct reader reader = {.pattern = pattern, .text = text, .at = text, .error = error};

	*pattern = (struct pattern){0};
	if (!*text)
		return error_set(error, FAULT_CONFIGURATION, "an empty pattern would match everything");
	return emit(&reader, STEP_SAVE, 2 * CAPTURE_WHOLE) && read_alternatives(&reader) &&
	       emit(&reader, STEP_SAVE, 2 * CAPTURE_WHOLE + 1) && emit(&reader, STEP_MATCH, 0);
}

/* ---- Looking for it --------------------------------------------------------------------------------------------- */

/* One possibility: where it is in the program, and what it has seen begin and end. */
struct thread {
	uint16_t step;
	uint16_t saves[SAVES];
};

struct threads {
	struct thread list[PATTERN_PROGRAM_MAX];
	size_t count;
};

struct search {
	const struct pattern *pattern;
	const char *text;
	size_t size;
	uint32_t marks[PATTERN_PROGRAM_MAX]; /* position + 1 at which a step was last followed; of the program's steps */
};

/* Follows what consumes nothing; at most PATTERN_PROGRAM_MAX deep, since no step is followed twice at one position. */
static void follow(struct search *search, struct threads *threads, size_t step, size_t position, uint16_t saves[SAVES])
{
	const struct pattern_step *now = &search->pattern->steps[step];
	struct thread *thread;
	uint16_t saved;

	if (search->marks[step] == position + 1)
		return;
	search->marks[step] = (uint32_t)position + 1;
	switch ((enum step_kind)now->kind) {
	case STEP_FORK:
		follow(search, threads, (size_t)((int)step + now->to), position, saves);
		follow(search, threads, (size_t)((int)step + now->other), position, saves);
		return;
	case STEP_JUMP:
		follow(search, threads, (size_t)((int)step + now->to), position, saves);
		return;
	case STEP_SAVE:
		saved = saves[now->value];
		saves[now->value] = (uint16_t)position;
		follow(search, threads, step + 1, position, saves);
		saves[now->value] = saved;
		return;
	case STEP_BEGIN:
		if (position == 0)
			follow(search, threads, step + 1, position, saves);
		return;
	case STEP_END:
		if (position == search->size)
			follow(search, threads, step + 1, position, saves);
		return;
	case STEP_BYTE:
	case STEP_ANY:
	case STEP_SET:
	case STEP_MATCH:
		thread = &threads->list[threads->count++];
		thread->step = (uint16_t)step;
		memcpy(thread->saves, saves, sizeof thread->saves);
		return;
	}
}

static bool takes(const struct pattern *pattern, const struct pattern_step *step, unsigned char byte)
{
	switch ((enum step_kind)step->kind) {
	case STEP_BYTE:
		return step->value == byte;
	case STEP_ANY:
		return true;
	case STEP_SET:
		return pattern->sets[step->value][byte / 32] >> (byte % 32) & 1;
	case STEP_FORK:
	case STEP_JUMP:
	case STEP_SAVE:
	case STEP_BEGIN:
	case STEP_END:
	case STEP_MATCH:
		break;
	}
	return false;
}

/* One byte for all possibilities, in their order; what comes after one that has matched is worth less than the match. */
static bool advance(struct search *search, struct threads *now, struct threads *next, size_t position,
                    uint16_t found[SAVES])
{
	const struct pattern *pattern = search->pattern;
	bool matched = false;
	size_t i;

	next->count = 0;
	for (i = 0; i < now->count && !matched; i++) {
		const struct pattern_step *step = &pattern->steps[now->list[i].step];

		if (step->kind == STEP_MATCH) {
			memcpy(found, now->list[i].saves, sizeof now->list[i].saves);
			matched = true;
		} else if (position < search->size && takes(pattern, step, (unsigned char)search->text[position])) {
			follow(search, next, now->list[i].step + 1U, position + 1, now->list[i].saves);
		}
	}
	return matched;
}

static void tell(const uint16_t found[SAVES], struct pattern_match *match)
{
	unsigned capture;

	*match = (struct pattern_match){0};
	for (capture = 0; capture < CAPTURES; capture++) {
		if (found[2 * capture] == NOWHERE || found[2 * capture + 1] == NOWHERE)
			continue;
		match->there |= (uint16_t)(1U << capture);
		match->begin[capture] = found[2 * capture];
		match->end[capture] = found[2 * capture + 1];
	}
}

/* The bytes with which everything begins that the pattern matches: what forks or repeats comes behind them. */
static size_t beginning(const struct pattern *pattern, char bytes[BEGINNING_MAX])
{
	const struct pattern_step *step = &pattern->steps[1]; /* behind the one that saves where the whole begins */
	size_t size;

	for (size = 0; size < BEGINNING_MAX && step->kind == STEP_BYTE; size++)
		bytes[size] = (char)step++->value;
	return size;
}

/* Where a match can begin, from a position on. The text's size + 1: nowhere. */
static size_t may_begin(const struct search *search, size_t position)
{
	char bytes[BEGINNING_MAX];
	size_t size = beginning(search->pattern, bytes);
	const char *at = size > 0 ? memmem(search->text + position, search->size - position, bytes, size) : search->text + position;

	return at ? (size_t)(at - search->text) : search->size + 1;
}

bool pattern_find(const struct pattern *pattern, const char *text, size_t size, struct pattern_match *match)
{
	struct search search;
	struct threads lists[2], *now = &lists[0], *next = &lists[1], *swap;
	uint16_t found[SAVES], fresh[SAVES];
	bool matched = false;
	size_t position;

	assert(pattern->step_count > 0);
	search.pattern = pattern;
	search.text = text;
	search.size = size < PATTERN_TEXT_MAX ? size : PATTERN_TEXT_MAX;
	memset(search.marks, 0, pattern->step_count * sizeof *search.marks);
	memset(fresh, 0xFF, sizeof fresh);
	now->count = 0;
	for (position = 0; position <= search.size && (now->count > 0 || !matched); position++) {
		if (!matched && now->count == 0) {
			position = may_begin(&search, position);
			if (position > search.size)
				break;
		}
		if (!matched)
			follow(&search, now, 0, position, fresh);
		if (advance(&search, now, next, position, found))
			matched = true;
		swap = now;
		now = next;
		next = swap;
	}
	if (matched && match)
		tell(found, match);
	return matched;
}

/* ---- Saying it -------------------------------------------------------------------------------------------------- */

static char first_of(const uint32_t set[8])
{
	static const char wanted[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *at;
	int byte;

	for (at = wanted; *at; at++)
		if (set[(unsigned char)*at / 32] >> ((unsigned char)*at % 32) & 1)
			return *at;
	for (byte = ' '; byte < 127 && !(set[byte / 32] >> (byte % 32) & 1); byte++)
		;
	return (char)byte;
}

/* The step behind the one that ends this capture. */
static size_t behind(const struct pattern *pattern, size_t step, unsigned capture)
{
	while (pattern->steps[step].kind != STEP_SAVE || pattern->steps[step].value != 2 * capture + 1)
		step++;
	return step + 1;
}

/* A fork's `other` way leads on, never back, so this ends. */
bool pattern_example(const struct pattern *pattern, const char *const values[CAPTURES], char *to, size_t size)
{
	size_t step = 0, used = 0, length;
	const char *value;

	while (pattern->steps[step].kind != STEP_MATCH) {
		const struct pattern_step *now = &pattern->steps[step];
		char byte = '\0';

		switch ((enum step_kind)now->kind) {
		case STEP_BYTE:
			byte = (char)now->value;
			break;
		case STEP_ANY:
			byte = '-';
			break;
		case STEP_SET:
			byte = first_of(pattern->sets[now->value]);
			break;
		case STEP_FORK:
			step = (size_t)((int)step + now->other);
			continue;
		case STEP_JUMP:
			step = (size_t)((int)step + now->to);
			continue;
		case STEP_SAVE:
			value = now->value % 2 == 0 ? values[now->value / 2] : NULL;
			length = value ? strlen(value) : 0;
			if (used + length >= size)
				return false;
			memcpy(to + used, value ? value : "", length);
			used += length;
			step = value ? behind(pattern, step, now->value / 2U) : step + 1;
			continue;
		case STEP_BEGIN:
		case STEP_END:
		case STEP_MATCH:
			break;
		}
		if (byte && used + 1 >= size)
			return false;
		if (byte)
			to[used++] = byte;
		step++;
	}
	to[used] = '\0';
	return pattern_find(pattern, to, used, NULL);
}
