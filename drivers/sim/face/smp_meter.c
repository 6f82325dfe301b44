/* Requests, and what the meter makes of them. */

#include "drivers/sim/face/smp_meter.h"

#include <string.h>

enum { DONE = 0, INVALID = 3, BAD_STATE = 6, NOT_SUPPORTED = 8 };

struct request {
	uint64_t length, offset;
	bool has_length;
	const uint8_t *data, *hash;
	size_t data_size, hash_size;
};

void smp_meter_forget(struct smp_meter *meter)
{
	meter->frame = (struct smp_frame){.size = 0};
	meter->length = meter->at = 0;
	meter->marked = false;
}

static void get_value(struct request *request, const struct cbor_item *key, const struct cbor_item *value)
{
	if (cbor_is(key, "len") && value->kind == CBOR_NUMBER) {
		request->has_length = true;
		request->length = value->number;
	} else if (cbor_is(key, "off") && value->kind == CBOR_NUMBER) {
		request->offset = value->number;
	} else if (cbor_is(key, "data") && value->kind == CBOR_BYTES) {
		request->data = value->bytes;
		request->data_size = (size_t)value->number;
	} else if (cbor_is(key, "hash") && value->kind == CBOR_BYTES) {
		request->hash = value->bytes;
		request->hash_size = (size_t)value->number;
	}
}

static bool get_request(struct request *request, const uint8_t *packet, size_t size)
{
	struct cbor_in in = {.bytes = packet + SMP_HEADER_SIZE, .size = size - SMP_HEADER_SIZE};
	struct cbor_item head, key, value;
	struct cbor_left left;

	*request = (struct request){.length = 0};
	if (in.size == 0)
		return true;
	if (!cbor_get(&in, &head) || head.kind != CBOR_MAP)
		return false;
	for (left = cbor_begin(&head); cbor_more(&in, &left) && cbor_get_pair(&in, &key, &value);) {
		get_value(request, &key, &value);
		cbor_skip(&in, &value);
	}
	return !in.bad;
}

static void put_refusal(struct cbor_out *out, uint64_t refused)
{
	cbor_put_text(out, "rc");
	cbor_put_number(out, refused);
}

/* ---- Requests --------------------------------------------------------------------------------------------------- */

static void answer_upload(struct smp_meter *meter, const struct request *request, int64_t t_ns, struct cbor_out *out)
{
	if (request->offset == 0 && (!request->has_length || request->length == 0 || request->length > meter->room)) {
		put_refusal(out, INVALID);
		return;
	}
	if (request->offset == 0) {
		meter->device.begins(meter->device.self, t_ns);
		meter->length = (size_t)request->length;
		meter->at = 0;
		meter->marked = false;
	}
	if (request->offset == meter->at && request->data_size > 0 && request->data_size <= meter->length - meter->at) {
		memcpy(meter->image + meter->at, request->data, request->data_size);
		meter->at += request->data_size;
		if (meter->at == meter->length)
			meter->device.arrived(meter->device.self, t_ns, meter->length);
	}
	put_refusal(out, DONE);
	cbor_put_text(out, "off");
	cbor_put_number(out, meter->at);
}

static void put_image(struct cbor_out *out, const struct smp_image *image, bool pending)
{
	cbor_put_open(out, CBOR_MAP);
	cbor_put_text(out, "slot");
	cbor_put_number(out, image->active ? 0 : 1);
	cbor_put_text(out, "version");
	cbor_put_text(out, image->version);
	cbor_put_text(out, "hash");
	cbor_put_bytes(out, image->hash, image->hash_size);
	cbor_put_text(out, "pending");
	cbor_put_flag(out, pending);
	cbor_put_text(out, "active");
	cbor_put_flag(out, image->active);
	cbor_put_end(out);
}

static void put_state(struct smp_meter *meter, struct cbor_out *out)
{
	struct smp_image images[SMP_IMAGES_MAX];
	int count = meter->device.images(meter->device.self, images), i;

	cbor_put_text(out, "images");
	cbor_put_open(out, CBOR_LIST);
	for (i = 0; i < count; i++)
		put_image(out, &images[i], meter->marked && !images[i].active);
	cbor_put_end(out);
	cbor_put_text(out, "splitStatus");
	cbor_put_number(out, 0);
}

static void answer_mark(struct smp_meter *meter, const struct request *request, int64_t t_ns, struct cbor_out *out)
{
	struct smp_image images[SMP_IMAGES_MAX];
	int count = meter->device.images(meter->device.self, images), i;
	bool waits = false;

	for (i = 0; i < count; i++)
		waits |= !images[i].active && request->hash && images[i].hash_size == request->hash_size &&
		         memcmp(images[i].hash, request->hash, request->hash_size) == 0;
	if (!waits || !meter->device.marks(meter->device.self, t_ns)) {
		put_refusal(out, waits ? BAD_STATE : INVALID);
		return;
	}
	meter->marked = true;
	put_state(meter, out);
}

/* False: nothing is said. */
static bool answer(struct smp_meter *meter, const struct smp_header *header, const struct request *request, int64_t t_ns,
                   struct cbor_out *out, bool *restarts)
{
	bool write = header->operation == SMP_WRITE;

	cbor_put_open(out, CBOR_MAP);
	if (header->group == SMP_OS && header->command == SMP_OS_PARAMETERS && !write) {
		cbor_put_text(out, "buf_size");
		cbor_put_number(out, meter->buffer ? meter->buffer : SMP_METER_BUFFER);
		cbor_put_text(out, "buf_count");
		cbor_put_number(out, 4);
	} else if (header->group == SMP_OS && header->command == SMP_OS_RESET && write) {
		*restarts = true;
	} else if (header->group == SMP_IMAGE && header->command == SMP_IMAGE_UPLOAD && write) {
		answer_upload(meter, request, t_ns, out);
	} else if (header->group == SMP_IMAGE && header->command == SMP_IMAGE_STATE && write) {
		answer_mark(meter, request, t_ns, out);
	} else if (header->group == SMP_IMAGE && header->command == SMP_IMAGE_STATE) {
		put_state(meter, out);
	} else {
		put_refusal(out, NOT_SUPPORTED);
	}
	cbor_put_end(out);
	return !out->full;
}

size_t smp_meter_take(struct smp_meter *meter, int64_t t_ns, uint8_t byte, uint8_t *frame, bool *restarts)
{
	uint8_t reply[SMP_PACKET_MAX];
	struct cbor_out out = {.bytes = reply + SMP_HEADER_SIZE, .room = sizeof reply - SMP_HEADER_SIZE};
	struct smp_header header;
	struct request request;
	const uint8_t *packet;
	size_t size;

	*restarts = false;
	if (!smp_frame_take(&meter->frame, byte))
		return 0;
	packet = smp_frame_packet(&meter->frame, &size);
	if (size > (meter->buffer ? meter->buffer : SMP_METER_BUFFER) || !smp_packet_get_header(&header, packet, size) ||
	    (header.operation != SMP_READ && header.operation != SMP_WRITE) || !get_request(&request, packet, size) ||
	    !answer(meter, &header, &request, t_ns, &out, restarts))
		return 0;
	header.operation++;
	smp_packet_put_header(reply, out.size + SMP_HEADER_SIZE, &header);
	return smp_frame_put(frame, reply, out.size + SMP_HEADER_SIZE);
}
