/* The signature of a folder: made of manifest.json's bytes, and checked by whichever key has its id. */

#include "rig/evidence/sign.h"

#include "rig/evidence/manifest.h"
#include "rig/evidence/reader.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COMMENT_BEGIN "hilrig run "

static const char *const state_names[SIGNED_COUNT] = {
	[SIGNED_NOT] = "none", [SIGNED_TRUSTED] = "trusted", [SIGNED_UNKNOWN] = "unknown-key",
	[SIGNED_UNCHECKED] = "unchecked", [SIGNED_BAD] = "bad",
};

const char *signed_state_name(enum signed_state state)
{
	return state_names[state];
}

bool key_name_is_one(const char *name)
{
	size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	return size > 0 && size < KEY_NAME_SIZE && name[size] == '\0' && name[0] != '.';
}

void sign_comment(char to[SIGNATURE_COMMENT_SIZE], const char *run, const char *bench, const char *head)
{
	char comment[SIGNATURE_COMMENT_SIZE];

	(void)snprintf(comment, sizeof comment, COMMENT_BEGIN "%s bench %s head %s", run, bench, head);
	signature_comment(to, comment);
}

/* Signing */

#define HASH_SIZE (DIGEST_TEXT_SIZE - 1)
#define LINE_END_SIZE (HASH_SIZE + 3) /* hash, quote, brace, line feed */

/* The line that names the run is the second; whatever stands in front of it is read over. */
static bool read_run(struct record *run, const char *path, struct error *error)
{
	struct sha256 *sha256 = sha256_new();
	struct reader reader;
	bool got = true, done = reader_open(&reader, path, sha256, error);

	if (done) {
		do
			done = reader_next(&reader, run, &got, error);
		while (done && got && run->kind != RECORD_RUN);
		reader_close(&reader);
	}
	sha256_free(sha256);
	return done && (got || error_set(error, FAULT_EVIDENCE, "%s does not say what run it is", path));
}

/* The hash at the end of the last line, as it is written there. */
static bool read_head(char head[DIGEST_TEXT_SIZE], const char *path, struct error *error)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	char end[LINE_END_SIZE] = "";
	bool done;

	if (descriptor < 0)
		return error_set_errno(error, FAULT_EVIDENCE, errno, "%s", path);
	done = lseek(descriptor, -LINE_END_SIZE, SEEK_END) >= 0 && read(descriptor, end, sizeof end) == LINE_END_SIZE;
	close(descriptor);
	memcpy(head, end, HASH_SIZE);
	head[HASH_SIZE] = '\0';
	return (done && strspn(head, "0123456789abcdef") == HASH_SIZE && memcmp(end + HASH_SIZE, "\"}\n", 3) == 0) ||
	       error_set(error, FAULT_EVIDENCE, "%s does not end in a whole line", path);
}

/* Neither the chain nor a file is read as a whole: a rig that signs at its end has a supervisor that waits for it. */
static bool folder_comment(char comment[SIGNATURE_COMMENT_SIZE], const char *folder, struct error *error)
{
	char path[PATH_MAX], head[DIGEST_TEXT_SIZE];
	struct record run;

	if (!folder_path(path, folder, FOLDER_JOURNAL, error) || !read_run(&run, path, error) || !read_head(head, path, error))
		return false;
	sign_comment(comment, run.data.run.run, run.data.run.bench, head);
	return true;
}

static bool write_text(const char *folder, const char *name, const struct text *text, struct error *error)
{
	char path[PATH_MAX];

	assert(!text->full);
	return folder_path(path, folder, name, error) && file_write(path, text->bytes, text->used, error);
}

static bool write_public(const char *folder, const struct public_key *key, const char *name, struct error *error)
{
	char room[SIGNATURE_FILE_SIZE_MAX], file[KEY_NAME_SIZE + 4];
	struct text text;

	assert(key_name_is_one(name));
	(void)snprintf(file, sizeof file, "%s.pub", name);
	text_init(&text, room, sizeof room);
	public_key_put(&text, key);
	return write_text(folder, file, &text, error);
}

static bool write_signature(const char *folder, const struct secret_key *key, const char *comment, struct error *error)
{
	char room[SIGNATURE_FILE_SIZE_MAX];
	struct signature signature;
	struct file manifest;
	struct text text;

	if (!manifest_bytes(&manifest, folder, error))
		return false;
	signature_make(&signature, key, manifest.bytes, manifest.size, comment);
	file_done(&manifest);
	text_init(&text, room, sizeof room);
	signature_put(&text, &signature);
	return write_text(folder, FOLDER_SIGNATURE, &text, error);
}

/* The key first: a signature without its key could not be checked. */
bool evidence_sign(const char *folder, const struct secret_key *key, const char *name, struct error *error)
{
	char comment[SIGNATURE_COMMENT_SIZE];

	if (!folder_has(folder, FOLDER_MANIFEST))
		return error_set(error, FAULT_EVIDENCE, "%s: there is no " FOLDER_MANIFEST " that could be signed", folder);
	return folder_comment(comment, folder, error) && write_public(folder, &key->public, name, error) && write_signature(folder, key, comment, error);
}

bool evidence_sign_as(const char *folder, const struct secret_key *key, const char *name, const char *comment, struct error *error)
{
	assert(strlen(comment) < SIGNATURE_COMMENT_SIZE);
	return write_public(folder, &key->public, name, error) && write_signature(folder, key, comment, error);
}

bool evidence_sign_throw_away(const char *folder, struct error *error)
{
	struct secret_key key;
	bool done;

	secret_key_make(&key);
	done = evidence_sign(folder, &key, SIGN_THROW_AWAY, error);
	secret_key_forget(&key);
	return done;
}

/* Checking */

static bool read_small(struct file *file, const char *folder, const char *name, char path[PATH_MAX], struct error *error)
{
	return folder_path(path, folder, name, error) && file_read(file, path, SIGNATURE_FILE_SIZE_MAX, error);
}

bool public_key_read(struct public_key *key, const char *folder, const char *name, struct error *error)
{
	char path[PATH_MAX];
	struct file file;
	bool done;

	if (!read_small(&file, folder, name, path, error))
		return false;
	done = public_key_get(key, file.bytes, file.size, error) || error_prefix(error, "%s", path);
	file_done(&file);
	return done;
}

static bool read_signature(struct signature *signature, const char *folder, struct error *error)
{
	char path[PATH_MAX];
	struct file file;
	bool done;

	if (!read_small(&file, folder, FOLDER_SIGNATURE, path, error))
		return false;
	done = signature_get(signature, file.bytes, file.size, error) || error_prefix(error, FOLDER_SIGNATURE);
	file_done(&file);
	return done;
}

/* What is looked for while keys are gone through: one with the id, and whether the signature holds by it. */
struct search {
	const struct signature *signature;
	const struct file *manifest;
	struct signed_by *signed_by;
	bool found;             /* a key with the id */
	bool holds;
	struct error why;       /* it does not */
};

static void try_key(struct search *search, const struct public_key *key, const char *name, enum signed_state state)
{
	if (search->holds || memcmp(key->id, search->signature->id, sizeof key->id) != 0)
		return;
	search->found = true;
	search->holds = signature_holds(search->signature, key, search->manifest->bytes, search->manifest->size, &search->why);
	text_copy(search->signed_by->key, sizeof search->signed_by->key, name);
	search->signed_by->state = search->holds ? state : SIGNED_BAD;
}

static void try_folder(struct search *search, const char *folder)
{
	struct public_key key;
	struct names files;
	size_t i;

	if (!folder_matching(&files, folder, "*.pub", NULL))
		return;
	for (i = 0; i < files.count; i++)
		if (public_key_read(&key, folder, files.names[i], NULL))
			try_key(search, &key, files.names[i], SIGNED_UNKNOWN);
	names_done(&files);
}

static bool find_key(struct signed_by *signed_by, const struct signature *signature, const char *folder,
		     const struct trusted_keys *trusted, const struct file *manifest, struct error *error)
{
	struct search search = {.signature = signature, .manifest = manifest, .signed_by = signed_by};
	int i;

	for (i = 0; trusted && i < trusted->count; i++)
		try_key(&search, &trusted->keys[i].key, trusted->keys[i].name, SIGNED_TRUSTED);
	if (!search.found && trusted && trusted->demanded) {
		signed_by->state = SIGNED_BAD;
		return error_set(error, FAULT_EVIDENCE, FOLDER_SIGNATURE ": signed by key %s, which is not %s", signed_by->id,
				 trusted->count ? trusted->keys[0].name : "a trusted one");
	}
	/* A key of the folder never stands in for a trusted one of its id. */
	if (!search.found)
		try_folder(&search, folder);
	if (!search.found)
		signed_by->state = SIGNED_UNCHECKED;
	return !search.found || search.holds ||
	       error_set(error, FAULT_EVIDENCE, FOLDER_MANIFEST ", signed by key %s (%s): %s", signed_by->id, signed_by->key,
			 search.why.text);
}

static bool check_by_manifest(struct signed_by *signed_by, const struct signature *signature, const char *folder,
			      const struct trusted_keys *trusted, struct error *error)
{
	struct file manifest;
	bool done;

	if (!folder_has(folder, FOLDER_MANIFEST))
		return error_set(error, FAULT_EVIDENCE, FOLDER_SIGNATURE ": there is no " FOLDER_MANIFEST " that it could be of");
	if (!manifest_bytes(&manifest, folder, error))
		return false;
	done = find_key(signed_by, signature, folder, trusted, &manifest, error);
	file_done(&manifest);
	return done;
}

static bool speaks_of(const struct signed_by *signed_by, const char *comment, struct error *error)
{
	return !comment || strncmp(signed_by->comment, COMMENT_BEGIN, strlen(COMMENT_BEGIN)) != 0 ||
	       strcmp(signed_by->comment, comment) == 0 ||
	       error_set(error, FAULT_EVIDENCE, FOLDER_SIGNATURE ": its comment speaks of another run: %s", signed_by->comment);
}

static bool check_signature(struct signed_by *signed_by, const char *folder, const struct trusted_keys *trusted,
			    const char *comment, struct error *error)
{
	struct signature signature;

	if (!read_signature(&signature, folder, error))
		return false;
	key_id_text(signature.id, signed_by->id);
	text_copy(signed_by->comment, sizeof signed_by->comment, signature.comment);
	return check_by_manifest(signed_by, &signature, folder, trusted, error) && speaks_of(signed_by, comment, error);
}

bool sign_check(struct signed_by *signed_by, const char *folder, const struct trusted_keys *trusted, const char *comment,
		struct error *error)
{
	*signed_by = (struct signed_by){.state = SIGNED_NOT};
	if (!folder_has(folder, FOLDER_SIGNATURE))
		return !trusted || !trusted->demanded ||
		       error_set(error, FAULT_EVIDENCE, FOLDER_SIGNATURE ": missing, and a signature by %s was asked for",
				 trusted->count ? trusted->keys[0].name : "a trusted key");
	if (check_signature(signed_by, folder, trusted, comment, error))
		return true;
	signed_by->state = SIGNED_BAD;
	if (error)
		error->fault = FAULT_EVIDENCE;
	return false;
}
