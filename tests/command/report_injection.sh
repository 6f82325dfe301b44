#!/bin/bash
# What devices, files and people say stays text in every report, whatever it says.
exec python3 tests/command/report_injection.py
