/*
 * A journal's figures on this machine: writing a million lines with their hashes, judging and verifying them by the program,
 * each beside what the same bytes cost a plain SHA-256. Times are of the processor (user and system), since other work may be
 * going on; the clock's stand beside them.
 */

#include "rig/base/instant.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/writer.h"

#include <assert.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINES 1000000
#define SLOTS 64
#define UTC_US INT64_C(1795456800000000)

extern char **environ;

struct cost {
	double cpu_s, wall_s;
};

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct cost now(void)
{
	return (struct cost){seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC)};
}

static struct cost since(struct cost start)
{
	struct cost end = now();

	return (struct cost){end.cpu_s - start.cpu_s, end.wall_s - start.wall_s};
}

static struct record record_of(enum record_kind kind, int slot, int64_t t_ns)
{
	struct record record = {.kind = kind, .t_ns = t_ns, .utc_us = UTC_US + t_ns / 1000};

	if (slot >= 0)
		(void)snprintf(record.slot, sizeof record.slot, "%d", slot);
	return record;
}

static void put(struct writer *writer, struct record record)
{
	struct error error;

	if (!writer_put(writer, &record, &error)) {
		fprintf(stderr, "%s\n", error.text);
		exit(1);
	}
}

static void channel_of(char to[CHANNEL_NAME_SIZE], int slot)
{
	(void)snprintf(to, CHANNEL_NAME_SIZE, "pins.%d", slot);
}

/* What stands in front of the start of a run with 64 slots. */
static void put_preamble(struct writer *writer)
{
	struct record record = record_of(RECORD_BOOT, -1, 0);
	int slot;

	strcpy(record.data.boot.boot_id, "bench");
	put(writer, record);
	record = record_of(RECORD_RUN, -1, 0);
	strcpy(record.data.run.run, "bench");
	record.data.run.attempts = 1;
	put(writer, record);
	record = record_of(RECORD_RULE, -1, 0);
	record.data.rule.limit_ns = 180 * NS_PER_S;
	put(writer, record);
	record = record_of(RECORD_TERM, -1, 0);
	strcpy(record.data.term.term, "stamp");
	strcpy(record.data.term.source, "bench");
	record.data.term.half_width_ns = 50000;
	record.data.term.edges = 2;
	put(writer, record);
	for (slot = 0; slot < SLOTS; slot++) {
		record = record_of(RECORD_SLOT, slot, 0);
		channel_of(record.data.slot.sense, slot);
		record.data.slot.settle_ns = 50 * NS_PER_MS;
		record.data.slot.bounce_ns = 20 * NS_PER_MS;
		put(writer, record);
	}
	put(writer, record_of(RECORD_START, -1, 0));
	for (slot = 0; slot < SLOTS; slot++) {
		record = record_of(RECORD_WATCH, slot, 0);
		record.data.watch.cases = CASE_BIT(CASE_OUTAGE);
		put(writer, record);
	}
}

/* Levels once a second, and an outage of 20 s on every slot every 100 s: 156 a slot. */
static void put_night(struct writer *writer)
{
	int64_t seqnos[SLOTS] = {0}, t_ns;
	int line, slot;

	for (line = 0; line < LINES; line++) {
		struct record record;
		int64_t round = line / SLOTS;

		slot = line % SLOTS;
		t_ns = round * NS_PER_S + slot;
		if (round % 100 == 50 || round % 100 == 70) {
			record = record_of(RECORD_EDGE, slot, t_ns);
			channel_of(record.data.edge.channel, slot);
			record.data.edge.level = round % 100 == 70;
			record.data.edge.seqno = ++seqnos[slot];
		} else {
			record = record_of(RECORD_LEVEL, slot, t_ns);
			channel_of(record.data.level.channel, slot);
			record.data.level.level = round % 100 < 50 || round % 100 > 70;
		}
		put(writer, record);
	}
	for (slot = 0; slot < SLOTS; slot++) {
		struct record record = record_of(RECORD_WATCH, slot, (int64_t)LINES * NS_PER_S / SLOTS);

		record.data.watch.cases = CASE_BIT(CASE_OUTAGE);
		record.data.watch.state = SPAN_END;
		put(writer, record);
	}
	put(writer, record_of(RECORD_END, -1, (int64_t)LINES * NS_PER_S / SLOTS));
}

/* The processor's time of a program that succeeds with `expected`; what it prints goes nowhere. */
static struct cost run(char *const *words, int expected)
{
	struct rusage before, after;
	posix_spawn_file_actions_t actions;
	double started = seconds(CLOCK_MONOTONIC);
	struct cost cost;
	int status;
	pid_t child;

	assert(getrusage(RUSAGE_CHILDREN, &before) == 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, words[0], &actions, NULL, words, environ) != 0 || waitpid(child, &status, 0) != child ||
	    !WIFEXITED(status) || WEXITSTATUS(status) != expected) {
		fprintf(stderr, "%s did not end with %d\n", words[0], expected);
		exit(1);
	}
	posix_spawn_file_actions_destroy(&actions);
	assert(getrusage(RUSAGE_CHILDREN, &after) == 0);
	cost.wall_s = seconds(CLOCK_MONOTONIC) - started;
	cost.cpu_s = (double)(after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec - before.ru_stime.tv_sec) +
		     (double)(after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec - before.ru_stime.tv_usec) / 1e6;
	return cost;
}

static const char *reached(bool done)
{
	return done ? "reached" : "NOT REACHED";
}

/* One stream over the bytes in memory: what hashing alone would cost. */
static double plain_sha256(const char *path, double *megabytes)
{
	struct sha256 *sha256 = sha256_new();
	unsigned char digest[SHA256_SIZE];
	char *bytes;
	struct stat status;
	struct cost start, cost;
	int descriptor = open(path, O_RDONLY);

	assert(descriptor >= 0 && fstat(descriptor, &status) == 0);
	bytes = malloc((size_t)status.st_size);
	assert(bytes && read(descriptor, bytes, (size_t)status.st_size) == status.st_size);
	close(descriptor);
	*megabytes = (double)status.st_size / 1e6;
	start = now();
	sha256_begin(sha256);
	sha256_add(sha256, bytes, (size_t)status.st_size);
	sha256_end(sha256, digest);
	cost = since(start);
	sha256_free(sha256);
	free(bytes);
	return cost.cpu_s;
}

int main(void)
{
	char folder[PATH_MAX], path[PATH_MAX];
	char *hilrig = getenv("HILRIG") ? getenv("HILRIG") : (char[]){"build/hilrig"};
	struct writer *writer;
	struct error error;
	struct cost start, write, judge, verify, sum;
	double plain_s, megabytes, lines = LINES;

	(void)snprintf(folder, sizeof folder, "%s/bench-journal", getenv("BUILD") ? getenv("BUILD") : "build");
	(void)mkdir(folder, 0755);
	(void)snprintf(path, sizeof path, "%.*s/" FOLDER_JOURNAL, PATH_MAX - 32, folder);
	unlink(path);
	if (!writer_create(&writer, path, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	put_preamble(writer);
	start = now();
	put_night(writer);
	write = since(start);
	if (!writer_close(writer, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	plain_s = plain_sha256(path, &megabytes);
	printf("writer: %.0f lines/s of %.0f bytes with hashes on one core (wanted 800000: %s); %.2f s, clock %.2f s; "
	       "%.2f times a plain SHA-256 of the same bytes\n", lines / write.cpu_s, megabytes * 1e6 / lines,
	       reached(lines / write.cpu_s >= 800000), write.cpu_s, write.wall_s, write.cpu_s / plain_s);
	judge = run((char *[]){hilrig, (char[]){"judge"}, folder, NULL}, 0);
	printf("judge: %.0f lines in %.2f s, clock %.2f s (wanted under 2 s: %s)\n", lines, judge.cpu_s, judge.wall_s,
	       reached(judge.cpu_s < 2.0));
	verify = run((char *[]){hilrig, (char[]){"verify"}, folder, NULL}, 0);
	sum = run((char *[]){(char[]){"sha256sum"}, path, NULL}, 0);
	printf("verify: %.2f s, clock %.2f s; sha256sum on the same %.0f MB: %.2f s, clock %.2f s; ratio %.2f\n", verify.cpu_s,
	       verify.wall_s, megabytes, sum.cpu_s, sum.wall_s, verify.cpu_s / sum.cpu_s);
	unlink(path);
	rmdir(folder);
	return 0;
}
