/* Whole files in and out; rename after fsync is what makes a written file all or nothing. */

#include "rig/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_descriptor(struct file *file, int descriptor, const char *path, size_t size_max, struct error *error)
{
	struct stat status;
	ssize_t got;

	if (fstat(descriptor, &status) != 0)
		return error_set_errno(error, FAULT_CONFIGURATION, errno, "%s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(error, FAULT_CONFIGURATION, "%s: not a regular file", path);
	if ((uintmax_t)status.st_size > size_max)
		return error_set(error, FAULT_CONFIGURATION, "%s: %jd bytes, at most %zu are read", path,
				 (intmax_t)status.st_size, size_max);
	file->bytes = malloc((size_t)status.st_size + 1);
	if (!file->bytes)
		return error_set(error, FAULT_ENVIRONMENT, "%s: no memory for %jd bytes", path, (intmax_t)status.st_size);
	file->size = 0;
	while (file->size < (size_t)status.st_size) {
		got = read(descriptor, file->bytes + file->size, (size_t)status.st_size - file->size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			file_done(file);
			return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
		}
		if (got == 0)
			break; /* it became shorter meanwhile: what was there is what we have */
		file->size += (size_t)got;
	}
	file->bytes[file->size] = '\0';
	return true;
}

bool file_read(struct file *file, const char *path, size_t size_max, struct error *error)
{
	/* O_NONBLOCK: opening a fifo by mistake must not wait for a writer. */
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool done;

	*file = (struct file){0};
	if (descriptor < 0)
		return error_set_errno(error, FAULT_CONFIGURATION, errno, "%s", path);
	done = read_descriptor(file, descriptor, path, size_max, error);
	close(descriptor);
	return done;
}

void file_done(struct file *file)
{
	free(file->bytes);
	*file = (struct file){0};
}

static bool write_all(int descriptor, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t put = write(descriptor, bytes, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		bytes += put;
		size -= (size_t)put;
	}
	return fsync(descriptor) == 0;
}

static bool flush_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int descriptor;
	bool done;

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
	descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	done = fsync(descriptor) == 0;
	close(descriptor);
	return done;
}

bool file_write(const char *path, const void *bytes, size_t size, struct error *error)
{
	char temporary[PATH_MAX];
	int descriptor, number;
	bool done;

	if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary)
		return error_set(error, FAULT_USAGE, "%s: path too long", path);
	descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (descriptor < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", temporary);
	done = write_all(descriptor, bytes, size);
	number = errno;
	if (close(descriptor) != 0 && done) {
		done = false;
		number = errno;
	}
	if (done && (rename(temporary, path) != 0 || !flush_folder(path))) {
		done = false;
		number = errno;
	}
	if (done)
		return true;
	unlink(temporary);
	return error_set_errno(error, FAULT_ENVIRONMENT, number, "%s", path);
}
