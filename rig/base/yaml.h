#ifndef HILRIG_RIG_BASE_YAML_H
#define HILRIG_RIG_BASE_YAML_H

/*
 * A typed reader of YAML files that people write. Strict: one document, at most 1 MiB, nesting of at most
 * YAML_DEPTH_MAX, valid UTF-8, no anchors, aliases or tags, keys are single words and stand once. What is wrong is added to
 * `struct problems` with its line and column, and reading goes on, so that all of a file's problems are known at once.
 *
 * Scalars have no type of their own here: what a getter asks for decides, so `firmware: 00000102` is text where text is
 * asked for, and `on` and `off` are words.
 *
 * Use: yaml_open; yaml_map_begin on its root; getters by key; yaml_map_end, which reports every key that no getter has asked
 * for, with the one that was probably meant; yaml_close. A getter returns true when the key was there and its value good; the
 * value is untouched otherwise. A missing YAML_REQUIRED key is a problem of the map. All getters are safe on what is not
 * there (a node of id 0, a map that is none): they then return false and complain about nothing, as somebody has already.
 *
 * Memory is taken by yaml_open and given back by yaml_close; getters copy into the caller's buffers.
 */

#include "rig/base/file.h"
#include "rig/base/problem.h"
#include "rig/base/unit.h"

#define YAML_DEPTH_MAX 32
#define YAML_NODES_MAX 50000
#define YAML_ENTRIES_MAX 4096   /* keys of one map, items of one list */
#define YAML_KEYS_MAX 48        /* different keys that a reader asks one map for */

struct yaml;

/* A node of the document. `yaml` NULL or id 0: none. */
struct yaml_node {
	struct yaml *yaml;
	int id;
};

enum yaml_need { YAML_REQUIRED, YAML_OPTIONAL };

/* A map being read. */
struct yaml_map {
	struct yaml_node node;
	struct place place;
	const char *asked[YAML_KEYS_MAX + 1];
	int asked_count;
};

/* Reads a file that a person wrote; a problem of the file as a whole if that cannot be. */
MUST_USE bool yaml_file_read(struct file *file, const char *path, struct problems *problems);

/*
 * Reads `bytes`. Returns NULL, with problems added, when there is no document to look at. `file` (for problems) and
 * `problems` are borrowed until yaml_close.
 */
MUST_USE struct yaml *yaml_open(const char *file, const char *bytes, size_t size, struct problems *problems);
void yaml_close(struct yaml *yaml);

struct yaml_node yaml_root(struct yaml *yaml);
bool yaml_is_there(struct yaml_node node);
bool yaml_is_scalar(struct yaml_node node);
bool yaml_is_map(struct yaml_node node);
bool yaml_is_list(struct yaml_node node);
struct place yaml_place(struct yaml_node node);

/* Adds a problem at a node or place of the file; returns false. Nothing is added for a node that is not there. */
bool yaml_problem(struct yaml_node node, const char *format, ...) PRINTF_LIKE(2, 3);
bool yaml_problem_at(struct yaml *yaml, struct place place, const char *format, ...) PRINTF_LIKE(3, 4);

/* ---- Maps with known keys. `what` names the map in problems: "a slot". ---- */

/* False, with a problem unless the node is not there, if it is no map; getters on it then give nothing. */
bool yaml_map_begin(struct yaml_map *map, struct yaml_node node, const char *what);
void yaml_map_end(struct yaml_map *map);

/* The value of a key, whatever it is. That it is missing is said at the first time only. */
struct yaml_node yaml_get(struct yaml_map *map, const char *key, enum yaml_need need);

/* Where the key itself stands; {0, 0} if it does not. */
struct place yaml_key_place(const struct yaml_map *map, const char *key);

/* Text of 1 to size - 1 bytes. */
bool yaml_get_text(struct yaml_map *map, const char *key, enum yaml_need need, char *to, size_t size);

/* A name: letters, digits, '-' and '_', beginning with a letter or digit. */
bool yaml_get_name(struct yaml_map *map, const char *key, enum yaml_need need, char *to, size_t size);

/* "2026-11-01", a day that exists. */
bool yaml_get_date(struct yaml_map *map, const char *key, enum yaml_need need, char *to, size_t size);

/* One of NULL-terminated `words`; *index is its position. */
bool yaml_get_word(struct yaml_map *map, const char *key, enum yaml_need need, const char *const *words, int *index);

/* true or false. */
bool yaml_get_flag(struct yaml_map *map, const char *key, enum yaml_need need, bool *flag);

bool yaml_get_number(struct yaml_map *map, const char *key, enum yaml_need need, int64_t least, int64_t most, int64_t *number);

/* A plain number whose unit stands in the key: "settle_ms: 50" with scale 1,000,000 gives ns. */
bool yaml_get_decimal(struct yaml_map *map, const char *key, enum yaml_need need, int64_t scale, const char *unit_name,
		      int64_t least, int64_t most, int64_t *amount);

/* A quantity with its unit in the value: "180s". */
bool yaml_get_unit(struct yaml_map *map, const char *key, enum yaml_need need, enum unit unit, int64_t least, int64_t most,
		   int64_t *amount);

/* A map or a list; `need` as above. Gives a node that is not there when the value is something else, with a problem. */
struct yaml_node yaml_get_map(struct yaml_map *map, const char *key, enum yaml_need need);
struct yaml_node yaml_get_list(struct yaml_map *map, const char *key, enum yaml_need need);

/* ---- The same for a node that is no value of a known key; `what` names it in problems: "'guid'", "an item of 'deny'". ---- */

bool yaml_text(struct yaml_node node, const char *what, char *to, size_t size);
bool yaml_name(struct yaml_node node, const char *what, char *to, size_t size);
bool yaml_word(struct yaml_node node, const char *what, const char *const *words, int *index);
bool yaml_number(struct yaml_node node, const char *what, int64_t least, int64_t most, int64_t *number);
bool yaml_decimal(struct yaml_node node, const char *what, int64_t scale, const char *unit_name, int64_t least, int64_t most,
		  int64_t *amount);
bool yaml_unit(struct yaml_node node, const char *what, enum unit unit, int64_t least, int64_t most, int64_t *amount);

/* The text of a scalar as it stands, "" for anything else; borrowed until yaml_close. It may be empty. */
const char *yaml_scalar(struct yaml_node node);

/* ---- Lists and maps with free keys ---- */

/* Items of a list or entries of a map; 0 for anything else. */
int yaml_count(struct yaml_node node);
struct yaml_node yaml_item(struct yaml_node list, int index);
struct yaml_node yaml_entry_key(struct yaml_node map, int index);
struct yaml_node yaml_entry_value(struct yaml_node map, int index);

#endif
