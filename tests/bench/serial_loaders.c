/*
 * XMODEM-1K and YMODEM in real time, over a pty, to a receiver of ours (xmodem_receive.h, ymodem_receive.h) in this program. At 115200 baud the
 * receiver keeps to the line's pace, both ways, and the figure is what the bytes that crossed take on such a line against the time that
 * they took, without what this program was late as a line. Without a pace it is bytes per second, of our sender and of lrzsz's (sx, sb) in
 * the same place, in turns, the best of some.
 */

#include "drivers/loader/xmodem_receive.h"
#include "drivers/loader/ymodem.h"
#include "drivers/loader/ymodem_receive.h"
#include "drivers/serial/port.h"
#include "rig/run/real/clock.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PACED_SIZE (64 * 1024)
#define FREE_SIZE (1024 * 1024)
#define FREE_TIMES 15
#define BAUD 115200
#define WANTED_PERCENT 98.0
#define LIMIT_NS (120 * NS_PER_S)
#define START_NS (20 * NS_PER_S)

enum protocol { XMODEM, YMODEM };

static const char *const names[] = {"XMODEM-1K", "YMODEM"}, *const programs[] = {"sx", "sb"};
static uint8_t image[FREE_SIZE], received[FREE_SIZE + 1024];
static char image_path[300];

/* ---- Senders, each in a process of its own ---- */

static void send_all(struct port *port, const struct session_output *output)
{
	size_t done = 0, count;

	while (done < output->size) {
		assert(port_write(port, output->bytes + done, output->size - done, &count) != PORT_GONE);
		done += count;
	}
}

static int send_ours(enum protocol protocol, const char *path, size_t size)
{
	const struct port_settings settings = {.baud = BAUD, .data_bits = 8, .stop_bits = 1};
	const struct xmodem_settings file = {.image = image, .size = size, .block_size = 1024, .short_tail = protocol == YMODEM, .start_ns = START_NS};
	const struct ymodem_settings batch = {.name = "image", .file = file};
	static struct session_output output;
	static struct xmodem xmodem;
	static struct ymodem ymodem;
	struct port_address address = {.usb_port = -1};
	struct session_event event = {.kind = SESSION_START};
	struct port port = PORT_NONE;
	struct session session;
	struct error error;
	uint8_t bytes[256];
	size_t count;

	(void)snprintf(address.path, sizeof address.path, "%s", path);
	if (!port_open(&port, &address, &settings, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	xmodem_init(&xmodem, &file);
	ymodem_init(&ymodem, &batch);
	session = protocol == XMODEM ? xmodem_session(&xmodem) : ymodem_session(&ymodem);
	for (;;) {
		struct pollfd one = {.fd = port.fd, .events = POLLIN};
		int64_t wait_ns;

		event.t_ns = clock_monotonic_ns();
		session_step(&session, &event, &output);
		send_all(&port, &output);
		if (output.state != SESSION_RUNNING)
			break;
		wait_ns = output.deadline_ns - clock_monotonic_ns();
		(void)poll(&one, 1, wait_ns > 0 ? (int)(wait_ns / NS_PER_MS) + 1 : 0);
		event = (struct session_event){.kind = SESSION_DEADLINE};
		if (port_read(&port, bytes, sizeof bytes, &count) == PORT_MOVED)
			event = (struct session_event){.kind = SESSION_BYTES, .bytes = bytes, .size = count};
	}
	if (output.state != SESSION_DONE)
		fprintf(stderr, "%s\n", output.error.text);
	return output.state != SESSION_DONE;
}

static void send_lrzsz(enum protocol protocol, const char *path)
{
	int line = open(path, O_RDWR | O_NOCTTY), null = open("/dev/null", O_WRONLY);

	if (line < 0 || null < 0 || dup2(line, 0) < 0 || dup2(line, 1) < 0 || dup2(null, 2) < 0)
		_exit(126);
	(void)execlp(programs[protocol], programs[protocol], "-k", "-b", "-q", image_path, (char *)NULL);
	_exit(127);
}

/* ---- The receiver ---- */

struct line {
	int master;
	int64_t byte_ns;           /* 0: no pace */
	int64_t busy_ns;           /* until then bytes are on the line */
	int64_t crossed, own_ns;   /* bytes; and how much later than a line it was, woken by a scheduler */
	int64_t first_ns, last_ns; /* of the file's bytes, and of the session */
};

/* So many bytes cross; there can only be one direction at a time in these protocols. */
static void cross(struct line *line, size_t size)
{
	int64_t now_ns = clock_monotonic_ns();
	struct timespec until;

	line->crossed += (int64_t)size;
	if (line->byte_ns == 0)
		return;
	line->busy_ns = (line->busy_ns > now_ns ? line->busy_ns : now_ns) + (int64_t)size * line->byte_ns;
	until = (struct timespec){.tv_sec = line->busy_ns / NS_PER_S, .tv_nsec = line->busy_ns % NS_PER_S};
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0)
		;
	line->own_ns += clock_monotonic_ns() - line->busy_ns;
}

/* The first byte of a burst began to cross when it was written; what it took to notice it is no part of the line. */
static bool receive(struct line *line, struct session session)
{
	struct session_event event = {.kind = SESSION_START};
	static struct session_output output;
	int64_t end_ns = clock_monotonic_ns() + LIMIT_NS;
	uint8_t bytes[4096];
	ssize_t size;

	for (;;) {
		struct pollfd one = {.fd = line->master, .events = POLLIN};
		int64_t wait_ns;

		event.t_ns = clock_monotonic_ns();
		session_step(&session, &event, &output);
		if (output.size > 0 && line->first_ns > 0)
			cross(line, output.size);
		if (output.size > 0)
			assert(write(line->master, output.bytes, output.size) == (ssize_t)output.size);
		if (output.state != SESSION_RUNNING || event.t_ns > end_ns)
			break;
		wait_ns = output.deadline_ns - clock_monotonic_ns();
		(void)poll(&one, 1, wait_ns > 0 ? (int)(wait_ns / NS_PER_MS) + 1 : 0);
		size = read(line->master, bytes, sizeof bytes);
		event = (struct session_event){.kind = SESSION_DEADLINE};
		if (size <= 0)
			continue;
		if (line->first_ns == 0)
			line->first_ns = line->busy_ns = clock_monotonic_ns();
		cross(line, (size_t)size);
		event = (struct session_event){.kind = SESSION_BYTES, .bytes = bytes, .size = (size_t)size};
	}
	line->last_ns = clock_monotonic_ns();
	return output.state == SESSION_DONE;
}

static bool receive_by(enum protocol protocol, struct line *line)
{
	static struct xmodem_receive xmodem;
	static struct ymodem_receive ymodem;

	memset(received, 0, sizeof received);
	xmodem_receive_init(&xmodem, received, sizeof received, START_NS);
	ymodem_receive_init(&ymodem, received, sizeof received, START_NS);
	return receive(line, protocol == XMODEM ? xmodem_receive_session(&xmodem) : ymodem_receive_session(&ymodem));
}

/* False: it did not arrive as it was. */
static bool transfer(enum protocol protocol, bool ours, size_t size, struct line *line)
{
	struct termios raw;
	char path[64];
	pid_t sender;
	bool done;

	line->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	assert(line->master >= 0 && grantpt(line->master) == 0 && unlockpt(line->master) == 0);
	(void)snprintf(path, sizeof path, "%s", ptsname(line->master));
	assert(tcgetattr(line->master, &raw) == 0);
	cfmakeraw(&raw);
	assert(tcsetattr(line->master, TCSANOW, &raw) == 0);
	sender = fork();
	assert(sender >= 0);
	if (sender == 0) {
		if (!ours)
			send_lrzsz(protocol, path);
		_exit(send_ours(protocol, path, size));
	}
	done = receive_by(protocol, line);
	kill(sender, SIGTERM);
	(void)waitpid(sender, NULL, 0);
	close(line->master);
	return done && memcmp(received, image, size) == 0;
}

/* ---- Figures ---- */

static void show_paced(enum protocol protocol)
{
	struct line line = {.byte_ns = 10 * NS_PER_S / BAUD};
	bool done = transfer(protocol, true, PACED_SIZE, &line);
	double took_ns = (double)(line.last_ns - line.first_ns - line.own_ns), percent = (double)(line.crossed * line.byte_ns) / took_ns * 100.0;

	printf("%s at %d baud: %.0f B/s, %.1f %% of the time is bytes on the line (wanted %.0f %%: %s); the line's own lateness, %.0f us a block, "
	       "taken off%s\n", names[protocol], BAUD, PACED_SIZE * 1e9 / took_ns, percent, WANTED_PERCENT,
	       done && percent >= WANTED_PERCENT ? "reached" : "NOT REACHED", (double)line.own_ns / 1e3 / (PACED_SIZE / 1024),
	       done ? "" : "; DID NOT ARRIVE");
}

/* Bytes a second; 0: it did not arrive. */
static double free_rate(enum protocol protocol, bool ours)
{
	struct line line = {.byte_ns = 0};

	return transfer(protocol, ours, FREE_SIZE, &line) ? FREE_SIZE * 1e9 / (double)(line.last_ns - line.first_ns) : 0;
}

static void show_free(enum protocol protocol)
{
	double ours = 0, theirs = 0, rate;
	int i;

	for (i = 0; i < FREE_TIMES; i++) {
		rate = free_rate(protocol, true);
		ours = rate > ours ? rate : ours;
		rate = free_rate(protocol, false);
		theirs = rate > theirs ? rate : theirs;
	}
	printf("%s on a pty without a pace: %.2f MB/s; %s of lrzsz %.2f MB/s", names[protocol], ours / 1e6, programs[protocol], theirs / 1e6);
	if (theirs > 0)
		printf("; ratio %.2f (wanted 1 or more: %s)", ours / theirs, ours >= theirs ? "reached" : "NOT REACHED");
	putchar('\n');
}

int main(void)
{
	enum protocol protocol;
	size_t i;
	FILE *out;

	setvbuf(stdout, NULL, _IOLBF, 0);
	(void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); /* the line's timers are no host's */
	(void)snprintf(image_path, sizeof image_path, "%.250s/bench-image.bin", getenv("BUILD") ? getenv("BUILD") : "build");
	for (i = 0; i < FREE_SIZE; i++)
		image[i] = (uint8_t)(i * 131 + i / 251);
	out = fopen(image_path, "wb");
	assert(out && fwrite(image, 1, FREE_SIZE, out) == FREE_SIZE && fclose(out) == 0);
	for (protocol = XMODEM; protocol <= YMODEM; protocol++)
		show_paced(protocol);
	for (protocol = XMODEM; protocol <= YMODEM; protocol++)
		show_free(protocol);
	(void)unlink(image_path);
	return 0;
}
