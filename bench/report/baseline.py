"""The stored baseline: figures judged as ratios to a calibration figure of the same run, now against then."""
import dataclasses
import json
import pathlib

from .figures import HIGHER, Figure

TOLERANCE = 0.15  # of the ratio
WIDE = 0.35       # where the disk, the network stack or a longest value decides
WIDE_PARTS = ("tcp", "durable", "http", "recovery")


@dataclasses.dataclass
class Change:
    """`ratio` above 1 is better than the baseline, whatever the figure's direction."""
    figure: Figure
    ratio: float
    tolerance: float

    @property
    def worse(self) -> bool:
        return self.ratio < 1 - self.tolerance

    @property
    def better(self) -> bool:
        return self.ratio > 1 / (1 - self.tolerance)

    @property
    def verdict(self) -> str:
        return "worse" if self.worse else "better" if self.better else "as before"


def normalised(figure: Figure, calibration: dict) -> float:
    """In units of the machine: work a yardstick step for rates, steps for times. Sizes and ratios stay."""
    value = max(figure.value, 1e-9)  # a percentage may be zero or below
    if not figure.yardstick:
        return value
    step = calibration[figure.yardstick]
    return value * step if figure.better == HIGHER else value / step


def tolerance_of(key: str) -> float:
    return WIDE if key.split(".")[0] in WIDE_PARTS else TOLERANCE


def store(path: pathlib.Path, figures: list, calibration: dict, machine: dict, quick: bool) -> None:
    """Figures of parts that this run left out stay, if they are of the same kind."""
    before = json.loads(path.read_text()) if path.exists() else {}
    kept = {"machine": machine, "quick": quick, "calibration": calibration,
            "figures": before["figures"] if before.get("quick") == quick else {}}
    for figure in figures:
        kept["figures"][figure.key] = {"value": figure.value, "normalised": normalised(figure, calibration)}
    path.write_text(json.dumps(kept, indent=1) + "\n")


def compare(path: pathlib.Path, figures: list, calibration: dict, quick: bool) -> list:
    """Nothing where there is no baseline, or one of other loads: quick never with full (BENCH-2)."""
    if not path.exists():
        return []
    baseline = json.loads(path.read_text())
    if baseline["quick"] != quick:
        return []
    changes = []
    for figure in figures:
        before = baseline["figures"].get(figure.key)
        if before is None:
            continue
        now = normalised(figure, calibration)
        ratio = now / before["normalised"] if figure.better == HIGHER else before["normalised"] / now
        changes.append(Change(figure, ratio, tolerance_of(figure.key)))
    return changes
