/*
 * Waiting for a rig to die, and what is done then. One poll() loop; its states are those of enum stage. What protects
 * people and devices comes first in every path: lines, buses, and only then the journal.
 */

#include "rig/supervisor/supervisor.h"

#include "rig/base/text.h"
#include "rig/supervisor/link.h"
#include "rig/supervisor/off_run.h"
#include "rig/supervisor/watch_log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LEVELS_EVERY_NS NS_PER_MIN
#define STOP_WITHIN_NS (20 * NS_PER_S)  /* a rig that was told to stop, before it is killed */
#define POLLED_MAX 512
#define OFF_STEP_MAX_NS (50 * NS_PER_MS)

enum stage {
	STAGE_RIG,       /* a rig lives */
	STAGE_OFF,       /* the off script is being carried out */
	STAGE_WATCHING,  /* no rig; edges are recorded, what is held is held */
	STAGE_OVER
};

#define CLIENTS_MAX 8 /* who waits; further ones are heard, and told that they are too many */

/* Who waits for the end: of the rig it resumed, or of everything, and wants to know whether it is off. */
struct client {
	int descriptor;
	bool said_off;
};

struct supervisor {
	struct supervised *given;
	enum stage stage;
	int link;                      /* -1: no rig */
	pid_t rig;
	int signals;
	bool heard;                    /* a beat was heard */
	int64_t heard_ns;
	int64_t patience_ns;           /* without a beat for so long it hangs */
	int64_t stop_deadline_ns;      /* INSTANT_NEVER: nobody told the rig to stop */
	bool done;                     /* the rig said that the run has ended */
	int exit_code;
	bool has_script;
	struct off_script script;
	struct off_run off;
	enum off_cause cause;
	int lines_refused;             /* by the last off script */
	bool end_after_off;
	bool off_proved;               /* by the last off script, or nothing was ever energised */
	struct watch_log log;
	int64_t offset_ns;
	int64_t next_levels_ns;
	struct client clients[CLIENTS_MAX];
	int client_count;
	char ended_by[WORD_TEXT_SIZE];
};

static int64_t now_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Lines */

/* How many could not be set. */
static int set_lines(const struct supervised *given, const struct off_script *script, enum off_cause cause)
{
	int refused = 0, i;

	for (i = 0; i < script->line_count; i++) {
		const struct off_line *line = &script->lines[i];
		uint64_t mask = UINT64_C(1) << line->line;

		if (!(line->causes & cause))
			continue;
		/* One by one: a line that refuses must not keep its neighbours on. */
		refused += line->request >= given->request_count ||
			   !gpio_levels_set(given->requests[line->request].request, mask, line->level ? mask : 0, NULL);
	}
	return refused;
}

static bool anything_held(const struct off_script *script)
{
	int i;

	for (i = 0; i < script->line_count; i++)
		if (!(script->lines[i].causes & OFF_CAUSE_RIG))
			return true;
	for (i = 0; i < script->exchange_count; i++)
		if (!(script->exchanges[i].causes & OFF_CAUSE_RIG))
			return true;
	return false;
}

/* The log of what happens without a rig */

static struct record log_line(enum record_kind kind, const struct supervised_channel *channel, int64_t t_ns)
{
	struct record record = {.kind = kind, .t_ns = t_ns};

	if (channel)
		text_copy(record.slot, sizeof record.slot, channel->slot);
	return record;
}

static void log_levels(struct supervisor *supervisor)
{
	const struct supervised *given = supervisor->given;
	uint64_t levels;
	uint32_t line;
	int i;

	for (i = 0; i < given->request_count; i++) {
		const struct supervised_request *request = &given->requests[i];

		if (request->output || !gpio_levels_get(request->request, UINT64_MAX >> (64 - request->request->count), &levels, NULL))
			continue;
		for (line = 0; line < request->request->count; line++) {
			struct record record = log_line(RECORD_LEVEL, &request->lines[line], now_ns());

			text_copy(record.data.level.channel, sizeof record.data.level.channel, request->lines[line].channel);
			record.data.level.level = (int64_t)(levels >> line & 1);
			watch_log_put(&supervisor->log, &record);
		}
	}
	supervisor->next_levels_ns = now_ns() + LEVELS_EVERY_NS;
}

static void log_edges(struct supervisor *supervisor, const struct supervised_request *request)
{
	struct gpio_edge edges[64];
	size_t count, i;

	do {
		if (!gpio_edges_take(request->request, edges, sizeof edges / sizeof *edges, &count, NULL))
			return;
		for (i = 0; i < count; i++) {
			const struct supervised_channel *channel = &request->lines[edges[i].line];
			struct record record = log_line(RECORD_EDGE, channel, edges[i].t_ns);

			text_copy(record.data.edge.channel, sizeof record.data.edge.channel, channel->channel);
			record.data.edge.level = edges[i].level;
			record.data.edge.seqno = edges[i].line_seqno;
			watch_log_put(&supervisor->log, &record);
		}
	} while (count == sizeof edges / sizeof *edges);
}

static void log_all_edges(struct supervisor *supervisor)
{
	int i;

	for (i = 0; i < supervisor->given->request_count; i++)
		if (!supervisor->given->requests[i].output)
			log_edges(supervisor, &supervisor->given->requests[i]);
}

static void log_boot(struct supervisor *supervisor)
{
	struct record record = log_line(RECORD_BOOT, NULL, now_ns());
	int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t size = descriptor < 0 ? -1 : read(descriptor, record.data.boot.boot_id, sizeof record.data.boot.boot_id - 1);

	if (descriptor >= 0)
		close(descriptor);
	record.data.boot.boot_id[size > 0 ? size : 0] = '\0';
	record.data.boot.boot_id[strcspn(record.data.boot.boot_id, "\n")] = '\0';
	record.data.boot.offset_ns = supervisor->offset_ns;
	record.data.boot.lines = LINES_HELD;
	text_copy(record.data.boot.revision, sizeof record.data.boot.revision, supervisor->given->revision);
	watch_log_put(&supervisor->log, &record);
}

/*
 * What was switched off here is the rig's fault and nobody else's: every slot whose line went off, or, where a bus was
 * used, the whole bench.
 */
static void log_off(struct supervisor *supervisor, int64_t t_ns)
{
	const struct off_script *script = &supervisor->script;
	struct record record;
	int i;

	for (i = 0; i < script->line_count; i++) {
		const struct off_line *line = &script->lines[i];
		const struct supervised_channel *channel = &supervisor->given->requests[line->request].lines[line->line];

		if (!(line->causes & supervisor->cause))
			continue;
		record = log_line(RECORD_COMMAND, channel, t_ns);
		text_copy(record.data.command.channel, sizeof record.data.command.channel, line->name);
		text_copy(record.data.command.value, sizeof record.data.command.value, line->level ? "on" : "off");
		record.data.command.purpose = supervisor->cause == OFF_CAUSE_RIG ? PURPOSE_RIG : PURPOSE_PERSON;
		watch_log_put(&supervisor->log, &record);
	}
	for (i = 0; i < script->exchange_count; i++) {
		const struct off_exchange *exchange = &script->exchanges[i];

		if (!(exchange->causes & supervisor->cause) || exchange->kind != OFF_WRITE)
			continue;
		record = log_line(RECORD_COMMAND, NULL, t_ns);
		text_copy(record.data.command.channel, sizeof record.data.command.channel, exchange->name);
		text_copy(record.data.command.value, sizeof record.data.command.value, "off");
		record.data.command.purpose = supervisor->cause == OFF_CAUSE_RIG ? PURPOSE_RIG : PURPOSE_PERSON;
		watch_log_put(&supervisor->log, &record);
	}
}

static bool switches_off(const struct off_script *script, enum off_cause cause)
{
	int i;

	for (i = 0; i < script->line_count; i++)
		if (script->lines[i].causes & cause)
			return true;
	for (i = 0; i < script->exchange_count; i++)
		if (script->exchanges[i].causes & cause)
			return true;
	return false;
}

static void log_fault(struct supervisor *supervisor, int64_t t_ns, const char *code, const char *text, bool spoils)
{
	struct record record = log_line(RECORD_FAULT, NULL, t_ns);

	record.data.fault.domain = FAULT_RIG;
	record.data.fault.cases = spoils ? (1U << CASE_COUNT) - 1 : 0;
	text_copy(record.data.fault.code, sizeof record.data.fault.code, code);
	text_copy(record.data.fault.text, sizeof record.data.fault.text, text);
	watch_log_put(&supervisor->log, &record);
}

/* Off */

static void begin_off(struct supervisor *supervisor, enum off_cause cause)
{
	int64_t t_ns = now_ns();

	supervisor->cause = cause;
	supervisor->stage = STAGE_OFF;
	supervisor->lines_refused = set_lines(supervisor->given, &supervisor->script, cause);
	off_run_begin(&supervisor->off, &supervisor->script, cause, supervisor->given->buses, t_ns);
	off_run_step(&supervisor->off, t_ns);
	/* From here on the disk may take its time: lines are set, and the buses go on between the writes. */
	watch_log_open(&supervisor->log, supervisor->given->folder, supervisor->offset_ns);
	log_boot(supervisor);
	log_all_edges(supervisor);
	log_levels(supervisor);
	log_fault(supervisor, t_ns, "rig-lost", supervisor->ended_by, switches_off(&supervisor->script, cause));
	log_off(supervisor, t_ns);
}

static void end_off(struct supervisor *supervisor)
{
	char text[FREE_TEXT_SIZE], lines[40] = "";
	int proved, failed;

	off_run_result(&supervisor->off, &proved, &failed);
	if (supervisor->lines_refused)
		(void)snprintf(lines, sizeof lines, ", %d lines could not be set", supervisor->lines_refused);
	(void)snprintf(text, sizeof text, "off after %.0f ms: %d groups proved, %d not%s",
		       (double)(now_ns() - supervisor->off.begun_ns) / 1e6, proved, failed, lines);
	supervisor->off_proved = failed == 0 && supervisor->lines_refused == 0;
	if (!supervisor->off_proved)
		supervisor->exit_code = EXIT_CODE_RIG;
	log_fault(supervisor, now_ns(), supervisor->off_proved ? "off-carried-out" : "not-off", text, false);
	watch_log_flush(&supervisor->log);
	fprintf(stderr, "hilrig: %s; %s%s\n", supervisor->ended_by, text, supervisor->off_proved ? "" : ": SWITCH OFF BY HAND");
	if (supervisor->end_after_off || !anything_held(&supervisor->script)) {
		supervisor->stage = STAGE_OVER;
		return;
	}
	supervisor->stage = STAGE_WATCHING;
	if (supervisor->given->by_hand)
		fprintf(stderr, "hilrig: what is marked hold is held; hilrig off ends it\n");
	else
		fprintf(stderr, "hilrig: what is marked hold is held; hilrig resume %s goes on, hilrig off ends it\n", supervisor->given->folder);
}

/* The rig */

static void reap(struct supervisor *supervisor)
{
	int status = 0;

	if (supervisor->rig > 0) {
		(void)kill(supervisor->rig, SIGKILL);
		while (waitpid(supervisor->rig, &status, 0) < 0 && errno == EINTR)
			;
		if (WIFSIGNALED(status) && !supervisor->ended_by[0])
			(void)snprintf(supervisor->ended_by, sizeof supervisor->ended_by, "the rig was ended by signal %d",
				       WTERMSIG(status));
		else if (!supervisor->ended_by[0])
			(void)snprintf(supervisor->ended_by, sizeof supervisor->ended_by, "the rig ended with %d",
				       WEXITSTATUS(status));
		if (!supervisor->done)
			supervisor->exit_code = WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : EXIT_CODE_RIG;
	}
	supervisor->rig = 0;
	if (supervisor->link >= 0)
		close(supervisor->link);
	supervisor->link = -1;
}

static void answer_clients(struct supervisor *supervisor)
{
	bool proved = supervisor->done || supervisor->off_proved;
	int i;

	for (i = 0; i < supervisor->client_count; i++)
		seat_answer(supervisor->clients[i].descriptor, proved && supervisor->clients[i].said_off ? SEAT_OFF_PROVED : NULL, supervisor->exit_code);
	supervisor->client_count = 0;
}

static void keep_client(struct supervisor *supervisor, int descriptor, bool said_off)
{
	if (supervisor->client_count == CLIENTS_MAX)
		seat_answer(descriptor, "too many wait for the end; hilrig who tells whether it has come", EXIT_CODE_BUSY);
	else
		supervisor->clients[supervisor->client_count++] = (struct client){descriptor, said_off};
}

static void rig_ended(struct supervisor *supervisor, const char *how)
{
	text_copy(supervisor->ended_by, sizeof supervisor->ended_by, how);
	/* Nothing may write to the buses beside us. */
	reap(supervisor);
	if (supervisor->done) {
		supervisor->stage = STAGE_OVER;
		return;
	}
	if (!supervisor->has_script) { /* it never got so far as to energise anything */
		supervisor->off_proved = true;
		supervisor->stage = STAGE_OVER;
		return;
	}
	/* Told to stop, it has died instead: who said so wants everything off and an answer, not a run that waits. */
	if (!supervisor->given->folder[0] || supervisor->stop_deadline_ns != INSTANT_NEVER)
		supervisor->end_after_off = true;
	begin_off(supervisor, supervisor->end_after_off ? OFF_CAUSE_PERSON : OFF_CAUSE_RIG);
}

static bool start_rig(struct supervisor *supervisor, bool resumed, bool held, const int *streams)
{
	int pair[2];
	sigset_t none;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	(void)fflush(NULL);
	supervisor->rig = fork();
	if (supervisor->rig == 0) {
		close(pair[0]);
		close(supervisor->signals);
		seat_child(supervisor->given->seat);
		sigemptyset(&none);
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
		if (streams) {
			(void)dup2(streams[0], STDOUT_FILENO);
			(void)dup2(streams[1], STDERR_FILENO);
		}
		exit(supervisor->given->rig(supervisor->given->self, pair[1], resumed, held));
	}
	close(pair[1]);
	if (supervisor->rig < 0) {
		close(pair[0]);
		return false;
	}
	supervisor->link = pair[0];
	supervisor->heard = supervisor->done = false;
	supervisor->patience_ns = supervisor->given->hang_ns;
	supervisor->ended_by[0] = '\0';
	supervisor->stop_deadline_ns = INSTANT_NEVER;
	supervisor->stage = STAGE_RIG;
	return true;
}

static void take_script(struct supervisor *supervisor, const struct off_script *script)
{
	struct link_message taken = {.kind = LINK_TAKEN};

	if (!off_script_check(script, NULL))
		return; /* unanswered: the rig will say so and not energise anything */
	supervisor->script = *script;
	supervisor->has_script = true;
	(void)!send(supervisor->link, &taken, sizeof taken, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int received_descriptor(struct msghdr *packet)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(packet);
	int descriptor = -1;

	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
		memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
	return descriptor;
}

static void take_bus(struct supervisor *supervisor, int64_t bus, int descriptor)
{
	if (bus < 0 || bus >= supervisor->given->bus_count || descriptor < 0) {
		if (descriptor >= 0)
			close(descriptor);
		return;
	}
	if (supervisor->given->buses[bus] >= 0)
		close(supervisor->given->buses[bus]);
	supervisor->given->buses[bus] = descriptor;
}

/* False: the rig is gone. */
static bool take_packet(struct supervisor *supervisor)
{
	static struct off_script script;
	struct link_message message = {.kind = LINK_BEAT};
	struct iovec pieces[2] = {{&message, sizeof message}, {&script, sizeof script}};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr packet = {.msg_iov = pieces, .msg_iovlen = 2, .msg_control = control.bytes,
				.msg_controllen = sizeof control.bytes};
	ssize_t got;

	do
		got = recvmsg(supervisor->link, &packet, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < (ssize_t)sizeof message)
		return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
	supervisor->heard = true;
	supervisor->heard_ns = now_ns();
	switch (message.kind) {
	case LINK_BASE:
		supervisor->offset_ns = message.number;
		break;
	case LINK_SCRIPT:
		if (got == (ssize_t)(sizeof message + sizeof script))
			take_script(supervisor, &script);
		break;
	case LINK_BUS:
		take_bus(supervisor, message.number, received_descriptor(&packet));
		break;
	case LINK_NOT_OFF:
		supervisor->end_after_off = true;
		break;
	case LINK_SEALING:
		supervisor->patience_ns = LINK_SEALING_NS;
		break;
	case LINK_DONE:
		supervisor->done = true;
		supervisor->exit_code = (int)message.number;
		break;
	case LINK_BEAT:
	case LINK_TAKEN:
	case LINK_STOP:
		break;
	}
	return true;
}

static void tell_stop(struct supervisor *supervisor)
{
	struct link_message stop = {.kind = LINK_STOP};

	if (supervisor->stop_deadline_ns != INSTANT_NEVER)
		return;
	supervisor->stop_deadline_ns = now_ns() + STOP_WITHIN_NS;
	(void)!send(supervisor->link, &stop, sizeof stop, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The seat and signals */

static void end_everything(struct supervisor *supervisor, const char *who)
{
	if (supervisor->stage == STAGE_RIG) {
		tell_stop(supervisor);
		return;
	}
	supervisor->end_after_off = true;
	if (supervisor->stage != STAGE_WATCHING)
		return;
	text_copy(supervisor->ended_by, sizeof supervisor->ended_by, who);
	supervisor->exit_code = EXIT_CODE_STOPPED;
	begin_off(supervisor, OFF_CAUSE_PERSON);
}

static void say_status(const struct supervisor *supervisor, int client)
{
	static const char *const stages[] = {[STAGE_RIG] = "running", [STAGE_OFF] = "switching off",
					     [STAGE_WATCHING] = "without a rig, holding", [STAGE_OVER] = "ending"};
	char line[SEAT_LINE_SIZE];
	const char *folder = supervisor->given->folder;

	(void)snprintf(line, sizeof line, "%s, supervisor %d, rig %d, %s%.300s", stages[supervisor->stage], (int)getpid(),
		       (int)supervisor->rig, folder[0] ? "evidence " : "a check of the bench, without evidence", folder);
	seat_answer(client, line, EXIT_CODE_PASS);
}

static void resume(struct supervisor *supervisor, int client, const int *streams)
{
	if (supervisor->stage != STAGE_WATCHING || supervisor->end_after_off) {
		seat_answer(client, "the run does not wait for a resume", EXIT_CODE_BUSY);
		return;
	}
	log_all_edges(supervisor);
	log_levels(supervisor);
	watch_log_flush(&supervisor->log);
	keep_client(supervisor, client, false);
	if (!start_rig(supervisor, true, true, streams))
		answer_clients(supervisor);
}

static void take_client(struct supervisor *supervisor)
{
	char word[SEAT_WORD_SIZE];
	int streams[2], client = seat_caller(supervisor->given->seat, word, streams), i;

	if (client < 0)
		return;
	if (strcmp(word, "resume") == 0) {
		resume(supervisor, client, streams[0] >= 0 ? streams : NULL);
	} else if (strcmp(word, "off") == 0) {
		keep_client(supervisor, client, true);
		end_everything(supervisor, "somebody said off");
	} else {
		say_status(supervisor, client);
	}
	for (i = 0; i < 2; i++)
		if (streams[i] >= 0)
			close(streams[i]);
}

static void take_signal(struct supervisor *supervisor)
{
	struct signalfd_siginfo signal;

	while (read(supervisor->signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
		if (signal.ssi_signo == SIGTERM)
			end_everything(supervisor, "SIGTERM");
		else if (signal.ssi_signo == SIGINT && supervisor->stage == STAGE_WATCHING)
			end_everything(supervisor, "the operator");
		/* SIGINT with a rig: the rig has it too, and ends the run in order. SIGCHLD: the link says more. */
	}
}

/* The loop */

static int64_t earliest(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static int64_t next_deadline(const struct supervisor *supervisor)
{
	switch (supervisor->stage) {
	case STAGE_RIG:
		return earliest(supervisor->stop_deadline_ns,
				supervisor->heard ? supervisor->heard_ns + supervisor->patience_ns : INSTANT_NEVER);
	case STAGE_OFF:
		return off_run_deadline(&supervisor->off);
	case STAGE_WATCHING:
		return supervisor->next_levels_ns;
	case STAGE_OVER:
		break;
	}
	return 0;
}

static void act(struct supervisor *supervisor)
{
	int64_t t_ns = now_ns();

	switch (supervisor->stage) {
	case STAGE_RIG:
		if (t_ns >= supervisor->stop_deadline_ns)
			rig_ended(supervisor, "the rig did not stop when told");
		else if (supervisor->heard && t_ns >= supervisor->heard_ns + supervisor->patience_ns)
			rig_ended(supervisor, "the rig hangs");
		break;
	case STAGE_OFF:
		off_run_step(&supervisor->off, t_ns);
		if (off_run_over(&supervisor->off))
			end_off(supervisor);
		break;
	case STAGE_WATCHING:
		if (t_ns >= supervisor->next_levels_ns)
			log_levels(supervisor);
		break;
	case STAGE_OVER:
		break;
	}
}

static int fill(const struct supervisor *supervisor, struct pollfd polled[POLLED_MAX])
{
	const struct supervised *given = supervisor->given;
	int count = 0, i;

	polled[count++] = (struct pollfd){.fd = supervisor->signals, .events = POLLIN};
	polled[count++] = (struct pollfd){.fd = given->seat->listening, .events = POLLIN};
	polled[count++] = (struct pollfd){.fd = supervisor->link, .events = POLLIN};
	if (supervisor->stage == STAGE_RIG)
		return count; /* lines and buses are the rig's to read */
	for (i = 0; i < given->request_count && count < POLLED_MAX; i++)
		if (!given->requests[i].output && given->requests[i].request->fd >= 0)
			polled[count++] = (struct pollfd){.fd = given->requests[i].request->fd, .events = POLLIN};
	for (i = 0; supervisor->stage == STAGE_OFF && i < supervisor->script.bus_count && count < POLLED_MAX; i++)
		if (supervisor->off.buses[i].state != OFF_BUS_OVER)
			polled[count++] = (struct pollfd){.fd = supervisor->off.buses[i].fd, .events = POLLIN};
	return count;
}

static void wait_for_something(struct supervisor *supervisor, struct pollfd polled[POLLED_MAX], int count)
{
	int64_t deadline_ns = next_deadline(supervisor), left_ns = deadline_ns - now_ns();
	struct timespec left;

	if (deadline_ns == INSTANT_NEVER) {
		(void)ppoll(polled, (nfds_t)count, NULL, NULL);
		return;
	}
	if (left_ns < 0)
		left_ns = 0;
	left = (struct timespec){.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};
	(void)ppoll(polled, (nfds_t)count, &left, NULL);
}

static void loop(struct supervisor *supervisor)
{
	static struct pollfd polled[POLLED_MAX];
	bool alive = true;
	int count;

	while (supervisor->stage != STAGE_OVER) {
		count = fill(supervisor, polled);
		wait_for_something(supervisor, polled, count);
		if (polled[0].revents)
			take_signal(supervisor);
		if (supervisor->stage == STAGE_RIG && polled[2].revents) {
			do
				alive = take_packet(supervisor);
			while (alive && polled[2].revents & POLLIN && poll(&polled[2], 1, 0) > 0);
			if (!alive)
				rig_ended(supervisor, "");
		}
		if (polled[1].revents)
			take_client(supervisor);
		if (supervisor->stage == STAGE_WATCHING || supervisor->stage == STAGE_OFF)
			log_all_edges(supervisor);
		act(supervisor);
	}
}

static void init(struct supervisor *supervisor, struct supervised *supervised)
{
	sigset_t caught;

	memset(supervisor, 0, sizeof *supervisor);
	supervisor->given = supervised;
	supervisor->link = supervisor->log.descriptor = -1;
	supervisor->stop_deadline_ns = INSTANT_NEVER;
	sigemptyset(&caught);
	sigaddset(&caught, SIGINT);
	sigaddset(&caught, SIGTERM);
	sigaddset(&caught, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &caught, NULL);
	(void)signal(SIGHUP, SIG_IGN);
	/* Ctrl-Z would stop who watches along with what is energised. The rig inherits this. */
	(void)signal(SIGTSTP, SIG_IGN);
	(void)signal(SIGTTIN, SIG_IGN);
	(void)signal(SIGTTOU, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	supervisor->signals = signalfd(-1, &caught, SFD_NONBLOCK | SFD_CLOEXEC);
}

int supervisor_run(struct supervised *supervised)
{
	static struct supervisor supervisor; /* the off script alone is larger than a careful stack */
	int exit_code;

	init(&supervisor, supervised);
	if (supervisor.signals < 0 || !start_rig(&supervisor, supervised->resumed, false, NULL)) {
		fprintf(stderr, "hilrig: the rig could not be started: %s\n", strerror(errno));
		return EXIT_CODE_RIG;
	}
	loop(&supervisor);
	exit_code = supervisor.exit_code;
	answer_clients(&supervisor);
	if (supervisor.log.descriptor >= 0)
		watch_log_close(&supervisor.log);
	close(supervisor.signals);
	return exit_code;
}

bool supervisor_off(const struct supervised *supervised, const struct off_script *script, enum off_cause cause,
		    bool (*given_up)(void *self), void *self)
{
	static struct off_run run;
	struct timespec pause = {.tv_nsec = 1000000};
	int proved, failed, refused = set_lines(supervised, script, cause);

	off_run_begin(&run, script, cause, supervised->buses, now_ns());
	while (!off_run_over(&run)) {
		if (given_up && given_up(self))
			return false;
		off_run_step(&run, now_ns());
		(void)nanosleep(&pause, NULL);
	}
	off_run_result(&run, &proved, &failed);
	return failed == 0 && refused == 0;
}
