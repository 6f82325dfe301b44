/* The one text form of UTC. Days are counted in eras of 400 years starting on 1 March, which puts the leap day last. */

#include "rig/base/instant.h"

#include <assert.h>
#include <string.h>

#define US_PER_DAY (INT64_C(86400) * 1000000)
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static void put_digits(char *at, int count, int64_t number)
{
	uint32_t left = (uint32_t)number;

	while (count-- > 0) {
		at[count] = (char)('0' + left % 10);
		left /= 10;
	}
}

void utc_to_text(int64_t utc_us, char text[UTC_TEXT_SIZE])
{
	int64_t day = utc_us / US_PER_DAY + DAYS_TO_1970;
	int64_t us = utc_us % US_PER_DAY, second = us / 1000000;
	int64_t era = day / 146097, day_of_era = day % 146097;
	int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	assert(utc_us >= 0 && utc_us <= UTC_US_MAX);
	memcpy(text, "yyyy-mm-ddThh:mm:ss.uuuuuuZ", UTC_TEXT_SIZE);
	put_digits(text + 8, 2, day_of_year - (153 * month + 2) / 5 + 1);
	month = month < 10 ? month + 3 : month - 9;
	put_digits(text, 4, year + era * 400 + (month <= 2));
	put_digits(text + 5, 2, month);
	put_digits(text + 11, 2, second / 3600);
	put_digits(text + 14, 2, second / 60 % 60);
	put_digits(text + 17, 2, second % 60);
	put_digits(text + 20, 6, us % 1000000);
}

static bool get_digits(const char *at, int count, int64_t *number)
{
	*number = 0;
	while (count-- > 0) {
		if (*at < '0' || *at > '9')
			return false;
		*number = *number * 10 + (*at++ - '0');
	}
	return true;
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
	int64_t year, month, day, hour, minute, second, us, years, day_of_year;

	if (size != UTC_TEXT_SIZE - 1 || !get_digits(text, 4, &year) || !get_digits(text + 5, 2, &month) ||
	    !get_digits(text + 8, 2, &day) || !get_digits(text + 11, 2, &hour) || !get_digits(text + 14, 2, &minute) ||
	    !get_digits(text + 17, 2, &second) || !get_digits(text + 20, 6, &us))
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
