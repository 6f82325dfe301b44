/* demo: the main job for somebody who has no bench. One simulated night, judged, reported, and compared with what really happened. */

#include "rig/command/demo_screens.h"
#include "rig/command/night_picture.h"
#include "rig/command/rehearsal.h"
#include "rig/command/report_files.h"
#include "rig/command/revision.h"
#include "rig/command/table.h"

#include "rig/base/text.h"
#include "rig/evidence/sign.h"
#include "rig/run/real/clock.h"
#include "rig/simulate/oracle.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define DEMO_ROWS 24                      /* twenty slots, three lines of the picture, and the cursor */
#define FRAME_NS (40 * NS_PER_MS)         /* between two pictures on a terminal */
#define BRISK 2000                        /* so many virtual seconds in one of a person's, where a terminal shows them */
#define SLOW 75                           /* and with --slow */
#define TRANSFER_BRISK 30                 /* while images are on their way, which takes seconds of a night of hours */
#define TRANSFER_SLOW 3
#define SAID_EVERY_NS (5 * NS_PER_MIN)    /* virtual, where no terminal is */
#define TRANSFER_SAID_EVERY_NS (4 * NS_PER_S)

struct demo {
	struct night night;
	struct picture picture;
	struct rehearsal rehearsal;
	int64_t limit_ns;
	int shown;                        /* so many lines of the picture stand on the terminal */
	bool on_terminal, quiet;
	int64_t pace, transfer_pace;      /* virtual seconds a second; 0: as fast as it goes */
	int64_t t_ns, due_ns;             /* up to where the night is, and the person's time at which it is to be there */
	int64_t drawn_ns, said_ns, transfer_said_ns;
};

static struct demo demo; /* large, and there is one in a process */

static volatile sig_atomic_t stop_wanted;

static void want_stop(int number)
{
	(void)number;
	stop_wanted = 1;
}

/* ---- While it runs ---- */

static void take(void *self, const struct record *record)
{
	(void)self;
	picture_take(&demo.picture, record);
	demo_screens_take(record);
}

/* On a terminal that is wide enough or not: what does not fit into a line is cut, so that the next picture finds its place. */
static void show(void)
{
	if (demo.picture.count == 0)
		return;
	fputs("\033[?7l", stdout);
	demo.shown = picture_draw(&demo.picture, demo.limit_ns, demo.shown, stdout);
	fputs("\033[?7h", stdout);
	(void)fflush(stdout);
	demo.drawn_ns = clock_monotonic_ns();
}

static void wait_until(int64_t wall_ns)
{
	int64_t left_ns;
	struct timespec pause;

	while ((left_ns = wall_ns - clock_monotonic_ns()) > 0 && !stop_wanted) {
		pause = (struct timespec){.tv_nsec = left_ns < FRAME_NS ? left_ns : FRAME_NS};
		(void)nanosleep(&pause, NULL);
	}
}

/* Whoever leaves the dashboard wants to see what came of the night; a signal ends it. */
static void show_on_screens(int64_t t_ns, int64_t due_ns)
{
	demo_screens_wait(t_ns, due_ns);
	if (demo_screens_shown())
		return;
	demo.pace = 0;
	if (demo_screens_stopped())
		want_stop(SIGINT);
}

static void keep_pace(int64_t t_ns)
{
	int64_t pace = picture_has_transfers(&demo.picture) ? demo.transfer_pace : demo.pace;

	if (demo.pace > 0 && t_ns > demo.t_ns) {
		demo.due_ns += (t_ns - demo.t_ns) / pace;
		if (demo_screens_shown())
			show_on_screens(t_ns, demo.due_ns);
		else
			wait_until(demo.due_ns);
	}
	demo.t_ns = t_ns;
}

static void say(int64_t t_ns)
{
	if (t_ns >= demo.said_ns) {
		demo.said_ns = t_ns - t_ns % SAID_EVERY_NS + SAID_EVERY_NS;
		picture_say(&demo.picture, demo.limit_ns, stdout);
	}
	if (t_ns >= demo.transfer_said_ns && picture_has_transfers(&demo.picture)) {
		demo.transfer_said_ns = t_ns + TRANSFER_SAID_EVERY_NS;
		picture_say_transfers(&demo.picture, stdout);
	}
	(void)fflush(stdout);
}

static void advance(void *self, int64_t t_ns)
{
	(void)self;
	keep_pace(t_ns);
	if (demo.on_terminal && clock_monotonic_ns() - demo.drawn_ns >= FRAME_NS)
		show();
	if (!demo.on_terminal && !demo.quiet && !demo_screens_shown() && demo.picture.count > 0)
		say(t_ns);
}

/* ---- Afterwards ---- */

static const char *verdict_word(const struct findings *findings, int slot, enum case_kind kind)
{
	const struct verdict *verdict = oracle_verdict(findings, slot, kind);

	if (!verdict)
		return "-";
	return verdict->validity == VALIDITY_VALID ? conformity_name(verdict->conformity) : validity_name(verdict->validity);
}

static void put_length(const struct findings *findings, int slot)
{
	const struct verdict *verdict = oracle_verdict(findings, slot, CASE_OUTAGE);

	if (!verdict || verdict->validity != VALIDITY_VALID)
		printf("  %12s", "-");
	else if (verdict->worst.hi_ns == INSTANT_NEVER)
		printf("  > %8.3f s", (double)verdict->worst.lo_ns / 1e9);
	else
		printf("  %10.3f s", (double)verdict->worst.hi_ns / 1e9);
}

/* One row a meter; gives how many rows are not what the truth wants. */
static int put_devices(const struct findings *findings, bool quiet)
{
	struct oracle_rule rule = {.version = demo.night.firmware_to};
	char why[ORACLE_TEXT_SIZE];
	struct oracle_slot truth;
	int wrong = 0, i;

	if (!quiet)
		printf("  %-5s %-23s %-9s  %12s  %-13s %-13s %-13s %s\n", "slot", "meter", "model", "hub cut for", "outage", "AD1", "firmware", "truth");
	for (i = 0; i < findings->slot_count; i++) {
		const struct history *history = findings->slots[i].history;
		bool agrees;

		rule.settle_ns = history->wiring.data.slot.settle_ns;
		rule.recharge_ns = history->wiring.data.slot.recharge_ns;
		rule.never_ns = history->never_ns;
		rule.always_ns = history->always_ns;
		rule.until_ns = history->watch_count > 0 ? history->watches[0].end_ns : INSTANT_NEVER;
		agrees = oracle_look(&truth, &demo.rehearsal.truth, history->slot, &rule) &&
			 oracle_agrees(&truth, &rule, findings, i, why);
		wrong += !agrees;
		if (quiet)
			continue;
		printf("  %-5s %-23s %-9s", history->slot, history->meter.data.device.guid, history->meter.data.device.model);
		put_length(findings, i);
		printf("  %-13s %-13s %-13s %s\n", verdict_word(findings, i, CASE_OUTAGE), verdict_word(findings, i, CASE_AD1),
		       verdict_word(findings, i, CASE_FIRMWARE), agrees ? "agrees" : why);
	}
	return wrong;
}

static bool tell(int *wrong, bool quiet, struct error *error)
{
	struct report report;
	bool made;

	if (!report_load(&report, demo.rehearsal.folder, error))
		return false;
	if (!quiet)
		putchar('\n');
	*wrong = put_devices(report.findings, quiet);
	made = report_files_make(&report, demo.rehearsal.folder, NULL, false, error);
	report_done(&report);
	return made;
}

/* ---- The command ---- */

static bool load(const struct night_names *names, struct error *error)
{
	struct problems problems;
	bool loaded;

	problems_init(&problems);
	loaded = night_load(&demo.night, names, &problems, error);
	if (!loaded)
		(void)night_refuse(&problems, error);
	problems_done(&problems);
	return loaded;
}

/* For the picture of the shipped bench: a terminal, and high enough. One that does not say its size is taken as it is. */
static bool has_room(void)
{
	struct winsize size = {0};

	return isatty(STDOUT_FILENO) && (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_row >= DEMO_ROWS);
}

static int over_the_air(const struct bench *bench)
{
	int count = 0, i;

	for (i = 0; i < bench->slot_count; i++)
		count += bench->slots[i].upgrade >= 0 && bench->instruments[bench->slots[i].upgrade].driver == DRIVER_ZIGBEE;
	return count;
}

static bool run_night(const struct arguments *arguments, int *exit_code, struct error *error)
{
	static const struct night_names names = {.scenario = "ota-journey", .bench = "sim", .load = "sim", .setting_count = 2,
						 .settings = {"image=example-00020130.ota", "watch=30min"}};
	const char *out = arguments_value(arguments, "--out");
	struct rehearsal_settings settings = {.names = &names, .out = out ? out : "reports", .operator = "", .revision = command_revision(),
					      .stop = &stop_wanted, .record = take, .advance = advance};
	bool on_screens = arguments_has(arguments, "--dashboard"), slow, rehearsed;

	demo.quiet = arguments_has(arguments, "--quiet");
	demo.on_terminal = !demo.quiet && !on_screens && has_room();
	slow = on_screens || arguments_has(arguments, "--slow");
	demo.pace = slow ? SLOW : demo.on_terminal ? BRISK : 0;
	demo.transfer_pace = slow ? TRANSFER_SLOW : TRANSFER_BRISK;
	demo.due_ns = clock_monotonic_ns();
	picture_init(&demo.picture);
	if (!load(&names, error) || !rehearsal_take_seed(&settings, arguments_value(arguments, "--seed"), error))
		return false;
	demo.limit_ns = demo.night.rule.limit_ns;
	if (on_screens && !demo_screens_open(&demo.night.plan, error))
		return false;
	if (!demo.quiet && !on_screens)
		printf("A simulated night: %d meters with their hubs get new firmware, %d over ZigBee and the others over their serial loaders. Nothing\n"
		       "here is hardware; all else is the shipped program: engine, Modbus, dongle, loaders, measuring, judging, evidence.\n\n",
		       demo.night.bench.slot_count, over_the_air(&demo.night.bench));
	rehearsed = rehearse(&demo.rehearsal, &demo.night, &settings, exit_code, error);
	if (demo_screens_shown())
		demo_screens_end(!rehearsed || stop_wanted);
	if (!rehearsed || !evidence_sign_throw_away(demo.rehearsal.folder, error))
		return false;
	if (demo.on_terminal)
		show();
	return true;
}

static bool run(const struct arguments *arguments, int *exit_code, struct error *error)
{
	int wrong = 0, slots;
	bool done;

	signal(SIGINT, want_stop);
	signal(SIGTERM, want_stop);
	done = run_night(arguments, exit_code, error);
	slots = demo.night.bench.slot_count;
	if (done && stop_wanted)
		*exit_code = EXIT_CODE_STOPPED;
	else if (done && tell(&wrong, demo.quiet, error)) {
		*exit_code = wrong == 0 && !demo.rehearsal.truth.lost ? EXIT_CODE_PASS : EXIT_CODE_RIG;
		printf("%s%d of %d rows are what really happened in the simulated world.\n", demo.quiet ? "" : "\n", slots - wrong, slots);
	} else {
		done = false;
	}
	if (done && stop_wanted)
		printf("stopped; what there is of its evidence: %s\n", demo.rehearsal.folder);
	else if (done)
		printf("evidence: %s\nreport:   %s/report.html\nto check: hilrig verify %s\n", demo.rehearsal.folder, demo.rehearsal.folder,
		       demo.rehearsal.folder);
	truth_done(&demo.rehearsal.truth);
	night_done(&demo.night);
	return done;
}

static const struct command_option options[] = {
	{"--out", "DIR", "where the evidence folder is made (default: reports)", false},
	{"--slow", NULL, "at a speed at which one can watch: about a minute", false},
	{"--dashboard", NULL, "at that speed, on the screens of hilrig dashboard; q leaves them", false},
	{"--seed", "N", "other latencies and other lengths where the world draws them", false},
	{"--quiet", NULL, "no picture and no table, only what came of it", false},
	{NULL, NULL, NULL, false},
};

static const struct command_example examples[] = {
	{"demo", "the main job in some seconds: a night of twenty meters, their report, and the truth"},
	{"demo --slow --out /tmp/demo", "the same to look at"},
	{"demo --slow --dashboard", "the same on the screens that show a real bench"},
	{NULL, NULL},
};

const struct command command_demo = {
	.name = "demo",
	.operands = "",
	.operands_least = 0,
	.operands_most = 0,
	.about = "the main job on the simulated bench, for somebody who has none",
	.text = "Twenty meters with their hubs are powered, shown to raise AD1, upgraded over ZigBee and serial loaders (XMODEM, YMODEM,\n"
		"MCUmgr's SMP) and watched in virtual time, as a lab's bench would: scenarios/ota-journey.yaml on\n"
		"scenarios/benches/sim.yaml, where scenarios/worlds/sixteen.yaml says what the devices do. While images are on their way\n"
		"it shows how far each is. The run is judged, its report is made, and every row is compared with what really happened.\n"
		"It ends with 0 only if every row agrees, else with 70. Nothing is opened, and the evidence says that it is simulated.",
	.options = options,
	.examples = examples,
	.run = run,
};
