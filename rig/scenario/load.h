#ifndef HILRIG_RIG_SCENARIO_LOAD_H
#define HILRIG_RIG_SCENARIO_LOAD_H

/*
 * The load sheet: which devices are in which slot tonight. Slots of the bench that it does not name are empty.
 *
 * GUIDs are EUI-64 as 00-DB-12-34-56-78-90-A0, in either case in the file, in capitals here; no GUID stands twice.
 * manufacturer is 4 hexadecimal digits (ZigBee manufacturer code), model and firmware 8 (facts: device identity as in DUIS);
 * all in capitals here.
 *
 * A meter's install code is a secret, and a load sheet goes into the evidence: of what was read here (`file`) its digits are made x,
 * and a sheet that says only x, as that of a run that is resumed does, gives no key.
 */

#include "rig/base/file.h"
#include "rig/base/install_code.h"
#include "rig/base/problem.h"
#include "rig/journal/record.h"

#define LOAD_SLOTS_MAX 64

struct load_device {
	bool present;
	char guid[GUID_SIZE];
	enum known known;
	char manufacturer[WORD_TEXT_SIZE]; /* meter; empty: not said (also below) */
	char model[WORD_TEXT_SIZE];
	char hardware[WORD_TEXT_SIZE];     /* last four digits of model where the file does not say */
	char firmware[WORD_TEXT_SIZE];
	char build[WORD_TEXT_SIZE];        /* meter: "production" or "engineering"; hub's `kind`: "test" or "production" */
	char region[WORD_TEXT_SIZE];
	char serial[WORD_TEXT_SIZE];
	char condition[FREE_TEXT_SIZE];    /* as received */
	char received[12];                 /* date */
	bool has_link_key;                 /* meter: of its install code */
	uint8_t link_key[LINK_KEY_SIZE];
	struct place at;
};

struct load_slot {
	char name[SLOT_NAME_SIZE];
	struct load_device meter;          /* absent in a slot that holds a hub alone */
	struct load_device hub;
	char mpan[WORD_TEXT_SIZE];         /* 13 digits; empty: not said */
	bool canary;                       /* goes first: the others are activated only once it has come through */
	struct place at;
};

struct load {
	char path[256];
	char name[WORD_TEXT_SIZE];
	struct load_slot *slots;
	int slot_count;
	int code_digits;                   /* of install codes */
	struct file file;
};

MUST_USE bool load_load(struct load *load, const char *path, struct problems *problems);
MUST_USE bool load_parse(struct load *load, const char *file_name, const char *bytes, size_t size, struct problems *problems);
void load_done(struct load *load);

/* Index of the slot of this name, or -1. */
int load_slot_find(const struct load *load, const char *name);

#endif
