/* The world is made from the night's files; then the run, in virtual time. */

#include "rig/command/rehearsal.h"

#include "rig/base/unit.h"
#include "rig/command/drivers.h"
#include "rig/evidence/manifest.h"

#include <stdio.h>

bool rehearsal_take_seed(struct rehearsal_settings *settings, const char *words, struct error *error)
{
	int64_t seed = 0;

	settings->has_seed = words != NULL;
	if (words && !number_read(words, 0, INT64_MAX, &seed, error))
		return error_prefix(error, "--seed");
	settings->seed = (uint64_t)seed;
	return true;
}

static bool find_world(const struct night *night, const struct rehearsal_settings *settings, char path[WORKSPACE_PATH_SIZE],
		       struct error *error)
{
	const char *name = settings->world ? settings->world : night->bench.world;

	path[0] = '\0';
	return !name[0] || night_find(night, name, WORLD_FOLDER, path, error);
}

/* A meter on the air is known by what the load sheet says of it. */
void rehearsal_devices(const struct night *night, const char **versions, const char **guids, struct world_meter *meters)
{
	int i, loaded;

	for (i = 0; i < night->bench.slot_count; i++) {
		loaded = night->has_load ? load_slot_find(&night->load, night->bench.slots[i].name) : -1;
		if (loaded < 0)
			continue;
		versions[i] = night->load.slots[loaded].meter.firmware;
		guids[i] = night->load.slots[loaded].hub.guid;
		meters[i] = (struct world_meter){night->load.slots[loaded].meter.guid, night->load.slots[loaded].meter.manufacturer,
						 night->load.slots[loaded].meter.model};
	}
}

static struct world *make_world(const struct world_settings *settings, struct error *error)
{
	struct problems problems;
	struct world *world;

	problems_init(&problems);
	world = command_simulation()->make(settings, &problems, error);
	if (!world)
		(void)night_refuse(&problems, error);
	problems_done(&problems);
	return world;
}

static bool run_in(struct rehearsal *rehearsal, const struct night *night, struct world *world, const struct assembled *assembled,
		   const struct rehearsal_settings *settings, int *exit_code, struct error *error)
{
	const struct simulated_settings run = {
		.bench = &night->bench, .taking_part = night->taking_part, .simulation = command_simulation(), .world = world,
		.assembled = assembled, .image = night->has_image ? &night->upgrade : NULL, .folder = rehearsal->folder,
		.revision = settings->revision, .operator = settings->operator, .stop = settings->stop, .record = settings->record,
		.advance = settings->advance, .self = settings->self,
	};

	return simulated_run(&run, exit_code, &rehearsal->is_off, error) && manifest_write(rehearsal->folder, error);
}

bool rehearse(struct rehearsal *rehearsal, struct night *night, const struct rehearsal_settings *settings, int *exit_code,
	      struct error *error)
{
	static struct assembled assembled; /* large, and there is one run in a process */
	char world_path[WORKSPACE_PATH_SIZE], run_id[WORD_TEXT_SIZE], id[NIGHT_ID_SIZE];
	struct world_settings wanted = {.bench = &night->bench, .taking_part = night->taking_part, .has_seed = settings->has_seed,
					.seed = settings->seed, .fact = truth_take, .self = &rehearsal->truth};
	struct world *world;
	bool done;

	truth_init(&rehearsal->truth);
	night->bench.environment = ENVIRONMENT_SIMULATED;
	if (!find_world(night, settings, world_path, error) || !night_load_image(night, settings->names, error))
		return false;
	wanted.file = world_path[0] ? world_path : NULL;
	rehearsal_devices(night, wanted.versions, wanted.guids, wanted.meters);
	world = make_world(&wanted, error);
	if (!world)
		return false;
	(void)snprintf(run_id, sizeof run_id, "simulated-%llu", (unsigned long long)command_simulation()->seed(world));
	done = night_make_folder(night, settings->out, rehearsal->folder, id, error) &&
	       night_keep(night, settings->names, rehearsal->folder, error) &&
	       night_assemble(night, run_id, settings->operator, false, &assembled, error);
	if (done) {
		done = run_in(rehearsal, night, world, &assembled, settings, exit_code, error);
		assemble_done(&assembled);
	}
	command_simulation()->free(world);
	return done;
}
