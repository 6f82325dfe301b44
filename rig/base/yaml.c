/*
 * Documents and their nodes, and the one place that knows libyaml. What would cost too much to load (libyaml alone takes a minute for
 * 128 KiB of '[') or has no meaning here is refused event by event; from the same events the document is built.
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

/* ---- Events ---- */

struct first_pass {
	const char *file;
	struct problems *problems;
	yaml_document_t *document;
	struct { int node, key; } open[YAML_DEPTH_MAX + 2]; /* lists and maps around the present place; a map's key that waits for its value, 0 */
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

/* The node of an event takes its place in the list or map around it. 0: there is no memory for it. */
static void put_node(struct first_pass *pass, const yaml_event_t *event, int id)
{
	int around = pass->open[pass->depth].node, *key = &pass->open[pass->depth].key;
	bool put = id > 0;

	if (!put)
		abort();
	yaml_document_get_node(pass->document, id)->start_mark = event->start_mark;
	if (around == 0)
		return;
	if (yaml_document_get_node(pass->document, around)->type == YAML_SEQUENCE_NODE) {
		put = yaml_document_append_sequence_item(pass->document, around, id);
	} else if (*key == 0) {
		*key = id;
	} else {
		put = yaml_document_append_mapping_pair(pass->document, around, *key, id);
		*key = 0;
	}
	if (!put)
		abort();
}

/* What was refused is not built; nothing is read of a document that has something refused. */
static void build(struct first_pass *pass, const yaml_event_t *event)
{
	int id = 0;

	if (!pass->sound)
		return;
	if (event->type == YAML_SCALAR_EVENT) {
		id = yaml_document_add_scalar(pass->document, NULL, event->data.scalar.value, (int)event->data.scalar.length, YAML_ANY_SCALAR_STYLE);
		put_node(pass, event, id);
		return;
	}
	if (event->type == YAML_SEQUENCE_START_EVENT)
		id = yaml_document_add_sequence(pass->document, NULL, YAML_ANY_SEQUENCE_STYLE);
	else if (event->type == YAML_MAPPING_START_EVENT)
		id = yaml_document_add_mapping(pass->document, NULL, YAML_ANY_MAPPING_STYLE);
	else
		return;
	pass->depth--; /* it lies in what is around it */
	put_node(pass, event, id);
	pass->open[++pass->depth].node = id;
	pass->open[pass->depth].key = 0;
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

static bool document_load(yaml_document_t *document, const char *file, const char *bytes, size_t size, struct problems *problems)
{
	struct first_pass pass = {.file = file, .problems = problems, .document = document, .sound = true};
	yaml_parser_t parser;
	yaml_event_t event;

	parser_begin(&parser, bytes, size);
	while (!pass.stop) {
		if (!yaml_parser_parse(&parser, &event)) {
			refuse_syntax(&pass, &parser);
			break;
		}
		look_at_event(&pass, &event);
		build(&pass, &event);
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
	if (!is_utf8(file, bytes, size, problems))
		return NULL;
	yaml = calloc(1, sizeof *yaml);
	if (!yaml || !yaml_document_initialize(&yaml->document, NULL, NULL, NULL, 1, 1))
		abort();
	yaml->file = file;
	yaml->problems = problems;
	if (document_load(&yaml->document, file, bytes, size, problems) && document_is_sound(yaml))
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

const char *yaml_scalar(struct yaml_node node)
{
	return yaml_is_scalar(node) ? scalar_at(node.yaml, node.id) : "";
}

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
