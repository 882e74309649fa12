from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eventyard.local import Host, LocalCloud

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.conftest import Function

PID = "import os\ndef handle(event, context):\n    return os.getpid()\n"


def invoked(host: Host, template: Path) -> Any:  # noqa: ANN401 - what the function answers
    with LocalCloud(host=host) as cloud:
        cloud.deploy(template)
        return json.loads(cloud.client("lambda").invoke(FunctionName="Tell")["Payload"].read())


def test_clouds_that_share_a_host_meet_the_same_worker_process(tmp_path: Path, function: Function) -> None:
    template = tmp_path / "shop.json"
    template.write_text(json.dumps({"Resources": function("Tell", PID)}))
    with Host() as host:
        assert invoked(host, template) == invoked(host, template)


def test_other_code_gets_another_process(tmp_path: Path, function: Function) -> None:
    template, changed = tmp_path / "shop.json", tmp_path / "changed.json"
    template.write_text(json.dumps({"Resources": function("Tell", PID)}))
    changed.write_text(json.dumps({"Resources": function("Tell", PID + "# changed\n")}))
    with Host() as host:
        assert invoked(host, template) != invoked(host, changed)
