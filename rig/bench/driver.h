#ifndef HILRIG_RIG_BENCH_DRIVER_H
#define HILRIG_RIG_BENCH_DRIVER_H

/*
 * The contract between the runtime and everything that touches hardware. A driver is one row of the table in
 * drivers/table.c, which main hands to the commands; the runtime knows drivers by this table only.
 *
 * A driver works in two processes. `acquire` runs in the one that the user started, which becomes the supervisor: it opens
 * what must survive the rig (lines, buses) and puts the descriptors into the holding. `start` runs in the rig, which is
 * forked afterwards and inherits them; it makes the instruments that work. A rig that is forked again at resume starts on the
 * same holding, so lines never change hands.
 *
 * In the rig everything is called from the loop's thread. An instrument names descriptors to poll and a deadline; it reports
 * through its listener, during the call in which something happened. Instants are CLOCK_MONOTONIC in ns. After the first
 * `begin` no instrument allocates in the course of a transaction, a session or an edge.
 */

#include "rig/base/gpio_line.h"
#include "rig/base/install_code.h"
#include "rig/base/off_script.h"
#include "rig/base/sha256.h"
#include "rig/bench/bench.h"

#define HOLDING_REQUESTS_MAX 384
#define HOLDING_BUSES_MAX OFF_BUSES_MAX
#define INSTRUMENT_DESCRIPTORS_MAX 320

/* A request of GPIO lines, all inputs or all outputs. Its index is that of off_line.request. */
struct held_request {
	struct gpio_request request;
	bool output;
	int channels[GPIO_LINES_MAX];  /* bench channel of each line */
	int instrument;
};

/* The port of a Modbus bus. Its index is that of bench.buses, and in an off script that of off_script.buses. */
struct held_bus {
	int fd;                        /* -1: not open */
	char name[OFF_NAME_SIZE];
};

struct holding {
	int request_count;
	struct held_request requests[HOLDING_REQUESTS_MAX];
	int bus_count;
	struct held_bus buses[HOLDING_BUSES_MAX];
};

/* What a slot's upgrade session can be asked, and what it says. */
enum upgrade_ask { ASK_TRANSFER, ASK_ACTIVATE, ASK_VERSION, ASK_CANCEL };

enum upgrade_said {
	SAID_PHASE,        /* entered `phase` */
	SAID_FIRST_BLOCK,
	SAID_PROGRESS,     /* done_bytes of total_bytes: with the first block, the last, and as upgrade_progress_is_due says */
	SAID_TRANSFERRED,  /* the image is in the device and verified by it */
	SAID_SENT,         /* the activation is on the wire */
	SAID_ACCEPTED,
	SAID_REFUSED,
	SAID_VERSION,      /* text is the version the device reports */
	SAID_FAILED        /* error says why, and whose fault it is */
};

struct upgrade_report {
	enum upgrade_said said;
	enum phase phase;
	int64_t done_bytes, total_bytes;
	const char *text;
	const struct error *error;
};

#define UPGRADE_TOLD_EVERY_BYTES (16 * 1024)
#define UPGRADE_TOLD_EVERY_NS (2 * NS_PER_S)

/* How much of a transfer was told; all zero where it begins. */
struct upgrade_told {
	int64_t bytes, t_ns;
};

/* Whether it is time for a SAID_PROGRESS, which is then taken for told. Never for fewer bytes than were told. */
bool upgrade_progress_is_due(struct upgrade_told *told, int64_t done_bytes, int64_t total_bytes, int64_t now_ns);

/* Where an instrument's reports go. All borrowed for the call; channels and slots are indices of the bench. */
struct instrument_listener {
	void *self;
	void (*edge)(void *self, int channel, int64_t t_ns, int level, int64_t seqno);
	/* An output was set and read back, or was not. `text` is the value read back, or why not. */
	void (*output)(void *self, int channel, bool agrees, enum fault fault, const char *text);
	/* What a channel that can be read back reads, while the instrument is ready: once a second. 1000 = on of a switch. */
	void (*reading)(void *self, int channel, int64_t milli);
	/* An output is no longer as it was set, and nobody told it: silent reset, or its own protection. */
	void (*changed)(void *self, int channel, bool tripped, const char *text);
	/* A record of kind ALERT, HUB or HEALTH of the slot, filled but for its times; it happened at t_ns. */
	void (*observed)(void *self, int slot, int64_t t_ns, const struct record *record);
	void (*upgrade)(void *self, int slot, int64_t t_ns, const struct upgrade_report *report);
	/* Bytes as they were on a line, for raw/. `direction` is '>' sent, '<' received, '!' received and dropped. */
	void (*raw)(void *self, const char *name, int64_t t_ns, char direction, const uint8_t *bytes, size_t size);
	/* A sentence for the journal: a port lost, found again. */
	void (*note)(void *self, int slot, const char *text);
	/* Something the run cannot do without is gone for good. */
	void (*fault)(void *self, int slot, enum fault fault, const char *text);
	/* A bus was found again under another descriptor: the supervisor must be told. */
	void (*bus_moved)(void *self, int bus, int fd);
};

/* A listener to whom nothing matters: for a bench that is only switched off. */
struct instrument_listener instrument_listener_none(void);

struct instrument;

/* From good to bad. */
enum instrument_state {
	INSTRUMENT_READY,    /* identity proved, limits read back, port open */
	INSTRUMENT_NOT_YET,  /* it is asked again, or looked for */
	INSTRUMENT_NEVER     /* another model answered: only a person can change that */
};

struct instrument_kind {
	/* After all instruments were started: first words to the hardware (identity, limits). */
	void (*begin)(struct instrument *instrument, int64_t now_ns);
	/* Descriptors to poll for reading; may change from call to call. Gives how many. They are closed by descriptor_close (rig/base). */
	int (*descriptors)(const struct instrument *instrument, int fds[INSTRUMENT_DESCRIPTORS_MAX]);
	void (*ready)(struct instrument *instrument, int fd, int64_t now_ns);
	int64_t (*deadline)(const struct instrument *instrument);
	void (*tick)(struct instrument *instrument, int64_t now_ns);
	/*
	 * Sets an output to `milli` (1000 = on, 0 = off of a switch). Exactly one listener.output() follows, at the latest at
	 * `deadline_ns`.
	 */
	void (*set)(struct instrument *instrument, int channel, int64_t milli, int64_t deadline_ns, int64_t now_ns);
	/* Reads the level of an input now: 0, 1, or -1 if it cannot. */
	int (*level)(struct instrument *instrument, int channel);
	void (*upgrade)(struct instrument *instrument, int slot, enum upgrade_ask ask, int64_t now_ns);
	/* Whether it is ready for work. `text` says what it is and where, or what is missing. NULL: always ready. */
	enum instrument_state (*state)(const struct instrument *instrument, char *text, size_t size);
	/* Appends to the off script what switches its outputs off. */
	bool (*off)(const struct instrument *instrument, const struct holding *holding, struct off_script *script,
		    struct error *error);
	void (*close)(struct instrument *instrument);
};

/* Every kind of instrument begins with this. A NULL function of the kind: it has no such thing. */
struct instrument {
	const struct instrument_kind *kind;
	int index;                     /* of bench.instruments */
};

struct world;

/* What an upgrade sends, and to whom; borrowed. A serial loader sends the file as it is, a dongle the ZigBee OTA image in it. */
struct upgrade_image {
	const uint8_t *bytes;
	size_t size;
	uint8_t sha256[SHA256_SIZE];
	const char *path;                  /* of its file, absolute, for programs that read it themselves; NULL: there is none */
	const char *meters[BENCH_SLOTS_MAX]; /* per slot of the bench: the meter's GUID; NULL: not known */
	const uint8_t *link_keys[BENCH_SLOTS_MAX]; /* of its install code, LINK_KEY_SIZE bytes; NULL: it has none */
	struct {
		size_t at, size;           /* of the header in the file, and what it counts; size 0: it is none */
		uint16_t manufacturer, type;
		uint32_t version;
		bool has_hardware;
		uint16_t hardware_least, hardware_most;
	} ota;
};

struct driver_start {
	const struct bench *bench;
	const bool *taking_part;       /* per slot of the bench */
	const struct upgrade_image *image; /* NULL: none */
	bool resumed;                  /* this run has had an earlier life */
	const bool *was_activated;     /* per slot of the bench: an earlier life of this run sent the activation; NULL: none */
	struct holding *holding;
	const struct instrument_listener *listener;
	struct world *world;           /* of a simulated bench (rig/bench/world.h); NULL: hardware */
};

struct driver {
	enum bench_driver driver;
	const char *name;              /* as in bench files */
	const char *about;             /* one line */
	const char *limit;             /* what it cannot, and what works all the same; NULL: nothing to be said */
	/* Opens for one instrument of the bench; NULL: nothing of it must survive the rig. */
	bool (*acquire)(const struct bench *bench, int instrument, const bool *taking_part, struct holding *holding,
			struct error *error);
	/* Makes the instrument. NULL with an error. Several instruments of one bus are given one after the other. */
	struct instrument *(*start)(const struct driver_start *start, int instrument, struct error *error);
};

/* The row for a driver, or NULL. `table` ends with a row without a name. */
const struct driver *driver_find(const struct driver *table, enum bench_driver driver);

/* An empty holding, and closing all that is held. */
void holding_init(struct holding *holding);
void holding_close(struct holding *holding);

#endif
