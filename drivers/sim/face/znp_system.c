/* SYS, UTIL, SAPI and APP_CNF: the dongle itself, its memory, and how it is commissioned. */

#include "drivers/sim/face/znp_private.h"

#define READ_MOST (MT_DATA_MAX - 2)
#define CAPABILITIES_3 0x0659           /* as CC2652 coordinators say, and ... */
#define CAPABILITIES_1 0x0179           /* ... CC2531 */
#define OPERATION_FAILED 0x0A
#define COMMISSION_FORM 4

/* ---- Memory ---- */

static void read_item(struct znp_face *face, struct znp_request *request, uint8_t system, uint16_t id, uint16_t sub, size_t offset, size_t most)
{
	const struct znp_memory_item *item = znp_memory_find(&face->memory, system, id, sub);
	size_t size;

	if (request->in.cut || !item || offset > item->size) {
		octets_put(&request->answer, ZNP_MEMORY_INVALID, 1);
		octets_put(&request->answer, 0, 1);
		return;
	}
	size = item->size - offset < most ? item->size - offset : most;
	octets_put(&request->answer, ZNP_MEMORY_DONE, 1);
	octets_put(&request->answer, size, 1);
	octets_put_bytes(&request->answer, item->bytes + offset, size);
}

static void write_item(struct znp_face *face, struct znp_request *request, uint8_t system, uint16_t id, uint16_t sub, size_t offset, size_t size)
{
	const uint8_t *bytes = octets_take(&request->in, size);

	request->bad_length = !bytes;
	if (bytes)
		octets_put(&request->answer, znp_memory_write(&face->memory, system, id, sub, offset, bytes, size), 1);
}

static void make_item(struct znp_face *face, struct znp_request *request)
{
	uint16_t id = octets_get16(&request->in), size = octets_get16(&request->in);
	size_t given = octets_get8(&request->in);
	const uint8_t *bytes = octets_take(&request->in, given);

	request->bad_length = !bytes;
	if (bytes)
		octets_put(&request->answer, znp_memory_make(&face->memory, 0, id, 0, size, bytes, given), 1);
}

static void delete_item(struct znp_face *face, struct znp_request *request)
{
	uint16_t id = octets_get16(&request->in), size = octets_get16(&request->in);
	const struct znp_memory_item *item = znp_memory_find(&face->memory, 0, id, 0);

	octets_put(&request->answer,
		   item && item->size != size ? ZNP_MEMORY_BAD_LENGTH : znp_memory_delete(&face->memory, 0, id, 0), 1);
}

/* The tables of Z-Stack 3.x.0. */
static bool take_table(struct znp_face *face, struct znp_request *request)
{
	uint8_t system = octets_get8(&request->in);
	uint16_t id = octets_get16(&request->in), sub = octets_get16(&request->in), offset;
	const struct znp_memory_item *item = znp_memory_find(&face->memory, system, id, sub);
	enum znp_memory_status status;
	size_t size;

	switch (request->command) {
	case 0x30:
		size = octets_get32(&request->in);
		status = znp_memory_make(&face->memory, system, id, sub, size, NULL, 0);
		octets_put(&request->answer, status == ZNP_MEMORY_MADE ? ZNP_SUCCESS : OPERATION_FAILED, 1);
		return true;
	case 0x31:
		status = znp_memory_delete(&face->memory, system, id, sub);
		octets_put(&request->answer, status == ZNP_MEMORY_DONE ? ZNP_SUCCESS : OPERATION_FAILED, 1);
		return true;
	case 0x32:
		octets_put(&request->answer, item ? item->size : 0, 4);
		return true;
	case 0x33:
		offset = octets_get16(&request->in);
		read_item(face, request, system, id, sub, offset, octets_get8(&request->in));
		return true;
	case 0x34:
		offset = octets_get16(&request->in);
		write_item(face, request, system, id, sub, offset, octets_get8(&request->in));
		return true;
	case 0x35:
		size = octets_get8(&request->in);
		if (!item || item->size != size) {
			(void)znp_memory_delete(&face->memory, system, id, sub);
			(void)znp_memory_make(&face->memory, system, id, sub, size, NULL, 0);
		}
		write_item(face, request, system, id, sub, 0, size);
		return true;
	default:
		return false;
	}
}

static bool take_memory(struct znp_face *face, struct znp_request *request)
{
	const struct znp_memory_item *item;
	uint16_t id, offset;

	switch (request->command) {
	case 0x07:
		make_item(face, request);
		return true;
	case 0x08:
		id = octets_get16(&request->in);
		read_item(face, request, 0, id, 0, octets_get8(&request->in), READ_MOST);
		return true;
	case 0x1C:
		id = octets_get16(&request->in);
		read_item(face, request, 0, id, 0, octets_get16(&request->in), READ_MOST);
		return true;
	case 0x09:
		id = octets_get16(&request->in);
		offset = octets_get8(&request->in);
		write_item(face, request, 0, id, 0, offset, octets_get8(&request->in));
		return true;
	case 0x1D:
		id = octets_get16(&request->in);
		offset = octets_get16(&request->in);
		write_item(face, request, 0, id, 0, offset, octets_get16(&request->in));
		return true;
	case 0x12:
		delete_item(face, request);
		return true;
	case 0x13:
		item = znp_memory_find(&face->memory, 0, octets_get16(&request->in), 0);
		octets_put(&request->answer, item ? item->size : 0, 2);
		return true;
	default:
		return face->settings.product == ZNP_3_X_0 && take_table(face, request);
	}
}

/* ---- SYS ---- */

static void put_version(const struct znp_face *face, struct octets_out *out)
{
	bool new = face->settings.product == ZNP_3_X_0;

	octets_put(out, 2, 1);
	octets_put(out, face->settings.product, 1);
	octets_put(out, 2, 1);
	octets_put(out, new ? 7 : 6, 1);
	octets_put(out, new ? 1 : 3, 1);
	octets_put(out, face->settings.revision ? face->settings.revision : new ? 20230507 : 20190608, 4);
}

bool znp_system_take(struct znp_face *face, struct znp_request *request)
{
	switch (request->command) {
	case 0x01:
		octets_put(&request->answer, face->settings.product == ZNP_3_X_0 ? CAPABILITIES_3 : CAPABILITIES_1, 2);
		return true;
	case 0x02:
		put_version(face, &request->answer);
		return true;
	case 0x04:
		octets_put(&request->answer, face->settings.ieee, 8);
		return true;
	default:
		return take_memory(face, request);
	}
}

/* ---- UTIL ---- */

static void put_device_info(const struct znp_face *face, struct octets_out *out)
{
	int children = 0, i;

	for (i = 0; i < face->device_count; i++)
		children += face->devices[i].joined && face->devices[i].settings.hops == 0;
	octets_put(out, ZNP_SUCCESS, 1);
	octets_put(out, face->settings.ieee, 8);
	octets_put(out, face->node.address, 2);
	octets_put(out, 7, 1); /* may be any type of device */
	octets_put(out, face->network.state, 1);
	octets_put(out, (uint64_t)children, 1);
	for (i = 0; i < face->device_count; i++)
		if (face->devices[i].joined && face->devices[i].settings.hops == 0)
			octets_put(out, face->devices[i].node.address, 2);
}

/* An entry of the associated devices: address, index, relation, and what else stands there. */
static void put_association(const struct znp_face *face, struct znp_request *request, struct octets_out *out)
{
	uint64_t ieee = octets_get(&request->in, 8);
	int device = ieee ? znp_face_find(face, ieee) : znp_air_find(face, octets_get16(&request->in));
	bool child = device >= 0 && face->devices[device].joined && face->devices[device].settings.hops == 0;

	octets_put(out, child ? face->devices[device].node.address : 0xFFFE, 2);
	octets_put(out, child ? (unsigned)device : 0xFFFF, 2);
	octets_put(out, !child ? 0xFF : face->devices[device].settings.router ? 3 : face->devices[device].settings.sleepy ? 1 : 2, 1);
	octets_put(out, 0, 8);
	octets_put(out, 0, 5);
}

bool znp_utility_take(struct znp_face *face, struct znp_request *request)
{
	switch (request->command) {
	case 0x00:
		put_device_info(face, &request->answer);
		return true;
	case 0x06: /* callbacks */
	case 0x0A: /* lamp */
		octets_put(&request->answer, ZNP_SUCCESS, 1);
		return true;
	case 0x4A:
		put_association(face, request, &request->answer);
		return true;
	case 0x63: /* of Koenkk's builds */
	case 0x64:
		if (face->settings.product != ZNP_3_X_0)
			return false;
		octets_put(&request->answer, ZNP_SUCCESS, 1);
		return true;
	default:
		return false;
	}
}

/* ---- SAPI: items by a number of 8 bits ---- */

bool znp_simple_take(struct znp_face *face, struct znp_request *request)
{
	const struct znp_memory_item *item;
	const uint8_t *bytes;
	uint8_t id, size;

	if (face->settings.product != ZNP_1_2 || (request->command != 0x04 && request->command != 0x05))
		return false;
	id = octets_get8(&request->in);
	if (request->command == 0x05) {
		size = octets_get8(&request->in);
		bytes = octets_take(&request->in, size);
		request->bad_length = !bytes;
		if (bytes)
			znp_memory_set(&face->memory, id, bytes, size);
		octets_put(&request->answer, ZNP_SUCCESS, 1);
		return true;
	}
	item = znp_memory_find(&face->memory, 0, id, 0);
	octets_put(&request->answer, item ? ZNP_SUCCESS : ZNP_INVALID_PARAMETER, 1);
	octets_put(&request->answer, id, 1);
	octets_put(&request->answer, item ? item->size : 0, 1);
	if (item)
		octets_put_bytes(&request->answer, item->bytes, item->size);
	return true;
}

/* ---- APP_CNF ---- */

static void commission(struct znp_face *face, int64_t t_ns, uint8_t mode)
{
	if (znp_network_resume(face, t_ns))
		return;
	if (mode & COMMISSION_FORM)
		znp_network_form(face, t_ns);
}

#define CODE_IS_KEY 2

/* As a key only: that is what the host sends. */
static uint8_t take_code(struct znp_face *face, struct octets_in *in)
{
	uint8_t format = octets_get8(in);
	int device = znp_face_find(face, octets_get(in, 8));
	const uint8_t *key = octets_take(in, 16);

	if (format != CODE_IS_KEY || !key || octets_left(in) > 0)
		return ZNP_FAILURE;
	if (device >= 0) {
		face->devices[device].key_given = true;
		memcpy(face->devices[device].given_key, key, 16);
	}
	return ZNP_SUCCESS;
}

bool znp_commission_take(struct znp_face *face, struct znp_request *request)
{
	uint8_t primary;

	if (face->settings.product != ZNP_3_X_0)
		return false;
	switch (request->command) {
	case 0x04:
		octets_put(&request->answer, take_code(face, &request->in), 1);
		return true;
	case 0x09: /* whether keys must be exchanged */
		break;
	case 0x05:
		commission(face, request->t_ns, octets_get8(&request->in));
		break;
	case 0x08:
		primary = octets_get8(&request->in);
		if (primary)
			face->channels = octets_get32(&request->in);
		break;
	default:
		return false;
	}
	octets_put(&request->answer, ZNP_SUCCESS, 1);
	return true;
}
