/* Numbers as anybody could write them: what is accepted is in range and comes back when it is written; the rest has a reason. */

#include "rig/base/unit.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void comes_back(enum unit unit, int64_t amount)
{
	char bytes[AMOUNT_TEXT_SIZE];
	int64_t again = amount - 1;

	if (amount == INT64_MIN)
		return; /* has no positive twin to be read through */
	assert(unit_read(amount_text(bytes, unit, amount), unit, INT64_MIN, INT64_MAX, &again, NULL));
	assert(again == amount);
}

static void try_unit(const char *text, enum unit unit, int64_t least, int64_t most)
{
	struct error error = {FAULT_NONE, ""};
	int64_t amount;

	if (unit_read(text, unit, least, most, &amount, &error)) {
		assert(amount >= least && amount <= most);
		comes_back(unit, amount);
	} else {
		assert(error.fault == FAULT_CONFIGURATION && error.text[0]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error error = {FAULT_NONE, ""};
	int64_t amount;
	char text[128];
	enum unit unit;

	if (size >= sizeof text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (unit = 0; unit < UNIT_COUNT; unit++) {
		try_unit(text, unit, INT64_MIN, INT64_MAX);
		try_unit(text, unit, 0, 60000);
	}
	if (number_read(text, -1000, INT64_MAX, &amount, &error))
		assert(amount >= -1000);
	else
		assert(error.text[0]);
	if (decimal_read(text, 1000, "V", 0, 60000, &amount, &error))
		assert(amount >= 0 && amount <= 60000);
	if (decimal_read(text, INT64_C(60000000000), "min", 0, INT64_MAX, &amount, &error))
		assert(amount >= 0);
	return 0;
}
