"""The cloud assembly: what `cdk synth` wrote, read into frozen data. Standard library only."""

from eventyard.assembly._read import Assembly, FileAsset, StackArtifact, read
from eventyard.assembly._synth import node_folder, sources, synthesize

__all__ = ["Assembly", "FileAsset", "StackArtifact", "node_folder", "read", "sources", "synthesize"]
