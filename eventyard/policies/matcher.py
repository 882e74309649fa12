"""The texts of Action, NotAction, Resource and NotResource, compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventyard.policies.glob import Glob
from eventyard.policies.template import Template, Variable, has_variables, parse_template, resolve, unresolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eventyard.policies.context import Context
    from eventyard.policies.template import Wild


@dataclass(frozen=True, slots=True)
class TextPattern:
    """A text with wildcards and variables."""

    template: Template
    any_case: bool
    _glob: Glob | None  # None where a request is needed to know the text

    @classmethod
    def parse(cls, text: str, where: str, *, wildcards: bool, variables: bool, any_case: bool = False) -> TextPattern:
        """Compiled as far as it can be without a request.

        Raises:
            PolicyError: A malformed variable.
        """
        template = parse_template(text, where, wildcards=wildcards, variables=variables)
        if has_variables(template):
            return cls(template, any_case, None)
        plain = (token for token in template if not isinstance(token, Variable))
        return cls(template, any_case, _glob(plain, any_case=any_case))

    def matches(self, text: str, context: Context) -> bool | None:
        """Whether the text is this one; None if one of its variables has no value."""
        spelled = text.lower() if self.any_case else text
        if self._glob is not None:
            return self._glob.matches(spelled)
        tokens = resolve(self.template, context)
        return None if tokens is None else _glob(tokens, any_case=self.any_case).matches(spelled)

    def unresolved(self, context: Context) -> str:
        """The first variable without a value; empty if there is none."""
        return unresolved(self.template, context)


@dataclass(frozen=True, slots=True)
class Listed:
    """The texts of an element, or with `inverted` all texts but these."""

    written: tuple[str, ...]
    inverted: bool
    _exact: frozenset[str]
    _patterns: tuple[TextPattern, ...]

    @classmethod
    def parse(cls, texts: Sequence[str], where: str, *, inverted: bool, variables: bool, any_case: bool) -> Listed:
        """Compiled; with `any_case` it is to be asked in lower case.

        Raises:
            PolicyError: A malformed variable.
        """
        exact: set[str] = set()
        patterns: list[TextPattern] = []
        for index, text in enumerate(texts):
            spelled = text.lower() if any_case else text
            if "*" in text or "?" in text or (variables and "${" in text):
                place = f"{where}[{index}]" if len(texts) > 1 else where
                patterns.append(TextPattern.parse(spelled, place, wildcards=True, variables=variables))
            else:
                exact.add(spelled)
        return cls(tuple(texts), inverted, frozenset(exact), tuple(patterns))

    def admits(self, text: str, context: Context) -> bool:
        """Whether the element covers the text.

        A variable without a value makes a text that matches nothing; under NotResource it covers nothing either, for
        AWS calls such a statement invalid ("IAM policy elements: Variables and tags").
        """
        if text in self._exact:
            return not self.inverted
        unknown = False
        for pattern in self._patterns:
            found = pattern.matches(text, context)
            if found:
                return not self.inverted
            unknown = unknown or found is None
        return self.inverted and not unknown

    def unresolved(self, context: Context) -> str:
        """The first variable without a value; empty if there is none."""
        return next((name for pattern in self._patterns if (name := pattern.unresolved(context))), "")


def _glob(tokens: Iterable[str | Wild], *, any_case: bool) -> Glob:
    return Glob.of(token.lower() if any_case and isinstance(token, str) else token for token in tokens)
