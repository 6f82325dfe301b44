#ifndef HILRIG_RIG_BENCH_PROFILE_H
#define HILRIG_RIG_BENCH_PROFILE_H

/*
 * A profile: how one kind of Modbus instrument is spoken to, as data (drivers/profiles/NAME.yaml).
 *
 * A profile names channels. Each has ways to set it, to read back what was set (`echo`) and to read what is really there
 * (`get`); a channel has at least one of set and get. A number on the wire is raw; a quantity is held in thousandths of its
 * unit (mV, mA, m°C): milli = raw * 1000 / scale. A switch is set by its words `on` and `off` and reads back as `get_on`.
 *
 * Well-known names, by which roles of a bench find what they need: of a supply `volts` (level in V), `output` (switch),
 * and where the instrument has them `amps` (level in A: its current limit), `volts_out`, `amps_out`, `volts_in` (readings),
 * `ovp` and `ocp` (levels: its own protections), `protection` (reading: 0 while none has acted), `regulation` (reading).
 * Of a relay board `1`, `2`, ... (switches).
 *
 * Nothing here allocates after profile_load; a profile is plain memory and read-only once loaded.
 */

#include "rig/base/file.h"
#include "rig/base/problem.h"
#include "rig/base/workspace.h"
#include "rig/journal/record.h"

#define PROFILE_FOLDER "drivers/profiles"
#define PROFILE_CHANNELS_MAX 40
#define PROFILE_IDENTITY_MAX 16   /* values of the identity register */
#define PROFILE_DENY_MAX 16       /* spans of registers */
#define PROFILE_START_MAX 8       /* registers written once after the identity was proved */
#define PROFILE_RESPONSE_NS INT64_C(1000000000) /* bench-hardware.md section 3: 500 ms is too short for some */
#define CHANNEL_WORD_SIZE 24      /* a channel's name inside its instrument, with the terminating zero */

/* A register or coil and how its raw value is made. function 0: there is no such way. */
struct profile_access {
	int function;             /* set: 5, 6, 15 or 16; get, echo, identity: 1, 2, 3 or 4 */
	int address;              /* register or coil, 0 to 65535 */
	int count;                /* registers that make the number: 1 or 2 */
	bool low_word_first;      /* of two registers */
	bool is_signed;           /* two's complement */
	int64_t scale;            /* raw per unit, 1 to 1,000,000; 1 for switches */
};

enum profile_kind {
	PROFILE_SWITCH,           /* two states */
	PROFILE_LEVEL,            /* a quantity that can be set */
	PROFILE_READING           /* a quantity or code that can only be read */
};

/* What a relay's contact may switch. A part not stated is 0: then no role may demand it. */
struct profile_contact {
	int64_t ac_mv, ac_ma;
	int64_t dc_mv, dc_ma;
	bool mains_insulation;    /* `insulation: mains`: creepage and clearance for 230 V between coil, contacts and neighbours */
	char source[FREE_TEXT_SIZE];
};

struct profile_channel {
	char name[CHANNEL_WORD_SIZE];
	enum profile_kind kind;
	char unit[8];             /* "V", "A", "degC"; empty for switches and codes */
	int64_t low_milli;        /* range that the instrument accepts, of a level */
	int64_t high_milli;
	int64_t off_milli;        /* level that means off; 0 for switches */
	struct profile_access set;
	struct profile_access echo; /* the default is the register or coil of `set`, read by function 3 or 1 */
	struct profile_access get;
	int on_raw, off_raw;      /* switch: words of `set` */
	int get_on_raw;           /* switch: raw value of `get` and `echo` that means on; anything else is not on */
	/*
	 * A switch that falls off by itself: function 5 to `dead_man.address` with the time in `dead_man_unit_ns` closes it for
	 * that time. For `on_rig_loss: off` channels only; no time standard.
	 */
	struct profile_access dead_man;
	int64_t dead_man_unit_ns; /* 0: has none */
	int64_t dead_man_max;     /* most units */
	struct place at;
};

struct profile_span { int first, last; };

/* Written once, right after the identity was proved: power-on-boot off, keypad lock, ... */
struct profile_start {
	int function;             /* 5 (a coil: value 0xFF00 or 0) or 6; default 6 */
	int address, value;
};

struct profile {
	char name[WORD_TEXT_SIZE];
	struct place at;
	struct profile_access identity;
	int identity_values[PROFILE_IDENTITY_MAX];
	int identity_count;       /* 0: the instrument cannot say what it is; then `identity.function` is 0 too */
	struct profile_channel channels[PROFILE_CHANNELS_MAX];
	int channel_count;
	struct profile_span deny[PROFILE_DENY_MAX]; /* registers never written and never part of a write */
	int deny_count;
	struct profile_span deny_values[PROFILE_DENY_MAX]; /* raw words never written by function 5: 0x5500 toggles */
	int deny_value_count;
	struct profile_start start[PROFILE_START_MAX];
	int start_count;
	int64_t response_ns;      /* longest time to the answer */
	int64_t gap_ns;           /* least silence before a request, beside the 3.5 characters of the standard */
	int64_t settle_ns;        /* from an accepted set to a get that may be believed */
	int read_max;             /* most registers in one read, 1 to 125 */
	bool function_16;         /* answers functions 15 and 16 */
	struct profile_contact contact; /* relay boards */
	bool has_contact;
	char source[FREE_TEXT_SIZE];
	struct file file;         /* as read; for the evidence folder */
};

/*
 * Reads PROFILE_FOLDER/NAME.yaml of the workspace, or a file. Adds what is wrong to `problems` and returns false if
 * anything was; `profile` is then empty and needs no profile_done. `file_name` is how problems name the file.
 */
MUST_USE bool profile_load(struct profile *profile, const char *path, struct problems *problems);
MUST_USE bool profile_parse(struct profile *profile, const char *file_name, const char *bytes, size_t size,
			    struct problems *problems);
void profile_done(struct profile *profile);

/* Index of the channel of this name, or -1. */
int profile_channel_find(const struct profile *profile, const char *name);

/* Whether `address` lies in the deny list. */
bool profile_denies(const struct profile *profile, int address);

#endif
