/* A supervisor in a child, its rig in a grandchild, and a socket pair over which the rig is told what to do next. */

#include "tests/support/played_run.h"

#include "rig/base/crc16.h"
#include "rig/base/instant.h"
#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/evidence/reader.h"
#include "rig/run/real/journal_thread.h"
#include "rig/supervisor/link.h"
#include "rig/supervisor/seat.h"
#include "rig/supervisor/supervisor.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The night */

static void gather(void *self, const struct record *record)
{
	struct played_night *night = self;

	night->records = realloc(night->records, (size_t)(night->count + 1) * sizeof *night->records);
	assert(night->records);
	night->records[night->count++] = *record;
}

bool played_night_read(struct played_night *night, const char *folder, struct error *error)
{
	*night = (struct played_night){.records = NULL};
	return evidence_read(folder, gather, night, NULL, error);
}

struct message {
	enum played_order order;
	int count;
};

/* The rig */

struct rig {
	const struct played_run *run;
	struct viewers *viewers;
	struct journal_thread *thread;
	int at;                        /* of the records: the next one */
};

static void must(bool done, const struct error *error)
{
	if (done)
		return;
	fprintf(stderr, "the played rig: %s\n", error->text);
	abort();
}

static void answer(const struct played_run *run)
{
	ssize_t written = write(run->told, "", 1);

	assert(written == 1);
}

static bool listen_to(const struct played_run *run, struct message *message)
{
	return read(run->told, message, sizeof *message) == (ssize_t)sizeof *message;
}

static void serve(struct rig *rig)
{
	static struct hello who;
	struct viewers_settings settings = {.owner = getuid(), .ring_bytes = VIEWERS_RING_BYTES, .who = &who};
	char path[SEAT_PATH_SIZE];
	struct error error;

	strcpy(who.run, "played");
	text_copy(who.bench, sizeof who.bench, rig->run->bench);
	text_copy(who.folder, sizeof who.folder, rig->run->folder);
	settings.path = path;
	must(seat_run_path(path, rig->run->bench, &error) && viewers_open(&rig->viewers, &settings, &error), &error);
}

/* The relay's bus gives every frame back, which is the right answer to a write, and here to the read as well. */
static void add_relay(struct off_script *script)
{
	const struct off_bus bus = {.name = "bus", .gap_ns = NS_PER_MS, .answer_ns = 50 * NS_PER_MS, .quiet_ns = NS_PER_MS,
				    .drain_ns = NS_PER_MS, .quiet_max_ns = 5 * NS_PER_MS, .tries = 2};
	struct off_exchange exchange = {.name = "relays.1", .causes = OFF_CAUSE_PERSON, .request = {1, 5, 0, 0, 0, 0}};
	struct error error;
	size_t size = crc16_modbus_append(exchange.request, 6);

	must(off_script_add_bus(script, &bus, &exchange.bus, &error), &error);
	exchange.request_size = exchange.answer_size = (uint8_t)size;
	memcpy(exchange.answer, exchange.request, size);
	memset(exchange.mask, 0xFF, size);
	exchange.kind = OFF_WRITE;
	must(off_script_add_exchange(script, &exchange, &error), &error);
	exchange.kind = OFF_CHECK;
	must(off_script_add_exchange(script, &exchange, &error), &error);
}

static void hand_over(const struct played_run *run, int socket)
{
	static struct off_script script;
	struct error error;

	add_relay(&script);
	if (run->line_refuses) {
		script.line_count = 1;
		script.lines[0] = (struct off_line){.name = "lines.1", .causes = OFF_CAUSE_PERSON};
	}
	must(link_base(socket, 0) && link_script(socket, &script, &error), &error);
}

static void put(struct rig *rig, const struct record *record)
{
	bool done = journal_thread_put(rig->thread, record);

	assert(done);
}

static void put_some(struct rig *rig, int count)
{
	while (count-- > 0 && rig->at < rig->run->record_count - 1) {
		struct record record = rig->run->records[rig->at++];

		if (record.kind == RECORD_RUN)
			text_copy(record.data.run.bench, sizeof record.data.run.bench, rig->run->bench);
		put(rig, &record);
	}
}

static void flush(struct rig *rig)
{
	struct pollfd polled = {.fd = journal_thread_descriptor(rig->thread), .events = POLLIN};
	struct journal_news news;
	bool done = journal_thread_flush(rig->thread) && poll(&polled, 1, PLAYED_PATIENCE_MS) == 1;

	assert(done);
	while (journal_thread_news(rig->thread, &news))
		assert(news.kind == JOURNAL_DURABLE);
}

static void start(struct rig *rig, bool resumed)
{
	const struct record *last = &rig->run->records[rig->run->record_count - 1];
	struct record boot = {.kind = RECORD_BOOT, .t_ns = last->t_ns};
	struct writer *writer;
	struct error error;
	size_t torn;

	must(resumed ? writer_resume(&writer, rig->run->journal, NULL, NULL, &torn, &error)
		     : writer_create(&writer, rig->run->journal, &error), &error);
	must(journal_thread_start(&rig->thread, writer, rig->run->folder, rig->viewers, &error), &error);
	if (!resumed)
		return;
	rig->at = rig->run->record_count - 1;
	put(rig, &boot);
}

static int end(struct rig *rig, int socket)
{
	struct record last = rig->run->records[rig->run->record_count - 1];
	struct error error;

	last.data.end.reason = rig->run->reason;
	put(rig, &last);
	must(journal_thread_stop(rig->thread, &error), &error);
	viewers_close(rig->viewers);
	(void)!link_done(socket, 0);
	return 0;
}

static int play(void *self, int socket, bool resumed, bool held)
{
	struct rig rig = {.run = self};
	struct message message;

	(void)held;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (rig.run->late && listen_to(rig.run, &message))
		answer(rig.run);
	serve(&rig);
	hand_over(rig.run, socket);
	start(&rig, resumed);
	if (!resumed && !rig.run->late)
		answer(rig.run); /* it can be followed */
	while (listen_to(rig.run, &message)) {
		switch (message.order) {
		case PLAYED_PUT:
			put_some(&rig, message.count);
			break;
		case PLAYED_FLUSH:
			flush(&rig);
			break;
		case PLAYED_DIE:
			(void)kill(getpid(), SIGKILL);
			break;
		case PLAYED_END:
			return end(&rig, socket);
		}
		answer(rig.run);
	}
	return 1;
}

/* The supervisor, with its output in a file beside the evidence. */

static void put_output_into_a_file(const struct played_run *run)
{
	char path[PATH_MAX];
	int descriptor;

	(void)snprintf(path, sizeof path, "%s.out", run->folder);
	descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	assert(descriptor >= 0);
	(void)dup2(descriptor, STDOUT_FILENO);
	(void)dup2(descriptor, STDERR_FILENO);
}

/* The far end of the relay's bus, in a process of its own. */
static int echo(void)
{
	unsigned char bytes[OFF_FRAME_MAX];
	int pair[2], failed;
	ssize_t got;
	pid_t child;

	failed = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair);
	assert(!failed);
	child = fork();
	assert(child >= 0);
	if (child != 0) {
		close(pair[1]);
		return pair[0];
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(pair[0]);
	for (;;) {
		(void)poll(&(struct pollfd){.fd = pair[1], .events = POLLIN}, 1, -1);
		got = read(pair[1], bytes, sizeof bytes);
		if (got <= 0 || write(pair[1], bytes, (size_t)got) != got)
			_exit(0);
	}
}

static void supervise(struct played_run *run)
{
	static struct gpio_request request = {.fd = -1, .count = 1};
	static struct supervised_request requests[1] = {{.request = &request, .output = true, .lines = {{"lines.1", "A"}}}};
	int buses[1] = {run->bus_lost ? -1 : echo()};
	struct seat seat;
	struct supervised supervised = {.bench = run->bench, .request_count = 1, .requests = requests, .bus_count = 1, .buses = buses,
					.hang_ns = INT64_C(600000000000), .revision = "played", .seat = &seat, .rig = play, .self = run};
	struct error error;
	int code;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	put_output_into_a_file(run);
	close(run->tell);
	text_copy(supervised.folder, sizeof supervised.folder, run->folder);
	must(seat_take(&seat, run->bench, &error), &error);
	if (run->late)
		answer(run); /* the seat is taken, and that is all */
	code = supervisor_run(&supervised);
	seat_leave(&seat);
	_exit(code);
}

void played_run_open(struct played_run *run)
{
	static int number;
	int pair[2], failed;
	char taken;
	ssize_t got;

	(void)snprintf(run->folder, sizeof run->folder, "%s/evidence-%d-%d", getenv("TMPDIR"), (int)getpid(), number++);
	(void)snprintf(run->journal, sizeof run->journal, "%s/" FOLDER_JOURNAL, run->folder);
	failed = mkdir(run->folder, 0755) | socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	assert(!failed);
	run->tell = pair[0];
	run->told = pair[1];
	(void)fflush(NULL);
	run->supervisor = fork();
	if (run->supervisor == 0)
		supervise(run);
	close(run->told);
	got = read(run->tell, &taken, 1);
	assert(got == 1);
}

void played_run_order(const struct played_run *run, enum played_order order, int count)
{
	struct message message = {order, count};
	struct pollfd polled = {.fd = run->tell, .events = POLLIN};
	ssize_t moved = write(run->tell, &message, sizeof message);
	char done;

	assert(moved == (ssize_t)sizeof message);
	if (order == PLAYED_DIE || order == PLAYED_END)
		return;
	moved = poll(&polled, 1, PLAYED_PATIENCE_MS) == 1 ? read(run->tell, &done, 1) : 0;
	assert(moved == 1);
}

int played_run_close(struct played_run *run)
{
	int status = 0;
	pid_t ended;

	close(run->tell);
	ended = waitpid(run->supervisor, &status, 0);
	assert(ended == run->supervisor);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void say_nothing(void *self, const char *text)
{
	(void)self;
	(void)text;
}

pid_t played_run_resume(const struct played_run *desk)
{
	pid_t child;
	int code = 1;

	(void)fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(seat_say(desk->bench, "resume", say_nothing, NULL, &code) ? code : 1);
	return child;
}
