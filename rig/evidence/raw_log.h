#ifndef HILRIG_RIG_EVIDENCE_RAW_LOG_H
#define HILRIG_RIG_EVIDENCE_RAW_LOG_H

/*
 * The files of raw/: bytes as they were on each line, one file a line, "t_ns direction hex" in each of theirs. They support the
 * journal and decide nothing, so a full disk costs these first and the run nothing.
 *
 * Lines are buffered until raw_log_hand_over or until RAW_LOG_BUFFER_SIZE of a file are full. Nothing is allocated after
 * raw_log_new; of files beyond RAW_LOG_FILES_MAX nothing is kept.
 */

#include "rig/base/error.h"
#include "rig/journal/record.h"

#define RAW_LOG_FILES_MAX 160
#define RAW_LOG_BYTES_MAX 512        /* of one put; more is cut */
#define RAW_LOG_BUFFER_SIZE 4096

struct raw_log;

/* For folder/raw, which exists and where files of an earlier life are gone on with. NULL: no memory. */
struct raw_log *raw_log_new(const char *folder);
void raw_log_free(struct raw_log *log);

/* Bytes of the line `name`: '>' sent, '<' received, '!' received and dropped. */
void raw_log_put(struct raw_log *log, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size);

/* What waits goes to the kernel: it then outlives the process. */
void raw_log_hand_over(struct raw_log *log);

/* Closes all files, on the disk, and tells each one's name, size and digest as a RAW record. */
void raw_log_close(struct raw_log *log, void (*tell)(void *self, const struct record *raw), void *self);

#endif
