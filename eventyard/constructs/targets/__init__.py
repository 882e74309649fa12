"""What a rule can hand an event to: one module a kind, each with `accepts` and `connect`.

`accepts(to)` says whether a value is of that kind; `connect(to, edge)` opens the target to the rules of the bus and
returns what the rule has to know of it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
"""
