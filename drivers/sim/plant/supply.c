/* What a programmable supply does with what it was told. */

#include "drivers/sim/plant/supply.h"

void supply_init(struct supply *supply, const struct supply_settings *settings)
{
	*supply = (struct supply){
		.settings = settings, .fed = true, .amps_ma = settings->amps_ma, .ovp_mv = settings->ovp_mv, .ocp_ma = settings->ocp_ma,
	};
}

int64_t supply_target(const struct supply *supply)
{
	if (!supply->output || !supply->fed)
		return 0;
	return supply->constant_current ? supply->volts_mv * supply->amps_ma / supply->load_ma : supply->volts_mv;
}

static void settle(struct supply *supply, int64_t t_ns)
{
	int64_t target_mv;

	if (supply->output && supply->volts_mv > supply->ovp_mv)
		supply->protection = SUPPLY_PROTECTION_OVP;
	else if (supply->output && supply->load_ma > supply->ocp_ma)
		supply->protection = SUPPLY_PROTECTION_OCP;
	if (supply->protection != SUPPLY_PROTECTION_NONE)
		supply->output = false;
	supply->constant_current = supply->output && supply->load_ma > supply->amps_ma;
	target_mv = supply_target(supply);
	if (target_mv != supply->out.target_mv)
		voltage_aim(&supply->out, t_ns, target_mv,
			    target_mv > voltage_at(&supply->out, t_ns) ? supply->settings->rise_mv_s : supply->settings->fall_mv_s);
}

void supply_set_volts(struct supply *supply, int64_t t_ns, int64_t mv)
{
	supply->volts_mv = mv;
	settle(supply, t_ns);
}

void supply_set_amps(struct supply *supply, int64_t t_ns, int64_t ma)
{
	supply->amps_ma = ma;
	settle(supply, t_ns);
}

void supply_set_ovp(struct supply *supply, int64_t t_ns, int64_t mv)
{
	supply->ovp_mv = mv;
	settle(supply, t_ns);
}

void supply_set_ocp(struct supply *supply, int64_t t_ns, int64_t ma)
{
	supply->ocp_ma = ma;
	settle(supply, t_ns);
}

void supply_set_output(struct supply *supply, int64_t t_ns, bool on)
{
	if (on)
		supply->protection = SUPPLY_PROTECTION_NONE;
	supply->output = on;
	settle(supply, t_ns);
}

void supply_set_load(struct supply *supply, int64_t t_ns, int64_t ma)
{
	supply->load_ma = ma;
	settle(supply, t_ns);
}

void supply_set_fed(struct supply *supply, int64_t t_ns, bool fed)
{
	supply->fed = fed;
	supply->protection = SUPPLY_PROTECTION_NONE;
	supply->output = fed && supply->boot_on;
	settle(supply, t_ns);
}

void supply_reset(struct supply *supply, int64_t t_ns, bool output_on)
{
	supply->volts_mv = 0;
	supply->protection = SUPPLY_PROTECTION_NONE;
	supply->output = supply->boot_on || output_on;
	settle(supply, t_ns);
}

bool supply_trip(struct supply *supply, int64_t t_ns, enum supply_protection protection)
{
	if (!supply->output || !supply->fed)
		return false;
	supply->protection = protection;
	settle(supply, t_ns);
	return true;
}
