"""Parts that run a whole venue and talk to it: order entry over TCP, and HTTP."""
import json
import os
import re
import statistics
import time
import urllib.request

from .engine_parts import CHAIN, DISK
from .figures import LOWER, Figure
from .setting import Failed, Setting
from .venue_process import PASSWORD, Process, Venue, free_port

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
QUICK_SHARES = (0.1, 0.5, 0.9)
PERCENTILES = ("p50", "p90", "p99", "p99.9", "max")


class Loader:
    """`rialto load` against one venue: each call is one run, its report the JSON it writes."""

    def __init__(self, setting: Setting, venue: Venue) -> None:
        self.setting = setting
        self.venue = venue

    def __call__(self, *flags) -> tuple:
        setting = self.setting
        report = setting.work / "load.json"
        command = [setting.binary("rialto"), "load", "--ouch", f"127.0.0.1:{self.venue.ouch}", "--http",
                   f"127.0.0.1:{self.venue.http}", *flags]
        setting.run(*command, "--json", report, environment=dict(os.environ, RIALTO_ADMIN_PASSWORD=PASSWORD))
        shown = setting.shown([setting.binary("rialto"), "load", *flags])
        return json.loads(report.read_text()), f"{self.venue.shown} & {shown}"


def micro(report: dict, of: str, percentile: str) -> float:
    return report[of][percentile] / 1e3


def tcp(setting: Setting) -> tuple:
    seconds = setting.pick(4, 0.6)
    warm_up = setting.pick(1, 0.2)
    timing = ("--seconds", seconds, "--warm-up", warm_up)
    figures = []
    with Venue(setting) as venue:
        load = Loader(setting, venue)
        best, best_command, windows = None, "", []
        for window in setting.pick((256, 1024, 4096), (1024,)):
            report, command = load("--window", window, *timing)
            windows.append({"window": window, "answered": report["answeredPerSecond"],
                            "latency": report["latency"]})
            if best is None or report["answeredPerSecond"] > best["answeredPerSecond"]:
                best, best_command = report, command
        saturation = best["answeredPerSecond"]
        if best["answered"] == 0 or best["rejected"] > best["answered"] // 100:
            raise Failed(f"{best['rejected']} of {best['answered']} requests rejected")
        figures.append(Figure("tcp.saturation", "OUCH over TCP, durable, at saturation", saturation, "/s",
                              best_command, yardstick=CHAIN))
        curve = []
        for share in setting.pick(SHARES, QUICK_SHARES):
            rate = int(saturation * share)
            report, command = load("--rate", rate, *timing)
            curve.append({"share": share, "offered": rate, "answered": report["answeredPerSecond"],
                          "latency": report["latency"], "command": command})
            if share in (0.1, 0.5, 0.9):
                for percentile in ("p50", "p99", "p99.9", "max"):
                    figures.append(Figure(
                        f"tcp.{share:g}.{percentile}", f"… at {share:.0%} of that, {percentile}",
                        micro(report, "latency", percentile), "µs", command, LOWER, DISK))
        single, command = load("--connections", 1, "--window", 1, "--spin", "--idle-probes",
                               setting.pick(30, 5), "--floor", setting.work, *timing)
        for of, name, key in (("latency", "one in flight", "single"),
                              ("floor", "floor: append + fdatasync + TCP round trip", "floor"),
                              ("afterIdle", "first order after 100 ms of quiet", "idle")):
            for percentile in ("p50", "p99"):
                figures.append(Figure(f"tcp.{key}.{percentile}", f"{name}, {percentile}",
                                      micro(single, of, percentile), "µs", command, LOWER, DISK))
        figures.append(Figure("tcp.single.ratio", "one in flight ÷ floor, p50",
                              single["latency"]["p50"] / single["floor"]["p50"], "×", command, LOWER))
        time.sleep(1)  # quiet is what is measured
        before = venue.processor_seconds()
        quiet = setting.pick(5, 2)
        time.sleep(quiet)
        used = venue.processor_seconds() - before
        figures.append(Figure("tcp.idle.cpu", f"an idle venue, of one core, over {quiet} s",
                              100 * used / quiet, "%", venue.shown, LOWER))
    return figures, {"curve": curve, "windows": windows, "saturation": saturation}


ORDER = ('{"type":"buy","symbol":"BTC-USD","orderType":"limit","timeInForce":"IOC",'
         '"quantity":"0.00001","price":"1"}')


def requests_per_second(setting: Setting, *arguments) -> float:
    text = setting.run("wrk", "-t1", "-c64", f"-d{setting.pick(5, 2)}s", *arguments)
    if "Non-2xx" in text:
        raise Failed(text.strip().splitlines()[-3])
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


def access_token(port: int) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/users/login",
                                     b'{"userName":"alice","password":"alice-demo-password"}',
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["accessToken"]


PIPELINED = """
local text
init = function() text = string.rep(wrk.format(nil, wrk.path), 16) end
request = function() return text end
"""


def http(setting: Setting) -> tuple:
    port = free_port()
    with Process([setting.binary("http_empty"), port], port, setting.work / "http_empty.log"), \
            Venue(setting, demo=True, ouch=False) as venue:
        post = (f'wrk.method = "POST"\nwrk.headers["Authorization"] = "Bearer {access_token(venue.http)}"\n'
                f"wrk.body = '{ORDER}'\n")
        scripts = {"post.lua": post, "pipelined.lua": PIPELINED, "post_pipelined.lua": post + PIPELINED}
        for name, text in scripts.items():
            (setting.work / name).write_text(text)
        empty, orders = f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{venue.http}/api/orders"
        runs = {"empty": [empty], "orders": ["-s", setting.work / "post.lua", orders],
                "empty_pipelined": ["-s", setting.work / "pipelined.lua", empty],
                "orders_pipelined": ["-s", setting.work / "post_pipelined.lua", orders]}
        found = {name: [] for name in runs}
        for _ in range(setting.pick(3, 1)):
            for name, arguments in runs.items():
                found[name].append(requests_per_second(setting, *arguments))
        command = f"{venue.shown} & wrk -t1 -c64 -s post.lua http://127.0.0.1:8080/api/orders"
    beside = "build/release/bench/http_empty 8081 & wrk -t1 -c64 http://127.0.0.1:8081/"
    middle = {name: statistics.median(rates) for name, rates in found.items()}
    share = statistics.median(a / b for a, b in zip(found["orders"], found["empty"]))
    return [
        Figure("http.empty", "the same HTTP library, an empty handler", middle["empty"], "/s", beside,
               yardstick=CHAIN),
        Figure("http.orders", "POST /api/orders, one user's token, durable", middle["orders"], "/s", command,
               yardstick=CHAIN),
        Figure("http.share", "… of the empty handler, in the same run", 100 * share, "%", command),
        Figure("http.empty_pipelined", "the empty handler, 16 requests pipelined", middle["empty_pipelined"], "/s",
               beside, yardstick=CHAIN),
        Figure("http.orders_pipelined", "POST /api/orders, 16 requests pipelined", middle["orders_pipelined"], "/s",
               command, yardstick=CHAIN),
    ], {}
