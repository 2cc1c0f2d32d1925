"""A process that reads hostile bytes: it may compute, read what it was given, write its answer, and end.

`confine` sets limits that the kernel holds. `close_off` takes away every other call to the kernel: whoever
takes over the process by a fault of a decoder can open no file, reach no network and start no program.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import struct
import sys

NO_NEW_PRIVILEGES, SET_SECCOMP, BY_FILTER = 38, 22, 2  # of prctl(2)
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # of the filter's language: a word, a comparison, a verdict
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000  # refused: EPERM
# Kernel, and the numbers of: read, write, close, fstat, lseek, mmap, mprotect, munmap, brk, rt_sigaction,
# rt_sigprocmask, rt_sigreturn, mremap, sched_yield, madvise, getpid, gettid, exit, exit_group, gettimeofday,
# futex, clock_gettime, clock_nanosleep, restart_syscall, getrandom, rseq.
CALLS = {
    "x86_64": (
        0xC000003E,
        (0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 25, 24, 28, 39, 186, 60, 231, 96, 202, 228, 230, 219, 318)
        + (334,),
    ),
    "aarch64": (
        0xC00000B7,
        (63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 216, 124, 233, 172, 178, 93, 94, 169, 98, 113)
        + (115, 128, 278, 293),
    ),
}


class NotClosedOff(OSError):
    """This machine's kernel cannot take the calls away: nothing hostile is read."""


def confine(memory: int, seconds: int) -> None:
    """No file more than the three that are open, no byte into one, and no more memory or work than that."""
    limits = {
        resource.RLIMIT_NOFILE: 3,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        resource.setrlimit(kind, (limit, limit))


def close_off() -> None:
    """Take away, for good, all calls but CALLS. NotClosedOff."""
    if not sys.platform.startswith("linux") or platform.machine() not in CALLS:
        raise NotClosedOff(f"no list of calls for {sys.platform} on {platform.machine()}")
    machine, calls = CALLS[platform.machine()]
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, machine), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    steps += [(EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)
    for call in ((NO_NEW_PRIVILEGES, 1, 0), (SET_SECCOMP, BY_FILTER, ctypes.addressof(program))):
        if kernel.prctl(*call, *(0,) * (5 - len(call))):
            raise NotClosedOff(ctypes.get_errno(), "the kernel refused it")
