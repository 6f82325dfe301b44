/*
 * After `run-started` nothing on the path of a record takes memory (chain, writer, reader's line, judge, the socket of those
 * who watch), and no session on a byte stream does (console, upgrade). The allocator is interposed here, so what libcrypto and
 * the C library take inside is counted too.
 */

#include "drivers/loader/upgrade.h"
#include "drivers/loader/xmodem_receive.h"
#include "drivers/observer/console.h"
#include "rig/base/instant.h"
#include "rig/evidence/writer.h"
#include "rig/judge/judge.h"
#include "rig/run/real/journal_thread.h"
#include "tests/support/night.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <malloc.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_ALLOCATOR 0 /* the sanitizers bring theirs, and a hook to count by */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_ALLOCATOR 0
#endif
#endif
#ifndef OWN_ALLOCATOR
#define OWN_ALLOCATOR 1
#endif

/* Volatile: a compiler knows of malloc that it changes nothing else. */
static volatile unsigned long taken;

#if !OWN_ALLOCATOR
/* Of the sanitizers' run-time library; gcc's packages have it without its header. */
extern int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
						     void (*free_hook)(const volatile void *));

static void count(const volatile void *memory, size_t size)
{
	(void)memory;
	(void)size;
	taken++;
}

static void ignore(const volatile void *memory)
{
	(void)memory;
}

static void start_counting(void)
{
	(void)__sanitizer_install_malloc_and_free_hooks(count, ignore);
}
#else
static void start_counting(void)
{
}

/* What glibc's own entry points are called; the public names are ours in this program. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
	taken++;
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	taken++;
	return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	taken++;
	return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
	taken++;
	return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	*memory = memalign(alignment, size);
	return *memory ? 0 : ENOMEM;
}
#endif

/* A night's records, gathered before anything is counted. */
static struct {
	struct record *records;
	size_t count, started;
} night;

static void gather(void *owner, const struct record *record)
{
	(void)owner;
	night.records = realloc(night.records, (night.count + 1) * sizeof *night.records);
	if (record->kind == RECORD_START)
		night.started = night.count;
	night.records[night.count++] = *record;
}

static int make_night(void **state)
{
	char folder[PATH_MAX], name[32];
	struct night plan = {.clause = "", .polled = true, .slot_count = 4,
			     .slots = {{.name = "A", .outage_ns = 240 * NS_PER_S, .ad1 = true},
				       {.name = "B", .outage_ns = 120 * NS_PER_S, .second_ns = 90 * NS_PER_S},
				       {.name = "C", .outage_ns = -1, .lone_ad1_ns = 20 * NS_PER_MIN},
				       {.name = "D", .outage_ns = 180 * NS_PER_S, .lost_edge = true}}};
	struct error error;

	(void)state;
	(void)snprintf(name, sizeof name, "no-malloc-%d", (int)getpid());
	plan.run = name;
	night_make(&plan, folder);
	return evidence_read(folder, gather, NULL, NULL, &error) ? 0 : -1;
}

static int drop_night(void **state)
{
	(void)state;
	free(night.records);
	return 0;
}

static void the_counter_counts(void **state)
{
	unsigned long before = taken;
	void *volatile memory = malloc(1);

	(void)state;
	free(memory);
	assert_true(taken > before);
}

static void writing_lines_takes_no_memory(void **state)
{
	struct writer *writer;
	struct error error;
	char path[PATH_MAX];
	unsigned long before = 0;
	size_t i, round;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/no-malloc-%d.jsonl", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
	unlink(path);
	assert_true(writer_create(&writer, path, &error));
	for (round = 0; round < 5; round++) {
		for (i = 0; i < night.count; i++) {
			struct record record = night.records[i];

			assert_true(writer_put(writer, &record, &error));
			if (i == night.started && round == 0)
				before = taken;
			if (i % 97 == 0)
				assert_true(writer_flush(writer, &error));
		}
	}
	assert_int_equal(taken - before, 0);
	assert_true(writer_close(writer, &error));
	unlink(path);
}

/* Until the journal thread has written everything; the news it gives is taken. */
static void wait_until_written(struct journal_thread *thread)
{
	struct pollfd polled = {.fd = journal_thread_descriptor(thread), .events = POLLIN};
	struct journal_news news = {.kind = JOURNAL_RAW_CLOSED};

	assert_true(journal_thread_flush(thread));
	assert_int_equal(poll(&polled, 1, 20000), 1);
	while (journal_thread_news(thread, &news))
		assert_int_equal(news.kind, JOURNAL_DURABLE);
}

static int view(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char byte;

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	assert_int_equal(connect(descriptor, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(recv(descriptor, &byte, 1, 0), 1); /* it was let in */
	return descriptor;
}

/* Three viewers: one reads, one never does and is dropped, one comes and goes. */
static void being_watched_takes_no_memory(void **state)
{
	static char drain[1 << 20];
	static struct hello who = {.run = "r", .bench = "b", .folder = "/f"};
	char path[VIEWERS_PATH_SIZE], journal[PATH_MAX];
	const struct viewers_settings settings = {.path = path, .owner = getuid(), .ring_bytes = VIEWERS_RING_LEAST, .who = &who};
	struct journal_thread *thread;
	struct viewers *viewers;
	struct writer *writer;
	struct error error;
	int reads, never, round;
	unsigned long before;
	size_t i;

	(void)state;
	(void)snprintf(path, sizeof path, "/tmp/hilrig-no-malloc-%d.run", (int)getpid());
	(void)snprintf(journal, sizeof journal, "%s/no-malloc-%d.jsonl", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
	unlink(journal);
	assert_true(viewers_open(&viewers, &settings, &error));
	assert_true(writer_create(&writer, journal, &error));
	assert_true(journal_thread_start(&thread, writer, "/nowhere", viewers, &error));
	reads = view(path);
	never = view(path);
	wait_until_written(thread);
	before = taken;
	for (round = 0; round < 8; round++) {
		close(view(path));
		for (i = 0; i < night.count; i++) {
			assert_true(journal_thread_put(thread, &night.records[i]));
			if (i % 500 == 499)
				wait_until_written(thread);
			while (recv(reads, drain, sizeof drain, MSG_DONTWAIT) > 0)
				continue;
		}
		wait_until_written(thread);
	}
	assert_int_equal(taken - before, 0);
	assert_true(journal_thread_stop(thread, &error));
	assert_int_equal(viewers_dropped(viewers), 1);
	viewers_close(viewers);
	close(reads);
	close(never);
	unlink(journal);
}

static void a_line_out_and_back_takes_no_memory(void **state)
{
	static char bytes[LINE_SIZE_MAX + 1];
	struct sha256 *sha256 = sha256_new();
	struct chain out, in;
	unsigned long before = taken;
	size_t i, used;

	(void)state;
	chain_init(&out, sha256);
	chain_init(&in, sha256);
	for (i = 0; i < night.count; i++) {
		struct record record = night.records[i], got;
		struct text text;

		text_init(&text, bytes, sizeof bytes);
		chain_put(&out, &record, &text);
		assert_int_equal(chain_get(&in, bytes, text.used, &got, &used), DAMAGE_NONE);
	}
	assert_int_equal(taken - before, 0);
	sha256_free(sha256);
}

static void judging_takes_no_memory(void **state)
{
	struct judge *judge = judge_new(JUDGE_SLOTS_MAX);
	unsigned long before = taken;
	const struct findings *findings = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < night.count; i++) {
		judge_take(judge, &night.records[i]);
		if (i > night.started && i % 50 == 0)
			findings = judge_conclude(judge);
	}
	findings = judge_conclude(judge);
	assert_int_equal(taken - before, 0);
	assert_int_equal(findings->exit_code, EXIT_CODE_FAIL);
	judge_free(judge);
}

static void listening_to_a_console_takes_no_memory(void **state)
{
	static const char text[] = "noise \xff\r\nPOA dev=00DB1234567890A5 AD1\nhub up\n8F36 2014-12-31T23:50:00Z\n";
	static const struct bench_console settings = {
		.alert_count = 2, .alerts = {{"AD1", "POA( dev={guid})?.*AD1"}, {"8F36", "8F3(6|[A-C]) {interrupted}"}}, .hub = {"up$"},
		.heartbeat_ns = NS_PER_S,
	};
	static struct console console;
	unsigned long before;
	size_t told = 0;
	int64_t t_ns;

	(void)state;
	assert_true(console_init(&console, &settings, NULL));
	before = taken;
	for (t_ns = 0; t_ns < 1000 * NS_PER_S; t_ns += NS_PER_S) {
		struct console_event event = {t_ns == 0 ? CONSOLE_OPENED : CONSOLE_BYTES, t_ns, (const uint8_t *)text, sizeof text - 1};
		struct console_report report;

		for (console_give(&console, &event); console_take(&console, &report); )
			told++;
	}
	assert_int_equal(taken - before, 0);
	assert_true(told > 3 * 999);
}

/* One side's output is the other side's input until one has ended. */
static void talk(struct session ends[2], struct session_output output[2])
{
	struct session_event event = {.kind = SESSION_START};
	int to;

	session_step(&ends[0], &event, &output[0]);
	session_step(&ends[1], &event, &output[1]);
	for (to = 0; output[0].state == SESSION_RUNNING && output[1 - to].size > 0; to = 1 - to) {
		event = (struct session_event){SESSION_BYTES, event.t_ns + 1, output[1 - to].bytes, output[1 - to].size};
		session_step(&ends[to], &event, &output[to]);
	}
}

static void upgrading_takes_no_memory(void **state)
{
	static const struct bench_loader settings = {
		.protocol = LOADER_XMODEM_1K, .start_within_ns = NS_PER_S,
		.activate = {.steps = {{.exchange = {.send = "go\r", .expect = "ok", .within_ns = NS_PER_S}}}, .count = 1},
		.version = {.steps = {{.exchange = {.send = "v\r", .expect = "v=([0-9]+)", .within_ns = NS_PER_S}}}, .count = 1},
	};
	static uint8_t image[10000], received[11000];
	static struct session_output output[2];
	struct xmodem_receive receive;
	struct session ends[2];
	struct session_event event = {.kind = SESSION_START};
	static struct upgrade upgrade;
	unsigned long before = taken;

	(void)state;
	upgrade_init(&upgrade, &settings, 115200);
	upgrade_set_image(&upgrade, image, sizeof image);
	xmodem_receive_init(&receive, received, sizeof received, NS_PER_S);
	assert_true(upgrade_begin(&upgrade, UPGRADE_TRANSFER, &ends[0], NULL));
	ends[1] = xmodem_receive_session(&receive);
	talk(ends, output);
	assert_int_equal(output[0].state, SESSION_DONE);
	assert_true(upgrade_begin(&upgrade, UPGRADE_ACTIVATE, &ends[0], NULL));
	session_step(&ends[0], &event, &output[0]);
	event = (struct session_event){SESSION_BYTES, 1, (const uint8_t *)"ok\n", 3};
	session_step(&ends[0], &event, &output[0]);
	assert_true(upgrade_begin(&upgrade, UPGRADE_VERSION, &ends[0], NULL));
	event = (struct session_event){.kind = SESSION_START};
	session_step(&ends[0], &event, &output[0]);
	event = (struct session_event){SESSION_BYTES, 1, (const uint8_t *)"v=12\n", 5};
	session_step(&ends[0], &event, &output[0]);
	assert_string_equal(upgrade.version, "12");
	assert_int_equal(taken - before, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_counter_counts),
		cmocka_unit_test(writing_lines_takes_no_memory),
		cmocka_unit_test(being_watched_takes_no_memory),
		cmocka_unit_test(a_line_out_and_back_takes_no_memory),
		cmocka_unit_test(judging_takes_no_memory),
		cmocka_unit_test(listening_to_a_console_takes_no_memory),
		cmocka_unit_test(upgrading_takes_no_memory),
	};

	start_counting();
	return cmocka_run_group_tests(tests, make_night, drop_night);
}
