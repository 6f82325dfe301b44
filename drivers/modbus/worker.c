/* One thread, two mailboxes, one libmodbus object. */

#include "drivers/modbus/worker.h"

#include "rig/base/instant.h"
#include "rig/base/mailbox.h"

#include <assert.h>
#include <errno.h>
#include <modbus.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#define TASKS_MAX 16 /* one transaction, and new socketpairs while the worker comes back from an old one */

struct task {
	int descriptor; /* to use from now on; -1: execute the transaction */
	uint32_t number;
	int64_t limit_ns;
	struct modbus_transaction transaction;
};

struct worker {
	pthread_t thread;
	struct mailbox tasks, ends;
	modbus_t *modbus;  /* the thread's */
	int descriptor;    /* the thread's; -1: none */
};

/* What an earlier answer left behind when it was longer than libmodbus read. tcflush, as modbus_flush does, is for ttys. */
static void drop_leftovers(int descriptor)
{
	uint8_t bytes[MODBUS_FRAME_MAX];

	while (recv(descriptor, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
		continue;
}

static enum modbus_outcome outcome_of(int number)
{
	switch (number) {
	case ETIMEDOUT:
		return MODBUS_NO_ANSWER;
	case EMBBADCRC:
		return MODBUS_BAD_CRC;
	case EMBBADSLAVE:
		return MODBUS_WRONG_UNIT;
	case EMBBADDATA:
	case EMBBADEXC:
	case EMBUNKEXC:
	case EMBMDATA:
		return MODBUS_WRONG_ANSWER;
	default: /* the socketpair was shut down, or is broken */
		return MODBUS_LOST;
	}
}

static void set_limit(modbus_t *modbus, int64_t limit_ns)
{
	int64_t limit_us = limit_ns < NS_PER_MS ? 1000 : limit_ns / NS_PER_US;

	/* Without a byte time-out the whole answer must be there within the limit. */
	modbus_set_byte_timeout(modbus, 0, 0);
	modbus_set_response_timeout(modbus, (uint32_t)(limit_us / 1000000), (uint32_t)(limit_us % 1000000));
}

static void execute(struct worker *worker, const struct task *task, struct worker_end *end)
{
	uint8_t request[MODBUS_FRAME_MAX], answer[MODBUS_MAX_ADU_LENGTH];
	size_t size = modbus_request_frame(&task->transaction, request);
	int got;

	memset(end, 0, sizeof *end);
	end->number = task->number;
	end->outcome = MODBUS_LOST;
	if (worker->descriptor < 0)
		return;
	drop_leftovers(worker->descriptor);
	set_limit(worker->modbus, task->limit_ns);
	modbus_set_slave(worker->modbus, task->transaction.unit);
	if (modbus_send_raw_request(worker->modbus, request, (int)size - 2) < 0)
		return;
	got = modbus_receive_confirmation(worker->modbus, answer);
	end->size = got > 0 ? (size_t)got : 0;
	if (got < 0)
		end->outcome = outcome_of(errno);
	else if (got == 0) /* libmodbus ignores answers of other units in this way */
		end->outcome = MODBUS_WRONG_UNIT;
	else
		end->outcome = modbus_answer_read(&task->transaction, answer, (size_t)got, end->values, &end->exception);
}

static void use(struct worker *worker, int descriptor)
{
	if (worker->descriptor >= 0)
		close(worker->descriptor);
	worker->descriptor = descriptor;
	modbus_set_socket(worker->modbus, descriptor);
}

static void *run(void *argument)
{
	struct worker *worker = argument;
	struct task task;
	struct worker_end end;

	while (mailbox_wait(&worker->tasks, &task, INSTANT_NEVER) == MAILBOX_MESSAGE) {
		if (task.descriptor >= 0) {
			use(worker, task.descriptor);
			continue;
		}
		execute(worker, &task, &end);
		if (!mailbox_put(&worker->ends, &end))
			assert(false); /* there is room for as many ends as tasks */
	}
	use(worker, -1);
	return NULL;
}

/* Signals are the loop's business, and a SIGPIPE from libmodbus's write is to be an error. */
static int start_thread(struct worker *worker)
{
	sigset_t all, before;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	failed = pthread_create(&worker->thread, NULL, run, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

static bool init(struct worker *worker, int baud, struct error *error)
{
	int failed;

	worker->modbus = modbus_new_rtu("/dev/null", baud, 'N', 8, 1);
	if (!worker->modbus)
		return error_set_errno(error, FAULT_ENVIRONMENT, errno, "libmodbus");
	if (!mailbox_init(&worker->tasks, sizeof(struct task), TASKS_MAX, false, error))
		return false;
	if (!mailbox_init(&worker->ends, sizeof(struct worker_end), 2 * TASKS_MAX, true, error)) {
		mailbox_done(&worker->tasks);
		return false;
	}
	failed = start_thread(worker);
	if (failed) {
		mailbox_done(&worker->tasks);
		mailbox_done(&worker->ends);
		return error_set_errno(error, FAULT_ENVIRONMENT, failed, "a thread for the bus");
	}
	return true;
}

struct worker *worker_new(int baud, struct error *error)
{
	struct worker *worker = calloc(1, sizeof *worker);

	if (!worker) {
		error_set(error, FAULT_ENVIRONMENT, "no memory for a bus");
		return NULL;
	}
	worker->descriptor = -1;
	if (init(worker, baud, error))
		return worker;
	if (worker->modbus)
		modbus_free(worker->modbus);
	free(worker);
	return NULL;
}

void worker_free(struct worker *worker)
{
	struct task task;

	mailbox_close(&worker->tasks);
	pthread_join(worker->thread, NULL);
	while (mailbox_take(&worker->tasks, &task))
		if (task.descriptor >= 0)
			close(task.descriptor);
	mailbox_done(&worker->tasks);
	mailbox_done(&worker->ends);
	modbus_free(worker->modbus);
	free(worker);
}

bool worker_use(struct worker *worker, int descriptor, struct error *error)
{
	const struct task task = {.descriptor = descriptor};

	if (descriptor >= FD_SETSIZE)
		return error_set(error, FAULT_ENVIRONMENT, "more than %d descriptors are open", FD_SETSIZE);
	if (!mailbox_put(&worker->tasks, &task))
		return error_set(error, FAULT_RIG, "the worker of the bus hangs");
	return true;
}

bool worker_begin(struct worker *worker, uint32_t number, const struct modbus_transaction *transaction, int64_t limit_ns)
{
	const struct task task = {.descriptor = -1, .number = number, .limit_ns = limit_ns, .transaction = *transaction};

	return mailbox_put(&worker->tasks, &task);
}

int worker_descriptor(const struct worker *worker)
{
	return mailbox_descriptor(&worker->ends);
}

bool worker_take(struct worker *worker, struct worker_end *end)
{
	return mailbox_take(&worker->ends, end);
}
