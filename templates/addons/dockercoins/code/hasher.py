# hasher gives the SHA-256 of what is sent to it: POST / with some bytes answers with 64 hexadecimal digits.
#
# Each takes a tenth of a second, as with rng, but it serves everybody who asks at the same time.

import hashlib
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECONDS_EACH = 0.1


class Hashes(BaseHTTPRequestHandler):
    timeout = 5

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(SECONDS_EACH)
        answer = hashlib.sha256(sent).hexdigest().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words):
        pass


class Everybody(ThreadingHTTPServer):
    request_queue_size = 1024


Everybody(("", 8000), Hashes).serve_forever()
