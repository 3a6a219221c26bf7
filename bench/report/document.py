"""docs/performance.md, from measured parts alone: a sentence about a figure stands only where the figure does."""
import pathlib

from . import plots
from .figures import shown
from .targets import TARGETS, judge

TITLES = {
    "matching": ("Matching only", "55 % passive limits, 40 % cancels of random live orders, 5 % marketable; one book "
                 "with 20,000 orders resting, then 1000 books with 100,000; through the public face of the matching "
                 "context, every answer made an event and evolved. The best of five rounds; the others once, in the "
                 "same process, on the same recorded flow, and they must do the same work."),
    "memory": ("The whole path in memory", "Idempotence check, risk, hold, match, settle both sides, fees, encoded "
               "events; one core. The time of this thread; drawing the flow is not counted."),
    "durable": ("Durable, without sockets", "The same through the log: one append and one fdatasync for each batch."),
    "tcp": ("Order entry over TCP, durable", "OUCH 5.0 over SoupBinTCP on loopback; the venue and the client share the "
            "machine's cores; every request is answered after fdatasync. At given rates the client sends when a request "
            "is due, whatever the answers do, and a latency counts from then (coordinated omission corrected)."),
    "http": ("HTTP", "wrk with one thread and 64 connections on the same machine; the median of interleaved runs."),
    "recovery": ("Recovery", "A market day written through the engine, then replayed, then started from its last "
                 "snapshot as `rialto serve` does; the median of the restarts. The log is in the page cache."),
    "sizes": ("Sizes", "Resident memory before and after many of them, every context and index of the engine included: "
              "the last million of orders tells what one costs, and what is left is the accounts'. The aim of 64 bytes an order leaves its index entries "
              "out; this figure has all of them in: book, account, client order id, expiry."),
    "peers": ("Peers", "Every engine carries out the same recorded flow and must count the same fills, lots and cancels. "
              "exchange-core 0.5.3 (Java, from Maven Central): its book alone on one thread, by that thread's time, best "
              "round after warm-up; and its whole pipeline with risk and fees, no journal, by the wall: its stages are "
              "four threads beside the submitting one, made for more cores than this machine has; the better of its "
              "yielding and blocking wait strategies is shown. Ours beside it is matching only; the whole path of ours "
              "with risk, on one core, is the table “in memory” above."),
}
IMAGES = {"tcp": (("throughput", "Throughput against offered load"), ("latency", "Latency against offered load")),
          "peers": (("peers", "Matching beside peers"),)}


def draw(parts: dict, directory: pathlib.Path) -> None:
    tcp, peers = parts.get("tcp"), parts.get("peers")
    if tcp and tcp.extra:
        plots.throughput(tcp.extra["curve"], tcp.extra["saturation"], directory / "throughput.svg")
        plots.latency(tcp.extra["curve"], directory / "latency.svg")
    if peers and peers.extra:
        plots.peers(peers.extra["bars"], directory / "peers.svg")


def _rows(header: list, rows: list) -> list:
    return ["| " + " | ".join(header) + " |", "|" + "---|" * len(header),
            *("| " + " | ".join(row) + " |" for row in rows), ""]


def _reached(ratio: float) -> str:
    return "> 100" if ratio > 100 else f"{ratio:.2f}" if ratio >= 0.005 else "< 0.01"


def _targets(parts: dict) -> list:
    rows, found = [], set()
    for part in parts.values():
        for figure in part.figures:
            judgement = judge(figure)
            if judgement:
                found.add(figure.key)
                rows.append([f"{TITLES[part.name][0]}: {figure.label.lstrip('… ')}", judgement.wanted,
                             shown(figure.value, figure.unit), "**met**" if judgement.met else "not met",
                             _reached(judgement.ratio)])
    lines = ["## Targets", "",
             "The last column is how much of the target is reached; 1 or more meets it.", "",
             *_rows(["", "target", "measured", "", "reached"], rows)]
    missing = sorted(set(TARGETS) - found)
    if missing:
        lines += ["Not measured in this run: " + ", ".join(missing) + ".", ""]
    return lines


def _section(part, changes: dict) -> list:
    """Every figure with its command, and the load of the machine at that time (BENCH-1)."""
    title, text = TITLES[part.name]
    lines = [f"## {title}", "", text, ""]
    if part.error:
        return [*lines, f"Not measured: {part.error}", ""]
    machine = part.machine
    commands = list(dict.fromkeys(figure.command for figure in part.figures))
    against = any(figure.key in changes for figure in part.figures)
    rows = []
    for figure in part.figures:
        row = [figure.label, shown(figure.value, figure.unit), str(1 + commands.index(figure.command))]
        if against:
            change = changes.get(figure.key)
            row.append(f"{change.ratio:.2f} {change.verdict}" if change else "")
        rows.append(row)
    lines += _rows(["", "figure", "command", *(["against the baseline"] if against else [])], rows)
    lines += [f"{number}. `{command}`" for number, command in enumerate(commands, 1)]
    lines += ["", f"`./dev bench {part.name}`, {machine['at']}; load average before {machine['load before']}, stolen time "
              f"{machine['steal']} %.", ""]
    for name, what in IMAGES.get(part.name, ()):
        lines += [f"![{what}](performance/{name}.svg)", ""]
    return lines


def _windows(tcp) -> list:
    if not tcp or not tcp.extra:
        return []
    rows = [["window of " + str(window["window"]), shown(window["answered"], "/s"),
             *(shown(window["latency"][name] / 1e3, "µs") for name in ("p50", "p99", "p99.9", "max"))]
            for window in tcp.extra["windows"]]
    rows += [[f"{point['share']:.0%} of saturation", shown(point["answered"], "/s"),
              *(shown(point["latency"][name] / 1e3, "µs") for name in ("p50", "p99", "p99.9", "max"))]
             for point in tcp.extra["curve"]]
    return ["Closed loop (requests in flight on each of two connections), then open loop:", "",
            *_rows(["", "answered", "p50", "p99", "p99.9", "max"], rows)]


def _calibration(runs: dict) -> list:
    rows = [[name, f"{before:.2f}", f"{runs['after'].get(name, before):.2f}"]
            for name, before in runs["before"].items()]
    return ["## Calibration", "",
            "What the machine did with the plainest work right before and right after "
            "(`build/release/bench/calibrate`): read every figure here as a ratio to one of these, and two runs as a "
            "ratio of such ratios. `bench/baseline.json` keeps them, and `./dev bench` compares.", "",
            *_rows(["", "before", "after"], rows)]


def write(path: pathlib.Path, parts: dict, calibration: dict, machine: dict, busy: float, quick: bool,
          changes: list) -> None:
    draw(parts, path.parent / "performance")
    by_key = {change.figure.key: change for change in changes}
    lines = ["# Performance", "",
             "Written by `./dev bench`, not by hand: it measures, compares with `bench/baseline.json` and writes this "
             "page. How the book is laid out: [matching.md](matching.md).", "",
             f"**Machine**: {machine['processor']}, {machine['cores']} cores, {machine['memory']}, Linux "
             f"{machine['kernel']}, {machine['file system']}, huge pages: {machine['huge pages']}. "
             f"**Date**: {machine['date']}, at {machine['version']}. **Others on it**: {busy:.0f} % of all cores before the run."
             + (" **The machine was busy: read the figures as ratios within a table, not as limits.**"
                if busy > 10 else "")
             + (" **A quick run (`--quick`): small loads, short runs; for figures leave it out.**" if quick else ""),
             "", "`$WORK` is a directory of the run's own on the disk that is measured.", ""]
    lines += _targets(parts)
    lines += ["The public matching-engine harness is not part of this run: `./dev challenge HARNESS_DIR` runs it "
              "beside other engines and prints the table ([matching.md](matching.md)).", ""]
    for part in parts.values():
        lines += _section(part, by_key)
        if part.name == "tcp" and not part.error:
            lines += _windows(part)
    lines += _calibration(calibration)
    path.write_text("\n".join(lines).rstrip() + "\n")
