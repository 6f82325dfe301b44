/* verify: is this still what was recorded? */

#include "rig/command/key_store.h"
#include "rig/command/table.h"

#include "rig/evidence/verify.h"
#include "rig/report/escape.h"

#include <inttypes.h>
#include <stdio.h>

static void put_flaw(const char *folder, const struct flaw *flaw)
{
	printf("%s: %s\n", folder, flaw->text);
}

static void put_signature(const struct signed_by *signed_by)
{
	switch (signed_by->state) {
	case SIGNED_NOT:
		printf("  not signed\n");
		return;
	case SIGNED_TRUSTED:
		printf("  signed by %s (key %s), which is trusted\n", signed_by->key, signed_by->id);
		break;
	case SIGNED_UNKNOWN:
		printf("  signed by an unknown key %s: unchanged since by the key in %s, but whose key is that? --key FILE.pub says\n",
		       signed_by->id, signed_by->key);
		break;
	case SIGNED_UNCHECKED:
		printf("  SIGNATURE NOT CHECKED: by key %s, which is neither here nor known; --key FILE.pub gives it\n", signed_by->id);
		return; /* whatever the comment says is not proved */
	case SIGNED_BAD:
	case SIGNED_COUNT:
		return; /* a flaw, and told as one */
	}
	printf("  signed for: %s\n", signed_by->comment);
}

static void put_text(const char *folder, const struct verification *result)
{
	int i;

	for (i = 0; i < result->flaw_count && i < FLAWS_MAX; i++)
		put_flaw(folder, &result->flaws[i]);
	if (result->flaw_count > FLAWS_MAX)
		printf("%s: and %d more\n", folder, result->flaw_count - FLAWS_MAX);
	if (result->flaw_count) {
		printf("%s: DAMAGED, %d %s\n", folder, result->flaw_count, result->flaw_count == 1 ? "flaw" : "flaws");
		return;
	}
	printf("%s: whole: %" PRIu64 " lines, %d files compared", folder, result->heads.journal_lines, result->files);
	printf(", %s%s\n", result->ended ? "run ended" : "run did not end by itself", result->sealed ? "" : ", not sealed");
	printf("  head %s\n", result->heads.journal);
	if (result->heads.supervisor_lines)
		printf("  head %s (supervisor, %" PRIu64 " lines)\n", result->heads.supervisor, result->heads.supervisor_lines);
	put_signature(&result->signed_by);
	if (result->absent_count)
		printf("  %d files that the journal names are not here, %s the first; without manifest.json that is no flaw\n",
		       result->absent_count, result->absent);
}

static void put_flaw_json(const struct flaw *flaw)
{
	printf("{\"kind\": \"%s\", \"file\": ", flaw_kind_name(flaw->kind));
	put_json(stdout, flaw->file);
	printf(", \"line\": %" PRIu64 ", \"text\": ", flaw->line);
	put_json(stdout, flaw->text);
	putchar('}');
}

static void put_signature_json(const struct signed_by *signed_by)
{
	printf(", \"signature\": {\"state\": \"%s\", \"id\": \"%s\", \"key\": ", signed_state_name(signed_by->state), signed_by->id);
	put_json(stdout, signed_by->key);
	fputs(", \"comment\": ", stdout);
	put_json(stdout, signed_by->comment);
	putchar('}');
}

static void put_one_json(const char *folder, const struct verification *result)
{
	int i;

	fputs("{\"folder\": ", stdout);
	put_json(stdout, folder);
	printf(", \"whole\": %s, \"ended\": %s, \"sealed\": %s, \"files\": %d, \"absent\": %d, \"journal\": {\"lines\": %" PRIu64
	       ", \"head\": \"%s\"}",
	       result->flaw_count ? "false" : "true", result->ended ? "true" : "false", result->sealed ? "true" : "false",
	       result->files, result->absent_count, result->heads.journal_lines, result->heads.journal);
	if (result->heads.supervisor_lines)
		printf(", \"supervisor\": {\"lines\": %" PRIu64 ", \"head\": \"%s\"}", result->heads.supervisor_lines,
		       result->heads.supervisor);
	put_signature_json(&result->signed_by);
	printf(", \"flaw_count\": %d, \"flaws\": [", result->flaw_count);
	for (i = 0; i < result->flaw_count && i < FLAWS_MAX; i++) {
		fputs(i ? ", " : "", stdout);
		put_flaw_json(&result->flaws[i]);
	}
	fputs("]}", stdout);
}

/* Damaged folders are what verify is asked about, so they are its answer and not its error. */
static bool verify_all(const struct names *folders, const struct trusted_keys *trusted, bool json, bool many, int *exit_code, struct error *error)
{
	static struct verification result;
	size_t i;

	fputs(json && many ? "[" : "", stdout);
	for (i = 0; i < folders->count; i++) {
		if (!verify_folder_by(&result, folders->names[i], trusted, error))
			return false;
		if (result.flaw_count)
			*exit_code = EXIT_CODE_EVIDENCE;
		fputs(json && i ? ",\n " : "", stdout);
		if (json)
			put_one_json(folders->names[i], &result);
		else
			put_text(folders->names[i], &result);
	}
	fputs(json ? (many ? "]\n" : "\n") : "", stdout);
	return true;
}

/* The key that was given and no other, or all that this user has. */
static bool find_trusted(struct trusted_keys *trusted, const char *words, struct error *error)
{
	struct key_place place;

	if (!words)
		return keys_trusted(trusted, error);
	trusted->count = 1;
	trusted->demanded = true;
	if (!key_place_find(&place, words, error) || !key_load_public(&trusted->keys[0].key, &place, error))
		return false;
	(void)snprintf(trusted->keys[0].name, sizeof trusted->keys[0].name, "%s", place.name);
	return true;
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	static struct trusted_keys trusted;
	struct names folders;
	bool done;

	if (!find_trusted(&trusted, arguments_value(arguments, "--key"), error) || !folder_list(&folders, arguments->operands[0], error))
		return false;
	done = verify_all(&folders, &trusted, arguments_has(arguments, "--json"), !folder_has(arguments->operands[0], FOLDER_JOURNAL),
			  exit_code, error);
	names_done(&folders);
	return done;
}

static const struct command_option options[] = {
	{"--key", "FILE.pub|NAME", "it must be signed, and by this key", false},
	{"--json", NULL, "as JSON (reports/verify.schema.json): an object, or a list of them", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"verify reports/20261123T180000Z-ota-journey-1", "does this folder still hold what was recorded?"},
	{"verify reports/20261123T180000Z-ota-journey-1 --key left-desk.pub", "and did the owner of this key sign it?"},
	{NULL, NULL},
};

const struct command command_verify = {
	.name = "verify",
	.operands = "DIR",
	.operands_least = 1,
	.operands_most = 1,
	.about = "is the evidence whole?",
	.text = "DIR is an evidence folder or a folder of them. Checked are the chains of journal.jsonl and supervisor.jsonl line by\n"
		"line, every file that a line names, every file against manifest.json, and that against its signature. Exit code 0:\n"
		"whole; 65: damaged, with file, line and kind of damage. A journal that a crash cut in the middle of its last line is\n"
		"damaged too.\n\n"
		"A signature is by a key that is trusted (this user's keys: hilrig key list; somebody else's NAME.pub is trusted once it lies\n"
		"among them), or by one that is only known from the folder itself: that one proves that nothing was changed since, and\n"
		"nothing of who signed. Folders need no signature, unless --key asks for one.",
	.options = options,
	.examples = examples,
	.run = run,
};
