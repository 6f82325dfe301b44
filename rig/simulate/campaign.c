/* Seeds are taken from a counter that all processes share; what each found lies beside it. */

#include "rig/simulate/campaign.h"

#include "rig/simulate/again.h"

#include "rig/run/real/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_EVERY_MS 200
#define KEPT_MEMORY (64 * 1024 * 1024) /* so that a world's memory is not given back and fetched again with every trial */

struct worker_result {
	struct coverage coverage;
	atomic_ullong done, findings;  /* for the progress that the parent shows */
	uint64_t sampled, deaths;
	bool found, broken;
	uint64_t seed;
	enum check check;
	char why[TRIAL_TEXT_SIZE];
	struct error error;
};

struct shared {
	atomic_ullong next;
	atomic_ullong lowest;          /* finding; UINT64_MAX: none */
	atomic_int stop;
	struct worker_result workers[CAMPAIGN_JOBS_MAX];
};

/* ---- One seed ---- */

int campaign_bench(uint64_t seed, int bench_count)
{
	if (bench_count > 2 && seed % CAMPAIGN_THIRD_EVERY == CAMPAIGN_THIRD_EVERY / 2 - 2)
		return 2;
	return bench_count > 1 && seed % CAMPAIGN_SECOND_EVERY == CAMPAIGN_SECOND_EVERY - 1;
}

void campaign_draw(struct drawn_world *world, uint64_t seed, const char *fault, const struct trial_bench *on)
{
	drawn_world_draw(world, seed, on->bench, on->taking_part, CAMPAIGN_FAULTS_WITHIN_NS);
	if (fault)
		drawn_world_only(world, fault);
}

bool campaign_trial(struct trial *trial, uint64_t seed, const char *fault, bool sample, struct error *error)
{
	static struct drawn_world world;

	campaign_draw(&world, seed, fault, trial->on);
	if (!again_run(trial, &world, "", error))
		return error_prefix(error, "the world of seed %llu", (unsigned long long)seed);
	return !sample || trial->failed != CHECK_NONE || again_ask(trial, &world, error);
}

/* With a condition: of an outage whose end nobody saw no more may be known than on which side of the limit it is. */
static bool is_less(enum conformity was, enum conformity is)
{
	return (was == CONFORMITY_PASS && is == CONFORMITY_CONDITIONAL_PASS) || (was == CONFORMITY_FAIL && is == CONFORMITY_CONDITIONAL_FAIL) ||
	       (was == CONFORMITY_NOT_MORE && is == CONFORMITY_CONDITIONAL_NOT_MORE) ||
	       (was == CONFORMITY_MORE && is == CONFORMITY_CONDITIONAL_MORE) || is == CONFORMITY_NOT_APPLICABLE;
}

/* The same, or less. Which alerts are lost depends on how many there were before; what is said of them is compared with their truth. */
static bool says_no_other(const struct kept_verdicts *verdicts, const struct findings *findings)
{
	int i, j;

	for (i = 0; i < verdicts->count; i++)
		for (j = 0; j < findings->verdict_count; j++) {
			const struct verdict *was = &verdicts->list[i], *is = &findings->verdicts[j];

			if (was->kind != CASE_AD1 && was->slot == is->slot && was->kind == is->kind && was->validity == VALIDITY_VALID && is->validity == VALIDITY_VALID &&
			    was->conformity != is->conformity && !is_less(was->conformity, is->conformity))
				return false;
		}
	return true;
}

bool campaign_kill_anywhere(struct trial *trial, uint64_t seed, uint64_t *points, struct error *error)
{
	static struct drawn_world world;
	static struct kept_verdicts whole;
	int64_t writes, i;

	campaign_draw(&world, seed, NULL, trial->on);
	drawn_world_only(&world, NULL);
	if (!again_run(trial, &world, "", error))
		return false;
	writes = trial->disk.writes;
	again_keep(&whole, judge_conclude(trial->judge));
	for (i = 0; i < writes && trial->failed == CHECK_NONE; i++, ++*points) {
		trial->dies_at_write = i;
		trial->dies_having_put = (int)(i % 4);
		trial->loses_power = i / 4 % 2;
		if (!again_run(trial, &world, "", error))
			break;
		if (!says_no_other(&whole, judge_conclude(trial->judge)))
			trial_fail(trial, CHECK_EVIDENCE, "resumed, it says something else than the run that was not interrupted");
		if (trial->failed != CHECK_NONE) {
			char why[TRIAL_TEXT_SIZE];

			(void)snprintf(why, sizeof why, "killed in write %lld of %lld: %.300s", (long long)i, (long long)writes, trial->why);
			memcpy(trial->why, why, sizeof trial->why);
		}
	}
	trial->dies_at_write = INT64_MAX;
	return true;
}

int campaign_shrink(struct trial *trial, struct drawn_world *world)
{
	enum check check = trial->failed;
	struct error error;
	int trials = 0, i;
	bool smaller;

	do {
		smaller = false;
		for (i = world->count - 1; i >= 0; i--) {
			if (world->parts[i].left_out)
				continue;
			world->parts[i].left_out = true;
			trials++;
			if (again_run(trial, world, "", &error) && trial->failed == check)
				smaller = true;
			else
				world->parts[i].left_out = false;
		}
	} while (smaller);
	(void)!again_run(trial, world, "", &error);
	return trials;
}

/* ---- Processes ---- */

static void take_finding(struct shared *shared, struct worker_result *result, const struct trial *trial, uint64_t seed)
{
	unsigned long long lowest = atomic_load(&shared->lowest);

	atomic_fetch_add(&result->findings, 1);
	if (!result->found || seed < result->seed) {
		result->found = true;
		result->seed = seed;
		result->check = trial->failed;
		memcpy(result->why, trial->why, sizeof result->why);
	}
	while (seed < lowest && !atomic_compare_exchange_weak(&shared->lowest, &lowest, seed))
		;
}

static void work(const struct campaign *campaign, struct shared *shared, struct worker_result *result)
{
	static struct trial trials[CAMPAIGN_BENCHES_MAX];
	uint64_t seed;
	int i;

	(void)mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
	(void)mallopt(M_TRIM_THRESHOLD, 4 * KEPT_MEMORY);
	for (i = 0; i < campaign->bench_count; i++) {
		trial_init(&trials[i], &campaign->on[i]);
		trials[i].wrong_by_ns = campaign->wrong_by_ns;
	}
	while (!atomic_load(&shared->stop)) {
		struct trial *trial;
		bool sample;

		seed = campaign->first + atomic_fetch_add(&shared->next, 1);
		if (seed > campaign->last || seed < campaign->first || (!campaign->keep_going && seed > atomic_load(&shared->lowest)))
			break;
		sample = seed % CAMPAIGN_SAMPLE == 0 && !campaign->kill_anywhere;
		trial = &trials[campaign_bench(seed, campaign->bench_count)];
		if (campaign->kill_anywhere ? !campaign_kill_anywhere(trial, seed, &result->deaths, &result->error)
					    : !campaign_trial(trial, seed, campaign->fault, sample, &result->error)) {
			result->broken = true;
			atomic_store(&shared->stop, 1);
			break;
		}
		result->sampled += sample;
		atomic_fetch_add(&result->done, 1);
		if (trial->failed == CHECK_NONE)
			continue;
		take_finding(shared, result, trial, seed);
		if (campaign->finding)
			campaign->finding(campaign->self, seed, trial->failed, trial->why);
	}
	for (i = 0; i < campaign->bench_count; i++) {
		coverage_add(&result->coverage, &trials[i].coverage);
		trial_done(&trials[i]);
	}
}

static void show(const struct campaign *campaign, struct shared *shared)
{
	uint64_t done = 0, findings = 0;
	int i;

	for (i = 0; i < campaign->jobs; i++) {
		done += atomic_load(&shared->workers[i].done);
		findings += atomic_load(&shared->workers[i].findings);
	}
	campaign->progress(campaign->self, done, findings);
}

/*
 * Waits for all, shows how far they are, and hands a wish to stop on. False: one died. `alive` is hung up when the last of them is gone,
 * and a signal ends the waiting for it at once.
 */
static bool wait_for(const struct campaign *campaign, struct shared *shared, const pid_t *workers, int count, int alive)
{
	struct pollfd watched = {.fd = alive};
	bool good = true, gone[CAMPAIGN_JOBS_MAX] = {false};
	int left = count, i, status, looks = 0;

	while (left > 0) {
		for (i = 0; i < count; i++) {
			if (gone[i] || waitpid(workers[i], &status, WNOHANG) != workers[i])
				continue;
			gone[i] = true;
			left--;
			if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
				good = false;
				atomic_store(&shared->stop, 1);
			}
		}
		if (campaign->stop && *campaign->stop)
			atomic_store(&shared->stop, 1);
		if (left > 0)
			(void)poll(&watched, 1, LOOK_EVERY_MS);
		if (campaign->progress && ++looks % (1000 / LOOK_EVERY_MS) == 0)
			show(campaign, shared);
	}
	return good;
}

static void sum_up(struct campaign_result *result, const struct worker_result *worker)
{
	coverage_add(&result->coverage, &worker->coverage);
	result->done += atomic_load(&worker->done);
	result->findings += atomic_load(&worker->findings);
	result->sampled += worker->sampled;
	result->deaths += worker->deaths;
	if (!worker->found || (result->found && result->seed < worker->seed))
		return;
	result->found = true;
	result->seed = worker->seed;
	result->check = worker->check;
	memcpy(result->why, worker->why, sizeof result->why);
}

static bool run(const struct campaign *campaign, struct shared *shared, struct campaign_result *result, struct error *error)
{
	pid_t workers[CAMPAIGN_JOBS_MAX];
	int alive[2], started, i;
	bool good;

	if (pipe2(alive, O_CLOEXEC) != 0)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "pipe");
	(void)fflush(NULL);
	for (started = 0; started < campaign->jobs; started++) {
		workers[started] = fork();
		if (workers[started] < 0)
			break;
		if (workers[started] > 0)
			continue;
		work(campaign, shared, &shared->workers[started]);
		_exit(0);
	}
	close(alive[1]);
	good = wait_for(campaign, shared, workers, started, alive[0]);
	close(alive[0]);
	for (i = 0; i < started; i++)
		sum_up(result, &shared->workers[i]);
	for (i = 0; i < started; i++)
		if (shared->workers[i].broken) {
			*error = shared->workers[i].error;
			return false;
		}
	if (started < campaign->jobs)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "fork");
	return good || error_set(error, FAULT_RIG, "a process of the campaign died: one of the next seeds after %llu breaks the program",
				 (unsigned long long)(campaign->first + result->done));
}

bool campaign_run(const struct campaign *campaign, struct campaign_result *result, struct error *error)
{
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t began_ns = clock_monotonic_ns();
	bool done;

	memset(result, 0, sizeof *result);
	if (shared == MAP_FAILED)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "no memory that processes can share");
	atomic_store(&shared->lowest, UINT64_MAX);
	done = run(campaign, shared, result, error);
	result->seconds = (double)(clock_monotonic_ns() - began_ns) / 1e9;
	(void)munmap(shared, sizeof *shared);
	return done;
}
