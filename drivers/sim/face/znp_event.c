/* What is on its way, and what is said to the host. */

#include "drivers/sim/face/znp_private.h"

#define PPM 1000000

struct znp_event *znp_event_add(struct znp_face *face, int64_t t_ns, enum znp_event_kind kind, int device)
{
	struct znp_event *event = &face->events[face->event_count];

	if (face->event_count == ZNP_EVENTS_MAX)
		return NULL;
	face->event_count++;
	*event = (struct znp_event){.t_ns = t_ns, .order = face->order++, .kind = kind, .device = device};
	return event;
}

static int first(const struct znp_face *face)
{
	int best = -1, i;

	for (i = 0; i < face->event_count; i++) {
		const struct znp_event *event = &face->events[i];

		if (best < 0 || event->t_ns < face->events[best].t_ns ||
		    (event->t_ns == face->events[best].t_ns && event->order < face->events[best].order))
			best = i;
	}
	return best;
}

bool znp_event_take(struct znp_face *face, int64_t t_ns, struct znp_event *event)
{
	int i = first(face);

	if (i < 0 || face->events[i].t_ns > t_ns)
		return false;
	*event = face->events[i];
	face->events[i] = face->events[--face->event_count];
	return true;
}

int64_t znp_event_next(const struct znp_face *face)
{
	int i = first(face);

	return i < 0 ? INSTANT_NEVER : face->events[i].t_ns;
}

static bool is_of_devices(const struct znp_event *event)
{
	return event->kind == ZNP_BOOTS || event->kind == ZNP_REJOINS || event->kind == ZNP_TO_DONGLE;
}

void znp_event_forget(struct znp_face *face, bool all)
{
	int kept = 0, i;

	for (i = 0; i < face->event_count; i++)
		if (!all && is_of_devices(&face->events[i]))
			face->events[kept++] = face->events[i];
	face->event_count = kept;
}

bool znp_is_hit(struct znp_face *face, int64_t ppm)
{
	return ppm > 0 && draw_between(&face->draw, (struct draw_range){1, PPM}) <= ppm;
}

bool znp_is_spoilt(struct znp_face *face, enum znp_spoil what, int64_t t_ns, int device, const struct aps_frame *frame)
{
	return face->spoils && face->spoils(face->self, what, t_ns, device, frame);
}

void znp_tell_host(struct znp_face *face, int64_t t_ns, uint8_t type, uint8_t subsystem, uint8_t command, const void *data, size_t size)
{
	struct znp_event *event = znp_event_add(face, t_ns, ZNP_TO_HOST, -1);

	if (!event)
		return;
	event->frame = (struct mt_frame){.type = type, .subsystem = subsystem, .command = command, .size = (uint8_t)size};
	if (size > 0)
		memcpy(event->frame.data, data, size);
}

void znp_tell_host8(struct znp_face *face, int64_t t_ns, uint8_t type, uint8_t subsystem, uint8_t command, uint8_t value)
{
	znp_tell_host(face, t_ns, type, subsystem, command, &value, 1);
}
