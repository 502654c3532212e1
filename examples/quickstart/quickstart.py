#!/usr/bin/env python3
"""Asks a Clew server for a trace, follows it to its end, says where the coins
lie, and saves the exits as CSV. Needs Python 3.8 and its standard library.

    CLEW_KEY=$(clew user key quickstart --scope read,write) python3 quickstart.py bitcoin TXID:VOUT exits.csv
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("CLEW_URL", "http://127.0.0.1:8420")
KEY = os.environ.get("CLEW_KEY", "")
TRIES_MAX = 8


class Problem(Exception):
    """How the server says that something is wrong (RFC 9457). Branch on code:
    detail is for people. The operator finds request_id in the server's log."""

    def __init__(self, status, headers, body):
        try:
            said = json.loads(body)
        except ValueError:
            said = {}  # a proxy's error page is no problem+json
        self.status, self.code = status, said.get("code", "")
        self.after = headers.get("Retry-After", "")
        super().__init__("%s (%d %s, request %s)" % (said.get("detail", "error"), status, self.code, said.get("request_id", "unknown")))

    def passes(self):
        """Whether it goes away by waiting."""
        return self.status in (429, 502, 503, 504) or self.code == "pending"


def send_once(method, path, body, headers):
    headers = dict(headers, Authorization="Bearer " + KEY)
    data = None if body is None else json.dumps(body).encode()
    try:
        return urllib.request.urlopen(urllib.request.Request(URL + path, data, headers, method=method), timeout=60)
    except urllib.error.HTTPError as e:
        raise Problem(e.code, e.headers, e.read()) from None


def send(method, path, body=None, headers={}, read=lambda answer: answer.read()):
    """Sends a request until it is answered and read. All requests here may be
    sent again: they read, or carry an Idempotency-Key."""
    for left in reversed(range(TRIES_MAX)):
        wait = 1
        try:
            with send_once(method, path, body, headers) as answer:
                return read(answer)
        except Problem as p:
            if not p.passes() or not left:
                raise
            if p.after.isdigit():
                wait = min(int(p.after), 60)
        except OSError:  # the connection was lost, or there was none
            if not left:
                raise
        time.sleep(wait)


def read(path):
    return json.loads(send("GET", path))


def events(trace, last):
    """Reads one stream of events (HTML standard, 9.2); returns the last id."""

    def tell(answer):
        nonlocal last
        try:
            for line in answer:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "id":
                    last = value
                elif field == "data":
                    print(" ", value, file=sys.stderr)
        except OSError:
            pass  # broken off or not: the caller looks at the trace
        return last

    return send("GET", "/v1/traces/%s/events" % trace, headers={"Last-Event-ID": last}, read=tell)


def follow(trace):
    """Tells events until the trace has ended. A stream that breaks goes on behind
    the last event that came; what counts is the status of the trace."""
    last = ""
    while True:
        last = events(trace, last)
        run = read("/v1/traces/" + trace)
        if run["status"] not in ("queued", "running"):
            return run
        time.sleep(1)


def main(chain, start, file):
    for of in read("/v1/chains")["items"]:
        if of["tip"]:  # null: the ledger is empty
            print("chain", of["alias"], "block", of["tip"]["height"])
    # The key makes one trace of it, however often it is sent.
    once = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    asked = json.loads(send("POST", "/v1/traces", {"chain": chain, "starts": [start]}, once))
    ended = follow(asked["id"])
    if ended["status"] != "done":
        sys.exit("error: " + (ended["error"]["detail"] if ended["error"] else "the trace is " + ended["status"]))
    # Amounts are integers in base units, as text: int() takes them, float() loses digits.
    result = read("/v1/traces/%s/result" % asked["id"])
    print("theft", result["theft"])
    for name in result["input"]["params"]["policies"]:
        policy = result["policies"][name]
        for absorber in policy["absorbers"]:
            print(name, absorber["kind"], absorber["amount"])
        print(name, "sum", policy["sum"])
    print("result", result["result_digest"])
    exits = send("GET", "/v1/traces/%s/export?format=csv" % asked["id"])
    with open(file, "wb") as f:
        f.write(exits)


if __name__ == "__main__":
    if len(sys.argv) != 4 or not KEY:
        print("usage: CLEW_KEY=... quickstart.py CHAIN TXID:VOUT FILE.csv", file=sys.stderr)
        sys.exit(2)
    try:
        main(*sys.argv[1:])
    except (Problem, OSError) as e:
        sys.exit("error: %s" % e)
