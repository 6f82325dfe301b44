#ifndef HILRIG_RIG_DASHBOARD_KEY_H
#define HILRIG_RIG_DASHBOARD_KEY_H

/* Keys become requests, from one table that is also the help. A key is its code point, or one of the names below. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key {
	KEY_OF_NONE = -1,
	KEY_OF_ENTER = '\n',
	KEY_OF_ESCAPE = 0x1B,
	KEY_OF_BACKSPACE = 0x7F,
	KEY_OF_UP = 0x110000, KEY_OF_DOWN, KEY_OF_LEFT, KEY_OF_RIGHT, KEY_OF_PAGE_UP, KEY_OF_PAGE_DOWN, KEY_OF_HOME, KEY_OF_END,
	KEY_OF_TAB, KEY_OF_F1, KEY_OF_F2, KEY_OF_F3, KEY_OF_F4, KEY_OF_F5, KEY_OF_F6, KEY_OF_F9, KEY_OF_F10,
	KEY_OF_RESIZE, KEY_OF_GONE /* the terminal is no more */
};

enum request {
	REQUEST_NONE,
	REQUEST_BENCH, REQUEST_SLOT, REQUEST_INSTRUMENTS, REQUEST_JOURNAL, REQUEST_NIGHT, REQUEST_HELP,
	REQUEST_UP, REQUEST_DOWN, REQUEST_PAGE_UP, REQUEST_PAGE_DOWN, REQUEST_FIRST, REQUEST_LAST,
	REQUEST_OPEN, REQUEST_BACK, REQUEST_NEXT_SLOT, REQUEST_LAST_SLOT, REQUEST_LINE,
	REQUEST_SEARCH, REQUEST_AGAIN, REQUEST_AGAIN_BACK, REQUEST_FILTER, REQUEST_QUIET, REQUEST_FOLLOW,
	REQUEST_WIDER, REQUEST_NARROWER,
	REQUEST_PAUSE, REQUEST_FASTER, REQUEST_SLOWER, REQUEST_STEP, REQUEST_STEP_BACK,
	REQUEST_SEEK, REQUEST_SEEK_BACK, REQUEST_SEEK_FAR, REQUEST_SEEK_FAR_BACK, REQUEST_BEGIN, REQUEST_FINISH,
	REQUEST_HAND, REQUEST_ALL_OFF,
	REQUEST_QUIT,
	REQUEST_COUNT
};

enum key_group { KEYS_SCREENS, KEYS_HAND, KEYS_MOVING, KEYS_JOURNAL, KEYS_REPLAY, KEYS_GROUP_COUNT };

struct key_line {
	int32_t key, other_key;    /* KEY_OF_NONE: only one */
	enum request request;
	enum key_group group;
	const char *name;          /* as it stands on a keyboard: "F2 or 2" */
	const char *about;
};

extern const struct key_line key_table[];
extern const size_t key_table_count;

const char *key_group_name(enum key_group group);

/* REQUEST_NONE: a key that means nothing. Those of replays only mean something while one is shown. */
enum request key_request(int32_t key, bool replay);

#endif
