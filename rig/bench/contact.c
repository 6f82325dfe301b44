/* Reads contact ratings. */

#include "rig/bench/contact.h"

#define RATING_MAX 1000000 /* 1000 V, 1000 A */

bool contact_read(struct yaml_map *map, struct profile_contact *contact)
{
	static const char *const insulations[] = {"functional", "mains", NULL};
	struct yaml_node node = yaml_get_map(map, "contact", YAML_OPTIONAL);
	struct yaml_map keys;
	int insulation = 0;

	*contact = (struct profile_contact){.ac_mv = 0};
	if (!yaml_is_there(node) || !yaml_map_begin(&keys, node, "'contact'"))
		return false;
	(void)yaml_get_decimal(&keys, "ac_v", YAML_OPTIONAL, 1000, "V", 0, RATING_MAX, &contact->ac_mv);
	(void)yaml_get_decimal(&keys, "ac_a", YAML_OPTIONAL, 1000, "A", 0, RATING_MAX, &contact->ac_ma);
	(void)yaml_get_decimal(&keys, "dc_v", YAML_OPTIONAL, 1000, "V", 0, RATING_MAX, &contact->dc_mv);
	(void)yaml_get_decimal(&keys, "dc_a", YAML_OPTIONAL, 1000, "A", 0, RATING_MAX, &contact->dc_ma);
	(void)yaml_get_word(&keys, "insulation", YAML_REQUIRED, insulations, &insulation);
	(void)yaml_get_text(&keys, "source", YAML_REQUIRED, contact->source, sizeof contact->source);
	contact->mains_insulation = insulation == 1;
	yaml_map_end(&keys);
	return true;
}
