#!/usr/bin/env python3
"""
A worked night with escape sequences, wide, combining and bidirectional characters in all texts of all kinds of lines; and whether bytes
that a program wrote hold any of them.

    tests/command/dashboard_hostile.py make NIGHT FOLDER
    tests/command/dashboard_hostile.py look FILE...         prints what got through
"""

import sys

from report_injection import make_night

PAYLOADS = ("\x1b[8m", "\x1b]0;OWNED\x07\u4e2d", "\x1b]0;OWNED\x07\x1b[8m\u4e2de\u0301\u202e\x9b31m\x0e")
FORBIDDEN = {"a title": b"\x1b]0;", "invisible ink": b"\x1b[8m", "a bell": b"\x07", "a wide glyph": "\u4e2d".encode(),
             "a combining glyph": "\u0301".encode(), "a turn of direction": "\u202e".encode(), "an escape of C1": "\x9b".encode()}

if sys.argv[1] == "make":
    make_night(sys.argv[2], sys.argv[3], PAYLOADS, False)
else:
    for name in sys.argv[2:]:
        with open(name, "rb") as file:
            data = file.read()
        if b"OWNED" not in data:
            print(f"{name}: the hostile texts were not shown: nothing was tried")
        for what, bytes_of in FORBIDDEN.items():
            if bytes_of in data:
                print(f"{name}: {what} got through")
