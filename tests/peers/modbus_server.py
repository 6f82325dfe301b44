"""The units of the two shipped profiles, played by pymodbus on the tty given: unit 1 a supply, unit 2 a relay board.

Prints a line for every write that a client made: unit, table (h holding, c coil), address, values. It begins with "serving".
"""

import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartSerialServer
from pymodbus.transaction import ModbusRtuFramer


class Block(ModbusSequentialDataBlock):
    def __init__(self, unit, table, values):
        self.label = f"{unit} {table}"
        super().__init__(0, values)

    def setValues(self, address, values):
        if not isinstance(values, list):
            values = [values]
        super().setValues(address, values)
        print(self.label, address, *[int(value) for value in values], flush=True)


def unit(number, holding, coils):
    return ModbusSlaveContext(hr=Block(number, "h", holding), co=Block(number, "c", coils), zero_mode=True)


supply = [0] * 120
supply[0] = 60062
supply[3] = 141
supply[10] = 1199   # 11.99 V
supply[12:14] = [1, 2]
supply[14] = 2412
supply[68] = 1
slaves = {1: unit(1, supply, [0] * 8), 2: unit(2, [0] * 8, [0] * 8)}
print("serving", flush=True)
StartSerialServer(context=ModbusServerContext(slaves=slaves, single=False), framer=ModbusRtuFramer, port=sys.argv[1],
                  baudrate=115200, timeout=0.05)
