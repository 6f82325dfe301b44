/* Files one after the other, then their digests, then the signature. */

#include "rig/command/simulate_pack.h"

#include "rig/base/text.h"
#include "rig/command/revision.h"
#include "rig/command/simulate_table.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/manifest.h"
#include "rig/evidence/sign.h"
#include "rig/run/real/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PROGRAM "/proc/self/exe"

static const char not_covered[] =
	"# What this validation does not cover\n"
	"\n"
	"A campaign runs the shipped engine, bus policy, loaders, observers, measuring, ledger, judge and evidence in a simulated world.\n"
	"It does not show\n"
	"\n"
	"- how late a real kernel stamps an edge, and whether it loses one: `make lab`, and the loop-back calibration of your bench\n"
	"- real mains, real relays and their contacts, real hold-up of a meter: the walk test (`hilrig check --live`) and its proofs\n"
	"- real radio, real ZigBee dongles and real serial adapters; the supervisor, its off script and its times: `make lab`\n"
	"- that the limit, the alert band and the uncertainty budget in your files are right: they are yours, with their sources\n"
	"- an input that reads wrong in two polls running while its edges are right; it cannot be told from a lost edge\n"
	"- alerts that come so late that they could belong to another outage: they are attributed by when they came\n"
	"- hubs on each other's meters, with their consoles, whose supplies went together: they are good or bad together\n"
	"- another source on a hub's rail that is gone before its slot is next switched off for ten seconds\n"
	"- that a port which returns under another name is found again, and that a second start beside a run is refused: `make lab`\n"
	"- how many alerts one stands for that a throttle lets through: no console of the campaign's bench tells\n"
	"- faults that are not in the list of campaign.txt\n";

static bool put_file(const char *folder, const char *name, const char *bytes, size_t size, struct error *error)
{
	char path[PATH_MAX];

	return folder_path(path, folder, name, error) && file_write(path, bytes, size, error);
}

static bool put_program(const char *folder, int64_t utc_us, struct error *error)
{
	char bytes[1024], utc[UTC_TEXT_SIZE], hex[SHA256_HEX_SIZE], program[PATH_MAX];
	ssize_t length = readlink(PROGRAM, program, sizeof program - 1);
	struct sha256 *sha256;
	struct utsname host;
	struct text text;
	int64_t size;
	bool done;

	if (length < 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, PROGRAM);
	program[length] = '\0';
	sha256 = sha256_new();
	done = file_digest_front(program, INT64_MAX, sha256, hex, &size, error);

	sha256_free(sha256);
	if (!done)
		return false;
	utc_to_text(utc_us, utc);
	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "date     %s\nrevision %s\nprogram  SHA-256 %s\n", utc, command_revision(), hex);
	if (uname(&host) == 0)
		text_format(&text, "host     %s %s %s\n", host.sysname, host.release, host.machine);
	return put_file(folder, "program.txt", text.bytes, text.used, error);
}

static bool put_counts(const struct simulate_pack *pack, const char *folder, const char *name,
		       int (*put)(FILE *out, const struct campaign *campaign, const struct campaign_result *result), struct error *error)
{
	char path[PATH_MAX];
	FILE *out;

	if (!folder_path(path, folder, name, error))
		return false;
	out = fopen(path, "wxe");
	if (!out)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	(void)put(out, pack->campaign, pack->result);
	return fclose(out) == 0 || error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
}

/* The first bench's files lie in the folder itself, each other's in a folder of its name. */
static bool put_nights(const struct simulate_pack *pack, const char *folder, struct error *error)
{
	char path[PATH_MAX];
	int i;

	for (i = 1; i < pack->night_count; i++) {
		if (!folder_path(path, folder, pack->nights[i].bench.name, error))
			return false;
		if (mkdir(path, 0777) != 0)
			return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
		if (!night_keep(&pack->nights[i], &pack->names[i], path, error))
			return false;
	}
	return night_keep(&pack->nights[0], &pack->names[0], folder, error);
}

static bool put_mutants(const struct simulate_pack *pack, const char *folder, struct error *error)
{
	struct file file;
	bool done;

	if (!pack->mutants)
		return true;
	if (!file_read(&file, pack->mutants, FILE_PEOPLE_SIZE_MAX, error))
		return false;
	done = put_file(folder, "mutants.txt", file.bytes, file.size, error);
	file_done(&file);
	return done;
}

static bool seal(const struct simulate_pack *pack, const char *folder, struct error *error)
{
	struct secret_key thrown_away;
	char comment[128];
	bool done;

	(void)snprintf(comment, sizeof comment, "hilrig campaign seeds %llu..%llu revision %.40s", (unsigned long long)pack->campaign->first,
		       (unsigned long long)pack->campaign->last, command_revision());
	if (!manifest_write(folder, error))
		return false;
	if (pack->key->signs)
		return evidence_sign_as(folder, &pack->key->key, pack->key->name, comment, error);
	secret_key_make(&thrown_away);
	done = evidence_sign_as(folder, &thrown_away, SIGN_THROW_AWAY, comment, error);
	secret_key_forget(&thrown_away);
	return done;
}

bool simulate_pack_write(const struct simulate_pack *pack, struct error *error)
{
	char folder[PATH_MAX], id[NIGHT_ID_SIZE], raw[PATH_MAX];
	int64_t utc_us = clock_utc_us();

	if (!night_make_folder(&pack->nights[0], pack->parent, folder, id, error))
		return false;
	if (folder_path(raw, folder, FOLDER_RAW, error))
		(void)rmdir(raw); /* a campaign keeps no bytes of its lines */
	if (!put_program(folder, utc_us, error) || !put_counts(pack, folder, "campaign.txt", simulate_put_table, error) ||
	    !put_counts(pack, folder, "campaign.json", simulate_put_json, error) ||
	    !put_file(folder, "not-covered.md", not_covered, sizeof not_covered - 1, error) || !put_mutants(pack, folder, error) ||
	    !put_nights(pack, folder, error) || !seal(pack, folder, error))
		return false;
	printf("validation pack: %s\nto check it:     minisign -Vm manifest.json -x manifest.minisig -p %s.pub   (in it)\n", folder,
	       pack->key->signs ? pack->key->name : SIGN_THROW_AWAY);
	return true;
}
