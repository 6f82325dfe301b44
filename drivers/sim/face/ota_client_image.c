/* Whether an image that was received is one: sizes, identity, elements, integrity code. Written on its own: rig/image is what is tested. */

#include "drivers/sim/face/ota_client.h"

#include "rig/base/aes_mmo.h"

#define MAGIC 0x0BEEF11EU
#define HEADER_LEAST 56
#define TAG_INTEGRITY 0x0003
#define ELEMENT_HEAD 6

/* Elements end where the image does; one that does not fit means that this maker has none. A wrong integrity code is wrong. */
static bool elements_are_good(const uint8_t *bytes, size_t size, size_t header_size)
{
	struct octets_in in = octets_in(bytes, size);
	uint8_t hash[AES_MMO_SIZE];

	in.at = header_size;
	while (octets_left(&in) >= ELEMENT_HEAD) {
		size_t front = in.at;
		uint16_t tag = octets_get16(&in);
		uint32_t length = octets_get32(&in);
		const uint8_t *data = octets_take(&in, length);

		if (!data)
			return true;
		if (tag != TAG_INTEGRITY || length != AES_MMO_SIZE)
			continue;
		aes_mmo(bytes, front, hash);
		return memcmp(hash, data, sizeof hash) == 0;
	}
	return true;
}

bool ota_client_image_is_good(const uint8_t *bytes, size_t size, const struct ota_client_settings *settings, uint32_t version)
{
	struct octets_in in = octets_in(bytes, size);
	uint16_t header_size, manufacturer, type;
	uint32_t magic, said, total;

	magic = octets_get32(&in);
	(void)octets_get16(&in); /* header version */
	header_size = octets_get16(&in);
	(void)octets_get16(&in); /* field control */
	manufacturer = octets_get16(&in);
	type = octets_get16(&in);
	said = octets_get32(&in);
	(void)octets_get16(&in); /* stack */
	(void)octets_take(&in, 32);
	total = octets_get32(&in);
	if (in.cut || magic != MAGIC || header_size < HEADER_LEAST || header_size > size || total != size || said != version)
		return false;
	if (manufacturer != OTA_ANY_MANUFACTURER && manufacturer != settings->manufacturer)
		return false;
	if (type != OTA_ANY_TYPE && type != settings->type)
		return false;
	return elements_are_good(bytes, size, header_size);
}
