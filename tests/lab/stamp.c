/*
 * Proves the lab's kernel: what gpio-sim's lines are told through sysfs must reach libgpiod with the right number of
 * edges and with stamps that differ from the instant of the write by less than TOLERANCE_NS. Every other result of the
 * lab rests on this, so it runs first and is also shown to fail on a kernel without the lab's patch.
 *
 *   stamp cuts  DEVICE LINES_FOLDER SEED   supply cuts at odd instants on line 0
 *   stamp burst DEVICE LINES_FOLDER LINES  TOGGLES toggles 1 ms apart on LINES lines at once
 *
 * DEVICE is the chip (/dev/gpiochipN), LINES_FOLDER its folder in sysfs with sim_gpioL/pull. Meant for virtual time.
 */
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define TOLERANCE_NS INT64_C(10000)
#define BUFFER_EVENTS 1024 /* the kernel's largest: 64 lines of 16 */
#define LINES_MAX 64
#define TOGGLES 8
#define RANDOM_CUTS 16
#define RANDOM_CUT_MAX_US UINT64_C(400000000)
#define SECOND_NS INT64_C(1000000000)

struct bench {
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *events;
	size_t lines;
	int pulls[LINES_MAX];
};

static _Noreturn void give_up(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void wait_until(int64_t instant_ns)
{
	struct timespec until = {.tv_sec = instant_ns / SECOND_NS, .tv_nsec = instant_ns % SECOND_NS};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		continue;
}

/* Drives one line and returns the instant of the write. */
static int64_t drive(const struct bench *bench, size_t line, bool high)
{
	const char *word = high ? "pull-up" : "pull-down";
	int64_t at_ns = now_ns();

	if (pwrite(bench->pulls[line], word, strlen(word), 0) < 0)
		give_up("pull");
	return at_ns;
}

static struct gpiod_line_request *request_lines(const char *device, size_t lines)
{
	struct gpiod_chip *chip = gpiod_chip_open(device);
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *line_config = gpiod_line_config_new();
	struct gpiod_request_config *request_config = gpiod_request_config_new();
	struct gpiod_line_request *request;
	unsigned int offsets[LINES_MAX];

	if (!chip || !settings || !line_config || !request_config)
		give_up(device);
	for (size_t line = 0; line < lines; line++)
		offsets[line] = (unsigned int)line;
	gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
	gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
	gpiod_line_config_add_line_settings(line_config, offsets, lines, settings);
	gpiod_request_config_set_event_buffer_size(request_config, BUFFER_EVENTS);
	request = gpiod_chip_request_lines(chip, request_config, line_config);
	if (!request)
		give_up("request of the lines");
	gpiod_request_config_free(request_config);
	gpiod_line_config_free(line_config);
	gpiod_line_settings_free(settings);
	gpiod_chip_close(chip);
	return request;
}

static void bench_open(struct bench *bench, const char *device, const char *folder, size_t lines)
{
	char path[256];

	bench->lines = lines;
	for (size_t line = 0; line < lines; line++) {
		snprintf(path, sizeof path, "%s/sim_gpio%zu/pull", folder, line);
		bench->pulls[line] = open(path, O_WRONLY | O_CLOEXEC);
		if (bench->pulls[line] < 0)
			give_up(path);
		drive(bench, line, false);
	}
	bench->request = request_lines(device, lines);
	bench->events = gpiod_edge_event_buffer_new(BUFFER_EVENTS);
	if (!bench->events)
		give_up("event buffer");
}

static void bench_close(struct bench *bench)
{
	gpiod_edge_event_buffer_free(bench->events);
	gpiod_line_request_release(bench->request);
	for (size_t line = 0; line < bench->lines; line++)
		close(bench->pulls[line]);
}

/* Takes what has arrived by now into the buffer; 0 if nothing has. */
static size_t take_events(const struct bench *bench)
{
	int ready = gpiod_line_request_wait_edge_events(bench->request, 0);
	int taken = 0;

	if (ready > 0)
		taken = gpiod_line_request_read_edge_events(bench->request, bench->events, BUFFER_EVENTS);
	if (ready < 0 || taken < 0)
		give_up("edge events");
	return (size_t)taken;
}

/* Drives line 0, lets 20 ms pass, and returns the one edge's stamp; -1 if there is not exactly one of the right kind. */
static int64_t stamp_of_write(const struct bench *bench, bool high, int64_t *written_ns)
{
	struct gpiod_edge_event *event;
	enum gpiod_edge_event_type kind = high ? GPIOD_EDGE_EVENT_RISING_EDGE : GPIOD_EDGE_EVENT_FALLING_EDGE;

	*written_ns = drive(bench, 0, high);
	wait_until(*written_ns + 20000000);
	if (take_events(bench) != 1)
		return -1;
	event = gpiod_edge_event_buffer_get_event(bench->events, 0);
	return gpiod_edge_event_get_event_type(event) == kind ? (int64_t)gpiod_edge_event_get_timestamp_ns(event) : -1;
}

static bool near(int64_t a_ns, int64_t b_ns)
{
	return a_ns - b_ns <= TOLERANCE_NS && b_ns - a_ns <= TOLERANCE_NS;
}

/* Cuts the supply for length_us, starting lead_us from now, and compares every stamp with its write. */
static bool cut(const struct bench *bench, uint64_t lead_us, uint64_t length_us)
{
	int64_t start_ns = now_ns() + (int64_t)lead_us * 1000;
	int64_t end_ns = start_ns + (int64_t)length_us * 1000;
	int64_t down_ns, up_ns, down_written_ns, up_written_ns;
	bool good;

	wait_until(start_ns);
	down_ns = stamp_of_write(bench, false, &down_written_ns);
	wait_until(end_ns);
	up_ns = stamp_of_write(bench, true, &up_written_ns);
	good = down_ns >= 0 && up_ns >= 0 && near(down_ns, down_written_ns) && near(up_ns, up_written_ns) &&
	       near(up_ns - down_ns, (int64_t)length_us * 1000);
	printf("%s - a cut of %" PRIu64 ".%06" PRIu64 " s is stamped %.9f s, down %+" PRId64 " ns and up %+" PRId64
	       " ns from the write\n", good ? "ok" : "FAILED", length_us / 1000000, length_us % 1000000,
	       (double)(up_ns - down_ns) * 1e-9, down_ns - down_written_ns, up_ns - up_written_ns);
	return good;
}

/* splitmix64: the same cuts for the same seed on every machine. */
static uint64_t draw(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static bool all_cuts(const char *device, const char *folder, uint64_t seed)
{
	static const uint64_t lengths_us[] = {181507100, 179999999, 180000001, 20003700, 999937, 41333, 23001};
	struct bench bench;
	int64_t written_ns;
	bool good;

	bench_open(&bench, device, folder, 1);
	good = stamp_of_write(&bench, true, &written_ns) >= 0;
	for (size_t i = 0; i < sizeof lengths_us / sizeof lengths_us[0]; i++)
		good = cut(&bench, 312347 + i * 7919, lengths_us[i]) && good;
	for (int i = 0; i < RANDOM_CUTS; i++) {
		uint64_t lead_us = 1 + draw(&seed) % 1000000;

		good = cut(&bench, lead_us, 20001 + draw(&seed) % RANDOM_CUT_MAX_US) && good;
	}
	bench_close(&bench);
	return good;
}

/* Counts the events that are right: next of their line, of the right kind, stamped at the write that made them. */
static size_t count_right(const struct bench *bench, size_t taken, int64_t written_ns[LINES_MAX][TOGGLES])
{
	size_t seen[LINES_MAX] = {0};
	size_t right = 0;

	for (size_t i = 0; i < taken; i++) {
		struct gpiod_edge_event *event = gpiod_edge_event_buffer_get_event(bench->events, i);
		size_t line = gpiod_edge_event_get_line_offset(event);
		size_t toggle = seen[line]++;
		bool rising = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE;

		if (toggle < TOGGLES && rising == (toggle % 2 == 0) &&
		    gpiod_edge_event_get_line_seqno(event) == toggle + 1 &&
		    near((int64_t)gpiod_edge_event_get_timestamp_ns(event), written_ns[line][toggle]))
			right++;
	}
	return right;
}

static bool burst(const char *device, const char *folder, size_t lines)
{
	struct bench bench;
	int64_t written_ns[LINES_MAX][TOGGLES];
	int64_t start_ns;
	size_t taken, right;

	bench_open(&bench, device, folder, lines);
	start_ns = now_ns() + 3141592;
	for (int toggle = 0; toggle < TOGGLES; toggle++) {
		wait_until(start_ns + toggle * 1000000);
		for (size_t line = 0; line < lines; line++)
			written_ns[line][toggle] = drive(&bench, line, toggle % 2 == 0);
	}
	wait_until(now_ns() + 20000000);
	taken = take_events(&bench);
	right = count_right(&bench, taken, written_ns);
	bench_close(&bench);
	printf("%s - %zu lines toggled %d times 1 ms apart: %zu of %zu edges, %zu of them right\n",
	       right == lines * TOGGLES && taken == right ? "ok" : "FAILED", lines, TOGGLES, taken, lines * TOGGLES, right);
	return right == lines * TOGGLES && taken == right;
}

int main(int argc, char **argv)
{
	unsigned long long number = argc == 5 ? strtoull(argv[4], NULL, 10) : 0;

	/* Otherwise every sleep may end up to 50 us late, which is more than the tolerance. */
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	if (argc == 5 && strcmp(argv[1], "cuts") == 0)
		return all_cuts(argv[2], argv[3], number) ? 0 : 1;
	if (argc == 5 && strcmp(argv[1], "burst") == 0 && number >= 1 && number <= LINES_MAX)
		return burst(argv[2], argv[3], (size_t)number) ? 0 : 1;
	fprintf(stderr, "usage: stamp cuts DEVICE LINES_FOLDER SEED | stamp burst DEVICE LINES_FOLDER LINES\n");
	return 64;
}
