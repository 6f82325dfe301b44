/* Who feeds whom, as the bench file says it, in the plant's words. */

#include "drivers/sim/world_build.h"

#include "drivers/sim/plant/usual.h"
#include "drivers/sim/radio.h"
#include "rig/base/instant.h"
#include "rig/base/text.h"

#include <stdlib.h>
#include <string.h>

#define SUPPLY_RISE_MV_S 500000   /* 12 V in 24 ms, and down again in 12 */
#define SUPPLY_FALL_MV_S 1000000
#define STREAM_BITS 10            /* 8N1 */
#define OTHER_HUB "00-DB-12-34-56-78-FF-01" /* on no load sheet that ships */
#define FIRMWARE "fw "            /* the one line whose last word a bench captures */

/* What plays an instrument of this profile. */
static const struct {
	const char *profile;
	bool is_board;
} players[] = {{"waveshare-relay-8", true}, {"riden-rd6006", false}};

static bool cannot(const struct world *world, struct problems *problems, struct place at, const char *what, const char *name)
{
	return problem_add(problems, world->bench->path, at, "%s '%s' cannot be simulated", what, name);
}

/* ---- Boards and supplies ---- */

static int add_board(struct world *world)
{
	int index = world->plant_settings.board_count;

	if (index == PLANT_BOARDS_MAX)
		return PLANT_NONE;
	world->plant_settings.boards[index] = relay_usual();
	world->plant_settings.board_count++;
	return index;
}

static int add_supply(struct world *world)
{
	int index = world->plant_settings.supply_count;

	if (index == PLANT_SUPPLIES_MAX)
		return PLANT_NONE;
	world->plant_settings.supplies[index] = supply_usual();
	world->plant_settings.supplies[index].rise_mv_s = SUPPLY_RISE_MV_S;
	world->plant_settings.supplies[index].fall_mv_s = SUPPLY_FALL_MV_S;
	world->units.model[index] = 60062;
	world->plant_settings.supply_count++;
	return index;
}

static bool build_unit(struct world *world, int instrument, int *part, struct problems *problems)
{
	const struct bench_instrument *from = &world->bench->instruments[instrument];
	struct world_bus *bus = &world->buses[from->bus];
	size_t i;

	for (i = 0; i < sizeof players / sizeof *players; i++)
		if (strcmp(players[i].profile, from->profile->name) == 0)
			break;
	if (i == sizeof players / sizeof *players || bus->unit_count == WORLD_UNITS_MAX)
		return cannot(world, problems, from->at, "an instrument of profile", from->profile->name);
	*part = players[i].is_board ? add_board(world) : add_supply(world);
	if (*part == PLANT_NONE)
		return cannot(world, problems, from->at, "so many instruments as with", from->name);
	if (!players[i].is_board)
		world->supply_instrument[*part] = instrument;
	bus->units[bus->unit_count++] = (struct face_unit){from->unit, players[i].is_board ? board_carry_out : riden_carry_out,
							   &world->units, *part};
	return true;
}

/* Outputs of a GPIO chip: relays of boards that speak no Modbus. */
static bool build_contact(struct world *world, int channel, struct problems *problems)
{
	const struct bench_channel *of = &world->bench->channels[channel];
	int *board = &world->board_of_chip[of->instrument], i, before = 0;

	for (i = 0; i < channel; i++)
		before += world->bench->channels[i].instrument == of->instrument && world->bench->channels[i].kind == CHANNEL_SWITCH;
	if (before % PLANT_RELAYS == 0)
		*board = add_board(world);
	if (*board == PLANT_NONE)
		return cannot(world, problems, of->at, "so many outputs as with", of->name);
	world->contacts[channel] = (struct plant_contact){*board, before % PLANT_RELAYS};
	return true;
}

static bool build_parts(struct world *world, int *parts, struct problems *problems)
{
	const struct bench *bench = world->bench;
	int i;

	for (i = 0; i < bench->instrument_count; i++)
		if (bench->instruments[i].driver == DRIVER_MODBUS && !build_unit(world, i, &parts[i], problems))
			return false;
	for (i = 0; i < bench->channel_count; i++) {
		const struct bench_channel *channel = &bench->channels[i];

		world->contacts[i] = (struct plant_contact){PLANT_NONE, 0};
		if (channel->kind != CHANNEL_SWITCH)
			continue;
		if (bench->instruments[channel->instrument].driver == DRIVER_GPIO) {
			if (!build_contact(world, i, problems))
				return false;
		} else if (bench->instruments[channel->instrument].driver == DRIVER_MODBUS) {
			world->contacts[i].board = parts[channel->instrument];
			world->contacts[i].relay =
				bench->instruments[channel->instrument].profile->channels[channel->profile_channel].set.address % PLANT_RELAYS;
		}
	}
	return true;
}

/* ---- Slots ---- */

static struct plant_contact contact_of(const struct world *world, int channel)
{
	return channel < 0 ? (struct plant_contact){PLANT_NONE, 0} : world->contacts[channel];
}

static int64_t drawn(struct draw *draw, struct draw_range range)
{
	return range.least == METER_FOREVER ? METER_FOREVER : draw_between(draw, range);
}

static void build_devices(struct world *world, int slot, struct plant_slot_settings *to, struct draw *draw)
{
	const struct world_file_slot *file = &world->file.slots[slot];
	const char *version = world->settings->versions[slot], *guid = world->settings->guids[slot];
	int i;

	to->meter = file->meter;
	for (i = 0; i < to->meter.dip_count; i++)
		to->meter.dips[i].length_ns = drawn(draw, file->dip_lengths[i]);
	if (version && version[0] && !file->has_version)
		text_copy(to->meter.version, sizeof to->meter.version, version);
	to->hub = file->hub;
	to->hub.threshold_ns = drawn(draw, file->threshold_ns);
	if (guid && guid[0])
		text_copy(to->hub_guid, sizeof to->hub_guid, guid);
}

static void build_lines(struct world *world, int slot, int at)
{
	const struct bench_slot *from = &world->bench->slots[slot];
	int i;

	for (i = 0; i < PLANT_LINE_COUNT; i++)
		world->line_channel[at][i] = -1;
	world->line_channel[at][LINE_SUPPLY] = from->supply.channel;
	world->line_channel[at][LINE_MAINS] = from->mains.present ? from->mains.sense : -1;
	world->line_channel[at][LINE_AC_LOST] = from->ac_lost.channel;
}

static void name_lines(struct world *world, int slot)
{
	int at = world->plant_slot[slot], line;

	for (line = 0; line < PLANT_LINE_COUNT; line++)
		if (world->line_channel[at][line] >= 0) {
			world->channel_slot[world->line_channel[at][line]] = slot;
			world->channel_line[world->line_channel[at][line]] = line;
		}
}

static void build_slot(struct world *world, int slot, const int *parts, struct draw *draw)
{
	const struct bench *bench = world->bench;
	const struct bench_slot *from = &bench->slots[slot];
	int at = world->plant_settings.slot_count++;
	struct plant_slot_settings *to = &world->plant_settings.slots[at];

	world->plant_slot[slot] = at;
	world->slots[at].hub_of = at;
	world->bench_slot[at] = slot;
	*to = plant_slot_usual();
	text_copy(to->name, sizeof to->name, from->name);
	to->has_meter = from->mains.present;
	to->mains = contact_of(world, from->mains.present ? from->mains.switch_channel : -1);
	if (from->mains.present && from->mains.group >= 0)
		to->contactor = contact_of(world, bench->groups[from->mains.group].contactor);
	to->group = from->mains.present && from->mains.group >= 0 ? from->mains.group : PLANT_NONE;
	to->feed = contact_of(world, from->feed.present ? from->feed.switch_channel : -1);
	if (from->feed.present && from->feed.supply >= 0)
		to->supply = parts[from->feed.supply];
	if (bench->supply_limit.present)
		to->nominal_mv = bench->supply_limit.nominal_mv;
	to->v_down_mv = from->supply.v_down_mv;
	to->v_up_mv = from->supply.v_up_mv;
	build_devices(world, slot, to, draw);
	build_lines(world, slot, at);
	name_lines(world, slot);
}

/* ---- Wires that go where they should not, and relays that are not what they were ---- */

/* Whoever sits on a meter has his own threshold, latency and name, and his own console. */
static void swap_hubs(struct world *world, int a, int b)
{
	struct plant_slot_settings *at_a = &world->plant_settings.slots[a], *at_b = &world->plant_settings.slots[b];
	const struct hub_settings hub = at_a->hub;
	const int heard = world->slots[a].hub_of;
	char guid[PLANT_GUID_SIZE];

	memcpy(guid, at_a->hub_guid, sizeof guid);
	at_a->hub = at_b->hub;
	at_b->hub = hub;
	memcpy(at_a->hub_guid, at_b->hub_guid, sizeof guid);
	memcpy(at_b->hub_guid, guid, sizeof guid);
	world->slots[a].hub_of = world->slots[b].hub_of;
	world->slots[b].hub_of = heard;
}

static void cross(struct world *world, struct sim_fault *fault)
{
	int a = world->plant_slot[fault->slot], b = world->plant_slot[fault->with], channel;

	if (a < 0 || b < 0 || a == b)
		return;
	fault->fired = 1;
	if (fault->kind == FAULTY_CROSSED_CONSOLES) {
		world->slots[a].hub_of = b;
		world->slots[b].hub_of = a;
		return;
	}
	if (fault->kind == FAULTY_SWAPPED_HUBS) {
		swap_hubs(world, a, b);
		return;
	}
	channel = world->line_channel[a][fault->line];
	world->line_channel[a][fault->line] = world->line_channel[b][fault->line];
	world->line_channel[b][fault->line] = channel;
}

static void wear(struct relay_settings *relay, struct sim_fault *fault)
{
	int i;

	fault->fired = 1;
	if (fault->kind == FAULTY_RELAY_LATE) {
		relay->close_ns = relay->open_ns = fault->by_ns;
		return;
	}
	relay->bounce_count = fault->times < RELAY_BOUNCES_MAX / 2 ? 2 * fault->times : RELAY_BOUNCES_MAX;
	for (i = 0; i < relay->bounce_count; i++)
		relay->bounce_ns[i] = fault->by_ns > 0 ? fault->by_ns : 1;
}

/* The output of a supply that has one; how far it then goes in a second is what it says of a slope. */
static void slow_down(struct world *world, const int *parts, const struct sim_fault *fault)
{
	struct plant_settings *plant = &world->plant_settings;
	int64_t slope_mv_s = (world->bench->supply_limit.present ? world->bench->supply_limit.nominal_mv : plant_slot_usual().nominal_mv) * NS_PER_S /
			     (fault->by_ns > 0 ? fault->by_ns : 1);

	if (fault->instrument < 0 || world->bench->instruments[fault->instrument].profile->channels[0].kind == PROFILE_SWITCH)
		return;
	plant->supplies[parts[fault->instrument]].rise_mv_s = plant->supplies[parts[fault->instrument]].fall_mv_s = slope_mv_s > 0 ? slope_mv_s : 1;
}

/* Its name is in what it says, where a bench listens for that. */
static void exchange_hub(struct world *world, struct sim_fault *fault)
{
	int slot = world->plant_slot[fault->slot];

	if (slot < 0)
		return;
	text_copy(world->plant_settings.slots[slot].hub_guid, PLANT_GUID_SIZE, OTHER_HUB);
	fault->fired = 1;
}

static void build_faults(struct world *world, const int *parts)
{
	int i;

	for (i = 0; i < world->file.faults.count; i++) {
		struct sim_fault *fault = &world->file.faults.list[i];

		if (fault->kind >= FAULTY_CROSSED && fault->kind <= FAULTY_SWAPPED_HUBS)
			cross(world, fault);
		else if (fault->kind == FAULTY_OTHER_HUB)
			exchange_hub(world, fault);
		else if (fault->kind == FAULTY_SUPPLY_RAMPS)
			slow_down(world, parts, fault);
		else if ((fault->kind == FAULTY_RELAY_LATE || fault->kind == FAULTY_RELAY_BOUNCES) && fault->instrument >= 0 &&
			 world->bench->instruments[fault->instrument].profile->channels[0].kind == PROFILE_SWITCH)
			wear(&world->plant_settings.boards[parts[fault->instrument]], fault);
	}
}

/* ---- Consoles ---- */

/* Each line that the plant says, as an example, and the pattern that listens for it. */
static bool add_words(const struct world *world, int instrument, struct phrases *words, const char *begins, const char *example,
		      const char *pattern, struct problems *problems)
{
	const struct bench_instrument *from = &world->bench->instruments[instrument];
	char said[PHRASE_SIZE];

	phrases_add(words, begins, pattern, strcmp(begins, FIRMWARE) == 0);
	if (phrases_say(words, example, "00-DB-12-34-56-78-90-A5", said))
		return true;
	return problem_add(problems, world->bench->path, from->at,
			   "%s: nothing was found that a simulated device could say and '%s' matches", from->name, pattern);
}

static bool learn_console(struct world *world, int instrument, struct phrases *words, struct problems *problems)
{
	static const char restored[] = "ALERT 8F36 from 2026-01-01T00:00:00Z to 2026-01-01T00:04:00Z";
	const struct bench_console *console = world->bench->instruments[instrument].console;
	bool good = true;
	int i;

	for (i = 0; i < console->alert_count; i++) {
		const struct bench_alert_pattern *alert = &console->alerts[i];

		if (strcmp(alert->code, "AD1") == 0)
			good &= add_words(world, instrument, words, "POA AD1", "POA AD1 chf=00-DB-12-34-56-78-90-A5 since 2026-01-01T00:00:00Z",
					  alert->pattern, problems);
		else if (strcmp(alert->code, "8F36") == 0)
			good &= add_words(world, instrument, words, "ALERT 8F36", restored, alert->pattern, problems);
		else if (strcmp(alert->code, "8F35") == 0)
			good &= add_words(world, instrument, words, "ALERT 8F35", restored, alert->pattern, problems);
	}
	return add_words(world, instrument, words, "CHF ready", "CHF ready chf=00-DB-12-34-56-78-90-A5", console->hub[HUB_READY], problems) &&
	       add_words(world, instrument, words, "CHF restart", "CHF restart chf=00-DB-12-34-56-78-90-A5", console->hub[HUB_RESTART], problems) &&
	       good;
}

/* A command without the line's end that it is sent with. */
static void learn_command(char to[METER_COMMAND_MAX], const char *send)
{
	text_copy(to, METER_COMMAND_MAX, send);
	to[strcspn(to, "\r\n")] = '\0';
}

/* The step that says what a script is for: the last that sends anything. NULL: none does. */
static const struct bench_step *last_sent(const struct bench_script *script)
{
	int i;

	for (i = script->count - 1; i >= 0; i--)
		if (script->steps[i].exchange.send[0])
			return &script->steps[i];
	return NULL;
}

/* What a step before the one that matters sends gets a reply of its own; one that listens without having asked is not played. */
static bool learn_reply(struct world *world, int instrument, struct world_slot *slot, const struct bench_exchange *exchange,
			struct problems *problems)
{
	static const char *const words[METER_REPLIES_MAX] = {"reply A", "reply B", "reply C", "reply D", "reply E", "reply F",
							     "reply G", "reply H", "reply I", "reply J", "reply K", "reply L"};
	struct meter_console *console = &slot->console;
	struct meter_reply *to = &console->replies[console->reply_count];
	const struct bench_instrument *from = &world->bench->instruments[instrument];

	if (!exchange->expect[0])
		return true;
	if (!exchange->send[0])
		return cannot(world, problems, from->at, "a step that waits for what nobody asked for,", from->name);
	if (console->reply_count == METER_REPLIES_MAX)
		return cannot(world, problems, from->at, "so many steps,", from->name);
	learn_command(to->command, exchange->send);
	to->says = words[console->reply_count++];
	return add_words(world, instrument, &slot->meter_words, to->says, to->says, exchange->expect, problems);
}

static bool learn_replies(struct world *world, int instrument, struct world_slot *slot, const struct bench_script *script,
			  const struct bench_step *but, struct problems *problems)
{
	bool good = true;
	int i;

	for (i = 0; i < script->count; i++)
		if (&script->steps[i] != but)
			good &= learn_reply(world, instrument, slot, &script->steps[i].exchange, problems);
	return good;
}

static bool learn_dialogs(struct world *world, int instrument, struct world_slot *slot, struct problems *problems)
{
	const struct bench_loader *loader = world->bench->instruments[instrument].loader;
	const struct bench_step *enter = last_sent(&loader->enter), *activate = last_sent(&loader->activate), *version = last_sent(&loader->version);
	const struct bench_step *verify = loader->verify.count > 0 ? &loader->verify.steps[loader->verify.count - 1] : NULL;
	const struct bench_instrument *from = &world->bench->instruments[instrument];
	struct phrases *words = &slot->meter_words;
	bool good;

	if (!enter || !version)
		return cannot(world, problems, from->at, "a loader that nobody asks to receive, or for its version,", from->name);
	learn_command(slot->console.upgrade, enter->exchange.send);
	learn_command(slot->console.activate, activate->exchange.send);
	learn_command(slot->console.version, version->exchange.send);
	good = add_words(world, instrument, words, "ready for", "ready for an image", enter->exchange.expect, problems);
	good &= add_words(world, instrument, words, "image ok", "image ok 00020130", verify ? verify->exchange.expect : "", problems);
	good &= add_words(world, instrument, words, "image bad", "image bad", verify ? verify->exchange.refuse : "", problems);
	good &= add_words(world, instrument, words, "activating", "activating 00020130", activate->exchange.expect, problems);
	good &= add_words(world, instrument, words, "activation refused", "activation refused", activate->exchange.refuse, problems);
	good &= add_words(world, instrument, words, FIRMWARE, FIRMWARE "00020130", version->exchange.expect, problems);
	good &= learn_replies(world, instrument, slot, &loader->enter, enter, problems);
	good &= learn_replies(world, instrument, slot, &loader->verify, verify, problems);
	good &= learn_replies(world, instrument, slot, &loader->activate, activate, problems);
	return learn_replies(world, instrument, slot, &loader->version, version, problems) && good;
}

static void unplug(struct cable *cable, const struct sim_fault *fault)
{
	if (cable->gap_count < WORLD_GAPS_MAX)
		cable->gaps[cable->gap_count++] = (struct world_gap){fault->at_ns, fault->at_ns + fault->for_ns};
}

static bool learn_loader(struct world *world, int instrument, struct world_slot *slot, struct problems *problems)
{
	const struct bench_instrument *from = &world->bench->instruments[instrument];

	slot->console.protocol = from->loader->push == LOADER_TOOL ? LOADER_XMODEM_1K : from->loader->push;
	if (from->loader->protocol == LOADER_SMP || from->loader->protocol == LOADER_TOOL)
		return true;
	if (from->loader->push == LOADER_SMP)
		return cannot(world, problems, from->at, "a script that pushes by SMP,", from->name);
	return learn_dialogs(world, instrument, slot, problems);
}

static bool build_stream(struct world *world, int instrument, struct problems *problems, struct error *error)
{
	const struct bench_instrument *from = &world->bench->instruments[instrument];
	struct world_slot *slot = &world->slots[world->plant_slot[from->slot]];
	struct cable *cable = world_cable(world, instrument);
	int i;

	cable->faults = world->file.faults.count > 0 ? &world->file.faults : NULL;
	cable->slot = from->slot;
	cable->way_to_rig = from->loader ? WAY_METER : WAY_HUB;
	cable->byte_ns = STREAM_BITS * NS_PER_S / (from->settings.baud > 0 ? from->settings.baud : 115200);
	if (from->console && !learn_console(world, instrument, &slot->hub_words, problems))
		return false;
	if (from->console)
		for (i = 0; i < world->file.slots[from->slot].gap_count; i++)
			cable->gaps[cable->gap_count++] = world->file.slots[from->slot].gaps[i];
	if (!from->loader)
		return true;
	for (i = 0; i < world->file.faults.count; i++)
		if (world->file.faults.list[i].kind == FAULTY_LOADER_UNPLUGGED && world->file.faults.list[i].slot == from->slot)
			unplug(cable, &world->file.faults.list[i]);
	if (!learn_loader(world, instrument, slot, problems))
		return false;
	slot->has_meter_console = true;
	return meter_console_init(&slot->console, error);
}

/* ---- All of it ---- */

static void build_bench_lines(struct world *world)
{
	const struct bench *bench = world->bench;
	int i;

	for (i = 0; i < PLANT_LINE_COUNT; i++)
		world->bench_line_channel[i] = -1;
	world->bench_line_channel[LINE_LAB_FEED] = bench->lab_feed.channel;
	world->bench_line_channel[LINE_ARM] = bench->arm.channel;
	world->bench_line_channel[LINE_ESTOP] = bench->estop.channel;
	world->bench_line_channel[LINE_DOOR] = bench->door.channel;
}

bool world_build(struct world *world, struct problems *problems, struct error *error)
{
	const struct bench *bench = world->bench;
	int parts[BENCH_INSTRUMENTS_MAX], before = problems->count, i;
	struct draw draw;

	world->plant_settings.seed = world->settings->has_seed ? world->settings->seed : world->file.seed;
	world->plant_settings.utc_us_at_zero = world->file.begins_utc_us;
	world->plant_settings.hardware_chain = true;
	draw_init(&draw, world->plant_settings.seed ^ UINT64_C(0x5EED0FD3B1CE5));
	for (i = 0; i < BENCH_INSTRUMENTS_MAX; i++)
		parts[i] = world->board_of_chip[i] = PLANT_NONE;
	for (i = 0; i < bench->channel_count; i++)
		world->channel_slot[i] = world->channel_line[i] = -1;
	if (!build_parts(world, parts, problems))
		return false;
	build_bench_lines(world);
	for (i = 0; i < bench->slot_count; i++) {
		world->plant_slot[i] = -1;
		if (world->settings->taking_part[i])
			build_slot(world, i, parts, &draw);
	}
	build_faults(world, parts);
	for (i = 0; i < bench->instrument_count; i++) {
		const struct bench_instrument *instrument = &bench->instruments[i];

		if ((instrument->console || instrument->loader) && world->plant_slot[instrument->slot] >= 0 &&
		    !build_stream(world, i, problems, error) && problems->count == before)
			return false;
	}
	return problems->count == before && radio_make(&world->radio, world, error);
}
