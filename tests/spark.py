"""A real Spark cluster on this machine, out of the ``pyspark`` package: a master, two workers and a Connect server."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

WORKERS = 2
PATIENCE = 120  # seconds until everything has started
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"


def why_not() -> str:
    """What is missing to run a cluster here; "" where nothing is."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed (requirements/spark.txt)"
    return "" if shutil.which("java") else "there is no Java here (openjdk-17-jre-headless)"


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """The address of the Connect server, until the end of the block."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="thidua-spark-"))
        port, page, connect = _free_port(), _free_port(), _free_port()
        master = f"spark://127.0.0.1:{port}"
        here = ["--host", "127.0.0.1"]
        _start(stack, folder, "spark-class", MASTER, *here, "--port", port, "--webui-port", page)
        _wait_for_port(port)
        for _n in range(WORKERS):
            words = ("--cores", 1, "--memory", "1g", "--webui-port", 0)
            _start(stack, folder, "spark-class", WORKER, *here, *words, master)
        _wait_for_workers(page)
        settings = {
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": connect,
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": WORKERS,
            "spark.ui.enabled": "false",
        }
        given = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
        _start(stack, folder, "spark-submit", "--master", master, "--class", CONNECT, *given, "spark-internal")
        _wait_for_port(connect)
        yield f"sc://127.0.0.1:{connect}"


def _start(stack: contextlib.ExitStack, folder: str, program: str, *words: object) -> None:
    home = Path(find_spec("pyspark").origin).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": folder,
        "SPARK_LOCAL_DIRS": folder,
        "PYSPARK_PYTHON": sys.executable,
    }
    command = [str(home / "bin" / program), *map(str, words)]
    with (Path(folder) / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    stack.callback(_stop, process)


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for_port(port: int) -> None:
    def listening() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    _wait(listening, f"port {port}")


def _wait_for_workers(page: int) -> None:
    def all_there() -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{page}/json", timeout=10) as answer:
            return json.load(answer)["aliveworkers"] == WORKERS

    _wait(all_there, "the workers")


def _wait(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.3)
    raise TimeoutError(f"Spark: waited in vain for {what}")
