/* From a folder, a bench's name or file, or nothing, to the bench whose run is meant. */

#include "rig/command/which_run.h"

#include "rig/base/text.h"
#include "rig/bench/bench.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/reader.h"
#include "rig/supervisor/seat.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool find_bench_file(const char *name, char path[WORKSPACE_PATH_SIZE], const struct workspace *workspace,
			    struct error *error)
{
	if (!strchr(name, '/') && access(name, F_OK) != 0)
		return workspace_find(workspace, "scenarios/benches", name, path, error);
	return text_copy(path, WORKSPACE_PATH_SIZE, name) || error_set(error, FAULT_USAGE, "%s: path too long", name);
}

/* A bench is named as `who` names it, or by its file. */
static bool take_bench(char bench_name[WORD_TEXT_SIZE], const char *name, struct error *error)
{
	static struct bench bench;
	struct workspace workspace;
	struct problems problems;
	char path[WORKSPACE_PATH_SIZE], status[SEAT_LINE_SIZE];
	bool loaded;

	text_copy(bench_name, WORD_TEXT_SIZE, name);
	if (seat_status(bench_name, status))
		return true;
	workspace_init(&workspace);
	if (!find_bench_file(name, path, &workspace, NULL))
		return error_set(error, FAULT_USAGE, "%s: no run goes on at a bench of that name, and there is no such bench file; "
				 "hilrig who lists the runs", name);
	problems_init(&problems);
	loaded = bench_load(&bench, path, &workspace, &problems);
	problems_done(&problems);
	if (!loaded)
		return error_set(error, FAULT_CONFIGURATION, "%s is not in order; name the bench as hilrig who does", path);
	text_copy(bench_name, WORD_TEXT_SIZE, bench.name);
	bench_done(&bench);
	return seat_status(bench_name, status) ||
	       error_set(error, FAULT_USAGE, "no run goes on at bench %s; hilrig follow DIR shows one that is over", bench_name);
}

/* From the journal's second line. What comes behind it is for the follower, which knows whether the run still writes. */
static bool read_bench(char bench_name[WORD_TEXT_SIZE], struct reader *reader, struct error *error)
{
	struct record record = {.kind = RECORD_KIND_COUNT};
	bool got = true;

	while (got && record.kind != RECORD_RUN)
		if (!reader_next(reader, &record, &got, error))
			return false;
	if (!got)
		return error_set(error, FAULT_EVIDENCE, "%s: does not say yet what run it is; name its bench with --bench", reader->path);
	text_copy(bench_name, WORD_TEXT_SIZE, record.data.run.bench);
	return true;
}

static bool take_folder(char bench_name[WORD_TEXT_SIZE], const char *folder, struct sha256 *sha256, struct error *error)
{
	struct reader reader;
	char path[PATH_MAX];
	bool done;

	if (!folder_path(path, folder, FOLDER_JOURNAL, error) || !reader_open(&reader, path, sha256, error))
		return false;
	done = read_bench(bench_name, &reader, error);
	reader_close(&reader);
	return done;
}

/* A seat may be taken for other things; the socket of a run, of a dead rig too, is there until its supervisor has ended. */
static bool has_run(const char *bench)
{
	char status[SEAT_LINE_SIZE], path[SEAT_PATH_SIZE];

	return seat_status(bench, status) && seat_run_path(path, bench, NULL) && access(path, F_OK) == 0;
}

/* The only run of this user. */
static bool take_only_run(char bench_name[WORD_TEXT_SIZE], struct error *error)
{
	char names[SEATS_MAX][64], list[ERROR_TEXT_MAX];
	int seats = seat_list(names), runs = 0, i;
	struct text text;

	text_init(&text, list, sizeof list);
	for (i = 0; i < seats; i++) {
		if (!has_run(names[i]))
			continue;
		text_format(&text, "%s%s", runs++ ? ", " : "", names[i]);
		text_copy(bench_name, WORD_TEXT_SIZE, names[i]);
	}
	if (runs == 1)
		return true;
	if (runs == 0)
		return error_set(error, FAULT_USAGE, "no run of this user goes on; hilrig follow DIR shows one that is over");
	return error_set(error, FAULT_USAGE, "%d runs go on, at benches %s: name one with --bench", runs, list);
}

bool which_run(char bench_name[WORD_TEXT_SIZE], const char *folder, const char *bench, struct sha256 *sha256, struct error *error)
{
	if (folder && bench)
		return error_set(error, FAULT_USAGE, "DIR says which bench it is: give it or --bench, not both");
	if (folder)
		return take_folder(bench_name, folder, sha256, error);
	return bench ? take_bench(bench_name, bench, error) : take_only_run(bench_name, error);
}
