#ifndef HILRIG_DRIVERS_SIM_RADIO_FAULT_H
#define HILRIG_DRIVERS_SIM_RADIO_FAULT_H

/*
 * What goes wrong with a simulated dongle, on its air, and in the OTA clients of its meters, as the world file's faults say it (faults.h).
 * All of it acts on bytes, frames and devices, below the shipped code. Instants are the host's.
 */

#include "drivers/sim/radio.h"

/* Bytes between host and dongle, as they pass: gives their size in `changed`. `to_dongle`: which way. */
size_t radio_fault_bytes(struct radio *radio, int64_t t_ns, bool to_dongle, const uint8_t *bytes, size_t size, uint8_t changed[RADIO_BYTES_MAX]);

/* Whether the dongle, the air or a device loses this one; `end`: it is an Upgrade End. */
bool radio_fault_spoils(struct radio *radio, enum znp_spoil what, int64_t t_ns, int device, bool end);

/* How much later a frame to or from a device comes. */
int64_t radio_fault_delays(struct radio *radio, int64_t t_ns, int device);

/* A device has all of an image, and in its memory a byte of that is another one. */
bool radio_fault_damages(struct radio *radio, int device, int64_t t_ns);

/* A device has got a block; it activates what it has. */
void radio_fault_block(struct radio *radio, int device, int64_t t_ns);
void radio_fault_activates(struct radio *radio, int device, int64_t t_ns);

/* How a device of a slot of the bench is from the beginning. */
void radio_fault_begin(struct radio *radio, int bench_slot, struct znp_device_settings *settings);

/* Oddities of clients that made a difference since it was called last are counted. */
void radio_fault_count(struct radio *radio);

/* One that acts at its instant, or has come to its end; false: it is none of these, and nothing is done. */
bool radio_fault_step(struct radio *radio, struct sim_fault *fault, int64_t t_ns);

#endif
