/* Any bytes as a ZigBee OTA image: what is described lies inside them, and refusing is the worst that happens. */

#include "rig/image/fit.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct fit_device device = {"AB01", "010A030B", "0002012F"};
	static const struct fit_entry entry = {"E", "AB01", "010A030B", "00020130", "00", "Active"};
	struct ota_image image;
	struct error error;
	struct fit fit;
	int i;

	if (!ota_image_read(&image, bytes, size, &error)) {
		assert(strlen(error.text) > 0);
		return 0;
	}
	assert(image.file_at + image.size + image.behind == size);
	assert(image.file_at + image.inner_at + image.inner_size <= size);
	assert(!image.has_signature || image.file_at + image.signature_at + OTA_GBCS_SIGNATURE_SIZE <= size);
	assert(strlen(image.name) < OTA_IMAGE_NAME_SIZE);
	for (i = 0; i < image.element_count; i++)
		assert(image.elements[i].at + image.elements[i].size <= image.size);
	for (i = 0; i < OTA_ODDITY_COUNT; i++)
		assert(ota_oddity_text((enum ota_oddity)i));
	fit_image(&fit, &image, "", &device, &entry);
	assert(fit.count > 0 && fit.count <= FIT_ITEMS_MAX);
	return 0;
}
