"""Engines from package registries on the same recorded flow, beside ours in the same minutes."""
import json

from .figures import Figure
from .setting import ROOT, Failed, Setting

# Chronicle, which exchange-core stores with, reaches into the JDK.
OPENED = ("java.base/java.lang", "java.base/java.lang.reflect", "java.base/java.nio", "java.base/java.util",
          "java.base/sun.nio.ch", "java.base/jdk.internal.ref", "java.base/jdk.internal.misc",
          "jdk.unsupported/sun.misc", "jdk.compiler/com.sun.tools.javac.file")
WORK = ("fills", "lots", "cancels")


def same_work(ours: dict, theirs: dict, books: int, name: str) -> None:
    """BENCH-3."""
    for what in WORK:
        a, b = ours[f"{books} books, rialto, {what}"], theirs[f"{name}, {what}"]
        if a != b:
            raise Failed(f"{name}: {b:.0f} {what}, ours {a:.0f}: not the same work")


def exchange_core(setting: Setting, flows: list) -> tuple:
    home = ROOT / "build/bench/exchange-core"
    setting.run(ROOT / "bench/peers/exchange_core/fetch", home, seconds=300)
    report = setting.work / "exchange-core.json"
    report.unlink(missing_ok=True)
    opened = [f"--add-opens={module}=ALL-UNNAMED" for module in OPENED]
    setting.run("java", "-Xmx6g", "-XX:+UseParallelGC", *opened, "-cp", f"{home}/lib/*:{home}/classes", "Driver",
                setting.pick(4, 2), report, *flows, seconds=300)
    return json.loads(report.read_text()), "./dev bench peers"


def peers(setting: Setting) -> tuple:
    ours, command = setting.figures_of("matching_bench", setting.pick(1_000_000, 100_000), "--record",
                                       setting.work)
    flows = [setting.work / f"flow-{books}.bin" for books in (1, 1000)]
    theirs, their_command = exchange_core(setting, flows)
    figures, bars = [], []
    for books, name in ((1, "one deep book"), (1000, "1000 books")):
        rows = [(engine, ours[f"{books} books, {engine}"], command) for engine in ("rialto", "std::map", "naive twin")]
        same_work(ours, theirs, books, f"{books} books, book")
        rows.append(("exchange-core's book", theirs[f"{books} books, book"], their_command))
        waits = [f"{books} books, pipeline {waiting}" for waiting in ("yielding", "blocking")]
        for pipeline in waits:
            same_work(ours, theirs, books, pipeline)
        rows.append(("exchange-core's pipeline", max(theirs[pipeline] for pipeline in waits), their_command))
        for engine, rate, shown in rows:
            figures.append(Figure(f"peers.{books}.{engine}", f"{name}: {engine}", rate, "/s", shown))
            bars.append({"flow": name, "engine": engine, "rate": rate})
    return figures, {"bars": bars}
