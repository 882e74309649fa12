"""What a worker process writes to stdout and stderr: one pipe, so that the order stays."""

from __future__ import annotations

import fcntl
import os
import struct
import termios


class Output:
    """The reading end of a worker's pipe.

    A worker's request reaches us after everything it wrote before: those writes had returned, so the bytes are in the
    pipe. Taking what the pipe holds at that moment therefore takes the whole log of an invocation, with no waiting
    and no mark at its end; and a thread that goes on writing cannot hold us up.
    """

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        self._taken = bytearray()

    def fill(self) -> bool:
        """Take what the pipe holds now. False when nobody can write any more."""
        held = struct.unpack("i", fcntl.ioctl(self.reader, termios.FIONREAD, b"\0" * 4))[0]
        # Nothing held, and still called: the writers are gone, which a read tells apart.
        if not held:
            return False
        while held > 0:
            chunk = os.read(self.reader, held)
            self._taken += chunk
            held -= len(chunk)
        return True

    def take(self) -> str:
        """What was written since the last time."""
        text = self._taken.decode("utf-8", errors="replace")
        self._taken.clear()
        return text

    def close(self) -> None:
        """Close our end."""
        os.close(self.reader)
