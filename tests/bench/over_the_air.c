/*
 * Firmware over ZigBee in real time, on one simulated dongle behind a pty (drivers/sim/face): what our host makes of it and, beside it,
 * what zigbee-herdsman does, on the same dongle with the same devices. The dongle has no radio and no UART: all time beside that of the
 * devices is the host's, the kernel's and this program's own.
 *
 * Latency: from a device's block request, whole at the dongle's port, to the first byte of the answer there; 20 devices download, and
 * ours has a journal written meanwhile. Rate: of one device that takes 5, 20 or 75 ms from a block to its next request, against a block
 * each such time, without what this program was late as a device; and of one that takes none. Beside the rate of all blocks stands that of
 * the median one, and beside the latency that of a process that answers without thinking, and how often a busy loop was stopped for more
 * than a millisecond: what other work on the machine does shows there. What of our latency is spent until our host is let run, and what in
 * its turn, it tells itself, in memory that both see.
 *
 *   over_the_air [latency|rate]       with ALONE set, without zigbee-herdsman
 */

#include "drivers/sim/face/znp_face.h"
#include "drivers/zigbee/octets.h"
#include "drivers/zigbee/zigbee_instrument.h"
#include "rig/image/ota_image.h"
#include "rig/run/real/clock.h"
#include "tests/support/upgrade_host.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define DEVICES 20
#define BLOCK 50
#define IMAGE_MAX 65536
#define SAMPLES_MAX 100000
#define TURNAROUND_NS (70 * NS_PER_MS)         /* of each of many, beside ... */
#define AIR_LEAST_NS (5 * NS_PER_MS)           /* ... a frame's time on the air, drawn: on one channel they cannot all come at once */
#define AIR_MOST_NS (25 * NS_PER_MS)
#define LATENCY_WANTED_US 2000.0
#define RATE_WANTED_PERCENT 95.0
#define JOURNAL_LINES_A_TICK 10                /* 1000 a second; a night of 64 slots has some 20 */
#define PATH_SIZE 300
#define TURNS_MAX 400000

enum host_kind { OURS, HERDSMAN };

static struct znp_face face;
static uint8_t kept[8192];                     /* of the host's bytes, until a frame is whole; for the measurement */
static size_t kept_size;
static uint8_t memories[DEVICES][IMAGE_MAX], image[IMAGE_MAX];
static size_t image_size;
static char folder[PATH_SIZE], image_path[PATH_SIZE], modules[PATH_SIZE];
static int master;
static int64_t asked_ns[0x10000];              /* per short address: its block request is at the port; 0: answered */
static double latencies_us[SAMPLES_MAX], periods_us[SAMPLES_MAX];
static int latency_count, period_count, whole_count, device_count;
static int64_t begun_ns[SAMPLES_MAX];          /* of each latency: its request was at the port */
static struct turns {
	int count;
	struct { int64_t began_ns, done_ns; } of[TURNS_MAX];
} *turns;                                      /* of our host, in which it read its port */
static double host_cpu_s;                      /* that the host took, from its beginning to its end */
static int64_t last_asked_ns;                  /* of any device */
static int64_t first_ns, whole_ns;             /* of the first device's image */
static int64_t own_ns;                         /* between them: how much later than a device's timer this program was woken */

/* ---- What is measured ---- */

static bool is_ota(const uint8_t *zcl, size_t size, uint8_t command)
{
	return size >= 3 && zcl[2] == command;
}

static void note_to_host(const uint8_t *bytes, size_t size, int64_t now_ns)
{
	struct mt_frame frame;
	struct octets_in in;
	size_t used;

	if (mt_get(&frame, bytes, size, &used) != MT_DONE || mt_code(&frame) != 0x4481)
		return;
	in = octets_in(frame.data, frame.size);
	(void)octets_get16(&in);               /* group */
	if (octets_get16(&in) != ZCL_CLUSTER_OTA || frame.size < 17 || !is_ota(frame.data + 17, frame.size - 17U, OTA_BLOCK_REQUEST))
		return;
	asked_ns[octets_get16(&in)] = now_ns;
	if (last_asked_ns > 0 && period_count < SAMPLES_MAX)
		periods_us[period_count++] = (double)(now_ns - last_asked_ns) / 1e3;
	last_asked_ns = now_ns;
}

static void note_from_host(const struct mt_frame *frame, int64_t now_ns)
{
	struct octets_in in = octets_in(frame->data, frame->size);
	uint16_t to;

	if (mt_code(frame) != 0x2401 || frame->size < 10)
		return;
	to = octets_get16(&in);
	if (asked_ns[to] == 0 || !is_ota(frame->data + 10, frame->size - 10U, OTA_BLOCK_RESPONSE) || latency_count == SAMPLES_MAX)
		return;
	begun_ns[latency_count] = asked_ns[to];
	latencies_us[latency_count++] = (double)(now_ns - asked_ns[to]) / 1e3;
	asked_ns[to] = 0;
}

/* ---- The dongle ---- */

static void say(void *self, const void *bytes, size_t size)
{
	(void)self;
	if (write(master, bytes, size) == (ssize_t)size)
		note_to_host(bytes, size, clock_monotonic_ns());
}

static void tell(void *self, int device, int64_t t_ns, enum ota_client_event event, uint32_t version, bool good)
{
	(void)self;
	(void)t_ns;
	(void)version;
	if (device == 0 && event == OTA_CLIENT_FIRST_BLOCK)
		first_ns = clock_monotonic_ns();
	if (event != OTA_CLIENT_WHOLE || !good)
		return;
	whole_count++;
	if (device == 0)
		whole_ns = clock_monotonic_ns();
}

static void add_devices(int64_t turnaround_ns)
{
	int i;

	for (i = 0; i < device_count; i++) {
		struct znp_device_settings device = {
			.ieee = UINT64_C(0x00124B0000000A00) + (uint64_t)i, .manufacturer = 0x10FF, .maker = "Hilrig", .model = "Meter", .router = true,
			.endpoint_count = 1, .has_ota = true, .ota_endpoint = 10, .ota_profile = 0x0109, .version = 0x0002012F,
			.memory = memories[i], .memory_size = IMAGE_MAX, .boots_itself = true, .boot_ns = 100 * NS_PER_MS, .join_ns = (i + 1) * 100 * NS_PER_MS,
			.latency_ns = {device_count > 1 ? AIR_LEAST_NS : 0, device_count > 1 ? AIR_MOST_NS : 0},
			.ota = {.manufacturer = 0x10FF, .type = 1, .turnaround_ns = turnaround_ns, .verify_ns = 10 * NS_PER_S}};

		device.endpoints[0] = (struct zdo_endpoint){.endpoint = 10, .profile = 0x0109, .device = 0x0500, .in_count = 2, .in = {0x0000, 0x0702},
							    .out_count = 1, .out = {ZCL_CLUSTER_OTA}};
		assert(znp_face_add(&face, &device, clock_monotonic_ns()) == i);
	}
}

/* The host's bytes as they came. A frame that a read cuts counts as begun with its end, which is against its host. */
static void take(int64_t now_ns, const uint8_t *bytes, size_t size)
{
	struct mt_frame frame;
	size_t used, at = 0;
	enum mt_got got;

	assert(kept_size + size <= sizeof kept);
	memcpy(kept + kept_size, bytes, size);
	kept_size += size;
	while ((got = mt_get(&frame, kept + at, kept_size - at, &used)) != MT_MORE) {
		at += used;
		if (got == MT_DONE)
			note_from_host(&frame, now_ns);
	}
	kept_size -= at;
	memmove(kept, kept + at, kept_size);
}

static bool has_ended(pid_t host)
{
	siginfo_t info = {.si_pid = 0};

	return waitid(P_PID, (id_t)host, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == host;
}

/* Until all images are whole, the host has ended, or time is up. */
static void play(pid_t host, int64_t limit_ns)
{
	int64_t end_ns = clock_monotonic_ns() + limit_ns, now_ns, next_ns;
	struct pollfd one = {.fd = master, .events = POLLIN};
	struct timespec pause;
	uint8_t bytes[4096];
	ssize_t size;

	while ((now_ns = clock_monotonic_ns()) < end_ns && whole_count < device_count && !has_ended(host)) {
		next_ns = znp_face_next(&face);
		next_ns = next_ns < now_ns + 100 * NS_PER_MS ? next_ns : now_ns + 100 * NS_PER_MS;
		pause.tv_sec = 0;
		pause.tv_nsec = next_ns > now_ns ? next_ns - now_ns : 0;
		(void)ppoll(&one, 1, &pause, NULL);
		size = read(master, bytes, sizeof bytes);
		now_ns = clock_monotonic_ns();
		if (size <= 0 && first_ns > 0 && whole_ns == 0 && next_ns == znp_face_next(&face) && now_ns > next_ns)
			own_ns += now_ns - next_ns;
		if (size > 0)
			take(now_ns, bytes, (size_t)size);
		znp_face_step(&face, now_ns, bytes, size > 0 ? (size_t)size : 0);
	}
}

/* ---- The hosts ---- */

static void note_turn(void *self, int64_t began_ns)
{
	(void)self;
	if (turns->count == TURNS_MAX)
		return;
	turns->of[turns->count].began_ns = began_ns;
	turns->of[turns->count++].done_ns = clock_monotonic_ns();
}

static int run_ours(const char *port)
{
	static struct bench_slot slots[DEVICES];
	static struct bench_instrument instrument = {.name = "dongle", .driver = DRIVER_ZIGBEE, .slot = -1, .stack = ZIGBEE_ZNP, .zigbee_profile = 0x0109,
						     .zigbee_channel = 15, .ota_block = BLOCK, .ota_at_once = DEVICES,
						     .port = {.usb_port = -1}, .settings = {.baud = 115200, .data_bits = 8, .stop_bits = 1}};
	struct bench bench = {.slot_count = device_count, .slots = slots, .instrument_count = 1, .instruments = &instrument};
	struct upgrade_image upgrade = {.bytes = image, .size = image_size,
					.ota = {.size = image_size, .manufacturer = 0x10FF, .type = 1, .version = 0x00020130}};
	static char guids[DEVICES][32];
	const struct upgrade_host host = {.start = zigbee_instrument_start, .bench = &bench, .image = &upgrade, .folder = folder,
					  .lines_a_tick = JOURNAL_LINES_A_TICK, .served = note_turn};
	int i;

	(void)snprintf(instrument.port.path, sizeof instrument.port.path, "%s", port);
	for (i = 0; i < device_count; i++) {
		(void)snprintf(guids[i], sizeof guids[i], "00-12-4B-00-00-00-0A-%02X", (unsigned)i);
		upgrade.meters[i] = guids[i];
	}
	return upgrade_host_run(&host);
}

static void run_herdsman(const char *port)
{
	char count[8];

	(void)snprintf(count, sizeof count, "%d", device_count);
	(void)execlp("node", "node", "tests/bench/helpers/herdsman.js", modules, port, image_path, folder, count, (char *)NULL);
	_exit(127);
}

static int64_t limit_of(enum host_kind kind, int64_t limit_ns)
{
	return kind == OURS ? limit_ns : limit_ns + 10 * NS_PER_S; /* it interviews first */
}

/* One host with so many devices of that turnaround; what comes of it stands in the figures above. */
static void upgrade_devices(enum host_kind kind, int count, int64_t turnaround_ns, int64_t limit_ns)
{
	struct znp_face_settings settings = {.product = ZNP_3_X_0, .ieee = UINT64_C(0x00124B0012345678), .form_ns = 200 * NS_PER_MS, .seed = 1};
	char port[64];
	struct rusage usage;
	pid_t host;

	device_count = count;
	latency_count = period_count = whole_count = 0;
	last_asked_ns = 0;
	kept_size = 0;
	first_ns = whole_ns = own_ns = 0;
	turns->count = 0;
	memset(asked_ns, 0, sizeof asked_ns);
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	(void)snprintf(port, sizeof port, "%s", ptsname(master));
	znp_face_init(&face, &settings, clock_monotonic_ns());
	face.say = say;
	face.tell = tell;
	add_devices(turnaround_ns);
	host = fork();
	assert(host >= 0);
	if (host == 0) {
		close(master);
		if (kind == HERDSMAN)
			run_herdsman(port);
		_exit(run_ours(port));
	}
	play(host, limit_of(kind, limit_ns));
	kill(host, SIGTERM);
	(void)wait4(host, NULL, 0, &usage);
	host_cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	close(master);
}

/* ---- Figures ---- */

static int by_size(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

struct spread {
	double median_us, p99_us, most_us;
};

static struct spread spread_of(double *values_us, int count)
{
	if (count == 0)
		return (struct spread){.median_us = 0};
	qsort(values_us, (size_t)count, sizeof *values_us, by_size);
	return (struct spread){values_us[count / 2], values_us[count * 99 / 100], values_us[count - 1]};
}

struct latency {
	int count, whole;
	struct spread all, woken, turn; /* from end to end; until our host runs; its turn, with all that it does in it */
	double cpu_s;
};

/* The turn of our host that was the first to end after each request. */
static void divide(struct latency *found)
{
	static double woken_us[SAMPLES_MAX], turn_us[SAMPLES_MAX];
	int count = 0, at = 0, i;

	for (i = 0; i < latency_count; i++) { /* they are in the order of their answers, so nearly in that of their requests */
		while (at > 0 && turns->of[at - 1].done_ns > begun_ns[i])
			at--;
		while (at < turns->count && turns->of[at].done_ns <= begun_ns[i])
			at++;
		if (at == turns->count)
			break;
		woken_us[count] = turns->of[at].began_ns > begun_ns[i] ? (double)(turns->of[at].began_ns - begun_ns[i]) / 1e3 : 0;
		turn_us[count++] = (double)(turns->of[at].done_ns - turns->of[at].began_ns) / 1e3;
	}
	found->woken = spread_of(woken_us, count);
	found->turn = spread_of(turn_us, count);
}

static struct latency latency_of_all(void)
{
	struct latency found = {.count = latency_count, .whole = whole_count, .cpu_s = host_cpu_s};

	divide(&found);
	found.all = spread_of(latencies_us, latency_count);
	return found;
}

static _Noreturn void answer_without_thinking(int other_end)
{
	uint8_t request[40], answer[80] = {0};
	int fd = open(ptsname(other_end), O_RDWR | O_NOCTTY);

	close(other_end);
	while (fd >= 0 && read(fd, request, sizeof request) > 0 && write(fd, answer, sizeof answer) > 0)
		;
	_exit(0);
}

/* A process that answers so many requests so often on a pty too, and knows nothing of them. */
static struct latency latency_of_nothing(int requests, int64_t pause_ns)
{
	const struct timespec pause = {.tv_nsec = pause_ns};
	int end = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), i;
	uint8_t request[40] = {0}, answer[80];
	struct termios raw;
	int64_t began_ns;
	pid_t host;

	assert(end >= 0 && grantpt(end) == 0 && unlockpt(end) == 0 && tcgetattr(end, &raw) == 0);
	cfmakeraw(&raw);
	assert(tcsetattr(end, TCSANOW, &raw) == 0);
	host = fork();
	assert(host >= 0);
	if (host == 0)
		answer_without_thinking(end);
	latency_count = turns->count = 0;
	for (i = 0; i < requests; i++) {
		assert(write(end, request, sizeof request) == sizeof request);
		began_ns = clock_monotonic_ns();
		assert(read(end, answer, sizeof answer) > 0);
		latencies_us[latency_count++] = (double)(clock_monotonic_ns() - began_ns) / 1e3;
		(void)nanosleep(&pause, NULL);
	}
	close(end);
	(void)waitpid(host, NULL, 0);
	return latency_of_all();
}

/* How often in a second a loop that does nothing else is not let run for a millisecond, and for how long at most. */
static void show_machine(void)
{
	int64_t last_ns = clock_monotonic_ns(), end_ns = last_ns + NS_PER_S, longest_ns = 0, now_ns;
	int gaps = 0;

	while (last_ns < end_ns) {
		now_ns = clock_monotonic_ns();
		gaps += now_ns - last_ns > NS_PER_MS;
		longest_ns = now_ns - last_ns > longest_ns ? now_ns - last_ns : longest_ns;
		last_ns = now_ns;
	}
	printf("  a busy loop on this machine: %d stops of more than 1 ms in a second, the longest %.1f ms\n", gaps, (double)longest_ns / 1e6);
}

static struct latency latency(enum host_kind kind)
{
	upgrade_devices(kind, DEVICES, TURNAROUND_NS, 40 * NS_PER_S);
	return latency_of_all();
}

struct rate {
	double bytes_s, percent, median_percent; /* of a block each turnaround; 0: it did not get there */
};

static struct rate rate(enum host_kind kind, int64_t turnaround_ns)
{
	double bound = BLOCK * 1e9 / (double)turnaround_ns;
	struct rate found = {.bytes_s = 0};

	upgrade_devices(kind, 1, turnaround_ns, 60 * NS_PER_S);
	if (whole_count == 0 || whole_ns <= first_ns || period_count == 0)
		return found;
	qsort(periods_us, (size_t)period_count, sizeof *periods_us, by_size);
	found.bytes_s = (double)(image_size - BLOCK) * 1e9 / (double)(whole_ns - first_ns - own_ns);
	found.percent = found.bytes_s / bound * 100.0;
	found.median_percent = BLOCK * 1e6 / periods_us[period_count / 2] / bound * 100.0;
	return found;
}

static void make_image(size_t payload_size)
{
	const struct ota_image described = {.manufacturer = 0x10FF, .type = 1, .version = 0x00020130, .stack = 2, .name = "bench"};
	static uint8_t payload[IMAGE_MAX];
	FILE *out = fopen(image_path, "wb");
	size_t i;

	for (i = 0; i < payload_size; i++)
		payload[i] = (uint8_t)(i * 131 + i / 251);
	image_size = ota_image_make(&described, payload, payload_size, NULL, NULL);
	assert(out && image_size <= IMAGE_MAX);
	image_size = ota_image_make(&described, payload, payload_size, NULL, image);
	assert(fwrite(image, 1, image_size, out) == image_size && fclose(out) == 0);
}

static const char *reached(bool done)
{
	return done ? "reached" : "NOT REACHED";
}

static void show_spread(const char *of, const struct spread *spread)
{
	printf("  %s: median %.0f us, p99 %.0f us, at most %.0f us\n", of, spread->median_us, spread->p99_us, spread->most_us);
}

static void show_latency(void)
{
	struct latency nothing = latency_of_nothing(2000, NS_PER_S / (DEVICES * 10)), ours, theirs = {.count = 0};

	make_image(5000);
	ours = latency(OURS);
	printf("block request to first byte of the answer, %d devices with %d requests a second, journal of %d lines/s: median %.0f us, p99 %.0f us "
	       "(wanted under %.0f us: %s), at most %.0f us; %d answers, %d of %d images whole, %.2f s of the processor\n", DEVICES, DEVICES * 10,
	       JOURNAL_LINES_A_TICK * 100, ours.all.median_us, ours.all.p99_us, LATENCY_WANTED_US,
	       reached(ours.whole == DEVICES && ours.all.p99_us < LATENCY_WANTED_US), ours.all.most_us, ours.count, ours.whole, DEVICES, ours.cpu_s);
	show_spread("of it until our host was let run", &ours.woken);
	show_spread("of it our host's turn, with its logs", &ours.turn);
	show_spread("a process that answers without thinking, on a pty of this machine", &nothing.all);
	show_machine();
	if (modules[0])
		theirs = latency(HERDSMAN);
	if (theirs.count > 0)
		printf("  zigbee-herdsman, without a journal: median %.0f us, p99 %.0f us; %d answers, %d of %d images whole, %.2f s of the processor; our median is %.2f of its\n",
		       theirs.all.median_us, theirs.all.p99_us, theirs.count, theirs.whole, DEVICES, theirs.cpu_s, ours.all.median_us / theirs.all.median_us);
}

/* What is left of a block each turnaround if the host takes no time at all: kernel and machine. */
static double percent_of_nothing(int64_t turnaround_ns)
{
	struct latency nothing = latency_of_nothing((int)(2 * NS_PER_S / turnaround_ns), turnaround_ns);
	double sum_us = 0;
	int i;

	for (i = 0; i < nothing.count; i++)
		sum_us += latencies_us[i];
	return 100.0 * (double)turnaround_ns / ((double)turnaround_ns + sum_us * 1e3 / nothing.count);
}

static void show_rate(int64_t turnaround_ms, size_t payload_size)
{
	struct rate found;

	make_image(payload_size);
	found = rate(OURS, turnaround_ms * NS_PER_MS);
	printf("one device, %d ms from block to request: %.0f B/s, %.1f %% of a block in that time, %.1f %% by the median block (wanted %.0f %%: %s)",
	       (int)turnaround_ms, found.bytes_s, found.percent, found.median_percent, RATE_WANTED_PERCENT,
	       reached(found.percent >= RATE_WANTED_PERCENT || found.median_percent >= RATE_WANTED_PERCENT));
	printf("; a process that answers without thinking would have %.1f %%", percent_of_nothing(turnaround_ms * NS_PER_MS));
	if (modules[0]) {
		found = rate(HERDSMAN, turnaround_ms * NS_PER_MS);
		printf("; zigbee-herdsman %.0f B/s, %.1f %%, %.1f %%", found.bytes_s, found.percent, found.median_percent);
	}
	putchar('\n');
}

static void show_no_delay(void)
{
	make_image(8000);
	upgrade_devices(OURS, 1, 0, 60 * NS_PER_S);
	printf("one device that asks at once: %s, %.0f B/s", whole_count == 1 ? "whole" : "NOT WHOLE",
	       whole_count == 1 ? (double)(image_size - BLOCK) * 1e9 / (double)(whole_ns - first_ns) : 0.0);
	if (modules[0]) {
		upgrade_devices(HERDSMAN, 1, 0, 10 * NS_PER_S);
		printf("; zigbee-herdsman brought %u of %zu bytes in 20 s", (unsigned)face.devices[0].client.offset, image_size);
	}
	putchar('\n');
}

/* Where zigbee-herdsman lies; nothing: it could not be had, and why was said. */
static void find_herdsman(void)
{
	FILE *in = popen("tests/peers/helpers/bring_in_herdsman", "r");

	if (in && fgets(modules, sizeof modules, in))
		modules[strcspn(modules, "\n")] = '\0';
	if (!in || pclose(in) != 0)
		modules[0] = '\0';
	if (!modules[0])
		printf("zigbee-herdsman could not be brought in: no figures of it\n");
}

int main(int count, char **words)
{
	const char *only = count > 1 ? words[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	turns = mmap(NULL, sizeof *turns, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert(turns != MAP_FAILED);
	(void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); /* the dongle's timers are no host's */
	(void)snprintf(folder, sizeof folder, "%s/bench-over-the-air", getenv("BUILD") ? getenv("BUILD") : "build");
	(void)snprintf(image_path, sizeof image_path, "%.200s.ota", folder);
	if (!getenv("ALONE"))
		find_herdsman();
	if (strcmp(only, "rate") != 0)
		show_latency();
	if (strcmp(only, "latency") != 0) {
		show_rate(5, 16000);
		show_rate(20, 10000);
		show_rate(75, 4000);
		show_no_delay();
	}
	(void)unlink(image_path);
	return 0;
}
