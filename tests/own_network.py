"""A network of one's own: loopback and nothing else, where the machine permits that.

Chromium ends what it loads whenever an address of the machine comes or goes (ERR_NETWORK_CHANGED), as it does with each
container. In a network of its own a stage of the tests sees no other's containers, and can't ask anybody outside.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys

SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x1 | 0x40
"""Of Linux's netdevice(7): SIOCSIFFLAGS, IFF_UP and IFF_RUNNING."""
COMMAND = ["unshare", "--net", sys.executable, "-m", "tests.own_network"]


def in_own_network(command: list[str]) -> list[str]:
    """The command that runs that one so; the same one where that is not permitted, or is no Linux."""
    try:
        tried = subprocess.run([*COMMAND, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return command
    return command if tried.returncode else [*COMMAND, *command]


def main(command: list[str]) -> None:
    """Brings loopback up, and becomes that command."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        fcntl.ioctl(asking, SET_FLAGS, struct.pack("16sH14x", b"lo", UP_AND_RUNNING))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
