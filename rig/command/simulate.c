/* simulate: a campaign of seeds, its first finding made small, and what the campaign reached. */

#include "rig/command/drivers.h"
#include "rig/command/night.h"
#include "rig/command/rehearsal.h"
#include "rig/command/revision.h"
#include "rig/command/simulate_pack.h"
#include "rig/command/simulate_table.h"
#include "rig/command/table.h"

#include "rig/base/text.h"
#include "rig/base/unit.h"
#include "rig/simulate/campaign.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_SEEDS "0..999"
#define WORLD_SIZE_MAX (1024 * 1024)
#define LONGER_NS (3 * NS_PER_H)      /* than a slot's steps a run may take: waiting for the arm (an hour each time), for turns, for its end */

/* The shipped campaign has three nights, on a bench each. Whoever names one of its files has one, with no other. */
static const struct {
	const char *name, *setting;
} shipped[CAMPAIGN_BENCHES_MAX] = {
	{"campaign", "image=example-small-00020130.ota"}, {"campaign-hubs", NULL}, {"campaign-air", "image=example-tiny-00020130.ota"}};

/* Large, and there is one campaign in a process. */
static struct night nights[CAMPAIGN_BENCHES_MAX];
static struct assembled assembled[CAMPAIGN_BENCHES_MAX];
static struct trial_bench on[CAMPAIGN_BENCHES_MAX];
static struct night_names names[CAMPAIGN_BENCHES_MAX];
static int bench_count;
static struct trial trial;
static struct run_key key;

static volatile sig_atomic_t stop_wanted;

static void want_stop(int number)
{
	(void)number;
	stop_wanted = 1;
}

/* ---- Beginning ---- */

/* What the command line names of the files of a night counts for all that there are of them. */
static void name_files(const struct arguments *arguments, int index)
{
	const char *scenario = arguments_value(arguments, "--scenario"), *bench = arguments_value(arguments, "--bench"),
		   *sheet = arguments_value(arguments, "--load"), *name = shipped[index].name;
	struct night_names *to = &names[index];
	int i;

	*to = (struct night_names){.scenario = scenario ? scenario : name, .bench = bench ? bench : name, .load = sheet ? sheet : name,
				   .order = arguments_value(arguments, "--order"), .slots = arguments_value(arguments, "--slots"),
				   .rehearse = true};
	for (i = 0; i < SCENARIO_SETTINGS_MAX && arguments_value_at(arguments, "--set", i); i++)
		to->settings[to->setting_count++] = arguments_value_at(arguments, "--set", i);
	if (!scenario && to->setting_count == 0 && shipped[index].setting)
		to->settings[to->setting_count++] = shipped[index].setting;
}

static bool load_one(int index, struct error *error)
{
	struct night *night = &nights[index];
	struct problems problems;
	bool loaded;

	problems_init(&problems);
	loaded = night_load(night, &names[index], &problems, error);
	if (!loaded)
		(void)night_refuse(&problems, error);
	problems_done(&problems);
	night->bench.environment = ENVIRONMENT_SIMULATED;
	return loaded && night_load_image(night, &names[index], error) &&
	       night_assemble(night, "campaign", "", false, &assembled[index], error);
}

static void make_bench(int index)
{
	struct night *night = &nights[index];

	on[index] = (struct trial_bench){.bench = &night->bench, .taking_part = night->taking_part, .simulation = command_simulation(),
					 .assembled = &assembled[index], .image = night->has_image ? &night->upgrade : NULL,
					 .firmware_to = night->firmware_to, .revision = command_revision(),
					 .longest_ns = night->plan.latest_end_ns + LONGER_NS};
	rehearsal_devices(night, on[index].versions, on[index].guids, on[index].meters);
}

static bool load(const struct arguments *arguments, struct error *error)
{
	static const char *const of_one[] = {"--scenario", "--bench", "--load", "--slots", "--set"};
	int count = CAMPAIGN_BENCHES_MAX;
	size_t i;

	for (i = 0; i < sizeof of_one / sizeof *of_one; i++)
		if (arguments_has(arguments, of_one[i]))
			count = 1;
	while (bench_count < count) {
		name_files(arguments, bench_count);
		if (!load_one(bench_count++, error))
			return false;
		make_bench(bench_count - 1);
	}
	return true;
}

/* "17", or "0..999999": both ends belong to it. */
static bool read_seeds(const char *words, struct campaign *campaign, struct error *error)
{
	const char *dots = strstr(words, "..");
	char first[32];
	int64_t from, to;

	(void)snprintf(first, sizeof first, "%.*s", dots ? (int)(dots - words) : (int)strlen(words), words);
	if (!number_read(first, 0, INT64_MAX - 1, &from, error) ||
	    !number_read(dots ? dots + 2 : first, from, INT64_MAX - 1, &to, error))
		return error_prefix(error, "--seeds %s: wanted is A..B, such as 0..999; its end", words);
	campaign->first = (uint64_t)from;
	campaign->last = (uint64_t)to;
	return true;
}

static bool read_wrong_by(const struct arguments *arguments, int64_t *wrong_by_ns, struct error *error)
{
	const char *words = arguments_value(arguments, "--wrong-by");

	return !words || unit_read(words, UNIT_DURATION, 1, NS_PER_H, wrong_by_ns, error) || error_prefix(error, "--wrong-by");
}

static bool read_jobs(const struct arguments *arguments, struct campaign *campaign, struct error *error)
{
	const char *words = arguments_value(arguments, "--jobs");
	int64_t jobs = sysconf(_SC_NPROCESSORS_ONLN);

	if (words && !number_read(words, 1, CAMPAIGN_JOBS_MAX, &jobs, error))
		return error_prefix(error, "--jobs");
	campaign->jobs = jobs < 1 ? 1 : jobs > CAMPAIGN_JOBS_MAX ? CAMPAIGN_JOBS_MAX : (int)jobs;
	return true;
}

/* ---- While it runs ---- */

static void show_progress(void *self, uint64_t done, uint64_t findings)
{
	const struct campaign *campaign = self;

	fprintf(stderr, "\r%llu of %llu trials, %llu finding%s ", (unsigned long long)done,
		(unsigned long long)(campaign->last - campaign->first + 1), (unsigned long long)findings, findings == 1 ? "" : "s");
	(void)fflush(stderr);
}

/* One write, so that lines of several processes do not mix. */
static void show_finding(void *self, uint64_t seed, enum check check, const char *why)
{
	char bytes[TRIAL_TEXT_SIZE + 64];
	int size = snprintf(bytes, sizeof bytes, "seed %llu: %s: %s\n", (unsigned long long)seed, check_name(check), why);

	(void)self;
	(void)!write(STDOUT_FILENO, bytes, (size_t)size);
}

/* ---- Afterwards ---- */

/* Those without which it would be another trial. */
static void put_other_options(const struct arguments *arguments)
{
	static const char *const others[] = {"--fault", "--scenario", "--bench", "--load", "--order", "--slots", "--set", "--wrong-by"};
	size_t i;
	int at;

	for (i = 0; i < sizeof others / sizeof *others; i++)
		for (at = 0; arguments_value_at(arguments, others[i], at); at++)
			printf(" %s %s", others[i], arguments_value_at(arguments, others[i], at));
	putchar('\n');
}

/* The finding as a file that can be run again: printed, and written where --keep says. */
static bool put_finding(const struct arguments *arguments, const struct campaign_result *result, int64_t wrong_by_ns, struct error *error)
{
	const char *keep = arguments_value(arguments, "--keep");
	const struct trial_bench *at = &on[campaign_bench(result->seed, bench_count)];
	static struct drawn_world world;
	char bytes[DRAWN_TEXT_SIZE];
	struct text text;
	FILE *out;
	int trials;

	trial_init(&trial, at);
	trial.wrong_by_ns = wrong_by_ns;
	campaign_draw(&world, result->seed, arguments_value(arguments, "--fault"), at);
	if (!campaign_trial(&trial, result->seed, arguments_value(arguments, "--fault"), result->seed % CAMPAIGN_SAMPLE == 0, error))
		return false;
	trials = campaign_shrink(&trial, &world);
	text_init(&text, bytes, sizeof bytes);
	text_format(&text, "# seed %llu, %s: %s\n", (unsigned long long)result->seed, check_name(result->check),
		    trial.failed == result->check ? trial.why : result->why);
	drawn_world_put(&world, at->bench, &text);
	trial_done(&trial);
	printf("\nmade small in %d trials:\n\n%s\nto run it again: hilrig simulate --seeds %llu", trials, bytes,
	       (unsigned long long)result->seed);
	put_other_options(arguments);
	if (!keep)
		return true;
	out = fopen(keep, "we");
	if (!out || fputs(bytes, out) < 0 || fclose(out) != 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", keep);
	printf("or, made small:  hilrig simulate --world %s", keep);
	put_other_options(arguments);
	return true;
}

static bool is_fault(const char *name)
{
	int i;

	for (i = 0; command_simulation()->fault_name(i); i++)
		if (strcmp(command_simulation()->fault_name(i), name) == 0)
			return true;
	return false;
}

static bool run_campaign(const struct arguments *arguments, int *exit_code, struct error *error)
{
	const char *seeds = arguments_value(arguments, "--seeds");
	bool json = arguments_has(arguments, "--json");
	static struct campaign_result result; /* large */
	struct campaign campaign = {.on = on, .bench_count = bench_count, .keep_going = arguments_has(arguments, "--keep-going"), .stop = &stop_wanted};
	int unreached;

	campaign.kill_anywhere = arguments_has(arguments, "--kill-anywhere");
	campaign.fault = arguments_value(arguments, "--fault");
	if (campaign.fault && !is_fault(campaign.fault))
		return error_set(error, FAULT_USAGE, "--fault %s: there is no such fault; hilrig simulate --json names them all", campaign.fault);
	if (!read_wrong_by(arguments, &campaign.wrong_by_ns, error))
		return false;
	if (!read_seeds(seeds ? seeds : DEFAULT_SEEDS, &campaign, error) || !read_jobs(arguments, &campaign, error))
		return false;
	campaign.self = &campaign;
	campaign.finding = campaign.keep_going && !json ? show_finding : NULL;
	campaign.progress = !json && isatty(STDERR_FILENO) ? show_progress : NULL;
	if (!campaign_run(&campaign, &result, error))
		return false;
	if (campaign.progress)
		fputs("\r\033[K", stderr);
	unreached = json ? simulate_put_json(stdout, &campaign, &result) : simulate_put_table(stdout, &campaign, &result);
	if (result.found)
		*exit_code = EXIT_CODE_RIG;
	else if (stop_wanted)
		*exit_code = EXIT_CODE_STOPPED;
	else if (unreached > 0)
		*exit_code = EXIT_CODE_RIG;
	if (result.found && !json && !campaign.kill_anywhere && !put_finding(arguments, &result, campaign.wrong_by_ns, error))
		return false;
	if (arguments_value(arguments, "--pack") && stop_wanted)
		fprintf(stderr, "hilrig simulate: stopped, so there is no validation pack\n");
	else if (arguments_value(arguments, "--pack")) {
		const struct simulate_pack pack = {.parent = arguments_value(arguments, "--pack"), .mutants = arguments_value(arguments, "--mutants"),
						   .nights = nights, .names = names, .night_count = bench_count, .key = &key, .campaign = &campaign, .result = &result};

		return simulate_pack_write(&pack, error);
	}
	return true;
}

/* The one that the file names, which says so itself where there is none of that name. */
static const struct trial_bench *bench_of(const struct file *file)
{
	char name[WORD_TEXT_SIZE];
	int i;

	command_simulation()->bench_of(file->bytes, file->size, name);
	for (i = bench_count - 1; i > 0 && strcmp(on[i].bench->name, name) != 0; i--)
		;
	return &on[i];
}

static bool run_world(const char *path, const char *journal, int64_t wrong_by_ns, int *exit_code, struct error *error)
{
	struct file file;
	bool done;

	if (!file_read(&file, path, WORLD_SIZE_MAX, error))
		return false;
	trial_init(&trial, bench_of(&file));
	trial.wrong_by_ns = wrong_by_ns;
	done = trial_run(&trial, file.bytes, file.size, error) || error_prefix(error, "%s", path);
	file_done(&file);
	if (done && journal)
		done = file_write(journal, trial.disk.bytes, trial.disk.size, error);
	if (done && trial.failed != CHECK_NONE)
		printf("%s: %s: %s\n", path, check_name(trial.failed), trial.why);
	else if (done)
		printf("%s: what was checked of it is true\n", path);
	if (done && trial.failed != CHECK_NONE)
		*exit_code = EXIT_CODE_RIG;
	trial_done(&trial);
	return done;
}

static bool run_worlds(const struct arguments *arguments, int *exit_code, struct error *error)
{
	int64_t wrong_by_ns = 0;
	int i;

	if (!read_wrong_by(arguments, &wrong_by_ns, error))
		return false;
	for (i = 0; arguments_value_at(arguments, "--world", i); i++)
		if (!run_world(arguments_value_at(arguments, "--world", i), arguments_value(arguments, "--journal"), wrong_by_ns, exit_code, error))
			return false;
	return true;
}

/* Options that would be ignored are refused. */
static bool fit_together(const struct arguments *arguments, struct error *error)
{
	static const char *const of_seeds[] = {"--seeds", "--json", "--fault", "--keep", "--keep-going", "--pack", "--kill-anywhere", "--jobs", NULL};
	static const struct {
		const char *option, *with;
	} needs[] = {{"--journal", "--world"}, {"--mutants", "--pack"}, {"--sign", "--pack"}};
	size_t i;

	for (i = 0; of_seeds[i] && arguments_has(arguments, "--world"); i++)
		if (arguments_has(arguments, of_seeds[i]))
			return error_set(error, FAULT_USAGE, "%s is for a campaign of seeds, and --world is one trial", of_seeds[i]);
	for (i = 0; i < sizeof needs / sizeof *needs; i++)
		if (arguments_has(arguments, needs[i].option) && !arguments_has(arguments, needs[i].with))
			return error_set(error, FAULT_USAGE, "%s needs %s", needs[i].option, needs[i].with);
	if (arguments_has(arguments, "--journal") && arguments_value_at(arguments, "--world", 1))
		return error_set(error, FAULT_USAGE, "--journal is of one --world, and there are several");
	if (arguments_has(arguments, "--keep") && (arguments_has(arguments, "--json") || arguments_has(arguments, "--kill-anywhere")))
		return error_set(error, FAULT_USAGE, "--keep goes neither with --json nor with --kill-anywhere");
	return true;
}

/* What is to be written at the end can be: a campaign may take hours. */
static bool can_be_written(const struct arguments *arguments, struct error *error)
{
	const char *keep = arguments_value(arguments, "--keep"), *mutants = arguments_value(arguments, "--mutants");
	bool was_there;
	FILE *out;

	if (mutants && access(mutants, R_OK) != 0)
		return error_set_errno(error, FAULT_USAGE, errno, "%s", mutants);
	if (!keep)
		return true;
	was_there = access(keep, F_OK) == 0;
	out = fopen(keep, "ae");
	if (!out)
		return error_set_errno(error, FAULT_USAGE, errno, "%s", keep);
	(void)fclose(out);
	if (!was_there)
		(void)unlink(keep);
	return true;
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	bool done = fit_together(arguments, error) && can_be_written(arguments, error) && run_key_take(&key, arguments_value(arguments, "--sign"), error) && load(arguments, error);
	int i;

	signal(SIGINT, want_stop);
	signal(SIGTERM, want_stop);
	if (done)
		done = arguments_has(arguments, "--world") ? run_worlds(arguments, exit_code, error)
							   : run_campaign(arguments, exit_code, error);
	for (i = 0; i < bench_count; i++) {
		assemble_done(&assembled[i]);
		night_done(&nights[i]);
	}
	return done;
}

static const struct command_option options[] = {
	{"--seeds", "A..B", "which trials, both ends too (default: " DEFAULT_SEEDS ")", false},
	{"--world", "FILE", "one trial in a world that was written down, in place of seeds", true},
	{"--journal", "FILE", "with --world: write the journal of that trial", false},
	{"--fault", "NAME", "nothing else goes wrong than this, where it is drawn: edge-lost, bus-late, kill, ...", false},
	{"--keep-going", NULL, "past the first finding; all are printed and counted", false},
	{"--kill-anywhere", NULL, "each seed without faults, killed in every write of its journal and resumed", false},
	{"--wrong-by", "TIME", "the truth is told wrong by so much: shows that the checks can fail", false},
	{"--keep", "FILE", "write the world of the first finding, made small", false},
	{"--jobs", "N", "processes (default: one for each processor)", false},
	{"--scenario", "NAME", "another scenario than scenarios/campaign.yaml; with it, --bench, --load, --slots or --set all seeds are on one bench", false},
	{"--bench", "BENCH", "another bench than scenarios/benches/campaign.yaml", false},
	{"--load", "SHEET", "another load sheet than scenarios/loads/campaign.yaml", false},
	{"--order", "ORDER", "a test order, for another rule than the usual one", false},
	{"--slots", "NAMES", "only these slots of it", false},
	{"--set", "NAME=VALUE", "a parameter of the scenario", true},
	{"--pack", "DIR", "write the campaign as a signed folder for a quality manager, below DIR", false},
	{"--mutants", "FILE", "with --pack: what make mutants printed", false},
	{"--sign", "KEY", "with --pack: the key that signs it (default: the key named default, or one that is thrown away)", false},
	{"--json", NULL, "what was reached, for a program", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"simulate --seeds 0..19999", "twenty thousand nights in which things go wrong"},
	{"simulate --seeds 4711", "one of them"},
	{"simulate --seeds 0..99999 --keep finding.yaml", "a hundred thousand; a finding becomes a file"},
	{"simulate --seeds 0..99999 --pack validation", "a validation pack"},
	{NULL, NULL},
};

const struct command command_simulate = {
	.name = "simulate",
	.operands = "",
	.operands_least = 0,
	.operands_most = 0,
	.about = "a seeded campaign of faults against the truth of the simulated world",
	.text = "For each seed a world is drawn: what the devices of a bench do, and what goes wrong with wires, lines, buses, supplies, disk,\n"
		"bench and air. The shipped program runs scenarios/campaign.yaml in it, on four meters with their hubs; for every eighth seed\n"
		"scenarios/campaign-hubs.yaml, on three hubs alone and their supplies; for every sixteenth scenarios/campaign-air.yaml, on two\n"
		"meters that get their firmware over ZigBee; what it states is compared with what really happened\n"
		"(rig/README.md says what is proven by that, and what is not). A world file says on which bench it is. It stops at the first finding, leaves out what that does not\n"
		"need, and prints the world that is left. Ends with 0 if all that was checked is true, else with 70.",
	.options = options,
	.examples = examples,
	.run = run,
};
