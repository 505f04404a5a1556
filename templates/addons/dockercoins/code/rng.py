# rng gives random numbers: GET / answers with 32 bytes.
#
# It makes one at a time, and each takes a tenth of a second: ten a second, however many ask. Nearly half of that time it reckons, so that it is seen
# where processors are watched; the rest it waits.

import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECONDS_EACH = 0.1
SECONDS_RECKONING = 0.045


def number():
    begun, spent = time.monotonic(), time.process_time()
    made = os.urandom(32)
    while time.process_time() - spent < SECONDS_RECKONING:
        made = bytes(a ^ b for a, b in zip(made, os.urandom(32)))
    time.sleep(max(0, begun + SECONDS_EACH - time.monotonic()))
    return made


class Numbers(BaseHTTPRequestHandler):
    # Who says nothing keeps the line waiting no longer.
    timeout = 5

    def do_GET(self):
        answer = number()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words):
        pass


class OneAtATime(HTTPServer):
    # So many wait in line; who comes then is sent away by the kernel, and tries again.
    request_queue_size = 1024


OneAtATime(("", 8000), Numbers).serve_forever()
