/*
 * drivers/gpio.c and rig/base/gpio_line.c on a real chip, whose lines are pulled through sysfs.
 *
 *   lines LABEL SYSFS CHIP_NAME SEED    64 lines, 3 called "feed", 4 and 5 both "twin"; SYSFS has sim_gpioN/pull and /value
 *   lines watch LABEL LINE              reads edges of one line until its chip is gone, and says so
 *
 * Prints one line per thing that is not right; exits 1 if any was.
 */

#include "drivers/gpio.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINES 64
#define TOGGLES 200
#define PERIOD_NS 100000  /* edges of one line 100 us apart: the figure to reach */
#define STAMP_NS 10000    /* and stamped within 0.01 ms: what the lab's kernel can do */

static const char *label, *sysfs, *chip_name;
static int pulls[LINES];
static int wrong;

static __attribute__((format(printf, 1, 2))) void complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	wrong++;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void sleep_until(int64_t t_ns)
{
	const struct timespec until = {.tv_sec = t_ns / NS_PER_S, .tv_nsec = t_ns % NS_PER_S};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void pull(int line, int level)
{
	const char *word = level ? "pull-up" : "pull-down";

	if (pwrite(pulls[line], word, strlen(word), 0) < 0)
		complain("line %d cannot be pulled: %s", line, strerror(errno));
}

/* The line's level on the outside, whoever drives it. */
static int outside(int line)
{
	char path[256], value = '?';
	int fd;

	snprintf(path, sizeof path, "%s/sim_gpio%d/value", sysfs, line);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, &value, 1) != 1)
		complain("%s cannot be read", path);
	close(fd);
	return value - '0';
}

static struct bench_line named(const char *line)
{
	struct bench_line wanted = {0};

	snprintf(wanted.line, sizeof wanted.line, "%s", line);
	return wanted;
}

static struct gpio_request must_open(const char *chip, struct gpio_wanted wanted)
{
	struct gpio_request request;
	struct error error;

	if (!gpio_open(&request, chip, &wanted, 1, "lab", &error)) {
		complain("%s", error.text);
		exit(1);
	}
	return request;
}

static int level_of(const struct gpio_request *request)
{
	uint64_t levels = 0;
	struct error error;

	if (!gpio_levels_get(request, 1, &levels, &error))
		complain("%s", error.text);
	return (int)levels;
}

/* ---- Names ---- */

static void refused(const char *chip, const char *line, bool output, enum fault fault, const char *words)
{
	struct bench_line wanted_line = named(line);
	struct gpio_wanted wanted = {.line = &wanted_line, .direction = output ? GPIO_OUTPUT : GPIO_INPUT};
	struct gpio_request request;
	struct error error = {0};

	if (gpio_open(&request, chip, &wanted, 1, "lab", &error)) {
		complain("%s %s was not refused", chip, line);
		gpio_request_close(&request);
	} else if (error.fault != fault || !strstr(error.text, words)) {
		complain("%s %s: '%s' (%s) should say '%s'", chip, line, error.text, fault_name(error.fault), words);
	}
}

static void names(void)
{
	struct bench_line feed = named("feed"), three = named("3");
	struct gpio_wanted by_name = {.line = &feed}, by_offset = {.line = &three};
	struct gpio_request request;
	char path[64];

	snprintf(path, sizeof path, "/dev/%s", chip_name);
	pull(3, 1);
	request = must_open(label, by_name);
	if (request.offset[0] != 3 || level_of(&request) != 1)
		complain("feed is line %u at level %d", request.offset[0], level_of(&request));
	refused(chip_name, "3", true, FAULT_BUSY, "held by 'lab'");
	gpio_request_close(&request);
	request = must_open(chip_name, by_offset);
	gpio_request_close(&request);
	request = must_open(path, by_offset);
	gpio_request_close(&request);
	refused(label, "fed", false, FAULT_CONFIGURATION, "no line is called 'fed'; there are feed");
	refused(label, "64", false, FAULT_CONFIGURATION, "there are 0 to 63");
	refused(label, "twin", false, FAULT_CONFIGURATION, "two lines are called 'twin': offsets 4 and 5");
	refused("rig-pin", "1", false, FAULT_CONFIGURATION, "there are rig-pins (/dev/gpiochip");
	refused("twins", "1", false, FAULT_CONFIGURATION, "two GPIO chips are called 'twins'");
}

/* ---- Levels ---- */

static void outputs(void)
{
	struct bench_line lines[3] = {named("10"), named("11"), named("12")};
	const struct gpio_wanted wanted[3] = {
		{.line = &lines[0], .direction = GPIO_OUTPUT, .level = 1},
		{.line = &lines[1], .direction = GPIO_OUTPUT, .level = 1},
		{.line = &lines[2], .direction = GPIO_OUTPUT, .level = 0},
	};
	struct gpio_request request;
	struct error error;
	uint64_t levels;

	lines[1].active_low = true;
	pull(10, 0);
	pull(11, 1);
	pull(12, 1);
	if (!gpio_open(&request, label, wanted, 3, "lab", &error)) {
		complain("%s", error.text);
		return;
	}
	if (outside(10) != 1 || outside(11) != 0 || outside(12) != 0)
		complain("outputs begin as %d %d %d", outside(10), outside(11), outside(12));
	if (!gpio_levels_get(&request, 7, &levels, &error) || levels != 3)
		complain("outputs read back as %llu", (unsigned long long)levels);
	if (!gpio_levels_set(&request, 6, 4, &error) || outside(10) != 1 || outside(11) != 1 || outside(12) != 1)
		complain("outputs were set to %d %d %d", outside(10), outside(11), outside(12));
	if (!gpio_levels_get(&request, 5, &levels, &error) || levels != 5)
		complain("two of three read back as %llu", (unsigned long long)levels);
	gpio_request_close(&request);
	if (outside(10) != 0)
		complain("a line that was let go is not at its pull");
}

static void inputs(void)
{
	struct bench_line line = named("20");
	struct gpio_wanted wanted = {.line = &line};
	struct gpio_request request;

	pull(20, 0);
	line.bias = LINE_BIAS_PULL_UP;
	request = must_open(label, wanted);
	if (level_of(&request) != 1)
		complain("a bias of pull-up leaves the line at %d", level_of(&request));
	gpio_request_close(&request);
	line.bias = LINE_BIAS_PULL_DOWN;
	line.active_low = true;
	request = must_open(label, wanted);
	if (level_of(&request) != 1)
		complain("an active-low line that is pulled down is %d", level_of(&request));
	gpio_request_close(&request);
}

/* ---- Edges ---- */

static struct gpio_request open_edges(int offset, bool active_low)
{
	struct bench_line line = {0};
	const struct gpio_wanted wanted = {.line = &line, .edges = true};

	snprintf(line.line, sizeof line.line, "%d", offset);
	line.active_low = active_low;
	return must_open(label, wanted);
}

static size_t take_all(const struct gpio_request *request, struct gpio_edge *edges, size_t size)
{
	struct error error;
	size_t count;

	if (!gpio_edges_take(request, edges, size, &count, &error))
		complain("%s", error.text);
	return count;
}

/* Every line toggles every 100 us; nobody reads until the end. */
static void many_lines(void)
{
	static struct gpio_request requests[LINES];
	static int64_t written_ns[LINES][TOGGLES];
	static struct gpio_edge edges[GPIO_EDGES_MAX];
	int64_t t_ns, late_ns, worst_ns = 0;
	size_t count, i;
	int line, toggle;

	for (line = 0; line < LINES; line++) {
		pull(line, 0);
		requests[line] = open_edges(line, line % 2);
	}
	t_ns = now_ns() + NS_PER_MS;
	for (toggle = 0; toggle < TOGGLES; toggle++, t_ns += PERIOD_NS) {
		sleep_until(t_ns);
		for (line = 0; line < LINES; line++) {
			written_ns[line][toggle] = now_ns();
			pull(line, toggle % 2 == 0);
		}
	}
	for (line = 0; line < LINES; line++) {
		count = take_all(&requests[line], edges, GPIO_EDGES_MAX);
		if (count != TOGGLES)
			complain("line %d: %zu of %d edges", line, count, TOGGLES);
		for (i = 0; i < count && i < TOGGLES; i++) {
			late_ns = edges[i].t_ns - written_ns[line][i];
			worst_ns = late_ns > worst_ns ? late_ns : worst_ns;
			if (edges[i].level != (int)((i + (size_t)line + 1) % 2) || edges[i].line_seqno != i + 1 || late_ns < 0 ||
			    late_ns > STAMP_NS) {
				complain("line %d edge %zu: level %d, number %u, %lld ns late", line, i, edges[i].level,
				         edges[i].line_seqno, (long long)late_ns);
				break;
			}
		}
		gpio_request_close(&requests[line]);
	}
	printf("# %d lines, %d edges each, %d us apart: the latest stamp is %lld ns late\n", LINES, TOGGLES, PERIOD_NS / 1000,
	       (long long)worst_ns);
}

/* A reader that sleeps too long loses the oldest edges, and sees that. */
static void overflow(unsigned seed)
{
	static struct gpio_edge edges[GPIO_EDGES_MAX + 10];
	struct gpio_request request;
	int total = GPIO_EDGES_MAX + 1 + (int)(seed % 500), i;
	size_t count;

	pull(30, 0);
	request = open_edges(30, false);
	for (i = 0; i < total; i++) {
		pull(30, i % 2 == 0);
		sleep_until(now_ns() + PERIOD_NS);
	}
	count = take_all(&request, edges, GPIO_EDGES_MAX + 10);
	if (count != GPIO_EDGES_MAX || edges[0].line_seqno != (uint32_t)(total - GPIO_EDGES_MAX + 1) ||
	    edges[count - 1].line_seqno != (uint32_t)total)
		complain("%zu of %d edges kept, numbers %u to %u", count, total, edges[0].line_seqno, edges[count ? count - 1 : 0].line_seqno);
	gpio_request_close(&request);
}

/* ---- Handing over ---- */

static int receive_fd(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec one = {&byte, 1};
	struct msghdr message = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	int fd = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
	return fd;
}

static void send_fd(int socket, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec one = {&byte, 1};
	struct msghdr message = {.msg_iov = &one, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(header), &fd, sizeof fd);
	if (sendmsg(socket, &message, 0) != 1)
		complain("the descriptor cannot be sent");
}

/*
 * What the supervisor and a resumed rig do: a process that was handed the descriptor alone goes on with it after the one
 * that requested the line is dead, without the line moving.
 */
static void handing_over(void)
{
	struct bench_line line = named("40");
	const struct gpio_wanted wanted = {.line = &line, .direction = GPIO_OUTPUT, .level = 1};
	struct gpio_request request = {.fd = -1, .count = 1, .offset = {40}};
	struct error error;
	int sockets[2], status;
	pid_t rig;

	pull(40, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0)
		exit(1);
	rig = fork();
	if (rig == 0) {
		request = must_open(label, wanted);
		send_fd(sockets[1], request.fd);
		pause();
	}
	request.fd = receive_fd(sockets[0]);
	kill(rig, SIGKILL);
	waitpid(rig, &status, 0);
	if (outside(40) != 1)
		complain("the line moved when its requester died");
	if (!gpio_levels_set(&request, 1, 0, &error) || outside(40) != 0 || !gpio_levels_set(&request, 1, 1, &error) ||
	    outside(40) != 1 || level_of(&request) != 1)
		complain("the line cannot be driven by its descriptor alone");
	gpio_request_close(&request);
	if (outside(40) != 0)
		complain("the line is held by nobody and does not follow its pull");
}

static int watch(const char *chip, const char *name)
{
	struct bench_line line = named(name);
	const struct gpio_wanted wanted = {.line = &line, .edges = true};
	struct gpio_request request = must_open(chip, wanted);
	struct pollfd poll_for = {.fd = request.fd, .events = POLLIN};
	struct gpio_edge edge;
	struct error error;
	size_t count;

	puts("watching");
	fflush(stdout);
	while (poll(&poll_for, 1, 60000) == 1) {
		if (!gpio_edges_take(&request, &edge, 1, &count, &error)) {
			puts(error.text);
			return 0;
		}
		if (count == 1)
			printf("level %d\n", edge.level);
		fflush(stdout);
	}
	return 1;
}

int main(int argc, char **argv)
{
	char path[256];
	int line;

	if (argc == 4 && strcmp(argv[1], "watch") == 0)
		return watch(argv[2], argv[3]);
	if (argc != 5)
		return 64;
	label = argv[1];
	sysfs = argv[2];
	chip_name = argv[3];
	for (line = 0; line < LINES; line++) {
		snprintf(path, sizeof path, "%s/sim_gpio%d/pull", sysfs, line);
		pulls[line] = open(path, O_WRONLY);
	}
	names();
	outputs();
	inputs();
	many_lines();
	overflow((unsigned)atoi(argv[4]));
	handing_over();
	return wrong ? 1 : 0;
}
