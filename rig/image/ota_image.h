#ifndef HILRIG_RIG_IMAGE_OTA_IMAGE_H
#define HILRIG_RIG_IMAGE_OTA_IMAGE_H

/*
 * A ZigBee OTA image (ZCL chapter 11; layout in shared/facts/ota.md 3.1): a header, and behind it either elements, each with a
 * tag and a length, or, as GBCS builds them, the manufacturer's image as it is, then one octet that says whether a hub is to
 * replace what it holds, a length octet of 64, and the supplier's signature (GBCS 11.2.2, 11.2.3). Files come in containers, with
 * padding, and with what their makers added: what can be read is read, and said to be odd.
 *
 * The manufacturer's image inside is what a device hashes before it activates, and what the CPL and the command CS06 carry the
 * SHA-256 of (GBCS 11.2.4): everything between header and signature, where there is a signature; else the element that holds the
 * upgrade; else all that stands behind the header.
 *
 * Pure: bytes in, a description out. Offsets are from the front of the header, not of the file. Integers of the format are
 * little-endian.
 */

#include "rig/base/error.h"

#include <stddef.h>
#include <stdint.h>

#define OTA_IMAGE_MAGIC UINT32_C(0x0BEEF11E)
#define OTA_IMAGE_HEADER_LEAST 56      /* without optional fields */
#define OTA_IMAGE_HEADER_MOST 69       /* with all that are known */
#define OTA_IMAGE_NAME_SIZE 33         /* the header's string of 32 bytes, printable, with a terminating zero */
#define OTA_IMAGE_ELEMENTS_MAX 32
#define OTA_IMAGE_SIZE_MAX (64 * 1024 * 1024)
#define OTA_GBCS_SIGNATURE_SIZE 64
#define OTA_GBCS_TAIL_SIZE (2 + OTA_GBCS_SIGNATURE_SIZE)

enum ota_tag {
	OTA_TAG_UPGRADE = 0x0000, OTA_TAG_SIGNATURE_1 = 0x0001, OTA_TAG_CERTIFICATE_1 = 0x0002, OTA_TAG_INTEGRITY = 0x0003,
	OTA_TAG_PICTURE = 0x0004, OTA_TAG_SIGNATURE_2 = 0x0005, OTA_TAG_CERTIFICATE_2 = 0x0006, OTA_TAG_MANUFACTURER = 0xF000
};

/* What is unusual, and no reason not to serve it. */
enum ota_oddity {
	OTA_ODD_IN_FRONT,         /* bytes in front of the header: a container's, not served */
	OTA_ODD_BEHIND,           /* bytes behind what the header counts, not served */
	OTA_ODD_HEADER_VERSION,   /* not 0x0100 */
	OTA_ODD_HEADER_LONG,      /* more header than its fields take */
	OTA_ODD_FIELD_CONTROL,    /* bits that nobody has defined */
	OTA_ODD_STACK,            /* a stack version that nobody has defined */
	OTA_ODD_NAME,             /* bytes in the header's string that cannot be shown */
	OTA_ODD_HARDWARE,         /* the least hardware version is above the most */
	OTA_ODD_NO_ELEMENTS,      /* neither elements nor a signature at the end: all behind the header is taken for the image */
	OTA_ODD_WIDE_ELEMENTS,    /* elements have heads of 8 bytes, as Telink's, instead of 6 */
	OTA_ODD_REST,             /* bytes behind the last element */
	OTA_ODD_RESERVED_TAG,     /* 0x0007 to 0xEFFF */
	OTA_ODD_ELEMENT_SIZE,     /* a signature, certificate or integrity code of another size than its tag's */
	OTA_ODD_TWO_UPGRADES,     /* several elements of the upgrade: the first is taken */
	OTA_ODD_EMPTY,            /* nothing behind the header */
	OTA_ODD_SIGNATURE_BEHIND, /* a GBCS signature that the header does not count */
	OTA_ODDITY_COUNT
};

enum ota_integrity { OTA_INTEGRITY_NONE, OTA_INTEGRITY_RIGHT, OTA_INTEGRITY_WRONG };

struct ota_element {
	uint16_t tag;
	size_t at, size;       /* of its data */
};

struct ota_image {
	size_t file_at;        /* of the header in the file */
	size_t size;           /* as the header says; this is what is served */
	size_t behind;         /* bytes of the file behind it */
	uint16_t header_version, header_size, field_control, manufacturer, type, stack;
	uint32_t version;
	char name[OTA_IMAGE_NAME_SIZE];
	bool has_credential, has_destination, has_hardware;
	uint8_t credential;
	uint8_t destination[8]; /* EUI-64, least significant byte first, as in the file */
	uint16_t hardware_least, hardware_most;
	int element_count;
	struct ota_element elements[OTA_IMAGE_ELEMENTS_MAX];
	bool has_signature;    /* GBCS */
	size_t signature_at;   /* of its 64 bytes */
	size_t inner_at, inner_size; /* the manufacturer's image; size 0: there is none */
	enum ota_integrity integrity;
	unsigned oddities;     /* bits 1 << enum ota_oddity */
};

/*
 * Reads the image in a file: the first header in it that can be one. FAULT_CONFIGURATION where there is none, where it contradicts
 * itself, or where the file ends before what the header counts.
 */
MUST_USE bool ota_image_read(struct ota_image *image, const uint8_t *bytes, size_t size, struct error *error);

/* One line without a full stop. */
const char *ota_oddity_text(enum ota_oddity oddity);

/* "upgrade image", "ECDSA signature", ...; "manufacturer's", "reserved". */
const char *ota_tag_text(uint16_t tag);

/*
 * The other way round: a header as `image` says (manufacturer, type, version, stack, name, hardware), and behind it the payload, as
 * one element of the upgrade and one with the integrity code; or, with has_signature, as GBCS builds it, with `signature`. Returns
 * the size; `into` may be NULL to learn it, else it has room for so much. The name's 32 bytes may be used up.
 */
size_t ota_image_make(const struct ota_image *image, const uint8_t *payload, size_t payload_size, const uint8_t *signature,
		      uint8_t *into);

#endif
