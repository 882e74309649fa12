"""What `cdk synth` makes of the shop would be taken by AWS."""

from __future__ import annotations

from typing import Any

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner

pytestmark = pytest.mark.xdist_group("cdk")

# A function depends on its role twice over: aws-cdk-lib writes what the reference says already. It is a warning.
REDUNDANT_DEPENDS_ON = "W3005"


def test_cfn_lint_has_no_error_and_no_warning(synthesis: Any) -> None:  # noqa: ANN401 (a Synthesis)
    config = ConfigMixIn(
        [], templates=synthesis.template_files, regions=["us-east-1"], ignore_checks=[REDUNDANT_DEPENDS_ON]
    )

    assert [f"{found.rule.id} {found.filename}: {found.message}" for found in Runner(config).run()] == []


def test_cdk_nags_aws_solutions_pack_has_no_finding_left(synthesis: Any) -> None:  # noqa: ANN401 (a Synthesis)
    assert synthesis.findings == []


def test_templates_hold_plain_resources_only(templates: dict[str, dict[str, Any]]) -> None:
    """No custom resource, no function that CDK adds for its own use, nothing that reports usage."""
    kinds = {resource["Type"] for template in templates.values() for resource in template["Resources"].values()}

    assert {kind for kind in kinds if not kind.startswith("AWS::")} == set()
    assert not kinds & {"AWS::CDK::Metadata", "AWS::CloudFormation::CustomResource"}


def test_synthesis_needs_no_node_on_the_path_and_prints_nothing(synthesis: Any) -> None:  # noqa: ANN401 (a Synthesis)
    assert synthesis.printed == ""
    assert (synthesis.assembly / "manifest.json").is_file()


def test_synthesis_looks_nothing_up(synthesis: Any) -> None:  # noqa: ANN401 (a Synthesis)
    assert '"missing"' not in (synthesis.assembly / "manifest.json").read_text()
