/* Names and paths: what lies where in the folder of a run, and which folders are one. */

#include "rig/evidence/folder.h"

#include "rig/base/instant.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool folder_path(char path[PATH_MAX], const char *folder, const char *name, struct error *error)
{
	size_t size = strlen(folder);

	while (size > 1 && folder[size - 1] == '/')
		size--;
	if (snprintf(path, PATH_MAX, "%.*s/%s", (int)size, folder, name) >= PATH_MAX)
		return error_set(error, FAULT_USAGE, "%.64s...: path too long", folder);
	return true;
}

bool folder_has(const char *folder, const char *name)
{
	char path[PATH_MAX];
	struct stat status;

	return folder_path(path, folder, name, NULL) && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

bool folder_is_report(const char *name)
{
	static const char *const patterns[] = {"report.*", "report-*", "devices.csv", "junit.xml", FOLDER_MANIFEST,
					       FOLDER_SIGNATURE, "*.pub"};
	size_t i;

	for (i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (fnmatch(patterns[i], name, FNM_PATHNAME) == 0)
			return true;
	return false;
}

bool folder_is_safe_name(const char *name)
{
	const char *part = name;
	const unsigned char *byte;

	for (byte = (const unsigned char *)name; *byte; byte++)
		if (*byte < 0x20 || *byte == 0x7f)
			return false;
	for (;;) {
		size_t size = strcspn(part, "/");

		if (size == 0 || (size == 1 && part[0] == '.') || (size == 2 && memcmp(part, "..", 2) == 0))
			return false;
		if (part[size] == '\0')
			return true;
		part += size + 1;
	}
}

static void put_name(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i]; i++) {
		char byte = from[i];
		bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
			     byte == '-' || byte == '_';

		to[i] = plain ? byte : '_';
	}
	to[i] = '\0';
}

bool folder_create(char path[PATH_MAX], const char *parent, int64_t utc_us, const char *scenario, const char *id,
		   struct error *error)
{
	char utc[UTC_TEXT_SIZE], name[FOLDER_NAME_SIZE], plain[64], plain_id[64], raw[PATH_MAX];

	utc_to_text(utc_us, utc);
	put_name(plain, sizeof plain, scenario);
	put_name(plain_id, sizeof plain_id, id);
	(void)snprintf(name, sizeof name, "%.4s%.2s%.2sT%.2s%.2s%.2sZ-%s-%s", utc, utc + 5, utc + 8, utc + 11, utc + 14,
		       utc + 17, plain, plain_id);
	if (!folder_path(path, parent, name, error) || !folder_path(raw, path, FOLDER_RAW, error))
		return false;
	if (mkdir(parent, 0755) != 0 && errno != EEXIST)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", parent);
	if (mkdir(path, 0755) != 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	if (mkdir(raw, 0755) != 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", raw);
	return true;
}

void names_done(struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
	*names = (struct names){0};
}

static void names_add(struct names *names, const char *name)
{
	if ((names->count & (names->count - 1)) == 0) {
		size_t room = names->count ? 2 * names->count : 1;

		names->names = realloc(names->names, room * sizeof *names->names);
		assert(names->names);
	}
	names->names[names->count] = strdup(name);
	assert(names->names[names->count]);
	names->count++;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* No two names are equal, so the order is the same everywhere. */
static void names_sort(struct names *names)
{
	if (names->count > 1)
		qsort(names->names, names->count, sizeof *names->names, compare_names);
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool list_below(struct names *folders, const char *path, DIR *directory, struct error *error)
{
	char child[PATH_MAX];
	struct dirent *entry;

	while ((entry = readdir(directory)) != NULL) {
		if (is_dots(entry->d_name))
			continue;
		if (!folder_path(child, path, entry->d_name, error))
			return false;
		if (!folder_has(child, FOLDER_JOURNAL))
			continue;
		if (folders->count == FOLDERS_MAX)
			return error_set(error, FAULT_USAGE, "%s: more than %d evidence folders", path, FOLDERS_MAX);
		names_add(folders, child);
	}
	return true;
}

bool folder_list(struct names *folders, const char *path, struct error *error)
{
	DIR *directory = opendir(path);
	bool done;

	*folders = (struct names){0};
	if (!directory)
		return error_set_errno(error, FAULT_USAGE, errno, "%s", path);
	if (folder_has(path, FOLDER_JOURNAL)) {
		names_add(folders, path);
		done = true;
	} else {
		done = list_below(folders, path, directory, error);
	}
	closedir(directory);
	if (done && folders->count == 0)
		done = error_set(error, FAULT_USAGE, "%s: no evidence here: neither a %s, nor a folder with one", path,
				 FOLDER_JOURNAL);
	if (!done)
		names_done(folders);
	names_sort(folders);
	return done;
}

static bool walk(struct names *files, const char *folder, const char *below, int depth, struct error *error);

static bool walk_entry(struct names *files, const char *folder, const char *name, int depth, struct error *error)
{
	char path[PATH_MAX];
	struct stat status;

	if (!folder_path(path, folder, name, error))
		return false;
	if (lstat(path, &status) != 0)
		return error_set_errno(error, FAULT_EVIDENCE, errno, "%s", path);
	if (S_ISDIR(status.st_mode)) {
		if (depth == FOLDER_DEPTH_MAX)
			return error_set(error, FAULT_EVIDENCE, "%s: folders more than %d deep", path, FOLDER_DEPTH_MAX);
		return walk(files, folder, name, depth + 1, error);
	}
	if (!S_ISREG(status.st_mode))
		return error_set(error, FAULT_EVIDENCE, "%s: neither a file nor a folder", path);
	if (folder_is_report(name))
		return true;
	if (files->count == FOLDER_FILES_MAX)
		return error_set(error, FAULT_EVIDENCE, "%s: more than %d files", folder, FOLDER_FILES_MAX);
	names_add(files, name);
	return true;
}

/* Depth is bounded, so this recursion is. */
static bool walk(struct names *files, const char *folder, const char *below, int depth, struct error *error)
{
	char path[PATH_MAX], name[FOLDER_NAME_SIZE];
	struct dirent *entry;
	DIR *directory;
	bool done = true;

	if (!folder_path(path, folder, below, error))
		return false;
	directory = opendir(path);
	if (!directory)
		return error_set_errno(error, FAULT_EVIDENCE, errno, "%s", path);
	while (done && (entry = readdir(directory)) != NULL) {
		if (is_dots(entry->d_name))
			continue;
		if (snprintf(name, sizeof name, "%s%s%s", below, below[0] ? "/" : "", entry->d_name) >= (int)sizeof name)
			done = error_set(error, FAULT_EVIDENCE, "%s: name too long: %s", folder, entry->d_name);
		else
			done = walk_entry(files, folder, name, depth, error);
	}
	closedir(directory);
	return done;
}

bool folder_files(struct names *files, const char *folder, struct error *error)
{
	*files = (struct names){0};
	if (!walk(files, folder, "", 0, error)) {
		names_done(files);
		return false;
	}
	names_sort(files);
	return true;
}

bool folder_matching(struct names *files, const char *folder, const char *pattern, struct error *error)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	bool done = true;

	*files = (struct names){0};
	if (!directory)
		return error_set_errno(error, FAULT_USAGE, errno, "%s", folder);
	while (done && (entry = readdir(directory)) != NULL) {
		if (fnmatch(pattern, entry->d_name, 0) != 0)
			continue;
		if (files->count == FOLDER_FILES_MAX)
			done = error_set(error, FAULT_EVIDENCE, "%s: more than %d files", folder, FOLDER_FILES_MAX);
		else
			names_add(files, entry->d_name);
	}
	closedir(directory);
	if (!done)
		names_done(files);
	names_sort(files);
	return done;
}
