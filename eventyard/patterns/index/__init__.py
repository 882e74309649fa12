"""Many patterns, one look at an event: what `PatternSet` finds its candidates with.

Every operator is an equality once a value is cut to size: a prefix of three letters is equality of the first three, a
block of addresses equality of the leading bits. So the index is hash tables all through:

- `keys`: an operator as the keys under which its values are found;
- `alternative`: one conjunction of a pattern, and whether an event satisfies it; what many ask is kept once;
- `node`: alternatives in tables by one of their fields, within a table by another, as deep as pays;
- `view`: what an event has, read once and only where some pattern looks;
- `path`: the names of fields, each once.

A field found under its key is decided where the key says all that the operator does; what else an alternative asks for
is checked against the view. The index only proposes: where elements of arrays must agree, `matcher.satisfies` decides.
"""

from eventyard.patterns.index.alternative import Alternative, Conditions
from eventyard.patterns.index.node import Entry, Node
from eventyard.patterns.index.view import view

__all__ = ["Alternative", "Conditions", "Entry", "Node", "view"]
