/* Digits, check, hash. */

#include "rig/base/install_code.h"

#include "rig/base/aes_mmo.h"

#include <stddef.h>

#define CHECK_SIZE 2U

static int digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte = (char)(byte | 0x20);
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool read_digits(const char *text, uint8_t bytes[INSTALL_CODE_SIZE_MAX], size_t *size, struct error *error)
{
	size_t digits = 0;

	for (; *text; text++) {
		int value = digit(*text);

		if (*text == ' ' || *text == '-')
			continue;
		if (value < 0)
			return error_set(error, FAULT_CONFIGURATION, "there is something in it that is no hexadecimal digit");
		if (digits == (size_t)2 * INSTALL_CODE_SIZE_MAX)
			return error_set(error, FAULT_CONFIGURATION, "it is longer than 16 bytes and their check");
		bytes[digits / 2] = (uint8_t)(digits % 2 ? bytes[digits / 2] | value : value << 4);
		digits++;
	}
	*size = digits / 2;
	if (digits % 2 || !(*size == 8 || *size == 10 || *size == 14 || *size == 18))
		return error_set(error, FAULT_CONFIGURATION, "it has %zu hexadecimal digits; with its check a code has 16, 20, 28 or 36", digits);
	return true;
}

static uint16_t check_of(const uint8_t *bytes, size_t size)
{
	unsigned check = 0xFFFF;
	size_t i;
	int bit;

	for (i = 0; i < size; i++) {
		check ^= bytes[i];
		for (bit = 0; bit < 8; bit++)
			check = check & 1 ? check >> 1 ^ 0x8408 : check >> 1;
	}
	return (uint16_t)(check ^ 0xFFFF);
}

bool install_code_key(const char *text, uint8_t key[LINK_KEY_SIZE], struct error *error)
{
	uint8_t bytes[INSTALL_CODE_SIZE_MAX];
	size_t size = 0;
	uint16_t check;

	if (!read_digits(text, bytes, &size, error))
		return false;
	check = check_of(bytes, size - CHECK_SIZE);
	if (bytes[size - 2] != (check & 0xFF) || bytes[size - 1] != check >> 8)
		return error_set(error, FAULT_CONFIGURATION, "its last two bytes are not the check of those before them: a digit is wrong");
	aes_mmo(bytes, size, key);
	return true;
}
