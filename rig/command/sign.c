/* sign: a signature on evidence that has none. */

#include "rig/command/key_store.h"
#include "rig/command/table.h"

#include "rig/evidence/verify.h"

#include <stdio.h>

/* Whoever signs says that the folder is as it was recorded; so it is looked at first. */
static bool may_be_signed(const char *folder, struct error *error)
{
	static struct verification verification; /* large */

	if (!folder_has(folder, FOLDER_JOURNAL))
		return error_set(error, FAULT_USAGE, "%s: no evidence here: no %s", folder, FOLDER_JOURNAL);
	if (!folder_has(folder, FOLDER_MANIFEST))
		return error_set(error, FAULT_EVIDENCE, "%s: not sealed: the run has not ended, or not in order; hilrig resume goes on with it and "
				 "seals it", folder);
	if (!verify_folder(&verification, folder, error))
		return false;
	if (verification.flaw_count)
		return error_set(error, FAULT_EVIDENCE, "%s: not signed: %s; hilrig verify tells all of it", folder, verification.flaws[0].text);
	return verification.signed_by.state == SIGNED_NOT ||
	       error_set(error, FAULT_USAGE, "%s: signed already, by key %s; take " FOLDER_SIGNATURE " away to sign again", folder,
			 verification.signed_by.id);
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	const char *folder = arguments->operands[0], *words = arguments_value(arguments, "--key");
	char id[KEY_ID_TEXT_SIZE];
	struct key_place place;
	struct secret_key key;
	bool done;

	(void)exit_code;
	if (!key_place_find(&place, words ? words : KEY_DEFAULT, error) || !key_load(&key, &place, error))
		return false;
	key_id_text(key.public.id, id);
	done = may_be_signed(folder, error) && evidence_sign(folder, &key, place.name, error);
	secret_key_forget(&key);
	if (done)
		printf("%s: signed by key %s (%s)\n", folder, place.name, id);
	return done;
}

static const struct command_option options[] = {
	{"--key", "NAME|FILE", "one of this user's keys, or a file (default: the key named default)", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"sign reports/20261123T180000Z-ota-journey-1", "a night that ran without a key"},
	{NULL, NULL},
};

const struct command command_sign = {
	.name = "sign",
	.operands = "DIR",
	.operands_least = 1,
	.operands_most = 1,
	.about = "signs evidence that is not signed yet",
	.text = "DIR is the folder of a run that has ended. It is verified first: what is damaged (65) is not signed. manifest.minisig is then\n"
		"minisign's signature of manifest.json, and so of every file that it names, and NAME.pub beside it is the public key. Runs\n"
		"sign by themselves when there is a key: hilrig key make.",
	.options = options,
	.examples = examples,
	.run = run,
};
