/* These lines are no findings: `follow` prints those too, and anybody may follow. So they go to standard error. */

#include "rig/command/run_key.h"

#include "rig/base/text.h"

#include <stdio.h>

bool run_key_take(struct run_key *key, const char *words, struct error *error)
{
	struct key_place place;

	if (!words && (!key_place_find(&place, KEY_DEFAULT, NULL) || key_privacy(&place) == KEY_ABSENT))
		return true;
	if (!key_place_find(&place, words ? words : KEY_DEFAULT, error) || !key_load(&key->key, &place, error))
		return false;
	text_copy(key->name, sizeof key->name, place.name);
	key->signs = true;
	return true;
}

void run_key_sign(const struct run_key *key, const char *folder, bool is_sealed, int *exit_code)
{
	char id[KEY_ID_TEXT_SIZE];
	struct error error;

	if (!is_sealed) {
		fprintf(stderr, "hilrig run: not signed: not everything is proved off, so it is not sealed\n");
	} else if (!key->signs) {
		fprintf(stderr, "hilrig run: not signed: there is no key named " KEY_DEFAULT "; hilrig key make, then hilrig sign %s\n", folder);
	} else if (evidence_sign(folder, &key->key, key->name, &error)) {
		key_id_text(key->key.public.id, id);
		fprintf(stderr, "hilrig run: signed by key %s (%s)\n", key->name, id);
	} else {
		fprintf(stderr, "hilrig run: NOT SIGNED: %s; then hilrig sign %s --key %s\n", error.text, folder, key->name);
		*exit_code = error_exit_code(&error);
	}
}
