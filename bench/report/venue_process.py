"""A process that is started for a part, found listening, watched and ended."""
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

from .setting import ROOT, Failed, Setting

PASSWORD = "bench-administrator"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """Ended, and waited for, when the block is left."""

    def __init__(self, arguments, port: int, log: pathlib.Path) -> None:
        self.arguments = [str(word) for word in arguments]
        self.port = port
        self.log = log

    def __enter__(self) -> "Process":
        environment = dict(os.environ, RIALTO_ADMIN_PASSWORD=PASSWORD)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(self.arguments, cwd=ROOT, stdout=log, stderr=log, env=environment)
        until = time.monotonic() + 20
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise Failed(f"{self.arguments[0]} is not ready: {self.log.read_text().strip()[-300:]}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _ready(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def processor_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Venue(Process):
    """`rialto serve` on ports of its own, durable; ready when it says so."""

    def __init__(self, setting: Setting, demo: bool = False, ouch: bool = True) -> None:
        self.http = free_port()
        self.ouch = free_port()
        data = setting.work / f"venue-{self.http}"
        arguments = [setting.binary("rialto"), "serve", "--data", data, "--http", f"127.0.0.1:{self.http}"]
        arguments += ["--ouch", f"127.0.0.1:{self.ouch}" if ouch else ""]
        if not demo:
            arguments.append("--no-demo")
        super().__init__(arguments, self.http, setting.work / f"venue-{self.http}.log")
        self.ready_url = f"http://127.0.0.1:{self.http}/readyz"
        self.shown = "build/release/rialto serve --data $WORK/venue" + ("" if demo else " --no-demo")

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.ready_url, timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False
