/* Getters: what a reader of a file asks a document for, each value checked and each key remembered. */

#include "rig/base/yaml.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *kind_of(struct yaml_node node)
{
	if (yaml_is_map(node))
		return "a map";
	if (yaml_is_list(node))
		return "a list";
	return yaml_is_scalar(node) && yaml_scalar(node)[0] == '\0' ? "empty" : "a single value";
}

/* ---- Maps ---- */

bool yaml_map_begin(struct yaml_map *map, struct yaml_node node, const char *what)
{
	*map = (struct yaml_map){.node = node, .place = yaml_place(node)};
	if (yaml_is_map(node))
		return true;
	map->node = (struct yaml_node){NULL, 0};
	return yaml_problem(node, "%s is %s; it must be a map of 'key: value'", what, kind_of(node));
}

/* True if the key is asked for the first time. */
static bool ask(struct yaml_map *map, const char *key)
{
	int i;

	for (i = 0; i < map->asked_count; i++)
		if (strcmp(map->asked[i], key) == 0)
			return false;
	assert(map->asked_count < YAML_KEYS_MAX);
	map->asked[map->asked_count++] = key;
	return true;
}

/* Index of the entry with this key, or -1. */
static int entry_find(const struct yaml_map *map, const char *key)
{
	int i, count = yaml_count(map->node);

	for (i = 0; i < count; i++)
		if (strcmp(yaml_scalar(yaml_entry_key(map->node, i)), key) == 0)
			return i;
	return -1;
}

static void put_known_keys(struct text *text, const struct yaml_map *map)
{
	int i;

	for (i = 0; i < map->asked_count; i++)
		text_format(text, "%s%s", i ? ", " : "", map->asked[i]);
}

static void refuse_key(const struct yaml_map *map, struct yaml_node key)
{
	const char *word = yaml_scalar(key), *meant = word_meant(word, map->asked);
	char known[PROBLEM_TEXT_SIZE / 2];
	struct text text;

	if (meant) {
		(void)yaml_problem(key, "there is no key '%.40s' here; did you mean '%s'?", word, meant);
		return;
	}
	text_init(&text, known, sizeof known);
	put_known_keys(&text, map);
	(void)yaml_problem(key, "there is no key '%.40s' here; known are %s%s", word, known, text.full ? ", ..." : "");
}

void yaml_map_end(struct yaml_map *map)
{
	int i, k, count = yaml_count(map->node);

	for (i = 0; i < count; i++) {
		struct yaml_node key = yaml_entry_key(map->node, i);

		for (k = 0; k < map->asked_count; k++)
			if (strcmp(map->asked[k], yaml_scalar(key)) == 0)
				break;
		if (k == map->asked_count)
			refuse_key(map, key);
	}
}

/* A missing key is not complained of when one that was misspelt stands there: one slip is one problem. */
static bool is_misspelt_here(const struct yaml_map *map, const char *key)
{
	const char *const wanted[] = {key, NULL};
	int i, count = yaml_count(map->node);

	for (i = 0; i < count; i++)
		if (word_meant(yaml_scalar(yaml_entry_key(map->node, i)), wanted))
			return true;
	return false;
}

struct yaml_node yaml_get(struct yaml_map *map, const char *key, enum yaml_need need)
{
	bool first = ask(map, key);
	int at = entry_find(map, key);

	if (at >= 0)
		return yaml_entry_value(map->node, at);
	if (need == YAML_REQUIRED && first && !is_misspelt_here(map, key))
		(void)yaml_problem(map->node, "'%s' is missing here; add it", key);
	return (struct yaml_node){NULL, 0};
}

struct place yaml_key_place(const struct yaml_map *map, const char *key)
{
	return yaml_place(yaml_entry_key(map->node, entry_find(map, key)));
}

#define LABEL_SIZE 64

static const char *label(char bytes[LABEL_SIZE], const char *key)
{
	(void)snprintf(bytes, LABEL_SIZE, "'%s'", key);
	return bytes;
}

bool yaml_get_text(struct yaml_map *map, const char *key, enum yaml_need need, char *to, size_t size)
{
	char what[LABEL_SIZE];

	return yaml_text(yaml_get(map, key, need), label(what, key), to, size);
}

bool yaml_get_name(struct yaml_map *map, const char *key, enum yaml_need need, char *to, size_t size)
{
	char what[LABEL_SIZE];

	return yaml_name(yaml_get(map, key, need), label(what, key), to, size);
}

bool yaml_get_word(struct yaml_map *map, const char *key, enum yaml_need need, const char *const *words, int *index)
{
	char what[LABEL_SIZE];

	return yaml_word(yaml_get(map, key, need), label(what, key), words, index);
}

bool yaml_get_flag(struct yaml_map *map, const char *key, enum yaml_need need, bool *flag)
{
	static const char *const words[] = {"false", "true", NULL};
	int index;

	if (!yaml_get_word(map, key, need, words, &index))
		return false;
	*flag = index == 1;
	return true;
}

bool yaml_get_number(struct yaml_map *map, const char *key, enum yaml_need need, int64_t least, int64_t most, int64_t *number)
{
	char what[LABEL_SIZE];

	return yaml_number(yaml_get(map, key, need), label(what, key), least, most, number);
}

bool yaml_get_decimal(struct yaml_map *map, const char *key, enum yaml_need need, int64_t scale, const char *unit_name,
		      int64_t least, int64_t most, int64_t *amount)
{
	char what[LABEL_SIZE];

	return yaml_decimal(yaml_get(map, key, need), label(what, key), scale, unit_name, least, most, amount);
}

bool yaml_get_unit(struct yaml_map *map, const char *key, enum yaml_need need, enum unit unit, int64_t least, int64_t most,
		   int64_t *amount)
{
	char what[LABEL_SIZE];

	return yaml_unit(yaml_get(map, key, need), label(what, key), unit, least, most, amount);
}

struct yaml_node yaml_get_map(struct yaml_map *map, const char *key, enum yaml_need need)
{
	struct yaml_node node = yaml_get(map, key, need);

	if (yaml_is_there(node) && !yaml_is_map(node)) {
		(void)yaml_problem(node, "'%s' is %s; it must be a map of 'key: value'", key, kind_of(node));
		node.id = 0;
	}
	return node;
}

struct yaml_node yaml_get_list(struct yaml_map *map, const char *key, enum yaml_need need)
{
	struct yaml_node node = yaml_get(map, key, need);

	if (yaml_is_there(node) && !yaml_is_list(node)) {
		(void)yaml_problem(node, "'%s' is %s; it must be a list", key, kind_of(node));
		node.id = 0;
	}
	return node;
}

/* ---- Values ---- */

static bool is_value(struct yaml_node node, const char *what)
{
	if (!yaml_is_there(node))
		return false;
	if (!yaml_is_scalar(node))
		return yaml_problem(node, "%s is %s; it must be a single value", what, kind_of(node));
	if (yaml_scalar(node)[0] == '\0')
		return yaml_problem(node, "%s is empty; give it a value", what);
	return true;
}

bool yaml_text(struct yaml_node node, const char *what, char *to, size_t size)
{
	size_t used;

	if (!is_value(node, what))
		return false;
	used = strlen(yaml_scalar(node));
	if (used >= size)
		return yaml_problem(node, "%s has %zu bytes; at most %zu fit", what, used, size - 1);
	memcpy(to, yaml_scalar(node), used + 1);
	return true;
}

bool yaml_name(struct yaml_node node, const char *what, char *to, size_t size)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *name = yaml_scalar(node);

	if (!is_value(node, what))
		return false;
	if (strspn(name, letters) != strlen(name) || name[0] == '-' || name[0] == '_')
		return yaml_problem(node, "%s is '%.40s'; a name has letters, digits, '-' and '_' only and begins with a letter or digit",
				    what, name);
	return yaml_text(node, what, to, size);
}

static void put_words(struct text *text, const char *const *words)
{
	int i;

	for (i = 0; words[i]; i++)
		text_format(text, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

bool yaml_word(struct yaml_node node, const char *what, const char *const *words, int *index)
{
	char known[PROBLEM_TEXT_SIZE / 2];
	const char *meant;
	struct text text;
	int i;

	if (!is_value(node, what))
		return false;
	for (i = 0; words[i]; i++)
		if (strcmp(words[i], yaml_scalar(node)) == 0) {
			*index = i;
			return true;
		}
	meant = word_meant(yaml_scalar(node), words);
	if (meant)
		return yaml_problem(node, "%s is '%.40s'; did you mean '%s'?", what, yaml_scalar(node), meant);
	text_init(&text, known, sizeof known);
	put_words(&text, words);
	return yaml_problem(node, "%s is '%.40s'; it must be %s%s", what, yaml_scalar(node), known, text.full ? ", ..." : "");
}

/* The number's complaint, cut where somebody wrote a novel in its place. */
static bool refuse_value(struct yaml_node node, const char *what, const struct error *error)
{
	return yaml_problem(node, "%s is %s", what, error->text);
}

static bool is_number_sized(struct yaml_node node, const char *what)
{
	if (!is_value(node, what))
		return false;
	if (strlen(yaml_scalar(node)) > 60)
		return yaml_problem(node, "%s is '%.20s...', which is not a number", what, yaml_scalar(node));
	return true;
}

bool yaml_number(struct yaml_node node, const char *what, int64_t least, int64_t most, int64_t *number)
{
	struct error error;

	if (!is_number_sized(node, what))
		return false;
	return number_read(yaml_scalar(node), least, most, number, &error) || refuse_value(node, what, &error);
}

bool yaml_decimal(struct yaml_node node, const char *what, int64_t scale, const char *unit_name, int64_t least, int64_t most,
		  int64_t *amount)
{
	struct error error;

	if (!is_number_sized(node, what))
		return false;
	return decimal_read(yaml_scalar(node), scale, unit_name, least, most, amount, &error) || refuse_value(node, what, &error);
}

bool yaml_unit(struct yaml_node node, const char *what, enum unit unit, int64_t least, int64_t most, int64_t *amount)
{
	struct error error;

	if (!is_number_sized(node, what))
		return false;
	return unit_read(yaml_scalar(node), unit, least, most, amount, &error) || refuse_value(node, what, &error);
}

static int days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool is_date(const char *text)
{
	int year, month, day, end = 0;

	if (strlen(text) != 10 || strspn(text, "0123456789-") != 10)
		return false;
	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || end != 10 || text[4] != '-' || text[7] != '-')
		return false;
	return year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= days_of(year, month);
}

bool yaml_get_date(struct yaml_map *map, const char *key, enum yaml_need need, char *to, size_t size)
{
	struct yaml_node node = yaml_get(map, key, need);
	char what[LABEL_SIZE];

	if (!is_value(node, label(what, key)))
		return false;
	if (!is_date(yaml_scalar(node)))
		return yaml_problem(node, "'%s' is '%.40s'; write a day such as 2026-11-01", key, yaml_scalar(node));
	return yaml_text(node, what, to, size);
}

