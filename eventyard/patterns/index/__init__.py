"""Many patterns, one look at an event: what `PatternSet` finds its candidates with.

Every operator is an equality once a value is cut to size: a prefix of three letters is equality of the first three, a
block of addresses equality of the leading bits. So the index is hash tables all through:

- `keys`: an operator as the keys under which its values are found;
- `mark`: by field, what values lead to: a mark for each key that is in use, which an event has or has not;
- `alternative`: one conjunction of a pattern, and whether an event satisfies it; what many ask is kept once;
- `node`: alternatives by a mark of one of their fields, among these by a mark of another, as deep as pays;
- `view`: what an event has: its marks, and its values, each read once and only where some pattern looks;
- `path`: the names of fields, each once.

An event is asked for its marks first, each field once. From there the way to the candidates is a set of marks met with
the marks of one node after another.

A field found under its key is decided where the key says all that the operator does; what else an alternative asks for
is checked against the view. The index only proposes: where elements of arrays must agree, `matcher.satisfies` decides.
"""

from eventyard.patterns.index.alternative import Alternative, Conditions
from eventyard.patterns.index.node import Entry, Node
from eventyard.patterns.index.view import view

__all__ = ["Alternative", "Conditions", "Entry", "Node", "view"]
