/* The manifest: made by walking the folder; read by parsing it and writing it again, which must give the same bytes. */

#include "rig/evidence/manifest.h"

#include "rig/base/file.h"
#include "rig/base/json.h"
#include "rig/base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_SIZE (256 * 1024)
#define ENTRY_TEXT_MAX (6 * FOLDER_NAME_SIZE + 160)
#define MANIFEST_SIZE_MAX ((size_t)FOLDER_FILES_MAX * ENTRY_TEXT_MAX)

void manifest_done(struct manifest *manifest)
{
	free(manifest->entries);
	*manifest = (struct manifest){0};
}

static size_t at_most(int64_t left_bytes)
{
	return left_bytes < PIECE_SIZE ? (size_t)left_bytes : PIECE_SIZE;
}

static bool digest_descriptor(int descriptor, int64_t most_bytes, const char *path, struct sha256 *sha256,
			      char hex[SHA256_HEX_SIZE], int64_t *size_bytes, struct error *error)
{
	unsigned char digest[SHA256_SIZE];
	char *piece = malloc(PIECE_SIZE);
	ssize_t got;

	assert(piece);
	*size_bytes = 0;
	sha256_begin(sha256);
	while ((got = read(descriptor, piece, at_most(most_bytes - *size_bytes))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(piece);
			return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
		}
		sha256_add(sha256, piece, (size_t)got);
		*size_bytes += got;
	}
	free(piece);
	sha256_end(sha256, digest);
	sha256_to_hex(digest, hex);
	return true;
}

bool file_digest_front(const char *path, int64_t most_bytes, struct sha256 *sha256, char hex[SHA256_HEX_SIZE],
		       int64_t *size_bytes, struct error *error)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	struct stat status;
	bool done;

	if (descriptor < 0)
		return error_set_errno(error, FAULT_EVIDENCE, errno, "%s", path);
	if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
		done = error_set(error, FAULT_EVIDENCE, "%s: not a regular file", path);
	else
		done = digest_descriptor(descriptor, most_bytes, path, sha256, hex, size_bytes, error);
	close(descriptor);
	return done;
}

bool file_digest(const char *path, struct sha256 *sha256, char hex[SHA256_HEX_SIZE], int64_t *size_bytes,
		 struct error *error)
{
	return file_digest_front(path, INT64_MAX, sha256, hex, size_bytes, error);
}

static bool digest_all(struct manifest *manifest, const struct names *files, const char *folder, struct error *error)
{
	struct sha256 *sha256 = sha256_new();
	char path[PATH_MAX];
	bool done = true;
	size_t i;

	for (i = 0; done && i < files->count; i++) {
		struct manifest_entry *entry = &manifest->entries[i];

		(void)snprintf(entry->name, sizeof entry->name, "%s", files->names[i]);
		done = folder_path(path, folder, entry->name, error) &&
		       file_digest(path, sha256, entry->sha256, &entry->size_bytes, error);
	}
	manifest->count = i;
	sha256_free(sha256);
	return done;
}

bool manifest_of_folder(struct manifest *manifest, const char *folder, struct error *error)
{
	struct names files;
	bool done;

	*manifest = (struct manifest){0};
	if (!folder_files(&files, folder, error))
		return false;
	manifest->entries = calloc(files.count + 1, sizeof *manifest->entries);
	assert(manifest->entries);
	done = digest_all(manifest, &files, folder, error);
	names_done(&files);
	if (!done)
		manifest_done(manifest);
	return done;
}

/* The file's bytes, in memory of the caller's to free. */
static char *manifest_text(const struct manifest *manifest, size_t *size)
{
	size_t room = (manifest->count + 1) * ENTRY_TEXT_MAX, i;
	char *bytes = malloc(room);
	struct text text;

	assert(bytes);
	text_init(&text, bytes, room);
	text_put(&text, "{\"manifest\":1,\"files\":[");
	for (i = 0; i < manifest->count; i++) {
		const struct manifest_entry *entry = &manifest->entries[i];

		text_put(&text, i ? ",\n{\"name\":" : "\n{\"name\":");
		text_put_json(&text, entry->name);
		text_format(&text, ",\"size_bytes\":%lld,\"sha256\":\"%s\"}", (long long)entry->size_bytes, entry->sha256);
	}
	text_put(&text, "\n]}\n");
	assert(!text.full);
	*size = text.used;
	return bytes;
}

bool manifest_write(const char *folder, struct error *error)
{
	struct manifest manifest;
	char path[PATH_MAX], *bytes;
	size_t size;
	bool done;

	if (!folder_path(path, folder, FOLDER_MANIFEST, error) || !manifest_of_folder(&manifest, folder, error))
		return false;
	bytes = manifest_text(&manifest, &size);
	done = file_write(path, bytes, size, error);
	free(bytes);
	manifest_done(&manifest);
	return done;
}

/* Reading */

static bool is_digest(const char *text)
{
	return strlen(text) == SHA256_HEX_SIZE - 1 && strspn(text, "0123456789abcdef") == SHA256_HEX_SIZE - 1;
}

static bool take_entry(struct manifest_entry *entry, const struct json *value)
{
	const char *name = json_value_text(json_value_member(value, "name")), *digest = json_value_text(json_value_member(value, "sha256"));

	if (!name || strlen(name) >= sizeof entry->name || !folder_is_safe_name(name) || !digest || !is_digest(digest) ||
	    !json_value_integer(json_value_member(value, "size_bytes"), &entry->size_bytes) || entry->size_bytes < 0)
		return false;
	memcpy(entry->name, name, strlen(name) + 1);
	memcpy(entry->sha256, digest, SHA256_HEX_SIZE);
	return true;
}

static bool take_entries(struct manifest *manifest, const struct json *files)
{
	size_t count = json_value_count(files), i;

	if (!files || count > FOLDER_FILES_MAX)
		return false;
	manifest->entries = calloc(count + 1, sizeof *manifest->entries);
	assert(manifest->entries);
	for (i = 0; i < count; i++) {
		if (!take_entry(&manifest->entries[i], json_value_at(files, i)) ||
		    (i > 0 && strcmp(manifest->entries[i - 1].name, manifest->entries[i].name) >= 0))
			return false;
	}
	manifest->count = count;
	return true;
}

static bool take_document(struct manifest *manifest, const struct file *file, const char *path, struct error *error)
{
	struct json *document;
	bool same = false;
	size_t size;
	char *bytes;

	if (!json_document_parse(&document, file->bytes, file->size, path, error)) {
		if (error)
			error->fault = FAULT_EVIDENCE;
		return false;
	}
	if (take_entries(manifest, json_value_member(document, "files"))) {
		bytes = manifest_text(manifest, &size);
		same = size == file->size && memcmp(bytes, file->bytes, size) == 0;
		free(bytes);
	}
	json_document_free(document);
	if (!same)
		return error_set(error, FAULT_EVIDENCE, "%s: not as a manifest is written", path);
	return true;
}

static bool remove_file(const char *folder, const char *name, struct error *error)
{
	char path[PATH_MAX];

	if (!folder_path(path, folder, name, error))
		return false;
	return unlink(path) == 0 || errno == ENOENT || error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
}

/* In this order: a signature of nothing would be damage. */
bool manifest_remove(const char *folder, struct error *error)
{
	return remove_file(folder, FOLDER_SIGNATURE, error) && remove_file(folder, FOLDER_MANIFEST, error);
}

bool manifest_bytes(struct file *file, const char *folder, struct error *error)
{
	char path[PATH_MAX];

	if (!folder_path(path, folder, FOLDER_MANIFEST, error))
		return false;
	if (file_read(file, path, MANIFEST_SIZE_MAX, error))
		return true;
	if (error && error->fault == FAULT_CONFIGURATION)
		error->fault = FAULT_EVIDENCE;
	return false;
}

bool manifest_read(struct manifest *manifest, const char *folder, struct error *error)
{
	char path[PATH_MAX];
	struct file file;
	bool done;

	*manifest = (struct manifest){0};
	if (!folder_path(path, folder, FOLDER_MANIFEST, error))
		return false;
	if (!manifest_bytes(&file, folder, error))
		return false;
	done = take_document(manifest, &file, path, error);
	file_done(&file);
	if (!done)
		manifest_done(manifest);
	return done;
}
