#ifndef HILRIG_DRIVERS_MODBUS_DRIVER_H
#define HILRIG_DRIVERS_MODBUS_DRIVER_H

/*
 * One Modbus instrument, driven by its profile (rig/bench/profile.h). Pure, like the bus below it: it turns commands on
 * channels into requests on the bus, and results into reports. Quantities are in thousandths of the channel's unit (mV,
 * mA); a switch is 0 or 1.
 *
 * Life. DRIVER_UNKNOWN until there is a port; then the identity is read and compared, the profile's `start` registers are
 * written and read back, then the limits that the bench demands (over-voltage, over-current), each read back. Only after
 * that is it DRIVER_READY, and only then is anything switched on or a level raised. A wrong identity is DRIVER_WRONG until
 * the port changes: nothing at all is written to it. An instrument that does not answer is asked again every
 * DRIVER_IDENTITY_PAUSE_NS. A lost port or a silent reset begins this anew; what was on before is not switched on again.
 *
 * Set. A value that the scale cannot express exactly, or outside low..high of the profile or of the bench, is refused before
 * anything is sent. Otherwise it is written and read back (exchange.h), within the command's deadline.
 * Off (switch to 0, level to its off value) goes with BUS_OFF and is accepted from any state but UNKNOWN-since-start and
 * WRONG. A newer set of a channel ends an older one (MODBUS_CANCELLED), so an off is never followed by an older on.
 *
 * Watch. Reads back all channels. Where a set and confirmed value no longer reads back, the instrument has been reset or
 * touched (REPORT_RESET), or its own protection has acted (REPORT_TRIPPED, when the channel `protection` is not 0).
 *
 * Dead-man. A switch for which it was asked is closed for DRIVER_DEAD_MAN_NS (or the profile's maximum) at a time and
 * renewed after a third of that; when the host dies it falls off by itself. A renewal would close it again, so it is read first: one that
 * has fallen (the host slept, and its clock stood still) is as one that was reset. For `on_rig_loss: off` channels only.
 *
 * Faults: FAULT_CONFIGURATION for values that may not be, FAULT_SUPPLY for instruments that do not do what they are told.
 */

#include "drivers/modbus/exchange.h"
#include "drivers/modbus/readings.h"
#include "rig/base/off_script.h"

#define DRIVER_JOBS_MAX 48                          /* commands at a time, the driver's own included */
#define DRIVER_IDENTITY_PAUSE_NS (2 * NS_PER_S)
#define DRIVER_RENEWAL_PAUSE_NS (1 * NS_PER_S)      /* after a renewal that failed */
#define DRIVER_OWN_DEADLINE_NS (10 * NS_PER_S)      /* of what the driver does by itself: identity, start, limits */

enum driver_state { DRIVER_UNKNOWN, DRIVER_IDENTIFYING, DRIVER_PREPARING, DRIVER_READY, DRIVER_WRONG };

enum driver_command_kind { COMMAND_SET, COMMAND_GET, COMMAND_WATCH };

struct driver_command {
	enum driver_command_kind kind;
	int channel;             /* index into the profile's channels; not of COMMAND_WATCH */
	int64_t milli;           /* COMMAND_SET */
	int64_t deadline_ns;     /* instant */
	uint32_t tag;            /* the caller's own */
};

enum driver_report_kind {
	REPORT_ANSWER,    /* a command has ended */
	REPORT_READY,     /* identity proved, limits read back */
	REPORT_UNUSABLE,  /* identity wrong, or no answer to it, or a limit that does not read back; `error` says which */
	REPORT_RESET,     /* a channel no longer reads as it was set: silent reset, or somebody at the knobs */
	REPORT_TRIPPED,   /* as RESET, and the instrument says that its own protection has acted */
	REPORT_DEAD_MAN,  /* a renewal failed: the switch will fall off, or has */
	REPORT_GONE       /* the port was lost */
};
#define REPORT_KIND_COUNT (REPORT_GONE + 1)

struct driver_report {
	enum driver_report_kind kind;
	uint32_t tag;            /* ANSWER */
	enum driver_command_kind command; /* ANSWER */
	int channel;             /* ANSWER of SET and GET; RESET, TRIPPED, DEAD_MAN: the first one concerned; else -1 */
	bool ok;
	int64_t milli;           /* ANSWER that is ok: what was read back or read */
	int64_t asked_ns;        /* first request and last answer on the line; 0: none */
	int64_t ended_ns;
	int tries;               /* on the line, of all its requests; more than 1 per request means trouble */
	struct error error;      /* not ok: prefixed with instrument and channel */
};

enum driver_job_kind { JOB_NONE, JOB_SET, JOB_GET, JOB_WATCH, JOB_IDENTITY, JOB_START, JOB_LIMIT, JOB_RENEWAL };

/* A command under way or ended, or something that the driver does by itself (from JOB_IDENTITY on). */
struct driver_job {
	enum driver_job_kind kind;
	struct driver_command command;
	struct exchange exchange;
	int span;                     /* WATCH: which */
	bool is_still_on;             /* RENEWAL: that was read, and it is renewed now */
	int64_t asked_ns;             /* WATCH: of the first span */
	int tries;                    /* WATCH: of the spans before */
	bool ended;                   /* `report` waits to be taken */
	struct driver_report report;
};

struct driver_dead_man {
	int64_t renew_ns;             /* next renewal; INSTANT_NEVER when not running */
	int64_t falls_ns;             /* when the switch will fall off without one */
};

struct modbus_driver {
	struct driver_settings settings;
	struct exchange_unit unit;
	struct readings readings;
	enum driver_state state;
	bool proved;                  /* identity was proved on this port or an earlier one */
	bool present;                 /* there is a port */
	int64_t retry_ns;             /* next identity check; INSTANT_NEVER: none */
	int prepared;                 /* start registers and limits done */
	struct driver_dead_man dead_men[PROFILE_CHANNELS_MAX];
	struct driver_job jobs[DRIVER_JOBS_MAX];
	struct driver_report notices[REPORT_KIND_COUNT]; /* latest of each kind */
	uint32_t noticed[REPORT_KIND_COUNT]; /* in which order; 0: nothing to report */
	uint32_t notice_count;
};

/* Borrows bus and profile. FAULT_CONFIGURATION: driver_settings_check, or nothing of it can be read. */
MUST_USE bool driver_init(struct modbus_driver *driver, const struct driver_settings *settings, struct bus *bus, struct error *error);

/* The port came or went. The bus was told already. */
void driver_attach(struct modbus_driver *driver, int64_t t_ns);
void driver_detach(struct modbus_driver *driver, int64_t t_ns);

/*
 * Begins a command. False: refused before anything was sent, `error` says why, and there will be no report. Otherwise
 * exactly one REPORT_ANSWER with its tag follows, at the latest shortly after its deadline.
 */
MUST_USE bool driver_command(struct modbus_driver *driver, const struct driver_command *command, int64_t t_ns, struct error *error);

/* A result of the bus whose tag says driver_result_index() == settings.index. */
void driver_result(struct modbus_driver *driver, const struct bus_result *result, int64_t t_ns);
int driver_result_index(const struct bus_result *result);

/* Time passes: settle times, renewals, identity checks. driver_deadline is when it wants to be called. */
void driver_tick(struct modbus_driver *driver, int64_t t_ns);
int64_t driver_deadline(const struct modbus_driver *driver);

/* Takes what there is to report. False when there is nothing. */
MUST_USE bool driver_take(struct modbus_driver *driver, struct driver_report *report);
bool driver_has_report(const struct modbus_driver *driver);

/* The last reading of a channel and its instant; false when there has been none since the port came. */
MUST_USE bool driver_reading(const struct modbus_driver *driver, int channel, int64_t *milli, int64_t *t_ns);

/*
 * Appends to the off script what switches this instrument off: its switches that are in use, or, where it has none, its
 * levels. `causes[channel]` holds the bits of enum off_cause for which that channel goes off; 0: not in use. Per cause, for
 * each run of neighbours: one write (function 15) or one for each channel, then a read that proves them. `bus` is an index
 * of the script.
 */
MUST_USE bool driver_off(const struct modbus_driver *driver, const uint8_t causes[PROFILE_CHANNELS_MAX], uint8_t bus,
			 struct off_script *script, struct error *error);

#endif
