/* Whether an image is for a device and is the certified one: what is said is compared, all of it. */

#include "rig/image/fit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static const char digest[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
static const struct ota_image image = {.inner_size = 1, .integrity = OTA_INTEGRITY_RIGHT, .has_hardware = true, .hardware_least = 0x0300,
				       .hardware_most = 0x030F, .manufacturer = 0xAB01, .type = 0x010A, .version = 0x00020130};
static const struct fit_device device = {"AB01", "010A030B", "0002012F"};

static void all_that_can_be_said_is_compared(void **state)
{
	const struct fit_entry entry = {"CPL 17", "AB01", "010A030B", "00020130", digest, "Active"};
	struct fit fit;

	(void)state;
	fit_image(&fit, &image, digest, &device, &entry);
	assert_int_equal(fit.count, FIT_ITEMS_MAX);
	assert_int_equal(fit.misfits, 0);
	assert_string_equal(fit.items[fit.count - 1].what, "CPL firmware");
}

static void another_firmware_of_the_entry_is_a_misfit_behind_all_others(void **state)
{
	const struct fit_entry entry = {"CPL 17", "AB01", "010A030B", "00020131", digest, "Active"};
	struct fit fit;

	(void)state;
	fit_image(&fit, &image, digest, &device, &entry);
	assert_int_equal(fit.misfits, 1);
	assert_false(fit.items[fit.count - 1].fits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_can_be_said_is_compared),
		cmocka_unit_test(another_firmware_of_the_entry_is_a_misfit_behind_all_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
