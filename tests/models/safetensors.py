#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""safetensors.py PROGRAM: model files as a reader sees them that knows nothing but the format's description.

The length of a header, the header as JSON, arrays at the offsets it names, which follow one another without gaps. The
checksum is that of zlib. PROGRAM is `resumable`, which writes one.
"""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib

FORMATS = {"F32": "f", "F64": "d", "I64": "q", "BOOL": "?", "U8": "B"}


def read(data):
    """(arrays by their names, metadata) of the bytes of a file."""
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length].decode("utf-8"))
    body = data[8 + length:]
    about, arrays, at = header.pop("__metadata__", {}), {}, 0
    assert all(isinstance(text, str) for text in about.values()), about
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        count = 1
        for size in entry["shape"]:
            count *= size
        letter = FORMATS[entry["dtype"]]
        assert begin == at and end - begin == count * struct.calcsize(letter), (name, entry)
        assert (8 + length + begin) % struct.calcsize(letter) == 0, f"{name} does not lie on a multiple of its size"
        arrays[name] = (tuple(entry["shape"]), struct.unpack_from(f"<{count}{letter}", body, begin))
        at = end
    assert at == len(body), "bytes after the last array"
    return arrays, about


def check_sum(data, stated):
    digits = re.fullmatch(r"crc32:([0-9a-f]{8})", stated).group(1)
    at = data.index(f'"reel.checksum":"crc32:{digits}"'.encode()) + len('"reel.checksum":"crc32:')
    assert zlib.crc32(data[:at] + b"0" * 8 + data[at + 8:]) == int(digits, 16), "the checksum is another one"


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run")
        subprocess.run([program, path, "7", path + ".result"], stdout=subprocess.DEVNULL, check=True)
        with open(path, "rb") as file:
            data = file.read()
    arrays, about = read(data)
    check_sum(data, about["reel.checksum"])
    assert arrays["step.parameters.layers.0.W"][0] == (4, 8) and arrays["step.parameters.layers.1.b"][0] == (3,), arrays
    assert about["at.epoch"] == "1" and about["at.step"] == "2" and about["at.steps"] == "7" and about["seed"] == "7", about
    biases = arrays["step.parameters.layers.1.b"][1]
    assert all(0 < abs(b) < 1 for b in biases), biases
    # Adam keeps two averages of the gradient, and their divisors: 1 - 0.9^7 and 1 - 0.999^7.
    kept = [numbers for name, (shape, numbers) in sorted(arrays.items()) if name.startswith("step.rule.") and shape == ()]
    for divisor in (1 - 0.9 ** 7, 1 - 0.999 ** 7):
        assert sum(abs(k[0] - divisor) < 1e-6 for k in kept) == 4, (divisor, kept)
    print(f"{len(arrays)} arrays of {len(data)} bytes read")


main(*sys.argv[1:])
