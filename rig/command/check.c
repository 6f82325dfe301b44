/* check: whether bench, load sheet, scenario and order are right, alone and together, and what the wiring can prove. */

#include "rig/command/live.h"
#include "rig/command/night.h"
#include "rig/command/slot_permit.h"
#include "rig/command/table.h"

#include "rig/report/escape.h"
#include "rig/scenario/claim.h"

#include <stdio.h>
#include <string.h>

/* ---- What stays on when even the supervisor is gone ---- */

/* A relay that the rig keeps closed by its dead-man falls off by itself; anything else stays as its board leaves it. */
static bool falls_off(const struct bench *bench, const struct bench_channel *channel)
{
	const struct profile *profile = bench->instruments[channel->instrument].profile;

	return channel->profile_channel >= 0 && channel->on_rig_loss == ON_RIG_LOSS_OFF &&
	       profile->channels[channel->profile_channel].dead_man_unit_ns > 0;
}

static bool stays_on(const struct bench *bench, const struct bench_channel *channel)
{
	bool output = channel->kind == CHANNEL_SWITCH || channel->kind == CHANNEL_LEVEL;
	bool setting = channel->use == USE_SUPPLY_VOLTS || channel->use == USE_SUPPLY_AMPS || channel->use == USE_SUPPLY_OVP ||
		       channel->use == USE_SUPPLY_OCP;

	return output && !setting && !falls_off(bench, channel);
}

static const char *slot_of(const struct bench *bench, const struct bench_channel *channel)
{
	return channel->slot >= 0 ? bench->slots[channel->slot].name : "";
}

/* ---- For people ---- */

static void put_bench(FILE *out, const struct bench *bench)
{
	static const char *const environments[] = {[ENVIRONMENT_BOXED] = "boxed", [ENVIRONMENT_UIT] = "uit",
		[ENVIRONMENT_PRODUCTION] = "PRODUCTION", [ENVIRONMENT_SIMULATED] = "simulated"};

	fprintf(out, "bench %s (%s): %s, %s\n", bench->name, bench->path, bench->hazard == HAZARD_MAINS ? "mains" : "selv-only",
		environments[bench->environment]);
	if (bench->reference[0])
		fprintf(out, "  reference: %s\n", bench->reference);
	if (bench->arm.channel >= 0)
		fprintf(out, "  arm: %s, for %lld min\n", bench->channels[bench->arm.channel].name, (long long)(bench->arm.limit_ns / NS_PER_MIN));
	if (bench->estop.channel >= 0)
		fprintf(out, "  e-stop: %s; in hardware: %s\n", bench->channels[bench->estop.channel].name,
			bench->estop.hardware_chain[0] ? bench->estop.hardware_chain : "not declared");
	if (bench->door.channel >= 0)
		fprintf(out, "  door: %s\n", bench->channels[bench->door.channel].name);
}

static void put_slot(FILE *out, const struct night *night, int index)
{
	const struct bench *bench = &night->bench;
	const struct bench_slot *slot = &bench->slots[index];
	const struct bench_channel *power = &bench->channels[bench_slot_power(slot)];
	const char *point = claim_point(bench, index), *lacks;
	enum claim claim;

	fprintf(out, "slot %s: %s, switched by %s (%s when the rig is lost), AD1 %s%s, upgrade %s%s\n", slot->name,
		slot->arrangement == ARRANGEMENT_METER_WITH_HUB ? "meter with hub" : "hub alone", power->name,
		power->on_rig_loss == ON_RIG_LOSS_HOLD ? "held" : "off", point ? "seen at " : "not seen", point ? point : "",
		slot->upgrade >= 0 ? "by " : "none", slot->upgrade >= 0 ? bench->instruments[slot->upgrade].name : "");
	for (claim = 0; claim < CLAIM_COUNT; claim++) {
		lacks = claim_lacks(bench, index, claim);
		fprintf(out, "  %-40s %s%s\n", claim_text(claim), lacks ? "cannot be said: needs " : "can be said", lacks ? lacks : "");
	}
}

static void put_staying_on(FILE *out, const struct bench *bench)
{
	int i;

	fputs("If this program and its supervisor are both gone, only hardware switches these off:\n", out);
	for (i = 0; i < bench->channel_count; i++)
		if (stays_on(bench, &bench->channels[i]))
			fprintf(out, "  %s (%s%s%s)\n", bench->channels[i].name, channel_use_name(bench->channels[i].use),
				bench->channels[i].slot >= 0 ? " of slot " : "", slot_of(bench, &bench->channels[i]));
}

static void put_remarks(FILE *out, const struct night *night)
{
	const struct bench *bench = &night->bench;
	int i;

	if (bench->term_count == 0)
		fputs("remark: without 'uncertainty' every outage will be void\n", out);
	for (i = 0; night->has_load && i < night->load.slot_count; i++)
		if (!bands_find(&night->bands, night->load.slots[i].hub.model, night->load.slots[i].hub.firmware)->measured)
			fprintf(out, "remark: the alert band of the hub in slot %s is not measured; it is taken as wide (%s)\n",
				night->load.slots[i].name, night->bands.path);
}

static void put_image(FILE *out, const struct night *night)
{
	const struct record *line = &night->image_line;

	if (!night->has_image)
		return;
	fprintf(out, "firmware: %s, SHA-256 %s\n", night->image_path, line->data.image.sha256);
	if (line->data.image.inner_sha256[0])
		fprintf(out, "  the manufacturer's image in it: version %s, SHA-256 %s%s%s%s\n", line->data.image.version,
			line->data.image.inner_sha256, line->data.image.cpl_entry[0] ? ", the CPL's entry " : "", line->data.image.cpl_entry,
			line->data.image.cpl_entry[0] && strcmp(night->order.cpl.hash, line->data.image.inner_sha256) != 0
				? " IS ANOTHER ONE" : "");
}

static void put_text(FILE *out, const struct night *night)
{
	int i;

	put_bench(out, &night->bench);
	for (i = 0; i < night->bench.slot_count; i++)
		if (night->taking_part[i])
			put_slot(out, night, i);
	put_staying_on(out, &night->bench);
	put_image(out, night);
	put_remarks(out, night);
	fputs("No problem found. Nothing was opened: wiring is proved with the bench switched on.\n", out);
}

/* ---- For programs ---- */

static void put_slot_as_json(FILE *out, const struct night *night, int slot)
{
	const char *point = claim_point(&night->bench, slot), *lacks;
	enum claim claim;

	fprintf(out, "{\"slot\": \"%s\", \"switched_by\": ", night->bench.slots[slot].name);
	put_json(out, night->bench.channels[bench_slot_power(&night->bench.slots[slot])].name);
	fputs(", \"ad1_seen_at\": ", out);
	put_json(out, point ? point : "");
	fputs(", \"claims\": [", out);
	for (claim = 0; claim < CLAIM_COUNT; claim++) {
		lacks = claim_lacks(&night->bench, slot, claim);
		fprintf(out, "%s{\"claim\": ", claim ? ", " : "");
		put_json(out, claim_text(claim));
		fprintf(out, ", \"supported\": %s, \"needs\": ", lacks ? "false" : "true");
		put_json(out, lacks ? lacks : "");
		fputs("}", out);
	}
	fputs("]}", out);
}

static void put_as_json(FILE *out, const struct night *night)
{
	const struct bench *bench = &night->bench;
	const char *comma = "";
	int i;

	fputs("{\"bench\": ", out);
	put_json(out, bench->name);
	fputs(", \"problems\": [], \"slots\": [", out);
	for (i = 0; i < bench->slot_count; i++)
		if (night->taking_part[i]) {
			fputs(comma, out);
			put_slot_as_json(out, night, i);
			comma = ",\n  ";
		}
	fputs("], \"only_hardware_switches_off\": [", out);
	comma = "";
	for (i = 0; i < bench->channel_count; i++)
		if (stays_on(bench, &bench->channels[i])) {
			fputs(comma, out);
			put_json(out, bench->channels[i].name);
			comma = ", ";
		}
	fputs("]}\n", out);
}

static void put_problems_as_json(FILE *out, struct problems *problems)
{
	int i;

	problems_sort(problems);
	fputs("{\"problems\": [", out);
	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];

		fprintf(out, "%s{\"file\": ", i ? ",\n  " : "");
		put_json(out, problems->files[problem->file]);
		fprintf(out, ", \"line\": %d, \"column\": %d, \"text\": ", problem->place.line, problem->place.column);
		put_json(out, problem->text);
		fputs("}", out);
	}
	fputs("]}\n", out);
}

/* ---- The command ---- */

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct night_names names = {.bench = arguments_value(arguments, "--bench"), .scenario = arguments_value(arguments, "--scenario"),
		.load = arguments_value(arguments, "--load"), .order = arguments_value(arguments, "--order"),
		.slots = arguments_value(arguments, "--slots"), .certify = arguments_has(arguments, "--certify")};
	static struct night night;
	struct live_wishes wishes;
	struct problems problems;
	bool done;

	if (!live_take_wishes(arguments, &wishes, error))
		return false;
	if (!names.bench)
		return error_set(error, FAULT_USAGE, "--bench BENCH is missing");
	names.live = wishes.live;
	while (names.setting_count < SCENARIO_SETTINGS_MAX && arguments_value_at(arguments, "--set", names.setting_count)) {
		names.settings[names.setting_count] = arguments_value_at(arguments, "--set", names.setting_count);
		names.setting_count++;
	}
	problems_init(&problems);
	done = night_load(&night, &names, &problems, error) &&
	       slots_permit(&night.bench, names.bench, night.taking_part, false, &problems, error) &&
	       (names.setting_count == 0 || !night.has_plan || night_load_image(&night, &names, error)); /* one that was named */
	if (!done && wishes.json)
		put_problems_as_json(stdout, &problems);
	if (!done)
		(void)night_refuse(&problems, error);
	else if (wishes.live)
		done = live_check(&night, names.bench, &wishes, exit_code, error);
	else if (wishes.json)
		put_as_json(stdout, &night);
	else
		put_text(stdout, &night);
	problems_done(&problems);
	night_done(&night);
	return done;
}

static const struct command_option options[] = {
	{"--bench", "BENCH", "the bench file, or its name in scenarios/benches", false},
	{"--load", "SHEET", "the load sheet", false},
	{"--scenario", "SCENARIO", "the scenario that is to be run", false},
	{"--order", "ORDER", "the test order", false},
	{"--slots", "A,B", "only these slots", false},
	{"--set", "NAME=VALUE", "a parameter of the scenario", true},
	{"--certify", NULL, "also what a certified run needs: order, proofs, uncertainty budget", false},
	{"--json", NULL, "the same as JSON; problems too; with --live an object a line", false},
	{"--live", NULL, "open the bench: identity, levels, read-back, and the walk test of every slot", false},
	{"--no-walk", NULL, "identity and levels only: nothing is energised", false},
	{"--walk", NULL, "walk the slots of a production bench too", false},
	{"--within", "TIME", "how long a person is waited for: to arm, to operate (2min)", false},
	{"--prove", "estop|door|arm", "then the proof test of its hardware chain", false},
	{"--operator", "NAME", "who operates what is proved", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"check --bench scenarios/benches/one-slot.yaml", "one bench file"},
	{"check --bench one-slot --load one-slot --scenario ota-journey", "everything that a night is made of"},
	{"check --bench left-desk.yaml --live", "is the desk wired as its file says?"},
	{"check --bench left-desk.yaml --live --no-walk", "who answers, and how every line stands"},
	{"check --bench left-desk.yaml --live --prove estop --operator A.Person", "does the emergency stop cut without this program?"},
	{NULL, NULL},
};

const struct command command_check = {
	.name = "check",
	.operands = "",
	.operands_least = 0,
	.operands_most = 0,
	.about = "the files of a run, and what this bench can prove",
	.text = "Reads the files and checks them, alone and against each other: channels and units that do not exist, limits and\n"
		"isolation that are not declared, contacts below their demand, irreversible steps without a gate, and so on. All\n"
		"problems come at once, as FILE:LINE:COLUMN: text with a way out, and end with 64. A bench without a problem is\n"
		"described: what can be said of devices with its observers, and what only hardware can switch off.\n"
		"\n"
		"--live takes the bench's seat and opens it, under a supervisor as a run has one. Every instrument proves who it is,\n"
		"every line is read, outputs are read back as off; then one slot after the other is energised, must stir its own senses\n"
		"and console and no other's, and must be dead again in time. Hazardous outputs wait for the arm; in production, where\n"
		"a hub that is cut may raise AD1 three minutes later, nothing is energised without --walk. --prove then energises all\n"
		"mains, asks for the operation, and sees every mains sense go before the program switches off itself; it prints the\n"
		"line for the bench file, due in six months. E-stop, door, arm lost, Ctrl-C and a lost terminal switch everything off.\n"
		"A slot with a weld is locked out, as by a run.\n"
		"\n"
		"Exit codes with --live: 0 all that was asked is proved; 2 something could not be proved (not armed, not walked, ended\n"
		"by e-stop, door, arm or lab power); 64 files or command line; 70 something is wrong with the bench, or did not go\n"
		"off; 75 bench busy; 130 ended by Ctrl-C or `hilrig off`, everything off. Off is not isolated.",
	.options = options,
	.examples = examples,
	.run = run,
};
