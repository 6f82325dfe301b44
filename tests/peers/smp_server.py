#!/usr/bin/env python3
"""
An MCUmgr server of our test's own, whose CBOR is python3-cbor2's, whose base64 and CRC are Python's, and which shares no code with
hilrig. It speaks on standard input and output, is strict about what it is asked, and writes its answers as Zephyr does: in maps
that end with FF.

    smp_server.py FOLDER [buffers=N] [forgets] [refuses]

The image that was uploaded stands afterwards in FOLDER/image; each line of FOLDER/log says what was asked. `forgets`: once, in the
middle of the image, it says that it has nothing. `refuses`: a mark is answered by an error of SMP's second version.
"""

import base64
import binascii
import hashlib
import io
import os
import struct
import sys

import cbor2

folder, options = sys.argv[1], sys.argv[2:]
buffers = next((int(option[8:]) for option in options if option.startswith("buffers=")), 384)
forgets, refuses = "forgets" in options, "refuses" in options
log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
image, length, marked = b"", 0, False


def zephyr(value):
    """Maps and lists without a count."""
    if isinstance(value, dict):
        return b"\xbf" + b"".join(zephyr(key) + zephyr(item) for key, item in value.items()) + b"\xff"
    if isinstance(value, list):
        return b"\x9f" + b"".join(map(zephyr, value)) + b"\xff"
    return cbor2.dumps(value)


def send(packet):
    raw = struct.pack(">H", len(packet) + 2) + packet + struct.pack(">H", binascii.crc_hqx(packet, 0))
    for at in range(0, len(raw), 93):
        mark = b"\x06\x09" if at == 0 else b"\x04\x14"
        sys.stdout.buffer.write(b"uart:~$ noise" * (at == 0) + mark + base64.b64encode(raw[at:at + 93]) + b"\r\n")
    sys.stdout.buffer.flush()


def receive():
    """The next packet; None at the end. What is not as it should be ends the program."""
    raw = b""
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            return None
        assert len(line) <= 127 and line.endswith(b"\n"), line
        assert line[:2] == (b"\x04\x14" if raw else b"\x06\x09"), line
        raw += base64.b64decode(line[2:-1], validate=True)
        wanted, = struct.unpack(">H", raw[:2])
        if len(raw) >= wanted + 2:
            assert len(raw) == wanted + 2, raw
            assert binascii.crc_hqx(raw[2:], 0) == 0, raw
            assert len(raw) <= buffers, len(raw)
            return raw[2:-2]


def state():
    images = [{"slot": 0, "version": "0.9.1", "hash": bytes(32), "active": True, "confirmed": True, "extra": [None, {"deep": [1.5]}]}]
    if length and len(image) == length:
        images.append({"slot": 1, "version": "1.0.0", "hash": hashlib.sha256(image).digest(), "active": False, "pending": marked})
    return {"images": images, "splitStatus": 0}


def upload(asked):
    global image, length, forgets
    data, offset = asked.pop("data"), asked.pop("off")
    if offset == 0:
        length, sha = asked.pop("len"), asked.pop("sha")
        image = b""
        assert len(sha) == 32
        with open(os.path.join(folder, "sha"), "wb") as file:
            file.write(sha)
    assert not asked and data, asked
    if forgets and len(image) > length // 2:
        image, forgets = b"", False
    elif offset == len(image):
        image += data
    assert len(image) <= length
    if len(image) == length:
        with open(os.path.join(folder, "image"), "wb") as file:
            file.write(image)
    return {"rc": 0, "off": len(image), "match": True}


def answer(group, command, write, asked):
    global marked
    if (group, command, write) == (0, 6, False):
        return {"buf_size": buffers, "buf_count": 4}
    if (group, command, write) == (0, 5, True):
        return {}
    if (group, command, write) == (1, 1, True):
        return upload(asked)
    if (group, command, write) == (1, 0, False):
        return state()
    assert (group, command, write) == (1, 0, True), (group, command, write)
    if refuses:
        return {"err": {"group": 1, "rc": 17}}
    assert asked.pop("hash") == hashlib.sha256(image).digest()
    log.write(f"confirm {asked.pop('confirm')}\n")
    assert not asked
    marked = True
    return state()


while True:
    packet = receive()
    if packet is None:
        break
    operation, flags, size, group, sequence, command = struct.unpack(">BBHHBB", packet[:8])
    assert operation in (0, 2) and flags == 0 and size == len(packet) - 8, packet[:8]
    stream = io.BytesIO(packet[8:])
    asked = cbor2.CBORDecoder(stream).decode()
    assert not stream.read() and cbor2.dumps(asked) == packet[8:], asked
    log.write(f"{group} {command} {'write' if operation else 'read'}\n")
    log.flush()
    body = zephyr(answer(group, command, operation == 2, asked))
    send(struct.pack(">BBHHBB", operation + 1, 0, len(body), group, sequence, command) + body)
