/*
 * The strict reader against jansson: whatever it takes, jansson takes too, with the same values. What it refuses may well be
 * JSON; that is the point of it. Lines are those of the fuzzer's corpus (one of each kind), as they are and changed at random.
 */

#include "rig/base/file.h"
#include "rig/evidence/folder.h"
#include "tests/support/jansson_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CORPUS "tests/fuzz/corpus/journal"

static struct names names;
static uint64_t seed;

static uint64_t draw(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* One line of the corpus without its newline; its size. */
static size_t load(size_t index, char *bytes, size_t room)
{
	char path[PATH_MAX];
	struct error error;
	struct file file;
	const char *newline;
	size_t size;

	assert_true(folder_path(path, CORPUS, names.names[index], &error));
	assert_true(file_read(&file, path, room, &error));
	newline = strchr(file.bytes, '\n');
	size = newline ? (size_t)(newline - file.bytes) : file.size;
	memcpy(bytes, file.bytes, size);
	file_done(&file);
	return size;
}

static void every_kind_means_the_same_to_jansson(void **state)
{
	static char bytes[LINE_SIZE_MAX];
	bool seen[RECORD_KIND_COUNT] = {false};
	struct record record;
	size_t i, size, hash_at;

	(void)state;
	for (i = 0; i < names.count; i++) {
		size = load(i, bytes, sizeof bytes);
		if (!line_get(bytes, size, &record, &hash_at))
			continue; /* what a fuzzer once found */
		assert_true(jansson_reads_the_same(bytes, size, &record));
		seen[record.kind] = true;
	}
	for (i = 0; i < RECORD_KIND_COUNT; i++)
		if (!seen[i])
			fail_msg("no line of kind %s in " CORPUS, record_kind_name((enum record_kind)i));
}

/* One byte replaced, taken out, doubled or put in. */
static size_t change(char *bytes, size_t size)
{
	static const char pieces[] = "0123456789-.eE\"\\{}[]:, utrfnb/\x01\x7f\xc3\xa9\xff";
	size_t at = draw() % size;

	switch (draw() % 4) {
	case 0:
		bytes[at] = pieces[draw() % (sizeof pieces - 1)];
		return size;
	case 1:
		memmove(bytes + at, bytes + at + 1, size - at - 1);
		return size - 1;
	case 2:
		memmove(bytes + at + 1, bytes + at, size - at);
		return size + 1;
	default:
		memmove(bytes + at + 1, bytes + at, size - at);
		bytes[at] = pieces[draw() % (sizeof pieces - 1)];
		return size + 1;
	}
}

static void what_it_takes_of_changed_lines_jansson_takes_too(void **state)
{
	static char bytes[LINE_SIZE_MAX + 8];
	struct record record;
	size_t i, size, hash_at;
	int round, taken = 0, refused = 0;

	(void)state;
	seed = UINT64_C(20261123) + (uint64_t)getpid();
	print_message("seed %llu\n", (unsigned long long)seed);
	for (i = 0; i < names.count; i++) {
		for (round = 0; round < 3000; round++) {
			size = load(i, bytes, LINE_SIZE_MAX);
			if (size == 0)
				break;
			size = change(bytes, size);
			if (!line_get(bytes, size, &record, &hash_at)) {
				refused++;
				continue;
			}
			taken++;
			if (!jansson_reads_the_same(bytes, size, &record))
				fail_msg("%.*s", (int)size, bytes);
		}
	}
	print_message("%d taken, %d refused\n", taken, refused);
	assert_true(taken > 1000 && refused > 10000);
}

static int list(void **state)
{
	struct error error;

	(void)state;
	return folder_files(&names, CORPUS, &error) ? 0 : -1;
}

static int unlist(void **state)
{
	(void)state;
	names_done(&names);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_means_the_same_to_jansson),
		cmocka_unit_test(what_it_takes_of_changed_lines_jansson_takes_too),
	};

	return cmocka_run_group_tests(tests, list, unlist);
}
