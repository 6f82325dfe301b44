/* ZigBee OTA images: what is read of every field, what is odd, what is refused, and that what is made is read again. */

#include "rig/image/ota_image.h"

#include "rig/base/aes_mmo.h"
#include "rig/image/fit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 4096
#define HEADER 60

static uint8_t bytes[ROOM];
static size_t size;
static struct ota_image image;
static struct error error;

static void put(size_t at, size_t count, uint64_t value)
{
	for (; count > 0; count--, value >>= 8)
		bytes[at++] = (uint8_t)value;
}

static void set_size(size_t total)
{
	size = total;
	put(52, 4, total);
}

/* A header of 60 bytes with a hardware range, and so many bytes behind it that are no elements. */
static void header(size_t behind)
{
	size_t i;

	memset(bytes, 0, sizeof bytes);
	put(0, 4, OTA_IMAGE_MAGIC);
	put(4, 2, 0x0100);
	put(6, 2, HEADER);
	put(8, 2, 4);
	put(10, 2, 0xAB01);
	put(12, 2, 0x010A);
	put(14, 4, 0x00020130);
	put(18, 2, 2);
	memcpy(bytes + 20, "a name", 6);
	put(56, 2, 0x0300);
	put(58, 2, 0x030F);
	for (i = 0; i < behind; i++)
		bytes[HEADER + i] = (uint8_t)(0xA0 + i % 77);
	set_size(HEADER + behind);
}

static size_t element(size_t at, unsigned tag, size_t length)
{
	put(at, 2, tag);
	put(at + 2, 4, length);
	return at + 6 + length;
}

/* One element of the upgrade with 100 bytes. */
static void plain(void)
{
	header(106);
	(void)element(HEADER, OTA_TAG_UPGRADE, 100);
}

static bool reads(void)
{
	return ota_image_read(&image, bytes, size, &error);
}

static bool is_odd(enum ota_oddity oddity)
{
	return image.oddities & 1U << oddity;
}

static void the_hash_is_that_of_the_specification(void **state)
{
	/* ZigBee specification 053474r20, annex C.5: one byte, and one block. */
	static const unsigned char of_one[] = {0xAE, 0x3A, 0x10, 0x2A, 0x28, 0xD4, 0x3E, 0xE0, 0xD4, 0xA0, 0x9E, 0x22, 0x78, 0x8B, 0x20, 0x6C};
	static const unsigned char of_block[] = {0xA7, 0x97, 0x7E, 0x88, 0xBC, 0x0B, 0x61, 0xE8, 0x21, 0x08, 0x27, 0x10, 0x9A, 0x22, 0x8F, 0x2D};
	unsigned char message[16], hash[AES_MMO_SIZE];
	int i;

	(void)state;
	for (i = 0; i < 16; i++)
		message[i] = (unsigned char)(0xC0 + i);
	aes_mmo(message, 1, hash);
	assert_memory_equal(hash, of_one, sizeof hash);
	aes_mmo(message, 16, hash);
	assert_memory_equal(hash, of_block, sizeof hash);
}

static void every_field_of_a_header_is_read(void **state)
{
	(void)state;
	plain();
	assert_true(reads());
	assert_int_equal(image.manufacturer, 0xAB01);
	assert_int_equal(image.type, 0x010A);
	assert_int_equal(image.version, 0x00020130);
	assert_int_equal(image.stack, 2);
	assert_string_equal(image.name, "a name");
	assert_true(image.has_hardware);
	assert_int_equal(image.hardware_least, 0x0300);
	assert_int_equal(image.hardware_most, 0x030F);
	assert_int_equal(image.size, HEADER + 106);
	assert_int_equal(image.element_count, 1);
	assert_int_equal(image.inner_at, HEADER + 6);
	assert_int_equal(image.inner_size, 100);
	assert_int_equal(image.oddities, 0);
	assert_int_equal(image.integrity, OTA_INTEGRITY_NONE);
}

static void optional_fields_stand_in_their_order(void **state)
{
	(void)state;
	header(0);
	put(6, 2, OTA_IMAGE_HEADER_MOST);
	put(8, 2, 7);
	bytes[56] = 2;
	memcpy(bytes + 57, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
	put(65, 2, 1);
	put(67, 2, 9);
	set_size(element(OTA_IMAGE_HEADER_MOST, OTA_TAG_UPGRADE, 10));
	assert_true(reads());
	assert_int_equal(image.credential, 2);
	assert_int_equal(image.destination[0], 1);
	assert_int_equal(image.destination[7], 8);
	assert_int_equal(image.hardware_least, 1);
	assert_int_equal(image.hardware_most, 9);
	assert_int_equal(image.oddities, 0);
}

static void a_container_and_padding_are_passed_over_and_told(void **state)
{
	uint8_t whole[ROOM];

	(void)state;
	plain();
	memset(whole, 0x1E, sizeof whole); /* the first byte of the magic, all over */
	memcpy(whole + 700, bytes, size);
	assert_true(ota_image_read(&image, whole, 700 + size + 512, &error));
	assert_int_equal(image.file_at, 700);
	assert_int_equal(image.behind, 512);
	assert_int_equal(image.inner_size, 100);
	assert_true(is_odd(OTA_ODD_IN_FRONT) && is_odd(OTA_ODD_BEHIND));
}

static void the_magic_by_chance_is_no_header(void **state)
{
	uint8_t whole[ROOM];

	(void)state;
	plain();
	memset(whole, 0, sizeof whole);
	memcpy(whole + 10, bytes, 4);
	memcpy(whole + 100, bytes, size);
	assert_true(ota_image_read(&image, whole, 100 + size, &error));
	assert_int_equal(image.file_at, 100);
}

/* As GBCS 11.2.2 and 11.2.3 build it. */
static void a_trailing_signature_makes_all_in_front_of_it_the_manufacturers(void **state)
{
	(void)state;
	header(196 + OTA_GBCS_TAIL_SIZE);
	bytes[HEADER + 196] = 0;
	bytes[HEADER + 197] = 0x40;
	assert_true(reads());
	assert_true(image.has_signature);
	assert_int_equal(image.inner_at, HEADER);
	assert_int_equal(image.inner_size, 196);
	assert_int_equal(image.signature_at, HEADER + 198);
	assert_int_equal(image.element_count, 0);
	assert_int_equal(image.oddities, 0);
	bytes[HEADER + 196] = 1; /* a hub is to replace what it has */
	assert_true(reads());
	assert_true(image.has_signature);
	bytes[HEADER + 196] = 2;
	assert_true(reads());
	assert_false(image.has_signature);
	assert_true(is_odd(OTA_ODD_NO_ELEMENTS));
}

static void a_signature_that_is_not_counted_is_told(void **state)
{
	(void)state;
	plain();
	bytes[size] = 0;
	bytes[size + 1] = 0x40;
	size += OTA_GBCS_TAIL_SIZE;
	assert_true(reads());
	assert_true(image.has_signature && is_odd(OTA_ODD_SIGNATURE_BEHIND));
	assert_int_equal(image.inner_size, 106);
}

static void heads_of_eight_bytes_are_read(void **state)
{
	(void)state;
	header(8 + 160);
	put(HEADER, 2, 0xF000);
	put(HEADER + 2, 4, 160);
	assert_true(reads());
	assert_true(is_odd(OTA_ODD_WIDE_ELEMENTS));
	assert_int_equal(image.inner_at, HEADER + 8);
	assert_int_equal(image.inner_size, 160);
}

static void what_fits_no_layout_is_taken_as_it_stands(void **state)
{
	(void)state;
	header(300);
	assert_true(reads());
	assert_true(is_odd(OTA_ODD_NO_ELEMENTS));
	assert_int_equal(image.inner_at, HEADER);
	assert_int_equal(image.inner_size, 300);
	header(0);
	assert_true(reads());
	assert_true(is_odd(OTA_ODD_EMPTY));
	assert_int_equal(image.inner_size, 0);
}

static void odd_elements_are_told(void **state)
{
	size_t at;

	(void)state;
	header(0);
	at = element(HEADER, OTA_TAG_UPGRADE, 20);
	at = element(at, OTA_TAG_UPGRADE, 20);
	at = element(at, 0x0007, 3);
	at = element(at, OTA_TAG_CERTIFICATE_1, 47);
	set_size(at);
	assert_true(reads());
	assert_true(is_odd(OTA_ODD_TWO_UPGRADES) && is_odd(OTA_ODD_RESERVED_TAG) && is_odd(OTA_ODD_ELEMENT_SIZE));
	assert_int_equal(image.inner_at, HEADER + 6);
	set_size(at + 3);
	assert_true(reads());
	assert_true(is_odd(OTA_ODD_REST));
	assert_int_equal(image.element_count, 4);
}

static void odd_headers_are_told(void **state)
{
	(void)state;
	plain();
	put(4, 2, 0x0200);
	put(8, 2, 0x000C);
	put(18, 2, 4);
	put(56, 2, 0x0400);
	bytes[21] = 0x07;
	assert_true(reads());
	assert_true(is_odd(OTA_ODD_HEADER_VERSION) && is_odd(OTA_ODD_FIELD_CONTROL) && is_odd(OTA_ODD_STACK) && is_odd(OTA_ODD_HARDWARE) &&
		    is_odd(OTA_ODD_NAME));
	assert_string_equal(image.name, "a?name");
	plain();
	put(8, 2, 0); /* no hardware range: four bytes of the header are nobody's */
	assert_true(reads());
	assert_true(is_odd(OTA_ODD_HEADER_LONG));
	assert_int_equal(image.inner_at, HEADER + 6);
}

static void refuses(const char *words)
{
	assert_false(reads());
	assert_int_equal(error.fault, FAULT_CONFIGURATION);
	if (!strstr(error.text, words))
		fail_msg("'%s' does not say '%s'", error.text, words);
}

static void what_contradicts_itself_is_refused(void **state)
{
	(void)state;
	plain();
	bytes[0] = 0;
	refuses("no ZigBee OTA header");
	plain();
	size = 40;
	refuses("cut short: 40 of 56");
	plain();
	size--;
	refuses("its header says 166 bytes, and there are 165");
	plain();
	put(6, 2, 55);
	refuses("55 bytes; it has 56 at least");
	plain();
	put(6, 2, 58);
	refuses("has 58 bytes, and its fields take 60");
	plain();
	put(52, 4, 59);
	refuses("59 bytes, and has 60 itself");
	size = 0;
	refuses("no ZigBee OTA header");
}

static void cut_anywhere_it_is_refused(void **state)
{
	size_t whole;

	(void)state;
	plain();
	for (whole = size, size = 0; size < whole; size++)
		assert_false(reads());
	size = whole;
	assert_true(reads());
}

static size_t make(bool hardware, bool signature)
{
	static const uint8_t payload[100] = "what the meter is to run", signed_by[OTA_GBCS_SIGNATURE_SIZE] = "r and s";
	struct ota_image wanted = {.manufacturer = 0xAB01, .type = 0x010A, .version = 0x00020130, .stack = 2, .has_hardware = hardware,
				   .hardware_least = 1, .hardware_most = 2, .has_signature = signature};

	memset(wanted.name, 'n', OTA_IMAGE_NAME_SIZE - 1);
	size = ota_image_make(&wanted, payload, sizeof payload, signed_by, NULL);
	assert_true(size <= ROOM);
	return ota_image_make(&wanted, payload, sizeof payload, signed_by, bytes);
}

static void what_is_made_is_read_again(void **state)
{
	int hardware, signature;

	(void)state;
	for (hardware = 0; hardware < 2; hardware++)
		for (signature = 0; signature < 2; signature++) {
			size_t made = make(hardware, signature);

			assert_int_equal(made, size);
			assert_true(reads());
			assert_int_equal(image.oddities, 0);
			assert_int_equal(image.size, size);
			assert_int_equal(image.has_hardware, hardware);
			assert_int_equal(image.has_signature, signature);
			assert_int_equal(image.inner_size, 100);
			assert_string_equal((const char *)bytes + image.inner_at, "what the meter is to run");
			assert_int_equal(strlen(image.name), OTA_IMAGE_NAME_SIZE - 1);
			assert_int_equal(image.integrity, signature ? OTA_INTEGRITY_NONE : OTA_INTEGRITY_RIGHT);
		}
}

static void any_changed_bit_makes_the_integrity_code_wrong(void **state)
{
	size_t whole, at;

	(void)state;
	whole = make(true, false);
	assert_true(reads());
	for (at = image.inner_at; at < image.inner_at + image.inner_size; at++) {
		bytes[at] ^= 1;
		assert_true(reads());
		assert_int_equal(image.integrity, OTA_INTEGRITY_WRONG);
		bytes[at] ^= 1;
	}
	bytes[whole - 1] ^= 0x80; /* and one in the code itself */
	assert_true(reads());
	assert_int_equal(image.integrity, OTA_INTEGRITY_WRONG);
}

/* ---- For whom it is ---- */

static const char digest[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static bool fits(const struct fit_device *device, const struct fit_entry *entry, const char *what)
{
	struct fit fit;
	int i;

	fit_image(&fit, &image, digest, device, entry);
	for (i = 0; i < fit.count; i++)
		if (strcmp(fit.items[i].what, what) == 0)
			return fit.items[i].fits;
	fail_msg("nothing was said of the %s", what);
	return false;
}

static void it_is_compared_with_a_device(void **state)
{
	static const struct fit_entry none = {.entry = NULL};

	(void)state;
	plain();
	assert_true(reads());
	assert_true(fits(&(struct fit_device){"ab01", "010A030B", "0002012F"}, &none, "manufacturer"));
	assert_false(fits(&(struct fit_device){"AB02", "", ""}, &none, "manufacturer"));
	assert_false(fits(&(struct fit_device){"AB", "", ""}, &none, "manufacturer"));
	assert_true(fits(&(struct fit_device){"", "010A030F", ""}, &none, "hardware"));
	assert_false(fits(&(struct fit_device){"", "010A0310", ""}, &none, "hardware"));
	assert_false(fits(&(struct fit_device){"", "010A02FF", ""}, &none, "hardware"));
	assert_false(fits(&(struct fit_device){"", "010B030F", ""}, &none, "image type"));
	assert_true(fits(&(struct fit_device){"", "", "0002012F"}, &none, "version"));
	assert_false(fits(&(struct fit_device){"", "", "00020130"}, &none, "version"));
	assert_false(fits(&(struct fit_device){"", "", "00020131"}, &none, "version"));
	put(10, 2, 0xFFFF);
	put(12, 2, 0xFFFF);
	assert_true(reads());
	assert_true(fits(&(struct fit_device){"1234", "010B0300", ""}, &none, "manufacturer"));
	assert_true(fits(&(struct fit_device){"1234", "010B0300", ""}, &none, "image type"));
}

static void it_is_compared_with_an_entry_of_the_cpl(void **state)
{
	static const struct fit_device any = {.manufacturer = NULL};
	struct fit_entry entry = {.entry = "E", .hash = digest, .status = "Active", .model = "010A030B", .firmware = "00020130"};

	(void)state;
	plain();
	assert_true(reads());
	assert_true(fits(&any, &entry, "CPL hash"));
	assert_true(fits(&any, &entry, "CPL status"));
	assert_true(fits(&any, &entry, "CPL firmware"));
	assert_true(fits(&any, &entry, "hardware"));
	entry.status = "Withdrawn";
	entry.firmware = "0002012F";
	entry.hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefe";
	assert_false(fits(&any, &entry, "CPL hash"));
	assert_false(fits(&any, &entry, "CPL status"));
	assert_false(fits(&any, &entry, "CPL firmware"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hash_is_that_of_the_specification),
		cmocka_unit_test(every_field_of_a_header_is_read),
		cmocka_unit_test(optional_fields_stand_in_their_order),
		cmocka_unit_test(a_container_and_padding_are_passed_over_and_told),
		cmocka_unit_test(the_magic_by_chance_is_no_header),
		cmocka_unit_test(a_trailing_signature_makes_all_in_front_of_it_the_manufacturers),
		cmocka_unit_test(a_signature_that_is_not_counted_is_told),
		cmocka_unit_test(heads_of_eight_bytes_are_read),
		cmocka_unit_test(what_fits_no_layout_is_taken_as_it_stands),
		cmocka_unit_test(odd_elements_are_told),
		cmocka_unit_test(odd_headers_are_told),
		cmocka_unit_test(what_contradicts_itself_is_refused),
		cmocka_unit_test(cut_anywhere_it_is_refused),
		cmocka_unit_test(what_is_made_is_read_again),
		cmocka_unit_test(any_changed_bit_makes_the_integrity_code_wrong),
		cmocka_unit_test(it_is_compared_with_a_device),
		cmocka_unit_test(it_is_compared_with_an_entry_of_the_cpl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
