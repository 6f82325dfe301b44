/* Keys and signatures: what is written is read, what is changed, cut or foreign is refused. Vectors are those of the RFCs. */

#include "rig/base/base64.h"
#include "rig/evidence/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const char signed_bytes[] = "{\"manifest\":1,\"files\":[\n]}\n";
static const char comment[] = "hilrig run 1a2b3c bench left-desk head 00ff";

static struct error error;

static void must(bool done)
{
	if (!done)
		fail_msg("%s", error.text);
}

static void from_hex(unsigned char *bytes, const char *hex)
{
	char pair[3] = "";

	for (; *hex; hex += 2, bytes++) {
		memcpy(pair, hex, 2);
		*bytes = (unsigned char)strtoul(pair, NULL, 16);
	}
}

/* Any of the three files, in memory. */
struct written {
	char bytes[SIGNATURE_FILE_SIZE_MAX];
	struct text text;
};

static struct written *begin(struct written *written)
{
	text_init(&written->text, written->bytes, sizeof written->bytes);
	return written;
}

static bool reads_public(const struct written *written, struct public_key *key)
{
	return public_key_get(key, written->bytes, written->text.used, &error);
}

static bool reads_secret(const struct written *written, struct secret_key *key)
{
	return secret_key_get(key, written->bytes, written->text.used, &error);
}

static bool reads_signature(const struct written *written, struct signature *signature)
{
	return signature_get(signature, written->bytes, written->text.used, &error);
}

static void base64_is_that_of_rfc_4648_and_has_one_form(void **state)
{
	static const char *const right[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
					       {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
	static const char *const wrong[] = {"Zg=", "Zg", "Zg===", "Zh==", "Z===", "Zg= ", "Zg\n=", "Zg-=", "====", "Zg=A", "ZgA="};
	char bytes[16], room[32];
	struct text text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof right / sizeof *right; i++) {
		text_init(&text, room, sizeof room);
		base64_put(&text, right[i][0], strlen(right[i][0]));
		assert_string_equal(room, right[i][1]);
		assert_true(base64_get(bytes, strlen(right[i][0]), room, strlen(room)));
		assert_memory_equal(bytes, right[i][0], strlen(right[i][0]));
	}
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (base64_get(bytes, 1, wrong[i], strlen(wrong[i])))
			fail_msg("%s was taken", wrong[i]);
	assert_false(base64_get(bytes, 2, "Zm9=", 4));
}

static void ed25519_and_blake2b_are_those_of_their_rfcs(void **state)
{
	unsigned char seed[32], key[32], expected_key[32], signature[64], expected[64], digest[64], expected_digest[64], byte = 0x72;

	(void)state;
	from_hex(seed, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
	from_hex(expected_key, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
	from_hex(expected, "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	from_hex(expected_digest, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
	ed25519_public(seed, key);
	assert_memory_equal(key, expected_key, sizeof key);
	ed25519_sign(seed, &byte, 1, signature);
	assert_memory_equal(signature, expected, sizeof signature);
	assert_true(ed25519_holds(key, &byte, 1, signature));
	blake2b("abc", 3, digest);
	assert_memory_equal(digest, expected_digest, sizeof digest);
}

static void what_is_written_is_read(void **state)
{
	struct secret_key secret, secret_again;
	struct public_key public_again;
	struct signature signature, again;
	struct written written;

	(void)state;
	secret_key_make(&secret);
	secret_key_put(&begin(&written)->text, &secret);
	must(reads_secret(&written, &secret_again));
	assert_memory_equal(&secret, &secret_again, sizeof secret);
	public_key_put(&begin(&written)->text, &secret.public);
	must(reads_public(&written, &public_again));
	assert_memory_equal(&secret.public, &public_again, sizeof public_again);
	signature_make(&signature, &secret, signed_bytes, sizeof signed_bytes, comment);
	signature_put(&begin(&written)->text, &signature);
	must(reads_signature(&written, &again));
	assert_string_equal(again.comment, comment);
	must(signature_holds(&again, &public_again, signed_bytes, sizeof signed_bytes, &error));
}

static void two_keys_are_not_the_same(void **state)
{
	struct secret_key one, other;
	struct signature signature;

	(void)state;
	secret_key_make(&one);
	secret_key_make(&other);
	assert_memory_not_equal(one.public.id, other.public.id, KEY_ID_SIZE);
	signature_make(&signature, &one, signed_bytes, sizeof signed_bytes, comment);
	assert_false(signature_holds(&signature, &other.public, signed_bytes, sizeof signed_bytes, &error));
	assert_non_null(strstr(error.text, "the file is not what was signed"));
}

static void an_id_is_shown_as_minisign_shows_it(void **state)
{
	/* A key that minisign 0.11 made and called A0D92704971770CD. */
	static const char file[] = "untrusted comment: minisign public key A0D92704971770CD\n"
				   "RWTNcBeXBCfZoIWY1KQ0j3LT5EfHnfbfvbkdJ0+oe5ntSMjQdiiP0jE5\n";
	char id[KEY_ID_TEXT_SIZE];
	struct public_key key;
	struct written written;

	(void)state;
	must(public_key_get(&key, file, sizeof file - 1, &error));
	key_id_text(key.id, id);
	assert_string_equal(id, "A0D92704971770CD");
	public_key_put(&begin(&written)->text, &key);
	assert_string_equal(written.bytes, file);
}

static void each_changed_byte_of_a_signature_is_found(void **state)
{
	struct secret_key secret;
	struct signature signature, read;
	struct written written;
	size_t i, free_from = strlen("untrusted comment: "), free_to;
	int bit, found = 0;

	(void)state;
	secret_key_make(&secret);
	signature_make(&signature, &secret, signed_bytes, sizeof signed_bytes, comment);
	signature_put(&begin(&written)->text, &signature);
	free_to = (size_t)(strchr(written.bytes, '\n') - written.bytes);
	for (i = 0; i < written.text.used; i++) {
		if (i >= free_from && i < free_to)
			continue; /* the comment that nobody is to trust */
		for (bit = 0; bit < 8; bit++) {
			written.bytes[i] = (char)(written.bytes[i] ^ 1 << bit);
			if (reads_signature(&written, &read) && memcmp(read.id, secret.public.id, KEY_ID_SIZE) == 0 &&
			    signature_holds(&read, &secret.public, signed_bytes, sizeof signed_bytes, &error))
				fail_msg("byte %zu, bit %d: changed, and taken", i, bit);
			written.bytes[i] = (char)(written.bytes[i] ^ 1 << bit);
			found++;
		}
	}
	assert_true(found > 8 * 250);
}

static void each_changed_byte_of_what_is_signed_is_found(void **state)
{
	char bytes[sizeof signed_bytes];
	struct secret_key secret;
	struct signature signature;
	size_t i;

	(void)state;
	secret_key_make(&secret);
	signature_make(&signature, &secret, signed_bytes, sizeof signed_bytes, comment);
	for (i = 0; i < sizeof bytes; i++) {
		memcpy(bytes, signed_bytes, sizeof bytes);
		bytes[i] ^= 1;
		assert_false(signature_holds(&signature, &secret.public, bytes, sizeof bytes, &error));
		assert_int_equal(error.fault, FAULT_EVIDENCE);
	}
}

static void a_changed_trusted_comment_is_told_as_that(void **state)
{
	struct secret_key secret;
	struct signature signature;

	(void)state;
	secret_key_make(&secret);
	signature_make(&signature, &secret, signed_bytes, sizeof signed_bytes, comment);
	signature.comment[11] ^= 1;
	assert_false(signature_holds(&signature, &secret.public, signed_bytes, sizeof signed_bytes, &error));
	assert_non_null(strstr(error.text, "trusted comment"));
}

static void files_that_are_cut_are_refused(void **state)
{
	struct secret_key secret, secret_read;
	struct public_key public_read;
	struct signature signature;
	struct written written;
	size_t size;

	(void)state;
	secret_key_make(&secret);
	signature_make(&signature, &secret, signed_bytes, sizeof signed_bytes, comment);
	signature_put(&begin(&written)->text, &signature);
	for (size = 0; size < written.text.used; size++)
		assert_false(signature_get(&signature, written.bytes, size, &error));
	public_key_put(&begin(&written)->text, &secret.public);
	for (size = 0; size < written.text.used; size++)
		assert_false(public_key_get(&public_read, written.bytes, size, &error));
	secret_key_put(&begin(&written)->text, &secret);
	for (size = 0; size < written.text.used; size++)
		assert_false(secret_key_get(&secret_read, written.bytes, size, &error));
}

static void refused(const char *file, const char *why)
{
	struct signature signature;

	assert_false(signature_get(&signature, file, strlen(file), &error));
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	if (!strstr(error.text, why))
		fail_msg("%s\ndoes not say: %s", error.text, why);
}

#define SIGNATURE_LINE "RUTNcBeXBCfZoNrMPVGfscFZs/5BO8PqWeafzU8GPfNipRPnsJK1l0fQQKLMwedinPgSSV6whCOaZ+ijq08lCvZ93IVMPDTrQgQ=\n"
#define GLOBAL_LINE "VOrv1y5WNfMGw7axfQZEvav+LyWTZcZy1Y6IhQlidnuVk9LqMF21pLrPMDwRpaNP5N3c2HOzGx+N/9PV6fQoCw==\n"

static void rubbish_is_refused_with_a_reason(void **state)
{
	(void)state;
	refused("", "no line \"untrusted comment: ...\"");
	refused("rubbish\n", "no line \"untrusted comment: ...\"");
	refused("untrusted comment: x\nrubbish\n", "no line of 100 characters of base64");
	refused("untrusted comment: x\n" SIGNATURE_LINE, "no line \"trusted comment: ...\"");
	refused("untrusted comment: x\n" SIGNATURE_LINE "trusted comment: y\n", "no line of 88 characters of base64");
	refused("untrusted comment: x\n" SIGNATURE_LINE "trusted comment: y\n" GLOBAL_LINE "z", "something follows");
	refused("untrusted comment: x\n" SIGNATURE_LINE "trusted comment: \033[2Jy\n" GLOBAL_LINE, "bytes that are no text");
	refused("untrusted comment: x\n" SIGNATURE_LINE "trusted comment: \xff\n" GLOBAL_LINE, "bytes that are no text");
	refused("untrusted comment: x\r\n" SIGNATURE_LINE "trusted comment: y\n" GLOBAL_LINE, "bytes that are no text");
}

static void a_signature_of_the_old_form_is_told_as_that(void **state)
{
	struct secret_key secret;
	struct signature signature;
	struct written written;

	(void)state;
	secret_key_make(&secret);
	signature_make(&signature, &secret, signed_bytes, sizeof signed_bytes, comment);
	signature_put(&begin(&written)->text, &signature);
	memcpy(strchr(written.bytes, '\n') + 1, "RWQ", 3); /* "Ed" in the first 16 bits */
	assert_false(reads_signature(&written, &signature));
	assert_non_null(strstr(error.text, "sign without -l"));
}

static void a_comment_longer_than_ours_is_refused_and_of_its_length_taken(void **state)
{
	static char file[SIGNATURE_FILE_SIZE_MAX];
	struct signature signature;

	(void)state;
	for (size_t size = SIGNATURE_COMMENT_SIZE - 1; size <= SIGNATURE_COMMENT_SIZE; size++) {
		struct text text;

		text_init(&text, file, sizeof file);
		text_put(&text, "untrusted comment: \n" SIGNATURE_LINE "trusted comment: ");
		for (size_t i = 0; i < size; i++)
			text_put_char(&text, 'c');
		text_put(&text, "\n" GLOBAL_LINE);
		assert_int_equal(signature_get(&signature, file, text.used, &error), size < SIGNATURE_COMMENT_SIZE);
	}
	assert_non_null(strstr(error.text, "at most 1023 are read"));
}

static void a_comment_is_written_in_printable_ascii(void **state)
{
	struct secret_key secret;
	struct signature signature;

	(void)state;
	secret_key_make(&secret);
	signature_make(&signature, &secret, "", 0, "bench\nT\xc3\xbcr\x7f");
	assert_string_equal(signature.comment, "bench?T??r?");
}

static void a_secret_key_with_a_password_or_damage_is_told_as_that(void **state)
{
	struct secret_key secret, read;
	struct written written;
	char *field;

	(void)state;
	secret_key_make(&secret);
	secret_key_put(&begin(&written)->text, &secret);
	field = strchr(written.bytes, '\n') + 1;
	memcpy(field, "RWRTY0Iy", 8); /* "Ed", "Sc", "B2" */
	assert_false(reads_secret(&written, &read));
	assert_non_null(strstr(error.text, "needs a password"));
	secret_key_put(&begin(&written)->text, &secret);
	field = strchr(written.bytes, '\n') + 1;
	field[BASE64_SIZE(62) + 8] = field[BASE64_SIZE(62) + 8] == 'A' ? 'B' : 'A'; /* in the seed */
	assert_false(reads_secret(&written, &read));
	assert_non_null(strstr(error.text, "its public half does not belong"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_that_of_rfc_4648_and_has_one_form),
		cmocka_unit_test(ed25519_and_blake2b_are_those_of_their_rfcs),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(two_keys_are_not_the_same),
		cmocka_unit_test(an_id_is_shown_as_minisign_shows_it),
		cmocka_unit_test(each_changed_byte_of_a_signature_is_found),
		cmocka_unit_test(each_changed_byte_of_what_is_signed_is_found),
		cmocka_unit_test(a_changed_trusted_comment_is_told_as_that),
		cmocka_unit_test(files_that_are_cut_are_refused),
		cmocka_unit_test(rubbish_is_refused_with_a_reason),
		cmocka_unit_test(a_signature_of_the_old_form_is_told_as_that),
		cmocka_unit_test(a_comment_longer_than_ours_is_refused_and_of_its_length_taken),
		cmocka_unit_test(a_comment_is_written_in_printable_ascii),
		cmocka_unit_test(a_secret_key_with_a_password_or_damage_is_told_as_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
