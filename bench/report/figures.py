"""One measured number, and the file in which a part leaves its numbers."""
import dataclasses
import json
import pathlib

HIGHER = "higher"
LOWER = "lower"


@dataclasses.dataclass
class Figure:
    """`yardstick` names the calibration figure that the same change of machine would change alike."""
    key: str
    label: str
    value: float
    unit: str
    command: str
    better: str = HIGHER
    yardstick: str = ""
    note: str = ""


@dataclasses.dataclass
class Part:
    """What one part measured, and what the machine did meanwhile. `extra` is what only plots need."""
    name: str
    figures: list
    machine: dict = dataclasses.field(default_factory=dict)
    extra: dict = dataclasses.field(default_factory=dict)
    error: str = ""

    def write(self, directory: pathlib.Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{self.name}.json").write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n")

    @staticmethod
    def read(path: pathlib.Path) -> "Part":
        fields = json.loads(path.read_text())
        fields["figures"] = [Figure(**figure) for figure in fields["figures"]]
        return Part(**fields)


def read_all(directory: pathlib.Path, names: list) -> dict:
    """Those of `names` that have been measured."""
    return {name: Part.read(directory / f"{name}.json")
            for name in names if (directory / f"{name}.json").exists()}


def shown(value: float, unit: str) -> str:
    """A figure as people read it: three digits that count."""
    if unit == "/s":
        if value >= 1e6:
            return f"{value / 1e6:.2f} M/s"
        return f"{value / 1e3:.1f} k/s" if value >= 1e4 else f"{value:.0f}/s"
    if unit == "×" or unit == "":
        return f"{value:.2f}{unit and ' ' + unit}"
    if unit == "%":
        return f"{value:.1f} %"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}"
