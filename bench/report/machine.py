"""What the machine is, and how much of it others use: a figure from a busy machine says so."""
import os
import pathlib
import platform
import subprocess
import time


def _first(path: str, prefix: str) -> str:
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith(prefix):
            return line.split(":", 1)[1].strip()
    return "unknown"


def _file_system(directory: pathlib.Path) -> str:
    """The type of the mount that holds it: the longest that its path begins with."""
    mounts = [line.split()[1:3] for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
    holding = [(len(place), kind) for place, kind in mounts
               if directory.resolve().is_relative_to(place.replace("\\040", " "))]
    return max(holding)[1] if holding else "unknown"


def describe(directory: pathlib.Path) -> dict:
    """`directory` lies on the disk that is measured."""
    kib = int(_first("/proc/meminfo", "MemTotal").split()[0])
    huge = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": f"{kib / (1 << 20):.0f} GiB",
        "kernel": platform.release(),
        "file system": _file_system(directory),
        "huge pages": huge.read_text().split("[")[1].split("]")[0] if huge.exists() else "none",
        "version": subprocess.run(["git", "describe", "--always", "--dirty"], cwd=directory, capture_output=True,
                                  text=True, check=False).stdout.strip() or "unknown",
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
    }


def _jiffies() -> list:
    return [int(word) for word in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]]


class Watch:
    """Load and stolen time from its making to `report()`."""

    def __init__(self) -> None:
        self.load_before = os.getloadavg()[0]
        self.before = _jiffies()
        self.started = time.monotonic()

    def report(self) -> dict:
        spent = [after - before for after, before in zip(_jiffies(), self.before)]
        total = max(1, sum(spent[:8]))
        return {
            "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "load before": round(self.load_before, 2),
            "steal": round(100 * spent[7] / total, 2),
            "seconds": round(time.monotonic() - self.started, 1),
        }


def others_busy(seconds: float = 1.0) -> float:
    """The share of all cores that is in use while we do nothing, in percent."""
    before = _jiffies()
    time.sleep(seconds)
    spent = [after - was for after, was in zip(_jiffies(), before)]
    return 100 * (1 - (spent[3] + spent[4]) / max(1, sum(spent[:8])))
