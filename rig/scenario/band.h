#ifndef HILRIG_RIG_SCENARIO_BAND_H
#define HILRIG_RIG_SCENARIO_BAND_H

/*
 * Alert bands of hubs (scenarios/bands.yaml): outages shorter than `never` raise no AD1, longer than `always` raise one;
 * between them nobody knows. Measured by the threshold scenario, per model and firmware. A hub that is not listed gets the
 * file's default: wide, and marked unknown.
 */

#include "rig/base/file.h"
#include "rig/base/instant.h"
#include "rig/base/problem.h"
#include "rig/journal/record.h"

#define BANDS_FOLDER "scenarios"
#define BANDS_NAME "bands"              /* scenarios/bands.yaml */
#define BANDS_MAX 512
#define BAND_NS_MAX (24 * NS_PER_H)

struct band {
	char model[WORD_TEXT_SIZE];     /* 8 hexadecimal digits in capitals; empty in the default */
	char firmware[WORD_TEXT_SIZE];  /* empty: every firmware of the model without a line of its own */
	int64_t never_ns;
	int64_t always_ns;
	int64_t late_ns;                /* allowed after outage start + always; 0: no limit agreed */
	bool measured;                  /* false: unknown, a guess wide enough to be safe */
	char source[FREE_TEXT_SIZE];
	struct place at;
};

struct bands {
	char path[256];
	char name[WORD_TEXT_SIZE];
	struct band fallback;           /* the file's `default` */
	struct band *list;
	int count;
	struct file file;
};

MUST_USE bool bands_load(struct bands *bands, const char *path, struct problems *problems);
MUST_USE bool bands_parse(struct bands *bands, const char *file_name, const char *bytes, size_t size, struct problems *problems);
void bands_done(struct bands *bands);

/* The band of a hub: its model and firmware, else its model, else the default. Never NULL. */
const struct band *bands_find(const struct bands *bands, const char *model, const char *firmware);

#endif
