/* key: making and showing the keys that sign evidence, and those that are trusted. */

#include "rig/command/key_store.h"
#include "rig/command/table.h"

#include "rig/report/escape.h"

#include <stdio.h>
#include <unistd.h>

static const char *privacy_word(enum key_privacy privacy)
{
	static const char *const words[] = {[KEY_ABSENT] = "none", [KEY_PRIVATE] = "private", [KEY_OPEN] = "open"};

	return words[privacy];
}

static void public_text(const struct public_key *key, char id[KEY_ID_TEXT_SIZE], char line[PUBLIC_KEY_TEXT_SIZE])
{
	struct text text;

	key_id_text(key->id, id);
	text_init(&text, line, PUBLIC_KEY_TEXT_SIZE);
	public_key_put_line(&text, key);
}

static void put_key_json(const struct key_place *place, const struct public_key *key)
{
	char id[KEY_ID_TEXT_SIZE], line[PUBLIC_KEY_TEXT_SIZE];

	public_text(key, id, line);
	fputs("{\"name\": ", stdout);
	put_json(stdout, place->name);
	printf(", \"id\": \"%s\", \"public_key\": \"%s\", \"secret\": \"%s\", \"secret_file\": ", id, line, privacy_word(key_privacy(place)));
	put_json(stdout, place->secret);
	fputs(", \"public_file\": ", stdout);
	put_json(stdout, place->public);
	putchar('}');
}

static void put_key(const struct key_place *place, const struct public_key *key)
{
	char id[KEY_ID_TEXT_SIZE], line[PUBLIC_KEY_TEXT_SIZE];
	enum key_privacy privacy = key_privacy(place);

	public_text(key, id, line);
	printf("key %s, id %s\n", place->name, id);
	printf("  public  %s\n", line);
	printf("  file    %s%s\n", place->public, access(place->public, F_OK) == 0 ? "" : " (not there; made from the secret key when it signs)");
	printf("  secret  %s\n", privacy == KEY_ABSENT ? "not here: this key is trusted, and cannot sign" : place->secret);
	if (privacy == KEY_OPEN)
		printf("  OPEN TO OTHERS: it is not used before chmod 600 %s\n", place->secret);
	printf("\nwithout hilrig: minisign -V -P %s -m DIR/manifest.json -x DIR/manifest.minisig\n", line);
}

static void put_one(const struct arguments *arguments, const struct key_place *place, const struct public_key *key)
{
	if (!arguments_has(arguments, "--json")) {
		put_key(place, key);
		return;
	}
	put_key_json(place, key);
	putchar('\n');
}

static bool make_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	const char *name = arguments_value(arguments, "--name");
	struct key_place place;
	struct public_key key;

	(void)exit_code;
	if (!key_place_make(&place, arguments_value(arguments, "--out"), name ? name : KEY_DEFAULT, error) ||
	    !key_make(&place, &key, error))
		return false;
	put_one(arguments, &place, &key);
	return true;
}

static bool show_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	const char *words = arguments->operand_count ? arguments->operands[0] : KEY_DEFAULT;
	struct key_place place;
	struct public_key key;

	(void)exit_code;
	if (!key_place_find(&place, words, error) || !key_load_public(&key, &place, error))
		return false;
	put_one(arguments, &place, &key);
	return true;
}

static bool put_listed(const char *name, bool json, bool first, struct error *error)
{
	char id[KEY_ID_TEXT_SIZE], line[PUBLIC_KEY_TEXT_SIZE];
	struct key_place place;
	struct public_key key;

	if (!key_place_find(&place, name, error) || !key_load_public(&key, &place, error))
		return false;
	if (json) {
		fputs(first ? "" : ",\n ", stdout);
		put_key_json(&place, &key);
		return true;
	}
	public_text(&key, id, line);
	printf("%-16s  %-16s  %-7s  %s\n", place.name, id, privacy_word(key_privacy(&place)), line);
	return true;
}

static bool put_list(const struct names *names, bool json, struct error *error)
{
	size_t i;

	if (json)
		putchar('[');
	else if (names->count)
		printf("%-16s  %-16s  %-7s  %s\n", "NAME", "ID", "SECRET", "PUBLIC KEY");
	else
		printf("no keys; hilrig key make makes one\n");
	for (i = 0; i < names->count; i++)
		if (!put_listed(names->names[i], json, i == 0, error))
			return false;
	fputs(json ? "]\n" : "", stdout);
	return true;
}

static bool list_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct names names;
	bool done;

	(void)exit_code;
	if (!key_names(&names, error))
		return false;
	done = put_list(&names, arguments_has(arguments, "--json"), error);
	names_done(&names);
	return done;
}

static const struct command_option make_options[] = {
	{"--name", "NAME", "what it is called (default: default, which signs every run)", false},
	{"--out", "DIR", "where its two files go, in place of this user's keys", false},
	{"--json", NULL, "as JSON (reports/key.schema.json)", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example make_examples[] = {
	{"key make", "from now on every run of this user is signed"},
	{"key make --name left-desk --out /media/stick/keys", "a key on a stick, for run --sign /media/stick/keys/left-desk.key"},
	{NULL, NULL},
};

const struct command command_key_make = {
	.name = "key make",
	.operands = "",
	.about = "a new key that signs evidence",
	.text = "Makes NAME.key, which is secret and for its owner only, and NAME.pub, which you give to whoever shall be able to check\n"
		"what you sign: on paper or by another way than the evidence. Both are files of minisign. They lie in\n"
		"${XDG_CONFIG_HOME:-$HOME/.config}/hilrig/keys. The key named default signs every run; run --sign takes another. The secret\n"
		"key has no password, since a night ends while nobody is there: whoever can read it can sign as you. A key is never written\n"
		"over. Lost, it signs nothing any more, and what it has signed can still be checked.",
	.options = make_options,
	.examples = make_examples,
	.run = make_run,
};

static const struct command_option json_options[] = {
	{"--json", NULL, "as JSON (reports/key.schema.json)", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example show_examples[] = {
	{"key show", "the public half of the key named default, to be handed on"},
	{"key show throw-away.pub", "whose key is this file?"},
	{NULL, NULL},
};

const struct command command_key_show = {
	.name = "key show",
	.operands = "[NAME|FILE]",
	.operands_most = 1,
	.about = "a key's id and public half",
	.text = "NAME is one of this user's keys (default: default); what has a '/', or ends in .key or .pub, is a file. The id stands in every\n"
		"signature and finds the key; the public key is what proves. The secret key is never shown.",
	.options = json_options,
	.examples = show_examples,
	.run = show_run,
};

static const struct command_example list_examples[] = {
	{"key list", "which keys sign here, and which are trusted"},
	{NULL, NULL},
};

const struct command command_key_list = {
	.name = "key list",
	.operands = "",
	.about = "this user's keys, and those that are trusted",
	.text = "Every key in ${XDG_CONFIG_HOME:-$HOME/.config}/hilrig/keys. SECRET: private, it can sign; none, it is somebody else's and\n"
		"trusted by verify, because NAME.pub was put there; open, others can get at it, so it is not used before chmod 600.",
	.options = json_options,
	.examples = list_examples,
	.run = list_run,
};
