#ifndef HILRIG_RIG_BASE_FILE_H
#define HILRIG_RIG_BASE_FILE_H

/* Whole files, read with a limit and written so that a reader sees either the old content or the new. */

#include "rig/base/error.h"

/* Most bytes of a file that a person wrote (bench, load sheet, scenario, order, rule, profile). */
#define FILE_PEOPLE_SIZE_MAX (1024 * 1024)

/* A file in memory. `bytes` has a zero behind its last byte; file_done gives it back. */
struct file {
	char *bytes;
	size_t size;
};

/*
 * Reads a regular file of at most `size_max` bytes. Errors name the path: FAULT_CONFIGURATION for one that is missing,
 * too long or not a regular file.
 */
MUST_USE bool file_read(struct file *file, const char *path, size_t size_max, struct error *error);
void file_done(struct file *file);

/*
 * Writes all of it to a temporary file beside `path`, flushes it to the disk and renames it over `path`.
 * FAULT_ENVIRONMENT where the disk refuses.
 */
MUST_USE bool file_write(const char *path, const void *bytes, size_t size, struct error *error);

#endif
