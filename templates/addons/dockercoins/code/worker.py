# worker mines: it asks rng for a number and hasher for its hash, and counts in Redis. A hash that begins with 0 is a coin.
#
# A round takes three tenths of a second: one at rng, one at hasher, one of its own. So one worker makes three hashes a second.

import time
import urllib.request

from redis import Redis


def mine(redis):
    number = urllib.request.urlopen("http://rng/", timeout=60).read()
    made = urllib.request.urlopen("http://hasher/", data=number, timeout=60).read()
    redis.ask("INCR", "hashes")
    if made.startswith(b"0"):
        redis.ask("INCR", "coins")
    time.sleep(0.1)


def work():
    redis = Redis("redis")
    while True:
        mine(redis)


while True:
    try:
        work()
    except OSError as reason:
        print(f"waiting a second: {reason}", flush=True)
        time.sleep(1)
