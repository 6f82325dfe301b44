/* What verify finds in a folder that was changed, what the manifest covers, and the order in which two chains are read. */

#include "rig/base/file.h"
#include "rig/base/instant.h"
#include "rig/evidence/manifest.h"
#include "rig/evidence/verify.h"
#include "tests/support/night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FLIPS 500 /* memory and threads are looked at there, and each costs twenty times as much */
#else
#define FLIPS 10000
#endif

static struct error error;
static char folder[PATH_MAX];
static struct verification result;

static void must(bool done)
{
	if (!done)
		fail_msg("%s", error.text);
}

static void verify(void)
{
	must(verify_folder(&result, folder, &error));
}

static const char *inside(const char *name)
{
	static char path[PATH_MAX];

	must(folder_path(path, folder, name, &error));
	return path;
}

static void write_file(const char *name, const char *content)
{
	must(file_write(inside(name), content, strlen(content), &error));
}

static int fresh_night(void **state)
{
	static int number;
	char name[32];
	struct night night = {.clause = "", .slot_count = 1, .slots = {{.name = "A", .outage_ns = 240 * NS_PER_S, .ad1 = true}}};

	(void)state;
	(void)snprintf(name, sizeof name, "night-%d-%d", (int)getpid(), number++);
	night.run = name;
	night_make(&night, folder);
	return 0;
}

/* A finished folder with everything that a manifest covers, and some reports that it does not. */
static int sealed_night(void **state)
{
	fresh_night(state);
	write_file("bench.yaml", "bench: left-desk\n");
	assert_int_equal(mkdir(inside("raw"), 0755), 0);
	write_file("raw/edges.jsonl", "{}\n");
	write_file("report.html", "<!doctype html>");
	must(manifest_write(folder, &error));
	return 0;
}

static void a_whole_folder_has_no_flaw(void **state)
{
	(void)state;
	verify();
	assert_int_equal(result.flaw_count, 0);
	assert_true(result.ended);
	assert_true(result.sealed);
	assert_int_equal(result.files, 3);
	assert_true(result.heads.journal_lines > 50);
	write_file("report.html", "another report");
	write_file("devices.csv", "guid\n");
	write_file("junit.xml", "<testsuites/>");
	verify();
	assert_int_equal(result.flaw_count, 0);
}

static void expect_flaw(enum flaw_kind kind, const char *file, const char *text)
{
	verify();
	assert_int_equal(result.flaw_count, 1);
	assert_string_equal(flaw_kind_name(result.flaws[0].kind), flaw_kind_name(kind));
	assert_string_equal(result.flaws[0].file, file);
	if (!strstr(result.flaws[0].text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, result.flaws[0].text);
}

/* The golden manifest is also held against reports/manifest.schema.json, by tests/command/schemas.py. */
static void a_manifest_has_one_way_to_be_written(void **state)
{
	struct file golden, written;

	(void)state;
	unlink(inside(FOLDER_JOURNAL));
	must(manifest_write(folder, &error));
	must(file_read(&written, inside(FOLDER_MANIFEST), 1 << 20, &error));
	must(file_read(&golden, "tests/unit/manifest.json", 1 << 20, &error));
	assert_int_equal(written.size, golden.size);
	assert_memory_equal(written.bytes, golden.bytes, golden.size);
	file_done(&written);
	file_done(&golden);
}

static void a_changed_file_is_named(void **state)
{
	(void)state;
	write_file("bench.yaml", "bench: right-desk\n");
	expect_flaw(FLAW_CHANGED, "bench.yaml", "changed: 18 bytes, manifest.json says 17");
	write_file("bench.yaml", "bench: left-dusk\n");
	expect_flaw(FLAW_CHANGED, "bench.yaml", "its SHA-256 is not the one of manifest.json");
}

static void a_missing_file_is_named(void **state)
{
	(void)state;
	unlink(inside("raw/edges.jsonl"));
	expect_flaw(FLAW_MISSING, "raw/edges.jsonl", "missing, manifest.json names it");
}

static void an_added_file_is_named_wherever_it_sorts(void **state)
{
	static const char *const names[] = {"a-first.yaml", "in-between.yaml", "raw/a-first.jsonl", "raw/more.jsonl", "z-last.yaml"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		write_file(names[i], "{}\n");
		expect_flaw(FLAW_ADDED, names[i], "manifest.json does not name it");
		unlink(inside(names[i]));
	}
}

static void a_link_is_not_followed(void **state)
{
	(void)state;
	unlink(inside("bench.yaml"));
	assert_int_equal(symlink("/etc/hostname", inside("bench.yaml")), 0);
	verify();
	assert_true(result.flaw_count > 0);
	assert_int_equal(result.flaws[0].kind, FLAW_FORM);
}

static void any_other_writing_of_the_manifest_is_refused(void **state)
{
	static const char *const forms[] = {
		"", "[]", "{", "{\"manifest\":1,\"files\":[]}", "{\"manifest\":1,\"files\":[\n\n]}\n ",
		"{\"manifest\":1,\"files\":[\n{\"name\":\"../x\",\"size_bytes\":1,\"sha256\":"
		"\"0000000000000000000000000000000000000000000000000000000000000000\"}\n]}\n",
		"{\"manifest\":1,\"files\":[\n{\"name\":\"x\",\"size_bytes\":-1,\"sha256\":"
		"\"0000000000000000000000000000000000000000000000000000000000000000\"}\n]}\n",
		"{\"manifest\":1,\"files\":[\n{\"name\":\"x\",\"size_bytes\":1,\"sha256\":\"00\"}\n]}\n",
		"{\"manifest\":1,\"files\":[\n"
		"{\"name\":\"x\",\"size_bytes\":1,\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"},\n"
		"{\"name\":\"x\",\"size_bytes\":1,\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}\n]}\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof forms / sizeof *forms; i++) {
		write_file("manifest.json", forms[i]);
		expect_flaw(FLAW_FORM, "manifest.json", "");
	}
}

static void without_a_manifest_the_chain_still_proves_itself(void **state)
{
	(void)state;
	unlink(inside("manifest.json"));
	verify();
	assert_int_equal(result.flaw_count, 0);
	assert_false(result.sealed);
}

/* Documents and raw files are named by the chain itself. */
static void what_a_line_names_is_compared_without_a_manifest(void **state)
{
	struct record document = {.kind = RECORD_DOCUMENT}, raw = {.kind = RECORD_RAW};
	struct sha256 *sha256 = sha256_new();
	struct writer *writer;
	size_t torn;

	(void)state;
	unlink(inside("manifest.json"));
	strcpy(document.data.document.name, "bench.yaml");
	document.data.document.size_bytes = 17;
	sha256_hex(sha256, "bench: left-desk\n", 17, document.data.document.sha256);
	strcpy(raw.data.raw.name, "edges.jsonl");
	raw.data.raw.size_bytes = 3;
	sha256_hex(sha256, "{}\n", 3, raw.data.raw.sha256);
	must(writer_resume(&writer, inside(FOLDER_JOURNAL), NULL, NULL, &torn, &error));
	must(writer_put(writer, &document, &error));
	must(writer_put(writer, &raw, &error));
	must(writer_close(writer, &error));
	verify();
	assert_int_equal(result.flaw_count, 0);
	assert_int_equal(result.files, 2);
	assert_false(result.ended);
	write_file("bench.yaml", "bench: left-dusk\n");
	unlink(inside("raw/edges.jsonl"));
	verify();
	assert_int_equal(result.flaw_count, 1);
	assert_int_equal(result.flaws[0].kind, FLAW_CHANGED);
	assert_int_equal(result.absent_count, 1);
	assert_string_equal(result.absent, "raw/edges.jsonl");
	/* In a sealed folder a file that is not there is a flaw, of the line and of the manifest. */
	must(manifest_write(folder, &error));
	verify();
	assert_int_equal(result.flaw_count, 2);
	assert_int_equal(result.flaws[1].kind, FLAW_MISSING);
	assert_string_equal(result.flaws[1].file, "raw/edges.jsonl");
	sha256_free(sha256);
}

/* A run that is resumed adds to its raw files; what its first life said of them stays true of their front. */
static void a_raw_file_may_grow_only_in_a_later_life_that_says_so(void **state)
{
	struct record raw = {.kind = RECORD_RAW}, end = {.kind = RECORD_END};
	struct sha256 *sha256 = sha256_new();
	struct writer *writer;
	size_t torn;

	(void)state;
	unlink(inside("manifest.json"));
	strcpy(raw.data.raw.name, "edges.jsonl");
	raw.data.raw.size_bytes = 3;
	sha256_hex(sha256, "{}\n", 3, raw.data.raw.sha256);
	must(writer_resume(&writer, inside(FOLDER_JOURNAL), NULL, NULL, &torn, &error));
	must(writer_put(writer, &raw, &error));
	must(writer_put(writer, &end, &error));
	must(writer_flush(writer, &error));
	verify();
	assert_int_equal(result.flaw_count, 0);
	write_file("raw/edges.jsonl", "{}\n{}\n");
	verify();
	assert_int_equal(result.flaw_count, 1); /* nobody said so yet, and the run has ended */
	assert_int_equal(result.flaws[0].kind, FLAW_CHANGED);
	raw.data.raw.size_bytes = 6;
	sha256_hex(sha256, "{}\n{}\n", 6, raw.data.raw.sha256);
	must(writer_put(writer, &raw, &error));
	must(writer_put(writer, &end, &error));
	must(writer_close(writer, &error));
	verify();
	assert_int_equal(result.flaw_count, 0);
	write_file("raw/edges.jsonl", "[]\n{}\n");
	verify();
	assert_int_equal(result.flaw_count, 2); /* of both lives */
	write_file("raw/edges.jsonl", "{}\n");
	verify();
	assert_int_equal(result.flaw_count, 1);
	sha256_free(sha256);
}

static void a_name_that_leads_out_of_the_folder_is_a_flaw(void **state)
{
	static const char *const names[] = {"../secret", "/etc/passwd", "", "a//b", "a/../b", ".", "a\nb"};
	struct record document = {.kind = RECORD_DOCUMENT};
	struct writer *writer;
	size_t torn, i;

	(void)state;
	unlink(inside("manifest.json"));
	must(writer_resume(&writer, inside(FOLDER_JOURNAL), NULL, NULL, &torn, &error));
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		assert_false(folder_is_safe_name(names[i]));
		strcpy(document.data.document.name, names[i]);
		must(writer_put(writer, &document, &error));
	}
	must(writer_close(writer, &error));
	verify();
	assert_int_equal(result.flaw_count, i);
	assert_int_equal(result.flaws[0].kind, FLAW_FORM);
}

/* Ten thousand random bits, one at a time: each is found, and in the line where it is or the one behind it. */
static void any_flipped_bit_is_found_in_its_line(void **state)
{
	uint64_t seed = UINT64_C(20261123) + (uint64_t)getpid();
	struct file file;
	int descriptor, i;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	must(file_read(&file, inside(FOLDER_JOURNAL), 1 << 24, &error));
	descriptor = open(inside(FOLDER_JOURNAL), O_RDWR);
	for (i = 0; i < FLIPS; i++) {
		uint64_t line = 1;
		size_t at, j;
		char byte;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		at = (size_t)(seed >> 3) % file.size;
		byte = (char)(file.bytes[at] ^ (1 << (seed & 7)));
		for (j = 0; j < at; j++)
			line += file.bytes[j] == '\n';
		assert_int_equal(pwrite(descriptor, &byte, 1, (off_t)at), 1);
		must(verify_folder(&result, folder, &error));
		if (result.flaw_count != 1 || result.flaws[0].kind != FLAW_LINE || result.flaws[0].line != line)
			fail_msg("bit %d of byte %zu, line %llu: %d flaws, line %llu", (int)(seed & 7), at,
				 (unsigned long long)line, result.flaw_count, (unsigned long long)result.flaws[0].line);
		assert_int_equal(pwrite(descriptor, file.bytes + at, 1, (off_t)at), 1);
	}
	close(descriptor);
	file_done(&file);
	verify();
	assert_int_equal(result.flaw_count, 0);
}

static size_t line_start(const struct file *file, int line)
{
	const char *at = file->bytes;

	while (--line > 0)
		at = strchr(at, '\n') + 1;
	return (size_t)(at - file->bytes);
}

static void expect_line(const char *bytes, size_t size, enum damage damage, uint64_t line)
{
	must(file_write(inside(FOLDER_JOURNAL), bytes, size, &error));
	verify();
	assert_int_equal(result.flaw_count, 1);
	assert_int_equal(result.flaws[0].kind, FLAW_LINE);
	assert_string_equal(damage_text(result.flaws[0].damage), damage_text(damage));
	assert_int_equal(result.flaws[0].line, line);
}

static void cut_swapped_joined_and_appended_journals_are_named(void **state)
{
	char *changed;
	struct file file;
	size_t three, four, five;
	uint64_t lines;

	(void)state;
	verify();
	lines = result.heads.journal_lines;
	must(file_read(&file, inside(FOLDER_JOURNAL), 1 << 24, &error));
	changed = malloc(2 * file.size);
	three = line_start(&file, 3);
	four = line_start(&file, 4);
	five = line_start(&file, 5);
	/* Cut in the middle of line 3. */
	expect_line(file.bytes, four - 10, DAMAGE_CUT, 3);
	/* Line 3 taken out; lines 3 and 4 swapped. */
	memcpy(changed, file.bytes, three);
	memcpy(changed + three, file.bytes + four, file.size - four);
	expect_line(changed, file.size - (four - three), DAMAGE_CHAIN, 3);
	memcpy(changed + three, file.bytes + four, five - four);
	memcpy(changed + three + (five - four), file.bytes + three, four - three);
	memcpy(changed + five, file.bytes + five, file.size - five);
	expect_line(changed, file.size, DAMAGE_CHAIN, 3);
	/* Another run, and a line, behind the last. */
	memcpy(changed, file.bytes, file.size);
	memcpy(changed + file.size, file.bytes, file.size);
	expect_line(changed, 2 * file.size, DAMAGE_CHAIN, lines + 1);
	memcpy(changed + file.size, "{}\n", 3);
	expect_line(changed, file.size + 3, DAMAGE_FORM, lines + 1);
	free(changed);
	file_done(&file);
}

static void an_empty_journal_is_damaged(void **state)
{
	(void)state;
	write_file(FOLDER_JOURNAL, "");
	verify();
	assert_int_equal(result.flaw_count, 1);
	assert_int_equal(result.flaws[0].kind, FLAW_EMPTY);
}

/* The order of two chains */

static char order[512];

static void note_text(void *owner, const struct record *record)
{
	(void)owner;
	strcat(order, record->kind == RECORD_BOOT ? "boot" : record->data.note.text);
	strcat(order, " ");
}

static void put_note(struct writer *writer, int64_t t_ns, const char *text)
{
	struct record record = {.kind = text ? RECORD_NOTE : RECORD_BOOT, .t_ns = t_ns};

	if (text)
		strcpy(record.data.note.text, text);
	must(writer_put(writer, &record, &error));
}

static void the_supervisors_lines_stand_in_front_of_the_resume_that_followed(void **state)
{
	struct writer *journal, *supervisor;
	struct heads heads;

	(void)state;
	unlink(inside(FOLDER_JOURNAL));
	must(writer_create(&journal, inside(FOLDER_JOURNAL), &error));
	must(writer_create(&supervisor, inside(FOLDER_SUPERVISOR), &error));
	put_note(journal, 0, NULL);
	put_note(journal, 10, "a");
	put_note(supervisor, 20, "s1");
	put_note(supervisor, 30, "s2");
	put_note(journal, 40, NULL);
	put_note(journal, 50, "b");
	put_note(supervisor, 60, "s3");
	put_note(journal, 70, NULL);
	put_note(journal, 80, "c");
	put_note(supervisor, 90, "s4");
	must(writer_close(journal, &error));
	must(writer_close(supervisor, &error));
	order[0] = '\0';
	must(evidence_read(folder, note_text, NULL, &heads, &error));
	assert_string_equal(order, "boot a s1 s2 boot b s3 boot c s4 ");
	assert_int_equal(heads.journal_lines, 6);
	assert_int_equal(heads.supervisor_lines, 4);
}

static void a_folder_of_folders_is_listed_in_order(void **state)
{
	char above[PATH_MAX];
	struct names names;
	size_t i;

	(void)state;
	(void)snprintf(above, sizeof above, "%s", folder);
	*strrchr(above, '/') = '\0';
	must(folder_list(&names, above, &error));
	assert_true(names.count > 3);
	for (i = 1; i < names.count; i++)
		assert_true(strcmp(names.names[i - 1], names.names[i]) < 0);
	names_done(&names);
	must(folder_list(&names, folder, &error));
	assert_int_equal(names.count, 1);
	assert_string_equal(names.names[0], folder);
	names_done(&names);
	assert_int_equal(mkdir(inside("nothing"), 0755), 0);
	assert_false(folder_list(&names, inside("nothing"), &error));
	assert_int_equal(error.fault, FAULT_USAGE);
	assert_false(folder_list(&names, "/nonexistent", &error));
}

static void a_folder_is_made_once(void **state)
{
	char path[PATH_MAX];

	(void)state;
	must(folder_create(path, inside("reports"), INT64_C(1795456862123456), "ota journey/..", "7f3a", &error));
	assert_string_equal(strrchr(path, '/'), "/20261123T180102Z-ota_journey___-7f3a");
	assert_false(folder_create(path, inside("reports"), INT64_C(1795456862123456), "ota journey/..", "7f3a", &error));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_whole_folder_has_no_flaw, sealed_night),
		cmocka_unit_test_setup(a_manifest_has_one_way_to_be_written, sealed_night),
		cmocka_unit_test_setup(a_changed_file_is_named, sealed_night),
		cmocka_unit_test_setup(a_missing_file_is_named, sealed_night),
		cmocka_unit_test_setup(an_added_file_is_named_wherever_it_sorts, sealed_night),
		cmocka_unit_test_setup(a_link_is_not_followed, sealed_night),
		cmocka_unit_test_setup(any_other_writing_of_the_manifest_is_refused, sealed_night),
		cmocka_unit_test_setup(without_a_manifest_the_chain_still_proves_itself, sealed_night),
		cmocka_unit_test_setup(what_a_line_names_is_compared_without_a_manifest, sealed_night),
		cmocka_unit_test_setup(a_raw_file_may_grow_only_in_a_later_life_that_says_so, sealed_night),
		cmocka_unit_test_setup(a_name_that_leads_out_of_the_folder_is_a_flaw, sealed_night),
		cmocka_unit_test_setup(any_flipped_bit_is_found_in_its_line, fresh_night),
		cmocka_unit_test_setup(cut_swapped_joined_and_appended_journals_are_named, fresh_night),
		cmocka_unit_test_setup(an_empty_journal_is_damaged, fresh_night),
		cmocka_unit_test_setup(the_supervisors_lines_stand_in_front_of_the_resume_that_followed, fresh_night),
		cmocka_unit_test_setup(a_folder_of_folders_is_listed_in_order, fresh_night),
		cmocka_unit_test_setup(a_folder_is_made_once, fresh_night),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
