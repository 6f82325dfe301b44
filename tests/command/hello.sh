#!/bin/bash
# The schema of the socket's first line says what the program writes and what it takes.
exec python3 tests/command/hello.py "${BUILD:-build}/tests/unit/hello"
