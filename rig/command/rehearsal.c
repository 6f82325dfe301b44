/* The world is made from the night's files; then the run, in virtual time. */

#include "rig/command/rehearsal.h"

#include "rig/base/text.h"
#include "rig/command/drivers.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/manifest.h"
#include "rig/run/real/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define WORLD_FOLDER "scenarios/worlds"

static bool find_world(const struct night *night, const struct rehearsal_settings *settings, char path[WORKSPACE_PATH_SIZE],
		       struct error *error)
{
	const char *name = settings->world ? settings->world : night->bench.world;

	path[0] = '\0';
	return !name[0] || night_find(night, name, WORLD_FOLDER, path, error);
}

/* What the load sheet says of the devices is what they are. */
static void take_devices(const struct night *night, struct world_settings *world)
{
	int i, loaded;

	for (i = 0; i < night->bench.slot_count; i++) {
		loaded = night->has_load ? load_slot_find(&night->load, night->bench.slots[i].name) : -1;
		if (loaded < 0)
			continue;
		world->versions[i] = night->load.slots[loaded].meter.firmware;
		world->guids[i] = night->load.slots[loaded].hub.guid;
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

static bool assemble_night(struct assembled *assembled, const struct night *night, const struct rehearsal_settings *settings,
			   const char *run_id, struct error *error)
{
	const struct assembly assembly = {
		.bench = &night->bench, .load = night->has_load ? &night->load : NULL, .scenario = &night->scenario, .plan = &night->plan,
		.order = night->has_order ? &night->order : NULL, .rule = &night->rule, .bands = &night->bands,
		.taking_part = night->taking_part, .documents = night->documents, .document_count = night->document_count,
		.run_id = run_id, .operator = settings->operator, .image_sha256 = night->image_sha256, .firmware_to = night->firmware_to,
	};

	return assemble(assembled, &assembly, error);
}

static bool run_in(struct rehearsal *rehearsal, const struct night *night, struct world *world, const struct assembled *assembled,
		   const struct rehearsal_settings *settings, int *exit_code, struct error *error)
{
	const struct upgrade_image image = {(const uint8_t *)night->image.bytes, night->image.size};
	const struct simulated_settings run = {
		.bench = &night->bench, .taking_part = night->taking_part, .simulation = command_simulation(), .world = world,
		.assembled = assembled, .image = night->has_image ? &image : NULL, .folder = rehearsal->folder,
		.revision = settings->revision, .operator = settings->operator, .stop = settings->stop, .record = settings->record,
		.advance = settings->advance, .self = settings->self,
	};

	return simulated_run(&run, exit_code, &rehearsal->is_off, error) && manifest_write(rehearsal->folder, error);
}

bool rehearse(struct rehearsal *rehearsal, struct night *night, const struct rehearsal_settings *settings, int *exit_code,
	      struct error *error)
{
	static struct assembled assembled; /* large, and there is one run in a process */
	char world_path[WORKSPACE_PATH_SIZE], run_id[WORD_TEXT_SIZE], id[16];
	struct world_settings wanted = {.bench = &night->bench, .taking_part = night->taking_part, .has_seed = settings->has_seed,
					.seed = settings->seed, .fact = truth_take, .self = &rehearsal->truth};
	struct world *world;
	bool done;

	truth_init(&rehearsal->truth);
	night->bench.environment = ENVIRONMENT_SIMULATED;
	if (!find_world(night, settings, world_path, error) || !night_load_image(night, settings->names, error))
		return false;
	wanted.file = world_path[0] ? world_path : NULL;
	take_devices(night, &wanted);
	world = make_world(&wanted, error);
	if (!world)
		return false;
	(void)snprintf(run_id, sizeof run_id, "simulated-%llu", (unsigned long long)command_simulation()->seed(world));
	done = rehearsal_make_folder(rehearsal->folder, settings->out, night->scenario.name, id, error) &&
	       night_keep(night, settings->names, rehearsal->folder, error) &&
	       assemble_night(&assembled, night, settings, run_id, error);
	if (done) {
		done = run_in(rehearsal, night, world, &assembled, settings, exit_code, error);
		assemble_done(&assembled);
	}
	command_simulation()->free(world);
	return done;
}

bool rehearsal_make_folder(char path[PATH_MAX], const char *parent, const char *scenario, char id[16], struct error *error)
{
	int64_t utc_us = clock_utc_us();
	unsigned number = 0;
	int descriptor = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	/* Runs that begin in the same second on two benches need different names. */
	if (descriptor < 0 || read(descriptor, &number, sizeof number) != (ssize_t)sizeof number)
		number = (unsigned)utc_us ^ (unsigned)getpid();
	if (descriptor >= 0)
		close(descriptor);
	(void)snprintf(id, 16, "%06x", number & 0xFFFFFF);
	return folder_create(path, parent, utc_us, scenario, id, error);
}
