"""The shop's stacks, one a file."""

# Before any module here imports aws_cdk: the constructs point jsii at the Node that comes from PyPI.
import eventyard.constructs  # noqa: F401 (for what importing it does)
