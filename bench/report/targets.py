"""What the project set out to reach, and whether a figure does."""
import dataclasses

from .figures import LOWER, Figure, shown


@dataclasses.dataclass
class Target:
    key: str
    bound: float


TARGETS = {target.key: target for target in (
    Target("matching.1.rialto", 50e6),
    Target("matching.1000.rialto", 20e6),
    Target("memory.1", 12e6),
    Target("memory.1000", 6e6),
    Target("sizes.account", 256),
    Target("tcp.saturation", 2e6),
    Target("tcp.0.5.p99", 1000),
    Target("tcp.single.ratio", 1.5),
    Target("http.share", 70),
    Target("recovery.fold", 5e6),
    Target("recovery.ready", 3),
    Target("durable.replica", 3),
    Target("durable.stall.ours", 10),
)}


@dataclasses.dataclass
class Judgement:
    """`ratio` is how much of the target is reached: 1 or above is met, whatever the direction."""
    figure: Figure
    target: Target
    ratio: float

    @property
    def met(self) -> bool:
        return self.ratio >= 1

    @property
    def wanted(self) -> str:
        sign = "at most" if self.figure.better == LOWER else "at least"
        return f"{sign} {shown(self.target.bound, self.figure.unit)}"


def judge(figure: Figure):
    """None where nothing was set."""
    target = TARGETS.get(figure.key)
    if target is None:
        return None
    value = max(figure.value, 1e-9)
    ratio = target.bound / value if figure.better == LOWER else value / target.bound
    return Judgement(figure, target, ratio)
