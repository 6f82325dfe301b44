#ifndef HILRIG_RIG_COMMAND_TABLE_H
#define HILRIG_RIG_COMMAND_TABLE_H

/* All commands, in the order in which help lists them. To add one: its file, a line here, a line in table.c. */

#include "rig/command/command.h"

extern const struct command command_demo;
extern const struct command command_simulate;
extern const struct command command_judge;
extern const struct command command_verify;
extern const struct command command_check;
extern const struct command command_plan;
extern const struct command command_run;
extern const struct command command_resume;
extern const struct command command_off;
extern const struct command command_who;
extern const struct command command_follow;
extern const struct command command_hand;
extern const struct command command_dashboard;
extern const struct command command_replay;
extern const struct command command_slot_open;
extern const struct command command_slot_close;
extern const struct command command_slot_clear;
extern const struct command command_slot_list;
extern const struct command command_devices;
extern const struct command command_report_make;
extern const struct command command_sign;
extern const struct command command_key_make;
extern const struct command command_key_show;
extern const struct command command_key_list;
extern const struct command command_driver_list;
extern const struct command command_image_show;
extern const struct command command_image_check;
extern const struct command command_image_make;

/* NULL ends it. */
extern const struct command *const commands[];

/*
 * The command whose name stands at the front of `words`, and how many of them its name takes (1 or 2). NULL, and
 * FAULT_USAGE with the name that was probably meant, if there is none.
 */
const struct command *command_find(int count, const char *const *words, int *taken, struct error *error);

#endif
