"""The module fence: which folder may include which (DESIGN section 7).

Usage: fence.py ROOT. Prints each forbidden include as file:line and exits 1 if there is one.
tests/fence proves that it bites.
"""
import pathlib
import re
import sys

# Layer of a path -> the layers it may include besides itself. Contexts are split in two: contract and inside.
ALLOWED = {
    "core": set(),
    "contract": {"core", "contract"},
    "context": {"core", "contract"},
    "platform": {"core"},
    "flows": {"core", "contract", "context"},
    "projections": {"core", "contract", "context", "flows", "platform"},
    "gateways": {"core", "contract", "context", "flows", "projections", "platform"},
    "bots": {"core", "platform"},
    "apps": {"core", "contract", "context", "flows", "projections", "gateways", "platform", "apps"},
    "tests": None,  # tests and benchmarks may look anywhere
    "bench": None,
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def layer(path: pathlib.PurePosixPath) -> str | None:
    parts = path.parts
    if parts[0] == "contexts":
        return "contract" if path.name.startswith("contract") else "context"
    return parts[0] if parts[0] in ALLOWED else None


def violations(root: pathlib.Path):
    for path in sorted(root.rglob("*.[ch]pp")):
        inside = pathlib.PurePosixPath(path.relative_to(root).as_posix())
        if inside.parts[0] not in ALLOWED and inside.parts[0] != "contexts":
            continue
        if "tests" in inside.parts[:-1]:
            continue  # a test beside the code may use what its own target links
        own = layer(inside)
        allowed = ALLOWED[own]
        if allowed is None:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = pathlib.PurePosixPath(match.group(1))
            other = layer(target)
            where = f"{inside}:{number}: {own} may not include {target}"
            if other is None:
                yield f"{inside}:{number}: write includes from the root, not {target}"
            elif own in ("context", "contract") and target.parts[:2] == inside.parts[:2]:
                if own == "contract" and other == "context":
                    yield where
            elif own == other == "context" or (other != own and other not in allowed):
                yield where


def main() -> int:
    found = list(violations(pathlib.Path(sys.argv[1])))
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
