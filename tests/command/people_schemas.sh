#!/bin/bash
# The schemas for editors tell the truth about the files that people write.
exec python3 tests/command/people_schemas.py
