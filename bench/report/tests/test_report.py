"""The judging of figures: every verdict can be reached, in both directions."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from report import baseline, figures, peers, setting, targets  # noqa: E402


def rate(value: float, key: str = "matching.1.rialto") -> figures.Figure:
    return figures.Figure(key, "a rate", value, "/s", "command", yardstick="load, ns")


def bytes_each(value: float, key: str = "sizes.account") -> figures.Figure:
    return figures.Figure(key, "a size", value, "bytes", "command", figures.LOWER)


class Baseline(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = pathlib.Path(directory.name) / "baseline.json"
        baseline.store(self.path, [rate(50e6), bytes_each(200)], {"load, ns": 10.0}, {}, quick=False)

    def verdicts(self, found: list, ns: float, quick: bool = False) -> list:
        return [change.verdict for change in baseline.compare(self.path, found, {"load, ns": ns}, quick)]

    def test_the_same_is_as_before(self) -> None:
        self.assertEqual(self.verdicts([rate(50e6), bytes_each(200)], 10), ["as before", "as before"])

    def test_a_slower_machine_excuses_a_slower_rate(self) -> None:
        self.assertEqual(self.verdicts([rate(25e6)], 20), ["as before"])

    def test_a_slower_rate_on_the_same_machine_is_worse(self) -> None:
        self.assertEqual(self.verdicts([rate(25e6)], 10), ["worse"])

    def test_a_faster_rate_is_better_and_a_larger_size_is_worse(self) -> None:
        self.assertEqual(self.verdicts([rate(80e6), bytes_each(300)], 10), ["better", "worse"])

    def test_parts_that_wait_for_the_disk_are_given_more(self) -> None:
        self.assertGreater(baseline.tolerance_of("tcp.saturation"), baseline.tolerance_of("sizes.order"))

    def test_quick_figures_are_not_compared_with_full_ones(self) -> None:  # BENCH-2
        self.assertEqual(self.verdicts([rate(25e6)], 10, quick=True), [])

    def test_storing_one_part_keeps_the_others(self) -> None:
        baseline.store(self.path, [rate(60e6)], {"load, ns": 10.0}, {}, quick=False)
        self.assertEqual(self.verdicts([rate(60e6), bytes_each(300)], 10), ["as before", "worse"])

    def test_storing_another_kind_of_run_starts_anew(self) -> None:
        baseline.store(self.path, [rate(60e6)], {"load, ns": 10.0}, {}, quick=True)
        self.assertEqual(self.verdicts([rate(60e6), bytes_each(300)], 10, quick=True), ["as before"])

    def test_what_the_baseline_does_not_know_is_passed_over(self) -> None:
        self.assertEqual(self.verdicts([rate(1, "matching.new")], 10), [])


class Targets(unittest.TestCase):
    def test_both_directions(self) -> None:
        self.assertTrue(targets.judge(rate(50e6)).met)
        self.assertFalse(targets.judge(rate(49e6)).met)
        self.assertTrue(targets.judge(bytes_each(256)).met)
        self.assertFalse(targets.judge(bytes_each(257)).met)
        self.assertIsNone(targets.judge(rate(1, "matching.1.std::map")))

    def test_a_cost_below_nothing_meets_its_target(self) -> None:
        cost = figures.Figure("durable.replica", "cost", -0.4, "%", "command", figures.LOWER)
        self.assertTrue(targets.judge(cost).met)


class Peers(unittest.TestCase):
    def test_other_work_is_refused(self) -> None:  # BENCH-3
        ours = {"1 books, rialto, fills": 3, "1 books, rialto, lots": 9, "1 books, rialto, cancels": 4}
        theirs = {"book, fills": 3, "book, lots": 9, "book, cancels": 4}
        peers.same_work(ours, theirs, 1, "book")
        with self.assertRaises(setting.Failed):
            peers.same_work(ours, theirs | {"book, lots": 8}, 1, "book")


class Files(unittest.TestCase):
    def test_a_part_is_read_as_it_was_written(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            part = figures.Part("sizes", [bytes_each(200)], {"steal": 0.0}, {"curve": []})
            part.write(pathlib.Path(directory))
            self.assertEqual(figures.read_all(pathlib.Path(directory), ["sizes", "tcp"]), {"sizes": part})

    def test_figures_as_people_read_them(self) -> None:
        for value, unit, text in ((12_345_678, "/s", "12.35 M/s"), (54_321, "/s", "54.3 k/s"), (950, "/s", "950/s"),
                                  (1.234, "×", "1.23 ×"), (12.34, "%", "12.3 %"), (256.4, "bytes", "256 bytes"),
                                  (87.65, "µs", "87.7 µs"), (1.234, "s", "1.23 s")):
            self.assertEqual(figures.shown(value, unit), text)


class Document(unittest.TestCase):
    def test_a_figure_stands_beside_its_command_and_the_load(self) -> None:  # BENCH-1
        try:
            from report import document
        except ImportError as missing:
            self.skipTest(f"{missing}: ./dev packages bench")
        part = figures.Part("sizes", [bytes_each(200)], {"at": "noon", "load before": 0.25, "steal": 1.5})
        with tempfile.TemporaryDirectory() as directory:
            page = pathlib.Path(directory) / "performance.md"
            facts = dict.fromkeys(("processor", "cores", "memory", "kernel", "file system", "huge pages", "date",
                                   "version"), "x")
            document.write(page, {"sizes": part}, {"before": {"load, ns": 10}, "after": {}}, facts, 55, False, [])
            text = page.read_text()
        self.assertIn("| a size | 200 bytes | 1 |", text)
        self.assertIn("1. `command`", text)
        self.assertIn("load average before 0.25, stolen time 1.5 %", text)
        self.assertIn("The machine was busy", text)
        self.assertIn("**met**", text)


if __name__ == "__main__":
    unittest.main()
