/* The files of keys: found by name or path, made once, read only while they are private. */

#include "rig/command/key_store.h"

#include "rig/base/file.h"
#include "rig/base/user_folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHERS (S_IRWXG | S_IRWXO)

/* ---- Where ---- */

static bool ends_in(const char *text, const char *end)
{
	size_t size = strlen(text), end_size = strlen(end);

	return size > end_size && strcmp(text + size - end_size, end) == 0;
}

static bool is_path(const char *words)
{
	return strchr(words, '/') || ends_in(words, ".key") || ends_in(words, ".pub");
}

static bool put_paths(struct key_place *place, const char *folder, struct error *error)
{
	if (snprintf(place->secret, PATH_MAX, "%s/%s.key", folder, place->name) < PATH_MAX &&
	    snprintf(place->public, PATH_MAX, "%s/%s.pub", folder, place->name) < PATH_MAX)
		return true;
	return error_set(error, FAULT_USAGE, "%.64s...: path too long", folder);
}

static bool take_name(struct key_place *place, const char *name, size_t size, struct error *error)
{
	*place = (struct key_place){.name = ""};
	if (size < sizeof place->name)
		memcpy(place->name, name, size);
	return key_name_is_one(place->name) ||
	       error_set(error, FAULT_USAGE, "%.*s: not the name of a key: at most %d letters, digits, '-', '_' and '.'", (int)size, name,
			 KEY_NAME_SIZE - 1);
}

static bool own_folder(char folder[PATH_MAX], struct error *error)
{
	return user_folder(folder, "XDG_CONFIG_HOME", ".config", "keys", error);
}

/* A file may have any ending; the other one of the pair is then looked for beside it. */
static bool find_path(struct key_place *place, const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
	bool is_public = ends_in(name, ".pub");
	char folder[PATH_MAX];

	if (strlen(path) >= PATH_MAX)
		return error_set(error, FAULT_USAGE, "%.64s...: path too long", path);
	(void)snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	if (!take_name(place, name, dot && dot > name ? (size_t)(dot - name) : strlen(name), error) ||
	    !put_paths(place, folder[0] ? folder : "/", error))
		return false;
	(void)snprintf(is_public ? place->public : place->secret, PATH_MAX, "%s", path);
	return true;
}

bool key_place_find(struct key_place *place, const char *words, struct error *error)
{
	char folder[PATH_MAX];

	if (is_path(words))
		return find_path(place, words, error);
	return take_name(place, words, strlen(words), error) && own_folder(folder, error) && put_paths(place, folder, error);
}

bool key_place_make(struct key_place *place, const char *folder, const char *name, struct error *error)
{
	char own[PATH_MAX];

	if (!take_name(place, name, strlen(name), error) || (!folder && !own_folder(own, error)) ||
	    !put_paths(place, folder ? folder : own, error))
		return false;
	if (!folder)
		return user_folder_make(place->secret, error);
	return mkdir(folder, 0700) == 0 || errno == EEXIST || error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", folder);
}

/* ---- Making ---- */

static bool write_new(const char *path, mode_t mode, const struct text *text, struct error *error)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	bool done;

	assert(!text->full);
	if (descriptor < 0 && errno == EEXIST)
		return error_set(error, FAULT_USAGE, "%s is there already, and a key is never written over; give another --name", path);
	if (descriptor < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	done = write(descriptor, text->bytes, text->used) == (ssize_t)text->used && fsync(descriptor) == 0;
	if (!done) {
		(void)error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
		(void)unlink(path);
	}
	close(descriptor);
	return done;
}

static bool write_secret(const struct key_place *place, const struct secret_key *key, struct error *error)
{
	char room[SIGNATURE_FILE_SIZE_MAX];
	struct text text;
	bool done;

	text_init(&text, room, sizeof room);
	secret_key_put(&text, key);
	done = write_new(place->secret, S_IRUSR | S_IWUSR, &text, error);
	explicit_bzero(room, sizeof room);
	return done;
}

static bool write_public(const struct key_place *place, const struct public_key *key, struct error *error)
{
	char room[SIGNATURE_FILE_SIZE_MAX];
	struct text text;

	text_init(&text, room, sizeof room);
	public_key_put(&text, key);
	return write_new(place->public, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH, &text, error);
}

bool key_make(const struct key_place *place, struct public_key *key, struct error *error)
{
	struct secret_key secret;
	bool done;

	secret_key_make(&secret);
	*key = secret.public;
	done = write_secret(place, &secret, error);
	secret_key_forget(&secret);
	if (!done || write_public(place, key, error))
		return done;
	(void)unlink(place->secret); /* of no use without the other, and no name is taken by it */
	return false;
}

/* ---- Reading ---- */

enum key_privacy key_privacy(const struct key_place *place)
{
	struct stat status;

	if (stat(place->secret, &status) != 0)
		return KEY_ABSENT;
	return status.st_mode & OTHERS ? KEY_OPEN : KEY_PRIVATE;
}

static bool check_mode(int descriptor, const char *path, struct error *error)
{
	struct stat status;

	if (fstat(descriptor, &status) != 0)
		return error_set_errno(error, FAULT_CONFIGURATION, errno, "%s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(error, FAULT_CONFIGURATION, "%s: not a regular file", path);
	return (status.st_mode & OTHERS) == 0 ||
	       error_set(error, FAULT_CONFIGURATION, "%s: group or others can get at this secret key (mode %03o); chmod 600 %s, and make a "
			 "new one if somebody may have read it", path, (unsigned)status.st_mode & 0777, path);
}

/* The mode looked at is that of the file that is read. */
static bool read_secret(struct secret_key *key, int descriptor, const char *path, struct error *error)
{
	char room[SIGNATURE_FILE_SIZE_MAX];
	ssize_t size;
	bool done;

	if (!check_mode(descriptor, path, error))
		return false;
	size = read(descriptor, room, sizeof room);
	if (size < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	done = secret_key_get(key, room, (size_t)size, error) || error_prefix(error, "%s", path);
	explicit_bzero(room, sizeof room);
	return done;
}

static bool no_such_key(const char *path, struct error *error)
{
	return error_set(error, FAULT_CONFIGURATION, "%s: there is no such key; hilrig key list tells which there are, hilrig key make makes one",
			 path);
}

static bool read_public(struct public_key *key, const char *path, struct error *error)
{
	struct file file;
	bool done;

	if (!file_read(&file, path, SIGNATURE_FILE_SIZE_MAX, error))
		return false;
	done = public_key_get(key, file.bytes, file.size, error) || error_prefix(error, "%s", path);
	file_done(&file);
	return done;
}

/* Whoever is handed another public key than the one that signs can check nothing. */
static bool is_other_half(const struct key_place *place, const struct public_key *wanted, struct error *error)
{
	struct public_key key;

	if (!read_public(&key, place->public, error))
		return false;
	return (memcmp(key.id, wanted->id, sizeof key.id) == 0 && memcmp(key.point, wanted->point, sizeof key.point) == 0) ||
	       error_set(error, FAULT_CONFIGURATION, "%s is not the public half of %s; take it away; hilrig key show tells the right one",
			 place->public, place->secret);
}

bool key_load(struct secret_key *key, const struct key_place *place, struct error *error)
{
	int descriptor = open(place->secret, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool done;

	if (descriptor < 0 && errno == ENOENT)
		return no_such_key(place->secret, error);
	if (descriptor < 0)
		return error_set_errno(error, FAULT_CONFIGURATION, errno, "%s", place->secret);
	done = read_secret(key, descriptor, place->secret, error);
	close(descriptor);
	if (done && access(place->public, F_OK) == 0 && !is_other_half(place, &key->public, error)) {
		secret_key_forget(key);
		return false;
	}
	return done;
}

bool key_load_public(struct public_key *key, const struct key_place *place, struct error *error)
{
	struct secret_key secret;

	if (key_privacy(place) == KEY_PRIVATE && key_load(&secret, place, error)) {
		*key = secret.public;
		secret_key_forget(&secret);
		return true;
	}
	if (access(place->public, F_OK) == 0)
		return key_privacy(place) == KEY_PRIVATE ? false : read_public(key, place->public, error);
	if (key_privacy(place) == KEY_ABSENT)
		return no_such_key(place->public, error);
	if (!key_load(&secret, place, error))
		return false;
	*key = secret.public;
	secret_key_forget(&secret);
	return true;
}

/* ---- All of them ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names behind files that end in four bytes like ".pub"; those that a file of this folder with `other` has too are left out. */
static void add_names(struct names *names, const struct names *files, const char *folder, const char *other)
{
	char file[NAME_MAX + 8];
	size_t i;

	for (i = 0; i < files->count; i++) {
		char *name = strdup(files->names[i]);

		assert(name);
		name[strlen(name) - 4] = '\0';
		(void)snprintf(file, sizeof file, "%s%s", name, other ? other : "");
		if (key_name_is_one(name) && !(other && folder_has(folder, file)))
			names->names[names->count++] = name;
		else
			free(name);
	}
}

static void merge(struct names *names, const struct names *secrets, const struct names *publics, const char *folder)
{
	*names = (struct names){.names = calloc(secrets->count + publics->count + 1, sizeof *names->names)};
	assert(names->names);
	add_names(names, publics, folder, NULL);
	add_names(names, secrets, folder, ".pub");
	qsort(names->names, names->count, sizeof *names->names, compare_names);
}

bool key_names(struct names *names, struct error *error)
{
	struct names secrets, publics;
	char folder[PATH_MAX];

	*names = (struct names){0};
	if (!own_folder(folder, error))
		return false;
	if (access(folder, F_OK) != 0 && errno == ENOENT)
		return true;
	if (!folder_matching(&secrets, folder, "*.key", error))
		return false;
	if (!folder_matching(&publics, folder, "*.pub", error)) {
		names_done(&secrets);
		return false;
	}
	merge(names, &secrets, &publics, folder);
	names_done(&secrets);
	names_done(&publics);
	return true;
}

/* A file that is no key says so and speaks for nobody; the others still do. */
static bool take_trusted(struct trusted_keys *trusted, const char *folder, const struct names *files, struct error *error)
{
	struct error bad;
	size_t i;

	if (files->count > TRUSTED_KEYS_MAX)
		return error_set(error, FAULT_CONFIGURATION, "%s: more than %d public keys", folder, TRUSTED_KEYS_MAX);
	for (i = 0; i < files->count; i++) {
		const char *name = files->names[i];

		if (!public_key_read(&trusted->keys[trusted->count].key, folder, name, &bad)) {
			fprintf(stderr, "hilrig: %s; this one is not trusted, nor looked at\n", bad.text);
			continue;
		}
		(void)snprintf(trusted->keys[trusted->count].name, sizeof trusted->keys[trusted->count].name, "%.*s", (int)strlen(name) - 4, name);
		trusted->count++;
	}
	return true;
}

bool keys_trusted(struct trusted_keys *trusted, struct error *error)
{
	char folder[PATH_MAX];
	struct names files;
	bool done;

	trusted->count = 0;
	trusted->demanded = false;
	if (!own_folder(folder, NULL) || (access(folder, F_OK) != 0 && errno == ENOENT))
		return true;
	if (!folder_matching(&files, folder, "*.pub", error))
		return false;
	done = take_trusted(trusted, folder, &files, error);
	names_done(&files);
	return done;
}
