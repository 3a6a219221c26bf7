"""Where a run finds its binaries and leaves its files, and how it starts one of them."""
import dataclasses
import json
import pathlib
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failed(Exception):
    """A benchmark did not run, or did not do its work: its figures are left out, and the report says why."""


@dataclasses.dataclass
class Setting:
    build: pathlib.Path
    work: pathlib.Path
    quick: bool
    events: int
    verbose: bool = True

    def pick(self, full, quick):
        return quick if self.quick else full

    def binary(self, name: str) -> pathlib.Path:
        return self.build / ("rialto" if name == "rialto" else f"bench/{name}")

    def shown(self, arguments) -> str:
        """The command as a person types it at the project's root."""
        words = []
        for word in map(str, arguments):
            for path, name in ((self.build, "build/release"), (self.work, "$WORK"), (ROOT, ".")):
                word = word.replace(str(path), name)
            words.append(word if word.startswith("$WORK") else shlex.quote(word))
        return " ".join(words)

    def run(self, *arguments, seconds: int = 300, environment=None) -> str:
        """Runs to its end and returns what it printed."""
        if self.verbose:
            print(f"  {self.shown(arguments)}", flush=True)
        try:
            done = subprocess.run([str(word) for word in arguments], cwd=ROOT, capture_output=True, text=True,
                                  timeout=seconds, env=environment, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failed(f"{self.shown(arguments)}: {error}") from error
        if done.returncode != 0:
            lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise Failed(f"{self.shown(arguments)}: exit {done.returncode}: {lines[-1] if lines else ''}")
        return done.stdout

    def figures_of(self, name: str, *arguments, seconds: int = 300) -> tuple:
        """Runs one of our benchmarks: (its JSON, its command)."""
        json_file = self.work / f"{name}.json"
        json_file.unlink(missing_ok=True)
        command = [self.binary(name), *arguments]
        self.run(*command, "--json", json_file, seconds=seconds)
        return json.loads(json_file.read_text()), self.shown(command)
