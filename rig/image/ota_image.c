/* Reading: the header field by field, then whichever of the layouts fits to the last byte. */

#include "rig/image/ota_image.h"

#include "rig/base/aes_mmo.h"

#include <assert.h>
#include <string.h>

#define ELEMENT_HEAD 6
#define ELEMENT_HEAD_WIDE 8
#define PLACE_OF_NAME 20
#define PLACE_OF_SIZE 52
#define BIT_CREDENTIAL 1U
#define BIT_DESTINATION 2U
#define BIT_HARDWARE 4U
#define STACK_MOST 3

static uint16_t get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t get32(const uint8_t *bytes)
{
	return get16(bytes) | (uint32_t)get16(bytes + 2) << 16;
}

static void odd(struct ota_image *image, enum ota_oddity oddity)
{
	image->oddities |= 1U << oddity;
}

const char *ota_oddity_text(enum ota_oddity oddity)
{
	static const char *const texts[OTA_ODDITY_COUNT] = {
		[OTA_ODD_IN_FRONT] = "something stands in front of the header, as of a container; it is not served",
		[OTA_ODD_BEHIND] = "something stands behind what the header counts; it is not served",
		[OTA_ODD_HEADER_VERSION] = "the header's version is not 0x0100",
		[OTA_ODD_HEADER_LONG] = "the header is longer than its fields",
		[OTA_ODD_FIELD_CONTROL] = "the header's field control has bits that nobody has defined",
		[OTA_ODD_STACK] = "the stack version is none that is defined (0 to 3)",
		[OTA_ODD_NAME] = "the header's string has bytes that cannot be shown",
		[OTA_ODD_HARDWARE] = "the least hardware version is above the most: it fits nothing",
		[OTA_ODD_NO_ELEMENTS] = "neither elements nor a signature at the end: all behind the header is taken for the manufacturer's image",
		[OTA_ODD_WIDE_ELEMENTS] = "its elements have heads of 8 bytes instead of 6",
		[OTA_ODD_REST] = "bytes are left over behind the last element",
		[OTA_ODD_RESERVED_TAG] = "an element has a reserved tag",
		[OTA_ODD_ELEMENT_SIZE] = "a signature, a certificate or an integrity code has not the size of its tag",
		[OTA_ODD_TWO_UPGRADES] = "several elements hold an upgrade; the first is taken",
		[OTA_ODD_EMPTY] = "nothing stands behind the header",
		[OTA_ODD_SIGNATURE_BEHIND] = "its signature stands behind what the header counts: it would not be served",
	};

	return texts[oddity];
}

/* ---- Elements ---- */

/* 0: its tag demands no size. */
static size_t size_of_tag(uint16_t tag)
{
	static const uint16_t sizes[] = {0, 8 + 42, 48, AES_MMO_SIZE, 0, 8 + 72, 74};

	return tag < sizeof sizes / sizeof *sizes ? sizes[tag] : 0;
}

const char *ota_tag_text(uint16_t tag)
{
	static const char *const texts[] = {"upgrade image", "ECDSA signature, suite 1", "ECDSA certificate, suite 1", "integrity code",
					    "picture", "ECDSA signature, suite 2", "ECDSA certificate, suite 2"};

	if (tag < sizeof texts / sizeof *texts)
		return texts[tag];
	return tag >= OTA_TAG_MANUFACTURER ? "manufacturer's" : "reserved";
}

/* Walks from `at` up to `end`; returns where it got to: `end` if the elements fit exactly. */
static size_t walk_elements(struct ota_image *image, const uint8_t *header, size_t at, size_t end, size_t head)
{
	image->element_count = 0;
	while (end - at >= head && image->element_count < OTA_IMAGE_ELEMENTS_MAX) {
		struct ota_element *element = &image->elements[image->element_count];
		size_t size = get32(header + at + 2);

		if (size > end - at - head)
			break;
		*element = (struct ota_element){get16(header + at), at + head, size};
		image->element_count++;
		at += head + size;
	}
	return at;
}

static bool has_tail(const uint8_t *header, size_t end)
{
	return header[end - OTA_GBCS_TAIL_SIZE] <= 1 && header[end - OTA_GBCS_TAIL_SIZE + 1] == OTA_GBCS_SIGNATURE_SIZE;
}

static void take_signature(struct ota_image *image, size_t end)
{
	image->has_signature = true;
	image->signature_at = end - OTA_GBCS_SIGNATURE_SIZE;
	image->inner_at = image->header_size;
	image->inner_size = end - OTA_GBCS_TAIL_SIZE - image->header_size;
}

static void look_at_elements(struct ota_image *image, const uint8_t *header)
{
	size_t head = image->oddities & 1U << OTA_ODD_WIDE_ELEMENTS ? ELEMENT_HEAD_WIDE : ELEMENT_HEAD;
	const struct ota_element *upgrade = NULL;
	unsigned char hash[AES_MMO_SIZE];
	int i;

	for (i = 0; i < image->element_count; i++) {
		const struct ota_element *element = &image->elements[i];

		if (size_of_tag(element->tag) && element->size != size_of_tag(element->tag))
			odd(image, OTA_ODD_ELEMENT_SIZE);
		if (element->tag > OTA_TAG_CERTIFICATE_2 && element->tag < OTA_TAG_MANUFACTURER)
			odd(image, OTA_ODD_RESERVED_TAG);
		if (element->tag == OTA_TAG_UPGRADE && upgrade)
			odd(image, OTA_ODD_TWO_UPGRADES);
		if (element->tag == OTA_TAG_UPGRADE && !upgrade)
			upgrade = element;
		if (element->tag == OTA_TAG_INTEGRITY && element->size == AES_MMO_SIZE) { /* of all in front of this element */
			aes_mmo(header, element->at - head, hash);
			image->integrity = memcmp(hash, header + element->at, AES_MMO_SIZE) == 0 ? OTA_INTEGRITY_RIGHT : OTA_INTEGRITY_WRONG;
		}
	}
	if (!upgrade && image->element_count > 0)
		upgrade = &image->elements[0];
	if (upgrade && !image->has_signature) {
		image->inner_at = upgrade->at;
		image->inner_size = upgrade->size;
	}
}

/* Makers add a few bytes behind their last element; more than an element's head would be one that does not fit. */
static bool is_rest(size_t left)
{
	return left < ELEMENT_HEAD;
}

static void read_payload(struct ota_image *image, const uint8_t *header)
{
	size_t at = image->header_size, end = image->size, reached;
	bool tail = end - at > OTA_GBCS_TAIL_SIZE && has_tail(header, end);

	if (at == end) {
		odd(image, OTA_ODD_EMPTY);
		return;
	}
	reached = walk_elements(image, header, at, end, ELEMENT_HEAD);
	if (reached != end && tail) {
		take_signature(image, end);
		reached = walk_elements(image, header, at, end - OTA_GBCS_TAIL_SIZE, ELEMENT_HEAD);
		if (reached != end - OTA_GBCS_TAIL_SIZE)
			image->element_count = 0; /* the manufacturer's image is his own affair */
	} else if (reached != end) {
		size_t wide = walk_elements(image, header, at, end, ELEMENT_HEAD_WIDE);

		if (wide == end) {
			odd(image, OTA_ODD_WIDE_ELEMENTS);
		} else {
			reached = walk_elements(image, header, at, end, ELEMENT_HEAD);
			if (image->element_count == 0 || !is_rest(end - reached)) {
				image->element_count = 0;
				odd(image, OTA_ODD_NO_ELEMENTS);
				image->inner_at = at;
				image->inner_size = end - at;
			} else {
				odd(image, OTA_ODD_REST);
			}
		}
	}
	if (!image->has_signature && image->behind == OTA_GBCS_TAIL_SIZE && has_tail(header, end + OTA_GBCS_TAIL_SIZE)) {
		take_signature(image, end + OTA_GBCS_TAIL_SIZE);
		odd(image, OTA_ODD_SIGNATURE_BEHIND);
	}
	look_at_elements(image, header);
}

/* ---- The header ---- */

static void read_name(struct ota_image *image, const uint8_t *name)
{
	size_t i;

	for (i = 0; i < OTA_IMAGE_NAME_SIZE - 1 && name[i]; i++) {
		bool shown = name[i] >= ' ' && name[i] <= '~';

		image->name[i] = shown ? (char)name[i] : '?';
		if (!shown)
			odd(image, OTA_ODD_NAME);
	}
	image->name[i] = '\0';
}

/* Returns how long the header is with the optional fields that it announces. */
static size_t read_options(struct ota_image *image, const uint8_t *header)
{
	size_t at = OTA_IMAGE_HEADER_LEAST;

	image->has_credential = image->field_control & BIT_CREDENTIAL;
	image->has_destination = image->field_control & BIT_DESTINATION;
	image->has_hardware = image->field_control & BIT_HARDWARE;
	if (image->has_credential)
		at += 1;
	if (image->has_destination)
		at += 8;
	if (image->has_hardware)
		at += 4;
	if (at > image->header_size)
		return at;
	at = OTA_IMAGE_HEADER_LEAST;
	if (image->has_credential)
		image->credential = header[at++];
	if (image->has_destination) {
		memcpy(image->destination, header + at, 8);
		at += 8;
	}
	if (image->has_hardware) {
		image->hardware_least = get16(header + at);
		image->hardware_most = get16(header + at + 2);
		at += 4;
	}
	return at;
}

static bool read_header(struct ota_image *image, const uint8_t *header, size_t size, struct error *error)
{
	size_t fields;

	if (size < OTA_IMAGE_HEADER_LEAST)
		return error_set(error, FAULT_CONFIGURATION, "the OTA header is cut short: %zu of %d bytes", size, OTA_IMAGE_HEADER_LEAST);
	image->header_version = get16(header + 4);
	image->header_size = get16(header + 6);
	image->field_control = get16(header + 8);
	image->manufacturer = get16(header + 10);
	image->type = get16(header + 12);
	image->version = get32(header + 14);
	image->stack = get16(header + 18);
	read_name(image, header + PLACE_OF_NAME);
	image->size = get32(header + PLACE_OF_SIZE);
	if (image->header_size < OTA_IMAGE_HEADER_LEAST)
		return error_set(error, FAULT_CONFIGURATION, "the OTA header says that it has %d bytes; it has %d at least", image->header_size,
				 OTA_IMAGE_HEADER_LEAST);
	if (image->size < image->header_size)
		return error_set(error, FAULT_CONFIGURATION, "the OTA header says that the image has %zu bytes, and has %d itself", image->size,
				 image->header_size);
	if (image->size > size)
		return error_set(error, FAULT_CONFIGURATION, "the image is cut short: its header says %zu bytes, and there are %zu", image->size, size);
	fields = read_options(image, header);
	if (fields > image->header_size)
		return error_set(error, FAULT_CONFIGURATION, "the OTA header has %d bytes, and its fields take %zu", image->header_size, fields);
	image->behind = size - image->size;
	if (fields < image->header_size)
		odd(image, OTA_ODD_HEADER_LONG);
	if (image->header_version != 0x0100)
		odd(image, OTA_ODD_HEADER_VERSION);
	if (image->field_control & ~(BIT_CREDENTIAL | BIT_DESTINATION | BIT_HARDWARE))
		odd(image, OTA_ODD_FIELD_CONTROL);
	if (image->stack > STACK_MOST)
		odd(image, OTA_ODD_STACK);
	if (image->has_hardware && image->hardware_least > image->hardware_most)
		odd(image, OTA_ODD_HARDWARE);
	if (image->behind > 0)
		odd(image, OTA_ODD_BEHIND);
	return true;
}

/* Containers may hold the magic by chance: the first header that can be one counts, and the first one's error if none can. */
bool ota_image_read(struct ota_image *image, const uint8_t *bytes, size_t size, struct error *error)
{
	static const uint8_t magic[] = {0x1E, 0xF1, 0xEE, 0x0B};
	struct error first = {.text = ""};
	bool found = false;
	size_t at;

	for (at = 0; at + sizeof magic <= size; at++) {
		struct error why;

		if (bytes[at] != magic[0] || memcmp(bytes + at, magic, sizeof magic) != 0)
			continue;
		memset(image, 0, sizeof *image);
		if (read_header(image, bytes + at, size - at, &why)) {
			image->file_at = at;
			if (at > 0)
				odd(image, OTA_ODD_IN_FRONT);
			read_payload(image, bytes + at);
			return true;
		}
		if (!found)
			first = why;
		found = true;
	}
	if (!found)
		return error_set(error, FAULT_CONFIGURATION, "no ZigBee OTA header in it: no bytes 1E F1 EE 0B");
	*error = first;
	return false;
}

/* ---- The other way round ---- */

static uint8_t *put16(uint8_t *to, unsigned value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
	return to + 2;
}

static uint8_t *put32(uint8_t *to, size_t value)
{
	return put16(put16(to, value & 0xFFFF), (unsigned)(value >> 16) & 0xFFFF);
}

static uint8_t *put_element(uint8_t *to, enum ota_tag tag, const void *bytes, size_t size)
{
	to = put32(put16(to, tag), size);
	memcpy(to, bytes, size);
	return to + size;
}

size_t ota_image_make(const struct ota_image *image, const uint8_t *payload, size_t payload_size, const uint8_t *signature,
		      uint8_t *into)
{
	size_t header_size = OTA_IMAGE_HEADER_LEAST + (image->has_hardware ? 4 : 0);
	size_t size = header_size + payload_size + (image->has_signature ? OTA_GBCS_TAIL_SIZE : 2 * ELEMENT_HEAD + AES_MMO_SIZE);
	unsigned char hash[AES_MMO_SIZE];
	uint8_t *to = into;

	assert(size <= OTA_IMAGE_SIZE_MAX);
	if (!into)
		return size;
	to = put16(put16(put32(to, OTA_IMAGE_MAGIC), 0x0100), (unsigned)header_size);
	to = put16(put16(put16(to, image->has_hardware ? BIT_HARDWARE : 0), image->manufacturer), image->type);
	to = put16(put32(to, image->version), image->stack);
	memset(to, 0, OTA_IMAGE_NAME_SIZE - 1);
	memcpy(to, image->name, strlen(image->name));
	to = put32(to + OTA_IMAGE_NAME_SIZE - 1, size);
	if (image->has_hardware)
		to = put16(put16(to, image->hardware_least), image->hardware_most);
	if (image->has_signature) {
		memcpy(to, payload, payload_size);
		to += payload_size;
		*to++ = 0; /* whether a hub is to replace the image that it holds; meters do not look at it */
		*to++ = OTA_GBCS_SIGNATURE_SIZE;
		memcpy(to, signature, OTA_GBCS_SIGNATURE_SIZE);
		to += OTA_GBCS_SIGNATURE_SIZE;
	} else {
		to = put_element(to, OTA_TAG_UPGRADE, payload, payload_size);
		aes_mmo(into, (size_t)(to - into), hash);
		to = put_element(to, OTA_TAG_INTEGRITY, hash, sizeof hash);
	}
	assert(to == into + size);
	return size;
}
