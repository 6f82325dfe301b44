#ifndef HILRIG_DRIVERS_SIM_WIRE_WIRE_H
#define HILRIG_DRIVERS_SIM_WIRE_WIRE_H

/*
 * The wire faces: the plant behind serial ports and GPIO lines, so that the shipped drivers meet real bytes and edges.
 *
 * main.c owns everything and the loop; options.c fills `struct wire` from the command line and opens what it names;
 * command.c carries out what a test wants to happen, at an instant known beforehand or when it says so; words.c reads what
 * both have in common.
 */

#include "drivers/sim/plant/plant.h"
#include "drivers/sim/wire/bus.h"
#include "drivers/sim/wire/dongle.h"
#include "drivers/sim/face/meter_console.h"
#include "drivers/sim/wire/truth.h"
#include "drivers/sim/face/units.h"

#define WIRE_BUSES_MAX 6
#define WIRE_NAME_SIZE 24
#define WIRE_LATER_MAX 32
#define WIRE_COMMAND_SIZE 96

/* A command for later; plant_plan takes those that concern the plant alone. */
struct wire_later {
	int64_t t_ns;           /* from the start of the plant until it runs, then as all instants */
	char command[WIRE_COMMAND_SIZE];
};

struct wire_slot {
	struct wire_port hub_console;
	bool has_hub_console;
	struct wire_port meter_port;
	struct meter_console meter_console;
	bool has_meter_console;
	char hub_console_path[WIRE_PATH_SIZE], meter_console_path[WIRE_PATH_SIZE];
	int lines[PLANT_LINE_COUNT];   /* `pull` of a gpio-sim line, open for writing; -1: none */
};

struct wire {
	struct plant plant;
	struct plant_settings settings;
	struct units units;
	struct truth truth;
	struct wire_bus buses[WIRE_BUSES_MAX];
	int bus_count;
	char board_names[PLANT_BOARDS_MAX][WIRE_NAME_SIZE];     /* "relays:1" */
	char supply_names[PLANT_SUPPLIES_MAX][WIRE_NAME_SIZE];
	struct wire_slot slots[PLANT_SLOTS_MAX];
	struct wire_dongle dongle;
	int lines[PLANT_LINE_COUNT];                            /* the bench's own */
	struct wire_later later[WIRE_LATER_MAX];
	int later_count;
	char commands_path[WIRE_PATH_SIZE];                 /* a FIFO; empty: none */
	struct draw draw;                                       /* of ranges on the command line */
};

/* FAULT_USAGE names the option. Prints the usage and ends the program for --help. */
MUST_USE bool wire_options(struct wire *wire, int argc, char **argv, struct error *error);

/* Carries a command out at t_ns (of the plant: from then on, in its order). FAULT_USAGE for one that nobody knows. */
MUST_USE bool wire_command_carry_out(struct wire *wire, const char *command, int64_t t_ns, struct error *error);

/* Whether a command can be read; tells before the plant runs. */
MUST_USE bool wire_command_check(struct wire *wire, const char *command, struct error *error);

/* "relays:1" gives the index of a board, or of a supply; PLANT_NONE: there is none. */
int wire_board(const struct wire *wire, const char *name);
int wire_supply(const struct wire *wire, const char *name);

/* "relays:1.3": board and relay. */
MUST_USE bool wire_contact(const struct wire *wire, const char *text, struct plant_contact *contact, struct error *error);

/* "180s", or "170s..190s"; and one of it, drawn. */
MUST_USE bool wire_range(const char *text, struct draw_range *range, struct error *error);
MUST_USE bool wire_duration(struct wire *wire, const char *text, int64_t *duration_ns, struct error *error);

#endif
