/* The hub's clockwork: timer, store, alerts on their way, restart. */

#include "drivers/sim/plant/hub.h"

#include "rig/base/instant.h"

void hub_init(struct hub *hub, const struct hub_settings *settings, struct draw *draw)
{
	*hub = (struct hub){.settings = settings, .draw = draw, .ready_ns = INSTANT_NEVER};
	hub->charge_ns = settings->begins_charged ? settings->store_ns : 0;
}

/* Charged for so long. In microseconds and milliseconds, so that a day times an hour fits. */
static int64_t charge_after(const struct hub *hub, int64_t elapsed_ns)
{
	const struct hub_settings *settings = hub->settings;
	int64_t gained_ns;

	if (elapsed_ns >= settings->recharge_ns)
		return settings->store_ns;
	gained_ns = elapsed_ns / NS_PER_US * (settings->store_ns / NS_PER_MS) / (settings->recharge_ns / NS_PER_MS + 1) * NS_PER_US;
	return hub->charge_ns + gained_ns < settings->store_ns ? hub->charge_ns + gained_ns : settings->store_ns;
}

void hub_fell(struct hub *hub, int64_t t_ns)
{
	int64_t elapsed_ns = t_ns - hub->changed_ns;

	hub->charge_ns = charge_after(hub, elapsed_ns);
	if (!hub->settings->adds || elapsed_ns >= hub->settings->forget_ns)
		hub->counted_ns = 0;
	/* What was on its way to ready is not any more; a hub that was booting has nothing to live on but its store. */
	hub->ready_ns = INSTANT_NEVER;
	hub->powered = false;
	hub->outage = true;
	hub->raised = false;
	hub->changed_ns = t_ns;
}

enum hub_why hub_so_far(const struct hub *hub)
{
	if (!hub->outage)
		return HUB_NO_OUTAGE;
	if (hub->raised)
		return HUB_RAISED;
	return hub->alive ? HUB_TOO_SHORT : HUB_STORE_EMPTY;
}

enum hub_why hub_rose(struct hub *hub, int64_t t_ns, int64_t *began_ns)
{
	int64_t outage_ns = t_ns - hub->changed_ns;
	enum hub_why why = hub_so_far(hub);

	/* Dead or not, one that was shorter than the threshold would have raised nothing. */
	if (why == HUB_STORE_EMPTY && hub->counted_ns + outage_ns < hub->settings->threshold_ns)
		why = HUB_TOO_SHORT;
	*began_ns = hub->changed_ns;
	if (hub->outage)
		hub->charge_ns = outage_ns >= hub->charge_ns ? 0 : hub->charge_ns - outage_ns;
	hub->counted_ns = hub->raised || !hub->alive ? 0 : hub->counted_ns + outage_ns;
	hub->ready_ns = t_ns + (hub->alive && hub->up ? hub->settings->wake_ns : hub->settings->boot_ns);
	hub->alive = true;
	hub->powered = true;
	hub->outage = false;
	hub->changed_ns = t_ns;
	return why;
}

bool hub_restart(struct hub *hub, int64_t t_ns)
{
	if (!hub->powered || !hub->alive)
		return false;
	hub->up = false;
	hub->counted_ns = 0;
	hub->ready_ns = t_ns + hub->settings->boot_ns;
	return true;
}

static int64_t raises_at(const struct hub *hub)
{
	if (!hub->outage || !hub->alive || hub->raised)
		return INSTANT_NEVER;
	return hub->changed_ns + (hub->settings->threshold_ns > hub->counted_ns ? hub->settings->threshold_ns - hub->counted_ns : 0);
}

static int64_t dies_at(const struct hub *hub)
{
	return !hub->outage || !hub->alive ? INSTANT_NEVER : hub->changed_ns + hub->charge_ns;
}

static int first_copy(const struct hub *hub)
{
	int i, first = -1;

	for (i = 0; i < hub->copy_count; i++)
		if (first < 0 || hub->copies[i].arrives_ns < hub->copies[first].arrives_ns)
			first = i;
	return first;
}

int64_t hub_next(const struct hub *hub)
{
	int first = first_copy(hub);
	int64_t next_ns = hub->ready_ns;

	if (raises_at(hub) < next_ns)
		next_ns = raises_at(hub);
	if (dies_at(hub) < next_ns)
		next_ns = dies_at(hub);
	if (first >= 0 && hub->copies[first].arrives_ns < next_ns)
		next_ns = hub->copies[first].arrives_ns;
	return next_ns;
}

static bool loses(struct hub *hub)
{
	const struct hub_settings *settings = hub->settings;
	int number = hub->alerts < 31 ? hub->alerts : 31;

	hub->alerts++;
	if (settings->loses >> number & 1)
		return true;
	return settings->loss_permille > 0 && draw_between(hub->draw, (struct draw_range){0, 999}) < settings->loss_permille;
}

static void raise_alert(struct hub *hub, int64_t t_ns)
{
	int64_t arrives_ns = t_ns + draw_between(hub->draw, hub->settings->latency_ns);
	int i;

	hub->raised = true;
	hub->raised_ns = t_ns;
	hub->lost = loses(hub);
	for (i = hub->lost ? 1 : 0; i <= hub->settings->duplicates && hub->copy_count < HUB_COPIES_MAX; i++)
		hub->copies[hub->copy_count++] = (struct hub_copy){arrives_ns + i * hub->settings->duplicate_ns, hub->changed_ns};
}

enum hub_act hub_step(struct hub *hub, int64_t t_ns, struct hub_copy *copy)
{
	int first = first_copy(hub);

	if (first >= 0 && hub->copies[first].arrives_ns <= t_ns) {
		*copy = hub->copies[first];
		hub->copies[first] = hub->copies[--hub->copy_count];
		return HUB_ACT_SEEN;
	}
	if (raises_at(hub) <= t_ns) {
		raise_alert(hub, t_ns);
		return HUB_ACT_RAISES;
	}
	if (dies_at(hub) <= t_ns) {
		hub->alive = hub->up = false;
		return HUB_ACT_DIES;
	}
	if (hub->ready_ns <= t_ns) {
		hub->ready_ns = INSTANT_NEVER;
		hub->up = true;
		return HUB_ACT_READY;
	}
	return HUB_ACT_NOTHING;
}
