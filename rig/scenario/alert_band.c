/* Reads the alert bands of hubs, and finds the one of a hub. */

#include "rig/base/yaml.h"
#include "rig/scenario/band.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_times(struct yaml_map *map, struct band *band)
{
	static const char *const knowns[] = {"unknown", "measured", NULL};
	bool never, always;
	int known = 0;

	never = yaml_get_unit(map, "never", YAML_REQUIRED, UNIT_DURATION, 0, BAND_NS_MAX, &band->never_ns);
	always = yaml_get_unit(map, "always", YAML_REQUIRED, UNIT_DURATION, 0, BAND_NS_MAX, &band->always_ns);
	(void)yaml_get_unit(map, "late", YAML_OPTIONAL, UNIT_DURATION, 0, BAND_NS_MAX, &band->late_ns);
	(void)yaml_get_word(map, "known", YAML_REQUIRED, knowns, &known);
	(void)yaml_get_text(map, "source", YAML_REQUIRED, band->source, sizeof band->source);
	band->measured = known == 1;
	if (never && always && band->never_ns > band->always_ns)
		(void)yaml_problem(map->node, "'never' is longer than 'always'; a shorter outage never alerts, a longer one always does");
}

/* Eight hexadecimal digits in capitals; "any" where that is allowed. */
static void read_digits(struct yaml_map *map, const char *key, enum yaml_need need, char to[WORD_TEXT_SIZE])
{
	struct yaml_node node = yaml_get(map, key, need);
	char what[32];
	size_t i;

	(void)snprintf(what, sizeof what, "'%s'", key);
	if (!yaml_text(node, what, to, WORD_TEXT_SIZE))
		return;
	for (i = 0; to[i]; i++)
		if (to[i] >= 'a' && to[i] <= 'f')
			to[i] = (char)(to[i] - 'a' + 'A');
	if (i != 8 || strspn(to, "0123456789ABCDEF") != 8)
		(void)yaml_problem(node, "%s is '%.30s'; it must be 8 hexadecimal digits", what, yaml_scalar(node));
}

static void read_hub(struct bands *bands, struct yaml_node node)
{
	struct band *band = &bands->list[bands->count];
	struct yaml_map map;
	int i;

	*band = (struct band){.at = yaml_place(node)};
	if (!yaml_map_begin(&map, node, "a hub's band"))
		return;
	read_digits(&map, "model", YAML_REQUIRED, band->model);
	read_digits(&map, "firmware", YAML_OPTIONAL, band->firmware);
	read_times(&map, band);
	for (i = 0; i < bands->count; i++)
		if (band->model[0] && strcmp(bands->list[i].model, band->model) == 0 && strcmp(bands->list[i].firmware, band->firmware) == 0)
			(void)yaml_problem(node, "this model and firmware stands twice, first on line %d", bands->list[i].at.line);
	bands->count++;
	yaml_map_end(&map);
}

static void read_bands(struct bands *bands, struct yaml *yaml)
{
	struct yaml_node fallback, hubs;
	struct yaml_map map, keys;
	int i, count;

	if (!yaml_map_begin(&map, yaml_root(yaml), "a file of bands"))
		return;
	(void)yaml_get_name(&map, "bands", YAML_REQUIRED, bands->name, sizeof bands->name);
	fallback = yaml_get_map(&map, "default", YAML_REQUIRED);
	if (yaml_is_there(fallback) && yaml_map_begin(&keys, fallback, "'default'")) {
		bands->fallback.at = keys.place;
		read_times(&keys, &bands->fallback);
		yaml_map_end(&keys);
	}
	hubs = yaml_get_list(&map, "hubs", YAML_OPTIONAL);
	count = yaml_count(hubs);
	if (count > BANDS_MAX) {
		(void)yaml_problem(hubs, "%d hubs; at most %d are read", count, BANDS_MAX);
		count = BANDS_MAX;
	}
	bands->list = calloc((size_t)count + 1, sizeof *bands->list);
	if (!bands->list)
		abort();
	for (i = 0; i < count; i++)
		read_hub(bands, yaml_item(hubs, i));
	yaml_map_end(&map);
}

bool bands_parse(struct bands *bands, const char *file_name, const char *bytes, size_t size, struct problems *problems)
{
	int before = problems->count + problems->dropped;
	struct yaml *yaml;

	*bands = (struct bands){.list = NULL};
	(void)text_copy(bands->path, sizeof bands->path, file_name);
	yaml = yaml_open(file_name, bytes, size, problems);
	if (yaml)
		read_bands(bands, yaml);
	yaml_close(yaml);
	if (problems->count + problems->dropped == before)
		return true;
	bands_done(bands);
	return false;
}

bool bands_load(struct bands *bands, const char *path, struct problems *problems)
{
	struct file file;

	*bands = (struct bands){.list = NULL};
	if (!yaml_file_read(&file, path, problems))
		return false;
	if (!bands_parse(bands, path, file.bytes, file.size, problems)) {
		file_done(&file);
		return false;
	}
	bands->file = file;
	return true;
}

void bands_done(struct bands *bands)
{
	free(bands->list);
	file_done(&bands->file);
	*bands = (struct bands){.list = NULL};
}

const struct band *bands_find(const struct bands *bands, const char *model, const char *firmware)
{
	const struct band *found = &bands->fallback;
	int i;

	for (i = 0; i < bands->count; i++) {
		const struct band *band = &bands->list[i];

		if (strcmp(band->model, model) != 0)
			continue;
		if (band->firmware[0] && strcmp(band->firmware, firmware) == 0)
			return band;
		if (!band->firmware[0])
			found = band;
	}
	return found;
}
