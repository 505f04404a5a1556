# What worker and webui say to Redis: a line of words, of which the answer is one value.

import socket


class Redis:
    def __init__(self, host, port=6379):
        self.line = socket.create_connection((host, port), timeout=10).makefile("rwb")

    def ask(self, *words):
        self.line.write(" ".join(words).encode() + b"\r\n")
        self.line.flush()
        answer = self.line.readline().rstrip()
        if answer.startswith(b"-") or answer == b"":
            raise OSError(f"Redis says {answer!r}")
        if answer.startswith(b"$"):
            return None if answer == b"$-1" else self.line.readline().rstrip().decode()
        return answer[1:].decode()
