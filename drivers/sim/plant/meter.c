/* The meter's states: mains and hold-up, boot, image, activation and the dips that follow it. */

#include "drivers/sim/plant/meter.h"

#include "rig/base/instant.h"

#include <string.h>

void meter_init(struct meter *meter, const struct meter_settings *settings)
{
	*meter = (struct meter){.settings = settings, .change_ns = INSTANT_NEVER, .dip = settings->dip_count,
				 .feeds_again_ns = INSTANT_NEVER};
	memcpy(meter->version, settings->version, sizeof meter->version);
}

bool meter_listens(const struct meter *meter)
{
	return meter->state == METER_RUNNING && !meter->locked_up;
}

bool meter_feeds(const struct meter *meter)
{
	return (meter->state == METER_RUNNING || meter->state == METER_RESTARTING) && !meter->in_dip && !meter->locked_up &&
	       meter->feeds_again_ns == INSTANT_NEVER;
}

int meter_ac_lost(const struct meter *meter)
{
	if (meter->state == METER_DEAD || meter->state == METER_BOOTING)
		return meter->settings->float_level;
	return meter->mains ? 0 : 1;
}

void meter_set_mains(struct meter *meter, int64_t t_ns, bool on)
{
	if (meter->mains == on)
		return;
	meter->mains = on;
	if (!on)
		meter->mains_lost_ns = t_ns;
	if (on && meter->state == METER_DEAD) {
		meter->state = METER_BOOTING;
		meter->change_ns = t_ns + meter->settings->boot_ns;
	}
}

void meter_receive(struct meter *meter)
{
	meter->image = METER_IMAGE_RECEIVING;
}

void meter_verify(struct meter *meter, int64_t t_ns, const char *version)
{
	meter->image = METER_IMAGE_VERIFYING;
	meter->verified_ns = t_ns + meter->settings->verify_ns;
	memset(meter->held, 0, sizeof meter->held);
	memcpy(meter->held, version, strnlen(version, sizeof meter->held - 1));
}

void meter_forget(struct meter *meter)
{
	meter->image = METER_IMAGE_NONE;
}

bool meter_activate(struct meter *meter, int64_t t_ns)
{
	if (!meter_listens(meter) || meter->image != METER_IMAGE_HELD || meter->settings->refuses)
		return false;
	meter->image = METER_IMAGE_NONE;
	meter->state = METER_RESTARTING;
	meter->change_ns = t_ns + meter->settings->restart_ns;
	meter->activated_ns = t_ns;
	meter->dip = 0;
	if (!meter->settings->rolls_back)
		memcpy(meter->version, meter->settings->becomes[0] ? meter->settings->becomes : meter->held, sizeof meter->version);
	return true;
}

/* What is not whole does not outlive it, and no dip goes on. */
static void forget_what_goes_on(struct meter *meter)
{
	if (meter->image != METER_IMAGE_HELD)
		meter->image = METER_IMAGE_NONE;
	meter->dip = meter->settings->dip_count;
	meter->in_dip = false;
	meter->feeds_again_ns = INSTANT_NEVER;
}

bool meter_reset(struct meter *meter, int64_t t_ns, int64_t away_ns)
{
	if ((meter->state != METER_RUNNING && meter->state != METER_RESTARTING) || meter->locked_up)
		return false;
	forget_what_goes_on(meter);
	meter->state = METER_RESTARTING;
	meter->change_ns = t_ns + meter->settings->restart_ns;
	meter->feeds_again_ns = away_ns > 0 ? t_ns + away_ns : INSTANT_NEVER;
	return true;
}

static int64_t dies_at(const struct meter *meter)
{
	return meter->mains || meter->state == METER_DEAD ? INSTANT_NEVER : meter->mains_lost_ns + meter->settings->hold_up_ns;
}

static int64_t dip_changes_at(const struct meter *meter)
{
	const struct meter_dip *dip = &meter->settings->dips[meter->dip];

	if (meter->dip >= meter->settings->dip_count)
		return INSTANT_NEVER;
	return duration_add(meter->activated_ns + dip->offset_ns, meter->in_dip ? dip->length_ns : 0);
}

static int64_t verified_at(const struct meter *meter)
{
	return meter->image == METER_IMAGE_VERIFYING ? meter->verified_ns : INSTANT_NEVER;
}

int64_t meter_next(const struct meter *meter)
{
	int64_t instants[] = {dies_at(meter), dip_changes_at(meter), verified_at(meter), meter->feeds_again_ns}, next_ns = meter->change_ns;
	size_t i;

	for (i = 0; i < sizeof instants / sizeof *instants; i++)
		if (instants[i] < next_ns)
			next_ns = instants[i];
	return next_ns;
}

static void die(struct meter *meter)
{
	meter->state = METER_DEAD;
	meter->change_ns = INSTANT_NEVER;
	forget_what_goes_on(meter);
}

static enum meter_act change_dip(struct meter *meter)
{
	meter->in_dip = !meter->in_dip;
	if (meter->in_dip) {
		if (meter->settings->dips[meter->dip].length_ns == METER_FOREVER)
			meter->locked_up = true;
		return METER_ACT_DIP_BEGINS;
	}
	meter->dip++;
	return METER_ACT_DIP_ENDS;
}

enum meter_act meter_step(struct meter *meter, int64_t t_ns)
{
	if (dies_at(meter) <= t_ns) {
		die(meter);
		return METER_ACT_DIES;
	}
	if (dip_changes_at(meter) <= t_ns)
		return change_dip(meter);
	if (meter->feeds_again_ns <= t_ns) {
		meter->feeds_again_ns = INSTANT_NEVER;
		return METER_ACT_DIP_ENDS;
	}
	if (verified_at(meter) <= t_ns) {
		meter->image = METER_IMAGE_HELD;
		return METER_ACT_VERIFIED;
	}
	if (meter->change_ns <= t_ns) {
		meter->change_ns = INSTANT_NEVER;
		meter->state = METER_RUNNING;
		return METER_ACT_RUNS;
	}
	return METER_ACT_NOTHING;
}
