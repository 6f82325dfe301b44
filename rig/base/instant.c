/* The one text form of UTC. Days are counted in eras of 400 years starting on 1 March, which puts the leap day last. */

#include "rig/base/instant.h"

#include <assert.h>
#include <string.h>

#define US_PER_DAY (INT64_C(86400) * 1000000)
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static void put_two(char *at, int64_t number)
{
	uint32_t two = (uint32_t)number;

	at[0] = (char)('0' + two / 10);
	at[1] = (char)('0' + two % 10);
}

void utc_to_text(int64_t utc_us, char text[UTC_TEXT_SIZE])
{
	int64_t day = utc_us / US_PER_DAY + DAYS_TO_1970;
	int64_t us = utc_us % US_PER_DAY, second = us / 1000000;
	int64_t era = day / 146097, day_of_era = day % 146097;
	int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	uint32_t part = (uint32_t)(us % 1000000);

	assert(utc_us >= 0 && utc_us <= UTC_US_MAX);
	memcpy(text, "yyyy-mm-ddThh:mm:ss.uuuuuuZ", UTC_TEXT_SIZE);
	put_two(text + 8, day_of_year - (153 * month + 2) / 5 + 1);
	month = month < 10 ? month + 3 : month - 9;
	year += era * 400 + (month <= 2);
	put_two(text, year / 100);
	put_two(text + 2, year % 100);
	put_two(text + 5, month);
	put_two(text + 11, second / 3600);
	put_two(text + 14, second / 60 % 60);
	put_two(text + 17, second % 60);
	put_two(text + 20, part / 10000);
	put_two(text + 22, part / 100 % 100);
	put_two(text + 24, part % 100);
}

/* Further digits of a number. */
static bool get_two(const char *at, int64_t *number)
{
	unsigned tens = (unsigned char)at[0] - (unsigned)'0', ones = (unsigned char)at[1] - (unsigned)'0';

	*number = *number * 100 + tens * 10 + ones;
	return tens <= 9 && ones <= 9;
}

static int64_t days_in(int64_t year, int64_t month)
{
	if (month == 2)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool are_separators(const char *text)
{
	return text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == '.' && text[26] == 'Z';
}

bool utc_from_text(const char *text, size_t size, int64_t *utc_us)
{
	int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, us = 0, years, day_of_year;

	if (size != UTC_TEXT_SIZE - 1 || !get_two(text, &year) || !get_two(text + 2, &year) || !get_two(text + 5, &month) ||
	    !get_two(text + 8, &day) || !get_two(text + 11, &hour) || !get_two(text + 14, &minute) || !get_two(text + 17, &second) ||
	    !get_two(text + 20, &us) || !get_two(text + 22, &us) || !get_two(text + 24, &us))
		return false;
	if (!are_separators(text) || year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour > 23 ||
	    minute > 59 || second > 59)
		return false;
	years = year - (month <= 2);
	day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	*utc_us = ((years * 365 + years / 4 - years / 100 + years / 400 + day_of_year - DAYS_TO_1970) * 86400 +
		   hour * 3600 + minute * 60 + second) * 1000000 + us;
	return true;
}

int64_t duration_add(int64_t a_ns, int64_t b_ns)
{
	assert(a_ns >= 0 && b_ns >= 0);
	return a_ns > INSTANT_NEVER - b_ns ? INSTANT_NEVER : a_ns + b_ns;
}
