#ifndef HILRIG_RIG_COMMAND_SIMULATE_PACK_H
#define HILRIG_RIG_COMMAND_SIMULATE_PACK_H

/*
 * The validation pack: a campaign as a dated, signed folder for a lab's quality manager (ISO/IEC 17025:2017, 7.11.2: software is
 * validated before use, and the validation is recorded).
 *
 *   program.txt      version, revision, SHA-256 of the program that ran, host, date
 *   campaign.txt     seeds, what was checked, what was reached: faults, verdicts, classes, causes
 *   campaign.json    the same for a program
 *   not-covered.md   what no simulation shows
 *   mutants.txt      what `make mutants` printed, where --mutants named it
 *   *.yaml           scenario, bench, load sheet, rule, bands, profiles as used
 *   campaign-hubs/   the same of the second bench, where there is one: a folder that has its name
 *   manifest.json, manifest.minisig, KEY.pub    digests of all that, signed; `minisign -V` checks it
 */

#include "rig/command/night.h"
#include "rig/command/run_key.h"
#include "rig/simulate/campaign.h"

struct simulate_pack {
	const char *parent;                /* DIR: the pack is a new folder in it */
	const char *mutants;               /* file; NULL: none */
	const struct night *nights;        /* of the campaign's benches ... */
	const struct night_names *names;   /* ... and their files */
	int night_count;
	const struct run_key *key;         /* one that does not sign: a throw-away key does */
	const struct campaign *campaign;
	const struct campaign_result *result;
};

/* Writes it and says where. */
MUST_USE bool simulate_pack_write(const struct simulate_pack *pack, struct error *error);

#endif
