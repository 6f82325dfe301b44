/*
 * What a bench file is refused for as a whole: the rules of a 230 V bench that can be decided from the file, and limits
 * without which nothing may be energised.
 */

#include "rig/bench/reader.h"

#include <string.h>

static void refuse(struct bench_reader *reader, struct place at, const char *text)
{
	(void)yaml_problem_at(reader->yaml, at, "%s", text);
}

/* ---- Isolation ---- */

/* A part of a slot at which a device, and so perhaps the mains, is touched. */
static void check_isolation(struct bench_reader *reader, const struct bench_slot *slot, const char *part, struct place at,
			    const struct isolation *isolation)
{
	char working[AMOUNT_TEXT_SIZE];

	if (isolation->kind == ISOLATION_NONE) {
		(void)yaml_problem_at(reader->yaml, at,
				      "'%s' of slot %s touches a meter on mains and declares no 'isolation'; add {kind, working_v, class, source}",
				      part, slot->name);
		return;
	}
	if (isolation->working_mv < BENCH_MAINS_MV)
		(void)yaml_problem_at(reader->yaml, isolation->at, "this isolation works to %s; a meter on mains needs %dV at least",
				      amount_text(working, UNIT_VOLTAGE, isolation->working_mv), BENCH_MAINS_MV / 1000);
	if (isolation->class == ISOLATION_FUNCTIONAL)
		refuse(reader, isolation->at, "functional insulation protects nobody; a meter on mains needs double or reinforced");
}

static void check_slot_isolation(struct bench_reader *reader, const struct bench_slot *slot)
{
	const struct bench *bench = reader->bench;

	if (!slot->mains.present)
		return;
	check_isolation(reader, slot, "mains", slot->mains.at, &slot->mains.isolation);
	if (slot->supply.at.line > 0)
		check_isolation(reader, slot, "supply", slot->supply.at, &slot->supply.isolation);
	if (slot->ac_lost.channel >= 0)
		check_isolation(reader, slot, "ac_lost", bench->channels[slot->ac_lost.channel].at, &slot->ac_lost.isolation);
	if (slot->hub_present.channel >= 0)
		check_isolation(reader, slot, "hub_present", bench->channels[slot->hub_present.channel].at, &slot->hub_present.isolation);
	if (slot->host_present.channel >= 0)
		check_isolation(reader, slot, "host_present", bench->channels[slot->host_present.channel].at,
				&slot->host_present.isolation);
	if (slot->console >= 0)
		check_isolation(reader, slot, "console", bench->instruments[slot->console].at, &slot->console_isolation);
	if (slot->upgrade >= 0 && bench->instruments[slot->upgrade].driver == DRIVER_LOADER)
		check_isolation(reader, slot, "upgrade", bench->instruments[slot->upgrade].at, &slot->upgrade_isolation);
}

/* ---- What protects people ---- */

static bool has_mains(const struct bench *bench)
{
	int i;

	for (i = 0; i < bench->slot_count; i++)
		if (bench->slots[i].mains.present)
			return true;
	return false;
}

static void check_people(struct bench_reader *reader)
{
	const struct bench *bench = reader->bench;
	struct place top = reader->hazard_at;

	if (!has_mains(bench))
		return;
	if (bench->hazard == HAZARD_SELV_ONLY)
		refuse(reader, top, "the bench is 'selv-only' but has slots with 'mains'; write hazard: mains");
	if (bench->arm.at.line == 0)
		refuse(reader, top, "a bench with mains needs 'arm': a key or latching button in the contactor chain, read by the rig");
	if (bench->estop.at.line == 0)
		refuse(reader, top, "a bench with mains needs 'estop': its input, and the hardware_chain on which it acts");
	else if (!bench->estop.hardware_chain[0])
		refuse(reader, bench->estop.at, "'estop' of a bench with mains needs 'hardware_chain': what it cuts without this program");
}

/* A dead host may leave on only what is shut in and can be cut by hardware. */
static void check_hold(struct bench_reader *reader)
{
	const struct bench *bench = reader->bench;
	int i;

	for (i = 0; i < bench->channel_count; i++) {
		const struct bench_channel *channel = &bench->channels[i];

		if (channel->on_rig_loss != ON_RIG_LOSS_HOLD)
			continue;
		if (bench->door.at.line == 0)
			(void)yaml_problem_at(reader->yaml, channel->at, "on_rig_loss: hold of %s needs an enclosed bench: add 'door'", channel->name);
		if (!bench->estop.hardware_chain[0])
			(void)yaml_problem_at(reader->yaml, channel->at,
					      "on_rig_loss: hold of %s needs an e-stop in hardware: add 'estop' with 'hardware_chain'", channel->name);
	}
}

/* ---- Boards ---- */

static const struct bench_channel *first_of(const struct bench *bench, int instrument, enum channel_use use)
{
	int i;

	for (i = 0; i < bench->channel_count; i++)
		if (bench->channels[i].instrument == instrument && bench->channels[i].use == use)
			return &bench->channels[i];
	return NULL;
}

static void check_boards(struct bench_reader *reader)
{
	const struct bench *bench = reader->bench;
	const struct bench_channel *mains, *feed;
	int i;

	for (i = 0; i < bench->instrument_count; i++) {
		mains = first_of(bench, i, USE_MAINS_SWITCH);
		feed = first_of(bench, i, USE_FEED_SWITCH);
		if (mains && feed)
			(void)yaml_problem_at(reader->yaml, feed->at, "%s switches extra-low voltage on the board that switches mains (%s, line %d); "
					      "use two boards", feed->name, mains->name, mains->at.line);
	}
}

static const struct profile *profile_of(const struct bench *bench, int channel)
{
	return channel >= 0 ? bench->instruments[bench->channels[channel].instrument].profile : NULL;
}

/* ---- Feeds ---- */

static void check_limit(struct bench_reader *reader, const struct bench_slot *slot)
{
	const struct bench *bench = reader->bench;

	if (!bench->supply_limit.present)
		(void)yaml_problem_at(reader->yaml, slot->feed.at, "slot %s is fed by the rig and the bench has no 'limits: supply_v'; add {nominal, max, source}",
				      slot->name);
	else if (bench->supply_limit.max_mv > 0 && slot->supply.v_up_mv >= bench->supply_limit.nominal_mv)
		(void)yaml_problem_at(reader->yaml, slot->supply.at, "'v_up' is not below the nominal supply; slot %s would never count as supplied",
				      slot->name);
}

static void check_clamp(struct bench_reader *reader, const struct bench_feed *feed)
{
	const struct bench *bench = reader->bench;
	const struct profile *profile = profile_of(bench, feed->volts);
	char most_text[AMOUNT_TEXT_SIZE], max_text[AMOUNT_TEXT_SIZE];
	int64_t most, max = bench->supply_limit.max_mv;

	if (!profile || max == 0)
		return;
	most = profile->channels[bench->channels[feed->volts].profile_channel].high_milli;
	if (max > most)
		(void)yaml_problem_at(reader->yaml, feed->at, "the supply gives %s at most; 'limits: supply_v: max' is above that",
				      amount_text(most_text, UNIT_VOLTAGE, most));
	if (most > max && feed->clamp_mv == 0)
		(void)yaml_problem_at(reader->yaml, feed->at,
				      "the supply reaches %s and the slot may have %s; add 'clamp_v' (a clamp or crowbar, with source) or use a smaller supply",
				      amount_text(most_text, UNIT_VOLTAGE, most), amount_text(max_text, UNIT_VOLTAGE, max));
	if (feed->clamp_mv > 0 && feed->clamp_mv < max)
		(void)yaml_problem_at(reader->yaml, feed->at, "'clamp_v' is below 'limits: supply_v: max'; it would act in normal use");
}

static void check_feed_contact(struct bench_reader *reader, const struct bench_feed *feed)
{
	const struct profile *profile = profile_of(reader->bench, feed->switch_channel);
	char rated[AMOUNT_TEXT_SIZE], demanded[AMOUNT_TEXT_SIZE];

	if (feed->contact_dc_ma == 0 || !profile)
		return;
	if (!profile->has_contact || profile->contact.dc_ma < feed->contact_dc_ma)
		(void)yaml_problem_at(reader->yaml, feed->at, "the contact of %s is rated for %s direct current; %s are demanded (contact_dc_a)",
				      reader->bench->channels[feed->switch_channel].name, amount_text(rated, UNIT_CURRENT, profile->contact.dc_ma),
				      amount_text(demanded, UNIT_CURRENT, feed->contact_dc_ma));
}

void refuse_bench(struct bench_reader *reader)
{
	const struct bench *bench = reader->bench;
	int i;

	check_people(reader);
	check_hold(reader);
	check_boards(reader);
	for (i = 0; i < bench->slot_count; i++) {
		const struct bench_slot *slot = &bench->slots[i];

		check_slot_isolation(reader, slot);
		if (!slot->feed.present)
			continue;
		if (slot->feed.supply >= 0)
			check_limit(reader, slot);
		check_clamp(reader, &slot->feed);
		check_feed_contact(reader, &slot->feed);
	}
}
