/* One comparison after the other; each says what it compared. */

#include "rig/image/fit.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ANY 0xFFFFU

static void say(struct fit *fit, bool fits, const char *what, const char *format, ...) PRINTF_LIKE(4, 5);

static void say(struct fit *fit, bool fits, const char *what, const char *format, ...)
{
	struct fit_item *item = &fit->items[fit->count];
	va_list values;

	assert(fit->count < FIT_ITEMS_MAX); /* one that is dropped would be a misfit that nobody sees */
	fit->count++;
	fit->misfits += !fits;
	item->fits = fits;
	item->what = what;
	va_start(values, format);
	(void)vsnprintf(item->text, sizeof item->text, format, values);
	va_end(values);
}

static bool is_known(const char *text)
{
	return text && text[0];
}

/* So many digits, and nothing else; else it is no number, and fits nothing. */
static bool is_hex(const char *text, size_t digits)
{
	return strlen(text) == digits && strspn(text, "0123456789abcdefABCDEF") == digits;
}

static unsigned long hex_of(const char *text, size_t digits)
{
	char part[9];

	memcpy(part, text, digits);
	part[digits] = '\0';
	return strtoul(part, NULL, 16);
}

static void fit_manufacturer(struct fit *fit, const struct ota_image *image, const char *of, const char *manufacturer)
{
	bool number = is_hex(manufacturer, 4);

	say(fit, number && (image->manufacturer == ANY || hex_of(manufacturer, 4) == image->manufacturer), "manufacturer",
	    "the image is for %04X, the %s says %.40s", image->manufacturer, of, manufacturer);
}

static void fit_model(struct fit *fit, const struct ota_image *image, const char *of, const char *model)
{
	bool number = is_hex(model, 8);
	unsigned long type = number ? hex_of(model, 4) : 0, hardware = number ? hex_of(model + 4, 4) : 0;

	say(fit, number && (image->type == ANY || type == image->type), "image type", "the image is of type %04X, the %s says model %.40s",
	    image->type, of, model);
	if (image->has_hardware)
		say(fit, number && hardware >= image->hardware_least && hardware <= image->hardware_most, "hardware",
		    "the image is for hardware %04X to %04X, the %s says model %.40s", image->hardware_least, image->hardware_most, of, model);
}

static void fit_device(struct fit *fit, const struct ota_image *image, const struct fit_device *device)
{
	if (is_known(device->manufacturer))
		fit_manufacturer(fit, image, "device", device->manufacturer);
	if (is_known(device->model))
		fit_model(fit, image, "device", device->model);
	if (is_known(device->firmware))
		say(fit, is_hex(device->firmware, 8) && hex_of(device->firmware, 8) < image->version, "version",
		    "the image brings %08X, the device runs %.40s", (unsigned)image->version, device->firmware);
}

static void fit_entry(struct fit *fit, const struct ota_image *image, const char *inner, const struct fit_entry *entry)
{
	if (is_known(entry->hash))
		say(fit, strcasecmp(entry->hash, inner) == 0, "CPL hash", "the manufacturer's image inside has %.16s…, the entry %.16s…", inner,
		    entry->hash);
	if (is_known(entry->status))
		say(fit, strcasecmp(entry->status, "Active") == 0, "CPL status", "the entry is %.40s", entry->status);
	if (is_known(entry->manufacturer))
		fit_manufacturer(fit, image, "CPL entry", entry->manufacturer);
	if (is_known(entry->model))
		fit_model(fit, image, "CPL entry", entry->model);
	if (is_known(entry->firmware))
		say(fit, is_hex(entry->firmware, 8) && hex_of(entry->firmware, 8) == image->version, "CPL firmware",
		    "the image brings %08X, the entry says %.40s", (unsigned)image->version, entry->firmware);
}

void fit_image(struct fit *fit, const struct ota_image *image, const char inner[SHA256_HEX_SIZE], const struct fit_device *device,
	       const struct fit_entry *entry)
{
	*fit = (struct fit){.count = 0};
	say(fit, image->inner_size > 0, "content", "%zu bytes of the manufacturer's", image->inner_size);
	if (image->integrity != OTA_INTEGRITY_NONE)
		say(fit, image->integrity == OTA_INTEGRITY_RIGHT, "integrity", "its code and its bytes %s",
		    image->integrity == OTA_INTEGRITY_RIGHT ? "agree" : "differ: it was changed or cut together");
	say(fit, !(image->oddities & 1U << OTA_ODD_SIGNATURE_BEHIND), "signature", "%s",
	    !image->has_signature ? "none of GBCS: production meters want one"
				  : image->oddities & 1U << OTA_ODD_SIGNATURE_BEHIND ? "behind what the header counts: it would not be served"
										     : "of GBCS, and served with it");
	fit_device(fit, image, device);
	if (entry->entry)
		fit_entry(fit, image, inner, entry);
}
