#ifndef HILRIG_DRIVERS_SIM_FAULTS_H
#define HILRIG_DRIVERS_SIM_FAULTS_H

/*
 * What goes wrong on a simulated bench beside what its devices do: wires, lines, buses, clocks, and the rig itself.
 *
 * A fault acts on what passes below the shipped code: on levels and edges, on answers of a bus, on bytes of a line. It never replaces
 * any of it. Each waits for its instant, acts so often as it says, and counts how often it did: one that never met anything to act on
 * has not fired.
 *
 *   edge-lost        {slot, line, at, times}        edges that the kernel numbered and did not deliver, behind the first one
 *   edge-unnumbered  {slot, line, at, times}        edges that were lost before they were numbered
 *   level-wrong      {slot, line, at, for}          the line reads the other way round; its edges are right
 *   chatter          {slot, line, at, times, by}    so many pulses of length `by` on a line that stands still
 *   inverted         {slot, line}                   a line that is wired the wrong way round
 *   crossed          {slot, with, line}             two slots' lines are swapped
 *   crossed-consoles {slot, with}                   two slots' hubs are
 *   swapped-hubs     {slot, with}                   two slots' hubs sit on each other's meters; each console goes with its hub
 *   other-hub        {slot}                         another hub than the load sheet's sits on the slot's meter
 *   bus-silent, bus-check, bus-unit, bus-short      {instrument, at, times}       no answer, a wrong check, unit or length
 *   bus-deaf         {instrument, at, times}        requests do not arrive
 *   bus-exception    {instrument, at, times, code}
 *   bus-late         {instrument, at, times, by}    answers come so much later
 *   bytes-lost, bytes-wrong, bytes-added            {slot, console, at, times}    in so many of the chunks that pass
 *   bytes-split      {slot, console, at, times, by} chunks come in two parts, the second so much later
 *   loader-unplugged {slot, at, for}                the port of the meter's loader is pulled out
 *   loader-nak       {slot, at, times}              so many blocks, or calls for the first of them, are answered with NAK
 *   loader-reset     {slot, at, times, for}         the meter restarts when its loader has answered so often; its hub has no supply for so long
 *   image-damaged    {slot}                         a byte of the image is another one once it is in the meter, which finds that
 *   image-accepted   {slot}                         ... which does not: it runs what it got, with another version than the rig sent
 *   meter-reset      {slot, at, for}                the meter restarts by itself; its hub has no supply for so long
 *   gate-lapse       {slot, of, at, for}            so long after the slot's meter has its image what the gate stands on goes for so long:
 *                                                   arm, estop, door, lab-feed, breaker; supply: the meter restarts; hub: it does;
 *                                                   console: it is pulled out; image: the meter has lost it
 *   relay-late       {instrument, by}               contacts follow so late
 *   relay-bounces    {instrument, times, by}        and bounce so often, so long
 *   rcd              {slot, at, for}                the breaker of the slot's group trips, and is closed again so much later
 *   back-feed        {slot, at, for}                the hub's rail hangs on another source, too
 *   ad1-spurious     {slot, at}                     the hub says AD1 without any outage
 *   ad1-throttled    {slot, at, for}                alerts on their way are held back; then one of them comes, for all
 *   supply-trips     {instrument, at, by: ovp}      a supply's protection acts, ovp or ocp, if its output is on
 *   supply-ramps     {instrument, by}               its output takes so long from nothing to the nominal voltage, and back
 *   supply-resets    {instrument, at}               it restarts and says nothing of it: 0 V set, output off; `back: true`: output on again
 *   supply-locked    {instrument, at, for}          somebody holds its panel: it answers, and takes none of what it is told
 *   clock-step       {at, by}                       the host's wall clock jumps; `back: true`: backwards
 *   clock-slew       {at, for, by}                  it is drawn there evenly in so long; `back: true`: backwards
 *   clock-rate       {by}                           the host's clock gains so much in each second (the last one counts); `back: true`: loses. Up to 1us it passes
 *                                                   for one that a time server steers, and by more it says that nobody does
 *   suspend          {at, for}                      the host sleeps: its clock stands still, it hears and sees nothing, and all else goes on
 *   stop             {at}                           the operator wants the run to end
 *   kill             {at, for}                      the rig dies, and is started again so much later; `back: true`: its host loses power
 *   disk-full        {at, for}                      the disk has no room
 *   disk-slow        {at, for, by}                  a flush takes so long
 *   disk-write, disk-flush  {at}                    a write, or a flush, fails for good
 *
 * Of a ZigBee dongle and what is on its air (radio.h):
 *
 *   dongle-bytes-lost, dongle-bytes-wrong, dongle-bytes-added  {instrument, at, times}  in so many of the chunks that it says; `back: true`: that it is told
 *   dongle-silent    {instrument, at, times}        so many requests are carried out, and never answered
 *   dongle-unconfirmed {instrument, at, times}      what became of so many messages it does not say
 *   dongle-deaf      {instrument, at, times}        so many messages are acknowledged on the air, and not handed on
 *   dongle-full      {instrument, at, times}        so many messages are refused for want of a buffer
 *   air-busy         {instrument, at, times}        so many messages find no free air
 *   dongle-resets    {instrument, at}               it restarts by itself
 *   dongle-forgets   {instrument, at}               it restarts, and its network is gone; meters join whatever it forms
 *   dongle-hangs     {instrument, at, for}          it hangs until it is reset; `back: true`: until its power is cut, which is so much later
 *   dongle-unplugged {instrument, at, for}          it is pulled out, and has no power for so long
 *   air-lost         {slot, at, times}              so many frames to the meter are lost; `back: true`: frames from it
 *   air-late         {slot, at, times, by}          so many frames to it or from it take so much longer
 *   route-lost       {slot, at, times}              so many messages to it find no route
 *   ota-end-lost     {slot, times}                  so many times what it says at the end of its image is lost
 *   meter-moves      {slot, at}                     it has another short address, and says so
 *   meter-leaves     {slot, at, for}                it leaves, and is back so much later, with another short address
 *   meter-sleeps     {slot, by}                     its radio is off, but for a poll so often
 *   ota-reset        {slot, times, for}             it restarts with so many blocks of its image, which it keeps; its hub has no supply for so long;
 *                                                   `back: true`: it has lost them
 *   ota-late         {slot, by}                     it activates so much later than it is told to
 *   ota-pages        {slot}                         it asks for pages, and not for blocks
 *   image-damaged    {slot}                         as above; it says so at the end
 *   ota-empty-options, ota-no-blocks, ota-past-end, ota-other-image, ota-repeats, ota-twice, ota-complains, ota-mute, ota-aborts, ota-eager
 *                    {slot}                         oddities of its OTA client (face/ota_client.h)
 */

#include "drivers/sim/plant/plant.h"
#include "rig/base/yaml.h"
#include "rig/bench/bench.h"

#define SIM_FAULTS_MAX 32
#define SIM_AIR_FAULTS FAULTY_DONGLE_LOST /* the first of those of a dongle and its air */

enum sim_fault_kind {
	FAULTY_EDGE_LOST, FAULTY_EDGE_UNNUMBERED, FAULTY_LEVEL_WRONG, FAULTY_CHATTER, FAULTY_INVERTED, FAULTY_CROSSED, FAULTY_CROSSED_CONSOLES, FAULTY_SWAPPED_HUBS, FAULTY_OTHER_HUB,
	FAULTY_BUS_SILENT, FAULTY_BUS_DEAF, FAULTY_BUS_CHECK, FAULTY_BUS_UNIT, FAULTY_BUS_SHORT, FAULTY_BUS_EXCEPTION, FAULTY_BUS_LATE,
	FAULTY_BYTES_LOST, FAULTY_BYTES_WRONG, FAULTY_BYTES_ADDED, FAULTY_BYTES_SPLIT,
	FAULTY_LOADER_UNPLUGGED, FAULTY_LOADER_NAK, FAULTY_LOADER_RESET, FAULTY_IMAGE_DAMAGED, FAULTY_IMAGE_ACCEPTED, FAULTY_METER_RESET, FAULTY_GATE_LAPSE,
	FAULTY_RELAY_LATE, FAULTY_RELAY_BOUNCES, FAULTY_RCD, FAULTY_BACK_FEED, FAULTY_AD1_SPURIOUS, FAULTY_AD1_THROTTLED,
	FAULTY_SUPPLY_TRIPS, FAULTY_SUPPLY_RAMPS, FAULTY_SUPPLY_RESETS, FAULTY_SUPPLY_LOCKED,
	FAULTY_CLOCK_STEP, FAULTY_CLOCK_SLEW, FAULTY_CLOCK_RATE, FAULTY_SUSPEND,
	FAULTY_STOP, FAULTY_KILL, FAULTY_DISK_FULL, FAULTY_DISK_SLOW, FAULTY_DISK_WRITE, FAULTY_DISK_FLUSH,
	FAULTY_DONGLE_LOST, FAULTY_DONGLE_WRONG, FAULTY_DONGLE_ADDED, FAULTY_DONGLE_SILENT, FAULTY_DONGLE_UNCONFIRMED, FAULTY_DONGLE_DEAF,
	FAULTY_DONGLE_FULL, FAULTY_AIR_BUSY, FAULTY_DONGLE_RESETS, FAULTY_DONGLE_FORGETS, FAULTY_DONGLE_HANGS, FAULTY_DONGLE_UNPLUGGED,
	FAULTY_AIR_LOST, FAULTY_AIR_LATE, FAULTY_ROUTE_LOST, FAULTY_END_LOST, FAULTY_METER_MOVES, FAULTY_METER_LEAVES, FAULTY_METER_SLEEPS,
	FAULTY_OTA_RESET, FAULTY_OTA_LATE, FAULTY_OTA_PAGES, FAULTY_OTA_EMPTY_OPTIONS, FAULTY_OTA_NO_BLOCKS, FAULTY_OTA_PAST_END,
	FAULTY_OTA_OTHER_IMAGE, FAULTY_OTA_REPEATS, FAULTY_OTA_TWICE, FAULTY_OTA_COMPLAINS, FAULTY_OTA_MUTE, FAULTY_OTA_ABORTS, FAULTY_OTA_EAGER,
	SIM_FAULT_KIND_COUNT
};

/* Which stream of a slot, and which way. */
enum sim_way { WAY_HUB, WAY_METER, WAY_TO_METER };

/* What a gate stands on; those up to the breaker come back by themselves. */
enum sim_lapse { LAPSE_ARM, LAPSE_ESTOP, LAPSE_DOOR, LAPSE_LAB_FEED, LAPSE_BREAKER, LAPSE_SUPPLY, LAPSE_HUB, LAPSE_CONSOLE, LAPSE_IMAGE, LAPSE_COUNT };

struct sim_fault {
	enum sim_fault_kind kind;
	int slot, with;            /* of the bench; -1: none */
	int instrument;            /* of the bench; -1 */
	enum plant_line line;
	enum sim_way way;
	enum sim_lapse of;
	int64_t at_ns, for_ns, by_ns;
	bool back;
	int times, code;           /* code: of an exception; SUPPLY_TRIPS: enum supply_protection */
	int met;                   /* so often it was there and did not act yet */
	int fired;                 /* so often it acted */
	int64_t next_ns;           /* acts by itself; INSTANT_NEVER */
};

struct sim_faults {
	int count;
	struct sim_fault list[SIM_FAULTS_MAX];
};

const char *sim_fault_name(enum sim_fault_kind kind);

/* Reads one item of a world file's `faults`; what is wrong becomes a problem of the file. */
void sim_fault_read(struct sim_faults *faults, struct yaml_node node, const struct bench *bench);

/*
 * The first fault of these kinds that has something to do at t_ns, and is not through; NULL: none. `of` is its slot or its instrument,
 * `detail` its line or its way; -1 where kinds have none. The caller counts `fired`.
 */
struct sim_fault *sim_fault_due(struct sim_faults *faults, enum sim_fault_kind from, enum sim_fault_kind to, int of, int detail,
				int64_t t_ns);

#endif
