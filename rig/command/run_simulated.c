/* What a simulated run has of its own: seed, truth, Ctrl-C without a supervisor. */

#include "rig/command/run_simulated.h"

#include "rig/command/rehearsal.h"
#include "rig/command/revision.h"
#include "rig/evidence/folder.h"
#include "rig/report/report.h"
#include "rig/run/progress.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

void run_print_findings(const char *folder)
{
	struct report report;
	struct error error;

	if (!report_load(&report, folder, &error)) {
		fprintf(stderr, "hilrig run: %s\n", error.text);
		return;
	}
	report_put_table(stdout, &report);
	report_done(&report);
	printf("\nevidence: %s\n", folder);
	(void)fflush(stdout);
}

/* The journal as it is, once the night is over: it takes seconds. */
static bool print_journal(const char *folder, struct error *error)
{
	char path[PATH_MAX], bytes[64 * 1024];
	size_t got;
	FILE *in;

	if (!folder_path(path, folder, FOLDER_JOURNAL, error))
		return false;
	in = fopen(path, "re");
	if (!in)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	while ((got = fread(bytes, 1, sizeof bytes, in)) > 0 && fwrite(bytes, 1, got, stdout) == got)
		;
	(void)fclose(in);
	return fflush(stdout) == 0 || error_set_errno(error, FAULT_ENVIRONMENT, errno, "standard output");
}

static volatile sig_atomic_t stop_wanted;

static void want_stop(int number)
{
	(void)number;
	stop_wanted = 1;
}

static void print_progress(void *self, const struct record *record)
{
	progress_print(self, record);
}

static bool write_truth(const struct truth *truth, const char *path, struct error *error)
{
	FILE *out = fopen(path, "we");

	if (!out)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s", path);
	truth_put(truth, out);
	if (fclose(out) == 0 && !truth->lost)
		return true;
	return error_set_errno(error, FAULT_ENVIRONMENT, errno, "%s: not everything could be written", path);
}

bool run_simulated(struct night *night, const struct night_names *names, const struct arguments *arguments, const char *operator,
		   const struct run_key *key, int *exit_code, struct error *error)
{
	const char *truth = arguments_value(arguments, "--truth"), *out = arguments_value(arguments, "--out");
	bool json = arguments_has(arguments, "--json");
	struct rehearsal_settings settings = {.names = names, .world = arguments_value(arguments, "--rehearse"),
					      .out = out ? out : "reports", .operator = operator, .revision = command_revision(),
					      .stop = &stop_wanted, .record = arguments_has(arguments, "--quiet") || json ? NULL : print_progress};
	static struct rehearsal rehearsal;
	static struct onlooker onlooker;
	bool done;

	if (arguments_has(arguments, "--certify"))
		return error_set(error, FAULT_USAGE, "--certify: nothing is certified on a simulated bench");
	if (!rehearsal_take_seed(&settings, arguments_value(arguments, "--seed"), error))
		return false;
	settings.self = &onlooker;
	signal(SIGINT, want_stop);
	signal(SIGTERM, want_stop);
	done = rehearse(&rehearsal, night, &settings, exit_code, error) && (!truth || write_truth(&rehearsal.truth, truth, error));
	if (done && !rehearsal.is_off)
		*exit_code = EXIT_CODE_RIG;
	if (done && arguments_value(arguments, "--sign")) /* a lab's own key stands for what was measured */
		run_key_sign(key, rehearsal.folder, true, exit_code);
	if (done && json)
		done = print_journal(rehearsal.folder, error);
	else if (done)
		run_print_findings(rehearsal.folder);
	truth_done(&rehearsal.truth);
	return done;
}

