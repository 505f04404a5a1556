# webui shows how fast the coins come: / is a page, /json what it shows, /metrics the same for Prometheus.
#
# Each second it reads the counters in Redis; what they have grown by in the last seconds is the rate.

import collections
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from redis import Redis

WINDOW_SECONDS = 5

seen = collections.deque(maxlen=WINDOW_SECONDS + 1)


def watch():
    while True:
        try:
            redis = Redis("redis")
            while True:
                hashes, coins = (int(redis.ask("GET", name) or 0) for name in ("hashes", "coins"))
                # Redis has begun anew.
                if seen and hashes < seen[-1][1]:
                    seen.clear()
                seen.append((time.monotonic(), hashes, coins))
                time.sleep(1)
        except OSError as reason:
            seen.clear()
            print(f"waiting a second: {reason}", flush=True)
            time.sleep(1)


def now():
    window = list(seen)
    if not window:
        return {"hashes": 0, "coins": 0, "rate": 0}
    (first, before, _), (last, hashes, coins) = window[0], window[-1]
    rate = (hashes - before) / (last - first) if last > first else 0
    return {"hashes": hashes, "coins": coins, "rate": round(rate, 2)}


def metrics():
    state = now()
    return (
        "# TYPE dockercoins_hashes_total counter\n"
        f"dockercoins_hashes_total {state['hashes']}\n"
        "# TYPE dockercoins_coins_total counter\n"
        f"dockercoins_coins_total {state['coins']}\n"
    )


def page():
    with open("/code/page.html", encoding="utf-8") as file:
        return file.read()


PATHS = {
    "/": ("text/html; charset=utf-8", page),
    "/json": ("application/json", lambda: json.dumps(now())),
    "/metrics": ("text/plain; version=0.0.4", metrics),
}


class Pages(BaseHTTPRequestHandler):
    timeout = 5

    def do_GET(self):
        # The API server says in a query how long it waits.
        kind, make = PATHS.get(self.path.partition("?")[0], (None, None))
        if make is None:
            self.send_error(404)
            return
        answer = make().encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words):
        pass


threading.Thread(target=watch, daemon=True).start()
ThreadingHTTPServer(("", 8000), Pages).serve_forever()
