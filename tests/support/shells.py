"""Shells and terminals that run a command line."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios

from support.machine import pseudo_terminal

ESCAPE = "\x1b[31m\x9b31m\x07\r\u202e"
"""What colours, rings, returns and turns the text round, if a terminal gets to see it."""
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def shell(command, folder, **options):
    """Run a command line in a real shell, with the installed program."""
    environment = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    environment.pop("COLUMNS", None)
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False, **options
    )


def on_a_terminal(command, folder, keys=b"", columns=100):
    """Run a command on a terminal of a given width, and return its output; press a key whenever it waits for one."""
    here, there = pseudo_terminal()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    told = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    told = {name: value for name, value in told.items() if name not in ("COLUMNS", "NO_COLOR")} | {
        "TERM": "xterm-256color"
    }
    with subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=told, stdin=there, stdout=there, stderr=there
    ) as process:
        printed, pressed = b"", 0
        while process.poll() is None or select.select([here], [], [], 0)[0]:
            if select.select([here], [], [], 0.02)[0]:
                printed += os.read(here, 1 << 16)
            waits = not termios.tcgetattr(there)[3] & termios.ICANON
            if waits and pressed < min(len(keys), printed.count(b"q quits")):
                os.write(here, keys[pressed : pressed + 1])
                pressed += 1
    os.close(there)
    os.close(here)
    return printed.decode()
