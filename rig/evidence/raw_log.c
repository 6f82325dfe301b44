/* A buffer for each file, so that a frame costs no system call. */

#include "rig/evidence/raw_log.h"

#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/manifest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE (2 * RAW_LOG_BYTES_MAX + 64)

struct raw_file {
	char name[WORD_TEXT_SIZE];
	int descriptor;
	size_t used;
	char buffer[RAW_LOG_BUFFER_SIZE];
};

struct raw_log {
	char folder[PATH_MAX];
	int count;
	struct raw_file files[RAW_LOG_FILES_MAX];
};

struct raw_log *raw_log_new(const char *folder)
{
	struct raw_log *log = calloc(1, sizeof *log);

	if (!log || text_copy(log->folder, sizeof log->folder, folder))
		return log;
	free(log);
	return NULL;
}

static void hand_over(struct raw_file *file)
{
	if (file->used > 0)
		(void)!write(file->descriptor, file->buffer, file->used);
	file->used = 0;
}

void raw_log_hand_over(struct raw_log *log)
{
	int i;

	for (i = 0; i < log->count; i++)
		hand_over(&log->files[i]);
}

void raw_log_free(struct raw_log *log)
{
	int i;

	if (!log)
		return;
	raw_log_hand_over(log);
	for (i = 0; i < log->count; i++)
		close(log->files[i].descriptor);
	free(log);
}

static void path_of(const struct raw_log *log, const char *name, char path[PATH_MAX + WORD_TEXT_SIZE + 16])
{
	(void)snprintf(path, PATH_MAX + WORD_TEXT_SIZE + 16, "%s/" FOLDER_RAW "/%s.log", log->folder, name);
}

static struct raw_file *file_of(struct raw_log *log, const char *name)
{
	char path[PATH_MAX + WORD_TEXT_SIZE + 16], word[WORD_TEXT_SIZE], *slash;
	struct raw_file *file;
	int i;

	text_copy(word, sizeof word, name);
	while ((slash = strchr(word, '/')) != NULL)
		*slash = '_'; /* it becomes a file's name */
	for (i = 0; i < log->count; i++)
		if (strcmp(log->files[i].name, word) == 0)
			return &log->files[i];
	if (log->count == RAW_LOG_FILES_MAX)
		return NULL;
	file = &log->files[log->count];
	path_of(log, word, path);
	file->descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (file->descriptor < 0)
		return NULL;
	text_copy(file->name, sizeof file->name, word);
	file->used = 0;
	log->count++;
	return file;
}

void raw_log_put(struct raw_log *log, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	struct raw_file *file = file_of(log, name);
	char line[LINE_SIZE];
	struct text text;
	size_t i;

	if (!file)
		return;
	text_init(&text, line, sizeof line);
	text_format(&text, "%lld %c ", (long long)t_ns, direction);
	for (i = 0; i < size && i < RAW_LOG_BYTES_MAX; i++) {
		text_put_char(&text, digits[bytes[i] >> 4]);
		text_put_char(&text, digits[bytes[i] & 15]);
	}
	text_put_char(&text, '\n');
	if (file->used + text.used > RAW_LOG_BUFFER_SIZE)
		hand_over(file);
	memcpy(file->buffer + file->used, text.bytes, text.used);
	file->used += text.used;
}

void raw_log_close(struct raw_log *log, void (*tell)(void *self, const struct record *raw), void *self)
{
	struct record record = {.kind = RECORD_RAW};
	struct sha256 *sha256 = sha256_new();
	char path[PATH_MAX + WORD_TEXT_SIZE + 16];
	struct error error;
	int i;

	raw_log_hand_over(log);
	for (i = 0; i < log->count; i++) {
		(void)fdatasync(log->files[i].descriptor);
		close(log->files[i].descriptor);
		path_of(log, log->files[i].name, path);
		(void)snprintf(record.data.raw.name, sizeof record.data.raw.name, "%.40s.log", log->files[i].name);
		if (file_digest(path, sha256, record.data.raw.sha256, &record.data.raw.size_bytes, &error))
			tell(self, &record);
	}
	log->count = 0;
	sha256_free(sha256);
}
