/*
 * Our XMODEM and YMODEM against lrzsz, both ways, through port.c, with a bridge between that can spoil bytes:
 *
 *     session - port.c - pty slave | pty master - bridge - socket | rx, rb, sx or sb
 *
 * In real time; what waits is lrzsz. It gets a socket and not a pty: rx 0.12.21 flushes a tty's input after each ACK that
 * it has written and its output at the end (seen with strace), so on a line without delay it loses blocks and its last ACK;
 * its own sx stumbles over that too.
 */

#include "drivers/loader/xmodem.h"
#include "drivers/loader/ymodem.h"
#include "drivers/loader/ymodem_receive.h"
#include "drivers/serial/port.h"
#include "rig/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IMAGE_SIZE 50000
#define TIME_LIMIT_NS (250 * NS_PER_S)

static uint8_t image[IMAGE_SIZE], received[IMAGE_SIZE + 1024];
static char folder[200], file_name[256];
static int ours, theirs;       /* ends of the bridge */
static struct port port;
static pid_t peer;
static unsigned spoil_every;   /* bytes; 0: none */
static unsigned spoil_count;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int new_pty(char *name, size_t size)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	snprintf(name, size, "%s", ptsname(master));
	return master;
}

static int is_there(void **state)
{
	size_t i;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < IMAGE_SIZE; i++)
		image[i] = (uint8_t)(i * 131 + i / 251);
	snprintf(folder, sizeof folder, "%s", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	snprintf(file_name, sizeof file_name, "%s/image", folder);
	return 0;
}

static bool lacks_lrzsz(void)
{
	return system("command -v rx >/dev/null && command -v sx >/dev/null") != 0;
}

#define NEEDS_LRZSZ() do { if (lacks_lrzsz()) { print_message("lrzsz is not installed\n"); skip(); } } while (0)

static void start_peer(const char *const arguments[])
{
	const struct port_settings settings = {.baud = 115200, .data_bits = 8, .stop_bits = 1};
	struct port_address address = {.usb_port = -1};
	struct error error;
	int ends[2], null;

	ours = new_pty(address.path, sizeof address.path);
	if (!port_open(&port, &address, &settings, &error))
		fail_msg("%s", error.text);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	theirs = ends[0];
	peer = fork();
	assert_true(peer >= 0);
	if (peer == 0) {
		null = open("/dev/null", O_WRONLY);
		dup2(ends[1], 0);
		dup2(ends[1], 1);
		dup2(null, 2);
		if (chdir(folder) != 0)
			_exit(126);
		execvp(arguments[0], (char *const *)(uintptr_t)arguments);
		_exit(127);
	}
	close(ends[1]);
}

static int end_peer(void)
{
	int64_t end_ns = now_ns() + 10 * NS_PER_S;
	int status = -1;

	while (waitpid(peer, &status, WNOHANG) == 0) {
		if (now_ns() > end_ns) {
			kill(peer, SIGKILL);
			waitpid(peer, &status, 0);
			break;
		}
		poll(NULL, 0, 10);
	}
	port_close(&port);
	close(ours);
	close(theirs);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void carry(int from, int to)
{
	uint8_t bytes[4096];
	ssize_t size = read(from, bytes, sizeof bytes), i;

	for (i = 0; i < size; i++)
		if (spoil_every && ++spoil_count % spoil_every == 0)
			bytes[i] ^= 0x24;
	/* A peer that has ended takes nothing more. */
	if (size > 0 && write(to, bytes, (size_t)size) != size)
		assert_int_equal(errno, EPIPE);
}

static void send_all(const struct session_output *output)
{
	size_t done = 0, count;

	while (done < output->size) {
		assert_int_not_equal(port_write(&port, output->bytes + done, output->size - done, &count), PORT_GONE);
		done += count;
	}
}

/* Runs the session to its end, and then the bridge until its last bytes are over. `cancel_at`: bytes, 0: never. */
static void pump(struct session session, struct session_output *output, int64_t cancel_at)
{
	struct session_event event = {.kind = SESSION_START, .t_ns = now_ns()};
	int64_t end_ns = event.t_ns + TIME_LIMIT_NS, wait_ns;
	struct pollfd poll_for[3] = {{.fd = port.fd, .events = POLLIN}, {.fd = ours, .events = POLLIN}, {.fd = theirs, .events = POLLIN}};
	uint8_t bytes[4096];
	size_t count;

	session_step(&session, &event, output);
	send_all(output);
	while (output->state == SESSION_RUNNING) {
		event.t_ns = now_ns();
		assert_true(event.t_ns < end_ns);
		wait_ns = output->deadline_ns - event.t_ns;
		poll(poll_for, 3, wait_ns > 0 ? (int)(wait_ns / NS_PER_MS) + 1 : 0);
		carry(ours, theirs);
		carry(theirs, ours);
		event = (struct session_event){.kind = SESSION_DEADLINE, .t_ns = now_ns()};
		if (port_read(&port, bytes, sizeof bytes, &count) == PORT_MOVED)
			event = (struct session_event){.kind = SESSION_BYTES, .t_ns = event.t_ns, .bytes = bytes, .size = count};
		else if (event.t_ns < output->deadline_ns)
			continue;
		if (cancel_at && output->done_bytes >= cancel_at)
			event.kind = SESSION_CANCEL;
		session_step(&session, &event, output);
		send_all(output);
	}
	while (poll(poll_for + 1, 2, 100) > 0 && !((poll_for[1].revents | poll_for[2].revents) & POLLHUP)) {
		carry(ours, theirs);
		carry(theirs, ours);
	}
}

static void arrived_as(const uint8_t *bytes, size_t size)
{
	assert_true(size >= IMAGE_SIZE && size < IMAGE_SIZE + 1024);
	assert_memory_equal(bytes, image, IMAGE_SIZE);
	for (; size > IMAGE_SIZE; size--)
		assert_int_equal(bytes[size - 1], XMODEM_SUB);
}

static void send_to_rx(size_t block_size, bool short_tail)
{
	const struct xmodem_settings settings = {
		.image = image, .size = IMAGE_SIZE, .block_size = block_size, .short_tail = short_tail, .start_ns = 20 * NS_PER_S,
	};
	static struct session_output output;
	struct xmodem xmodem;
	struct file file;

	unlink(file_name);
	start_peer((const char *[]){"rx", "-X", "-c", "-b", "-q", file_name, NULL});
	xmodem_init(&xmodem, &settings);
	pump(xmodem_session(&xmodem), &output, 0);
	if (output.state != SESSION_DONE)
		fail_msg("%s", output.error.text);
	assert_int_equal(end_peer(), 0);
	assert_true(file_read(&file, file_name, sizeof received, NULL));
	arrived_as((const uint8_t *)file.bytes, file.size);
	file_done(&file);
}

static void receive_from_sx(const char *option)
{
	static struct session_output output;
	struct xmodem_receive receive;

	assert_true(file_write(file_name, image, IMAGE_SIZE, NULL));
	start_peer((const char *[]){"sx", "-X", "-b", "-q", option, file_name, NULL});
	xmodem_receive_init(&receive, received, sizeof received, 20 * NS_PER_S);
	pump(xmodem_receive_session(&receive), &output, 0);
	if (output.state != SESSION_DONE)
		fail_msg("%s", output.error.text);
	assert_int_equal(end_peer(), 0);
	arrived_as(received, receive.size);
}

/* ---- Batches: the file arrives as long as it is, with its name and its time ---- */

#define CHANGED_S 1700000000

static void wants_file(const char *name, size_t size)
{
	char path[512];
	struct file file;
	struct stat status;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_true(file_read(&file, path, sizeof received, NULL));
	assert_int_equal(file.size, size);
	assert_memory_equal(file.bytes, image, size);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mtime, CHANGED_S);
	file_done(&file);
	unlink(path);
}

static void send_to_rb(size_t size, size_t block_size)
{
	const struct ymodem_settings settings = {
		.name = "batch.bin", .changed_s = CHANGED_S,
		.file = {.image = image, .size = size, .block_size = block_size, .short_tail = true, .start_ns = 20 * NS_PER_S},
	};
	static struct session_output output;
	struct ymodem ymodem;

	start_peer((const char *[]){"rb", "-b", "-q", NULL});
	ymodem_init(&ymodem, &settings);
	pump(ymodem_session(&ymodem), &output, 0);
	if (output.state != SESSION_DONE)
		fail_msg("%s", output.error.text);
	assert_int_equal(end_peer(), 0);
	wants_file("batch.bin", size);
}

static void receive_from(const char *const arguments[], size_t size)
{
	const struct timespec times[2] = {{.tv_sec = CHANGED_S}, {.tv_sec = CHANGED_S}};
	static struct session_output output;
	struct ymodem_receive receive;

	assert_true(file_write(file_name, image, size, NULL));
	assert_int_equal(utimensat(AT_FDCWD, file_name, times, 0), 0);
	start_peer(arguments);
	ymodem_receive_init(&receive, received, sizeof received, 20 * NS_PER_S);
	pump(ymodem_receive_session(&receive), &output, 0);
	if (output.state != SESSION_DONE)
		fail_msg("%s", output.error.text);
	assert_int_equal(end_peer(), 0);
	assert_int_equal(receive.size, size);
	assert_memory_equal(received, image, size);
	assert_string_equal(receive.name, "image");
	assert_int_equal(receive.changed_s, CHANGED_S);
}

static void rb_receives_a_file_exactly(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	send_to_rb(IMAGE_SIZE, 1024);
	send_to_rb(IMAGE_SIZE - 3, 128);
	send_to_rb(1, 1024);
}

static void rb_receives_a_file_over_a_line_that_spoils_bytes(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	spoil_every = 12007;
	spoil_count = 0;
	send_to_rb(IMAGE_SIZE, 1024);
	assert_true(spoil_count / spoil_every >= 4);
	spoil_every = 0;
}

static void sb_sends_a_file_exactly(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	receive_from((const char *[]){"sb", "-k", "-b", "-q", file_name, NULL}, IMAGE_SIZE);
	receive_from((const char *[]){"sb", "-b", "-q", file_name, NULL}, 12345);
}

static void sz_sends_a_file_by_ymodem(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	receive_from((const char *[]){"sz", "--ymodem", "-b", "-q", file_name, NULL}, IMAGE_SIZE - 1);
}

static void rb_understands_that_we_cancel(void **state)
{
	const struct ymodem_settings settings = {
		.name = "batch.bin", .file = {.image = image, .size = IMAGE_SIZE, .block_size = 1024, .start_ns = 20 * NS_PER_S},
	};
	static struct session_output output;
	struct ymodem ymodem;

	(void)state;
	NEEDS_LRZSZ();
	start_peer((const char *[]){"rb", "-b", "-q", NULL});
	ymodem_init(&ymodem, &settings);
	pump(ymodem_session(&ymodem), &output, 20000);
	assert_int_equal(output.state, SESSION_FAILED);
	assert_int_equal(output.error.fault, FAULT_OPERATOR);
	assert_int_not_equal(end_peer(), 0);
}

static void rx_receives_blocks_of_1024_with_a_short_tail(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	send_to_rx(1024, true);
}

static void rx_receives_blocks_of_1024_only(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	send_to_rx(1024, false);
}

static void rx_receives_blocks_of_128(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	send_to_rx(128, true);
}

static void rx_receives_over_a_line_that_spoils_bytes(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	spoil_every = 12007;
	send_to_rx(1024, true);
	assert_true(spoil_count / spoil_every >= 4);
	spoil_every = 0;
}

static void sx_sends_blocks_of_1024(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	receive_from_sx("-k");
}

static void sx_sends_blocks_of_128(void **state)
{
	(void)state;
	NEEDS_LRZSZ();
	receive_from_sx("-q");
}

static void rx_that_asks_for_sums_is_refused(void **state)
{
	const struct xmodem_settings settings = {.image = image, .size = 300, .block_size = 128, .start_ns = 3 * NS_PER_S};
	static struct session_output output;
	struct xmodem xmodem;

	(void)state;
	NEEDS_LRZSZ();
	start_peer((const char *[]){"rx", "-X", "-b", "-q", file_name, NULL});
	xmodem_init(&xmodem, &settings);
	pump(xmodem_session(&xmodem), &output, 0);
	assert_int_equal(output.state, SESSION_FAILED);
	assert_non_null(strstr(output.error.text, "8-bit sums"));
	assert_int_not_equal(end_peer(), 0);
}

static void rx_understands_that_we_cancel(void **state)
{
	const struct xmodem_settings settings = {.image = image, .size = IMAGE_SIZE, .block_size = 1024, .start_ns = 20 * NS_PER_S};
	static struct session_output output;
	struct xmodem xmodem;

	(void)state;
	NEEDS_LRZSZ();
	start_peer((const char *[]){"rx", "-X", "-c", "-b", "-q", file_name, NULL});
	xmodem_init(&xmodem, &settings);
	pump(xmodem_session(&xmodem), &output, 20000);
	assert_int_equal(output.state, SESSION_FAILED);
	assert_int_equal(output.error.fault, FAULT_OPERATOR);
	assert_int_not_equal(end_peer(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rx_receives_blocks_of_1024_with_a_short_tail),
		cmocka_unit_test(rx_receives_blocks_of_1024_only),
		cmocka_unit_test(rx_receives_blocks_of_128),
		cmocka_unit_test(rx_receives_over_a_line_that_spoils_bytes),
		cmocka_unit_test(sx_sends_blocks_of_1024),
		cmocka_unit_test(sx_sends_blocks_of_128),
		cmocka_unit_test(rx_that_asks_for_sums_is_refused),
		cmocka_unit_test(rx_understands_that_we_cancel),
		cmocka_unit_test(rb_receives_a_file_exactly),
		cmocka_unit_test(rb_receives_a_file_over_a_line_that_spoils_bytes),
		cmocka_unit_test(sb_sends_a_file_exactly),
		cmocka_unit_test(sz_sends_a_file_by_ymodem),
		cmocka_unit_test(rb_understands_that_we_cancel),
	};

	return cmocka_run_group_tests(tests, is_there, NULL);
}
