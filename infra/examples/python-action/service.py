#!/usr/bin/env python3
"""A remote action for Understudy, with nothing but Python's standard library.

Understudy POSTs what a person selected; this service answers with what it proposes to change. Understudy shows that to
the person, asks ShotGrid whether they may, performs it as them and records it: nothing here talks to ShotGrid.

    REMOTE_SECRET_NAMES=<32 characters or more> python3 service.py

Write your own action in plan(); what stands above it makes sure that the question really comes from Understudy.
"""

import hashlib
import hmac
import json
import os
import re
import sys
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Newest first, as in Understudy: to change the secret, add the new one here, then there, then remove the old one.
SECRETS = [part.strip() for part in os.environ.get("REMOTE_SECRET_NAMES", "").split(",") if part.strip()]
FRESH_SECONDS = 60
MAX_BODY_BYTES = 8 * 1024 * 1024


class Refused(Exception):
    """The question is not to be answered; the text is for Understudy's administrators."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class SeenIds:
    """Ids of the questions of the last minutes: each is answered once."""

    def __init__(self):
        self._lock = threading.Lock()
        self._seen = {}

    def add(self, request_id, now):
        with self._lock:
            # A question is refused as stale before its id is forgotten.
            self._seen = {key: at for key, at in self._seen.items() if now - at <= 2 * FRESH_SECONDS}
            if request_id in self._seen:
                raise Refused(409, "this question was asked before")
            self._seen[request_id] = now


SEEN = SeenIds()


def verify(headers, body):
    """Raises Refused unless `body` was signed by Understudy, just now, and for the first time."""
    timestamp = headers.get("X-Understudy-Timestamp", "")
    request_id = headers.get("X-Understudy-Request-Id", "")
    given = headers.get("X-Understudy-Signature", "")
    signed = timestamp.encode() + b"\n" + request_id.encode() + b"\n" + body
    expected = ["sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in SECRETS]
    # Compared as bytes, all of them, in a time that tells nothing.
    if not any([hmac.compare_digest(given.encode(), one.encode()) for one in expected]):
        raise Refused(401, "the signature does not match")
    now = datetime.now(timezone.utc).timestamp()
    try:
        asked = datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp()
    except ValueError:
        raise Refused(401, "the timestamp is not RFC 3339") from None
    if abs(now - asked) > FRESH_SECONDS:
        raise Refused(401, "the question is too old, or the clocks disagree")
    SEEN.add(request_id, now)


GOOD_NAME = re.compile(r"[A-Za-z0-9]+(_[A-Za-z0-9]+)*_v[0-9]{3,}")


def plan(question):
    """The action itself: says which of the selected Versions are not named as the studio wants, in their description."""
    changes, table = [], []
    for row in question["rows"]:
        name = row["fields"]["code"] or ""
        is_good = GOOD_NAME.fullmatch(name) is not None
        table.append([name, "as agreed" if is_good else "should end in _v and three digits"])
        if not is_good:
            text = question["form"]["remark"] or "Please rename."
            changes.append(
                {
                    "kind": "update",
                    "entityType": row["type"],
                    "id": row["id"],
                    "fields": {"description": f"{text} (checked for {question['person']['name']})"},
                }
            )
    return {
        "version": 1,
        "changes": changes,
        "report": {
            "title": "Names of the selected Versions",
            "table": {
                "columns": [{"label": "Version", "type": "text"}, {"label": "Name", "type": "text"}],
                "rows": table,
            },
        },
    }


class Handler(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        try:
            length = int(self.headers.get("Content-Length", "0"))
            if not 0 < length <= MAX_BODY_BYTES:
                raise Refused(413, "the question is empty or too large")
            body = self.rfile.read(length)
            verify(self.headers, body)
            question = json.loads(body)
            if question["version"] != 1:
                raise Refused(400, "this service speaks version 1")
            self.answer(200, plan(question))
        except Refused as refusal:
            self.answer(refusal.status, {"error": str(refusal)})

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    if not SECRETS or any(len(secret) < 32 for secret in SECRETS):
        sys.exit("REMOTE_SECRET_NAMES must hold one or more secrets of at least 32 characters, with commas between them.")
    server = ThreadingHTTPServer((os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "9000"))), Handler)
    print(f"listening on http://{server.server_address[0]}:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
