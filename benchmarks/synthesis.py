"""What synthesizing the whole shop costs, and where the time goes: `python -m benchmarks.synthesis`.

One process each, as `cdk synth` starts one: starting Node and loading aws-cdk-lib, building the constructs stack by
stack over jsii, and writing the assembly.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Runs app.py, and prints when what was done. Every construct is a call to Node, which takes most of the time.
_TIMED = """
import json, runpy, sys, time
began = time.perf_counter()
import eventyard.constructs
from aws_cdk import App
loaded = time.perf_counter()
written = App.synth
def synth(self, *args, **kwargs):
    global built
    built = time.perf_counter()
    return written(self, *args, **kwargs)
App.synth = synth
runpy.run_path("app.py", run_name="__main__")
ended = time.perf_counter()
print(json.dumps([loaded - began, built - loaded, ended - built]), file=sys.stderr)
"""
RUNS = 3


def main() -> None:
    """The quickest of three runs: others on the machine only ever make it longer."""
    context = json.dumps(json.loads((ROOT / "cdk.json").read_text())["context"])
    runs = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            environment = {"PYTHONPATH": str(ROOT), "PATH": "", "CDK_OUTDIR": folder, "CDK_CONTEXT_JSON": context}
            done = subprocess.run(  # noqa: S603  # this interpreter, with what stands above
                [sys.executable, "-c", _TIMED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
            )
            templates = list(Path(folder).glob("*.template.json"))
            resources = sum(len(json.loads(file.read_text())["Resources"]) for file in templates)
            runs.append((json.loads(done.stderr.splitlines()[-1]), len(templates), resources))
    (load, build, write), stacks, resources = min(runs, key=lambda run: sum(run[0]))
    sys.stdout.write(
        f"{stacks} stacks, {resources} resources: {load + build + write:.1f} s\n"
        f"  {load:5.1f} s  start Node, load aws-cdk-lib\n"
        f"  {build:5.1f} s  build the constructs\n"
        f"  {write:5.1f} s  write the assembly\n"
    )


if __name__ == "__main__":
    main()
