#ifndef HILRIG_RIG_IMAGE_FIT_H
#define HILRIG_RIG_IMAGE_FIT_H

/*
 * Whether an image is for a device, and whether it is the one that was certified: its header beside what a load sheet says of the
 * device, and the digest of the manufacturer's image inside beside an entry of the CPL (Certified Products List, SEC Appendix Z).
 * Pure. What a device or an entry does not say is not compared.
 */

#include "rig/base/sha256.h"
#include "rig/image/ota_image.h"

#define FIT_ITEMS_MAX 13            /* three of the image, four of the device, six of the entry */
#define FIT_TEXT_SIZE 160

/* Hexadecimal as in load sheets and the CPL; "" or NULL: not known. A model is the image type and the hardware version behind it. */
struct fit_device {
	const char *manufacturer;  /* 4 digits */
	const char *model;         /* 8 digits */
	const char *firmware;      /* 8 digits; what runs now */
};

struct fit_entry {
	const char *entry;         /* the CPL's name for it; NULL: none is compared */
	const char *manufacturer, *model, *firmware;
	const char *hash;          /* 64 digits */
	const char *status;        /* "Active", "Cancelled", "Expired", "Withdrawn" */
};

struct fit_item {
	bool fits;
	const char *what;          /* "manufacturer", "hardware", "CPL hash", ... */
	char text[FIT_TEXT_SIZE];  /* why, or why not */
};

struct fit {
	int count, misfits;
	struct fit_item items[FIT_ITEMS_MAX];
};

/* `inner` is the digest of the manufacturer's image in lower-case hex. */
void fit_image(struct fit *fit, const struct ota_image *image, const char inner[SHA256_HEX_SIZE], const struct fit_device *device,
	       const struct fit_entry *entry);

#endif
