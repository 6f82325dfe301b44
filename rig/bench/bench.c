/* Reads a bench file from top to bottom, and owns what it became. */

#include "rig/bench/bench.h"

#include "rig/bench/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Keys of the bench itself ---- */

static void read_input(struct bench_reader *reader, struct yaml_map *bench, const char *key, enum channel_use use,
		       struct bench_input *to)
{
	struct yaml_node node = yaml_get_map(bench, key, YAML_OPTIONAL);
	struct yaml_map map;

	to->channel = -1;
	if (!yaml_is_there(node) || !yaml_map_begin(&map, node, key))
		return;
	to->at = map.place;
	to->channel = take_channel(reader, yaml_get(&map, "input", YAML_REQUIRED), CHANNEL_INPUT, use, -1);
	if (use == USE_ARM)
		(void)yaml_get_decimal(&map, "limit_min", YAML_REQUIRED, NS_PER_MIN, "min", NS_PER_MIN, 14 * 24 * NS_PER_H, &to->limit_ns);
	if (use == USE_ESTOP)
		(void)yaml_get_text(&map, "hardware_chain", YAML_OPTIONAL, to->hardware_chain, sizeof to->hardware_chain);
	yaml_map_end(&map);
}

static void read_proof(struct bench *bench, struct yaml_node node)
{
	static const char *const whats[] = {"arm", "estop", "door", "temperature", NULL};
	struct bench_proof *proof;
	struct yaml_map map;
	bool on, due;
	int what = 0;

	if (!yaml_map_begin(&map, node, "a proof"))
		return;
	proof = READER_ADD(bench->proofs, bench->proof_count);
	proof->at = map.place;
	(void)yaml_get_word(&map, "what", YAML_REQUIRED, whats, &what);
	proof->what = (enum proof_of)what;
	(void)yaml_get_text(&map, "by", YAML_REQUIRED, proof->by, sizeof proof->by);
	on = yaml_get_date(&map, "on", YAML_REQUIRED, proof->on, sizeof proof->on);
	due = yaml_get_date(&map, "due", YAML_REQUIRED, proof->due, sizeof proof->due);
	if (on && due && strcmp(proof->on, proof->due) >= 0)
		(void)yaml_problem(node, "this proof is due before it was made");
	yaml_map_end(&map);
}

static void read_proofs(struct bench *bench, struct yaml_map *map)
{
	struct yaml_node list = yaml_get_list(map, "proofs", YAML_OPTIONAL);
	int i;

	if (yaml_count(list) > BENCH_PROOFS_MAX)
		(void)yaml_problem(list, "%d proofs; at most %d are read", yaml_count(list), BENCH_PROOFS_MAX);
	for (i = 0; i < yaml_count(list) && i < BENCH_PROOFS_MAX; i++)
		read_proof(bench, yaml_item(list, i));
}

static void read_supply_limit(struct bench *bench, struct yaml_node node)
{
	bool nominal, max;
	struct yaml_map map;

	bench->supply_limit.present = true;
	bench->supply_limit.at = yaml_place(node);
	if (!yaml_map_begin(&map, node, "'supply_v'"))
		return;
	nominal = yaml_get_decimal(&map, "nominal", YAML_REQUIRED, 1000, "V", 1, BENCH_VOLTS_MAX_MV, &bench->supply_limit.nominal_mv);
	max = yaml_get_decimal(&map, "max", YAML_REQUIRED, 1000, "V", 1, BENCH_VOLTS_MAX_MV, &bench->supply_limit.max_mv);
	(void)yaml_get_text(&map, "source", YAML_REQUIRED, bench->supply_limit.source, sizeof bench->supply_limit.source);
	if (nominal && max && bench->supply_limit.nominal_mv > bench->supply_limit.max_mv)
		(void)yaml_problem(node, "'nominal' is above 'max'");
	yaml_map_end(&map);
}

static void read_current_limit(struct bench *bench, struct yaml_node node)
{
	struct yaml_map map;

	bench->current_limit.present = true;
	if (!yaml_map_begin(&map, node, "'supply_a'"))
		return;
	(void)yaml_get_decimal(&map, "max", YAML_REQUIRED, 1000, "A", 1, 100000, &bench->current_limit.max_ma);
	(void)yaml_get_text(&map, "source", YAML_REQUIRED, bench->current_limit.source, sizeof bench->current_limit.source);
	yaml_map_end(&map);
}

static void read_limits(struct bench *bench, struct yaml_map *top)
{
	struct yaml_node node = yaml_get_map(top, "limits", YAML_OPTIONAL), volts, amps;
	struct yaml_map map;

	if (!yaml_is_there(node) || !yaml_map_begin(&map, node, "'limits'"))
		return;
	volts = yaml_get(&map, "supply_v", YAML_OPTIONAL);
	amps = yaml_get(&map, "supply_a", YAML_OPTIONAL);
	if (yaml_is_there(volts))
		read_supply_limit(bench, volts);
	if (yaml_is_there(amps))
		read_current_limit(bench, amps);
	yaml_map_end(&map);
}

static void read_term(struct bench *bench, struct yaml_node node)
{
	static const char *const distributions[] = {"rectangular", "normal-k2", "triangular", NULL};
	static const char *const conditions[] = {"always", "clock-locked", "clock-free", NULL};
	int distribution = 0, condition = 0;
	struct bench_term *term;
	int64_t edges = 1;
	struct yaml_map map;

	if (!yaml_map_begin(&map, node, "a term"))
		return;
	term = READER_ADD(bench->terms, bench->term_count);
	(void)yaml_get_name(&map, "term", YAML_REQUIRED, term->name, sizeof term->name);
	(void)yaml_get_word(&map, "distribution", YAML_REQUIRED, distributions, &distribution);
	(void)yaml_get_decimal(&map, "half_width_us", YAML_OPTIONAL, NS_PER_US, "us", 0, NS_PER_MIN, &term->half_width_ns);
	(void)yaml_get_decimal(&map, "half_width_ppm", YAML_OPTIONAL, 1000, "ppm", 0, 1000000000, &term->half_width_ppb);
	(void)yaml_get_number(&map, "edges", YAML_REQUIRED, 1, 2, &edges);
	(void)yaml_get_word(&map, "when", YAML_OPTIONAL, conditions, &condition);
	(void)yaml_get_text(&map, "source", YAML_REQUIRED, term->source, sizeof term->source);
	if (!yaml_is_there(yaml_get(&map, "half_width_us", YAML_OPTIONAL)) && !yaml_is_there(yaml_get(&map, "half_width_ppm", YAML_OPTIONAL)))
		(void)yaml_problem(node, "a term needs 'half_width_us' or 'half_width_ppm'");
	term->distribution = (enum distribution)distribution;
	term->condition = (enum term_condition)condition;
	term->edges = (int)edges;
	yaml_map_end(&map);
}

static void read_terms(struct bench *bench, struct yaml_map *top)
{
	struct yaml_node list = yaml_get_list(top, "uncertainty", YAML_OPTIONAL);
	int i, k;

	if (yaml_count(list) > BENCH_TERMS_MAX)
		(void)yaml_problem(list, "%d terms; at most %d are read", yaml_count(list), BENCH_TERMS_MAX);
	for (i = 0; i < yaml_count(list) && i < BENCH_TERMS_MAX; i++)
		read_term(bench, yaml_item(list, i));
	for (i = 1; i < bench->term_count; i++)
		for (k = 0; k < i; k++)
			if (bench->terms[i].name[0] && strcmp(bench->terms[i].name, bench->terms[k].name) == 0)
				(void)yaml_problem(yaml_item(list, i), "term '%s' stands twice; its uncertainty would count twice", bench->terms[i].name);
}

/* A contactor that fell with the rig would cut what is to be held behind it. */
static void hold_contactors(struct bench *bench)
{
	int i;

	for (i = 0; i < bench->slot_count; i++) {
		const struct bench_mains *mains = &bench->slots[i].mains;
		int contactor = mains->present && mains->group >= 0 ? bench->groups[mains->group].contactor : -1;

		if (contactor >= 0 && bench->channels[mains->switch_channel].on_rig_loss == ON_RIG_LOSS_HOLD)
			bench->channels[contactor].on_rig_loss = ON_RIG_LOSS_HOLD;
	}
}

static void read_interlock_channel(struct bench *bench, struct bench_interlock *interlock, struct yaml_node node)
{
	int found = bench_channel_find(bench, yaml_scalar(node));

	if (found < 0 || bench->channels[found].kind != CHANNEL_SWITCH)
		(void)yaml_problem(node, "'%.48s' is no switch that a slot or group uses", yaml_scalar(node));
	else
		interlock->channels[interlock->channel_count++] = found;
}

static void read_interlock(struct bench *bench, struct yaml_node node)
{
	struct bench_interlock *interlock;
	struct yaml_node list;
	struct yaml_map map;
	int i;

	if (!yaml_map_begin(&map, node, "an interlock"))
		return;
	interlock = READER_ADD(bench->interlocks, bench->interlock_count);
	list = yaml_get_list(&map, "never", YAML_REQUIRED);
	if (yaml_is_there(list) && (yaml_count(list) < 2 || yaml_count(list) > BENCH_INTERLOCK_CHANNELS_MAX))
		(void)yaml_problem(list, "'never' has %d channels; 2 to %d are read", yaml_count(list), BENCH_INTERLOCK_CHANNELS_MAX);
	for (i = 0; i < yaml_count(list) && i < BENCH_INTERLOCK_CHANNELS_MAX; i++)
		read_interlock_channel(bench, interlock, yaml_item(list, i));
	(void)yaml_get_decimal(&map, "gap_ms", YAML_REQUIRED, NS_PER_MS, "ms", 0, NS_PER_MIN, &interlock->gap_ns);
	(void)yaml_get_text(&map, "why", YAML_REQUIRED, interlock->why, sizeof interlock->why);
	yaml_map_end(&map);
}

static void read_interlocks(struct bench *bench, struct yaml_map *top)
{
	struct yaml_node list = yaml_get_list(top, "interlocks", YAML_OPTIONAL);
	int i;

	if (yaml_count(list) > BENCH_INTERLOCKS_MAX)
		(void)yaml_problem(list, "%d interlocks; at most %d are read", yaml_count(list), BENCH_INTERLOCKS_MAX);
	for (i = 0; i < yaml_count(list) && i < BENCH_INTERLOCKS_MAX; i++)
		read_interlock(bench, yaml_item(list, i));
}

static void read_what_it_is(struct bench_reader *reader, struct yaml_map *map)
{
	static const char *const hazards[] = {"mains", "selv-only", NULL};
	static const char *const environments[] = {"boxed", "uit", "production", "simulated", NULL};
	int hazard = HAZARD_MAINS, environment = ENVIRONMENT_BOXED;
	struct bench *bench = reader->bench;
	int64_t hubs = 40;

	(void)yaml_get_name(map, "bench", YAML_REQUIRED, bench->name, sizeof bench->name);
	(void)yaml_get_word(map, "hazard", YAML_REQUIRED, hazards, &hazard);
	(void)yaml_get_word(map, "environment", YAML_REQUIRED, environments, &environment);
	(void)yaml_get_text(map, "reference", YAML_OPTIONAL, bench->reference, sizeof bench->reference);
	bench->hazard = (enum hazard)hazard;
	reader->hazard_at = yaml_place(yaml_get(map, "hazard", YAML_OPTIONAL));
	bench->environment = (enum environment)environment;
	if (environment == ENVIRONMENT_PRODUCTION && !bench->reference[0])
		(void)yaml_problem(yaml_get(map, "environment", YAML_REQUIRED),
				   "'production' raises AD1 at a real network operator; add 'reference': the written permission");
	(void)yaml_get_text(map, "world", YAML_OPTIONAL, bench->world, sizeof bench->world);
	if (environment == ENVIRONMENT_SIMULATED && !bench->world[0])
		(void)yaml_problem(yaml_get(map, "environment", YAML_REQUIRED),
				   "a simulated bench needs 'world': the file in scenarios/worlds that says what its devices do");
	if (environment != ENVIRONMENT_SIMULATED && bench->world[0])
		(void)yaml_problem(yaml_get(map, "world", YAML_OPTIONAL),
				   "a bench with a world is 'environment: simulated'; to rehearse on a real one: run --rehearse WORLD");
	bench->level_period_ns = 100 * NS_PER_MS;
	bench->hang_ns = NS_PER_S;
	(void)yaml_get_decimal(map, "level_period_ms", YAML_OPTIONAL, NS_PER_MS, "ms", NS_PER_MS, NS_PER_S, &bench->level_period_ns);
	(void)yaml_get_decimal(map, "hang_ms", YAML_OPTIONAL, NS_PER_MS, "ms", 50 * NS_PER_MS, NS_PER_MIN, &bench->hang_ns);
	/* More than 50 in one window is another path at DCC than a firmware campaign's. */
	(void)yaml_get_number(map, "hubs_together_max", YAML_OPTIONAL, 1, BENCH_SLOTS_MAX, &hubs);
	bench->hubs_together_max = (int)hubs;
}

static void read_bench(struct bench_reader *reader)
{
	struct bench *bench = reader->bench;
	struct yaml_map map;

	if (!yaml_map_begin(&map, yaml_root(reader->yaml), "a bench file"))
		return;
	read_what_it_is(reader, &map);
	read_instruments(reader, &map);
	read_limits(bench, &map);
	read_input(reader, &map, "arm", USE_ARM, &bench->arm);
	read_input(reader, &map, "estop", USE_ESTOP, &bench->estop);
	read_input(reader, &map, "door", USE_DOOR, &bench->door);
	read_input(reader, &map, "temperature", USE_TEMPERATURE, &bench->temperature);
	read_input(reader, &map, "lab_feed", USE_LAB_FEED, &bench->lab_feed);
	read_input(reader, &map, "ups", USE_UPS, &bench->ups);
	read_groups(reader, &map);
	read_slots(reader, &map);
	hold_contactors(bench);
	read_buses(reader);
	read_proofs(bench, &map);
	read_terms(bench, &map);
	read_interlocks(bench, &map);
	refuse_bench(reader);
	yaml_map_end(&map);
}

/* ---- Load and give back ---- */

static int count_of(const struct problems *problems)
{
	return problems->count + problems->dropped;
}

bool bench_parse(struct bench *bench, const char *file_name, const char *bytes, size_t size, const struct workspace *workspace,
		 struct problems *problems)
{
	struct bench_reader reader = {.bench = bench, .workspace = workspace, .problems = problems};
	int before = count_of(problems);

	*bench = (struct bench){.instruments = NULL};
	(void)snprintf(bench->path, sizeof bench->path, "%s", file_name);
	reader.yaml = yaml_open(file_name, bytes, size, problems);
	if (reader.yaml)
		read_bench(&reader);
	yaml_close(reader.yaml);
	free(reader.lines);
	if (count_of(problems) == before)
		return true;
	bench_done(bench);
	return false;
}

bool bench_load(struct bench *bench, const char *path, const struct workspace *workspace, struct problems *problems)
{
	struct file file;

	*bench = (struct bench){.instruments = NULL};
	if (!yaml_file_read(&file, path, problems))
		return false;
	if (!bench_parse(bench, path, file.bytes, file.size, workspace, problems)) {
		file_done(&file);
		return false;
	}
	bench->file = file;
	return true;
}

void bench_done(struct bench *bench)
{
	int i;

	for (i = 0; i < bench->instrument_count; i++) {
		free(bench->instruments[i].console);
		free(bench->instruments[i].loader);
	}
	for (i = 0; i < bench->profile_count; i++) {
		profile_done(bench->profiles[i]);
		free(bench->profiles[i]);
	}
	free(bench->profiles);
	free(bench->instruments);
	free(bench->buses);
	free(bench->channels);
	free(bench->slots);
	free(bench->groups);
	free(bench->proofs);
	free(bench->terms);
	free(bench->interlocks);
	file_done(&bench->file);
	*bench = (struct bench){.instruments = NULL};
}
