#ifndef HILRIG_DRIVERS_TOOL_TOOL_INSTRUMENT_H
#define HILRIG_DRIVERS_TOOL_TOOL_INSTRUMENT_H

/*
 * A loader that is a program of somebody else's (`protocol: tool`), as an instrument: tool_upgrade.h says which program is wanted,
 * tool_process.h runs it. What was run stands in the journal as a note; it and its output are raw/SLOT.upgrade.log.
 *
 * **The image** goes to the program as the path of its file. The journal tells of the bytes that the run began with, so the file is
 * read again before `transfer` and after it: another one is a failure.
 *
 * **Output** is read at TOOL_READ_BYTES in TOOL_READ_NS at the most for as long as it is kept, so that a program which floods waits
 * for its pipe, and neither loop nor journal for it.
 */

#include "rig/bench/driver.h"

#define TOOL_READ_BYTES 65536
#define TOOL_READ_NS (250 * NS_PER_MS)

struct instrument *tool_instrument_start(const struct driver_start *start, int instrument, struct error *error);

#endif
