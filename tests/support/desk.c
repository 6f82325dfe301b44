/* A supervisor in a child, its rig in a grandchild, and a socket pair over which the rig is told what to do next. */

#include "tests/support/desk.h"

#include "rig/base/text.h"
#include "rig/evidence/folder.h"
#include "rig/run/real/journal_thread.h"
#include "rig/supervisor/link.h"
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

struct message {
	enum desk_order order;
	int count;
};

/* The rig */

struct rig {
	const struct desk *desk;
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

static void answer(const struct desk *desk)
{
	ssize_t written = write(desk->told, "", 1);

	assert(written == 1);
}

static bool listen_to(const struct desk *desk, struct message *message)
{
	return read(desk->told, message, sizeof *message) == (ssize_t)sizeof *message;
}

static void serve(struct rig *rig)
{
	static struct hello who;
	struct viewers_settings settings = {.owner = getuid(), .ring_bytes = VIEWERS_RING_BYTES, .who = &who};
	char path[SEAT_PATH_SIZE];
	struct error error;

	strcpy(who.run, "played");
	text_copy(who.bench, sizeof who.bench, rig->desk->bench);
	text_copy(who.folder, sizeof who.folder, rig->desk->folder);
	settings.path = path;
	must(seat_run_path(path, rig->desk->bench, &error) && viewers_open(&rig->viewers, &settings, &error), &error);
}

static void hand_over(int socket)
{
	static struct off_script script;
	struct error error;

	script.line_count = 1;
	script.lines[0] = (struct off_line){.name = "relays.1", .causes = OFF_CAUSE_PERSON};
	must(link_base(socket, 0) && link_script(socket, &script, &error), &error);
}

static void put(struct rig *rig, const struct record *record)
{
	bool done = journal_thread_put(rig->thread, record);

	assert(done);
}

static void put_some(struct rig *rig, int count)
{
	while (count-- > 0 && rig->at < rig->desk->record_count - 1) {
		struct record record = rig->desk->records[rig->at++];

		if (record.kind == RECORD_RUN)
			text_copy(record.data.run.bench, sizeof record.data.run.bench, rig->desk->bench);
		put(rig, &record);
	}
}

static void flush(struct rig *rig)
{
	struct pollfd polled = {.fd = journal_thread_descriptor(rig->thread), .events = POLLIN};
	struct journal_news news;
	bool done = journal_thread_flush(rig->thread) && poll(&polled, 1, DESK_PATIENCE_MS) == 1;

	assert(done);
	while (journal_thread_news(rig->thread, &news))
		assert(news.kind == JOURNAL_DURABLE);
}

static void start(struct rig *rig, bool resumed)
{
	const struct record *last = &rig->desk->records[rig->desk->record_count - 1];
	struct record boot = {.kind = RECORD_BOOT, .t_ns = last->t_ns};
	struct writer *writer;
	struct error error;
	size_t torn;

	must(resumed ? writer_resume(&writer, rig->desk->journal, NULL, NULL, &torn, &error)
		     : writer_create(&writer, rig->desk->journal, &error), &error);
	must(journal_thread_start(&rig->thread, writer, rig->desk->folder, rig->viewers, &error), &error);
	if (!resumed)
		return;
	rig->at = rig->desk->record_count - 1;
	put(rig, &boot);
}

static int end(struct rig *rig, int socket)
{
	struct record last = rig->desk->records[rig->desk->record_count - 1];
	struct error error;

	last.data.end.reason = rig->desk->reason;
	put(rig, &last);
	must(journal_thread_stop(rig->thread, &error), &error);
	viewers_close(rig->viewers);
	(void)!link_done(socket, 0);
	return 0;
}

static int play(void *self, int socket, bool resumed, bool held)
{
	struct rig rig = {.desk = self};
	struct message message;

	(void)held;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (rig.desk->late && listen_to(rig.desk, &message))
		answer(rig.desk);
	serve(&rig);
	hand_over(socket);
	start(&rig, resumed);
	while (listen_to(rig.desk, &message)) {
		switch (message.order) {
		case DESK_PUT:
			put_some(&rig, message.count);
			break;
		case DESK_FLUSH:
			flush(&rig);
			break;
		case DESK_DIE:
			(void)kill(getpid(), SIGKILL);
			break;
		case DESK_END:
			return end(&rig, socket);
		}
		answer(rig.desk);
	}
	return 1;
}

/* The supervisor, with its output in a file beside the evidence. */

static void put_output_into_a_file(const struct desk *desk)
{
	char path[PATH_MAX];
	int descriptor;

	(void)snprintf(path, sizeof path, "%s.out", desk->folder);
	descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	assert(descriptor >= 0);
	(void)dup2(descriptor, STDOUT_FILENO);
	(void)dup2(descriptor, STDERR_FILENO);
}

static void supervise(struct desk *desk)
{
	static struct gpio_request request = {.fd = -1, .count = 1};
	static struct supervised_request requests[1] = {{.request = &request, .output = true, .lines = {{"relays.1", "A"}}}};
	struct seat seat;
	struct supervised supervised = {.bench = desk->bench, .request_count = 1, .requests = requests, .hang_ns = INT64_C(600000000000),
					.revision = "played", .seat = &seat, .rig = play, .self = desk};
	struct error error;
	int code;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	put_output_into_a_file(desk);
	close(desk->tell);
	text_copy(supervised.folder, sizeof supervised.folder, desk->folder);
	must(seat_take(&seat, desk->bench, &error), &error);
	answer(desk);
	code = supervisor_run(&supervised);
	seat_leave(&seat);
	_exit(code);
}

void desk_open(struct desk *desk)
{
	static int number;
	int pair[2], failed;
	char taken;
	ssize_t got;

	(void)snprintf(desk->folder, sizeof desk->folder, "%s/evidence-%d-%d", getenv("TMPDIR"), (int)getpid(), number++);
	(void)snprintf(desk->journal, sizeof desk->journal, "%s/" FOLDER_JOURNAL, desk->folder);
	failed = mkdir(desk->folder, 0755) | socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	assert(!failed);
	desk->tell = pair[0];
	desk->told = pair[1];
	(void)fflush(NULL);
	desk->supervisor = fork();
	if (desk->supervisor == 0)
		supervise(desk);
	close(desk->told);
	got = read(desk->tell, &taken, 1);
	assert(got == 1);
}

void desk_order(const struct desk *desk, enum desk_order order, int count)
{
	struct message message = {order, count};
	struct pollfd polled = {.fd = desk->tell, .events = POLLIN};
	ssize_t moved = write(desk->tell, &message, sizeof message);
	char done;

	assert(moved == (ssize_t)sizeof message);
	if (order == DESK_DIE || order == DESK_END)
		return;
	moved = poll(&polled, 1, DESK_PATIENCE_MS) == 1 ? read(desk->tell, &done, 1) : 0;
	assert(moved == 1);
}

int desk_close(struct desk *desk)
{
	int status = 0;
	pid_t ended;

	close(desk->tell);
	ended = waitpid(desk->supervisor, &status, 0);
	assert(ended == desk->supervisor);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
