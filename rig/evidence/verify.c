/* What of a folder still proves itself: the chains line by line, then every file against what is written of it. */

#include "rig/evidence/verify.h"

#include "rig/evidence/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define BY_SIZE 96

static const char *const kind_names[FLAW_KIND_COUNT] = {
	[FLAW_LINE] = "line",	    [FLAW_EMPTY] = "empty", [FLAW_MISSING] = "missing",
	[FLAW_CHANGED] = "changed", [FLAW_ADDED] = "added", [FLAW_SIGNATURE] = "signature",
	[FLAW_FORM] = "form",
};

const char *flaw_kind_name(enum flaw_kind kind)
{
	return kind_names[kind];
}

#define RAWS_MAX 256

/* A file of raw/, and the line that spoke of it last. */
struct stated_raw {
	char name[FOLDER_NAME_SIZE];
	int64_t size_bytes;
	char by[BY_SIZE];
};

struct checking {
	struct verification *result;
	struct stated_raw raws[RAWS_MAX];
	int raw_count;
	const char *folder;
	char run[WORD_TEXT_SIZE], bench[WORD_TEXT_SIZE]; /* as the journal names them */
	struct sha256 *of_chain;   /* busy while a line is read */
	struct sha256 *of_file;
};

static struct flaw *add_flaw(struct verification *result, enum flaw_kind kind, const char *file)
{
	static struct flaw overflow; /* counted, not kept; nobody reads it */
	struct flaw *flaw = result->flaw_count < FLAWS_MAX ? &result->flaws[result->flaw_count] : &overflow;

	result->flaw_count++;
	*flaw = (struct flaw){.kind = kind};
	(void)snprintf(flaw->file, sizeof flaw->file, "%s", file);
	return flaw;
}

static void say(struct flaw *flaw, const char *what)
{
	(void)snprintf(flaw->text, sizeof flaw->text, "%s: %s", flaw->file, what);
}

static void say_size(struct verification *result, const char *name, int64_t size, const char *by, int64_t stated)
{
	struct flaw *flaw = add_flaw(result, FLAW_CHANGED, name);

	(void)snprintf(flaw->text, sizeof flaw->text, "%s: changed: %lld bytes, %s says %lld", name, (long long)size, by,
		       (long long)stated);
}

/* Compares one file, or the first `most_bytes` of it, with the digest that `by` states. */
static void check_file(struct checking *checking, const char *name, int64_t most_bytes, const char *sha256, int64_t size_bytes,
		       const char *by)
{
	struct verification *result = checking->result;
	char path[PATH_MAX], hex[SHA256_HEX_SIZE];
	struct error error;
	struct flaw *flaw;
	int64_t size;

	if (!folder_is_safe_name(name)) {
		flaw = add_flaw(result, FLAW_FORM, name);
		(void)snprintf(flaw->text, sizeof flaw->text, "%s names a file that cannot be one of this folder", by);
		return;
	}
	if (!folder_has(checking->folder, name) && !result->sealed) {
		if (result->absent_count++ == 0)
			(void)snprintf(result->absent, sizeof result->absent, "%s", name);
		return;
	}
	if (!folder_has(checking->folder, name)) {
		flaw = add_flaw(result, FLAW_MISSING, name);
		(void)snprintf(flaw->text, sizeof flaw->text, "%s: missing, %s names it", name, by);
		return;
	}
	if (!folder_path(path, checking->folder, name, &error) ||
	    !file_digest_front(path, most_bytes, checking->of_file, hex, &size, &error)) {
		(void)snprintf(add_flaw(result, FLAW_FORM, name)->text, sizeof result->flaws[0].text, "%s", error.text);
		return;
	}
	result->files++;
	if (size == size_bytes && strcmp(hex, sha256) == 0)
		return;
	if (size != size_bytes) {
		say_size(result, name, size, by, size_bytes);
		return;
	}
	flaw = add_flaw(result, FLAW_CHANGED, name);
	(void)snprintf(flaw->text, sizeof flaw->text, "%s: changed: its SHA-256 is not the one of %s", name, by);
}

/* A run that is resumed goes on with its files of raw/: what was stated before is true of their front. */
static void remember_raw(struct checking *checking, const char *name, int64_t size_bytes, const char *by)
{
	struct stated_raw *raw;
	int i;

	for (i = 0; i < checking->raw_count && strcmp(checking->raws[i].name, name) != 0; i++)
		;
	if (i == RAWS_MAX)
		return;
	raw = &checking->raws[i];
	checking->raw_count += i == checking->raw_count;
	(void)snprintf(raw->name, sizeof raw->name, "%s", name);
	raw->size_bytes = size_bytes;
	(void)snprintf(raw->by, sizeof raw->by, "%s", by);
}

/* Once the run has ended nothing is behind what its last line about a file says. */
static void check_raw_ends(struct checking *checking)
{
	char path[PATH_MAX];
	struct stat status;
	int i;

	for (i = 0; i < checking->raw_count; i++) {
		const struct stated_raw *raw = &checking->raws[i];

		if (folder_path(path, checking->folder, raw->name, NULL) && stat(path, &status) == 0 &&
		    status.st_size > raw->size_bytes)
			say_size(checking->result, raw->name, status.st_size, raw->by, raw->size_bytes);
	}
}

/* The files that a line names by digest. */
static void check_named(struct checking *checking, const char *journal, const struct record *record)
{
	char by[BY_SIZE], name[FOLDER_NAME_SIZE];

	(void)snprintf(by, sizeof by, "%s line %" PRIu64, journal, record->seq + 1);
	if (record->kind == RECORD_DOCUMENT) {
		check_file(checking, record->data.document.name, INT64_MAX, record->data.document.sha256,
			   record->data.document.size_bytes, by);
	} else if (record->kind == RECORD_RAW) {
		(void)snprintf(name, sizeof name, FOLDER_RAW "/%s", record->data.raw.name);
		check_file(checking, name, record->data.raw.size_bytes, record->data.raw.sha256, record->data.raw.size_bytes, by);
		remember_raw(checking, name, record->data.raw.size_bytes, by);
	}
}

static bool check_lines(struct checking *checking, struct reader *reader, const char *name, struct error *error)
{
	struct verification *result = checking->result;
	struct record record;
	struct flaw *flaw;
	bool got;

	for (;;) {
		if (!reader_next(reader, &record, &got, error)) {
			if (reader->damage == DAMAGE_NONE)
				return false;
			flaw = add_flaw(result, FLAW_LINE, name);
			flaw->damage = reader->damage;
			flaw->line = reader->chain.next_seq + 1;
			(void)snprintf(flaw->text, sizeof flaw->text, "%s: line %" PRIu64 ": %s", name, flaw->line,
				       damage_text(flaw->damage));
			return true;
		}
		if (!got)
			break;
		result->ended = record.kind == RECORD_END;
		if (record.kind == RECORD_RUN) {
			text_copy(checking->run, sizeof checking->run, record.data.run.run);
			text_copy(checking->bench, sizeof checking->bench, record.data.run.bench);
		}
		check_named(checking, name, &record);
	}
	/* The supervisor's is made when it is first needed, and a disk that is full then leaves it empty. */
	if (reader->chain.next_seq == 0 && strcmp(name, FOLDER_JOURNAL) == 0) {
		flaw = add_flaw(result, FLAW_EMPTY, name);
		flaw->line = 1;
		(void)snprintf(flaw->text, sizeof flaw->text, "%s: line 1: missing, the file is empty", name);
	}
	return true;
}

static bool check_chain(struct checking *checking, const char *name, uint64_t *lines, char head[DIGEST_TEXT_SIZE],
			struct error *error)
{
	struct reader reader;
	char path[PATH_MAX];
	bool done;

	if (!folder_path(path, checking->folder, name, error) || !reader_open(&reader, path, checking->of_chain, error))
		return false;
	done = check_lines(checking, &reader, name, error);
	*lines = reader.chain.next_seq;
	memcpy(head, reader.chain.last_hash, DIGEST_TEXT_SIZE);
	reader_close(&reader);
	return done;
}

static bool names_has(const struct manifest *manifest, const char *name)
{
	size_t from = 0, to = manifest->count;

	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = strcmp(name, manifest->entries[middle].name);

		if (order == 0)
			return true;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return false;
}

static void check_manifest(struct checking *checking)
{
	struct verification *result = checking->result;
	struct manifest manifest;
	struct names files;
	struct error error;
	size_t i;

	if (!manifest_read(&manifest, checking->folder, &error)) {
		(void)snprintf(add_flaw(result, FLAW_FORM, FOLDER_MANIFEST)->text, sizeof result->flaws[0].text, "%s",
			       error.text);
		return;
	}
	for (i = 0; i < manifest.count; i++)
		check_file(checking, manifest.entries[i].name, INT64_MAX, manifest.entries[i].sha256,
			   manifest.entries[i].size_bytes, FOLDER_MANIFEST);
	if (folder_files(&files, checking->folder, &error)) {
		for (i = 0; i < files.count; i++)
			if (!names_has(&manifest, files.names[i]))
				say(add_flaw(result, FLAW_ADDED, files.names[i]), "added, " FOLDER_MANIFEST " does not name it");
		names_done(&files);
	} else {
		(void)snprintf(add_flaw(result, FLAW_FORM, ".")->text, sizeof result->flaws[0].text, "%s", error.text);
	}
	manifest_done(&manifest);
}

/* Keys beside the signature are covered by nothing, so each must at least be one. */
static void check_keys(struct checking *checking)
{
	struct public_key key;
	struct names files;
	struct error error;
	size_t i;

	if (!folder_matching(&files, checking->folder, "*.pub", &error)) {
		(void)snprintf(add_flaw(checking->result, FLAW_FORM, ".")->text, sizeof checking->result->flaws[0].text, "%s",
			       error.text);
		return;
	}
	for (i = 0; i < files.count; i++)
		if (!public_key_read(&key, checking->folder, files.names[i], &error))
			(void)snprintf(add_flaw(checking->result, FLAW_FORM, files.names[i])->text,
				       sizeof checking->result->flaws[0].text, "%s", error.text);
	names_done(&files);
}

static void check_signature(struct checking *checking, const struct trusted_keys *trusted)
{
	struct verification *result = checking->result;
	char comment[SIGNATURE_COMMENT_SIZE];
	struct error error;

	sign_comment(comment, checking->run, checking->bench, result->heads.journal);
	/* A damaged journal has no head, and is told already. */
	if (!sign_check(&result->signed_by, checking->folder, trusted, result->flaw_count ? NULL : comment, &error))
		(void)snprintf(add_flaw(result, FLAW_SIGNATURE, FOLDER_SIGNATURE)->text, sizeof result->flaws[0].text, "%s",
			       error.text);
}

static bool check_all(struct checking *checking, const struct trusted_keys *trusted, struct error *error)
{
	struct verification *result = checking->result;
	bool ended;

	result->sealed = folder_has(checking->folder, FOLDER_MANIFEST);
	if (!check_chain(checking, FOLDER_JOURNAL, &result->heads.journal_lines, result->heads.journal, error))
		return false;
	ended = result->ended;
	if (ended)
		check_raw_ends(checking);
	if (folder_has(checking->folder, FOLDER_SUPERVISOR) &&
	    !check_chain(checking, FOLDER_SUPERVISOR, &result->heads.supervisor_lines, result->heads.supervisor, error))
		return false;
	result->ended = ended;
	if (result->sealed)
		check_manifest(checking);
	check_keys(checking);
	check_signature(checking, trusted);
	return true;
}

bool verify_folder_by(struct verification *verification, const char *folder, const struct trusted_keys *trusted,
		      struct error *error)
{
	struct checking checking = {.result = verification, .folder = folder, .of_chain = sha256_new(), .of_file = sha256_new()};
	bool done;

	memset(verification, 0, sizeof *verification);
	done = check_all(&checking, trusted, error);
	sha256_free(checking.of_chain);
	sha256_free(checking.of_file);
	return done;
}

bool verify_folder(struct verification *verification, const char *folder, struct error *error)
{
	return verify_folder_by(verification, folder, NULL, error);
}
