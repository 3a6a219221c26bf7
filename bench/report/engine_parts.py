"""Parts that run one of our benchmarks and take its figures: no sockets."""
from .figures import LOWER, Figure
from .setting import Setting

NEAR_MEMORY = "dependent load, 1 MiB, ns"
FAR_MEMORY = "prefetched load, 32 at once, 64 MiB, ns"
DISK = "4 KiB append + fdatasync, p50 us"
CHAIN = "multiply and add, a chain, ns"


def calibrate(setting: Setting) -> dict:
    found, _ = setting.figures_of("calibrate", "--directory", setting.work,
                                  *(["--quick"] if setting.quick else []))
    return found


def matching(setting: Setting) -> tuple:
    found, command = setting.figures_of("matching_bench", setting.pick(1_000_000, 200_000))
    figures = []
    for books, name, yardstick in ((1, "one deep book", NEAR_MEMORY), (1000, "1000 books", FAR_MEMORY)):
        for engine in ("rialto", "std::map", "naive twin"):
            figures.append(Figure(f"matching.{books}.{engine}", f"matching, {name}, {engine}",
                                  found[f"{books} books, {engine}"], "/s", command, yardstick=yardstick))
    return figures, {}


def memory(setting: Setting) -> tuple:
    accounts = setting.pick(1_000_000, 50_000)
    orders = setting.pick(2_000_000, 200_000)
    figures = []
    for books, name, yardstick in ((1, "one book", NEAR_MEMORY), (1000, "1000 books", FAR_MEMORY)):
        found, command = setting.figures_of(
            "venue_bench", "memory", "--books", books, "--accounts", accounts, "--orders", orders,
            "--warm-up", setting.pick(1_000_000, 100_000))
        figures.append(Figure(f"memory.{books}", f"whole path in memory, {name}, {accounts:,} accounts",
                              found["per second"], "/s", command, yardstick=yardstick))
    return figures, {}


def durable(setting: Setting) -> tuple:
    figures = []
    for batch in (1, 16, 256):
        found, command = setting.figures_of(
            "venue_bench", "durable", "--batch", batch, "--accounts", 10_000, "--orders",
            batch * setting.pick(4_000, 400), "--directory", setting.work / "durable")
        figures += [
            Figure(f"durable.{batch}", f"durable steps, {batch} a sync", found["per second"], "/s", command,
                   yardstick=DISK),
            Figure(f"durable.{batch}.ratio", "… time ÷ bare append + fdatasync of the same bytes",
                   found["ratio to floor"], "×", command, LOWER),
            Figure(f"durable.{batch}.bytes", "… bytes of log a command", found["log bytes"], "bytes", command,
                   LOWER)]
    cost, command = setting.figures_of("replica_bench", "cost", "--directory", setting.work / "replica",
                                       "--turns", setting.pick(4_000, 800))
    figures.append(Figure("durable.replica", "what the replica costs the write path",
                          100 * (cost["with / without"] - 1), "%", command, LOWER))
    stalls, command = setting.figures_of("replica_bench", "stalls", "--directory", setting.work / "stalls",
                                         "--turns", setting.pick(20_000, 1_000))
    for name, key in (("append + commit", "ours"), ("bare write + fdatasync", "bare")):
        figures.append(Figure(f"durable.stall.{key}", f"longest {name}", stalls[f"{name}, longest ms"], "ms",
                              command, LOWER))
    return figures, {}


def recovery(setting: Setting) -> tuple:
    events = setting.events or setting.pick(20_000_000, 500_000)
    accounts = setting.pick(1_000_000, 20_000)
    directory = setting.work / "recovery"
    _, made = setting.figures_of("recovery_bench", "generate", "--directory", directory, "--events", events,
                                 "--accounts", accounts, "--open", accounts, "--books", setting.pick(1000, 100))
    figures = []
    replayed, command = setting.figures_of("recovery_bench", "replay", "--directory", directory)
    for name, key in (("read and check", "read"), ("read, check, decode", "decode"),
                      ("read, check, decode, fold", "fold")):
        figures.append(Figure(f"recovery.{key}", f"replay: {name}", replayed[name], "/s",
                              f"{made} && {command}", yardstick=FAR_MEMORY))
    ready = []
    for _ in range(setting.pick(3, 1)):
        found, command = setting.figures_of("recovery_bench", "restart", "--directory", directory)
        ready.append(found["ready, seconds"])
    figures.append(Figure(
        "recovery.ready",
        f"restart until ready: {events / 1e6:g} M events, {accounts:,} accounts, {accounts:,} open orders",
        sorted(ready)[len(ready) // 2], "s", f"{made} && {command}", LOWER, FAR_MEMORY))
    return figures, {}


def sizes(setting: Setting) -> tuple:
    count = setting.pick(1_000_000, 200_000)
    found, command = setting.figures_of("sizes_bench", "--accounts", count, "--orders", count)
    return [Figure(f"sizes.{key}", name, found[name], "bytes", command, LOWER)
            for key, name in (("account", "account with two assets, bytes"), ("order", "resting order, bytes"))], {}
