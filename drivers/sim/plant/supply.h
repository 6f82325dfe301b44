#ifndef HILRIG_DRIVERS_SIM_PLANT_SUPPLY_H
#define HILRIG_DRIVERS_SIM_PLANT_SUPPLY_H

/*
 * A programmable supply as a RuiDeng RD6006 behaves towards whoever drives it (bench-hardware.md 1.1): a voltage and a
 * current that are set, an output, two protections that switch it off, and a restart that nobody is told of.
 *
 * mV and mA. The output goes to its target at the slopes given. A load that wants more than the current that is set pulls
 * the voltage down in proportion (constant current); one that wants more than OCP, and a voltage set above OVP, trips the
 * output. A trip is told until the output is switched on again. While somebody holds its panel it answers as always, and what it is told
 * has no effect.
 */

#include "drivers/sim/plant/voltage.h"

#include <stdbool.h>

enum supply_protection { SUPPLY_PROTECTION_NONE, SUPPLY_PROTECTION_OVP, SUPPLY_PROTECTION_OCP };

struct supply_settings {
	int64_t rise_mv_s, fall_mv_s;     /* 0: at once */
	int64_t ovp_mv, ocp_ma;           /* as delivered */
	int64_t amps_ma;                  /* as delivered */
};

struct supply {
	const struct supply_settings *settings; /* borrowed */
	int64_t volts_mv, amps_ma, ovp_mv, ocp_ma;
	bool fed;                         /* by the lab */
	bool output;
	bool boot_on;                     /* output on when it comes up */
	bool locked;                      /* by whoever holds its panel: the caller gives it nothing that comes over the wire */
	enum supply_protection protection;
	bool constant_current;
	int64_t load_ma;                  /* what hangs on it now */
	struct voltage out;
};

void supply_init(struct supply *supply, const struct supply_settings *settings);

/* What is set; each takes effect at once. */
void supply_set_volts(struct supply *supply, int64_t t_ns, int64_t mv);
void supply_set_amps(struct supply *supply, int64_t t_ns, int64_t ma);
void supply_set_ovp(struct supply *supply, int64_t t_ns, int64_t mv);
void supply_set_ocp(struct supply *supply, int64_t t_ns, int64_t ma);
void supply_set_output(struct supply *supply, int64_t t_ns, bool on);
void supply_set_load(struct supply *supply, int64_t t_ns, int64_t ma);

/* Without a feed it gives nothing and says nothing; when it is back its output is as boot_on says, its settings as before. */
void supply_set_fed(struct supply *supply, int64_t t_ns, bool fed);

/* It restarts: 0 V set, output as boot_on says or on, protections kept, and not a word about it. */
void supply_reset(struct supply *supply, int64_t t_ns, bool output_on);

/* A protection acts, whatever made it. False: the output is off, and there is nothing to switch off. */
bool supply_trip(struct supply *supply, int64_t t_ns, enum supply_protection protection);

/* What its output is on its way to. */
int64_t supply_target(const struct supply *supply);

#endif
