#ifndef HILRIG_RIG_BENCH_BENCH_H
#define HILRIG_RIG_BENCH_BENCH_H

/*
 * The bench file: the desk, its instruments, and how each slot is wired. It is furniture; devices come with the load sheet.
 *
 * The structs below are what a file says, checked and resolved: names of channels have become indices into
 * `bench.channels`, each used channel stands there once, and the refusals of a 230 V bench that can be decided from the file
 * alone have been made (missing isolation, contact ratings, limits, hardware chain, one line used twice, ...). So a bench
 * that has loaded is consistent; whether it is safe is decided by people and hardware.
 *
 * Everything is sized at load, read-only afterwards and given back by bench_done. An index is -1 where there is nothing.
 *
 * Inputs. Level 1 is the good one, after active-low: supply present, mains present, armed, e-stop not pressed, door
 * closed, lab feed present, temperature healthy. A broken wire then reads as the bad one. Two exceptions, which follow the
 * connector: `ac_lost` is 1 while the meter says that there is no AC.
 *
 * Who is switched. A slot with `mains` holds a meter with its hub (ARRANGEMENT_METER_WITH_HUB), one without is a hub alone.
 * The hub's supply is cut and energised by the slot's `feed` where it has one, else by its `mains`: bench_slot_power().
 */

#include "rig/base/instant.h"
#include "rig/bench/port.h"
#include "rig/bench/profile.h"

#define WORLD_FOLDER "scenarios/worlds" /* where a simulated bench's world is looked for */
#define INSTRUMENT_NAME_SIZE 32     /* "A.console"; those of the file itself fit into CHANNEL_WORD_SIZE */
#define BENCH_INSTRUMENTS_MAX 160   /* the file's own, and one console and one loader per slot */
#define BENCH_SLOTS_MAX 64
#define BENCH_GROUPS_MAX 32
#define BENCH_PROOFS_MAX 32
#define BENCH_TERMS_MAX 24
#define BENCH_INTERLOCKS_MAX 32
#define BENCH_INTERLOCK_CHANNELS_MAX 8
#define BENCH_LINES_MAX 256         /* lines of one GPIO chip with a setting of their own */
#define CONSOLE_ALERTS_MAX 9        /* AD1 and 8F35 to 8F3C */
#define HUB_EVENT_COUNT (HUB_SEATED + 1)
#define PATTERN_SIZE 160
#define SEND_SIZE 120
#define BENCH_MAINS_MV 230000       /* a contact and an insulation in the mains must stand at least this */
#define BENCH_VOLTS_MAX_MV 60000    /* extra-low voltage ends here (direct current) */
#define EXCHANGE_WITHIN_NS (5 * NS_PER_S)

/* ---- Instruments ---- */

enum bench_driver { DRIVER_GPIO, DRIVER_MODBUS, DRIVER_CONSOLE, DRIVER_LOADER, DRIVER_ZIGBEE };

enum line_bias { LINE_BIAS_AS_IS, LINE_BIAS_DISABLED, LINE_BIAS_PULL_UP, LINE_BIAS_PULL_DOWN };
enum line_drive { LINE_DRIVE_PUSH_PULL, LINE_DRIVE_OPEN_DRAIN, LINE_DRIVE_OPEN_SOURCE };

/* A line of a chip: `line` is what stands behind the dot, its offset if it is a number, else the kernel's name of it. */
struct bench_line {
	char line[CHANNEL_WORD_SIZE];
	bool active_low;
	enum line_bias bias;
	enum line_drive drive;  /* outputs */
};

/* One exchange with a console. An empty text: not given. Patterns are those of rig/base/pattern.h and compile. */
struct bench_exchange {
	char send[SEND_SIZE];
	char expect[PATTERN_SIZE];
	char refuse[PATTERN_SIZE];
	int64_t within_ns;      /* default EXCHANGE_WITHIN_NS */
};

#define SCRIPT_STEPS_MAX 8

/* What is done and waited for on a console: in each step first the line, then the pause, then the exchange. */
struct bench_script {
	struct bench_step {
		struct bench_exchange exchange; /* may be all empty when something else is given */
		int64_t baud;           /* 0: as it is */
		enum port_line dtr, rts;
		int64_t break_ns;       /* 0: none */
		int64_t wait_ns;        /* before anything is sent; 0: none */
	} steps[SCRIPT_STEPS_MAX];
	int count;                      /* 0: not given */
};

struct bench_alert_pattern {
	char code[8];           /* "AD1", "8F35", "8F36", ... */
	char pattern[PATTERN_SIZE];
};

/* What a console is listened for. hub[] is by enum hub_event; an empty pattern is not watched for. */
struct bench_console {
	struct bench_alert_pattern alerts[CONSOLE_ALERTS_MAX];
	int alert_count;
	char hub[HUB_EVENT_COUNT][PATTERN_SIZE];
	int64_t heartbeat_ns;         /* unhealthy after so long without a byte; 0: never */
	char point[WORD_TEXT_SIZE];   /* where on the alert's way it listens; default "hub" */
};

enum loader_protocol { LOADER_XMODEM_1K, LOADER_XMODEM_128, LOADER_YMODEM, LOADER_SMP, LOADER_SCRIPT, LOADER_GECKO, LOADER_TOOL };

/* LOADER_SMP: for good, or for one start, after which the device takes the image back unless something confirms it. */
enum loader_mark { LOADER_MARK_CONFIRM, LOADER_MARK_TEST };

#define TOOL_ARGUMENTS_MAX 24
#define TOOL_ARGUMENTS_SIZE 512

/* A program of somebody else's, and its arguments: `count` texts, each with its zero, behind each other. Placeholders are still in them. */
struct bench_call {
	int count;                      /* 0: not given */
	char arguments[TOOL_ARGUMENTS_SIZE];
	int64_t within_ns;              /* then it is ended */
};

/* LOADER_TOOL: a program for each phase. Patterns compile and have a group. */
struct bench_tool {
	struct bench_call transfer, verify, activate, version; /* verify is optional */
	char progress[PATTERN_SIZE];    /* of a line that `transfer` prints: the percents that have crossed */
	char expect[PATTERN_SIZE];      /* of a line that `version` prints: the firmware that runs */
};

struct bench_loader {
	enum loader_protocol protocol;
	enum loader_protocol push;      /* what carries the image: LOADER_XMODEM_1K to LOADER_SMP; or LOADER_TOOL */
	struct bench_tool tool;         /* LOADER_TOOL; what follows is then empty */
	/* Of one step, but with LOADER_SCRIPT and LOADER_GECKO. */
	struct bench_script enter;      /* optional */
	struct bench_script verify;     /* optional; with LOADER_SMP this and what follows are its own, and empty */
	struct bench_script activate;   /* sends something */
	struct bench_script version;    /* the last step's `expect` is there and has a group: the firmware that runs */
	enum loader_mark mark;          /* LOADER_SMP */
	int64_t start_within_ns;        /* until the loader asks for the first block, or has taken it; default 60 s */
};

enum zigbee_stack { ZIGBEE_ZNP, ZIGBEE_EZSP };

struct bench_instrument {
	char name[INSTRUMENT_NAME_SIZE];  /* "psu1"; a slot's own: "A.console", "A.upgrade" */
	enum bench_driver driver;
	int slot;                         /* slot that it belongs to; -1: the bench's */
	struct port_address port;         /* all but GPIO */
	struct port_settings settings;
	int bus;                          /* Modbus: index into bench.buses; else -1 */
	int unit;                         /* Modbus: 1 to 247 */
	int64_t watch_ns;                 /* Modbus: so often everything is read that could change by itself */
	struct profile *profile;          /* Modbus: shared by instruments of the same profile; owned by the bench */
	char chip[48];                    /* GPIO: label, name or path of the chip */
	struct bench_console *console;    /* console: owned by the bench; else NULL */
	struct bench_loader *loader;      /* loader: owned by the bench; else NULL */
	enum zigbee_stack stack;          /* zigbee */
	int zigbee_profile;               /* 0x0109 Smart Energy */
	int zigbee_channel;               /* of a network that is formed: 11 to 26; 0: one of those between Wi-Fi's */
	int ota_block;                    /* most bytes of a block: 40 to 63 */
	int ota_at_once;                  /* meters that are served at once */
	int ota_activate_in_s;            /* so long a released meter counts down by itself; 0: it activates at once */
	bool aps_encryption;              /* with the link key of each meter */
	bool reset_by_lines;              /* DTR and RTS reset the dongle: they are tried when it is silent */
	struct place at;
};

/* Modbus instruments on one port: one worker each. Instruments on one bus agree in their settings. */
struct bench_bus {
	struct port_address port;
	struct port_settings settings;
};

/* ---- Channels ---- */

enum channel_kind {
	CHANNEL_SWITCH,         /* output with two states */
	CHANNEL_LEVEL,          /* output with a unit */
	CHANNEL_READING,        /* quantity that can only be read */
	CHANNEL_INPUT,          /* edges, stamped by the kernel */
	CHANNEL_STREAM          /* bytes */
};

enum channel_use {
	USE_MAINS_SWITCH, USE_FEED_SWITCH, USE_SUPPLY_VOLTS, USE_SUPPLY_AMPS, USE_SUPPLY_OUTPUT, USE_SUPPLY_OVP, USE_SUPPLY_OCP,
	USE_SUPPLY_VOLTS_OUT, USE_SUPPLY_AMPS_OUT, USE_SUPPLY_PROTECTION, USE_GROUP_CONTACTOR, USE_GROUP_MIRROR, USE_GROUP_TRIPPED,
	USE_SUPPLY_SENSE, USE_MAINS_SENSE, USE_AC_LOST, USE_HUB_PRESENT, USE_HOST_PRESENT,
	USE_ARM, USE_ESTOP, USE_DOOR, USE_TEMPERATURE, USE_LAB_FEED, USE_UPS, USE_CONSOLE, USE_UPGRADE
};

enum on_rig_loss { ON_RIG_LOSS_OFF, ON_RIG_LOSS_HOLD };

/* One point of an instrument that the bench uses. */
struct bench_channel {
	char name[CHANNEL_NAME_SIZE];   /* as in journals: "pins.17", "psu1.volts", "A.console" */
	enum channel_kind kind;
	enum channel_use use;
	int instrument;
	int slot;                       /* -1: the bench's, or shared by slots */
	int profile_channel;            /* Modbus: index into the profile's channels; else -1 */
	struct bench_line line;         /* GPIO */
	bool hazardous;                 /* energising it needs the arm */
	enum on_rig_loss on_rig_loss;   /* outputs */
	int64_t off_min_ns;             /* outputs: shortest time off before on again */
	struct place at;                /* where the bench file names it first */
};

/* ---- What the bench has once ---- */

enum isolation_kind { ISOLATION_NONE, ISOLATION_OPTO, ISOLATION_DIGITAL, ISOLATION_TRANSFORMER, ISOLATION_RELAY, ISOLATION_FIBRE,
		      ISOLATION_RADIO };
enum isolation_class { ISOLATION_FUNCTIONAL, ISOLATION_BASIC, ISOLATION_SUPPLEMENTARY, ISOLATION_DOUBLE, ISOLATION_REINFORCED };

struct isolation {
	enum isolation_kind kind;       /* ISOLATION_NONE: not declared */
	enum isolation_class class;
	int64_t working_mv;
	char source[FREE_TEXT_SIZE];
	struct place at;
};

/* The arm, e-stop, door and so on. */
struct bench_input {
	int channel;                    /* -1: the bench has none */
	int64_t limit_ns;               /* arm: time after which it is lost */
	char hardware_chain[FREE_TEXT_SIZE]; /* e-stop: what it acts on without this program; empty: not declared */
	struct place at;
};

enum proof_of { PROOF_ARM, PROOF_ESTOP, PROOF_DOOR, PROOF_TEMPERATURE };

/* A proof test, kept like a calibration. Dates are "2026-11-01". */
struct bench_proof {
	enum proof_of what;
	char by[WORD_TEXT_SIZE];
	char on[12];
	char due[12];
	struct place at;
};

/* Slots that share a residual-current device, a breaker or a contactor. */
struct bench_group {
	char name[SLOT_NAME_SIZE];
	int contactor;                  /* switch, -1: none */
	int mirror;                     /* its mirror contact: 1 = contactor is open; -1: none */
	int tripped;                    /* 1 = protection has not tripped; -1: none */
	int64_t stagger_ns;             /* between energising two slots; default 500 ms */
	struct place at;
};

/* A row of the uncertainty budget (rig/metrology/uncertainty.h). */
struct bench_term {
	char name[WORD_TEXT_SIZE];
	enum distribution distribution;
	int64_t half_width_ns;
	int64_t half_width_ppb;
	int edges;
	enum term_condition condition;
	char source[FREE_TEXT_SIZE];
};

/* Switches of which at most one is on at a time, with at least gap_ns between one going off and another going on. */
struct bench_interlock {
	int channels[BENCH_INTERLOCK_CHANNELS_MAX];
	int channel_count;
	int64_t gap_ns;
	char why[FREE_TEXT_SIZE];
};

/* ---- Slots ---- */

struct bench_mains {
	bool present;
	int switch_channel;
	int sense;                      /* behind the relay; -1: none */
	int64_t contact_ac_ma;          /* demand on the contact at BENCH_MAINS_MV */
	int group;                      /* -1: none named */
	struct isolation isolation;
	struct place at;
};

struct bench_feed {
	bool present;
	int supply;                     /* instrument; -1: something that the rig does not control feeds it */
	int volts, amps, output, ovp, ocp, volts_out, amps_out, protection; /* channels of `supply`; -1: it has none */
	int switch_channel;             /* the relay near the hub, which does the cutting; -1: only the supply's output */
	int64_t contact_dc_ma;          /* demand on the contact; 0: not stated */
	int64_t clamp_mv;               /* independent over-voltage clamp; 0: none */
	char clamp_source[FREE_TEXT_SIZE];
	struct place at;
};

struct bench_sense {
	int channel;                    /* always there */
	int64_t v_down_mv, v_up_mv;
	int64_t settle_ns, bounce_ns;
	int64_t backfeed_mv;            /* with the supply off the rail must fall below this ...; 0: not stated */
	int64_t discharge_ns;           /* ... within this */
	struct isolation isolation;
	struct place at;
};

struct bench_pin {
	int channel;                    /* -1: none */
	struct isolation isolation;
};

struct bench_slot {
	char name[SLOT_NAME_SIZE];
	enum arrangement arrangement;
	struct bench_mains mains;
	struct bench_feed feed;
	struct bench_sense supply;
	struct bench_pin ac_lost, hub_present, host_present;
	int console;                    /* instrument; -1: none */
	int console_channel;
	struct isolation console_isolation;
	int upgrade;                    /* instrument: loader or dongle; -1: none */
	int upgrade_channel;            /* the loader's stream; -1: none */
	struct isolation upgrade_isolation;
	int64_t recharge_ns;            /* 0 with an empty source: not stated */
	char recharge_source[FREE_TEXT_SIZE];
	struct place at;
};

/* ---- The bench ---- */

struct bench {
	char path[WORKSPACE_PATH_SIZE]; /* as problems name it */
	char name[WORD_TEXT_SIZE];
	enum hazard hazard;
	enum environment environment;   /* simulated: every report says so in large words */
	char reference[FREE_TEXT_SIZE]; /* production: the written permission */
	char world[WORKSPACE_PATH_SIZE]; /* simulated: the world file, or its name in scenarios/worlds; "" for real benches */
	struct bench_input arm, estop, door, temperature, lab_feed, ups;
	struct {
		bool present;
		int64_t nominal_mv, max_mv;
		char source[FREE_TEXT_SIZE];
		struct place at;
	} supply_limit;
	struct {
		bool present;
		int64_t max_ma;
		char source[FREE_TEXT_SIZE];
	} current_limit;
	int64_t level_period_ns;        /* inputs are polled so often beside the edges: 100 ms */
	int64_t hang_ns;                /* without a beat for so long the rig counts as hung: 1 s */
	int hubs_together_max;          /* hubs cut in one 3-minute window of UTC: 40 */
	struct bench_instrument *instruments;
	int instrument_count;
	struct bench_bus *buses;
	int bus_count;
	struct bench_channel *channels;
	int channel_count;
	struct bench_slot *slots;
	int slot_count;
	struct bench_group *groups;
	int group_count;
	struct bench_proof *proofs;
	int proof_count;
	struct bench_term *terms;       /* in the file's order; empty: no outage can be judged */
	int term_count;
	struct bench_interlock *interlocks;
	int interlock_count;
	struct profile **profiles;      /* owned; one per profile used */
	int profile_count;
	struct file file;               /* as read; for the evidence folder */
};

/*
 * Reads a bench file with the profiles that it names. Adds what is wrong to `problems` and returns false if anything
 * was; `bench` is then empty and needs no bench_done. bench_parse is the same for bytes in memory.
 */
MUST_USE bool bench_load(struct bench *bench, const char *path, const struct workspace *workspace, struct problems *problems);
MUST_USE bool bench_parse(struct bench *bench, const char *file_name, const char *bytes, size_t size,
			  const struct workspace *workspace, struct problems *problems);
void bench_done(struct bench *bench);

/* Indices by name, or -1. */
int bench_slot_find(const struct bench *bench, const char *name);
int bench_channel_find(const struct bench *bench, const char *name);
int bench_instrument_find(const struct bench *bench, const char *name);

/* The proof test of an input that is due last; NULL: there is none. */
const struct bench_proof *bench_proof_newest(const struct bench *bench, enum proof_of what);

/* What takes the hub's supply away in this slot, and the switch that does it. */
enum powered bench_slot_powered(const struct bench_slot *slot);
int bench_slot_power(const struct bench_slot *slot);

/* The words of a bench file. */
const char *channel_kind_name(enum channel_kind kind);
const char *channel_use_name(enum channel_use use);
const char *isolation_kind_name(enum isolation_kind kind);
const char *isolation_class_name(enum isolation_class class);

#endif
