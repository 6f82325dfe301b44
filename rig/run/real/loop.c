/* libuv underneath the runtime: poll handles that follow a list of descriptors, a timerfd, three signals. */

#include "rig/run/real/loop.h"

#include "rig/base/descriptor.h"
#include "rig/base/instant.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <uv.h>

#define TIMER_FIRED (-1)

struct watched {
	uv_poll_t poll;
	int descriptor;
	bool active;              /* the handle is with libuv */
	bool wanted;
};

struct loop {
	uv_loop_t uv;
	struct loop_calls calls;
	struct watched watched[LOOP_DESCRIPTORS_MAX];
	int watched_count;
	unsigned closings;        /* that are known of */
	uv_poll_t timer;
	int timer_descriptor;
	int64_t armed_ns;         /* what the timer is set to; TIMER_FIRED: it has to be set anew */
	uv_signal_t signals[3];
};

static void turned(struct loop *loop)
{
	loop->calls.turned(loop->calls.self);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct watched *watched = poll->data;
	struct loop *loop = poll->loop->data;

	(void)status; /* an error on it shows when it is read */
	(void)events;
	loop->calls.ready(loop->calls.self, watched->descriptor);
	turned(loop);
}

static void on_timer(uv_poll_t *poll, int status, int events)
{
	struct loop *loop = poll->loop->data;

	(void)status;
	(void)events;
	loop->armed_ns = TIMER_FIRED; /* setting it takes the expiration back, so that it need not be read */
	loop->calls.timer(loop->calls.self);
	turned(loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *loop = handle->loop->data;

	loop->calls.signal(loop->calls.self, number);
	turned(loop);
}

static bool listen_for_signals(struct loop *loop)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	size_t i;

	for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (uv_signal_init(&loop->uv, &loop->signals[i]) != 0 ||
		    uv_signal_start(&loop->signals[i], on_signal, numbers[i]) != 0)
			return false;
	return true;
}

bool loop_new(struct loop **made, const struct loop_calls *calls, struct error *error)
{
	struct loop *loop = calloc(1, sizeof *loop);
	int number;

	*made = NULL;
	if (!loop)
		return error_set(error, FAULT_ENVIRONMENT, "no memory for the loop");
	loop->calls = *calls;
	loop->armed_ns = INSTANT_NEVER;
	loop->timer_descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (loop->timer_descriptor < 0) {
		number = errno;
		free(loop);
		return error_set_errno(error, FAULT_ENVIRONMENT, number, "timerfd");
	}
	number = uv_loop_init(&loop->uv);
	if (number != 0) {
		close(loop->timer_descriptor);
		free(loop);
		return error_set(error, FAULT_ENVIRONMENT, "libuv: %s", uv_strerror(number));
	}
	loop->uv.data = loop;
	if (uv_poll_init(&loop->uv, &loop->timer, loop->timer_descriptor) != 0 ||
	    uv_poll_start(&loop->timer, UV_READABLE, on_timer) != 0 || !listen_for_signals(loop)) {
		loop_free(loop);
		return error_set(error, FAULT_ENVIRONMENT, "libuv gives no handles");
	}
	*made = loop;
	return true;
}

static void close_handle(uv_handle_t *handle, void *unused)
{
	(void)unused;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	uv_walk(&loop->uv, close_handle, NULL);
	while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0)
		;
	(void)uv_loop_close(&loop->uv);
	close(loop->timer_descriptor);
	free(loop);
}

static void on_closed(uv_handle_t *handle)
{
	struct watched *watched = handle->data;

	watched->active = false;
}

static struct watched *find(struct loop *loop, int descriptor)
{
	int i;

	for (i = 0; i < loop->watched_count; i++)
		if (loop->watched[i].active && loop->watched[i].descriptor == descriptor &&
		    !uv_is_closing((uv_handle_t *)&loop->watched[i].poll))
			return &loop->watched[i];
	return NULL;
}

static void add(struct loop *loop, int descriptor)
{
	struct watched *watched;
	int i;

	for (i = 0; i < loop->watched_count && loop->watched[i].active; i++)
		;
	assert(i < LOOP_DESCRIPTORS_MAX);
	if (i == loop->watched_count)
		loop->watched_count++;
	watched = &loop->watched[i];
	if (uv_poll_init(&loop->uv, &watched->poll, descriptor) != 0)
		return; /* closed under our hands: its owner will notice */
	watched->descriptor = descriptor;
	watched->active = watched->wanted = true;
	watched->poll.data = watched;
	(void)uv_poll_start(&watched->poll, UV_READABLE, on_ready);
}

/* Something was closed: a number that is wanted all the same may be another descriptor now, of which the kernel knows nothing. */
static void watch_anew(struct loop *loop)
{
	unsigned closings = descriptor_closings();
	int i;

	for (i = 0; i < loop->watched_count && closings != loop->closings; i++) {
		struct watched *watched = &loop->watched[i];

		if (!watched->active || uv_is_closing((uv_handle_t *)&watched->poll))
			continue;
		(void)uv_poll_stop(&watched->poll);
		(void)uv_poll_start(&watched->poll, UV_READABLE, on_ready);
	}
	loop->closings = closings;
}

void loop_watch(struct loop *loop, const int *descriptors, int count)
{
	struct watched *watched;
	int i;

	for (i = 0; i < loop->watched_count; i++)
		loop->watched[i].wanted = false;
	for (i = 0; i < count; i++) {
		watched = find(loop, descriptors[i]);
		if (watched)
			watched->wanted = true;
		else
			add(loop, descriptors[i]);
	}
	for (i = 0; i < loop->watched_count; i++) {
		watched = &loop->watched[i];
		if (watched->active && !watched->wanted && !uv_is_closing((uv_handle_t *)&watched->poll))
			uv_close((uv_handle_t *)&watched->poll, on_closed);
	}
	watch_anew(loop);
}

void loop_set_timer(struct loop *loop, int64_t t_ns)
{
	struct itimerspec when = {0};

	if (t_ns < 1)
		t_ns = 1; /* 0 would disarm it */
	if (t_ns == loop->armed_ns)
		return;
	loop->armed_ns = t_ns;
	if (t_ns != INSTANT_NEVER) {
		when.it_value.tv_sec = t_ns / NS_PER_S;
		when.it_value.tv_nsec = t_ns % NS_PER_S;
	}
	(void)timerfd_settime(loop->timer_descriptor, TFD_TIMER_ABSTIME, &when, NULL);
}

void loop_run(struct loop *loop)
{
	(void)uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}
