/* What a signature says of a folder, by which key, and what is left of it when the run goes on. */

#include "rig/base/file.h"
#include "rig/base/instant.h"
#include "rig/evidence/manifest.h"
#include "rig/evidence/verify.h"
#include "tests/support/night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct error error;
static char folder[PATH_MAX];
static struct verification result;
static struct trusted_keys trusted;
static struct secret_key key;

static void must(bool done)
{
	if (!done)
		fail_msg("%s", error.text);
}

static const char *inside(const char *name)
{
	static char path[PATH_MAX];

	must(folder_path(path, folder, name, &error));
	return path;
}

static void trust(const struct public_key *public, const char *name, bool demanded)
{
	trusted.count = 1;
	trusted.demanded = demanded;
	trusted.keys[0].key = *public;
	(void)snprintf(trusted.keys[0].name, sizeof trusted.keys[0].name, "%s", name);
}

static void verify(void)
{
	must(verify_folder_by(&result, folder, &trusted, &error));
}

static void assert_flaw(const char *file, const char *text)
{
	assert_int_equal(result.flaw_count, 1);
	assert_string_equal(result.flaws[0].file, file);
	if (!strstr(result.flaws[0].text, text))
		fail_msg("%s\ndoes not say: %s", result.flaws[0].text, text);
}

static int sealed_night(void **state)
{
	static int number;
	char name[32];
	struct night night = {.clause = "", .slot_count = 1, .slots = {{.name = "A", .outage_ns = 240 * NS_PER_S, .ad1 = true}}};

	(void)state;
	(void)snprintf(name, sizeof name, "signed-%d-%d", (int)getpid(), number++);
	night.run = name;
	night_make(&night, folder);
	must(manifest_write(folder, &error));
	secret_key_make(&key);
	trusted.count = 0;
	trusted.demanded = false;
	return 0;
}

static void a_signature_by_a_trusted_key_is_good(void **state)
{
	char id[KEY_ID_TEXT_SIZE], comment[SIGNATURE_COMMENT_SIZE];

	(void)state;
	must(evidence_sign(folder, &key, "desk", &error));
	trust(&key.public, "my-desk", true);
	verify();
	assert_int_equal(result.flaw_count, 0);
	assert_int_equal(result.signed_by.state, SIGNED_TRUSTED);
	assert_string_equal(result.signed_by.key, "my-desk");
	key_id_text(key.public.id, id);
	assert_string_equal(result.signed_by.id, id);
	sign_comment(comment, strrchr(folder, '/') + 1, "left-desk", result.heads.journal);
	assert_string_equal(result.signed_by.comment, comment);
}

static void a_throw_away_key_proves_the_folder_and_lies_nowhere(void **state)
{
	struct dirent *entry;
	DIR *directory;
	int secrets = 0;

	(void)state;
	must(evidence_sign_throw_away(folder, &error));
	must(verify_folder(&result, folder, &error));
	assert_int_equal(result.flaw_count, 0);
	assert_int_equal(result.signed_by.state, SIGNED_UNKNOWN);
	assert_string_equal(result.signed_by.key, SIGN_THROW_AWAY ".pub");
	directory = opendir(folder);
	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		struct file file;

		if (entry->d_name[0] == '.' || !file_read(&file, inside(entry->d_name), 1 << 20, &error))
			continue;
		secrets += secret_key_get(&key, file.bytes, file.size, &error);
		file_done(&file);
	}
	closedir(directory);
	assert_int_equal(secrets, 0);
}

static void the_files_of_a_signature_are_in_no_manifest(void **state)
{
	struct manifest manifest;
	size_t before;

	(void)state;
	must(manifest_of_folder(&manifest, folder, &error));
	before = manifest.count;
	manifest_done(&manifest);
	must(evidence_sign(folder, &key, "desk", &error));
	must(manifest_of_folder(&manifest, folder, &error));
	assert_int_equal(manifest.count, before);
	manifest_done(&manifest);
}

static void a_run_that_goes_on_loses_its_signature_with_its_manifest(void **state)
{
	(void)state;
	must(evidence_sign(folder, &key, "desk", &error));
	must(manifest_remove(folder, &error));
	assert_false(folder_has(folder, FOLDER_MANIFEST));
	assert_false(folder_has(folder, FOLDER_SIGNATURE));
	verify();
	assert_int_equal(result.flaw_count, 0);
	must(manifest_remove(folder, &error));
}

static void what_is_not_sealed_is_not_signed(void **state)
{
	(void)state;
	must(manifest_remove(folder, &error));
	assert_false(evidence_sign(folder, &key, "desk", &error));
	assert_int_equal(error.fault, FAULT_EVIDENCE);
	assert_false(folder_has(folder, FOLDER_SIGNATURE));
	assert_false(folder_has(folder, "desk.pub"));
}

static void a_journal_without_a_whole_last_line_is_not_signed(void **state)
{
	struct file journal;

	(void)state;
	must(file_read(&journal, inside(FOLDER_JOURNAL), 1 << 20, &error));
	must(file_write(inside(FOLDER_JOURNAL), journal.bytes, journal.size - 1, &error));
	file_done(&journal);
	assert_false(evidence_sign(folder, &key, "desk", &error));
	assert_int_equal(error.fault, FAULT_EVIDENCE);
	assert_non_null(strstr(error.text, "does not end in a whole line"));
	must(file_write(inside(FOLDER_JOURNAL), "", 0, &error));
	assert_false(evidence_sign(folder, &key, "desk", &error));
	assert_non_null(strstr(error.text, "does not say what run it is"));
	assert_false(folder_has(folder, FOLDER_SIGNATURE));
}

static void a_manifest_made_anew_is_not_the_one_that_was_signed(void **state)
{
	(void)state;
	must(evidence_sign(folder, &key, "desk", &error));
	must(file_write(inside("slipped-in.yaml"), "x", 1, &error));
	must(manifest_write(folder, &error));
	verify();
	assert_flaw(FOLDER_SIGNATURE, "the file is not what was signed");
	assert_int_equal(result.signed_by.state, SIGNED_BAD);
}

static void a_key_of_the_folder_does_not_stand_in_for_a_trusted_one(void **state)
{
	struct secret_key forged;

	(void)state;
	secret_key_make(&forged);
	memcpy(forged.public.id, key.public.id, sizeof key.public.id);
	must(evidence_sign(folder, &forged, "desk", &error));
	verify();
	assert_int_equal(result.signed_by.state, SIGNED_UNKNOWN);
	trust(&key.public, "desk", false);
	verify();
	assert_flaw(FOLDER_SIGNATURE, "the file is not what was signed");
}

static void of_two_trusted_keys_with_one_id_the_right_one_is_found(void **state)
{
	struct secret_key other;

	(void)state;
	secret_key_make(&other);
	memcpy(other.public.id, key.public.id, sizeof key.public.id);
	must(evidence_sign(folder, &key, "desk", &error));
	trust(&other.public, "other", false);
	trusted.keys[1].key = key.public;
	(void)snprintf(trusted.keys[1].name, sizeof trusted.keys[1].name, "right");
	trusted.count = 2;
	verify();
	assert_int_equal(result.flaw_count, 0);
	assert_string_equal(result.signed_by.key, "right");
}

static void a_comment_of_another_run_is_found(void **state)
{
	char room[SIGNATURE_FILE_SIZE_MAX];
	struct signature signature;
	struct file manifest;
	struct text text;

	(void)state;
	must(evidence_sign(folder, &key, "desk", &error));
	must(manifest_bytes(&manifest, folder, &error));
	signature_make(&signature, &key, manifest.bytes, manifest.size, "hilrig run other bench left-desk head 00");
	file_done(&manifest);
	text_init(&text, room, sizeof room);
	signature_put(&text, &signature);
	must(file_write(inside(FOLDER_SIGNATURE), room, text.used, &error));
	trust(&key.public, "desk", false);
	verify();
	assert_flaw(FOLDER_SIGNATURE, "speaks of another run");
}

static void a_demanded_signature_that_is_missing_is_a_flaw(void **state)
{
	(void)state;
	trust(&key.public, "desk", true);
	verify();
	assert_flaw(FOLDER_SIGNATURE, "missing, and a signature by desk was asked for");
	assert_int_equal(result.signed_by.state, SIGNED_NOT);
}

static void a_signature_by_another_key_than_demanded_is_a_flaw(void **state)
{
	struct secret_key other;

	(void)state;
	secret_key_make(&other);
	must(evidence_sign(folder, &other, "other", &error));
	trust(&key.public, "desk", true);
	verify();
	assert_flaw(FOLDER_SIGNATURE, "which is not desk");
}

static void a_hidden_pub_file_is_looked_at_too(void **state)
{
	(void)state;
	must(file_write(inside(".x.pub"), "smuggled", 8, &error));
	verify();
	assert_flaw(".x.pub", "not a public key of minisign");
}

static void names_of_keys_are_plain_words(void **state)
{
	static const char *const right[] = {"default", "left-desk_2", "a.b", "A"};
	static const char *const wrong[] = {"", ".", "..", ".a", "a/b", "a b", "\xc3\xbc", "a\n"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof right / sizeof *right; i++)
		assert_true(key_name_is_one(right[i]));
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(key_name_is_one(wrong[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_signature_by_a_trusted_key_is_good, sealed_night),
		cmocka_unit_test_setup(a_throw_away_key_proves_the_folder_and_lies_nowhere, sealed_night),
		cmocka_unit_test_setup(the_files_of_a_signature_are_in_no_manifest, sealed_night),
		cmocka_unit_test_setup(a_run_that_goes_on_loses_its_signature_with_its_manifest, sealed_night),
		cmocka_unit_test_setup(what_is_not_sealed_is_not_signed, sealed_night),
		cmocka_unit_test_setup(a_journal_without_a_whole_last_line_is_not_signed, sealed_night),
		cmocka_unit_test_setup(a_manifest_made_anew_is_not_the_one_that_was_signed, sealed_night),
		cmocka_unit_test_setup(a_key_of_the_folder_does_not_stand_in_for_a_trusted_one, sealed_night),
		cmocka_unit_test_setup(of_two_trusted_keys_with_one_id_the_right_one_is_found, sealed_night),
		cmocka_unit_test_setup(a_comment_of_another_run_is_found, sealed_night),
		cmocka_unit_test_setup(a_demanded_signature_that_is_missing_is_a_flaw, sealed_night),
		cmocka_unit_test_setup(a_signature_by_another_key_than_demanded_is_a_flaw, sealed_night),
		cmocka_unit_test_setup(a_hidden_pub_file_is_looked_at_too, sealed_night),
		cmocka_unit_test(names_of_keys_are_plain_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
