/*
 * The typed YAML reader, and the one place that knows libyaml. A first pass over events refuses what a document would cost
 * too much to load (libyaml alone takes a minute for 128 KiB of '[') or what has no meaning here; then the document.
 */

#include "rig/base/yaml.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct yaml {
	yaml_document_t document;
	const char *file;
	struct problems *problems;
};

static struct place place_of(yaml_mark_t mark)
{
	return (struct place){.line = (int)mark.line + 1, .column = (int)mark.column + 1};
}

/* ---- First pass ---- */

struct first_pass {
	const char *file;
	struct problems *problems;
	int depth;
	int nodes;
	int documents;
	bool sound;   /* nothing refused so far */
	bool stop;
};

static void refuse(struct first_pass *pass, yaml_mark_t mark, const char *text)
{
	pass->sound = problem_add(pass->problems, pass->file, place_of(mark), "%s", text);
}

/* libyaml's words for what it could not read, and what usually is the matter. */
static const struct {
	const char *says, *way_out;
} syntax_hints[] = {
	{"found character that cannot start any token", "put quotes around the value; a line cannot begin with a tab, @, ` or %"},
	{"mapping values are not allowed in this context", "check the indentation, or put quotes around a value that holds ': '"},
	{"did not find expected key", "check the indentation of this line and of the ones above"},
	{"could not find expected ':'", "every key needs a ':' and a blank behind it"},
	{"did not find expected ',' or '}'", "a ',' or the closing '}' is missing"},
	{"did not find expected ',' or ']'", "a ',' or the closing ']' is missing"},
	{"did not find expected '-' indicator", "check the indentation: items of one list begin in one column"},
	{"found unexpected end of stream", "a closing quote is missing"},
	{"did not find expected node content", "a value is missing"},
	{"block sequence entries are not allowed in this context", "begin the list on a line of its own"},
	{"found a tab character that violates indentation", "indent with blanks"},
	{"control characters are not allowed", "remove the control character"},
	{"did not find expected <document start>", "write one document, without '---' or '...' in the middle"},
	{"found unknown escape character", "write \\\\ for a backslash, or use single quotes"},
};

static const char *way_out_of(const char *says)
{
	size_t i;

	for (i = 0; i < sizeof syntax_hints / sizeof *syntax_hints; i++)
		if (strstr(says, syntax_hints[i].says))
			return syntax_hints[i].way_out;
	return "check quotes, brackets and indentation";
}

static void refuse_syntax(struct first_pass *pass, const yaml_parser_t *parser)
{
	const char *says = parser->problem ? parser->problem : "not readable";
	struct place place = place_of(parser->problem_mark);

	pass->stop = true;
	pass->sound = problem_add(pass->problems, pass->file, place, "this is not YAML: %s%s%s; %s", says,
				  parser->context ? " " : "", parser->context ? parser->context : "", way_out_of(says));
}

static void look_at_node(struct first_pass *pass, const yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		refuse(pass, event->start_mark, "anchors (&name) are not used in these files; write the value out");
	if (tag)
		refuse(pass, event->start_mark, "tags (!name) are not used in these files; leave it out");
	if (++pass->nodes > YAML_NODES_MAX) {
		refuse(pass, event->start_mark, "the file has too many values; at most 50000 are read");
		pass->stop = true;
	}
}

static void go_deeper(struct first_pass *pass, const yaml_event_t *event)
{
	if (++pass->depth <= YAML_DEPTH_MAX)
		return;
	refuse(pass, event->start_mark, "lists and maps are nested too deeply; at most 32 levels are read");
	pass->stop = true;
}

static void look_at_event(struct first_pass *pass, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++pass->documents == 2) {
			refuse(pass, event->start_mark, "a second document begins here; a file holds one, remove the '---'");
			pass->stop = true;
		}
		break;
	case YAML_ALIAS_EVENT:
		refuse(pass, event->start_mark, "aliases (*name) are not used in these files; write the value out, or put quotes around it");
		break;
	case YAML_SCALAR_EVENT:
		look_at_node(pass, event, event->data.scalar.anchor, event->data.scalar.tag);
		break;
	case YAML_SEQUENCE_START_EVENT:
		look_at_node(pass, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
		go_deeper(pass, event);
		break;
	case YAML_MAPPING_START_EVENT:
		look_at_node(pass, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
		go_deeper(pass, event);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		pass->depth--;
		break;
	case YAML_STREAM_END_EVENT:
		pass->stop = true;
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
}

static void parser_begin(yaml_parser_t *parser, const char *bytes, size_t size)
{
	if (!yaml_parser_initialize(parser))
		abort();
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, (const unsigned char *)bytes, size);
}

static bool events_are_sound(const char *file, const char *bytes, size_t size, struct problems *problems)
{
	struct first_pass pass = {.file = file, .problems = problems, .sound = true};
	yaml_parser_t parser;
	yaml_event_t event;

	parser_begin(&parser, bytes, size);
	while (!pass.stop) {
		if (!yaml_parser_parse(&parser, &event)) {
			refuse_syntax(&pass, &parser);
			break;
		}
		look_at_event(&pass, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	if (pass.sound && pass.documents == 0)
		pass.sound = problem_add(problems, file, (struct place){1, 1}, "the file is empty");
	return pass.sound;
}

/* Says where the first byte stands that is not part of valid UTF-8; columns count characters. */
static bool is_utf8(const char *file, const char *bytes, size_t size, struct problems *problems)
{
	struct place place = {1, 1};
	size_t at = 0, length;

	for (; at < size; at += length) {
		length = text_utf8_length(bytes + at, size - at);
		if (length == 0)
			return problem_add(problems, file, place, "byte 0x%02X is not UTF-8; save the file as UTF-8",
					   (unsigned char)bytes[at]);
		if (bytes[at] == '\0')
			return problem_add(problems, file, place, "a zero byte stands here; this is not a text file");
		place.column++;
		if (bytes[at] == '\n')
			place = (struct place){place.line + 1, 1};
	}
	return true;
}

/* ---- The document ---- */

static yaml_node_t *node_at(struct yaml *yaml, int id)
{
	return yaml_document_get_node(&yaml->document, id);
}

static yaml_node_t *node_of(struct yaml_node node)
{
	return node.yaml && node.id ? node_at(node.yaml, node.id) : NULL;
}

static const char *scalar_at(struct yaml *yaml, int id)
{
	return (const char *)node_at(yaml, id)->data.scalar.value;
}

static int pair_count(const yaml_node_t *map)
{
	return (int)(map->data.mapping.pairs.top - map->data.mapping.pairs.start);
}

/* A key that stood before; its line, or 0. */
static int line_of_twin(struct yaml *yaml, const yaml_node_t *map, const yaml_node_pair_t *pair)
{
	const yaml_node_pair_t *earlier;

	for (earlier = map->data.mapping.pairs.start; earlier < pair; earlier++)
		if (node_at(yaml, earlier->key)->type == YAML_SCALAR_NODE &&
		    strcmp(scalar_at(yaml, earlier->key), scalar_at(yaml, pair->key)) == 0)
			return (int)node_at(yaml, earlier->key)->start_mark.line + 1;
	return 0;
}

static bool keys_are_sound(struct yaml *yaml, const yaml_node_t *map)
{
	const yaml_node_pair_t *pair;
	bool sound = true;

	for (pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = node_at(yaml, pair->key);
		int line;

		if (key->type != YAML_SCALAR_NODE) {
			sound = yaml_problem_at(yaml, place_of(key->start_mark), "a key must be one word");
			continue;
		}
		line = line_of_twin(yaml, map, pair);
		if (line > 0)
			sound = yaml_problem_at(yaml, place_of(key->start_mark), "key '%s' stands twice, first on line %d; remove one",
						scalar_at(yaml, pair->key), line);
	}
	return sound;
}

static bool size_is_sound(struct yaml *yaml, const yaml_node_t *node)
{
	long count = 0;

	if (node->type == YAML_MAPPING_NODE)
		count = pair_count(node);
	if (node->type == YAML_SEQUENCE_NODE)
		count = (long)(node->data.sequence.items.top - node->data.sequence.items.start);
	if (count <= YAML_ENTRIES_MAX)
		return true;
	return yaml_problem_at(yaml, place_of(node->start_mark), "%ld entries in one place; at most %d are read", count,
			       YAML_ENTRIES_MAX);
}

static bool document_is_sound(struct yaml *yaml)
{
	const yaml_node_t *node;
	bool sound = true;

	for (node = yaml->document.nodes.start; node < yaml->document.nodes.top; node++) {
		if (!size_is_sound(yaml, node) || (node->type == YAML_MAPPING_NODE && !keys_are_sound(yaml, node)))
			sound = false;
		if (node->type == YAML_SCALAR_NODE && strlen((const char *)node->data.scalar.value) != node->data.scalar.length)
			sound = yaml_problem_at(yaml, place_of(node->start_mark), "a zero character (\\0) cannot be used");
	}
	return sound;
}

/* What the first pass let through loads; only memory could fail. */
static bool document_load(struct yaml *yaml, const char *bytes, size_t size)
{
	yaml_parser_t parser;
	bool loaded;

	parser_begin(&parser, bytes, size);
	loaded = yaml_parser_load(&parser, &yaml->document);
	yaml_parser_delete(&parser);
	return loaded;
}

bool yaml_file_read(struct file *file, const char *path, struct problems *problems)
{
	size_t named = strlen(path) + strlen(": ");
	struct error error;

	if (file_read(file, path, FILE_PEOPLE_SIZE_MAX, &error))
		return true;
	/* The problem names the file by itself. */
	return problem_add(problems, path, (struct place){0, 0}, "%s", strlen(error.text) > named ? error.text + named : error.text);
}

struct yaml *yaml_open(const char *file, const char *bytes, size_t size, struct problems *problems)
{
	struct yaml *yaml;

	if (size > FILE_PEOPLE_SIZE_MAX) {
		(void)problem_add(problems, file, (struct place){0, 0}, "the file has %zu bytes; at most %d are read", size,
				  FILE_PEOPLE_SIZE_MAX);
		return NULL;
	}
	if (!is_utf8(file, bytes, size, problems) || !events_are_sound(file, bytes, size, problems))
		return NULL;
	yaml = calloc(1, sizeof *yaml);
	if (!yaml || !document_load(yaml, bytes, size))
		abort();
	yaml->file = file;
	yaml->problems = problems;
	if (document_is_sound(yaml))
		return yaml;
	yaml_close(yaml);
	return NULL;
}

void yaml_close(struct yaml *yaml)
{
	if (!yaml)
		return;
	yaml_document_delete(&yaml->document);
	free(yaml);
}

struct yaml_node yaml_root(struct yaml *yaml)
{
	return (struct yaml_node){.yaml = yaml, .id = yaml && yaml_document_get_root_node(&yaml->document) ? 1 : 0};
}

static bool is_type(struct yaml_node node, yaml_node_type_t type)
{
	const yaml_node_t *found = node_of(node);

	return found && found->type == type;
}

/* `key:` with nothing behind it is a scalar without text or quotes; libyaml's null. */
static bool is_nothing(struct yaml_node node)
{
	const yaml_node_t *found = node_of(node);

	return found && found->type == YAML_SCALAR_NODE && found->data.scalar.length == 0 &&
	       found->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

bool yaml_is_there(struct yaml_node node)
{
	return node_of(node) != NULL;
}

bool yaml_is_scalar(struct yaml_node node)
{
	return is_type(node, YAML_SCALAR_NODE);
}

bool yaml_is_map(struct yaml_node node)
{
	return is_type(node, YAML_MAPPING_NODE);
}

bool yaml_is_list(struct yaml_node node)
{
	return is_type(node, YAML_SEQUENCE_NODE);
}

struct place yaml_place(struct yaml_node node)
{
	const yaml_node_t *found = node_of(node);

	return found ? place_of(found->start_mark) : (struct place){0, 0};
}

bool yaml_problem(struct yaml_node node, const char *format, ...)
{
	char text[PROBLEM_TEXT_SIZE];
	va_list arguments;

	if (!yaml_is_there(node))
		return false;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return problem_add(node.yaml->problems, node.yaml->file, yaml_place(node), "%s", text);
}

bool yaml_problem_at(struct yaml *yaml, struct place place, const char *format, ...)
{
	char text[PROBLEM_TEXT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return problem_add(yaml->problems, yaml->file, place, "%s", text);
}

static const char *kind_of(struct yaml_node node)
{
	if (yaml_is_map(node))
		return "a map";
	if (yaml_is_list(node))
		return "a list";
	return is_nothing(node) ? "empty" : "a single value";
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

static const yaml_node_pair_t *pair_find(const struct yaml_map *map, const char *key)
{
	const yaml_node_t *node = node_of(map->node);
	const yaml_node_pair_t *pair;

	for (pair = node ? node->data.mapping.pairs.start : NULL; node && pair < node->data.mapping.pairs.top; pair++)
		if (strcmp(scalar_at(map->node.yaml, pair->key), key) == 0)
			return pair;
	return NULL;
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
	const yaml_node_pair_t *pair = pair_find(map, key);
	bool first = ask(map, key);

	if (pair)
		return (struct yaml_node){.yaml = map->node.yaml, .id = pair->value};
	if (need == YAML_REQUIRED && first && !is_misspelt_here(map, key))
		(void)yaml_problem(map->node, "'%s' is missing here; add it", key);
	return (struct yaml_node){NULL, 0};
}

struct place yaml_key_place(const struct yaml_map *map, const char *key)
{
	const yaml_node_pair_t *pair = pair_find(map, key);

	return pair ? place_of(node_at(map->node.yaml, pair->key)->start_mark) : (struct place){0, 0};
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

const char *yaml_scalar(struct yaml_node node)
{
	return yaml_is_scalar(node) ? scalar_at(node.yaml, node.id) : "";
}

/* ---- Lists and free keys ---- */

int yaml_count(struct yaml_node node)
{
	const yaml_node_t *found = node_of(node);

	if (found && found->type == YAML_MAPPING_NODE)
		return pair_count(found);
	if (found && found->type == YAML_SEQUENCE_NODE)
		return (int)(found->data.sequence.items.top - found->data.sequence.items.start);
	return 0;
}

struct yaml_node yaml_item(struct yaml_node list, int index)
{
	if (!yaml_is_list(list) || index < 0 || index >= yaml_count(list))
		return (struct yaml_node){NULL, 0};
	return (struct yaml_node){.yaml = list.yaml, .id = node_of(list)->data.sequence.items.start[index]};
}

static struct yaml_node entry_part(struct yaml_node map, int index, bool key)
{
	const yaml_node_pair_t *pair;

	if (!yaml_is_map(map) || index < 0 || index >= yaml_count(map))
		return (struct yaml_node){NULL, 0};
	pair = &node_of(map)->data.mapping.pairs.start[index];
	return (struct yaml_node){.yaml = map.yaml, .id = key ? pair->key : pair->value};
}

struct yaml_node yaml_entry_key(struct yaml_node map, int index)
{
	return entry_part(map, index, true);
}

struct yaml_node yaml_entry_value(struct yaml_node map, int index)
{
	return entry_part(map, index, false);
}
