/* Reads load sheets: which device is in which slot tonight. */

#include "rig/base/yaml.h"
#include "rig/scenario/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const knowns[] = {"scanned", "read", "customer", NULL};
static const char *const meter_builds[] = {"production", "engineering", NULL};
static const char *const hub_kinds[] = {"test", "production", NULL};
static const char hex_digits[] = "0123456789ABCDEF";

static void make_capitals(char *text)
{
	for (; *text; text++)
		if (*text >= 'a' && *text <= 'z')
			*text = (char)(*text - 'a' + 'A');
}

/* Eight pairs of hexadecimal digits with '-' between: 23 characters. */
static bool is_guid(const char *text)
{
	int i;

	for (i = 0; i < 23; i++)
		if (i % 3 == 2 ? text[i] != '-' : !text[i] || !strchr(hex_digits, text[i]))
			return false;
	return text[23] == '\0';
}

static void read_guid(struct yaml_map *map, char to[GUID_SIZE])
{
	struct yaml_node node = yaml_get(map, "guid", YAML_REQUIRED);
	char guid[WORD_TEXT_SIZE];

	if (!yaml_text(node, "'guid'", guid, sizeof guid))
		return;
	make_capitals(guid);
	if (is_guid(guid))
		memcpy(to, guid, GUID_SIZE);
	else
		(void)yaml_problem(node, "'%.30s' is no GUID; write eight pairs of hexadecimal digits, such as 00-DB-12-34-56-78-90-A0",
				   yaml_scalar(node));
}

/* Text of so many hexadecimal digits. What looks like a number to other programs stays as it is written. */
static bool read_hex(struct yaml_map *map, const char *key, size_t digits, char to[WORD_TEXT_SIZE])
{
	struct yaml_node node = yaml_get(map, key, YAML_OPTIONAL);
	char what[32];

	(void)snprintf(what, sizeof what, "'%s'", key);
	if (!yaml_text(node, what, to, WORD_TEXT_SIZE))
		return false;
	make_capitals(to);
	if (strlen(to) == digits && strspn(to, hex_digits) == digits)
		return true;
	(void)yaml_problem(node, "'%s' is '%.30s'; it must be %zu hexadecimal digits", key, yaml_scalar(node), digits);
	to[0] = '\0';
	return false;
}

static void read_word(struct yaml_map *map, const char *key, const char *const *words, char to[WORD_TEXT_SIZE])
{
	int index;

	if (yaml_get_word(map, key, YAML_OPTIONAL, words, &index))
		(void)snprintf(to, WORD_TEXT_SIZE, "%s", words[index]);
}

static bool is_hex_digit(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static int count_digits(const char *text)
{
	int digits = 0;

	for (; *text; text++)
		digits += is_hex_digit(*text);
	return digits;
}

/* What is withheld in the evidence. */
static bool is_withheld(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "x- ")] == '\0';
}

static void read_install_code(struct load *load, struct yaml_map *map, struct load_device *device)
{
	struct yaml_node node = yaml_get(map, "install_code", YAML_OPTIONAL);
	char code[WORD_TEXT_SIZE + 16];
	struct error error;

	if (!yaml_text(node, "'install_code'", code, sizeof code) || is_withheld(code))
		return;
	load->code_digits += count_digits(code);
	device->has_link_key = install_code_key(code, device->link_key, &error);
	if (!device->has_link_key)
		(void)yaml_problem(node, "'install_code' is none: %s", error.text);
	memset(code, 0, sizeof code);
}

static void read_device(struct load *load, struct yaml_node node, enum device_role role, struct load_device *device)
{
	int known = KNOWN_CUSTOMER;
	struct yaml_map map;

	*device = (struct load_device){.present = true, .at = yaml_place(node)};
	if (!yaml_map_begin(&map, node, role == ROLE_METER ? "'meter'" : "'hub'"))
		return;
	read_guid(&map, device->guid);
	(void)yaml_get_word(&map, "known", YAML_REQUIRED, knowns, &known);
	device->known = (enum known)known;
	(void)read_hex(&map, "manufacturer", 4, device->manufacturer);
	/* A model is type and hardware version, four digits each. */
	if (read_hex(&map, "model", 8, device->model))
		memcpy(device->hardware, device->model + 4, 5);
	(void)read_hex(&map, "hardware", 4, device->hardware);
	(void)read_hex(&map, "firmware", 8, device->firmware);
	if (role == ROLE_METER)
		read_word(&map, "build", meter_builds, device->build);
	else
		read_word(&map, "kind", hub_kinds, device->build);
	(void)yaml_get_text(&map, "region", YAML_OPTIONAL, device->region, sizeof device->region);
	(void)yaml_get_text(&map, "serial", YAML_OPTIONAL, device->serial, sizeof device->serial);
	(void)yaml_get_text(&map, "condition", YAML_OPTIONAL, device->condition, sizeof device->condition);
	(void)yaml_get_date(&map, "received", YAML_OPTIONAL, device->received, sizeof device->received);
	if (role == ROLE_METER)
		read_install_code(load, &map, device);
	yaml_map_end(&map);
}

static void read_mpan(struct yaml_map *map, char to[WORD_TEXT_SIZE])
{
	struct yaml_node node = yaml_get(map, "mpan", YAML_OPTIONAL);

	if (!yaml_text(node, "'mpan'", to, WORD_TEXT_SIZE))
		return;
	if (strlen(to) != 13 || strspn(to, "0123456789") != 13)
		(void)yaml_problem(node, "'mpan' is '%.30s'; it must be 13 digits in quotes", to);
}

static void read_slot(struct load *load, struct yaml_node key, struct yaml_node value)
{
	struct load_slot *slot = &load->slots[load->slot_count];
	struct yaml_node meter, hub;
	struct yaml_map map;

	*slot = (struct load_slot){.at = yaml_place(key)};
	if (!yaml_name(key, "a slot's name", slot->name, sizeof slot->name) || !yaml_map_begin(&map, value, "a slot"))
		return;
	load->slot_count++;
	meter = yaml_get_map(&map, "meter", YAML_OPTIONAL);
	hub = yaml_get_map(&map, "hub", YAML_REQUIRED);
	if (yaml_is_there(meter))
		read_device(load, meter, ROLE_METER, &slot->meter);
	if (yaml_is_there(hub))
		read_device(load, hub, ROLE_HUB, &slot->hub);
	read_mpan(&map, slot->mpan);
	(void)yaml_get_flag(&map, "canary", YAML_OPTIONAL, &slot->canary);
	if (slot->canary && !yaml_is_there(meter))
		(void)yaml_problem(yaml_get(&map, "canary", YAML_OPTIONAL), "a canary is a meter that is activated first; this slot holds a hub alone");
	yaml_map_end(&map);
}

/* ---- A device is in one place ---- */

static const struct load_device *device_of(const struct load *load, int index)
{
	const struct load_slot *slot = &load->slots[index / 2];

	return index % 2 == 0 ? &slot->meter : &slot->hub;
}

static void refuse_twins(const struct load *load, struct yaml *yaml)
{
	int i, k;

	for (i = 1; i < 2 * load->slot_count; i++)
		for (k = 0; k < i; k++) {
			const struct load_device *first = device_of(load, k), *second = device_of(load, i);

			if (!second->guid[0] || strcmp(first->guid, second->guid) != 0)
				continue;
			(void)yaml_problem_at(yaml, second->at, "GUID %s stands twice, first for the %s of slot %s on line %d; scan the labels again",
					      second->guid, k % 2 == 0 ? "meter" : "hub", load->slots[k / 2].name, first->at.line);
			break;
		}
}

static void read_load(struct load *load, struct yaml *yaml)
{
	struct yaml_node slots;
	struct yaml_map map;
	int i, count;

	if (!yaml_map_begin(&map, yaml_root(yaml), "a load sheet"))
		return;
	(void)yaml_get_name(&map, "load", YAML_REQUIRED, load->name, sizeof load->name);
	slots = yaml_get_map(&map, "slots", YAML_REQUIRED);
	count = yaml_count(slots);
	if (yaml_is_there(slots) && (count == 0 || count > LOAD_SLOTS_MAX))
		(void)yaml_problem(slots, "%d slots; 1 to %d are read", count, LOAD_SLOTS_MAX);
	if (count > LOAD_SLOTS_MAX)
		count = LOAD_SLOTS_MAX;
	load->slots = calloc((size_t)count + 1, sizeof *load->slots);
	if (!load->slots)
		abort();
	for (i = 0; i < count; i++)
		read_slot(load, yaml_entry_key(slots, i), yaml_entry_value(slots, i));
	refuse_twins(load, yaml);
	yaml_map_end(&map);
}

bool load_parse(struct load *load, const char *file_name, const char *bytes, size_t size, struct problems *problems)
{
	int before = problems->count + problems->dropped;
	struct yaml *yaml;

	*load = (struct load){.slots = NULL};
	(void)text_copy(load->path, sizeof load->path, file_name);
	yaml = yaml_open(file_name, bytes, size, problems);
	if (yaml)
		read_load(load, yaml);
	yaml_close(yaml);
	if (problems->count + problems->dropped == before)
		return true;
	load_done(load);
	return false;
}

/* In front of it on its line stands a comment. */
static bool is_in_comment(const char *bytes, const char *at)
{
	const char *begin = at;

	while (begin > bytes && begin[-1] != '\n')
		begin--;
	return memchr(begin, '#', (size_t)(at - begin)) != NULL;
}

/* From here on the file is evidence: digits behind the key become x, in comments too. Gives how many there were outside of these. */
static int withhold_codes(struct file *file)
{
	static const char key[] = "install_code";
	char *at = file->bytes;
	int digits = 0;

	while ((at = strstr(at, key))) {
		bool counts = !is_in_comment(file->bytes, at);

		at += sizeof key - 1;
		at += strspn(at, "\"' \t");
		if (*at != ':')
			continue;
		for (at++; *at && !strchr(",}#\n", *at); at++)
			if (is_hex_digit(*at)) {
				*at = 'x';
				digits += counts;
			}
	}
	return digits;
}

bool load_load(struct load *load, const char *path, struct problems *problems)
{
	struct file file;

	*load = (struct load){.slots = NULL};
	if (!yaml_file_read(&file, path, problems))
		return false;
	if (!load_parse(load, path, file.bytes, file.size, problems)) {
		file_done(&file);
		return false;
	}
	load->file = file;
	if (withhold_codes(&load->file) == load->code_digits)
		return true;
	(void)problem_add(problems, path, (struct place){.line = 1, .column = 1},
			  "an install code must stand on one line, behind its key: it cannot be kept out of the evidence otherwise");
	load_done(load);
	return false;
}

void load_done(struct load *load)
{
	free(load->slots);
	file_done(&load->file);
	*load = (struct load){.slots = NULL};
}

int load_slot_find(const struct load *load, const char *name)
{
	int i;

	for (i = 0; i < load->slot_count; i++)
		if (strcmp(load->slots[i].name, name) == 0)
			return i;
	return -1;
}
