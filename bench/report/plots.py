"""Plots as small SVG files, the same bytes for the same figures, readable on light and dark pages."""
import pathlib

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (after the choice of backend)
from matplotlib.ticker import FuncFormatter  # noqa: E402

INK = "#808890"  # has contrast enough with white and with near-black
COLOURS = ("#2b8cbe", "#e6842a", "#3fa34d", "#c44e8a")
PERCENTILES = ("p50", "p90", "p99", "p99.9")

matplotlib.rcParams.update({
    "svg.fonttype": "none", "svg.hashsalt": "rialto", "font.family": "sans-serif", "font.size": 11,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False, "grid.color": INK,
    "grid.alpha": 0.25, "axes.grid": True, "figure.figsize": (7.2, 4.0),
})


def _save(figure, path: pathlib.Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path, transparent=True, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _millions(value, _position) -> str:
    return f"{value / 1e6:g}"


def throughput(curve: list, saturation: float, path: pathlib.Path) -> None:
    figure, axes = plt.subplots()
    offered = [point["offered"] for point in curve]
    axes.plot(offered, offered, linestyle=":", color=INK, label="all of it")
    axes.plot(offered, [point["answered"] for point in curve], marker="o", color=COLOURS[0], label="answered")
    axes.axhline(saturation, linestyle="--", linewidth=1, color=COLOURS[1], label="saturation, closed loop")
    axes.set_xlabel("offered, M requests/s")
    axes.set_ylabel("answered after fdatasync, M requests/s")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(_millions))
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower right")
    _save(figure, path)


def latency(curve: list, path: pathlib.Path) -> None:
    figure, axes = plt.subplots()
    offered = [point["offered"] for point in curve]
    for percentile, colour in zip(PERCENTILES, COLOURS):
        axes.plot(offered, [point["latency"][percentile] / 1e3 for point in curve], marker="o", color=colour,
                  label=percentile)
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(_millions))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("offered, M requests/s")
    axes.set_ylabel("from when it was due to its answer, µs")
    axes.set_xlim(left=0)
    axes.legend(loc="upper left")
    _save(figure, path)


def peers(bars: list, path: pathlib.Path) -> None:
    flows = list(dict.fromkeys(bar["flow"] for bar in bars))
    engines = list(dict.fromkeys(bar["engine"] for bar in bars))
    rate = {(bar["flow"], bar["engine"]): bar["rate"] / 1e6 for bar in bars}
    figure, axes = plt.subplots(figsize=(7.2, 0.6 + 0.62 * len(engines)))
    height = 0.8 / len(flows)
    for i, flow in enumerate(flows):
        places = [at + (i - (len(flows) - 1) / 2) * height for at in range(len(engines))]
        values = [rate[flow, engine] for engine in engines]
        axes.barh(places, values, height * 0.9, color=COLOURS[i], label=flow)
        for place, value in zip(places, values):
            axes.text(value, place, f" {value:.1f}", va="center", fontsize=9)
    axes.set_yticks(range(len(engines)), engines)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("M operations/s")
    axes.margins(x=0.12)
    axes.legend(loc="lower right")
    _save(figure, path)
