"""An independent check of an audit log file, written from the description at the top of src/audit/record.ts alone.

Only the standard library. Prints one JSON object and exits 0 (intact), 1 (a record is wrong) or 6 (the file is).
Ed25519 is not in the standard library: where the openssl command is, `--public-key FILE` has it check signatures.

    python3 check_log.py LOG [--checkpoint FILE] [--public-key FILE]
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zlib

DOMAIN = b"understudy audit record v1\n"
HEADER = re.compile(rb'^\{"understudy":"audit log v1","after":\{"seq":(\d+),"hash":"([0-9a-f]{64})"\}\}$')
RECORD = re.compile(rb'^([0-9a-f]{64}) (\{"v":1,"seq":([1-9]\d*),.*)$', re.DOTALL)
END = re.compile(rb'^\{"end":\{"seq":(\d+),"hash":"([0-9a-f]{64})"\}\}$')


class Wrong(Exception):
    def __init__(self, at, exit_code):
        super().__init__(at)
        self.at, self.exit_code = at, exit_code


def read(path):
    """The file's bytes, and whether they could be read to their end."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] != b"\x1f\x8b":
        return data, True
    out, rest = b"", data
    try:
        while rest:
            decoder = zlib.decompressobj(wbits=31)
            out += decoder.decompress(rest)
            if not decoder.eof:
                return out, False
            rest = decoder.unused_data
    except zlib.error:
        return out, False
    return out, True


def is_sealed(line):
    """U+FFFD is never raw in a sealed line, and a line is UTF-8."""
    try:
        return "\ufffd" not in line.decode("utf-8")
    except UnicodeDecodeError:
        return False


def signature_is_good(checkpoint, public_key):
    text = "understudy audit checkpoint v1\n{size}\n{head}\n{time}\n{keyId}\n".format(**checkpoint).encode()
    with tempfile.NamedTemporaryFile() as signature, tempfile.NamedTemporaryFile() as message:
        signature.write(base64.b64decode(checkpoint["signature"]))
        signature.flush()
        message.write(text)
        message.flush()
        command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public_key]
        done = subprocess.run(
            command + ["-sigfile", signature.name, "-in", message.name], capture_output=True, check=False
        )
    return done.returncode == 0


def check(path, checkpoints, public_key):
    data, whole = read(path)
    lines = data.split(b"\n")
    whole = whole and lines[-1] == b""
    lines = lines[:-1]

    header = HEADER.match(lines[0]) if lines else None
    if header is None:
        raise Wrong(1, 6)
    seq, head = int(header[1]), header[2]
    heads, ended = {seq: head}, False
    for line in lines[1:]:
        if ended:
            raise Wrong(seq + 1, 6)
        end = END.match(line)
        if end is not None:
            if (int(end[1]), end[2]) != (seq, head):
                raise Wrong(seq + 1, 1)
            ended = True
        elif line.startswith(b'{"checkpoint":"v1",'):
            checkpoints = checkpoints + [json.loads(line)]
            if (checkpoints[-1]["size"], checkpoints[-1]["head"].encode()) != (seq, head):
                raise Wrong(checkpoints[-1]["size"], 1)
        else:
            record = RECORD.match(line)
            if record is None or int(record[3]) != seq + 1 or not is_sealed(record[2]):
                raise Wrong(seq + 1, 1)
            if hashlib.sha256(DOMAIN + head + b"\n" + record[2]).hexdigest().encode() != record[1]:
                raise Wrong(seq + 1, 1)
            seq, head = seq + 1, record[1]
            heads[seq] = head
    if not ended or not whole:
        raise Wrong(seq + 1, 6)

    for checkpoint in checkpoints:
        if public_key is not None and not signature_is_good(checkpoint, public_key):
            raise Wrong(checkpoint["size"], 5)
        if heads.get(checkpoint["size"], checkpoint["head"].encode()) != checkpoint["head"].encode():
            raise Wrong(checkpoint["size"], 1)
        if checkpoint["size"] > seq:
            raise Wrong(seq + 1, 3)
    return {"intact": True, "size": seq, "head": head.decode()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--checkpoint")
    parser.add_argument("--public-key")
    given = parser.parse_args()
    checkpoints = []
    if given.checkpoint is not None:
        with open(given.checkpoint, encoding="utf-8") as file:
            checkpoints = [json.loads(line) for line in file]
    try:
        print(json.dumps(check(given.log, checkpoints, given.public_key)))
    except Wrong as wrong:
        print(json.dumps({"intact": False, "brokenAt": wrong.at}))
        sys.exit(wrong.exit_code)


if __name__ == "__main__":
    main()
