/* run and resume: a bench in the hands of a supervisor and its rig. */

#include "rig/command/desk.h"
#include "rig/command/drivers.h"
#include "rig/command/night.h"
#include "rig/command/revision.h"
#include "rig/command/run_key.h"
#include "rig/command/run_lines.h"
#include "rig/command/run_screens.h"
#include "rig/command/run_simulated.h"
#include "rig/command/slot_permit.h"
#include "rig/command/table.h"
#include "rig/command/weld.h"

#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/manifest.h"
#include "rig/evidence/verify.h"
#include "rig/run/real/clock.h"
#include "rig/run/real/runtime.h"
#include "rig/supervisor/link.h"
#include "rig/supervisor/supervisor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everything of one run that supervisor and rig share: the rig inherits it by fork. */
struct running {
	struct night night;
	struct assembled assembled;
	struct desk desk;
	struct seat seat;
	char folder[PATH_MAX];
	char id[WORD_TEXT_SIZE];
	char operator[WORD_TEXT_SIZE];
	char resumed_by[WORD_TEXT_SIZE];
	bool quiet;
	struct run_key key;
	struct run_screens screens;
	bool json;
	struct run_lines lines;
	bool was_activated[BENCH_SLOTS_MAX];
};

static struct running running; /* large, and there is one run in a process */

/* In the rig */

static void mark_activated(void *self, const struct record *record)
{
	struct running *run = self;
	int slot;

	if (record->kind != RECORD_ACTIVATION)
		return;
	slot = bench_slot_find(&run->night.bench, record->slot);
	if (slot >= 0)
		run->was_activated[slot] = true;
}

/* Nobody needs to watch: a run that cannot be watched says so and goes on. */
static struct viewers *open_viewers(const struct running *run)
{
	static struct hello hello;
	const struct viewers_settings settings = {.path = run->seat.run, .owner = getuid(), .ring_bytes = VIEWERS_RING_BYTES, .who = &hello};
	struct viewers *viewers = NULL;
	struct error error;

	text_copy(hello.run, sizeof hello.run, run->id);
	text_copy(hello.bench, sizeof hello.bench, run->night.bench.name);
	text_copy(hello.revision, sizeof hello.revision, command_revision());
	if (!realpath(run->folder, hello.folder))
		(void)error_set_errno(&error, FAULT_ENVIRONMENT, errno, "%s", run->folder);
	else if (viewers_open(&viewers, &settings, &error))
		return viewers;
	fprintf(stderr, "hilrig run: nobody can follow this run: %s\n", error.text);
	return NULL;
}

static bool run_watched(const struct running *run, struct runtime_settings *settings, int *exit_code, struct error *error)
{
	bool done;

	settings->viewers = open_viewers(run);
	done = runtime_run(settings, exit_code, error);
	if (settings->viewers)
		viewers_close(settings->viewers);
	return done;
}

static int rig(void *self, int socket, bool resumed, bool held)
{
	struct running *run = self;
	bool is_off = false;
	struct runtime_settings settings = {
		.bench = &run->night.bench,
		.taking_part = run->night.taking_part,
		.drivers = command_drivers(),
		.holding = &run->desk.holding,
		.assembled = &run->assembled,
		.image = &run->night.upgrade,
		.was_activated = run->was_activated,
		.control = run->seat.control,
		.folder = run->folder,
		.revision = command_revision(),
		.operator = run->operator,
		.resumed_by = resumed ? run->resumed_by : "",
		.resumed = resumed,
		.held = held,
		.quiet = run->quiet || run->json,
		.supervisor = socket,
		.is_off = &is_off,
	};
	struct error error = {FAULT_NONE, ""};
	int exit_code = EXIT_CODE_RIG;

	if (resumed && !evidence_read(run->folder, mark_activated, run, NULL, &error) && error.fault != FAULT_EVIDENCE) {
		fprintf(stderr, "hilrig run: %s\n", error.text);
		return error_exit_code(&error);
	}
	if ((resumed && !manifest_remove(run->folder, &error)) || !run_watched(run, &settings, &exit_code, &error)) {
		fprintf(stderr, "hilrig run: %s\n", error.text);
		return error_exit_code(&error);
	}
	if (is_off && !manifest_write(run->folder, &error)) {
		fprintf(stderr, "hilrig run: %s\n", error.text);
		return error_exit_code(&error);
	}
	run_key_sign(&run->key, run->folder, is_off, &exit_code);
	if (!is_off)
		(void)!link_not_off(socket); /* before anything that a terminal could hold up */
	if (!run->json)
		run_print_findings(run->folder);
	if (!is_off)
		return EXIT_CODE_RIG;
	(void)!link_done(socket, exit_code);
	return exit_code;
}

/* Before the fork */

/* Slots that are locked out, or at which somebody works, are refused; with the seat taken that holds until the run has ended. */
static bool permit(struct running *run, const char *bench, struct error *error)
{
	struct problems problems;
	bool permitted;

	problems_init(&problems);
	permitted = slots_permit(&run->night.bench, bench, run->night.taking_part, true, &problems, error);
	if (!permitted)
		(void)night_refuse(&problems, error);
	problems_done(&problems);
	return permitted;
}

static bool assemble_run(struct running *run, const char *run_id, bool certify, struct error *error)
{
	text_copy(run->id, sizeof run->id, run_id);
	return night_assemble(&run->night, run_id, run->operator, certify, &run->assembled, error);
}

static bool supervise(struct running *run, bool resumed, int *exit_code, struct error *error)
{
	struct supervised *supervised = &run->desk.supervised;
	struct weld_watch watch;

	if (!desk_acquire(&run->desk, &run->night.bench, run->night.taking_part, NULL, error) ||
	    !weld_watch_begin(&watch, run->night.bench.name, run->folder, error))
		return false;
	text_copy(supervised->folder, sizeof supervised->folder, run->folder);
	supervised->hang_ns = run->night.bench.hang_ns;
	text_copy(supervised->revision, sizeof supervised->revision, command_revision());
	supervised->seat = &run->seat;
	supervised->rig = rig;
	supervised->self = run;
	supervised->resumed = resumed;
	supervised->by_hand = run->night.scenario.manual;
	run_screens_begin(&run->screens, run->night.bench.name);
	if (run->json)
		run_lines_begin(&run->lines, run->night.bench.name);
	*exit_code = supervisor_run(supervised);
	weld_watch_end(&watch);
	return true;
}

static void run_init(struct running *run)
{
	run->seat = (struct seat){.lock = -1, .listening = -1};
	desk_init(&run->desk);
}

static void run_done(struct running *run)
{
	secret_key_forget(&run->key.key);
	desk_close(&run->desk);
	seat_leave(&run->seat);
	assemble_done(&run->assembled);
	night_done(&run->night);
	run_lines_end(&run->lines);
	run_screens_end(&run->screens);
}

static void take_names(const struct arguments *arguments, struct night_names *names)
{
	const char *value;

	names->scenario = arguments->operands[0];
	names->bench = arguments_value(arguments, "--bench");
	names->load = arguments_value(arguments, "--load");
	names->order = arguments_value(arguments, "--order");
	names->slots = arguments_value(arguments, "--slots");
	names->firmware_to = arguments_value(arguments, "--to");
	names->certify = arguments_has(arguments, "--certify");
	names->rehearse = arguments_has(arguments, "--rehearse");
	while (names->setting_count < SCENARIO_SETTINGS_MAX &&
	       (value = arguments_value_at(arguments, "--set", names->setting_count)) != NULL)
		names->settings[names->setting_count++] = value;
}

static const char *out_of(const struct arguments *arguments)
{
	return arguments_value(arguments, "--out") ? arguments_value(arguments, "--out") : "reports";
}

/* A simulated night passes in seconds, in one process that nobody can watch. */
static bool shows_no_screens(const struct arguments *arguments, struct error *error)
{
	return !arguments_has(arguments, "--dashboard") ||
	       error_set(error, FAULT_USAGE, "--dashboard: a simulated night is over in seconds; hilrig replay DIR shows it on the same screens "
			 "at any speed, and hilrig demo --slow --dashboard a night that takes its time");
}

/* Before there is a key, a seat or a line that another process could inherit. */
static bool open_screens(struct running *run, const struct arguments *arguments, struct error *error)
{
	return !arguments_has(arguments, "--dashboard") || run_screens_open(&run->screens, arguments_value(arguments, "--operator"), error);
}

static bool run_new(struct running *run, const struct arguments *arguments, int *exit_code, struct error *error)
{
	struct night_names names = {0};
	struct problems problems;
	char id[NIGHT_ID_SIZE];
	bool loaded;

	take_names(arguments, &names);
	if (!names.bench)
		return error_set(error, FAULT_USAGE, "--bench FILE is missing: which desk?");
	if (arguments_value(arguments, "--operator"))
		text_copy(run->operator, sizeof run->operator, arguments_value(arguments, "--operator"));
	run->quiet = arguments_has(arguments, "--quiet");
	run->json = arguments_has(arguments, "--json");
	if (run->json && arguments_has(arguments, "--dashboard"))
		return error_set(error, FAULT_USAGE, "--json and --dashboard both want standard output: give one of them");
	if (names.certify && names.rehearse)
		return error_set(error, FAULT_USAGE, "--certify: nothing is certified on a simulated bench");
	if (names.certify && (!names.order || !run->operator[0]))
		return error_set(error, FAULT_USAGE, "--certify needs --order ORDER and --operator NAME");
	if ((names.rehearse && !shows_no_screens(arguments, error)) || !open_screens(run, arguments, error) ||
	    !run_key_take(&run->key, arguments_value(arguments, "--sign"), error))
		return false;
	problems_init(&problems);
	loaded = night_load(&run->night, &names, &problems, error) &&
		 (scenario_is_complete(&run->night.scenario, &problems) || night_refuse(&problems, error));
	if (!loaded)
		(void)night_refuse(&problems, error);
	problems_done(&problems);
	if (loaded && run->night.scenario.manual && (names.rehearse || run->night.bench.environment == ENVIRONMENT_SIMULATED))
		return error_set(error, FAULT_USAGE, "%s is worked by hand, and a simulated bench runs in virtual time, where nobody can: take a real one",
				 run->night.scenario.name);
	if (loaded && (names.rehearse || run->night.bench.environment == ENVIRONMENT_SIMULATED))
		return shows_no_screens(arguments, error) && run_simulated(&run->night, &names, arguments, run->operator, &run->key, exit_code, error);
	if (loaded && (arguments_has(arguments, "--seed") || arguments_has(arguments, "--truth")))
		return error_set(error, FAULT_USAGE, "--seed and --truth are for simulated runs: add --rehearse WORLD");
	return loaded && night_load_image(&run->night, &names, error) && seat_take(&run->seat, run->night.bench.name, error) &&
	       permit(run, names.bench, error) &&
	       night_make_folder(&run->night, out_of(arguments), run->folder, id, error) &&
	       night_keep(&run->night, &names, run->folder, error) &&
	       assemble_run(run, id, arguments_has(arguments, "--certify"), error) && supervise(run, false, exit_code, error);
}

static bool command_run_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	bool done;

	run_init(&running);
	done = run_new(&running, arguments, exit_code, error);
	run_done(&running);
	return done;
}

/* resume */

static void print_line(void *self, const char *line)
{
	(void)self;
	printf("%s\n", line);
	(void)fflush(stdout);
}

/* What must be known of a run before it goes on. */
struct earlier {
	struct record run, image;      /* RECORD_KIND_COUNT: the journal has no such line */
	char boot_id[WORD_TEXT_SIZE];
	bool ended;                    /* its last line is an end */
	enum end_reason reason;        /* of that */
	bool off_by_person;            /* a safety input or the lab's power had switched off, and nobody has armed since */
};

static void keep_earlier(void *self, const struct record *record)
{
	struct earlier *earlier = self;

	if (record->kind == RECORD_RUN)
		earlier->run = *record;
	if (record->kind == RECORD_IMAGE)
		earlier->image = *record;
	earlier->ended = record->kind == RECORD_END;
	if (earlier->ended) {
		earlier->reason = record->data.end.reason;
		earlier->off_by_person |= earlier->reason == END_SAFETY;
	}
	if (record->kind == RECORD_SAFETY)
		earlier->off_by_person = !record->data.safety.ok || (earlier->off_by_person && record->data.safety.input != SAFETY_ARM);
	if (record->kind == RECORD_BOOT)
		text_copy(earlier->boot_id, sizeof earlier->boot_id, record->data.boot.boot_id);
}

/* After a person's cause, the lab's power or a restart of the host somebody has looked at the bench, and says who. */
static bool name_whoever_goes_on(struct running *run, const struct earlier *earlier, const char *name, struct error *error)
{
	char boot_id[WORD_TEXT_SIZE], line[WORD_TEXT_SIZE];
	const char *why = NULL;

	clock_boot_id(boot_id);
	if (earlier->off_by_person)
		why = "a person or the lab's power switched everything off";
	else if (strcmp(boot_id, earlier->boot_id) != 0)
		why = "the host was started anew since";
	if (!why)
		return true;
	if (!name && isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
		fprintf(stderr, "%s. Who has looked at the bench and goes on? Name: ", why);
		if (fgets(line, sizeof line, stdin)) {
			line[strcspn(line, "\r\n")] = '\0';
			name = line;
		}
	}
	if (!name || !name[0])
		return error_set(error, FAULT_USAGE, "%s: look at the bench, then say who goes on with --operator NAME", why);
	return text_copy(run->resumed_by, sizeof run->resumed_by, name) ||
	       error_set(error, FAULT_USAGE, "the name is too long");
}

/* A run goes on with the image that it began with, whatever lies under its name by now. */
static bool is_the_same_image(const struct running *run, const struct earlier *earlier, struct error *error)
{
	const char *now = run->night.image_line.data.image.sha256, *then = earlier->image.data.image.sha256;

	if (!run->night.has_image || earlier->image.kind != RECORD_IMAGE || strcmp(now, then) == 0)
		return true;
	return error_set(error, FAULT_CONFIGURATION, "%s: this is another image than the run began with: SHA-256 %.16s..., and its journal says %.16s...; "
			 "put that one back", run->night.image_path, now, then);
}

static bool resume_cold(struct running *run, const struct earlier *earlier, const char *folder, int *exit_code, struct error *error)
{
	const struct record *line = &earlier->run;
	struct problems problems;
	bool loaded;

	if (!text_copy(run->folder, sizeof run->folder, folder))
		return error_set(error, FAULT_USAGE, "%s: path too long", folder);
	text_copy(run->operator, sizeof run->operator, line->data.run.operator);
	problems_init(&problems);
	loaded = night_load_kept(&run->night, folder, &problems, error);
	if (!loaded)
		(void)night_refuse(&problems, error);
	problems_done(&problems);
	return loaded && is_the_same_image(run, earlier, error) && seat_take(&run->seat, run->night.bench.name, error) &&
	       permit(run, run->night.bench.path, error) && assemble_run(run, line->data.run.run, line->data.run.certify, error) && supervise(run, true, exit_code, error);
}

/* What is complete stays as it was sealed, and what is not as it was sealed is no ground to go on from. */
static bool may_go_on(const struct earlier *earlier, const char *folder, struct error *error)
{
	static struct verification verification; /* large */

	if (earlier->ended && earlier->reason == END_COMPLETED)
		return error_set(error, FAULT_USAGE, "%s: the run is complete, there is nothing to go on with; hilrig judge tells what it found", folder);
	if (!folder_has(folder, FOLDER_MANIFEST))
		return true;
	if (!verify_folder(&verification, folder, error))
		return false;
	return verification.flaw_count == 0 ||
	       error_set(error, FAULT_EVIDENCE, "%s: %s; hilrig verify tells all of it", folder, verification.flaws[0].text);
}

/* What was done by hand has no way that could be gone on: nobody knows what the person wanted next. */
static bool is_by_hand(const char *folder)
{
	struct problems problems;
	struct scenario scenario;
	char path[PATH_MAX];
	bool manual = false;

	problems_init(&problems);
	if (folder_path(path, folder, "scenario.yaml", NULL) && scenario_load(&scenario, path, NULL, 0, &problems)) {
		manual = scenario.manual;
		scenario_done(&scenario);
	}
	problems_done(&problems);
	return manual;
}

static bool command_resume_run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	const char *folder = arguments->operands[0];
	struct earlier earlier = {.run = {.kind = RECORD_KIND_COUNT}, .image = {.kind = RECORD_KIND_COUNT}};
	char status[SEAT_LINE_SIZE];
	bool done;

	/* A torn last line is repaired by the writer; what stands in front of it names the bench. */
	if (!evidence_read(folder, keep_earlier, &earlier, NULL, error) && earlier.run.kind != RECORD_RUN)
		return false;
	if (earlier.run.kind != RECORD_RUN)
		return error_set(error, FAULT_EVIDENCE, "%s: the journal does not say what run it is", folder);
	if (earlier.run.data.run.environment == ENVIRONMENT_SIMULATED)
		return error_set(error, FAULT_USAGE, "%s: a simulated run is not gone on with; begin it anew", folder);
	if (is_by_hand(folder))
		return error_set(error, FAULT_USAGE, "%s: a run by hand is not gone on with: hilrig off --bench %s, if its supervisor still holds the bench, "
				 "and then hilrig run by-hand begins another", folder, earlier.run.data.run.bench);
	run_init(&running);
	if (!name_whoever_goes_on(&running, &earlier, arguments_value(arguments, "--operator"), error) ||
	    !open_screens(&running, arguments, error))
		return false;
	/*
	 * A supervisor that holds the bench has had its seat since the run began: nobody can have opened a slot meanwhile, and a
	 * slot in which this run found a weld is over in it.
	 */
	if (running.screens.keeper && seat_status(earlier.run.data.run.bench, status))
		run_screens_begin(&running.screens, earlier.run.data.run.bench);
	if (seat_say(earlier.run.data.run.bench, "resume", print_line, NULL, exit_code)) {
		if (arguments_has(arguments, "--sign"))
			fprintf(stderr, "hilrig resume: the supervisor has the key that the run was begun with, or none; --sign was not used\n");
		run_screens_end(&running.screens);
		return true;
	}
	done = may_go_on(&earlier, folder, error) && run_key_take(&running.key, arguments_value(arguments, "--sign"), error) &&
	       resume_cold(&running, &earlier, folder, exit_code, error);
	run_done(&running);
	return done;
}

static const struct command_option run_options[] = {
	{"--bench", "FILE", "the desk: a bench file, or its name below scenarios/benches/", false},
	{"--load", "FILE", "tonight's devices: a load sheet", false},
	{"--order", "FILE", "the test order: rule, attempts, what was agreed", false},
	{"--slots", "A,B", "only these slots of the bench", false},
	{"--set", "NAME=VALUE", "a parameter of the scenario", true},
	{"--to", "VERSION", "the version in the image, where its header does not say it", false},
	{"--out", "DIR", "where the evidence folder is made (default: reports)", false},
	{"--operator", "NAME", "who is responsible at the bench", false},
	{"--certify", NULL, "certification mode: needs --order and --operator", false},
	{"--sign", "KEY", "signs with this key, a name or a file (default: the key named default, if there is one)", false},
	{"--quiet", NULL, "no progress, only the findings", false},
	{"--json", NULL, "the journal's lines on standard output as they come, one JSON object a line, and nothing else", false},
	{"--dashboard", NULL, "on the screens of hilrig dashboard; q or Ctrl-C leaves them, and the run goes on", false},
	{"--rehearse", "WORLD", "nothing is opened: the bench is simulated, and its devices do what this world file says", false},
	{"--seed", "N", "simulated: of everything that is drawn (default: the world file's)", false},
	{"--truth", "FILE", "simulated: what really happened, as JSON lines", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example run_examples[] = {
	{"run ota-journey --bench left-desk.yaml --load tonight.yaml --set image=meter-2.ota", "one night on one bench"},
	{"run ota-journey --bench left-desk.yaml --load tonight.yaml --set image=meter-2.ota --rehearse well", "the same night, simulated"},
	{NULL, NULL},
};

const struct command command_run = {
	.name = "run",
	.operands = "SCENARIO",
	.operands_least = 1,
	.operands_most = 1,
	.about = "one run of a scenario on a bench",
	.text = "SCENARIO is a file, or its name below scenarios/. Files are read and checked together before anything is opened;\n"
		"nothing is energised before the bench is armed. Ctrl-C ends the run in order, everything off; losing the terminal\n"
		"ends nothing. The exit code is that of judge; 64 files or command line, 70 rig's own fault, 75 bench busy,\n"
		"130 stopped. Off is not isolated. hilrig follow watches it from another terminal. At the end the evidence is signed, if\n"
		"there is a key (hilrig key make); a line says by which, or that it is not.\n"
		"With --dashboard a process of its own has the terminal, as hilrig dashboard on another one: whatever becomes of it the run goes\n"
		"on. q leaves the screens, and so does Ctrl-C, which does not end the run there; then its lines follow, those that were missed\n"
		"first, and Ctrl-C ends it in order as always. A question of the scenario stands in its slot's row, and is answered by a; or\n"
		"behind the screens, as ever. When the run is over\n"
		"the screens stay until they are left; table, evidence and exit code come behind them, but the bench is free at once.\n"
		"A bench whose environment is simulated has a world file in place of hardware, and --rehearse gives any bench one: the\n"
		"same scenario, checks, engine and evidence in virtual time, a night in seconds. Its evidence says that it is simulated.",
	.options = run_options,
	.examples = run_examples,
	.run = command_run_run,
};

static const struct command_option resume_options[] = {
	{"--operator", "NAME", "who has looked at the bench and goes on, after a person's cause or a restart of the host", false},
	{"--sign", "KEY", "signs with this key, a name or a file (default: the key named default, if there is one)", false},
	{"--dashboard", NULL, "on the screens of hilrig dashboard, as run does", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example resume_examples[] = {
	{"resume reports/20261123T180000Z-ota-journey-1", "go on after a crash, once the bench is armed"},
	{NULL, NULL},
};

const struct command command_resume = {
	.name = "resume",
	.operands = "DIR",
	.operands_least = 1,
	.operands_most = 1,
	.about = "go on with a run after a crash or a power cut",
	.text = "Steps that were under way are begun again; an activation that was announced is never sent a second time. If the\n"
		"run's supervisor still holds the lines, it starts the next rig on them; otherwise the bench is opened anew.\n"
		"After an emergency stop, an open door, loss of the arm or of the lab's power, or a restart of the host, it waits for\n"
		"the bench to be armed again and wants the name of whoever has looked at it; the name stands in the journal.",
	.options = resume_options,
	.examples = resume_examples,
	.run = command_resume_run,
};

