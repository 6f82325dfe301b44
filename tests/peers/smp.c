/* Our SMP client against a server whose CBOR, base64 and CRC are others' (smp_server.py): a whole upgrade in real time over a socket. */

#include "drivers/loader/upgrade.h"
#include "rig/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IMAGE_SIZE 30000

static uint8_t image[IMAGE_SIZE], digest[SHA256_SIZE];
static char folder[200];
static int line;
static pid_t peer;
static struct upgrade upgrade;
static struct session_output out;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int is_there(void **state)
{
	struct sha256 *sha256 = sha256_new();
	size_t i;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < IMAGE_SIZE; i++)
		image[i] = (uint8_t)(i * 131 + i / 251);
	sha256_begin(sha256);
	sha256_add(sha256, image, IMAGE_SIZE);
	sha256_end(sha256, digest);
	sha256_free(sha256);
	snprintf(folder, sizeof folder, "%s", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	return 0;
}

/*
 * The other end is written with another CBOR library. It is in the peers group of tests/setup/packages.list, so a machine with root has
 * it; one that may not install counts the case as skipped, since without that library nothing would be proved.
 */
#define NEEDS_CBOR2() do { if (system("/usr/bin/python3 -c 'import cbor2' 2>/dev/null") != 0) { \
	print_message("python3-cbor2 is not installed\n"); skip(); } } while (0)

static void start_server(const char *first, const char *second)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	line = ends[0];
	peer = fork();
	assert_true(peer >= 0);
	if (peer == 0) {
		dup2(ends[1], 0);
		dup2(ends[1], 1);
		execl("/usr/bin/python3", "python3", "tests/peers/smp_server.py", folder, first, second, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
}

static void end_server(void)
{
	int status = -1;

	close(line);
	assert_int_equal(waitpid(peer, &status, 0), peer);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void send_all(void)
{
	if (out.size > 0)
		assert_int_equal(write(line, out.bytes, out.size), out.size);
}

static void run(enum upgrade_task task)
{
	struct session_event event = {.kind = SESSION_START, .t_ns = now_ns()};
	struct pollfd poll_for = {.fd = line, .events = POLLIN};
	struct session session;
	uint8_t bytes[4096];
	ssize_t size;

	assert_true(upgrade_begin(&upgrade, task, &session, NULL));
	session_step(&session, &event, &out);
	send_all();
	while (out.state == SESSION_RUNNING) {
		int64_t wait_ns = out.deadline_ns - now_ns();

		event = (struct session_event){.kind = SESSION_DEADLINE};
		if (poll(&poll_for, 1, wait_ns > 0 ? (int)(wait_ns / NS_PER_MS) + 1 : 0) > 0) {
			size = read(line, bytes, sizeof bytes);
			event = (struct session_event){.kind = size > 0 ? SESSION_BYTES : SESSION_LOST, .bytes = bytes, .size = (size_t)size};
		}
		event.t_ns = now_ns();
		session_step(&session, &event, &out);
		send_all();
	}
}

static void wants_done(void)
{
	if (out.state != SESSION_DONE)
		fail_msg("%s", out.error.text);
}

static void wants_file(const char *name, const void *bytes, size_t size)
{
	char path[256];
	struct file file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_true(file_read(&file, path, 1 << 20, NULL));
	assert_int_equal(file.size, size);
	assert_memory_equal(file.bytes, bytes, size);
	file_done(&file);
	unlink(path);
}

static void log_says(const char *text)
{
	char path[256];
	struct file file;

	snprintf(path, sizeof path, "%s/log", folder);
	assert_true(file_read(&file, path, 1 << 20, NULL));
	if (!memmem(file.bytes, file.size, text, strlen(text)))
		fail_msg("the server's log does not say '%s'", text);
	file_done(&file);
}

static void begin(const struct bench_loader *settings)
{
	upgrade_init(&upgrade, settings, 0);
	upgrade_set_image(&upgrade, image, IMAGE_SIZE);
	upgrade_set_digest(&upgrade, digest);
}

static void whole(const char *option, enum loader_mark mark, const char *confirm)
{
	const struct bench_loader settings = {.protocol = LOADER_SMP, .push = LOADER_SMP, .mark = mark, .start_within_ns = 20 * NS_PER_S};

	start_server(option, "");
	begin(&settings);
	run(UPGRADE_TRANSFER);
	wants_done();
	wants_file("image", image, IMAGE_SIZE);
	wants_file("sha", digest, sizeof digest);
	run(UPGRADE_ACTIVATE);
	wants_done();
	assert_int_equal(upgrade.activation, ACTIVATION_ACCEPTED);
	run(UPGRADE_VERSION);
	wants_done();
	assert_string_equal(upgrade.version, "0.9.1");
	end_server();
	log_says("1 0 write\n");
	log_says(confirm);
	log_says("0 5 write\n1 0 read\n");
}

static void an_image_goes_there_and_is_marked_for_good(void **state)
{
	(void)state;
	NEEDS_CBOR2();
	whole("buffers=384", LOADER_MARK_CONFIRM, "confirm True\n0 5 write\n");
}

static void small_and_large_buffers_do_as_well(void **state)
{
	(void)state;
	NEEDS_CBOR2();
	whole("buffers=132", LOADER_MARK_TEST, "confirm False\n0 5 write\n");
	whole("buffers=4096", LOADER_MARK_TEST, "confirm False\n0 5 write\n");
}

static void a_server_that_has_forgotten_gets_it_again(void **state)
{
	(void)state;
	NEEDS_CBOR2();
	whole("forgets", LOADER_MARK_CONFIRM, "confirm True\n0 5 write\n");
}

static void a_refusal_of_the_second_version_is_understood(void **state)
{
	static const struct bench_loader settings = {.protocol = LOADER_SMP, .push = LOADER_SMP, .start_within_ns = 20 * NS_PER_S};

	(void)state;
	NEEDS_CBOR2();
	start_server("refuses", "");
	begin(&settings);
	run(UPGRADE_TRANSFER);
	wants_done();
	run(UPGRADE_ACTIVATE);
	assert_int_equal(out.state, SESSION_FAILED);
	assert_int_equal(out.error.fault, FAULT_DEVICE);
	assert_int_equal(upgrade.activation, ACTIVATION_REFUSED);
	end_server();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_goes_there_and_is_marked_for_good),
		cmocka_unit_test(small_and_large_buffers_do_as_well),
		cmocka_unit_test(a_server_that_has_forgotten_gets_it_again),
		cmocka_unit_test(a_refusal_of_the_second_version_is_understood),
	};

	return cmocka_run_group_tests(tests, is_there, NULL);
}
