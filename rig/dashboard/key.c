/* The table of keys. */

#include "rig/dashboard/key.h"

const struct key_line key_table[] = {
	{KEY_OF_F1, '?', REQUEST_HELP, KEYS_SCREENS, "? F1", "this help"},
	{'1', KEY_OF_F2, REQUEST_BENCH, KEYS_SCREENS, "1 F2", "bench: a row a slot"},
	{'2', KEY_OF_F3, REQUEST_SLOT, KEYS_SCREENS, "2 F3", "slot: waveform, messages, ledger, transfer"},
	{'3', KEY_OF_F4, REQUEST_INSTRUMENTS, KEYS_SCREENS, "3 F4", "instruments: every channel, its value and age"},
	{'4', KEY_OF_F5, REQUEST_JOURNAL, KEYS_SCREENS, "4 F5", "journal: the lines themselves"},
	{'5', KEY_OF_F6, REQUEST_NIGHT, KEYS_SCREENS, "5 F6", "night: every slot's steps, and the plan"},
	{'q', KEY_OF_F10, REQUEST_QUIT, KEYS_SCREENS, "q F10", "leave; the run goes on"},
	{'a', KEY_OF_NONE, REQUEST_HAND, KEYS_HAND, "a", "by hand: what may be done in the selected slot, and why not"},
	{'X', KEY_OF_F9, REQUEST_ALL_OFF, KEYS_HAND, "X F9", "twice: ALL OFF (not isolated), from every session"},
	{KEY_OF_UP, 'k', REQUEST_UP, KEYS_MOVING, "up k", "one up"},
	{KEY_OF_DOWN, 'j', REQUEST_DOWN, KEYS_MOVING, "down j", "one down"},
	{KEY_OF_PAGE_UP, KEY_OF_NONE, REQUEST_PAGE_UP, KEYS_MOVING, "PgUp", "a page up"},
	{KEY_OF_PAGE_DOWN, KEY_OF_NONE, REQUEST_PAGE_DOWN, KEYS_MOVING, "PgDn", "a page down"},
	{KEY_OF_HOME, 'g', REQUEST_FIRST, KEYS_MOVING, "Home g", "the first"},
	{KEY_OF_END, 'G', REQUEST_LAST, KEYS_MOVING, "End G", "the last"},
	{KEY_OF_ENTER, KEY_OF_NONE, REQUEST_OPEN, KEYS_MOVING, "Enter", "open the slot, or the figure's journal line"},
	{'l', KEY_OF_NONE, REQUEST_LINE, KEYS_MOVING, "l", "the journal line behind what is selected"},
	{KEY_OF_ESCAPE, KEY_OF_BACKSPACE, REQUEST_BACK, KEYS_MOVING, "Esc", "back to where you were"},
	{KEY_OF_TAB, ']', REQUEST_NEXT_SLOT, KEYS_MOVING, "Tab ]", "the next slot"},
	{'[', KEY_OF_NONE, REQUEST_LAST_SLOT, KEYS_MOVING, "[", "the slot before"},
	{'+', '=', REQUEST_NARROWER, KEYS_MOVING, "+", "waveform: a shorter time, larger"},
	{'-', KEY_OF_NONE, REQUEST_WIDER, KEYS_MOVING, "-", "waveform: a longer time, smaller"},
	{'/', KEY_OF_NONE, REQUEST_SEARCH, KEYS_JOURNAL, "/", "search; n and N go on"},
	{'n', KEY_OF_NONE, REQUEST_AGAIN, KEYS_JOURNAL, "n", "the next that is found"},
	{'N', KEY_OF_NONE, REQUEST_AGAIN_BACK, KEYS_JOURNAL, "N", "the one before"},
	{'f', KEY_OF_NONE, REQUEST_FILTER, KEYS_JOURNAL, "f", "only lines with this text; empty: all"},
	{'v', KEY_OF_NONE, REQUEST_QUIET, KEYS_JOURNAL, "v", "levels, readings and clock lines too, or not"},
	{'F', KEY_OF_NONE, REQUEST_FOLLOW, KEYS_JOURNAL, "F", "stay at the newest line, or not"},
	{' ', KEY_OF_NONE, REQUEST_PAUSE, KEYS_REPLAY, "space", "pause, go on"},
	{'>', KEY_OF_NONE, REQUEST_FASTER, KEYS_REPLAY, ">", "twice as fast"},
	{'<', KEY_OF_NONE, REQUEST_SLOWER, KEYS_REPLAY, "<", "half as fast"},
	{'.', KEY_OF_NONE, REQUEST_STEP, KEYS_REPLAY, ".", "one line on"},
	{',', KEY_OF_NONE, REQUEST_STEP_BACK, KEYS_REPLAY, ",", "one line back"},
	{KEY_OF_RIGHT, KEY_OF_NONE, REQUEST_SEEK, KEYS_REPLAY, "right", "10 s on"},
	{KEY_OF_LEFT, KEY_OF_NONE, REQUEST_SEEK_BACK, KEYS_REPLAY, "left", "10 s back"},
	{')', KEY_OF_NONE, REQUEST_SEEK_FAR, KEYS_REPLAY, ")", "5 min on"},
	{'(', KEY_OF_NONE, REQUEST_SEEK_FAR_BACK, KEYS_REPLAY, "(", "5 min back"},
	{'0', KEY_OF_NONE, REQUEST_BEGIN, KEYS_REPLAY, "0", "to the run's begin"},
	{'9', KEY_OF_NONE, REQUEST_FINISH, KEYS_REPLAY, "9", "to its end"},
};

const size_t key_table_count = sizeof key_table / sizeof *key_table;

const char *key_group_name(enum key_group group)
{
	static const char *const names[KEYS_GROUP_COUNT] = {"Screens", "By hand", "Moving", "Journal", "Replay"};

	return names[group];
}

enum request key_request(int32_t key, bool replay)
{
	size_t i;

	for (i = 0; i < key_table_count && key != KEY_OF_NONE; i++)
		if ((key_table[i].key == key || key_table[i].other_key == key) && (replay || key_table[i].group != KEYS_REPLAY))
			return key_table[i].request;
	return REQUEST_NONE;
}
