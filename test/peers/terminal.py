"""Types into a program at a terminal of its own, as a person does, and says what stood on its screen.

Usage: terminal.py PROGRAM ARGUMENT... < steps.json > seen.json
Steps: [{"until": regular expression, "send": text}, ...]: waits until what came since the last step matches, then types.
Answers {"screens": [what came in each step], "last": what came after the last, "code": exit code}.
"""

import json
import os
import pty
import re
import select
import signal
import sys

PATIENCE_S = 60

steps = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])


def read():
    """What is there next; None at the end."""
    if not select.select([terminal], [], [], PATIENCE_S)[0]:
        os.kill(child, signal.SIGKILL)
        raise TimeoutError(f"nothing came for {PATIENCE_S} s after {screens}, then {screen!r}")
    try:
        # Without bells and colours.
        return re.sub(r"[\a\b]|\x1b\[[0-9;?]*[a-zA-Z]", "", os.read(terminal, 65536).decode(errors="replace"))
    except OSError:
        return None


screens = []
screen = ""
for step in steps:
    while not re.search(step["until"], screen):
        came = read()
        if came is None:
            sys.exit(f"the program ended before {step['until']!r}: {screens}, then {screen!r}")
        screen += came
    screens.append(screen)
    screen = ""
    os.write(terminal, step["send"].encode())
while (came := read()) is not None:
    screen += came
_pid, status = os.waitpid(child, 0)
json.dump({"screens": screens, "last": screen, "code": os.waitstatus_to_exitcode(status)}, sys.stdout)
