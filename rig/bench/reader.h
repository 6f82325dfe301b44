#ifndef HILRIG_RIG_BENCH_READER_H
#define HILRIG_RIG_BENCH_READER_H

/* What the parts of the bench file's reader share. Private to rig/bench. */

#include "rig/base/pattern.h"
#include "rig/base/yaml.h"
#include "rig/bench/bench.h"

enum line_direction { LINE_EITHER, LINE_INPUT, LINE_OUTPUT };

/* A line of a GPIO instrument with settings of its own. */
struct line_setting {
	int instrument;
	struct bench_line line;
	enum line_direction direction;
	struct place at;
};

struct bench_reader {
	struct bench *bench;
	struct yaml *yaml;
	const struct workspace *workspace;
	struct problems *problems;
	struct line_setting *lines;     /* owned */
	int line_count;
	struct place hazard_at;         /* where the file says what kind of bench it is */
};

/* One more element at the end of an array that grows while loading; zeroed. Never NULL. */
void *reader_grow(void *array, int count, size_t size);
#define READER_ADD(array, count) \
	((array) = reader_grow((array), (count), sizeof *(array)), &(array)[(count)++])

/* ---- read_instrument.c ---- */

void read_instruments(struct bench_reader *reader, struct yaml_map *bench);

/*
 * An instrument that a slot has for itself: `console: {driver: console, ...}`. Gives its index, or -1 with a problem. The
 * caller has begun the map, may ask for keys of its own, and ends it.
 */
int read_own_instrument(struct bench_reader *reader, struct yaml_map *map, const char *name, enum bench_driver driver, int slot);

/* After all instruments are known: buses, ports used twice, addresses used twice. */
void read_buses(struct bench_reader *reader);

/* ---- read_port.c ---- */

void read_port(struct yaml_map *map, enum yaml_need need, struct port_address *port);
void read_settings(struct yaml_map *map, struct port_settings *settings);

/* ---- read_pattern.c ---- */

/* `compiled`: gets the pattern too; NULL: not wanted. */
void read_pattern(struct yaml_node node, const char *key, char to[PATTERN_SIZE], struct pattern *compiled);

/* ---- read_loader.c ---- */

void read_loader(struct yaml_map *map, struct bench_instrument *to);

/* ---- read_tool.c ---- */

void read_tool(struct yaml_map *map, struct bench_instrument *to);

/* ---- read_channel.c ---- */

/*
 * The channel that a node names, "pins.17", put into bench.channels for this use. -1 with a problem if there is no such
 * instrument or channel, if it is of another kind, or if it is in use. A node that is not there gives -1 silently.
 */
int take_channel(struct bench_reader *reader, struct yaml_node node, enum channel_kind kind, enum channel_use use, int slot);

/* Channel `word` of a supply, shared by the slots that it feeds; -1 if its profile has none of the name and kind. */
int take_supply_channel(struct bench_reader *reader, int instrument, const char *word, enum channel_kind kind, enum channel_use use,
			struct place at);

/* The byte stream of an instrument. */
int take_stream(struct bench_reader *reader, int instrument, enum channel_use use, int slot, struct place at);

/* ---- read_slot.c ---- */

void read_groups(struct bench_reader *reader, struct yaml_map *bench);
void read_slots(struct bench_reader *reader, struct yaml_map *bench);

/* ---- refuse_bench.c ---- */

/* The refusals of a bench that has been read, as far as it goes. */
void refuse_bench(struct bench_reader *reader);

#endif
