"""The module fence bites: every forbidden direction is reported with its place, every allowed one is not.

Usage: fence_test.py FENCE. The table below is written out by hand, not derived from the fence's own.
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

FENCE = sys.argv.pop(1)

# One file of each layer, and what it may include. `contexts/beta` is another context than `contexts/alpha`.
FILES = {
    "core": "core/money.hpp",
    "own contract": "contexts/alpha/contract.hpp",
    "own inside": "contexts/alpha/alpha.hpp",
    "other contract": "contexts/beta/contract.hpp",
    "other inside": "contexts/beta/beta.hpp",
    "flows": "flows/engine.hpp",
    "platform": "platform/log/log.hpp",
    "projections": "projections/history.hpp",
    "gateways": "gateways/rest/rest.hpp",
    "apps": "apps/venue/venue.hpp",
}
EVERYTHING = set(FILES)
MAY_INCLUDE = {
    "core/source.cpp": {"core"},
    "contexts/alpha/contract.hpp": {"core", "own contract", "other contract"},
    "contexts/alpha/contract_orders.hpp": {"core", "own contract", "other contract"},
    "contexts/alpha/decider.cpp": {"core", "own contract", "own inside", "other contract"},
    "platform/log/source.cpp": {"core", "platform"},
    "flows/source.cpp": {"core", "own contract", "own inside", "other contract", "other inside", "flows"},
    "projections/source.cpp": EVERYTHING - {"gateways", "apps"},
    "gateways/rest/source.cpp": EVERYTHING - {"apps"},
    "bots/source.cpp": {"core", "platform"},
    "apps/venue/source.cpp": EVERYTHING,
    "tests/end_to_end/source.cpp": EVERYTHING,
    "bench/source.cpp": EVERYTHING,
    "contexts/alpha/tests/alpha_test.cpp": EVERYTHING,  # a test links what it likes
}


def run_fence(files):
    """Exit code and complaints of the fence over a tree of these files: {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            place = pathlib.Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, FENCE, folder], capture_output=True, text=True)
        return done.returncode, done.stderr


class FenceTest(unittest.TestCase):
    def test_every_direction(self):
        for path, allowed in MAY_INCLUDE.items():
            with self.subTest(path=path):
                includes = {name: target for name, target in FILES.items() if target != path}
                text = "".join(f'#include "{target}"\n' for target in includes.values())
                code, complaints = run_fence({path: text})
                reported = {line.split()[-1] for line in complaints.splitlines()}
                self.assertEqual(reported, {includes[name] for name in includes if name not in allowed})
                self.assertEqual(code, 1 if reported else 0)
                for number, target in enumerate(includes.values(), 1):
                    if target in reported:
                        self.assertIn(f"{path}:{number}: ", complaints)

    def test_every_violation_is_reported(self):
        code, complaints = run_fence({
            "core/a.hpp": '#include "flows/engine.hpp"\n#include "apps/main.hpp"\n',
            "platform/b.cpp": '  #  include "contexts/alpha/contract.hpp"\n',
        })
        self.assertEqual(code, 1)
        self.assertEqual(len(complaints.splitlines()), 3)

    def test_includes_are_written_from_the_root(self):
        code, complaints = run_fence({"core/a.cpp": '#include "decimal.hpp"\n'})
        self.assertEqual(code, 1)
        self.assertIn("write includes from the root", complaints)

    def test_what_is_no_include_is_no_violation(self):
        code, complaints = run_fence({
            "core/a.cpp": '// #include "apps/main.hpp"\nconst char* text = "flows/engine.hpp";\n#include <map>\n',
            "build/generated/a.cpp": '#include "apps/main.hpp"\n',
        })
        self.assertEqual((code, complaints), (0, ""))


if __name__ == "__main__":
    unittest.main()
