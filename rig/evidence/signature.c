/* minisign's files: lines of a comment and of base64, taken apart into fixed fields. */

#include "rig/evidence/signature.h"

#include "rig/base/base64.h"

#include <string.h>

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "

/* The fields behind base64: a struct of byte arrays has no gaps. */
struct public_field {
	char algorithm[2];
	struct public_key key;
};

struct secret_field {
	char algorithm[2], derivation[2], check[2];
	unsigned char salt[32], limits[16];
	unsigned char id[KEY_ID_SIZE], seed[ED25519_SEED_SIZE], point[ED25519_PUBLIC_SIZE];
	unsigned char checksum[32];
};

struct signature_field {
	char algorithm[2];
	unsigned char id[KEY_ID_SIZE], of_file[ED25519_SIGNATURE_SIZE];
};

_Static_assert(sizeof(struct public_field) == 42 && sizeof(struct secret_field) == 158 && sizeof(struct signature_field) == 74,
	       "fields as minisign's documentation has them");
_Static_assert(PUBLIC_KEY_TEXT_SIZE == BASE64_SIZE(sizeof(struct public_field)) + 1, "a line of base64");

void key_id_text(const unsigned char id[KEY_ID_SIZE], char text[KEY_ID_TEXT_SIZE])
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < KEY_ID_SIZE; i++) {
		unsigned char byte = id[KEY_ID_SIZE - 1 - i];

		text[2 * i] = digits[byte >> 4];
		text[2 * i + 1] = digits[byte & 15];
	}
	text[2 * KEY_ID_SIZE] = '\0';
}

void secret_key_make(struct secret_key *key)
{
	secret_random(key->public.id, sizeof key->public.id);
	secret_random(key->seed, sizeof key->seed);
	ed25519_public(key->seed, key->public.point);
}

void secret_key_forget(struct secret_key *key)
{
	explicit_bzero(key, sizeof *key);
}

/* Writing */

static void put_comment(struct text *text, const char *what, const unsigned char id[KEY_ID_SIZE])
{
	char id_text[KEY_ID_TEXT_SIZE];

	key_id_text(id, id_text);
	text_format(text, UNTRUSTED "%s %s\n", what, id_text);
}

static void put_field(struct text *text, const void *field, size_t size)
{
	base64_put(text, field, size);
	text_put_char(text, '\n');
}

void public_key_put_line(struct text *text, const struct public_key *key)
{
	const struct public_field field = {.algorithm = {'E', 'd'}, .key = *key};

	base64_put(text, &field, sizeof field);
}

void public_key_put(struct text *text, const struct public_key *key)
{
	put_comment(text, "minisign public key", key->id);
	public_key_put_line(text, key);
	text_put_char(text, '\n');
}

void secret_key_put(struct text *text, const struct secret_key *key)
{
	struct secret_field field = {.algorithm = {'E', 'd'}, .check = {'B', '2'}};

	memcpy(field.id, key->public.id, sizeof field.id);
	memcpy(field.seed, key->seed, sizeof field.seed);
	memcpy(field.point, key->public.point, sizeof field.point);
	put_comment(text, "hilrig secret key, without a password", key->public.id);
	put_field(text, &field, sizeof field);
	explicit_bzero(&field, sizeof field);
}

void signature_put(struct text *text, const struct signature *signature)
{
	struct signature_field field = {.algorithm = {'E', 'D'}};

	memcpy(field.id, signature->id, sizeof field.id);
	memcpy(field.of_file, signature->of_file, sizeof field.of_file);
	put_comment(text, "signature by hilrig with key", signature->id);
	put_field(text, &field, sizeof field);
	text_format(text, TRUSTED "%s\n", signature->comment);
	put_field(text, signature->of_all, sizeof signature->of_all);
}

/* Reading */

struct lines {
	const char *at;
	size_t left;
};

/* The next line without its line feed; a last one that has none is no line. */
static bool next_line(struct lines *lines, const char **line, size_t *size)
{
	const char *end = memchr(lines->at, '\n', lines->left);

	if (!end)
		return false;
	*line = lines->at;
	*size = (size_t)(end - lines->at);
	lines->at = end + 1;
	lines->left -= *size + 1;
	return true;
}

static bool is_comment_text(const char *bytes, size_t size)
{
	size_t length;

	for (; size > 0; bytes += length, size -= length) {
		length = text_utf8_length(bytes, size);
		if (length == 0 || ((unsigned char)*bytes < 0x20 && *bytes != '\t') || *bytes == 0x7f ||
		    (length == 2 && (unsigned char)bytes[0] == 0xC2 && (unsigned char)bytes[1] < 0xA0))
			return false;
	}
	return true;
}

static bool next_comment(struct lines *lines, const char *prefix, const char **text, size_t *size, struct error *error)
{
	size_t prefix_size = strlen(prefix);

	if (!next_line(lines, text, size) || *size < prefix_size || memcmp(*text, prefix, prefix_size) != 0)
		return error_set(error, FAULT_CONFIGURATION, "no line \"%s...\" where one belongs", prefix);
	*text += prefix_size;
	*size -= prefix_size;
	return is_comment_text(*text, *size) ||
	       error_set(error, FAULT_CONFIGURATION, "the %.*s has bytes that are no text", (int)prefix_size - 2, prefix);
}

static bool next_field(struct lines *lines, void *field, size_t size, struct error *error)
{
	const char *line;
	size_t line_size;

	return (next_line(lines, &line, &line_size) && base64_get(field, size, line, line_size)) ||
	       error_set(error, FAULT_CONFIGURATION, "no line of %zu characters of base64 where one belongs", BASE64_SIZE(size));
}

static bool no_more(const struct lines *lines, struct error *error)
{
	return lines->left == 0 || error_set(error, FAULT_CONFIGURATION, "something follows behind its end");
}

/* A key's file: a comment and one field. */
static bool get_one(void *field, size_t field_size, const char *bytes, size_t size, struct error *error)
{
	struct lines lines = {bytes, size};
	const char *comment;
	size_t comment_size;

	return next_comment(&lines, UNTRUSTED, &comment, &comment_size, error) && next_field(&lines, field, field_size, error) &&
	       no_more(&lines, error);
}

bool public_key_get(struct public_key *key, const char *bytes, size_t size, struct error *error)
{
	struct public_field field;

	if (!get_one(&field, sizeof field, bytes, size, error))
		return error_prefix(error, "not a public key of minisign");
	if (memcmp(field.algorithm, "Ed", 2) != 0)
		return error_set(error, FAULT_CONFIGURATION, "not a public key of minisign: its algorithm is not \"Ed\"");
	*key = field.key;
	return true;
}

static bool take_secret(struct secret_key *key, const struct secret_field *field, struct error *error)
{
	static const char no_password[2];

	if (memcmp(field->algorithm, "Ed", 2) != 0 || memcmp(field->check, "B2", 2) != 0)
		return error_set(error, FAULT_CONFIGURATION, "not a secret key of minisign: its algorithms are not \"Ed\" and \"B2\"");
	if (memcmp(field->derivation, no_password, 2) != 0)
		return error_set(error, FAULT_CONFIGURATION, "this key needs a password, and a run cannot ask for one; minisign -C -W -s FILE "
				 "takes it off a copy");
	memcpy(key->public.id, field->id, sizeof key->public.id);
	memcpy(key->seed, field->seed, sizeof key->seed);
	ed25519_public(key->seed, key->public.point);
	return memcmp(key->public.point, field->point, sizeof field->point) == 0 ||
	       error_set(error, FAULT_CONFIGURATION, "damaged: its public half does not belong to its secret one");
}

bool secret_key_get(struct secret_key *key, const char *bytes, size_t size, struct error *error)
{
	struct secret_field field;
	bool done;

	if (get_one(&field, sizeof field, bytes, size, error))
		done = take_secret(key, &field, error);
	else
		done = error_prefix(error, "not a secret key of minisign");
	explicit_bzero(&field, sizeof field);
	if (!done)
		secret_key_forget(key);
	return done;
}

bool signature_get(struct signature *signature, const char *bytes, size_t size, struct error *error)
{
	struct lines lines = {bytes, size};
	struct signature_field field;
	const char *comment;
	size_t comment_size;

	if (!next_comment(&lines, UNTRUSTED, &comment, &comment_size, error) || !next_field(&lines, &field, sizeof field, error))
		return error_prefix(error, "not a signature of minisign");
	if (memcmp(field.algorithm, "ED", 2) != 0)
		return error_set(error, FAULT_CONFIGURATION, memcmp(field.algorithm, "Ed", 2) == 0
				 ? "a signature of minisign's old form; sign without -l"
				 : "not a signature of minisign: its algorithm is not \"ED\"");
	if (!next_comment(&lines, TRUSTED, &comment, &comment_size, error) ||
	    !next_field(&lines, signature->of_all, sizeof signature->of_all, error) || !no_more(&lines, error))
		return error_prefix(error, "not a signature of minisign");
	if (comment_size >= sizeof signature->comment)
		return error_set(error, FAULT_CONFIGURATION, "the trusted comment has %zu bytes, at most %zu are read", comment_size,
				 sizeof signature->comment - 1);
	memcpy(signature->comment, comment, comment_size);
	signature->comment[comment_size] = '\0';
	memcpy(signature->id, field.id, sizeof signature->id);
	memcpy(signature->of_file, field.of_file, sizeof signature->of_file);
	return true;
}

/* Signing */

/* What the second signature is of: the first one, and the comment without its prefix. */
static size_t put_all(unsigned char all[ED25519_SIGNATURE_SIZE + SIGNATURE_COMMENT_SIZE], const struct signature *signature)
{
	size_t comment_size = strlen(signature->comment);

	memcpy(all, signature->of_file, ED25519_SIGNATURE_SIZE);
	memcpy(all + ED25519_SIGNATURE_SIZE, signature->comment, comment_size);
	return ED25519_SIGNATURE_SIZE + comment_size;
}

void signature_comment(char to[SIGNATURE_COMMENT_SIZE], const char *comment)
{
	size_t i;

	for (i = 0; comment[i] && i + 1 < SIGNATURE_COMMENT_SIZE; i++)
		to[i] = comment[i] >= 0x20 && comment[i] < 0x7f ? comment[i] : '?';
	to[i] = '\0';
}

void signature_make(struct signature *signature, const struct secret_key *key, const void *bytes, size_t size,
		    const char *comment)
{
	unsigned char digest[BLAKE2B_SIZE], all[ED25519_SIGNATURE_SIZE + SIGNATURE_COMMENT_SIZE];
	size_t all_size;

	memcpy(signature->id, key->public.id, sizeof signature->id);
	blake2b(bytes, size, digest);
	ed25519_sign(key->seed, digest, sizeof digest, signature->of_file);
	signature_comment(signature->comment, comment);
	all_size = put_all(all, signature);
	ed25519_sign(key->seed, all, all_size, signature->of_all);
}

bool signature_holds(const struct signature *signature, const struct public_key *key, const void *bytes, size_t size,
		     struct error *error)
{
	unsigned char digest[BLAKE2B_SIZE], all[ED25519_SIGNATURE_SIZE + SIGNATURE_COMMENT_SIZE];
	size_t all_size = put_all(all, signature);

	blake2b(bytes, size, digest);
	if (!ed25519_holds(key->point, digest, sizeof digest, signature->of_file))
		return error_set(error, FAULT_EVIDENCE, "the file is not what was signed: it or its signature was changed");
	return ed25519_holds(key->point, all, all_size, signature->of_all) ||
	       error_set(error, FAULT_EVIDENCE, "the trusted comment is not what was signed: it was changed");
}
