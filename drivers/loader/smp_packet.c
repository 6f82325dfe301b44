/* Headers and the maps of answers. */

#include "drivers/loader/smp_packet.h"

#include <string.h>

#define OPERATION_BITS 7

void smp_packet_put_header(uint8_t *packet, size_t size, const struct smp_header *header)
{
	size_t length = size - SMP_HEADER_SIZE;

	packet[0] = (uint8_t)header->operation;
	packet[1] = 0;
	packet[2] = (uint8_t)(length >> 8);
	packet[3] = (uint8_t)length;
	packet[4] = (uint8_t)(header->group >> 8);
	packet[5] = (uint8_t)header->group;
	packet[6] = header->sequence;
	packet[7] = header->command;
}

bool smp_packet_get_header(struct smp_header *header, const uint8_t *packet, size_t size)
{
	if (size < SMP_HEADER_SIZE || (size_t)(packet[2] << 8 | packet[3]) != size - SMP_HEADER_SIZE)
		return false;
	header->operation = (enum smp_operation)(packet[0] & OPERATION_BITS);
	header->group = (uint16_t)(packet[4] << 8 | packet[5]);
	header->sequence = packet[6];
	header->command = packet[7];
	return true;
}

/* ---- Answers ---------------------------------------------------------------------------------------------------- */

static void copy_text(char *to, size_t size, const struct cbor_item *item)
{
	size_t i;

	if (item->kind != CBOR_TEXT)
		return;
	for (i = 0; i < item->number && i + 1 < size; i++)
		to[i] = item->bytes[i] >= ' ' && item->bytes[i] <= '~' ? (char)item->bytes[i] : '?';
	to[i] = '\0';
}

/* Beyond every number that means something, what is said is that it was refused. */
static int64_t refusal(const struct cbor_item *item)
{
	if (item->kind != CBOR_NUMBER)
		return item->kind == CBOR_NEGATIVE ? -1 : 0;
	return item->number > INT32_MAX ? INT32_MAX : (int64_t)item->number;
}

/* Version 2 of SMP: {group, rc}. */
static void get_error(struct smp_answer *answer, struct cbor_in *in, const struct cbor_item *head)
{
	struct cbor_left left = cbor_begin(head);
	struct cbor_item key, value;

	if (head->kind != CBOR_MAP) {
		cbor_skip(in, head);
		return;
	}
	while (cbor_more(in, &left) && cbor_get_pair(in, &key, &value)) {
		if (cbor_is(&key, "rc"))
			answer->refused = refusal(&value);
		cbor_skip(in, &value);
	}
}

static void get_image(struct smp_answer *answer, struct cbor_in *in, const struct cbor_item *head)
{
	struct cbor_left left = cbor_begin(head);
	struct smp_image image = {.active = false};
	struct cbor_item key, value;
	uint64_t number = 0;

	if (head->kind != CBOR_MAP) {
		cbor_skip(in, head);
		return;
	}
	while (cbor_more(in, &left) && cbor_get_pair(in, &key, &value)) {
		if (cbor_is(&key, "image") && value.kind == CBOR_NUMBER)
			number = value.number;
		else if (cbor_is(&key, "active"))
			image.active = value.kind == CBOR_SIMPLE && value.number == 21;
		else if (cbor_is(&key, "version"))
			copy_text(image.version, sizeof image.version, &value);
		else if (cbor_is(&key, "hash") && value.kind == CBOR_BYTES && value.number <= SMP_HASH_MAX)
			memcpy(image.hash, value.bytes, image.hash_size = (size_t)value.number);
		cbor_skip(in, &value);
	}
	if (number == 0 && answer->image_count < SMP_IMAGES_MAX)
		answer->images[answer->image_count++] = image;
}

static void get_images(struct smp_answer *answer, struct cbor_in *in, const struct cbor_item *head)
{
	struct cbor_left left = cbor_begin(head);
	struct cbor_item item;

	if (head->kind != CBOR_LIST) {
		cbor_skip(in, head);
		return;
	}
	while (cbor_more(in, &left) && cbor_get(in, &item))
		get_image(answer, in, &item);
}

static void get_value(struct smp_answer *answer, struct cbor_in *in, const struct cbor_item *key, const struct cbor_item *value)
{
	if (cbor_is(key, "err")) {
		get_error(answer, in, value);
		return;
	}
	if (cbor_is(key, "images")) {
		get_images(answer, in, value);
		return;
	}
	if (cbor_is(key, "rc"))
		answer->refused = refusal(value);
	else if (cbor_is(key, "rsn"))
		copy_text(answer->reason, sizeof answer->reason, value);
	else if (cbor_is(key, "off") && value->kind == CBOR_NUMBER) {
		answer->has_offset = true;
		answer->offset = value->number;
	} else if (cbor_is(key, "buf_size") && value->kind == CBOR_NUMBER)
		answer->buffer_size = value->number;
	cbor_skip(in, value);
}

bool smp_packet_get_answer(struct smp_answer *answer, const uint8_t *packet, size_t size)
{
	struct cbor_in in = {.bytes = packet + SMP_HEADER_SIZE, .size = size - SMP_HEADER_SIZE};
	struct cbor_item head, key, value;
	struct cbor_left left;

	*answer = (struct smp_answer){.refused = 0};
	if (!cbor_get(&in, &head) || head.kind != CBOR_MAP)
		return false;
	for (left = cbor_begin(&head); cbor_more(&in, &left) && cbor_get_pair(&in, &key, &value);)
		get_value(answer, &in, &key, &value);
	return !in.bad && in.at == in.size;
}

const char *smp_refusal_name(int64_t refused)
{
	static const char *const names[] = {
		"done", "unknown", "no memory", "invalid value", "time-out", "no entry", "bad state", "answer too long", "not supported",
		"corrupt", "busy", "access denied", "protocol too old", "protocol too new",
	};

	return refused >= 0 && refused < (int64_t)(sizeof names / sizeof *names) ? names[refused] : "an error of its own";
}
