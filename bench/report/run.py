"""./dev bench: measures the parts, compares with the baseline and writes docs/performance.md."""
import argparse
import json
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

from . import baseline, engine_parts, gateway_parts, machine, peers
from .figures import Part, read_all, shown
from .setting import ROOT, Failed, Setting

PARTS = {
    "matching": engine_parts.matching, "memory": engine_parts.memory, "durable": engine_parts.durable,
    "tcp": gateway_parts.tcp, "http": gateway_parts.http, "recovery": engine_parts.recovery,
    "sizes": engine_parts.sizes, "peers": peers.peers,
}
RESULTS = ROOT / "build/bench/results"
BASELINE = ROOT / "bench/baseline.json"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of: calibrate, {', '.join(PARTS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="a few seconds each, for CI; docs/performance.md stays")
    parser.add_argument("--store", action="store_true", help="make this run the baseline")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a figure is worse than the baseline")
    parser.add_argument("--events", type=int, default=0, help="recovery: events of the history (20 M by default)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="where the binaries are")
    parser.add_argument("--document", type=pathlib.Path, help="write the page there (docs/performance.md after a full run)")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS) - {"calibrate"}
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    options.build = options.build.resolve()
    return options


def measure(name: str, setting: Setting) -> Part:
    print(f"== {name}", flush=True)
    watch = machine.Watch()
    part = Part(name, [])
    try:
        part.figures, part.extra = PARTS[name](setting)
    except (Failed, OSError, KeyError) as failed:
        part.error = f"{type(failed).__name__}: {failed}"
        print(f"  not measured: {failed}", file=sys.stderr)
    part.machine = watch.report()
    for figure in part.figures:
        print(f"  {figure.label:<72} {shown(figure.value, figure.unit):>14}")
    print(f"  ({part.machine['seconds']} s)", flush=True)
    part.write(RESULTS / ("quick" if setting.quick else "full"))
    return part


def mean(calibration: dict) -> dict:
    return {name: statistics.mean((value, calibration["after"].get(name, value)))
            for name, value in calibration["before"].items()}


def print_changes(changes: list) -> None:
    print("\nagainst bench/baseline.json, as ratios to the calibration (above 1 is better)")
    for change in changes:
        print(f"  {change.figure.label:<72} {change.ratio:6.2f}  {change.verdict}")


def main() -> int:
    options = parse()
    chosen = options.parts or list(PARTS)
    work = pathlib.Path(tempfile.mkdtemp(prefix="rialto-bench-", dir=(RESULTS.parent.mkdir(parents=True, exist_ok=True)
                                                                        or RESULTS.parent)))
    started = time.monotonic()
    try:
        setting = Setting(options.build, work, options.quick, options.events)
        busy = machine.others_busy()
        if busy > 10:
            print(f"the machine is busy ({busy:.0f} % of all cores): the figures will say so", file=sys.stderr)
        print("== calibrate", flush=True)
        calibration = {"before": engine_parts.calibrate(setting)}
        measured = [measure(name, setting) for name in PARTS if name in chosen]
        calibration["after"] = engine_parts.calibrate(setting)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    where = RESULTS / ("quick" if options.quick else "full")
    where.mkdir(parents=True, exist_ok=True)
    facts = dict(machine.describe(ROOT), busy=round(busy, 1))
    (where / "calibrate.json").write_text(json.dumps({"machine": facts, **calibration}, indent=1) + "\n")

    figures = [figure for part in measured for figure in part.figures]
    changes = baseline.compare(BASELINE, figures, mean(calibration), options.quick)
    if changes:
        print_changes(changes)
    if options.store:
        baseline.store(BASELINE, figures, mean(calibration), facts, options.quick)
    whole = not options.quick and set(chosen) >= set(PARTS)
    page = options.document or (ROOT / "docs/performance.md" if whole else None)
    if page:
        from . import document  # needs python3-matplotlib, which a part alone does not
        # Parts that were not chosen come from their last run of the same kind, with that run's load beside them.
        parts = read_all(where, list(PARTS))
        document.write(page, parts, calibration, facts, busy, options.quick, changes)
        print(f"\nwrote {page}")
    print(f"{time.monotonic() - started:.0f} s in all")
    if any(part.error for part in measured):
        return 1
    return 1 if options.strict and any(change.worse for change in changes) else 0
